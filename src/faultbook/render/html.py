"""HTML from plain text: everything that comes from a page's front matter, a log or a sample goes through `text`."""

import html
import re
from collections.abc import Iterable


def text(value: object) -> str:
    """Plain text as HTML, fit for content and for quoted attributes; what would turn the direction of writing is shown.

    The Unicode controls for the direction of text (UAX #9) can make a line read as something it does not say.
    """
    return _DIRECTION.sub(_visible, html.escape(str(value)))


def prose(value: str) -> str:
    """Plain text as HTML where words between backticks are code; nothing else is markup."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", text(value))


def tag(name: str, content: str = "", **attributes: str | None) -> str:
    """An element around `content` (HTML). Attributes are plain text; `class_` is `class`, None leaves one out."""
    return f"<{name}{_attributes(attributes)}>{content}</{name}>"


def code(value: object) -> str:
    """Plain text as code."""
    return tag("code", text(value))


def items(parts: Iterable[str], **attributes: str | None) -> str:
    """An unordered list of HTML items, '' without any."""
    inner = "".join(tag("li", part) for part in parts)
    return tag("ul", inner, **attributes) if inner else ""


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table of HTML cells under plain heads."""
    head = "".join(tag("th", text(name), scope="col") for name in heads)
    body = "".join(tag("tr", "".join(tag("td", cell) for cell in row)) for row in rows)
    return tag("table", tag("thead", tag("tr", head)) + tag("tbody", body))


def slug(value: str) -> str:
    """An id for a heading: lower-case words joined by hyphens."""
    return "-".join(re.findall(r"[a-z0-9]+", value.lower())) or "section"


def as_markdown(value: str) -> str:
    """Plain text as Markdown that shows just this text: all but letters, digits and spaces become entities."""
    return re.sub(r"[^\w ]|_", lambda found: f"&#{ord(found[0])};", _DIRECTION.sub(_visible, value))


_DIRECTION = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def _visible(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"


def _attributes(attributes: dict[str, str | None]) -> str:
    given = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items() if value is not None}
    return "".join(f' {name}="{text(value)}"' for name, value in given.items())
