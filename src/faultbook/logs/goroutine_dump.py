"""A whole dump of goroutines, grouped by stack and state while it is read: memory grows with the stacks, not the dump.

Both forms of a debug address are read, and the text of a crash in a log:

- `?debug=2` and crash output: every goroutine (see `faultbook.logs.goroutines`);
- `?debug=1`: equal stacks counted by Go itself, without state, time and ids:

    goroutine profile: total 63
    5 @ 0x48e02e 0x46a3e5 0x2dd993f 0x495da1
    #       0x2dd993e       github.com/.../server.(*Server).withShutdownCancel.func1+0x9e   github.com/...server.go:679

  Source: `printCountProfile` and `printStackRecord` in runtime/pprof/pprof.go of Go 1.26.
"""

import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Literal

from faultbook.logs.goroutines import Frame, Frames, Goroutine, goroutines, no_dump
from faultbook.logs.reading import text_lines

Form = Literal["each", "counted"]

MEMBERS = 50
"""Goroutines of a group that are kept one by one; the others are only counted."""

_FIRST = 64
"""Lines in which the counted form must say that it is one."""

FULL = 64 << 20
"""Bytes at which Go ends a dump of `?debug=2`, wherever it is."""

_TOTAL = re.compile(r"goroutine profile: total (\d+)$")
_COUNT = re.compile(r"(\d+) @(?: 0x[0-9a-f]+)*$")
_FRAME = re.compile(r"#\t0x[0-9a-f]+\t+(.+?)(?:\+0x[0-9a-f]+)?\t+(.+):(\d+)$")


@dataclass(frozen=True, slots=True)
class Member:
    """A goroutine of a group: its id, the one that created it, and the 1-based line of its header."""

    id: int
    creator: int | None
    line: int


@dataclass(frozen=True, slots=True)
class Group:
    """All goroutines with the same stack in the same state, the first MEMBERS of them one by one.

    `state` is None in the counted form. `minutes` is the longest any of them waits, None below one or not told.
    `line` is the 1-based line of the first.
    """

    state: str | None
    is_locked: bool
    frames: Frames
    created_by: str | None
    count: int
    minutes: int | None
    line: int
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class Dump:
    """A dump, the groups in the order of the file.

    `told` is the number of goroutines which the counted form itself tells. `cut` is the 1-based line of the goroutine
    in whose middle the dump ends, None for a whole one.
    """

    form: Form
    groups: tuple[Group, ...]
    told: int | None
    cut: int | None

    @property
    def count(self) -> int:
        """Goroutines in the file."""
        return sum(group.count for group in self.groups)

    @property
    def missing(self) -> int:
        """Goroutines that the counted form tells but does not show: the file was cut."""
        return max((self.told or 0) - self.count, 0)

    @property
    def latest(self) -> int:
        """The highest id kept: ids only grow, so of two dumps of one process the later one has the higher."""
        return max((member.id for group in self.groups for member in group.members), default=0)

    @property
    def main(self) -> Frame | None:
        """The program's `main.main`: its file tells which program this is. None if the dump does not show it."""
        frames = (frame for group in self.groups for frame in group.frames)
        return next((frame for frame in frames if frame.function == "main.main"), None)


@dataclass(slots=True)
class _Growing:
    """A group while it is read."""

    first: Goroutine
    count: int = 0
    minutes: int | None = None
    members: list[Member] = field(default_factory=list)

    def add(self, goroutine: Goroutine) -> None:
        """Take a goroutine."""
        self.count += 1
        if goroutine.minutes is not None:
            self.minutes = max(self.minutes or 0, goroutine.minutes)
        if len(self.members) < MEMBERS:
            self.members.append(Member(goroutine.id, goroutine.creator, goroutine.line))

    def group(self) -> Group:
        """What was read."""
        first = self.first
        return Group(
            state=first.state,
            is_locked=first.is_locked,
            frames=first.frames,
            created_by=first.created_by,
            count=self.count,
            minutes=self.minutes,
            line=first.line,
            members=tuple(self.members),
        )


def read_dump(log: str | Path | BinaryIO) -> Dump:
    """The dump in a file, of either form. Raises `Refusal` when it cannot be read or holds no goroutine."""
    lines = text_lines(log)
    first = list(itertools.islice(lines, _FIRST))
    is_counted = any(_TOTAL.match(text) for _, text in first)
    lines = itertools.chain(first, lines)
    dump = _counted(lines) if is_counted else _each(goroutines(lines))
    if not dump.groups:
        raise no_dump(log)
    return dump


def _each(found: Iterable[Goroutine]) -> Dump:
    growing: dict[tuple[str, bool, int], _Growing] = {}
    cut = None
    for goroutine in found:
        # Equal stacks are one object: its id spares comparing frames a hundred thousand times.
        key = goroutine.state, goroutine.is_locked, id(goroutine.frames)
        group = growing.get(key)
        if group is None:
            group = growing[key] = _Growing(goroutine)
        group.add(goroutine)
        cut = goroutine.line if goroutine.is_cut else cut
    return Dump("each", tuple(group.group() for group in growing.values()), None, cut)


def _counted(lines: Iterable[tuple[int, str]]) -> Dump:
    told, groups = 0, []
    for number, text in lines:
        if total := _TOTAL.match(text):
            told = int(total[1])
        elif count := _COUNT.match(text):
            groups.append((number, int(count[1]), list[Frame]()))
        elif groups and (frame := _FRAME.match(text)):
            groups[-1][2].append(Frame(frame[1], frame[2], int(frame[3])))
    shown = sum(count for _, count, _ in groups)
    cut = groups[-1][0] if shown < told else None
    return Dump("counted", tuple(itertools.starmap(_counted_group, groups)), told, cut)


def _counted_group(line: int, count: int, frames: list[Frame]) -> Group:
    return Group(None, False, tuple(frames), None, count, None, line, ())
