"""Search one big plain file with all cores: ranges of whole lines, one process each, added up in order."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from faultbook.catalogue.model import Catalogue
from faultbook.diagnose.rules import RuleBooks
from faultbook.diagnose.tally import Tally, tally, total

WORTH_IT = 32 << 20
"""Bytes from which on a file is worth the start of processes."""
_RANGE = 16 << 20
_SEEK = 1 << 16
_NEAR = 1 << 12

Progress = Callable[[int], None]
"""Called with the number of bytes done since the last call."""


def tally_file(path: Path, log: str | None, catalogue: Catalogue, progress: Progress) -> Tally:
    """As `tally`, for a plain file. Processes, not threads: confirming a hit holds Python's lock."""
    from concurrent.futures import ProcessPoolExecutor

    cores = os.cpu_count() or 1
    with ProcessPoolExecutor(cores, initializer=_start, initargs=(catalogue,)) as pool:
        tasks = [(path, log, low, high) for low, high in _ranges(path)]
        return total(_reported(pool.map(_tally_range, tasks), progress))


def _reported(parts: Iterator[Tally], progress: Progress) -> Iterator[Tally]:
    for part in parts:
        progress(part.extent.bytes)
        yield part


def _ranges(path: Path) -> Iterator[tuple[int, int]]:
    """Cut a file at line feeds into ranges (start, end) of about _RANGE bytes."""
    size = path.stat().st_size
    low = 0
    with path.open("rb") as file:
        while low < size:
            high = _after_line_feed(file, low + _RANGE, size)
            yield low, high
            low = high


def _after_line_feed(file: BinaryIO, at: int, size: int) -> int:
    """Offset behind the first line feed at or after `at`, `size` where there is none."""
    file.seek(at)
    while at < size and (chunk := file.read(_SEEK)):
        found = chunk.find(b"\n")
        if found >= 0:
            return at + found + 1
        at += len(chunk)
    return size


class _Part:
    """The bytes of a file from one offset to another, as a stream.

    What is read ends with a line feed where one is near, so that nobody need join halves of a line.
    """

    def __init__(self, path: Path, low: int, high: int) -> None:
        self._file = path.open("rb", buffering=0)
        self._at, self._high = low, high

    def read(self, size: int) -> bytes:
        end = min(self._at + size, self._high)
        if end < self._high:
            self._file.seek(end)
            end += (self._file.read(_NEAR) or b"").find(b"\n") + 1
        self._file.seek(self._at)
        data = self._file.read(end - self._at) or b""
        self._at += len(data)
        if not data:
            self._file.close()
        return data


_books: RuleBooks


def _start(catalogue: Catalogue) -> None:
    """Make the catalogue ready in a new process."""
    global _books
    _books = RuleBooks(catalogue)


def _tally_range(task: tuple[Path, str | None, int, int]) -> Tally:
    path, log, low, high = task
    return tally(_Part(path, low, high), _books.of(log), Tally())
