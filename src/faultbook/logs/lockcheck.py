"""A whole lock file checked: every fault with its line, what is harmless, and which engine refuses it why."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from faultbook.logs.lockrecords import (
    FORMATS,
    NEW,
    OLD,
    Blank,
    Entry,
    Fault,
    Header,
    Key,
    Marker,
    Record,
)
from faultbook.logs.lockvalues import as_git_ref, fault_of, wide_key

_HARMLESS = "Nothing to do: it is read all the same, and the next write takes it away."


@dataclass(frozen=True)
class Checked:
    """A lock file. `versions` are those of its headers: one, or one for each side of a conflict above them.

    `faults` are what somebody must mend, `remarks` what an engine reads all the same; both in the order of lines.
    """

    versions: tuple[str, ...]
    entries: tuple[Entry, ...]
    markers: tuple[Marker, ...]
    faults: tuple[Fault, ...]
    remarks: tuple[Fault, ...]

    def refusal(self, engine: str) -> Fault | None:
        """Why an engine refuses the whole file, None when it reads it: the first fault it meets.

        It reads line after line; values, and two entries on one key, it looks at when it has all of them.
        """
        found = [fault for fault in self.faults if fault.stops == "file" and engine in fault.by]
        if engine == OLD:
            found += [_too_new(version) for version in self.versions[:1] if version in FORMATS and version != "1"]
        found.sort(key=lambda fault: (not fault.message.startswith("lockfile line "), fault.line))
        return found[0] if found else None


def check(records: Iterable[Record]) -> Checked:
    """Check what `read_lockfile` read."""
    kept = list(records)
    versions = tuple(record.version for record in kept if isinstance(record, Header))
    entries = tuple(record for record in kept if isinstance(record, Entry))
    markers = tuple(record for record in kept if isinstance(record, Marker))
    faults = [record for record in kept if isinstance(record, Fault)]
    faults += [fault for entry in entries if (fault := fault_of(entry, versions[0] if versions else None))]
    if not markers:
        faults += [*_contradictions(entries), *_clashes(entries)]
    faults.sort(key=lambda fault: fault.line)
    return Checked(versions, entries, markers, tuple(faults), tuple(_remarks(kept, entries)))


def in_effect(entries: Iterable[Entry]) -> dict[Key, Entry]:
    """The entries that count: of two with the same key, the last."""
    return {entry.key: entry for entry in entries}


def _contradictions(entries: Sequence[Entry]) -> Iterator[Fault]:
    """Earlier entries that say something else than the last one with the same key; no engine minds."""
    last = in_effect(entries)
    for entry in entries:
        counts = last[entry.key]
        if (entry.value, entry.policy) != (counts.value, counts.policy):
            what = f"the entry has no effect: line {counts.line} answers the same lookup with {counts.pin}"
            yield Fault(entry.line, what, "Delete the wrong one of the two; the last counts.", "nothing")


def _clashes(entries: Sequence[Entry]) -> Iterator[Fault]:
    """Git entries that v1 keeps under one key although they hold different commits."""
    kept: dict[Key, Entry] = {}
    for entry in in_effect(entries).values():
        other = kept.setdefault(wide_key(entry), entry)
        if other.key != entry.key and other.pin != entry.pin:
            lookup = f"git.ref [{' '.join(as_git_ref(entry) or [])}]"
            what = f"it contradicts line {other.line}: for v1 both are {lookup}"
            remedy = "Delete the one that is out of date."
            yield Fault(entry.line, what, remedy, "file", f"conflicting lock entries for {lookup}", (NEW,))


def _remarks(records: Sequence[Record], entries: Sequence[Entry]) -> Iterator[Fault]:
    """One remark for each kind of form that the engine does not write, at its first line."""
    blank = [record.line for record in records if isinstance(record, Blank)]
    odd = [entry.line for entry in entries if entry.text != entry.canonical]
    unsorted = [after.line for before, after in pairwise(entries) if after.key < before.key]
    kinds = {
        "blank lines": blank,
        "spaces or line ends that no engine writes": odd,
        "entries out of order": unsorted,
        "entries that stand there already": list(_repeated(entries)),
    }
    for kind, found in kinds.items():
        if found:
            count = "1 line" if len(found) == 1 else f"{len(found)} lines"
            yield Fault(found[0], f"{kind} ({count})", _HARMLESS, "nothing")


def _repeated(entries: Iterable[Entry]) -> Iterator[int]:
    """The lines that say what an earlier line says."""
    seen: set[str] = set()
    for entry in entries:
        if entry.canonical in seen:
            yield entry.line
        seen.add(entry.canonical)


def _too_new(version: str) -> Fault:
    message = f'lockfile line 1: unsupported lockfile version "{version}"'
    return Fault(1, f"v0.21.8 does not read format {version}", "v1 wrote it; use v1.", "file", message, (OLD,))
