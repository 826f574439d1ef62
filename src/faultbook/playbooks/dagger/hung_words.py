"""The sentences of `dagger/hung`: what a dump, a comparison and the calls say."""

from collections.abc import Iterator, Sequence

from faultbook.logs.goroutine_dump import FULL, MEMBERS, Dump
from faultbook.playbooks.dagger.goroutine_roles import AT_WORK, Counted, Role, clients, is_engine, running
from faultbook.playbooks.dagger.goroutine_waits import Link
from faultbook.playbooks.dagger.stuck_calls import APART, Judged, State

_COMMAND = 60
_HELD: dict[Role, str] = {
    "lock": "wait for a lock; whoever holds it is among those that do not wait for it",
    "port": "wait until a service answers on its port",
    "upload": "wait for another upload of the same path",
}
_CALLS: dict[State, str] = {
    "once": "runs at the last cache dump; one dump cannot tell whether it goes on",
    "close": f"runs in both cache dumps, but they are less than {APART:.0f} s apart: take a later one",
    "unnamed": "runs in both cache dumps, but the engine log does not show it; the digest is all there is",
    "again": "runs in both cache dumps, but it ended and was started again in between: it goes on",
    "no command": "runs in both cache dumps, and no command runs for it: its goroutine tells what it does",
    "moves": "runs in both cache dumps, but with another command than before: it goes on",
    "ended": "was only slow: its command ended by itself after the last cache dump",
    "stuck": "stands still: the same call and the same command in both cache dumps",
}


def is_idle(groups: Sequence[Counted]) -> bool:
    """Whether the engine has nothing to do."""
    return not any(one.role in AT_WORK for one in groups)


def of_program(dump: Dump) -> Iterator[str]:
    """Which program this is a dump of, if it is no engine, and whether the dump is whole."""
    if not is_engine(dump):
        where = f"its main function is in {dump.main.file}" if dump.main else "no function of the engine is in it"
        yield f"This is the dump of another program ({where}): it tells nothing about an engine."
    if dump.cut:
        lost = f"; {dump.missing} goroutines are missing" if dump.missing else ""
        yield (
            f"The dump ends in the middle of the goroutine at line {dump.cut}{lost}: what came after it is not seen. "
            f"Go itself ends a dump of debug=2 at {FULL:,} bytes; take one with debug=1 then."
        )


def of_groups(groups: Sequence[Counted], is_whole: bool) -> Iterator[str]:
    """What the goroutines of an engine say at one moment; a dump that is cut cannot say that nothing is there."""
    if is_idle(groups) and is_whole:
        waiting = clients(groups)
        told = f"{plural(waiting, 'client')} connected, but no call runs" if waiting else "No client, no call"
        yield f"{told}: at this moment nothing hangs in this engine."
    for role, says in _HELD.items():
        count = sum(one.group.count for one in groups if one.role == role)
        if count:
            yield f"{plural(count, 'goroutine')} {says}."


def of_one_dump(groups: Sequence[Counted]) -> str:
    """What a single look at a working engine is worth."""
    waits = [one.group.minutes for one in groups if one.role in AT_WORK and one.group.minutes]
    longest = f" The longest wait for work is {max(waits)} minutes." if waits else ""
    return (
        f"{plural(running(groups), 'command')} running and {plural(_waiting(groups), 'call')} waited for.{longest} "
        "A hang and slow work look the same at one moment."
    )


def of_shared(links: Sequence[Link]) -> Iterator[str]:
    """Goroutines that wait for what another one has started."""
    shared = [link for link in links if link.is_shared]
    if shared:
        more = "At least " if any(link.group.count > MEMBERS for link in shared) else ""
        names = ", ".join(
            f"{link.member.id} ({link.field})" if link.field else str(link.member.id) for link in shared[:5]
        )
        yield (
            f"{more}{plural(len(shared), 'goroutine')} only waiting for what another request has started: {names}. "
            "It ends when that ends; to interrupt the one that waits changes nothing for the other."
        )


def of_unmoved(same: int, ends: int) -> str:
    """What two goroutine dumps say: how many ends of chains are the same goroutines in the same place."""
    if not same:
        return "No chain of waiting ends where one ended in the first goroutine dump: the work goes on."
    ends_there = f"{same} of {plural(ends, 'chain')} of waiting end in the same goroutine at the same place"
    return f"{ends_there} as in the first dump: no movement in between."


def of_calls(judged: Sequence[Judged]) -> Iterator[str]:
    """What is to be said of the calls that run in the last cache dump; sessions with the same call together."""
    by_call: dict[tuple[str, str], list[Judged]] = {}
    for one in judged:
        by_call.setdefault((one.running.key, one.state), []).append(one)
    for same in by_call.values():
        yield _of_call(same[0], [one.running.session for one in same])


def _of_call(one: Judged, sessions: Sequence[str]) -> str:
    name = f"{one.call.field} ({one.running.key})" if one.call else one.running.key
    whose = f"session {sessions[0]}" if len(sessions) == 1 else f"{len(sessions)} sessions ({', '.join(sessions[:3])})"
    words = f"{name} of {whose} {_CALLS[one.state]}"
    if one.first is not one.last:
        words += f" ({one.apart:.0f} s apart)"
    return f"{words}{_of_command(one)}."


def _of_command(one: Judged) -> str:
    """Which command runs for a call, and for how long."""
    if one.command is None:
        return ""
    container = one.command.container
    words = f"; command: {shortened(container.command)}"
    if container.start and one.state != "ended":
        words += f", running for {(one.last.at - container.start).total_seconds():.0f} s at the last dump"
    return words


def shortened(command: str) -> str:
    """The beginning of a command line."""
    return command if len(command) <= _COMMAND else f"{command[: _COMMAND - 1]}…"


def plural(count: int, noun: str) -> str:
    """A count with its noun."""
    return f"{count:,} {noun}" + ("" if count == 1 else "s")


def _waiting(groups: Sequence[Counted]) -> int:
    return sum(one.group.count for one in groups if one.role == "call")
