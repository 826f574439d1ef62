"""Gather the records of a CLI log into steps, one pass, holding only the steps and the last lines of their output."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from faultbook.logs.records import Closing, Dots, End, ErrorText, Form, Notice, Output, Record, Start, Status
from faultbook.logs.run import Step
from faultbook.logs.tree import joined

KEPT = 20
"""Lines of output kept of a step, and of the closing block."""


@dataclass
class Draft:
    """A step in the making."""

    idx: int
    depth: int
    parent: int | None
    start: float
    first_line: int
    last_line: int
    titles: list[str] = field(default_factory=list)
    ended: str | None = None
    status: Status | None = None
    seconds: float | None = None
    waited_on: str | None = None
    ends: int = 0
    end: float | None = None
    outputs: int = 0
    last_output: deque[Output] = field(default_factory=lambda: deque(maxlen=KEPT))
    errors: list[str] = field(default_factory=list)
    error_line: int | None = None
    failed_line: int | None = None
    end_line: int | None = None

    def step(self) -> Step:
        """The finished record; an error text that a later good end took back is left out."""
        failed = self.status == "ERROR"
        return Step(
            idx=self.idx,
            depth=self.depth,
            parent=self.parent,
            started=joined(self.titles) or None,
            ended=self.ended,
            status=self.status,
            seconds=self.seconds,
            waited_on=self.waited_on,
            ends=self.ends,
            start=self.start,
            end=self.end,
            outputs=self.outputs,
            last_output=tuple(self.last_output),
            error="\n".join(self.errors).rstrip() if failed and self.errors else None,
            error_line=self.error_line if failed else None,
            failed_line=self.failed_line if failed else None,
            end_line=self.end_line,
            first_line=self.first_line,
            last_line=self.last_line,
        )


class Builder:
    """Takes records one by one. `clock` is in seconds, see `Step`."""

    def __init__(self) -> None:
        self.drafts: dict[int, Draft] = {}
        self.closings: dict[str, deque[Closing]] = {}
        self.heads: dict[str, Closing] = {}
        self.notices: deque[Notice] = deque(maxlen=KEPT)
        self.form: Form | None = None
        self.tree = False
        self.clock = 0.0
        self.lines = 0
        self._shown: list[tuple[int, int]] = []
        self._open_title: int | None = None
        self._doing: dict[type, Callable[..., None]] = {
            Start: self._start, End: self._end, Output: self._output, ErrorText: self._error, Closing: self._closing,
            Dots: self._dots, Notice: self.notices.append,
        }  # fmt: skip

    def add(self, record: Record) -> None:
        """Take the next record."""
        self.lines = record.line
        doing = self._doing.get(type(record))
        if doing:
            doing(record)

    def steps(self) -> list[Step]:
        """All steps in the order in which they first appeared."""
        return [draft.step() for draft in self.drafts.values()]

    def _draft(self, idx: int, line: int, depth: int = 0) -> Draft:
        """The step `idx`, made at its first sight."""
        draft = self.drafts.get(idx)
        if not draft:
            above = [shown for shown, shown_depth in self._shown if shown_depth < depth]
            draft = Draft(idx, depth, above[-1] if above else None, self.clock, line, line)
            self.drafts[idx] = draft
        draft.last_line = line
        return draft

    def _show(self, idx: int, depth: int) -> None:
        """Remember the path of steps shown last: the next deeper step stands under it."""
        while self._shown and self._shown[-1][1] >= depth:
            self._shown.pop()
        self._shown.append((idx, depth))

    def _start(self, record: Start) -> None:
        if record.more:
            if record.idx == self._open_title:
                self.drafts[record.idx].titles.append(record.text)
            return
        self.form = self.form or ("logs" if record.block else "plain")
        draft = self._draft(record.idx, record.line, record.depth)
        self._open_title = None if draft.titles else record.idx
        if not draft.titles:
            draft.titles.append(record.text)
        self._show(record.idx, record.depth)

    def _end(self, record: End) -> None:
        self.form = self.form or "plain"
        self.tree = self.tree or self.form != "plain"
        draft = self._draft(record.idx, record.line, record.depth)
        self._show(record.idx, record.depth)
        self._move_to(_after(draft, record.seconds))
        draft.ended, draft.status, draft.seconds = record.name, record.status, record.seconds
        draft.waited_on = record.waited_on
        draft.ends += 1
        draft.end_line = record.line
        own = self.clock if record.waited_on else _after(draft, record.seconds)
        last_output = draft.last_output[-1].at if draft.last_output else None
        draft.end = max(own, draft.end or 0.0, _after(draft, last_output))
        if record.status == "ERROR" and draft.failed_line is None:
            draft.failed_line = record.line

    def _output(self, record: Output) -> None:
        draft = self._draft(record.idx, record.line)
        draft.outputs += 1
        draft.last_output.append(record)
        if record.at is not None:
            self._move_to(_after(draft, record.at))
            draft.end = max(draft.end, _after(draft, record.at)) if draft.end is not None else None

    def _error(self, record: ErrorText) -> None:
        draft = self._draft(record.idx, record.line)
        if not record.more:
            draft.errors = []
            draft.error_line = record.line
        draft.errors.append(record.text)

    def _closing(self, record: Closing) -> None:
        if record.kind == "verdict":
            self.form, self.tree = self.form or "report", True
        self.heads.setdefault(record.kind, record)
        self.closings.setdefault(record.kind, deque(maxlen=KEPT)).append(record)

    def _dots(self, _record: Dots) -> None:
        self.form = "dots"

    def _move_to(self, clock: float) -> None:
        self.clock = max(self.clock, clock)


def _after(draft: Draft, elapsed: float | None) -> float:
    """The clock `elapsed` seconds after the start of a step; rounded, so that sums of tenths stay tenths."""
    return round(draft.start + (elapsed or 0.0), 3)
