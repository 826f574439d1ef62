"""How a tool call really ended, whatever the agent logged and the caller was told."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from faultbook.logs.praxis.calls import BLANK
from faultbook.logs.records import ErrorText
from faultbook.playbooks.praxis import modes
from faultbook.playbooks.praxis.incident import Incident, Told
from faultbook.praxis.tool_checks import why_no_reference

CUT_OFF = "cut off"
NO_CAUSE = "no cause in these logs"
State = Literal["worked", "failed", "not run", "unknown"]

_TRACE = re.compile(r"\s*\[traceparent:[0-9a-f-]*\]")
_CLASSES = [
    (re.compile(pattern), words)
    for pattern, words in (
        (r"^failed to connect to dagger: ", "no connection to Dagger"),
        (r"^dagger spec |no command has been set", "specification of the tool"),
        (r"required parameter ", "arguments of the call"),
        (r"host directory does not exist|failed to get snapshot", "mount"),
        (r"no image reference|failed to resolve image|failed to parse image address", "image"),
        (r"no match for platform|: not found$", "image"),
        (r"no space left on device", "disk of the engine"),
        (r"exit code: 137: (?:context canceled|session is closing|engine is shutting down)", CUT_OFF),
        (r"exit code: [1-9]", "command of the tool"),
        (r"returned error 422", "versions of SDK and engine"),
        (r"returned error 50|engine is shutting down", "Dagger engine went away"),
        (r"deadline exceeded|context canceled", CUT_OFF),
        (r"/query|unexpected EOF|session is closing", "session with Dagger"),
        (r"transport error|remote", "remote MCP server"),
        (r"not found", "no such tool"),
    )
]
_MODES = {
    modes.ENDED: "session with Dagger has ended",
    modes.LOST: "dagger session died",
    modes.ENGINE_LOST: "Dagger engine went away",
    modes.DEADLINE: "cut off after 30 s",
    modes.MISMATCH: "versions of SDK and engine",
    modes.ENVIRONMENT: "session of the environment is dead",
}
_GOOD_BUT = {
    modes.NO_TIMEOUT: "the caller had left",
    modes.OUTPUT_LOST: "the files it wrote are lost",
}


@dataclass(frozen=True)
class Outcome:
    """`state`, its class in a few `words`, and the text that tells `why` ("" where nothing does).

    `at_the_peer` is set when a peer did it.
    """

    state: State
    words: str
    why: str = ""
    at_the_peer: bool = False

    @property
    def in_words(self) -> str:
        """For a table."""
        state = f"{self.state} at the peer" if self.at_the_peer else self.state
        return f"{state}: {self.words}" if self.words else state


def outcome_of(incident: Incident, told: Told) -> Outcome:
    """How a call really ended."""
    call = told.call
    if call.kind == "remote":
        return _at_the_peer(incident, told)
    if call.kind == "cached":
        return _again(incident, told)
    if call.kind == "unknown":
        return Outcome("not run", "no such tool", call.reason or "")
    if call.kind == "task":
        return Outcome("not run", "it was only planned", call.reason or "")
    found = {ident for ident, _ in modes.modes_of(incident, told)}
    return _failed(told, found) if call.error or _is_refused(told) else _good(told, found)


def _is_refused(told: Told) -> bool:
    return told.answer is not None and told.answer.is_error


def _at_the_peer(incident: Incident, told: Told) -> Outcome:
    """What the peer's log says: its call of the same tool, by the order of the calls."""
    theirs = incident.at_the_peer(told)
    if theirs is None and told.answer and told.answer.is_error:
        return Outcome("failed", "it never reached the peer", told.answer.text)
    if theirs is None:
        return Outcome("unknown", "only the peer's log tells")
    return replace(outcome_of(incident, theirs), at_the_peer=True)


def _again(incident: Incident, told: Told) -> Outcome:
    """A cached result is that of the call before."""
    before = (one for one in incident.before(told) if one.call.kind == "executed" and one.call.tool == told.call.tool)
    first = next(before, None)
    if first is None:
        return Outcome("unknown", "a result of an earlier call, which is not in this log")
    there = outcome_of(incident, first)
    return Outcome("not run", f"the result of call {first.number} again: {there.state}", there.why)


def _failed(told: Told, found: Iterable[str]) -> Outcome:
    why, known = reason_of(told), next((_MODES[ident] for ident in found if ident in _MODES), None)
    words = next((words for pattern, words in _CLASSES if pattern.search(why)), None) if why else None
    if known and words in (None, CUT_OFF):
        return Outcome("failed", known, why)
    if words:
        return Outcome("failed", words, why)
    return Outcome("failed", "the text is what its second run printed" if why else NO_CAUSE, why)


def reason_of(told: Told) -> str:
    """The best text about why a call failed: its own, the progress's, the engine's; "" where there is none."""
    own = (told.call.reason or (told.answer.text if told.answer else "")).removeprefix(BLANK)
    own = _TRACE.sub("", own).strip()
    if own:
        return own
    texts = [step.said.text for step in told.call.causes if isinstance(step.said, ErrorText)]
    if texts:
        return max(texts, key=len)
    errors = [one.error for one in told.containers if one.error]
    if errors:
        return errors[-1]
    wrong = why_no_reference(told.call.image) if told.call.image else None
    return f"no image reference: {told.call.image}: {wrong}" if wrong else ""


def _good(told: Told, found: set[str]) -> Outcome:
    """A call without an error: nothing is logged about its end, so that Dagger's progress has to tell."""
    run, call = told.call.run, told.call
    if modes.EXIT_ZERO in found:
        return Outcome("failed", "a part of its pipe failed, exit code 0")
    if run and run.status:
        but = [words for ident, words in _GOOD_BUT.items() if ident in found]
        but += ["the image's default command, there was no other"] if not run.command else []
        but += ["its files were not written back"] if told.agent.warnings else []
        return Outcome("worked", "; ".join(but))
    if call.reported and call.way == "program":
        return Outcome("worked", "")
    if told.agent.crash and told.agent.crash.line > call.start.line:
        return Outcome("failed", "the process crashed", told.agent.crash.whole)
    if told.agent.steps and call.session and not call.stamp and not run:
        return Outcome("not run", "Dagger was never asked for it", _lacking(told))
    return Outcome("unknown", "no end in these logs" if told.agent.has_output else "standard output is missing")


def _lacking(told: Told) -> str:
    """The parameter that was missing, by the configuration and the arguments which efa5f5e logs."""
    names = told.tool.required if told.tool and told.call.arguments is not None else []
    given = re.findall(r"[\[ ]([^\s:\[\]]+):", told.call.arguments or "")
    lacking = [name for name in names if name not in given]
    return f"required parameter '{lacking[0]}' missing" if lacking else ""
