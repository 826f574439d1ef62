"""The failures of a lock file that no single line shows: what has to stand together before one is confirmed."""

import re
from collections.abc import Iterator

from faultbook.logs.lockrecords import Entry
from faultbook.playbooks.dagger.lock_case import Evidence
from faultbook.playbooks.dagger.lock_lookups import entry_for
from faultbook.playbooks.verdict import Line

NOT_USED = "dagger/lockfile-not-used"
STALE = "dagger/lockfile-stale-pin"
OVERWRITTEN = "dagger/lockfile-edit-overwritten"
LOST = "dagger/lockfile-write-lost"
GONE = "dagger/lockfile-pinned-gone"
_WANTED = re.compile(r"expected sha ([0-9a-f]{40,64})")


def found(evidence: Evidence) -> dict[str, list[Line]]:
    """The failure modes by their ids, with the lines that show each."""
    rules = {STALE: _stale, NOT_USED: _not_used, OVERWRITTEN: _overwritten, LOST: _lost, GONE: _gone}
    return {ident: lines for ident, rule in rules.items() if (lines := list(dict.fromkeys(rule(evidence))))}


def _stale(evidence: Evidence) -> Iterator[Line]:
    """An entry answers, unchanged by the run, and a lock file made just now has another answer."""
    before, now = evidence.before, evidence.files.get("now")
    if not before or not now:
        return
    for answer in evidence.answers:
        fresh = entry_for(now, answer.lookup)
        if answer.by not in ("lock", "not shown") or not answer.before or not fresh:
            continue
        if _pin(answer.after) in (None, answer.before.pin) and fresh.pin != answer.before.pin:
            yield from (before.line(answer.before), now.line(fresh), answer.lookup.line)


def _not_used(evidence: Evidence) -> Iterator[Line]:
    """A lookup went out though the file pins it, and the session, which ended well, did not write the file.

    A session that has read the file would have taken the pin; one that is told to ask all the same (`--lock=live`)
    writes the file at its end, even if nothing has changed.
    """
    before, session = evidence.before, evidence.session
    if not before or not before.is_read or not session or not session.goodbye or evidence.own_flushes:
        return
    for answer in evidence.answers:
        if answer.by == "asked" and answer.before and answer.before.policy != "float" and answer.line:
            yield from (before.line(answer.before), answer.line, answer.lookup.line)


def _overwritten(evidence: Evidence) -> Iterator[Line]:
    """What somebody saved during the run is undone in the file that the session wrote, for an entry it looked up."""
    edited, after, written = evidence.files.get("edited"), evidence.after, evidence.written
    if not edited or not after or not written:
        return
    for answer in evidence.answers:
        saved = entry_for(edited, answer.lookup)
        if answer.after and _pin(saved) not in (answer.after.pin, _pin(answer.before)):
            yield from ([edited.line(saved)] if saved else [])
            yield from (after.line(answer.after), written.line)


def _lost(evidence: Evidence) -> Iterator[Line]:
    """A lookup went out, its session was lost before it wrote the file, and the file has no such entry."""
    session = evidence.session
    if not session or not session.lost or evidence.own_flushes:
        return
    for answer in evidence.answers:
        if answer.by == "asked" and answer.after is None and answer.line and not answer.lookup.error:
            place = evidence.joined.part.name if evidence.joined and evidence.joined.part else "engine log"
            yield from (answer.line, answer.lookup.line, (place, session.lost.line, session.lost.text))


def _gone(evidence: Evidence) -> Iterator[Line]:
    """The server does not have a commit, and it is one that the lock file pins."""
    before = evidence.before
    if not before:
        return
    for step in evidence.run.steps:
        wanted = _WANTED.search(step.error or "")
        pinned = [one for one in before.entries.values() if wanted and one.pin == wanted[1]]
        if step.error and pinned:
            yield from ((evidence.name, step.error_line or step.first_line, step.error), before.line(pinned[0]))


def _pin(entry: Entry | None) -> str | None:
    return entry.pin if entry else None
