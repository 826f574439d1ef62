"""The lives of an engine, cut out of its log."""

import io
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from faultbook.logs.lives import Life, lives
from faultbook.problems import Refusal

SAMPLES = Path(__file__).parents[2] / "playbooks" / "samples" / "dagger"
ENGINE_LOGS = sorted(SAMPLES.glob("*/engine*.log"))
START = 'time="2026-11-21T04:00:00Z" level=info msg="starting dagger engine version:v0.21.8 v0.21.8 linux/amd64"\n'
READY = 'time="2026-11-21T04:00:01Z" level=info msg="running server on /run/dagger/engine.sock"\n'
STOP = 'time="2026-11-21T05:00:00Z" level=error msg="server context canceled" error="context canceled"\n'
CLOSED = 'time=2026-11-21T05:00:01.5Z level=INFO msg="completed dagql cache close successfully"\n'


def of(sample: str, file: str = "engine.log") -> list[Life]:
    return list(lives(SAMPLES / sample / file))


def read(text: str) -> list[Life]:
    return list(lives(io.BytesIO(text.encode())))


@pytest.mark.parametrize(
    ("sample", "endings"),
    [
        ("panic-engine-crash", ["crashed", "cut"]),
        ("engine-sigquit-during-exec", ["crashed", "cut"]),
        ("engine-fatal-error-constructed", ["crashed"]),
        ("engine-sigkill-and-restart-during-call", ["cut", "cut"]),
        ("engine-stop-timeout-then-sigkill", ["stopping", "cut"]),
        ("engine-sigterm-during-call", ["closed"]),
        ("engine-sigterm-idle-v1", ["closed"]),
        ("engine-restarted-inside-container", ["closed", "crashed"]),
        ("engine-port-in-use", ["refused"]),
        ("healthy-first-run", ["cut"]),
    ],
)
def test_how_each_life_ended(sample: str, endings: list[str]) -> None:
    """Every way to end is told from the lines of that life alone."""
    assert [life.ending for life in of(sample)] == endings


@pytest.mark.parametrize(
    "log", sorted(SAMPLES.glob("*/engine*.log")), ids=lambda path: f"{path.parent.name}-{path.stem}"
)
def test_lives_cover_the_log(log: Path) -> None:
    """No line is lost between two lives, and only the first may begin without a start."""
    found = list(lives(log))
    for before, after in pairwise(found):
        assert before.last_line < after.first_line
        assert after.started and after.started.line == after.first_line
        assert before.last and after.first and before.last <= after.first


def test_a_start_that_throws_the_cache_away() -> None:
    """The reason is the engine's own word, and the first look finds nothing."""
    (life,) = of("cache-miss-after-kill", "engine.2-after.log")
    assert (life.version, life.cache, life.reason, life.cache_bytes) == (
        "v0.21.8",
        "wiped",
        "dagql_unclean_shutdown",
        0,
    )
    assert life.wipe and life.wipe.line == 17
    assert life.started and life.started.time == datetime(2026, 11, 21, 6, 14, 43, tzinfo=UTC)


def test_a_start_that_keeps_the_cache() -> None:
    """No line says so: it came up and threw nothing away."""
    (life,) = of("engine-sigterm-during-call", "engine.next-start.log")
    assert (life.cache, life.reason, life.cache_bytes) == ("kept", None, 4059136)


def test_a_start_that_is_not_finished_tells_nothing_of_the_cache() -> None:
    """A refused start, and a log that begins later, leave the question open."""
    assert [life.cache for life in of("engine-config-syntax")] == [None]
    assert [life.cache for life in of("healthy-first-run")] == [None]


def test_what_was_going_on_at_the_end() -> None:
    """A container without an end, and a client that had not left."""
    lost, after = of("engine-sigkill-and-restart-during-call")
    assert [container.command for container in lost.running] == ["/bin/sleep 48"]
    assert [session.id for session in lost.waiting] == ["80k3spf6hz743brqaue17p45e"]
    assert (after.running, after.waiting) == ([], [])
    assert [record.line for record in after.strangers] == [65]


@pytest.mark.parametrize(
    ("sample", "left", "lost"),
    [("cancelled-by-user", True, False), ("cli-killed", False, True), ("client-killed-v1", False, True)],
)
def test_how_a_client_went(sample: str, left: bool, lost: bool) -> None:
    """With a goodbye, or found to be gone."""
    (session,) = of(sample)[0].sessions
    assert (session.goodbye is not None, session.lost is not None, session.is_open) == (left, lost, False)
    assert session.trace and len(session.trace) == 32


def test_the_text_of_a_crash_is_kept_in_part() -> None:
    """A dump of many goroutines is not held in memory; its first lines are."""
    life = of("engine-sigquit-during-exec")[0]
    assert life.crash and life.crash.text == "SIGQUIT: quit"
    assert [record.line for record in life.tail[:2]] == [35, 36]
    assert len(life.tail) < 20 < life.last_line - life.crash.line


def test_a_panic_of_a_container_is_no_crash() -> None:
    """Words inside a record of the engine's own formats do not count."""
    text = START + READY + 'time="2026-11-21T04:01:00Z" level=error msg="panic: at the disco"\n'
    assert [life.ending for life in read(text)] == ["cut"]


def test_signal_on_stdout_counts_as_a_stop() -> None:
    """Where both streams are in one log, the signal's line may be the only trace of the stop."""
    (life,) = read(START + READY + "Received signal terminated, retries: 1/3\n")
    assert life.ending == "stopping"
    (life,) = read(START + READY + "Received signal terminated, retries: 1/3\n" + STOP + CLOSED)
    assert life.ending == "closed" and life.stop and life.stop.text.startswith("Received")


def test_no_line_no_life() -> None:
    """An empty log has no life; a log without any known line has one that tells nothing."""
    assert read("") == []
    (life,) = read("hello\n")
    assert (life.started, life.first, life.ending, life.cache) == (None, None, "cut", None)


def test_a_missing_log_is_refused(tmp_path: Path) -> None:
    """With the words of the file system, not a traceback."""
    with pytest.raises(Refusal):
        list(lives(tmp_path / "engine.log"))
