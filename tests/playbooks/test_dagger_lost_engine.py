"""The playbooks on a lost engine and on a restart, without a kernel; and how logs of one kind are shared out."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from faultbook.catalogue.load import load
from faultbook.catalogue.model import Catalogue, Playbook, Sample, SampleFile
from faultbook.logs.steps import read_steps
from faultbook.playbooks.dagger import engine_restart, lost_engine
from faultbook.playbooks.dagger.engine_lives import read_parts
from faultbook.playbooks.dagger.joining import join
from faultbook.playbooks.runs import arguments
from faultbook.playbooks.verdict import Verdict, reach

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "playbooks" / "samples" / "dagger"
PLAYBOOKS: dict[str, Callable[..., lost_engine.Case | engine_restart.Case]] = {
    lost_engine.PLAYBOOK: lost_engine.read,
    engine_restart.PLAYBOOK: engine_restart.read,
}


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    """The catalogue of this checkout."""
    return load(ROOT)[0]


def path(sample: str, file: str = "engine.log") -> str:
    return str(SAMPLES / sample / file)


def confirmed(verdict: Verdict) -> list[str]:
    return [one.failure.id.removeprefix("dagger/") for one in verdict.confirmed]


@pytest.mark.parametrize("playbook", PLAYBOOKS)
def test_the_matrix(catalogue: Catalogue, playbook: str) -> None:
    """On every sample with an engine log it confirms exactly the pages that name both."""
    about, wrong = catalogue.playbooks[playbook], {}
    for sample in catalogue.samples.values():
        if not sample.file_of(about.reads):
            continue
        folder = ROOT / "playbooks" / "samples" / sample.id
        given = {name: file and f"{folder}/{file}" for name, file in arguments(about, sample).items()}
        found = sorted(one.failure.id for one in PLAYBOOKS[playbook](**given).verdict().confirmed)
        wanted = sorted(one.id for one in catalogue.shown_by(sample.id) if one.playbook == playbook)
        if found != wanted:
            wrong[sample.id] = (found, wanted)
    assert wrong == {}


@pytest.mark.parametrize(
    ("sample", "first"),
    [
        ("engine-sigkill-and-restart-during-call", "the engine: killed (the next start finds no clean end)"),
        ("engine-stop-timeout-then-sigkill", "the engine: asked to stop, killed before it was done"),
        ("engine-sigterm-during-call", "the engine: asked to stop, ended in good order"),
        ("panic-engine-crash-lazy", "the engine: crashed: panic: assignment to entry in nil map"),
        ("engine-sigquit-during-exec", "the engine: crashed: SIGQUIT: quit"),
        ("cli-killed", "the CLI: it went without a word, and the engine noticed it later"),
        ("cancelled-by-user", "the CLI, in good order: it closed its session"),
        ("healthy-first-run", "the CLI, in good order: it closed its session"),
        ("engine-container-killed-constructed", "the engine, if the CLI is right: its log does not tell"),
    ],
)
def test_who_was_gone_first(sample: str, first: str) -> None:
    """The order of events decides, not the words the CLI prints."""
    case = lost_engine.read(path(sample), log=path(sample, "cli.log"))
    assert {row[0]: row[1] for row in case.overview().rows}["gone first"] == first


@pytest.mark.parametrize("ahead", [timedelta(hours=1), timedelta(hours=-1, minutes=7, seconds=13)])
@pytest.mark.parametrize("sample", ["engine-sigterm-during-call", "panic-engine-crash-lazy", "cli-killed"])
def test_clocks_of_client_and_engine_may_be_an_hour_apart(tmp_path: Path, sample: str, ahead: timedelta) -> None:
    """A log is joined by what is in it, and who was gone first by the engine's clock alone."""
    right = lost_engine.read(path(sample), log=path(sample, "cli.log"))
    (shifted := tmp_path / "engine.log").write_text(
        re.sub(
            r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d",
            lambda time: (datetime.fromisoformat(time[0]) + ahead).isoformat(),
            Path(path(sample)).read_text(),
        )
    )
    assert shifted.read_text() != Path(path(sample)).read_text()
    case = lost_engine.read(str(shifted), log=path(sample, "cli.log"))
    assert {row[0]: row[1] for row in case.overview().rows}["gone first"] == (
        {row[0]: row[1] for row in right.overview().rows}["gone first"]
    )
    assert confirmed(case.verdict()) == confirmed(right.verdict())


def test_a_log_that_just_stops_proves_no_kill() -> None:
    """Only the next start does; without it the verdict asks for that log."""
    sample = "engine-sigkill-during-call"
    alone = lost_engine.read(path(sample)).verdict()
    assert confirmed(alone) == [] and any("next start" in text for text in alone.missing)
    both = lost_engine.read(path(sample), path(sample, "engine.next-start.log")).verdict()
    assert confirmed(both) == ["engine-killed-during-call"]
    assert [line for _, line, _ in both.confirmed[0].evidence] == [34, 1, 17]


def test_the_order_of_the_logs_does_not_matter() -> None:
    """Lives are put in order by their times."""
    sample = "cache-miss-after-kill"
    before, after = path(sample, "engine.1-before.log"), path(sample, "engine.2-after.log")
    assert engine_restart.read(after, before).lives() == engine_restart.read(before, after).lives()


def test_a_kill_while_idle_loses_no_call() -> None:
    """The cache is gone, but nobody was being served."""
    sample = "cache-miss-after-kill"
    logs = path(sample, "engine.1-before.log"), path(sample, "engine.2-after.log")
    assert [part.death for part in read_parts(*logs)] == ["killed", "not shown"]
    assert confirmed(lost_engine.read(*logs).verdict()) == []
    assert confirmed(engine_restart.read(*logs).verdict()) == ["cache-wiped-unclean-stop"]


@pytest.mark.parametrize(
    ("sample", "after", "says"),
    [
        (
            "engine-sigterm-during-call",
            "engine.next-start.log",
            "nothing thrown away; life before: ended in good",
        ),
        (
            "engine-sigkill-during-call",
            "engine.next-start.log",
            "thrown away (dagql_unclean_shutdown): the life",
        ),
        ("cache-schema-changed-constructed", "engine.log", "thrown away (dagql_schema_mismatch): this engine"),
    ],
)
def test_what_a_start_did_to_the_cache(sample: str, after: str, says: str) -> None:
    """One row for each start, with the engine's reason and what the life before tells."""
    rows = engine_restart.read(path(sample), path(sample, after) if after != "engine.log" else None).overview().rows
    assert rows[-1][1].startswith(says)


def test_commands_that_ran_again() -> None:
    """The same words in two lives."""
    sample = "cache-miss-after-kill-v1"
    case = engine_restart.read(path(sample, "engine.1-before.log"), path(sample, "engine.2-after.log"))
    assert [row[0] for row in case.again().rows] == [
        "/bin/sh -c cat /src/main.txt > /out; sleep 1",
        "/bin/sh -c wc -c /out",
    ]


def test_causes_come_first() -> None:
    """What the playbook found by itself takes its place among what signatures found."""
    sample = "engine-stop-timeout-then-sigkill"
    verdict = lost_engine.read(path(sample), log=path(sample, "cli.log")).verdict()
    assert confirmed(verdict)[0] == "engine-stop-timeout"
    lost = next(one for one in verdict.confirmed if one.failure.id == "dagger/engine-connection-lost")
    assert lost.caused_by == ("dagger/engine-stop-timeout",)


def test_own_findings_count_only_for_pages_that_name_the_playbook() -> None:
    """Another playbook's failure mode is not confirmed, whatever this one says."""
    lines = [("engine.log", 1, "text")]
    verdict = reach(engine_restart.PLAYBOOK, {"engine_log": None}, own={lost_engine.KILLED: lines})
    assert verdict.confirmed == ()


def test_the_cli_is_placed_on_the_engines_clock() -> None:
    """By its session; the time of its end is that of its own last words."""
    sample = "engine-sigkill-and-restart-during-call"
    joined = join(read_steps(path(sample, "cli.log")), read_parts(path(sample)))
    assert joined.session and joined.session.id == "80k3spf6hz743brqaue17p45e"
    assert joined.end == datetime(2026, 11, 21, 4, 49, 27, 745000, tzinfo=UTC)


def test_the_session_is_found_by_trace() -> None:
    """Where the CLI names its trace, the time of day does not matter; a trace of another engine joins nothing."""
    run = read_steps(path("exec-exit-code", "cli.log"))
    joined = join(run, read_parts(path("exec-exit-code")))
    assert joined.session and joined.session.trace == run.trace
    assert join(run, read_parts(path("cli-killed"))).session is None


@pytest.mark.parametrize("sample", ["engine-sigterm-during-call", "engine-unknown-flag", "engine-sigquit-during-exec"])
def test_everything_is_shown_on_any_log(sample: str) -> None:
    """Logs without a time, with two lives or with a wall of goroutines make tables and a picture."""
    case = lost_engine.read(path(sample))
    assert case.timeline().as_svg().startswith("<svg")
    for table in (case.overview(), case.lives(), case.events()):
        assert table.as_html() and table.as_text()
    assert case.last_words().lines


def test_logs_of_one_kind_are_shared_out_in_the_order_of_their_names() -> None:
    """The n-th parameter of a kind gets the n-th file of that kind, None when there are fewer."""
    kinds = {"next_log": "toy/log", "log": "toy/log", "other": "toy/other"}
    playbook = Playbook("toy/p", "", "", kinds, "log", "toy/s")
    assert arguments(playbook, _sample("b.log", "a.log")) == {"log": "a.log", "next_log": "b.log", "other": None}
    assert arguments(playbook, _sample("a.log")) == {"log": "a.log", "next_log": None, "other": None}


def _sample(*files: str) -> Sample:
    named = tuple(SampleFile(name, "", "toy/log") for name in files)
    return Sample("toy/s", "captured", "", "", "", "", "", "", "", "", False, None, named)
