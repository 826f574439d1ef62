"""What a start says about the state directory."""

import io
from pathlib import Path

import pytest

from faultbook.logs.state import CACHE, SNAPSHOTS, STORE, StateLine, read_state

SAMPLES = Path(__file__).parents[2] / "playbooks" / "samples" / "dagger"
RESET = (
    'time=2026-11-21T05:08:08.150Z level=WARN msg="local cache state invalid; resetting worker and dagql persistence'
    ' state" '
)


def told(sample: str, file: str = "engine.log") -> list[StateLine]:
    return list(read_state(SAMPLES / sample / file))


@pytest.mark.parametrize(
    ("sample", "line", "kind", "file", "error"),
    [
        ("state-db-corrupt-dagql", 16, "unreadable", CACHE, "list mirror results: database disk image is malformed"),
        ("state-db-corrupt-head", 16, "reset", CACHE, "failed to create dagql cache: ping file:///var/lib/dagger"),
        ("state-db-corrupt-snapshots", 16, "unreadable", SNAPSHOTS, 'attach imported result 8016 owner lease "snap'),
        ("state-db-corrupt-metadata", 15, "page", None, "panic: assertion failed: Page expected to be: 16, but"),
    ],
)
def test_the_damaged_file_is_told_by_the_error(sample: str, line: int, kind: str, file: str | None, error: str) -> None:
    """As the provenance of each sample says which file was overwritten; the panic does not tell."""
    found = next(one for one in told(sample) if one.error)
    assert (found.record.line, found.kind, found.file) == (line, kind, file)
    assert found.error and found.error.startswith(error)


def test_the_stations_of_a_start() -> None:
    """Lock, opening, serving on two addresses; the reset has the reason, and no error of its own."""
    lines = told("state-db-corrupt-dagql")
    assert [(one.record.line, one.kind) for one in lines] == [
        (13, "locking"), (14, "opening"), (16, "unreadable"), (17, "reset"), (23, "serving"), (24, "serving"),
    ]  # fmt: skip
    assert (lines[3].why, lines[3].error, lines[3].file) == ("dagql_import_failure", None, None)


@pytest.mark.parametrize(
    ("sample", "file", "kinds"),
    [
        ("engine-sigkill-during-call", "engine.next-start.log", {"unclean", "reset"}),
        ("cache-schema-changed-constructed", "engine.log", {"format", "reset"}),
        ("engine-second-on-same-state", "engine.log", {"locked"}),
        ("engine-port-in-use", "engine.log", {"new"}),
        ("engine-sigterm-during-call", "engine.next-start.log", set()),
    ],
)
def test_starts_of_other_kinds(sample: str, file: str, kinds: set[str]) -> None:
    """A kept state leaves no word."""
    stations = {"locking", "opening", "serving"}
    assert {one.kind for one in told(sample, file)} - stations == kinds


def test_what_no_sample_has() -> None:
    """The image store's database, a reset that does not help, and an error nobody knows (texts from the source)."""
    lines = [
        RESET + 'reason=boltdb_init_failed error="failed to open: invalid database"',
        RESET + 'reason=dagql_open_failed error="something new"',
        "dagger-engine: failed to create engine: local cache state still invalid after reset (dagql_open_failed): x",
        "git said: could not read Username",
    ]
    found = list(read_state(io.BytesIO("\n".join(lines).encode())))
    assert [(one.kind, one.file) for one in found] == [("reset", STORE), ("reset", None), ("still invalid", None)]
