"""A big file is searched in parts by several processes, with the very same answer."""

import gzip
import random
from pathlib import Path

import pytest

from faultbook.catalogue.model import Catalogue
from faultbook.diagnose import Diagnosis, diagnose, diagnosis, parallel

LIMIT = 30_000
"""Bytes from which on these tests call a file big."""


@pytest.fixture
def many_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of a few kB is big, and its parts are small."""
    monkeypatch.setattr(diagnosis, "WORTH_IT", LIMIT)
    monkeypatch.setattr(parallel, "_RANGE", 7000)
    monkeypatch.setattr(parallel, "_SEEK", 50)


def incident(samples: Path, seed: int) -> bytes:
    """A log made of the lines of many CLI logs, with odd lines between them."""
    chance = random.Random(seed)
    lines = [line for path in sorted(samples.glob("dagger/*/cli.log")) for line in path.read_bytes().split(b"\n")]
    odd = [b"", b"\r", b"\xff\xfe", b"x" * 9000, b"\x1b[31mError: exit code: 137\x1b[0m\r", b"Error: exit code: 137"]
    chance.shuffle(lines)
    lines += chance.choices(odd, k=30) + [b"1  : connect"] * 50
    chance.shuffle(lines)
    return b"1  : connect\n" + b"\n".join(lines)


def in_one_piece(path: Path, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> Diagnosis:
    """The diagnosis of a file read from start to end by this process."""
    with monkeypatch.context() as patch:
        patch.setattr(diagnosis, "WORTH_IT", 1 << 40)
        return diagnose([str(path)], catalogue)


@pytest.mark.usefixtures("many_parts")
@pytest.mark.parametrize("end", [b"", b"\n", b"\n\n", b"\n" + b"y" * 8000])
def test_parts_give_the_same_diagnosis_as_one_piece(
    tmp_path: Path, real_root: Path, real_catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch, end: bytes
) -> None:
    """The same findings, lines, columns, offsets, counts and unexplained lines; every byte is reported as done."""
    path = tmp_path / "log"
    path.write_bytes(incident(real_root / "playbooks/samples", seed=len(end)) + end)
    assert path.stat().st_size > 2 * LIMIT
    expected = in_one_piece(path, real_catalogue, monkeypatch)
    done: list[int] = []
    assert diagnose([str(path)], real_catalogue, done.append) == expected
    assert len(done) > 7
    assert sum(done) == path.stat().st_size
    assert len(expected.findings) > 8
    assert max(finding.hits for finding in expected.findings) > 20


@pytest.mark.usefixtures("many_parts")
def test_a_line_longer_than_a_part_stays_whole(
    tmp_path: Path, real_catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Parts end at line feeds only, and a line beyond the limit of what is searched shifts nothing behind it."""
    path = tmp_path / "log"
    long = b"Error: " + b"x" * 100_000
    path.write_bytes(b"1  : connect\n" + long + b"\nCanceled.\n" + b"z" * (3 << 20) + b"\n\nCanceled.")
    expected = in_one_piece(path, real_catalogue, monkeypatch)
    found = diagnose([str(path)], real_catalogue)
    assert found == expected
    assert [evidence.hit.line for evidence in found.findings[0].evidence] == [3, 6]
    assert found.logs[0].lines == 6


@pytest.mark.usefixtures("many_parts")
def test_only_a_big_plain_file_is_searched_in_parts(
    tmp_path: Path, real_root: Path, real_catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A small one is not worth the start of processes, a compressed one cannot be cut."""

    def refuse(*_arguments: object) -> None:
        raise AssertionError("searched in parts")

    monkeypatch.setattr(diagnosis, "tally_file", refuse)
    data = incident(real_root / "playbooks/samples", seed=1)
    (tmp_path / "small").write_bytes(data[: LIMIT - 1])
    (tmp_path / "packed").write_bytes(gzip.compress(data * 8, compresslevel=0))
    assert (tmp_path / "packed").stat().st_size > LIMIT
    assert len(diagnose([str(tmp_path)], real_catalogue).findings) > 8
    (tmp_path / "big").write_bytes(data[:LIMIT])
    with pytest.raises(AssertionError, match="searched in parts"):
        diagnose([str(tmp_path / "big")], real_catalogue)
