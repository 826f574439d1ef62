"""Both sides of a merge conflict, entry by entry, and the file they make together."""

import io
from pathlib import Path

import pytest

from faultbook.logs.lockcheck import check
from faultbook.logs.lockfile import read_lockfile
from faultbook.logs.lockmerge import Merge, merge

SAMPLES = Path(__file__).parents[2] / "playbooks" / "samples" / "dagger"
HEADER = '[["version","2"]]'


def entry(name: str, digit: str = "a") -> str:
    return f'["","container.from",["{name}:1","linux/amd64"],"sha256:{digit * 64}"]'


def merged(*lines: str) -> Merge:
    return merge(read_lockfile(io.BytesIO("\n".join(lines).encode())))


def standings(found: Merge) -> list[tuple[str, str]]:
    return [(str(pair.entry.inputs[0]), pair.standing) for pair in found.pairs]


@pytest.mark.parametrize("sample", ["lock-parse-conflict-at-top", "lock-parse-conflict-marker"])
@pytest.mark.parametrize("version", ["", "-v1"])
def test_each_side_added_one(sample: str, version: str) -> None:
    """Both entries are kept, sorted, in the engine's form, above the header or below it."""
    found = merge(read_lockfile(SAMPLES / f"{sample}{version}" / "lockfile.before"))
    assert standings(found) == [
        ("127.0.0.1:5000/demo/app:1", "only ours"),
        ("127.0.0.1:5000/demo/tools:stable", "only theirs"),
    ]
    assert found.labels == {"ours": "HEAD", "theirs": "feature/tools"}
    text = found.text()
    assert text is not None
    data = check(read_lockfile(io.BytesIO(text.encode())))
    assert (len(data.entries), data.faults, data.remarks, data.versions) == (2, (), (), ("2" if version else "1",))


def test_different_pins_are_not_decided() -> None:
    """Unless somebody says which side."""
    found = merge(read_lockfile(SAMPLES / "lock-corrupted-while-running" / "lockfile.after"))
    assert [pair.standing for pair in found.pairs] == ["different"] and len(found.undecided) == 1
    assert found.text() is None
    ours, theirs = found.text("ours"), found.text("theirs")
    assert ours and theirs and "sha256:4e1dbdc0" in ours and "sha256:ec2f856c" in theirs
    assert ours.count("\n") == theirs.count("\n") == 1


def test_an_entry_that_moved_is_no_difference() -> None:
    """What stands outside the conflict, or in both sides, is the same."""
    found = merged(
        HEADER, "<<<<<<< HEAD", entry("b"), entry("a"), "=======", entry("a"), entry("b"), ">>>>>>> x", entry("c")
    )
    assert standings(found) == [("a:1", "same"), ("b:1", "same"), ("c:1", "same")]
    assert found.text() == "\n".join([HEADER, entry("a"), entry("b"), entry("c")])


def test_with_the_ancestor_one_sided_changes_are_clear() -> None:
    """Git's diff3 style tells who changed and who deleted."""
    found = merged(
        HEADER,
        "<<<<<<< HEAD", entry("a", "1"), entry("b"), entry("d"),
        "||||||| base", entry("a"), entry("b"), entry("c"), entry("d"),
        "=======", entry("a"), entry("b", "2"), entry("c"),
        ">>>>>>> x",
    )  # fmt: skip
    assert standings(found) == [
        ("a:1", "changed by us"),
        ("b:1", "changed by them"),
        ("c:1", "deleted"),
        ("d:1", "deleted"),
    ]
    assert found.text() == "\n".join([HEADER, entry("a", "1"), entry("b", "2")])


def test_deleted_here_and_changed_there_is_not_clear() -> None:
    """Both did something to the entry."""
    found = merged(HEADER, "<<<<<<< o", entry("a", "1"), "||||||| b", entry("a"), "=======", ">>>>>>> t")
    assert [pair.standing for pair in found.pairs] == ["different"] and found.text() is None
    assert found.text("theirs") == "" and found.text("ours") == f"{HEADER}\n{entry('a', '1')}"


@pytest.mark.parametrize(
    ("lines", "what"),
    [
        ([HEADER, "<<<<<<< a", entry("a"), "======="], "the conflict does not end"),
        ([HEADER, "<<<<<<< a", entry("a"), "<<<<<<< b", "=======", ">>>>>>> c"], "does not fit"),
        ([HEADER, "<<<<<<< a", entry("a"), ">>>>>>> c"], "does not fit"),
        ([HEADER, "<<<<<<< a", "[1", "=======", ">>>>>>> c"], "the line is cut"),
        (["<<<<<<< a", HEADER, "=======", '[["version","1"]]', ">>>>>>> c"], "of different formats (2 and 1)"),
        (["<<<<<<< a", "=======", ">>>>>>> c"], "of different formats (none and none)"),
    ],
)
def test_what_is_in_the_way(lines: list[str], what: str) -> None:
    """Then nothing is written, whatever side is chosen."""
    found = merged(*lines)
    assert any(what in fault.what for fault in found.obstacles)
    assert found.text("ours") is None


def test_several_conflicts_in_one_file() -> None:
    """They are one question, over the whole file."""
    found = merged(
        HEADER,
        "<<<<<<< a",
        entry("a"),
        "=======",
        ">>>>>>> c",
        entry("b"),
        "<<<<<<< a",
        "=======",
        entry("c"),
        ">>>>>>> c",
    )
    assert standings(found) == [("a:1", "only ours"), ("b:1", "same"), ("c:1", "only theirs")]


def test_a_hundred_thousand_entries_on_each_side() -> None:
    """All of them are paired."""
    ours = [entry(f"app{number:06}") for number in range(0, 200_000, 2)]
    theirs = [entry(f"app{number:06}") for number in range(0, 200_000, 4)]
    found = merged(HEADER, "<<<<<<< a", *ours, "=======", *theirs, ">>>>>>> c")
    assert [sum(pair.standing == word for pair in found.pairs) for word in ("same", "only ours")] == [50_000, 50_000]
    text = found.text()
    assert text and text.count("\n") == 100_000
