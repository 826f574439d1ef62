"""What is wrong, where, and what to do about it: the one form of every complaint.

A `Problem` is collected (the catalogue reports all of them at once, sorted); a `Refusal` is raised
where going on makes no sense and becomes one message on stderr and exit status 2.
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Problem:
    """One complaint.

    `path` is relative to the checkout where there is one; `line` is 1-based, 0 where the whole file is meant.
    """

    path: str
    line: int
    what: str
    remedy: str

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}" if self.line else self.path
        return f"{place}: {self.what}\n    {self.remedy}"


class Refusal(Exception):
    """Work that cannot be done; the message names the file, what is wrong and what to do."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(f"{what}\n    {remedy}")
        self.what = what
        self.remedy = remedy


class BrokenCatalogue(Refusal):
    """The catalogue in this checkout does not load; carries every problem found."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(set(problems))
        lines = "\n".join(str(problem) for problem in self.problems)
        super().__init__(f"the catalogue has {len(self.problems)} problem(s):\n{lines}", "Run `faultbook check`.")
