"""A log is recognised by what stands on its first lines, never by its name."""

import gzip
from pathlib import Path

import pytest

from faultbook.catalogue.model import Catalogue, Log
from faultbook.catalogue.recognise import FIRST_LINES, Recogniser
from faultbook.problems import Refusal


def log(ident: str, *marks: str) -> Log:
    """A log with these marks."""
    return Log(ident, ident, ident, marks, ("x",))


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"a\n", "toy/a"),
        (b"b\na\nb\n", "toy/b"),
        (b"ab\nab\n", "toy/both"),
        (b"c\n", None),
        (b"", None),
        (b"\x1b[31ma\x1b[0m\r\n", "toy/a"),
        (b"2026-11-21T05:39:03.6184240Z a\n", "toy/a"),
        (b"x\n" * (FIRST_LINES - 1) + b"a\n", "toy/a"),
        (b"x\n" * FIRST_LINES + b"a\n", None),
        (b"\xff\xfe\n\x00\na", "toy/a"),
    ],
)
@pytest.mark.parametrize("backwards", [False, True])
def test_the_log_with_most_marks_on_the_first_lines_is_the_one(
    head: bytes, expected: str | None, backwards: bool
) -> None:
    """A line counts once for a log however many marks it bears; of equals the first id is taken, in any order."""
    logs = [log("toy/a", "^a$", "a$"), log("toy/b", "^b$"), log("toy/both", "^ab$", "^a.$"), log("toy/z", "^a$")]
    recogniser = Recogniser(reversed(logs) if backwards else logs)
    assert recogniser.log_of_head(head) == expected


def test_a_log_that_is_no_text_is_told_by_its_first_bytes(tmp_path: Path) -> None:
    """Also when compressed; the marks of other logs are not tried on bytes."""
    recogniser = Recogniser([log("toy/any", "."), Log("toy/profile", "t", "s", (), (), (), ("0a0408", "ff"))])
    profile = b"\x0a\x04\x08\x01\x00\x02" + bytes(range(20)) * 9
    (packed := tmp_path / "heap.gz").write_bytes(gzip.compress(profile))
    assert recogniser.log_of(packed) == "toy/profile"
    assert recogniser.log_of_head(profile[1:]) is None
    assert recogniser.log_of_head(b"text\n") == "toy/any"


def test_without_logs_nothing_is_recognised() -> None:
    """An empty book is no error."""
    assert Recogniser([]).log_of_head(b"a\n") is None


def test_every_log_of_a_sample_is_recognised_whatever_its_name_and_wrapping(
    real_root: Path, real_catalogue: Catalogue, tmp_path: Path
) -> None:
    """Compressed, with CRLF and as a CI system keeps it, each on a third of all files: the kind stays the same."""
    recogniser = Recogniser(real_catalogue.logs.values())
    files = [(sample.id, file) for sample in real_catalogue.samples.values() for file in sample.files]
    for number, (sample, file) in enumerate(files):
        data = (real_root / "playbooks/samples" / sample / file.name).read_bytes()
        is_text = not data.startswith(b"\x1f\x8b")
        wrapped = [gzip.compress(data, 1), data.replace(b"\n", b"\r\n")] if is_text else [data]
        if is_text and file.name != "job.log":  # that one has its time stamps already
            wrapped.append(b"".join(b"2026-11-21T05:39:03.6184240Z " + line for line in data.splitlines(keepends=True)))
        path = tmp_path / f"{number}.bin"
        path.write_bytes(wrapped[number % len(wrapped)])
        assert recogniser.log_of(path) == file.log, (sample, file.name)
    assert {file.log for _, file in files} == {*real_catalogue.logs, None}


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    """Recognising does not guess."""
    with pytest.raises(Refusal, match="no such file"):
        Recogniser([]).log_of(tmp_path / "nothing")
