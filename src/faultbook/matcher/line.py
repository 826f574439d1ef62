"""What a signature sees of a line: one definition, used by every matcher and every reader.

A log is split at line feeds. Of each line, trailing carriage returns, terminal escape sequences and what a
CI system or container runtime wrote in front are taken away, and invalid UTF-8 becomes U+FFFD. `^` in a
signature is the start of what is left, `$` its end. The expressions below are in the dialect of signatures,
so that the browser applies the very same ones.

Sources: ECMA-48 for escape sequences; the prefixes are those of GitHub Actions' raw job logs
(`2026-11-21T05:39:03.6184240Z `), of `gh run view --log` (`job<TAB>step<TAB>time `), of
`docker logs --timestamps`, of the Kubernetes container runtime interface (`time stdout F `), of
`docker compose logs` (`service-1  | `) and of `kubectl logs --prefix` (`[pod/name/container] `).
"""

import codecs
import re

MAX_LINE = 1 << 20
"""Bytes of one line that are searched; what is behind them is counted but not looked at."""

ESCAPES = r"\x1b(?:\[[0-9;:?<=>]*[ -/]*[@-~]|\][^\n\x07\x1b]*(?:\x07|\x1b\\)|[ -/]+[0-~]|[0-Z\\^-~])"
_STAMP = (
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?(?:Z|[+-][0-9]{2}:[0-9]{2}) "
    r"(?:std(?:out|err) [FP] )?"
)
PREFIX = (
    f"\ufeff?(?:(?:[^\t]{{1,200}}\t[^\t]{{1,200}}\t\ufeff?)?{_STAMP}"
    rf"|(?:[a-z0-9][a-z0-9_.-]{{0,100}}-[0-9]+ +\| |\[pod/[^\]]{{1,200}}\] )(?:{_STAMP})?)"
)
_ESCAPES = re.compile(ESCAPES)
_PREFIX = re.compile(PREFIX)


def clean(raw: bytes) -> str:
    """The text of a line as signatures and readers see it; `raw` is the line with or without its line feed."""
    text = strip_escapes(raw.rstrip(b"\r\n").decode("utf-8", "replace"))
    return strip_prefix(text)


def strip_escapes(text: str) -> str:
    """`text` without terminal escape sequences and without carriage returns at its end."""
    if "\x1b" in text:
        text = _ESCAPES.sub("", text)
    return text.rstrip("\r")


def strip_prefix(text: str) -> str:
    """`text` without what a CI system or container runtime put in front, and without a byte order mark."""
    # Most lines have no prefix; three cheap looks spare them the expression.
    if text[:1] in "0123456789\ufeff[" or "\t" in text[:201] or " | " in text[:120]:
        found = _PREFIX.match(text)
        if found:
            return text[found.end() :]
        return text.removeprefix("\ufeff")
    return text


def prefix_time(raw: bytes) -> str | None:
    """The time stamp in front of a line as the CI system wrote it (RFC 3339), or None where there is none."""
    found = _PREFIX.match(strip_escapes(raw.rstrip(b"\r\n").decode("utf-8", "replace")))
    if not found:
        return None
    stamp = re.search(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T\S+", found[0])
    return stamp[0] if stamp else None


def raw_place(raw: bytes, column: int) -> tuple[int, int]:
    """Where a character of `clean(raw)` stands in the line as it is in the file.

    `column` is 0-based in the cleaned text. The answer is (characters, bytes) of `raw` before it, so both are
    0-based; an invalid byte sequence counts as the one character it is shown as.
    """
    text = raw.rstrip(b"\r\n").decode("utf-8", "faultbook-length")
    kept = _kept_positions(text)
    place = kept[column] if column < len(kept) else len(text)
    return place, sum(map(_byte_length, text[:place]))


def _kept_positions(text: str) -> list[int]:
    """Positions in `text` of the characters which `clean` keeps, in order."""
    gone: set[int] = set()
    for found in _ESCAPES.finditer(text):
        gone.update(range(*found.span()))
    kept = [index for index in range(len(text)) if index not in gone]
    plain = "".join(text[index] for index in kept)
    return kept[len(plain) - len(strip_prefix(plain)) :]


_LONE = 0xDC00


def _length_as_surrogate(error: UnicodeError) -> tuple[str, int]:
    """A decoding error handler: one lone surrogate which tells how many bytes were invalid."""
    assert isinstance(error, UnicodeDecodeError)
    return chr(_LONE + error.end - error.start), error.end


def _byte_length(character: str) -> int:
    code = ord(character)
    return code - _LONE if _LONE <= code < _LONE + 8 else len(character.encode())


codecs.register_error("faultbook-length", _length_as_surrogate)
