"""The rows of the tables of `dagger/cache-snapshot`."""

from collections.abc import Iterator
from datetime import UTC, datetime

from faultbook.logs.retention import Retention
from faultbook.logs.snapshot import Result
from faultbook.playbooks.dagger.disk_words import size
from faultbook.playbooks.dagger.snapshot_changes import Change
from faultbook.playbooks.dagger.snapshot_words import ODD, because, incomplete, kinds, named, sized, way


def overview(held: Retention) -> list[str]:
    """One dump: when, how much, why it stays."""
    dump = held.snapshot
    return [
        dump.name,
        f"{dump.at:%Y-%m-%d %H:%M:%S}",
        f"{len(dump.results):,}",
        kinds(held),
        size(sized(dump.results.values())),
        f"{len(dump.sessions):,}",
        f"{len(dump.calls):,}",
        incomplete(held),
    ]


def sessions(held: Retention) -> Iterator[list[str]]:
    """Each session of a dump: what it holds, and what of it would stay without any session."""
    running = [call.session for call in held.snapshot.calls]
    for session in held.snapshot.sessions:
        holds = [held.holds[ident].why for ident in session.results if ident in held.holds]
        kept = sum(why in ("life", "kept") for why in holds)
        missing = len(session.results) - len(holds)
        told = f"{kept:,}" + (f" ({missing:,} are not in the file)" if missing else "")
        yield [held.snapshot.name, session.id, f"{len(session.results):,}", told, str(running.count(session.id))]


def ways(held: Retention) -> list[list[str]]:
    """What keeps each result that is not there for the engine's life: the odd ones first, then the big ones."""
    own = [held.snapshot.results[ident] for ident, hold in held.holds.items() if hold.why != "life"]
    odd = ODD if held.is_whole else ()
    own.sort(key=lambda one: (held.holds[one.id].why not in odd, -sized([one]), one.id))
    return [[*_named(one), _size(one), because(held, one.id), way(held, one.id)] for one in own]


def steps_of_way(held: Retention, ident: int) -> Iterator[list[str]]:
    """Each result on the way from one to what keeps it."""
    for one in held.way(ident):
        kept = "for the engine's life" if one.for_life else "until pruned" if one.kept else ""
        yield [*_named(one), ", ".join(held.sessions.get(one.id, ())), kept]


def roots(held: Retention) -> list[list[str]]:
    """The results that keep others and are not there for the engine's life, by how many they keep."""
    results = held.snapshot.results
    return [
        [str(ident), named(results[ident]), because(held, ident), f"{kept:,}"]
        for ident, kept in held.below().most_common()
        if kept > 1 and held.holds[ident].why != "life"
    ]


def owners(held: Retention) -> list[list[str]]:
    """Results with owners that no place of the dump names, with fewer than it names, or with none, the worst first."""
    odd = {ident: abs(left) for ident, left in held.unnamed.items() if left < 0 or held.is_whole}
    odd |= {result.id: -result.owners for result in held.snapshot.results.values() if result.owners < 0}
    odd |= {result.id: 0 for result in held.of("free") if result.owners == 0}
    results = held.snapshot.results
    return [_owned(held, results[ident]) for ident in sorted(odd, key=lambda ident: (-odd[ident], ident))]


def step(one: Change) -> list[str]:
    """From one dump to the next."""
    names = [one.before.snapshot.name, one.after.snapshot.name, f"{one.seconds:.0f}"]
    return [*names, *(f"{number:,}" for number in (one.stayed, len(one.gone), len(one.new), len(one.pruned)))]


def went(one: Change) -> Iterator[list[str]]:
    """The results that went and came."""
    to = f"to {one.after.snapshot.name}"
    for result in one.gone:
        yield [to, "gone", str(result.id), named(result), _size(result), one.why_gone(result)]
    for result in one.new:
        yield [to, "new", str(result.id), named(result), _size(result), because(one.after, result.id)]


def _named(result: Result) -> list[str]:
    return [str(result.id), named(result), str(result.owners)]


def _owned(held: Retention, result: Result) -> list[str]:
    used = f"{datetime.fromtimestamp(result.used, UTC):%H:%M:%S}" if result.used else ""
    return [
        held.snapshot.name,
        *_named(result),
        str(result.owners - held.unnamed.get(result.id, 0)),
        used,
        because(held, result.id),
    ]


def _size(result: Result) -> str:
    return size(sized([result])) if result.sizes else ""
