"""The conclusions of `dagger/cache-snapshot`."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from faultbook.logs.retention import Retention
from faultbook.playbooks.dagger.snapshot_changes import Change
from faultbook.playbooks.dagger.snapshot_words import count, incomplete, kinds, unfamiliar

_COUNT = "the engine's count is wrong. Report it, with the dump and the engine log."


def sentences(dumps: Sequence[Retention], changes: Sequence[Change]) -> Iterator[str]:
    """What each dump tells, and what changed between them."""
    for held in dumps:
        yield f"{held.snapshot.name}: {count(len(held.holds), 'result')} ({kinds(held)})."
    odd: defaultdict[str, list[str]] = defaultdict(list)
    for held in dumps:
        for text in _faults(held):
            odd[text].append(held.snapshot.name)
    yield from (f"{', '.join(names)}: {text}" for text, names in odd.items())
    yield from map(_changed, changes)
    boots = Counter(held.snapshot.boot for held in dumps)
    if len(boots) > 1:
        told = ", ".join(f"{boot} ({count(number, 'dump')})" for boot, number in boots.items())
        yield f"They are of {len(boots)} starts of the engine, and not compared over these: {told}."


def _faults(held: Retention) -> Iterator[str]:
    """What is odd in one dump."""
    results = held.snapshot.results.values()
    if text := unfamiliar(held):
        yield f"fields this reader does not know, passed over: {text}."
    if negative := sum(result.owners < 0 for result in results):
        yield f"{count(negative, 'result')} with less than no owner: {_COUNT}"
    if text := incomplete(held):
        yield f"not whole ({text}): so owners cannot be counted, and ways may end too early."
    elif any(left > 0 for left in held.unnamed.values()):
        yield _unnamed(held)
    if fewer := sum(left < 0 for left in held.unnamed.values()):
        yield f"{count(fewer, 'result')} with fewer owners than the dump names: {_COUNT}"
    if broken := [result for result in results if result.fault]:
        yield f"{count(len(broken), 'result')} of calls the engine cannot follow any more ({broken[0].fault})."
    if expired := sum(0 < (result.expires or 0) < held.snapshot.at.timestamp() for result in results):
        yield f"{count(expired, 'result')} past the time to live, and still there."


def _unnamed(held: Retention) -> str:
    """Owners that are in no place of a whole dump."""
    more = [left for left in held.unnamed.values() if left > 0]
    told = f"{count(len(more), 'result')} with {count(sum(more), 'owner')} that no place of the dump names"
    if held.snapshot.sessions or held.snapshot.calls:
        return f"{told}. Sessions were at work; take another dump when nobody is connected."
    only = count(held.counts["unnamed"], "result")
    return (
        f"{told}, and no session was open: somebody who is gone did not let go. {only} stay for no other reason."
        " Does their number grow? Scrapes or the engine log tell: playbook dagger/leak."
    )


def _changed(one: Change) -> str:
    before, after = one.before.snapshot.name, one.after.snapshot.name
    numbers = f"{one.stayed:,} stayed, {len(one.gone):,} gone, {len(one.new):,} new"
    told = f"From {before} to {after}, {one.seconds:.0f} s: {numbers}."
    if one.pruned:
        names = f"{count(len(one.pruned), 'result')} itself"
        told += f" A prune took {names}; {len(one.gone) - len(one.pruned):,} more went with them."
    same = {(call.key, call.session) for call in one.before.snapshot.calls}
    if still := sum((call.key, call.session) in same for call in one.after.snapshot.calls):
        told += f" {count(still, 'call')} running in both: playbook dagger/hung asks whether it moves."
    return told
