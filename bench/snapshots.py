"""Reading a cache snapshot of 100 MB against `jq length`, which builds all of it, and against a fifth of the file."""

import gzip
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from biglog import ROOT
from measure import Command, Row, medians, peak_memory

SAMPLE = ROOT / "playbooks" / "samples" / "dagger" / "metrics-leak-slow" / "cache.after.json.gz"
SIZE = 100_000_000
FIFTH = 5
_READ = "import sys; from faultbook.logs.snapshot import read_snapshot as read; print(len(read(sys.argv[1]).results))"
_REPORT = "import sys; from faultbook.playbooks.dagger.cache_snapshot import read; read([sys.argv[1]]).overview()"
_IDS = frozenset(("shared_result_id", "output_eq_class_ids", "explicit_dep_ids", "associated_term_ids", "term_id"))
_MORE_IDS = frozenset(("shared_result_ids", "input_eq_ids", "output_eq_id", "eq_class_id", "resultID"))
_LISTS = ("results", "result_digest_indexes", "terms", "result_terms", "digests", "eq_classes")


def rows(folder: Path, repetitions: int) -> Iterator[Row]:
    """The lines of the table. Raises `SystemExit` if not all results are read."""
    big, small = folder / "cache.json", folder / "cache.fifth.json"
    copies = write(big, SIZE)
    write(small, SIZE // FIFTH)
    commands = {
        "read": _python(_READ, big),
        "report": _python(_REPORT, big),
        "fifth": _python(_READ, small),
        "jq": Command(["jq", "length", str(big)]),
    }
    if int(commands["read"].output()) != copies * len(_sample()["results"]):
        raise SystemExit("cache snapshot: not all results were read")
    taken = medians(commands, repetitions)
    memory = {name: peak_memory(commands[name]) for name in ("read", "report", "fifth", "jq")}
    size = f"cache snapshot, {SIZE // 1_000_000} MB"
    yield Row(f"{size}: read / jq length", taken["read"], taken["jq"], memory["read"], repetitions)
    yield Row(f"{size}: what keeps what / jq length", taken["report"], taken["jq"], memory["report"], repetitions)
    yield Row(f"{size} / a fifth of it", taken["read"], taken["fifth"], memory["fifth"], repetitions)
    yield Row(f"{size}: jq length / read", taken["jq"], taken["read"], memory["jq"], repetitions)


def write(path: Path, size: int) -> int:
    """Write a snapshot of about `size` bytes: copies of a captured one, each with its own ids; how many there are."""
    sample, copies = _sample(), 0
    step = 1 + max(item["shared_result_id"] for item in sample["results"])
    parts: dict[str, list[str]] = {name: [] for name in _LISTS}
    written = 0
    while written < size:
        for name in _LISTS:
            text = json.dumps(_shifted(sample[name], copies * step * 2), separators=(",", ":"))[1:-1]
            parts[name].append(text)
            written += len(text)
        copies += 1
    head = {name: value for name, value in sample.items() if name not in _LISTS}
    lists = ",".join(f'"{name}":[{",".join(texts)}]' for name, texts in parts.items())
    path.write_text(json.dumps(head, separators=(",", ":"))[:-1] + f",{lists}}}")
    return copies


def _sample() -> dict[str, Any]:
    with gzip.open(SAMPLE) as file:
        loaded: dict[str, Any] = json.load(file)
    return loaded


def _shifted(value: Any, by: int, name: str = "") -> Any:
    """The same with every id raised by `by`, and digests made different where `by` is not 0."""
    if isinstance(value, dict):
        return {key: _shifted(item, by, key) for key, item in value.items()}
    if isinstance(value, list):
        return [_shifted(item, by, name) for item in value]
    if isinstance(value, int) and (name in _IDS or name in _MORE_IDS):
        return value + by
    return f"xxh3:{int(value[5:], 16) ^ by:016x}" if isinstance(value, str) and value.startswith("xxh3:") else value


def _python(code: str, path: Path) -> Command:
    return Command([sys.executable, "-c", code, str(path)], environment={"PYTHONPATH": str(ROOT / "src")})
