"""Notebooks as HTML."""

import re

from faultbook.playbooks.notebook import with_parameters
from faultbook.render.notebook import embedded, fragment, headings, linked_verdict, report_html
from tests.render.notebooks import code, executed, shown, words


def test_a_whole_notebook_has_text_folded_code_and_outputs() -> None:
    """Words as Markdown, code in folds, parameters open, printed text as text."""
    page = fragment(executed())
    assert "<td>1</td>" in page
    assert page.count('<details class="fb-code">') == 4
    assert '<div class="fb-parameters"><p>Parameters</p>' in page
    assert "&lt;b&gt;1&lt;/b&gt;\n2</pre>" in page


def test_the_title_is_left_to_the_page() -> None:
    """The first heading is the page's own."""
    assert "<h1" not in fragment(executed())


def test_headings_have_ids_once() -> None:
    """Equal headings get different ids; they make the table of contents."""
    assert headings(fragment(executed())) == [
        (2, "what-there-is", "What there is"),
        (2, "what-there-is-2", "What there is"),
    ]


def test_a_picture_is_inline_with_a_name() -> None:
    """An SVG is an image in the page; its text form is not repeated."""
    page = fragment(executed())
    assert '<div class="fb-picture"><svg role="img" aria-label="Two steps"' in page
    assert "two</pre>" not in page


def test_a_verdict_is_shown_as_html() -> None:
    """Of the verdict's forms, a page shows the HTML."""
    assert page_has_verdict(fragment(executed()))


def page_has_verdict(page: str) -> bool:
    """Whether the verdict stands there, once."""
    return page.count('class="fb-verdict"') == 1


def test_in_short_a_run_is_its_key_outputs_and_the_command() -> None:
    """Table, picture, verdict; no other output, no words, all code in one fold, then the command."""
    page = embedded(executed(), "faultbook run toy/why app.log")
    assert [page.count(word) for word in ("<td>key</td>", "<svg", "We look at", "&lt;b&gt;1")] == [1, 1, 0, 0]
    assert page.count("<details") == 1
    assert page_has_verdict(page)
    assert re.sub("<[^>]*>", "", page).rstrip().endswith("faultbook run toy/why app.log")
    assert "pip install 'faultbook[playbooks]'" in page


def test_the_verdict_links_what_it_names() -> None:
    """Failure modes and evidence lines become links; an unknown one stays text."""
    page = linked_verdict(embedded(executed(), "x"), executed(), lambda ident: f"/{ident}", lambda _name, _line: None)
    assert '<a href="/toy/disk-full"><code>toy/disk-full</code></a>' in page
    assert "><code>app.log:2</code></a>" not in page


def test_hostile_outputs_do_nothing() -> None:
    """Scripts in HTML, pictures, Markdown and printed text are gone or text."""
    notebook = executed()
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    notebook["cells"] += [
        words(f"{evil} [x](javascript:alert(1))"),
        code("1", "table", outputs=[shown(text_html=evil), shown(text_plain=evil), shown(text_markdown=evil)]),
        code("1", outputs=[{"output_type": "error", "ename": "E", "evalue": "", "traceback": [evil, "\x1b[31mx"]}]),
    ]
    for page in (fragment(notebook), embedded(notebook, evil), report_html(notebook, evil)):
        assert not re.search(r"<script|<img|href=\"javascript", page)


def test_a_report_needs_nothing_else() -> None:
    """One document, styled for light and dark, that may fetch nothing and links only into itself."""
    page = report_html(executed(), "Why <it> failed")
    assert "<title>Why &lt;it&gt; failed</title>" in page
    assert "default-src 'none'" in page
    assert "prefers-color-scheme: dark" in page
    assert re.findall(r'\b(?:src|href)="(?!#)[^"]*"', page) == []
    assert len(page) < 20_000


def test_a_report_shows_the_values_of_its_run() -> None:
    """The reader's values stand in place of the defaults."""
    page = report_html(with_parameters(executed(), {"log": "/tmp/mine.log"}), "x")
    assert "/tmp/mine.log" in page
    assert "../samples/toy" not in page


def test_a_title_may_hold_braces() -> None:
    """Text is put into the report's frame as it is."""
    assert "<h1>{body} {style}</h1>" in report_html(executed(), "{body} {style}")
