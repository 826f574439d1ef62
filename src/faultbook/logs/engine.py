"""The log of the Dagger engine: logrus text and Go slog text on one stream, and plain lines between them.

    time="2026-11-21T04:54:15Z" level=info msg="starting container" args="[/.init /bin/true]" id=...
    time=2026-11-21T04:54:15.155Z level=INFO msg="end lazy evaluation" field=Container.withExec duration=144.1ms

Source of the formats: cmd/engine/main.go of dagger v0.21.8 and v1.0.0-beta.11 (logrus' TextFormatter without a
terminal, log/slog's TextHandler). Values are quoted as Go quotes strings. One file may hold
several lives of the engine.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from faultbook.logs.reading import text_lines

_QUOTED = r'"[^"\\]*(?:\\.[^"\\]*)*"'
_HEAD = re.compile(rf"time=\S+ level=(\S+) msg=({_QUOTED}|\S*)")
_FIELD = re.compile(rf'([^\s="]+)=({_QUOTED}|\S*)')
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|(.))")
_PLAIN = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}
_EXIT_CODE = re.compile(r"exit code: (\d+)(?:: (.*))?", re.DOTALL)
_LEVELS = {"WARN": "warning", "INFO": "info", "DEBUG": "debug", "info": "info", "debug": "debug"}


@dataclass(frozen=True, slots=True)
class Record:
    """A line of the engine log, with its 1-based number and its cleaned text.

    `level` is lower case, and slog's WARN is `warning`, as logrus writes it; others are `debug-1`, `debug`, `info`,
    `error`. A line in neither format (`dnsmasq exited: ...`, a Go trace) has level None, and its text is its message.
    """

    line: int
    text: str
    level: str | None
    message: str

    @property
    def time(self) -> datetime | None:
        """In UTC; whole seconds for logrus, milliseconds for slog. None for a line without level or a damaged stamp."""
        return _time(self.text[5:].partition(" ")[0].strip('"')) if self.level else None

    @property
    def fields(self) -> dict[str, str]:
        """All fields but time, level and message by name, unquoted; taken apart at every call."""
        head = _HEAD.match(self.text) if self.level else None
        if not head:
            return {}
        rest = self.text[head.end() :]
        if '"' not in rest:
            return dict(pair.split("=", 1) for pair in rest.split(" ") if "=" in pair)
        return {name: unquoted(value) for name, value in _FIELD.findall(rest)}


@dataclass(frozen=True, slots=True)
class Container:
    """A command run in a container, from the lines `starting container` and `container done` with the same `id`.

    `command` is the arguments with spaces between them, without the engine's own `/.init`. `call` is the digest of the
    call (`xxh3:...`), as in `digest=` of `start call`; `trace` (32 hex) is that of the CLI's closing error, `client`
    and `session` are the engine's ids. `end` and `end_line` are None when the log shows no end: still running, or lost.
    `error` is the first line of the error, None when the command ended well or has not ended.
    """

    id: str
    command: str
    call: str | None
    trace: str | None
    span: str | None
    session: str | None
    client: str | None
    start: datetime | None
    start_line: int | None
    end: datetime | None = None
    end_line: int | None = None
    error: str | None = None

    @property
    def exit_code(self) -> int | None:
        """The exit code the error tells; 0 after a good end, None when no end or no code is shown."""
        found = _EXIT_CODE.match(self.error) if self.error else None
        return int(found[1]) if found else 0 if self.end_line and not self.error else None

    @property
    def stopped_by(self) -> str | None:
        """What the engine put behind the exit code when it ended the command itself: `context canceled`, ..."""
        found = _EXIT_CODE.match(self.error) if self.error else None
        return found[2] if found else None


def read_engine(log: str | Path | BinaryIO) -> Iterator[Record]:
    """Every line of an engine log that is not empty.

    Never raises on what the log contains; raises `Refusal` when it cannot be read at all.
    """
    for number, text in text_lines(log):
        if text:
            yield _record(number, text)


def _record(number: int, text: str) -> Record:
    head = _HEAD.match(text)
    if not head:
        return Record(number, text, None, text)
    level, message = head.groups()
    return Record(number, text, _LEVELS.get(level) or level.lower(), unquoted(message))


def containers(records: Iterable[Record]) -> Iterator[Container]:
    """The containers of an engine log, each when it ends; at last those that did not, in the order they started."""
    running: dict[str, Container] = {}
    for record in records:
        if record.message == "starting container":
            container = _container(record)
            running[container.id] = container
        elif record.message == "container done":
            told = _container(record)
            yield _ended(told, running.pop(told.id, None), record)
    yield from running.values()


def _container(record: Record) -> Container:
    fields = record.fields
    command = fields.get("args", "").removeprefix("[").removesuffix("]")
    return Container(
        id=fields.get("id", ""),
        command=command.removeprefix("/.init").removeprefix(" "),
        call=fields.get("call_id") or None,
        trace=fields.get("trace") or fields.get("traceID") or None,
        span=fields.get("spanID") or None,
        session=fields.get("session_id") or None,
        client=fields.get("client_id") or None,
        start=record.time,
        start_line=record.line,
    )


def _ended(told: Container, started: Container | None, record: Record) -> Container:
    """The container as the line of its end tells it; one whose start is not in the log has no start."""
    error = record.fields.get("error", "").partition("\n")[0]
    return replace(
        told,
        start=started.start if started else None,
        start_line=started.start_line if started else None,
        end=record.time,
        end_line=record.line,
        error=None if error in ("", "<nil>") else error,
    )


def _time(stamp: str) -> datetime | None:
    try:
        time = datetime.fromisoformat(stamp)
    except ValueError:
        return None
    return time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)


def unquoted(value: str) -> str:
    """The value of a field without Go's quotes and escapes."""
    if not value.startswith('"'):
        return value
    value = value[1:-1]
    return _ESCAPE.sub(_unescaped, value) if "\\" in value else value


def _unescaped(found: re.Match[str]) -> str:
    byte, short, long, octal, plain = found.groups()
    if plain is not None:
        return _PLAIN.get(plain, plain)
    code = int(octal, 8) if octal else int(byte or short or long, 16)
    return chr(code) if code <= 0x10FFFF else "\ufffd"
