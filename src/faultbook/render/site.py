"""What is being built: the catalogue, where each page stands, and how one page links to another."""

import posixpath
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from faultbook.catalogue.load import Pages
from faultbook.catalogue.model import Catalogue, page_url
from faultbook.render.html import code, tag, text

NOUNS = {
    "triage": "checklists",
    "failures": "failures",
    "logs": "logs",
    "playbooks": "playbooks",
    "samples": "samples",
}
"""The noun of the catalogue by the folder of the site."""


@dataclass
class Site:
    """One build. `urls` (source path to URL from the site's root) is complete before the first page is made."""

    root: Path
    catalogue: Catalogue
    pages: Pages
    warn: Callable[[str], None]
    urls: dict[str, str] = field(default_factory=dict)

    def records(self, noun: str) -> dict[str, Any]:
        """The records of a noun by id."""
        records: dict[str, Any] = getattr(self.catalogue, noun)
        return records


@dataclass(frozen=True)
class Place:
    """A page as the place links start from; `source` is its source path as MkDocs knows it."""

    site: Site
    source: str

    @property
    def noun_and_id(self) -> tuple[str, str]:
        """What the page is about: `('failures', 'dagger/x')`; ('', '') for any other page."""
        folder, _, rest = self.source.removesuffix(".md").partition("/")
        noun = NOUNS.get(folder, "")
        return (noun, rest) if noun and rest in self.site.records(noun) else ("", "")

    def href(self, source: str, fragment: str = "") -> str | None:
        """The relative URL of another source, None (and a warning) where there is none."""
        url = self.site.urls.get(source)
        if url is None:
            self.warn(f"links to {source}, which is not there")
            return None
        return relative(url, self.site.urls[self.source]) + (f"#{quote(fragment)}" if fragment else "")

    def to(self, noun: str, ident: str, fragment: str = "") -> str | None:
        """The relative URL of a record's page."""
        return self.href(source_of(noun, ident), fragment)

    def link(self, noun: str, ident: str, label: str = "") -> str:
        """A link to a record's page under its title or another plain label; mere text where there is no such page."""
        href = self.to(noun, ident)
        record = self.site.records(noun).get(ident)
        shown = text(label or (record.title if record else ident))
        return tag("a", shown, href=href) if href else shown

    def sample_link(self, ident: str) -> str:
        """A link to a sample under its id."""
        href = self.to("samples", ident)
        return tag("a", code(ident), href=href) if href else code(ident)

    def warn(self, message: str) -> None:
        """Report something wrong with this page; it fails a strict build."""
        self.site.warn(f"{self.source}: {message}")


def source_of(noun: str, ident: str) -> str:
    """The source path of a record's page."""
    return page_url(noun, ident).rstrip("/") + ".md"


def relative(url: str, start: str) -> str:
    """`url` as seen from the page at `start`; both from the site's root, a page's URL may end in `/`."""
    folder = start if start.endswith("/") else posixpath.dirname(start)
    path = quote(posixpath.relpath(unquote(url), unquote(folder) or "."), safe="/~@+,;=()!*'")
    return f"{path}/" if url.endswith("/") else path


def system_title(system: str) -> str:
    """The name of a system as people write it."""
    return system[:1].upper() + system[1:]


def by_system(records: dict[str, Any]) -> dict[str, list[Any]]:
    """Records by system, systems and records sorted."""
    found: dict[str, list[Any]] = {}
    for ident in sorted(records):
        found.setdefault(ident.split("/")[0], []).append(records[ident])
    return found
