"""What the cache held each time a session ended: the release lines of the Dagger engine's log.

    ... level=DEBUG msg="released dagql cache refs for session" session=hbzs... beforeEntries=4591 afterEntries=4523
        beforeRetainedCalls=243 afterRetainedCalls=243
    ... level=DEBUG msg="session dagql cache release did not change base cache size" session=5s34...
        entries=4601 retainedCalls=281

Source: engine/server/session.go of dagger v0.21.8 and v1.0.0-beta.11. The first is written when the number changed, the
second when it did not; both only at level debug, which is the default. Entries are all results of the cache; retained
calls are those that are kept on purpose after the session, until they are pruned. A line counts what all sessions hold:
while another one is open, its results are in the number, too. Before v0.21 the line has no retained calls; such a line
is passed over.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from faultbook.logs.engine import Record, read_engine

_START = "starting dagger engine version:"
_CHANGED = "released dagql cache refs for session"
_UNCHANGED = "session dagql cache release did not change base cache size"
_FIELDS = {_CHANGED: ("afterEntries", "afterRetainedCalls"), _UNCHANGED: ("entries", "retainedCalls")}


@dataclass(frozen=True, slots=True)
class Release:
    """The cache after the end of a session: all `entries`, and the `retained` calls among them.

    `alone` is whether no other session was open then, as far as the log shows their beginnings. `stretch` counts from
    0 and rises where numbers before and after cannot be compared: after a start of the engine, and after a prune.
    """

    record: Record
    session: str
    entries: int
    retained: int
    alone: bool
    stretch: int


def read_releases(log: str | Path | BinaryIO) -> Iterator[Release]:
    """Every release line of an engine log, in the order of the log.

    Never raises on what the log contains; raises `Refusal` when it cannot be read at all.
    """
    state = _State()
    for record in read_engine(log):
        if record.message in _FIELDS:
            yield from state.release(record)
        elif record.level:
            state.note(record)


@dataclass
class _State:
    """What was seen before a line: the sessions that are open, and how often the numbers began anew."""

    open: set[str] = field(default_factory=set)
    stretch: int = 0
    broken: bool = False

    def note(self, record: Record) -> None:
        """Take any other line."""
        if record.message == "initializing new session":
            self.open.add(record.fields.get("session", ""))
        elif record.message == "session removed":
            self.open.discard(record.fields.get("session", ""))
        elif record.message.startswith(_START):
            self.open.clear()
            self.broken = True
        elif record.message == "dagql pruned result":
            self.broken = True

    def release(self, record: Record) -> Iterator[Release]:
        """The release a line tells of; none for a line that is cut or of an older engine."""
        fields = record.fields
        entries, retained = (fields.get(name, "") for name in _FIELDS[record.message])
        if not (entries.isdecimal() and retained.isdecimal()):
            return
        self.stretch += self.broken
        self.broken = False
        session = fields.get("session", "")
        yield Release(record, session, int(entries), int(retained), self.open <= {session}, self.stretch)
