"""A tree of sizes as SVG: the root on top, below it what it consists of, each as wide as it is big.

The page gives the colour of text and frames (`currentColor`); fills are thin, so that text stays readable in light and
dark. A size stands beside its name, and a whole name is in the tooltip of its box.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree as Xml

from faultbook.playbooks.svg import add_text, number, svg_root
from faultbook.report.lines import shown

_WIDTH = 420
_ROW = 22
_TOP = 20
_CHARACTER = 6.3
"""Units a character takes, on average, at the size pictures have."""
_FEWEST = 5
_FILLS = {True: "#c2410c", False: "#6b7280"}


@dataclass(frozen=True)
class Node:
    """A box: `value` is at least the sum of its children's. `short` is the label for a narrow one; `is_ours` sets the
    box apart from others."""

    label: str
    short: str
    value: int
    is_ours: bool = False
    children: tuple["Node", ...] = ()


@dataclass(frozen=True)
class Icicle:
    """Boxes below the one they belong to. `size` puts a value in words; `alternative` the whole picture."""

    title: str
    alternative: str
    heading: str
    roots: Sequence[Node]
    size: Callable[[int], str]

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        """What a notebook shows."""
        return {"image/svg+xml": self.as_svg(), "text/plain": self.alternative}

    def as_svg(self) -> str:
        """The picture as one SVG element."""
        svg, drawing = svg_root(self.title, self.alternative, _WIDTH, _TOP + _ROW * depth(self.roots) + 4)
        add_text(drawing, self.heading, x="4", y="13")
        whole = sum(node.value for node in self.roots) or 1
        self._row(drawing, self.roots, 0.0, 0, _WIDTH / whole)
        return Xml.tostring(svg, encoding="unicode")

    def _row(self, parent: Xml.Element, nodes: Sequence[Node], left: float, level: int, scale: float) -> None:
        for node in nodes:
            self._box(parent, node, left, _TOP + level * _ROW, node.value * scale)
            self._row(parent, node.children, left, level + 1, scale)
            left += node.value * scale

    def _box(self, parent: Xml.Element, node: Node, left: float, top: int, width: float) -> None:
        group = Xml.SubElement(parent, "g")
        Xml.SubElement(group, "title").text = shown(f"{node.label}: {self.size(node.value)}")
        box = {"x": number(left), "y": str(top), "width": number(max(width - 1, 0.5)), "height": str(_ROW - 2)}
        look = {
            "fill": _FILLS[node.is_ours],
            "fill-opacity": "0.22",
            "stroke": "currentColor",
            "stroke-opacity": "0.35",
        }
        Xml.SubElement(group, "rect", box | look)
        text = fitting(node, self.size(node.value), int((width - 8) / _CHARACTER))
        if text:
            add_text(group, text, x=number(left + 4), y=str(top + 14))


def depth(nodes: Sequence[Node]) -> int:
    """How many rows a picture of `nodes` has."""
    return max((1 + depth(node.children) for node in nodes), default=0)


def fitting(node: Node, size: str, room: int) -> str:
    """The longest of label with size, short label with size, short label, its begin; '' where nothing would be said."""
    for text in (f"{node.label} {size}", f"{node.short} {size}", node.short):
        if len(text) <= room:
            return text
    return shown(node.short, room) if room >= _FEWEST else ""
