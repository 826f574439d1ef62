"""Ids that exist, evidence that exists, causes without a circle."""

from collections.abc import Iterable, Iterator
from typing import Any

from faultbook.catalogue.model import Catalogue, Failure, Sample
from faultbook.check.book import Book, notebook_of, papers_of
from faultbook.problems import Problem


def check(book: Book) -> Iterator[Problem]:
    """Problems with how the nouns refer to each other."""
    for failure in book.catalogue.failures.values():
        yield from _failure(book, failure)
    yield from _duplicate_signatures(book)
    yield from _circles(book)
    yield from _checklists(book)
    yield from _playbooks(book)
    for sample in book.catalogue.samples.values():
        yield from _sample(book, sample)


def _failure(book: Book, failure: Failure) -> Iterator[Problem]:
    known = book.catalogue
    logs = (signature.log for signature in failure.signatures)
    yield from _dead(book, "failures", failure.id, "signatures", logs, known.logs, "log")
    yield from _dead(book, "failures", failure.id, "samples", failure.samples, known.samples, "sample")
    yield from _dead(book, "failures", failure.id, "leads_to", failure.leads_to, known.failures, "failure mode")
    if failure.playbook:
        yield from _dead(book, "failures", failure.id, "playbook", [failure.playbook], known.playbooks, "playbook")
    for item, ident in enumerate(failure.beyond_lines):
        if ident not in failure.samples or not failure.playbook:
            what = f"beyond_lines has {ident}, which " + (
                "is not in samples" if failure.playbook else "nothing can find"
            )
            remedy = "It names those of `samples` that only the playbook of the page confirms."
            yield book.problem("failures", failure.id, "beyond_lines", what, remedy, item)
    if not failure.samples:
        what = "the failure mode has no sample: nothing shows it"
        yield book.problem("failures", failure.id, "samples", what, "Capture one (`faultbook new sample`) and list it.")
    if not failure.signatures and not failure.playbook:
        what = "the failure mode has neither a signature nor a playbook: nothing finds it"
        yield book.problem("failures", failure.id, "signatures", what, "Add a signature, or a playbook that finds it.")


def _dead(
    book: Book, noun: str, ident: str, key: str, ids: Iterable[str], known: dict[str, Any], what: str
) -> Iterator[Problem]:
    for item, other in enumerate(ids):
        if other not in known:
            remedy = f"Known: {', '.join(sorted(known)) or 'none'}." if len(known) < 20 else "Check the spelling."
            yield book.problem(noun, ident, key, f"there is no {what} {other}", remedy, item)


def _duplicate_signatures(book: Book) -> Iterator[Problem]:
    first: dict[tuple[str, str], tuple[str, int]] = {}
    for failure in book.catalogue.failures.values():
        for item, signature in enumerate(failure.signatures):
            other = first.setdefault((signature.log, signature.pattern), (failure.id, item))
            if other != (failure.id, item):
                what = f"the same signature stands in {other[0]}"
                remedy = "One line, one failure mode: narrow it, or merge the pages."
                yield book.problem("failures", failure.id, "signatures", what, remedy, item)


def _circles(book: Book) -> Iterator[Problem]:
    for failure in book.catalogue.failures.values():
        if failure.id in _effects(book.catalogue, failure.id):
            what = "leads_to leads back to this failure mode"
            yield book.problem(
                "failures", failure.id, "leads_to", what, "A cause cannot be its own effect: cut the circle."
            )


def _effects(catalogue: Catalogue, failure: str) -> set[str]:
    """Everything a failure mode leads to, over any number of steps."""
    found: set[str] = set()
    waiting = [failure]
    while waiting:
        for effect in catalogue.failures[waiting.pop()].leads_to:
            if effect in catalogue.failures and effect not in found:
                found.add(effect)
                waiting.append(effect)
    return found


def _checklists(book: Book) -> Iterator[Problem]:
    known = book.catalogue
    for checklist in known.checklists.values():
        if checklist.playbook:
            yield from _dead(
                book, "checklists", checklist.id, "playbook", [checklist.playbook], known.playbooks, "playbook"
            )
        if checklist.sample:
            yield from _dead(book, "checklists", checklist.id, "sample", [checklist.sample], known.samples, "sample")
        if bool(checklist.sample) != bool(checklist.playbook):
            what = "a playbook is shown on a sample: playbook and sample go together"
            yield book.problem("checklists", checklist.id, "playbook", what, "Give both or neither.")
        if not checklist.failures:
            what = "no step leads to a failure mode"
            yield book.problem("checklists", checklist.id, "title", what, "Link the pages the steps decide between.")


def _playbooks(book: Book) -> Iterator[Problem]:
    for playbook in book.catalogue.playbooks.values():
        path = notebook_of(playbook.id)
        for log in playbook.logs.values():
            if log not in book.catalogue.logs:
                yield Problem(
                    path, 0, f"metadata.faultbook.logs names {log}, which is no log", "Use the id of a log page."
                )
        sample = book.catalogue.samples.get(playbook.default_sample)
        if sample is None or sample.file_of(playbook.reads) is None:
            what = f"the default sample {playbook.default_sample} has no {playbook.reads}"
            yield Problem(path, 0, what, "Name a sample which the playbook can read.")


def _sample(book: Book, sample: Sample) -> Iterator[Problem]:
    shown = [failure.id for failure in book.catalogue.shown_by(sample.id)]
    papers = papers_of(sample.id)
    near = sample.near_miss_of
    if near and near not in book.catalogue.failures:
        yield Problem(papers, 0, f"near_miss_of names {near}, which is no failure mode", "Use the id of a page.")
    if near and near in shown:
        yield Problem(papers, 0, f"it is a near miss of {near}, whose page lists it", "It is one or the other.")
    if sample.healthy and shown:
        yield Problem(papers, 0, f"it is healthy, but {shown[0]} lists it", "It is one or the other.")
    if not (sample.healthy or near or shown):
        what = "the sample shows nothing: no page lists it, and it is neither healthy nor a near miss"
        yield Problem(papers, 0, what, "List it on the page of its failure mode, or write `healthy: true`.")
