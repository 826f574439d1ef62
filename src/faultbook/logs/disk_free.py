"""The output of `df`: the file systems of a machine, with their size and what is left.

    Filesystem     1K-blocks   Used Available Use% Mounted on
    /dev/loop0        277623 272630       897 100% /var/lib/dagger

Source: df of GNU coreutils and BusyBox, with blocks of 1024 bytes (the default, `-k` or `-kP`).

What misleads: `Used` and `Available` do not add up to the size, because a part is reserved for root. `Use%` is
rounded up. A disk may be full with space left when it has no inodes left: that is `df -i`, another table.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from faultbook.logs.reading import text_lines
from faultbook.problems import Refusal

_HEAD = re.compile(r"Filesystem +(\S+) +Used +Available ")
_BLOCKS = {"1K-blocks", "1024-blocks"}
_ROW = re.compile(r"(\S.*?) +(\d+) +(\d+) +(-?\d+) +(?:\d+%|-) +(/.*)")
_REMEDY = "Take it with blocks of 1 kB: df -kP /var/lib/dagger > df.txt"


@dataclass(frozen=True, slots=True)
class Filesystem:
    """A file system; sizes are in bytes. `line` is 1-based."""

    line: int
    device: str
    size: int
    used: int
    available: int
    mounted_on: str


def read_disk_free(log: str | Path | BinaryIO) -> Iterator[Filesystem]:
    """Every file system of a table of `df`, in its order; errors that df printed between them are passed over.

    Raises `Refusal` for another table (`df -h`, `df -i`), a damaged row, text without a table, and as `text_lines`.
    """
    name = Path(log).name if isinstance(log, str | Path) else "the table"
    headed = False
    for number, text in text_lines(log):
        if not text or text.startswith("df: "):
            continue
        if text.startswith("Filesystem"):
            _check_head(name, number, text)
            headed = True
        elif headed:
            yield _row(name, number, text)
        else:
            raise Refusal(f"{name}:{number}: no table of df begins here", _REMEDY)
    if not headed:
        raise Refusal(f"{name}: no table of df is in it", _REMEDY)


def holding(filesystems: Sequence[Filesystem], folder: str) -> Filesystem | None:
    """The file system that holds `folder`, an absolute path: the one with the longest mount point above it.

    A table of one row was asked for a folder, so that row is it, wherever the folder is.
    """
    if len(filesystems) == 1:
        return filesystems[0]
    above = [one for one in filesystems if f"{folder}/".startswith(f"{one.mounted_on.rstrip('/')}/")]
    return max(above, key=lambda one: len(one.mounted_on), default=None)


def _check_head(name: str, number: int, text: str) -> None:
    head = _HEAD.match(text)
    if not head or head[1] not in _BLOCKS:
        raise Refusal(f"{name}:{number}: this is no table of space in blocks of 1 kB: {text}", _REMEDY)


def _row(name: str, number: int, text: str) -> Filesystem:
    row = _ROW.fullmatch(text)
    if not row:
        raise Refusal(f"{name}:{number}: this is no row of such a table: {text[:80]}", _REMEDY)
    device, size, used, available, mounted_on = row.groups()
    return Filesystem(number, device, int(size) << 10, int(used) << 10, int(available) << 10, mounted_on)
