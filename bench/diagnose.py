"""`faultbook diagnose` on a big log against `rg -c -f` with the same patterns, and against `wc -l`, the floor."""

import json
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from biglog import Variant, source, write
from faultbook.catalogue.model import Catalogue
from measure import Command, Row, medians, peak_memory
from signatures import for_rg, install, with_signatures

ENGINE, CLI = "dagger/engine-log", "dagger/cli-progress"
NUMBERS = (50, 300, 1000)
RG = Path(sys.executable).with_name("rg")


@dataclass(frozen=True)
class BigLog:
    """A generated log: its kind, and how many failures were planted in it."""

    path: Path
    kind: str
    planted: int


@dataclass(frozen=True)
class Case:
    """A diagnosis and its peer."""

    what: str
    log: BigLog
    ours: Command
    peer: Command


def rows(folder: Path, catalogue: Catalogue, size: int, repetitions: int) -> Iterator[Row]:
    """The lines of the table; `size` is that of the biggest log. Raises `SystemExit` if a planted failure is missed."""
    cases = list(_cases(folder, catalogue, size))
    for case in cases:
        _check(case)
    ours = medians({case.what: case.ours for case in cases} | _peers(cases), repetitions)
    for case in cases:
        yield Row(f"{case.what} / rg", ours[case.what], ours[f"{case.what} / rg"], peak_memory(case.ours), repetitions)
    few, many = (f"engine log, {number} signatures" for number in (NUMBERS[0], NUMBERS[-1]))
    yield Row(f"{many} / {NUMBERS[0]} signatures", ours[many], ours[few], None, repetitions)
    yield Row(f"{cases[0].what} / wc -l", ours[cases[0].what], ours["wc"], None, repetitions)


def faultbook(home: Path, *arguments: str) -> Command:
    """The program as installed in `home`, with a cache of its own."""
    environment = {"PYTHONPATH": str(home), "FAULTBOOK_CACHE": str(home / "cache")}
    return Command([sys.executable, "-m", "faultbook", *arguments], environment=environment)


def _cases(folder: Path, catalogue: Catalogue, size: int) -> Iterator[Case]:
    """The catalogue as it is, catalogues with fewer and more signatures, and harder logs."""
    engine = _big_log(folder / "engine.log", ENGINE, catalogue, size)
    yield _case("engine log, the catalogue", engine, catalogue)
    for number in NUMBERS:
        yield _case(f"engine log, {number} signatures", engine, with_signatures(catalogue, ENGINE, number))
    coloured = _big_log(folder / "coloured.log", ENGINE, catalogue, size // 4, Variant(crlf=True, ansi=True))
    yield _case("engine log with colours and CRLF, a quarter", coloured, catalogue)
    yield _case("CLI log, a quarter", _big_log(folder / "cli.log", CLI, catalogue, size // 4), catalogue)


def _big_log(path: Path, kind: str, catalogue: Catalogue, size: int, variant: Variant | None = None) -> BigLog:
    return BigLog(path, kind, write(path, size, source(catalogue, kind, variant or Variant())))


def _case(what: str, log: BigLog, catalogue: Catalogue) -> Case:
    home = Path(tempfile.mkdtemp(dir=log.path.parent))
    install(home, catalogue)
    patterns = home / "patterns"
    patterns.write_text(for_rg(catalogue, log.kind))
    peer = Command([str(RG), "--no-config", "--count", "--file", str(patterns), str(log.path)])
    return Case(what, log, faultbook(home, "diagnose", "--json", str(log.path)), peer)


def _check(case: Case) -> None:
    found = json.loads(case.ours.output())
    hits = sum(finding["hits"] for finding in found["findings"])
    if found["logs"][0]["kind"] != case.log.kind or hits < case.log.planted:
        raise SystemExit(f"{case.what}: {case.log.planted} failures were planted, {hits} found")


def _peers(cases: list[Case]) -> dict[str, Command]:
    floor = Command(["wc", "-l", str(cases[0].log.path)])
    return {f"{case.what} / rg": case.peer for case in cases} | {"wc": floor}
