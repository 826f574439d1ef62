"""What the logs of an incident say about each tool call together: agent, caller, configuration and Dagger's engine."""

import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path

from faultbook.logs.engine import Container, Record
from faultbook.logs.lives import Life, Session, lives
from faultbook.logs.praxis.agent import Message, Printed, Step
from faultbook.logs.praxis.answers import Answer, read_answers
from faultbook.logs.praxis.calls import Agent, Call
from faultbook.logs.praxis.streams import agents
from faultbook.playbooks.verdict import Line
from faultbook.praxis.config import Config, Tool, read_config, text_of
from faultbook.praxis.findings import Finding
from faultbook.praxis.spec import check

_SIGNS = re.compile(r"[\s'\"\\]+")
_NEAR = timedelta(seconds=2)


@dataclass(frozen=True)
class Configured:
    """A configuration with the file it stands in, as an agent with an empty environment reads it."""

    path: str
    text: str
    config: Config
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Told:
    """A call with all that is said about it; `number` counts the calls of all agents.

    `answer` is what the caller got, `answer_log` the file it stands in. `containers` are the commands that Dagger's
    engine ran for it, `life` is that engine's, `session` the engine's own view of the session.
    """

    number: int
    agent: Agent
    call: Call
    answer: Answer | None = None
    answer_log: str = ""
    tool: Tool | None = None
    configured: Configured | None = None
    containers: tuple[Container, ...] = ()
    life: Life | None = None
    session: Session | None = None

    @property
    def seconds(self) -> float | None:
        """How long it took, as far as anybody tells: the caller, the agent's error, or the command itself."""
        if self.answer and self.answer.seconds is not None and self.answer.kind != "nothing":
            return self.answer.seconds
        begun, ended = self.call.at, self.call.error.at if self.call.error else None
        if begun and ended:
            return max((ended - begun).total_seconds(), 0.0)
        return self.call.run.seconds if self.call.run else None

    def line(self, record: Message | Printed | Step) -> Line:
        """A line of the agent's log as evidence."""
        log = self.agent.steps_log if isinstance(record, Step) else self.agent.log
        return Path(log).name, record.line, record.whole

    def answer_line(self) -> Line:
        """The line of the caller's answer as evidence."""
        assert self.answer
        return Path(self.answer_log).name, self.answer.text_line, self.answer.text


@dataclass(frozen=True)
class Incident:
    """All that was given. `calls` are those of all agents, in the order of the logs."""

    agents: tuple[Agent, ...]
    calls: tuple[Told, ...]
    answers: tuple[tuple[str, Answer], ...]
    configs: tuple[Configured, ...]
    engine_log: str | None
    lives: tuple[Life, ...]

    @cached_property
    def _by_number(self) -> dict[tuple[int, int], Told]:
        return {(id(told.agent), told.call.number): told for told in self.calls}

    @cached_property
    def _handed_over(self) -> dict[int, Told]:
        """Calls that went to a peer, by their identity, with the peer's call: both in their order, tool by tool."""
        sent = [told for told in self.calls if told.call.kind == "remote"]
        done: dict[str, deque[Told]] = {}
        for told in self.calls:
            if told.call.kind == "executed" and told.call.way == "p2p":
                done.setdefault(told.call.tool, deque()).append(told)
        return {id(told): done[told.call.tool].popleft() for told in sent if done.get(told.call.tool)}

    def at_the_peer(self, told: Told) -> Told | None:
        """The call of the peer to which this call was handed over."""
        return self._handed_over.get(id(told))

    def call_of(self, agent: Agent, number: int) -> Told | None:
        """The call to which this agent gave this number."""
        return self._by_number.get((id(agent), number))

    def before(self, told: Told) -> Iterator[Told]:
        """The calls of the same agent before this one, the nearest first."""
        for number in range(told.call.number - 1, 0, -1):
            yield self._by_number[id(told.agent), number]

    def opener(self, told: Told) -> Told | None:
        """The earlier call that made the session which this call used."""
        session = told.agent.session(told.call.session)
        if session is None or session.opener == told.call.number:
            return None
        return self.call_of(told.agent, session.opener)


def read_incident(
    agent_logs: Sequence[str], answers: Sequence[str], configs: Sequence[str], engine_log: str | None
) -> Incident:
    """Read everything and join it. Raises `Refusal` when a log cannot be read."""
    found = agents(agent_logs)
    given = tuple((path, answer) for path in answers for answer in read_answers(path))
    configured = tuple(_configured(path) for path in configs)
    lived = tuple(lives(engine_log)) if engine_log else ()
    listed = ((agent, call) for agent in found for call in agent.calls)
    calls = [Told(number, agent, call) for number, (agent, call) in enumerate(listed, 1)]
    calls = [_with_config(told, configured) for told in calls]
    calls = [_with_engine(told, lived) for told in _with_answers(calls, given)]
    return Incident(found, tuple(calls), given, configured, engine_log, lived)


def _configured(path: str) -> Configured:
    text = text_of(path)
    return Configured(path, text, read_config(text, {}), check(text, {}).findings)


def _with_config(told: Told, configs: Sequence[Configured]) -> Told:
    """The entry of the tool: in the configuration of an agent of this name, or in the only one that has the tool."""
    having = [(one, tool) for one in configs if (tool := one.config.tool(told.call.tool))]
    named = [pair for pair in having if pair[0].config.agent_name in told.agent.names]
    for one, tool in named or (having if len(having) == 1 else []):
        return replace(told, configured=one, tool=tool)
    return told


def _with_answers(calls: list[Told], answers: Iterable[tuple[str, Answer]]) -> list[Told]:
    """Each answer goes to the first call it can be the answer of; one of a peer to the peer's call as well."""
    told = list(calls)
    for path, answer in answers:
        fitting = [place for place, one in enumerate(told) if one.answer is None and _fits(one.call, answer)]
        same = [place for place in fitting if (told[place].call.reason or "") == answer.text]
        good = [place for place in fitting if bool(told[place].call.error) == answer.is_error]
        chosen = next(iter([*same, *good, *fitting]), None)
        if chosen is None:
            continue
        told[chosen] = replace(told[chosen], answer=answer, answer_log=path)
        peers = [place for place in fitting if told[place].call.kind == "executed" and place != chosen]
        if told[chosen].call.kind == "remote" and peers:
            told[peers[0]] = replace(told[peers[0]], answer=answer, answer_log=path)
    return told


def _fits(call: Call, answer: Answer) -> bool:
    """Whether this may be what the caller of `call` got."""
    if answer.path == "/p2p/tool":
        return call.way == "p2p" and answer.tool in (None, call.tool)
    if answer.kind == "task" or (answer.path or "").startswith(("/execute", "/a2a")):
        return call.kind == "task"
    if answer.tool == "execute_workflow":
        return call.way == "dsl" or call.kind in ("cached", "unknown")
    return call.way in ("mcp", "program") and answer.tool in (None, call.tool) and call.kind == "executed"


def _with_engine(told: Told, lived: Sequence[Life]) -> Told:
    """The containers that the engine started for a call: at its time, and with its command."""
    begun, words = told.call.at, _command(told)
    if told.call.stamp is None or begun is None:
        return told
    for life in lived:
        mine = tuple(one for one in life.containers if _is_of(one, begun, words, told.call.error))
        if mine:
            session = next((one for one in life.sessions if one.id == mine[0].session), None)
            return replace(told, containers=mine, life=life, session=session)
    return told


def _command(told: Told) -> str | None:
    run, printed = told.call.run, told.call.command
    words = run.command if run else printed[1:-1] if printed else None
    return _SIGNS.sub("", words) if words is not None else None


def _is_of(container: Container, begun: datetime, words: str | None, error: Message | None) -> bool:
    """Whether a container belongs to a call. A failing command is started again, at the latest when the call fails."""
    if container.start is None or (words is not None and _SIGNS.sub("", container.command) != words):
        return False
    latest = (error.at if error and error.at else begun) + _NEAR
    return begun - _NEAR <= container.start <= max(latest, begun + _NEAR)


def container_line(incident: Incident, container: Container, ended: bool) -> Line:
    """The line of the engine's log with which a container began or ended."""
    line = container.end_line if ended else container.start_line
    words = f"container done: {container.command}: {container.error or 'no error'}"
    text = words if ended else f"starting container: {container.command}"
    return Path(incident.engine_log or "").name, line or 0, text


def record_line(incident: Incident, record: Record) -> Line:
    """A line of the engine's log as evidence."""
    return Path(incident.engine_log or "").name, record.line, record.text
