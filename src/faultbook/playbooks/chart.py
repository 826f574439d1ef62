"""Numbers that change from step to step, as SVG: curves over a common scale, with the numbers at their ends.

A curve may be in pieces; between them nothing is drawn. Which curve is which is told by its dashes and in words.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal
from xml.etree import ElementTree as Xml

from faultbook.playbooks.svg import add_text, number, svg_root

Point = tuple[float, float]
Stroke = Literal["solid", "dashed"]

_WIDTH, _HEIGHT = 420, 230
_LEFT, _RIGHT, _TOP, _BOTTOM = 46, 12, 40, 34
_COLOUR: dict[Stroke, str] = {"solid": "#c2410c", "dashed": "#2563eb"}
_DASHES: dict[Stroke, dict[str, str]] = {"solid": {}, "dashed": {"stroke-dasharray": "5 4"}}
_LEGEND = 200
_DOT = "2.5"


@dataclass(frozen=True)
class Curve:
    """Pieces of points; a piece of one point is a dot."""

    label: str
    pieces: Sequence[Sequence[Point]]
    stroke: Stroke


@dataclass(frozen=True)
class Chart:
    """Curves over the same axes. `alternative` says in words what the picture shows."""

    title: str
    alternative: str
    across: str
    curves: Sequence[Curve]

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        """What a notebook shows."""
        return {"image/svg+xml": self.as_svg(), "text/plain": self.alternative}

    def as_svg(self) -> str:
        """The picture as one SVG element."""
        svg, drawing = svg_root(self.title, self.alternative, _WIDTH, _HEIGHT)
        scale = _Scale.of([point for curve in self.curves for piece in curve.pieces for point in piece])
        _axes(drawing, scale, self.across)
        for place, curve in enumerate(self.curves):
            _legend(drawing, curve, place)
            for piece in curve.pieces:
                _piece(drawing, [scale.place(point) for point in piece], curve.stroke)
        return Xml.tostring(svg, encoding="unicode")


@dataclass(frozen=True)
class _Scale:
    """From numbers to places; zero is always on the upright axis."""

    first: float
    last: float
    low: float
    high: float

    @classmethod
    def of(cls, points: Sequence[Point]) -> "_Scale":
        across, upright = [x for x, _ in points] or [0.0], [0.0, *(y for _, y in points)]
        first, low, high = min(across), min(upright), max(upright)
        return cls(first, max(max(across), first + 1), low, high if high > low else low + 1)

    def place(self, point: Point) -> Point:
        x, y = point
        share = (x - self.first) / (self.last - self.first), (y - self.low) / (self.high - self.low)
        wide, tall = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM
        return _LEFT + share[0] * wide, _HEIGHT - _BOTTOM - share[1] * tall


def _axes(parent: Xml.Element, scale: _Scale, across: str) -> None:
    """A line with its number for zero, the lowest and the highest; first and last below."""
    for value in sorted({scale.low, 0.0, scale.high}):
        left, y = scale.place((scale.first, value))
        ends = {"x1": number(left), "x2": number(_WIDTH - _RIGHT), "y1": number(y), "y2": number(y)}
        Xml.SubElement(parent, "line", ends | {"stroke": "currentColor", "stroke-opacity": "0.2"})
        add_text(
            parent, f"{value:+,.0f}" if value else "0", x=number(left - 6), y=number(y + 4), **{"text-anchor": "end"}
        )
    below = str(_HEIGHT - _BOTTOM + 14)
    add_text(parent, f"{scale.first:.0f}", x=str(_LEFT), y=below, **{"text-anchor": "middle"})
    add_text(parent, f"{scale.last:.0f}", x=str(_WIDTH - _RIGHT), y=below, **{"text-anchor": "end"})
    add_text(parent, across, x=number((_LEFT + _WIDTH) / 2), y=str(_HEIGHT - 6), **{"text-anchor": "middle"})


def _legend(parent: Xml.Element, curve: Curve, place: int) -> None:
    x = 4 + place * _LEGEND
    line = {"x1": str(x), "x2": str(x + 24), "y1": "12", "y2": "12"}
    Xml.SubElement(parent, "line", line | _look(curve.stroke))
    add_text(parent, curve.label, x=str(x + 30), y="16")


def _piece(parent: Xml.Element, places: Sequence[Point], stroke: Stroke) -> None:
    """A line through the places; a dot where there is only one."""
    if len(places) == 1:
        x, y = places[0]
        Xml.SubElement(parent, "circle", {"cx": number(x), "cy": number(y), "r": _DOT, "fill": _COLOUR[stroke]})
        return
    path = " ".join(f"{number(x)},{number(y)}" for x, y in places)
    Xml.SubElement(parent, "polyline", {"points": path, "fill": "none"} | _look(stroke))


def _look(stroke: Stroke) -> dict[str, str]:
    return {"stroke": _COLOUR[stroke], "stroke-width": "2"} | _DASHES[stroke]
