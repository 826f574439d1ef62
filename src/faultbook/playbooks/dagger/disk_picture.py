"""The picture of `dagger/disk`: counts, prunes, commands and full disks on one clock, and what fills the disk."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from faultbook.logs.engine import Container
from faultbook.playbooks.dagger.disk_found import Disk, Log, Met
from faultbook.playbooks.dagger.disk_words import lines, percent, size
from faultbook.playbooks.dagger.engine_lives import Part, since
from faultbook.playbooks.lanes import Lane, Lanes, Level, Moments, Share, Span

_COMMANDS = 4
_NEAR = 1.0
"""Seconds: half of the engine's lines have whole seconds only."""


def drawn(
    logs: Sequence[Log], parts: Sequence[Part], met: Sequence[Met], shares: Sequence[Share], in_words: str
) -> Lanes:
    """The picture; `in_words` is its text alternative."""
    commands = _commands(parts, [one.time for one in met if one.time])
    times = [record.time for log in logs for record in log.records]
    times += [time for one in commands for time in (one.start, one.end)]
    known = [time for time in [*times, *(one.time for one in met)] if time]
    bar = "the disk below the engine's state"
    if not known:
        return Lanes("Space", in_words, 0.0, [], bar, shares)
    origin = min(known)
    seconds = max((max(known) - origin).total_seconds(), 1.0)
    return Lanes("Space", in_words, seconds, list(_lanes(logs, commands, met, origin)), bar, shares)


def shares(disk: Disk | None, counted: int | None) -> Iterator[Share]:
    """The disk cut into what is counted, what is used besides, what is kept for root, and what is left."""
    if disk is None or disk.size <= 0:
        return
    sizes = {
        "counted by the engine": min(counted or 0, disk.used),
        "used, and not counted": max(disk.used - (counted or 0), 0),
        "kept back by the file system": max(disk.size - disk.used - disk.available, 0),
        "available": disk.available,
    }
    for name, amount in sizes.items():
        yield Share(f"{name}: {size(amount)} ({percent(amount, disk.size)})", amount / disk.size)


def _commands(parts: Sequence[Part], moments: Sequence[datetime]) -> list[Container]:
    """The commands that ran when the disk was full; else the longest ones."""
    ran = [one for part in parts for one in part.life.containers if one.start]
    near = [one for one in ran if any(_beside(one, moment) for moment in moments)]
    return (near or sorted(ran, key=_seconds, reverse=True))[:_COMMANDS]


def _beside(one: Container, moment: datetime) -> bool:
    before, after = since(moment, one.start), since(moment, one.end) if one.end else 0.0
    return before <= _NEAR and after >= -_NEAR


def _seconds(one: Container) -> float:
    return since(one.start, one.end) if one.start else 0.0


def _lanes(logs: Sequence[Log], commands: Sequence[Container], met: Sequence[Met], origin: datetime) -> Iterator[Lane]:
    free = [(since(origin, one.record.time), float(one.available)) for log in logs for one in log.disks]
    if free:
        yield Level("available on the disk", f"at last {size(free[-1][1])}", free)
    counts = [(since(origin, one.record.time), float(one.amount)) for log in logs for one in log.counted]
    if counts:
        yield Level("counted by the engine", f"at last {size(counts[-1][1])}", counts)
    prunes = [prune for log in logs for prune in log.prunes]
    if prunes:
        gave = f"gave back {size(sum(prune.reclaimed for prune in prunes))}"
        yield Moments("prunes", gave, [since(origin, prune.record.time) for prune in prunes])
    for one in commands:
        start = since(origin, one.start)
        yield Span(one.command, one.error or ("done" if one.end else "no end"), start, start + max(_seconds(one), 0.0))
    crosses = [since(origin, one.time) for one in met if one.time]
    if crosses:
        yield Moments("met a full disk", lines(len(met)), crosses, bad=True)
