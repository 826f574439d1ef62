"""The browser finds what the command line finds: on every sample, and on lines made to be read differently."""

import base64
import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from faultbook.catalogue.model import SAMPLES, Catalogue
from faultbook.diagnose import diagnose
from faultbook.matcher.line import MAX_LINE
from faultbook.report.json import as_json
from tests.browser.conftest import Open

_RUN = """async (files) => {
  const known = new faultbook.diagnosis.Catalogue(faultbook.data);
  const found = [];
  for (const [name, data] of files) {
    const bytes = Uint8Array.from(atob(data), (char) => char.charCodeAt(0));
    found.push(await faultbook.diagnosis.diagnose([{ name, blob: new Blob([bytes]) }], known));
  }
  return found;
}"""
_CHUNK = 60


@pytest.fixture
def page(visit: Open) -> Page:
    """A page that has the scripts of the diagnosis."""
    return visit("diagnose/")


def compared(page: Page, files: list[Path], catalogue: Catalogue) -> list[str]:
    """The files in which the two find something different; how many there were is asserted by the caller."""
    wrong = []
    for chunk in _batched(files):
        given = [[str(path), base64.b64encode(path.read_bytes()).decode()] for path in chunk]
        for path, theirs in zip(chunk, page.evaluate(_RUN, given), strict=True):
            if _plain(theirs) != ours(path, catalogue):
                wrong.append(f"{path}: {_plain(theirs)} instead of {ours(path, catalogue)}"[:3000])
    return wrong


def ours(path: Path, catalogue: Catalogue) -> dict[str, Any]:
    """What the command line finds, as far as both say it."""
    told = json.loads(as_json(diagnose([str(path)], catalogue)))
    return {key: told[key] for key in ("findings", "unexplained")} | {"logs": [_log(log) for log in told["logs"]]}


def _plain(theirs: dict[str, Any]) -> dict[str, Any]:
    """A diagnosis of the browser without the lines around the evidence."""
    for finding in theirs["findings"]:
        for evidence in finding["evidence"]:
            del evidence["context"]
    return {
        "findings": theirs["findings"],
        "unexplained": theirs["unexplained"],
        "logs": [_log(log) for log in theirs["logs"]],
    }


def _log(log: dict[str, Any]) -> dict[str, Any]:
    return {key: log[key] for key in ("path", "kind", "bytes", "lines")}


def _batched(files: list[Path]) -> Iterator[tuple[Path, ...]]:
    for start in range(0, len(files), _CHUNK):
        yield tuple(files[start : start + _CHUNK])


@pytest.mark.browser
def test_every_sample_comes_out_the_same(page: Page, real_root: Path, real_catalogue: Catalogue) -> None:
    """Findings with their evidence, line, column, offset and fields, and the unexplained lines, file by file."""
    names = [(sample.id, file.name) for sample in real_catalogue.samples.values() for file in sample.files if file.log]
    files = [real_root / SAMPLES / ident / name for ident, name in names]
    readable = [path for path in files if not diagnose([str(path)], real_catalogue).refusals]
    assert len(readable) > 300
    assert compared(page, readable, real_catalogue) == []


_STARTS = {
    "plain": b"",
    "github": b"2026-11-21T05:39:03.6184240Z ",
    "gh": "build\tRun tests\t\ufeff2026-11-21T05:39:03Z ".encode(),
    "cri": b"2026-11-21T05:39:03.61Z stdout F ",
    "compose": b"engine-1  | ",
    "kubectl": b"[pod/engine-0/dagger] ",
    "mark": "\ufeff".encode(),
    "astral": "😀".encode(),
    "many astral": "😀".encode() * 130 + b" | ",
    "far tab": "ä".encode() * 199 + b"\t",
    "invalid": b"\xff\xfe",
    "cut sequence": b"\xe2\x82",
    "overlong": b"\xc0\xaf\xed\xa0\x80\xf4\x90\x80\x80",
    "nul": b"\0\0",
    "colour": b"\x1b[31m",
    "link": b"\x1b]8;;http://x\x07",
    "half escape": b"\x1b[",
    "separator": "\u2028\u2029\u0085".encode(),
    "spaces": "\u00a0\u3000\t ".encode(),
    "direction": "\u202e".encode(),
}
_ENDS = {
    "plain": b"\n",
    "none": b"",
    "crlf": b"\r\n",
    "returns": b"\r\r\r\n",
    "colour": b"\x1b[0m\r\n",
    "invalid": b"\xe2\n",
    "long": b"x" * 3000 + b"\n",
    "separator": "\u2028more\n".encode(),
}
_MIDDLES = {
    "none": (b"", b""),
    "colour": (b" ", b" \x1b[1;33m"),
    "return": (b"error", b"err\ror"),
    "case": (b"e", b"E"),
}


def nasty(tmp_path: Path, evidence: list[bytes]) -> Iterator[Path]:
    """Files of one or more odd lines, each of real evidence behind the first lines of a real log."""
    for number, (start, end, middle) in enumerate(itertools.product(_STARTS, _ENDS, _MIDDLES)):
        old, new = _MIDDLES[middle]
        line = evidence[number % len(evidence)]
        path = tmp_path / f"{number}-{start}-{end}-{middle}".replace(" ", "-")
        changed = line.replace(old, new) if old else line
        path.write_bytes(_STARTS[start] + changed + _ENDS[end] + line[:40] + b"\n")
        yield path


@pytest.mark.browser
def test_nasty_lines_come_out_the_same(page: Page, real_root: Path, real_catalogue: Catalogue, tmp_path: Path) -> None:
    """Prefixes, escape sequences, invalid UTF-8, odd ends, with and without a known log around them."""
    evidence = sorted(_evidence(real_root, real_catalogue))[::3]
    files = list(nasty(tmp_path, evidence))
    assert len(files) >= 600 and len(set(evidence)) > 30
    found = [path for path in files if diagnose([str(path)], real_catalogue).findings]
    assert len(found) > 100
    assert compared(page, files, real_catalogue) == []


@pytest.mark.browser
@pytest.mark.parametrize("before", [MAX_LINE - 500, MAX_LINE - 20, MAX_LINE + 5, 3 * MAX_LINE])
def test_a_line_of_any_length_is_searched_to_the_same_place(
    page: Page, real_root: Path, real_catalogue: Catalogue, tmp_path: Path, before: int
) -> None:
    """What stands behind the first MiB of a line is not looked at; the next line has its right number and offset."""
    line = next(line for line in sorted(_evidence(real_root, real_catalogue)) if b"connection refused" in line)
    (path := tmp_path / "long").write_bytes(b"x" * before + line + b"\n" + line + b"\n")
    assert compared(page, [path], real_catalogue) == []


def _evidence(root: Path, catalogue: Catalogue) -> set[bytes]:
    """One line of evidence for each failure mode that a line shows."""
    found = set()
    for failure in catalogue.failures.values():
        if failure.signatures:
            diagnosis = diagnose([str(root / SAMPLES / failure.samples[0])], catalogue)
            mine = next((one for one in diagnosis.findings if one.failure.id == failure.id), None)
            if mine:
                found.add(mine.evidence[0].hit.text.encode())
    return found
