"""HTML and SVG from a notebook reduced to what can only be looked at: no scripts, no style sheets, nothing fetched.

An allow-list after the model of the HTML Sanitizer API's default configuration (WICG), cut down to what notebooks
use. Elements that are not on it lose their tags and keep their text; those whose text is code lose that, too.
"""

import re
from html import escape
from html.parser import HTMLParser

_HTML = """
    a abbr b blockquote br caption code col colgroup dd del details div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 hr
    i kbd li mark ol p pre s samp small span strong sub summary sup table tbody td tfoot th thead time tr u ul var wbr
"""
_SVG = """
    svg g path rect circle ellipse line polyline polygon text tspan title desc defs marker clippath lineargradient
    radialgradient stop pattern
"""
_CODE = "script style iframe object embed template noscript foreignobject textarea select"
_COMMON = "class id title lang dir role style tabindex"
_OF_HTML = "scope colspan rowspan span start value open datetime href"
_OF_SVG = """
    xmlns viewbox width height x y x1 x2 y1 y2 cx cy r rx ry d points transform fill fill-opacity fill-rule stroke
    stroke-width stroke-opacity stroke-dasharray stroke-linecap stroke-linejoin opacity font-size font-family
    font-weight font-style text-anchor dominant-baseline alignment-baseline dx dy rotate textlength lengthadjust
    preserveaspectratio offset stop-color stop-opacity gradientunits gradienttransform patternunits markerwidth
    markerheight refx refy orient marker-start marker-mid marker-end clip-path clip-rule
"""
_ALLOWED = {*_HTML.split(), *_SVG.split()}
_ATTRIBUTES = {*_COMMON.split(), *_OF_HTML.split(), *_OF_SVG.split()}
_DROPPED = set(_CODE.split())
_VOID = {"br", "col", "hr", "wbr"}
_STYLE = re.compile(r"^[\w\s:;#%.,()+-]*$")
_ACTIVE_STYLE = re.compile(r"url|expression|import|position|behavior|-moz-binding", re.I)
_LOCAL = re.compile(r"^url\(#[\w-]+\)$")
_HREF = re.compile(r"^(?:https?://\S*|(?:sample|playbook):[^\s:]*|#\S*|[\w./-]+(?:[#?]\S*)?)$")


def safe(markup: str) -> str:
    """`markup` without anything that runs, styles the page or fetches; every element that opens is closed."""
    cleaner = _Cleaner()
    cleaner.feed(markup)
    cleaner.close()
    return cleaner.result()


def safe_svg(markup: str) -> str:
    """The same for an SVG document, which becomes an image with a name: its label, else its title."""
    head, _, rest = safe(markup).partition("<svg")[2].partition(">")
    if not rest:
        return ""
    name = re.search(r' aria-label="([^"]*)"', head) or re.search(r"<title>([^<\"]*)</title>", rest)
    others = re.sub(r' (?:role|aria-label)="[^"]*"', "", head)
    return f'<svg role="img" aria-label="{name[1] if name else "Picture of the run"}"{others}>{rest}'


class _Cleaner(HTMLParser):
    """Writes what is allowed, keeping account of open elements."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._parts: list[str] = []
        self._open: list[str] = []
        self._dropping: list[str] = []

    def result(self) -> str:
        """What was let through, with open elements closed."""
        return "".join([*self._parts, *(f"</{name}>" for name in reversed(self._open))])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an allowed element."""
        if tag in _DROPPED:
            self._dropping.append(tag)
        elif not self._dropping and tag in _ALLOWED:
            self._parts.append(f"<{tag}{_attributes(attrs)}>")
            if tag not in _VOID:
                self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element that closes itself has no text: write it closed."""
        if not self._dropping and tag in _ALLOWED:
            self._parts.append(f"<{tag}{_attributes(attrs)}>" + ("" if tag in _VOID else f"</{tag}>"))

    def handle_endtag(self, tag: str) -> None:
        """Close an element and whatever was left open in it; ignore an end without a start."""
        if self._dropping:
            if tag in self._dropping:
                del self._dropping[self._dropping.index(tag) :]
        elif tag in self._open:
            while True:
                closed = self._open.pop()
                self._parts.append(f"</{closed}>")
                if closed == tag:
                    break

    def handle_data(self, data: str) -> None:
        """Text, escaped again."""
        if not self._dropping:
            self._parts.append(escape(data, quote=False))


def _attributes(given: list[tuple[str, str | None]]) -> str:
    kept = ((name, value or "") for name, value in given if _is_safe(name, value or ""))
    return "".join(f' {name}="{escape(value)}"' for name, value in kept)


def _is_safe(name: str, value: str) -> bool:
    if name.startswith("aria-"):
        return True
    if name not in _ATTRIBUTES:
        return False
    if name == "href":
        return bool(_HREF.match(value))
    if name == "style":
        return bool(_STYLE.match(value)) and not _ACTIVE_STYLE.search(value)
    return "url(" not in value.lower() or bool(_LOCAL.match(value))
