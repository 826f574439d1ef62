"""The heart: for every sample, the failure modes found are exactly the pages which list it; nothing else fires.

And the other way round: every signature, every noise and every log is shown by a sample.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from faultbook.catalogue.model import SAMPLES, Failure, Sample
from faultbook.check.book import Book, papers_of
from faultbook.check.patterns import pattern_faults
from faultbook.diagnose import Diagnosis, diagnose
from faultbook.matcher.search import Rule, Searcher
from faultbook.matcher.source import opened
from faultbook.problems import Problem


@dataclass
class _Seen:
    signatures: set[tuple[str, str, str]] = field(default_factory=set)


def check(book: Book) -> Iterator[Problem]:
    """Diagnose every sample and compare."""
    if _patterns_broken(book):
        return
    seen = _Seen()
    for sample in book.catalogue.samples.values():
        diagnosis = diagnose([str(book.root / SAMPLES / sample.id)], book.catalogue)
        for finding in diagnosis.findings:
            for evidence in finding.evidence:
                seen.signatures.add((finding.failure.id, evidence.signature.log, evidence.signature.pattern))
        yield from _compared(book, sample, diagnosis)
    yield from _never_hit(book, seen)
    yield from _noise_never_hit(book)
    yield from _logs_without_sample(book)


def _patterns_broken(book: Book) -> bool:
    """Whether there is a pattern outside the dialect: it is reported elsewhere, and nothing can be searched with it."""
    patterns = [signature.pattern for failure in book.catalogue.failures.values() for signature in failure.signatures]
    for log in book.catalogue.logs.values():
        patterns += [*log.recognised_by, *log.error_like, *(noise.pattern for noise in log.noise)]
    return any(map(pattern_faults, patterns))


def _compared(book: Book, sample: Sample, diagnosis: Diagnosis) -> Iterator[Problem]:
    found = {finding.failure.id: finding for finding in diagnosis.findings}
    for failure in book.catalogue.shown_by(sample.id):
        if failure.signatures and failure.id not in found and sample.id not in failure.beyond_lines:
            yield _missed(book, failure, sample)
    for ident, finding in found.items():
        if sample.id in finding.failure.beyond_lines:
            what = f"beyond_lines has {sample.id}, but a signature of the page fires on it"
            yield book.problem("failures", ident, "beyond_lines", what, "Take it off that list.")
        if sample.id not in finding.failure.samples:
            first = finding.evidence[0]
            place = f"{SAMPLES}/{sample.id}/{first.path.rsplit('/', 1)[-1]}:{first.hit.line}"
            item = finding.failure.signatures.index(first.signature)
            kind = "the healthy sample" if sample.healthy else "the sample"
            what = f"its signature fires on {kind} {sample.id} ({place}), which the page does not list"
            remedy = "Narrow the pattern; or, if the failure is really there, list the sample."
            yield book.problem("failures", ident, "signatures", what, remedy, item)


def _missed(book: Book, failure: Failure, sample: Sample) -> Problem:
    what = f"no signature of the page fires on the sample {sample.id}, which it lists"
    remedy = "Mend the pattern; or take the sample off the list."
    return book.problem("failures", failure.id, "samples", what, remedy, failure.samples.index(sample.id))


def _never_hit(book: Book, seen: _Seen) -> Iterator[Problem]:
    for failure in book.catalogue.failures.values():
        for item, signature in enumerate(failure.signatures):
            if (failure.id, signature.log, signature.pattern) not in seen.signatures:
                what = f"the signature {signature.pattern!r} is hit by no sample"
                remedy = "A signature without a sample does not exist: capture one, or remove it."
                yield book.problem("failures", failure.id, "signatures", what, remedy, item)


def _noise_never_hit(book: Book) -> Iterator[Problem]:
    for log in book.catalogue.logs.values():
        searcher = Searcher([Rule(noise.pattern) for noise in log.noise])
        hit: set[int] = set()
        for sample in book.catalogue.samples.values():
            for file in sample.files:
                if file.log == log.id and len(hit) < len(log.noise):
                    with opened(book.root / SAMPLES / sample.id / file.name) as stream:
                        hit.update(found.rule for found in searcher.hits(stream))
        for item, noise in enumerate(log.noise):
            if item not in hit:
                what = f"the noise {noise.pattern!r} is hit by no sample"
                yield book.problem("logs", log.id, "noise", what, "Add a sample that has it, or remove it.", item)


def _logs_without_sample(book: Book) -> Iterator[Problem]:
    shown = {file.log for sample in book.catalogue.samples.values() for file in sample.files}
    for log in book.catalogue.logs.values():
        if log.id not in shown:
            what = "no file of any sample is recognised as this log"
            yield book.problem("logs", log.id, "recognised_by", what, "Add a sample, or mend the marks.")
    for sample in book.catalogue.samples.values():
        for file in sample.files:
            if file.log is None and file.name.endswith(".log") and _has_text(book, sample, file.name):
                what = f"the file {file.name} is not recognised as any log"
                yield Problem(papers_of(sample.id), 0, what, "Add a mark to the page of its log.")


def _has_text(book: Book, sample: Sample, name: str) -> bool:
    return bool((book.root / SAMPLES / sample.id / name).read_bytes().strip())
