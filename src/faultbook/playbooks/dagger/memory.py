"""The story of `dagger/memory`: what grew between heap profiles, and whether the work explains it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from faultbook.catalogue.places import natural
from faultbook.logs.heap import Heap
from faultbook.logs.metrics import ENTRIES, LAST_GC, Scrape, read_scrape
from faultbook.logs.reading import text_lines
from faultbook.playbooks.dagger.growth import Row, by_function, by_package, grown_stacks, tree
from faultbook.playbooks.dagger.growth_rule import Point, beside, objections
from faultbook.playbooks.dagger.memory_words import compared, count, entries, footprint, heaviest, process, signed, size
from faultbook.playbooks.dagger.taken import Taken, read_taken
from faultbook.playbooks.icicle import Icicle, Node
from faultbook.playbooks.table import Table
from faultbook.playbooks.verdict import Line, Verdict, reach

PLAYBOOK = "dagger/memory"
GROWTH = "dagger/heap-growth"
_ROWS = 10
_SHARE = 0.03
_WORTH = 1 << 16
"""Bytes of growth below which a row says nothing."""


@dataclass(frozen=True)
class Case:
    """Heap profiles and scrapes of one engine, each in the order in which they were taken.

    `scrapes` are with their paths.
    """

    profiles: tuple[Taken, ...]
    scrapes: tuple[tuple[str, Scrape], ...]

    def overview(self) -> Table:
        """Every profile: when, what it is, and what the scrape beside it tells."""
        headings = ["profile", "taken (UTC)", "is", "in use", "scrape beside it", "entries", "connected"]
        rows = [self._profile_row(taken) for taken in self.profiles]
        return Table(f"{len(rows)} profiles, {len(self._points)} of them totals to compare", headings, rows)

    def picture(self) -> Icicle:
        """What grew, by path: the outermost functions on top."""
        _, after = self._compared
        roots, grown = self._paths()
        heading = f"In use by path: {size(grown)}"
        if self._is_growth:
            heading = f"Paths that hold more: {size(grown)}"
        biggest = "; ".join(f"{node.label} {size(node.value)}" for node in roots[:3])
        words = (
            f"{heading}, in {after.name}. Biggest: {biggest or 'none'}. From the biggest on down: {heaviest(roots)}."
        )
        return Icicle("Memory by path", words, heading, roots, size)

    def packages(self) -> Table:
        """The packages that allocated what is in use."""
        return self._table("package", by_package(*self._heaps), [])

    def functions(self) -> Table:
        """The functions that allocated what is in use, and what came with all that they called."""
        return self._table("function", by_function(*self._heaps), ["with callees"])

    def process(self) -> Table:
        """Go's heap against the memory of the process, scrape by scrape."""
        headings = ["scrape", "entries", "heap objects", "heap in use", "held by Go", "process", "outside Go"]
        rows = [[Path(path).name, count(one.entries), *footprint(one)] for path, one in self.scrapes]
        return Table(f"{len(rows)} scrapes" if rows else "No scrape was given", headings, rows)

    def verdict(self) -> Verdict:
        """What is confirmed, what the numbers say, and which log would tell more."""
        given = {"profiles": [taken.path for taken in self.profiles], "scrapes": [path for path, _ in self.scrapes]}
        own = {} if self._objections else {GROWTH: self._evidence()}
        return reach(PLAYBOOK, given, self._missing(), own, self._says())

    @property
    def _points(self) -> list[Point]:
        return [Point(one.name, one.heap, self._beside(one)) for one in self.profiles if one.is_total]

    @property
    def _objections(self) -> list[str]:
        return list(objections(self._points))

    @property
    def _compared(self) -> tuple[Taken | None, Taken]:
        """The first and the last total; with only one, nothing and that; without any, nothing and a difference."""
        totals = [taken for taken in self.profiles if taken.is_total]
        if not totals:
            return None, self.profiles[-1]
        return (totals[0] if len(totals) > 1 else None), totals[-1]

    @property
    def _heaps(self) -> tuple[Heap | None, Heap]:
        before, after = self._compared
        return (before.heap if before else None), after.heap

    @property
    def _is_growth(self) -> bool:
        before, after = self._compared
        return before is not None or after.is_difference

    def _beside(self, taken: Taken) -> Scrape | None:
        return beside(taken.heap, [scrape for _, scrape in self.scrapes])

    def _profile_row(self, taken: Taken) -> list[str]:
        time = f"{taken.heap.time:%Y-%m-%d %H:%M:%S}" if taken.heap.time else "not told"
        if taken.is_difference:
            return [taken.name, time, taken.in_words(), signed(taken.heap.total), "", "", ""]
        scrape = self._beside(taken)
        known = [scrape.name, count(scrape.entries), count(scrape.clients)] if scrape else ["none", "", ""]
        return [taken.name, time, taken.in_words(), size(taken.heap.total), *known]

    def _paths(self) -> tuple[tuple[Node, ...], int]:
        """The boxes of the picture, and the bytes of all paths that hold more."""
        stacks = grown_stacks(*self._heaps)
        return tree(stacks, _SHARE), sum(stacks.values())

    def _table(self, what: str, rows: Sequence[Row], more: Sequence[str]) -> Table:
        """The first rows; with before and after where there are two totals."""
        before, after = self._compared
        if before is None:
            number, heading = (signed, "change") if after.is_difference else (size, "in use")
            cells = [[row.name, number(row.after), *(number(row.path) for _ in more)] for row in rows[:_ROWS]]
            return Table(f"{after.name} by {what}", [what, heading, *more], cells)
        cells = [
            [row.name, size(row.before), size(row.after), signed(row.grew), *(signed(row.path) for _ in more)]
            for row in rows[:_ROWS]
            if abs(row.grew) >= _WORTH
        ]
        return Table(f"Growth by {what}", [what, before.name, after.name, "grew", *more], cells)

    def _says(self) -> Iterator[str]:
        points = self._points
        if len(points) > 1:
            yield compared(points[0], points[-1])
            if points[-1].heap.total > points[0].heap.total:
                yield f"The path that grew most: {heaviest(self._paths()[0])}."
            yield from entries(points[0], points[-1])
        if len(self.scrapes) > 1:
            yield from process(self.scrapes[0][1], self.scrapes[-1][1])
        if len(points) > 1 and self._objections:
            yield f"No growth over the same work is shown: {'; '.join(self._objections)}."
        differences = [taken.name for taken in self.profiles if taken.is_difference and not taken.same_as]
        if differences:
            yield f"No total, but the difference of two profiles (negative: given back): {', '.join(differences)}."

    def _evidence(self) -> Iterator[Line]:
        """The last number with the first, and the entries at both."""
        first, last = self._points[0], self._points[-1]
        yield last.name, 1, f"in use {size(last.heap.total)}; in {first.name} {size(first.heap.total)}"
        for point in (first, last):
            yield from (_entries_line(path) for path, scrape in self.scrapes if scrape is point.beside)

    def _missing(self) -> Iterator[str]:
        if len(self._points) < 2:
            yield "a second heap profile (?gc=1) of the same engine, after the same work: only two totals show growth"
        if not self.scrapes:
            yield "scrapes of /metrics right after each profile: entries and connections tell whether work explains it"


def read(profiles: Sequence[str], scrapes: Sequence[str] = ()) -> Case:
    """Read heap profiles (at least one, in either form) and scrapes. Raises `Refusal` when one cannot be read."""
    read_in = [(path, read_scrape(path)) for path in sorted(scrapes, key=natural)]
    return Case(read_taken(profiles), tuple(sorted(read_in, key=lambda one: one[1].values.get(LAST_GC, 0.0))))


def _entries_line(path: str) -> Line:
    """The line of a scrape that has the entries."""
    number, text = next((place for place in text_lines(path) if place[1].startswith(f"{ENTRIES} ")), (1, ENTRIES))
    return Path(path).name, number, text
