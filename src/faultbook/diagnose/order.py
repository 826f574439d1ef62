"""Causes before what they lead to."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from faultbook.diagnose.diagnosis import Finding


def causes_first(findings: "Sequence[Finding]") -> "Iterator[Finding]":
    """The findings so that each stands behind its causes, otherwise in the given order.

    A circle of causes is refused when the catalogue is checked; should there be one, the given order stands.
    """
    waiting = list(findings)
    done: set[str] = set()
    while waiting:
        ready = next((finding for finding in waiting if done.issuperset(finding.caused_by)), waiting[0])
        waiting.remove(ready)
        done.add(ready.failure.id)
        yield ready
