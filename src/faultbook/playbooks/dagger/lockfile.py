"""The story of `dagger/lockfile`: who answered the lookups of a run, and what became of the lock file."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from faultbook.catalogue.places import Given
from faultbook.logs.lockvalues import IMAGE
from faultbook.playbooks.dagger.lock_case import Evidence, gather
from faultbook.playbooks.dagger.lock_files import ROLES, changes_table, said
from faultbook.playbooks.dagger.lock_found import found
from faultbook.playbooks.dagger.lock_lookups import By
from faultbook.playbooks.dagger.lock_picture import timeline
from faultbook.playbooks.dagger.lock_rules import rules
from faultbook.playbooks.picture import Timeline
from faultbook.playbooks.table import Excerpt, Table
from faultbook.playbooks.verdict import Line, Verdict, reach

PLAYBOOK = "dagger/lockfile"
_OLD = "server-version=v0."


@dataclass(frozen=True)
class Case:
    """One run of the CLI with the lock files around it."""

    given: dict[str, Given]
    evidence: Evidence

    def overview(self) -> Table:
        """Which logs there are, what each lock file is taken for, and whether the file was written."""
        rows = [[name, Path(path).name if isinstance(path, str) else "not given"] for name, path in self._single()]
        rows += [[f"lock file {words}", self._file(role)] for role, words in ROLES.items() if role in self._roles]
        rows += [["lock file passed over", Path(path).name] for path in self._passed_over()]
        rows.append(["lock file written", self._written()])
        rows.append(["session", self._end()])
        return Table("What there is to look at", ["", "says"], rows)

    def timeline(self) -> Timeline:
        """The session, its lookups and the write of the file, over seconds."""
        return timeline(self.evidence)

    def changes(self) -> Table:
        """The lock file before and after, entry by entry."""
        return changes_table(self.evidence.before, self.evidence.after)

    def lookups(self) -> Table:
        """Every lookup of the run: what the lock had for it, and who answered."""
        rows = [
            [f"{one.lookup.line[0]}:{one.lookup.line[1]}", one.lookup.title, said(one.before), one.in_words()]
            for one in self.evidence.answers
        ]
        caption = (
            f"{len(rows)} lookup{'s' * (len(rows) > 1)}"
            if rows
            else "No lookup that a lock file could answer in this output"
        )
        return Table(caption, ["line", "lookup", "entry before", "answered by"], rows)

    def rules(self) -> Table:
        """What a lock file is promised to be, and whether this run kept to it."""
        rows = [[rule.promise, rule.outcome, rule.why] for rule in rules(self.evidence.seen)]
        return Table("Read once, changed in memory, written once?", ["promise", "", "shown by"], rows)

    def calls(self) -> Excerpt:
        """The calls on the lock file, if there is a trace."""
        lines = [(line[1], line[2]) for _, line in self.evidence.calls or ()]
        if self.evidence.calls is None:
            return Excerpt("No trace of system calls was given.", [])
        return Excerpt("What the CLI did with the file", lines) if lines else Excerpt("It never opened the file.", [])

    def found(self) -> dict[str, list[Line]]:
        """The failure modes that no single line shows, with the lines that show them together."""
        return found(self.evidence)

    def verdict(self) -> Verdict:
        """What is confirmed, what was promised and not kept, and which log would tell more."""
        return reach(PLAYBOOK, self.given, self._missing(), self.found(), self.says())

    def says(self) -> Iterator[str]:
        """Who answered, in one sentence; what was promised and not kept; what a conclusion rests on."""
        count = Counter(one.by for one in self.evidence.answers)
        words: dict[By, str] = {
            "lock": "from the lock file",
            "asked": "by the server",
            "memory": "from the lock in memory",
            "missing": "by nobody",
            "not shown": "not shown by whom",
        }
        told = ", ".join(f"{count[by]} {text}" for by, text in words.items() if count[by])
        if told:
            yield f"Lookups answered: {told}."
        for rule in rules(self.evidence.seen):
            if rule.outcome == "broken":
                yield f"Not kept: {rule.promise} ({rule.why})."
        if self.evidence.before and not self.evidence.before.is_read and self.evidence.run.outcome == "passed":
            yield "The lock file cannot be read, and the run passed: nobody read it."
        if self.found() and self._is_old() and self.evidence.written is None:
            yield "No log of v0.21.8 shows the lock mode: without --lock a run neither reads nor writes the file."

    @property
    def _roles(self) -> set[str]:
        return {*self.evidence.files, "before", "after"}

    def _single(self) -> Iterator[tuple[str, Given]]:
        return ((name, path) for name, path in self.given.items() if not isinstance(path, list))

    def _passed_over(self) -> Iterator[str]:
        """Lock files whose part another one has already."""
        taken = {file.path for file in self.evidence.files.values()}
        return (path for path in self.given["lockfiles"] or () if path not in taken)

    def _file(self, role: str) -> str:
        file = next((file for name, file in self.evidence.files.items() if name == role), None)
        return file.in_words() if file else "none: not there, empty, or not given"

    def _written(self) -> str:
        flushed = self.evidence.own_flushes
        if flushed is None:
            return "the engine log would tell"
        failed = [flush for flush in flushed if flush.error]
        if failed:
            return f"no ({failed[0].line[0]}:{failed[0].line[1]}): {failed[0].error}"
        places = ", ".join(f"{flush.line[0]}:{flush.line[1]}" for flush in flushed)
        if flushed:
            return f"yes ({places})"
        return "yes, by an update: its entries have changed" if self.evidence.seen.changes else "no line says so"

    def _end(self) -> str:
        session = self.evidence.session
        if session is None:
            return "no engine log, or not in it"
        if session.goodbye:
            return f"ended by the CLI (line {session.goodbye.line})"
        return f"lost: the CLI was gone (line {session.lost.line})" if session.lost else "no end in the engine log"

    def _is_old(self) -> bool:
        """Whether the engine is one that has lock modes."""
        texts = (output.text for step in self.evidence.run.steps[:6] for output in step.last_output)
        return any(_OLD in text for text in texts)

    def _missing(self) -> Iterator[str]:
        """Logs that were not given and would decide something here."""
        evidence = self.evidence
        if not evidence.files:
            yield "lock file before and after the run: what changed in it; an empty file counts as none"
        if evidence.flushed is None:
            yield "engine log: whether the lock file was written at the end of the session"
        held = [one for one in evidence.answers if one.before and one.by in ("lock", "not shown")]
        unknown = [one for one in evidence.answers if one.by == "not shown" and one.lookup.operation == IMAGE]
        if evidence.asked is None and unknown:
            yield "access log of the registry: it alone shows whether a tag was asked for"
        if held and "now" not in evidence.files:
            yield "a lock file made now in a scratch copy (`….now`): whether a pin is out of date; the logs do not tell"
        if evidence.calls is None and evidence.answers:
            yield "trace of the CLI's system calls: how often it read the lock file"


def read(
    log: str,
    engine_log: str | None = None,
    lockfiles: Sequence[str] = (),
    registry_log: str | None = None,
    trace: str | None = None,
) -> Case:
    """Read an incident: `log` is what the CLI printed, `lockfiles` are told apart by their names.

    Raises `Refusal` when a log cannot be read.
    """
    given: dict[str, Given] = {
        "log": log,
        "engine_log": engine_log,
        "lockfiles": list(lockfiles),
        "registry_log": registry_log,
        "trace": trace,
    }
    return Case(given, gather(log, engine_log, lockfiles, registry_log, trace))
