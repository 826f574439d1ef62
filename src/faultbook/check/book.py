"""A checkout under check: its catalogue, its pages, and where in a page something is said."""

from dataclasses import dataclass
from pathlib import Path

from faultbook.catalogue.load import Pages, load
from faultbook.catalogue.model import FOLDERS, PLAYBOOKS, SAMPLES, Catalogue
from faultbook.catalogue.samples import PAPERS
from faultbook.problems import Problem


@dataclass(frozen=True)
class Book:
    """What is checked."""

    root: Path
    catalogue: Catalogue
    pages: Pages

    def problem(self, noun: str, ident: str, key: str, what: str, remedy: str, item: int | None = None) -> Problem:
        """A problem with a key of a page's front matter (`item`: 0-based, of a list)."""
        return Problem(f"{FOLDERS[noun]}/{ident}.md", self._line(noun, ident, key, item), what, remedy)

    def _line(self, noun: str, ident: str, key: str, item: int | None) -> int:
        page = self.pages.by_noun[noun].get(ident)
        node = page.matter.value.get(key) if page and isinstance(page.matter.value, dict) else None
        if node is None:
            return 1
        if item is not None and isinstance(node.value, list) and item < len(node.value):
            return int(node.value[item].line)
        return int(node.line)


def read_book(root: Path) -> Book:
    """Read the checkout at `root`."""
    catalogue, pages = load(root)
    return Book(root, catalogue, pages)


def papers_of(sample: str) -> str:
    """The path of a sample's papers."""
    return f"{SAMPLES}/{sample}/{PAPERS}"


def notebook_of(playbook: str) -> str:
    """The path of a playbook."""
    return f"{PLAYBOOKS}/{playbook}.ipynb"
