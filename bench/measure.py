"""Measure commands: seconds in interleaved repetitions, and the most memory a command and its children hold."""

import os
import statistics
import subprocess
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

_PROC = Path("/proc")
_PAUSE = 0.01


@dataclass(frozen=True)
class Command:
    """A program with its arguments, the folder it runs in, and what is added to its environment."""

    arguments: Sequence[str]
    folder: Path | None = None
    environment: dict[str, str] = field(default_factory=dict)

    def start(self) -> subprocess.Popen[bytes]:
        """Run it; what it prints is thrown away."""
        environment = os.environ | self.environment
        null = subprocess.DEVNULL
        return subprocess.Popen(self.arguments, cwd=self.folder, env=environment, stdout=null, stderr=null)

    def output(self) -> bytes:
        """Run it to its end; what it printed on stdout."""
        environment = os.environ | self.environment
        return subprocess.run(self.arguments, cwd=self.folder, env=environment, stdout=-1, check=False).stdout


@dataclass(frozen=True)
class Row:
    """One line of the table: ours against a peer, in seconds (medians of `n`), and our memory in bytes, if known."""

    what: str
    ours: float
    peer: float
    memory: int | None
    n: int

    @property
    def ratio(self) -> float:
        """Our time in units of the peer's: below 1 is faster."""
        return self.ours / self.peer


def medians(commands: dict[str, Command], repetitions: int) -> dict[str, float]:
    """Median seconds of each command. Every repetition runs all of them, so that each meets the same machine."""
    for command in commands.values():
        _seconds(command)  # fills caches, its own and those of the disk
    taken: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(repetitions):
        for name, command in commands.items():
            taken[name].append(_seconds(command))
    return {name: statistics.median(seconds) for name, seconds in taken.items()}


def peak_memory(command: Command) -> int | None:
    """The most bytes a command and its children hold at once; pages they share count for each. None without /proc."""
    process, most = command.start(), 0
    while process.poll() is None:
        most = max(most, sum(map(_resident, _tree(process.pid))))
        time.sleep(_PAUSE)
    return most or None


def table(rows: Iterable[Row]) -> str:
    """The rows as text for the terminal."""
    lines = [("what", "ours", "peer", "ratio", "memory", "n"), *map(_cells, rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join([first.ljust(widths[0]), *map(str.rjust, others, widths[1:])]) for first, *others in lines
    )


def _cells(row: Row) -> tuple[str, ...]:
    memory = f"{row.memory / 1e6:.0f} MB" if row.memory else "-"
    return row.what, f"{row.ours:.2f} s", f"{row.peer:.2f} s", f"{row.ratio:.2f}", memory, str(row.n)


def _seconds(command: Command) -> float:
    started = time.perf_counter()
    command.start().wait()
    return time.perf_counter() - started


def _tree(process: int) -> Iterator[int]:
    """A process and all below it."""
    yield process
    for task in (_PROC / str(process) / "task").glob("*"):
        for child in _read(task / "children").split():
            yield from _tree(int(child))


def _resident(process: int) -> int:
    pages = _read(_PROC / str(process) / "statm").split()
    return int(pages[1]) * os.sysconf("SC_PAGE_SIZE") if pages else 0


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:  # it has ended in the meantime
        return ""
