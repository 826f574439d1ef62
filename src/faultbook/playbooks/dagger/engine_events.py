"""What happened to an engine and its client, one event after the other, on the engine's clock."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from faultbook.logs.engine import Container, Record
from faultbook.logs.lives import Session
from faultbook.logs.steps import root_steps
from faultbook.playbooks.dagger.engine_lives import Part, clock, start_in_words
from faultbook.playbooks.dagger.joining import Joined
from faultbook.playbooks.table import Table

_OF_A_LOST_ENGINE = re.compile(
    r"unexpected EOF|engine is shutting down|connection re(?:set|fused)|no such file|dial-stdio\] has exited"
)


@dataclass(frozen=True)
class Event:
    """Something that happened, and the line that says so. `at_least`: at this time or later."""

    time: datetime
    who: str
    what: str
    line: str
    at_least: bool = False


def table(events: Sequence[Event]) -> Table:
    """The events in order of time."""
    rows = [
        [("from " if event.at_least else "") + clock(event.time), event.who, event.what, event.line]
        for event in sorted(events, key=lambda event: event.time)
    ]
    return Table(f"{len(rows)} events, in UTC" if rows else "No line with a time", ["", "who", "what", "line"], rows)


def of_end(part: Part, session: Session | None, containers: Iterable[Container]) -> Iterator[Event]:
    """A session and its commands in the life that served it, and how that life ended."""
    life = part.life
    told = list(_of_session(session)) if session else []
    told += [event for container in containers for event in _of_container(container)]
    told += [(record.line, record.time, what) for record, what in _of_stop(part) if record]
    if life.crash:
        told.append((life.crash.line, life.last, life.crash.text))
    elif part.death in ("killed", "timed out"):
        told.append((life.last_line, life.last, "last line of this life"))
    yield from _in_order(part, told)


def of_start(part: Part, last: datetime | None) -> Iterator[Event]:
    """A life that came after; `last` is when the log before it stopped."""
    life = part.life
    gap = f", {(life.first - last).total_seconds():.0f} s later" if life.first and last else ""
    told: list[_Told] = [(life.started.line, life.started.time, f"a new one starts{gap}")] if life.started else []
    if life.wipe:
        told.append((life.wipe.line, life.wipe.time, f"its cache is {start_in_words(life)}"))
    if life.ready:
        told.append((life.ready.line, life.ready.time, "can be reached again"))
    told += [(one.line, one.time, "is asked for a session it does not know") for one in life.strangers[:1]]
    if life.crash:
        told.append((life.crash.line, life.last, life.crash.text))
    yield from _in_order(part, told)


def of_lost_engine(text: str) -> bool:
    """Whether these are words that a CLI says only when its engine is gone or going."""
    return bool(_OF_A_LOST_ENGINE.search(text))


def of_cli(joined: Joined, death: datetime | None) -> Iterator[Event]:
    """What the CLI printed of failures. Its clock tells the earliest time; of a lost engine it cannot have spoken
    before `death`."""
    run = joined.run
    for step in root_steps(run):
        text = step.error or step.title
        time = _latest(joined.time(step.end or step.start), death if of_lost_engine(text) else None)
        if time:
            yield Event(
                time, "CLI", f"step {step.idx} fails: {text}", f"line {step.error_line or step.failed_line}", True
            )
    if run.closing:
        text = run.error or run.closing.text
        time = _latest(joined.end, death if of_lost_engine(text) else None)
        if time:
            yield Event(time, "CLI", f"ends: {text}", f"line {run.closing.line}", True)


_Told = tuple[int, datetime | None, str]


def _of_session(session: Session) -> Iterator[_Told]:
    steps = [
        (session.opened, "a client connects"),
        (session.goodbye, "the client says goodbye"),
        (session.lost, "finds that the client is gone"),
    ]
    yield from ((record.line, record.time, what) for record, what in steps if record)


def _of_container(container: Container) -> Iterator[_Told]:
    if container.start_line:
        yield container.start_line, container.start, f"starts {container.command}"
    if container.end_line:
        yield container.end_line, container.end, f"{container.command} ends: {container.error or 'exit code: 0'}"


def _of_stop(part: Part) -> Iterator[tuple[Record | None, str]]:
    yield part.life.stop, "is asked to stop"
    yield part.life.closed, "has ended in good order"


def _in_order(part: Part, told: Iterable[_Told]) -> Iterator[Event]:
    """Events in the order of the lines. Half of the lines have whole seconds only, so no time goes back."""
    before: datetime | None = None
    for line, time, what in sorted(told, key=lambda one: one[0]):
        before = _latest(before, time)
        if before:
            yield Event(before, "engine", what, f"{part.name}:{line}")


def _latest(*times: datetime | None) -> datetime | None:
    """The latest of the times that are known; None when the first one is not and there is no other."""
    return max((time for time in times if time), default=None)
