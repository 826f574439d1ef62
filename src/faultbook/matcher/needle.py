"""What a block scanner looks for in place of a pattern: as little as tells lines with it from lines without it."""

import re
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

    To `dialect.for_scanning` it adds: what stands before the first letters that are rare is left out, so that
    `^time="[^"]+" level=error ` does not begin to match on every line; where no letters are rare, `^` is kept, also
    behind a prefix; `$` allows for carriage returns.
    """
    parts = list(tokens(pattern))
    parts = parts[_start(parts) :]
    anchored = parts[0].kind == "start"
    text = "".join(_LINE_END if part.kind == "end" else part.text for part in parts[anchored:])
    return _LINE_START * anchored + for_scanning(text)


def is_exact(pattern: str) -> bool:
    """Whether the needle of `pattern`, case respected, is found in no other lines than the pattern itself."""
    parts = list(tokens(pattern))
    wider = any(part.kind in ("start", "end") or {"\\D", "\\W"} & set(_ESCAPE.findall(part.text)) for part in parts)
    return not wider and not _start(parts)


def _start(parts: list[Token]) -> int:
    """0-based index of the token at which the needle begins.

    That is where the first strong row of letters does, else behind the gap before the longest row; a gap is an
    unbounded repetition. Only what every match must have is looked at: no groups, and of alternatives the first.
    """
    start = depth = row = longest = behind_gap = 0
    for index, (token, after) in enumerate(pairwise([*parts, Token("end", "", 0)])):
        depth += (token.kind == "open") - (token.kind == "close")
        if token.kind == "or" and not depth:
            break
        row = row + 1 if token.kind == "literal" and not depth and after.kind != "repeat" else 0
        if row == _STRONG:
            return index + 1 - row
        if row > longest:
            longest, start = row, behind_gap
        if token.kind == "repeat" and not depth and token.text[0] in "*+":
            behind_gap = index + 1
    return start
