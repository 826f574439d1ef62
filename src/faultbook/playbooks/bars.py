"""Counts as horizontal bars, as SVG: each bar may have parts, which are told apart by shade and named in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree as Xml

from faultbook.playbooks.svg import add_text, number, svg_root
from faultbook.report.lines import shown

_WIDTH = 420
_LEFT = 4
_ROW = 36
_TOP = 26
_LABEL = 40
_SHADES = ("#8a8f98", "#4c8f5f", "#c2410c")


@dataclass(frozen=True)
class Bar:
    """A bar: its label, and how many of each part, in the order of the parts' names."""

    label: str
    parts: Sequence[int]

    @property
    def total(self) -> int:
        """The length of the bar."""
        return sum(self.parts)


@dataclass(frozen=True)
class Bars:
    """Bars one below the other on one scale. `parts` names at most three parts; `alternative` says it in words."""

    title: str
    alternative: str
    parts: Sequence[str]
    bars: Sequence[Bar]

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        """What a notebook shows."""
        return {"image/svg+xml": self.as_svg(), "text/plain": self.alternative}

    def as_svg(self) -> str:
        """The picture as one SVG element."""
        svg, drawing = svg_root(self.title, self.alternative, _WIDTH, _TOP + _ROW * len(self.bars) + 4)
        _legend(drawing, self.parts)
        scale = (_WIDTH - 2 * _LEFT) / max((bar.total for bar in self.bars), default=1)
        for row, bar in enumerate(self.bars):
            _bar(drawing, bar, self.parts, _TOP + row * _ROW, scale)
        return Xml.tostring(svg, encoding="unicode")


def _legend(parent: Xml.Element, parts: Sequence[str]) -> None:
    step = (_WIDTH - 2 * _LEFT) / max(len(parts), 1)
    for place, (name, shade) in enumerate(zip(parts, _SHADES, strict=False)):
        x = _LEFT + place * step
        box = {"x": number(x), "y": "4", "width": "10", "height": "10", "rx": "2", "fill": shade}
        Xml.SubElement(parent, "rect", box)
        add_text(parent, name, x=number(x + 15), y="13")


def _bar(parent: Xml.Element, bar: Bar, parts: Sequence[str], top: int, scale: float) -> None:
    """A label with its numbers in words, and below it the parts side by side."""
    words = ", ".join(f"{count:,} {name}" for count, name in zip(bar.parts, parts, strict=True) if count)
    add_text(parent, shown(bar.label, _LABEL), x=str(_LEFT), y=str(top + 14))
    add_text(parent, words, x=str(_WIDTH - _LEFT), y=str(top + 14), **{"text-anchor": "end", "opacity": "0.8"})
    x = float(_LEFT)
    for count, shade in zip(bar.parts, _SHADES, strict=False):
        if count:
            box = {"x": number(x), "y": str(top + 19), "width": number(count * scale), "height": "10", "fill": shade}
            Xml.SubElement(parent, "rect", box)
        x += count * scale
