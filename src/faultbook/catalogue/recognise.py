"""Tell by its first bytes or its first lines which log a file is."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

from faultbook.catalogue.model import Log
from faultbook.matcher.line import clean
from faultbook.matcher.search import compiled
from faultbook.matcher.source import is_binary, opened

FIRST_LINES = 200


class Recogniser:
    """Knows the marks of every log: the log most of whose marks stand on the first lines is the one.

    Each line counts once for a log, however many of the log's marks it bears. Two logs with the same count are
    decided by the order of their ids, so that the answer never depends on the order of files. A log that is no text
    is told by its first bytes, after decompression.
    """

    def __init__(self, logs: Iterable[Log]) -> None:
        # All marks of a log as one expression: a line bears one of them or none, which is all that counts.
        ordered = sorted(logs, key=lambda log: log.id)
        self._marks = {log.id: marks for log in ordered if (marks := _marks_of(log))}
        self._magic = {bytes.fromhex(magic): log.id for log in ordered for magic in log.magic}

    def log_of(self, log: str | Path | BinaryIO) -> str | None:
        """The id of the log a file is, None where no mark is found. Raises `Refusal` if it cannot be read."""
        with opened(log, binary_too=True) as stream:
            return self.log_of_head(stream.head)

    def log_of_head(self, head: bytes) -> str | None:
        """The id of the log which begins with `head` (at most the first HEAD bytes are needed)."""
        for magic, ident in self._magic.items():
            if head.startswith(magic):
                return ident
        if is_binary(head):
            return None
        counts = dict.fromkeys(self._marks, 0)
        for line in first_lines(head):
            text = line.encode()
            for ident, marks in self._marks.items():
                counts[ident] += marks.search(text) is not None
        best = max(counts, key=lambda ident: counts[ident], default=None)
        return best if best and counts[best] else None


def _marks_of(log: Log) -> Any:
    """The marks of a log as one expression, None for none. One that RE2 refuses marks nothing; a check reports it."""
    import re2

    good = []
    for mark in log.recognised_by:
        with suppress(re2.error):
            compiled(mark)
            good.append(f"(?:{mark})")
    return compiled("|".join(good)) if good else None


def first_lines(head: bytes) -> Iterator[str]:
    """The cleaned lines a log is recognised by."""
    for raw in head.split(b"\n", FIRST_LINES)[:FIRST_LINES]:
        yield clean(raw)
