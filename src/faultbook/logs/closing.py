"""What the CLI says about a run as a whole, in column 0: the closing block and its own notices.

Source of the format: cmd/dagger/functions.go and cmd/dagger/main.go of dagger v0.21.8, internal/cmd/dagger of
v1.0.0-beta.11. Raw text of the program stands in the blocks `Stdout:` and `Stderr:`: nothing in there is a record
of its own, but for lines which only the CI system or the CLI itself write.
"""

import re

from faultbook.logs.records import Closing, ClosingKind, Notice, Record

_TRACE = re.compile(r" ?\[traceparent:(?:([0-9a-f]{32})-([0-9a-f]{16})\]|[0-9a-f-]*)$")
_USAGE = re.compile(r"no tty available for progress |unknown progress type ")
_NOTICE = re.compile(r'##\[|\d\d:\d\d:\d\d (?:DBG|INF|WRN|ERR)\b|Command "[^"]*" is deprecated')
_NOTICE_IN_BLOCK = re.compile(r"##\[|\d\d:\d\d:\d\d ERR cleanup failed ")
_HEADINGS: dict[str, ClosingKind] = {"Stdout:": "stdout", "Stderr:": "stderr"}


class ClosingLines:
    """Reads the closing block; `ended` when a line of the CI system has followed it."""

    def __init__(self) -> None:
        self._kind: ClosingKind = "error"
        self.ended = False

    def first(self, number: int, text: str) -> Record:
        """The line `Error: ...` itself."""
        return error(number, text.removeprefix("Error:").removeprefix(" "))

    def record(self, number: int, text: str) -> Record:
        """What a line behind it says."""
        self.ended = text.startswith("##[")
        if _NOTICE_IN_BLOCK.match(text):
            return Notice(number, text)
        if text in _HEADINGS:
            self._kind = _HEADINGS[text]
            return Closing(number, self._kind, "")
        if text.startswith("Run '") and text.endswith("' for usage.") and self._kind == "error":
            return Closing(number, "usage", text)
        return error(number, text) if self._kind == "error" else Closing(number, self._kind, text)


def opens(text: str) -> bool:
    """Whether a line in column 0 begins the closing block."""
    return text.startswith("Error: ") or text == "Error:"


def single(number: int, text: str) -> Record | None:
    """A closing line that stands alone, or a notice; None when the line is neither."""
    if text == "Canceled.":
        return Closing(number, "cancelled", text)
    if _USAGE.match(text):
        return Closing(number, "usage", text)
    return Notice(number, text) if _NOTICE.match(text) else None


def error(number: int, text: str) -> Closing:
    """A line of the run's error, its origin marker taken off and kept; a marker cut in two is only taken off."""
    found = _TRACE.search(text)
    if not found:
        return Closing(number, "error", text)
    return Closing(number, "error", text[: found.start()], found[1], found[2])
