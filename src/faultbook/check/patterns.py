"""Every pattern is in the dialect, compiles in every engine, and cannot match nothing."""

import functools
from collections.abc import Iterator

from faultbook.check.book import Book
from faultbook.matcher.dialect import faults
from faultbook.matcher.scanner import hyperscan_refusal
from faultbook.matcher.search import Rule, compiled
from faultbook.problems import Problem


def check(book: Book) -> Iterator[Problem]:
    """Problems with patterns of signatures and of logs."""
    for failure in book.catalogue.failures.values():
        for item, signature in enumerate(failure.signatures):
            for fault in pattern_faults(signature.pattern):
                what = f"the pattern {signature.pattern!r} is not in the dialect: {fault}"
                yield book.problem("failures", failure.id, "signatures", what, _REMEDY, item)
    for log in book.catalogue.logs.values():
        patterns = {
            "recognised_by": log.recognised_by,
            "error_like": log.error_like,
            "noise": [noise.pattern for noise in log.noise],
        }
        for key, values in patterns.items():
            for item, pattern in enumerate(values):
                for fault in pattern_faults(pattern):
                    what = f"the pattern {pattern!r} is not in the dialect: {fault}"
                    yield book.problem("logs", log.id, key, what, _REMEDY, item)


_REMEDY = "The dialect is described in docs/contributing/signatures.md."


@functools.cache
def pattern_faults(pattern: str) -> tuple[str, ...]:
    """Why nothing can be searched with `pattern`, one sentence each; empty when it can."""
    return tuple(faults(pattern) or _engine_faults(pattern))


def _engine_faults(pattern: str) -> Iterator[str]:
    import re2

    try:
        if compiled(pattern).search(""):
            yield "it matches the empty line, and so every line"
        elif refusal := hyperscan_refusal(Rule(pattern)):
            yield f"Hyperscan refuses it ({refusal})"
    except re2.error as error:
        yield f"RE2 refuses it ({error.args[0].decode()})"
