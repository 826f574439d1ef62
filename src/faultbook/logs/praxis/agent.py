"""The output of a Praxis agent: standard error and standard output, usually mixed in one file.

    time="2026-11-21T04:49:16Z" level=error msg="Tool 'run_job' execution failed: dagger execution failed: "
    [GIN] 2026/11/21 - 05:03:40 | 200 | 30.002997184s |       127.0.0.1 | POST     "/p2p/tool"
    2026/11/21 04:51:45 http: panic serving 127.0.0.1:39994: close of closed channel
       image=127.0.0.1:5000/busybox:latest command=[sh -c exit 3]
    12  : ┆ [0.1s] | config file missing: /etc/app.conf

The first and third form are standard error (logrus' TextFormatter without a terminal; Go's `log`), all others standard
output: gin's access log, what the engine prints with fmt.Printf, and the progress of Dagger (`dagger.WithLogOutput`).
Source of the formats: internal/agent/agent.go and internal/dagger/engine.go of praxis-go-sdk v0.2.0 and of efa5f5e.

What a reader of these records has to know:

- The order of the two streams is that in which they were written, not that of what happened: the progress which
  explains an error mostly stands below it.
- A message may be glued to the dots of the SDK, which end without a line feed.
- A file may hold several starts of an agent, and several agents: `source` tells them apart where `docker compose logs`
  or `kubectl logs --prefix` wrote it in front.
- A log that was saved in another encoding has other signs for emojis and for the bars of the progress; nothing here
  depends on the emojis, and the bars are mended.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from faultbook.logs import records as progress
from faultbook.logs.engine import unquoted
from faultbook.logs.plain import PlainLines
from faultbook.logs.reading import seconds
from faultbook.matcher.line import strip_escapes, strip_prefix
from faultbook.matcher.source import lines

_MESSAGE = re.compile(r'time="([^"]+)" level=([a-z]+) msg=("[^"\\]*(?:\\.[^"\\]*)*"|\S*)')
_DOTS = re.compile(r"((?:[A-Z][\w ]{5,60}\.\.\. ?)+)(.*)", re.DOTALL)
_ACCESS = re.compile(r"\[GIN\] (\S+) - (\S+) \| +(\d+) \| +(\S+) \| +(\S+) \| (\w+) +\"([^\"]*)\"")
_GO = re.compile(r"(\d{4}/\d\d/\d\d \d\d:\d\d:\d\d) (.*)", re.DOTALL)
_BARS = re.compile(r"(\d{1,9} *: )((?:(?:â”†|â\x94\x86|\?{1,3}|\ufffd{1,3}) )+)(.*)", re.DOTALL)
_SOURCE = re.compile(r"([a-z0-9][a-z0-9_.-]*?) +\| |\[pod/([^\]]+)\] ")


@dataclass(frozen=True, slots=True)
class Message:
    """A logrus line. `at` is in UTC with whole seconds, None for a damaged stamp; `level` is as written (`warning`).

    `text` is the message without quotes and escapes, `whole` the line.
    """

    line: int
    source: str
    at: datetime | None
    level: str
    text: str
    whole: str


@dataclass(frozen=True, slots=True)
class Access:
    """A request the agent's HTTP server has answered. `at` is local time without a zone; `took` is in seconds."""

    line: int
    source: str
    at: datetime | None
    status: int
    took: float | None
    method: str
    path: str


@dataclass(frozen=True, slots=True)
class Step:
    """A line of Dagger's progress: the record of it as `faultbook.logs.progress` gives it, and the `whole` line."""

    line: int
    source: str
    said: progress.Start | progress.End | progress.Output | progress.ErrorText
    whole: str


@dataclass(frozen=True, slots=True)
class Printed:
    """Any other line: the banner, what the engine and the SDK print, lines of Go's `log`, a dump."""

    line: int
    source: str
    whole: str


Record = Message | Access | Step | Printed


def read_agent(log: str | Path | BinaryIO) -> Iterator[Record]:
    """Every line of an agent's log that is not empty.

    Never raises on what the log contains; raises `Refusal` when it cannot be read at all.
    """
    readers: dict[str, _Lines] = {}
    for line in lines(log):
        text = strip_escapes(line.raw.rstrip(b"\r").decode("utf-8", "replace"))
        rest = strip_prefix(text)
        source = _source(text[: len(text) - len(rest)])
        yield from readers.setdefault(source, _Lines(source)).records(line.number, rest)


def _source(prefix: str) -> str:
    """The service or pod that a prefix names."""
    found = _SOURCE.match(prefix) if prefix else None
    return (found[1] or found[2]) if found else ""


class _Lines:
    """The lines of one source; knows whether a text of the progress is still going on."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._plain = PlainLines()

    def records(self, number: int, text: str) -> Iterator[Record]:
        """What a line says: nothing if it is empty, two things if the dots of the SDK stand before something else."""
        dots = _DOTS.fullmatch(text) if "... " in text[:80] else None
        if dots:
            yield Printed(number, self._source, dots[1] if dots[2] != "OK!" else text)
        rest = dots[2] if dots else text
        if rest and not (dots and rest == "OK!"):
            yield self._record(number, rest)

    def _record(self, number: int, text: str) -> Record:
        told = self._message(number, text) or self._access(number, text)
        if told or _GO.match(text) or "[Dagger] " in text[:40]:
            self._plain.record(number, "")  # nothing of the progress goes on behind such a line
            return told or Printed(number, self._source, text)
        said = self._plain.record(number, _mended(text))
        if isinstance(said, progress.Start | progress.End | progress.Output | progress.ErrorText):
            return Step(number, self._source, said, text)
        return Printed(number, self._source, text)

    def _message(self, number: int, text: str) -> Message | None:
        found = _MESSAGE.match(text) if text.startswith("time=") else None
        if not found:
            return None
        stamp, level, message = found.groups()
        return Message(number, self._source, _time(stamp), level, unquoted(message), text)

    def _access(self, number: int, text: str) -> Access | None:
        found = _ACCESS.match(text) if text.startswith("[GIN]") else None
        if not found:
            return None
        day, clock, status, took, _client, method, path = found.groups()
        at = _time(f"{day.replace('/', '-')}T{clock}")
        return Access(number, self._source, at, int(status), seconds(took), method, path)


def _mended(text: str) -> str:
    """A line of the progress with its bars as they were before the log was saved in another encoding."""
    found = _BARS.match(text)
    return f"{found[1]}{'┆ ' * found[2].count(' ')}{found[3]}" if found else text


def _time(stamp: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(stamp)
    except ValueError:
        return None
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
