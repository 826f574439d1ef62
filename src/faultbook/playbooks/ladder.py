"""A ladder of stages as SVG: how far each attempt came before it failed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree as Xml

from faultbook.playbooks.svg import add_text, svg_root
from faultbook.report.lines import shown

_WIDTH = 420
_ROW = 46
_TOP = 22
_LABEL = 62
_PASSED, _FAILED, _AHEAD, _MENDED = "#4c8f5f", "#d1242f", "#8a8f98", "#b35900"


@dataclass(frozen=True)
class Attempt:
    """What was wanted, and the stage (0-based index) at which it failed; that after the last stage when it did not.

    `reset_at` is a stage that was passed only after a fresh beginning.
    """

    label: str
    failed_at: int
    reset_at: int | None = None


@dataclass(frozen=True)
class Ladder:
    """Attempts over the same stages. `alternative` says in words what the picture shows."""

    title: str
    alternative: str
    stages: Sequence[str]
    attempts: Sequence[Attempt]

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        """What a notebook shows."""
        return {"image/svg+xml": self.as_svg(), "text/plain": self.alternative}

    def as_svg(self) -> str:
        """The picture as one SVG element."""
        svg, drawing = svg_root(self.title, self.alternative, _WIDTH, _TOP + _ROW * len(self.attempts) + 6)
        step = _WIDTH / len(self.stages)
        for number, stage in enumerate(self.stages):
            add_text(drawing, stage, x=f"{(number + 0.5) * step:.1f}", y="12", **{"text-anchor": "middle"})
        for row, attempt in enumerate(self.attempts):
            _attempt(drawing, attempt, len(self.stages), _TOP + row * _ROW, step)
        return Xml.tostring(svg, encoding="unicode")


def _attempt(parent: Xml.Element, attempt: Attempt, stages: int, top: int, step: float) -> None:
    """A label, and below it a mark for each stage: passed, reset, failed (with a cross), or never reached."""
    add_text(parent, shown(attempt.label, _LABEL), x="4", y=str(top + 14))
    for number in range(stages):
        reached = number <= attempt.failed_at
        failed = number == attempt.failed_at
        box = {
            "x": f"{number * step + 2:.1f}",
            "y": str(top + 20),
            "width": f"{step - 4:.1f}",
            "height": "14",
            "rx": "2",
        }
        reset = number == attempt.reset_at and reached and not failed
        fill = _FAILED if failed else _MENDED if reset else _PASSED if reached else "none"
        Xml.SubElement(parent, "rect", box | {"fill": fill, "stroke": _AHEAD if not reached else fill})
        if failed or reset:
            _word(parent, "✘ here" if failed else "↻ reset", (number + 0.5) * step, top)


def _word(parent: Xml.Element, text: str, middle: float, top: int) -> None:
    add_text(parent, text, x=f"{middle:.1f}", y=str(top + 31), fill="#fff", **{"text-anchor": "middle"})
