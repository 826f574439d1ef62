"""One or two goroutine dumps of an engine: tables, the picture, and what has not moved between them."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from faultbook.logs.goroutine_dump import MEMBERS, Dump, Group, read_dump
from faultbook.playbooks.bars import Bar, Bars
from faultbook.playbooks.dagger.goroutine_roles import (
    AT_WORK,
    IN_WORDS,
    Counted,
    Role,
    field_of,
    is_engine,
    name_of,
    place_of,
    roles_of,
)
from faultbook.playbooks.dagger.goroutine_waits import Link, chains
from faultbook.playbooks.dagger.hung_words import of_unmoved, plural
from faultbook.playbooks.table import Table

_ROWS = 16
_PARTS = ("the engine's own", "for clients", "at work")
_ORDER: tuple[Role, ...] = (*AT_WORK, "client", "own")


@dataclass(frozen=True)
class Moment:
    """A dump with the roles of its groups, and the chains of those who wait."""

    path: str
    dump: Dump
    groups: tuple[Counted, ...]
    links: tuple[Link, ...]

    @property
    def name(self) -> str:
        """The name of the file."""
        return Path(self.path).name

    @property
    def is_engine(self) -> bool:
        """Whether it is a dump of an engine."""
        return is_engine(self.dump)

    def in_words(self) -> str:
        """How many goroutines, in which form."""
        form = "each of them" if self.dump.form == "each" else "counted by stack: no states, no times"
        return f"{self.dump.count:,} goroutines in {len(self.groups)} different places ({form})"

    def states(self) -> Bars:
        """Goroutines by state."""
        bars = sorted(self._bars(), key=lambda bar: (-bar.total, bar.label))
        words = "; ".join(f"{bar.total} in {bar.label} ({bar.parts[2]} at work)" for bar in bars)
        return Bars("Goroutines by what they wait for", f"{self.in_words()}: {words}.", _PARTS, bars)

    def places(self) -> Table:
        """The groups: those at work first, then the biggest."""
        ordered = sorted(self.groups, key=lambda one: (_ORDER.index(one.role), -one.group.count, one.group.line))
        rows = [_place(one) for one in ordered]
        left = f", the first {_ROWS}" if len(rows) > _ROWS else ""
        headings = ["how many", "state", "longest", "what it does", "where", "line"]
        return Table(f"{self.name}: {self.in_words()}{left}", headings, rows[:_ROWS])

    def waits(self) -> Table:
        """The chains: who waits for whom."""
        rows = [_wait(link) for link in self.links]
        left = f", the first {_ROWS} rows" if len(rows) > _ROWS else ""
        caption = f"Who waits for whom{left}" if rows else self._no_chain()
        headings = ["goroutine", "does", "call", "where", "state", "line"]
        return Table(caption, headings, rows[:_ROWS])

    def _no_chain(self) -> str:
        if self.dump.form == "counted":
            return "Who waits for whom is not told in this form (debug=1)"
        return "Nobody waits for a call"

    def _bars(self) -> Iterator[Bar]:
        counts: dict[str, list[int]] = {}
        for one in self.groups:
            parts = counts.setdefault(one.group.state or "any state (not told)", [0, 0, 0])
            parts[_part(one.role)] += one.group.count
        for state, parts in counts.items():
            yield Bar(state, parts)


def read_moments(*paths: str | None) -> tuple[Moment, ...]:
    """The dumps in the order in which they were taken, as far as ids tell it. Raises `Refusal` as `read_dump` does."""
    moments = [_moment(path) for path in paths if path]
    if all(moment.dump.form == "each" for moment in moments):
        moments.sort(key=lambda moment: moment.dump.latest)
    return tuple(moments)


def compared(first: Moment, second: Moment) -> Table:
    """What is at work in both dumps: how many then and now, and how many of them are the very same goroutines."""
    rows = list(_unmoved(first, second))
    ours, still = sum(one.group.count for one in second.groups if one.role in AT_WORK), len(rows)
    caption = (
        f"{still} places at work in both dumps; {plural(ours, 'goroutine')} at work in the second"
        if rows
        else ("Nothing that is at work in the second dump was at the same place in the first")
    )
    return Table(caption, ["what it does", "where", "state", "then", "now", "the same goroutines", "longest"], rows)


def words_of_two(first: Moment, second: Moment) -> Iterator[str]:
    """Whether the chains of the second dump end where those of the first did; the counted form cannot tell it."""
    if first.dump.form == "counted" or second.dump.form == "counted" or not second.is_engine:
        return
    if not any(same for _, _, same in _pairs(first, second)):
        yield "The two goroutine dumps have no goroutine in common: they are of different lives of the engine."
        return
    then = {(link.member.id, link.group.frames) for link in first.links}
    ends = [link for link in second.links if link.waits_for is None]
    if ends:
        yield of_unmoved(sum((link.member.id, link.group.frames) in then for link in ends), len(ends))


def _moment(path: str) -> Moment:
    dump = read_dump(path)
    groups = roles_of(dump)
    return Moment(path, dump, groups, tuple(chains(groups)) if dump.form == "each" else ())


def _part(role: Role) -> int:
    return 2 if role in AT_WORK else 1 if role == "client" else 0


def _place(one: Counted) -> list[str]:
    group = one.group
    return [str(group.count), _state(group), _minutes(group), IN_WORDS[one.role], _where(group), str(group.line)]


def _wait(link: Link) -> list[str]:
    shift = "→ " * link.depth
    frame, state = place_of(link.group), _state(link.group)
    where = name_of(frame) if frame else ""
    return [f"{shift}{link.member.id}", link.in_words(), link.field or "", where, state, str(link.member.line)]


def _unmoved(first: Moment, second: Moment) -> Iterator[list[str]]:
    both = first.dump.form == second.dump.form == "each"
    for one, before, same in _pairs(first, second):
        if one.role in AT_WORK:
            group, more = one.group, " or more" if one.group.count > MEMBERS else ""
            told = f"{same}{more}" if both else "not told"
            counts = [str(before), str(group.count), told]
            yield [IN_WORDS[one.role], _where(group), _state(group), *counts, _minutes(group)]


def _pairs(first: Moment, second: Moment) -> Iterator[tuple[Counted, int, int]]:
    """Groups of the second dump whose stack is in the first, too: how many were there, and how many are the same."""
    then: Counter[object] = Counter()
    ids: dict[object, set[int]] = {}
    for one in first.groups:
        then[one.group.frames] += one.group.count
        ids.setdefault(one.group.frames, set()).update(member.id for member in one.group.members)
    for one in second.groups:
        before = then[one.group.frames]
        if before:
            yield one, before, sum(member.id in ids[one.group.frames] for member in one.group.members)


def _state(group: Group) -> str:
    locked = ", locked to thread" if group.is_locked else ""
    return f"{group.state}{locked}" if group.state else "not told"


def _minutes(group: Group) -> str:
    return f"{group.minutes} min" if group.minutes else ""


def _where(group: Group) -> str:
    frame, field = place_of(group), field_of(group)
    if frame is None:
        return "no function in the dump"
    return f"{name_of(frame)} ({field})" if field else name_of(frame)
