"""What the engine log shows of a lock file: when it was written back, and that it could not be."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from faultbook.logs.engine import Record, read_engine
from faultbook.playbooks.verdict import Line

PLACES = ("/.dagger/lock", "/dagger.lock")
_BEGAN = "exporting local file"
_FAILED = "failed to flush workspace locks"


@dataclass(frozen=True)
class Flush:
    """The end of a session brings the lock file back: `path` is the file on the host, None where the line has none.

    `error` is why it was not written, None when nothing says so: the engine does not log the success at v0.21.8.
    """

    record: Record
    file: str
    session: str
    path: str | None
    error: str | None

    @property
    def line(self) -> Line:
        """The line as evidence."""
        return self.file, self.record.line, self.record.text


def flushes(engine_log: str) -> Iterator[Flush]:
    """Every attempt to write a lock file, and every failure of one, in the order of the log."""
    name = Path(engine_log).name
    for record in read_engine(engine_log):
        if record.message == _BEGAN:
            fields = record.fields
            path = fields.get("export_path", "")
            if path.endswith(PLACES):
                yield Flush(record, name, fields.get("session_id", ""), path, None)
        elif record.message == _FAILED:
            fields = record.fields
            yield Flush(record, name, fields.get("sessionID", ""), None, fields.get("error", "it does not say why"))
