"""The story of `dagger/disk`: was the disk full, what does the engine count of it, and what did a prune give back?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from faultbook.logs.metrics import Scrape, engine_lives, read_scrape
from faultbook.logs.space import Prune
from faultbook.playbooks.dagger import disk_picture
from faultbook.playbooks.dagger.disk_found import Disk, Log, Met, disk_of, met_in, read_log
from faultbook.playbooks.dagger.disk_words import asked, course, ends, lines, percent, pruned, size
from faultbook.playbooks.dagger.engine_lives import Part, clock, read_parts
from faultbook.playbooks.lanes import Lanes
from faultbook.playbooks.table import Table
from faultbook.playbooks.verdict import Verdict, reach

PLAYBOOK = "dagger/disk"
GAUGE = "dagger_local_cache_total_disk_size_bytes"
_ROWS = 8


@dataclass(frozen=True)
class Case:
    """What engine logs in order of time, a run, scrapes in order of time and a table of df say about space."""

    paths: dict[str, str | list[str] | None]
    logs: tuple[Log, ...]
    parts: tuple[Part, ...]
    met: tuple[Met, ...]
    scrapes: tuple[Scrape, ...]
    disk: Disk | None

    def overview(self) -> Table:
        """What was given, and the four numbers: the disk, what is used, what is counted, what came back."""
        rows = [[name, _names(path)] for name, path in self.paths.items()]
        rows.append(["met a full disk", f"{self.met[0].who} ({lines(len(self.met))})" if self.met else "nobody"])
        rows.append(["the disk", self._disk_in_words()])
        rows.append(["counted by the engine", self._counted_in_words()])
        if self.disk and self.counted is not None:
            rows.append(["used, and not counted", size(max(self.disk.used - self.counted, 0))])
        rows.append(["given back by prunes", self._given_back()])
        return Table("Space", ["", "says"], rows)

    def picture(self) -> Lanes:
        """Counts, prunes, commands and full disks over seconds; below, what fills the disk."""
        shares = list(disk_picture.shares(self.disk, self.counted))
        return disk_picture.drawn(self.logs, self.parts, self.met, shares, self._in_words())

    def full(self) -> Table:
        """Who met a full disk: first the run, then the engine."""
        rows = [[f"{one.line[0]}:{one.line[1]}", one.who, one.line[2]] for one in self.met[:_ROWS]]
        caption = f"Who met a full disk ({lines(len(self.met))})" if rows else "No line speaks of a full disk"
        return Table(caption, ["where", "who", "line"], rows)

    def counts(self) -> Table:
        """What the engine counted: in its log, and by the gauge in scrapes."""
        rows = [
            [f"{log.name}:{one.record.line}", clock(one.record.time), size(one.amount)]
            for log in self.logs
            for one in log.counted
        ]
        rows += [[one.name, "not told", size(one.values[GAUGE])] for one in self.scrapes if GAUGE in one.values]
        return Table("What the engine counts as its cache", ["where", "time", "counted"], ends(rows))

    def prunes(self) -> Table:
        """Every prune that gave something up."""
        rows = [
            [f"{log.name}:{one.record.line}", asked(one), str(one.results), size(one.reclaimed)]
            for log, one in self._prunes()
        ]
        return Table("Prunes" if rows else "Nothing was pruned", ["where", "asked by", "results", "given back"], rows)

    def given_up(self) -> Table:
        """The results whose end gave back most."""
        told = sorted((one for log in self.logs for one in log.pruned), key=lambda one: -one.reclaimed)[:_ROWS]
        listed = sum(log.listed for log in self.logs)
        rows = [[one.call, one.args, size(one.measured), size(one.reclaimed)] for one in told]
        caption = f"{len(rows)} of {listed} results that were given up" if rows else "No result was given up"
        return Table(caption, ["result of", "arguments", "its own size", "given back"], rows)

    def verdict(self) -> Verdict:
        """What is confirmed, what can be said of the space, and which log would tell more."""
        return reach(PLAYBOOK, self.paths, self._missing(), says=self._says())

    @property
    def counted(self) -> int | None:
        """The last count in bytes: of the gauge if there is a scrape, else of the log."""
        return next((int(amounts[-1]) for amounts in (self._gauges, self._looks) if amounts), None)

    @property
    def _gauges(self) -> list[float]:
        return [scrape.values[GAUGE] for scrape in self.scrapes if GAUGE in scrape.values]

    @property
    def _looks(self) -> list[float]:
        return [float(one.amount) for log in self.logs for one in log.counted]

    def _prunes(self) -> list[tuple[Log, Prune]]:
        return [(log, prune) for log in self.logs for prune in log.prunes]

    def _in_words(self) -> str:
        """What the picture shows, for those who do not see it."""
        full = f"A full disk was met, first by {self.met[0].who}." if self.met else "Nobody met a full disk."
        counted = f"Counted by the engine: {self._counted_in_words()}."
        return f"{full} {counted} Prunes gave back: {self._given_back()}. The disk: {self._disk_in_words()}."

    def _disk_in_words(self) -> str:
        disk = self.disk
        if disk is None:
            return "not in these logs"
        return f"{size(disk.used)} of {size(disk.size)} used, {size(disk.available)} available ({disk.said_by})"

    def _counted_in_words(self) -> str:
        told = {"log": self._looks, "gauge": self._gauges}
        return "; ".join(f"{name} {course(amounts)}" for name, amounts in told.items() if amounts) or "not told"

    def _given_back(self) -> str:
        reclaimed = [prune.reclaimed for _, prune in self._prunes()]
        return f"{size(sum(reclaimed))}, prunes: {len(reclaimed)}" if reclaimed else "nothing, there was none"

    def _says(self) -> Iterator[str]:
        if self.met:
            yield f"First to meet a full disk: {self.met[0].who}."
            if not self._prunes():
                yield "No prune is in these logs: an engine that has no result to give up writes no line of trying."
        if self.disk and self.counted is not None and self.disk.used:
            share = percent(self.counted, self.disk.used)
            yield (
                f"Of {size(self.disk.used)} used on the disk the engine counts {size(self.counted)} ({share}). The rest"
                " is what failed and running steps wrote, its databases, and whatever else lies on that disk."
            )
        yield from (f"{log.name}:{prune.record.line}: {pruned(prune)}" for log, prune in self._prunes()[:_ROWS])
        if not self.met and not self._prunes():
            yield "No line speaks of a full disk, and nothing was pruned."

    def _missing(self) -> Iterator[str]:
        """Logs that were not given and would decide something here."""
        if self.paths["log"] is None:
            yield "CLI output: a command that meets a full disk says so only there"
        if self.disk is None:
            yield "df -kP of the engine's disk: the engine's own log tells how full it is only once a minute"


def read(
    engine_logs: Sequence[str], log: str | None = None, scrapes: Sequence[str] = (), disk_free: str | None = None
) -> Case:
    """Read engine logs and scrapes in any order, what the CLI printed (`log`), and what `df` said.

    Raises `Refusal` when one cannot be read.
    """
    paths = {"engine_logs": list(engine_logs), "log": log, "scrapes": list(scrapes), "disk_free": disk_free}
    parts = read_parts(*engine_logs)
    order = {part.path: place for place, part in reversed(list(enumerate(parts)))}
    logs = tuple(sorted(map(read_log, engine_logs), key=lambda one: order.get(one.path, len(order))))
    met = (*met_in(log, parts), *(one for told in logs for one in told.met()))
    told = (scrape for life in engine_lives(map(read_scrape, scrapes)) for scrape in life)
    return Case(paths, logs, parts, met, tuple(told), disk_of(logs, disk_free))


def _names(given: str | list[str] | None) -> str:
    if not given:
        return "not given"
    return Path(given).name if isinstance(given, str) else ", ".join(Path(one).name for one in given)
