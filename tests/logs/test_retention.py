"""What keeps what: on graphs made by hand, on random ones against the definition, and on captured dumps."""

import random
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from faultbook.logs.retention import WHYS, Retention, retention
from faultbook.logs.snapshot import Result, Session, Snapshot, read_snapshot
from faultbook.logs.snapshot_kinds import LISTS

SAMPLES = Path(__file__).parents[2] / "playbooks" / "samples" / "dagger"


def result(ident: int, owners: int = 1, needs: Sequence[int] = (), kept: str = "") -> Result:
    """A result; `kept` is "", "kept" or "life"."""
    return Result(
        ident,
        f"call{ident}",
        "",
        "T",
        owners,
        "",
        bool(kept),
        kept == "life",
        tuple(needs),
        f"r{ident}",
        (),
        None,
        None,
        "",
    )


def dump(*results: Result, sessions: Mapping[str, Sequence[int]] | None = None) -> Snapshot:
    """A whole dump of these results."""
    held = tuple(Session(ident, tuple(ids)) for ident, ids in (sessions or {}).items())
    at = datetime(2026, 11, 21, tzinfo=UTC)
    return Snapshot(
        "d.json", 1, "boot-1", at, held, {one.id: one for one in results}, (), (), dict.fromkeys(LISTS, 0), {}, ()
    )


def way(held: Retention, ident: int) -> list[int]:
    return [one.id for one in held.way(ident)]


def test_a_chain_to_a_session() -> None:
    """The way goes from a result over what needs it to what the session holds."""
    held = retention(dump(result(1), result(2, needs=[1]), result(3, needs=[2]), sessions={"s": [3]}))
    assert way(held, 1) == [1, 2, 3]
    assert {hold.why for hold in held.holds.values()} == {"session"} and held.holds[1].root == 3
    assert held.unnamed == {} and held.is_whole


def test_the_shortest_of_two_ways() -> None:
    """A detour is not shown."""
    held = retention(dump(result(1, 2), result(2, needs=[1]), result(3, needs=[2]), result(4, 1, [3, 1], "kept")))
    assert way(held, 1) == [1, 4] and way(held, 2) == [2, 3, 4]


def test_the_strongest_reason_wins() -> None:
    """What a type definition needs stays for the engine's life, though a session is nearer."""
    held = retention(
        dump(
            result(1, 3),
            result(2, needs=[1]),
            result(3, 1, [2], "life"),
            result(4, 1, [1], "kept"),
            sessions={"s": [1]},
        )
    )
    assert held.holds[1].why == "life" and way(held, 1) == [1, 2, 3]
    assert held.holds[4].why == "kept" and held.sessions[1] == ["s"]


def test_an_owner_that_nobody_names() -> None:
    """One owner too many makes a root of its own, and all that it needs stays with it."""
    held = retention(dump(result(1), result(2, 3, [1]), result(3, 1, [2], "")))
    assert held.unnamed == {2: 2, 3: 1}
    assert way(held, 1) == [1, 2] and held.holds[1].why == "unnamed"


def test_a_count_that_is_too_low() -> None:
    """Fewer owners than the dump names, or less than none."""
    held = retention(dump(result(1, 0), result(2, -1, [1])))
    assert held.unnamed == {1: -1, 2: -1}
    assert held.counts == {"free": 2} and way(held, 1) == [1, 2]


def test_free_results_and_circles() -> None:
    """Without any root each goes to the one nobody needs; a circle has an end, too."""
    held = retention(dump(result(1), result(2, 0, [1]), result(3, 1, [4]), result(4, 1, [3])))
    assert way(held, 1) == [1, 2] and held.counts == {"free": 4}
    assert {held.holds[3].root, held.holds[4].root} <= {3, 4}
    assert held.unnamed == {}


def test_a_part_of_a_dump() -> None:
    """What points out of the file is told, and such a file is not whole."""
    held = retention(dump(result(1, 5, [7, 8]), sessions={"s": [1, 9]}))
    assert (held.lost, held.lost_ids, held.is_whole) == ([(1, 7), (1, 8)], 1, False)
    assert not retention(dump(sessions={"s": [9]})).is_whole
    assert not retention(dump(result(1, 1, [7], "kept"))).is_whole


def test_what_a_root_keeps() -> None:
    """Each result counts once, for its nearest root."""
    held = retention(
        dump(
            result(1, 2),
            result(2, 1, [1], "kept"),
            result(3, 1, [4], "kept"),
            result(4, 1, [1]),
            result(5, 1, (), "kept"),
        )
    )
    assert held.below() == {2: 2, 3: 2, 5: 1}


def test_a_long_chain() -> None:
    """Depth is no matter."""
    chain = [result(n, needs=[n - 1] if n else []) for n in range(50_000)]
    held = retention(dump(*chain, sessions={"s": [49_999]}))
    assert len(way(held, 0)) == 50_000


@pytest.mark.parametrize("seed", range(20))
def test_random_graphs(seed: int) -> None:
    """Reasons and lengths of ways are what the definition says, worked out slowly."""
    chance = random.Random(seed)
    number = 40
    needs = {n: chance.sample(range(number), chance.choice([0, 0, 1, 2])) for n in range(number)}
    kept = {n: chance.choice(["", "", "", "", "kept", "life"]) for n in range(number)}
    sessions = {"s": chance.sample(range(number), 3)}
    owners = {n: sum(n in of for of in needs.values()) + bool(kept[n]) + (n in sessions["s"]) for n in range(number)}
    unnamed = set(chance.sample(range(number), 3))
    results = [result(n, owners[n] + (n in unnamed), needs[n], kept[n]) for n in range(number)]
    held = retention(dump(*results, sessions=sessions))
    assert set(held.unnamed) == unnamed
    roots = {"life": {n for n in kept if kept[n] == "life"}, "kept": {n for n in kept if kept[n] == "kept"}}
    roots |= {"session": set(sessions["s"]), "unnamed": unnamed}
    for n in range(number):
        distances = {why: _distance(n, roots.get(why, set()), needs) for why in WHYS}
        strongest = next((why for why in WHYS if distances[why] is not None), "free")
        assert held.holds[n].why == strongest
        if strongest != "free":
            steps = way(held, n)
            assert len(steps) - 1 == distances[strongest] and held.holds[n].root == steps[-1] in roots[strongest]
            assert all(low in needs[high] for low, high in pairwise(steps))


def _distance(start: int, goals: set[int], needs: Mapping[int, Sequence[int]]) -> int | None:
    """Steps from a result over those that need it to the nearest goal."""
    reached, level = {start}, 0
    while True:
        if reached & goals:
            return level
        wider = reached | {n for n, of in needs.items() if set(of) & reached}
        if wider == reached:
            return None
        reached, level = wider, level + 1


def test_a_captured_session() -> None:
    """The folder stays because the command built on it is kept; the address only while the session is open."""
    held = retention(read_snapshot(SAMPLES / "cache-snapshots" / "cache.2-during.json"))
    assert [one.call for one in held.way(8017)] == ["directory", "withRootfs", "withEnvVariable", "withExec"]
    assert held.counts == {"kept": 7, "session": 1} and [one.call for one in held.of("session")] == ["address"]


@pytest.mark.parametrize(
    "path", sorted(SAMPLES.glob("*/cache.*json")), ids=lambda path: f"{path.parent.name}/{path.name}"
)
def test_owners_add_up_in_healthy_dumps(path: Path) -> None:
    """Whatever was cut from them: in those of v0.21.8 no owner is without a name, those of v1 are not whole."""
    held = retention(read_snapshot(path))
    assert held.is_whole == (path.parent.name != "cache-snapshots-v1")
    assert not held.is_whole or held.unnamed == {}
    assert all(left > 0 for left in held.unnamed.values())


def test_the_planted_leak_is_seen() -> None:
    """One result in four thousand with an owner too many, each session: the dump shows every one."""
    held = retention(read_snapshot(SAMPLES / "metrics-leak-slow" / "cache.after.json.gz"))
    assert held.is_whole and (len(held.unnamed), sum(held.unnamed.values())) == (137, 493)
    assert held.counts == {"life": 4325, "kept": 83, "unnamed": 39}
    assert max(held.unnamed.values()) == 27  # as many as there were sessions
