"""Sentences and cells of the story of memory."""

from collections.abc import Iterator, Sequence

from faultbook.logs.metrics import ALLOCATED, HEAP, RELEASED, RESIDENT, RUNTIME, Scrape
from faultbook.playbooks.dagger.growth_rule import Point, feigned, is_flat
from faultbook.playbooks.icicle import Node


def size(value: float) -> str:
    """Bytes in MiB, which pprof writes as MB."""
    return f"{value / 2**20:.1f} MiB"


def signed(value: float) -> str:
    """Bytes in MiB with a sign."""
    return f"{value / 2**20:+.1f} MiB"


def count(value: int | None) -> str:
    """A number with its thousands apart, nothing for None."""
    return "" if value is None else f"{value:,}"


def heaviest(roots: Sequence[Node]) -> str:
    """The path of the biggest box, of the biggest in it, and so on."""
    names, last = [], 0
    while roots:
        names.append(roots[0].label)
        last, roots = roots[0].value, roots[0].children
    return f"{' > '.join(names)} ({size(last)})" if names else "none"


def footprint(scrape: Scrape) -> list[str]:
    """Cells: heap objects, heap in use, held by Go, process, outside Go; empty where a metric is missing."""
    values = scrape.values
    held, outside = _held_and_outside(scrape)
    numbers = [values.get(ALLOCATED), values.get(HEAP), held, values.get(RESIDENT), outside]
    return ["" if one is None else size(one) for one in numbers]


def compared(first: Point, last: Point) -> str:
    """By how much the memory in use grew."""
    numbers = f"{size(first.heap.total)} to {size(last.heap.total)}, {signed(last.heap.total - first.heap.total)}"
    doubt = f"Up to {size(feigned(first.heap, last.heap))} could come from sampling alone."
    return f"In use from {first.name} to {last.name}: {numbers}. {doubt}"


def entries(first: Point, last: Point) -> Iterator[str]:
    """Whether new entries came with it, and what each one cost."""
    before, after = (point.beside.entries if point.beside else None for point in (first, last))
    if before is None or after is None:
        return
    grew = last.heap.total - first.heap.total
    if is_flat(before, after):
        yield f"Entries of the cache are flat: {before:,} and {after:,}."
    elif grew > 0 and after > before:
        each = f"{grew / (after - before) / 1024:.1f} KiB for each new entry"
        yield f"Entries of the cache rose from {before:,} to {after:,}: {each}. New work is kept on purpose."


def process(first: Scrape, last: Scrape) -> Iterator[str]:
    """What became of the memory of the process, and whose the difference is."""
    (held, outside), (held_later, outside_later) = _held_and_outside(first), _held_and_outside(last)
    if held is None or outside is None or held_later is None or outside_later is None:
        return
    whole = f"Process: {size(held + outside)} to {size(held_later + outside_later)}"
    yield f"{whole}; held by Go {signed(held_later - held)}, outside Go {signed(outside_later - outside)}."


def _held_and_outside(scrape: Scrape) -> tuple[float | None, float | None]:
    """Bytes Go has from the system and has not given back, and those of the process that are not Go's.

    The latter are the program itself and mapped files.
    """
    runtime, released, resident = (scrape.values.get(name) for name in (RUNTIME, RELEASED, RESIDENT))
    held = None if runtime is None or released is None else runtime - released
    return held, None if resident is None or held is None else resident - held
