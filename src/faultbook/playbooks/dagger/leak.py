"""The story of `dagger/leak`: do cache entries grow by new work, or because sessions leave some behind?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from faultbook.logs.metrics import engine_lives, read_scrape
from faultbook.logs.releases import Release, read_releases
from faultbook.playbooks.chart import Chart, Curve
from faultbook.playbooks.dagger import leak_scrapes, leak_words
from faultbook.playbooks.dagger.leak_rule import Trend, stretches, trend
from faultbook.playbooks.dagger.leak_scrapes import ENOUGH, ScrapedLife
from faultbook.playbooks.table import Table
from faultbook.playbooks.verdict import Line, Verdict, reach

PLAYBOOK = "dagger/leak"
LEAK = "dagger/cache-entries-leak"
MILESTONES = (0, 1, 5, 20)
"""Sessions after the warm-up that have a row of their own."""


@dataclass(frozen=True)
class Case:
    """A series of scrapes, and what the engine log says at the end of each session."""

    scrapes: list[str]
    engine_log: str | None
    lives: tuple[ScrapedLife, ...]
    releases: tuple[Release, ...]
    trend: Trend

    def overview(self) -> Table:
        """What was given, and what each part of it shows."""
        alone = sum(release.alone for release in self.releases)
        rows = [
            ["scrapes", str(len(self.scrapes)) if self.scrapes else "not given"],
            *([f"life {number}", life.in_words()] for number, life in enumerate(self.lives, 1)),
            ["engine log", Path(self.engine_log).name if self.engine_log else "not given"],
            ["ends of sessions in it", f"{len(self.releases)}, with nobody else connected {alone}"],
            ["repeats among them", f"{len(self.trend.repeats)}, of which {len(self.trend.risen)} left entries behind"],
            ["so it is", leak_words.KINDS[self.trend.kind]],
        ]
        return Table("Do the entries of the cache leak?", ["", "says"], rows)

    def table(self) -> Table:
        """The scrapes in order of time."""
        return leak_scrapes.table(self.lives, self._seen())

    def sessions(self) -> Table:
        """The cache after 1, 5 and 20 sessions more than the warm-up, and after the last one."""
        parts = stretches(self.releases)
        longest = max(parts, key=len, default=[])
        rows = [_row(longest, number) for number in _milestones(longest)]
        caption = f"Ends of sessions, longest of {len(parts)} stretches" if len(parts) > 1 else "Ends of sessions"
        headings = ["after the warm-up", "line", "entries", "retained calls", "difference", "left by repeats"]
        return Table(caption, headings, rows)

    def chart(self) -> Chart:
        """How the numbers changed, over sessions if there is a log, else over scrapes."""
        if self.releases:
            return Chart("Change since the warm-up", self._in_words(), "sessions that ended alone", self._by_session())
        pieces, first = [], 1
        for life in self.lives:
            change = [entries - life.entries[0] for entries in life.entries]
            pieces.append(list(enumerate(map(float, change), first)))
            first += len(change)
        curves = [Curve("entries of the cache", pieces, "solid")]
        return Chart("Change since the first scrape", self._in_words(), "scrapes of the idle engine", curves)

    def verdict(self) -> Verdict:
        """What is confirmed, and which log would tell more."""
        paths = {"scrapes": self.scrapes, "engine_log": self.engine_log}
        own = {LEAK: list(self._evidence())} if self.trend.kind == "leak" else {}
        return reach(PLAYBOOK, paths, self._missing(), own, self._says())

    def _says(self) -> Iterator[str]:
        yield from leak_words.sentences(self.trend)
        yield from leak_scrapes.sentences(self.lives)
        if self.releases and not any(release.alone for release in self.releases):
            yield "Every session in the engine log ended while another one was open: no two numbers can be compared."
        numbers = [entries for life in self.lives for entries in life.entries]
        if self.releases and numbers and not set(numbers) & set(self._seen()):
            yield "No number of the scrapes is in the engine log: it may be the log of another engine or another time."

    def _in_words(self) -> str:
        """What the picture shows, for those who do not see it."""
        parts = stretches(self.releases)
        if not parts:
            told = [f"Life {number}: {life.in_words()}" for number, life in enumerate(self.lives, 1)]
            return " ".join(told) or "There is nothing to draw."
        entries = sum(part[-1].entries - part[0].entries for part in parts)
        retained = sum(part[-1].retained - part[0].retained for part in parts)
        ends = sum(map(len, parts))
        return f"Over {ends} ends of sessions entries changed by {entries:+,} and retained calls by {retained:+,}."

    def _by_session(self) -> list[Curve]:
        """Entries and retained calls, each stretch from its own first line on."""
        entries: list[list[tuple[float, float]]] = []
        retained: list[list[tuple[float, float]]] = []
        number = 0
        for part in stretches(self.releases):
            places = range(number + 1, number + len(part) + 1)
            entries.append([(x, one.entries - part[0].entries) for x, one in zip(places, part, strict=True)])
            retained.append([(x, one.retained - part[0].retained) for x, one in zip(places, part, strict=True)])
            number += len(part)
        return [Curve("entries of the cache", entries, "solid"), Curve("retained calls", retained, "dashed")]

    def _seen(self) -> dict[int, str]:
        """Each number of entries the log has at the end of a session, with the first and the last such session."""
        places: dict[int, list[int]] = {}
        for number, release in enumerate(self.releases, 1):
            if release.alone:
                places.setdefault(release.entries, []).append(number)
        return {
            entries: str(numbers[0]) if len(numbers) == 1 else f"{numbers[0]} to {numbers[-1]}"
            for entries, numbers in places.items()
        }

    def _evidence(self) -> Iterator[Line]:
        """The warm-up before the first rise, a repeat in the middle, and the last one that rose."""
        name = Path(self.engine_log or "").name
        risen = self.trend.risen
        for release in (risen[0].before, risen[len(risen) // 2].after, risen[-1].after):
            yield name, release.record.line, release.record.text

    def _missing(self) -> Iterator[str]:
        """What was not given and would decide something here."""
        if not self.engine_log:
            yield leak_words.NO_LOG
        elif not self.releases:
            yield leak_words.NO_LINES
        elif not self.trend.is_decided:
            yield leak_words.NO_REPEATS
        if not self.scrapes:
            yield leak_words.NO_SCRAPES
        elif not self.releases and max(len(life.entries) for life in self.lives) < ENOUGH:
            yield leak_words.FEW_SCRAPES


def read(scrapes: Sequence[str], engine_log: str | None = None) -> Case:
    """Read scrapes, in any order, and the engine log of the same time.

    Raises `Refusal` when one cannot be read, or is no scrape of a Dagger engine.
    """
    lives = tuple(ScrapedLife(life) for life in engine_lives(map(read_scrape, scrapes)))
    releases = tuple(read_releases(engine_log)) if engine_log else ()
    return Case(list(scrapes), engine_log, lives, releases, trend(releases))


def _milestones(stretch: Sequence[Release]) -> list[int]:
    """How many sessions after the warm-up have a row: those of MILESTONES that were reached, and the last."""
    last = len(stretch) - 1
    return sorted({number for number in (*MILESTONES, last) if 0 <= number <= last})


def _row(stretch: Sequence[Release], number: int) -> list[str]:
    release = stretch[number]
    return [
        f"{number} sessions" if number != 1 else "1 session",
        str(release.record.line),
        f"{release.entries:,}",
        f"{release.retained:,}",
        f"{release.entries - release.retained:,}",
        f"{sum(step.lasting for step in trend(stretch).repeats if step.after.record.line <= release.record.line):+,}",
    ]
