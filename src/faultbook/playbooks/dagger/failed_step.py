"""The story of `dagger/failed-step`: which step broke the run, what it said, what engine and kernel saw of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from faultbook.logs.engine import Container, containers, read_engine
from faultbook.logs.gotest import read_go_lines
from faultbook.logs.gotests import GoRun, go_run_of
from faultbook.logs.kernel import OomChoice, read_kernel
from faultbook.logs.progress import read_progress
from faultbook.logs.records import Output
from faultbook.logs.steps import Run, Step, read_steps, root_steps
from faultbook.playbooks.dagger.go_test import failures
from faultbook.playbooks.picture import Bar, Look, Timeline
from faultbook.playbooks.table import Excerpt, Table
from faultbook.playbooks.verdict import Verdict, reach

PLAYBOOK = "dagger/failed-step"
_BARS = 14
_ROWS = 14
_LINES = 20
_NAMED = 5

_ROLES = {
    "root": "root: it failed by itself",
    "repeats": "repeats the root's error",
    "cancelled": "cancelled from outside",
    "tolerated": "failed, and nobody minded",
    "unfinished": "never ended",
    "doubtful": "DONE, but not proven",
}
_OUTCOMES = {
    "passed": "the run passed",
    "failed": "the run failed",
    "cancelled": "somebody interrupted the run",
    "cut": "the log just stops",
    "unknown": "this form of output does not show how steps end",
}


@dataclass(frozen=True)
class Case:
    """One incident: the CLI's run, and what engine and kernel say, as far as their logs were given."""

    paths: dict[str, str | None]
    run: Run
    containers: tuple[Container, ...]
    kills: tuple[OomChoice, ...]
    tests: dict[int, GoRun]

    def overview(self) -> Table:
        """Which logs there are and how the run ended."""
        rows = [[name, Path(path).name if path else "not given"] for name, path in self.paths.items()]
        rows.append(["form of output", self.run.form or "no step is shown"])
        rows.append(["outcome", _OUTCOMES[self.run.outcome]])
        rows.append(["error of the run", self.run.error or "none"])
        if self.run.exit_code is not None:
            rows.append(["exit code of the CLI", str(self.run.exit_code)])
        return Table("What there is", ["", "says"], rows)

    def steps(self) -> Table:
        """The steps that matter: roots first, then the ones that only repeat them, then what never ended."""
        steps = sorted(self._told(), key=lambda step: (_rank(step), step.idx))[:_ROWS]
        rows = [
            [str(step.idx), step.title, step.status or "no end", _ROLES[step.role or "root"], step.error or ""]
            for step in steps
        ]
        caption = (
            f"{len(steps)} of {len(self.run.steps)} steps" if rows else f"None of {len(self.run.steps)} steps failed"
        )
        return Table(caption, ["step", "what", "ended", "part in it", "own error text"], rows)

    def timeline(self) -> Timeline:
        """The steps over time, on the clock that the log itself gives."""
        bars = [_bar(step, self._end) for step in self._drawn()]
        return Timeline("Steps of the run", self._in_words(), bars)

    def output(self) -> Excerpt:
        """The last lines that the root, or else the last unfinished step, printed."""
        step = next(iter([*root_steps(self.run), *reversed(self.run.with_role("unfinished"))]), None)
        lines = [(output.line, output.text) for output in step.last_output[-_LINES:]] if step else []
        if not step:
            return Excerpt("No step failed by itself.", [])
        said = "the last it printed" if lines else "it printed nothing"
        return Excerpt(f"Step {step.idx}, {step.title}: {said}", lines)

    def go_tests(self) -> Table:
        """The Go tests that failed inside the root; `go test` prints far more than the last lines of a step."""
        rows = [[str(idx), *row] for idx, run in self.tests.items() for row in failures(run)]
        caption = "Go tests that failed inside a step" if rows else "No Go test failed inside the step"
        return Table(caption, ["step", "line", "test or package", "how", "first words"], rows[:_ROWS])

    def engine(self) -> Table:
        """The containers of this run as the engine saw them, and whether the kernel killed one."""
        mine = [container for container in self.containers if self.run.trace in (None, container.trace)]
        rows = [[one.command, _ending(one), _seconds(one), self._kill(one)] for one in mine]
        return Table(
            "Containers of this run" if rows else "No container of this run in an engine log",
            ["command", "ended with", "after", "kernel"],
            rows[-_ROWS:],
        )

    def verdict(self) -> Verdict:
        """What is confirmed, and which log would tell more."""
        return reach(PLAYBOOK, self.paths, self._missing(), says=self._says())

    def _says(self) -> Iterator[str]:
        for idx, run in self.tests.items():
            named = ", ".join(row[1] for row in failures(run)[:_NAMED])
            yield f"Step {idx} ran Go tests; what failed there: {named}. Their own output is the cause to look at."

    def _told(self) -> list[Step]:
        return [step for step in self.run.steps if step.role and step.role != "tolerated"]

    def _drawn(self) -> list[Step]:
        """The steps worth a bar: those that matter, then the longest ones, in the order of the log."""
        told = self._told()
        others = [step for step in self.run.steps if step not in told and (step.seconds or 0) > 0]
        longest = sorted(others, key=lambda step: -(step.seconds or 0))[: max(_BARS - len(told), 0)]
        return sorted([*told[:_BARS], *longest], key=lambda step: step.idx)

    @property
    def _end(self) -> float:
        return max((step.end or step.start for step in self.run.steps), default=0.0)

    def _in_words(self) -> str:
        """What the picture shows, for those who do not see it."""
        roots = root_steps(self.run)
        open_steps = self.run.with_role("unfinished")
        parts = [f"{len(self.run.steps)} steps over {self._end:.1f} s; {_OUTCOMES[self.run.outcome]}."]
        parts += [f"Step {step.idx} ({step.title}) failed by itself." for step in roots]
        parts += [f"Step {step.idx} ({step.title}) never ended." for step in open_steps]
        return " ".join(parts)

    def _kill(self, container: Container) -> str:
        kill = next((kill for kill in self.kills if kill.container == container.id), None)
        return f"killed for memory: {kill.process} ({kill.pid})" if kill else ""

    def _missing(self) -> Iterator[str]:
        """Logs that were not given and would decide something here."""
        if not self.paths["engine_log"] and self.run.outcome == "cut":
            yield "engine log: it tells whether the CLI was killed (`healthcheck failed fatally`) or the engine"
        elif not self.paths["engine_log"] and self.run.outcome == "failed":
            yield "engine log: it names every command with its exit code"
        if not self.paths["kernel_log"] and "exit code: 137" in (self.run.error or ""):
            yield "kernel log: it tells whether memory was the reason of exit code 137"


def read(log: str, engine_log: str | None = None, kernel_log: str | None = None) -> Case:
    """Read an incident: `log` is what the CLI printed. Raises `Refusal` when a log cannot be read."""
    run = read_steps(log)
    return Case(
        {"log": log, "engine_log": engine_log, "kernel_log": kernel_log},
        run,
        tuple(containers(read_engine(engine_log))) if engine_log else (),
        tuple(record for record in read_kernel(kernel_log) if isinstance(record, OomChoice)) if kernel_log else (),
        {step.idx: tests for step in root_steps(run) if (tests := _go_tests(log, step))},
    )


def _go_tests(log: str, step: Step) -> GoRun | None:
    """The `go test` run inside a failed step, None where nothing of that kind failed.

    The log is read once more for it, since only the last lines of a step are kept; those tell whether it is worth it:
    `go test` ends with FAIL, whatever package failed.
    """
    ends = read_go_lines((output.line, output.text) for output in step.last_output)
    if not any(event.text == "FAIL" or event.kind == "package" for event in ends):
        return None
    printed = (one for one in read_progress(log) if isinstance(one, Output) and one.idx == step.idx)
    run = go_run_of(read_go_lines((output.line, output.text) for output in printed))
    return run if failures(run) else None


def _rank(step: Step) -> int:
    return list(_ROLES).index(step.role or "root")


def _bar(step: Step, end: float) -> Bar:
    """The bar of a step. A lazily made step worked in its last `seconds`, so that is what is drawn."""
    stop = step.end if step.end is not None else end
    start = stop - step.seconds if step.seconds is not None else step.start
    return Bar(f"{step.idx} {step.title}", _note(step), max(start, 0.0), stop, _look(step))


def _look(step: Step) -> Look:
    if step.role == "root":
        return "root"
    if step.role in ("repeats", "cancelled"):
        return "repeats"
    if step.role in ("unfinished", "doubtful"):
        return "open"
    return "cached" if step.status == "CACHED" else "good"


def _note(step: Step) -> str:
    status = {"DONE": "done", "CACHED": "cached", "ERROR": "failed", None: "no end"}[step.status]
    note = step.role if step.role in ("root", "repeats", "cancelled", "doubtful") else status
    return f"{note}, {step.seconds:.1f} s" if step.seconds is not None else str(note)


def _ending(container: Container) -> str:
    if container.end is None:
        return "no end in the log"
    return container.error or "exit code: 0"


def _seconds(container: Container) -> str:
    """Its duration; the engine stamps these lines with whole seconds only."""
    if container.start is None or container.end is None:
        return ""
    return f"{(container.end - container.start).total_seconds():.0f} s"
