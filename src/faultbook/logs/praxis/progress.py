"""What Dagger's progress in an agent's log says about calls: when they were asked for, what ran, what went wrong."""

import re
from bisect import bisect_left
from collections import deque
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from faultbook.logs.praxis.agent import Step
from faultbook.logs.praxis.calls import Call, Exec
from faultbook.logs.records import End, Output, Start

_STAMP = re.compile(r"withEnvVariable CACHE_BUST=(\d{18,19})$")
_EXEC = re.compile(r"(?:withExec |(?:Container)?\.?withExec\(args: \[)(.*)", re.DOTALL)
_OUTPUT_KEPT = 40
_SIGNS = re.compile(r"[\s'\"\\]+")
_NEAR = timedelta(seconds=2)


@dataclass
class ProgressLines:
    """Takes the steps of one agent's progress as they come, and shares them out to its calls at the end."""

    stamps: list[tuple[datetime, Step]] = field(default_factory=list)
    execs: list[Exec] = field(default_factory=list)
    causes: list[Step] = field(default_factory=list)
    mounted: list[Step] = field(default_factory=list)
    exported: list[Step] = field(default_factory=list)
    versions: list[Step] = field(default_factory=list)
    closed: list[Step] = field(default_factory=list)
    count: int = 0
    _running: dict[int, list[int]] = field(default_factory=dict)
    _known: set[int] = field(default_factory=set)

    def restart(self) -> None:
        """Another process numbers its steps from 1 again."""
        self._running.clear()
        self._known.clear()

    def add(self, step: Step) -> bool:
        """Take a step; the answer is whether a session ended with it."""
        before = len(self.closed)
        self.count += 1
        said = step.said
        if isinstance(said, Start):
            self._start(step, said)
        elif isinstance(said, End):
            self._end(step, said)
        elif isinstance(said, Output):
            self._output(step, said)
        else:
            self.causes.append(step)
        return len(self.closed) > before

    def _start(self, step: Step, said: Start) -> None:
        stamp = _STAMP.match(said.text)
        if stamp:
            self._stamp(step, said.idx, int(stamp[1]))
        elif said.text.startswith("Directory.export"):
            self.exported.append(step)
        elif said.text.startswith(("withExec ", "Container.withExec(", ".withExec(")):
            self._exec(step, said)

    def _stamp(self, step: Step, idx: int, nanoseconds: int) -> None:
        at = datetime.fromtimestamp(nanoseconds / 1e9, UTC)
        if any(known == at for known, _ in self.stamps[-8:]):  # a step may be shown again
            return
        self.stamps.append((at, step))
        if idx in self._known:  # two sessions at once number their steps alike: what comes is another command
            self._known.clear()
        self._known.add(idx)

    def _exec(self, step: Step, said: Start) -> None:
        found = _EXEC.match(said.text)
        command = found[1].removesuffix("]): Container!") if found else said.text
        places = self._running.setdefault(said.idx, [])
        if not places or self.execs[places[-1]].command != command or said.idx not in self._known:
            places.append(len(self.execs))
            self.execs.append(Exec(step, command))
        self._known.add(said.idx)

    def _end(self, step: Step, said: End) -> None:
        if said.name.startswith("dagger session "):
            self.closed.append(step)
        elif said.name == "Host.directory":
            self.mounted.append(step)
        elif said.name.endswith("withExec") and said.idx in self._running:
            places = self._running[said.idx]
            at = next((place for place in places if self.execs[place].end is None), places[-1])
            self.execs[at] = replace(self.execs[at], status=said.status, seconds=said.seconds, end=step)

    def _output(self, step: Step, said: Output) -> None:
        if " INF connected " in said.text:
            self.versions.append(step)
        elif said.idx in self._running:
            at = self._running[said.idx][-1]
            told = self.execs[at]
            output = (*told.output, step) if told.printed < _OUTPUT_KEPT else told.output
            self.execs[at] = replace(told, output=output, printed=told.printed + 1)


def shared_out(
    progress: ProgressLines, calls: Sequence[Call], dead: Container[int], in_order: bool
) -> tuple[list[Call], list[Step]]:
    """The calls with what the progress says about each, and the error texts that fall to none.

    `dead` are the numbers of the calls that came when their session had ended: nothing of the progress is theirs.
    Without `in_order` the lines of the calls and those of the progress stand in two files.
    """
    told = list(calls)
    _add_stamps(progress.stamps, told)
    _add_execs(progress.execs, told)
    heard = [place for place, call in enumerate(told) if _heard(call, dead)]
    return told, _add_causes(progress.causes, told, heard, in_order)


def _add_stamps(stamps: Iterable[tuple[datetime, Step]], calls: list[Call]) -> None:
    """Each time of a CACHE_BUST goes to the first call without one that asked Dagger at that time.

    Connecting to Dagger stands between the start of the first call and its question, and may take minutes. A call
    whose line has no time is found by the order of the lines.
    """
    timed = deque(place for place, call in enumerate(calls) if call.kind == "executed" and _asked(call))
    others = deque(place for place, call in enumerate(calls) if call.kind == "executed" and not _asked(call))
    for at, step in sorted(stamps, key=lambda one: one[0]):
        while timed and (_asked(calls[timed[0]]) or at) + _NEAR <= at:
            timed.popleft()
        if timed and (_asked(calls[timed[0]]) or at) <= at:
            place = timed.popleft()
        elif others and calls[others[0]].start.line < step.line:
            place = others.popleft()
        else:
            continue
        calls[place] = replace(calls[place], stamp=step, stamped=at)


def _asked(call: Call) -> datetime | None:
    """When a call asked Dagger, in whole seconds."""
    return call.ready.at if call.ready else call.start_at


def _add_execs(execs: Iterable[Exec], calls: list[Call]) -> None:
    """Each command goes to a call that asked for this command; where v0.2.0 does not print it, to the next one."""
    named: dict[str, deque[int]] = {}
    unnamed: deque[int] = deque()
    for place, call in enumerate(calls):
        if call.stamp and call.command is not None:
            named.setdefault(_bare(call.command[1:-1]), deque()).append(place)
        elif call.stamp and call.way != "program":
            unnamed.append(place)
    for one in execs:
        waiting = named.get(_bare(one.command)) or unnamed
        if waiting:
            place = waiting.popleft()
            calls[place] = replace(calls[place], run=one)


def _bare(command: str) -> str:
    """A command without what tells the agent's `[sh -c exit 3]` from Dagger's `sh -c 'exit 3'`."""
    return _SIGNS.sub("", command)


def _add_causes(causes: Iterable[Step], calls: list[Call], heard: list[int], in_order: bool) -> list[Step]:
    """An error text goes to the last call above it that Dagger could hear; without an order to the last that failed."""
    left = []
    failed = [place for place in heard if calls[place].error]
    starts = [calls[place].start.line for place in heard]
    for step in causes:
        above = _last_before(heard, starts, step.line) if in_order else failed[-1:]
        if above:
            calls[above[0]] = replace(calls[above[0]], causes=(*calls[above[0]].causes, step))
        else:
            left.append(step)
    return left


def _last_before(heard: list[int], starts: list[int], line: int) -> list[int]:
    at = bisect_left(starts, line)
    return heard[at - 1 : at] if at else []


def _heard(call: Call, dead: Container[int]) -> bool:
    """Whether an error may be this call's: a program that says `ok` knows."""
    return call.kind == "executed" and call.number not in dead and not (call.way == "program" and call.reported)
