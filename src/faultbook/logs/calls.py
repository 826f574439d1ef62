"""The calls in an engine log that came to an end: by which digest, and at v1 whether the result was a kept one.

    time=... level=INFO msg="end call" ... session_id=vp95... field=Container.withExec cached=true digest=xxh3:6f50be...

Source: dagql of dagger v0.21.8 and v1.0.0-beta.11. What misleads:

- Every call has an end, also one whose result was kept. Only v1 says which, with `cached=`.
- The digest names a call with its inputs. Calls on an upload (`Host.directory`) and on a module have a new one in each
  session, and are hits all the same. After a prune a folder of the same content gives another digest than before.
- A call that is evaluated later has ended before its work begins: an end is no proof of work.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from faultbook.logs.engine import Record, read_engine


@dataclass(frozen=True, slots=True)
class EndedCall:
    """A call that ended. `line` is 1-based; `cached` is None where the engine does not say (v0.21.8)."""

    line: int
    session: str
    field: str
    digest: str
    cached: bool | None


def read_ended_calls(log: str | Path | BinaryIO) -> Iterator[EndedCall]:
    """Every call that ended, in the order of the log.

    Never raises on what the log contains; raises `Refusal` when it cannot be read at all.
    """
    for record in read_engine(log):
        if record.level and record.message == "end call":
            yield _ended(record)


def _ended(record: Record) -> EndedCall:
    fields = record.fields
    cached = {"true": True, "false": False}.get(fields.get("cached", ""))
    return EndedCall(
        record.line, fields.get("session_id", ""), fields.get("field", ""), fields.get("digest", ""), cached
    )
