r"""System calls on files, as `strace -f -o FILE -e trace=openat,write,rename` of the Dagger CLI writes them.

    10923 openat(AT_FDCWD, "/src/shop/.dagger/lock", O_RDONLY|O_CLOEXEC) = 11
    10899 write(11, "[[\"version\",\"1\"]]\n[\"\",\"container.from\"..., 316) = 316

Source of the format: strace(1) 6.x. In front of a call may stand the process (`10923 ` or `[pid 10923] `) and a time;
a call that another one interrupts stands on two lines, `<unfinished ...>` and `<... openat resumed>`. Texts are cut at
the length given with `-s`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from faultbook.logs.reading import text_lines

_HEAD = r"(?:\[pid +(\d+)\] |(\d+) +)?(?:(?:\d\d:\d\d:\d\d|\d+)(?:\.\d+)? )?"
_CALL = re.compile(_HEAD + r"([a-z]\w*)\((.*)")
_RESUMED = re.compile(_HEAD + r"<\.\.\. (\w+) resumed>(.*)")
_RESULT = re.compile(r"\) += (-?\d+|\?)(?: .*)?$")
_TEXT = re.compile(r'"((?:[^"\\]|\\.)*)"')
_UNFINISHED = " <unfinished ...>"
_OPENING = ("open", "openat", "openat2", "creat")
_MOVING = ("rename", "renameat", "renameat2", "link", "linkat")


@dataclass(frozen=True, slots=True)
class Call:
    """A call. `line` is the 1-based line on which it begins; `texts` are its text arguments, escapes as they are.

    `result` is None where the log does not show one.
    """

    line: int
    text: str
    pid: int | None
    name: str
    texts: tuple[str, ...]
    arguments: str
    result: int | None

    @property
    def opens(self) -> str | None:
        """What it opens the file `path` for, if it opens one and succeeds: `read` or `write`."""
        if self.name not in _OPENING or (self.result or 0) < 0:
            return None
        writing = "O_WRONLY" in self.arguments or "O_RDWR" in self.arguments or self.name == "creat"
        return "write" if writing else "read"

    @property
    def puts(self) -> str | None:
        """The path that a file gets by it: the target of a rename that succeeds."""
        return self.texts[-1] if self.name in _MOVING and self.result == 0 and self.texts else None

    @property
    def path(self) -> str:
        """The first path among its arguments, "" for none."""
        return self.texts[0] if self.texts else ""


def read_syscalls(log: str | Path | BinaryIO) -> Iterator[Call]:
    """Every call of a trace, in the order in which they begin, those without an end at last.

    Never raises on what the log contains; raises `Refusal` when it cannot be read at all.
    """
    waiting: dict[int | None, tuple[int, str]] = {}
    for number, text in text_lines(log):
        resumed = _RESUMED.match(text)
        if resumed and (begun := waiting.pop(_pid(resumed), None)):
            yield from _call(begun[0], begun[1] + resumed[4])
        elif text.endswith(_UNFINISHED) and (found := _CALL.match(text)):
            waiting[_pid(found)] = number, text.removesuffix(_UNFINISHED)
        else:
            yield from _call(number, text)
    for number, text in waiting.values():
        yield from _call(number, text)


def _call(number: int, text: str) -> Iterator[Call]:
    found = _CALL.match(text)
    if found:
        arguments = found[4]
        ended = _RESULT.search(arguments)
        result = int(ended[1]) if ended and ended[1] != "?" else None
        inside = arguments[: ended.start()] if ended else arguments
        yield Call(number, text, _pid(found), found[3], tuple(_TEXT.findall(inside)), inside, result)


def _pid(found: re.Match[str]) -> int | None:
    told = found[1] or found[2]
    return int(told) if told else None
