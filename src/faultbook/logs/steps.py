"""The tree of steps of a Dagger CLI run, built from the records of its log."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from faultbook.logs.building import Builder
from faultbook.logs.progress import Closing, Record, read_progress
from faultbook.logs.roles import is_cancelled, roles
from faultbook.logs.run import Outcome, Role, Run, Step

__all__ = ["Outcome", "Role", "Run", "Step", "read_steps", "root_steps", "run_of"]


def read_steps(log: str | Path | BinaryIO) -> Run:
    """The run a CLI log shows. Holds its steps and the last lines of their output, never the log.

    Raises `Refusal` when the log cannot be read at all, and nothing on what it contains.
    """
    return run_of(read_progress(log))


def run_of(records: Iterable[Record]) -> Run:
    """The run that records of one CLI log describe."""
    built = Builder()
    for record in records:
        built.add(record)
    error = _closing_error(built)
    steps = built.steps()
    outcome = _outcome(built, steps)
    role = roles(steps, outcome, error, built.form == "plain")
    return _run(built, [replace(step, role=role.get(step.idx)) for step in steps], outcome, error)


def root_steps(run: Run) -> list[Step]:
    """The steps that failed first-hand, in the order of the log; empty when no step shows the failure.

    Every step that ended with ERROR has one role, found from the captured runs of v0.21.8 and v1.0.0-beta.11:

    1. In a run that passed it is `tolerated` (`stat .dockerignore` in every Dockerfile build). In any other run it is
       `cancelled` when its error ends in `context canceled`, `interrupt signal received` or `session is closing`.
    2. It is `tolerated`, too, when the run's closing error does not end with its error: somebody went on without it.
    3. Of the others, an error that ends with the error of a step that failed before is `repeats`: outer steps wrap the
       text of inner ones, and the run's error wraps them all. What repeats nothing is `root`, unless
    4. a failing call without text stands before it, beside it or inside it. Then the error belongs to that call, the
       step only consumed it and `repeats`: so a failed exec is the root and not its `stdout`, and an image is the root
       whose layers were missing when its files were listed. The nearest is taken; if the text speaks of a bound
       service, the nearest service. A `sync` has no consumer: there the run's closing error takes this place.
    5. A step that ran out of time, or was interrupted, while its last child failed: that child is the root (its first
       try, the other tries repeat it).
    6. Failing steps without text that are nobody's root `repeats`; inside a step that ended well they are `tolerated`,
       in a cancelled run `cancelled`.

    In a tree (`report`, `dots`) the CLI itself puts the text on the step that failed, so rule 4 is not needed.

    In runs that did not pass, steps of the plain form can also be `unfinished` (no end) or `doubtful`, which means
    that their DONE is no proof: the execs which a cancelled, unfinished or lost step was about to evaluate, up to the
    last that certainly ran; the exec that was made but never seen to run, before a step that fails with an exit code;
    the steps around a root; and the last steps before the engine was lost.
    """
    return run.with_role("root")


def _run(built: Builder, steps: list[Step], outcome: Outcome, error: str | None) -> Run:
    head = built.heads.get("error")
    marked = next((line for line in built.closings.get("error", ()) if line.trace), None)
    told = built.heads.get("exit")
    ending = head or built.heads.get("cancelled") or built.heads.get("usage") or built.heads.get("verdict")
    return Run(
        form=built.form,
        steps=tuple(steps),
        outcome=outcome,
        error=error,
        error_line=head.line if head else None,
        trace=marked.trace if marked else None,
        span=marked.span if marked else None,
        exit_code=int(told.text.rsplit(" ", 1)[-1]) if told else None,
        stdout=_block(built, "stdout"),
        stderr=_block(built, "stderr"),
        closing=ending,
        notices=tuple(built.notices),
        lines=built.lines,
    )


def _closing_error(built: Builder) -> str | None:
    """The text of the closing error: its first line, and the last of those that follow."""
    head = built.heads.get("error")
    if not head:
        return None
    more = [line.text for line in built.closings["error"] if line is not head]
    return "\n".join([head.text, *more]).rstrip()


def _block(built: Builder, kind: str) -> tuple[str, ...]:
    """The last lines of a closing block, without its heading and the empty lines at its end."""
    head = built.heads.get(kind)
    lines: list[Closing] = [line for line in built.closings.get(kind, ()) if line is not head]
    while lines and not lines[-1].text:
        lines.pop()
    return tuple(line.text for line in lines)


def _outcome(built: Builder, steps: list[Step]) -> Outcome:
    if "cancelled" in built.heads:
        return "cancelled"
    verdict = built.heads.get("verdict")
    if verdict:
        return "passed" if verdict.text == "PASSED" else "failed"
    if "error" in built.heads or "usage" in built.heads:
        return "failed"
    if built.tree:
        return "failed" if any(step.status == "ERROR" for step in steps) else "passed"
    return _outcome_of_steps(steps) if built.form == "plain" else "unknown"


def _outcome_of_steps(steps: list[Step]) -> Outcome:
    """The outcome of a plain log without closing line: good runs print none, and neither do `query` and `version`
    when they are interrupted."""
    outermost = [step for step in steps if step.depth == 0 and step.status == "ERROR"]
    if any(is_cancelled(step.error) for step in outermost):
        return "cancelled"
    return "cut" if outermost or any(step.status is None for step in steps) else "passed"
