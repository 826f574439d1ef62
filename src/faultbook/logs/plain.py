"""Lines of `--progress=plain`: `<idx>  : <┆ indents><body>`, with four kinds of body.

Source of the format: dagql/idtui/frontend_plain.go of dagger v0.21.8 and v1.0.0-beta.11. The index is padded to four
characters, so that `10: text` of a program (`grep -n`) is none.
"""

import re

from faultbook.logs.closing import opens, single
from faultbook.logs.reading import seconds
from faultbook.logs.records import End, ErrorText, Output, Record, Start, Status

_LINE = re.compile(r"(\d{1,9}) *: (?:([0-9a-f]{16}): )?((?:┆ )*)(.*)", re.DOTALL)
_OUTPUT = re.compile(r"(?:\[(\d[^\]]*)\] )?\|(?: (.*))?", re.DOTALL)
_END = re.compile(r"(.*) (DONE|ERROR|CACHED) \[([^\],]+)(?:, waited on (.*))?\].*", re.DOTALL)
_STATUSES: dict[str, Status] = {"DONE": "DONE", "ERROR": "ERROR", "CACHED": "CACHED"}


class PlainLines:
    """Reads lines one by one; knows whether a title or an error text is still going on."""

    def __init__(self) -> None:
        self._title: tuple[int, int] | None = None
        self._error: int | None = None

    def record(self, number: int, text: str) -> Record | None:
        """What line `number` says; None when it is no line of a step."""
        if text[4:6] != ": " and text.find(": ") < 5:
            return self._more_error(number, text)
        found = _LINE.fullmatch(text)
        if not found:
            return self._more_error(number, text)
        index, span, indent, body = found.groups()
        return self._step_line(number, int(index), len(indent) // 2, body, span)

    def _more_error(self, number: int, text: str) -> Record | None:
        """Only the first line of an error text has a prefix; an empty line or a word of the CLI's own ends it."""
        if self._error is None or not text or opens(text) or single(number, text):
            self._error = None
            return None
        return ErrorText(number, self._error, text, more=True)

    def _step_line(self, number: int, idx: int, depth: int, body: str, span: str | None) -> Record:
        self._error = None
        if self._title and self._title[0] == idx and (depth > self._title[1] or body.startswith(")")):
            if depth == self._title[1]:
                self._title = None
            return Start(number, idx, depth, body, more=True)
        self._title = None
        if body.startswith("! "):
            self._error = idx
            return ErrorText(number, idx, body[2:])
        return (
            _output(number, idx, body) or _end(number, idx, depth, body) or self._start(number, idx, depth, body, span)
        )

    def _start(self, number: int, idx: int, depth: int, body: str, span: str | None) -> Start:
        if body.endswith("("):
            self._title = (idx, depth)
        return Start(number, idx, depth, body, span=span)


def _output(number: int, idx: int, body: str) -> Output | None:
    found = _OUTPUT.fullmatch(body) if body[:1] in ("[", "|") else None
    return Output(number, idx, seconds(found[1] or ""), found[2] or "") if found else None


def _end(number: int, idx: int, depth: int, body: str) -> End | None:
    found = _END.fullmatch(body) if "]" in body else None
    if not found:
        return None
    name, status, duration, waited_on = found.groups()
    return End(number, idx, depth, name, _STATUSES[status], seconds(duration), waited_on)
