"""The kernel's lines about memory."""

import io
from pathlib import Path

import pytest

from faultbook.logs.engine import containers, read_engine
from faultbook.logs.kernel import Killed, OomChoice, Other, Record, read_kernel

SAMPLE = Path(__file__).parents[2] / "playbooks" / "samples" / "dagger" / "exec-oom-killed"


def read(text: str | bytes) -> list[Record]:
    return list(read_kernel(io.BytesIO(text.encode() if isinstance(text, str) else text)))


def test_every_line_is_read() -> None:
    """Each line gives a record with its time since boot; two of them tell of the kill."""
    records = list(read_kernel(SAMPLE / "kernel.log"))
    assert [record.line for record in records] == list(range(1, 54))
    assert all(record.at for record in records)
    assert [type(record) for record in records if not isinstance(record, Other)] == [OomChoice, Killed]


def test_choice_and_kill() -> None:
    """Who was killed, under which constraint, in which cgroup, and how much memory it had."""
    *_, choice, killed = read_kernel(SAMPLE / "kernel.log")
    container = "z4c2rw9jz2egi1rr7tlngy2wy"
    cgroup = f"/dagger-oom/buildkit/{container}"
    assert choice == OomChoice(52, 2040.516453, "CONSTRAINT_MEMCG", "tail", 28655, 0, cgroup, container)
    assert killed == Killed(53, 2040.516473, "tail", 28655, True, 58880)


def test_container_is_found_in_the_engine_log() -> None:
    """The end of the cgroup is the id of the container that failed."""
    (choice,) = [record for record in read_kernel(SAMPLE / "kernel.log") if isinstance(record, OomChoice)]
    (failed,) = containers(read_engine(SAMPLE / "engine.log"))
    assert (failed.id, failed.error) == (choice.container, "exit code: 137")


@pytest.mark.parametrize(
    ("prefix", "at"),
    [
        ("[   12.500000] ", 12.5),
        ("<6>[   12.500000] ", 12.5),
        ("Nov 21 05:00:00 build-1 kernel: ", None),
        ("Nov 21 05:00:00 build-1 kernel: [   12.500000] ", 12.5),
        ("[Sat Nov 21 05:00:00 2026] ", None),
        ("2026-11-21T05:00:00.123456+00:00 build-1 kernel: [   12.500000] ", 12.5),
        ("", None),
    ],
)
def test_prefixes(prefix: str, at: float | None) -> None:
    """The same line as `dmesg`, `dmesg -T`, `journalctl -k` and a syslog write it."""
    line = "Out of memory: Killed process 7 (my (odd) app) total-vm:9kB, anon-rss:8kB, file-rss:0kB"
    assert read(prefix + line) == [Killed(1, at, "my (odd) app", 7, False, 8)]


def test_whole_machine_and_older_kernels() -> None:
    """No container stands behind a cgroup that is no container's; the older wording is understood."""
    line = (
        "oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),global_oom,task_memcg=/user.slice,task=a,b,pid=7,uid=1000"
    )
    assert read(line) == [OomChoice(1, None, "CONSTRAINT_NONE", "a,b", 7, 1000, "/user.slice", None)]
    assert read("Memory cgroup out of memory: Kill process 7 (tail) score 9 or sacrifice child") == [
        Killed(1, None, "tail", 7, True, None)
    ]


@pytest.mark.parametrize("text", ["[ 1.5] oom-kill:constraint=CONS", b"\xff\xfe out of memory: Killed process", "[ 1."])
def test_damaged_lines(text: str | bytes) -> None:
    """A line cut in two is any other line."""
    (record,) = read(text)
    assert isinstance(record, Other)


def test_colours_carriage_returns_and_empty_log() -> None:
    """`dmesg --color` and CRLF change nothing; an empty log has no records."""
    assert read("\x1b[32m[    1.500000] \x1b[0mhello\r\n\r\n") == [Other(1, 1.5, "[    1.500000] hello")]
    assert read("") == []
