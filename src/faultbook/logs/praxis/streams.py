"""The agents of one or many logs: several in one, or one whose two streams were kept apart."""

from collections.abc import Iterable
from pathlib import Path

from faultbook.logs.praxis.agent import read_agent
from faultbook.logs.praxis.calling import AgentLines
from faultbook.logs.praxis.calls import Agent


def agents(logs: Iterable[str | Path]) -> tuple[Agent, ...]:
    """The agents of these logs, in the order in which they first appear. Holds their calls, never the logs.

    Standard output and standard error of one agent may be two logs. Raises `Refusal` when a log cannot be read at all,
    and nothing on what it contains.
    """
    readers: dict[tuple[str, str], AgentLines] = {}
    for log in map(str, logs):
        for record in read_agent(log):
            readers.setdefault((log, record.source), AgentLines(log, record.source)).add(record)
    outputs = [reader for reader in readers.values() if reader.is_output_only]
    errors = [reader for reader in readers.values() if reader.is_error_only]
    for reader, output in zip(errors, outputs, strict=False):
        reader.absorb(output)
    absorbed = {id(output) for output in outputs[: len(errors)]}
    return tuple(reader.agent() for reader in readers.values() if id(reader) not in absorbed)
