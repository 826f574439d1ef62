"""The diagnosis of an incident: one or many logs, read once, joined into findings."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from faultbook.catalogue.model import Catalogue, Failure, Signature
from faultbook.catalogue.places import distribute, in_order
from faultbook.catalogue.recognise import Recogniser
from faultbook.diagnose.incident import STDIN, LogFile, files_of
from faultbook.diagnose.order import causes_first
from faultbook.diagnose.parallel import WORTH_IT, Progress, tally_file
from faultbook.diagnose.rules import RuleBook, RuleBooks
from faultbook.diagnose.tally import Tally, tally
from faultbook.matcher.search import Hit
from faultbook.matcher.source import is_binary, opened
from faultbook.problems import Refusal

UNEXPLAINED_SHOWN = 10


@dataclass(frozen=True)
class Evidence:
    """A line which a signature claims; place as in `Hit`."""

    path: str
    hit: Hit
    signature: Signature


@dataclass(frozen=True)
class Finding:
    """A failure mode that was found, with its evidence in the order of the logs.

    `hits` counts lines that were not kept, too. `playbook_logs` are the logs of the incident that its playbook takes;
    empty when the log without which it cannot run is not among them.
    """

    failure: Failure
    evidence: tuple[Evidence, ...]
    hits: int
    caused_by: tuple[str, ...] = ()
    playbook_logs: tuple[str, ...] = ()


@dataclass(frozen=True)
class LogRead:
    """A log that was read: the kind it was recognised as, how much it holds, and a remark for the reader."""

    path: str
    kind: str | None
    bytes: int
    lines: int
    remark: str = ""


@dataclass(frozen=True)
class Unexplained:
    """An error-like line no signature claims: its first occurrence and how many are like it."""

    path: str
    line: int
    text: str
    count: int


@dataclass(frozen=True)
class Diagnosis:
    """What the logs show. `refusals` are the logs that could not be read, or not to their end."""

    logs: tuple[LogRead, ...] = ()
    findings: tuple[Finding, ...] = ()
    unexplained: tuple[Unexplained, ...] = ()
    refusals: tuple[Refusal, ...] = ()

    @property
    def searched(self) -> bool:
        """Whether there was anything to search; if not, "nothing known" would say too much."""
        return any(log.bytes for log in self.logs)


@dataclass
class _Collected:
    logs: list[LogRead] = field(default_factory=list)
    evidence: dict[str, list[Evidence]] = field(default_factory=dict)
    hits: dict[str, int] = field(default_factory=dict)
    unexplained: list[Unexplained] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)


def diagnose(arguments: Iterable[str], catalogue: Catalogue, progress: Progress = lambda _bytes: None) -> Diagnosis:
    """Diagnose the logs and folders named by `arguments` as one incident; never raises for a log it cannot read."""
    books, recogniser = RuleBooks(catalogue), Recogniser(catalogue.logs.values())
    collected = _Collected()
    for file in _files(arguments, collected):
        try:
            _read(file, catalogue, books, recogniser, collected, progress)
        except Refusal as refusal:
            collected.refusals.append(refusal)
    return _joined(collected, catalogue)


def _files(arguments: Iterable[str], collected: _Collected) -> Iterator[LogFile]:
    """Each file once, however often it was given; one in a folder that is also named counts as named."""
    arguments = list(arguments)
    named = set(map(os.path.realpath, arguments))
    seen: set[str] = set()
    for argument in arguments:
        try:
            for file in files_of([argument]):
                place = os.path.realpath(file.path)
                if place not in seen:
                    seen.add(place)
                    yield LogFile(file.path, file.in_folder and place not in named)
        except Refusal as refusal:
            collected.refusals.append(refusal)


def _read(
    file: LogFile,
    catalogue: Catalogue,
    books: RuleBooks,
    recogniser: Recogniser,
    collected: _Collected,
    progress: Progress,
) -> None:
    """Search one log and collect what is in it."""
    with opened(file.path, binary_too=True) as stream:
        kind = recogniser.log_of_head(stream.head)
        if is_binary(stream.head):
            collected.logs.append(_binary(file, kind))
            return
        if kind is None and file.in_folder and stream.head:
            collected.logs.append(LogRead(file.path, None, 0, 0, "not a known log; name it to have it searched"))
            return
        book = books.of(kind)
        found = Tally()
        try:
            if _is_big(file.path) and stream.is_plain:
                found = tally_file(Path(file.path), kind, catalogue, progress)
            else:
                found = tally(stream, book, found)
        finally:
            # A log that ends in the middle of its compressed data still tells what stood before.
            _collect(file.path, kind, book, found, collected)


def _binary(file: LogFile, kind: str | None) -> LogRead:
    """A file without lines. Raises `Refusal` for one that was named and is of no known kind."""
    if kind is None and not file.in_folder:
        raise Refusal(f"{file.path}: is a binary file, not a log", "Give the text log, plain, gzip or zstd.")
    remark = "no text: only playbooks read it" if kind else "a binary file that is no known log"
    return LogRead(file.path, kind, 0, 0, remark)


def _is_big(path: str) -> bool:
    return Path(path).is_file() and Path(path).stat().st_size >= WORTH_IT


def _collect(path: str, kind: str | None, book: RuleBook, found: Tally, collected: _Collected) -> None:
    remark = "" if kind else "of unknown origin, so it was searched for the signatures of every log"
    if not found.extent.bytes:
        remark = "is empty"
    collected.logs.append(LogRead(path, kind, found.extent.bytes, found.extent.lines, remark))
    for rule in sorted(found.hits):
        purpose = book.purposes[rule]
        assert purpose.failure and purpose.signature
        evidence = collected.evidence.setdefault(purpose.failure, [])
        evidence += [Evidence(path, hit, purpose.signature) for hit in found.hits[rule]]
        collected.hits[purpose.failure] = collected.hits.get(purpose.failure, 0) + found.counts[rule]
    collected.unexplained += [
        Unexplained(path, counted.line, counted.text, counted.count)
        for counted in found.frequent.most(UNEXPLAINED_SHOWN)
    ]


def _joined(collected: _Collected, catalogue: Catalogue) -> Diagnosis:
    position = {log.path: index for index, log in enumerate(collected.logs)}
    findings = [
        Finding(
            catalogue.failures[failure],
            tuple(sorted(evidence, key=lambda item: (position[item.path], item.hit.line, item.hit.column))),
            collected.hits[failure],
            tuple(cause for cause in catalogue.causes_of(failure) if cause in collected.evidence),
            _playbook_logs(catalogue, failure, collected.logs),
        )
        for failure, evidence in collected.evidence.items()
    ]
    findings.sort(key=lambda finding: (position[finding.evidence[0].path], finding.evidence[0].hit.line))
    unexplained = sorted(collected.unexplained, key=lambda item: (-item.count, position[item.path], item.line))
    return Diagnosis(
        tuple(collected.logs),
        tuple(causes_first(findings)),
        tuple(unexplained[:UNEXPLAINED_SHOWN]),
        tuple(collected.refusals),
    )


def _playbook_logs(catalogue: Catalogue, failure: str, logs: list[LogRead]) -> tuple[str, ...]:
    playbook = catalogue.playbooks.get(catalogue.failures[failure].playbook or "")
    if playbook is None:
        return ()
    placed = distribute(playbook, [(log.path, log.kind) for log in logs if log.path != STDIN])
    return tuple(in_order(playbook, placed)) if placed[playbook.needs] else ()
