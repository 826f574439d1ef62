"""What is to be said about tool calls that is no failure mode, and which evidence is missing."""

from collections.abc import Iterator, Sequence

from faultbook.logs.praxis.calls import Agent
from faultbook.logs.records import ErrorText
from faultbook.playbooks.praxis.incident import Incident, Told
from faultbook.playbooks.praxis.outcome import NO_CAUSE, Outcome

_SHOWN = 8


def says(incident: Incident, outcomes: Sequence[Outcome]) -> list[str]:
    """Sentences: the count, success that is none, blank errors and where their cause is, commands that ran twice."""
    pairs = list(zip(incident.calls, outcomes, strict=True))
    return [
        *_counted(incident, outcomes),
        *_no_success(pairs),
        *_blank(pairs),
        *_twice(incident),
        *_mixed(incident.agents),
    ]


def _counted(incident: Incident, outcomes: Sequence[Outcome]) -> Iterator[str]:
    if not outcomes:
        fatal = next((agent.fatal for agent in incident.agents if agent.fatal), None)
        yield "No tool call in these logs" + (f": the agent gave up in line {fatal.line}." if fatal else ".")
        return
    states = [outcome.state for outcome in outcomes if not outcome.at_the_peer]
    counts = [f"{states.count(state)} {state}" for state in dict.fromkeys(states)]
    yield f"{counted(len(states), 'tool call')}: {', '.join(counts)}."


def counted(number: int, noun: str) -> str:
    """`1 call`, `2 calls`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _no_success(pairs: Sequence[tuple[Told, Outcome]]) -> Iterator[str]:
    """Calls whose caller was told of a success that was none, or that did not happen."""
    for told, outcome in pairs[:_SHOWN]:
        told_well = told.answer.says_success if told.answer else told.call.reported is not None
        if told_well and outcome.state in ("failed", "not run") and not outcome.at_the_peer:
            yield f"Call {told.number} ({told.call.tool}) was called a success, and it was none: {outcome.in_words}."


def _blank(pairs: Sequence[tuple[Told, Outcome]]) -> Iterator[str]:
    """Errors without a cause, and where the cause stands."""
    for told, outcome in [pair for pair in pairs if pair[0].call.is_blank][:_SHOWN]:
        error, causes = told.call.error, [step for step in told.call.causes if isinstance(step.said, ErrorText)]
        line = error.line if error else 0
        if causes and outcome.why:
            yield f"The error in line {line} says nothing; the cause stands in line {causes[0].line}: {outcome.why}"
        elif outcome.why:
            where = "the engine's log has the cause" if told.containers else "what the call asked for shows it"
            yield f"The error in line {line} says nothing; {where}: {outcome.why}"
        elif outcome.words != NO_CAUSE:
            yield f"The error in line {line} says nothing; the lines around it do: {outcome.words}."
        else:
            yield f"The error in line {line} says nothing, and neither do these logs."


def _twice(incident: Incident) -> Iterator[str]:
    """Commands that the engine was asked to run twice for one call."""
    for told in incident.calls:
        lines = [one.start_line for one in told.containers if one.call and one.call == told.containers[0].call]
        if len(lines) > 1:
            shown = " and ".join(map(str, lines))
            again = f"(engine log, lines {shown}): a failing one is run again for its stderr"
            yield f"Call {told.number} ran its command {len(lines)} times {again}."


def _mixed(agents: Sequence[Agent]) -> Iterator[str]:
    for agent in agents:
        if len(agent.names) > 1:
            yield f"{' and '.join(agent.names)} write to one log: calls of the same tool cannot be told apart."


def missing(incident: Incident, outcomes: Sequence[Outcome]) -> list[str]:
    """Logs that were not given and would decide something here, and how to get them."""
    pairs = list(zip(incident.calls, outcomes, strict=True))
    return [
        *_engine(incident, pairs),
        *_answers(incident, pairs),
        *_peers(pairs),
        *_output(incident),
        *_config(incident),
    ]


def _engine(incident: Incident, pairs: Sequence[tuple[Told, Outcome]]) -> Iterator[str]:
    silent = [told for told, outcome in pairs if outcome.state == "failed" and not outcome.why]
    if incident.engine_log is None and silent:
        yield (
            "Dagger engine log (`docker logs` of the engine's container): it tells whether a call reached the engine, "
            "how its command ended, and whether session, CLI or engine went away"
        )


def _answers(incident: Incident, pairs: Sequence[tuple[Told, Outcome]]) -> Iterator[str]:
    unclear = [
        told for told, outcome in pairs if outcome.state in ("unknown", "not run") or told.call.way in ("dsl", "p2p")
    ]
    if not incident.answers and unclear:
        yield (
            "what the caller got (the result of tools/call, or `curl -i`): the agent logs neither good ends nor "
            "refused arguments, and only there is to be seen what was called a success"
        )


def _peers(pairs: Sequence[tuple[Told, Outcome]]) -> Iterator[str]:
    if any(told.call.kind == "remote" and outcome.state == "unknown" for told, outcome in pairs):
        yield "log of the peer: whether a tool that was handed over worked is only there"


def _output(incident: Incident) -> Iterator[str]:
    if any(agent.sessions and not agent.has_output for agent in incident.agents):
        yield (
            "standard output of the agent (`> agent.log 2>&1`): Dagger's progress is there, and with it the cause of "
            "errors that say nothing"
        )


def _config(incident: Incident) -> Iterator[str]:
    plain = [told for told in incident.calls if told.call.kind == "executed" and told.call.image is None]
    if plain and not incident.configs:
        yield "configuration of the agent: v0.2.0 logs no image, command and mounts; it shows emptied variables, too"
