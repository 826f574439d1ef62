"""How `dagger/cache-snapshot` puts results, and what keeps them, in words."""

from collections.abc import Iterable

from faultbook.logs.retention import WHYS, Retention, Why
from faultbook.logs.snapshot import VERSION, Result

WORDS: dict[Why, str] = {
    "life": "kept while the engine runs",
    "kept": "kept until pruned",
    "session": "held by a session",
    "unnamed": "unnamed owner",
    "free": "no owner",
}
_OUTSIDE = "owner outside the file"
"""What an owner that is not named is called where the file is not whole."""
ODD: tuple[Why, ...] = ("unnamed", "free")
"""Reasons that ask for a look."""
_STEPS = 6
_SESSION = 8
"""Characters of a session's id that tell it from others."""


def named(result: Result) -> str:
    """What made a result, and its type."""
    call = result.call or result.record or "?"
    return f"{call}: {result.type}" if result.type else call


def way(held: Retention, ident: int) -> str:
    """The shortest way from a result to the one at its end; the middle of a long one is left out."""
    steps = [f"{result.id} {result.call or result.record}" for result in held.way(ident)]
    if len(steps) > _STEPS:
        steps[3:-2] = [f"({len(steps) - 5} more)"]
    return " ← ".join(steps)


def because(held: Retention, ident: int) -> str:
    """Why the root of a result stays."""
    hold = held.holds[ident]
    if hold.why == "session":
        return f"session {', '.join(one[:_SESSION] for one in held.sessions[hold.root])}"
    return reason(held, hold.why)


def reason(held: Retention, why: Why) -> str:
    """A reason to stay."""
    return _OUTSIDE if why == "unnamed" and not held.is_whole else WORDS[why]


def kinds(held: Retention) -> str:
    """How many results stay for which reason: `7 kept until pruned, 1 with no owner`."""
    counts = held.counts
    told = [(counts[why], "with " * (why in ODD) + reason(held, why)) for why in WHYS if counts[why]]
    return ", ".join(f"{number:,} {words}" for number, words in told) or "none"


def incomplete(held: Retention) -> str:
    """What is not in the file, though the engine wrote it; nothing for a whole dump."""
    told = []
    if held.lost:
        told.append(count(len(held.lost), "dependency", "dependencies") + " on results that are not in it")
    if held.lost_ids:
        told.append(count(held.lost_ids, "result") + " of sessions that are not in it")
    if held.snapshot.absent:
        told.append(f"no {', '.join(held.snapshot.absent)}")
    return "; ".join(told)


def unfamiliar(held: Retention) -> str:
    """What is newer than this reader, in words; nothing if all is known."""
    dump, told = held.snapshot, []
    if dump.version != VERSION:
        told.append(f"trace_format_version {dump.version} (known is {VERSION})")
    told += [f"{name} ({times:,})" for name, times in sorted(dump.unknown.items())]
    return ", ".join(told)


def sized(results: Iterable[Result]) -> int:
    """Bytes of the snapshots behind `results`; one that several share counts once."""
    return sum({identity: size for result in results for identity, size in result.sizes}.values())


def count(number: int, what: str, many: str = "") -> str:
    """`1 result`, `2 results`."""
    return f"{number:,} {what if number == 1 else many or what + 's'}"
