"""The page of a sample."""

import html
import re

import pytest

from faultbook.catalogue.model import page_url
from faultbook.render import viewer
from faultbook.render.site import Place
from faultbook.render.viewer import Viewer, download_name
from tests.render.conftest import site_of
from tests.small_book import BROKEN, FAILURE, SmallBook

SAMPLE = "samples/toy/broken.md"


def _page(book: SmallBook) -> str:
    site, warnings = site_of(book)
    page = Viewer(site).page(site.catalogue.samples["toy/broken"], Place(site, SAMPLE))
    assert warnings == []
    return page


def _line(page: str, number: int) -> str:
    found = re.search(rf'<div id="app.log-L{number}"[^>]*>(.*?)</div>', page)
    assert found
    return html.unescape(re.sub("<[^>]*>", "", found[1]))


def test_every_line_has_its_number_and_anchor(book: SmallBook) -> None:
    """Lines are counted from 1 and can be linked to."""
    page = _page(book)
    assert [_line(page, 1), _line(page, 4)] == ["1app 1.0 starting", "4warning: cache is cold"]
    assert 'id="app.log-L5"' not in page


def test_evidence_is_marked_and_linked(book: SmallBook) -> None:
    """The line a signature finds, and no other, leads to its failure mode."""
    page = _page(book)
    assert re.findall(r'<div id="([^"]*)" class="fb-hit">', page) == ["app.log-L2"]
    link = '<a href="../../../failures/toy/disk-full/">The disk is full</a>'
    assert f'<p class="fb-note">the app met a full disk: {link}</p>' in page


def test_the_untouched_bytes_can_be_fetched(book: SmallBook) -> None:
    """The download link names the file as it is."""
    assert '<a href="app.log" download="app.log">Download</a>' in _page(book)


def test_hostile_bytes_are_shown_as_text(book: SmallBook) -> None:
    """Markup, NUL, escapes, invalid UTF-8 and direction controls: visible or gone, never active."""
    lines = [
        b"app 1.0 starting",
        b"<script>alert(1)</script> {{ 1 }} `x` | [a](javascript:b)",
        b"\x00\x07\x1b[31mred\x1b[0m\x1b]8;;http://e.com\x07",
        b"\xff\xfe caf\xc3\xa9",
        "\u202eexe.gpj\u2066".encode(),
        b"</pre></div>",
    ]
    book.add_sample(BROKEN, {"app.log": b"\r\n".join(lines)})
    page = _page(book)
    assert _line(page, 2) == "2<script>alert(1)</script> {{ 1 }} `x` | [a](javascript:b)"
    assert _line(page, 3) == "3\\x00\\x07red"
    assert _line(page, 4) == "4\ufffd\ufffd café"
    assert _line(page, 5) == "5\\u202eexe.gpj\\u2066"
    assert _line(page, 6) == "6</pre></div>"
    assert "<script" not in page


def test_very_long_lines_are_cut(book: SmallBook) -> None:
    """The page says how much of a line is only in the download."""
    book.add_sample(BROKEN, {"app.log": b"app 1.0 starting\n" + b"x" * 1_000_000 + b"\n"})
    page = _page(book)
    assert len(page) < 10_000
    assert "996,000 more characters in the download" in page


def test_a_long_file_is_shown_in_part(book: SmallBook, monkeypatch: pytest.MonkeyPatch) -> None:
    """Start, end, evidence and every line a page links to are there; what is left out is counted."""
    monkeypatch.setattr(viewer, "SHOWN_LINES", 100)
    monkeypatch.setattr(viewer, "_START", 10)
    body = [b"app 1.0 starting", *(b"line %d" % number for number in range(2, 1001))]
    body[499] = b"error: disk /dev/sda1 is full"
    book.add_sample(BROKEN, {"app.log": b"\n".join(body) + b"\n"})
    book.change(FAILURE, "app.log#L2)", "app.log#L750)")
    page = _page(book)
    shown = [int(number) for number in re.findall(r'id="app.log-L(\d+)"', page)]
    assert {1, 10, 500, 750, 1000} <= set(shown)
    assert not {11, 400, 600, 900} & set(shown)
    gaps = [int(gap.replace(",", "")) for gap in re.findall(r"([\d,]+) lines are not shown", page)]
    assert len(shown) + sum(gaps) == 1000


@pytest.mark.parametrize("content", [b"\x89PNG\r\n\x1a\n" + bytes(range(32)), b""])
def test_what_is_no_text_is_not_shown(book: SmallBook, content: bytes) -> None:
    """A picture among the files of a sample is offered for download only; an empty file says so."""
    book.add_sample(BROKEN, {"app.log": b"app 1.0 starting\n", "other": content})
    page = _page(book)
    assert 'download="other"' in page
    assert 'id="other-L1"' not in page


@pytest.mark.parametrize(
    ("name", "wanted"), [("cli.log", "cli.log"), ("n.md", "n.md.txt"), ("x.HTML", "x.HTML.txt"), (".env", ".env.txt")]
)
def test_downloads_are_never_pages(name: str, wanted: str) -> None:
    """A file a browser or MkDocs would make a page of is served as text."""
    assert download_name(name) == wanted


def test_the_page_is_where_the_catalogue_says(book: SmallBook) -> None:
    """The address in the JSON is that of the page."""
    site, _ = site_of(book)
    assert site.urls[SAMPLE] == page_url("samples", "toy/broken")
