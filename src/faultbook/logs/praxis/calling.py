"""Builds the calls of one agent from the lines of its log."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from faultbook.logs.praxis.agent import Message, Printed, Record, Step
from faultbook.logs.praxis.callbook import CallBook
from faultbook.logs.praxis.calls import Agent, Kind, Way
from faultbook.logs.praxis.progress import ProgressLines, shared_out
from faultbook.logs.praxis.sessionbook import SessionBook

_SDK = ("Downloading CLI...", "Creating new Engine session...")


@dataclass
class AgentLines:
    """Takes the records of one agent as they come; `log` is the file they stand in."""

    log: str
    source: str
    _steps_log: str | None = None
    _names: list[str] = field(default_factory=list)
    _starts: list[Message] = field(default_factory=list)
    _book: CallBook = field(default_factory=CallBook)
    _links: SessionBook = field(default_factory=SessionBook)
    _warnings: list[Printed] = field(default_factory=list)
    _progress: ProgressLines = field(default_factory=ProgressLines)
    _fatal: Message | None = None
    _crash: Printed | None = None
    _messages: int = 0
    _clock: datetime | None = None
    _banner: bool = False

    def add(self, record: Record) -> None:
        """Take a line."""
        if isinstance(record, Message):
            self._message(record)
        elif isinstance(record, Step):
            self._step(record)
        elif isinstance(record, Printed):
            self._printed(record)

    def agent(self) -> Agent:
        """What the lines were."""
        in_order = self._steps_log is None
        calls, dead = list(self._book.calls.values()), self._dead() if in_order else set()
        told, left = shared_out(self._progress, calls, dead, in_order)
        return Agent(
            log=self.log,
            steps_log=self._steps_log or self.log,
            source=self.source,
            names=tuple(dict.fromkeys(self._names)),
            starts=tuple(self._starts),
            calls=tuple(told),
            sessions=tuple(self._links.sessions.values()),
            mounted=tuple(self._progress.mounted),
            exported=tuple(self._progress.exported),
            versions=tuple(self._progress.versions),
            causes=tuple(left),
            warnings=tuple(self._warnings),
            fatal=self._fatal,
            crash=self._crash,
            messages=self._messages,
            steps=self._progress.count,
            has_output=self._banner or bool(self._progress.count) or any(call.image for call in told),
        )

    @property
    def is_output_only(self) -> bool:
        """Whether this is standard output without standard error."""
        return not self._messages and bool(self._progress.count or self._book.calls)

    @property
    def is_error_only(self) -> bool:
        """Whether this is standard error without standard output."""
        return bool(self._messages) and not self._progress.count and not self._banner

    def absorb(self, output: "AgentLines") -> None:
        """Take over the standard output of the same agent, which was read from another file."""
        self._steps_log, self._progress = output.log, output._progress
        self._warnings += output._warnings
        printed = list(output._book.calls.values())
        asked = [call for call in self._book.calls.values() if call.session is not None]
        for call, one in zip(asked, printed, strict=False):
            self._book.change(call, image=one.image, command=one.command, mounts=one.mounts)
        self._links.take_over(output._links.dots, output._progress.closed)

    def _message(self, message: Message) -> None:
        self._messages += 1
        self._clock = message.at or self._clock
        if message.level == "fatal":
            self._fatal = message
        for pattern, note in _NOTES:
            found = pattern.search(message.text)
            if found:
                note(self, message, *found.groups())
                return

    def _step(self, step: Step) -> None:
        if self._progress.add(step):
            self._links.close(step)

    def _printed(self, printed: Printed) -> None:
        if printed.whole.startswith(_SDK):
            self._links.dots = printed
        elif "PRAXIS P2P AGENT" in printed.whole:
            self._banner = True
        elif printed.whole.startswith("Warning: Could not export "):
            self._warnings.append(printed)
        elif printed.whole.startswith(("panic: ", "fatal error: ")):
            self._crash = self._crash or printed
        elif "[Dagger] Preparing container" in printed.whole[:40]:
            self._preparing(printed)
        elif found := _IMAGE.match(printed.whole):
            self._told(image=found[1], command=found[2])
        elif found := _MOUNTS.match(printed.whole):
            self._told(mounts=found[1])

    def _preparing(self, printed: Printed) -> None:
        """efa5f5e is about to execute: the call that was announced, else one that a program makes by itself."""
        if self._book.at_work("image", self._clock) is None:
            self._book.begin("", "executed", printed, way="program", session=self._links.current)

    def _told(self, **told: str) -> None:
        """Add what the engine prints to the call that it is at."""
        self._book.change(self._book.at_work(next(iter(told)), self._clock), **told)

    def _dead(self) -> set[int]:
        """The calls that came when their session had ended."""
        closed = {number: one.closed.line for number, one in self._links.sessions.items() if one.closed}
        calls = (call for call in self._book.calls.values() if call.session in closed and not call.opened)
        return {call.number for call in calls if closed[call.session or 0] < call.start.line}

    def started(self, message: Message) -> None:
        """A process begins: its sessions and steps are new."""
        self._starts.append(message)
        self._links.restart()
        self._book.announced.clear()
        self._progress.restart()

    def named(self, message: Message, name: str) -> None:
        """The agent says its name."""
        self._names.append(name)

    def announced(self, message: Message, way: Way, tool: str) -> None:
        """A call comes in another way than over MCP; the line of the call itself follows."""
        self._book.announced[tool] = way

    def executing(self, message: Message, tool: str, engine: str, arguments: str | None) -> None:
        """A call begins."""
        session = self._links.current if engine == "dagger" else None
        self._book.begin(tool, "executed", message, engine=engine, arguments=arguments, session=session)

    def other(self, message: Message, kind: Kind, tool: str) -> None:
        """A call that is not executed here."""
        way: Way | None = (
            "execute" if kind == "task" else self._book.announced.pop(tool, "p2p") if kind == "remote" else None
        )
        self._book.begin(tool, kind, message, way=way)

    def unknown(self, message: Message, tool: str, reason: str) -> None:
        """Nobody has the tool."""
        self._book.begin(tool, "unknown", message, error=message, reason=reason)

    def connecting(self, message: Message) -> None:
        """The last call has to connect to Dagger first."""
        self._links.dots = None
        call = next((call for call in self._book.latest("executed") if not call.opened), None)
        self._book.change(call, session=self._links.begin(call.number if call else 0, message), opened=True)

    def connected(self, message: Message) -> None:
        """It did; from now on all calls use this session."""
        self._book.change(self._book.calls.get(self._links.ready(message)), ready=message)

    def not_connected(self, message: Message, reason: str) -> None:
        """The call that had to connect has failed with that."""
        call = self._book.open()
        self._links.fail(call.session if call else None)
        self._book.change(call, error=message, reason=reason, session=None)

    def failed(self, message: Message, tool: str, reason: str) -> None:
        """A call ends with an error."""
        self._book.change(self._book.open(tool), error=message, reason=reason)

    def no_engine(self, message: Message) -> None:
        """The last call names an engine that is not there."""
        self._book.change(self._book.open(), error=message, reason=message.text)

    def reported(self, message: Message, tool: str, kind: Kind) -> None:
        """A call is called a success, whatever it was."""
        calls = (call for call in self._book.latest(kind) if call.tool == tool and not call.reported)
        self._book.change(next(calls, None), reported=message)

    def task_ended(self, message: Message, state: str) -> None:
        """A task is called completed or failed."""
        call = self._book.open(kind="task")
        if state == "completed":
            self._book.change(call, reported=message)
        else:
            self._book.change(call, error=message, reason=message.text)

    def program_call(self, message: Message, name: str, state: str, text: str) -> None:
        """A program that calls the package itself tells of a call."""
        program = [call for call in self._book.latest("executed") if call.way == "program"]
        waiting = (call for call in reversed(program) if not (call.error or call.reported))
        call = next(waiting, None) or self._book.begin(
            name, "executed", message, way="program", session=self._links.current
        )
        if state == "ok":
            self._book.change(call, tool=name, reported=message)
        else:
            self._book.change(call, tool=name, error=message, reason=_OF_PROGRAM.sub("", text))


_IMAGE = re.compile(r" {3}image=(\S*) command=(.*)", re.DOTALL)
_OF_PROGRAM = re.compile(r" \(errors\.As .*", re.DOTALL)
_MOUNTS = re.compile(r" {3}mounts=(.*)", re.DOTALL)
_Note = Callable[..., None]


def _also(note: _Note, *given: str, last: bool = False) -> _Note:
    """`note` with words that the message does not hold, before or after those it does."""

    def noted(lines: AgentLines, message: Message, *found: str) -> None:
        note(lines, message, *((*found, *given) if last else (*given, *found)))

    return noted


_NOTES: list[tuple[re.Pattern[str], _Note]] = [
    (re.compile(pattern, re.DOTALL), note)
    for pattern, note in (
        (r"^Executing tool '([^']+)' (?:via generic handler )?with engine '([^']+)'(?:\. Params: (.*), Secrets: )?",
         AgentLines.executing),
        (r"^Tool '([^']+)' execution (?:with engine '[^']+' )?failed: (.*)", AgentLines.failed),
        (r"^Initializing Dagger Engine on first use", AgentLines.connecting),
        (r"Dagger Engine initialized successfully$|NewEngine ok after ", AgentLines.connected),
        (r"^Failed to initialize Dagger Engine: (.*)", AgentLines.not_connected),
        (r"^execution engine '[^']+' not found", AgentLines.no_engine),
        (r"^P2P Bridge: Executing tool (\S+) with ", _also(AgentLines.announced, "p2p")),
        (r"^Calling tool: (\S+) with ", _also(AgentLines.announced, "dsl")),
        (r"^Tool (\S+) executed successfully via P2P", _also(AgentLines.reported, "executed", last=True)),
        (r"Invoking tool '([^']+)' on peer", _also(AgentLines.other, "remote")),
        (r"Tool '([^']+)' executed successfully on peer", _also(AgentLines.reported, "remote", last=True)),
        (r"^Cache hit for tool (\S+)", _also(AgentLines.other, "cached")),
        (r"^Tool (\S*) ?not found: (.*)", AgentLines.unknown),
        (r"Starting processing for user input: \"(.*)\"", _also(AgentLines.other, "task")),
        (r"Status updated from '[^']+' to '(completed|failed)'", AgentLines.task_ended),
        (r"Execute\(([^)]*)\) (ok|failed) after [^:]+: (.*)", AgentLines.program_call),
        (r"^Starting Praxis Agent$", AgentLines.started),
        (r"^Agent (\S+) started on HTTP port ", AgentLines.named),
    )
]  # fmt: skip
