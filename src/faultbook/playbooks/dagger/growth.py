"""What lies between two heap profiles: by package, by function, and as a tree of paths."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from faultbook.logs.gonames import bare_name, is_own, package_of, short_name, short_package
from faultbook.logs.heap import Heap, Stack
from faultbook.playbooks.icicle import Node

_CARRIES_ALL = 0.97
"""A function is drawn as one box with its callee in the same package that carries at least this share of it."""


@dataclass(frozen=True)
class Row:
    """A package or a function with the bytes it held before and after; `path` adds what it called."""

    name: str
    before: int
    after: int
    path: int = 0

    @property
    def grew(self) -> int:
        """Bytes more, or less."""
        return self.after - self.before


def by_package(before: Heap | None, after: Heap) -> list[Row]:
    """The packages whose functions allocated what is in use, those that changed most first."""
    old, new = _packages(before.flat if before else {}), _packages(after.flat)
    return _ordered(Row(short_package(name), old[name], new[name]) for name in {**old, **new})


def by_function(before: Heap | None, after: Heap) -> list[Row]:
    """The functions that allocated what is in use, those that changed most first."""
    old, old_cum = (before.flat, before.cum) if before else ({}, {})
    paths = {name: after.cum.get(name, 0) - old_cum.get(name, 0) for name in {**old, **after.flat}}
    rows = (Row(short_name(name), old.get(name, 0), after.flat.get(name, 0), path) for name, path in paths.items())
    return _ordered(row for row in rows if row.before or row.after)


def grown_stacks(before: Heap | None, after: Heap) -> dict[Stack, int]:
    """The stacks that hold more than before, with how much more. The text form has no stacks: package and function."""
    if after.stacks and (before is None or before.stacks):
        old, new = before.stacks if before else {}, after.stacks
    else:
        old, new = _two_levels(before.flat if before else {}), _two_levels(after.flat)
    changes = {stack: value - old.get(stack, 0) for stack, value in new.items()}
    return {stack: change for stack, change in changes.items() if change > 0}


def tree(stacks: Mapping[Stack, int], share: float) -> tuple[Node, ...]:
    """The stacks as boxes, the outermost functions on top; boxes below `share` of the whole are left out."""
    root = _Branch()
    for stack, value in stacks.items():
        root.add(_worth_showing(stack), value)
    return root.nodes(share * root.value)


def _worth_showing(stack: Stack) -> Stack:
    """Dagger's own functions and what its last one called; all of a stack without any.

    Servers, pools and locks in between say nothing. Of a function that calls itself, over others or not, only the
    innermost call counts: one query inside another is no other path.
    """
    last = max((at for at, name in enumerate(stack) if is_own(package_of(name))), default=-1)
    kept = [name for at, name in enumerate(stack) if at > last or is_own(package_of(name))]
    return tuple(dict.fromkeys(reversed(kept)))[::-1]


@dataclass
class _Branch:
    """A function on a path, with what it called."""

    name: str = ""
    value: int = 0
    below: dict[str, "_Branch"] = field(default_factory=dict)

    def add(self, stack: Stack, value: int) -> None:
        branch = self
        branch.value += value
        for name in stack:
            branch = branch.below.setdefault(name, _Branch(name))
            branch.value += value

    def nodes(self, least: float) -> tuple[Node, ...]:
        """The boxes below this one, the biggest first."""
        big = [branch for branch in self.below.values() if branch.value >= least]
        return tuple(branch._node(least) for branch in sorted(big, key=lambda one: (-one.value, one.name)))

    def _node(self, least: float) -> Node:
        last = self
        while callee := last._carrier():
            last = callee
        ours = is_own(package_of(last.name))
        return Node(
            short_name(last.name), bare_name(last.name) or short_name(last.name), self.value, ours, last.nodes(least)
        )

    def _carrier(self) -> "_Branch | None":
        """The callee of the same package that carries all of this function's value, or nearly."""
        biggest = max(self.below.values(), key=lambda one: one.value, default=None)
        if biggest is None or biggest.value < _CARRIES_ALL * self.value:
            return None
        return biggest if package_of(biggest.name) == package_of(self.name) else None


def _packages(functions: Mapping[str, int]) -> Counter[str]:
    sums: Counter[str] = Counter()
    for function, value in functions.items():
        sums[package_of(function)] += value
    return sums


def _two_levels(functions: Mapping[str, int]) -> dict[Stack, int]:
    return {(package_of(function), function): value for function, value in functions.items()}


def _ordered(rows: Iterable[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: (-abs(row.grew), -row.after, row.name))
