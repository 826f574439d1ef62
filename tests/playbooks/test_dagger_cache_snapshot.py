"""The playbook on cache snapshots, without a kernel."""

import json
from pathlib import Path
from typing import Any

import pytest

from faultbook.catalogue.load import load
from faultbook.catalogue.places import Given
from faultbook.logs.retention import retention
from faultbook.logs.snapshot import read_snapshot
from faultbook.playbooks.dagger import cache_snapshot
from faultbook.playbooks.dagger.snapshot_changes import change
from faultbook.playbooks.runs import arguments
from faultbook.playbooks.table import Table
from faultbook.problems import Refusal

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "playbooks" / "samples" / "dagger"
DUMPS = ("cache.1-before.json", "cache.2-during.json", "cache.3-after.json", "cache.4-pruned.json")


def case(sample: str, *, log: bool = True, files: str = "cache.*json*") -> cache_snapshot.Case:
    folder = SAMPLES / sample
    engine_log = str(folder / "engine.log") if log else None
    return cache_snapshot.read(_sorted(folder, files), engine_log, _sorted(folder, "*analyzer.txt"))


def _sorted(folder: Path, files: str) -> list[str]:
    return sorted(map(str, folder.glob(files)))


def changed(path: Path, sample: str = "exec-stuck/cache.1.json", **members: Any) -> str:
    """A captured dump with other members, at `path`."""
    path.write_text(json.dumps(json.loads((SAMPLES / sample).read_text()) | members))
    return str(path)


def column(table: Table, heading: str) -> list[str]:
    return [row[list(table.headings).index(heading)] for row in table.rows]


def says(one: cache_snapshot.Case) -> str:
    return "\n".join(one.verdict().says)


def test_the_matrix() -> None:
    """On every sample with a dump it works, alone and with all that is there, and confirms no failure mode."""
    catalogue = load(ROOT)[0]
    about, seen = catalogue.playbooks[cache_snapshot.PLAYBOOK], []
    for sample in catalogue.samples.values():
        if sample.file_of(about.reads):
            folder = ROOT / "playbooks" / "samples" / sample.id
            given = {name: _placed(folder, value) for name, value in arguments(about, sample).items()}
            verdict = cache_snapshot.read(**given).verdict()  # type: ignore[arg-type]
            assert verdict.confirmed == () and verdict.says, sample.id
            alone = cache_snapshot.read(given["snapshots"] or [])
            assert any("engine_log" in text for text in alone.verdict().missing)
            seen.append(sample.id.removeprefix("dagger/"))
    stories = ["cache-snapshots", "cache-snapshots-v1", "exec-stuck", "exec-stuck-two-sessions", "metrics-leak-slow"]
    assert sorted(seen) == [*stories, "two-clients-at-once"]


def _placed(folder: Path, value: Given) -> Given:
    if isinstance(value, list):
        return [f"{folder}/{one}" for one in value]
    return value and f"{folder}/{value}"


def test_before_during_after_pruned() -> None:
    """The story of one step and a prune: what came, what its session alone held, what the prune took with it."""
    one = case("cache-snapshots")
    assert column(one.overview(), "dump") == list(DUMPS)
    assert column(one.overview(), "they are") == [
        "none",
        "7 kept until pruned, 1 held by a session",
        "7 kept until pruned",
        "none",
    ]
    assert [row[3:] for row in one.steps().rows] == [["0", "0", "8", "0"], ["7", "1", "0", "0"], ["0", "7", "0", "2"]]
    gone = {row[2]: row[5] for row in one.went().rows if row[1] == "gone"}
    assert gone["8014"] == "its session is over"
    assert gone["8016"] == "pruned, line 75" and gone["8021"] == "pruned, line 76"
    assert {gone[ident] for ident in ("8015", "8017", "8018", "8019", "8020")} == {
        "nothing needs it after 8021 was pruned, line 76"
    }
    assert "A prune took 2 results itself; 5 more went with them." in says(one)


def test_without_the_engine_log_nobody_says_who_pruned() -> None:
    """What is gone is still told, and why it had been there."""
    one = case("cache-snapshots", log=False)
    assert "not told (it was: kept until pruned)" in column(one.went(), "why")
    assert any("what a prune took" in text for text in one.verdict().missing)


def test_the_order_of_files_does_not_matter() -> None:
    """Dumps are put in the order in which they were taken."""
    folder = SAMPLES / "cache-snapshots"
    one = cache_snapshot.read([str(folder / name) for name in reversed(DUMPS)])
    assert column(one.overview(), "dump") == list(DUMPS)


def test_the_way_to_what_keeps_it() -> None:
    """As a row for each result, and step by step for one."""
    one = case("cache-snapshots")
    ways = {row[0]: row[4:] for row in one.ways().rows}
    chain = "8017 directory ← 8019 withRootfs ← 8020 withEnvVariable ← 8021 withExec"
    assert ways["8017"] == ["kept until pruned", chain] and ways["8014"] == ["session dr9q3i4h", "8014 address"]
    assert column(one.ways(), "id")[:2] == ["8016", "8017"]  # the big ones
    assert [(row[0], row[4]) for row in one.way(8019).rows] == [("8019", ""), ("8020", ""), ("8021", "until pruned")]
    assert [row[0::3] for row in one.roots().rows] == [["8021", "6"]]
    with pytest.raises(Refusal, match=r"cache\.2-during\.json has no result 7"):
        one.way(7)


def test_a_long_way_is_shortened(tmp_path: Path) -> None:
    """The first and the last steps are shown."""
    item = json.loads((SAMPLES / "exec-stuck" / "cache.1.json").read_text())["results"][0]
    chain = [
        item | {"shared_result_id": n, "explicit_dep_ids": [n - 1] if n else [], "description": f"c{n}"}
        for n in range(9)
    ]
    one = cache_snapshot.read(
        [changed(tmp_path / "c.json", results=chain, session_results=[{"session_id": "s", "shared_result_ids": [8]}])]
    )
    assert one.ways().rows[0][5] == "0 c0 ← 1 c1 ← 2 c2 ← (4 more) ← 7 c7 ← 8 c8"


@pytest.mark.parametrize(
    ("sample", "orphans"), [("cache-snapshots", ["0", "3034", "4", "2"]), ("cache-snapshots-v1", ["542"])]
)
def test_the_shipped_analyzer_beside_the_dump(sample: str, orphans: list[str]) -> None:
    """At both versions it says 0 owners, 0 B and orphans; in the dumps all have an owner, and there are sizes."""
    one = case(sample)
    rows = [row[1:] for row in one.shipped().rows]
    told = [claim for what, claim, _ in rows if what == "without owner"]
    assert told == [number for number in orphans if number not in ("0", "2")]  # of two nothing is left to compare
    for what, claim, truth in rows:
        if what in ("with an owner", "kept on purpose"):
            assert claim == "0" and not truth.startswith("0 of")
        if what == "without owner":
            assert truth.startswith("0 of ")
        if what == "sizes":
            assert claim == "0 results, 0 B total" and truth.endswith(" MB")
    assert "None of that is so." in says(one)


def test_an_analysis_of_another_file() -> None:
    """It is shown, and nothing is concluded from it."""
    analysis = str(SAMPLES / "cache-snapshots-v1" / "analyzer.txt")
    one = cache_snapshot.read([str(SAMPLES / "cache-snapshots" / DUMPS[1])], None, [analysis])
    assert one.shipped().rows == [["analyzer.txt", "results", "4,866", "cache.3.json is not given"]]
    assert "analyzer" not in says(one)


def test_a_part_of_a_dump_is_said_to_be_one() -> None:
    """In the cut dumps of v1 owners are not judged, and what points outside is told."""
    one = case("cache-snapshots-v1")
    assert "1 with owner outside the file" in column(one.overview(), "they are")[0]
    assert "18 results of sessions that are not in it" in column(one.overview(), "not in it")[1]
    assert one.owners().rows == [] and "cannot be told from a part" in one.owners().caption
    assert "no place of the dump names" not in says(one) and "not whole" in says(one)
    assert "passed over: _cut_to (1)" in says(one)


def test_the_planted_leak() -> None:
    """The whole dump of an idle engine shows the owners that nobody names; its page belongs to another playbook."""
    one = case("metrics-leak-slow")
    assert "137 results with 493 owners that no place of the dump names" in says(one)
    assert "39 results stay for no other reason" in says(one) and "playbook dagger/leak" in says(one)
    assert "2 results of calls the engine cannot follow any more (receiver: missing shared result 4637)" in says(one)
    first = one.owners().rows[0]
    assert first[1:5] == ["4480", "glob: String", "27", "0"] and first[6] == "unnamed owner"
    assert one.owners().caption == "137 results, 20 shown" and len(one.owners().rows) == 20
    assert column(one.ways(), "stays, because")[0] == "unnamed owner"  # odd ones first
    assert "4,325 kept while the engine runs" in one.picture().alternative


def test_with_sessions_at_work_an_owner_may_be_on_the_move(tmp_path: Path) -> None:
    """The same finding is no finding while somebody works."""
    results = json.loads((SAMPLES / "exec-stuck" / "cache.1.json").read_text())["results"]
    results[0]["incoming_ownership_count"] += 1
    one = cache_snapshot.read([changed(tmp_path / "c.json", results=results)])
    assert "1 result with 1 owner that no place of the dump names. Sessions were at work" in says(one)


def test_counts_that_cannot_be(tmp_path: Path) -> None:
    """Fewer owners than named and less than none are faults of the engine, also in a part of a dump."""
    results = json.loads((SAMPLES / "cache-snapshots-v1" / "cache.3.json").read_text())["results"]
    for item in results[-2:]:
        item["incoming_ownership_count"] = -1
    one = cache_snapshot.read([changed(tmp_path / "c.json", "cache-snapshots-v1/cache.3.json", results=results)])
    assert "2 results with less than no owner: the engine's count is wrong" in says(one)
    assert "2 results with fewer owners than the dump names" in says(one)
    assert column(one.owners(), "owners") == ["-1", "-1"]


def test_expired_and_still_there(tmp_path: Path) -> None:
    """A time to live that was over when the dump was taken."""
    results = json.loads((SAMPLES / "exec-stuck" / "cache.1.json").read_text())["results"]
    results[0]["expires_at_unix"], results[1]["expires_at_unix"] = 1795237000, 1895237000
    assert "1 result past the time to live" in says(
        cache_snapshot.read([changed(tmp_path / "c.json", results=results)])
    )


def test_a_newer_version(tmp_path: Path) -> None:
    """It is read, and what was passed over is told."""
    one = cache_snapshot.read([changed(tmp_path / "c.json", trace_format_version=2, owners_by_kind={"a": 1})])
    assert "trace_format_version 2 (known is 1), owners_by_kind (1)" in says(one)


def test_calls_that_run() -> None:
    """Each has the name and the line its own session has in the engine log; what runs in both dumps is told."""
    one = case("exec-stuck-two-sessions")
    assert [row[1:] for row in one.running().rows] == [
        ["hq0pn25r1rymcx0y10tz8137w", "Container.stdout", "65", "cache.1.json, cache.2.json"],
        ["tvhvgx4m3gmijed06fknx45by", "Container.stdout", "31", "cache.1.json, cache.2.json"],
    ]
    assert "2 calls running in both: playbook dagger/hung" in says(one)
    assert column(case("exec-stuck", log=False).running(), "is") == ["no log given"]


def test_sessions() -> None:
    """What each holds, and what of it stays without it."""
    rows = case("two-clients-at-once").sessions().rows
    assert [row[2:] for row in rows] == [["8", "6", "1"], ["8", "6", "1"]]
    assert case("cache-snapshots-v1").sessions().rows[0][3] == "1 (18 are not in the file)"


def test_two_starts_of_the_engine_are_not_compared() -> None:
    """Comparing is refused with words; a report on both says so and shows each by itself."""
    paths = [str(SAMPLES / name / "cache.1.json") for name in ("exec-stuck", "two-clients-at-once")]
    first, second = (retention(read_snapshot(path)) for path in paths)
    with pytest.raises(Refusal, match="of two starts of the engine: ids and owners of one mean nothing in the other"):
        change(first, second)
    one = cache_snapshot.read(paths)
    assert one.steps().rows == [] and len(one.overview().rows) == 2
    assert "They are of 2 starts of the engine" in says(one)


def test_dumps_of_two_engines_taken_in_turn() -> None:
    """Each is compared with the one before it of the same engine."""
    names = ("exec-stuck/cache.1.json", "exec-stuck/cache.2.json", "two-clients-at-once/cache.1.json")
    more = ("exec-stuck-two-sessions/cache.1.json",)  # the engine of two-clients-at-once, some time later
    one = cache_snapshot.read([str(SAMPLES / name) for name in (*names, *more)])
    assert [row[2] for row in one.steps().rows] == ["20", "14"]


@pytest.mark.parametrize("text", ["", "<html>", "engine server not available\n", '{"trace_format_version":1,"boot'])
def test_bad_input_is_refused(tmp_path: Path, text: str) -> None:
    """A file that is no dump ends the report with a message that names it."""
    path = tmp_path / "cache.9.json"
    path.write_text(text)
    with pytest.raises(Refusal, match=r"cache\.9\.json"):
        cache_snapshot.read([str(SAMPLES / "exec-stuck" / "cache.1.json"), str(path)])


def test_no_literal_is_shown() -> None:
    """Arguments of calls are in a dump in clear: none gets into a report."""
    one = case("cache-snapshots")
    assert "STEP" in (SAMPLES / "cache-snapshots" / DUMPS[1]).read_text()
    tables = [one.overview(), one.sessions(), one.running(), one.ways(), one.way(8020), one.roots(), one.went()]
    assert not any("STEP" in table.as_html() for table in tables)


def test_hostile_text_stays_text(tmp_path: Path) -> None:
    """Names in a dump do not become markup."""
    results = json.loads((SAMPLES / "exec-stuck" / "cache.1.json").read_text())["results"]
    for item in results:
        item["description"] = item["type_name"] = "<script>alert(1)</script>"
    one = cache_snapshot.read([changed(tmp_path / "c.json", results=results)])
    assert "<script>" not in one.picture().as_svg() + one.ways().as_html() + one.went().as_html()
