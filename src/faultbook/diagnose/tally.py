"""What was found in one log, or in one part of it; parts of a log are added up in order."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from faultbook.diagnose.frequent import Frequent
from faultbook.diagnose.rules import Purpose, RuleBook
from faultbook.matcher.search import Hit
from faultbook.matcher.source import Extent, Readable

EVIDENCE_KEPT = 20
"""Lines of evidence kept for each signature and log; further ones are only counted."""


@dataclass
class Tally:
    """Hits by rule index (the first EVIDENCE_KEPT, and how many in all), error-like lines, and the extent read."""

    hits: dict[int, list[Hit]] = field(default_factory=dict)
    counts: dict[int, int] = field(default_factory=dict)
    frequent: Frequent = field(default_factory=Frequent)
    extent: Extent = field(default_factory=Extent)

    def append(self, later: "Tally") -> None:
        """Add the tally of the part which follows this one in the same log."""
        for rule, hits in later.hits.items():
            kept = self.hits.setdefault(rule, [])
            kept += [self._moved(hit) for hit in hits[: EVIDENCE_KEPT - len(kept)]]
            self.counts[rule] = self.counts.get(rule, 0) + later.counts[rule]
        self.frequent.merge(later.frequent, self.extent.lines)
        self.extent.bytes += later.extent.bytes
        self.extent.lines += later.extent.lines

    def _moved(self, hit: Hit) -> Hit:
        return replace(hit, line=hit.line + self.extent.lines, offset=hit.offset + self.extent.bytes)


def tally(stream: Readable, book: RuleBook, found: Tally) -> Tally:
    """Search a log, or a part of one, for everything in `book`; `found` holds it, also when reading breaks off."""
    line: list[Hit] = []
    try:
        for hit in book.searcher.hits(stream, found.extent):
            if line and line[0].line != hit.line:
                _count_line(found, line, book.purposes)
                line = []
            line.append(hit)
    finally:
        if line:
            _count_line(found, line, book.purposes)
    return found


def _count_line(found: Tally, hits: list[Hit], purposes: list[Purpose]) -> None:
    """Count the hits on one line: it is evidence, or noise, or an error nobody explains."""
    signatures = [hit for hit in hits if purposes[hit.rule].signature]
    for hit in signatures:
        kept = found.hits.setdefault(hit.rule, [])
        if len(kept) < EVIDENCE_KEPT:
            kept.append(hit)
        found.counts[hit.rule] = found.counts.get(hit.rule, 0) + 1
    if not signatures and not any(purposes[hit.rule].noise for hit in hits):
        found.frequent.add(hits[0].line, hits[0].text)


def total(parts: Iterable[Tally]) -> Tally:
    """The tally of a log from those of its parts, in order."""
    whole = Tally()
    for part in parts:
        whole.append(part)
    return whole
