"""Sizes and sentences of `dagger/disk`."""

from collections.abc import Sequence

from faultbook.logs.space import Prune

_UNITS = ("B", "kB", "MB", "GB", "TB")
_ENDS = 4


def size(amount: float) -> str:
    """Bytes in the decimal unit that suits: `0 B`, `24.6 kB`, `4.0 MB`."""
    value, place = float(amount), 0
    while value >= 999.95 and place < len(_UNITS) - 1:
        value, place = value / 1000, place + 1
    return f"{value:.0f} B" if place == 0 else f"{value:.1f} {_UNITS[place]}"


def percent(part: float, whole: float) -> str:
    """A share with one digit; a small one is not called none."""
    share = 100 * part / whole
    return "below 0.1 %" if 0 < share < 0.1 else f"{share:.1f} %"


def course(amounts: Sequence[float]) -> str:
    """First and last of some sizes, and the largest where it is neither."""
    first, last, most = amounts[0], amounts[-1], max(amounts)
    if len(amounts) == 1:
        return size(first)
    between = f", at most {size(most)}" if most > max(first, last) else ""
    return f"{size(first)}, then {size(last)}{between}"


def asked(prune: Prune) -> str:
    """What a prune was for."""
    if prune.is_of_everything:
        return "a call, for everything"
    return f"policy {prune.policy}, for {size(prune.target)}"


def pruned(prune: Prune) -> str:
    """What a prune did, as a sentence."""
    what = "1 result" if prune.results == 1 else f"{prune.results:,} results"
    return f"a prune ({asked(prune)}) gave up {what}, and {size(prune.reclaimed)} of the count."


def ends(rows: list[list[str]]) -> list[list[str]]:
    """The first and the last rows of a long table."""
    if len(rows) <= 2 * _ENDS:
        return rows
    left_out = [f"… {len(rows) - 2 * _ENDS} more", *([""] * (len(rows[0]) - 1))]
    return [*rows[:_ENDS], left_out, *rows[-_ENDS:]]


def lines(count: int) -> str:
    """A number of lines."""
    return "1 line" if count == 1 else f"{count} lines"
