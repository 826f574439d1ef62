"""System calls as strace writes them."""

import io
from pathlib import Path

import pytest

from faultbook.logs.syscalls import Call, read_syscalls

TRACE = Path(__file__).parents[2] / "playbooks" / "samples" / "dagger" / "lock-live-file-calls" / "strace.txt"


def calls(*lines: str) -> list[Call]:
    return list(read_syscalls(io.BytesIO("\n".join(lines).encode())))


def test_a_file_is_read_twice_and_written_once() -> None:
    """Who, what, and for what."""
    opened = [call for call in read_syscalls(TRACE) if call.opens]
    assert [(call.line, call.pid, call.opens, call.result) for call in opened] == [
        (1, 10923, "read", 11),
        (3, 10899, "read", 11),
        (5, 10899, "write", 11),
    ]
    assert {call.path for call in opened} == {"/src/demo-p3/shop/.dagger/lock"}


def test_what_is_written_is_no_path() -> None:
    """A write opens nothing; its bytes are kept as strace shows them."""
    write = list(read_syscalls(TRACE))[5]
    assert (write.name, write.opens, write.puts, write.result) == ("write", None, None, 316)
    assert write.texts[0].startswith(r"[[\"version\",\"1\"]]\n[\"\",\"container.from\"")


@pytest.mark.parametrize(
    "head", ["", "7 ", "7    ", "[pid 7] ", "[pid     7] ", "7 12:00:00.123456 ", "7 1700000000.1 "]
)
def test_what_may_stand_in_front(head: str) -> None:
    """The thread, and a time of any kind."""
    (call,) = calls(f'{head}openat(AT_FDCWD, "/a", O_RDONLY) = 3')
    assert (call.pid, call.path, call.opens) == (7 if head else None, "/a", "read")


def test_a_call_on_two_lines_is_one() -> None:
    """Calls of other threads stand in between; the first line counts."""
    found = calls(
        '1 openat(AT_FDCWD, "/a", O_WRONLY|O_CREAT <unfinished ...>',
        '2 openat(AT_FDCWD, "/b", O_RDONLY <unfinished ...>',
        "1 <... openat resumed>, 0600) = 3",
        "2 <... openat resumed>) = -1 ENOENT (No such file or directory)",
        '3 openat(AT_FDCWD, "/c", O_RDONLY <unfinished ...>',
    )
    assert [(call.line, call.path, call.opens, call.result) for call in found] == [
        (1, "/a", "write", 3),
        (2, "/b", None, -1),
        (5, "/c", "read", None),
    ]


def test_a_rename_puts_a_file() -> None:
    """If it succeeds."""
    done, failed = calls('1 rename("/a.tmp", "/a") = 0', '1 renameat2(3, "/b", 4, "/c", 0) = -1 EPERM (no)')
    assert (done.puts, failed.puts) == ("/a", None)


def test_other_lines_are_passed_over() -> None:
    """Signals, exits, and what is no trace at all."""
    assert calls("1 +++ exited with 0 +++", "--- SIGCHLD {} ---", "1 <... futex resumed>) = 0", "hello (world") == []
