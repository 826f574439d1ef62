"""The story of `dagger/engine-restart`: how each life of the engine ended, and what the next start did to the cache."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from faultbook.logs.engine import Container
from faultbook.playbooks.dagger.engine_lives import UNCLEAN, Part, lives_table, read_parts, start_in_words
from faultbook.playbooks.picture import Timeline
from faultbook.playbooks.table import Excerpt, Table
from faultbook.playbooks.verdict import Verdict, reach

PLAYBOOK = "dagger/engine-restart"
_ROWS = 14
_REASONS = {
    UNCLEAN: "the life before had no clean end",
    "dagql_schema_mismatch": "this engine writes the cache in another form than the one before",
    "dagql_import_failure": "the saved cache could not be read back",
    "dagql_open_failed": "the file of the saved cache could not be opened",
    "boltdb_init_failed": "the file of the image store could not be opened",
}
_ENDS = {
    "crashed": "crashed",
    "killed": "killed",
    "timed out": "asked to stop and killed before it was done",
    "closed": "ended in good order",
    "refused": "could not start",
    "not shown": "no end in these logs",
}


@dataclass(frozen=True)
class Case:
    """The lives of an engine in order."""

    paths: dict[str, str | None]
    parts: tuple[Part, ...]

    def overview(self) -> Table:
        """Which logs there are, and what became of the cache."""
        rows = [[name, Path(path).name if path else "not given"] for name, path in self.paths.items()]
        rows.append(["lives", str(len(self.parts))])
        rows += [[f"start of life {number}", why(part, before)] for number, before, part in self._starts()]
        return Table("What became of the cache", ["", "says"], rows)

    def lives(self) -> Table:
        """The lives of the engine."""
        return lives_table(self.parts)

    def timeline(self) -> Timeline:
        """The lives over seconds."""
        times = [time for part in self.parts for time in (part.life.first, part.life.last) if time]
        if not times:
            return Timeline("Lives of the engine", "No line with a time.", [])
        origin, until = min(times), max((max(times) - min(times)).total_seconds(), 1.0)
        bars = [bar for number, part in enumerate(self.parts, 1) for bar in part.bars(number, origin, until)]
        return Timeline("Lives of the engine", self._in_words(), bars)

    def again(self) -> Table:
        """The commands that ran in one life and, with the same words, in a later one."""
        rows = list(_twice(self.parts))
        caption = f"{len(rows)} commands ran again" if rows else "No command ran in two lives"
        return Table(caption, ["command", "ran in life", "took", "again in life", "took"], rows[:_ROWS])

    def start(self) -> Excerpt:
        """The lines of the last start that did something to the cache."""
        wiped = [part for part in self.parts if part.life.wipe]
        if not wiped:
            return Excerpt("No start in these logs threw the cache away.", [])
        part = wiped[-1]
        found = [record for record in (part.life.started, part.life.wipe, part.life.ready) if record]
        return Excerpt(f"{part.name}: the start that threw the cache away", [(one.line, one.text) for one in found])

    def verdict(self) -> Verdict:
        """What is confirmed, and which log would tell more."""
        return reach(PLAYBOOK, self.paths, self._missing())

    def _starts(self) -> Iterator[tuple[int, Part | None, Part]]:
        """Every start in these logs: the number of its life, the life before, its life."""
        for number, (before, part) in enumerate(zip([None, *self.parts], self.parts, strict=False), 1):
            if part.life.started:
                yield number, before, part

    def _in_words(self) -> str:
        """What the picture shows, for those who do not see it."""
        return " ".join(f"Life {number}: {part.end_in_words()}." for number, part in enumerate(self.parts, 1))

    def _missing(self) -> Iterator[str]:
        """Logs that were not given and would decide something here."""
        if self.parts and self.parts[0].life.reason == UNCLEAN:
            yield "engine log before this start: it tells how the engine ended"
        if not any(part.life.started for part in self.parts):
            yield "engine log from the start on: only there stands what became of the cache"


def read(engine_log: str, next_engine_log: str | None = None) -> Case:
    """Read the logs of an engine, in any order. Raises `Refusal` when one cannot be read."""
    paths = {"engine_log": engine_log, "next_engine_log": next_engine_log}
    return Case(paths, read_parts(engine_log, next_engine_log))


def why(part: Part, before: Part | None) -> str:
    """What a start did to the cache, and why; `before` is the life before it."""
    words, reason = start_in_words(part.life), part.life.reason
    if reason:
        words += f": {_REASONS.get(reason, reason)}"
    if before and (part.life.cache == "kept" or reason == UNCLEAN):
        words += f"; life before: {_ENDS[before.death]}"
    return words


def _twice(parts: Sequence[Part]) -> Iterator[list[str]]:
    """One row for each command line that ran in two lives; digests of calls do not outlast the cache."""
    ran: dict[str, tuple[int, Container]] = {}
    for number, part in enumerate(parts, 1):
        for container in part.life.containers:
            earlier = ran.get(container.command)
            if earlier and earlier[0] < number:
                yield [container.command, str(earlier[0]), _length(earlier[1]), str(number), _length(container)]
            ran[container.command] = number, container


def _length(container: Container) -> str:
    """How long it ran; these lines have whole seconds only."""
    if container.start is None or container.end is None:
        return "no end"
    return f"{(container.end - container.start).total_seconds():.0f} s"
