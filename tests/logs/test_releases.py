"""The ends of sessions in the engine log."""

import io
from pathlib import Path

import pytest

from faultbook.logs.releases import Release, read_releases

SAMPLES = Path(__file__).parents[2] / "playbooks" / "samples" / "dagger"
HEAD = "time=2026-11-21T06:11:45.207Z level=DEBUG msg="


def read(*lines: str) -> list[Release]:
    return list(read_releases(io.BytesIO("\n".join(HEAD + line for line in lines).encode())))


def released(session: str, entries: int = 1) -> str:
    return (
        f'"released dagql cache refs for session" session={session} beforeEntries=9 afterEntries={entries} '
        "beforeRetainedCalls=1 afterRetainedCalls=1"
    )


@pytest.mark.parametrize(
    ("sample", "count", "first", "last"),
    [
        ("metrics-leak", 31, (8, 4523, 243), (278, 4575, 243)),
        ("metrics-leak-slow", 27, (8, 4424, 243), (242, 4447, 243)),
        ("metrics-different-sessions", 8, (2, 4488, 323), (23, 5048, 883)),
        ("metrics-repeat-and-grow-v1", 24, (3, 3865, 167), (96, 4865, 1167)),
    ],
)
def test_series(sample: str, count: int, first: tuple[int, int, int], last: tuple[int, int, int]) -> None:
    """Line, entries and retained calls of the first and the last end of a session, as they stand in the log."""
    found = list(read_releases(SAMPLES / sample / "engine.log"))
    told = [(one.record.line, one.entries, one.retained) for one in found]
    assert (len(found), told[0], told[-1]) == (count, first, last)
    assert all(one.alone and one.stretch == 0 for one in found)


def test_the_line_of_a_session_that_changed_nothing() -> None:
    """It has other names for the same two numbers."""
    (found,) = read_releases(SAMPLES / "module-config-syntax" / "engine.log")
    assert (found.session, found.entries, found.retained) == ("5s34iiqqbhkys9jgp7izd987e", 4601, 281)


def test_sessions_that_overlap_are_not_alone() -> None:
    """The second client's results are in the first one's number."""
    found = list(read_releases(SAMPLES / "two-clients-at-once" / "engine.log"))
    assert [(one.entries, one.alone) for one in found] == [(7888, False), (4333, True)]


def test_an_overlap_of_milliseconds_counts() -> None:
    """In 120 sessions one after the other, the next one sometimes begins before the last one is gone."""
    found = list(read_releases(SAMPLES / "healthy-many-sessions" / "engine.log.gz"))
    assert (len(found), sum(one.alone for one in found)) == (120, 106)
    assert next(one for one in found if one.entries == 4431).alone is False


def test_a_prune_and_a_start_begin_a_stretch() -> None:
    """What is counted before and after cannot be compared; two prunes in a row are one break."""
    pruned = '"dagql pruned result" resultID=1'
    start = '"starting dagger engine version:v0.21.8 v0.21.8 linux/amd64"'
    found = read(released("a"), pruned, pruned, released("b"), released("c"), start, released("d"))
    assert [one.stretch for one in found] == [0, 1, 1, 2]
    assert [one.stretch for one in read_releases(SAMPLES / "cache-snapshots" / "engine.log")] == [0, 1]


def test_a_start_ends_the_sessions_before_it() -> None:
    """They were killed with their engine and never removed."""
    opened = '"initializing new session" session=lost'
    start = '"starting dagger engine version:v0.21.8 v0.21.8 linux/amd64"'
    assert [one.alone for one in read(opened, released("a"), start, released("b"))] == [False, True]


def test_lines_that_are_cut_or_older() -> None:
    """Before v0.21 there are no retained calls; the line tells nothing then, and neither does half a line."""
    assert read('"released dagql cache refs for session" session=a beforeEntries=9 afterEntries=8') == []
    assert read(released("a")[:-1], released("b")[:70]) == []
    assert read() == []
