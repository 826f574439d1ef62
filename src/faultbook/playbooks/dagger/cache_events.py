"""What emptied an engine's cache between runs: a start that threw it away, a prune."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from faultbook.logs.space import Prune, read_space
from faultbook.playbooks.dagger.cache_runs import PipelineRun
from faultbook.playbooks.dagger.engine_lives import Part
from faultbook.playbooks.verdict import Line


@dataclass(frozen=True)
class Emptied:
    """An event after which results are gone. `after` is the number of the last run before it, None where the logs do
    not tell."""

    words: str
    line: Line
    time: datetime | None
    after: int | None
    wiped: bool = False


def emptied(runs: Sequence[PipelineRun], parts: Sequence[Part], engine_logs: Sequence[str]) -> list[Emptied]:
    """What an engine's logs show of it. Raises `Refusal` when one cannot be read."""
    return [*_wiped(runs, parts), *_pruned(runs, parts, engine_logs)]


def asked(prune: PipelineRun, after: int) -> Emptied:
    """A run that did nothing but ask for a prune, as an event."""
    step = prune.calls[-1]
    return Emptied("somebody asked for a prune", (prune.name, step.first_line, step.title), prune.opened, after)


def between(events: Sequence[Emptied], earlier: PipelineRun, later: PipelineRun) -> list[Emptied]:
    """The events after the start of one run and before the start of the other."""
    return [event for event in events if event.after and earlier.number <= event.after < later.number]


def _wiped(runs: Sequence[PipelineRun], parts: Sequence[Part]) -> Iterator[Emptied]:
    for part in parts:
        wipe = part.life.wipe
        if wipe:
            words = f"the engine threw its cache away at its start ({part.life.reason})"
            yield Emptied(words, part.line(wipe), wipe.time, _after(runs, wipe.time), wiped=True)


def _pruned(runs: Sequence[PipelineRun], parts: Sequence[Part], engine_logs: Sequence[str]) -> Iterator[Emptied]:
    names = {part.path: part.name for part in parts}
    for log in engine_logs:
        for prune in read_space(log):
            if isinstance(prune, Prune) and prune.results:
                record = prune.record
                words = f"a prune dropped {prune.results} results"
                yield Emptied(words, (names[log], record.line, record.text), record.time, _after(runs, record.time))


def _after(runs: Sequence[PipelineRun], time: datetime | None) -> int | None:
    """The last run that began before `time`, 0 before all of them; None where no run has a place in an engine log."""
    placed = [run for run in runs if run.opened]
    if time is None or not placed:
        return None
    return max((run.number for run in placed if run.opened and run.opened < time), default=0)
