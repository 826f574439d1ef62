"""`$NAME` in a configuration, replaced as the agent does it: by Go's os.ExpandEnv, before the YAML is read.

Source: LoadConfig in internal/config/config.go and ExpandEnvVars in pkg/utils/env.go of praxis-go-sdk; os.Expand in
src/os/env.go of Go. What surprises people there:

- comments and quoted strings are no exception, and there is no way to write a `$` before a name;
- `$1`, `$@`, `$?`, `$$` and the like are names as well, and never set;
- `${NAME:-default}` is a name with a strange spelling: it is never set, and the default is lost;
- `${` without an end loses its two characters; `$(` and a `$` at the end of a word stay.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

SPECIAL = frozenset("*#$@!?-0123456789")
_WORD = frozenset("_0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")


@dataclass(frozen=True)
class Reference:
    """A `$NAME` in a text: what was written, on which 1-based line, at which offset (0-based, in characters).

    `name` is what the environment is asked for; None for `${}` and `${` without an end, which are just taken out.
    """

    written: str
    name: str | None
    line: int
    offset: int

    @property
    def is_word(self) -> bool:
        """Whether the name is one that an environment can hold by ordinary means."""
        return self.name is not None and set(self.name) <= _WORD and self.name[:1] not in SPECIAL


@dataclass(frozen=True)
class Expanded:
    """A text after the replacement, with its references; `line_of` finds the way back."""

    text: str
    references: tuple[Reference, ...]
    _pieces: tuple[tuple[int, int, bool], ...]  # where it begins, its line in the text as it was, is it a value

    def line_of(self, offset: int) -> int:
        """The 1-based line of the text as it was, for a 0-based offset (in characters) of the text as it is now."""
        start, line, is_value = self._pieces[max(bisect_right(self._starts, offset) - 1, 0)]
        return line if is_value else line + self.text.count("\n", start, offset)

    @cached_property
    def _starts(self) -> list[int]:
        return [piece[0] for piece in self._pieces]


def expanded(text: str, environment: Mapping[str, str]) -> Expanded:
    """`text` as the agent sees it in this environment. A name that is not set is replaced by nothing."""
    found = tuple(references(text))
    parts, pieces, kept, size = [], [(0, 1, False)], 0, 0
    for reference in found:
        before = text[kept : reference.offset]
        value = environment.get(reference.name, "") if reference.name else ""
        parts += [before, value]
        kept = reference.offset + len(reference.written)
        pieces.append((size + len(before), reference.line, True))
        size += len(before) + len(value)
        pieces.append((size, reference.line + reference.written.count("\n"), False))
    return Expanded("".join([*parts, text[kept:]]), found, tuple(pieces))


def as_written(text: str) -> Expanded:
    """`text` with nothing replaced."""
    return Expanded(text, (), ((0, 1, False),))


def references(text: str) -> Iterator[Reference]:
    """Every `$NAME` in a text, as Go's os.Expand finds them."""
    at, line, counted = text.find("$"), 1, 0
    while 0 <= at < len(text) - 1:
        name, width = _name(text, at + 1)
        line, counted = line + text.count("\n", counted, at), at
        if width:
            yield Reference(text[at : at + 1 + width], name, line, at)
        at = text.find("$", at + 1 + width)


def _name(text: str, at: int) -> tuple[str | None, int]:
    """The name that begins at `at` and how many characters it takes with its braces; (None, 0) where there is none."""
    if text[at] == "{":
        end = text.find("}", at)
        if end < 0:
            return None, 1
        return (text[at + 1 : end] or None), end + 1 - at
    if text[at] in SPECIAL:
        return text[at], 1
    end = at
    while end < len(text) and text[end] in _WORD:
        end += 1
    return (text[at:end], end - at) if end > at else (None, 0)
