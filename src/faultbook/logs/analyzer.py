"""What the analyzer shipped with the Dagger engine's sources prints about a dump of the cache.

    Snapshot: cache.3-after.json
    Loaded in: 64ms

    Counts
    - results: 4332
    ...
    Retention Shape
    - ref_count>0: 0
    - orphan zero-ref non-persisted roots: 4
    - known nonzero size estimates: 0 results, 0 B total
    - refcount buckets: 0=4332 1=0 2-5=0 6-20=0 21+=0

Source: dagql-cache-analyzer.go, in skills/cache-expert/scripts of dagger v0.21.8 and skills/engine-debugging/scripts of
v1.0.0-beta.11. It reads `ref_count`, `dep_of_persisted_result`, `size_estimate_bytes` and two more fields that no
engine since v0.21.0 writes, so what it says about owners and sizes is always 0; counts, edges and types are right.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from faultbook.logs.reading import text_lines
from faultbook.matcher.source import display_name
from faultbook.problems import Refusal

OWNED = "ref_count>0"
ORPHANS = "orphan zero-ref non-persisted roots"
PERSISTED = "dep_of_persisted_result=true"
SIZES = "known nonzero size estimates"
_SNAPSHOT = "Snapshot: "
_SECTIONS = ("Counts", "Retention Shape")


@dataclass(frozen=True)
class Analysis:
    """One output. `snapshot` is the file it read, `counts` and `claims` are its first two sections, by their words."""

    name: str
    snapshot: str
    counts: Mapping[str, int]
    claims: Mapping[str, str]


def read_analysis(log: str | Path | BinaryIO) -> Analysis:
    """The analyzer's output. Raises `Refusal` for another text, and as `text_lines` does."""
    name = Path(display_name(log)).name
    sections: dict[str, dict[str, str]] = {section: {} for section in _SECTIONS}
    snapshot = section = ""
    for _, text in text_lines(log):
        if text.startswith(_SNAPSHOT):
            snapshot = Path(text.removeprefix(_SNAPSHOT)).name
        elif not text.startswith("- "):
            section = text.strip()
        elif section in sections:
            words, _, value = text[2:].partition(": ")
            sections[section][words] = value
    counts, claims = (sections[section] for section in _SECTIONS)
    if not (snapshot and counts and claims):
        what = "is no output of dagql-cache-analyzer.go: it has no `Snapshot:`, no counts or no `Retention Shape`"
        raise Refusal(
            f"{name}: {what}", "Run it on a dump and keep all it prints: `go run ... cache.json > analyzer.txt`."
        )
    return Analysis(name, snapshot, {words: int(value) for words, value in counts.items() if value.isdigit()}, claims)
