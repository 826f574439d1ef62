"""What `dagger/disk` gathers: what engine logs say about space in order of time, and who met a full disk."""

import heapq
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from faultbook.logs.disk_free import holding, read_disk_free
from faultbook.logs.engine import Record
from faultbook.logs.progress import Closing, ErrorText, Output, read_progress
from faultbook.logs.progress import Record as Progress
from faultbook.logs.run import Run
from faultbook.logs.space import Disk as DiskLine
from faultbook.logs.space import Full, Look, Prune, PrunedResult, Space, read_space
from faultbook.logs.steps import run_of
from faultbook.playbooks.dagger.engine_lives import Part
from faultbook.playbooks.dagger.joining import join
from faultbook.playbooks.verdict import Line

STATE = "/var/lib/dagger"
"""Where an engine keeps its state unless it was told another place."""

_SYSTEM = "/"
"""The engine watches this folder, too."""

_KEPT = 8
_FULL = re.compile(r"o space left on device")
_UPLOAD = re.compile(r"failed to copy contents: write (\S+): no space left on device")


@dataclass(frozen=True)
class Disk:
    """The disk below the engine's state, in bytes, and which line says so."""

    said_by: str
    size: int
    used: int
    available: int


@dataclass(frozen=True)
class Counted:
    """How much the cache holds by the engine's own count, in bytes; `record` says so."""

    record: Record
    amount: int


@dataclass(frozen=True)
class Met:
    """Somebody met a full disk; `seconds` is on the run's clock, None for what the engine itself says."""

    who: str
    line: Line
    seconds: float | None = None
    time: datetime | None = None


@dataclass
class Log:
    """What one engine log says about space, held as what changed.

    `counted` has no entry twice in a row. `largest` are the results which gave back most, as (bytes, -line, result);
    `listed` is how many results the log names in all.
    """

    path: str
    counted: list[Counted] = field(default_factory=list)
    prunes: list[Prune] = field(default_factory=list)
    largest: list[tuple[int, int, PrunedResult]] = field(default_factory=list)
    listed: int = 0
    disks: list[DiskLine] = field(default_factory=list)
    full: list[Full] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The name of the file."""
        return Path(self.path).name

    @property
    def pruned(self) -> list[PrunedResult]:
        """The results that gave back most, the largest first."""
        return [told for _, _, told in sorted(self.largest, key=lambda one: one[:2], reverse=True)]

    @property
    def records(self) -> Iterator[Record]:
        """Every record that is kept, in no order."""
        yield from (one.record for one in self.counted)
        yield from (one.record for one in self.prunes)
        yield from (one.record for one in self.disks)
        yield from (one.record for one in self.full)

    def add(self, told: Space) -> None:
        """Take what the log says next."""
        if isinstance(told, Look):
            self._count(told.record, told.counted)
        elif isinstance(told, Prune):
            self.prunes.append(told)
            if self.counted:
                self._count(told.record, max(self.counted[-1].amount - told.reclaimed, 0))
        elif isinstance(told, PrunedResult):
            self.listed += 1
            push = heapq.heappush if len(self.largest) < _KEPT else heapq.heappushpop
            push(self.largest, (told.reclaimed, -told.record.line, told))
        elif isinstance(told, DiskLine) and told.folder != _SYSTEM:
            self.disks.append(told)
        elif isinstance(told, Full):
            self.full.append(told)

    def met(self) -> Iterator[Met]:
        """Who met a full disk, as the engine says it."""
        for full in self.full:
            who = "a database of the engine" if full.owner == "database" else "the engine"
            line = self.name, full.record.line, full.record.text
            yield Met(f"{who}: {full.record.message}", line, time=full.record.time)

    def _count(self, record: Record, amount: int) -> None:
        if not self.counted or self.counted[-1].amount != amount:
            self.counted.append(Counted(record, amount))


def read_log(path: str) -> Log:
    """What an engine log says about space. Raises `Refusal` when it cannot be read."""
    log = Log(path)
    for told in read_space(path):
        log.add(told)
    return log


def met_in(path: str | None, parts: Sequence[Part]) -> Iterator[Met]:
    """Who met a full disk in the run of a CLI log, on the clock of the engine's lives.

    Raises `Refusal` when it cannot be read.
    """
    if path is None:
        return
    lines: list[Output | ErrorText | Closing] = []
    run = run_of(_watched(read_progress(path), lines))
    joined, name = join(run, parts), Path(path).name
    own = [line for line in lines if not isinstance(line, Closing)]
    for met in (_met(run, name, line) for line in own or lines):
        yield replace(met, time=joined.time(met.seconds) if met.seconds is not None else None)


def disk_of(logs: Sequence[Log], disk_free: str | None) -> Disk | None:
    """The disk of the engine's state as df tells it, else as the last `engine metrics` does."""
    if disk_free:
        told = holding(list(read_disk_free(disk_free)), STATE)
        name = Path(disk_free).name
        return Disk(f"{name}:{told.line}", told.size, told.used, told.available) if told else None
    last = [(log.name, one) for log in logs for one in log.disks][-1:]
    return next(
        (Disk(f"{name}:{one.record.line}", one.size, one.size - one.free, one.available) for name, one in last), None
    )


def _watched(records: Iterable[Progress], found: list[Output | ErrorText | Closing]) -> Iterator[Progress]:
    """The records as they come; those which speak of a full disk are `found`."""
    for record in records:
        if isinstance(record, Output | ErrorText | Closing) and _FULL.search(record.text):
            found.append(record)
        yield record


def _met(run: Run, name: str, line: Output | ErrorText | Closing) -> Met:
    """Closing lines repeat what a step said; they count where no step does."""
    place = name, line.line, line.text
    if isinstance(line, Closing):
        return Met("the run", place)
    step = run.step(line.idx)
    title = step.title if step else f"step {line.idx}"
    seconds = step.end if step else None
    upload = _UPLOAD.search(line.text)
    if upload:
        return Met(f"the upload of {title} into the engine", place, seconds)
    who = "the command of" if isinstance(line, Output) else "the engine at"
    return Met(f"{who} step {line.idx}: {title}", place, seconds)
