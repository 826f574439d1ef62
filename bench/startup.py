"""How soon a diagnosis of a small log is there, against a Python that does nothing."""

import sys
from collections.abc import Iterator
from pathlib import Path

from biglog import ROOT
from diagnose import faultbook
from faultbook.catalogue.model import SAMPLES, Catalogue
from measure import Command, Row, medians, peak_memory
from signatures import install

SIZE = 5000
SAMPLE = "dagger/exec-oom-killed/engine.log"


def rows(folder: Path, catalogue: Catalogue, repetitions: int) -> Iterator[Row]:
    """The lines of the table: a 5 kB log when the compiled patterns are in the cache, and the help text."""
    log, home = folder / "small.log", folder / "startup"
    log.write_bytes((ROOT / SAMPLES / SAMPLE).read_bytes()[:SIZE])
    install(home, catalogue)
    commands = {
        "diagnose a 5 kB log": faultbook(home, "diagnose", str(log)),
        "--help": faultbook(home, "--help"),
        "peer": Command([sys.executable, "-c", "pass"]),
    }
    taken = medians(commands, repetitions)
    for what in ("diagnose a 5 kB log", "--help"):
        yield Row(f"{what} / python -c pass", taken[what], taken["peer"], peak_memory(commands[what]), repetitions)
