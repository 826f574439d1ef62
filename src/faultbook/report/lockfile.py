"""What `faultbook dagger lockfile` finds, for a terminal and as JSON."""

from collections.abc import Iterator, Sequence
from typing import Any

from faultbook.logs.lockcheck import Checked
from faultbook.logs.lockmerge import Merge, Pair
from faultbook.logs.lockrecords import ENGINES, Entry, Fault
from faultbook.logs.lockvalues import meaning
from faultbook.report.lines import shown

_EXPLAINED = 200
"""Entries that are explained on a terminal; JSON has all of them."""


def as_text(path: str, checked: Checked, merge: Merge | None, backup: str | None) -> Iterator[str]:
    """The report, line by line."""
    if merge:
        yield from _conflict(merge, backup)
    formats = " and ".join(dict.fromkeys(checked.versions)) or "not told"
    yield f"{path}: format {shown(formats)}, {_count(len(checked.entries), 'entry', 'entries')}"
    for entry in checked.entries[:_EXPLAINED]:
        yield f"  {entry.line:>5}  {shown(meaning(entry))}"
    if len(checked.entries) > _EXPLAINED:
        yield f"  and {len(checked.entries) - _EXPLAINED:,} more: --json has all"
    for fault in checked.faults:
        yield f"{path}:{fault.line}: {shown(fault.what)}"
        yield f"    {fault.remedy}"
    for fault in checked.remarks:
        yield f"{path}:{fault.line}: harmless: {fault.what}"
    for engine in ENGINES:
        yield f"{engine} {shown(_verdict(checked, engine))}"


def as_data(path: str, checked: Checked, merge: Merge | None, backup: str | None) -> dict[str, Any]:
    """The report as plain data."""
    return {
        "path": path,
        "formats": list(checked.versions),
        "entries": [_entry(entry) for entry in checked.entries],
        "faults": [_fault(fault) for fault in checked.faults],
        "remarks": [{"line": fault.line, "what": fault.what} for fault in checked.remarks],
        "engines": {engine: _verdict(checked, engine) for engine in ENGINES},
        "conflict": _merge(merge) if merge else None,
        "backup": backup,
    }


def _verdict(checked: Checked, engine: str) -> str:
    """What an engine does with the file."""
    refusal = checked.refusal(engine)
    if refusal:
        return f"refuses the file: {refusal.message or f'line {refusal.line}'}"
    missed = [fault for fault in checked.faults if fault.stops == "entry" and engine in fault.by]
    if missed:
        return f"reads it, and refuses the lookup of {_lines(missed)}"
    return "reads it"


def _conflict(merge: Merge, backup: str | None) -> Iterator[str]:
    ours, theirs = (merge.labels.get(side, "without a name") for side in ("ours", "theirs"))
    yield f"merge conflict: ours is {shown(ours)}, theirs is {shown(theirs)}"
    for pair in merge.pairs:
        yield f"  {pair.standing:<15}  {shown(_pair(pair))}"
    if backup:
        yield f"written; the file as it was is {backup}"
    elif merge.obstacles:
        for fault in merge.obstacles:
            yield f"  not to be put together: line {fault.line}: {shown(fault.what)}"
    elif merge.undecided:
        yield f"undecided: {len(merge.undecided)}; --write takes one side with --ours or --theirs"
    else:
        yield "everything is clear: --write puts it together"


def _pair(pair: Pair) -> str:
    if pair.ours and pair.theirs and pair.standing != "same":
        return f"{pair.entry.lookup}: ours {_answer(pair.ours)}, theirs {_answer(pair.theirs)}"
    return f"{pair.entry.lookup}: {_answer(pair.entry)}"


def _answer(entry: Entry) -> str:
    policy = f" ({entry.policy})" if entry.policy else ""
    return f"line {entry.line} {entry.pin}{policy}"


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "line": entry.line,
        "lookup": entry.lookup,
        "pin": entry.pin,
        "policy": entry.policy,
        "says": meaning(entry),
    }


def _fault(fault: Fault) -> dict[str, Any]:
    """A fault; `refuses` is what an engine refuses for it, `by` are those engines."""
    refuses = None if fault.stops == "nothing" else fault.stops
    by = list(fault.by) if refuses else []
    return {
        "line": fault.line,
        "what": fault.what,
        "remedy": fault.remedy,
        "refuses": refuses,
        "by": by,
        "message": fault.message or None,
    }


def _merge(merge: Merge) -> dict[str, Any]:
    return {
        "labels": dict(merge.labels),
        "pairs": [
            {
                "standing": pair.standing,
                "lookup": pair.entry.lookup,
                "ours": pair.ours and pair.ours.pin,
                "theirs": pair.theirs and pair.theirs.pin,
            }
            for pair in merge.pairs
        ],
        "undecided": len(merge.undecided),
        "obstacles": [{"line": fault.line, "what": fault.what} for fault in merge.obstacles],
    }


def _lines(faults: Sequence[Fault]) -> str:
    return ", ".join(f"line {fault.line}" for fault in faults[:5]) + (" and more" if len(faults) > 5 else "")


def _count(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"
