"""The tests of one `go test` run, built from its events."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from faultbook.logs.gotest import Event

_KEPT = 40


@dataclass
class GoTest:
    """One test. `status` is PASS, FAIL or SKIP; "" when the log never says how it ended.

    `lines` are the last it printed; `stack` is its goroutine in the dump of a time-out. `started` and `ended` are
    1-based lines, 0 where the log has none.
    """

    name: str
    package: str
    started: int = 0
    ended: int = 0
    status: str = ""
    seconds: float | None = None
    lines: list[tuple[int, str]] = field(default_factory=list)
    stack: list[tuple[int, str]] = field(default_factory=list)


@dataclass
class GoRun:
    """A run: tests by (package, name), how each package ended, panics, time-outs and build errors, as events."""

    tests: dict[tuple[str, str], GoTest] = field(default_factory=dict)
    packages: list[Event] = field(default_factory=list)
    panics: list[Event] = field(default_factory=list)
    timeouts: list[Event] = field(default_factory=list)
    running: list[Event] = field(default_factory=list)
    goroutines: list[Event] = field(default_factory=list)
    builds: list[Event] = field(default_factory=list)
    goroutine: list[tuple[int, str]] = field(default_factory=list)

    def failed(self) -> list[GoTest]:
        """The innermost tests that failed: a parent which only repeats its subtest's failure is left out."""
        failing = [test for test in self.tests.values() if test.status == "FAIL"]
        return [test for test in failing if not any(_inside(other, test) for other in failing)]

    def without_end(self) -> list[GoTest]:
        """GoRun that began and of which no result is in the log: taken down by a panic or the time limit."""
        return [test for test in self.tests.values() if test.started and not test.status]


def go_run_of(events: Iterable[Event]) -> GoRun:
    """Build a run from the events of one log.

    Text names the package only at its end; its tests then get that name. Of a dump the heads of all goroutines are
    kept, and whole those in which a test that was still running stands.
    """
    run = GoRun()
    current: GoTest | None = None
    for event in events:
        current = _take(run, event, current)
    return run


def _take(run: GoRun, event: Event, current: GoTest | None) -> GoTest | None:
    """Take one event in; returns the test which the lines after it belong to."""
    if event.kind in ("run", "result"):
        return _test_event(run, event)
    if event.kind == "package":
        run.packages.append(event)
        _name_package(run, event.package)
        return None
    lists = {"panic": run.panics, "timeout": run.timeouts, "running": run.running, "goroutine": run.goroutines}
    if event.kind in lists:
        lists[event.kind].append(event)
        run.goroutine = [(event.line, event.text)] if event.kind == "goroutine" else []
    elif run.goroutine and run.timeouts:
        _take_frame(run, event)
        return current
    elif event.kind == "build" or _continues_build(run, event, current):
        run.builds.append(event)
    test = run.tests.get((event.package, event.test)) if event.test else current
    if test and event.kind in ("output", "panic", "timeout"):
        test.lines = [*test.lines[-_KEPT + 1 :], (event.line, event.text)]
    return test


def _take_frame(run: GoRun, event: Event) -> None:
    """A line of the dump of a time-out; at the empty line behind a goroutine it is given to the test it runs."""
    if event.text:
        run.goroutine.append((event.line, event.text))
        return
    frames = "\n".join(text for _, text in run.goroutine)
    for running in run.running:
        test = next((test for test in run.without_end() if test.name == running.test), None)
        if test and not test.stack and f".{test.name.split('/')[0]}(" in frames:
            test.stack = run.goroutine[:_KEPT]
    run.goroutine = []


def _continues_build(run: GoRun, event: Event, current: GoTest | None) -> bool:
    """In text a build error is a head and the lines right after it."""
    return event.kind == "output" and not current and bool(run.builds) and event.line == run.builds[-1].line + 1


def _test_event(run: GoRun, event: Event) -> GoTest:
    test = run.tests.setdefault((event.package, event.test), GoTest(event.test, event.package))
    if event.kind == "run":
        test.started = test.started or event.line
    else:
        test.ended, test.status, test.seconds = event.line, event.status, event.seconds
    return test


def _name_package(run: GoRun, package: str) -> None:
    """Give the tests seen since the last package (text form) the name of this one."""
    for key in [key for key in run.tests if not key[0]]:
        test = run.tests.pop(key)
        test.package = package
        run.tests[package, key[1]] = test


def _inside(inner: GoTest, outer: GoTest) -> bool:
    return inner.package == outer.package and inner.name.startswith(f"{outer.name}/")
