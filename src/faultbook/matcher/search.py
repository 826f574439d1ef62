"""Search a log for rules: find with a scanner, confirm and extract with RE2."""

import functools
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from faultbook.matcher.line import MAX_LINE, clean, raw_place, strip_escapes
from faultbook.matcher.scanner import Scanner, scanner_for
from faultbook.matcher.source import Block, Extent, Readable, blocks


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
        self._scanner = scanner or scanner_for(rules)

    def hits(self, stream: Readable, extent: Extent | None = None) -> Iterator[Hit]:
        """Every (line, rule) that matches, in the order of lines; `extent` counts what was read on the way."""
        for block in blocks(stream, extent=extent):
            yield from self.hits_in(block)

    def hits_in(self, block: Block) -> Iterator[Hit]:
        """The hits in one block."""
        text = scannable(block.data)
        candidates = self._scanner.candidates(text) if text else []
        places = _places(block, text, [start for start, _ in candidates]) if candidates else ()
        for (_, rule), place in zip(candidates, places, strict=True):
            hit = self._confirmed(rule, *place)
            if hit:
                yield hit

    def _confirmed(self, index: int, number: int, offset: int, raw: bytes) -> Hit | None:
        rule = self._rules[index]
        raw = raw[:MAX_LINE]
        text = clean(raw)
        found = compiled(rule.pattern, rule.ignore_case).search(text)
        if not found:
            return None
        start = found.start()
        # As many characters as bytes: nothing was taken away and nothing takes two bytes.
        characters, before = (start, start) if len(text) == len(raw) else raw_place(raw, start)
        fields = {name: value for name, value in found.groupdict().items() if value is not None}
        return Hit(index, number, characters + 1, offset + before, text, fields)


@functools.lru_cache(maxsize=4096)
def compiled(pattern: str, ignore_case: bool = False) -> Any:
    """The RE2 object of a pattern in the dialect."""
    import re2

    options = re2.Options()
    options.case_sensitive = not ignore_case
    options.log_errors = False
    return re2.compile(pattern, options)


def scannable(data: bytes) -> bytes:
    """A block as scanners want it: valid UTF-8, no escape sequences, no carriage returns at the end of a line.

    The very same object comes back when there is nothing to change; lines keep their order and number.
    """
    plain = data.isascii() or _is_utf8(data)
    if plain and b"\x1b" not in data and b"\r" not in data:
        return data
    lines = data.decode("utf-8", "replace").split("\n")
    return "\n".join(map(strip_escapes, lines)).encode()


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


Place = tuple[int, int, bytes]
"""(1-based line number, byte offset of the line in the log, the raw line)."""


def _places(block: Block, text: bytes, starts: Sequence[int]) -> Iterator[Place]:
    """Where the lines that begin at `starts` (sorted byte offsets in `text`) stand in the log."""
    indexes = _line_indexes(text, starts)
    if text is block.data:
        for index, start in zip(indexes, starts, strict=True):
            end = text.find(b"\n", start)
            yield block.line + index, block.offset + start, text[start : end if end >= 0 else None]
        return
    lines = block.data.split(b"\n")
    offsets = list(itertools.accumulate((len(raw) + 1 for raw in lines), initial=block.offset))
    for index in indexes:
        yield block.line + index, offsets[index], lines[index]


def _line_indexes(text: bytes, starts: Sequence[int]) -> Iterator[int]:
    """0-based numbers, in `text`, of the lines that begin at `starts`."""
    index, at = 0, 0
    for start in starts:
        index += text.count(b"\n", at, start)
        at = start
        yield index
