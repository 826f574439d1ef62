"""The tool calls in an agent's log: what was asked for, what the agent logged about it, and what Dagger printed.

The agent logs the start of every call and the end only of a failing one, so that an end is looked for in the order of
the lines: an error belongs to the last call of its tool that has none. Dagger's progress names no call; it is joined by
the value of CACHE_BUST, which is the time of the call in nanoseconds, and by the command.

Source of the messages: createGenericHandler in internal/agent/agent.go, internal/dsl/analyzer.go and internal/p2p of
praxis-go-sdk v0.2.0 and efa5f5e. Calls that a Go program makes itself have no message of the agent; efa5f5e prints
`[Dagger] Preparing container` for them, too.
"""

from bisect import bisect_left
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from faultbook.logs.praxis.agent import Message, Printed, Step

Kind = Literal["executed", "remote", "cached", "unknown", "task"]
Way = Literal["mcp", "p2p", "dsl", "program", "execute"]
BLANK = "dagger execution failed:"


@dataclass(frozen=True, slots=True)
class Exec:
    """A command in a container, as the progress shows it.

    `status` is DONE or ERROR, None without an end; `seconds` is how long it took. `output` are the first lines it
    printed; `printed` counts all of them.
    """

    start: Step
    command: str
    status: str | None = None
    seconds: float | None = None
    end: Step | None = None
    output: tuple[Step, ...] = ()
    printed: int = 0


@dataclass(frozen=True, slots=True)
class Session:
    """A connection to Dagger. The call with the number `opener` made it (0: the program did), others use it, too.

    `dots` are what the SDK printed when it started the session itself; without them it came from the environment.
    `closed` is the line with which `dagger session` ended.
    """

    number: int
    opener: int
    begun: Message | Printed
    dots: Printed | None = None
    ready: Message | None = None
    closed: Step | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """A tool call.

    `kind`: `executed` here; `remote`, handed to a peer; `cached`, answered from the cache; `unknown`, no such tool;
    `task`, a request to /execute, which only plans. `way` is how it came. `start` is the first line of it, `error` the
    line that says it failed, with its text in `reason`; `reported` is the line that calls it a success.
    `arguments` is as printed (`map[name:alice]`), None where the revision does not print it. `image`, `command` and
    `mounts` are what efa5f5e prints before it executes. `session` is the number of the session it used, `opened` says
    that it had to make it first, `ready` is the line which says that this worked. `stamp` is the step with CACHE_BUST,
    which shows that Dagger was asked to run it, and `stamped` its time. `causes` are the error texts of the progress
    that fall to this call.
    """

    number: int
    kind: Kind
    way: Way
    tool: str
    start: Message | Printed
    engine: str | None = None
    arguments: str | None = None
    session: int | None = None
    opened: bool = False
    ready: Message | None = None
    error: Message | None = None
    reason: str | None = None
    reported: Message | None = None
    image: str | None = None
    command: str | None = None
    mounts: str | None = None
    stamp: Step | None = None
    stamped: datetime | None = None
    run: Exec | None = None
    causes: tuple[Step, ...] = ()

    @property
    def at(self) -> datetime | None:
        """When it began, in UTC: to the microsecond where CACHE_BUST tells, else in whole seconds."""
        return self.stamped or self.start_at

    @property
    def start_at(self) -> datetime | None:
        """The time of its first line, in whole seconds; None for a line without one."""
        return self.start.at if isinstance(self.start, Message) else None

    @property
    def is_blank(self) -> bool:
        """Whether it failed with `dagger execution failed:` and nothing more."""
        return self.reason is not None and self.reason.strip() == BLANK


@dataclass(frozen=True, slots=True)
class Agent:
    """What a log, or the two streams in two logs, show of one agent.

    `log` is the file with its messages, `steps_log` the one with the progress of Dagger: another one, when standard
    output was kept apart; then lines of the two cannot be put in order (`in_order`). `source` is the prefix of its
    lines (see `read_agent`), "" without one. `names` are those that agents gave
    themselves: more than one when two write to one log without a prefix. `starts` are the first lines of its starts.
    `mounted` are the ends of `Host.directory` steps, `exported` the begins of `Directory.export`; `versions` are the
    lines with which Dagger tells them; `causes` are error texts of the progress that fall to no call. `warnings` are
    the engine's lines about files that were not written back. `fatal` is the line with which it gave up,
    `crash` the first line of a panic. `messages` and `steps` count lines; `has_output` says whether anything of
    standard output is there.
    """

    log: str
    steps_log: str
    source: str
    names: tuple[str, ...]
    starts: tuple[Message, ...]
    calls: tuple[Call, ...]
    sessions: tuple[Session, ...]
    mounted: tuple[Step, ...]
    exported: tuple[Step, ...]
    versions: tuple[Step, ...]
    causes: tuple[Step, ...]
    warnings: tuple[Printed, ...]
    fatal: Message | None
    crash: Printed | None
    messages: int
    steps: int
    has_output: bool

    @property
    def in_order(self) -> bool:
        """Whether messages and progress stand in one file."""
        return self.log == self.steps_log

    def session(self, number: int | None) -> Session | None:
        """The session with this number."""
        at = bisect_left(self.sessions, number or 0, key=lambda session: session.number)
        found = self.sessions[at : at + 1]
        return found[0] if found and found[0].number == number else None
