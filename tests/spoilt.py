"""What a case of a spoilt book is made of, and how it is checked."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.small_book import BROKEN, SmallBook

SIGNATURE = "'^error: disk (?<disk>[^ ]+) is full$'"
SAYS = "    says: the app met a full disk"
PAPERS = f"{BROKEN}/provenance.yml"


@dataclass
class Case:
    """What is done to the book, and the complaints wanted: (place, part of the message), in their order."""

    name: str
    spoil: Callable[[SmallBook], object]
    wanted: list[tuple[str, str]]


def changed(path: str, old: str, new: str) -> Callable[[SmallBook], object]:
    """A change of one place in a file."""
    return lambda book: book.change(path, old, new)


def moved(path: str, part: str, before: str) -> Callable[[SmallBook], object]:
    """A part of a file put before another one."""

    def move(book: SmallBook) -> None:
        book.change(path, part, "")
        book.change(path, before, part + before)

    return move


def removed(path: str) -> Callable[[SmallBook], object]:
    """A file taken away."""
    return lambda book: (book.root / path).unlink()


def check(book: SmallBook, case: Case, exact: bool = True) -> None:
    """Hold the problems of `book` against `case.wanted`; each names a remedy."""
    problems = book.problems()
    assert problems == sorted(set(problems))
    for problem in problems:
        assert problem.remedy.strip(), problem
        assert str(problem) == f"{str(problem).splitlines()[0]}\n    {problem.remedy}"
    complaints = book.complaints()
    if exact:
        assert len(complaints) == len(case.wanted), complaints
    for place, what in case.wanted:
        assert any(line.startswith(place) and what in line for line in complaints), complaints
