"""A heap profile in either of its forms: the profile itself, or what `go tool pprof -top` printed of it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from faultbook.logs.pprof import AGAIN, Profile, parse_profile
from faultbook.logs.pprof_top import Top, parse_top
from faultbook.logs.reading import text_lines
from faultbook.matcher.source import Stream, display_name, opened
from faultbook.problems import Refusal

IN_USE = "inuse_space"
_DEBUG_FORM = (b"heap profile: ", b"goroutine profile: ", b"threadcreate profile: ", b"--- ")
_HEADERS = 4096
_LIMIT = 1 << 28  # a message of protobuf has to be in memory as a whole; real profiles have some megabytes

Stack = tuple[str, ...]
"""Functions from the outermost to the innermost."""


@dataclass(frozen=True)
class Heap:
    """The memory in use that a heap profile shows, in bytes.

    `time` and `seconds` are as in `Profile`, `period` the bytes between two samples (0: not told). `total` is the sum
    of all samples; of a difference it is the net change. `flat` is what a function allocated itself, `cum` with all it
    called. `stacks` is empty in the text form, which has none.
    """

    is_text: bool
    is_difference: bool
    time: datetime | None
    seconds: float
    build: str
    period: int
    total: int
    flat: dict[str, int]
    cum: dict[str, int]
    stacks: dict[Stack, int]


def read_heap(log: str | Path | BinaryIO) -> Heap:
    """The heap profile in a file.

    Raises `Refusal` when it cannot be read, is cut off, is a profile of something else, or none at all.
    """
    name = display_name(log)
    with opened(log, binary_too=True) as stream:
        data = _whole(name, stream)
    if data.startswith(_DEBUG_FORM):
        remedy = f"Leave debug= out of the address. {AGAIN}"
        raise Refusal(f"{name}: is the text that debug=1 gives, not the profile", remedy)
    if b"Showing nodes accounting for" in data[:_HEADERS]:
        return _of_top(name, parse_top(name, text_lines(BytesIO(data))))
    return _of_profile(name, parse_profile(name, data))


def _whole(name: str, stream: Stream) -> bytes:
    """All bytes of a stream: neither form can be used in part. Raises `Refusal` when there are more than _LIMIT."""
    parts, left = [], _LIMIT
    while left >= 0 and (part := stream.read(1 << 20)):
        parts.append(part)
        left -= len(part)
    if left < 0:
        raise Refusal(f"{name}: is bigger than {_LIMIT >> 20} MiB after decompression: no profile is", AGAIN)
    return b"".join(parts)


def _refuse_other_kind(name: str, kind: str) -> None:
    if kind != "heap":
        raise Refusal(f"{name}: is a {kind} profile, not one of the heap", AGAIN)


def _of_profile(name: str, profile: Profile) -> Heap:
    _refuse_other_kind(name, profile.kind)
    stacks: Counter[Stack] = Counter()
    for stack, value in profile.column(IN_USE):
        if value:
            stacks[stack[::-1]] += value
    return Heap(
        is_text=False,
        is_difference=profile.is_difference,
        time=profile.time,
        seconds=profile.seconds,
        build=profile.build,
        period=profile.period,
        total=sum(stacks.values()),
        flat=_summed((stack[-1:], value) for stack, value in stacks.items()),
        cum=_summed((frozenset(stack), value) for stack, value in stacks.items()),
        stacks=dict(stacks),
    )


def _summed(parts: Iterable[tuple[Iterable[str], int]]) -> dict[str, int]:
    sums: Counter[str] = Counter()
    for functions, value in parts:
        for function in functions:
            sums[function] += value
    return dict(sums)


def _of_top(name: str, top: Top) -> Heap:
    _refuse_other_kind(name, "heap" if top.type in ("", IN_USE) or "_" in top.type else top.type)
    if top.type not in ("", IN_USE):
        remedy = "Print it with -inuse_space: what was ever allocated only grows, and says nothing about memory held."
        raise Refusal(f"{name}: counts {top.type}, not the bytes in use", remedy)
    return Heap(
        is_text=True,
        is_difference=top.is_difference,
        time=top.time,
        seconds=top.seconds,
        build=top.build,
        period=0,
        total=sum(row.flat for row in top.rows) if top.is_difference else top.total,
        flat={row.function: row.flat for row in top.rows},
        cum={row.function: row.cum for row in top.rows},
        stacks={},
    )
