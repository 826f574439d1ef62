"""The build of the site against a plain MkDocs build, with Material, of the very same Markdown."""

import sys
from collections.abc import Iterator
from pathlib import Path

from biglog import ROOT
from measure import Command, Row, medians, peak_memory


def rows(folder: Path, repetitions: int) -> Iterator[Row]:
    """The line of the table. Raises `SystemExit` when the site does not build."""
    plain = folder / "plain"
    recorder = Command([sys.executable, str(ROOT / "bench/record.py"), str(plain)], ROOT)
    if recorder.start().wait():
        raise SystemExit("the site does not build: see `make site`")
    mkdocs = str(Path(sys.executable).with_name("mkdocs"))
    commands = {
        "ours": Command([mkdocs, "build", "--quiet", "--site-dir", str(folder / "site")], ROOT),
        "plain": Command([mkdocs, "build", "--quiet", "--config-file", str(plain / "mkdocs.yml")]),
    }
    taken = medians(commands, repetitions)
    pages = sum(1 for _ in plain.glob("docs/**/*.md"))
    memory = peak_memory(commands["ours"])
    yield Row(f"site of {pages} pages / plain MkDocs", taken["ours"], taken["plain"], memory, repetitions)
