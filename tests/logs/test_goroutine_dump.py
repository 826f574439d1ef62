"""Whole dumps: grouped by stack and state while they are read, in both forms, of any size."""

import io
import itertools
import re
import tracemalloc
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from faultbook.logs import goroutines
from faultbook.logs.goroutine_dump import MEMBERS, read_dump
from faultbook.logs.goroutines import read_goroutines
from faultbook.problems import Refusal

SAMPLES = Path(__file__).parents[2] / "playbooks" / "samples" / "dagger"
DURING = SAMPLES / "goroutine-dump-during-exec"
TWO = SAMPLES / "exec-stuck-two-sessions" / "goroutines.txt"


class Generated(io.RawIOBase):
    """A dump of `count` goroutines, those of a captured one again and again with new ids, made while it is read."""

    def __init__(self, count: int) -> None:
        texts = TWO.read_text().rstrip("\n").split("\n\n")
        self._texts = [re.sub(r"^goroutine \d+", "goroutine %d", text.replace("%", "%%")) + "\n\n" for text in texts]
        self._parts = self._numbered(count)
        self._left = b""

    def _numbered(self, count: int) -> Iterator[bytes]:
        for number, text in enumerate(itertools.islice(itertools.cycle(self._texts), count), 2):
            yield (text % number).encode()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while len(self._left) < len(buffer) and (part := next(self._parts, b"")):
            self._left += part
        taken, self._left = self._left[: len(buffer)], self._left[len(buffer) :]
        buffer[: len(taken)] = taken
        return len(taken)


def generated(count: int) -> io.BufferedReader:
    return io.BufferedReader(Generated(count), 1 << 16)


@pytest.mark.parametrize("file", sorted(SAMPLES.glob("*/goroutines.txt")), ids=lambda file: file.parent.name)
def test_groups_are_those_of_the_goroutines(file: Path) -> None:
    """Grouping loses nobody: the same goroutines by state and stack, however they are counted."""
    one_by_one = Counter((one.state, one.is_locked, one.frames, one.created_by) for one in read_goroutines(file))
    dump = read_dump(file)
    grouped = {(one.state, one.is_locked, one.frames, one.created_by): one.count for one in dump.groups}
    assert grouped == one_by_one
    assert dump.cut is None and dump.form == "each"


def test_both_forms_of_one_moment() -> None:
    """The counted form has the same stacks, but for what differs between the two requests."""
    counted, each = read_dump(DURING / "goroutines.grouped.txt"), read_dump(DURING / "goroutines.txt")
    assert (counted.form, counted.told, counted.count, len(counted.groups)) == ("counted", 63, 63, 43)
    assert (each.form, each.told, each.count, len(each.groups)) == ("each", None, 63, 43)
    assert len({one.frames for one in counted.groups} & {one.frames for one in each.groups}) == 39
    assert {one.state for one in counted.groups} == {None}


def test_the_counted_form_of_an_idle_engine() -> None:
    """25 goroutines at 20 places, as the file says at its top."""
    dump = read_dump(SAMPLES / "goroutines-idle-engine" / "goroutines.grouped.txt")
    assert (dump.told, dump.count, len(dump.groups), dump.missing, dump.cut) == (25, 25, 20, 0, None)
    assert dump.groups[0].count == 5
    assert dump.groups[0].frames[0].function.endswith("(*GlobalNamespaceWorkerPool).workerLoop")


@pytest.mark.parametrize(
    ("file", "main"),
    [
        ("exec-stuck/goroutines.txt", "github.com/dagger/dagger/cmd/engine/main.go"),
        ("debug-endpoints-v1/goroutines.txt", "github.com/dagger/dagger/cmd/engine/main.go"),
        ("engine-sigquit-during-exec/engine.log", "github.com/dagger/dagger/cmd/engine/main.go"),
        ("go-test-timeout/go-test.log", "_testmain.go"),
        ("panic-engine-crash/engine.log", None),
    ],
)
def test_which_program_it_is(file: str, main: str | None) -> None:
    """By the file of its main function; a panic alone does not show it."""
    found = read_dump(SAMPLES / file).main
    assert (found.file if found else None) == main


def test_a_hundred_thousand_goroutines(monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted right, each stack looked at once, and of each group only some are kept one by one."""
    small, looked_at, stack = read_dump(TWO), Counter[object](), goroutines._stack
    monkeypatch.setattr(goroutines, "_stack", lambda lines: looked_at.update([lines]) or stack(lines))
    dump = read_dump(generated(100_000))
    of_one = {(one.state, one.frames): one.count for one in small.groups}
    whole, more = divmod(100_000, small.count)
    for group in dump.groups:
        assert 0 <= group.count - whole * of_one[group.state, group.frames] <= min(more, group.count)
    assert (dump.count, len(dump.groups), dump.cut) == (100_000, 44, None)
    assert max(looked_at.values()) == 1 and len(looked_at) == 44
    assert {len(group.members) for group in dump.groups} == {MEMBERS}


def test_memory_does_not_grow_with_the_dump() -> None:
    """Four times the goroutines, the same memory."""
    small, big = peak(3_000), peak(12_000)
    assert big < small * 2


def peak(count: int) -> int:
    """The most bytes that reading takes."""
    stream = generated(count)
    tracemalloc.start()
    try:
        read_dump(stream)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_the_longest_wait_of_a_group() -> None:
    """Times do not part a group, being bound to a thread does."""
    text = "goroutine %d [select%s]:\nmain.f()\n\t/x.go:1 +0x1\ncreated by main.main in goroutine 1\n\t/x.go:2\n\n"
    waits = [", 3 minutes", ", 12 minutes", "", ", 5 minutes", ", locked to thread"]
    dump = read_dump(io.BytesIO("".join(text % (7 + place, wait) for place, wait in enumerate(waits)).encode()))
    assert [(one.count, one.minutes, one.is_locked) for one in dump.groups] == [(4, 12, False), (1, None, True)]


def test_a_dump_that_go_has_ended() -> None:
    """What came before the cut is there, and the line of the goroutine that is not whole."""
    dump = read_dump(io.BytesIO(TWO.read_bytes()[:30_000]))
    assert (dump.count, dump.cut) == (37, 519)


def test_a_counted_dump_that_is_cut() -> None:
    """It tells itself how many there should be."""
    dump = read_dump(io.BytesIO((DURING / "goroutines.grouped.txt").read_bytes()[:20_000]))
    assert (dump.told, dump.count, dump.missing, dump.cut) == (63, 46, 17, 226)


def test_the_later_of_two_dumps_has_higher_ids() -> None:
    """Two dumps of one engine, seven minutes apart by their logs."""
    first, second = read_dump(DURING / "goroutines.txt"), read_dump(SAMPLES / "exec-stuck" / "goroutines.txt")
    assert (first.latest, second.latest) == (34060, 50136)


@pytest.mark.parametrize("text", [b"", b"goroutine profile: total 0\n", b"time=1 level=INFO msg=x\n" * 100])
def test_no_dump_at_all(text: bytes) -> None:
    """Refused, with what to do."""
    with pytest.raises(Refusal, match="holds no goroutine"):
        read_dump(io.BytesIO(text))
