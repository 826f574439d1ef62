"""The most frequent error-like lines, in bounded memory.

Lines that differ only in numbers and ids are one. The counting is the frequent-items summary of Misra and Gries
(1982) with the decrement done in batches, which can be merged (Agarwal et al., "Mergeable Summaries", 2012): with
capacity k every line that makes up more than 1/k of all is kept, and a count may be too small by `lost`, never too big.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_CAPACITY = 2000
_VARIABLE = re.compile(r"(?a)\b[A-Za-z_]*+[0-9][A-Za-z0-9_]*")  # possessive: each word is read once
_SHAPE_LENGTH = 300


@dataclass
class Counted:
    """A line's first occurrence (1-based `line`, its `text`) and how often its like was seen."""

    line: int
    text: str
    count: int


class Frequent:
    """Counts error-like lines by their shape."""

    def __init__(self, capacity: int = _CAPACITY) -> None:
        self._capacity = capacity
        self._counts: dict[str, Counted] = {}
        self.lost = 0

    def add(self, line: int, text: str) -> None:
        """Count one line."""
        self._count(shape(text), Counted(line, text, 1))

    def again(self, text: str) -> bool:
        """Count one line like one that was counted before; False if none is known."""
        known = self._counts.get(shape(text))
        if known is None:
            return False
        known.count += 1
        return True

    def merge(self, later: "Frequent", lines_before: int) -> None:
        """Add the counts of the part of the log that begins after `lines_before` lines."""
        self.lost += later.lost
        for key, counted in later._counts.items():
            self._count(key, Counted(counted.line + lines_before, counted.text, counted.count))

    def most(self, number: int) -> Iterator[Counted]:
        """The most frequent ones, then in the order of the log."""
        ranked = sorted(self._counts.values(), key=lambda counted: (-counted.count, counted.line))
        yield from ranked[:number]

    def _count(self, key: str, counted: Counted) -> None:
        known = self._counts.get(key)
        if known:
            known.count += counted.count
        else:
            self._counts[key] = counted
            if len(self._counts) > 2 * self._capacity:
                self._forget_the_rare()

    def _forget_the_rare(self) -> None:
        threshold = sorted(counted.count for counted in self._counts.values())[self._capacity]
        self.lost += threshold
        for key, counted in list(self._counts.items()):
            counted.count -= threshold
            if counted.count <= 0:
                del self._counts[key]


def shape(text: str) -> str:
    """A line without what varies: numbers, and words with digits in them (ids, times, addresses)."""
    return _VARIABLE.sub("#", text[:_SHAPE_LENGTH])
