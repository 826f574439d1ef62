"""Search a log for rules: find with a scanner, confirm and extract with RE2."""

import functools
import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from faultbook.matcher.line import ESCAPES, MAX_LINE, clean, raw_place
from faultbook.matcher.needle import is_exact
from faultbook.matcher.scanner import Scanner, scanner_for
from faultbook.matcher.source import Block, Extent, Readable, blocks

_ESCAPES = re.compile(ESCAPES.encode())


@dataclass(frozen=True)
class Rule:
    """A pattern in the dialect of signatures, searched for in cleaned lines."""

    pattern: str
    ignore_case: bool = False


@dataclass(frozen=True)
class Hit:
    """A rule found in a line.

    `rule` is the rule's index; `line` is 1-based; `column` is 1-based in characters and `offset` 0-based in bytes,
    both of the log as it is; `text` is the cleaned line; `fields` are the named groups that took part.
    """

    rule: int
    line: int
    column: int
    offset: int
    text: str
    fields: dict[str, str] = field(default_factory=dict)


class Searcher:
    """Rules made ready; reused for every log they are tried on."""

    def __init__(self, rules: Sequence[Rule], scanner: Scanner | None = None) -> None:
        self._rules = rules
        self._given = scanner

    def hits(self, stream: Readable, extent: Extent | None = None) -> Iterator[Hit]:
        """Every (line, rule) that matches, in the order of lines; `extent` counts what was read on the way."""
        for block in blocks(stream, extent=extent):
            for line in self.suspects(block):
                yield from filter(None, map(line.hit, line.rules))

    def suspects(self, block: Block) -> Iterator["Suspect"]:
        """The lines of a block in which rules may match, in order."""
        text = _searchable(block.data)
        rules: dict[int, list[int]] = {}
        for start, rule in self._scanner.candidates(text) if text else ():
            rules.setdefault(start, []).append(rule)
        lines = _Lines(block, text, self._rules)
        for start in rules:
            yield Suspect(lines, start, rules[start])

    @functools.cached_property
    def _scanner(self) -> Scanner:
        """Made when it is first needed: a big file is searched by other processes."""
        return self._given or scanner_for(self._rules)


class Suspect:
    """A line in which some rules may match: their indexes are `rules`, the cleaned line is `text`."""

    __slots__ = ("_lines", "_raw", "_start", "rules", "text")

    def __init__(self, lines: "_Lines", start: int, rules: list[int]) -> None:
        self._lines, self._start, self.rules = lines, start, rules
        self._raw = lines.raw(start)[:MAX_LINE]
        self.text = clean(self._raw)

    @property
    def number(self) -> int:
        """The 1-based number of the line in the log."""
        return self._lines.number(self._start)

    def matches(self, rule: int) -> bool:
        """Whether a rule matches: far less work than `hit`."""
        sought = self._lines.rules[rule]
        scan_is_enough, search = _quick(sought.pattern, sought.ignore_case)
        if scan_is_enough and len(self.text) == len(self._raw) < MAX_LINE:
            return True  # the scanner has seen the very same text
        return search(self.text.encode()) is not None

    def hit(self, rule: int) -> Hit | None:
        """Where a rule matches, if it does."""
        sought = self._lines.rules[rule]
        found = compiled(sought.pattern, sought.ignore_case).search(self.text)
        if not found:
            return None
        raw, start = self._raw, found.start()
        # As many characters as bytes: nothing was taken away and nothing takes two bytes.
        characters, before = (start, start) if len(self.text) == len(raw) else raw_place(raw, start)
        fields = {name: value for name, value in found.groupdict().items() if value is not None}
        offset = self._lines.offset(self._start) + before
        return Hit(rule, self.number, characters + 1, offset, self.text, fields)


@functools.lru_cache(maxsize=4096)
def compiled(pattern: str, ignore_case: bool = False) -> Any:
    """The RE2 object of a pattern in the dialect, for text."""
    return _compiled(pattern, ignore_case)


@functools.lru_cache(maxsize=4096)
def _quick(pattern: str, ignore_case: bool) -> tuple[bool, Callable[[bytes], object]]:
    """Whether scanners find no line too many for a pattern, and a search for it in UTF-8, the fastest there is."""
    return is_exact(pattern) and not ignore_case, _compiled(pattern.encode(), ignore_case).search


def _compiled(pattern: str | bytes, ignore_case: bool) -> Any:
    import re2

    options = re2.Options()
    options.case_sensitive = not ignore_case
    options.log_errors = False
    return re2.compile(pattern, options)


def scannable(data: bytes) -> bytes:
    """A block of cleaned lines but for prefixes: valid UTF-8, no escape sequences, no carriage returns at line ends.

    The very same object comes back when there is nothing to change; lines keep their order and number.
    """
    text = _searchable(data)
    return b"\n".join([line.rstrip(b"\r") for line in text.split(b"\n")]) if b"\r" in text else text


def _searchable(data: bytes) -> bytes:
    """A block as scanners want it: as `scannable`, but with carriage returns, for which needles allow."""
    if not data.isascii() and not _is_utf8(data):
        data = data.decode("utf-8", "replace").encode()
    return _ESCAPES.sub(b"", data) if b"\x1b" in data else data


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


class _Lines:
    """The lines of a block, found by where they begin in its searchable text (byte offsets)."""

    def __init__(self, block: Block, text: bytes, rules: Sequence[Rule]) -> None:
        self._block, self._text, self.rules = block, text, rules
        self._start = self._index = 0  # of the line asked for last

    def raw(self, start: int) -> bytes:
        """The line as it is in the log."""
        if self._text is not self._block.data:
            return self._raw[self._find(start)]
        end = self._text.find(b"\n", start)
        return self._text[start : end if end >= 0 else None]

    def number(self, start: int) -> int:
        """The 1-based number of the line in the log."""
        return self._block.line + self._find(start)

    def offset(self, start: int) -> int:
        """The byte offset of the line in the log."""
        return self._block.offset + (start if self._text is self._block.data else self._offsets[self._find(start)])

    @functools.cached_property
    def _raw(self) -> list[bytes]:
        return self._block.data.split(b"\n")

    @functools.cached_property
    def _offsets(self) -> list[int]:
        return list(itertools.accumulate((len(raw) + 1 for raw in self._raw), initial=0))

    def _find(self, start: int) -> int:
        """The 0-based number of the line in the block; cheap when lines are asked for in their order."""
        if start < self._start:
            self._start = self._index = 0
        self._index += self._text.count(b"\n", self._start, start)
        self._start = start
        return self._index
