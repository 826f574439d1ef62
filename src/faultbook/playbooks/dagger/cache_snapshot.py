"""The story of `dagger/cache-snapshot`: what is in the cache, what keeps it there, and what changed between dumps."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from faultbook.logs.analyzer import Analysis, read_analysis
from faultbook.logs.retention import Retention, retention
from faultbook.logs.snapshot import read_snapshot
from faultbook.playbooks.dagger import snapshot_claims, snapshot_rows, snapshot_says
from faultbook.playbooks.dagger.snapshot_changes import Change, EngineLog, changes, read_log
from faultbook.playbooks.dagger.snapshot_picture import composition
from faultbook.playbooks.dagger.snapshot_words import count
from faultbook.playbooks.icicle import Icicle
from faultbook.playbooks.table import Table
from faultbook.playbooks.verdict import Verdict, reach
from faultbook.problems import Refusal

PLAYBOOK = "dagger/cache-snapshot"
_ROWS = 20


@dataclass(frozen=True)
class Case:
    """Dumps in the order in which they were taken, what keeps their results, and what else was given."""

    snapshots: list[str]
    engine_log: str | None
    analyses: list[str]
    dumps: tuple[Retention, ...]
    log: EngineLog | None
    claims: tuple[Analysis, ...]

    def overview(self) -> Table:
        """Each dump: when, how much, why it stays."""
        headings = [
            "dump",
            "taken (UTC)",
            "results",
            "they are",
            "known size",
            "sessions",
            "calls running",
            "not in it",
        ]
        return Table(
            f"{count(len(self.dumps), 'dump')} of the cache", headings, [*map(snapshot_rows.overview, self.dumps)]
        )

    def picture(self) -> Icicle:
        """What the fullest dump consists of."""
        return composition(self._fullest)

    def sessions(self) -> Table:
        """Each session: what it holds, and what would go with it."""
        rows = [row for held in self.dumps for row in snapshot_rows.sessions(held)]
        headings = ["dump", "session", "holds", "of these kept anyway", "calls running"]
        return Table(f"{count(len(rows), 'session')} in the dumps" if rows else "No session was open", headings, rows)

    def running(self) -> Table:
        """Each call that ran while a dump was taken."""
        seen: dict[tuple[str, str], list[str]] = {}
        for held in self.dumps:
            for call in held.snapshot.calls:
                seen.setdefault((call.key, call.session), []).append(held.snapshot.name)
        rows = [[key, session, *self._call(key, session), ", ".join(names)] for (key, session), names in seen.items()]
        headings = ["call", "session", "is", "line of the engine log", "runs in"]
        return Table(f"{count(len(rows), 'call')} ran" if rows else "No call ran", headings, rows)

    def ways(self) -> Table:
        """The shortest way from results of the fullest dump to what keeps them, the big ones first."""
        rows = snapshot_rows.ways(self._fullest)
        name = self._fullest.snapshot.name
        caption = f"{name}: {min(len(rows), _ROWS)} of {len(rows):,} results that are not kept for the engine's life"
        return Table(caption, ["id", "result", "owners", "size", "stays, because", "way"], rows[:_ROWS])

    def way(self, ident: int) -> Table:
        """The way from one result of the fullest dump, step by step. Raises `Refusal` if it is not there."""
        name = self._fullest.snapshot.name
        if ident not in self._fullest.holds:
            raise Refusal(f"{name} has no result {ident}", "Take a number of `shared_result_id` or `resultID=`.")
        rows = list(snapshot_rows.steps_of_way(self._fullest, ident))
        return Table(f"{name}: what keeps {ident}", ["id", "result", "owners", "held by sessions", "kept"], rows)

    def roots(self) -> Table:
        """What keeps most in the fullest dump; a result that several keep counts for the nearest."""
        rows = snapshot_rows.roots(self._fullest)
        name = self._fullest.snapshot.name
        caption = f"{name}: {min(len(rows), _ROWS)} of {count(len(rows), 'result')} that keep others, for a while"
        return Table(caption, ["id", "result", "stays, because", "keeps, with itself"], rows[:_ROWS])

    def owners(self) -> Table:
        """Results whose owners do not add up, or that nobody owns."""
        rows = [row for held in self.dumps for row in snapshot_rows.owners(held)]
        headings = ["dump", "id", "result", "owners", "named in the dump", "last used (UTC)", "stays, because"]
        caption = f"{count(len(rows), 'result')}, {min(len(rows), _ROWS)} shown"
        if not rows:
            whole = all(held.is_whole for held in self.dumps)
            caption = "All owners add up" if whole else "None has too few; too many cannot be told from a part"
        return Table(caption, headings, rows[:_ROWS])

    def steps(self) -> Table:
        """From dump to dump."""
        headings = ["from", "to", "seconds", "stayed", "gone", "new", "prune lines between"]
        rows = [*map(snapshot_rows.step, self.changes())]
        return Table(f"{count(len(rows), 'step')} between dumps" if rows else "Nothing to compare", headings, rows)

    def went(self) -> Table:
        """The results that went and came, step by step."""
        rows = [row for one in self.changes() for row in snapshot_rows.went(one)]
        caption = f"{count(len(rows), 'result')} went or came, {min(len(rows), _ROWS)} shown"
        return Table(caption, ["step", "", "id", "result", "size", "why"], rows[:_ROWS])

    def shipped(self) -> Table:
        """What the analyzer shipped with the engine says, beside what is in the dump."""
        rows = list(snapshot_claims.rows(self.claims, self.dumps))
        caption = "Claims of the shipped analyzer" if rows else "No output of the shipped analyzer was given"
        return Table(caption, ["output", "", "it says", "the dump says"], rows)

    def changes(self) -> list[Change]:
        """What changed from each dump to the next of the same engine."""
        return list(changes(self.dumps, self.log))

    def verdict(self) -> Verdict:
        """What the dumps tell; no failure mode is found by them alone."""
        paths = {"snapshots": self.snapshots, "engine_log": self.engine_log, "analyses": self.analyses}
        says = [
            *snapshot_says.sentences(self.dumps, self.changes()),
            *snapshot_claims.sentences(self.claims, self.dumps),
        ]
        return reach(PLAYBOOK, paths, self._missing(), says=says)

    @property
    def _fullest(self) -> Retention:
        return max(self.dumps, key=lambda held: len(held.holds))

    def _call(self, key: str, session: str) -> list[str]:
        field, line = self.log.calls.get((key, session), ("not in the log", 0)) if self.log else ("no log given", 0)
        return [field, str(line) if line else ""]

    def _missing(self) -> Iterator[str]:
        if not self.changes():
            yield "A second dump of the same engine, later on: it tells what goes, what comes and what stands still."
        if not self.log:
            yield "The engine log (parameter `engine_log`): it names the calls that ran, and what a prune took."


def read(snapshots: Sequence[str], engine_log: str | None = None, analyses: Sequence[str] = ()) -> Case:
    """Read dumps of a cache, in any order, the engine log, and outputs of the shipped analyzer.

    Raises `Refusal` when one cannot be read or is something else.
    """
    read_all = sorted(map(read_snapshot, snapshots), key=lambda dump: dump.at)
    dumps = tuple(map(retention, read_all))
    log = read_log(engine_log) if engine_log else None
    return Case(list(snapshots), engine_log, list(analyses), dumps, log, tuple(map(read_analysis, analyses)))
