"""The calls that run in a cache dump or have no end in the engine log: a table, and a picture over time."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from faultbook.playbooks.dagger.hung_words import plural, shortened
from faultbook.playbooks.dagger.open_calls import Command, Work
from faultbook.playbooks.dagger.stuck_calls import Judged, State, Taken
from faultbook.playbooks.picture import Bar, Look, Timeline
from faultbook.playbooks.table import Table

_TITLE = "Running calls over time"
_ROWS = 12
_BOTH: dict[State, str] = {
    "once": "in one dump",
    "close": "yes, too close",
    "again": "yes, another run",
    "ended": "yes, ended later",
    "stuck": "yes, stands still",
    "moves": "yes, next command",
}
_LOOKS: dict[State, Look] = {"stuck": "root", "ended": "good", "moves": "good", "again": "good"}


def table_of(judged: Sequence[Judged], work: Work | None) -> Table:
    """The calls of the last cache dump with their names; without one, what has no end in the engine log."""
    rows = [_judged_row(one) for one in judged] or list(_open_rows(work))
    if judged:
        caption = "The calls that run in the last cache dump"
    else:
        caption = "No call runs in a cache dump; without an end in the engine log:" if rows else "No call to show"
    left = f" (the first {_ROWS} of {len(rows)})" if len(rows) > _ROWS else ""
    headings = ["call", "digest", "session", "since", "in both cache dumps", "command"]
    return Table(caption + left, headings, rows[:_ROWS])


def timeline_of(judged: Sequence[Judged], taken: Sequence[Taken]) -> Timeline:
    """The calls and their commands in seconds, from the first start to the last cache dump."""
    starts = [time for one in judged for time in _starts(one)]
    if not starts:
        return Timeline(_TITLE, "No call of a cache dump is in an engine log, so that there is no time to draw.", [])
    origin, until = min(starts), max(taken[-1].at, *starts)
    bars = list(_bars(judged[:_ROWS], origin, until))
    length = (until - origin).total_seconds()
    return Timeline(_TITLE, _in_words(judged, taken, length), bars)


def clock(time: datetime | None) -> str:
    """A time of day in UTC, to the second."""
    return f"{time:%H:%M:%S}" if time else "no time"


def _judged_row(one: Judged) -> list[str]:
    call, command = one.call, one.command
    since = clock(call.started.time) if call else "not shown"
    told = [call.field if call else "not in the log", one.running.key, one.running.session, since]
    return [*told, _BOTH.get(one.state, "yes"), _command(command)]


def _open_rows(work: Work | None) -> Iterator[list[str]]:
    for call in work.calls if work else ():
        command = next(iter(work.commands_for(call.key)), None) if work else None
        yield [call.field, call.key, call.session, clock(call.started.time), "no dump", _command(command)]


def _command(command: Command | None) -> str:
    if command is None:
        return "none shown"
    started = clock(command.container.start)
    return f"{shortened(command.container.command)} (since {started})"


def _starts(one: Judged) -> Iterator[datetime]:
    """When the call and its command began."""
    times = (one.call.started.time if one.call else None, _began(one))
    yield from (time for time in times if time)


def _began(one: Judged) -> datetime | None:
    """When the command began; its line has whole seconds only, and it never begins before the call that wants it."""
    began = one.command.container.start if one.command else None
    asked = one.call.started.time if one.call else None
    if began and asked and began < asked < began + timedelta(seconds=1):
        return asked
    return began


def _bars(judged: Sequence[Judged], origin: datetime, until: datetime) -> Iterator[Bar]:
    """A bar for each call, its command, and the time between the two dumps."""
    end, drawn = (until - origin).total_seconds(), set()
    for one in judged:
        if one.call and one.call.started.time:
            label = f"{one.call.field} of session {one.running.session[:8]}…"
            yield Bar(label, "waited for", _since(origin, one.call.started.time), end, "open")
        began = _began(one)
        if one.command and began and one.command.container.id not in drawn:
            drawn.add(one.command.container.id)
            note, look = _BOTH.get(one.state, "runs"), _LOOKS.get(one.state, "open")
            yield Bar(shortened(one.command.container.command), note, _since(origin, began), end, look)
    between = next((one for one in judged if one.first is not one.last), None)
    if between:
        start = _since(origin, between.first.at)
        yield Bar("from the first cache dump to the last", f"{between.apart:.0f} s", start, end, "cached")


def _in_words(judged: Sequence[Judged], taken: Sequence[Taken], length: float) -> str:
    """What the picture shows, for those who do not see it."""
    calls = "; ".join(
        f"{one.call.field if one.call else one.running.key}: {_BOTH.get(one.state, 'runs')}" for one in judged
    )
    return (
        f"{plural(len(judged), 'running call')} over {length:.0f} seconds, {plural(len(taken), 'cache dump')}. {calls}."
    )


def _since(origin: datetime, time: datetime) -> float:
    return max((time - origin).total_seconds(), 0.0)
