"""What all readers share: the cleaned lines of a log, and durations as Go programs print them."""

import functools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from faultbook.matcher.line import strip_prefix
from faultbook.matcher.search import scannable
from faultbook.matcher.source import blocks, opened

DURATION = r"(?:\d+d)?(?:\d+h)?(?:\d+m)?\d+(?:\.\d+)?(?:ns|[uµ]s|ms|s)|\d+[dhm](?:\d+[hm])*"
_BLOCK = 1 << 18  # readers make many small strings of a block: a quarter of what searching takes at a time
_PART = re.compile(r"(\d+(?:\.\d+)?)(d|h|ms|m|s|[uµ]s|ns)")
_UNITS = {"d": 86400.0, "h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9}


def text_lines(log: str | Path | BinaryIO) -> Iterator[tuple[int, str]]:
    """Every line of a log as (1-based number, text as `matcher.line.clean` gives it), a block at a time.

    Raises `Refusal` as `matcher.source.opened` does (missing, binary, damaged archive), and nothing else.
    """
    with opened(log) as stream:
        for block in blocks(stream, _BLOCK):
            lines = scannable(block.data).decode("utf-8", "replace").split("\n")
            if block.data.endswith(b"\n"):
                lines.pop()
            for number, text in enumerate(lines, block.line):
                yield number, strip_prefix(text)


@functools.lru_cache(maxsize=4096)
def seconds(text: str) -> float | None:
    """A duration such as `0.2s`, `1m2s`, `10m0s` or `144.196585ms` in seconds; None when it is none."""
    parts = _PART.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        return None
    return round(sum(float(number) * _UNITS[unit] for number, unit in parts), 9)
