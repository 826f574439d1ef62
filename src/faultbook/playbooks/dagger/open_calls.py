"""Calls of the engine log by their digest, and the commands that run for them.

The cache dump names a running call by its digest and session only. The engine log has the same digest in `start call`;
a command that was started for it stands in `starting container` with the same `span`, that of the client's request.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from faultbook.logs.engine import Container, Record, containers, read_engine

_START = "starting dagger engine version:"


@dataclass(frozen=True, slots=True)
class Call:
    """A call as the engine log has it. `key` is its digest, `request` the span of the client's request.

    `ended` is None when the log shows no end.
    """

    key: str
    field: str
    session: str
    request: str
    started: Record
    ended: Record | None = None

    def runs_at(self, time: datetime) -> bool:
        """Whether it had started, and not ended, at `time`."""
        return _runs_at(self.started.time, self.ended.time if self.ended else None, time)


@dataclass(frozen=True, slots=True)
class Command:
    """A command with the span of the client's request for which it runs, and the record of its start."""

    container: Container
    request: str
    started: Record

    def runs_at(self, time: datetime) -> bool:
        """Whether it had started, and not ended, at `time`; these lines have whole seconds only."""
        return _runs_at(self.container.start, self.container.end, time)


@dataclass(frozen=True, slots=True)
class Work:
    """What an engine log tells of calls: those that were asked for, and all that have no end.

    `until` is the last time in the log.
    """

    calls: tuple[Call, ...]
    commands: tuple[Command, ...]
    until: datetime | None

    def of(self, key: str) -> list[Call]:
        """The calls with a digest, one for each session that made it."""
        return [call for call in self.calls if call.key == key]

    def commands_for(self, key: str) -> list[Command]:
        """The commands that run for a call, whoever of those who made it started them."""
        requests = {call.request for call in self.of(key)}
        return [command for command in self.commands if command.request in requests]


def read_work(log: str | Path | BinaryIO, keys: Iterable[str] = ()) -> Work:
    """Calls and commands in an engine log. Those that have ended are only kept where they belong to one of `keys`.

    Never raises on what the log contains; raises `Refusal` when it cannot be read at all.
    """
    reading = _Reading(frozenset(keys))
    for record in read_engine(log):
        reading.add(record)
    return reading.work()


@dataclass
class _Reading:
    """A log while it is read. What is open is held until it ends; a new life of the engine ends everything."""

    keys: frozenset[str]
    open: dict[tuple[str, str, str], Call] = field(default_factory=dict)
    ended: list[Call] = field(default_factory=list)
    running: dict[str, Record] = field(default_factory=dict)
    done: list[tuple[Record, Record | None]] = field(default_factory=list)
    requests: set[str] = field(default_factory=set)
    last: Record | None = None

    def add(self, record: Record) -> None:
        """Take a line."""
        if record.level is None:
            return
        self.last = record
        message = record.message
        if message == "start call":
            self._start(record)
        elif message == "end call":
            self._end(record)
        elif message == "starting container":
            self.running[record.fields.get("id", "")] = record
        elif message == "container done":
            self._done(record)
        elif message.startswith(_START):
            self._new_life()

    def work(self) -> Work:
        """What the lines were."""
        open_commands = [_command(record) for record in self.running.values()]
        commands = [*(_command(*pair) for pair in self.done), *open_commands]
        until = self.last.time if self.last else None
        return Work((*self.ended, *self.open.values()), tuple(commands), until)

    def _start(self, record: Record) -> None:
        call = _call(record)
        self.open[_ident(record)] = call
        if call.key in self.keys:
            self.requests.add(call.request)

    def _end(self, record: Record) -> None:
        call = self.open.pop(_ident(record), None)
        if call and call.key in self.keys:
            self.ended.append(Call(call.key, call.field, call.session, call.request, call.started, record))

    def _done(self, record: Record) -> None:
        started = self.running.pop(record.fields.get("id", ""), None)
        if started and started.fields.get("span") in self.requests:
            self.done.append((started, record))

    def _new_life(self) -> None:
        """Nothing goes on beyond the end of the engine, but what was asked for is kept as it was."""
        self.ended += [call for call in self.open.values() if call.key in self.keys]
        self.done += [(one, None) for one in self.running.values() if one.fields.get("span") in self.requests]
        self.open.clear()
        self.running.clear()


def _ident(record: Record) -> tuple[str, str, str]:
    fields = record.fields
    return fields.get("digest", ""), fields.get("session_id", ""), fields.get("span", "")


def _call(record: Record) -> Call:
    key, session, request = _ident(record)
    return Call(key, record.fields.get("field", ""), session, request, record)


def _command(started: Record, done: Record | None = None) -> Command:
    records = [record for record in (started, done) if record]
    container = next(iter(containers(records)))
    return Command(container, started.fields.get("span", ""), started)


def _runs_at(start: datetime | None, end: datetime | None, time: datetime) -> bool:
    return start is not None and start <= time and (end is None or end >= time)
