"""Names of Go functions as profiles and stacks print them: their package, and a form that fits into a picture.

github.com/dagger/dagger/dagql.Class[go.shape.*uint8].ForkObjectType    package dagql, short dagql.Class.ForkObjectType
"""

import functools
import re

_OWN = "github.com/dagger/dagger/"
_HOST = re.compile(r"^(?:github\.com|google\.golang\.org|go\.opentelemetry\.io|golang\.org)/")
_RECEIVER = re.compile(r"\.(?:\([^)]*\)\.)?")
_ENDS = re.compile(r"[\[(]")


@functools.lru_cache(maxsize=1 << 16)
def package_of(function: str) -> str:
    """The import path of a function's package: `github.com/dagger/dagger/dagql`; the name itself if it has no dot."""
    name = _ENDS.split(function, maxsplit=1)[0]
    start = name.rfind("/") + 1
    dot = name.find(".", start)
    return name if dot < 0 else name[:dot]


def is_own(package: str) -> bool:
    """Whether a package is of Dagger's own repository; the engine's `main` is."""
    return package == "main" or package.startswith(_OWN)


def short_package(package: str) -> str:
    """An import path without the host, and Dagger's own from inside its repository: `core/schema`."""
    return package.removeprefix(_OWN) if package.startswith(_OWN) else _HOST.sub("", package)


@functools.lru_cache(maxsize=1 << 16)
def short_name(function: str) -> str:
    """A function's name with its short package and without type arguments: `dagql.(*Cache).wait`."""
    package = package_of(function)
    return short_package(package) + without_types(function[len(package) :])


def bare_name(function: str) -> str:
    """A function's name without package, receiver and type arguments: `wait.func1`."""
    return _RECEIVER.sub("", without_types(function[len(package_of(function)) :]), count=1)


def without_types(name: str) -> str:
    """`name` without what stands in square brackets, however deep."""
    kept, depth = [], 0
    for char in name:
        depth += char == "["
        if not depth:
            kept.append(char)
        depth -= char == "]" and depth > 0
    return "".join(kept)
