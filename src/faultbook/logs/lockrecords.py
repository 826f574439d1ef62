"""The records of a lock file: what its lines hold, and what is wrong with them."""

from dataclasses import dataclass
from typing import Any, Literal

from faultbook.logs.lockjson import written
from faultbook.problems import Problem

OLD, NEW = "v0.21.8", "v1"
ENGINES = (OLD, NEW)
FORMATS = {"1": 5, "2": 4}
"""The formats that are known, with the number of fields of an entry."""

Side = Literal["ours", "base", "theirs", "end"]
Stops = Literal["file", "entry", "nothing"]
Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Header:
    """The line with the version of the format, which is a text."""

    line: int
    version: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One lookup and its answer.

    `text` is the line as it is, `canonical` as the engine writes it. `key` is what the entry answers: of two with one
    key the last counts, and the engine sorts by it. `policy` is None in format 2.
    """

    line: int
    text: str
    canonical: str
    key: Key
    namespace: str
    operation: str
    inputs: tuple[Any, ...]
    value: Any
    policy: str | None

    @property
    def pin(self) -> str:
        """The digest or commit it holds."""
        value = self.value.get("sha") if isinstance(self.value, dict) else self.value
        return value if isinstance(value, str) else written(self.value)

    @property
    def lookup(self) -> str:
        """What it answers, in the engine's words: `container.from [127.0.0.1:5000/demo/app:1 linux/amd64]`."""
        words = " ".join(item if isinstance(item, str) else written(item) for item in self.inputs)
        return f"{self.operation} [{words}]"


@dataclass(frozen=True, slots=True)
class Blank:
    """A line of nothing but white space."""

    line: int


@dataclass(frozen=True, slots=True)
class Marker:
    """A line that git put into the file where a merge failed: a side begins here, or the conflict ends."""

    line: int
    side: Side
    label: str


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a line, in plain words, and what to do about it.

    `stops`: `file` when an engine refuses the whole file, `entry` when it refuses the lookup that wants this entry,
    `nothing` when it does not mind. `by` are the engines that refuse. `message` is what they say, without what they
    put around it; "" where no run shows it.
    """

    line: int
    what: str
    remedy: str
    stops: Stops
    message: str = ""
    by: tuple[str, ...] = ENGINES

    def problem(self, path: str) -> Problem:
        """The same as a complaint about the file `path`."""
        return Problem(path, self.line, self.what, self.remedy)


Record = Header | Entry | Blank | Marker | Fault
