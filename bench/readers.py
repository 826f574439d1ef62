"""Readers of log formats on a big generated log against the same interpreter reading its lines as text."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from biglog import Variant, source, write
from faultbook.catalogue.model import Catalogue
from measure import Command, Row, medians, peak_memory

SIZE = 100 << 20
_LINES = "import sys\nfor _ in open(sys.argv[1], encoding='utf-8', errors='replace'): pass"
_DRAIN = "import sys, {module} as m\nfor _ in m.{function}(sys.argv[1]): pass"
_CALL = "import sys, {module} as m\nm.{function}(sys.argv[1])"


@dataclass(frozen=True)
class Reader:
    """A reader: the kind of log it reads, where it is, and whether it yields records or answers with one."""

    log: str
    module: str
    function: str
    yields: bool = True

    def on(self, log: Path) -> Command:
        """The command that reads a whole log with it."""
        program = (_DRAIN if self.yields else _CALL).format(module=self.module, function=self.function)
        return Command([sys.executable, "-c", program, str(log)])


READERS = (
    Reader("dagger/engine-log", "faultbook.logs.engine", "read_engine"),
    Reader("dagger/engine-log", "faultbook.logs.lives", "lives"),
    Reader("dagger/cli-progress", "faultbook.logs.progress", "read_progress"),
    Reader("dagger/cli-progress", "faultbook.logs.steps", "read_steps", yields=False),
    Reader("dagger/kernel-log", "faultbook.logs.kernel", "read_kernel"),
    Reader("dagger/go-test", "faultbook.logs.gotest", "read_go_test"),
)


def rows(folder: Path, catalogue: Catalogue, repetitions: int) -> Iterator[Row]:
    """The lines of the table, on logs of 100 MiB."""
    logs = {kind: _big_log(folder, catalogue, kind) for kind in sorted({reader.log for reader in READERS})}
    lines = {kind: Command([sys.executable, "-c", _LINES, str(log)]) for kind, log in logs.items()}
    ours = {f"{reader.function} / lines of Python": reader.on(logs[reader.log]) for reader in READERS}
    taken = medians(ours | lines, repetitions)
    for reader, (what, command) in zip(READERS, ours.items(), strict=True):
        yield Row(f"100 MiB {what}", taken[what], taken[reader.log], peak_memory(command), repetitions)


def _big_log(folder: Path, catalogue: Catalogue, kind: str) -> Path:
    log = folder / f"{kind.replace('/', '-')}.log"
    write(log, SIZE, source(catalogue, kind, Variant()))
    return log
