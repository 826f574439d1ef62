"""The story of `praxis/tool-call`: every tool call of an agent, what was logged of it, and what really became of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

from faultbook.logs.praxis.agent import Step
from faultbook.logs.praxis.calls import Agent
from faultbook.logs.records import ErrorText, Output
from faultbook.playbooks.picture import Bar, Look, Timeline
from faultbook.playbooks.praxis.incident import Incident, Told, read_incident
from faultbook.playbooks.praxis.modes import found_by_logic
from faultbook.playbooks.praxis.outcome import Outcome, outcome_of
from faultbook.playbooks.praxis.saying import counted, missing, says
from faultbook.playbooks.table import Excerpt, Table
from faultbook.playbooks.verdict import Verdict, reach

PLAYBOOK = "praxis/tool-call"
_ROWS = 20
_BARS = 14
_LINES = 24
_WAYS = {"mcp": "MCP", "p2p": "P2P", "dsl": "workflow", "program": "a program", "execute": "/execute"}


@dataclass(frozen=True)
class Case:
    """One incident; `given` is what each parameter was given."""

    given: dict[str, str | list[str] | None]
    incident: Incident

    def overview(self) -> Table:
        """Which logs there are, and what they hold."""
        rows = [[name, ", ".join(_names(value)) or "not given"] for name, value in self.given.items()]
        for agent in self.incident.agents:
            rows.append([f"agent {_name(agent)}", _about(agent)])
        return Table("What there is", ["", "says"], rows)

    def calls(self) -> Table:
        """Every call: what was logged, what the caller got, what became of it. Those that went wrong come first."""
        chosen = [place for place, _ in sorted(enumerate(self.outcomes), key=lambda one: one[1].state == "worked")]
        rows = [self._row(place) for place in sorted(chosen[:_ROWS])]
        caption = f"{len(rows)} of {len(self.outcomes)} calls" if rows else "There is no tool call in these logs"
        return Table(caption, ["call", "at", "tool", "by", "agent's log", "caller got", "really"], rows)

    def reasons(self) -> Table:
        """Why calls did not work, and where that stands."""
        bad = [(told, outcome) for told, outcome in self._bad() if not outcome.at_the_peer]
        rows = [
            [_number(told), told.call.tool, one.words, one.why or "no line says it", _place(told)]
            for told, one in bad[:_ROWS]
        ]
        return Table(
            "What went wrong" if rows else "Nothing went wrong", ["call", "tool", "where", "text", "lines"], rows
        )

    def sessions(self) -> Table:
        """The sessions with Dagger: who made each, how it ended, and which calls came to it afterwards."""
        rows = [row for agent in self.incident.agents for row in self._sessions_of(agent)]
        headings = ["made by", "started by", "ended", "calls in it", "heard of"]
        return Table("Sessions with Dagger" if rows else "No call connected to Dagger", headings, rows[:_ROWS])

    def timeline(self) -> Timeline:
        """The calls over time: those that went wrong, and others as far as there is room."""
        timed = [place for place, told in enumerate(self.incident.calls) if told.call.at]
        chosen = sorted(sorted(timed, key=lambda place: self.outcomes[place].state == "worked")[:_BARS])
        times = [at for place in chosen if (at := self.incident.calls[place].call.at)]
        bars = [_bar(self.incident.calls[place], self.outcomes[place], min(times)) for place in chosen]
        return Timeline("Tool calls", self._in_words(), bars)

    def words(self) -> Excerpt:
        """What Dagger's progress says about the first call that went wrong: the tool's own words, and the errors."""
        bad = [told for told, _ in self._bad() if told.call.run or told.call.causes]
        if not bad:
            return Excerpt("Dagger's progress says nothing about a call that went wrong.", [])
        call = bad[0].call
        steps: list[Step] = [*call.causes, *(call.run.output if call.run else ())]
        steps += [step for step in (call.run.start, call.run.end) if step] if call.run else []
        lines = [(step.line, step.whole) for step in sorted(steps, key=lambda step: step.line)]
        return Excerpt(f"Call {_number(bad[0])}, {call.tool}: what Dagger printed", lines[:_LINES])

    def verdict(self) -> Verdict:
        """What is confirmed, what else is to be said, and which log would tell more."""
        own = found_by_logic(self.incident)
        return reach(
            PLAYBOOK, self.given, missing(self.incident, self.outcomes), own, says(self.incident, self.outcomes)
        )

    @cached_property
    def outcomes(self) -> list[Outcome]:
        """How each call really ended, in the order of the calls."""
        return [outcome_of(self.incident, told) for told in self.incident.calls]

    def _bad(self) -> list[tuple[Told, Outcome]]:
        """The calls that did not just work, with how they ended."""
        pairs = zip(self.incident.calls, self.outcomes, strict=True)
        return [(told, outcome) for told, outcome in pairs if outcome.state != "worked" or outcome.words]

    def _row(self, place: int) -> list[str]:
        told, outcome = self.incident.calls[place], self.outcomes[place]
        call, at = told.call, told.call.at
        clock = at.strftime("%H:%M:%S") if at else ""
        return [_number(told), clock, call.tool, _WAYS[call.way], _logged(told), _answered(told), outcome.in_words]

    def _sessions_of(self, agent: Agent) -> Iterator[list[str]]:
        for session in agent.sessions:
            calls = [
                told for told in self.incident.calls if told.agent is agent and told.call.session == session.number
            ]
            heard = ", ".join(_number(told) for told in calls if told.call.stamp)
            opener = self.incident.call_of(agent, session.opener)
            maker = f"call {opener.number}" if opener else "the program"
            end = f"line {session.closed.line}" if session.closed else "no end in this log"
            begun = "the SDK" if session.dots else "the environment"
            yield [maker, begun, end, ", ".join(map(_number, calls)), heard or "none"]

    def _in_words(self) -> str:
        """What the picture shows, for those who do not see it."""
        parts = [
            f"Call {_number(told)} ({told.call.tool}) {outcome.in_words}."
            for told, outcome in zip(self.incident.calls, self.outcomes, strict=True)
        ]
        return " ".join([f"{counted(len(parts), 'tool call')}.", *parts])


def read(
    agent_logs: Sequence[str],
    answers: Sequence[str] = (),
    configs: Sequence[str] = (),
    engine_log: str | None = None,
) -> Case:
    """Read an incident: the logs of the agents, what the callers got, the configurations, the Dagger engine's log.

    Raises `Refusal` when one cannot be read.
    """
    given: dict[str, str | list[str] | None] = {
        "agent_logs": list(agent_logs), "answers": list(answers), "configs": list(configs), "engine_log": engine_log,
    }  # fmt: skip
    return Case(given, read_incident(agent_logs, answers, configs, engine_log))


def _names(value: str | list[str] | None) -> list[str]:
    return [Path(path).name for path in ([value] if isinstance(value, str) else value or [])]


def _name(agent: Agent) -> str:
    return " and ".join(agent.names) or agent.source or Path(agent.log).name


def _about(agent: Agent) -> str:
    """What a log shows of an agent, in a few words."""
    sessions = f"{counted(len(agent.sessions), 'session')} with Dagger"
    parts = [counted(len(agent.calls), "call"), sessions, counted(len(agent.starts), "start")]
    if agent.fatal:
        parts.append(f"gave up in line {agent.fatal.line}")
    if not agent.in_order:
        parts.append("its two streams are two files")
    return ", ".join(parts)


def _number(told: Told) -> str:
    return str(told.number)


def _logged(told: Told) -> str:
    """The agent's own words about the end of a call."""
    call = told.call
    failed = f"failed, line {call.error.line}" if call.error else ""
    called = f"called a success, line {call.reported.line}" if call.reported else ""
    found = "found in the cache" if call.kind == "cached" else ""
    return "; ".join(filter(None, (failed, called, found))) or "nothing"


def _answered(told: Told) -> str:
    """What the caller got."""
    answer = told.answer
    if answer is None:
        return "not given"
    if answer.kind == "nothing":
        return "no answer"
    kind = "HTTP error" if answer.kind == "refused" else "error" if answer.is_error else "success"
    return f"{kind}: {answer.text.strip() or 'an empty text'}"


def _place(told: Told) -> str:
    """The lines of the agent's log that matter for a call."""
    call = told.call
    steps = [step for step in call.causes if isinstance(step.said, ErrorText)]
    printed = [step for step in call.run.output if isinstance(step.said, Output)] if call.run else []
    numbers = [call.start.line, *(line.line for line in (call.error, call.reported) if line)]
    numbers += [step.line for step in (*steps[:2], *printed[:1])]
    return f"{Path(told.agent.log).name}: {', '.join(map(str, dict.fromkeys(numbers)))}"


def _bar(told: Told, outcome: Outcome, begun: datetime) -> Bar:
    start = (told.call.at - begun).total_seconds() if told.call.at else 0.0
    looks: dict[str, Look] = {"worked": "good", "failed": "root", "not run": "cached", "unknown": "open"}
    note = ", ".join([outcome.state, *([_duration(told.seconds)] if told.seconds is not None else [])])
    look = "repeats" if outcome.state == "failed" and told.answer and told.answer.says_success else looks[outcome.state]
    return Bar(f"{_number(told)} {told.call.tool}", note, start, start + (told.seconds or 0.0), look)


def _duration(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds >= 1 else f"{seconds * 1000:.0f} ms"
