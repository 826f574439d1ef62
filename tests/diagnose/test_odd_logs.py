"""Logs as they come in at 3 a.m.: cut, mixed, prefixed, coloured, from a newer version."""

from pathlib import Path

import pytest

from faultbook.catalogue.load import load
from faultbook.catalogue.model import Catalogue
from faultbook.diagnose import diagnose

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "playbooks" / "samples" / "dagger"
PREFIXES = {
    "GitHub's raw log": "2026-11-21T05:39:03.6184240Z ",
    "gh run view --log": "build\tRun dagger\t2026-11-21T05:39:03.6184240Z ",
    "docker compose": "dagger-engine-1  | ",
    "docker compose with times": "dagger-engine-1  | 2026-11-21T05:39:03.618424000Z ",
    "kubectl --prefix": "[pod/dagger-engine-0/dagger-engine] ",
    "Kubernetes' own files": "2026-11-21T05:39:03.618424000Z stderr F ",
    "colours": "\x1b[2m",
}


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    """The catalogue of this checkout."""
    return load(ROOT)[0]


def _found(catalogue: Catalogue, *logs: Path) -> list[str]:
    diagnosis = diagnose([str(log) for log in logs], catalogue)
    assert diagnosis.refusals == ()
    return [finding.failure.id for finding in diagnosis.findings]


@pytest.mark.parametrize("prefix", PREFIXES.values(), ids=PREFIXES)
@pytest.mark.parametrize("log", ["exec-exit-code/cli.log", "exec-oom-killed/engine.log", "cli-killed/engine.log"])
def test_what_stands_in_front_of_each_line_hides_nothing(
    catalogue: Catalogue, tmp_path: Path, log: str, prefix: str
) -> None:
    """A log with another program's prefix before each line, or in colour, gives the same findings as without."""
    lines = (SAMPLES / log).read_text(encoding="utf-8").splitlines()
    copy = tmp_path / "copy.log"
    copy.write_text("".join(f"{prefix}{line}\r\n" for line in lines), encoding="utf-8", newline="")
    assert _found(catalogue, copy) == _found(catalogue, SAMPLES / log) != []


def test_a_log_cut_anywhere_is_diagnosed_as_far_as_it_goes(catalogue: Catalogue, tmp_path: Path) -> None:
    """Cutting a log after any byte never fails, and never finds what the whole log does not have."""
    data = (SAMPLES / "exec-exit-code" / "cli.log").read_bytes()
    whole = set(_found(catalogue, SAMPLES / "exec-exit-code" / "cli.log"))
    cut = tmp_path / "cut.log"
    for end in range(1, len(data), 37):
        cut.write_bytes(data[:end])
        assert set(_found(catalogue, cut)) <= whole, end


def test_two_engines_in_one_file_are_both_diagnosed(catalogue: Catalogue, tmp_path: Path) -> None:
    """What two engines wrote one after the other gives what each of them gives."""
    parts = [SAMPLES / "exec-oom-killed" / "engine.log", SAMPLES / "cli-killed" / "engine.log"]
    both = tmp_path / "engine.log"
    both.write_bytes(b"".join(part.read_bytes() for part in parts))
    assert set(_found(catalogue, both)) == {found for part in parts for found in _found(catalogue, part)}


def test_interleaved_sessions_are_no_obstacle(catalogue: Catalogue, tmp_path: Path) -> None:
    """Lines of two sessions shuffled into one another, each in its own order, give what each of them gives."""
    parts = [SAMPLES / "exec-sigterm-143" / "engine.log", SAMPLES / "exec-segfault-139" / "engine.log"]
    first, second = (part.read_text(encoding="utf-8").splitlines(keepends=True) for part in parts)
    mixed = tmp_path / "engine.log"
    mixed.write_text("".join(line for pair in zip(first, second, strict=False) for line in pair), encoding="utf-8")
    assert set(_found(catalogue, mixed)) == {"dagger/exec-terminated", "dagger/exec-crashed"}


def test_messages_of_a_newer_version_are_left_unexplained(catalogue: Catalogue, tmp_path: Path) -> None:
    """An error no signature knows is listed as unexplained and is not taken for one that is known."""
    text = (SAMPLES / "healthy-first-run" / "engine.log").read_text(encoding="utf-8")
    unknown = 'time=2027-01-01T00:00:00.000Z level=ERROR msg="quantum snapshotter lost its phase" shard=7\n'
    log = tmp_path / "engine.log"
    log.write_text(text + unknown, encoding="utf-8")
    diagnosis = diagnose([str(log)], catalogue)
    assert diagnosis.findings == ()
    assert unknown.strip() in [item.text for item in diagnosis.unexplained]
