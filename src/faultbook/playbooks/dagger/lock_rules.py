"""What a lock file is promised to be, held against a run: read once, written once and only if changed, nothing else.

The promises are those of the design that asked for the lock in the session's memory. v0.21.8 and v1 keep some of them.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

from faultbook.logs.lockrecords import Entry
from faultbook.logs.syscalls import Call, read_syscalls
from faultbook.playbooks.dagger.lock_events import PLACES, Flush
from faultbook.playbooks.dagger.lock_files import Change, Files, LockFile, compared, names_of, result_of
from faultbook.playbooks.dagger.lock_lookups import Answer
from faultbook.playbooks.verdict import Line

Outcome = Literal["holds", "broken", "not shown"]


@dataclass(frozen=True)
class Rule:
    """A promise, whether this run kept it, and what shows it."""

    promise: str
    outcome: Outcome
    why: str


@dataclass(frozen=True)
class Seen:
    """What is known of a run. `before` is the file it found, `written` are the writes in the engine log.

    `written` is None without an engine log, `calls` without a trace.
    """

    before: LockFile | None
    files: Files
    answers: Sequence[Answer]
    is_update: bool
    written: Sequence[Flush] | None
    calls: Sequence[tuple[Call, Line]] | None

    @cached_property
    def changes(self) -> list[Change]:
        """The entries that differ after the run."""
        return [one for one in compared(self.before, result_of(self.files)) if one.kind != "same"]

    @property
    def writes(self) -> list[Line] | None:
        """The lines that show the file being written, one for each time; None where no log shows it."""
        if self.calls is not None:
            return [line for call, line in self.calls if call.opens == "write" or call.puts]
        return [flush.line for flush in self.written] if self.written is not None else None


def rules(seen: Seen) -> list[Rule]:
    """Every promise."""
    return [_read_once(seen), _written_once(seen), _only_if_changed(seen), _nothing_else(seen), _form(seen)]


def lock_calls(trace: str) -> list[tuple[Call, Line]]:
    """The calls of a trace that open a lock file or put one in its place."""
    name = Path(trace).name
    return [
        (call, (name, call.line, call.text))
        for call in read_syscalls(trace)
        if (call.opens and call.path.endswith(PLACES)) or (call.puts or "").endswith(PLACES)
    ]


def _read_once(seen: Seen) -> Rule:
    promise = "read at most once in a session"
    if seen.calls is None:
        return Rule(promise, "not shown", "only a trace of system calls shows it")
    reads = Counter(call.path for call, _ in seen.calls if call.opens == "read")
    lines = [line for call, line in seen.calls if call.opens == "read"]
    often = max(reads.values(), default=0)
    return Rule(promise, "broken" if often > 1 else "holds", _times("read", lines))


def _written_once(seen: Seen) -> Rule:
    promise = "written at most once in a session"
    if seen.writes is None or (seen.is_update and not seen.writes):
        return Rule(promise, "not shown", "the engine log shows it, or a trace; not of an update of the lock file")
    by_session = Counter(flush.session for flush in seen.written or ())
    often = max(by_session.values(), default=0) if seen.calls is None else len(seen.writes)
    return Rule(promise, "broken" if often > 1 else "holds", _times("written", seen.writes))


def _only_if_changed(seen: Seen) -> Rule:
    promise = "written only if an entry changed"
    before, after = seen.files.get("edited") or seen.before, result_of(seen.files)
    if seen.writes is None or (seen.writes and not after):
        return Rule(promise, "not shown", "it takes the file before and after, and the engine log")
    changed = [one for one in compared(before, after) if one.kind != "same"]
    if changed:
        return Rule(promise, "holds", f"changed: {_some(change.entry.lookup for change in changed)}")
    if not seen.writes:
        return Rule(promise, "holds", "no line shows that it was written")
    return Rule(promise, "broken", f"written ({_place(seen.writes[0])}), and every entry is as it was")


def _nothing_else(seen: Seen) -> Rule:
    promise = "entries that nobody looked up stay as they are"
    if not result_of(seen.files):
        return Rule(promise, "not shown", "it takes the file after the run")
    looked_up = {one.lookup.key for one in seen.answers}
    others = [one for one in seen.changes if not seen.is_update and names_of(one.entry) not in looked_up]
    if not others:
        return Rule(promise, "holds", "no other entry differs")
    told = _some(f"{one.entry.lookup} {one.kind}" for one in others)
    return Rule(promise, "broken", f"{told}: by a lookup that this output does not show, or by somebody else")


def _form(seen: Seen) -> Rule:
    promise = "order and form of the lines stay as they are"
    before, after = seen.before, result_of(seen.files)
    if not before or not after:
        return Rule(promise, "not shown", "it takes the file before and after")
    if before.checked.versions != after.checked.versions:
        return Rule(promise, "broken", f"format {before.form} became format {after.form}")
    kept = [entry.key for entry in before.checked.entries if entry.key in after.entries]
    if kept != [entry.key for entry in after.checked.entries if entry.key in before.entries]:
        return Rule(promise, "broken", "the entries stand in another order")
    rewritten = list(_rewritten(before, after))
    gone = [fault.what for fault in before.checked.remarks if fault.what not in _remarks(after)]
    if rewritten or gone:
        return Rule(promise, "broken", "; ".join(gone) or f"line {rewritten[0].line} is written in another way")
    return Rule(promise, "holds", "every line that says the same is the same line")


def _rewritten(before: LockFile, after: LockFile) -> Iterator[Entry]:
    """Entries that say what they said, in other words."""
    for key, entry in before.entries.items():
        other = after.entries.get(key)
        if other and other.canonical == entry.canonical and other.text != entry.text:
            yield entry


def _remarks(file: LockFile) -> set[str]:
    return {fault.what for fault in file.checked.remarks}


def _times(done: str, lines: Sequence[Line]) -> str:
    times = {1: "once", 2: "twice"}.get(len(lines), f"{len(lines)} times")
    return f"{done} {times}: {', '.join(map(_place, lines[:4]))}" if lines else f"not {done}"


def _place(line: Line) -> str:
    return f"{line[0]}:{line[1]}"


def _some(names: Iterable[str]) -> str:
    told = list(names)
    return ", ".join(told[:3]) + (f" and {len(told) - 3} more" if len(told) > 3 else "")
