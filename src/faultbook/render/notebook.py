"""A notebook as HTML: whole for its own page, in short where a page shows its run, alone as a report."""

import html
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from faultbook import __version__
from faultbook.playbooks.notebook import Notebook, outputs_of, verdict_of
from faultbook.playbooks.verdict import MIME
from faultbook.render import cells
from faultbook.render.highlight import highlighted
from faultbook.render.html import slug, tag, text

_HEADING = re.compile(r"<(h[1-6])\b[^>]*>(.*?)</\1>", re.S)
_HREF = re.compile(r' href="(?!#|https?:)[^"]*"')


def fragment(notebook: Notebook) -> str:
    """The whole notebook as an HTML fragment: its text, code folded away, outputs; without its title.

    Links are as the author wrote them; headings have ids. Expects the outputs of a run.
    """
    return _with_ids(_without_title(cells.whole(notebook)))


def embedded(notebook: Notebook, command: str) -> str:
    """The run in short: pictures, tables and the verdict, all code in one fold, then `command` for the reader's log."""
    return tag("div", cells.short(notebook) + own_command(command), class_="fb-notebook", data_search_exclude="true")


def own_command(command: str) -> str:
    """The command for the reader's own log, ready to be copied, and what it needs."""
    words = "On your own log, in a checkout or after <code>pip install 'faultbook[playbooks]'</code>:"
    return tag("div", tag("p", words) + highlighted(command, "bash"), class_="fb-own")


def report_html(notebook: Notebook, title: str) -> str:
    """A complete HTML document that needs nothing else: for the reader's own run, on any screen, light or dark."""
    body = _HREF.sub("", fragment(notebook))
    jump = tag("p", tag("a", "To the verdict", href="#verdict")) if 'id="verdict"' in body else ""
    style = notebook_css() + _template("report.css")
    parts = {"title": text(title), "style": style, "body": jump + body, "version": text(__version__)}
    return re.sub(r"\{(title|style|body|version)\}", lambda name: parts[name[1]], _template("report.html"))


def headings(page: str) -> list[tuple[int, str, str]]:
    """The headings of a fragment as (level, id, their words as HTML)."""
    found = re.finditer(r'<h([1-6]) id="([^"]*)">(.*?)</h\1>', page, re.S)
    return [(int(one[1]), one[2], _without_tags(one[3])) for one in found]


def linked_verdict(
    page: str, notebook: Notebook, failure: Callable[[str], str | None], line: Callable[[str, int], str | None]
) -> str:
    """A fragment whose verdict links the failure modes and evidence it names; the functions give the hrefs."""
    verdict: dict[str, Any] = verdict_of(outputs_of(notebook), MIME) or {"confirmed": []}
    for confirmed in verdict["confirmed"]:
        page = _linked(page, confirmed["failure"], failure(confirmed["failure"]))
        for evidence in confirmed["evidence"]:
            page = _linked(page, f"{evidence['path']}:{evidence['line']}", line(evidence["path"], evidence["line"]))
    return page


def notebook_css() -> str:
    """The style of what comes out of a notebook, on the site and in a report."""
    return _template("notebook.css")


@lru_cache
def _template(name: str) -> str:
    return (cells.TEMPLATES / name).read_text(encoding="utf-8")


def _linked(page: str, shown: str, href: str | None) -> str:
    plain = tag("code", text(shown))
    return page.replace(plain, tag("a", plain, href=href)) if href else page


def _without_title(page: str) -> str:
    """The page has the title already."""
    return re.sub(r"\A\s*<h1\b[^>]*>.*?</h1>", "", page, flags=re.S)


def _with_ids(page: str) -> str:
    """Headings with readable ids, each once on the page."""
    taken: dict[str, int] = {}

    def named(found: re.Match[str]) -> str:
        name = slug(html.unescape(_without_tags(found[2])))
        taken[name] = taken.get(name, 0) + 1
        ident = name if taken[name] == 1 else f"{name}-{taken[name]}"
        return tag(found[1], found[2], id=ident)

    return _HEADING.sub(named, page)


def _without_tags(markup: str) -> str:
    return re.sub(r"<[^>]*>", "", markup)
