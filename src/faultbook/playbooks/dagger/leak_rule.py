"""The rule that tells a leak of cache entries from honest growth, on the release lines of an engine log.

A session that brings new work leaves retained calls behind, and with them what they are made of: entries rise, and so
they should. A session that leaves no retained call more than the one before brought nothing new: it is a repeat, and
what it adds is held by nothing that is kept on purpose. So the rule looks at repeats only:

- A line counts when no other session was open. The first line of a stretch is the warm-up: it is compared with nothing.
- A rise counts when it lasts: when the difference of entries and retained calls never comes back below it.
- It is a leak when at least REPEATS repeats were seen and at least a third of them rose.

Where the numbers come from: upstream's own test warms up once, repeats the same work and wants the very same number
(core/integration/engine_test.go). The captured runs repeat one query 1, 5 and 20 times more: without a leak 0 of 26
repeats rise, with a planted one 22 of 26 and 24 of 30. A third leaves room on both sides; less than REPEATS repeats
cannot show it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby, pairwise
from typing import Literal

from faultbook.logs.releases import Release

REPEATS = 5
_SHARE = 3

Kind = Literal["leak", "doubt", "growth", "flat", "nothing"]


@dataclass(frozen=True, slots=True)
class Step:
    """From one release to the next of the same stretch: by how much entries and retained calls rose.

    `lasting` is the rise of their difference that is not taken back later.
    """

    before: Release
    after: Release
    lasting: int

    @property
    def entries(self) -> int:
        return self.after.entries - self.before.entries

    @property
    def retained(self) -> int:
        return self.after.retained - self.before.retained

    @property
    def is_repeat(self) -> bool:
        """Whether it left behind nothing that is kept on purpose."""
        return self.retained == 0


@dataclass(frozen=True, slots=True)
class Trend:
    """What the steps show together. `repeats` and `others` are all of them, in the order of the log."""

    repeats: tuple[Step, ...]
    others: tuple[Step, ...]

    @property
    def risen(self) -> list[Step]:
        """The repeats that left something behind for good."""
        return [step for step in self.repeats if step.lasting > 0]

    @property
    def clean(self) -> list[Step]:
        """The steps that left nothing behind but retained calls."""
        return [step for step in (*self.repeats, *self.others) if step.lasting <= 0]

    @property
    def leaked(self) -> int:
        """Entries that repeats left behind."""
        return sum(step.lasting for step in self.risen)

    @property
    def new_entries(self) -> int:
        """Entries that sessions with new work left behind."""
        return sum(step.entries for step in self.others)

    @property
    def new_retained(self) -> int:
        """Retained calls among them."""
        return sum(step.retained for step in self.others)

    @property
    def kind(self) -> Kind:
        """`doubt`: repeats rose, but too few of them, or too seldom; `nothing`: there is no step at all."""
        if not self.repeats and not self.others:
            return "nothing"
        if self.risen:
            enough = len(self.repeats) >= REPEATS and len(self.risen) * _SHARE >= len(self.repeats)
            return "leak" if enough else "doubt"
        return "growth" if self.new_entries > 0 else "flat"

    @property
    def is_decided(self) -> bool:
        """Whether more repeats would tell nothing new."""
        return self.kind == "leak" or (self.kind != "doubt" and len(self.clean) >= REPEATS)

    def halves(self) -> tuple[int, int]:
        """What the first and the second half of the repeats left behind; the middle one belongs to the second."""
        lasting = [step.lasting for step in self.repeats]
        middle = len(lasting) // 2
        return sum(lasting[:middle]), sum(lasting[middle:])


def trend(releases: Iterable[Release]) -> Trend:
    """The trend over all stretches of a log; lines while another session was open are passed over."""
    steps = [step for stretch in stretches(releases) for step in _steps(stretch)]
    repeats = tuple(step for step in steps if step.is_repeat)
    return Trend(repeats, tuple(step for step in steps if not step.is_repeat))


def stretches(releases: Iterable[Release]) -> list[list[Release]]:
    """The releases that can be compared with each other."""
    alone = (release for release in releases if release.alone)
    return [list(group) for _, group in groupby(alone, key=lambda release: release.stretch)]


def _steps(stretch: Sequence[Release]) -> list[Step]:
    differences = [release.entries - release.retained for release in stretch]
    lasting = list(accumulate(reversed(differences), min))[::-1]
    rises = [after - before for before, after in pairwise(lasting)]
    return [Step(before, after, rise) for (before, after), rise in zip(pairwise(stretch), rises, strict=True)]
