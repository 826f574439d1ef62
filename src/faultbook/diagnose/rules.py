"""What a log is searched for: the signatures that name it, its harmless noise, its error-like lines."""

from collections.abc import Iterator
from dataclasses import dataclass

from faultbook.catalogue.model import Catalogue, Failure, Signature
from faultbook.matcher.search import Rule, Searcher

ANY_ERROR = (
    r"error|fatal|panic|fail(?:ed|ure|ing)|exception|traceback|refused|denied|timed out|timeout|killed|cannot |"
    r"unable to|not found|no such|invalid|abort(?:ed|ing)|segmentation"
)
"""What an error looks like in a log of unknown origin, whatever the case."""


@dataclass(frozen=True)
class Purpose:
    """Why a rule is searched for: a signature of a failure mode, or else noise or merely error-like."""

    failure: str | None = None
    signature: Signature | None = None
    noise: bool = False


class RuleBook:
    """The rules of one log (None: of unknown origin, searched for everything) and their searcher."""

    def __init__(self, catalogue: Catalogue, log: str | None) -> None:
        rules = list(_rules(catalogue, log))
        self.purposes = [purpose for purpose, _ in rules]
        self.searcher = Searcher([rule for _, rule in rules])


class RuleBooks:
    """Rule books, each made when it is first needed."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._made: dict[str | None, RuleBook] = {}

    def of(self, log: str | None) -> RuleBook:
        """The rule book of a log."""
        if log not in self._made:
            self._made[log] = RuleBook(self._catalogue, log)
        return self._made[log]


def _rules(catalogue: Catalogue, log: str | None) -> Iterator[tuple[Purpose, Rule]]:
    for failure in catalogue.failures.values():
        yield from _signature_rules(failure, log)
    for known in catalogue.logs.values():
        if log in (None, known.id):
            yield from ((Purpose(noise=True), Rule(noise.pattern)) for noise in known.noise)
            yield from ((Purpose(), Rule(pattern)) for pattern in known.error_like)
    if log is None:
        yield Purpose(), Rule(ANY_ERROR, ignore_case=True)


def _signature_rules(failure: Failure, log: str | None) -> Iterator[tuple[Purpose, Rule]]:
    for signature in failure.signatures:
        if log in (None, signature.log):
            yield Purpose(failure.id, signature), Rule(signature.pattern, signature.ignore_case)
