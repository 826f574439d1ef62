"""Why the first step ran: what the logs of a run and of those before it show of its words, its digest and its time."""

from collections.abc import Sequence
from dataclasses import dataclass

from faultbook.logs.run import Step
from faultbook.playbooks.dagger.cache_events import Emptied, between
from faultbook.playbooks.dagger.cache_rows import Row, fate, looks_outside
from faultbook.playbooks.dagger.cache_runs import PipelineRun, is_core, label, owner_of, type_of
from faultbook.report.lines import shown

_UPLOADS = ("Address.directory", "Address.file", "Host.directory", "Host.file")
_WORDS = 60


@dataclass(frozen=True)
class Pipeline:
    """The runs of one pipeline in order of time, its outermost steps, and those of them that run in every session.

    `others` are all runs, `events` what emptied the cache.
    """

    runs: tuple[PipelineRun, ...]
    rows: tuple[Row, ...]
    each_time: frozenset[Row]
    others: tuple[PipelineRun, ...]
    events: tuple[Emptied, ...]

    def earlier(self, run: PipelineRun) -> list[PipelineRun]:
        """The runs before `run`."""
        return [one for one in self.runs if one.number < run.number]

    def first_that_ran(self, run: PipelineRun) -> Row | None:
        """The first step that could have been CACHED and was not."""
        return next((row for row in self._kept(run) if fate(run.run, row.steps[run.number]) != "cached"), None)

    def counted(self, run: PipelineRun) -> tuple[int, int]:
        """How many steps were CACHED, and how many could have been."""
        fates = [fate(run.run, row.steps[run.number]) for row in self._kept(run)]
        return fates.count("cached"), len(fates)

    def cached_again(self, run: PipelineRun) -> Row | None:
        """The first step that is CACHED and ran in the run before."""
        before = self.earlier(run)[-1:]
        both = [(row, before[0]) for row in self._kept(run) if before and before[0].number in row.steps]
        return next((row for row, one in both if _is_hit(run, row) and not _is_hit(one, row)), None)

    def made_by(self, run: PipelineRun) -> list[PipelineRun]:
        """The runs that may have made what is CACHED in `run`, the last first: those in which the last CACHED step ran,
        with the same digest, or with the same words where the logs show no digest twice."""
        hits = [row for row in self._kept(run) if _is_hit(run, row)]
        if not hits:
            return []
        row = hits[-1]
        step = row.steps[run.number]
        there = [one for one in reversed(self.earlier(run)) if one.number in row.steps]
        same = [one for one in there if run.digest(step) and one.digest(row.steps[one.number]) == run.digest(step)]
        candidates = same or [one for one in there if row.steps[one.number].title == step.title]
        return [one for one in candidates if not _is_hit(one, row)]

    def _kept(self, run: PipelineRun) -> list[Row]:
        return [row for row in self.rows if run.number in row.steps and row not in self.each_time]


class Reason:
    """Why the row `row` is the first that ran in `run`; `old` is the last run before that has it."""

    def __init__(self, pipeline: Pipeline, run: PipelineRun, row: Row, old: PipelineRun) -> None:
        self.pipeline, self.run, self.row, self.old = pipeline, run, row, old
        self.step, self.before = row.steps[run.number], row.steps[old.number]
        self.rows = list(pipeline.rows)
        self.place = self.rows.index(row)
        self.events = between(pipeline.events, old, run)

    def in_words(self) -> str:
        """What the logs show of the reason, and what in between may have to do with it."""
        words = self._changed() or self._not_ended() or self._lost() or self._input() or self._outside() or self._kept()
        told = [event.words for event in self.events if event.words not in words]
        return "; ".join([words, *(f"in between {text}" for text in dict.fromkeys(told))])

    def _changed(self) -> str | None:
        if self.step.title == self.before.title:
            return None
        old, new = shown(self.before.title, _WORDS), shown(self.step.title, _WORDS)
        return f"its arguments are others: `{old}` in run {self.old.number}, `{new}` now"

    def _not_ended(self) -> str | None:
        """Its result was never there."""
        before = fate(self.old.run, self.before)
        if self.old.lasts_until(self.run, self.before):
            return f"same words, and run {self.old.number} had not ended it when this run began"
        if before not in ("cached", "ran"):
            return f"same words, and it did not end well in run {self.old.number}: a failure is never kept"
        return None

    def _lost(self) -> str | None:
        """Its result, or all results, went away."""
        emptied = ", ".join(dict.fromkeys(event.words for event in self.events))
        digest = self.run.digest(self.step)
        if digest and digest == self.old.digest(self.before):
            gone = emptied or "these logs do not show how"
            return f"the same call as in run {self.old.number} (digest {digest}), its result was gone: {gone}"
        if self.place == 0 and emptied:
            return f"from the first step on, and in between {emptied}"
        mine, other = self.run.engine, self.old.engine
        if self.place == 0 and mine and other and mine.known_as != other.known_as:
            return f"from the first step on, and the engine is another: {other.known_as} before, {mine.known_as} now"
        return None

    def _input(self) -> str | None:
        """What goes into it may be another."""
        upload = next((name for name in _UPLOADS if name in self.step.title), None)
        digests = self._digests()
        if upload:
            words = f"same words, but it takes an upload ({upload})"
            gone = ", or the kept copy is gone, too" if self.events else ""
            told = f"; {digests}" if digests else ""
            return f"{words}: a file in it changed, came, went or has another mode{gone}{told}"
        if digests:
            return f"same words, but an input is another: {digests}"
        if self.place == 0 and not is_core(type_of(self.step)):
            return f"the module was loaded anew: its source or settings are others than in run {self.old.number}"
        if self.place == 0:
            return "from the first step on: pruned, another engine or another state; the engine log tells"
        return None

    def _outside(self) -> str | None:
        """What it stands behind looks outside of the engine in every session, so its digest may say more than it."""
        looks = [
            row for row in self.rows[: self.place] if self.run.number in row.steps and row in self.pipeline.each_time
        ]
        steps = [row.steps[self.run.number] for row in looks if looks_outside(row.steps[self.run.number])]
        if not steps:
            return None
        names = ", ".join(map(label, steps))
        return f"same words, behind {names}, which runs in every session: what that found may be another"

    def _digests(self) -> str | None:
        """The digests, if they can be compared: not across a cache that was emptied, and only where those of the steps
        before it are known and the same."""
        mine, other = self.run.digest(self.step), self.old.digest(self.before)
        pairs = [self._pair(row) for row in self.rows[: self.place] if self.run.number in row.steps]
        if self.events or not mine or not other or mine == other:
            return None
        if not pairs or any(one is None or one != two for one, two in pairs):
            return None
        return f"digest unlike that of run {self.old.number}, those before it alike"

    def _pair(self, row: Row) -> tuple[str | None, str | None]:
        old = row.steps.get(self.old.number)
        return self.run.digest(row.steps[self.run.number]), self.old.digest(old) if old else None

    def _kept(self) -> str:
        """All that is before it is CACHED, and its words are the same: how long was a result good?"""
        same = [one for one in self.pipeline.earlier(self.run) if self._has_words(one)]
        made = next((one for one in reversed(same) if not _is_hit(one, self.row)), None)
        if made is None:
            return "same words, all before it CACHED; no run in these logs made it"
        words = f"same words, all before it CACHED; {self._reason(same, made)}"
        anew = [one for one in self.pipeline.others if self._loads(one, made)]
        if anew:
            return f"{words}; run {anew[-1].number} loaded the module anew in between: a miss for all its functions"
        return words

    def _reason(self, same: Sequence[PipelineRun], made: PipelineRun) -> str:
        """How old the result is that did not serve, and whether it served before: a hit in another session is none of
        a function that is kept for one session or never."""
        old = age(self.run, made)
        hits = [one for one in same if _is_hit(one, self.row)]
        last = next((one for one in reversed(hits) if one.number > made.number), None)
        if last:
            good = f"the result of run {made.number} was a hit {age(last, made)} later (run {last.number})"
            return f"{good} and is none {old} later: a time to live that is over does that"
        if hits:
            return f"run {made.number} made it {old} before"
        none = f"CACHED in none of its {len(same) + 1} runs, the last {old} before"
        core = is_core(owner_of(self.step, self.rows[self.place - 1].latest if self.place else None))
        return none if core else f"{none}: policy PerSession or Never, or a time to live below that"

    def _has_words(self, run: PipelineRun) -> bool:
        step = self.row.steps.get(run.number)
        return step is not None and step.title == self.step.title

    def _loads(self, run: PipelineRun, made: PipelineRun | None) -> bool:
        """Whether a run between the two ran the first step, which loads the module."""
        first = next(iter(run.outermost), None)
        mine = self.rows[0].latest
        between_them = made is not None and made.number < run.number < self.run.number
        return bool(
            between_them
            and first
            and first.title == mine.title
            and first.status != "CACHED"
            and not is_core(type_of(mine))
        )


def age(run: PipelineRun, made: PipelineRun) -> str:
    """How long after `made` a run began."""
    seconds = run.after(made)
    if seconds is None:
        return "some time"
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.0f} h"


def _is_hit(run: PipelineRun, row: Row) -> bool:
    step: Step | None = row.steps.get(run.number)
    return step is not None and step.status == "CACHED"
