"""The digests of a run's steps: its session in the engine log, and the calls of that session step by step."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from faultbook.logs.calls import EndedCall, read_ended_calls
from faultbook.logs.lives import Session
from faultbook.logs.run import Step
from faultbook.playbooks.dagger.cache_runs import PipelineRun
from faultbook.playbooks.dagger.engine_lives import Part

_QUARTER = 15 * 60  # time zones differ by quarters of an hour, and the CLI prints local time
_NEAR = 5.0

Calls = Mapping[str, Sequence[EndedCall]]


def joined(runs: Iterable[PipelineRun], parts: Iterable[Part], engine_logs: Iterable[str]) -> list[PipelineRun]:
    """The runs with their calls in the engine's logs; as they are where no session fits, or two runs have one session.

    A session fits when it was opened as the run connected, and made every call that the run shows.
    Raises `Refusal` when a log cannot be read.
    """
    calls = _calls(engine_logs)
    sessions = [session for part in parts for session in part.life.sessions if session.opened and session.id in calls]
    found = [(run, _session(run, sessions, calls)) for run in runs]
    times = Counter(session.id for _, session in found if session)
    return [_placed(run, session, calls) if session and times[session.id] == 1 else run for run, session in found]


def _calls(engine_logs: Iterable[str]) -> Calls:
    """The calls of each session."""
    calls: dict[str, list[EndedCall]] = {}
    for log in engine_logs:
        for call in read_ended_calls(log):
            calls.setdefault(call.session, []).append(call)
    return calls


def _session(run: PipelineRun, sessions: Iterable[Session], calls: Calls) -> Session | None:
    """The session of a run, the nearest in time if more than one fits."""
    shown = Counter(name for step in run.calls if (name := _field(step)))
    near = [session for session in sessions if _apart(run, session) < _NEAR]
    fitting = [session for session in near if shown <= Counter(call.field for call in calls[session.id])]
    return min(fitting, key=lambda session: _apart(run, session), default=None) if shown else None


def _apart(run: PipelineRun, session: Session) -> float:
    """Seconds between the CLI's word that it connected and the engine's that it opened the session."""
    opened = session.opened.time if session.opened else None
    if run.run.trace and session.trace:
        return 0.0 if run.run.trace == session.trace else float(_QUARTER)
    if opened is None or run.engine is None:
        return float(_QUARTER)
    apart = (run.engine.clock - opened.timestamp()) % _QUARTER
    return min(apart, _QUARTER - apart)


def _placed(run: PipelineRun, session: Session, calls: Calls) -> PipelineRun:
    """The run with the time of its session, and with the call of each step of which the engine made as many."""
    made: dict[str, list[EndedCall]] = {}
    for call in calls[session.id]:
        made.setdefault(call.field, []).append(call)
    steps: dict[str, list[Step]] = {}
    for step in run.calls:
        steps.setdefault(_field(step), []).append(step)
    ended: dict[int, EndedCall] = {}
    for name, same in steps.items():
        if len(same) == len(made.get(name, ())):
            ended |= {step.idx: call for step, call in zip(same, made[name], strict=True)}
    return replace(run, opened=session.opened.time if session.opened else None, ended=ended)


def _field(step: Step) -> str:
    """The field as the engine names it; "" in the forms without the name of the type."""
    name = step.ended or ""
    return name if "." in name else f"Query.{name}" if name.isidentifier() else ""
