"""Which log goes to which parameter of a playbook: by its kind. One rule for samples, readers' logs and findings."""

import re
from collections.abc import Iterable, Iterator, Mapping

from faultbook.catalogue.model import Playbook

Given = str | list[str] | None
"""What a parameter is given: a log, a list of logs, or nothing."""


def distribute(playbook: Playbook, logs: Iterable[tuple[str, str | None]]) -> dict[str, Given]:
    """A value for each parameter of `playbook` from `logs`, (name, kind) in the order in which they count.

    The n-th parameter that takes one log of a kind gets the n-th log of that kind, parameters in the order of their
    names; one that takes many gets all that are left. What finds no place is not in the answer.
    """
    waiting: dict[str | None, list[str]] = {}
    for name, kind in logs:
        waiting.setdefault(kind, []).append(name)
    singles = sorted(name for name in playbook.logs if name not in playbook.many)
    given: dict[str, Given] = {}
    for parameter in singles:
        left = waiting.get(playbook.logs[parameter])
        given[parameter] = left.pop(0) if left else None
    for parameter in sorted(playbook.many):
        given[parameter] = waiting.pop(playbook.logs[parameter], [])
    return given


def in_order(playbook: Playbook, given: Mapping[str, Given]) -> Iterator[str]:
    """The logs that were given, those the playbook needs first."""
    for parameter in sorted(given, key=lambda name: (name != playbook.needs, name)):
        value = given[parameter]
        yield from [value] if isinstance(value, str) else value or []


def natural(name: str) -> list[tuple[str, int]]:
    """A key that sorts names with numbers as people do: `log.2` before `log.10`."""
    return [(text, int(number or 0)) for text, number in re.findall(r"([^0-9]*)([0-9]*)", name)]
