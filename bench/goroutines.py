"""Reading and grouping a big dump of goroutines against `wc -l`, the floor, and against a fifth of the dump."""

import re
import sys
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path

from biglog import ROOT
from measure import Command, Row, medians, peak_memory

NUMBER = 100_000
_PART = 5
_SAMPLE = ROOT / "playbooks" / "samples" / "dagger" / "exec-stuck-two-sessions" / "goroutines.txt"
_READ = "import sys; from faultbook.logs.goroutine_dump import read_dump; assert read_dump(sys.argv[1]).count == {}"


def rows(folder: Path, repetitions: int) -> Iterator[Row]:
    """The lines of the table; time that grows with the size of the dump alone gives a ratio of 5 in the second."""
    big, small = _dump(folder, NUMBER), _dump(folder, NUMBER // _PART)
    commands = {
        "big": _read(big, NUMBER),
        "small": _read(small, NUMBER // _PART),
        "wc": Command(["wc", "-l", str(big)]),
    }
    taken = medians(commands, repetitions)
    what = f"dump of {NUMBER:,} goroutines, {big.stat().st_size / 1e6:.0f} MB"
    yield Row(f"{what} / wc -l", taken["big"], taken["wc"], peak_memory(commands["big"]), repetitions)
    yield Row(f"{what} / a fifth", taken["big"], taken["small"], peak_memory(commands["small"]), repetitions)


def _read(path: Path, count: int) -> Command:
    return Command([sys.executable, "-c", _READ.format(count), str(path)])


def _dump(folder: Path, count: int) -> Path:
    """The goroutines of a captured dump again and again, each with an id of its own."""
    texts = _SAMPLE.read_text().rstrip("\n").split("\n\n")
    path = folder / f"goroutines.{count}.txt"
    with path.open("w") as dump:
        for number, text in enumerate(islice(cycle(texts), count), 1):
            dump.write(re.sub(r"^goroutine \d+", f"goroutine {number}", text) + "\n\n")
    return path
