"""Take a capture in as a sample: `faultbook new sample`.

A capture is a folder with the logs of one real run and a `meta.json` which says what was done: `program`,
`version`, `command`, `title`, `provoked_by`, `started` or `notes`, `origin` (`captured`, or `captured, patched build`)
and `label` (a failure mode, `healthy` or `near-miss` with `near`). The bytes are copied as they are.
"""

import hashlib
import json
import re
import shutil
from pathlib import Path
from typing import Any

from faultbook.catalogue.samples import PAPERS
from faultbook.problems import Refusal

META = "meta.json"
_EDIT = re.compile(r"\b(?:is cut|are kept|is kept|shortened|removed from|left out of|without the register dump)\b")


def take_in(capture: Path, sample: Path) -> Path:
    """Copy the capture at `capture` to the new folder `sample` with a provenance; returns the papers' path.

    Raises `Refusal` when there is no readable `meta.json` or the sample exists already.
    """
    meta = _meta(capture)
    if sample.exists():
        raise Refusal(f"{sample}: exists already", "Choose another slug, or remove the old sample first.")
    logs = [path for path in sorted(capture.iterdir()) if path.is_file() and path.name != META]
    if not logs:
        raise Refusal(f"{capture}: holds no log", "Give the folder with the captured logs.")
    sample.mkdir(parents=True)
    for log in logs:
        shutil.copyfile(log, sample / log.name)
    papers = sample / PAPERS
    papers.write_text(_provenance(meta, sample.parent.name, logs), encoding="utf-8")
    return papers


def _meta(capture: Path) -> dict[str, Any]:
    try:
        meta = json.loads((capture / META).read_text(encoding="utf-8"))
    except FileNotFoundError:
        remedy = f"Write a {META} with at least program, version, command, title and provoked_by."
        raise Refusal(f"{capture / META}: no such file", remedy) from None
    except ValueError as error:
        raise Refusal(f"{capture / META}: is no JSON ({error})", "Mend it.") from None
    if not isinstance(meta, dict):
        raise Refusal(f"{capture / META}: is no mapping", 'Write {"program": ..., "version": ..., ...}.')
    missing = [key for key in ("program", "version", "command", "title") if not meta.get(key)]
    if missing:
        raise Refusal(f"{capture / META}: {', '.join(missing)} missing", "Add what is missing.")
    return meta


def _provenance(meta: dict[str, Any], system: str, logs: list[Path]) -> str:
    label = meta.get("label", "")
    edits, notes = _edits_and_notes(str(meta.get("notes") or ""))
    origin, _, build = str(meta.get("origin", "captured")).partition(", ")
    notes += [f"The program was a {build}."] if build else []
    lines = [
        f"kind: {origin}",
        _line("title", meta["title"]),
        _line("program", meta["program"]),
        _line("version", _version(str(meta["version"]))),
        _line("date", _date(meta, logs)),
        _line("command", meta["command"]),
        _line("provoked_by", meta.get("provoked_by") or meta["title"]),
        _line("edits", " ".join(edits) or "none"),
    ]
    if notes:
        lines.append(_line("notes", " ".join(notes)))
    if label == "healthy":
        lines.append("healthy: true")
    near = meta.get("near") if label in ("healthy", "near-miss") else None
    if near:
        lines.append(f"near_miss_of: {system}/{near}")
    lines.append("files:")
    lines += [f"  {log.name}: {hashlib.sha256(log.read_bytes()).hexdigest()}" for log in logs]
    return "\n".join(lines) + "\n"


def _edits_and_notes(text: str) -> tuple[list[str], list[str]]:
    """The sentences which say what was cut or changed, and the other ones."""
    sentences = [sentence for sentence in re.split(r"(?<=[.])\s+", text.strip()) if sentence]
    edits = [sentence for sentence in sentences if _EDIT.search(sentence)]
    return edits, [sentence for sentence in sentences if sentence not in edits]


def _line(key: str, text: str) -> str:
    """A YAML line; a JSON string is a YAML string, and never a number, a date or a comment by accident."""
    return f"{key}: {json.dumps(' '.join(str(text).split()), ensure_ascii=False)}"


def _version(text: str) -> str:
    """The program's version without the address it was asked at."""
    found = re.search(r"v?\d+\.\d+\S*", text)
    return found[0] if found else text


def _date(meta: dict[str, Any], logs: list[Path]) -> str:
    """The day of the run: as the capture says, else the first date in its logs."""
    started = str(meta.get("started", ""))
    if re.match(r"\d{4}-\d\d-\d\d", started):
        return started[:10]
    for log in logs:
        with log.open("rb") as text:
            found = re.search(rb"\d{4}-\d\d-\d\d", text.read(1 << 16))
        if found:
            return found[0].decode()
    return "unknown"
