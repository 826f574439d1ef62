"""The story of `dagger/hung`: goroutine dumps, cache dumps and logs of an engine that does not come to an end.

Goroutines tell who waits for whom at a moment, cache dumps which call it is, the engine log its name and command. That
something stands still takes two moments: see `stuck_calls` for the rule.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from faultbook.logs.steps import read_steps
from faultbook.playbooks.bars import Bars
from faultbook.playbooks.dagger import hung_words as words
from faultbook.playbooks.dagger.goroutine_roles import clients, running
from faultbook.playbooks.dagger.hung_calls import clock, table_of, timeline_of
from faultbook.playbooks.dagger.hung_dumps import Moment, compared, read_moments, words_of_two
from faultbook.playbooks.dagger.open_calls import Work, read_work
from faultbook.playbooks.dagger.stuck_calls import APART, Judged, Taken, judge, keys_of, read_taken
from faultbook.playbooks.picture import Timeline
from faultbook.playbooks.table import Table
from faultbook.playbooks.verdict import Line, Verdict, reach

PLAYBOOK = "dagger/hung"
STUCK = "dagger/exec-stuck"
_OUTCOMES = {"passed": "ended well", "failed": "ended with an error", "cancelled": "was interrupted"}


@dataclass(frozen=True)
class Case:
    """The dumps of one engine in the order in which they were taken, and what its logs say of the calls in them."""

    logs: dict[str, str | list[str] | None]
    moments: tuple[Moment, ...]
    taken: tuple[Taken, ...]
    work: Work | None
    judged: tuple[Judged, ...]
    runs: tuple[tuple[str, str], ...]

    @property
    def last(self) -> Moment:
        """The last goroutine dump."""
        return self.moments[-1]

    def overview(self) -> Table:
        """What was given, and what each of it shows."""
        rows = [[f"goroutines: {moment.name}", moment.in_words()] for moment in self.moments]
        if self.last.is_engine:
            groups = self.last.groups
            counts = words.plural(clients(groups), "client"), words.plural(running(groups), "running command")
            rows.append(["in the last of them", ", ".join(counts)])
        rows += [[f"cache: {Path(one.path).name}", _taken_in_words(one)] for one in self.taken]
        rows.append(["engine log", self._log_in_words()])
        rows += [[f"CLI: {name}", outcome] for name, outcome in self.runs]
        return Table("What these files show", ["", "says"], rows)

    def states(self) -> Bars:
        """Goroutines by state."""
        return self.last.states()

    def places(self) -> Table:
        """Goroutines by what they do and where."""
        return self.last.places()

    def waits(self) -> Table:
        """Who waits for whom."""
        return self.last.waits()

    def unmoved(self) -> Table:
        """What stands where it stood in the dump before."""
        if len(self.moments) < 2:
            return Table("One goroutine dump: nothing to compare it with", ["what it does", "where"], [])
        return compared(*self.moments)

    def calls(self) -> Table:
        """The calls that run, with their names and commands."""
        return table_of(self.judged, self.work)

    def timeline(self) -> Timeline:
        """The calls and their commands over seconds, up to the last cache dump."""
        return timeline_of(self.judged, self.taken)

    def verdict(self) -> Verdict:
        """What is confirmed, what these files say beyond that, and which would tell more."""
        return reach(PLAYBOOK, self.logs, self._missing(), self._stuck(), self._says())

    def _stuck(self) -> dict[str, list[Line]]:
        """The evidence for commands that stand still."""
        log = self.logs["engine_log"]
        found = [line for one in self.judged if one.state == "stuck" for line in one.evidence(str(log))]
        return {STUCK: list(dict.fromkeys(found))} if found else {}

    def _says(self) -> Iterator[str]:
        yield from words.of_program(self.last.dump)
        if self.last.is_engine:
            yield from words.of_groups(self.last.groups, self.last.dump.cut is None)
        yield from words.of_calls(self.judged)
        yield from words.of_shared(self.last.links)
        if self._is_at_work and not self.judged:
            yield words.of_one_dump(self.last.groups)
        yield from self._went_on()

    def _went_on(self) -> Iterator[str]:
        """What tells whether the work goes on."""
        if len(self.moments) > 1:
            yield from words_of_two(*self.moments)
        if self._is_at_work and self.work and not self.taken and not self.work.calls and not self.work.commands:
            yield (
                f"Every call and command in the engine log has an end, up to {clock(self.work.until)} UTC: "
                "if the dump was taken before that, the work in it went on."
            )

    def _missing(self) -> Iterator[str]:
        """What was not given and would decide something here."""
        if not self.last.is_engine:
            yield "goroutine dump of the engine: this one is of another program"
        elif self._is_at_work:
            yield from self._missing_moments()
            if self.work is None:
                yield "engine log: the name of the call that hangs, its session and its command"

    def _missing_moments(self) -> Iterator[str]:
        """That something stands still takes two moments."""
        if len(self.taken) < 2:
            which = "second cache dump" if self.taken else "two cache dumps"
            yield f"{which}, at least {APART:.0f} seconds apart: whether the same call still runs"
        if len(self.moments) < 2 and not self.judged:
            yield "second goroutine dump, taken later: which goroutines have not moved"

    def _log_in_words(self) -> str:
        """How far the engine log goes: one that was copied before the dumps cannot show what has ended since."""
        if self.work is None or self.work.until is None:
            return "not given" if self.work is None else "has no line with a time"
        early = self.taken and self.work.until < self.taken[-1].at
        return f"up to {clock(self.work.until)} UTC" + (
            ": right if it was copied after the cache dumps" if early else ""
        )

    @property
    def _is_at_work(self) -> bool:
        """Whether the dump is of an engine that has something to do."""
        return self.last.is_engine and not words.is_idle(self.last.groups)


def read(
    goroutines: str,
    next_goroutines: str | None = None,
    cache: str | None = None,
    next_cache: str | None = None,
    engine_log: str | None = None,
    cli_logs: Sequence[str] = (),
) -> Case:
    """Read what there is of a hang; of two dumps of a kind in any order.

    Raises `Refusal` when a file cannot be read, or holds no goroutine or no cache dump.
    """
    moments, taken = read_moments(goroutines, next_goroutines), read_taken(cache, next_cache)
    work = read_work(engine_log, keys_of(taken)) if engine_log else None
    logs: dict[str, str | list[str] | None] = {
        "goroutines": goroutines,
        "next_goroutines": next_goroutines,
        "cache": cache,
        "next_cache": next_cache,
        "engine_log": engine_log,
        "cli_logs": list(cli_logs),
    }
    runs = tuple((Path(log).name, _outcome(log)) for log in cli_logs)
    return Case(logs, moments, taken, work, tuple(judge(taken, work)), runs)


def _outcome(log: str) -> str:
    """How a run of the CLI ended, or which step it shows last."""
    run = read_steps(log)
    open_steps = [step.title for step in run.steps if step.role == "unfinished"]
    if run.outcome in _OUTCOMES:
        return _OUTCOMES[run.outcome]
    return f"has no end; still open: {', '.join(open_steps[-2:])}" if open_steps else "has no end"


def _taken_in_words(one: Taken) -> str:
    return f"at {clock(one.at)} UTC {words.plural(len(one.running), 'running call')}"
