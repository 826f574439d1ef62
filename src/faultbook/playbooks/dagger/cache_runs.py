"""Runs of the CLI as the playbook on cache misses needs them: the calls of the pipeline, when, and on which engine."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from faultbook.logs.calls import EndedCall
from faultbook.logs.run import Run, Step
from faultbook.logs.steps import read_steps

_TYPED = re.compile(r"\.?(?:[A-Z]\w*\.)?([a-z_]\w*)(?:\(.*\))?: \[?([A-Z]\w*)!?\]?!?", re.DOTALL)
_SHORT = re.compile(r"(with(?:out)?[A-Z]\w*) .*", re.DOTALL)
_ENDED = re.compile(r"[A-Z]\w*\.(\w+)")
_CONNECTED = re.compile(r"(\d\d):(\d\d):(\d\d) INF connected name=(\S+) client-version=\S+ server-version=(\S+)")
_DAY = 86400
_CORE = frozenset(
    {
        *(
            "Address",
            "Binding",
            "CacheVolume",
            "Container",
            "Directory",
            "Engine",
            "EngineCache",
            "EnvVariable",
            "File",
        ),
        *("GitRef", "GitRepository", "Host", "Module", "ModuleSource", "Query", "Secret", "Service", "Socket"),
    }
)
_SCALARS = frozenset({"String", "Int", "Float", "Boolean", "Void", "JSON", "Platform"})


@dataclass(frozen=True)
class Engine:
    """What the CLI says of its engine: the time of day at which it connected, in seconds, a name, a version."""

    clock: int
    name: str
    version: str

    @property
    def known_as(self) -> str:
        """Its name and version."""
        return f"{self.name} {self.version}"


@dataclass(frozen=True)
class PipelineRun:
    """One run. `number` is 1-based in order of time; `group` is the pipeline, 1-based, shared by runs to compare.

    `calls` are the steps that call something, without the CLI's own work; `parents` has the call around each of them,
    by idx. `opened` is when the engine opened its session, `ended` are the engine's calls by idx of the step; both are
    only there with the engine log.
    """

    path: str
    run: Run
    calls: tuple[Step, ...]
    parents: dict[int, int | None]
    engine: Engine | None
    number: int = 0
    group: int = 0
    opened: datetime | None = None
    ended: dict[int, EndedCall] | None = None

    @property
    def name(self) -> str:
        """The name of its file."""
        return Path(self.path).name

    @property
    def clock(self) -> str:
        """The time of day at which it connected, as the log has it."""
        if self.engine is None:
            return "no time"
        minutes, seconds = divmod(self.engine.clock, 60)
        return f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}"

    @property
    def outermost(self) -> list[Step]:
        """The calls of the pipeline itself, without those inside of a function."""
        return [step for step in self.calls if self.parents[step.idx] is None]

    @property
    def is_prune(self) -> bool:
        """Whether it asked the engine to empty its cache."""
        done = self.calls and self.calls[-1].status == "DONE"
        return bool(done) and [field_of(step) for step in self.calls[-2:]] == ["localCache", "prune"]

    def digest(self, step: Step) -> str | None:
        """The digest of a step's call in the engine log."""
        call = (self.ended or {}).get(step.idx)
        return call.digest if call else None

    def after(self, earlier: "PipelineRun") -> float | None:
        """Seconds from the start of `earlier` to the start of this one; None where a log has no time."""
        if self.opened and earlier.opened:
            return (self.opened - earlier.opened).total_seconds()
        if self.engine is None or earlier.engine is None:
            return None
        return float((self.engine.clock - earlier.engine.clock) % _DAY)

    def lasts_until(self, later: "PipelineRun", step: Step) -> bool:
        """Whether this run was still at `step` when `later` began; a time of day is only good to a second."""
        gap = later.after(self)
        end = math.inf if step.end is None and self.run.outcome == "cut" else step.end or 0.0
        return gap is not None and gap + 1 < end


def read_run(path: str) -> PipelineRun:
    """Read what the CLI printed. Raises `Refusal` when it cannot be read."""
    run = read_steps(path)
    parents = _parents(run)
    calls = tuple(step for step in run.steps if step.idx in parents)
    return PipelineRun(path, run, calls, parents, _engine(run))


def _parents(run: Run) -> dict[int, int | None]:
    """The call around each call; what the CLI does on its own account is left out with all that is inside."""
    parents: dict[int, int | None] = {}
    nearest: dict[int | None, int | None] = {None: None}
    for step in run.steps:
        if step.parent not in nearest:
            continue
        if field_of(step):
            parents[step.idx] = nearest[step.parent]
            nearest[step.idx] = step.idx
        elif step.parent is not None:
            nearest[step.idx] = nearest[step.parent]
    return parents


def field_of(step: Step) -> str | None:
    """The field a step calls (`withExec`), None for what is no call: `connect`, a file that is uploaded."""
    found = _TYPED.fullmatch(step.title) or _SHORT.fullmatch(step.title) or _ENDED.fullmatch(step.ended or "")
    return found[1] if found else None


def label(step: Step) -> str:
    """What to call a step in a sentence."""
    ended = step.ended or ""
    return f"step {step.idx} {ended if _ENDED.fullmatch(ended) else field_of(step)}"


def begins_chain(step: Step) -> bool:
    """Whether a call is made on nothing: `container`, `host`, the constructor of a module."""
    return step.title[:1].islower() and not _SHORT.fullmatch(step.title)


def is_core(kind: str | None) -> bool:
    """Whether a type is the engine's own, and not one of a module."""
    return kind in _CORE


def type_of(step: Step) -> str | None:
    """The type a call gives, None where the log does not show it."""
    found = _TYPED.fullmatch(step.title)
    return found[2] if found else None


def gives_value(step: Step) -> bool:
    """Whether a call gives a text, a number or nothing, and no object that others go on with."""
    return type_of(step) in _SCALARS


def owner_of(step: Step, before: Step | None) -> str | None:
    """The type a call is made on: as its name says, else what the call before it gives."""
    owner, dot, _ = (step.ended or "").partition(".")
    if dot and owner:
        return owner
    return (type_of(before) or "Container") if before else None


def in_order(runs: Iterable[PipelineRun]) -> list[PipelineRun]:
    """The runs by time: as the engine's log has it, else by the time of day, in one second a prune first.

    As they were given where a run has no time, or where the time of day contradicts the engine's log: then they are
    of several days.
    """
    known = list(runs)
    if all(run.opened for run in known):
        return sorted(known, key=_opened)
    if not all(run.engine for run in known):
        return known
    by_clock = sorted(known, key=lambda run: (run.engine.clock if run.engine else 0, not run.is_prune))
    times = [_opened(run) for run in by_clock if run.opened]
    return by_clock if times == sorted(times) else known


def _opened(run: PipelineRun) -> float:
    return run.opened.timestamp() if run.opened else 0.0


def pipelines(runs: Sequence[PipelineRun]) -> list[int]:
    """For each run the number of its pipeline, 1-based, in the order in which they first run."""
    models: list[PipelineRun] = []
    numbers: list[int] = []
    for run in runs:
        number = next((place for place, model in enumerate(models, 1) if _is_same(run, model)), None)
        if number is None:
            models.append(run)
        elif len(run.outermost) > len(models[number - 1].outermost):
            models[number - 1] = run
        numbers.append(number or len(models))
    return numbers


def _is_same(run: PipelineRun, model: PipelineRun) -> bool:
    """Whether two runs begin alike, and one is the beginning of the other, or three of four calls are the same."""
    mine, other = ([field_of(step) for step in one.outermost] for one in (run, model))
    if mine == other:
        return True
    short, long = sorted((mine, other), key=len)
    return mine[:2] == other[:2] and (long[: len(short)] == short or 4 * _shared(mine, other) >= 3 * len(long))


def _shared(one: Sequence[str | None], other: Sequence[str | None]) -> int:
    return (Counter(one) & Counter(other)).total()


def _engine(run: Run) -> Engine | None:
    """The line with which the CLI says that it is connected."""
    texts = (output.text for step in run.steps[:8] for output in step.last_output)
    found = next((hit for text in texts if (hit := _CONNECTED.match(text))), None)
    if found is None:
        return None
    hours, minutes, seconds = (int(part) for part in found.groups()[:3])
    return Engine(hours * 3600 + minutes * 60 + seconds, found[4], found[5])
