"""What the playbooks on an engine's end share: its lives out of one or two logs, in order, and how each one ended."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Literal

from faultbook.logs.engine import Record
from faultbook.logs.lives import Life, lives
from faultbook.playbooks.picture import Bar, Look
from faultbook.playbooks.table import Table
from faultbook.playbooks.verdict import Line

Death = Literal["crashed", "killed", "timed out", "closed", "refused", "not shown"]

UNCLEAN = "dagql_unclean_shutdown"
"""The engine's word for an end that was not clean, at the next start."""

_IN_WORDS: dict[Death, str] = {
    "crashed": "crashed",
    "killed": "killed (the next start finds no clean end)",
    "timed out": "asked to stop, killed before it was done",
    "closed": "asked to stop, ended in good order",
    "refused": "could not start",
    "not shown": "no end in this log",
}
_NOTES: dict[Death, str] = {
    "crashed": "crashed",
    "killed": "killed",
    "timed out": "killed",
    "closed": "ended well",
    "refused": "could not start",
    "not shown": "no end shown",
}
_LOOKS: dict[Death, Look] = {
    "crashed": "root",
    "killed": "root",
    "timed out": "root",
    "closed": "good",
    "refused": "root",
    "not shown": "good",
}


@dataclass(frozen=True)
class Part:
    """A life with the file it stands in, and the next life in these logs, passing over starts that were refused."""

    path: str
    life: Life
    next: Life | None = None

    @property
    def name(self) -> str:
        """The name of the file."""
        return Path(self.path).name

    @property
    def death(self) -> Death:
        """How the life ended, as far as its own end and the next start tell.

        A log that just stops proves nothing by itself: it may have been copied from a living engine. Only a new start
        that finds no clean end does.
        """
        ending = self.life.ending
        if ending == "crashed" or ending == "closed" or ending == "refused":
            return ending
        if self.next is None or self.next.reason != UNCLEAN:
            return "not shown"
        return "timed out" if ending == "stopping" else "killed"

    @property
    def served(self) -> bool:
        """Whether somebody was being served when the life ended."""
        return bool(self.life.running or self.life.waiting)

    def line(self, record: Record) -> Line:
        """A record as evidence."""
        return self.name, record.line, record.text

    def end_in_words(self) -> str:
        """How it ended; a crash with its own first words."""
        words = _IN_WORDS[self.death]
        if self.life.crash:
            return f"{words}: {self.life.crash.text.removeprefix('dagger-engine: ')}"
        if self.death == "not shown" and self.life.ending == "stopping":
            return "asked to stop, not done where this log ends"
        return words

    def bars(self, number: int, origin: datetime, until: float) -> Iterator[Bar]:
        """The life on a clock of seconds that begins at `origin` and ends at `until`; then its stop, or its silence."""
        life, after = self.life, since(origin, self.next.first) if self.next else until
        start, end = max(since(origin, life.first), 0.0), min(since(origin, life.last), until)
        alive = self.death == "not shown" and self.next is None
        name = f"engine, life {number}" + (f" ({life.version})" if life.version else "")
        yield Bar(name, _NOTES[self.death], start, until if alive else max(end, start), _LOOKS[self.death])
        if life.stop and self.death == "timed out":
            yield _span(f"life {number} is stopping, no end", since(origin, life.stop.time), after, "open")
        elif life.stop:
            yield _span(f"life {number} is stopping", since(origin, life.stop.time), end, "repeats")
        elif self.next and self.death in ("killed", "crashed"):
            yield _span(f"silence after life {number}", max(end, start), after, "open")


def read_parts(*logs: str | None) -> tuple[Part, ...]:
    """The lives in `logs`, in order of time, whatever the order of the files. Raises `Refusal` as `lives` does."""
    parts = [Part(log, life) for log in logs if log for life in lives(log)]
    parts.sort(key=lambda part: part.life.first.timestamp() if part.life.first else 0.0)
    return tuple(
        replace(part, next=next((later.life for later in parts[number:] if _counts(later.life)), None))
        for number, part in enumerate(parts, 1)
    )


def _counts(life: Life) -> bool:
    return life.cache is not None or life.ending != "refused"


def lives_table(parts: Sequence[Part]) -> Table:
    """One row for each life."""
    rows = [
        [
            str(number),
            f"{part.name}:{part.life.first_line}-{part.life.last_line}",
            _stamp(part.life.started.time) if part.life.started else "before this log begins",
            start_in_words(part.life),
            _stamp(part.life.last),
            part.end_in_words(),
            left_behind(part.life),
        ]
        for number, part in enumerate(parts, 1)
    ]
    headings = ["life", "lines", "started", "cache at the start", "last line", "how it ended", "left behind"]
    return Table(f"{len(rows)} lives of the engine" if len(rows) != 1 else "One life of the engine", headings, rows)


def start_in_words(life: Life) -> str:
    """What the start did with the cache."""
    if life.cache == "wiped":
        return f"thrown away ({life.reason})"
    if life.cache == "kept":
        return "nothing thrown away"
    return "not shown" if life.ending != "refused" else "never got there"


def _span(label: str, start: float, end: float, look: Look) -> Bar:
    return Bar(label, f"{max(end - start, 0.0):.0f} s", start, max(end, start), look)


def left_behind(life: Life) -> str:
    """What was still going on when the life ended."""
    commands = [container.command for container in life.running]
    clients = f"{len(life.waiting)} client" + ("s" if len(life.waiting) != 1 else "")
    parts = [*([clients] if life.waiting else []), *commands[:3]]
    return ", ".join(parts) + (f" and {len(commands) - 3} more" if len(commands) > 3 else "")


def since(origin: datetime, time: datetime | None) -> float:
    """Seconds from `origin` to `time`; 0 for a time that is not known."""
    return (time - origin).total_seconds() if time else 0.0


def clock(time: datetime | None) -> str:
    """A time of day in UTC to the second, as the older half of the engine log has it."""
    return f"{time:%H:%M:%S}" if time else "no time"


def _stamp(time: datetime | None) -> str:
    """With the day: lives may be days apart."""
    return f"{time:%Y-%m-%d %H:%M:%S}" if time else "no time"
