"""The timeline of a session with a lock file: its lookups, its commands, and the write at the end, or none."""

from collections.abc import Iterator
from datetime import datetime

from faultbook.playbooks.dagger.engine_lives import since
from faultbook.playbooks.dagger.lock_case import Evidence
from faultbook.playbooks.dagger.lock_lookups import Answer, By
from faultbook.playbooks.picture import Bar, Look, Timeline

_LOOKUPS, _COMMANDS = 8, 4
_BY: dict[By, tuple[str, Look]] = {
    "lock": ("from the lock", "cached"),
    "asked": ("the server was asked", "good"),
    "memory": ("from memory", "cached"),
    "missing": ("no entry", "root"),
    "not shown": ("not shown by whom", "open"),
}


def timeline(evidence: Evidence) -> Timeline:
    """The session over seconds; without an engine log only the lookups, on the run's own clock."""
    joined = evidence.joined
    zero = joined.zero if joined else None
    bars = [*_session(evidence, zero), *map(_lookup, evidence.answers[:_LOOKUPS])]
    if zero:
        bars += [*_commands(evidence, zero), *_writes(evidence, zero)]
    words = " ".join(f"{bar.label}: {bar.note}." for bar in bars)
    return Timeline("The session and its lock file", words or "No lookup and no session.", bars)


def _lookup(answer: Answer) -> Bar:
    note, look = _BY[answer.by]
    return Bar(answer.lookup.title, note, answer.lookup.start, answer.lookup.end, look)


def _session(evidence: Evidence, zero: datetime | None) -> Iterator[Bar]:
    session = evidence.session
    if not session or not session.opened or not zero:
        return
    start = since(zero, session.opened.time)
    if session.lost:
        yield Bar("session", "lost: the CLI was gone", start, since(zero, session.lost.time), "root")
    elif session.goodbye:
        yield Bar("session", "ended by the CLI", start, since(zero, session.goodbye.time), "good")
    else:
        yield Bar("session", "no end", start, start, "open")


def _commands(evidence: Evidence, zero: datetime) -> Iterator[Bar]:
    """The commands that kept the session open after its lookups."""
    part, session = (evidence.joined.part, evidence.session) if evidence.joined else (None, None)
    mine = [one for one in part.life.containers if session and one.session == session.id] if part else []
    for one in mine[-_COMMANDS:]:
        start = max(since(zero, one.start), 0.0)
        end = max(since(zero, one.end), start)
        look: Look = "open" if one.end_line is None else "repeats" if one.error else "good"
        yield Bar(one.command, {"open": "no end", "repeats": "cut off or failed"}.get(look, "done"), start, end, look)


def _writes(evidence: Evidence, zero: datetime) -> Iterator[Bar]:
    """The write at the end of the session; where the session was lost, that there was none."""
    failed = [flush for flush in evidence.own_flushes or () if flush.error]
    for flush in failed or evidence.own_flushes or ():
        at = since(zero, flush.record.time)
        yield Bar(
            "lock file", "could not be written" if flush.error else "written", at, at, "root" if flush.error else "good"
        )
    if evidence.session and evidence.session.lost and not evidence.own_flushes:
        at = since(zero, evidence.session.lost.time)
        yield Bar("lock file", "not written", at, at, "open")
