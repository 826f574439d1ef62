"""The forms in which a secret leaks although its plain value is masked: encoded, cut, turned round, taken apart.

A needle is what to look for. Nothing here prints, keeps or writes one; callers report the name of the form only.
"""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, quote_plus

from faultbook.problems import Refusal

SHORTEST = 6
"""Characters a needle has at least; shorter ones stand in any log by chance."""

_LARGEST = 1 << 16
_FOR_URLS = str.maketrans("+/", "-_")
_WINDOW = 40
"""Characters of a long needle that are looked for at each of its ends: programs wrap what they encode."""


@dataclass(frozen=True)
class Form:
    """A form and what it looks like; the needle is not shown with it."""

    name: str
    needle: str = field(repr=False)


def read_secret(path: str) -> str:
    """The value in a file, without the line feeds at its end.

    Raises `Refusal` for a file that is missing, empty, too short to be told from chance, too large or no text. No
    message contains any of it.
    """
    name = Path(path).name
    try:
        value = Path(path).read_bytes()[: _LARGEST + 1].rstrip(b"\r\n").decode()
    except OSError as error:
        raise Refusal(f"{name}: the file with the secret cannot be read: {error.strerror}", "Give its path.") from None
    except UnicodeDecodeError:
        raise Refusal(
            f"{name}: the file with the secret is no UTF-8 text", "Search for its base64 form by hand."
        ) from None
    if len(value) > _LARGEST:
        raise Refusal(f"{name}: more than {_LARGEST} bytes are no secret", "Give a file with the value alone.")
    if len(value) < SHORTEST:
        raise Refusal(f"{name}: fewer than {SHORTEST} characters are in any log by chance", "Search for it by hand.")
    return value


def forms(value: str) -> list[Form]:
    """Every form of `value` to look for, the plain one first; each needle once, none shorter than `SHORTEST`."""
    known: dict[str, str] = {}
    for name, needle in _all(value):
        for part in {needle[:_WINDOW], needle[-_WINDOW:]}:
            if len(part) >= SHORTEST:
                known.setdefault(part, name)
    return [Form(name, needle) for needle, name in known.items()]


def _all(value: str) -> Iterator[tuple[str, str]]:
    yield "plain, not masked", value
    for line in value.splitlines():
        yield "a line of it, plain", line
    yield from _encoded(value)
    yield "reversed", value[::-1]
    yield "in upper case", value.upper()
    yield "in lower case", value.lower()
    kept = -(-len(value) * 2 // 3)
    yield "cut at its end", value[:kept]
    yield "cut at its start", value[-kept:]


def _encoded(value: str) -> Iterator[tuple[str, str]]:
    for shift in range(3):
        told = _base64(value.encode(), shift)
        yield "base64", told
        yield "base64", told.translate(_FOR_URLS)
    plain = value.encode().hex()
    for between in ("", " ", ":"):
        told = value.encode().hex(between) if between else plain
        yield "hexadecimal", told
        yield "hexadecimal", told.upper()
    yield "hexadecimal", " ".join(plain[place : place + 4] for place in range(0, len(plain), 4))
    for told in (quote(value, safe=""), quote_plus(value)):
        yield "URL-encoded", told
    yield "escaped as in JSON", json.dumps(value)[1:-1]


def _base64(value: bytes, shift: int) -> str:
    """The characters of base64 that depend on `value` alone when `shift` bytes (0 to 2) stand before it."""
    whole = base64.b64encode(b"\0" * shift + value).decode()
    return whole[-(-8 * shift // 6) : 8 * (shift + len(value)) // 6]
