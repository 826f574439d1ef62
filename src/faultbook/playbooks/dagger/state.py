"""The story of `dagger/state`: kept, thrown away or refused; which file is damaged; what to do without losing more."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from faultbook.playbooks.dagger import state_words
from faultbook.playbooks.dagger.engine_lives import Part
from faultbook.playbooks.dagger.state_starts import STAGES, Start, read_starts
from faultbook.playbooks.ladder import Ladder
from faultbook.playbooks.table import Excerpt, Table
from faultbook.playbooks.verdict import Verdict, reach

PLAYBOOK = "dagger/state"
_ROWS = 12
_DAMAGED = ("damaged", "page", "still invalid")
_LOOP = 2


@dataclass(frozen=True)
class Case:
    """The starts in some engine logs, in order of time."""

    paths: dict[str, list[str]]
    parts: tuple[Part, ...]
    starts: tuple[Start, ...]

    def overview(self) -> Table:
        """One row for each start: what became of the state, and which file is damaged."""
        rows = [
            [str(one.number), one.place, one.part.life.version or "not told", state_words.outcome(one),
             state_words.damage(one)]
            for one in self.starts[-_ROWS:]
        ]  # fmt: skip
        names = ", ".join(Path(path).name for path in self.paths["engine_logs"]) or "no log"
        caption = f"Starts in {names}: {len(self.starts)}"
        return Table(caption, ["start", "where", "version", "the state", "damaged file"], rows)

    def picture(self) -> Ladder:
        """How far each start came."""
        attempts = [one.attempt(state_words.OUTCOMES[one.outcome]) for one in self.starts[-_ROWS:]]
        told = " ".join(map(state_words.sentence, self.starts[-_ROWS:])) or "No start is in these logs."
        return Ladder("How far each start came", told, STAGES, attempts)

    def words(self) -> Excerpt:
        """What the last start that did not simply keep its state says of it."""
        told = [one for one in self.starts if one.outcome != "kept"]
        if not told:
            return Excerpt("Every start in these logs kept its state, and says nothing of it.", [])
        start = told[-1]
        lines = {one.record.line: one.record.text for one in start.lines}
        if start.part.life.crash and not start.served:
            lines[start.part.life.crash.line] = start.part.life.crash.text
        return Excerpt(f"{start.part.name}: start {start.number} about the state", sorted(lines.items()))

    def advice(self) -> Table:
        """What to do after the starts that were not simply good, the last one first."""
        rows = [row for one in reversed(self.starts) if (row := state_words.advice(one))][:_ROWS]
        caption = "What to do, and what not" if rows else "Nothing is to be done about the state"
        return Table(caption, ["after", "do", "lost", "do not"], rows)

    def verdict(self) -> Verdict:
        """What is confirmed, what each start did, and which log would tell more."""
        return reach(PLAYBOOK, dict(self.paths), self._missing(), says=self._says())

    def _says(self) -> Iterator[str]:
        yield from map(state_words.sentence, self.starts[-_ROWS:])
        loops = Counter(one.error for one in self.starts if not one.served and one.error)
        for error, times in loops.items():
            if times >= _LOOP:
                yield f"{times} starts ended with the same words ({error}): a loop that waiting does not end."

    def _missing(self) -> Iterator[str]:
        """Logs that were not given and would decide something here."""
        if not self.starts:
            yield "engine log from a start on: only there it says what became of the state"
        if self.starts and self.starts[0].outcome == "unclean" and self.parts[0] == self.starts[0].part:
            yield "engine log before this start, for the playbook dagger/engine-restart: it tells how the engine ended"
        if any(one.outcome in _DAMAGED for one in self.starts):
            yield "kernel log of the engine's machine: whether its disk is ill"


def read(engine_logs: Sequence[str]) -> Case:
    """Read engine logs in any order. Raises `Refusal` when one cannot be read."""
    parts, starts = read_starts(engine_logs)
    return Case({"engine_logs": list(engine_logs)}, parts, starts)
