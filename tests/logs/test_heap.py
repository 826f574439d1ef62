"""Heap profiles: the captured ones hold what `go tool pprof -top` printed of them; what is none is refused."""

import gzip
import re
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from faultbook.logs import heap as heap_module
from faultbook.logs.heap import Heap, read_heap
from faultbook.logs.pprof import ValueType, parse_profile
from faultbook.logs.pprof_schema import new_profile
from faultbook.logs.pprof_top import parse_top
from faultbook.logs.reading import text_lines
from faultbook.problems import Refusal

SAMPLE = Path(__file__).parents[2] / "playbooks" / "samples" / "dagger" / "heap-before-after"
KB = 1024


def raw(name: str = "heap.1.pb.gz") -> bytes:
    """The message without its gzip."""
    return gzip.decompress((SAMPLE / name).read_bytes())


def read(data: bytes | str) -> Heap:
    return read_heap(BytesIO(data.encode() if isinstance(data, str) else data))


def refusal(data: bytes | str) -> str:
    with pytest.raises(Refusal) as caught:
        read(data)
    return str(caught.value)


@pytest.mark.parametrize(("name", "unit"), [("heap.1", KB), ("heap.2", KB * KB), ("heap.delta-10s", KB)])
def test_every_number_is_the_one_pprof_prints(name: str, unit: int) -> None:
    """Each function, flat and cumulative: 604 rows, to the digit that the text has."""
    profile = read_heap(SAMPLE / f"{name}.pb.gz")
    rows = parse_top(name, text_lines(SAMPLE / f"{name}.txt")).rows
    assert len(rows) in (144, 230)
    flat, cum = printed_names(profile.flat), printed_names(profile.cum)
    half = unit * 0.005 + 1
    assert [row for row in rows if abs(row.flat - flat.get(row.function, 0)) > half] == []
    assert [row for row in rows if abs(row.cum - cum[row.function]) > half] == []


def printed_names(numbers: dict[str, int]) -> dict[str, int]:
    """pprof takes what looks like an argument list out of names that have type arguments behind it."""
    return {
        re.sub(r"\([^()]*\)(?=[^\[]*\[)|\([^()]*\)(?=[^\[]*\])", "", name): one for name, one in numbers.items()
    } | numbers


@pytest.mark.parametrize(
    ("name", "total", "time"),
    [
        ("heap.1", 43655 * KB, datetime(2026, 11, 21, 5, 0, 7, 9991, UTC)),
        ("heap.2", 86_364_161, datetime(2026, 11, 21, 5, 0, 45, 962503, UTC)),
    ],
)
def test_a_total(name: str, total: int, time: datetime) -> None:
    """What pprof prints as 43655kB and as 82.36MB; the second of its time."""
    found = read_heap(SAMPLE / f"{name}.pb.gz")
    assert (found.is_text, found.is_difference, found.total, found.time, found.seconds) == (
        False,
        False,
        total,
        time,
        0,
    )
    assert (found.period, found.build) == (524288, "735280ce5e6ad4ee107804de190fde46f36facd9")


def test_a_difference_is_told_by_its_duration() -> None:
    """Its total is the net change, as rows of the text are; the text itself sums sizes without their sign."""
    found = read_heap(SAMPLE / "heap.delta-10s.pb.gz")
    assert found.is_difference and round(found.total / KB, 2) == -11741.63
    assert found.seconds == pytest.approx(10.017, abs=0.001)
    text = read_heap(SAMPLE / "heap.delta-10s.txt")
    assert (text.is_difference, text.seconds, round(text.total / KB, 2)) == (True, 10.02, -11741.58)


def test_a_text_with_base_is_told_by_negative_rows() -> None:
    """Its header has the time of the base and no duration."""
    found = read_heap(SAMPLE / "heap.diff.txt")
    assert found.is_difference and found.seconds == 0
    assert found.time == datetime(2026, 11, 21, 5, 0, 7, tzinfo=UTC)


def test_the_text_form() -> None:
    """The same numbers, without stacks."""
    found = read_heap(SAMPLE / "heap.1.txt")
    assert (found.is_text, found.is_difference, found.total, found.stacks) == (True, False, 43655 * KB, {})
    assert found.flat["maps.clone"] == round(1030.02 * KB)
    assert found.cum["github.com/dagger/dagger/dagql.(*Server).Fork"] == round(1030.02 * KB)


def test_a_stack_runs_from_the_outermost_function_to_the_innermost() -> None:
    """With the functions that the compiler inlined: maps.Clone stands in the place of its caller."""
    stacks = read_heap(SAMPLE / "heap.1.pb.gz").stacks
    (stack,) = [stack for stack in stacks if stack[-1] == "maps.clone"]
    assert (stack[0], stacks[stack], len(stack)) == ("net/http.(*conn).serve", 1054738, 15)
    assert stack[-3] == "github.com/dagger/dagger/dagql.Class[go.shape.*uint8].ForkObjectType"
    assert stack[-2].startswith("maps.Clone[")


def test_the_types_of_a_profile() -> None:
    """In the order of the values of each sample."""
    found = parse_profile("x", raw())
    assert found.types == (
        ValueType("alloc_objects", "count"),
        ValueType("alloc_space", "bytes"),
        ValueType("inuse_objects", "count"),
        ValueType("inuse_space", "bytes"),
    )
    assert (found.kind, found.period_type, len(found.samples)) == ("heap", ValueType("space", "bytes"), 669)
    assert sum(value for _, value in found.column("inuse_objects")) > 0
    with pytest.raises(KeyError):
        found.column("cpu")


def test_plain_open_and_named_files_read_the_same() -> None:
    """Uncompressed bytes, an open file, a path; also the text form."""
    assert read(raw()) == read_heap(SAMPLE / "heap.1.pb.gz")
    with (SAMPLE / "heap.1.pb.gz").open("rb") as file:
        assert read_heap(file) == read(raw())
    assert read((SAMPLE / "heap.1.txt").read_bytes()) == read_heap(SAMPLE / "heap.1.txt")


def other_profile(period: tuple[str, str], *types: tuple[str, str]) -> bytes:
    """A profile of another kind with one sample, as Go's runtime names them."""
    profile: Any = new_profile()
    strings = [""]

    def index(text: str) -> int:
        strings.append(text)
        return len(strings) - 1

    profile.period_type.type, profile.period_type.unit = map(index, period)
    for kind, unit in types:
        profile.sample_type.add(type=index(kind), unit=index(unit))
    profile.sample.add(value=[1] * len(types))
    profile.string_table.extend(strings)
    return bytes(profile.SerializeToString())


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (other_profile(("cpu", "nanoseconds"), ("samples", "count"), ("cpu", "nanoseconds")), "a cpu profile"),
        (other_profile(("goroutine", "count"), ("goroutine", "count")), "a goroutine profile"),
        (
            other_profile(("contentions", "count"), ("contentions", "count"), ("delay", "nanoseconds")),
            "a mutex or block profile",
        ),
    ],
)
def test_another_profile_is_refused_by_its_name(data: bytes, kind: str) -> None:
    """And the address of the right one is given."""
    assert kind in refusal(data) and "/debug/pprof/heap?gc=1" in refusal(data)


@pytest.mark.parametrize("end", [0, 1, 200, 5_000, 80_000, 150_000])
def test_a_profile_that_is_cut_off(end: int) -> None:
    """Somewhere in samples, functions or strings: never half a profile."""
    assert ("is empty" if end == 0 else "cut off") in refusal(raw()[:end])


def test_a_truncated_gzip(tmp_path: Path) -> None:
    """The message names the file."""
    cut = tmp_path / "heap.pb.gz"
    cut.write_bytes((SAMPLE / "heap.1.pb.gz").read_bytes()[:30_000])
    with pytest.raises(Refusal, match=r"heap\.pb\.gz: the compressed data ends too early"):
        read_heap(cut)


@pytest.mark.parametrize(
    "data",
    [
        b'{"data": {}}',
        b"404 page not found\n",
        b"\x89PNG\r\n\x1a\n" + b"\0" * 64,
        b"\x00" * 100,
        b"time=x msg=y\n" * 9,
        b"2\0",
        b"\n\00212\1a2\1b",
    ],
)
def test_what_is_no_profile(data: bytes) -> None:
    """Text, JSON, a picture; a message without types, or with a first string."""
    assert "is no pprof profile" in refusal(data)


def test_a_profile_that_contradicts_itself() -> None:
    """A sample without its values; a sample of a place that is not there."""
    profile: Any = new_profile()
    profile.ParseFromString(raw())
    del profile.sample[0].value[1:]
    assert "a sample has 1 values for 4 types" in refusal(profile.SerializeToString())
    profile.ParseFromString(raw())
    profile.sample[0].location_id.append(99_999)
    assert "is no pprof profile" in refusal(profile.SerializeToString())


def test_a_file_beyond_all_measure(monkeypatch: pytest.MonkeyPatch) -> None:
    """A message has to be in memory as a whole, so there is a limit."""
    monkeypatch.setattr(heap_module, "_LIMIT", 100_000)
    assert "bigger than" in refusal(raw())
    assert read_heap(SAMPLE / "heap.delta-10s.pb.gz").is_difference


TOP = """Type: inuse_space
Showing nodes accounting for 3kB, 100% of 3kB total
      flat  flat%   sum%        cum   cum%
       2kB 66.67% 66.67%        3kB   100%  main.main
       1kB 33.33%   100%        1kB 33.33%  a.b (inline)
"""


def test_a_small_text() -> None:
    """Rows end at an empty line or at the next prompt of the interactive program."""
    assert read(TOP).flat == {"main.main": 2 * KB, "a.b": KB}
    assert read(TOP + "(pprof) top\n") == read(TOP + "\n" + TOP) == read(TOP)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("inuse_space", "cpu", "is a cpu profile"),
        ("inuse_space", "alloc_space", "counts alloc_space, not the bytes in use"),
        ("100%  main.main", "100", ":4: is no row"),
        ("2kB", "2s", "counts in 's', which is no unit of memory"),
        ("Showing nodes", "Showing top", "is no pprof profile"),
    ],
)
def test_a_text_of_something_else(old: str, new: str, says: str) -> None:
    """Another profile, other numbers, a text that breaks off."""
    assert says in refusal(TOP.replace(old, new))


@pytest.mark.parametrize("head", ["heap profile: 1: 2 [3: 4] @ heap/1048576\n", "goroutine profile: total 25\n"])
def test_the_text_of_debug_1(head: str) -> None:
    """It looks like a profile to people; no reader of profiles takes it."""
    assert "debug=1" in refusal(head + "1: 2 [3: 4] @ 0x1 0x2\n")
