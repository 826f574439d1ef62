"""Which session of an engine log belongs to a run of the CLI, and what o'clock the run's seconds are.

The CLI's output has no date and hardly a time. It is placed by the session: the same trace if the output names one,
else the time of day at which it connected, else the session that was open at the end.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from faultbook.logs.lives import Session
from faultbook.logs.run import Run, Step
from faultbook.playbooks.dagger.engine_lives import Part

_STAMP = re.compile(r"(\d\d):(\d\d):(\d\d) (?:INF connected|ERR cleanup failed)")
_QUARTER = 15 * 60  # time zones differ by quarters of an hour, and the CLI prints local time


@dataclass(frozen=True)
class Joined:
    """A run with its session. `zero` is when the run's own clock shows 0, None when there is no session to tell it."""

    run: Run
    part: Part | None
    session: Session | None
    zero: datetime | None

    def time(self, seconds: float) -> datetime | None:
        """When the run's clock showed `seconds`, at the earliest: it stands still where the output is silent."""
        return self.zero + timedelta(seconds=seconds) if self.zero else None

    @property
    def end(self) -> datetime | None:
        """When the last line of the run was printed, at the earliest."""
        latest = max((step.end or step.start for step in self.run.steps), default=0.0)
        connected, gone = _connected(self.run), _gone(self.run)
        if connected is not None and gone is not None:
            latest = max(latest, (gone - connected) % 86400)
        return self.time(latest)


def join(run: Run, parts: Sequence[Part]) -> Joined:
    """The session of `run` in these lives."""
    known = [(part, session) for part in parts for session in part.life.sessions if session.opened]
    if run.trace:
        found = [one for one in known if one[1].trace == run.trace]
    else:
        found = _near(run, known) or [one for one in known if one[1].is_open] or known[-1:]
    if not found:
        return Joined(run, None, None, None)
    part, session = found[0]
    return Joined(run, part, session, _zero(run, session))


def _near(run: Run, known: Sequence[tuple[Part, Session]]) -> list[tuple[Part, Session]]:
    """The sessions opened when the CLI says it connected, the nearest first."""
    connected = _connected(run)
    if connected is None:
        return []
    apart = {index: _apart(connected, session) for index, (_, session) in enumerate(known)}
    return [known[index] for index in sorted(apart, key=lambda index: (apart[index], -index)) if apart[index] < 5]


def _apart(connected: int, session: Session) -> float:
    opened = session.opened.time if session.opened else None
    if opened is None:
        return _QUARTER
    apart = (connected - opened.timestamp()) % _QUARTER
    return min(apart, _QUARTER - apart)


def _zero(run: Run, session: Session) -> datetime | None:
    opened = session.opened.time if session.opened else None
    starting = next((step for step in run.steps if step.title == "starting session"), None)
    return opened - timedelta(seconds=starting.start if starting else 0.0) if opened else None


def _connected(run: Run) -> int | None:
    """The time of day at which the CLI connected, in its own zone, in seconds."""
    return next(
        (stamp for step in run.steps[:6] for text in _outputs(step) if (stamp := _stamp(text)) is not None), None
    )


def _gone(run: Run) -> int | None:
    """The time of day at which the CLI gave up its session."""
    return next((stamp for notice in run.notices if (stamp := _stamp(notice.text)) is not None), None)


def _outputs(step: Step) -> list[str]:
    return [output.text for output in step.last_output]


def _stamp(text: str) -> int | None:
    found = _STAMP.match(text)
    return int(found[1]) * 3600 + int(found[2]) * 60 + int(found[3]) if found else None
