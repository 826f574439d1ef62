"""The two sides of a merge conflict in a lock file, entry by entry, and the file that takes what is clear.

A conflict is taken apart over the whole file: what stands outside the markers belongs to both sides, so that an entry
that only moved is no difference. With the common ancestor in the file (git's `diff3` style) what only one side changed
is clear, too, and so is what one side deleted.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from faultbook.logs.lockcheck import in_effect
from faultbook.logs.lockrecords import Entry, Fault, Header, Key, Marker, Record, Side

Choice = Literal["ours", "theirs"]
Standing = Literal["same", "only ours", "only theirs", "changed by us", "changed by them", "deleted", "different"]
_ALL: tuple[Side, ...] = ("ours", "base", "theirs")


@dataclass(frozen=True)
class Pair:
    """One lookup as the two sides answer it. `result` is the entry to keep; None for none, or if nothing is clear."""

    standing: Standing
    ours: Entry | None
    theirs: Entry | None
    result: Entry | None

    @property
    def entry(self) -> Entry:
        """The entry of the side that has one."""
        found = self.ours or self.theirs
        assert found is not None  # a pair is made of entries
        return found


@dataclass(frozen=True)
class Merge:
    """Both sides of a file with conflicts. `labels` are git's names for them, `versions` of their headers.

    `obstacles` are what has to be mended by hand before anything can be written.
    """

    labels: Mapping[str, str]
    versions: Mapping[str, str]
    pairs: tuple[Pair, ...]
    obstacles: tuple[Fault, ...]

    @property
    def undecided(self) -> list[Pair]:
        """The lookups that the sides answer differently."""
        return [pair for pair in self.pairs if pair.standing == "different"]

    def text(self, choice: Choice | None = None) -> str | None:
        """The file as the engine would write it; None when something is in the way, or undecided without a `choice`."""
        if self.obstacles or (self.undecided and not choice):
            return None
        kept = [
            pair.result or (getattr(pair, choice) if choice and pair in self.undecided else None) for pair in self.pairs
        ]
        entries = sorted((entry for entry in kept if entry), key=lambda entry: entry.key)
        if not entries:
            return ""
        return "\n".join([f'[["version","{self.versions["ours"]}"]]', *(entry.canonical for entry in entries)])


def merge(records: Iterable[Record]) -> Merge:
    """Take the records of a lock file with conflict markers apart."""
    parts = _Parts()
    for record in records:
        parts.add(record)
    ours, base, theirs = (in_effect(parts.entries[side]) for side in _ALL)
    known = base if parts.has_base else None
    keys = sorted(ours.keys() | theirs.keys())
    pairs = tuple(_pair(ours.get(key), known, theirs.get(key), key) for key in keys)
    return Merge(parts.labels, parts.versions, pairs, tuple(parts.found()))


class _Parts:
    """The sides while the file is read."""

    def __init__(self) -> None:
        self.side: Side = "end"
        self.labels: dict[str, str] = {}
        self.versions: dict[str, str] = {}
        self.entries: dict[Side, list[Entry]] = {side: [] for side in _ALL}
        self.obstacles: list[Fault] = []
        self.has_base = False
        self.opened = 0

    def add(self, record: Record) -> None:
        """Take a record."""
        sides: tuple[Side, ...] = _ALL if self.side == "end" else (self.side,)
        if isinstance(record, Marker):
            self._mark(record)
        elif isinstance(record, Header):
            self.versions |= dict.fromkeys(sides, record.version)
        elif isinstance(record, Entry):
            for side in sides:
                self.entries[side].append(record)
        elif isinstance(record, Fault) and "merge conflict" not in record.what:
            self.obstacles.append(record)

    def found(self) -> Iterator[Fault]:
        """What is in the way of a merge."""
        yield from self.obstacles
        if self.side != "end":
            yield _obstacle(self.opened, "the conflict does not end: a line `>>>>>>>` is missing")
        if self.versions.get("ours") != self.versions.get("theirs") or not self.versions:
            told = " and ".join(self.versions.get(side, "none") for side in ("ours", "theirs"))
            yield _obstacle(self.opened, f"the sides are of different formats ({told})")

    def _mark(self, marker: Marker) -> None:
        expected = {"ours": ("end",), "base": ("ours",), "theirs": ("ours", "base"), "end": ("theirs",)}
        if self.side not in expected[marker.side]:
            self.obstacles.append(_obstacle(marker.line, "a conflict marker that does not fit the one before it"))
        if marker.side == "ours":
            self.opened = marker.line
        self.has_base |= marker.side == "base"
        self.side = marker.side
        name = {"ours": "ours", "end": "theirs", "base": "base"}.get(marker.side)
        if name and marker.label:
            self.labels.setdefault(name, marker.label)


def _obstacle(line: int, what: str) -> Fault:
    remedy = "Take the file of one side, `git checkout --ours -- PATH` or `--theirs`, and run the calls again."
    return Fault(line, what, remedy, "file")


def _pair(ours: Entry | None, base: Mapping[Key, Entry] | None, theirs: Entry | None, key: Key) -> Pair:
    """How the sides stand to one another; without a base, what only one side has was added there."""
    if ours and theirs and _says(ours) == _says(theirs):
        return Pair("same", ours, theirs, ours)
    before = base.get(key) if base is not None else None
    if before and _says(before) == _says(ours):
        return Pair("changed by them" if theirs else "deleted", ours, theirs, theirs)
    if before and _says(before) == _says(theirs):
        return Pair("changed by us" if ours else "deleted", ours, theirs, ours)
    if before or (ours and theirs):
        return Pair("different", ours, theirs, None)
    return Pair("only ours" if ours else "only theirs", ours, theirs, ours or theirs)


def _says(entry: Entry | None) -> str | None:
    return entry.canonical if entry else None
