"""The records of a Dagger CLI log: one set for all forms of progress (`plain`, `report`, `dots`, `logs`).

Every record has the 1-based number of its line. `idx` is the number a step has in the plain form; the other forms
have none, there steps are numbered from 1 as they first appear.
"""

from dataclasses import dataclass
from typing import Literal

Status = Literal["DONE", "ERROR", "CACHED"]
Form = Literal["plain", "report", "dots", "logs"]
ClosingKind = Literal["error", "stdout", "stderr", "cancelled", "usage", "verdict", "command", "exit"]


@dataclass(frozen=True, slots=True)
class Start:
    """A step is shown. The same `idx` may be shown again: that is no second start.

    `more` marks the further lines of a title that spans several, `block` the headline of a block (`dots`, `logs`).
    `span` (16 hex) is only there with `--debug`.
    """

    line: int
    idx: int
    depth: int
    text: str
    more: bool = False
    block: bool = False
    span: str | None = None


@dataclass(frozen=True, slots=True)
class End:
    """A step ends, perhaps not for the last time: a lazy one ends when it is made and again when it is evaluated.

    `name` is often not the text of the start. `seconds` is None where the form shows none. `waited_on` is what a
    step of v1 spent its time waiting for.
    """

    line: int
    idx: int
    depth: int
    name: str
    status: Status
    seconds: float | None
    waited_on: str | None = None


@dataclass(frozen=True, slots=True)
class Output:
    """A line a step printed; `at` is in seconds since the step was made. It may stand behind the step's end."""

    line: int
    idx: int
    at: float | None
    text: str


@dataclass(frozen=True, slots=True)
class ErrorText:
    """The error of a step that ended with ERROR; `more` marks the further lines of a text that spans several."""

    line: int
    idx: int
    text: str
    more: bool = False


@dataclass(frozen=True, slots=True)
class Closing:
    """A line of what the CLI says about the run as a whole.

    Kinds: `error` (`Error:` and the lines after it, or the report's `!` lines at its top), `stdout` and `stderr` (the
    headings have the text "", raw text follows), `cancelled` (`Canceled.`), `usage` (a refused command line), `verdict`
    (the report's PASSED or FAILED), `command` (the report's second line), `exit` (the report's `! exit code 4` without
    colon: the exit code of the CLI itself). `trace` (32 hex) and `span` (16 hex) are the origin of an error.
    """

    line: int
    kind: ClosingKind
    text: str
    trace: str | None = None
    span: str | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """The CLI or the CI system about itself: `05:07:39 ERR cleanup failed ...`, `##[group]...`."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Dots:
    """A row of the form `dots`: how many steps ended well and how many did not."""

    line: int
    well: int
    failed: int


@dataclass(frozen=True, slots=True)
class Other:
    """A line of none of these kinds: the call's result in a merged log, text of a shell, a line cut in two."""

    line: int
    text: str


Record = Start | End | Output | ErrorText | Closing | Notice | Dots | Other
