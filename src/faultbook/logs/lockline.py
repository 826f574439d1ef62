"""One line of a lock file taken apart, in the order and with the words in which the engine does it."""

from collections.abc import Iterator, Sequence
from typing import Any

from faultbook.logs.lockjson import BrokenJson, type_of, written
from faultbook.logs.lockrecords import FORMATS, Entry, Fault, Header

_REWRITE = "Delete the line and run the call again; an update renews entries and adds none."
_KNOWN = " or ".join(FORMATS)
_LENGTHS = " or ".join(map(str, FORMATS.values()))


class WrongLine(Exception):
    """A line that is not what it should be; `fault` says so."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.what)
        self.fault = fault


def header_of(line: int, value: Any) -> Iterator[Header | Fault]:
    """The header that a line of JSON is, or why it is none; both for a version nobody knows."""
    if not isinstance(value, list):
        message = (
            f"invalid version header: json: cannot unmarshal {type_of(value)} into Go value of type []json.RawMessage"
        )
        yield _fault(line, 'the header is no list: [["version","1"]] is wanted', "Write it in that form.", message)
    elif not _is_pair(value):
        remedy = 'Put [["version","1"]] above it for .dagger/lock, [["version","2"]] for dagger.lock.'
        yield _fault(line, "the version header is missing", remedy, "missing version header")
    else:
        yield from _versioned(line, value[0][1])


def entry_of(line: int, text: str, value: Any, version: str | None) -> Entry:
    """The entry a line of JSON is; `text` is the line as it is.

    Where the version is not known, an entry of any format will do. Raises `WrongLine`.
    """
    if not isinstance(value, list):
        message = f"invalid tuple JSON: {_no_list(value)}"
        raise WrongLine(_fault(line, "the entry is no list", _REWRITE, message))
    _check_length(line, value, version)
    namespace, operation = _text(line, "namespace", value[0]), _text(line, "operation", value[1])
    inputs = _inputs(line, value[2])
    policy = _text(line, "policy", value[4]) if len(value) > 4 else None
    told = written(inputs)
    canonical = f"[{','.join((written(namespace), written(operation), told, *map(written, value[3:])))}]"
    key = namespace, operation, told
    return Entry(line, text, canonical, key, namespace, operation, tuple(inputs), value[3], policy)


def broken_header(line: int, text: str, broken: BrokenJson) -> Fault:
    """Why a line that is no JSON cannot be the header."""
    if broken.is_cut:
        what, remedy = "the header goes on over several lines", "Put the version and every entry on one line each."
    elif text.startswith("\ufeff"):
        what, remedy = "a byte order mark stands before the header", "Save the file as UTF-8 without one."
    else:
        what, remedy = "this is not the version header", "Delete the line: nothing may stand above the header."
    return _fault(line, what, remedy, broken.message and f"invalid version header: {broken.message}")


def conflict(line: int, is_header_wanted: bool) -> Fault:
    """A merge conflict that begins on a line."""
    part = "version header" if is_header_wanted else "tuple JSON"
    message = f"invalid {part}: invalid character '<' looking for beginning of value"
    remedy = "`faultbook dagger lockfile PATH` shows both sides; with --write it puts them together."
    return _fault(line, "a merge conflict was left in the file", remedy, message)


def _versioned(line: int, version: str) -> Iterator[Header | Fault]:
    yield Header(line, version)
    if version not in FORMATS:
        remedy = f"Known are {_KNOWN}. Use the program that wrote it, or delete the file and let yours write it."
        message = f'unsupported lockfile version "{version}"'
        yield _fault(line, f"nobody here reads format {version}", remedy, message)


def _no_list(value: Any) -> str:
    return f"json: cannot unmarshal {type_of(value)} into Go value of type []json.RawMessage"


def _is_pair(value: Sequence[Any]) -> bool:
    pair = value[0] if len(value) == 1 else None
    return isinstance(pair, list) and len(pair) == 2 and pair[0] == "version" and isinstance(pair[1], str)


def broken_entry(line: int, broken: BrokenJson) -> Fault:
    """Why a line that is no JSON cannot be an entry."""
    what = "the line is cut" if broken.is_cut else "the line is no JSON"
    return _fault(line, what, _REWRITE, broken.message and f"invalid tuple JSON: {broken.message}")


def _check_length(line: int, value: Sequence[Any], version: str | None) -> None:
    wanted = FORMATS.get(version or "")
    if len(value) == wanted or (wanted is None and len(value) in FORMATS.values()):
        return
    count = str(wanted) if wanted else _LENGTHS
    fields = "1 field" if len(value) == 1 else f"{len(value)} fields"
    what = f"the entry has {fields}, format {version or 'unknown'} has {count}"
    other = next((name for name, length in FORMATS.items() if length == len(value) and version in FORMATS), None)
    remedy = f"It is an entry of format {other}: take the file from one side of the merge. Or: " if other else ""
    message = f"invalid tuple length {len(value)}: expected {wanted}" if wanted else ""
    message += f" for lockfile version {version}" if version == "2" else ""
    raise WrongLine(_fault(line, what, remedy + _REWRITE, message))


def _text(line: int, name: str, value: Any) -> str:
    """A field that must be a text; Go reads null as the empty one."""
    if value is None or isinstance(value, str):
        return value or ""
    message = f"invalid {name}: json: cannot unmarshal {type_of(value)} into Go value of type string"
    raise WrongLine(_fault(line, f"the {name} is no text", _REWRITE, message))


def _inputs(line: int, value: Any) -> list[Any]:
    if value is not None and not isinstance(value, list):
        message = f"invalid inputs: json: cannot unmarshal {type_of(value)} into Go value of type []interface {{}}"
        raise WrongLine(_fault(line, "the inputs are no list", _REWRITE, message))
    for number, item in enumerate(value or []):
        nested = _object_in(item)
        if nested is not None:
            message = f"canonicalizing inputs: input {number}: {nested}unordered object/map/dict in lock inputs"
            raise WrongLine(_fault(line, "an input is an object; lists and texts only", _REWRITE, message))
    return value or []


def _object_in(value: Any) -> str | None:
    """Where the first object in a value is, in the engine's words; None when there is none."""
    if isinstance(value, dict):
        return ""
    for number, item in enumerate(value if isinstance(value, list) else ()):
        nested = _object_in(item)
        if nested is not None:
            return f"nested input {number}: {nested}"
    return None


def _fault(line: int, what: str, remedy: str, message: str) -> Fault:
    """A fault for which both engines refuse the file; they begin with the line."""
    return Fault(line, what, remedy, "file", message and f"lockfile line {line}: {message}")
