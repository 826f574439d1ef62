"""Which failing step is the root of a failure, and which only repeat it: the rule is in `steps.root_steps`."""

import re
from collections.abc import Iterable, Iterator, Sequence

from faultbook.logs.run import Outcome, Role, Step

_CANCELLED = ("context canceled", "interrupt signal received", "session is closing")
_LOST = ("engine is shutting down", "unexpected EOF")
_EXIT_CODE = re.compile(r"(?:^|[ :])exit code: \d+$")
_SERVICE = re.compile(r"(?:bound service|start) \S+ \(aliased as ")
_CALL = re.compile(r"[A-Z]\w*\.\w+")


def is_cancelled(error: str | None) -> bool:
    """Whether an error text only says that somebody gave up."""
    return bool(error) and _first_line(error).endswith(_CANCELLED)


def wraps(outer: str, inner: str) -> bool:
    """Whether a line of the error `outer` is the first line of `inner`, perhaps with more before it."""
    tail = _first_line(inner)
    return any(line == tail or line.endswith((f" {tail}", f":{tail}")) for line in outer.split("\n"))


def roles(steps: Sequence[Step], outcome: Outcome, error: str | None, plain: bool) -> dict[int, Role]:
    """The role of every step that has one, by idx. `plain` tells that the log is of the plain form."""
    work = _Roles(steps, outcome, error, plain)
    work.failing()
    if outcome != "passed" and plain:
        work.unproved()
    return work.of


class _Roles:
    """The steps of one run and the roles found so far."""

    def __init__(self, steps: Sequence[Step], outcome: Outcome, error: str | None, plain: bool) -> None:
        self.of: dict[int, Role] = {}
        self._steps = {step.idx: step for step in steps}
        self._outcome, self._error, self._plain = outcome, error, plain
        failing = sorted((step for step in steps if step.status == "ERROR"), key=lambda step: step.failed_line or 0)
        self._spoken = [step for step in failing if step.error]
        self._silent = [step for step in failing if not step.error]
        self._out_of_time: list[Step] = []
        self._children: dict[int | None, list[Step]] = {}
        for step in steps:
            self._children.setdefault(step.parent, []).append(step)

    def failing(self) -> None:
        """Roles of the steps that ended with ERROR."""
        self._set_apart()
        left = [step for step in self._spoken if step.idx not in self.of]
        before: dict[str, Step] = {}
        for step in left:
            self._judge(step, before.values())
            before.setdefault(step.error or "", step)
        if self._error and not left and self._outcome == "failed":
            self._claim(None, self._error)
        for step in self._silent:
            self.of.setdefault(step.idx, self._role_of_silent(step))

    def _set_apart(self) -> None:
        """Steps that gave up, and steps whose error went no further."""
        for step in self._spoken:
            if self._outcome == "passed":
                self.of[step.idx] = "tolerated"
            elif is_cancelled(step.error):
                self.of[step.idx] = "cancelled"
            elif self._error and not wraps(self._error, step.error or ""):
                self.of[step.idx] = "tolerated"
        for step in self._spoken:
            if _gave_up(step) and self.of.get(step.idx) != "tolerated":
                self._blame_retries(step)

    def _blame_retries(self, step: Step) -> None:
        """A step that ran out of time or was interrupted while its last child failed: what it tried is the root."""
        children = self._children.get(step.idx, [])
        if not children or not children[-1].error or _gave_up(children[-1]):
            return
        tries = [child for child in children if child.error == children[-1].error]
        self.of.update({child.idx: "repeats" for child in tries})
        self.of[tries[0].idx] = "root"
        self.of.setdefault(step.idx, "repeats")
        self._out_of_time.append(step)

    def _judge(self, step: Step, before: Iterable[Step]) -> None:
        """Role of a step whose error is the run's error; `before` has the first step of each error met so far."""
        repeated = [other for other in before if wraps(step.error or "", other.error or "")]
        inside = any(step.idx in self._path(other) for other in repeated)
        claimed = not inside and self._plain and not step.is_exec and self._claim(step, step.error or "")
        waited = any(wraps(step.error or "", other.error or "") for other in self._out_of_time)
        self.of[step.idx] = "repeats" if claimed or repeated or waited else "root"

    def _claim(self, consumer: Step | None, error: str) -> bool:
        """Make the silent failing step that `consumer` evaluated the root: a service if the text names one, else the
        nearest before it, beside it or inside it."""
        found = [step for step in self._silent if step.idx not in self.of and _is_call(step)]
        if consumer:
            found = [step for step in found if step.parent == consumer.parent or consumer.idx in self._path(step)]
            found = [step for step in found if step.first_line < (consumer.failed_line or 0)]
        services = [step for step in found if step.ended == "Container.asService"]
        nearest = (services if _SERVICE.search(error) and services else found)[-1:]
        self.of.update({step.idx: "root" for step in nearest})
        return bool(nearest)

    def _role_of_silent(self, step: Step) -> Role:
        """A failing step without text that is no root."""
        if self._outcome == "passed" or any(self._steps[idx].status in ("DONE", "CACHED") for idx in self._path(step)):
            return "tolerated"
        return "cancelled" if "root" not in self.of.values() and self._outcome == "cancelled" else "repeats"

    def unproved(self) -> None:
        """Steps that never ended, and steps whose DONE proves nothing."""
        for step in self._steps.values():
            if step.status is None:
                self.of[step.idx] = "unfinished"
        for step in list(self._steps.values()):
            self._doubt_providers(step)
            if self.of.get(step.idx) == "root" and self._outcome == "failed":
                self._doubt([self._steps[idx] for idx in self._path(step)])
        if self._outcome == "failed" and self._error and "root" not in self.of.values():
            self._doubt_last(self._error)

    def _doubt_providers(self, consumer: Step) -> None:
        """The execs which a step that did not end well was about to evaluate."""
        role, error = self.of.get(consumer.idx), _first_line(consumer.error or "")
        if consumer.is_exec or role not in ("root", "cancelled", "unfinished"):
            return
        if role == "root" and _EXIT_CODE.search(error):
            self._doubt([step for step in list(self._execs_before(consumer))[:1] if not _has_run(step)])
        elif role != "root" or error.endswith(_LOST):
            self._doubt(self._execs_before(consumer))

    def _execs_before(self, consumer: Step) -> Iterator[Step]:
        """Execs beside a step, from the nearest back to the first that certainly ran: those before it were needed."""
        for step in reversed(self._children.get(consumer.parent, [])):
            if step.first_line < consumer.first_line and step.is_exec:
                if step.status != "DONE":
                    return
                yield step
                if _has_run(step):
                    return

    def _doubt_last(self, error: str) -> None:
        """No step shows the error of the run. If the engine was lost, the last step lies; or the error names it."""
        last = max(self._steps.values(), key=lambda step: step.first_line)
        if error.startswith('Post "http://dagger/') and (_is_call(last) or last.is_exec):
            self._doubt([last, *self._execs_before(last)])
        elif last.ended and f" {last.ended}:" in error:
            self._doubt([last])

    def _doubt(self, steps: Iterable[Step]) -> None:
        for step in steps:
            if step.status == "DONE":
                self.of.setdefault(step.idx, "doubtful")

    def _path(self, step: Step) -> list[int]:
        """The steps under which a step is shown, innermost first."""
        path: list[int] = []
        parent = step.parent
        while parent is not None and parent in self._steps and parent not in path:
            path.append(parent)
            parent = self._steps[parent].parent
        return path


def _first_line(text: str | None) -> str:
    return (text or "").partition("\n")[0]


def _gave_up(step: Step) -> bool:
    return _first_line(step.error).endswith((*_CANCELLED, "context deadline exceeded"))


def _has_run(step: Step) -> bool:
    """Whether an exec was certainly evaluated, not only made."""
    return bool(step.outputs or step.seconds)


def _is_call(step: Step) -> bool:
    """Whether a step is a call that gives an object which others consume, and no span inside such a call."""
    return bool(_CALL.fullmatch(step.ended or ""))
