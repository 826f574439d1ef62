"""Causes before what they lead to."""

from collections.abc import Iterator, Sequence
from typing import Protocol, TypeVar

from faultbook.catalogue.model import Failure


class Found(Protocol):
    """A failure mode that was found; `caused_by` are the ids of its causes among those found with it."""

    @property
    def failure(self) -> Failure: ...

    @property
    def caused_by(self) -> tuple[str, ...]: ...


F = TypeVar("F", bound=Found)


def causes_first(findings: Sequence[F]) -> Iterator[F]:
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
