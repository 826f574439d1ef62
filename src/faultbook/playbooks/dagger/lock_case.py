"""The evidence on a lock file put together: one run of the CLI, its session, its lookups, and the files around it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from pathlib import Path

from faultbook.logs.lives import Session
from faultbook.logs.registry import Request, read_registry
from faultbook.logs.run import Run
from faultbook.logs.steps import read_steps
from faultbook.logs.syscalls import Call
from faultbook.playbooks.dagger.engine_lives import Part, read_parts
from faultbook.playbooks.dagger.joining import Joined, join
from faultbook.playbooks.dagger.lock_events import Flush, flushes
from faultbook.playbooks.dagger.lock_files import Files, LockFile, read_files, result_of
from faultbook.playbooks.dagger.lock_lookups import Answer, Asked, answers, is_update, lookups_of
from faultbook.playbooks.dagger.lock_rules import Seen, lock_calls
from faultbook.playbooks.verdict import Line

_LEEWAY = timedelta(seconds=2)


@dataclass(frozen=True)
class Evidence:
    """What the logs of one run say. `joined`, `flushed`, `requests` and `calls` are None where their log is not given.

    `requests` are the engine's, to the registry, while the session of the run was open.
    """

    log: str
    run: Run
    files: Files
    joined: Joined | None
    flushed: Sequence[Flush] | None
    asked: Asked | None
    calls: Sequence[tuple[Call, Line]] | None

    @property
    def name(self) -> str:
        """The name of the CLI's output."""
        return Path(self.log).name

    @property
    def session(self) -> Session | None:
        """The session of the run in the engine log."""
        return self.joined.session if self.joined else None

    @property
    def own_flushes(self) -> list[Flush] | None:
        """The attempts of this session to write a lock file; None without the engine log."""
        if self.flushed is None:
            return None
        return [one for one in self.flushed if self.session is None or one.session in ("", self.session.id)]

    @property
    def written(self) -> Flush | None:
        """The write of this session, unless it failed."""
        found = self.own_flushes or []
        return found[0] if found and not any(one.error for one in found) else None

    @property
    def before(self) -> LockFile | None:
        """The file that the run found; without its copy, the one after the run if nothing shows that it was written."""
        return self.files.get("before") or (None if self.own_flushes else self.files.get("after"))

    @property
    def after(self) -> LockFile | None:
        """The file that the next run will read."""
        return result_of(self.files)

    @cached_property
    def answers(self) -> list[Answer]:
        """Who answered each lookup."""
        return answers(lookups_of(self.run, self.name), self.before, self.after, self.asked)

    @cached_property
    def seen(self) -> Seen:
        """The same for the promises."""
        failed = {flush.session for flush in self.flushed or () if flush.error}
        written = None if self.flushed is None else [one for one in self.flushed if one.session not in failed]
        return Seen(self.before, self.files, self.answers, is_update(self.run), written, self.calls)


def gather(
    log: str, engine_log: str | None, lockfiles: Sequence[str], registry_log: str | None, trace: str | None
) -> Evidence:
    """Read the logs. Raises `Refusal` when one cannot be read."""
    run = read_steps(log)
    parts: tuple[Part, ...] = read_parts(engine_log)
    joined = join(run, parts) if engine_log else None
    flushed = list(flushes(engine_log)) if engine_log else None
    asked = Asked(Path(registry_log).name, list(_during(registry_log, joined))) if registry_log else None
    calls = lock_calls(trace) if trace else None
    return Evidence(log, run, read_files(lockfiles), joined, flushed, asked, calls)


def _during(registry_log: str, joined: Joined | None) -> Iterator[Request]:
    """The engine's requests while the session was open; all of them where no time tells."""
    session = joined.session if joined else None
    records = [record for record in (session.opened, session.removed or session.lost) if record] if session else []
    times = [record.time for record in records if record.time]
    for request in read_registry(registry_log):
        before = request.time and times and request.time < times[0] - _LEEWAY
        later = request.time and len(times) > 1 and request.time > times[-1] + _LEEWAY
        if request.is_by_engine and not before and not later:
            yield request
