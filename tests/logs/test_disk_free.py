"""Tables of df: captured ones, and what is none."""

import io
from pathlib import Path

import pytest

from faultbook.logs.disk_free import Filesystem, holding, read_disk_free
from faultbook.problems import Refusal

SAMPLES = Path(__file__).parents[2] / "playbooks" / "samples" / "dagger"
HEAD = "Filesystem 1024-blocks Used Available Use% Mounted on\n"


def of(text: str) -> list[Filesystem]:
    return list(read_disk_free(io.BytesIO(text.encode())))


def test_the_full_disks_of_the_samples() -> None:
    """Sizes in bytes; the second one has nothing left although used and size differ."""
    first = list(read_disk_free(SAMPLES / "disk-full-exec" / "df.after.txt"))
    second = list(read_disk_free(SAMPLES / "disk-full-upload" / "df.after.txt"))
    assert first == [
        Filesystem(2, "/dev/loop0", 277623 * 1024, 272630 * 1024, 897 * 1024, "/var/lib/dagger"),
    ]
    assert (second[0].used, second[0].available) == (273527 * 1024, 0)


def test_names_with_spaces_and_negative_space() -> None:
    """Devices and mount points may hold spaces; a file system that is more than full shows a negative number."""
    (row,) = of(HEAD + "C:\\ drive 100 104 -4 104% /mnt/my disk\n")
    assert (row.device, row.available, row.mounted_on) == ("C:\\ drive", -4096, "/mnt/my disk")


def test_errors_between_the_rows_are_passed_over() -> None:
    """df says them on stderr, which is often in the same file."""
    assert [row.mounted_on for row in of("df: /run/x: Permission denied\n" + HEAD + "a 9 1 8 12% /\n")] == ["/"]


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        ("Filesystem Size Used Avail Use% Mounted on\n/dev/sda1 9G 1G 8G 12% /\n", 1, "blocks of 1 kB"),
        ("Filesystem Inodes IUsed IFree IUse% Mounted on\n/dev/sda1 9 1 8 12% /\n", 1, "blocks of 1 kB"),
        ("Filesystem 512-blocks Used Available Capacity Mounted on\n", 1, "blocks of 1 kB"),
        (HEAD + "/dev/sda1 9 1 8 12% /\n/dev/sdb1 nine 1 8 12% /b\n", 3, "no row"),
        (HEAD + "/dev/mapper/a-very-long-name\n", 2, "no row"),
        ("time=x level=INFO\n", 1, "no table"),
    ],
)
def test_what_is_no_such_table_is_refused(text: str, line: int, word: str, tmp_path: Path) -> None:
    """With file, line, what is wrong, and how to take it."""
    path = tmp_path / "df.txt"
    path.write_text(text)
    with pytest.raises(Refusal, match=f"df.txt:{line}: .*{word}") as refused:
        list(read_disk_free(path))
    assert "df -kP" in refused.value.remedy


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    """Nothing in it is no table either."""
    path = tmp_path / "df.txt"
    path.write_text("\n")
    with pytest.raises(Refusal, match=r"df\.txt: no table of df"):
        list(read_disk_free(path))


def test_the_file_system_that_holds_a_folder() -> None:
    """The nearest mount point above it, by whole names."""
    rows = "a 9 1 8 12% /\nb 9 1 8 12% /var/lib/dag\nc 9 1 8 12% /var/lib\nd 9 1 8 12% /var/lib/dagger/worker\n"
    found = holding(of(HEAD + rows), "/var/lib/dagger")
    assert found and found.device == "c"


def test_a_table_of_one_row_is_the_one_asked_for() -> None:
    """Whoever has the state elsewhere asks df for that place."""
    found = holding(of(HEAD + "a 9 1 8 12% /srv/engine\n"), "/var/lib/dagger")
    assert found and found.device == "a"
    assert holding([], "/var/lib/dagger") is None
