"""The steps of several runs of one pipeline side by side, and what became of each in each run."""

from collections import deque
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from faultbook.logs.records import Status
from faultbook.logs.run import Run, Step
from faultbook.playbooks.dagger.cache_runs import PipelineRun, begins_chain, field_of, gives_value, is_core, owner_of

Fate = Literal["cached", "ran", "failed", "no end", "not proven", "not shown"]

_OUTSIDE = frozenset({"from", "address", "secret", "moduleSource", "configExists"})
_UPLOADS = frozenset({"Host.directory", "Host.file"})


@dataclass(eq=False)
class Row:
    """A step in all runs of a pipeline: by the number of the run, in order of time. `below` are the steps inside."""

    depth: int
    steps: dict[int, Step] = field(default_factory=dict)
    below: list["Row"] = field(default_factory=list)

    @property
    def latest(self) -> Step:
        """The step in the last run that has it."""
        return next(reversed(self.steps.values()))


def align(runs: Sequence[PipelineRun]) -> list[Row]:
    """The outermost steps of `runs`, which are of one pipeline and in order of time.

    Steps with the same words belong together, in their order; of the others those that call the same field at the same
    place. So a changed argument is the same step, and an inserted step a new one.
    """
    rows: list[Row] = []
    for run in runs:
        inside: dict[int | None, list[Step]] = {}
        for step in run.calls:
            inside.setdefault(run.parents[step.idx], []).append(step)
        _add(run.number, inside, None, rows, 0)
    return rows


def flat(rows: Iterable[Row]) -> Iterator[Row]:
    """All rows, those inside of a step behind it."""
    for row in rows:
        yield row
        yield from flat(row.below)


def fate(run: Run, step: Step) -> Fate:
    """What became of a step, as far as its log proves it."""
    if step.status == "CACHED":
        return "cached"
    if step.status is None:
        return "no end" if run.form == "plain" else "not shown"
    if step.status == "ERROR":
        return "failed"
    return "not proven" if step.role == "doubtful" else "ran"


def each_time(rows: Sequence[Row]) -> set[Row]:
    """Outermost rows that are no miss when they run, as they do in every run with the same words.

    A step behind them in their chain is CACHED; or they look outside of the engine; or they are a core call that gives
    a value at the end.
    """
    found: set[Row] = set()
    behind: set[int] = set()
    for place in range(len(rows) - 1, -1, -1):
        row = rows[place]
        ends = place == len(rows) - 1 and _ends(row.latest, rows[place - 1].latest if place else None)
        harmless = looks_outside(row.latest) or bool(behind & row.steps.keys())
        if ((harmless and not _has(row, "ERROR")) or ends) and _is_the_same_work(row):
            found.add(row)
        behind |= {number for number, step in row.steps.items() if step.status == "CACHED"}
        if begins_chain(row.latest):
            behind = set()
    return found


def looks_outside(step: Step) -> bool:
    """Whether a call looks at the client or at a registry, which it does in every session."""
    return field_of(step) in _OUTSIDE or step.ended in _UPLOADS


def _is_the_same_work(row: Row) -> bool:
    """Whether a step is in no run CACHED, and has the same words in all."""
    return not _has(row, "CACHED") and len({step.title for step in row.steps.values()}) == 1


def _has(row: Row, status: Status) -> bool:
    return any(step.status == status for step in row.steps.values())


def _ends(step: Step, before: Step | None) -> bool:
    """Whether a step is a core call that gives a value (`Container.stdout`)."""
    return gives_value(step) and is_core(owner_of(step, before))


def _add(number: int, inside: dict[int | None, list[Step]], parent: int | None, rows: list[Row], depth: int) -> None:
    """Put the steps of one run inside of `parent` into `rows`, and those inside of them."""
    steps = inside.get(parent, [])
    known = _matched(steps, rows)
    new: dict[Row | None, list[Row]] = {}
    last: Row | None = None
    for step in steps:
        row = known.get(step.idx)
        if row is None:
            row = Row(depth)
            new.setdefault(last, []).append(row)
        else:
            last = row
        row.steps[number] = step
        _add(number, inside, step.idx, row.below, depth + 1)
    rows[:] = [*new.get(None, []), *(one for row in rows for one in (row, *new.get(row, [])))]


def _matched(steps: Sequence[Step], rows: Sequence[Row]) -> dict[int, Row]:
    """The row of each step that has one, by idx: first by its words, then by its field."""
    found = dict(_paired([(step.title, step) for step in steps], [(row.latest.title, row) for row in rows]))
    taken = set(found.values())
    left = [(field_of(step), step) for step in steps if step.idx not in found]
    free = [(field_of(row.latest), row) for row in rows if row not in taken]
    return found | dict(_paired(left, free))


def _paired(steps: Iterable[tuple[Hashable, Step]], rows: Iterable[tuple[Hashable, Row]]) -> Iterator[tuple[int, Row]]:
    """Steps and rows of the same key, in their order."""
    waiting: dict[Hashable, deque[Row]] = {}
    for key, row in rows:
        waiting.setdefault(key, deque()).append(row)
    for key, step in steps:
        if waiting.get(key):
            yield step.idx, waiting[key].popleft()
