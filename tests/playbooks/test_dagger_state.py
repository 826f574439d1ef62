"""The playbook on the state directory, without a kernel."""

from pathlib import Path

import pytest

from faultbook.catalogue.model import Catalogue
from faultbook.playbooks.dagger import state
from faultbook.playbooks.ladder import Attempt, Ladder
from faultbook.playbooks.runs import arguments

SAMPLES = Path(__file__).parents[2] / "playbooks" / "samples"
STARTING = (
    'time="2026-11-21T05:{:02}:00Z" level=info msg="starting dagger engine version:v0.21.8 v0.21.8 linux/amd64"\n'
)
OPENING = 'time="2026-11-21T05:{:02}:01Z" level=debug msg="creating engine server"\n'
PANIC = "panic: assertion failed: Page expected to be: 16, but self identifies as 5\n"
STILL = "dagger-engine: failed to create engine: local cache state still invalid after reset (dagql_open_failed): x\n"


def case_of(*logs: str) -> state.Case:
    return state.read([str(SAMPLES / "dagger" / log) for log in logs])


def outcomes(case: state.Case) -> list[str]:
    return [start.outcome for start in case.starts]


def test_the_matrix(real_catalogue: Catalogue) -> None:
    """On every sample with an engine log it confirms exactly the pages that name both, and shows everything."""
    about, wrong = real_catalogue.playbooks[state.PLAYBOOK], {}
    for sample in real_catalogue.samples.values():
        if not sample.file_of(about.reads):
            continue
        logs = arguments(about, sample)["engine_logs"]
        case = state.read([f"{SAMPLES}/{sample.id}/{name}" for name in logs or []])
        assert case.picture().as_svg().startswith("<svg")
        assert case.overview().as_html() and case.advice().as_text() and case.words().as_html()
        found = sorted(one.failure.id for one in case.verdict().confirmed)
        wanted = sorted(one.id for one in real_catalogue.shown_by(sample.id) if one.playbook == state.PLAYBOOK)
        if found != wanted:
            wrong[sample.id] = (found, wanted)
    assert wrong == {}


@pytest.mark.parametrize(
    ("log", "outcome"),
    [
        ("state-db-corrupt-dagql/engine.log", "damaged"),
        ("state-db-corrupt-metadata/engine.log", "page"),
        ("engine-sigkill-during-call/engine.next-start.log", "unclean"),
        ("cache-schema-changed-constructed/engine.log", "format"),
        ("engine-second-on-same-state/engine.log", "locked"),
        ("engine-sigterm-during-call/engine.next-start.log", "kept"),
        ("engine-config-syntax/engine.log", "refused"),
        ("engine-port-in-use/engine.log", "refused"),
    ],
)
def test_what_became_of_the_state(log: str, outcome: str) -> None:
    """One start, one outcome."""
    assert outcomes(case_of(log)) == [outcome]


def test_two_starts_in_one_log() -> None:
    """A new directory, and a second start in the same container that never gets to the state."""
    case = case_of("engine-restarted-inside-container/engine.log")
    assert outcomes(case) == ["new", "crashed"]
    assert [attempt.failed_at for attempt in case.picture().attempts] == [4, 0]


def test_a_log_that_begins_later_tells_nothing() -> None:
    """And asks for the start."""
    case = case_of("disk-full-exec/engine.log")
    verdict = case.verdict()
    assert case.starts == () and verdict.confirmed == ()
    assert any("from a start on" in text for text in verdict.missing)


@pytest.mark.parametrize(
    ("sample", "file"),
    [
        ("state-db-corrupt-dagql", "dagql-cache.db, the index of the cache"),
        ("state-db-corrupt-head", "dagql-cache.db, the index of the cache"),
        ("state-db-corrupt-snapshots", "worker/snapshots/metadata.db, the index of the snapshots"),
        (
            "state-db-corrupt-metadata",
            "worker/containerdmeta.db or worker/snapshots/metadata.db: the panic does not say which",
        ),
        ("cache-schema-changed-constructed", "none"),
    ],
)
def test_the_damaged_file(sample: str, file: str) -> None:
    """As far as the error tells."""
    assert [row[4] for row in case_of(f"{sample}/engine.log").overview().rows] == [file]


def test_a_reset_is_drawn_as_passed_and_a_panic_is_not() -> None:
    """Both happen while the state is opened; only one of them serves afterwards."""
    (reset,) = case_of("state-db-corrupt-head/engine.log").picture().attempts
    (panic,) = case_of("state-db-corrupt-metadata/engine.log").picture().attempts
    assert (reset.failed_at, reset.reset_at) == (4, 2)
    assert (panic.failed_at, panic.reset_at) == (2, None)


def test_what_is_lost_already_and_what_is_not() -> None:
    """The advice after a reset differs from that before one."""
    damaged = case_of("state-db-corrupt-dagql/engine.log").advice().rows[0]
    panic = case_of("state-db-corrupt-metadata/engine.log").advice().rows[0]
    assert damaged[2].startswith("already lost") and panic[2].startswith("not yet lost")
    assert case_of("engine-sigterm-during-call/engine.next-start.log").advice().rows == []


def test_a_kept_state_has_its_size() -> None:
    """From the first look after the start."""
    case = case_of("engine-sigterm-during-call/engine.next-start.log")
    assert case.overview().rows[0][3] == "kept: 4,059,136 bytes at the first look"
    assert "kept its state" in case.words().caption


def test_the_life_before_is_asked_for_only_when_it_is_missing() -> None:
    """An unclean stop is explained by the log before; with it there is nothing to ask."""
    before, after = "cache-miss-after-kill/engine.1-before.log", "cache-miss-after-kill/engine.2-after.log"
    assert any("engine-restart" in text for text in case_of(after).verdict().missing)
    assert not any("engine-restart" in text for text in case_of(after, before).verdict().missing)


def test_a_crash_loop_is_called_one(tmp_path: Path) -> None:
    """Three starts with the same end; none of them serves."""
    log = tmp_path / "engine.log"
    log.write_text("".join(STARTING.format(number) + OPENING.format(number) + PANIC for number in range(3)))
    case = state.read([str(log)])
    assert outcomes(case) == ["page", "page", "page"]
    assert any(text.startswith("3 starts ended with the same words") for text in case.verdict().says)


def test_a_reset_that_does_not_help(tmp_path: Path) -> None:
    """The text is from the source; no capture has it."""
    log = tmp_path / "engine.log"
    log.write_text(STARTING.format(1) + OPENING.format(1) + STILL)
    case = state.read([str(log)])
    assert outcomes(case) == ["still invalid"]
    assert "still invalid after reset" in state.read([str(log)]).verdict().says[0]


def test_damage_met_at_work_belongs_to_no_start(tmp_path: Path) -> None:
    """The start was good; the page comes with the crash."""
    serving = 'time="2026-11-21T05:00:02Z" level=info msg="running server on /run/dagger/engine.sock"\n'
    log = tmp_path / "engine.log"
    log.write_text(STARTING.format(0) + OPENING.format(0) + serving + PANIC)
    case = state.read([str(log)])
    assert outcomes(case) == ["kept"]
    assert [one.failure.id for one in case.verdict().confirmed] == ["dagger/state-db-corrupt-start-panic"]


def test_the_ladder_tells_a_reset_in_words() -> None:
    """A failed stage has its cross, a reset one its own word, and a stage not reached has neither."""
    picture = Ladder("t", "a", ["one", "two", "three"], [Attempt("x", 3, 1), Attempt("y", 1), Attempt("z", 0, 1)])
    svg = picture.as_svg()
    assert (svg.count("↻ reset"), svg.count("✘ here")) == (1, 2)
