"""The heap profiles of an incident in the order in which they were taken, and which of them are totals."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from faultbook.catalogue.places import natural
from faultbook.logs.heap import Heap, read_heap

_ROUNDING = 0.01
"""The text form rounds; two totals that differ by more than this share are not of the same profile."""


@dataclass(frozen=True)
class Taken:
    """A profile. `same_as` names the one that this is the text of; `is_difference`: its numbers are no total."""

    path: str
    heap: Heap
    is_difference: bool
    same_as: str | None

    @property
    def name(self) -> str:
        """The name of its file."""
        return Path(self.path).name

    @property
    def is_total(self) -> bool:
        """Whether its numbers are the memory in use, and no other file tells the same with stacks."""
        return not self.is_difference and self.same_as is None

    def in_words(self) -> str:
        """What it is good for."""
        if self.same_as:
            return f"text of {self.same_as}"
        if not self.is_difference:
            return "total"
        return f"difference over {self.heap.seconds:.0f} s: no total" if self.heap.seconds else "difference: no total"


def read_taken(paths: Iterable[str]) -> tuple[Taken, ...]:
    """The profiles in order of time; those that do not tell it at the end, in the order of their names.

    Raises `Refusal` when one cannot be read or is no heap profile.
    """
    heaps = [(path, read_heap(path)) for path in sorted(paths, key=_by_name)]
    heaps.sort(key=lambda one: second(one[1]) or float("inf"))
    profiles = [(Path(path).name, heap) for path, heap in heaps if not heap.is_text]
    return tuple(_taken(path, heap, profiles) for path, heap in heaps)


def _by_name(path: str) -> tuple[list[tuple[str, int]], str]:
    return natural(Path(path).name), path


def second(heap: Heap) -> int | None:
    """When it was taken, in whole seconds since 1970: the text form tells no more."""
    return int(heap.time.timestamp()) if heap.time else None


def _taken(path: str, heap: Heap, profiles: Sequence[tuple[str, Heap]]) -> Taken:
    """A text with `-base` bears the time of the base: if its total is another, it is a difference in which all grew."""
    moment = second(heap)
    if not heap.is_text or moment is None:
        return Taken(path, heap, heap.is_difference, None)
    same = [(name, other) for name, other in profiles if second(other) == moment]
    alike = next((name for name, other in same if _is_alike(heap, other)), None)
    return Taken(path, heap, heap.is_difference or bool(same and not alike), alike)


def _is_alike(text: Heap, profile: Heap) -> bool:
    if text.is_difference != profile.is_difference:
        return False
    return abs(text.total - profile.total) <= _ROUNDING * max(abs(text.total), abs(profile.total))
