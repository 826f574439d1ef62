"""The text that `go tool pprof -top` prints for a profile.

    Type: inuse_space
    Time: 2026-11-21 05:00:07 UTC
    Showing nodes accounting for 43655kB, 100% of 43655kB total
          flat  flat%   sum%        cum   cum%
    3613.69kB  8.28% 54.12%  3613.69kB  8.28%  github.com/dagger/dagger/dagql.(*Cache).newEgraphTerm (inline)

Source: github.com/google/pprof, internal/report/report.go, as in Go 1.26. What misleads:

- The text with `-base` looks the same: its time is that of the base, and only negative rows or a duration give it away.
- The total behind `of` sums sizes without their sign, so in a difference it is no net growth.
- `kB` and `MB` are powers of 1024; the numbers are rounded, and rows of little weight are dropped.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from faultbook.problems import Refusal

_REMEDY = "Print it again: go tool pprof -top -inuse_space heap.pb.gz > heap.txt. Better, give heap.pb.gz itself."
_NUMBER = r"(-?[0-9]+(?:\.[0-9]+)?)([A-Za-z]*)"
_PERCENT = r"<?-?[0-9]+(?:\.[0-9]+)?(?:e[-+][0-9]+)?%?"
_HEADER = re.compile(r"(File|Build ID|Type|Time|Duration): +(.*)")
_SHOWING = re.compile(rf"Showing nodes accounting for {_NUMBER}, {_PERCENT} of {_NUMBER} total")
_COLUMNS = re.compile(r" *flat +flat% +sum% +cum +cum%$")
_ROW = re.compile(rf" *{_NUMBER} +{_PERCENT} +{_PERCENT} +{_NUMBER} +{_PERCENT} +(\S.*?)(?: \((?:partial-)?inline\))?$")
_SECONDS = re.compile(r"([0-9.]+)s")
_UNITS = {unit: float(1024**power) for power, unit in enumerate(["B", "kB", "MB", "GB", "TB", "PB"])} | {"": 1.0}


@dataclass(frozen=True, slots=True)
class Row:
    """A function: `flat` is its own, `cum` with all it called; bytes, or a count. `line` is 1-based."""

    line: int
    function: str
    flat: int
    cum: int


@dataclass(frozen=True, slots=True)
class Top:
    """One such text.

    `type` is what was counted (`inuse_space`, `cpu`, ...), '' where the text does not say. `time` is only known where
    it is told in UTC; `seconds` is 0.0 for a moment. `total` sums all functions, those of dropped rows too, without
    their sign.
    """

    type: str
    build: str
    time: datetime | None
    seconds: float
    total: int
    rows: tuple[Row, ...]

    @property
    def is_difference(self) -> bool:
        """Whether this is one profile minus another: it has a duration or negative rows. A difference in which all
        grew cannot be told."""
        return self.seconds > 0 or any(row.flat < 0 or row.cum < 0 for row in self.rows)


def parse_top(name: str, lines: Iterator[tuple[int, str]]) -> Top:
    """The text in numbered lines. Raises `Refusal` when it is none of these, or breaks off; `name` is its file."""
    headers, total = dict[str, str](), None
    for _, text in lines:
        if found := _HEADER.match(text):
            headers.setdefault(found[1], found[2].strip())
        elif found := _SHOWING.match(text):
            total = _amount(name, found[3], found[4])
        elif _COLUMNS.match(text):
            break
    if total is None:
        raise Refusal(f"{name}: is no output of `go tool pprof -top`: no line 'Showing nodes accounting for'", _REMEDY)
    return _top(headers, total, tuple(_rows(name, lines)))


def _top(headers: dict[str, str], total: int, rows: tuple[Row, ...]) -> Top:
    seconds = _SECONDS.match(headers.get("Duration", ""))
    return Top(
        type=headers.get("Type", ""),
        build=headers.get("Build ID", ""),
        time=_time(headers.get("Time", "")),
        seconds=float(seconds[1]) if seconds else 0.0,
        total=total,
        rows=rows,
    )


def _rows(name: str, lines: Iterator[tuple[int, str]]) -> Iterator[Row]:
    """The rows up to the first empty line or the next prompt."""
    for number, text in lines:
        if not text or text.startswith("(pprof)"):
            return
        found = _ROW.match(text)
        if not found:
            raise Refusal(f"{name}:{number}: is no row of `go tool pprof -top`; the text breaks off here", _REMEDY)
        yield Row(number, found[5], _amount(name, found[1], found[2]), _amount(name, found[3], found[4]))


def _amount(name: str, number: str, unit: str) -> int:
    """Bytes, or a count: `43655kB` is 44702720."""
    if unit not in _UNITS:
        raise Refusal(f"{name}: counts in {unit!r}, which is no unit of memory: no heap profile", _REMEDY)
    return round(float(number) * _UNITS[unit])


def _time(text: str) -> datetime | None:
    """Go prints the zone of the machine by its short name, which only says something when it is UTC."""
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M:%S UTC").replace(tzinfo=UTC)
    except ValueError:
        return None
