"""Which running calls are stuck, and which only take their time: two or more cache dumps and the engine log.

A call is stuck in a command when all of this holds:

- the same call of the same session, by digest and session id, runs in two dumps of the same life of the engine;
- the dumps are at least APART seconds apart;
- the engine log has the start of that call before the first dump, and no end before the last;
- a command that was started for it before the first dump was running in both, and did not end by itself later.

APART is longer than the longest step of a good run that was ever dumped while it ran (14 seconds, the sample
dagger/goroutine-dump-during-exec), and shorter than what lies between the dumps of the captured hangs (20 and 16).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from faultbook.logs.snapshot import OngoingCall, read_snapshot
from faultbook.playbooks.dagger.open_calls import Call, Command, Work
from faultbook.playbooks.verdict import Line

APART = 15.0
"""Seconds that must lie between two dumps."""

State = Literal["once", "close", "unnamed", "again", "no command", "moves", "ended", "stuck"]


@dataclass(frozen=True, slots=True)
class Taken:
    """What a cache dump says of calls. `boot` changes at every start of the engine, `at` is in UTC."""

    path: str
    boot: str
    at: datetime
    calls: tuple[OngoingCall, ...]

    def runs(self, call: OngoingCall) -> bool:
        """Whether the same call of the same session runs in it."""
        return any((one.key, one.session) == (call.key, call.session) for one in self.running)

    @property
    def running(self) -> list[OngoingCall]:
        """The calls that have not ended."""
        return [call for call in self.calls if not call.is_completed]

    def line(self, call: OngoingCall) -> Line:
        """The call as evidence; the whole dump is one line."""
        return Path(self.path).name, 1, f'"call_key":"{call.key}","concurrency_key":"{call.session}"'


@dataclass(frozen=True, slots=True)
class Judged:
    """A call that runs in the last dump: the first dump in which it ran without a break, and what is known of it.

    `call` and `command` are None where the engine log does not have them. `state`:

    - `once`: it runs in the last dump only; `close`: the dumps are too close to each other;
    - `unnamed`: the engine log was not given, or does not have it; `again`: it is another run of the same call;
    - `no command`: it runs in both, but no command runs for it; `moves`: another command runs for it than before;
    - `ended`: its command ended by itself after the last dump; `stuck`.
    """

    running: OngoingCall
    first: Taken
    last: Taken
    state: State
    call: Call | None
    command: Command | None

    @property
    def apart(self) -> float:
        """Seconds between the two dumps."""
        return (self.last.at - self.first.at).total_seconds()

    def evidence(self, log: str) -> Iterator[Line]:
        """The lines that show together that it is stuck; `log` is the engine log's path."""
        name = Path(log).name
        yield self.first.line(self.running)
        yield self.last.line(self.running)
        if self.command:
            yield name, self.command.started.line, self.command.started.text
        if self.call:
            yield name, self.call.started.line, self.call.started.text


def read_taken(*paths: str | None) -> tuple[Taken, ...]:
    """The cache dumps in the order in which they were taken. Raises `Refusal` as `read_snapshot` does."""
    taken = [_taken(path) for path in paths if path]
    return tuple(sorted(taken, key=lambda one: one.at))


def _taken(path: str) -> Taken:
    snapshot = read_snapshot(path)
    return Taken(path, snapshot.boot, snapshot.at, snapshot.calls)


def keys_of(taken: Sequence[Taken]) -> set[str]:
    """The digests of all calls that run in any dump."""
    return {call.key for one in taken for call in one.calls}


def judge(taken: Sequence[Taken], work: Work | None) -> list[Judged]:
    """What is to be said of every call that runs in the last dump; dumps of other lives of the engine are left out."""
    if not taken:
        return []
    last = taken[-1]
    same = [one for one in taken if one.boot == last.boot]
    return [_judged(call, same, work) for call in last.running]


def _judged(running: OngoingCall, taken: Sequence[Taken], work: Work | None) -> Judged:
    first = last = taken[-1]
    for earlier in reversed(taken[:-1]):
        if not earlier.runs(running):
            break
        first = earlier
    call = _call(running, last.at, work)
    commands = work.commands_for(running.key) if work else []
    command = next((one for one in commands if one.runs_at(last.at)), None)
    return Judged(running, first, last, _state(first, last, call, command), call, command)


def _state(first: Taken, last: Taken, call: Call | None, command: Command | None) -> State:
    start, end = first.at, last.at
    if first is last:
        return "once"
    if (end - start).total_seconds() < APART:
        return "close"
    if call is None:
        return "unnamed"
    if not call.runs_at(start):
        return "again"
    return _state_of_command(command, start)


def _state_of_command(command: Command | None, start: datetime) -> State:
    if command is None:
        return "no command"
    if not command.runs_at(start):
        return "moves"
    # A command that the engine ended itself, because somebody gave up, was stuck until then.
    by_itself = command.container.end_line is not None and command.container.stopped_by is None
    return "ended" if by_itself else "stuck"


def _call(running: OngoingCall, time: datetime, work: Work | None) -> Call | None:
    """The call in the engine log: that of the same session which ran at `time`."""
    calls = [call for call in (work.of(running.key) if work else []) if call.session == running.session]
    return next((call for call in reversed(calls) if call.runs_at(time)), None)
