"""The story of `dagger/lost-engine`: CLI and engine on one clock; who was gone first, and how."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from faultbook.logs.engine import Container
from faultbook.logs.lives import Session
from faultbook.logs.steps import read_steps
from faultbook.playbooks.dagger import engine_events
from faultbook.playbooks.dagger.engine_events import Event
from faultbook.playbooks.dagger.engine_lives import Part, lives_table, read_parts, since
from faultbook.playbooks.dagger.joining import Joined, join
from faultbook.playbooks.picture import Bar, Look, Timeline
from faultbook.playbooks.table import Excerpt, Table
from faultbook.playbooks.verdict import Line, Verdict, reach
from faultbook.report.lines import shown

PLAYBOOK = "dagger/lost-engine"
KILLED = "dagger/engine-killed-during-call"
TIMED_OUT = "dagger/engine-stop-timeout"
_CONTAINERS = 6
_LABEL = 42
_OUTCOMES = {
    "passed": "passed",
    "failed": "failed",
    "cancelled": "was interrupted",
    "cut": "just stops: the CLI was killed, or hangs",
    "unknown": "does not show how it ended",
}
_CLI_LOOKS: dict[str, Look] = {"passed": "good", "failed": "repeats", "cancelled": "repeats"}


@dataclass(frozen=True)
class Case:
    """One incident: the lives of the engine in order, and the run of the CLI if its output was given."""

    paths: dict[str, str | None]
    parts: tuple[Part, ...]
    joined: Joined | None

    def overview(self) -> Table:
        """Which logs there are, how each side ended, and who was gone first."""
        rows = [[name, Path(path).name if path else "not given"] for name, path in self.paths.items()]
        rows.append(["engine", self._part.end_in_words() if self._part else "no line of it"])
        if self.joined:
            rows.append(["output of the CLI", _OUTCOMES[self.joined.run.outcome]])
            rows.append(["error of the run", self.joined.run.error or "none"])
        rows.append(["gone first", self._first()])
        return Table("Who was gone first", ["", "says"], rows)

    def lives(self) -> Table:
        """The lives of the engine."""
        return lives_table(self.parts)

    def events(self) -> Table:
        """What happened, on the engine's clock."""
        return engine_events.table(list(self._events()))

    def timeline(self) -> Timeline:
        """Lives, commands and the CLI over seconds, from the first event to the last."""
        times = [event.time for event in self._events()]
        if not times:
            return Timeline("CLI and engine", "No line with a time.", [])
        origin, until = min(times), max((max(times) - min(times)).total_seconds(), 1.0)
        drawn = self._drawn()
        bars = [bar for part in drawn for bar in part.bars(self.parts.index(part) + 1, origin, until)]
        bars[1:1] = [_container_bar(one, drawn[0], origin, until) for one in self._containers()]
        return Timeline("CLI and engine", self._in_words(), [*bars, *self._cli_bar(origin, until)])

    def last_words(self) -> Excerpt:
        """The last lines of the life that matters, or the first of its crash."""
        if self._part is None:
            return Excerpt("The engine log is empty.", [])
        what = "the crash" if self._part.death == "crashed" else "the last lines of this life"
        return Excerpt(f"{self._part.name}: {what}", [(one.line, one.text) for one in self._part.life.tail])

    def verdict(self) -> Verdict:
        """What is confirmed, and which log would tell more."""
        return reach(PLAYBOOK, self.paths, self._missing(), self._by_lives())

    @property
    def _part(self) -> Part | None:
        """The life that matters: that of the run's session, else the first which ended badly, else the last."""
        if self.joined and self.joined.part:
            return self.joined.part
        bad = [part for part in self.parts if part.death not in ("not shown", "closed")]
        return next(iter([*bad, *reversed(self.parts)]), None)

    @property
    def _session(self) -> Session | None:
        """The session of the run, else the last one of the life that matters."""
        if self.joined and self.joined.session:
            return self.joined.session
        return self._part.life.sessions[-1] if self._part and self._part.life.sessions else None

    def _first(self) -> str:
        part, session = self._part, self._session
        if part is None:
            return "not to be told: the engine log is empty"
        if session and session.lost:
            return "the CLI: it went without a word, and the engine noticed it later"
        if session and session.goodbye:
            return "the CLI, in good order: it closed its session"
        if part.death != "not shown":
            return f"the engine: {part.end_in_words()}"
        if part.life.stop:
            return "the engine: it was asked to stop"
        lost = self.joined and engine_events.of_lost_engine(self.joined.run.error or "")
        return "the engine, if the CLI is right: its log does not tell" if lost else "not to be told from these logs"

    def _drawn(self) -> list[Part]:
        """The life that matters and those after it."""
        return list(self.parts[self.parts.index(self._part) :]) if self._part else []

    def _containers(self) -> list[Container]:
        """The last commands of the session, and those that never ended."""
        ident = self._session.id if self._session else None
        all_of_them = self._part.life.containers if self._part else ()
        mine = [one for one in all_of_them if one.session == ident or one.end_line is None]
        return [one for one in mine if one.start][-_CONTAINERS:]

    def _events(self) -> Iterator[Event]:
        drawn = self._drawn()
        for before, part in zip([None, *drawn], drawn, strict=False):
            if before is None:
                yield from engine_events.of_end(part, self._session, self._containers())
            else:
                yield from engine_events.of_start(part, before.life.last)
        if self.joined and drawn:
            life = drawn[0].life
            yield from engine_events.of_cli(self.joined, life.stop.time if life.stop else life.last)

    def _cli_bar(self, origin: datetime, until: float) -> Iterator[Bar]:
        """The CLI over time; one that was killed is there until the engine notices, at the latest."""
        if not self.joined or not self.joined.zero:
            return
        start, outcome = max(since(origin, self.joined.zero), 0.0), self.joined.run.outcome
        if self._session and self._session.lost:
            yield Bar("CLI", "gone", start, max(since(origin, self._session.lost.time), start), "root")
        elif outcome == "cut":
            yield Bar("CLI", "no end", start, until, "open")
        else:
            end = min(since(origin, self.joined.end), until)
            yield Bar("CLI", outcome, start, max(end, start), _CLI_LOOKS.get(outcome, "open"))

    def _in_words(self) -> str:
        """What the picture shows, for those who do not see it."""
        lives = [f"Life {self.parts.index(part) + 1} of the engine: {part.end_in_words()}." for part in self._drawn()]
        cli = [f"The output of the CLI {_OUTCOMES[self.joined.run.outcome]}."] if self.joined else []
        return " ".join([*lives, *cli, f"Gone first: {self._first()}."])

    def _by_lives(self) -> dict[str, list[Line]]:
        """The failure modes that no single line shows, with the lines that show them together."""
        found: dict[str, list[Line]] = {}
        for part in self.parts:
            if part.death == "killed" and part.served:
                found.setdefault(KILLED, []).extend(self._together(part))
            elif part.death == "timed out":
                found.setdefault(TIMED_OUT, []).extend(self._together(part))
        return found

    def _together(self, part: Part) -> Iterator[Line]:
        """Evidence: the stop, or else the last line of the life; the next start; what it found."""
        after = next(other for other in self.parts if other.life is part.next)
        yield part.line(part.life.stop or part.life.tail[-1])
        yield from (after.line(record) for record in (after.life.started, after.life.wipe) if record)

    def _missing(self) -> Iterator[str]:
        """Logs that were not given and would decide something here."""
        part = self._part
        if part and part.death == "not shown" and not part.next and (part.served or part.life.ending == "stopping"):
            yield "engine log of the next start: it tells whether this engine was killed, or only its log ends here"
        if not self.paths["log"] and part and part.death not in ("not shown", "closed", "refused"):
            yield "CLI output: it tells what became of the call"


def read(engine_log: str, next_engine_log: str | None = None, log: str | None = None) -> Case:
    """Read an incident: the engine's logs in any order, and what the CLI printed (`log`).

    Raises `Refusal` when a log cannot be read.
    """
    parts = read_parts(engine_log, next_engine_log)
    paths = {"log": log, "engine_log": engine_log, "next_engine_log": next_engine_log}
    return Case(paths, parts, join(read_steps(log), parts) if log else None)


def _container_bar(container: Container, part: Part, origin: datetime, until: float) -> Bar:
    """A command over time; one without an end was lost with its engine, at the next start at the latest."""
    start, label = max(since(origin, container.start), 0.0), shown(container.command, _LABEL)
    if container.end_line is None:
        end = since(origin, part.next.first) if part.next else until
        return Bar(label, "no end", start, max(end, start), "open")
    end = max(since(origin, container.end), start)
    note = "done" if container.error is None else f"exit code {container.exit_code}"
    return Bar(label, note, start, end, "repeats" if container.error else "good")
