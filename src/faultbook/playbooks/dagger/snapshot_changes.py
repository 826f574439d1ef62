"""What `dagger/cache-snapshot` finds between two dumps: what went, what came, and what a prune says it took."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from faultbook.logs.engine import read_engine
from faultbook.logs.retention import Retention
from faultbook.logs.snapshot import Result, Snapshot
from faultbook.playbooks.dagger.snapshot_words import because
from faultbook.problems import Refusal


@dataclass(frozen=True, slots=True)
class Pruned:
    """A line `dagql pruned result` of the engine log: 1-based `line`, id of the result, bytes that became free."""

    line: int
    time: datetime | None
    result: int
    freed: int


@dataclass(frozen=True)
class EngineLog:
    """What an engine log adds to dumps: prunes, and by digest and session what a call was for, and its 1-based line."""

    name: str
    pruned: tuple[Pruned, ...]
    calls: Mapping[tuple[str, str], tuple[str, int]]


@dataclass(frozen=True)
class Change:
    """From one dump to the next of the same engine: results `gone` and `new`, those of the same recipe being one."""

    before: Retention
    after: Retention
    gone: tuple[Result, ...]
    new: tuple[Result, ...]
    pruned: Mapping[int, Pruned]

    @property
    def stayed(self) -> int:
        """How many results are in both."""
        return len(self.before.holds) - len(self.gone)

    @property
    def seconds(self) -> float:
        """The time between the two."""
        return (self.after.snapshot.at - self.before.snapshot.at).total_seconds()

    def why_gone(self, result: Result) -> str:
        """What became of a result that is gone, as far as the log and the dump before tell."""
        if line := self.pruned.get(result.id):
            return f"pruned, line {line.line}"
        hold = self.before.holds[result.id]
        if line := self.pruned.get(hold.root):
            return f"nothing needs it after {hold.root} was pruned, line {line.line}"
        if hold.why == "session" and not self._has_session_of(hold.root):
            return "its session is over"
        return f"not told (it was: {because(self.before, result.id)})"

    def _has_session_of(self, root: int) -> bool:
        """Whether a session that held `root` is still there."""
        return bool({one.id for one in self.after.snapshot.sessions} & set(self.before.sessions[root]))


def changes(dumps: Sequence[Retention], log: EngineLog | None = None) -> Iterator[Change]:
    """The changes from each dump to the next of the same start of the engine."""
    before: dict[str, Retention] = {}
    for after in dumps:
        if after.snapshot.boot in before:
            yield change(before[after.snapshot.boot], after, log)
        before[after.snapshot.boot] = after


def change(before: Retention, after: Retention, log: EngineLog | None = None) -> Change:
    """What changed. Raises `Refusal` for dumps of two starts of the engine."""
    one, two = before.snapshot, after.snapshot
    if one.boot != two.boot:
        what = f"{one.name} ({one.boot}) and {two.name} ({two.boot}) are of two starts of the engine"
        raise Refusal(
            f"{what}: ids and owners of one mean nothing in the other", "Compare dumps with the same boot_id."
        )
    had, has = _recipes(one), _recipes(two)
    return Change(
        before,
        after,
        gone=tuple(result for recipe, result in had.items() if recipe not in has),
        new=tuple(result for recipe, result in has.items() if recipe not in had),
        pruned={line.result: line for line in log.pruned if _between(one, line, two)} if log else {},
    )


def read_log(path: str) -> EngineLog:
    """Read an engine log once. Raises `Refusal` when it cannot be read at all."""
    pruned: list[Pruned] = []
    calls: dict[tuple[str, str], tuple[str, int]] = {}
    for record in read_engine(path):
        if record.message == "start call":
            fields = record.fields
            calls[fields.get("digest", ""), fields.get("session_id", "")] = fields.get("field", ""), record.line
        elif record.message == "dagql pruned result":
            fields = record.fields
            ident, freed = (fields.get(name, "") for name in ("resultID", "reclaimedBytes"))
            if ident.isdigit() and freed.isdigit():
                pruned.append(Pruned(record.line, record.time, int(ident), int(freed)))
    return EngineLog(Path(path).name, tuple(pruned), calls)


def _recipes(dump: Snapshot) -> dict[str, Result]:
    """The results by what makes them the same in another dump: the recipe, else the id."""
    return {result.recipe or str(result.id): result for result in dump.results.values()}


def _between(before: Snapshot, line: Pruned, after: Snapshot) -> bool:
    return line.time is not None and before.at <= line.time <= after.at
