"""JSON as the lock file's readers in Go take it: what a line holds, or what is wrong with it in Go's own words.

Source of the words: encoding/json of Go 1.2x, as printed in the captured runs of v0.21.8 and v1.0.0-beta.11.
"""

import json
import re
from dataclasses import dataclass
from json.encoder import encode_basestring
from typing import Any, NoReturn

_STARTS = '[{"-0123456789tfn'
_UNUSUAL = re.compile("[<>&\u2028\u2029]")
_ESCAPES = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"})


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it is written: its size and its form do not matter to a lock file, and must not change."""

    text: str


class BrokenJson(Exception):
    """A text that is no JSON; `message` is what Go says of it, "" where its words are not known here."""

    def __init__(self, message: str, is_cut: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.is_cut = is_cut


def parsed(text: str) -> Any:
    """The value `text` holds: dict, list, str, bool, None or `Number`. Raises `BrokenJson`."""
    if text[:1] not in _STARTS:
        raise BrokenJson(f"invalid character {_quoted(text)} looking for beginning of value")
    try:
        value = json.loads(text, parse_int=Number, parse_float=Number, parse_constant=_refused)
    except RecursionError:
        raise BrokenJson("exceeded max depth") from None
    except json.JSONDecodeError as error:
        is_cut = error.pos >= len(text) or error.msg.startswith("Unterminated string")
        raise BrokenJson("unexpected EOF" if is_cut else "", is_cut) from None
    return _without_surrogates(value) if "\\u" in text else value


def written(value: Any) -> str:
    """A value as Go's json.Marshal writes it: no spaces, keys in order, `<`, `>` and `&` escaped."""
    if isinstance(value, str):
        text = encode_basestring(value)
        return text.translate(_ESCAPES) if _UNUSUAL.search(text) else text
    if isinstance(value, list | tuple):
        return f"[{','.join(map(written, value))}]"
    if isinstance(value, Number):
        return value.text
    if isinstance(value, dict):
        return f"{{{','.join(f'{written(key)}:{written(value[key])}' for key in sorted(value))}}}"
    return json.dumps(value)


def type_of(value: Any) -> str:
    """What Go calls the kind of a value in its complaints."""
    kinds = {dict: "object", list: "array", str: "string", Number: "number", bool: "bool"}
    return kinds.get(type(value), "null")


def _without_surrogates(value: Any) -> Any:
    """Half a pair of surrogates (`\\ud800`) is no character; Go puts U+FFFD in its place."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_without_surrogates(item) for item in value]
    if isinstance(value, dict):
        return {_without_surrogates(key): _without_surrogates(item) for key, item in value.items()}
    return value


def _refused(word: str) -> NoReturn:
    """NaN and Infinity, which Python reads and nobody else."""
    raise BrokenJson(f"invalid character '{word[0]}' looking for beginning of value")


def _quoted(text: str) -> str:
    """The first byte of a text as Go shows it; of a character of several bytes it sees the first only."""
    if not text:
        return "''"
    first = chr(text[0].encode("utf-8", "surrogatepass")[0])
    if first == "'":
        return r"'\''"
    return f"'{first}'" if first.isprintable() else f"'\\x{ord(first):02x}'"
