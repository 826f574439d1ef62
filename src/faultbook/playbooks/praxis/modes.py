"""Failure modes of tool calls that no single line shows: a function for each, which names the lines that do together.

Most are those of efa5f5e, which logs `dagger execution failed: ` and drops the cause (a blank error): then the order of
the calls, the point at which Dagger's progress stops, the caller's answer or the engine's log tell what it was.
"""

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from faultbook.logs.engine import Container
from faultbook.logs.records import ErrorText, Output
from faultbook.playbooks.praxis.incident import Incident, Told, container_line, record_line
from faultbook.playbooks.verdict import Line
from faultbook.praxis.findings import Finding

ENDED = "praxis/session-ended"
LOST = "praxis/dagger-session-lost"
ENGINE_LOST = "praxis/dagger-engine-lost"
DEADLINE = "praxis/deadline-exceeded"
MISMATCH = "praxis/sdk-engine-version-mismatch"
ENVIRONMENT = "praxis/dagger-session-env-wrong"
NO_TIMEOUT = "praxis/exec-no-timeout"
OUTPUT_LOST = "praxis/mount-output-lost"
EXIT_ZERO = "praxis/failure-with-exit-zero"
CACHED = "praxis/failed-result-cached"
EMPTIED = "praxis/config-variable-emptied"

_KEPT = 20
_CLOSE = timedelta(seconds=1.5)
_P2P_LIMIT = (29.0, 31.0)
_SDK = re.compile(r"sdk\.version:(\d+\.\d+)")
_SERVER = re.compile(r"server-version=v(\d+\.\d+)")
_WROTE = re.compile(
    r"\b(?:[Ww]rote|[Ww]ritten|[Ss]aved|[Cc]reated|[Gg]enerated|[Ee]xported)\b.{0,80}?[\w-]+\.[A-Za-z]\w{0,5}\b"
)
_ERROR = re.compile(
    r"No such file or directory|Permission denied|not found$|cannot (?:open|access|stat|create)|can't open|"
    r"Connection refused|Traceback \(most recent|^(?:error|ERROR|fatal|FATAL|panic)[: ]"
)
_SIGNS = re.compile(r"[\s'\"\\\[\],]+")

Found = tuple[str, list[Line]]


def found_by_logic(incident: Incident) -> dict[str, list[Line]]:
    """The failure modes of all calls, each with the first lines that show it together."""
    found: dict[str, dict[Line, None]] = {}
    for told in incident.calls:
        for ident, lines in modes_of(incident, told):
            known = found.setdefault(ident, {})
            known.update(dict.fromkeys(lines if len(known) < _KEPT else []))
    return {ident: list(lines) for ident, lines in found.items()}


def modes_of(incident: Incident, told: Told) -> Iterator[Found]:
    """The failure modes of one call that no line shows."""
    for mode in _BLANK if told.call.is_blank and not _has_cause(told) else ():
        yield from mode(incident, told)
    for mode in _ANY:
        yield from mode(incident, told)


def _has_cause(told: Told) -> bool:
    """Whether the progress tells why the call failed; that it was cut off is no reason."""
    texts = [step.said.text for step in told.call.causes if isinstance(step.said, ErrorText)]
    return any(not text.endswith(("context canceled", "session is closing")) for text in texts)


def _came_too_late(incident: Incident, told: Told) -> Iterator[Found]:
    """Dagger never heard of the call, and the session it used was made by an earlier call that has ended."""
    call, session = told.call, told.agent.session(told.call.session)
    if call.opened or call.stamp or session is None or session.dots is None:
        return
    ending = _ending(incident, told)
    if ending:
        yield ENDED, [told.line(session.begun), *ending, told.line(call.error or call.start)]


def _ending(incident: Incident, told: Told) -> list[Line]:
    """What shows that the session had ended when the call came: its last line, or the end of the call that made it."""
    session, opener = told.agent.session(told.call.session), incident.opener(told)
    before = told.call.start.line
    if session and session.closed and (session.closed.line < before or not told.agent.in_order):
        return [told.line(session.closed)]
    ends = [opener.call.error, opener.call.reported] if opener else []
    lines = [told.line(end) for end in ends if end and end.line < before]
    if opener and opener.session and opener.session.goodbye and _is_before(opener.session.goodbye.time, told.call.at):
        lines.append(record_line(incident, opener.session.goodbye))
    return lines


def _is_before(one: datetime | None, other: datetime | None) -> bool:
    return one is not None and other is not None and one.replace(microsecond=0) <= other


def _died_with_the_first(incident: Incident, told: Told) -> Iterator[Found]:
    """The call was running when the call that had made the session ended; a session serves no longer than that one."""
    opener, error = incident.opener(told), told.call.error
    if told.call.opened or told.call.stamp is None or opener is None or error is None or error.at is None:
        return
    end, run = _end(opener), opener.call.run
    if end and told.call.at and end > told.call.at and abs(error.at - end.replace(microsecond=0)) <= _CLOSE:
        shown = [opener.line(run.end)] if run and run.end else []
        yield ENDED, [opener.line(opener.call.start), *shown, told.line(error)]


def _end(told: Told) -> datetime | None:
    """When a call ended."""
    seconds = told.seconds
    return told.call.at + timedelta(seconds=seconds) if told.call.at and seconds is not None else None


def _no_session_there(incident: Incident, told: Told) -> Iterator[Found]:
    """Connected without starting anything, and Dagger was never heard of: the session of the environment is dead."""
    call, session = told.call, told.agent.session(told.call.session)
    if call.opened and session and session.dots is None and call.image is not None and not call.stamp and not call.run:
        yield ENVIRONMENT, [told.line(one) for one in (session.begun, session.ready, call.error) if one]


def _schema(incident: Incident, told: Told) -> Iterator[Found]:
    """A mount was read from the host, and then nothing: the engine did not understand what came next."""
    call, session = told.call, told.agent.session(told.call.session)
    mounted = [step for step in told.agent.mounted if step.line > call.start.line or not told.agent.in_order]
    versions = [step for step in told.agent.versions if _SERVER.search(step.whole)]
    if call.stamp or call.mounts in (None, "map[]") or not mounted or not versions or not (session and session.closed):
        return
    sdk, server = _SDK.search(session.closed.whole), _SERVER.search(versions[-1].whole)
    if sdk and server and sdk[1] != server[1]:
        yield MISMATCH, [told.line(step) for step in (mounted[-1], session.closed, versions[-1], call.error) if step]


def _limit_of_p2p(incident: Incident, told: Told) -> Iterator[Found]:
    """A peer's call ends after thirty seconds."""
    call = told.call
    if call.way != "p2p" or not call.stamp or not call.error or not call.error.at or not call.start_at:
        return
    if _P2P_LIMIT[0] <= (call.error.at - call.start_at).total_seconds() <= _P2P_LIMIT[1]:
        cut = [container_line(incident, one, True) for one in told.containers if one.stopped_by]
        yield DEADLINE, [told.line(call.start), told.line(call.error), *cut]


def _lost(incident: Incident, told: Told) -> Iterator[Found]:
    """The engine's log tells whether the CLI went away in the middle of the call, or the engine itself."""
    call, last, session = told.call, told.containers[-1] if told.containers else None, told.session
    if last is None or told.life is None or call.error is None:
        return
    shown = [container_line(incident, last, last.end_line is not None), told.line(call.error)]
    if last.end_line is None:
        if _is_before(told.life.last, call.error.at + _CLOSE if call.error.at else None):
            yield ENGINE_LOST, [record_line(incident, told.life.tail[-1]), *shown]
    elif last.stopped_by == "context canceled" and session and not session.goodbye:  # gone without a word
        yield LOST, [*shown, *([record_line(incident, session.lost)] if session.lost else [])]
    elif last.stopped_by == "session is closing" and session and session.goodbye and call.opened:
        yield LOST, [record_line(incident, session.goodbye), *shown]


def _nobody_waits(incident: Incident, told: Told) -> Iterator[Found]:
    """The caller gave up, and the command went on to its end."""
    call, answer = told.call, told.answer
    if answer is None or answer.kind != "nothing" or call.error or call.kind != "executed":
        return
    ran = [*([call.run.seconds] if call.run and call.run.seconds else []), *map(_duration, told.containers)]
    if any(seconds > (answer.seconds or 0.0) for seconds in ran):
        ended = [told.line(call.run.end)] if call.run and call.run.end else []
        done = [container_line(incident, one, True) for one in told.containers if one.end_line]
        yield NO_TIMEOUT, [told.line(call.start), told.answer_line(), *ended, *done]


def _duration(container: Container) -> float:
    start, end = container.start, container.end
    return (end - start).total_seconds() if start and end else 0.0


def _nothing_came_back(incident: Incident, told: Told) -> Iterator[Found]:
    """efa5f5e ran a tool with a mount, the tool says it wrote a file, and nothing was exported."""
    call = told.call
    if call.error or call.mounts in (None, "map[]") or told.agent.exported or call.run is None:
        return
    wrote = [step for step in call.run.output if isinstance(step.said, Output) and _WROTE.search(step.said.text)]
    if wrote and call.run.status == "DONE" and call.run.end:
        yield OUTPUT_LOST, [told.line(call.run.start), told.line(wrote[0]), told.line(call.run.end)]


def _pipe(incident: Incident, told: Told) -> Iterator[Found]:
    """A part of a pipe printed an error, and the pipe ended with 0."""
    run = told.call.run
    if told.call.error or run is None or run.status != "DONE" or run.end is None or not _has_pipe(run.command):
        return
    said = [step for step in run.output if isinstance(step.said, Output) and _ERROR.search(step.said.text)]
    if said:
        yield EXIT_ZERO, [told.line(run.start), told.line(said[0]), told.line(run.end)]


def _has_pipe(command: str) -> bool:
    return "|" in command.replace("||", "") and "pipefail" not in command


def _served_again(incident: Incident, told: Told) -> Iterator[Found]:
    """The cache answers with the result of a call that had failed."""
    if told.call.kind != "cached":
        return
    before = (one for one in incident.before(told) if one.call.kind == "executed" and one.call.tool == told.call.tool)
    last = next(before, None)
    if last and last.call.error:
        yield CACHED, [told.line(last.call.error), told.line(told.call.start)]


def _configuration(incident: Incident, told: Told) -> Iterator[Found]:
    """The tool's entry has keys that are ignored in silence, or a `$NAME` whose place is empty in what ran."""
    if told.configured is None:
        return
    name, text = Path(told.configured.path).name, told.configured.text.split("\n")
    for finding in told.configured.findings:
        page, line = finding.rule.page, (name, finding.line, text[finding.line - 1].strip())
        if finding.tool != told.call.tool or page is None or finding.rule.level != "silent":
            continue
        if page != EMPTIED or _is_emptied(told, finding):
            yield page, [line, told.line(told.call.run.start if told.call.run else told.call.error or told.call.start)]


def _is_emptied(told: Told, finding: Finding) -> bool:
    """Whether the agent's log shows that the variable was empty: in the command, or because the image was missing."""
    spec = told.tool.spec if told.tool else None
    command = spec.get("command") if spec else None
    image = spec.get("image") if spec else None
    if image and image.line == finding.line and "'image' field" in (told.call.reason or ""):
        return True
    shown = told.call.run.command if told.call.run else told.call.command
    if not command or shown is None or finding.line not in {command.line, *(item.line for item in command.items())}:
        return False
    return _SIGNS.sub("", "".join(item.text for item in command.items())) == _SIGNS.sub("", shown)


_Mode = Callable[[Incident, Told], Iterator[Found]]
_BLANK: tuple[_Mode, ...] = (_came_too_late, _died_with_the_first, _no_session_there, _schema, _limit_of_p2p, _lost)
_ANY: tuple[_Mode, ...] = (_nobody_waits, _nothing_came_back, _pipe, _served_again, _configuration)
