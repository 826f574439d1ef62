"""Profiles as Go's runtime and `go tool pprof` write them: one protobuf message, nearly always inside gzip.

Source: google/pprof, proto/profile.proto (see `pprof_schema`), and net/http/pprof and runtime/pprof of Go 1.26, which
serve `/debug/pprof/heap`, `/allocs`, `/profile`, `/goroutine`, `/mutex` and `/block` in this form.

What misleads:

- `?seconds=N` of a heap profile is the difference of two profiles. It is told by its duration, which a heap profile at
  one moment does not have; its values may be negative.
- A heap profile is a sample: of every `period` bytes allocated one place is remembered, and the values are scaled up.
- It shows what was live at the end of the last garbage collection, not at the moment it was taken.
- A location may stand for several frames, where the compiler inlined functions into each other.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from faultbook.logs.pprof_schema import new_profile
from faultbook.problems import Refusal

AGAIN = "Fetch it again: curl -s -o heap.pb.gz 'http://127.0.0.1:6060/debug/pprof/heap?gc=1'"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class ValueType:
    """What a number counts and in which unit: `inuse_space` in `bytes`."""

    type: str
    unit: str


@dataclass(frozen=True, slots=True)
class Sample:
    """One stack with its values, in the order of the profile's types.

    `stack` has the names of functions, the innermost first, inlined ones too.
    """

    values: tuple[int, ...]
    stack: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Profile:
    """One profile.

    `types` say what the values of a sample are; `period_type` and `period` how often was sampled. `time` is the moment
    of a heap profile, or the begin of a recording; `seconds` is how long was recorded, 0.0 for a moment. `build` is the
    build id of the program, '' where it is not told.
    """

    types: tuple[ValueType, ...]
    period_type: ValueType
    period: int
    time: datetime | None
    seconds: float
    build: str
    samples: tuple[Sample, ...]

    @property
    def kind(self) -> str:
        """What was profiled: `heap` (what `/allocs` serves is one, too), `cpu`, `goroutine`, `mutex or block`, ..."""
        names = {one.type for one in self.types}
        if "inuse_space" in names:
            return "heap"
        return "mutex or block" if "contentions" in names else self.period_type.type or self.types[0].type

    @property
    def is_difference(self) -> bool:
        """Whether this is a heap profile minus an earlier one, and so no total."""
        return self.kind == "heap" and (
            self.seconds > 0 or any(value < 0 for one in self.samples for value in one.values)
        )

    def column(self, kind: str) -> Iterator[tuple[tuple[str, ...], int]]:
        """Every stack with its value of one type, such as `inuse_space`. Raises KeyError for a type it has not."""
        at = next((at for at, one in enumerate(self.types) if one.type == kind), None)
        if at is None:
            raise KeyError(kind)
        return ((sample.stack, sample.values[at]) for sample in self.samples)


def parse_profile(name: str, data: bytes) -> Profile:
    """The profile in decompressed bytes. Raises `Refusal` when it is cut off, or no profile; `name` is its file."""
    from google.protobuf.message import DecodeError

    if not data:
        raise Refusal(f"{name}: is empty: the request failed, or nothing was saved", AGAIN)
    message = new_profile()
    try:
        message.ParseFromString(data)
        return _profile(message)
    except (DecodeError, LookupError, ValueError) as error:
        what = f"{name}: is no pprof profile, or is cut off ({str(error) or type(error).__name__})"
        raise Refusal(what, AGAIN) from None


def _profile(message: Any) -> Profile:
    """Raises LookupError or ValueError where the message contradicts itself, as one that is cut off does."""
    strings = list(message.string_table)
    types = tuple(_value_type(one, strings) for one in message.sample_type)
    if not types or strings[0]:
        raise ValueError("it names no type of sample")
    mappings = message.mapping
    return Profile(
        types=types,
        period_type=_value_type(message.period_type, strings),
        period=message.period,
        time=_EPOCH + timedelta(microseconds=message.time_nanos // 1000) if message.time_nanos else None,
        seconds=message.duration_nanos / 1e9,
        build=strings[mappings[0].build_id] if mappings else "",
        samples=tuple(_samples(message, strings, len(types))),
    )


def _value_type(message: Any, strings: list[str]) -> ValueType:
    return ValueType(strings[message.type], strings[message.unit])


def _samples(message: Any, strings: list[str], width: int) -> Iterator[Sample]:
    frames = _frames(message, strings)
    for sample in message.sample:
        values = tuple(sample.value)
        if len(values) != width:
            raise ValueError(f"a sample has {len(values)} values for {width} types")
        yield Sample(values, tuple(name for ident in sample.location_id for name in frames[ident]))


def _frames(message: Any, strings: list[str]) -> dict[int, tuple[str, ...]]:
    """For every location its functions, the innermost first; its address where no function is known."""
    names = {one.id: strings[one.name] for one in message.function}
    return {
        one.id: tuple(names[line.function_id] for line in one.line) or (f"{one.address:#x}",)
        for one in message.location
    }
