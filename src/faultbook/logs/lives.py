"""The lives of an engine: what its log says of each start, of who was served, and of the end.

A life begins at `starting dagger engine version:`; what stands before the first such line is the rest of a life whose
start is not in the log. The lines are those of cmd/engine/main.go, engine/server and dagql/cache.go of dagger v0.21.8
and v1.0.0-beta.11; the words of a crash are those of the Go runtime.
"""

import re
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Literal

from faultbook.logs.engine import Container, Record, containers, read_engine

Ending = Literal["crashed", "refused", "closed", "stopping", "cut"]
Cache = Literal["wiped", "kept"]

_START = "starting dagger engine version:"
_CRASH = re.compile(r"(?:panic|fatal error|SIG[A-Z]+): |unexpected fault address ")
_STRANGER = re.compile(r'get client: session "([^"]+)" not found')
_CRASH_LINES = 14
_TAIL = 5
_KEPT = 40


@dataclass(frozen=True, slots=True)
class Session:
    """A session as one life shows it, by the record of each step of it; None where there is none.

    `goodbye` is the CLI's own end of it, `lost` the engine's finding that the CLI is gone. `trace` (32 hex) is the
    one in the CLI's closing error.
    """

    id: str
    opened: Record | None = None
    goodbye: Record | None = None
    lost: Record | None = None
    removed: Record | None = None
    trace: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether the CLI has neither left nor been given up."""
        return not (self.goodbye or self.lost or self.removed)


@dataclass(frozen=True, slots=True)
class Life:
    """One life. Records are those of the log, with 1-based line numbers.

    `started` is None when the log begins later. `first` and `last` are the first and last time in UTC. `ready` is the
    first `running server on`. `ending`:

    - `crashed`: a panic, a fatal error or SIGQUIT; `crash` is the first line of that text;
    - `refused`: it could not start; `crash` is its last word, `dagger-engine: ...`;
    - `closed`: asked to stop (`stop`), and the cache was closed in good order (`closed`);
    - `stopping`: asked to stop, and the log shows no end of that;
    - `cut`: the log just stops: killed, or still alive when the log was copied.

    `cache` tells what the start did with the cache: `wiped`, with the engine's word for the `reason`, or `kept`; None
    when the start is not in the log or was not finished. `cache_bytes` is its size at the first look after the start.

    `sessions` and `containers` are the last ones in the order of the log, those without an end all of them. `strangers`
    are the first refusals of each session this life does not know. `tail` are the first lines of the crash, else the
    last of the life.
    """

    started: Record | None
    version: str | None
    first: datetime | None
    last: datetime | None
    first_line: int
    last_line: int
    ready: Record | None
    ending: Ending
    crash: Record | None
    stop: Record | None
    closed: Record | None
    cache: Cache | None
    reason: str | None
    wipe: Record | None
    cache_bytes: int | None
    sessions: tuple[Session, ...]
    containers: tuple[Container, ...]
    strangers: tuple[Record, ...]
    tail: tuple[Record, ...]

    @property
    def running(self) -> list[Container]:
        """The containers without an end."""
        return [container for container in self.containers if container.end_line is None]

    @property
    def waiting(self) -> list[Session]:
        """The sessions whose CLI was still there at the end."""
        return [session for session in self.sessions if session.is_open]


def lives(log: str | Path | BinaryIO) -> Iterator[Life]:
    """Every life in an engine log, in the order of the log; a log without a line has none.

    Never raises on what the log contains; raises `Refusal` when it cannot be read at all.
    """
    living: _Living | None = None
    for record in read_engine(log):
        if living and record.level and record.message.startswith(_START):
            yield living.life()
            living = None
        living = living or _Living()
        living.add(record)
    if living:
        yield living.life()


@dataclass
class _Living:
    """A life while it is read."""

    seen: dict[str, Record] = field(default_factory=dict)
    fields: dict[str, str] = field(default_factory=dict)
    strangers: dict[str, Record] = field(default_factory=dict)
    open: dict[str, Session] = field(default_factory=dict)
    done: deque[Session] = field(default_factory=lambda: deque(maxlen=_KEPT))
    running: dict[str, Record] = field(default_factory=dict)
    ended: deque[Record] = field(default_factory=lambda: deque(maxlen=_KEPT))
    tail: deque[Record] = field(default_factory=lambda: deque(maxlen=_TAIL))
    crash_text: list[Record] = field(default_factory=list)

    def add(self, record: Record) -> None:
        """Take a line."""
        self.seen.setdefault("first line", record)
        self.seen["last line"] = record
        self.tail.append(record)
        if record.level is None:
            self._plain(record)
            return
        self.seen.setdefault("first", record)
        self.seen["last"] = record
        note = _NOTES.get(record.message)
        if note:
            note(self, record)
        elif record.message.startswith(_START):
            self.seen["started"] = record
            self.fields["version"] = record.message.removeprefix(_START).split(" ")[0]
        elif record.message.startswith("running server on "):
            self.seen.setdefault("ready", record)

    def life(self) -> Life:
        """What the lines were."""
        seen = self.seen
        used = self.fields.get("usedBytes", "")
        return Life(
            started=seen.get("started"),
            version=self.fields.get("version"),
            first=seen["first"].time if "first" in seen else None,
            last=seen["last"].time if "last" in seen else None,
            first_line=seen["first line"].line,
            last_line=seen["last line"].line,
            ready=seen.get("ready"),
            ending=self._ending(),
            crash=seen.get("crash") or seen.get("refusal"),
            stop=seen.get("stop"),
            closed=seen.get("closed"),
            cache=self._cache(),
            reason=self.fields.get("reason"),
            wipe=seen.get("wipe"),
            cache_bytes=int(used) if used.isdecimal() else None,
            sessions=(*self.done, *self.open.values()),
            containers=tuple(containers(sorted([*self.ended, *self.running.values()], key=lambda one: one.line))),
            strangers=tuple(self.strangers.values()),
            tail=tuple(self.crash_text or self.tail),
        )

    def _plain(self, record: Record) -> None:
        """A line in neither format of the engine's own."""
        if "crash" in self.seen:
            if len(self.crash_text) < _CRASH_LINES:
                self.crash_text.append(record)
        elif _CRASH.match(record.text):
            self.seen["crash"] = record
            self.crash_text.append(record)
        elif record.text.startswith("dagger-engine: "):
            self.seen["refusal"] = record
        elif record.text.startswith("Received signal "):
            self.seen.setdefault("stop", record)

    def _ending(self) -> Ending:
        if "crash" in self.seen:
            return "crashed"
        if "refusal" in self.seen:
            return "refused"
        if "closed" in self.seen:
            return "closed"
        return "stopping" if "stop" in self.seen else "cut"

    def _cache(self) -> Cache | None:
        if "wipe" in self.seen:
            return "wiped"
        return "kept" if "started" in self.seen and "ready" in self.seen else None

    def session(self, record: Record, key: str, **changes: Record | str | None) -> Session:
        """The session a line speaks of, with what the line adds to it."""
        ident = record.fields.get(key, "")
        session = replace(self.open.get(ident) or Session(ident), **changes)  # type: ignore[arg-type]
        self.open[ident] = session
        return session


def _note(name: str) -> Callable[[_Living, Record], None]:
    """Keep the first line with this message under `name`."""

    def keep(living: _Living, record: Record) -> None:
        living.seen.setdefault(name, record)

    return keep


def _wiped(living: _Living, record: Record) -> None:
    living.seen.setdefault("wipe", record)
    living.fields.setdefault("reason", record.fields.get("reason", ""))


def _used(living: _Living, record: Record) -> None:
    living.fields.setdefault("usedBytes", record.fields.get("usedBytes", ""))


def _opened(living: _Living, record: Record) -> None:
    living.session(record, "session", opened=record)


def _attached(living: _Living, record: Record) -> None:
    living.session(record, "session_id", trace=record.fields.get("trace"))


def _goodbye(living: _Living, record: Record) -> None:
    if record.fields.get("isMainClient") == "true":
        living.session(record, "sessionID", goodbye=record)


def _lost(living: _Living, record: Record) -> None:
    living.session(record, "session_id", lost=record)


def _removed(living: _Living, record: Record) -> None:
    session = living.session(record, "session", removed=record)
    del living.open[session.id]
    living.done.append(session)


def _container_started(living: _Living, record: Record) -> None:
    living.running[record.fields.get("id", "")] = record


def _container_done(living: _Living, record: Record) -> None:
    started = living.running.pop(record.fields.get("id", ""), None)
    living.ended.extend([started, record] if started else [record])


def _refused_request(living: _Living, record: Record) -> None:
    found = _STRANGER.search(record.fields.get("error", ""))
    if found and len(living.strangers) < _KEPT:
        living.strangers.setdefault(found[1], record)


_NOTES: dict[str, Callable[[_Living, Record], None]] = {
    "server context canceled": _note("stop"),
    "completed dagql cache close successfully": _note("closed"),
    "local cache state invalid; resetting worker and dagql persistence state": _wiped,
    "dagql prune skip policy: no reclaim target": _used,
    "initializing new session": _opened,
    "session attachables handling conn": _attached,
    "client shutdown": _goodbye,
    "healthcheck failed fatally": _lost,
    "session removed": _removed,
    "starting container": _container_started,
    "container done": _container_done,
    "failed to serve request": _refused_request,
}
