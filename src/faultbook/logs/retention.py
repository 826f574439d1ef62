"""What keeps each result of a dumped cache: the way from it to a session or to an edge that keeps it on purpose.

An engine of dagger v0.21.8 or v1.0.0-beta.11 collects a result when nobody owns it any more. Owners are the sessions
that hold it, the results that depend on it, and its persisted edge; `incoming_ownership_count` counts them. All three
are in the dump, so the count can be checked: in a whole dump of an idle engine that works, the sum is exact.
"""

from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from faultbook.logs.snapshot import Result, Snapshot

Why = Literal["life", "kept", "session", "unnamed", "free"]
"""Why a result is there: reachable from one kept for the engine's life, from one kept until it is pruned, from one a
session holds, from one with an owner that the dump does not name, or from none of these."""
WHYS: tuple[Why, ...] = ("life", "kept", "session", "unnamed", "free")
"""The strongest reason first."""


@dataclass(frozen=True, slots=True)
class Hold:
    """Why a result stays. `by` is the result that depends on it, on the shortest way to a `root`; None for a root."""

    why: Why
    root: int
    by: int | None


@dataclass(frozen=True)
class Retention:
    """The holds on all results of `snapshot`.

    `sessions` has the sessions that hold a result directly. `unnamed` has for a result the number of its owners that
    are in no place of the dump (below 0: there are more than it counts). `lost` are dependencies, as (who needs, what),
    whose result is not in the file; `lost_ids` are the ids sessions hold that are not in the file.
    """

    snapshot: Snapshot
    holds: Mapping[int, Hold]
    sessions: Mapping[int, Sequence[str]]
    unnamed: Mapping[int, int]
    lost: Sequence[tuple[int, int]]
    lost_ids: int

    @property
    def is_whole(self) -> bool:
        """Whether nothing points out of the file, and no list is missing: only then owners can be counted."""
        return not (self.lost or self.lost_ids or self.snapshot.absent)

    @property
    def counts(self) -> Counter[Why]:
        """How many results stay for each reason."""
        return Counter(hold.why for hold in self.holds.values())

    def of(self, why: Why) -> Iterator[Result]:
        """The results that stay for this reason, in the order of the file."""
        return (self.snapshot.results[ident] for ident, hold in self.holds.items() if hold.why == why)

    def way(self, ident: int) -> Iterator[Result]:
        """The shortest way from a result to its root, both included."""
        step: int | None = ident
        while step is not None:
            yield self.snapshot.results[step]
            step = self.holds[step].by

    def below(self) -> Counter[int]:
        """How many results each root keeps, itself included; each counts for the root that is nearest."""
        return Counter(hold.root for hold in self.holds.values())


def retention(snapshot: Snapshot) -> Retention:
    """What keeps what, in time proportional to results and dependencies."""
    results = snapshot.results
    dependants = Counter(need for result in results.values() for need in result.needs)
    sessions: defaultdict[int, list[str]] = defaultdict(list)
    for session in snapshot.sessions:
        for ident in session.results:
            sessions[ident].append(session.id)
    unnamed = {
        ident: left
        for ident, result in results.items()
        if (left := result.owners - dependants[ident] - len(sessions.get(ident, ())) - result.kept)
    }
    return Retention(
        snapshot,
        holds=_holds(results, dependants, sessions, unnamed),
        sessions=sessions,
        unnamed=unnamed,
        lost=[(ident, need) for ident, result in results.items() for need in result.needs if need not in results],
        lost_ids=sum(ident not in results for ident in sessions),
    )


def _holds(
    results: Mapping[int, Result],
    dependants: Mapping[int, int],
    sessions: Mapping[int, object],
    unnamed: Mapping[int, int],
) -> dict[int, Hold]:
    """The strongest hold on each result, breadth first from its roots."""
    roots: defaultdict[Why, list[int]] = defaultdict(list)
    for ident, result in results.items():
        roots[_root_for(result, ident in sessions, unnamed.get(ident, 0))].append(ident)
    found: dict[int, Hold] = {}
    for why in WHYS[:-1]:
        _spread(results, why, roots[why], found)
    _spread(results, "free", (ident for ident in roots["free"] if not dependants[ident]), found)
    _spread(results, "free", roots["free"], found)  # what is left goes in circles
    return {ident: found[ident] for ident in results}


def _root_for(result: Result, in_session: bool, unnamed: int) -> Why:
    """What a result is a root for; `free` if nothing but its dependants keeps it."""
    if result.kept:
        return "life" if result.for_life else "kept"
    if in_session:
        return "session"
    return "unnamed" if unnamed > 0 else "free"


def _spread(results: Mapping[int, Result], why: Why, roots: Iterable[int], found: dict[int, Hold]) -> None:
    """Mark what is reachable from `roots` and not marked yet."""
    waiting = deque(root for root in roots if root not in found)
    found.update((root, Hold(why, root, None)) for root in waiting)
    while waiting:
        ident = waiting.popleft()
        for need in results[ident].needs:
            if need in results and need not in found:
                found[need] = Hold(why, found[ident].root, ident)
                waiting.append(need)
