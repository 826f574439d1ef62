"""The access log of a container registry: the combined format of web servers, requests below `/v2/`.

    127.0.0.1 - - [21/Nov/2026:04:52:42 +0000] "HEAD /v2/demo/app/manifests/1 HTTP/1.1" 200 349 "" "containerd/2.2.3"

Source of the format: github.com/distribution/distribution v2.8 (gorilla's CombinedLoggingHandler) and the HTTP API of
the OCI distribution specification. It is the only place that shows what an engine really asked for.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from faultbook.logs.reading import text_lines

_REQUEST = re.compile(
    r"(\S+) \S+ \S+ \[(\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4})\] "
    r'"([A-Z]+) /v2/(?:(\S*?)/(manifests|blobs|tags)/(\S+)|\S*) HTTP/[\d.]+" (\d{3}) \S+(?: "[^"]*" "([^"]*)")?'
)


@dataclass(frozen=True, slots=True)
class Request:
    """A request. `line` is 1-based; `time` has the zone of the log, in whole seconds, None for a date that is none.

    `repository`, `kind` (`manifests`, `blobs`, `tags`) and `reference` (a tag or a digest) are "" for other requests.
    """

    line: int
    text: str
    client: str
    time: datetime | None
    method: str
    repository: str
    kind: str
    reference: str
    status: int
    agent: str

    @property
    def is_by_engine(self) -> bool:
        """Whether the engine's own library asked, and not a tool for images."""
        return self.agent.startswith("containerd/")

    @property
    def by_digest(self) -> bool:
        """Whether a digest was asked for, and not a tag."""
        return ":" in self.reference


def read_registry(log: str | Path | BinaryIO) -> Iterator[Request]:
    """Every request of a registry's access log; other lines are passed over.

    Never raises on what the log contains; raises `Refusal` when it cannot be read at all.
    """
    for number, text in text_lines(log):
        found = _REQUEST.match(text)
        if found:
            client, stamp, method, repository, kind, reference, status, agent = found.groups(default="")
            time = _time(stamp)
            yield Request(number, text, client, time, method, repository, kind, reference, int(status), agent)


def _time(stamp: str) -> datetime | None:
    try:
        return datetime.strptime(stamp, "%d/%b/%Y:%H:%M:%S %z")
    except ValueError:
        return None
