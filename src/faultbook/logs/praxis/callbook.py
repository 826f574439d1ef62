"""The calls of one agent while its log is read: found again by tool and state, changed as more is told."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from faultbook.logs.praxis.agent import Message, Printed
from faultbook.logs.praxis.calls import Call, Kind, Way

_JUST_NOW = timedelta(seconds=2)
_RECENT = 256
"""How many calls back one is looked for: a call that has not ended by then never logs an end."""


@dataclass
class CallBook:
    """Calls by their numbers. `announced` is the way in which the next call of a tool comes."""

    calls: dict[int, Call] = field(default_factory=dict)
    announced: dict[str, Way] = field(default_factory=dict)
    _recent: deque[int] = field(default_factory=lambda: deque(maxlen=_RECENT))

    def begin(self, tool: str, kind: Kind, start: Message | Printed, **told: Any) -> Call:
        """A new call."""
        way = told.pop("way", None) or self.announced.pop(tool, "mcp")
        call = Call(len(self.calls) + 1, kind, way, tool, start, **told)
        self.calls[call.number] = call
        self._recent.append(call.number)
        return call

    def change(self, call: Call | None, **told: Any) -> None:
        """Add what is told of a call, if there is one."""
        if call:
            self.calls[call.number] = replace(call, **told)

    def latest(self, kind: Kind) -> Iterator[Call]:
        """The calls of this kind, the last one first."""
        for number in reversed(self._recent):
            if self.calls[number].kind == kind:
                yield self.calls[number]

    def open(self, tool: str | None = None, kind: Kind = "executed") -> Call | None:
        """The last call (of this tool) that has no end yet."""
        named = (call for call in self.latest(kind) if tool in (None, call.tool))
        return next((call for call in named if not (call.error or call.reported)), None)

    def at_work(self, key: str, clock: datetime | None) -> Call | None:
        """The call for which `key` is not told yet: of those that began just now the first, or else the last one."""
        waiting = [call for call in self.latest("executed") if getattr(call, key) is None and call.reason is None]
        fresh = [call for call in waiting if _is_fresh(call, clock)]
        return next(iter([*reversed(fresh), *waiting]), None)


def _is_fresh(call: Call, clock: datetime | None) -> bool:
    """Whether a call began, or was connected, just now. One that lacks a parameter waits for ever."""
    at = call.ready.at if call.ready else call.start_at
    return at is not None and clock is not None and clock - at < _JUST_NOW
