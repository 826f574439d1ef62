"""The story of `dagger/cache-miss`: runs of one pipeline side by side, the first step that ran in each, and why."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from faultbook.playbooks.dagger.cache_events import Emptied, asked, emptied
from faultbook.playbooks.dagger.cache_join import joined
from faultbook.playbooks.dagger.cache_rows import Fate, Row, align, each_time, fate, flat
from faultbook.playbooks.dagger.cache_runs import PipelineRun, field_of, in_order, label, pipelines, read_run
from faultbook.playbooks.dagger.cache_why import Pipeline
from faultbook.playbooks.dagger.cache_words import compared_with, each_time_words, reason, sentence
from faultbook.playbooks.dagger.engine_lives import read_parts
from faultbook.playbooks.grid import Grid, Mark
from faultbook.playbooks.table import Table
from faultbook.playbooks.verdict import Verdict, reach

PLAYBOOK = "dagger/cache-miss"
_COLUMNS = 12
_DIGITS = 8
_ROWS = 24
_MARKS: dict[Fate, Mark] = {
    "cached": "cached",
    "ran": "ran",
    "failed": "failed",
    "not proven": "open",
    "no end": "open",
    "not shown": "open",
}


@dataclass(frozen=True)
class Case:
    """The runs by pipeline, numbered in order of time, and what emptied the cache."""

    paths: dict[str, list[str]]
    pipelines: tuple[Pipeline, ...]
    events: tuple[Emptied, ...]

    def overview(self) -> Table:
        """The runs, and what of each was CACHED."""
        rows = [self._row(pipeline, run) for pipeline, run in self._runs()]
        caption = f"{_several(len(rows), 'run')} of {_several(len(self.pipelines), 'pipeline')}"
        headings = ["run", "log", "began", "pipeline", "CACHED", "first that ran", "CACHED again from", "made by"]
        return Table(caption, headings, rows)

    def grid(self) -> Grid:
        """The last runs as a picture."""
        runs = self._last()
        rows = [
            (_indented(row, f"{row.latest.idx} {field_of(row.latest)}"), [_mark(pipeline, row, run) for run in runs])
            for pipeline, row in self._lines(runs)
        ]
        return Grid("What was CACHED in which run", " ".join(self._says()), [str(run.number) for run in runs], rows)

    def steps(self) -> Table:
        """The steps of the last runs."""
        runs = self._last()
        rows = [
            [str(pipeline.runs[0].group), _indented(row, row.latest.title), *(_cell(row, run) for run in runs)]
            for pipeline, row in self._lines(runs)
        ]
        caption = f"{_several(len(rows), 'step')} in the last {_several(len(runs), 'run')}"
        return Table(caption, ["pipeline", "step", *(f"run {run.number}" for run in runs)], rows)

    def reasons(self) -> Table:
        """Why the first step ran, run by run."""
        rows = [
            _reason_row(pipeline, run, row) for pipeline, run in self._runs() if (row := pipeline.first_that_ran(run))
        ]
        caption = "What the logs show of the reason" if rows else "No step ran that could have been CACHED"
        return Table(caption, ["run", "compared with", "first that ran", "line", "what the logs show"], rows)

    def emptied(self) -> Table:
        """What emptied the cache."""
        rows = [[_place(one), one.words, f"{one.line[0]}:{one.line[1]}", one.line[2]] for one in self.events]
        caption = "What emptied the cache" if rows else "Nothing in these logs emptied the cache"
        return Table(caption, ["when", "what", "line", "text"], rows[-_ROWS:])

    def digests(self) -> Table:
        """The digests of the calls that did not stay the same, from the engine log."""
        runs = [run for _, run in self._runs() if run.ended][-_COLUMNS:]
        rows = [
            [label(row.latest), *(_digest(row, run) for run in runs)]
            for _, row in self._lines(runs)
            if len({run.digest(row.steps[run.number]) for run in runs if run.number in row.steps}) > 1
        ]
        caption = "Calls with more than one digest" if rows else "No engine log fits these runs, or no digest changed"
        return Table(caption, ["step", *(f"run {run.number}" for run in runs)], rows)

    def verdict(self) -> Verdict:
        """What was compared, and which log would tell more."""
        return reach(PLAYBOOK, self.paths, self._missing(), says=self._says())

    def _says(self) -> Iterator[str]:
        """A sentence for each of the last runs, then what holds for all of them."""
        runs = self._runs()
        yield from (sentence(pipeline, run) for pipeline, run in runs[-_COLUMNS:])
        if not runs:
            yield "No run of a pipeline in these logs" + (", only a prune." if self.events else ".")
        elif len(runs) == 1:
            yield "One run only: nothing to compare."
        elif len(self.pipelines) == len(runs):
            yield "No two of these runs are of the same pipeline: they are not comparable."
        yield from (words for pipeline in self.pipelines if (words := each_time_words(pipeline)))
        for one in self.events:
            if one.wiped:
                yield f"{one.line[0]}:{one.line[1]}: {one.words}; playbook dagger/engine-restart tells why."

    def _runs(self) -> list[tuple[Pipeline, PipelineRun]]:
        pairs = [(pipeline, run) for pipeline in self.pipelines for run in pipeline.runs]
        return sorted(pairs, key=lambda pair: pair[1].number)

    def _last(self) -> list[PipelineRun]:
        return [run for _, run in self._runs()][-_COLUMNS:]

    def _lines(self, runs: Sequence[PipelineRun]) -> list[tuple[Pipeline, Row]]:
        """The steps of these runs, those of one pipeline together; of too many those that tell most."""
        numbers = {run.number for run in runs}
        lines = [(pipeline, row) for pipeline in self.pipelines for row in flat(pipeline.rows)]
        shown = [line for line in lines if numbers & line[1].steps.keys()]
        first = {row for pipeline, run in self._runs() if (row := pipeline.first_that_ran(run))}
        ranked = sorted(shown, key=lambda line: (line[1] not in first, line[1].depth, not _varies(line[1])))
        told = {row for _, row in ranked[:_ROWS]}
        return [line for line in shown if line[1] in told]

    def _row(self, pipeline: Pipeline, run: PipelineRun) -> list[str]:
        cached, all_steps = pipeline.counted(run)
        first, again = pipeline.first_that_ran(run), pipeline.cached_again(run)
        steps = (label(row.steps[run.number]) if row else "" for row in (first, again))
        made = " or ".join(f"run {one.number}" for one in pipeline.made_by(run)[:3])
        numbers = f"{cached} of {all_steps}" if all_steps else "no call"
        return [str(run.number), run.name, run.clock, str(run.group), numbers, *steps, made]

    def _missing(self) -> Iterator[str]:
        """Logs that were not given and would decide something here."""
        runs = [run for _, run in self._runs()]
        if len(runs) == 1:
            yield "CLI log of another run of this pipeline: without one there is nothing to compare"
        elif not any(run.ended for run in runs):
            yield "engine log of these runs: it has the digests of the calls, and what emptied the cache"


def read(cli_logs: Sequence[str], engine_logs: Sequence[str] = ()) -> Case:
    """Read what the CLI printed in one or more runs, in any order, and the engine logs that go with them.

    Raises `Refusal` when one cannot be read.
    """
    parts = read_parts(*engine_logs)
    ordered = in_order(joined([read_run(path) for path in cli_logs], parts, engine_logs))
    runs, prunes = _numbered(ordered)
    events = (*prunes, *emptied(runs, parts, engine_logs))
    by_pipeline: dict[int, list[PipelineRun]] = {}
    for run in runs:
        by_pipeline.setdefault(run.group, []).append(run)
    paths = {"cli_logs": list(cli_logs), "engine_logs": list(engine_logs)}
    return Case(paths, tuple(_pipeline(group, runs, events) for group in by_pipeline.values()), events)


def _numbered(ordered: Sequence[PipelineRun]) -> tuple[list[PipelineRun], list[Emptied]]:
    """The runs with their numbers and pipelines; runs that only ask for a prune become events between them."""
    runs = [run for run in ordered if not run.is_prune]
    groups = dict(zip((id(run) for run in runs), pipelines(runs), strict=True))
    numbered: list[PipelineRun] = []
    events: list[Emptied] = []
    for run in ordered:
        if run.is_prune:
            events.append(asked(run, len(numbered)))
        else:
            numbered.append(replace(run, number=len(numbered) + 1, group=groups[id(run)]))
    return numbered, events


def _pipeline(runs: Sequence[PipelineRun], every: Sequence[PipelineRun], events: tuple[Emptied, ...]) -> Pipeline:
    rows = align(runs)
    return Pipeline(tuple(runs), tuple(rows), frozenset(each_time(rows)), tuple(every), events)


def _reason_row(pipeline: Pipeline, run: PipelineRun, row: Row) -> list[str]:
    step, old = row.steps[run.number], compared_with(pipeline, run, row)
    against = f"run {old.number}" if old else "none"
    return [str(run.number), against, label(step), f"{run.name}:{step.first_line}", reason(pipeline, run, row)]


def _mark(pipeline: Pipeline, row: Row, run: PipelineRun) -> Mark:
    step = row.steps.get(run.number)
    if step is None:
        return "none"
    mark = _MARKS[fate(run.run, step)]
    return "first" if mark == "ran" and pipeline.first_that_ran(run) is row else mark


def _cell(row: Row, run: PipelineRun) -> str:
    """What became of a step in a run."""
    step = row.steps.get(run.number)
    if step is None:
        return ""
    told = fate(run.run, step)
    if told == "cached":
        return "CACHED"
    return f"{told} {step.seconds:.1f} s" if step.seconds is not None and told in ("ran", "failed") else told


def _digest(row: Row, run: PipelineRun) -> str:
    """The first digits of the digest of a step in a run, and whether the step was CACHED."""
    step = row.steps.get(run.number)
    digest = run.digest(step) if step else None
    if step is None or digest is None:
        return ""
    return digest.rpartition(":")[2][:_DIGITS] + (" C" if step.status == "CACHED" else "")


def _varies(row: Row) -> bool:
    """Whether it was CACHED in one run and not in another."""
    return len({step.status == "CACHED" for step in row.steps.values()}) > 1


def _indented(row: Row, text: str) -> str:
    """The text behind a point for each step around it."""
    return "\u00b7 " * row.depth + text


def _place(event: Emptied) -> str:
    if event.after is None:
        return "not known"
    return f"after the start of run {event.after}" if event.after else "before run 1"


def _several(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
