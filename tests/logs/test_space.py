"""What an engine log says about space, read off captured logs by eye."""

import io
from pathlib import Path

import pytest

from faultbook.logs.space import Collected, Disk, Full, Look, Prune, PrunedResult, Space, read_space

SAMPLES = Path(__file__).parents[2] / "playbooks" / "samples" / "dagger"
NEWER = "time=2026-11-21T05:01:51.700Z level=DEBUG "


def told(sample: str, file: str = "engine.log") -> list[Space]:
    return list(read_space(SAMPLES / sample / file))


def of_lines(*lines: str) -> list[Space]:
    return list(read_space(io.BytesIO("\n".join(lines).encode())))


def test_looks_have_the_count_and_the_policy() -> None:
    """Three policies, each on a line of its own, before and after a session."""
    looks = [one for one in told("cache-snapshots") if isinstance(one, Look)]
    assert [(one.record.line, one.policy, one.counted) for one in looks] == [
        (11, 0, 0), (12, 1, 0), (13, 2, 0), (56, 0, 4071424), (57, 1, 4071424), (58, 2, 4071424),
    ]  # fmt: skip


def test_a_prune_and_what_it_gave_up() -> None:
    """The results come first, then the sum, then the clearing of the image store."""
    after = [one for one in told("cache-snapshots") if not isinstance(one, Look)]
    mirror, step, prune, collected = after
    assert isinstance(mirror, PrunedResult) and isinstance(step, PrunedResult)
    assert isinstance(prune, Prune) and isinstance(collected, Collected)
    assert (mirror.call, mirror.reclaimed) == ("Query._clientFilesyncMirror", 2027520)
    assert (step.call, step.measured, step.reclaimed) == ("Container.withExec", 28672, 2043904)
    assert "echo hello > /out.txt" in step.args
    assert (prune.results, prune.reclaimed, prune.is_of_everything) == (2, 4071424, True)
    assert collected.record.line == 89


def test_v1_prunes_in_the_same_words() -> None:
    """1,053 results; the sample keeps 20 of their lines."""
    all_of_them = told("cache-entries-and-prune-v1")
    assert [one.results for one in all_of_them if isinstance(one, Prune)] == [1053]
    assert sum(isinstance(one, PrunedResult) for one in all_of_them) == 20


def test_the_disk_stands_in_the_line_of_each_minute() -> None:
    """For each folder the engine watches; names of fields hold slashes."""
    disks = [one for one in told("healthy-long-run") if isinstance(one, Disk)]
    assert [(one.folder, one.size, one.free, one.available) for one in disks] == [
        ("/", 270553174016, 245180682240, 72420802560),
        ("/var/lib/dagger", 270553174016, 245180682240, 72420802560),
    ]


def test_a_full_disk_is_told_by_who_met_it() -> None:
    """The database of a client's telemetry, twice; the file that could not be written is in the CLI's log only."""
    full = [one for one in told("disk-full-upload") if isinstance(one, Full)]
    assert [(one.record.line, one.owner) for one in full] == [(22, "database"), (24, "database")]


@pytest.mark.parametrize("sample", ["disk-full-exec", "disk-full-retry"])
def test_a_command_that_meets_a_full_disk_is_not_told(sample: str) -> None:
    """The engine logs its exit code only."""
    assert not any(isinstance(one, Full) for one in told(sample))


@pytest.mark.parametrize(
    ("line", "owner"),
    [
        (NEWER + 'msg="end lazy evaluation" field=X err="commit: write /x: no space left on device"', "files"),
        ("dagger-engine: failed to create engine: mkdir /x: no space left on device", "files"),
        ('time="2026-11-21T05:01:51Z" level=error msg="write /x: no space left on device"', "files"),
    ],
)
def test_an_error_of_any_line_counts(line: str, owner: str) -> None:
    """In the field for errors, in the message, or in the last word of a start."""
    assert [one.owner for one in of_lines(line) if isinstance(one, Full)] == [owner]


def test_words_in_a_command_are_no_error() -> None:
    """A step that greps for the message has met nothing."""
    line = (
        'time="2026-11-21T05:01:51Z" level=info msg="starting container" args="[/.init grep no space left on device]"'
    )
    assert of_lines(line) == []


def test_a_damaged_number_is_nothing() -> None:
    """A line cut in two or altered is read as far as it goes."""
    (look,) = of_lines(NEWER + 'msg="dagql prune skip policy: no reclaim target" policyIndex=x usedBytes=')
    assert isinstance(look, Look) and (look.policy, look.counted) == (0, 0)


def test_a_prune_with_a_limit_is_not_of_everything() -> None:
    """The engine's own prunes, and calls with options, have a target."""
    line = (
        'msg="dagql prune applied plan" policyIndex=1 appliedCandidates=3 appliedReclaimedBytes=5 policyTargetBytes=9'
    )
    (prune,) = of_lines(NEWER + line)
    assert isinstance(prune, Prune)
    assert (prune.policy, prune.results, prune.reclaimed, prune.target) == (1, 3, 5, 9)
    assert not prune.is_of_everything
