"""Goroutines as a Go program prints them, one by one: the dump of a debug address, and the text of a crash.

    goroutine 48247 [sync.WaitGroup.Wait, 4 minutes]:
    github.com/dagger/dagger/engine/engineutil.(*Client).runContainer(0x1fac61c8a160, ...)
            github.com/dagger/dagger/engine/engineutil/executor_spec.go:1240 +0x1b4a
    created by github.com/dagger/dagger/core.(*ContainerExecState).Evaluate.func1 in goroutine 48246
            github.com/dagger/dagger/core/container_exec.go:2160 +0x3a5

Source: `goroutineheader` and `traceback2` in runtime/traceback.go of Go 1.26; the first form is that of
`/debug/pprof/goroutine?debug=2`. After SIGQUIT or a fatal error a header reads `goroutine 1 gp=0xc4f9 m=nil [select]:`,
frames end in `fp= sp= pc=`, and registers follow. A dump may stand anywhere in a log; what is around it is passed over.

What misleads: minutes are only there from one on. The debug address gives up at 64 MiB, without a word, in the middle
of a goroutine (`writeGoroutineStacks` in runtime/pprof/pprof.go); a log may be cut there, too.
"""

import functools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from faultbook.logs.reading import text_lines
from faultbook.matcher.source import display_name
from faultbook.problems import Refusal

_HEADER = re.compile(r"goroutine (\d+)(?: gp=\S+ m=\S+(?: mp=\S+)?)? \[([^\]]*)\](?: \{.*\})?:$")
_PLACE = re.compile(r"\t(.+):(\d+)$")
_NAME = re.compile(r"\S*[./]\S*")
_CREATOR = " in goroutine "
_CREATED = "created by "
_MAIN = 1
"""The goroutine that runs `main`; nobody has created it, nor 0, the scheduler's."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A function of a stack, without its arguments, and where it is: file and 1-based line."""

    function: str
    file: str
    line: int


Frames = tuple[Frame, ...]
"""A stack, the innermost function first."""


@dataclass(frozen=True, slots=True)
class Goroutine:
    """A goroutine. `line` is the 1-based number of its header.

    `state` is what it waits for in the words of Go (`select`, `chan receive`, `running`); `minutes` how long, None
    below one. `created_by` and `creator` are the function and goroutine that started it, None where the dump has none.
    `is_cut`: the dump ends in the middle of it.
    Equal `frames` of one reading are the same object.
    """

    line: int
    id: int
    state: str
    minutes: int | None
    is_locked: bool
    frames: Frames
    created_by: str | None
    creator: int | None
    is_cut: bool = False


_Stacks = dict[tuple[str, ...], tuple[Frames, str | None, bool]]
"""What was read of a stack so far, by its lines without values: frames, creating function, whether it is whole."""


@dataclass(slots=True)
class _Text:
    """The lines of a goroutine, its header taken apart; `is_closed` when an empty line follows."""

    line: int
    id: int
    bracket: str
    lines: list[str]
    is_closed: bool = False


def read_goroutines(log: str | Path | BinaryIO) -> Iterator[Goroutine]:
    """Every goroutine in a dump, or in a log that holds one, in the order of the file.

    Raises `Refusal` when the log cannot be read, or at its end when no goroutine was in it.
    """
    found = False
    for goroutine in goroutines(text_lines(log)):
        found = True
        yield goroutine
    if not found:
        raise no_dump(log)


def goroutines(lines: Iterable[tuple[int, str]]) -> Iterator[Goroutine]:
    """Every goroutine in numbered, cleaned lines."""
    stacks: _Stacks = {}
    for text in _texts(lines):
        yield _goroutine(text, stacks)


def no_dump(log: str | Path | BinaryIO) -> Refusal:
    """What to say of a file in which there is no goroutine."""
    return Refusal(
        f"{display_name(log)}: holds no goroutine, from its first line to its last",
        "Give the answer of `/debug/pprof/goroutine?debug=2`, or the engine log with the text of a crash.",
    )


def _texts(lines: Iterable[tuple[int, str]]) -> Iterator[_Text]:
    """The lines of each goroutine: pairs of function and place, up to an empty line or one that belongs to no stack."""
    text: _Text | None = None
    previous = ""
    for number, line in lines:
        if line.startswith("goroutine ") and (header := _HEADER.match(line)):
            if text:
                yield text
            text = _Text(number, int(header[1]), header[2], [])
        elif text is None:
            continue
        elif line.startswith("\t") or (line and _goes_on(previous, text.lines)):
            text.lines.append(line)
        else:
            text.is_closed = not line
            yield text
            text = None
        previous = line
    if text:
        yield text


def _goes_on(previous: str, lines: list[str]) -> bool:
    """Whether a function may follow: after the header, a place or `...23 frames elided...`, not after the creator."""
    if not lines:
        return True
    return previous[:1] in ("\t", ".") and not (len(lines) > 1 and lines[-2].startswith(_CREATED))


def _goroutine(text: _Text, stacks: _Stacks) -> Goroutine:
    state, minutes, is_locked = _state(text.bracket)
    key = tuple(map(_without_values, text.lines))
    known = stacks.get(key)
    if known is None:
        known = stacks[key] = _stack(key)
    frames, created_by, is_whole = known
    creator = _creator(text.lines) if created_by else None
    is_cut = not is_whole or (created_by is None and text.id > _MAIN and not text.is_closed)
    return Goroutine(text.line, text.id, state, minutes, is_locked, frames, created_by, creator, is_cut)


@functools.lru_cache(maxsize=4096)
def _state(bracket: str) -> tuple[str, int | None, bool]:
    """State, minutes and `locked to thread` from what stands in the brackets of a header."""
    state, *more = bracket.split(", ")
    minutes = next((int(part.split(" ")[0]) for part in more if re.fullmatch(r"\d+ minutes", part)), None)
    return state, minutes, "locked to thread" in more


def _without_values(line: str) -> str:
    """A line of a stack without arguments, offsets and ids, as it is in every goroutine with this stack."""
    if line.startswith("\t"):
        return line.partition(" +0x")[0]
    if line.startswith(_CREATED):
        return line.partition(_CREATOR)[0]
    return line.rpartition("(")[0] if line.endswith(")") else line


def _creator(lines: list[str]) -> int | None:
    ident = lines[-2].partition(_CREATOR)[2] if len(lines) > 1 else ""
    return int(ident) if ident.isdecimal() else None


def _stack(lines: tuple[str, ...]) -> tuple[Frames, str | None, bool]:
    """The frames, the creating function, and whether the stack is whole."""
    frames, created_by, function = [], None, ""
    for line in lines:
        place = _PLACE.match(line)
        if not place:
            function = line
        elif function.startswith(_CREATED):
            created_by, function = function.removeprefix(_CREATED), ""
        elif function:
            frames.append(Frame(function, place[1], int(place[2])))
            function = ""
    return tuple(frames), created_by, bool(lines) and not _looks_cut(function)


def _looks_cut(function: str) -> bool:
    """Whether a line without a place is the rest of a frame, and not of the log around the dump."""
    return _NAME.fullmatch(function.removeprefix(_CREATED)) is not None
