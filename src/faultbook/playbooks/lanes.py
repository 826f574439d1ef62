"""Lanes over one clock, and below them a bar of parts, as SVG: levels, moments and spans of time in one picture.

What a mark or a colour is stands beside it in words.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree as Xml

from faultbook.playbooks.svg import add_text, number, svg_root
from faultbook.report.lines import shown

_WIDTH, _SIDE = 420, 6
_AXIS, _LABEL, _HIGH, _LOW = 20, 16, 34, 16
_NAME = 44
_LINE, _BAD, _SPAN = "#2563eb", "#d1242f", "#8a8f98"
_PARTS = ("#2563eb", "#c2410c", "#8a8f98", "#4c8f5f")
_ROW = 18


@dataclass(frozen=True)
class Level:
    """An amount over time: points (seconds, amount) in order; it keeps its height until the next one."""

    label: str
    note: str
    points: Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Moments:
    """Moments in seconds at which something happened; `bad` ones are crosses, others are triangles."""

    label: str
    note: str
    times: Sequence[float]
    bad: bool = False


@dataclass(frozen=True)
class Span:
    """Something that went on from `start` to `end`, in seconds."""

    label: str
    note: str
    start: float
    end: float


Lane = Level | Moments | Span


@dataclass(frozen=True)
class Share:
    """A part of the bar: how much of the whole it is (0 to 1), with its name and size in words."""

    label: str
    part: float


@dataclass(frozen=True)
class Lanes:
    """Lanes below each other over `seconds`, then the bar. `alternative` says in words what the picture shows."""

    title: str
    alternative: str
    seconds: float
    lanes: Sequence[Lane]
    bar: str
    shares: Sequence[Share]

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        """What a notebook shows."""
        return {"image/svg+xml": self.as_svg(), "text/plain": self.alternative}

    def as_svg(self) -> str:
        """The picture as one SVG element."""
        tall = (_AXIS + sum(map(_height, self.lanes))) if self.lanes else 0
        below = _LABEL + 22 + _ROW * len(self.shares) if self.shares else 0
        svg, drawing = svg_root(self.title, self.alternative, _WIDTH, max(tall + below + 6, _AXIS))
        top = float(_AXIS)
        if self.lanes:
            _axis(drawing, self.seconds, tall)
        for lane in self.lanes:
            _lane(drawing, lane, top, self.seconds or 1.0)
            top += _height(lane)
        if self.shares:
            _bar(drawing, self.bar, self.shares, tall + 4)
        return Xml.tostring(svg, encoding="unicode")


def _height(lane: Lane) -> int:
    return _LABEL + (_HIGH if isinstance(lane, Level) else _LOW)


def _axis(parent: Xml.Element, seconds: float, bottom: float) -> None:
    """A rule with the seconds at its start, middle and end."""
    for share, anchor in ((0.0, "start"), (0.5, "middle"), (1.0, "end")):
        x = number(_SIDE + share * (_WIDTH - 2 * _SIDE))
        line = {"x1": x, "x2": x, "y1": "16", "y2": number(bottom), "stroke": "currentColor", "stroke-opacity": "0.2"}
        Xml.SubElement(parent, "line", line)
        add_text(parent, f"{share * seconds:.1f} s", x=x, y="12", **{"text-anchor": anchor})


def _lane(parent: Xml.Element, lane: Lane, top: float, seconds: float) -> None:
    add_text(parent, shown(lane.label, _NAME), x=str(_SIDE), y=number(top + 12))
    add_text(parent, lane.note, x=str(_WIDTH - _SIDE), y=number(top + 12), **{"text-anchor": "end", "opacity": "0.8"})
    below, scale = top + _LABEL, (_WIDTH - 2 * _SIDE) / seconds
    if isinstance(lane, Level):
        _level(parent, lane, below, scale)
    elif isinstance(lane, Moments):
        _moments(parent, lane, below, scale)
    else:
        wide = number(max((lane.end - lane.start) * scale, 2))
        box = {"x": number(_SIDE + lane.start * scale), "y": number(below + 2), "width": wide, "height": "8", "rx": "2"}
        Xml.SubElement(parent, "rect", box | {"fill": _SPAN})


def _level(parent: Xml.Element, lane: Level, top: float, scale: float) -> None:
    """Steps from the first point to the right edge."""
    highest = max((amount for _, amount in lane.points), default=0.0) or 1.0
    places: list[str] = []
    for time, amount in lane.points:
        x, y = _SIDE + time * scale, top + (_HIGH - 6) * (1 - amount / highest) + 2
        if places:
            places.append(f"{number(x)},{places[-1].rpartition(',')[2]}")
        places.append(f"{number(x)},{number(y)}")
    if places:
        places.append(f"{_WIDTH - _SIDE},{places[-1].rpartition(',')[2]}")
    path = {"points": " ".join(places), "fill": "none", "stroke": _LINE, "stroke-width": "2"}
    Xml.SubElement(parent, "polyline", path)


def _moments(parent: Xml.Element, lane: Moments, top: float, scale: float) -> None:
    sign, colour = ("✘", _BAD) if lane.bad else ("▼", _LINE)
    for time in lane.times:
        x = min(max(_SIDE + time * scale, _SIDE + 6), _WIDTH - _SIDE - 6)
        add_text(parent, sign, x=number(x), y=number(top + 11), fill=colour, **{"text-anchor": "middle"})


def _bar(parent: Xml.Element, label: str, shares: Sequence[Share], top: float) -> None:
    """One bar cut into parts, and a row for each part with its colour."""
    add_text(parent, label, x=str(_SIDE), y=number(top + 12))
    left = float(_SIDE)
    for place, share in enumerate(shares):
        wide, fill = share.part * (_WIDTH - 2 * _SIDE), _PARTS[place % len(_PARTS)]
        box = {"x": number(left), "y": number(top + 17), "width": number(max(wide, 1)), "height": "14", "fill": fill}
        Xml.SubElement(parent, "rect", box)
        row = top + _LABEL + 22 + _ROW * place
        Xml.SubElement(parent, "rect", {"x": str(_SIDE), "y": number(row), "width": "10", "height": "10", "fill": fill})
        add_text(parent, share.label, x=str(_SIDE + 16), y=number(row + 9))
        left += wide
