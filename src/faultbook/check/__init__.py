"""Everything the pages claim, checked. What this package calls a check is a function from a `Book` to problems.

1. structure: ids exist, evidence exists, causes form no circle, nothing is there twice.
2. patterns: every pattern is in the dialect.
3. samples: bytes are those of the papers, each sample shows something or nothing on purpose.
4. matrix: for every sample the failure modes found are exactly the pages which list it; every signature is hit.
5. links: `sample:` and `playbook:` links lead somewhere.
6. commands: every command on a page prints what the page says.
7. notebooks: parameters, and outputs that belong to the code and the samples.
"""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from faultbook.check import commands, links, matrix, notebooks, patterns, structure
from faultbook.check.book import Book, read_book
from faultbook.problems import Problem

CHECKS: tuple[Callable[[Book], Iterable[Problem]], ...] = (
    structure.check,
    patterns.check,
    matrix.check,
    links.check,
    commands.check,
    notebooks.check,
)


def check(root: Path) -> list[Problem]:
    """All problems of the checkout at `root`, sorted by place."""
    book = read_book(root)
    return sorted({*book.pages.problems, *_found(book)})


def _found(book: Book) -> Iterator[Problem]:
    for one_check in CHECKS:
        yield from one_check(book)
