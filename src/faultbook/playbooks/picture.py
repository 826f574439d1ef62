"""A timeline as SVG: small, the same bytes for the same input, readable on a phone, in light and dark.

Text takes the colour of the page (`currentColor`), and what a bar is stands beside it in words, so that colour is
never the only sign.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal
from xml.etree import ElementTree as Xml

from faultbook.playbooks.svg import add_text, number, svg_root
from faultbook.report.lines import shown

Look = Literal["root", "repeats", "good", "cached", "open"]

_WIDTH = 420
_LEFT = 4
_ROW = 34
_TOP = 22
_LABEL = 58
_FILL: dict[Look, str] = {
    "root": "#d1242f",
    "repeats": "#e08a8f",
    "good": "#4c8f5f",
    "cached": "#8a8f98",
    "open": "none",
}


@dataclass(frozen=True)
class Bar:
    """One row of a timeline: `start` and `end` in seconds on the same clock; `note` says in words what `look` shows."""

    label: str
    note: str
    start: float
    end: float
    look: Look


@dataclass(frozen=True)
class Timeline:
    """Bars one below the other over a common axis of seconds. `alternative` says in words what the picture shows."""

    title: str
    alternative: str
    bars: Sequence[Bar]

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        """What a notebook shows."""
        return {"image/svg+xml": self.as_svg(), "text/plain": self.alternative}

    def as_svg(self) -> str:
        """The picture as one SVG element."""
        height = _TOP + _ROW * len(self.bars) + 6
        svg, drawing = svg_root(self.title, self.alternative, _WIDTH, height)
        last = max((bar.end for bar in self.bars), default=0.0) or 1.0
        scale = (_WIDTH - 2 * _LEFT) / last
        _axis(drawing, last, scale, height)
        for row, bar in enumerate(self.bars):
            _bar(drawing, bar, _TOP + row * _ROW, scale)
        return Xml.tostring(svg, encoding="unicode")


def _axis(parent: Xml.Element, last: float, scale: float, height: int) -> None:
    """A rule with the seconds at its start, middle and end."""
    for share, anchor in ((0.0, "start"), (0.5, "middle"), (1.0, "end")):
        x = number(_LEFT + share * last * scale)
        line = {"x1": x, "x2": x, "y1": "16", "y2": str(height), "stroke": "currentColor", "stroke-opacity": "0.2"}
        Xml.SubElement(parent, "line", line)
        add_text(parent, f"{share * last:.1f} s", x=x, y="12", **{"text-anchor": anchor})


def _bar(parent: Xml.Element, bar: Bar, top: int, scale: float) -> None:
    """A label with a bar below it."""
    add_text(parent, f"{shown(bar.label, _LABEL)}", x=str(_LEFT), y=str(top + 14))
    add_text(parent, bar.note, x=str(_WIDTH - _LEFT), y=str(top + 14), **{"text-anchor": "end", "opacity": "0.8"})
    box = {
        "x": number(_LEFT + bar.start * scale),
        "y": str(top + 19),
        "width": number(max((bar.end - bar.start) * scale, 2)),
        "height": "8",
        "rx": "2",
        "fill": _FILL[bar.look],
    }
    if bar.look == "open":
        box |= {"stroke": "#b35900", "stroke-dasharray": "3 2"}
    Xml.SubElement(parent, "rect", box)
