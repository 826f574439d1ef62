"""What a Dagger engine log says at a start about the state directory: opened, new, thrown away, or refused.

    time=... level=WARN msg="dagql persistence import failed; wiping and cold-starting" err="list mirror results: ..."
    time=... level=WARN msg="local cache state invalid; resetting worker and dagql persistence state" reason=...
    dagger-engine: could not lock /var/lib/dagger/dagger-engine.lock, another instance running?
    panic: assertion failed: Page expected to be: 16, but self identifies as 5254018727053434277

Source: cmd/engine/main.go, engine/server/server.go and dagql/cache.go of dagger v0.21.8 and v1.0.0-beta.11, and
go.etcd.io/bbolt. Which line belongs to which start: see `faultbook.logs.lives`.

What misleads: the line about the reset has no error when the reason stands in the line before it. An engine that finds
nothing wrong says nothing at all about its state. The gauge dagger_local_cache_corrupt_db_reset stays 0.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

from faultbook.logs.engine import Record, read_engine

Kind = Literal[
    "locking",
    "opening",
    "serving",
    "new",
    "unclean",
    "format",
    "unreadable",
    "reset",
    "still invalid",
    "locked",
    "page",
]

CACHE = "dagql-cache.db"
STORE = "worker/containerdmeta.db"
SNAPSHOTS = "worker/snapshots/metadata.db"

_MESSAGES: dict[str, Kind] = {
    "creating engine lockfile": "locking",
    "creating engine server": "opening",
    "dagql persistence store marked unclean; wiping and cold-starting": "unclean",
    "dagql persistence store schema version mismatch; wiping and cold-starting": "format",
    "dagql persistence import failed; wiping and cold-starting": "unreadable",
    "local cache state invalid; resetting worker and dagql persistence state": "reset",
}
_BEGINNINGS: tuple[tuple[str, Kind], ...] = (
    ("running server on ", "serving"),
    ("dagger-engine: could not lock ", "locked"),
    ("panic: assertion failed: Page expected to be: ", "page"),
)
_STILL_INVALID = "local cache state still invalid after reset"
_NEW = re.compile(r'could not read "[^"]*/net/cni[^"]*" for cleanup')
_OF_CACHE = re.compile(rf"{re.escape(CACHE)}|database disk image is malformed|file is not a database")
_OF_SNAPSHOTS = re.compile(r"snapshot.*: invalid database", re.DOTALL)


@dataclass(frozen=True, slots=True)
class StateLine:
    """A line about the state.

    `locking`, `opening` and `serving` are the stations of a start. `new`: the directory was empty. `unclean`, `format`
    and `unreadable` say why the saved cache is not used, `reset` that the state was thrown away, `still invalid` that
    this did not help. `locked`: another engine has it. `page`: a damaged page, and the end of the engine.

    `why` is the engine's word for the reason (`reset` only), `error` its error text, `file` the damaged file, relative
    to the state directory, as far as the error tells.
    """

    record: Record
    kind: Kind
    why: str | None = None
    error: str | None = None
    file: str | None = None


def read_state(log: str | Path | BinaryIO) -> Iterator[StateLine]:
    """Every line of an engine log about the state, in its order.

    Never raises on what the log contains; raises `Refusal` when it cannot be read at all.
    """
    for record in read_engine(log):
        kind = _kind(record)
        if kind:
            yield _line(record, kind)


def _kind(record: Record) -> Kind | None:
    known = _MESSAGES.get(record.message)
    if known:
        return known
    for beginning, kind in _BEGINNINGS:
        if record.message.startswith(beginning):
            return kind
    if record.level is None:
        return "still invalid" if _STILL_INVALID in record.text else None
    return "new" if _NEW.match(record.message) else None


def _line(record: Record, kind: Kind) -> StateLine:
    if kind == "page":
        return StateLine(record, kind, error=record.text)
    if kind not in ("unreadable", "reset"):
        return StateLine(record, kind)
    fields = record.fields
    why, error = fields.get("reason"), fields.get("error") or fields.get("err")
    error = None if error == "<nil>" else error
    return StateLine(record, kind, why, error, STORE if why == "boltdb_init_failed" else _file(error or ""))


def _file(error: str) -> str | None:
    """The file an error is about: SQLite's messages are of the cache's database, bbolt's of the snapshots'."""
    if _OF_CACHE.search(error):
        return CACHE
    return SNAPSHOTS if _OF_SNAPSHOTS.search(error) else None
