"""What a series of scrapes shows by itself: flat, rising or falling, and which of them can be compared at all."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, takewhile

from faultbook.logs.metrics import CPU, GOROUTINES, HEAP, Scrape
from faultbook.playbooks.table import Table

ENOUGH = 4
"""Scrapes of the warm, idle engine that make a trend: after the warm-up, and after 1, 5 and 20 sessions more."""


@dataclass(frozen=True)
class ScrapedLife:
    """The scrapes of one life of an engine, in order of time."""

    scrapes: Sequence[Scrape]

    @property
    def cold(self) -> list[Scrape]:
        """Those before the first session: the cache is empty then, and never again."""
        return list(takewhile(lambda scrape: scrape.is_idle and not scrape.entries, self.scrapes))

    @property
    def entries(self) -> list[int]:
        """The numbers that can be compared: nobody is connected, and at least one session has been served."""
        return [scrape.entries or 0 for scrape in self.scrapes[len(self.cold) :] if scrape.is_idle]

    def in_words(self) -> str:
        """The trend of the scrapes alone."""
        entries = self.entries
        if not entries:
            return "no scrape of an idle engine that has served a session: nothing can be compared."
        if len(entries) == 1:
            return f"one scrape of the idle engine, {entries[0]:,} entries: that is no trend."
        change = f"{entries[0]:,} to {entries[-1]:,} entries in {len(entries)} scrapes of the idle engine"
        if any(after < before for before, after in pairwise(entries)):
            return f"{change}, and they fell in between: a prune does that."
        if entries[-1] > entries[0]:
            return f"rising, {change}."
        return f"flat, {entries[0]:,} entries in {len(entries)} scrapes of the idle engine."


def sentences(lives: Sequence[ScrapedLife]) -> Iterator[str]:
    """What there is to say of the scrapes."""
    if len(lives) > 1:
        yield f"The scrapes are of {len(lives)} lives of an engine. Numbers of different lives are not compared."
    for number, life in enumerate(lives, 1):
        which = f"Scrapes of life {number}" if len(lives) > 1 else "Scrapes"
        yield f"{which}: {life.in_words()}"
        yield from _left_out(life)


def _left_out(life: ScrapedLife) -> Iterator[str]:
    """Which scrapes do not count, and why."""
    cold = [scrape.name for scrape in life.cold]
    busy = [scrape.name for scrape in life.scrapes if scrape.clients]
    bare = [scrape.name for scrape in life.scrapes if scrape.entries is None or scrape.clients is None]
    if cold:
        yield f"Left out, the engine had served nobody yet: {', '.join(cold)}."
    if busy:
        yield f"Left out, a session was connected and its results are in the number: {', '.join(busy)}."
    if bare:
        yield f"Left out, number of entries or of clients is missing: {', '.join(bare)}."


def table(lives: Sequence[ScrapedLife], seen: dict[int, str]) -> Table:
    """One row for each scrape; `seen` tells after which sessions the engine log has the same number."""
    rows = [row for number, life in enumerate(lives, 1) for row in _rows(number, life, seen)]
    headings = ["life", "scrape", "clients", "entries", "change", "after session", "goroutines", "heap in use", "CPU"]
    return Table(f"{len(rows)} scrapes in order of time" if len(rows) != 1 else "One scrape", headings, rows)


def _rows(number: int, life: ScrapedLife, seen: dict[int, str]) -> Iterator[list[str]]:
    before: int | None = None
    for place, scrape in enumerate(life.scrapes):
        counts = scrape.is_idle and place >= len(life.cold)
        entries = scrape.entries
        yield [
            str(number),
            scrape.name,
            _number(scrape.clients),
            _number(entries),
            f"{entries - before:+,}" if counts and entries is not None and before is not None else "",
            seen.get(entries or 0, "") if counts else "",
            _number(scrape.values.get(GOROUTINES)),
            _scaled(scrape.values.get(HEAP), 1e6, "MB"),
            _scaled(scrape.values.get(CPU), 1.0, "s"),
        ]
        before = entries if counts else before


def _number(value: float | None) -> str:
    return "missing" if value is None else f"{value:,.0f}"


def _scaled(value: float | None, unit: float, name: str) -> str:
    return "missing" if value is None else f"{value / unit:.1f} {name}"
