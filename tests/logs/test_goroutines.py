"""Goroutines one by one: every captured dump, the forms of a header, and dumps that are cut."""

import io
from collections import Counter
from pathlib import Path

import pytest

from faultbook.logs.goroutines import Frame, Goroutine, read_goroutines
from faultbook.problems import Refusal

SAMPLES = Path(__file__).parents[2] / "playbooks" / "samples" / "dagger"
STUCK = SAMPLES / "exec-stuck" / "goroutines.txt"
ONE = """goroutine 7 [select]:
main.loop(0x1)
\t/src/main.go:12 +0x1d
created by main.main in goroutine 1
\t/src/main.go:5 +0x2b
"""


def read(text: str | bytes) -> list[Goroutine]:
    return list(read_goroutines(io.BytesIO(text.encode() if isinstance(text, str) else text)))


@pytest.mark.parametrize(
    ("file", "count", "states"),
    [
        ("goroutines-idle-engine/goroutines.txt", 25, {"select": 10, "IO wait": 6, "chan receive": 4}),
        ("debug-endpoints-v1/goroutines.txt", 25, {"select": 10, "runnable": 1}),
        ("exec-stuck/goroutines.txt", 63, {"select": 35, "IO wait": 12, "sync.WaitGroup.Wait": 2}),
        ("exec-stuck-two-sessions/goroutines.txt", 93, {"select": 56, "syscall": 3}),
        ("goroutine-dump-during-exec/goroutines.txt", 63, {"select": 34, "runnable": 2}),
        ("engine-sigquit-during-exec/engine.log", 72, {"select": 36, "idle": 1, "GC worker (idle)": 2}),
        ("engine-restarted-inside-container/engine.log", 12, {"syscall": 2, "finalizer wait": 1}),
        ("panic-engine-crash/engine.log", 1, {"running": 1}),
        ("panic-engine-crash-lazy/engine.log", 1, {"running": 1}),
        ("state-db-corrupt-metadata/engine.log", 1, {"running": 1}),
        ("go-test-timeout/go-test.log", 4, {"chan receive": 2, "select (no cases)": 1}),
        ("go-test-panic/go-test.log", 1, {"running": 1}),
        ("panic-recovered-in-resolver/cli.log", 1, {"running": 1}),
    ],
)
def test_every_captured_dump(file: str, count: int, states: dict[str, int]) -> None:
    """All goroutines with their states, none of them cut, whatever log the dump stands in."""
    found = list(read_goroutines(SAMPLES / file))
    counted = Counter(one.state for one in found)
    assert len(found) == count
    assert {state: counted[state] for state in states} == states
    assert [one.line for one in found if one.is_cut] == []


@pytest.mark.parametrize("file", sorted(SAMPLES.glob("*/goroutines.txt")), ids=lambda file: file.parent.name)
def test_no_line_is_lost(file: Path) -> None:
    """Every place in a dump belongs to a frame or to a creator."""
    found = list(read_goroutines(file))
    places = sum(line.startswith("\t") for line in file.read_text().splitlines())
    assert sum(len(one.frames) + bool(one.created_by) for one in found) == places


def test_a_goroutine_in_full() -> None:
    """The one in charge of a running command, as it stands at line 977."""
    found = next(one for one in read_goroutines(STUCK) if one.id == 48247)
    assert (found.line, found.state, found.minutes, found.is_locked) == (977, "sync.WaitGroup.Wait", None, False)
    assert found.frames[0] == Frame("sync.runtime_SemacquireWaitGroup", "runtime/sema.go", 114)
    assert found.frames[5].function == "github.com/dagger/dagger/engine/engineutil.(*Client).runContainer"
    assert found.created_by == "github.com/dagger/dagger/core.(*ContainerExecState).Evaluate.func1"
    assert found.creator == 48246


def test_minutes_and_threads() -> None:
    """Of v1: the main goroutine has waited for 12 minutes and is bound to its thread."""
    main = next(one for one in read_goroutines(SAMPLES / "debug-endpoints-v1" / "goroutines.txt") if one.id == 1)
    assert (main.minutes, main.is_locked, main.created_by, main.creator) == (12, True, None, None)


def test_crash_output_has_no_values() -> None:
    """Of SIGQUIT: addresses in headers and frames are no part of state, function or place; registers are no frames."""
    first, main, *_, last = read_goroutines(SAMPLES / "engine-sigquit-during-exec" / "engine.log")
    assert (first.id, first.line, first.frames[0]) == (0, 38, Frame("runtime.futex", "runtime/sys_linux_amd64.s", 569))
    assert (main.minutes, main.is_locked) == (1, True)
    assert last.created_by == "github.com/dagger/dagger/engine/server.NewServer.After.throttle.func3"


def test_equal_stacks_are_one_object() -> None:
    """Arguments do not count; that is what makes a dump of many goroutines small."""
    found = read(ONE + "\n" + ONE.replace("goroutine 7", "goroutine 8").replace("0x1)", "0x2, {0x3?, 0x4})"))
    assert found[0].frames is found[1].frames
    assert [one.id for one in found] == [7, 8]


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("goroutine 7 [chan receive (nil chan), 5 minutes]:", ("chan receive (nil chan)", 5, False)),
        ("goroutine 7 gp=0xc0 m=3 mp=0xc1 [syscall, 1 minutes, locked to thread]:", ("syscall", 1, True)),
        ("goroutine 7 gp=0xc0 m=nil [select (scan)]:", ("select (scan)", None, False)),
        ('goroutine 7 [select, 2 minutes, synctest bubble 3] {"key": "value"}:', ("select", 2, False)),
    ],
)
def test_headers(header: str, expected: tuple[str, int | None, bool]) -> None:
    """State, minutes and thread in every form Go writes them."""
    (found,) = read(ONE.replace("goroutine 7 [select]:", header))
    assert (found.state, found.minutes, found.is_locked) == expected
    assert len(found.frames) == 1


@pytest.mark.parametrize("prefix", ["2026-11-21T05:39:03.6184240Z ", "engine-1  | ", "\ufeff"])
def test_prefixes_of_ci_systems(prefix: str) -> None:
    """A dump in a job log, with carriage returns and colours, is the same dump."""
    lines = "".join(f"{prefix}\x1b[31m{line}\x1b[0m\r\n" for line in ONE.splitlines())
    assert [(one.id, one.creator, one.frames) for one in read(lines)] == [(7, 1, read(ONE)[0].frames)]


def test_frames_left_out_by_go() -> None:
    """Of a very deep stack Go leaves out the middle; the frames after it still count."""
    text = ONE.replace("created by", "...23 frames elided...\nmain.deep(...)\n\t/src/main.go:40 +0x1\ncreated by")
    assert [frame.function for frame in read(text)[0].frames] == ["main.loop", "main.deep"]


def test_a_stack_that_cannot_be_shown() -> None:
    """A goroutine on another thread has no frames, and is whole."""
    (found,) = read(
        "goroutine 7 [running]:\n\tgoroutine running on other thread; stack unavailable\n"
        "created by main.main in goroutine 1\n\t/src/main.go:5 +0x2b\n"
    )
    assert (found.frames, found.creator, found.is_cut) == ((), 1, False)


@pytest.mark.parametrize("size", range(1, len(ONE) - len("o:5 +0x2b\n")))
def test_a_cut_goroutine_is_told(size: int) -> None:
    """Wherever the dump ends in a goroutine, down to the file of its creator: it is said, what came before is there."""
    whole = ONE.replace("goroutine 7", "goroutine 6") + "\n"
    found = read(whole + ONE[:size])
    complete_header = size >= len("goroutine 7 [select]:")
    assert [(one.id, one.is_cut) for one in found] == [(6, False)] + ([(7, True)] if complete_header else [])


def test_cut_in_the_middle_of_a_log() -> None:
    """The engine's next life follows without an empty line: the goroutine before it is cut."""
    life = 'time="2026-11-21T05:05:17Z" level=info msg="starting dagger engine version:v0.21.8 v0.21.8 linux/amd64"\n'
    (found,) = read(ONE[: ONE.index("created")] + life * 3)
    assert (found.is_cut, len(found.frames)) == (True, 1)
    (found,) = read(ONE + life * 3)
    assert (found.is_cut, found.creator) == (False, 1)


def test_the_first_goroutine_has_no_creator() -> None:
    """So that the end of the dump behind it is no cut; a function without its place is."""
    whole = ONE[: ONE.index("created")].replace("goroutine 7", "goroutine 1")
    assert [one.is_cut for one in read(whole)] == [False]
    assert [one.is_cut for one in read(whole + "main.main()")] == [True]


@pytest.mark.parametrize("text", ["", "no dump\n", "goroutine profile: nothing\n", "goroutine 12 is late\n\tat work\n"])
def test_no_dump_at_all(text: str) -> None:
    """Refused, with what to do."""
    with pytest.raises(Refusal, match="holds no goroutine") as refused:
        read(text)
    assert "debug=2" in refused.value.remedy


def test_a_file_that_is_not_there() -> None:
    """Refused as every log is."""
    with pytest.raises(Refusal, match="no such file"):
        list(read_goroutines("nowhere.txt"))
