"""The reader of cache snapshots, on captured ones and on what is none."""

import gzip
import io
import json
import tracemalloc
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from faultbook.logs import snapshot_stream
from faultbook.logs.analyzer import ORPHANS, OWNED, SIZES, read_analysis
from faultbook.logs.snapshot import OngoingCall, Session, Snapshot, read_snapshot
from faultbook.logs.snapshot_kinds import CALLS, LISTS, OF_A_RESULT
from faultbook.problems import Refusal

SAMPLES = Path(__file__).parents[2] / "playbooks" / "samples" / "dagger"
DURING = SAMPLES / "cache-snapshots" / "cache.2-during.json"
STUCK = SAMPLES / "exec-stuck" / "cache.1.json"
LEAK = SAMPLES / "metrics-leak-slow" / "cache.after.json.gz"
DUMPS = sorted(path for path in SAMPLES.glob("*/cache.*json*"))


def plain(path: Path) -> dict[str, Any]:
    """A dump as Python's own JSON module reads it, all at once."""
    data = path.read_bytes()
    loaded = json.loads(gzip.decompress(data) if path.suffix == ".gz" else data)
    assert isinstance(loaded, dict)
    return loaded


def changed(path: Path = STUCK, **members: Any) -> io.BytesIO:
    """A captured dump with other members."""
    return io.BytesIO(json.dumps(plain(path) | members).encode())


def refused(text: bytes | io.BytesIO) -> str:
    """What is said of a file that is refused."""
    with pytest.raises(Refusal) as caught:
        read_snapshot(text if isinstance(text, io.BytesIO) else io.BytesIO(text))
    return caught.value.what


@pytest.mark.parametrize("path", DUMPS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_it_reads_what_is_there(path: Path) -> None:
    """Counts, sums and ids are those that another parser finds."""
    dump, wanted = read_snapshot(path), plain(path)
    lists = {key: len(value) for key, value in wanted.items() if isinstance(value, list)}
    assert {key: dump.counts[key] for key in lists} == lists
    assert dump.boot == wanted["boot_id"]
    assert list(dump.results) == [item["shared_result_id"] for item in wanted["results"]]
    results = dump.results.values()
    assert sum(one.owners for one in results) == sum(item["incoming_ownership_count"] for item in wanted["results"])
    assert sum(len(one.needs) for one in results) == sum(len(i.get("explicit_dep_ids", [])) for i in wanted["results"])
    assert [one.kept for one in results] == [item["has_persisted_edge"] for item in wanted["results"]]
    sizes = [list(item.get("cache_usage_size_by_identity", {}).values()) for item in wanted["results"]]
    assert [[size for _, size in one.sizes] for one in results] == sizes
    held = [item["shared_result_ids"] for item in wanted["session_results"]]
    assert [list(one.results) for one in dump.sessions] == held


def test_there_are_dumps() -> None:
    """The test above has something to read, of both versions, cut and whole, plain and packed."""
    assert len(DUMPS) == 13


def test_a_session_at_work() -> None:
    """What one looks like in every detail."""
    dump = read_snapshot(DURING)
    assert f"{dump.at:%Y-%m-%d %H:%M:%S.%f %Z}" == "2026-11-21 05:01:44.948154 UTC"
    session = "dr9q3i4hpdvllfsuq9alihizl"
    assert dump.sessions == (Session(session, tuple(range(8014, 8022))),)
    assert dump.calls == (OngoingCall("xxh3:2526eadb0d39eecf", session, 1, False, None),)
    folder = dump.results[8017]
    assert (folder.call, folder.record, folder.type, folder.state) == (*("directory",) * 2, "Directory", "materialized")
    assert (folder.owners, folder.kept, folder.for_life, folder.needs) == (2, False, False, (8015,))
    assert (folder.recipe, folder.sizes) == ("xxh3:fbcbb2f9acfe6012", (("cuiwldsp2qn7x4vysv937zuam", 2015232),))
    assert dump.results[8021].kept and not dump.results[8021].sizes  # it still runs
    assert (dict(dump.unknown), dump.absent, dump.name) == ({}, (), "cache.2-during.json")


def test_a_whole_dump() -> None:
    """The one that nobody cut, through gzip."""
    dump = read_snapshot(LEAK)
    assert (len(dump.results), dump.counts["digests"], dump.calls) == (4447, 4722, ())
    assert Counter(one.state for one in dump.results.values()) == {"materialized": 4445, "uninitialized": 2}
    assert sum(one.kept for one in dump.results.values()) == 243  # afterRetainedCalls of the engine log
    assert sum(one.for_life for one in dump.results.values()) == 161
    assert {one.id: one.fault for one in dump.results.values() if one.fault} == {
        4640: "receiver: missing shared result 4637",
        5000: "receiver: missing shared result 4997",
    }


def test_the_analyzers_counts_are_those_of_the_whole_dump() -> None:
    """What the shipped analyzer counts right: the lengths which were noted in the dump when it was cut."""
    folder = SAMPLES / "cache-snapshots-v1"
    analysis = read_analysis(folder / "analyzer.txt")
    noted = plain(folder / analysis.snapshot)["_cut_to"]["lengths_of_the_whole_lists"]
    assert {key: analysis.counts[key] for key in noted if key in analysis.counts} == {
        key: length for key, length in noted.items() if key != "session_results"
    }
    assert (analysis.counts["edges (explicit)"], analysis.claims[OWNED], analysis.claims[ORPHANS]) == (
        18268,
        "0",
        "542",
    )
    assert analysis.claims[SIZES] == "0 results, 0 B total"


def test_another_text_is_no_analysis() -> None:
    """A log that is no output of the analyzer is refused with words."""
    with pytest.raises(Refusal, match=r"cli\.log: is no output of dagql-cache-analyzer\.go"):
        read_analysis(SAMPLES / "exec-stuck" / "cli.log")


def test_a_cut_dump_says_what_is_absent() -> None:
    """Lists the engine always writes, and a mark it never writes."""
    dump = read_snapshot(SAMPLES / "cache-snapshots-v1" / "cache.2.json")
    assert dump.absent == ("result_digest_indexes", "terms", "result_terms", "digests", "eq_classes")
    assert dump.unknown == {"_cut_to": 1}


def test_a_newer_version_is_read_and_counted() -> None:
    """Unknown members of every kind are passed over: simple, list, object, within a result."""
    results = [item | {"new_field": {"a": [1]}, "other": 1} for item in plain(STUCK)["results"]]
    dump = read_snapshot(
        changed(results=results, trace_format_version=2, flag=True, news=[1, [2], {"results": 3}], o={})
    )
    assert dump.version == 2 and len(dump.results) == 10
    assert dump.unknown == {"flag": 1, "news": 1, "o": 1, "results.new_field": 10, "results.other": 10}
    assert dump.counts["news"] == 3


def test_every_field_of_the_captures_is_known() -> None:
    """No captured result has a field this reader calls unknown, and none of its names is misspelt beyond use."""
    seen = {name for path in DUMPS for item in plain(path)["results"] for name in item}
    assert seen <= OF_A_RESULT and len(seen) == 24
    assert {*LISTS, *CALLS[:1]} == {key for key, value in plain(STUCK).items() if isinstance(value, list)}


def test_calls_with_a_result_and_arbitrary_ones() -> None:
    """Lists no capture has, in the form the source gives them."""
    arbitrary = {"call_key": "k", "waiters": 0, "owner_session_count": 2, "completed": True, "has_value": True}
    done = {"call_key": "c", "waiters": 2, "is_persistable": True, "completed": True, "shared_result_id": 8017}
    dump = read_snapshot(changed(ongoing_calls=[done], completed_arbitrary_calls=[arbitrary]))
    assert dump.calls == (OngoingCall("c", "", 2, True, 8017),)
    assert [(one.key, one.owners, one.is_completed) for one in dump.arbitrary] == [("k", 2, True)]


def test_null_lists_are_empty() -> None:
    """Go writes `null` for a list that was never filled."""
    results = [plain(STUCK)["results"][0] | {"explicit_dep_ids": None, "cache_usage_size_by_identity": None}]
    sessions = [{"session_id": "s", "shared_result_ids": None}]
    dump = read_snapshot(changed(results=results, session_results=sessions, terms=None))
    assert [one.needs for one in dump.results.values()] == [()] and dump.sessions == (Session("s", ()),)


@pytest.mark.parametrize(
    ("share", "where"),
    [
        (0.001, "its beginning"),
        (0.006, "boot_id|captured_at_seq"),
        (0.3, "results"),
        (0.9, "digests|result_terms|eq_classes"),
        (1, ""),
    ],
)
def test_a_dump_that_breaks_off(share: float, where: str) -> None:
    """It names the list, the item and the number of bytes; only the last byte makes it whole."""
    data = STUCK.read_bytes().rstrip()
    part = data[: int(len(data) * share) - 1]
    said = refused(part)
    assert f"after {len(part):,} bytes" in said and "is cut" in said
    assert any(f"it ends in {name}" in said for name in where.split("|"))


def test_the_place_of_a_cut_counts_items() -> None:
    """The item that is broken is the one that was begun last."""
    data = STUCK.read_bytes()
    third = [n for n in range(len(data)) if data.startswith(b'{"shared_result_id"', n)][2]
    assert "in results, item 3, after" in refused(data[: third + 40])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "is empty"),
        (b" \n", "is empty"),
        (b"engine server not available\n", "the engine was not ready (503)"),
        (b"dagql cache not available\n", "the engine had no cache yet (503)"),
        (b"404 page not found\n", "no such address (404)"),
        (b"<!doctype html><title>502 Bad Gateway</title>", "is an HTML page"),
        (b'{"name": "mod", "sdk": "go"}', "is JSON, but no cache dump: its first field is name"),
        (b'[{"boot_id": "b"}]', 'it begins with [{"boot_id": "b"}]'),
        (b"{}", "has no boot_id"),
        (b"{ x }", "is damaged"),
        (b'{"trace_format_version":1}', "has no boot_id"),
        (b'{"boot_id":"b","captured_at_time":"2026-11-21T05:01:44Z"}', "has no results"),
        (b'{"boot_id":"b","captured_at_time":"yesterday"}', "captured_at_time: is not as expected"),
        (b'{"boot_id":"b","captured_at_time":5}', "captured_at_time: is not as expected"),
        (b"goroutine 1 [running]:\nmain.main()", "it begins with goroutine 1 [running]"),
        (b"\x1b[31m{", "it begins with \\x1b[31m{"),
    ],
)
def test_what_is_no_dump(text: bytes, said: str) -> None:
    """Each kind of other file is told apart."""
    assert said in refused(text)


def test_the_egraph_is_told_apart() -> None:
    """The dump of the address beside it begins the same and lacks what counts."""
    members = {key: value for key, value in plain(STUCK).items() if key not in ("session_results", *CALLS)}
    del members["result_digest_indexes"]
    assert "/debug/dagql/egraph" in refused(json.dumps(members, indent=2).encode())


def test_two_dumps_in_one_file() -> None:
    """`>>` makes such a file."""
    assert "two dumps in one file?" in refused(STUCK.read_bytes() * 2)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (b'"results":[', b'"results":[,', "is damaged: in results"),
        (b'"record_type":"', b'"record_type":"\xff', "holds bytes that are no text: in results, item"),
        (b'"shared_result_id":8015,', b"", "results, item 1: has no shared_result_id"),
        (b'"shared_result_id":8015,', b'"shared_result_id":"x",', "results, item 1: is not as expected"),
        (b'"explicit_dep_ids":[', b'"explicit_dep_ids":["x",', "is not as expected"),
        (b'"waiters":1', b'"waiters":{}', "ongoing_calls, item 1: is not as expected"),
        (b'"session_id"', b'"id"', "session_results, item 1: has no session_id"),
        (b'"results":[', b'"results":[7,', "results, item 1: is not as expected"),
    ],
)
def test_damaged_dumps(before: bytes, after: bytes, said: str) -> None:
    """A fault is reported with its list and item, and never as a traceback."""
    data = STUCK.read_bytes()
    assert before in data
    assert said in refused(data.replace(before, after, 1))


def test_the_chunks_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same comes out when each read ends somewhere else."""
    whole = read_snapshot(io.BytesIO(gzip.decompress(LEAK.read_bytes())))
    monkeypatch.setattr(snapshot_stream, "_CHUNK", 7919)
    assert _kept(read_snapshot(LEAK)) == _kept(whole)


def _kept(dump: Snapshot) -> tuple[object, ...]:
    return dump.results, dump.sessions, dump.calls, dump.counts, dump.unknown


def test_what_is_only_counted_takes_no_memory() -> None:
    """Six times as many members of lists that are not kept take no more memory."""
    assert _peak(60_000) < 1.2 * _peak(10_000)


def _peak(number: int) -> int:
    """Bytes that are needed for a dump with so many digests."""
    digests = [{"digest": f"xxh3:{n:016x}", "eq_class_id": n} for n in range(number)]
    dump = changed(digests=digests)
    del digests
    tracemalloc.start()
    assert read_snapshot(dump).counts["digests"] == number
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak
