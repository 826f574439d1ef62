"""What a goroutine of the Dagger engine does, told by the functions in its stack.

The functions are those of dagger v0.21.8: dagql/cache.go, core/container_exec.go, core/healthcheck.go,
engine/engineutil, engine/server and engine/filesync. They are seen in the captured dumps, but for those of `lock`,
`port` and `upload`, which are taken from the source.
"""

import functools
import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from faultbook.logs.gonames import short_name
from faultbook.logs.goroutine_dump import Dump, Group
from faultbook.logs.goroutines import Frame

Role = Literal["lock", "port", "upload", "call", "result", "command", "work", "client", "own"]

IN_WORDS: dict[Role, str] = {
    "lock": "waits for a lock",
    "port": "waits for the port of a service",
    "upload": "waits for another upload of the same path",
    "call": "waits for a call",
    "result": "waits for a result to be made",
    "command": "runs a command",
    "work": "works on a call",
    "client": "serves a connected client",
    "own": "the engine's own",
}
AT_WORK: tuple[Role, ...] = ("lock", "port", "upload", "call", "result", "command", "work")
"""Roles that an engine with nothing to do has none of."""

_LOCKS = {"sync.Mutex.Lock", "sync.RWMutex.Lock", "sync.RWMutex.RLock", "semacquire"}
_ENGINE = "github.com/dagger/dagger/"
_CODE = re.compile(r"github\.com/dagger/dagger/(?:core|dagql|engine|network|internal/buildkit)[/.]")
_MARKS: tuple[tuple[Role, str], ...] = (
    ("port", r"core\.\(\*(?:port|docker)Health[Cc]heck"),
    ("upload", r"engine/filesync\.\(\*[cC]hangeCache\)\.wait"),
    ("call", r"dagql\.\(\*Cache\)\.wait$"),
    ("result", r"dagql\.\(\*Cache\)\.waitForLazyEvaluation$"),
    ("command", r"engine/engineutil\.(?:\(\*Client\)\.(?:runContainer|[rR]un|setupOTel)|runcProcessHandle)"),
    ("command", r"containerd/go-runc\."),
    ("work", r"dagql\.\(\*(?:Cache\)\.(?:getOrInitCall|evaluateOne)|Server\)\.ExecOp)"),
    ("work", r"core\.\(\*ContainerExecState\)\."),
    ("client", r"engine/server\.(?:\(\*(?:PubSub|sessionAttachableManager)\)|monitorAttachableHealth)"),
    ("client", r"engine/server\.\(\*\w+\)\.(?:with(?:Shutdown|Closing)Cancel|serveHTTPToClient)"),
    ("client", r"net/http\.\(\*http2serverConn\)|grpc[./]|otel/"),
)
_RULES = [(role, re.compile(f"^(?:{mark})", re.MULTILINE)) for role, mark in _MARKS]
_WAITING = ("internal/", "syscall.", "runtime.", "sync.", "io.", "os.", "net.", "time.")
_RUNS = "engine/engineutil.(*Client).runContainer"
_CLIENT = "engine/server.(*sessionAttachableManager).Register"
_SCHEMA = re.compile(r"^core/schema\.\(\*(\w+?)(?:Schema)?\)\.(\w+)")


@dataclass(frozen=True, slots=True)
class Counted:
    """A group with its role."""

    role: Role
    group: Group


def roles_of(dump: Dump) -> tuple[Counted, ...]:
    """Every group of a dump with its role."""
    return tuple(Counted(role_of(group), group) for group in dump.groups)


def role_of(group: Group) -> Role:
    """What the goroutines of a group do: the first mark found in the stack, its functions one a line, decides."""
    if group.state in _LOCKS and _is_engines_lock(group):
        return "lock"
    stack = "\n".join([*map(name_of, group.frames), short_name(group.created_by or "")])
    return next((role for role, rule in _RULES if rule.search(stack)), "own")


def _is_engines_lock(group: Group) -> bool:
    """Whether a goroutine of the engine waits for a lock; older versions of Go say so of one that waits for others."""
    functions = [frame.function for frame in group.frames]
    return any(name.startswith(_ENGINE) for name in functions) and "sync.(*WaitGroup).Wait" not in functions


def is_engine(dump: Dump) -> bool:
    """Whether a dump is of an engine: by the file of its `main.main`, or, where that is not in it, by its functions."""
    if dump.main:
        return dump.main.file.endswith("cmd/engine/main.go")
    functions = [frame.function for group in dump.groups for frame in group.frames]
    return any(map(_CODE.match, functions)) and not any(name.startswith("testing.") for name in functions)


def running(groups: Iterable[Counted]) -> int:
    """How many commands run: each has several goroutines, but one that is in charge of it."""
    return _in(groups, _RUNS)


def clients(groups: Iterable[Counted]) -> int:
    """How many clients are connected."""
    return _in(groups, _CLIENT)


def is_in_charge(group: Group) -> bool:
    """Whether a group is that of goroutines in charge of a running command."""
    return _RUNS in map(name_of, group.frames)


def place_of(group: Group) -> Frame | None:
    """The frame that tells most: the innermost of the engine's code, else of other code than Go's own, else of all."""
    engine = (frame for frame in group.frames if frame.function.startswith((_ENGINE, "main.")))
    others = (frame for frame in group.frames if "." in frame.function.partition("/")[0] and "/" in frame.function)
    telling = (frame for frame in group.frames if not frame.function.startswith(_WAITING))
    return next(itertools.chain(engine, others, telling, group.frames), None)


def field_of(group: Group) -> str | None:
    """The API function a goroutine works on, as its code is called: `container.stdout`. None where there is none."""
    found = (_SCHEMA.match(name_of(frame)) for frame in group.frames)
    return next((f"{match[1]}.{match[2]}" for match in found if match), None)


@functools.lru_cache(maxsize=1 << 14)
def name_of(frame: Frame) -> str:
    """A function by its short name."""
    return short_name(frame.function)


def _in(groups: Iterable[Counted], function: str) -> int:
    """How many goroutines are in a function."""
    return sum(one.group.count for one in groups if function in map(name_of, one.group.frames))
