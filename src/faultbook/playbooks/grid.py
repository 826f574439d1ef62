"""A grid as SVG: steps down, runs across, a mark in each cell that says by form and letter what it is.

Text takes the colour of the page; the letter in a cell says the same as its colour.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal
from xml.etree import ElementTree as Xml

from faultbook.playbooks.svg import add_text, number, svg_root
from faultbook.report.lines import shown

Mark = Literal["cached", "ran", "first", "failed", "open", "none"]

_WIDTH = 420
_LABELS = 176
_LABEL = 28
_CELL = 22
_ROW = 22
_TOP = 40
_LOOK: dict[Mark, tuple[str, str, str]] = {
    "cached": ("C", "none", "#8a8f98"),
    "ran": ("r", "#e0a458", "#e0a458"),
    "first": ("R", "#d1242f", "#d1242f"),
    "failed": ("x", "none", "#d1242f"),
    "open": ("?", "none", "#b35900"),
}
"""Letter, filling and edge of each mark."""

_INK: dict[Mark, str] = {"first": "#ffffff", "ran": "#1f2328"}
_LEGEND: tuple[tuple[Mark, str, int], ...] = (
    ("cached", "CACHED", 4),
    ("first", "first that ran", 84),
    ("ran", "ran", 190),
    ("failed", "failed", 244),
    ("open", "no end", 312),
)
"""What each mark is, and where that stands."""


@dataclass(frozen=True)
class Grid:
    """Rows of marks under the names of the columns. `alternative` says in words what the picture shows."""

    title: str
    alternative: str
    columns: Sequence[str]
    rows: Sequence[tuple[str, Sequence[Mark]]]

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        """What a notebook shows."""
        return {"image/svg+xml": self.as_svg(), "text/plain": self.alternative}

    def as_svg(self) -> str:
        """The picture as one SVG element."""
        svg, drawing = svg_root(self.title, self.alternative, _WIDTH, _TOP + _ROW * len(self.rows) + 6)
        wide = min((_WIDTH - _LABELS) / max(len(self.columns), 1), _CELL + 8)
        _legend(drawing)
        for column, name in enumerate(self.columns):
            middle = number(_LABELS + (column + 0.5) * wide)
            add_text(drawing, name, x=middle, y=str(_TOP - 6), **{"text-anchor": "middle"})
        for row, (label, marks) in enumerate(self.rows):
            top = _TOP + row * _ROW
            add_text(drawing, shown(label, _LABEL), x="4", y=str(top + 14))
            for column, mark in enumerate(marks):
                _cell(drawing, mark, _LABELS + column * wide, top, wide)
        return Xml.tostring(svg, encoding="unicode")


def _legend(parent: Xml.Element) -> None:
    """What the marks are, above the columns."""
    for mark, words, left in _LEGEND:
        _cell(parent, mark, left, 0, 18)
        add_text(parent, words, x=str(left + 22), y="15")


def _cell(parent: Xml.Element, mark: Mark, left: float, top: int, wide: float) -> None:
    """A box with its letter; nothing where the run has no such step."""
    if mark == "none":
        return
    letter, filling, edge = _LOOK[mark]
    box = {"x": number(left + 1), "y": str(top + 2), "width": number(wide - 2), "height": str(_ROW - 4), "rx": "2"}
    box |= {"fill": filling, "stroke": edge}
    if mark == "open":
        box["stroke-dasharray"] = "3 2"
    Xml.SubElement(parent, "rect", box)
    ink = {"fill": _INK[mark]} if mark in _INK else {}
    add_text(parent, letter, x=number(left + wide / 2), y=str(top + 15), **{"text-anchor": "middle"} | ink)
