r"""The workspace lock file of Dagger: one JSON array per line, the version first.

    [["version","1"]]
    ["","container.from",["127.0.0.1:5000/demo/app:1","linux/amd64"],"sha256:4e1d...","pin"]

Format 1 is v0.21.8's `.dagger/lock`: namespace, operation, inputs, value, policy (`pin` or `float`). Format 2 is v1's
`dagger.lock`: no policy, and the value of `git.ref` is `{"ref":...,"sha":...}`. Source of the formats:
util/lockfile/lockfile.go and core/workspace/lock.go of dagger v0.21.8 and v1.0.0-beta.11.

What misleads: it is not one JSON document but a line each, and the file ends without a line feed. Blank lines, CRLF,
spaces and any order are read and lost at the next write. An engine stops at the first fault; this reader goes on.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from faultbook.logs.lockjson import BrokenJson, parsed
from faultbook.logs.lockline import WrongLine, broken_entry, broken_header, conflict, entry_of, header_of
from faultbook.logs.lockrecords import FORMATS, Blank, Entry, Fault, Header, Marker, Record, Side
from faultbook.matcher.line import MAX_LINE
from faultbook.matcher.source import display_name, lines
from faultbook.problems import Refusal

SPACE = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029"
    "\u202f\u205f\u3000"
)
"""White space as Go trims it from a line (unicode.IsSpace)."""
_SIDES: dict[str, Side] = {"<<<<<<<": "ours", "|||||||": "base", "=======": "theirs", ">>>>>>>": "end"}


def read_lockfile(log: str | Path | BinaryIO) -> Iterator[Record]:
    """Every line of a lock file, and every fault of a line, in the order of the file.

    What concerns several lines, and values that no engine takes, `lockcheck` finds. Raises `Refusal` when the file
    cannot be read at all, or has a line of more than a mebibyte.
    """
    reading = _Reading()
    for line in lines(log):
        if len(line.raw) >= MAX_LINE:
            what = f"{display_name(log)}:{line.number}: the line is longer than {MAX_LINE >> 20} MiB"
            raise Refusal(what, "No entry is that long. Look at its start: `cut -c1-300 FILE`.")
        yield from reading.records(line.number, line.raw.decode("utf-8", "replace"))
        if reading.is_one_document:
            return


def entries_of(log: str | Path | BinaryIO) -> Iterator[Entry]:
    """The entries of a lock file that can be read. Raises `Refusal`, with the line, at the first fault of form."""
    for record in read_lockfile(log):
        if isinstance(record, Fault):
            raise Refusal(f"{display_name(log)}:{record.line}: {record.what}", record.remedy)
        if isinstance(record, Entry):
            yield record


@dataclass
class _Reading:
    """What the lines so far say about the next one. `above`: the conflict began before any header."""

    version: str | None = None
    wants_header: bool = True
    side: Side = "end"
    above: bool = False
    is_one_document: bool = False

    def records(self, line: int, raw: str) -> Iterator[Record]:
        """The records of a line."""
        text = raw.strip(SPACE)
        marker = _marker(line, raw.rstrip("\r"), self.side)
        if marker:
            yield from self._marked(marker)
        elif not text:
            yield Blank(line)
        elif self.wants_header:
            yield from self._header(line, text)
        else:
            yield self._entry(line, raw)

    def _marked(self, marker: Marker) -> Iterator[Record]:
        """Where a conflict is above the header, each side brings its own."""
        if marker.side == "ours":
            yield conflict(marker.line, self.wants_header)
            self.above = self.wants_header
        elif marker.side != "end":
            self.wants_header = self.above
        self.side = marker.side
        yield marker

    def _header(self, line: int, text: str) -> Iterator[Record]:
        try:
            value = parsed(text)
        except BrokenJson as broken:
            yield broken_header(line, text, broken)
            self.is_one_document = broken.is_cut
            if text.startswith("\ufeff"):
                yield from self._header(line, text.lstrip("\ufeff"))
            return
        self.wants_header = False
        for record in header_of(line, value):
            yield record
            if isinstance(record, Header):
                self.version = record.version if record.version in FORMATS else None
        if isinstance(value, list) and len(value) > 1:  # an entry where the header should be
            yield self._entry(line, text)

    def _entry(self, line: int, text: str) -> Record:
        try:
            return entry_of(line, text, parsed(text.strip(SPACE)), self.version)
        except BrokenJson as broken:
            return broken_entry(line, broken)
        except WrongLine as wrong:
            return wrong.fault


def _marker(line: int, text: str, side: Side) -> Marker | None:
    """The conflict marker that a line is: seven signs at its very start; all but the first need an open conflict."""
    found = _SIDES.get(text[:7])
    if not found or text[7:8] not in ("", " ") or (found != "ours" and side == "end"):
        return None
    return Marker(line, found, text[8:])
