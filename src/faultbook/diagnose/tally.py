"""What was found in one log, or in one part of it; parts of a log are added up in order."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from faultbook.diagnose.frequent import Frequent
from faultbook.diagnose.rules import Purpose, RuleBook
from faultbook.matcher.search import Hit, Suspect
from faultbook.matcher.source import Extent, Readable, blocks

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
    for block in blocks(stream, extent=found.extent):
        for line in book.searcher.suspects(block):
            _count_line(found, line, book.purposes)
    return found


def _count_line(found: Tally, line: Suspect, purposes: list[Purpose]) -> None:
    """Count a line: it is evidence, or noise, or an error nobody explains, or nothing of interest."""
    claimed, errors = False, []
    for rule in line.rules:  # signatures stand before noise and errors in every book
        purpose = purposes[rule]
        if purpose.signature:
            claimed |= _count_evidence(found, line, rule)
        elif claimed or (purpose.noise and line.matches(rule)):
            return
        elif not purpose.noise:
            errors.append(rule)
    if not claimed and any(map(line.matches, errors)) and not found.frequent.again(line.text):
        found.frequent.add(line.number, line.text)


def _count_evidence(found: Tally, line: Suspect, rule: int) -> bool:
    """Count the line if the signature matches, and keep it if it is one of the first."""
    kept = found.hits.get(rule, [])
    if len(kept) < EVIDENCE_KEPT:
        hit = line.hit(rule)
        if not hit:
            return False
        found.hits[rule] = [*kept, hit]
    elif not line.matches(rule):
        return False
    found.counts[rule] = found.counts.get(rule, 0) + 1
    return True


def total(parts: Iterable[Tally]) -> Tally:
    """The tally of a log from those of its parts, in order."""
    whole = Tally()
    for part in parts:
        whole.append(part)
    return whole
