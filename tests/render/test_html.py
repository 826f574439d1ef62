"""Plain text as HTML and as Markdown."""

import html
import re

import markdown  # type: ignore[import-untyped,unused-ignore]
import pytest

from faultbook.render.html import as_markdown, items, prose, slug, table, tag, text
from tests.render.conftest import HOSTILE


def test_text_is_escaped_for_content_and_attributes() -> None:
    """Nothing that HTML gives a meaning to is left."""
    assert not re.search(r"[<>\"']", text(HOSTILE))


def test_what_turns_the_direction_of_writing_is_made_visible() -> None:
    """A right-to-left override is shown as its code, so that a line reads as it is stored."""
    assert text("gpj.\u202eexe") == "gpj.\\u202eexe"


def test_attributes_are_plain_text() -> None:
    """A value cannot leave its attribute; None leaves the attribute out."""
    made = tag("a", "x", href='"><script>', class_="y", aria_label=None)
    assert made == '<a href="&quot;&gt;&lt;script&gt;" class="y">x</a>'


def test_only_backticks_mean_something_in_prose() -> None:
    """Words between backticks are code; everything else is escaped."""
    assert prose("no `<b>` & no `") == "no <code>&lt;b&gt;</code> &amp; no `"


@pytest.mark.parametrize("value", [HOSTILE, "# not a heading", "1. no list", "a\\*b", "![x](y)", "<!-- x -->", "&amp;"])
def test_text_as_markdown_shows_just_the_text(value: str) -> None:
    """Markdown gives the text back, with nothing of it active."""
    page = markdown.markdown(f"## {as_markdown(value)} {{#x}}", extensions=["attr_list", "tables"])
    inner = page.removeprefix('<h2 id="x">').removesuffix("</h2>")
    assert "<" not in inner
    assert html.unescape(inner) == value.replace("\u202e", "\\u202e")


def test_lists_and_tables_without_items() -> None:
    """An empty list is nothing; a table has heads with a scope."""
    assert items([]) == ""
    assert table(["<a>"], [["<b>x</b>"]]).count('<th scope="col">&lt;a&gt;</th>') == 1


def test_slugs_are_words_joined_by_hyphens() -> None:
    """A slug has no character with a meaning in a URL, and is never empty."""
    assert [slug("Exit code: 137!"), slug("…")] == ["exit-code-137", "section"]
