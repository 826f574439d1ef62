"""A scrape of the Dagger engine's metrics address, and which scrapes belong to one life of an engine.

    # HELP dagger_dagql_cache_entries Number of entries in the dagql cache
    # TYPE dagger_dagql_cache_entries gauge
    dagger_dagql_cache_entries 4408

Source: cmd/engine/metrics.go of dagger v0.21.8 and v1.0.0-beta.11, and the Go and process collectors of Prometheus'
Go client. The format is Prometheus' text exposition format 0.0.4.

A scrape has no time of its own and no name of its engine. What tells is inside: the start time of the process, and
counters that never fall within one process. Names of files are no help: `metrics.after.txt` sorts before
`metrics.before.txt`.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from faultbook.logs.reading import text_lines
from faultbook.problems import Refusal

ENTRIES = "dagger_dagql_cache_entries"
CLIENTS = "dagger_connected_clients"
STARTED = "process_start_time_seconds"
COUNTER = "go_memstats_mallocs_total"
CPU = "process_cpu_seconds_total"
HEAP = "go_memstats_heap_inuse_bytes"
GOROUTINES = "go_goroutines"
ALLOCATED = "go_memstats_heap_alloc_bytes"
RELEASED = "go_memstats_heap_released_bytes"
RUNTIME = "go_memstats_sys_bytes"
LAST_GC = "go_memstats_last_gc_time_seconds"
RESIDENT = "process_resident_memory_bytes"
_OWN = "dagger_"
_KEPT = {STARTED, COUNTER, CPU, HEAP, GOROUTINES, ALLOCATED, RELEASED, RUNTIME, LAST_GC, RESIDENT}
_SAME_START = 2.0
"""Seconds between two start times of one process: it is counted from the boot time, which moves with the clock."""
_REMEDY = "Take it from the engine: curl -s http://127.0.0.1:9090/metrics"


@dataclass(frozen=True, slots=True)
class Scrape:
    """One scrape: `values` by name, of all `dagger_*` metrics and of those of the process this module names.

    A metric that is missing or has no number (`NaN`) is not in `values`.
    """

    name: str
    values: Mapping[str, float]

    @property
    def entries(self) -> int | None:
        """Entries of the dagql cache."""
        return self._whole(ENTRIES)

    @property
    def clients(self) -> int | None:
        """Sessions the engine holds, those being torn down included."""
        return self._whole(CLIENTS)

    @property
    def started(self) -> float | None:
        """When the process started, in seconds since 1970."""
        return self.values.get(STARTED)

    @property
    def is_idle(self) -> bool:
        """Whether it tells how many entries there are while nobody is connected."""
        return self.clients == 0 and self.entries is not None

    def _whole(self, name: str) -> int | None:
        value = self.values.get(name)
        return None if value is None else int(value)


def read_scrape(log: str | Path | BinaryIO) -> Scrape:
    """A scrape, read line by line.

    Raises `Refusal` for a page that is no scrape, a damaged line, a scrape of another program or of several engines,
    and as `text_lines` does.
    """
    name = Path(log).name if isinstance(log, str | Path) else "the scrape"
    values: dict[str, float] = {}
    for sample, value in _samples(log, name):
        if sample in values:
            raise Refusal(f"{name}: {sample} stands in it more than once: it holds several programs", _REMEDY)
        values[sample] = value
    if not any(sample.startswith(_OWN) for sample in values):
        raise Refusal(f"{name}: no metric of a Dagger engine (dagger_*) is in it", _REMEDY)
    return Scrape(name, {sample: value for sample, value in values.items() if math.isfinite(value)})


def _samples(log: str | Path | BinaryIO, name: str) -> Iterator[tuple[str, float]]:
    """Name and value of the metrics that are kept, as prometheus_client's parser finds them."""
    from prometheus_client.parser import text_fd_to_metric_families

    lines = _Lines(log, name)
    try:
        for family in text_fd_to_metric_families(lines):  # type: ignore[arg-type]  # it iterates over it, no more
            for sample in family.samples:
                if sample.name.startswith(_OWN) or sample.name in _KEPT:
                    yield sample.name, float(sample.value)
    except ValueError as error:
        raise Refusal(f"{name}:{lines.number}: this is no line of a scrape: {error}", _REMEDY) from None


@dataclass
class _Lines:
    """The lines of a file for the parser; `number` is that of the last one it took, 1-based."""

    log: str | Path | BinaryIO
    name: str
    number: int = 0

    def __iter__(self) -> Iterator[str]:
        for number, text in text_lines(self.log):
            self.number = number
            if text.lstrip().startswith("<"):
                raise Refusal(f"{self.name}:{number}: this is an HTML page and no scrape", _REMEDY)
            yield text


def engine_lives(scrapes: Iterable[Scrape]) -> list[list[Scrape]]:
    """`scrapes` by the life of the engine they show, lives in order of their start and scrapes in order of time.

    Those without a start time stay in the order given, as lives of their own; there a counter that fell begins
    a new life.
    """
    known: list[list[Scrape]] = []
    unknown: list[list[Scrape]] = []
    all_of_them = list(scrapes)
    for scrape in sorted(all_of_them, key=lambda one: one.started or 0.0):
        lives = known if scrape.started is not None else unknown
        same = _same_process if lives is known else _counts_on
        if not lives or not same(lives[-1][-1], scrape):
            lives.append([])
        lives[-1].append(scrape)
    return [*map(_by_counter, known), *unknown]


def _same_process(before: Scrape, after: Scrape) -> bool:
    return abs((after.started or 0.0) - (before.started or 0.0)) <= _SAME_START


def _counts_on(before: Scrape, after: Scrape) -> bool:
    """Whether the counter did not fall; so for scrapes without it."""
    return after.values.get(COUNTER, math.inf) >= before.values.get(COUNTER, 0.0)


def _by_counter(life: list[Scrape]) -> list[Scrape]:
    """In order of time; the order given where a scrape does not have the counter."""
    if any(COUNTER not in scrape.values for scrape in life):
        return life
    return sorted(life, key=lambda scrape: scrape.values[COUNTER])
