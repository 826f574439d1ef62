"""Find, in a block of many lines, the lines in which some of many patterns may match.

Two engines, one answer: Hyperscan (all patterns at once, at memory speed), and RE2's Set where no Hyperscan
wheel exists. Both look for the `needle` of a pattern in a block that is valid UTF-8 without escape sequences, and
both may name a line too many: the caller confirms each with RE2.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

from faultbook.matcher.needle import needle

Candidate = tuple[int, int]
"""(0-based byte offset in the block of the start of a line, index of a pattern)."""


class Scanner(Protocol):
    """Searches blocks for the patterns it was made with."""

    def candidates(self, block: bytes) -> list[Candidate]:
        """Lines of `block` in which a pattern may match, sorted, each pair once."""


class Pattern(Protocol):
    """What a scanner needs to know of a rule."""

    @property
    def pattern(self) -> str: ...

    @property
    def ignore_case(self) -> bool: ...


def scanner_for(patterns: Sequence[Pattern]) -> Scanner:
    """The fastest scanner this machine has for `patterns`."""
    try:
        return HyperscanScanner(patterns)
    except ModuleNotFoundError:
        return SetScanner(patterns)


def hyperscan_refusal(pattern: Pattern) -> str:
    """Why Hyperscan cannot search for `pattern`; '' if it can, or is not there to be asked."""
    try:
        import hyperscan
    except ModuleNotFoundError:
        return ""
    try:
        _compiled(hyperscan, [pattern])
    except hyperscan.error as error:
        return str(error)
    return ""


class HyperscanScanner:
    """All patterns in one Hyperscan database, compiled once and kept in the user's cache folder."""

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        import hyperscan

        self._database = _database(hyperscan, patterns) if patterns else None
        self._scratch = hyperscan.Scratch(self._database) if patterns else None

    def candidates(self, block: bytes) -> list[Candidate]:
        """See `Scanner.candidates`."""
        ends: set[Candidate] = set()
        if self._database is not None:
            self._database.scan(
                # Hyperscan 5.4 can miss a match which ends, with a character of several bytes, where the data ends.
                block if block.endswith(b"\n") else block + b"\n",
                match_event_handler=lambda pattern, _start, end, _flags, _context: ends.add((end, pattern)),
                scratch=self._scratch,
            )
        return sorted(set(_at_line_starts(block, sorted(ends))))


class SetScanner:
    """RE2's Set: tried on stretches of a block first, then on the lines of the stretches that match."""

    _STRETCH = 4096

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        import re2

        # Line by line, `$` must hold before every line feed of a stretch: hence (?m) in a language where it is allowed.
        options = re2.Options()
        options.max_mem = 256 << 20
        self._set = re2.Set.SearchSet(options)
        for pattern in patterns:
            self._set.Add(f"(?{'mi' if pattern.ignore_case else 'm'}){needle(pattern.pattern)}")
        self._empty = not patterns
        if patterns:
            self._set.Compile()

    def candidates(self, block: bytes) -> list[Candidate]:
        """See `Scanner.candidates`."""
        if self._empty:
            return []
        return sorted(
            (start, pattern)
            for low, high in _stretches(block, self._STRETCH)
            if self._set.Match(block[low:high])
            for start, end in _line_spans(block, low, high)
            for pattern in self._set.Match(block[start:end]) or ()
        )


def _at_line_starts(block: bytes, ends: Iterable[Candidate]) -> Iterator[Candidate]:
    """Each (offset, pattern) of `ends`, which is sorted, with the start of its line; no byte is looked at twice."""
    start, stop = 0, -1
    for end, pattern in ends:
        if end > stop:
            start = block.rfind(b"\n", max(stop, 0), end) + 1
            stop = block.find(b"\n", end)
            stop = len(block) if stop < 0 else stop
        yield start, pattern


def _stretches(block: bytes, size: int) -> Iterator[tuple[int, int]]:
    """Cut a block into stretches of whole lines of about `size` bytes."""
    low = 0
    while low < len(block):
        high = block.find(b"\n", low + size) + 1 or len(block)
        yield low, high
        low = high


def _line_spans(block: bytes, low: int, high: int) -> Iterator[tuple[int, int]]:
    """(start, end) of the lines between two offsets, without their line feeds."""
    while low < high:
        end = block.find(b"\n", low, high)
        end = high if end < 0 else end
        yield low, end
        low = end + 1


def _database(hyperscan: Any, patterns: Sequence[Pattern]) -> Any:
    """The compiled database of `patterns`, from the cache folder if it is there."""
    from faultbook.cache import cached_bytes

    written = (f"{pattern.ignore_case:d}{pattern.pattern}" for pattern in patterns)
    key = "\n".join([hyperscan.__version__, _cpu(), *_program(), *written])
    digest = hashlib.sha256(key.encode()).hexdigest()
    data = cached_bytes(f"hyperscan/{digest[:32]}", lambda: hyperscan.dumpb(_compiled(hyperscan, patterns)))
    return hyperscan.loadb(data, hyperscan.HS_MODE_BLOCK)


def _compiled(hyperscan: Any, patterns: Sequence[Pattern]) -> Any:
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    expressions = _expressions(hyperscan, patterns)
    database.compile(
        expressions=[expression.encode() for expression, _ in expressions],
        ids=list(range(len(expressions))),
        flags=[flags for _, flags in expressions],
    )
    return database


def _expressions(hyperscan: Any, patterns: Sequence[Pattern]) -> list[tuple[str, int]]:
    """What Hyperscan compiles: (expression, flags). Without UCP, so that \\W takes in what is not ASCII, as in RE2."""
    flags = hyperscan.HS_FLAG_MULTILINE | hyperscan.HS_FLAG_UTF8
    return [(needle(rule.pattern), flags | hyperscan.HS_FLAG_CASELESS * rule.ignore_case) for rule in patterns]


def _program() -> Iterator[str]:
    """What else a compiled database depends on: how patterns become expressions (by size and time of change)."""
    for module in ("dialect.py", "needle.py"):
        status = Path(__file__).with_name(module).stat()
        yield f"{status.st_size} {status.st_mtime_ns}"


def _cpu() -> str:
    """What a compiled database depends on besides its patterns: it may use the instructions of this processor."""
    import platform

    try:
        with Path("/proc/cpuinfo").open() as info:
            return next((line for line in info if line.startswith("flags")), "")
    except OSError:
        return platform.machine()
