"""The story of `dagger/go-test`: which Go tests failed, how, and which were only taken down with them."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

from faultbook.logs.gotest import read_go_test
from faultbook.logs.gotests import GoRun, GoTest, go_run_of
from faultbook.playbooks.picture import Bar, Timeline
from faultbook.playbooks.table import Excerpt, Table
from faultbook.playbooks.verdict import Verdict, reach

PLAYBOOK = "dagger/go-test"
_ROWS = 20
_BARS = 10
_LINES = 24


@dataclass(frozen=True)
class Case:
    """One run of `go test`."""

    log: str
    tests: GoRun

    def packages(self) -> Table:
        """How each package ended, with its tests counted."""
        rows = []
        for package in self.tests.packages:
            mine = [test for test in self.tests.tests.values() if test.package == package.package]
            counts = [str(sum(test.status == status for test in mine)) for status in ("PASS", "FAIL", "SKIP", "")]
            seconds = f"{package.seconds:.2f} s" if package.seconds is not None else ""
            rows.append([package.package, package.status, *counts, seconds])
        headings = ["package", "ended", "passed", "failed", "skipped", "no result", "took"]
        return Table("Packages" if rows else "No package ended in this log", headings, rows)

    def failures(self) -> Table:
        """What went wrong by itself, then what was taken down by it."""
        headings = ["line", "test or package", "how", "first words"]
        rows = failures(self.tests)
        return Table("What failed" if rows else "Nothing failed", headings, rows[:_ROWS])

    def slowest(self) -> Timeline:
        """The slowest tests, one after the other; tests without a result have no duration and are not drawn."""
        timed = [test for test in self.tests.tests.values() if test.seconds is not None and "/" not in test.name]
        longest = sorted(timed, key=lambda test: (-(test.seconds or 0), test.name))[:_BARS]
        ends = list(accumulate(test.seconds or 0.0 for test in longest))
        bars = [_bar(test, end) for test, end in zip(longest, ends, strict=True)]
        return Timeline("The slowest tests", self._in_words(longest), bars)

    def words(self) -> Excerpt:
        """The last lines of what failed first, or of the test that the time limit caught."""
        if self.tests.builds:
            lines = [(event.line, event.text) for event in self.tests.builds]
            return Excerpt("What the compiler said", lines[:_LINES])
        suspects = [*self.tests.failed(), *_caught(self.tests)]
        if not suspects:
            return Excerpt("No test failed by itself.", [])
        if suspects[0].stack:
            return Excerpt(f"{suspects[0].name}: where it waited when the limit came", suspects[0].stack[:_LINES])
        return Excerpt(f"{suspects[0].name}: the last it printed", suspects[0].lines[-_LINES:])

    def verdict(self) -> Verdict:
        """What is confirmed."""
        return reach(PLAYBOOK, {"log": self.log})

    def _in_words(self, longest: list[GoTest]) -> str:
        count = len(self.tests.tests)
        slow = ", ".join(f"{test.name} {test.seconds:.2f} s" for test in longest[:3])
        return f"{count} tests. The slowest: {slow}." if slow else f"{count} tests, none with a duration."


def read(log: str) -> Case:
    """Read the output of `go test`, as text or JSON. Raises `Refusal` when it cannot be read."""
    return Case(log, go_run_of(read_go_test(log)))


def failures(run: GoRun) -> list[list[str]]:
    """What went wrong by itself, then what was taken down by it: line, test or package, how, first words."""
    return [*_builds(run), *_failed(run), *_timed_out(run), *_taken_down(run)]


def _builds(run: GoRun) -> Iterator[list[str]]:
    for package in run.packages:
        if package.status == "[build failed]":
            first = next((event.text for event in run.builds if not event.text.startswith("#")), "")
            yield [str(package.line), package.package, "does not compile: none of its tests ran", first]


def _failed(run: GoRun) -> Iterator[list[str]]:
    for test in run.failed():
        panic = next((line for line in test.lines if line[1].startswith("panic: ")), None)
        how = "panicked, and ended its package" if panic else "failed"
        yield [str(test.ended), test.name, how, panic[1] if panic else _first_words(test)]


def _timed_out(run: GoRun) -> Iterator[list[str]]:
    limits = [event.status for event in run.timeouts]
    for test in _caught(run):
        how = f"was running when the limit of {limits[0]} was reached"
        yield [str(test.started), test.name, how, _first_words(test)]


def _taken_down(run: GoRun) -> Iterator[list[str]]:
    caught = _caught(run)
    for test in run.without_end():
        if test not in caught:
            yield [str(test.started), test.name, "no result: taken down with its package", ""]


def _caught(run: GoRun) -> list[GoTest]:
    """The tests that a time-out names as still running."""
    names = {event.test for event in run.running}
    return [test for test in run.without_end() if test.name in names]


def _bar(test: GoTest, end: float) -> Bar:
    seconds = test.seconds or 0.0
    look = {"FAIL": "root", "SKIP": "cached"}.get(test.status, "good")
    return Bar(test.name, f"{test.status.lower()}, {seconds:.2f} s", end - seconds, end, look)  # type: ignore[arg-type]


def _first_words(test: GoTest) -> str:
    """The first line that says something; an assertion of testify begins with an empty one."""
    spoken = [text.strip() for _, text in test.lines if text.strip()]
    told = [text for text in spoken if text.startswith(("Error:", "expected", "panic: "))]
    return (told or spoken or [""])[0]
