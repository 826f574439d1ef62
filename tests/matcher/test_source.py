"""A log of any size and wrapping is read to its end, with true numbers and offsets, or refused clearly."""

import gzip
import io
import os
import random
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from faultbook.matcher import source
from faultbook.matcher.line import MAX_LINE
from faultbook.matcher.source import HEAD, Extent, Line, blocks, is_binary, lines, opened
from faultbook.problems import Refusal

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

TEXT = b"".join(b"%d %s\n" % (number, random.Random(number).randbytes(24).hex().encode()) for number in range(20_000))
LATER = b"the part behind the first member\n"


def written(folder: Path, data: bytes) -> Path:
    """A log with these bytes; its name says nothing."""
    path = folder / "log"
    path.write_bytes(data)
    return path


def read(log: Path | str) -> bytes:
    """The whole text of a log."""
    with opened(log) as stream:
        return b"".join(iter(lambda: stream.read(1 << 16), b""))


def refusal(log: Path | str) -> tuple[bytes, Refusal]:
    """What could be read of a log before it was refused, and the refusal."""
    before = []
    with pytest.raises(Refusal) as refused, opened(log) as stream:
        while data := stream.read(1 << 16):
            before.append(data)
    return b"".join(before), refused.value


@pytest.mark.parametrize(
    ("wrap", "is_plain"),
    [
        (lambda: TEXT, True),
        (lambda: gzip.compress(TEXT), False),
        (lambda: gzip.compress(TEXT[:100]) + gzip.compress(b"") + gzip.compress(TEXT[100:]), False),
        (lambda: zstd.compress(TEXT), False),
        (lambda: zstd.compress(TEXT[:100]) + zstd.compress(TEXT[100:]), False),
    ],
    ids=["plain", "gzip", "gzip of several members", "zstd", "zstd of several frames"],
)
def test_plain_gzip_and_zstd_are_told_apart_by_their_bytes(
    tmp_path: Path, wrap: Callable[[], bytes], is_plain: bool
) -> None:
    """The text comes out whole, the file name does not matter, and only a plain file is called plain."""
    log = written(tmp_path, wrap())
    assert read(log) == TEXT
    with opened(log) as stream:
        assert stream.is_plain == is_plain


def test_standard_input_is_a_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`-` is read as a file is, compressed or not, and is not closed."""
    for data in (TEXT, gzip.compress(TEXT), zstd.compress(TEXT)):
        buffer = io.BufferedReader(io.BytesIO(data))
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=buffer))
        assert read("-") == TEXT
        assert not buffer.closed


def test_an_open_file_is_read_and_left_open(tmp_path: Path) -> None:
    """Readers of log formats take a path or an open file."""
    with written(tmp_path, gzip.compress(TEXT)).open("rb") as file:
        with opened(file) as stream:
            assert stream.read(10) == TEXT[: len(stream.head)][:HEAD]
        assert not file.closed


def test_the_head_is_read_ahead_and_still_to_be_read(tmp_path: Path) -> None:
    """A log is recognised by its first bytes without being read twice."""
    log = written(tmp_path, TEXT)
    with opened(log) as stream:
        assert stream.head == TEXT[:HEAD]
        assert stream.read(1) == TEXT[:HEAD]
        assert stream.read(5) == TEXT[HEAD : HEAD + 5]


class Drip:
    """A stream which gives its bytes in pieces of a given size, whatever is asked for."""

    def __init__(self, data: bytes, size: int) -> None:
        self._file, self._size = io.BytesIO(data), size

    def read(self, size: int, /) -> bytes:
        return self._file.read(min(size, self._size))


def split(data: bytes, size: int) -> tuple[list[Line], Extent]:
    """The lines of `data` read in pieces of `size`, and what was counted."""
    extent = Extent()
    found = [line for block in blocks(Drip(data, size), size, extent) for line in source.lines_of(block)]
    return found, extent


ODD = b"\nshort\r\n\n\x00nul\x00\n\xff\xfe\xc3\n" + "é┆💥".encode() * 9 + b"\r\r\n\x1b[31mred\n\n\nthe last line"


@pytest.mark.parametrize("size", [*range(1, 40), 1000])
@pytest.mark.parametrize("data", [ODD, ODD + b"\n", b"\n", b"\n\n", b"x", b""])
def test_borders_of_blocks_do_not_matter(data: bytes, size: int) -> None:
    """However the bytes arrive, the lines, their numbers and their offsets are the same, and all are counted."""
    parts = data.split(b"\n")[:-1] if data.endswith(b"\n") else data.split(b"\n") if data else []
    offsets = [sum(len(part) + 1 for part in parts[:at]) for at in range(len(parts))]
    expected = [Line(number, offset, raw) for number, (offset, raw) in enumerate(zip(offsets, parts, strict=True), 1)]
    assert split(data, size) == (expected, Extent(len(data), len(parts)))


@pytest.mark.parametrize("size", [1, 3, 7, 10, 11, 16, 64, 1000])
@pytest.mark.parametrize("length", [9, 10, 11, 12, 25, 500])
@pytest.mark.parametrize("end", [b"", b"\n", b"\nafter\n", b"\n\nafter"])
def test_a_line_beyond_the_limit_is_cut_and_what_follows_keeps_its_place(
    monkeypatch: pytest.MonkeyPatch, size: int, length: int, end: bytes
) -> None:
    """No part of an over-long line is taken for a line of its own; numbers and offsets behind it are true."""
    monkeypatch.setattr(source, "MAX_LINE", 10)
    data = b"before\n" + b"x" * length + end
    parts = data.split(b"\n")[:-1] if data.endswith(b"\n") else data.split(b"\n")
    found, extent = split(data, size)
    assert [line.number for line in found] == list(range(1, len(parts) + 1))
    assert [line.offset for line in found] == [sum(len(part) + 1 for part in parts[:at]) for at in range(len(parts))]
    assert [line.raw[:10] for line in found] == [part[:10] for part in parts]
    assert extent == Extent(len(data), len(parts))


def test_a_line_of_megabytes_is_passed_over_in_bounded_memory(tmp_path: Path) -> None:
    """Of a line of 5 MB at most two blocks are held; the line behind it has its true place."""
    data = b"x" * (5 << 20) + b"\nbehind\n"
    found = list(lines(written(tmp_path, data)))
    assert found[1] == Line(2, (5 << 20) + 1, b"behind")
    assert MAX_LINE <= len(found[0].raw) <= MAX_LINE + source.BLOCK


TRUNCATED = [
    pytest.param(lambda: gzip.compress(TEXT)[:-20_000], id="gzip"),
    pytest.param(lambda: zstd.compress(TEXT)[:-200_000], id="zstd"),
    pytest.param(lambda: gzip.compress(TEXT)[:-4], id="gzip without its checksum"),
]


@pytest.mark.parametrize("data", TRUNCATED)
def test_truncated_data_gives_what_can_be_read_and_then_refuses(tmp_path: Path, data: Callable[[], bytes]) -> None:
    """What stands before the break is given first; then one message names the file, the fault and the remedy."""
    log = written(tmp_path, data())
    before, refused = refusal(log)
    assert len(before) > HEAD
    assert TEXT.startswith(before)
    assert refused.what == f"{log}: the compressed data ends too early; the file is truncated"
    assert refused.remedy.startswith("Fetch it again.")


def _spoilt(data: bytes) -> bytes:
    middle = len(data) // 2
    return data[:middle] + b"\xff" * 2000 + data[middle + 2000 :]


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(lambda: _spoilt(gzip.compress(TEXT)), id="gzip"),
        pytest.param(
            lambda: _spoilt(zstd.compress(TEXT, options={zstd.CompressionParameter.checksum_flag: 1})), id="zstd"
        ),
        pytest.param(lambda: gzip.compress(TEXT) + b"not a member", id="gzip with a tail"),
        pytest.param(lambda: gzip.compress(TEXT)[:-8] + b"\0" * 8, id="gzip with a wrong checksum"),
    ],
)
def test_damaged_data_gives_what_can_be_read_and_then_refuses(tmp_path: Path, data: Callable[[], bytes]) -> None:
    """Damage in the middle of compressed data is no traceback."""
    log = written(tmp_path, data())
    before, refused = refusal(log)
    assert len(before) > HEAD
    assert before[:HEAD] == TEXT[:HEAD]
    assert refused.what.startswith(f"{log}: ")
    assert "damaged" in refused.what or "too early" in refused.what
    assert refused.remedy.startswith("Fetch")


@pytest.mark.parametrize("data", [b"\x1f\x8b", b"\x1f\x8b\x08\x00", b"\x28\xb5\x2f\xfd", b"\x28\xb5\x2f\xfdxxxxxxxx"])
def test_damage_at_the_very_start_is_refused(tmp_path: Path, data: bytes) -> None:
    """A file with nothing but the mark of an archive gives nothing and one message."""
    log = written(tmp_path, data)
    before, refused = refusal(log)
    assert before == b""
    assert str(log) in refused.what


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    """The message names the path."""
    _, refused = refusal(tmp_path / "nothing.log")
    assert (refused.what, refused.remedy) == (f"{tmp_path / 'nothing.log'}: no such file", "Check the path.")


def test_a_file_below_a_file_is_refused(tmp_path: Path) -> None:
    """A path through a file is one that cannot be read."""
    _, refused = refusal(written(tmp_path, b"x") / "below")
    assert refused.what.startswith(f"{tmp_path / 'log' / 'below'}: ")


def test_a_folder_is_refused(tmp_path: Path) -> None:
    """Where one log is wanted, a folder is not opened in silence."""
    _, refused = refusal(tmp_path)
    assert refused.what == f"{tmp_path}: is a folder"


def test_an_unreadable_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Permissions are named; for root, who may read everything, the system call is made to fail."""
    log = written(tmp_path, TEXT)
    log.chmod(0)
    if os.geteuid() == 0:

        def denied(*_arguments: Any, **_options: Any) -> None:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(Path, "open", denied)
    _, refused = refusal(log)
    assert (refused.what, refused.remedy) == (f"{log}: not readable for you", "Check its permissions (ls -l).")


def test_a_disk_that_fails_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was read before an input/output error is given; the error has the file's name."""

    class FailingDisk(io.BytesIO):
        def read1(self, size: int | None = -1, /) -> bytes:
            data = super().read1(size)
            if not data:
                raise OSError(5, "Input/output error")
            return data

    failing = FailingDisk(TEXT)
    failing.name = "disk.log"
    before = b""
    with pytest.raises(Refusal, match=r"disk\.log: cannot be read") as refused, opened(failing) as stream:
        while data := stream.read(1 << 16):
            before += data
    assert before == TEXT
    assert "Input/output error" in refused.value.what


@pytest.mark.parametrize(
    "head",
    [
        b"\x7fELF\x02\x01\x01" + b"\0" * 50,
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff\xe0",
        b"PK\x03\x04",
        b"SQLite format 3\0",
        b"%PDF-1.7",
        b"BZh91AY",
        b"\xfd7zXZ\0",
        bytes(range(256)) * 4,
    ],
)
def test_a_binary_is_refused(tmp_path: Path, head: bytes) -> None:
    """Programs, pictures, archives and databases are no logs."""
    log = written(tmp_path, head)
    _, refused = refusal(log)
    assert refused.what == f"{log}: is a binary file, not a log"


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"\0" * 4096,
        b"text\n" + b"\0" * 4096,
        b"\x1b[31mred\x1b[0m\n" * 50,
        b"progress \x08\x08\x08\r" * 50,
        b"\xff\xfe\xe9 latin-1 \xe8\n",
        "✘ ┆ 💥".encode(),
        b"\x0c\x0b\t",
    ],
)
def test_a_damaged_or_coloured_log_is_not_taken_for_a_binary(head: bytes) -> None:
    """NUL bytes from a crash, escape sequences, form feeds and old encodings occur in real logs."""
    assert not is_binary(head)
