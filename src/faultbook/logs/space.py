"""What a Dagger engine log says about space: how much the cache holds, what was pruned, how full the disk is.

    time=2026-11-21T05:01:50.149Z level=DEBUG msg="dagql prune skip policy: no reclaim target" policyIndex=0 usedBytes=0
    time=2026-11-21T05:01:51.700Z level=INFO msg="dagql pruned result" call=Container.withExec reclaimedBytes=0
    time=2026-11-21T05:01:51.700Z level=DEBUG msg="dagql prune applied plan" appliedReclaimedBytes=4071424 ...
    time="2026-11-21T05:02:50Z" level=info msg="engine metrics" disk-available-/var/lib/dagger=76327575552 ...

Source: dagql/cache_prune.go, engine/server/gc.go and cmd/engine/debug.go of dagger v0.21.8 and v1.0.0-beta.11.

What misleads: `usedBytes` is the sum of what was measured of kept results. It is no measure of the disk: what a failed
step wrote, the databases and everything outside of the engine are not in it. The disk itself is only in `engine
metrics`, once a minute. An engine that finds nothing to do says so for each policy, so most looks are three lines.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

from faultbook.logs.engine import Record, read_engine

Owner = Literal["database", "files"]

EVERYTHING = 2**63 - 1
"""The target of a prune that was asked for all it can get: the largest number of Go's int64."""

_FULL = re.compile(r"o space left on device|database or disk is full \(13\)")
_AVAILABLE = "disk-available-"


@dataclass(frozen=True, slots=True)
class Look:
    """The engine looked at its cache and found nothing to prune by this policy (0-based); `counted` is in bytes."""

    record: Record
    policy: int
    counted: int


@dataclass(frozen=True, slots=True)
class PrunedResult:
    """A result that was given up. `measured` is its own size, `reclaimed` what became free with it, both in bytes."""

    record: Record
    call: str
    args: str
    measured: int
    reclaimed: int


@dataclass(frozen=True, slots=True)
class Prune:
    """A prune that gave up results. `target` is how much it was to free, `reclaimed` how much it did, in bytes."""

    record: Record
    policy: int
    results: int
    reclaimed: int
    target: int

    @property
    def is_of_everything(self) -> bool:
        """Whether somebody asked for it without a limit; the engine by itself always has one."""
        return self.target >= EVERYTHING


@dataclass(frozen=True, slots=True)
class Collected:
    """The image store removed what nothing refers to any more, after a prune."""

    record: Record


@dataclass(frozen=True, slots=True)
class Disk:
    """The disk below a folder, in bytes; `available` is what the engine may still use, `free` includes reserves."""

    record: Record
    folder: str
    size: int
    free: int
    available: int


@dataclass(frozen=True, slots=True)
class Full:
    """An error for want of space: of one of the engine's own databases, or of files."""

    record: Record
    owner: Owner


Space = Look | PrunedResult | Prune | Collected | Disk | Full


def read_space(log: str | Path | BinaryIO) -> Iterator[Space]:
    """Everything an engine log says about space, in its order.

    Never raises on what the log contains; raises `Refusal` when it cannot be read at all.
    """
    for record in read_engine(log):
        told = _TOLD.get(record.message) if record.level else None
        if told:
            yield from told(record)
        elif _FULL.search(record.text):
            yield from _full(record)


def _look(record: Record) -> Iterator[Space]:
    fields = record.fields
    yield Look(record, _number(fields, "policyIndex"), _number(fields, "usedBytes"))


def _pruned_result(record: Record) -> Iterator[Space]:
    fields = record.fields
    sizes = _number(fields, "measuredSizeBytes"), _number(fields, "reclaimedBytes")
    yield PrunedResult(record, fields.get("call", ""), fields.get("args", ""), *sizes)


def _prune(record: Record) -> Iterator[Space]:
    names = ("policyIndex", "appliedCandidates", "appliedReclaimedBytes", "policyTargetBytes")
    fields = record.fields
    policy, results, reclaimed, target = (_number(fields, name) for name in names)
    yield Prune(record, policy, results, reclaimed, target)


def _collected(record: Record) -> Iterator[Space]:
    yield Collected(record)


def _disks(record: Record) -> Iterator[Space]:
    """One for each folder that the engine watches."""
    fields = record.fields
    for name in fields:
        if name.startswith(_AVAILABLE):
            folder = name.removeprefix(_AVAILABLE)
            sizes = (_number(fields, f"disk-{what}-{folder}") for what in ("size", "free", "available"))
            yield Disk(record, folder, *sizes)


def _full(record: Record) -> Iterator[Space]:
    """Nothing where only the words of a command say it: they stand in its arguments, not in an error."""
    fields = record.fields
    found = _FULL.search(fields.get("error") or fields.get("err") or record.message)
    if found:
        yield Full(record, "database" if found[0].startswith("database") else "files")


def _number(fields: dict[str, str], name: str) -> int:
    value = fields.get(name, "")
    return int(value) if value.isascii() and value.isdecimal() else 0


_TOLD: dict[str, Callable[[Record], Iterator[Space]]] = {
    "dagql prune skip policy: no reclaim target": _look,
    "dagql pruned result": _pruned_result,
    "dagql prune applied plan": _prune,
    "containerd garbage collect after dagql prune": _collected,
    "engine metrics": _disks,
}
