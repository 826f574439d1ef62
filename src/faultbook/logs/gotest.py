"""Output of `go test`: as text (with or without `-v`), or as JSON lines (`-json`), also inside a CI job log.

    --- FAIL: TestX (0.01s)
    FAIL	example.com/pkg	0.005s
    {"Time":"...","Action":"output","Package":"example.com/pkg","Test":"TestX","Output":"--- FAIL: TestX (0.01s)\\n"}

Sources of the formats: `go help test`, `go doc test2json`, src/testing/testing.go and src/cmd/internal/test2json of
Go 1.26. In JSON the text of every line is in `Output`, so both forms are read by the same rules. Text does not say
to which package a line belongs until the package ends; JSON says it on every line.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

from faultbook.logs.reading import text_lines

Kind = Literal["run", "result", "output", "panic", "timeout", "running", "goroutine", "package", "build"]

_RUN = re.compile(r"=== RUN\s+(\S+)$")
_RESULT = re.compile(r"(?: {4})*--- (PASS|FAIL|SKIP): (\S+) \((\d+\.\d+)s\)$")
_PACKAGE = re.compile(r"(ok  |FAIL|\?   )\t(\S+)(?:\t(\d+\.\d+)s)?(?:.*?(\[build failed\]|\[setup failed\]))?")
_TIMEOUT = re.compile(r"panic: test timed out after (\S+)$")
_RUNNING = re.compile(r"\t\t(\S+) \((\S+)\)$")
_GOROUTINE = re.compile(r"goroutine (\d+)(?: gp=\S+ m=\S+(?: mp=\S+)?)? \[([^\],]+)")


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that `go test` said, at a 1-based line.

    `kind`: a test starts (`run`) or ends (`result`, with `status` PASS, FAIL or SKIP and `seconds`); a `panic`; the
    time limit ended the package (`timeout`), with one `running` event for each test that was still running; the head of
    a `goroutine` of the dump that follows a panic (`status` is its state); a `package` ends; a `build` error; any other
    `output`. `test` and `package` are "" where the log does not say. `text` is the line without prefix.
    """

    line: int
    kind: Kind
    text: str
    test: str = ""
    package: str = ""
    status: str = ""
    seconds: float | None = None


def read_go_test(log: str | Path | BinaryIO) -> Iterator[Event]:
    """Every line of the output as an event.

    Never raises on what the log contains: a JSON line that is cut is output. Raises `Refusal` when it cannot be read.
    """
    yield from read_go_lines(text_lines(log))


def read_go_lines(lines: Iterable[tuple[int, str]]) -> Iterator[Event]:
    """The same for lines, (1-based number, text), that were taken out of another log."""
    for number, text in lines:
        if text.startswith("{"):
            yield from _json_event(number, text)
        else:
            yield _event(number, text)


def _json_event(number: int, text: str) -> Iterator[Event]:
    """The event in the `Output` of a JSON line; lines of other actions say nothing that the output does not."""
    try:
        record = json.loads(text)
    except ValueError:
        yield Event(number, "output", text)
        return
    output = record.get("Output") if isinstance(record, dict) else None
    if not isinstance(output, str):
        return
    package = str(record.get("Package") or str(record.get("ImportPath", "")).split(" ")[0])
    if record.get("Action") == "build-output":
        yield Event(number, "build", output.rstrip("\n"), package=package)
    else:
        yield _event(number, output.rstrip("\n"), str(record.get("Test", "")), package)


def _event(number: int, text: str, test: str = "", package: str = "") -> Event:
    if found := _RESULT.match(text):
        return Event(number, "result", text, found[2], package, found[1], float(found[3]))
    if found := _RUN.match(text):
        return Event(number, "run", text, found[1], package)
    if found := _TIMEOUT.match(text):
        return Event(number, "timeout", text, test, package, found[1])
    if text.startswith("panic: "):
        return Event(number, "panic", text, test, package)
    if found := _RUNNING.match(text):
        return Event(number, "running", text, found[1], package, found[2])
    if found := _GOROUTINE.match(text):
        return Event(number, "goroutine", text, test, package, found[2])
    return _package_event(number, text, test, package)


def _package_event(number: int, text: str, test: str, package: str) -> Event:
    found = _PACKAGE.match(text)
    if found:
        status = found[4] or {"ok  ": "PASS", "FAIL": "FAIL", "?   ": "SKIP"}[found[1]]
        return Event(number, "package", text, "", found[2], status, float(found[3]) if found[3] else None)
    if text.startswith("# ") and "/" in text:
        return Event(number, "build", text, package=text[2:].split(" ")[0])
    return Event(number, "output", text, test, package)
