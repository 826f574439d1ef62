"""A dump of the Dagger engine's cache: the answer of its debug address for `/debug/dagql/cache`.

    {"trace_format_version":1,"boot_id":"boot-1795237192265979795","captured_at_seq":0,
     "captured_at_time":"2026-11-21T05:00:24.068398146Z","session_results":[...],"results":[...],
     "result_digest_indexes":[...],"terms":[...],"result_terms":[...],"digests":[...],"eq_classes":[...],
     "ongoing_calls":[...]}

Source: dagql/cache_debug.go of dagger v0.21.8 and v1.0.0-beta.11 (`CacheDebugSnapshot`). It is one line of JSON, 254
bytes for an engine nobody has used and 6 to 11 MB after one session. Lists of calls are absent when empty; names in
`snapshot_links` are written Go's way (`RefKey`).

Ids are good within one boot id only. Literals of calls are not redacted, so none is kept here.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from sys import intern
from typing import Any, BinaryIO

from faultbook.logs.snapshot_kinds import CALLS, HEAD, LISTS, OF_A_RESULT, refuse_others
from faultbook.logs.snapshot_stream import REMEDY, Members
from faultbook.matcher.source import display_name
from faultbook.problems import Refusal

VERSION = 1
"""The `trace_format_version` that is known."""
_FAULTS = (
    "result_call_recipe_digest_error",
    "result_call_content_preferred_digest_error",
    "result_call_input_digests_error",
)


@dataclass(frozen=True, slots=True)
class Result:
    """A result in the cache.

    `call` is the field that made it, `type` the GraphQL type it has, both empty where the engine wrote none. `owners`
    counts sessions which hold it, results which depend on it, and its persisted edge; 0 can be collected, below 0 is a
    fault of the engine. A `kept` result has a persisted edge: it stays after the session until it is pruned, or, with
    `for_life`, as long as the engine runs. `needs` are the ids of the results it depends on. `sizes` are bytes by
    identity of a snapshot, which several results may share. `used` and `expires` are seconds since 1970. `fault` is
    what the engine could not work out about the call, such as `receiver: missing shared result 4637`.
    """

    id: int
    call: str
    record: str
    type: str
    owners: int
    state: str
    kept: bool
    for_life: bool
    needs: tuple[int, ...]
    recipe: str
    sizes: tuple[tuple[str, int], ...]
    used: float | None
    expires: int | None
    fault: str


@dataclass(frozen=True, slots=True)
class Session:
    """A session that is not over, and the ids of the results it holds."""

    id: str
    results: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class OngoingCall:
    """A call that runs for a session. `key` is the `digest=` of `start call` in the engine log.

    Two sessions that wait for the same key are two calls with one waiter each. `result` is known only when completed.
    """

    key: str
    session: str
    waiters: int
    is_completed: bool
    result: int | None


@dataclass(frozen=True, slots=True)
class Arbitrary:
    """An internal value of the engine, kept under a key of its own for `owners` sessions."""

    key: str
    waiters: int
    owners: int
    is_completed: bool


@dataclass(frozen=True)
class Snapshot:
    """One dump, without what is only counted.

    `boot` changes at every start of the engine, `at` is in UTC. `counts` has the length of every list. `unknown` has
    names of fields this reader does not know, and how often each occurs. `absent` are lists the engine always writes
    and this file does not have: somebody took them out.
    """

    name: str
    version: int
    boot: str
    at: datetime
    sessions: tuple[Session, ...]
    results: Mapping[int, Result]
    calls: tuple[OngoingCall, ...]
    arbitrary: tuple[Arbitrary, ...]
    counts: Mapping[str, int]
    unknown: Mapping[str, int]
    absent: tuple[str, ...]


def read_snapshot(log: str | Path | BinaryIO) -> Snapshot:
    """A dump of the cache, plain, gzip or zstd, in one pass.

    Fields of a newer version are counted and passed over. Raises `Refusal` for what is no such dump, is cut or
    damaged, and as `matcher.source.opened` does.
    """
    name = display_name(log)
    parts = _Parts()
    members = Members("results", _WANTED, lambda head: refuse_others(name, head))
    number: Counter[str] = Counter()
    for key, value in members.read(log):
        number[key] += 1
        try:
            parts.take(key, value)
        except (TypeError, ValueError, KeyError, AttributeError) as error:
            place = f"{key}, item {number[key]:,}" if key in members.counts else key
            what = f"has no {error.args[0]}" if isinstance(error, KeyError) else f"is not as expected ({error})"
            raise Refusal(f"{name}: {place}: {what}", REMEDY) from None
    return parts.put_together(name, members.counts)


@dataclass
class _Parts:
    """What was read so far."""

    head: dict[str, Any] = field(default_factory=dict)
    results: dict[int, Result] = field(default_factory=dict)
    others: dict[str, list[Any]] = field(default_factory=lambda: {key: [] for key in _WANTED})
    unknown: Counter[str] = field(default_factory=Counter)

    def take(self, key: str, value: Any) -> None:
        """Take one member."""
        if key == "results":
            self.unknown.update(f"results.{name}" for name in value.keys() - OF_A_RESULT)
            result = _result(value)
            self.results[result.id] = result
        elif key in _WANTED:
            self.others[key].append(_WANTED[key](value))
        elif key == "captured_at_time":
            self.head[key] = datetime.fromisoformat(value).astimezone(UTC)
        elif key in HEAD:
            self.head[key] = value
        else:
            self.unknown[key] += 1

    def put_together(self, name: str, counts: Mapping[str, int]) -> Snapshot:
        """The dump, when all is read."""
        for key in ("boot_id", "captured_at_time", "results"):
            if key not in self.head and key not in counts:
                raise Refusal(f"{name}: has no {key}, so it is no cache dump", REMEDY)
        if not counts.keys() & {"session_results", "result_digest_indexes"}:
            what = "is the dump of /debug/dagql/egraph, which has no sessions and no sizes"
            raise Refusal(f"{name}: {what}", REMEDY)
        self.unknown.update(key for key in counts if key not in (*LISTS, *CALLS))
        return Snapshot(
            name=Path(name).name,
            version=int(self.head.get("trace_format_version", VERSION)),
            boot=str(self.head["boot_id"]),
            at=self.head["captured_at_time"],
            sessions=tuple(self.others["session_results"]),
            results=self.results,
            calls=tuple(self.others["ongoing_calls"]),
            arbitrary=tuple(self.others["ongoing_arbitrary_calls"] + self.others["completed_arbitrary_calls"]),
            counts=counts,
            unknown=self.unknown,
            absent=tuple(key for key in LISTS if key not in counts),
        )


def _result(item: dict[str, Any]) -> Result:
    used = item.get("last_used_at_unix_nano")
    return Result(
        id=int(item["shared_result_id"]),
        call=intern(item.get("description", "")),
        record=intern(item.get("record_type", "")),
        type=intern(item.get("type_name", "")),
        owners=int(item["incoming_ownership_count"]),
        state=intern(item.get("payload_state", "")),
        kept=bool(item.get("has_persisted_edge")),
        for_life=bool(item.get("persisted_edge_unpruneable")),
        needs=tuple(map(int, item.get("explicit_dep_ids") or ())),
        recipe=str(item.get("result_call_recipe_digest", "")),
        sizes=tuple((item.get("cache_usage_size_by_identity") or {}).items()),
        used=used / 1e9 if used else None,
        expires=item.get("expires_at_unix"),
        fault=next((item[name] for name in _FAULTS if name in item), ""),
    )


def _session(item: dict[str, Any]) -> Session:
    return Session(str(item["session_id"]), tuple(map(int, item.get("shared_result_ids") or ())))


def _call(item: dict[str, Any]) -> OngoingCall:
    return OngoingCall(
        key=str(item["call_key"]),
        session=str(item.get("concurrency_key", "")),
        waiters=int(item.get("waiters", 0)),
        is_completed=bool(item.get("completed")),
        result=item.get("shared_result_id"),
    )


def _arbitrary(item: dict[str, Any]) -> Arbitrary:
    owners = int(item.get("owner_session_count", 0))
    return Arbitrary(str(item["call_key"]), int(item.get("waiters", 0)), owners, bool(item.get("completed")))


_WANTED: Mapping[str, Callable[[dict[str, Any]], Any]] = {
    "session_results": _session,
    "ongoing_calls": _call,
    "ongoing_arbitrary_calls": _arbitrary,
    "completed_arbitrary_calls": _arbitrary,
}
