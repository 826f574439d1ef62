"""Letters one of which every line has that a pattern matches: how the browser tells which patterns to try on a line."""

from itertools import pairwise

from faultbook.matcher.dialect import Token, tokens

LENGTH = 4
_MOST = 24
"""More alternatives than this are not worth looking for."""
_COMMON = {char: rank for rank, char in enumerate(reversed(" etaoinsrhldcumfpgwybvkxjqz0123456789:=-._/\"'"), 1)}

Letters = tuple[str, ...]


def letters(pattern: str) -> Letters:
    """Rows of LENGTH letters (ASCII) such that every match of `pattern` has at least one of them; () for none.

    Nothing that is repeated or optional is certain. Of the choices there are, the rarest letters are taken.
    """
    return _of(list(tokens(pattern)))


def _of(parts: list[Token]) -> Letters:
    """The letters of a piece of a pattern: those of all its alternatives, () when one of them has none."""
    found = [_best(branch) for branch in _branches(parts)]
    rows = tuple(dict.fromkeys(row for branch in found for row in branch))
    return rows if all(found) and len(rows) <= _MOST else ()


def _best(branch: list[Token]) -> Letters:
    """The rarest of what stands in one alternative for certain: a row of letters, or a group."""
    choices: list[Letters] = []
    row, at = "", 0
    while at < len(branch):
        token, end = branch[at], _end(branch, at)
        optional = end < len(branch) and branch[end].kind == "repeat"
        letter = "" if optional or token.kind != "literal" else _letter(token)
        if not letter:
            choices += _rows(row)
            row = ""
        row += letter
        if token.kind == "open" and not optional:
            choices.append(_of(branch[at + 1 : end - 1]))
        at = end
    return min(filter(None, [*choices, *_rows(row)]), key=_frequency, default=())


def _rows(row: str) -> list[Letters]:
    return [(row[at : at + LENGTH],) for at in range(len(row) - LENGTH + 1)]


def _end(parts: list[Token], at: int) -> int:
    """The index behind the token at `at`, or behind the group that it opens."""
    depth = 0
    for index in range(at, len(parts)):
        depth += (parts[index].kind == "open") - (parts[index].kind == "close")
        if not depth:
            return index + 1
    return len(parts)


def _branches(parts: list[Token]) -> list[list[Token]]:
    """The alternatives of a piece, without what stands in its groups."""
    depth, cuts = 0, [-1]
    for index, token in enumerate(parts):
        depth += (token.kind == "open") - (token.kind == "close")
        if token.kind == "or" and not depth:
            cuts.append(index)
    return [parts[low + 1 : high] for low, high in pairwise([*cuts, len(parts)])]


def _letter(token: Token) -> str:
    """The character a literal stands for, '' if it is none of ASCII."""
    char = {"\\t": "\t"}.get(token.text, token.text[-1])
    return char if char.isascii() else ""


def _frequency(rows: Letters) -> int:
    return sum(sum(_COMMON.get(char.lower(), 0) - 8 * char.isupper() for char in row) + 40 for row in rows)
