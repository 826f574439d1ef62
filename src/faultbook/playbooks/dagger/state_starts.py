"""What `dagger/state` gathers: the starts in engine logs, how far each came, and what it did with the state."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from faultbook.logs.state import Kind, StateLine, read_state
from faultbook.playbooks.dagger.engine_lives import Part, read_parts
from faultbook.playbooks.ladder import Attempt

Outcome = Literal[
    "kept", "new", "unclean", "format", "damaged", "page", "locked", "still invalid", "refused", "crashed", "no end"
]

STAGES = ("prepare", "lock", "open the state", "serve")
_OPEN = 2
_REACHED: tuple[tuple[Kind, int], ...] = (("serving", 4), ("opening", 2), ("locking", 1))
_BY_REASON: dict[str, Outcome] = {"dagql_unclean_shutdown": "unclean", "dagql_schema_mismatch": "format"}


@dataclass(frozen=True)
class Start:
    """A start: the life it began, and the lines about the state before it served anybody."""

    number: int
    part: Part
    lines: tuple[StateLine, ...]

    @property
    def place(self) -> str:
        """Where it begins: file and line."""
        return f"{self.part.name}:{self.part.life.first_line}"

    @property
    def outcome(self) -> Outcome:
        """What became of the state, or why the start came to nothing."""
        for kind in ("still invalid", "page", "locked"):
            if self.line(kind):
                return kind
        if self.part.life.reason is not None:
            return _BY_REASON.get(self.part.life.reason, "damaged")
        if self.served:
            return "new" if self.line("new") else "kept"
        return "refused" if self.part.life.ending == "refused" else "crashed" if self.part.life.crash else "no end"

    @property
    def served(self) -> bool:
        """Whether it got as far as serving."""
        return self.part.life.ready is not None

    @property
    def file(self) -> str | None:
        """The damaged file, where an error tells it."""
        return next((one.file for one in self.lines if one.file), None)

    @property
    def error(self) -> str | None:
        """The first error about the state; else the last word of a start that came to nothing."""
        told = next((one.error for one in self.lines if one.error), None)
        crash = self.part.life.crash
        return told or (crash.text if crash and not self.served else None)

    def line(self, kind: Kind) -> StateLine | None:
        """The first line of a kind."""
        return next((one for one in self.lines if one.kind == kind), None)

    def attempt(self, words: str) -> Attempt:
        """How far it came; `words` say what became of it."""
        reached = next((stage for kind, stage in _REACHED if self.line(kind)), 0)
        label = f"start {self.number}, {self.place}: {words}"
        return Attempt(label, reached, _OPEN if self.line("reset") else None)


def read_starts(logs: Sequence[str]) -> tuple[tuple[Part, ...], tuple[Start, ...]]:
    """The lives in engine logs in order of time, and the starts among them. Raises `Refusal` as `lives` does."""
    parts = read_parts(*logs)
    lines = {log: list(read_state(log)) for log in logs}
    begun = [part for part in parts if part.life.started]
    starts = [Start(number, part, tuple(_of_start(part, lines[part.path]))) for number, part in enumerate(begun, 1)]
    return parts, tuple(starts)


def _of_start(part: Part, lines: Sequence[StateLine]) -> Iterator[StateLine]:
    """The lines of this life up to the first that says it serves; damage met later belongs to no start."""
    for one in lines:
        if part.life.first_line <= one.record.line <= part.life.last_line:
            yield one
            if one.kind == "serving":
                return
