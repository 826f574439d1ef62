"""`sample:` and `playbook:` links lead somewhere; ordinary links are checked by MkDocs when the site is built."""

from collections.abc import Iterator

from faultbook.catalogue import markdown
from faultbook.catalogue.model import FOLDERS, SAMPLES
from faultbook.check.book import Book
from faultbook.problems import Problem


def check(book: Book) -> Iterator[Problem]:
    """Problems with links on pages."""
    for path, body, first in _pages(book):
        for target, line in markdown.links(body, first):
            fault = _fault(book, target)
            if fault:
                remedy = "Write sample:<system>/<slug>[/<file>[#L<line>]] or playbook:<system>/<slug>."
                yield Problem(path, line, fault, remedy)


def _pages(book: Book) -> Iterator[tuple[str, str, int]]:
    """Every page as (path, text, line of its start): those of the nouns, then those that are about no noun."""
    for noun, pages in book.pages.by_noun.items():
        for ident, page in pages.items():
            yield book.pages.path(noun, ident), page.body, page.body_line
    about = {f"{folder}/" for folder in FOLDERS.values()}
    for file in sorted((book.root / "docs").rglob("*.md")):
        path = file.relative_to(book.root).as_posix()
        if not any(path.startswith(folder) for folder in about):
            yield path, file.read_text(encoding="utf-8"), 1


def _fault(book: Book, target: str) -> str:
    """What is wrong with the target of a link, '' if nothing is or it is not ours."""
    scheme, _, rest = target.partition(":")
    if scheme == "playbook":
        return "" if rest in book.catalogue.playbooks else f"there is no playbook {rest}"
    if scheme != "sample":
        return ""
    path, _, place = rest.partition("#L")
    system, slug, name = [*path.split("/", 2), "", ""][:3]
    sample = book.catalogue.samples.get(f"{system}/{slug}")
    if sample is None:
        return f"there is no sample {system}/{slug}"
    if not name:
        return ""
    if name not in [file.name for file in sample.files]:
        return f"the sample {sample.id} has no file {name}"
    data = (book.root / SAMPLES / sample.id / name).read_bytes()
    count = data.count(b"\n") + (not data.endswith(b"\n"))
    return "" if not place or (place.isdigit() and 1 <= int(place) <= count) else f"{name} has no line {place}"
