"""Measure against peers in one run and print one table: `make bench`, or `python bench/run.py --help`."""

import argparse
import json
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import diagnose
import goroutines
import readers
import sitebuild
import snapshots
import startup
from biglog import ROOT, size_in_bytes
from faultbook.catalogue.store import current
from measure import Row, table

RESULTS = ROOT / "bench" / "results"
PARTS = ("startup", "site", "readers", "goroutines", "snapshots", "diagnose")


def main() -> None:
    """Print the table and keep the numbers in bench/results/<date>.json."""
    options = _options()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        measured = [row for part in options.only for row in _rows(part, Path(folder), options)]
    print(table(measured))
    RESULTS.mkdir(exist_ok=True)
    kept = [asdict(row) | {"ratio": row.ratio} for row in measured]
    (RESULTS / f"{time.strftime('%Y-%m-%d')}.json").write_text(json.dumps(kept, indent=1) + "\n")


def _rows(part: str, folder: Path, options: argparse.Namespace) -> Iterator[Row]:
    if part == "site":
        return sitebuild.rows(folder, options.repeat)
    if part == "readers":
        return readers.rows(folder, current(), options.repeat)
    if part == "goroutines":
        return goroutines.rows(folder, options.repeat)
    if part == "snapshots":
        return snapshots.rows(folder, options.repeat)
    if part == "startup":
        return startup.rows(folder, current(), options.repeat)
    return diagnose.rows(folder, current(), options.size, options.repeat)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure faultbook against peers in one run.")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, help="the parts to measure")
    parser.add_argument("--size", type=size_in_bytes, default="1G", help="of the biggest log: bytes, or with K, M, G")
    parser.add_argument("--repeat", type=int, default=5, help="repetitions; medians are shown")
    parser.add_argument("--folder", type=Path, help="where the logs are put (1.5 times --size); default: as tempfile")
    return parser.parse_args()


if __name__ == "__main__":
    main()
