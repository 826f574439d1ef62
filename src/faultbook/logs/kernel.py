"""The kernel's lines about memory, from `dmesg` or `journalctl -k`: who was killed, and in which cgroup.

    [ 2040.516453] oom-kill:constraint=CONSTRAINT_MEMCG,...,task_memcg=/a/buildkit/<id>,task=tail,pid=28655,uid=0
    [ 2040.516473] Memory cgroup out of memory: Killed process 28655 (tail) total-vm:60984kB, anon-rss:58880kB, ...

Source of the format: mm/oom_kill.c and mm/memcontrol.c of Linux; the captured log is `dmesg` with cgroup v1. Neither
the Dagger CLI nor its engine says "memory": the container id is what joins these lines to the engine log.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from faultbook.logs.reading import text_lines

_UPTIME = re.compile(r"(?:<\d+>|\S.{0,200}? kernel: ?)?\[ *(\d+\.\d+)\] ")
_CHOICE = re.compile(r"oom-kill:constraint=(\w+),.*?task_memcg=(.*),task=(.*),pid=(\d+),uid=(\d+)")
_KILLED = re.compile(
    r"((?:Memory cgroup o|O)ut of memory): Kill(?:ed)? process (\d+) \((.*)\)(?=,| total-vm:| score |$)(.*)"
)
_CONTAINER = re.compile(r"/([0-9a-z]{12,})$")
_ANON = re.compile(r"anon-rss:(\d+)kB")


@dataclass(frozen=True, slots=True)
class OomChoice:
    """The kernel chose a process to kill (`oom-kill:`).

    `at` is in seconds since boot, None where the log has no such stamp. `constraint` is CONSTRAINT_MEMCG when a cgroup
    met its limit, CONSTRAINT_NONE when the machine had no memory left. `cgroup` is the process's (`task_memcg=`),
    `container` the id at its end, which is the `id=` of `starting container` in the engine log.
    """

    line: int
    at: float | None
    constraint: str
    process: str
    pid: int
    uid: int
    cgroup: str
    container: str | None


@dataclass(frozen=True, slots=True)
class Killed:
    """The kernel killed a process: `in_cgroup` for a cgroup's limit, else for the whole machine. `anon_kb` is in kB."""

    line: int
    at: float | None
    process: str
    pid: int
    in_cgroup: bool
    anon_kb: int | None


@dataclass(frozen=True, slots=True)
class Other:
    """Any other line of the kernel."""

    line: int
    at: float | None
    text: str


Record = OomChoice | Killed | Other


def read_kernel(log: str | Path | BinaryIO) -> Iterator[Record]:
    """Every line of a kernel log that is not empty.

    Never raises on what the log contains; raises `Refusal` when it cannot be read at all.
    """
    for number, text in text_lines(log):
        if text:
            yield _record(number, text)


def _record(number: int, text: str) -> Record:
    stamp = _UPTIME.match(text)
    at = float(stamp[1]) if stamp else None
    return _choice(number, at, text) or _killed(number, at, text) or Other(number, at, text)


def _choice(number: int, at: float | None, text: str) -> OomChoice | None:
    found = _CHOICE.search(text) if "oom-kill:" in text else None
    if not found:
        return None
    constraint, cgroup, process, pid, uid = found.groups()
    container = _CONTAINER.search(cgroup)
    return OomChoice(number, at, constraint, process, int(pid), int(uid), cgroup, container[1] if container else None)


def _killed(number: int, at: float | None, text: str) -> Killed | None:
    found = _KILLED.search(text) if "ut of memory" in text else None
    if not found:
        return None
    what, pid, process, rest = found.groups()
    anon = _ANON.search(rest)
    return Killed(number, at, process, int(pid), what.startswith("Memory cgroup"), int(anon[1]) if anon else None)
