"""A run of the Dagger CLI as its log shows it: steps and outcome, as frozen records."""

from dataclasses import dataclass
from typing import Literal

from faultbook.logs.records import Closing, Form, Notice, Output, Status

Role = Literal["root", "repeats", "cancelled", "tolerated", "unfinished", "doubtful"]
Outcome = Literal["passed", "failed", "cancelled", "cut", "unknown"]


@dataclass(frozen=True, slots=True)
class Step:
    """One step. All line numbers are 1-based.

    `idx` is the number in the log (plain form), or counts steps as they first appear. `parent` is the idx of the step
    it is shown under. `status` is that of the last end, None when it never ended; `ends` counts the ends. `seconds`
    is the duration of the last end: of the last evaluation, not of the whole life of the step. `failed_line` is the
    line of its first end with ERROR, `end_line` that of its last end.

    `start` and `end` are seconds on the run's own clock. It begins at 0 and only moves by what the log says: `[t]`
    stamps and durations, both counted from the start of their step. `start` is the clock when the step was first
    shown. Where the log is silent the clock stands still, and short steps that were shown only when they had ended
    seem to follow one another: it is good for a picture, not for tenths of a second. A step made lazily worked in the
    last `seconds` before its `end`.

    `outputs` counts the lines it printed, `last_output` keeps the last of them. `error` is its own error text.
    """

    idx: int
    depth: int
    parent: int | None
    started: str | None
    ended: str | None
    status: Status | None
    seconds: float | None
    waited_on: str | None
    ends: int
    start: float
    end: float | None
    outputs: int
    last_output: tuple[Output, ...]
    error: str | None
    error_line: int | None
    failed_line: int | None
    end_line: int | None
    first_line: int
    last_line: int
    role: Role | None = None

    @property
    def title(self) -> str:
        """What to call it: the text it was started with, which says more than that of its end."""
        return self.started or self.ended or f"step {self.idx}"

    @property
    def is_exec(self) -> bool:
        """Whether it runs a command in a container."""
        return self.ended == "Container.withExec" or self.title.startswith(
            ("withExec ", "Container.withExec(", ".withExec(")
        )


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the CLI.

    `outcome`: `passed`; `failed` (a closing error, or a failed tree); `cancelled` (somebody interrupted it); `cut` (the
    log just stops); `unknown` (`dots` and `logs` do not show whether steps end, and an empty log shows nothing).
    `error` is the closing error without its origin marker, `trace` (32 hex) and `span` (16 hex) are that marker: the
    `trace=` of the engine's lines. `exit_code` is only told by a report. `stdout` and `stderr` are the last lines of
    the closing blocks. `closing` is the record which says how it ended, `notices` are the last lines of the CLI and the
    CI system about themselves. `form` is None when no step is shown. `lines` is the number of the last line with a
    record.
    """

    form: Form | None
    steps: tuple[Step, ...]
    outcome: Outcome
    error: str | None
    error_line: int | None
    trace: str | None
    span: str | None
    exit_code: int | None
    stdout: tuple[str, ...]
    stderr: tuple[str, ...]
    closing: Closing | None
    notices: tuple[Notice, ...]
    lines: int

    def step(self, idx: int) -> Step | None:
        """The step with this index."""
        return next((step for step in self.steps if step.idx == idx), None)

    def with_role(self, role: Role) -> list[Step]:
        """The steps that play this role, in the order of the log."""
        return [step for step in self.steps if step.role == role]
