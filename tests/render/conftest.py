"""A small book as a site: catalogue, addresses, and what was complained about."""

import pytest

from faultbook.catalogue.load import load
from faultbook.catalogue.model import page_url
from faultbook.render.site import NOUNS, Place, Site, source_of
from faultbook.render.viewer import download_name
from tests.small_book import FAILURE, SmallBook

HOSTILE = "<script>alert(1)</script> `x` | {{ 7*7 }} [a](javascript:alert(1)) \u202etxt.exe & \"q\" 'p' _e_ *s* #1"
"""Text in which something is active for everyone who forgets to escape it."""


def site_of(book: SmallBook) -> tuple[Site, list[str]]:
    """The site of a book as it is now, and the list its warnings go to."""
    catalogue, pages = load(book.root)
    assert pages.problems == []
    warnings: list[str] = []
    site = Site(book.root, catalogue, pages, warnings.append)
    for folder, noun in NOUNS.items():
        site.urls[f"{folder}/index.md"] = f"{folder}/"
        for ident in site.records(noun):
            site.urls[source_of(noun, ident)] = page_url(noun, ident)
    for sample in catalogue.samples.values():
        for file in sample.files:
            download = f"samples/{sample.id}/{download_name(file.name)}"
            site.urls[download] = download
    return site, warnings


def place_of(book: SmallBook, source: str = FAILURE) -> tuple[Place, list[str]]:
    """A page of the book as a place, and the list its warnings go to."""
    site, warnings = site_of(book)
    return Place(site, source.removeprefix("docs/")), warnings


@pytest.fixture
def place(book: SmallBook) -> Place:
    """The page of the small book's failure mode."""
    return place_of(book)[0]
