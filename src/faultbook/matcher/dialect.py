"""The dialect of signatures: what RE2, Hyperscan and JavaScript (flag `u`) read in the same way.

Sources: RE2's syntax page, Hyperscan's developer reference ("Pattern Support") and ECMA-262 ("Patterns", with
the `u` flag, which refuses needless escapes). Left out on purpose: look-around and back-references (not linear),
inline flags (a field of the signature instead), `\\s` and `\\b` (Unicode in one engine, ASCII in another).
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

Kind = Literal["literal", "class", "any", "start", "end", "open", "close", "or", "repeat", "wrong"]

_SYNTAX = set("^$\\.*+?()[]{}|/")
_CLASSES = set("dDwW")
_CONTROLS = {"t"}
_SPELT_OUT = {"\\d": "0-9", "\\w": "0-9A-Za-z_"}
_MOST_REPEATS = 1000  # RE2's own limit
_BOUNDS = re.compile(r"\{([0-9]+)(,[0-9]*)?\}")
_CLASS_ESCAPES = {"\\d", "\\D", "\\w", "\\W"}


@dataclass(frozen=True)
class Token:
    """A piece of a pattern: `text` as written, at 0-based `at`. A token of kind `wrong` carries its `fault`."""

    kind: Kind
    text: str
    at: int
    fault: str = ""


def faults(pattern: str) -> list[str]:
    """Why `pattern` is not in the dialect, one sentence each; empty when it is."""
    if not pattern:
        return ["the pattern is empty"]
    found = [f"{token.fault} (at character {token.at + 1})" for token in tokens(pattern) if token.kind == "wrong"]
    return found or _structure_faults(list(tokens(pattern)))


def for_scanning(pattern: str) -> str:
    """`pattern` as a block scanner searches for it among many lines.

    It finds every line that `pattern` finds, and perhaps a few more (they are confirmed afterwards): `^` is left
    out, because a CI system may have put a time stamp before it; a class does not cross the end of a line; and a
    repetition at the very end is left out, because the scanner would report each of its ends.
    """
    parts = list(tokens(pattern))
    while parts and parts[-1].kind == "repeat":
        parts = _without_last_repeat(parts)
    return "".join(map(_scanning_text, parts)) or pattern


def group_names(pattern: str) -> list[str]:
    """Names of the groups in `pattern`, in order."""
    return [token.text[3:-1] for token in tokens(pattern) if token.text.startswith("(?<")]


def tokens(pattern: str) -> Iterator[Token]:
    """Cut a pattern into tokens; never raises, what cannot be read becomes a token of kind `wrong`."""
    at = 0
    while at < len(pattern):
        token = _READERS.get(pattern[at], _literal)(pattern, at)
        yield token
        at += len(token.text)


def _literal(pattern: str, at: int) -> Token:
    char = pattern[at]
    if char in "\n\r":
        return Token("wrong", char, at, "a line break cannot match: a signature sees one line")
    if char in "]}":
        return Token("wrong", char, at, f"write a literal {char} as \\{char}")
    return Token("literal", char, at)


def _escape(pattern: str, at: int) -> Token:
    text = pattern[at : at + 2]
    char = text[1:]
    if char in _CLASSES and char:
        return Token("class", text, at)
    if char and char in _SYNTAX | _CONTROLS:
        return Token("literal", text, at)
    return Token("wrong", text, at, f"the escape {text} is not the same in all engines")


def _class(pattern: str, at: int) -> Token:
    end = at + 1 + (pattern[at + 1 : at + 2] == "^")
    if pattern[end : end + 1] == "]":
        return Token("wrong", pattern[at : end + 1], at, "write a literal ] in a class as \\]")
    while end < len(pattern) and pattern[end] != "]":
        if pattern[end] == "[":
            return Token("wrong", pattern[at : end + 1], at, "write a literal [ in a class as \\[")
        if pattern[end] == "\\":
            if pattern[end + 1 : end + 2] not in _SYNTAX | _CLASSES | _CONTROLS | {"-"}:
                return Token("wrong", pattern[at : end + 2], at, f"the escape {pattern[end : end + 2]} is not portable")
            end += 1
        end += 1
    if end >= len(pattern):
        return Token("wrong", pattern[at:], at, "the class is not closed")
    text = pattern[at : end + 1]
    if _has_half_range(text):
        return Token("wrong", text, at, "write a literal - beside \\d or \\w as \\-")
    return Token("class", text, at)


def _has_half_range(text: str) -> bool:
    """Whether a class has a hyphen between two atoms one of which is a class itself; JavaScript refuses it."""
    atoms = re.findall(r"\\.|.", text[1:-1].removeprefix("^"))
    return any(
        atom == "-" and not _CLASS_ESCAPES.isdisjoint((before, after))
        for before, atom, after in zip(atoms, atoms[1:], atoms[2:], strict=False)
    )


def _open(pattern: str, at: int) -> Token:
    if not pattern.startswith("(?", at):
        return Token("open", "(", at)
    if pattern.startswith("(?:", at):
        return Token("open", "(?:", at)
    end = pattern.find(">", at)
    name = pattern[at + 3 : end]
    if pattern.startswith("(?<", at) and end > 0 and name.isascii() and name.isidentifier():
        return Token("open", pattern[at : end + 1], at)
    return Token("wrong", pattern[at : at + 3], at, "only (?:...) and (?<name>...) groups are portable")


def _repeat(pattern: str, at: int) -> Token:
    end = at + 1
    if pattern[at] == "{":
        bounds = _BOUNDS.match(pattern, at)
        if not bounds:
            return Token("wrong", "{", at, "write a literal { as \\{")
        end = bounds.end()
        if any(int(bound) > _MOST_REPEATS for bound in re.findall("[0-9]+", bounds[0])):
            return Token("wrong", pattern[at:end], at, f"at most {_MOST_REPEATS} repetitions")
    if pattern[end : end + 1] == "?":
        end += 1
    elif pattern[end : end + 1] == "+":
        return Token("wrong", pattern[at : end + 1], at, "possessive repetition is not portable")
    return Token("repeat", pattern[at:end], at)


def _structure_faults(parts: list[Token]) -> list[str]:
    """Parentheses that do not pair and repetitions of nothing."""
    depth, found = 0, []
    before: Kind = "start"
    for token in parts:
        depth += (token.kind == "open") - (token.kind == "close")
        if depth < 0:
            return [f"a ) too many (at character {token.at + 1})"]
        if token.kind == "repeat" and before in ("start", "end", "open", "or", "repeat"):
            found.append(f"nothing to repeat (at character {token.at + 1})")
        before = token.kind
    names = [token.text for token in parts if token.text.startswith("(?<")]
    found += [f"the group {name}...) is there twice" for name in sorted(set(names)) if names.count(name) > 1]
    return found + ["a ( is not closed"] * (depth > 0)


def _without_last_repeat(parts: list[Token]) -> list[Token]:
    """Leave out a repetition at the end: `x+` becomes `x`, `x*` and `x?` nothing; groups are left as they are."""
    *others, repeated, repeat = parts
    if repeated.kind == "close" or repeat.text[0] == "{":
        return [*parts, Token("literal", "", repeat.at)]
    return [*others, repeated] if repeat.text[0] == "+" else others


def _scanning_text(token: Token) -> str:
    if token.kind == "start":
        return ""
    if token.kind == "class":
        return _scanning_class(token.text)
    if token.text.startswith("(?<"):
        return "(?:"
    return token.text


def _scanning_class(text: str) -> str:
    """A class within one line. Hyperscan folds case in `[a-z]` as RE2 does, but not in its own `\\w`: spell it out."""
    if not text.startswith("["):
        text = f"[^{text.lower()}]" if text.isupper() else f"[{text}]"
    escapes = re.findall(r"\\.", text)
    if text.startswith("[^"):
        text = "[^\\n]" if {"\\D", "\\W"} & set(escapes) else f"{text[:-1]}\\n]"
    return re.sub(r"\\.", lambda escape: _SPELT_OUT.get(escape[0], escape[0]), text)


def _single(kind: Kind) -> Callable[[str, int], Token]:
    return lambda pattern, at: Token(kind, pattern[at], at)


_READERS: dict[str, Callable[[str, int], Token]] = {
    "\\": _escape,
    "[": _class,
    "(": _open,
    "*": _repeat,
    "+": _repeat,
    "?": _repeat,
    "{": _repeat,
    ".": _single("any"),
    "^": _single("start"),
    "$": _single("end"),
    ")": _single("close"),
    "|": _single("or"),
}
