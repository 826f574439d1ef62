"""What a block scanner looks for in place of a pattern: as little as tells lines with it from lines without it."""

import re
from collections.abc import Iterator
from itertools import pairwise

from faultbook.matcher.dialect import Token, for_scanning, tokens

_ESCAPE = re.compile(r"\\.")

_STRONG = 8
"""Letters in a row from which on they are rare enough; Hyperscan looks for the last eight of a literal."""

_LINE_START = "(?:^|\ufeff|Z |[0-9]:[0-9]{2} | [FP] |\\| |\\] )"
"""`^`, or the end of what `line.PREFIX` matches: a CI system or container runtime may have written before the line."""

_LINE_END = r"\r*$"
"""`$`, before or behind the carriage returns that `line.clean` takes away."""


def needle(pattern: str) -> str:
    """An expression that is found in every line in which `pattern` is found, and in few others.

    To `dialect.for_scanning` it adds: a start that is weaker than what follows behind a gap is left out, so that
    `^time="[^"]+" level=error ` does not begin to match on every line; `^` is kept where the pattern begins with
    it, also behind a prefix; `$` allows for carriage returns.
    """
    parts = list(tokens(pattern))
    parts = parts[_first_strong(parts) :]
    anchored = parts[0].kind == "start"
    text = "".join(_LINE_END if part.kind == "end" else part.text for part in parts[anchored:])
    return _LINE_START * anchored + for_scanning(text)


def is_exact(pattern: str) -> bool:
    """Whether the needle of `pattern`, case respected, is found in no other lines than the pattern itself."""
    parts = list(tokens(pattern))
    wider = any(part.kind in ("start", "end") or {"\\D", "\\W"} & set(_ESCAPE.findall(part.text)) for part in parts)
    return not wider and not _first_strong(parts)


def _first_strong(parts: list[Token]) -> int:
    """0-based index of the token at which the first strong stretch of a pattern begins, else the strongest."""
    stretches = list(_stretches(parts))
    enough = min(_STRONG, max(letters for _, letters in stretches))
    return next(start for start, letters in stretches if letters >= enough)


def _stretches(parts: list[Token]) -> Iterator[tuple[int, int]]:
    """The stretches of a pattern between its gaps: (index of the first token, most letters in a row).

    A gap is an unbounded repetition. Only what every match must have is looked at: a pattern of alternatives is
    one stretch, and groups count for nothing.
    """
    start = depth = row = most = 0
    for index, (token, after) in enumerate(pairwise([*parts, Token("end", "", 0)])):
        depth += (token.kind == "open") - (token.kind == "close")
        if token.kind == "or" and not depth:
            break
        row = row + 1 if token.kind == "literal" and not depth and after.kind != "repeat" else 0
        most = max(most, row)
        if token.kind == "repeat" and not depth and token.text[0] in "*+":
            yield start, most
            start, most = index + 1, 0
    yield start, most
