"""The rule that tells heap growth from honest growth, on heap profiles and the scrapes taken beside them.

Memory that is in use after a garbage collection grows although the same work is done again. That is shown when, from
the first profile to the last of one process,

1. the bytes in use grew by more than sampling can feign, and never fell by as much on the way;
2. each of the two was taken at a collection: beside it is a scrape whose last collection was at most NEAR seconds off;
3. nobody was connected then, for a running call may hold what it likes;
4. the entries of the dagql cache are flat: they differ by at most a hundredth. New work leaves new entries behind, so
   flat entries say that the work was the same, and that the cache is not what grew.

Where the numbers come from. Go samples one of every `period` bytes (524,288), so a sum of S bytes has a standard error
of at most the root of `period` x S; ERRORS times that of both sums is no accident. A forced collection and the profile
behind it were 14 ms apart at most in the captured pair, and a scrape of the same minute shows it. Entries were the very
same over 27 identical sessions without a leak and rose by 0.5 percent with a slow one; a captured entry costs 7 to 10
KiB, so a hundredth of them is far below what rule 1 asks for.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from faultbook.logs.heap import Heap
from faultbook.logs.metrics import LAST_GC, Scrape, engine_lives

ERRORS = 4
NEAR = 5.0
FLAT = 0.01
_PERIOD = 524_288
"""Go's own period of sampling, for texts that do not tell it."""


@dataclass(frozen=True)
class Point:
    """A heap profile that is a total, with the scrape taken beside it."""

    name: str
    heap: Heap
    beside: Scrape | None


def apart(heap: Heap, scrape: Scrape) -> float | None:
    """Seconds between a profile and the last collection a scrape tells of, None where one of the times is unknown."""
    last = scrape.values.get(LAST_GC)
    return None if last is None or heap.time is None else abs(heap.time.timestamp() - last)


def beside(heap: Heap, scrapes: Sequence[Scrape]) -> Scrape | None:
    """The scrape that belongs to a profile: a scrape has no time, but its last collection does."""
    near = [(gap, at) for at, one in enumerate(scrapes) if (gap := apart(heap, one)) is not None and gap <= NEAR]
    return scrapes[min(near)[1]] if near else None


def feigned(before: Heap, after: Heap) -> int:
    """Bytes by which two profiles of the same memory may differ, only because they are samples."""
    period = max(before.period, after.period) or _PERIOD
    return round(ERRORS * math.sqrt(period * (abs(before.total) + abs(after.total))))


def objections(points: Sequence[Point]) -> Iterator[str]:
    """Why the points do not show heap growth, in the order of the rule; none when they do."""
    if len(points) < 2:
        yield "there are no two totals to compare"
        return
    first, last = points[0], points[-1]
    if first.heap.build and last.heap.build and first.heap.build != last.heap.build:
        yield "the profiles are of two builds of the engine"
    if last.heap.total - first.heap.total <= feigned(first.heap, last.heap):
        yield "it did not grow by more than sampling can feign"
    if any(one.heap.total - other.heap.total > feigned(one.heap, other.heap) for one, other in pairwise(points)):
        yield "it fell on the way"
    yield from _about_scrapes(first, last)


def _about_scrapes(first: Point, last: Point) -> Iterator[str]:
    if first.beside is None or last.beside is None:
        names = " and ".join(point.name for point in (first, last) if point.beside is None)
        yield f"no scrape shows a garbage collection at the time of {names}"
        return
    if len(engine_lives([first.beside, last.beside])) > 1:
        yield "the engine was started anew in between"
    if first.beside.clients != 0 or last.beside.clients != 0:
        yield "somebody was connected, or the scrapes do not tell"
    if not is_flat(first.beside.entries, last.beside.entries):
        yield "the entries of the cache are not flat"


def is_flat(before: int | None, after: int | None) -> bool:
    """Whether the entries stayed the same; not when they are unknown."""
    return before is not None and after is not None and abs(after - before) <= FLAT * before
