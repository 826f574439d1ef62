"""The five nouns as frozen records. An id is `system/slug`, taken from the path of its file."""

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True)
class Signature:
    """A pattern in the dialect of signatures, searched for in the lines of one log."""

    log: str
    pattern: str
    says: str
    ignore_case: bool = False


@dataclass(frozen=True)
class Noise:
    """Lines which look like an error and are none: a diagnosis does not list them as unexplained."""

    pattern: str
    says: str


@dataclass(frozen=True)
class Log:
    """A place where evidence appears; recognised by the first lines of a file.

    `magic` are the first bytes, in hexadecimal, of a log that is no text: only playbooks read it.
    """

    id: str
    title: str
    summary: str
    recognised_by: tuple[str, ...]
    error_like: tuple[str, ...]
    noise: tuple[Noise, ...] = ()
    magic: tuple[str, ...] = ()


@dataclass(frozen=True)
class Failure:
    """A failure mode: one way a system breaks.

    `beyond_lines` are those of its `samples` in which no single line shows it: only its playbook confirms it there.
    """

    id: str
    title: str
    summary: str
    family: str
    asked_as: tuple[str, ...]
    signatures: tuple[Signature, ...]
    samples: tuple[str, ...]
    playbook: str | None
    leads_to: tuple[str, ...]
    seen_in: str
    beyond_lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class Checklist:
    """An ordered triage. `failures` are the failure modes its steps link to."""

    id: str
    title: str
    summary: str
    asked_as: tuple[str, ...]
    playbook: str | None
    sample: str | None
    failures: tuple[str, ...] = ()


@dataclass(frozen=True)
class Playbook:
    """A notebook which reads logs and reaches a verdict.

    `logs` maps a parameter's name to the log it takes; `needs` is the one without which the playbook cannot run.
    The parameters in `many` take a list of logs, all there are of their kind.
    """

    id: str
    title: str
    summary: str
    logs: dict[str, str]
    needs: str
    default_sample: str
    many: tuple[str, ...] = ()

    @property
    def reads(self) -> str:
        """The log without which the playbook cannot run."""
        return self.logs[self.needs]


SampleKind = Literal["captured", "quoted", "constructed"]


@dataclass(frozen=True)
class SampleFile:
    """A file of a sample with its checksum and the log it is recognised as (None: not a log)."""

    name: str
    sha256: str
    log: str | None


@dataclass(frozen=True)
class Sample:
    """A captured log with its papers."""

    id: str
    kind: SampleKind
    title: str
    program: str
    version: str
    date: str
    command: str
    provoked_by: str
    edits: str
    notes: str
    healthy: bool
    near_miss_of: str | None
    files: tuple[SampleFile, ...]

    def file_of(self, log: str) -> SampleFile | None:
        """The first file of this sample that is recognised as `log`."""
        return next((file for file in self.files if file.log == log), None)


@dataclass(frozen=True)
class Catalogue:
    """Everything, by id."""

    logs: dict[str, Log] = field(default_factory=dict)
    failures: dict[str, Failure] = field(default_factory=dict)
    checklists: dict[str, Checklist] = field(default_factory=dict)
    playbooks: dict[str, Playbook] = field(default_factory=dict)
    samples: dict[str, Sample] = field(default_factory=dict)

    def shown_by(self, sample: str) -> list[Failure]:
        """The failure modes whose pages list `sample`."""
        return [failure for failure in self.failures.values() if sample in failure.samples]

    def causes_of(self, failure: str) -> list[str]:
        """The failure modes which lead to `failure`, sorted."""
        return sorted(other.id for other in self.failures.values() if failure in other.leads_to)


FOLDERS = {"failures": "docs/failures", "logs": "docs/logs", "checklists": "docs/triage"}
PLAYBOOKS = "playbooks"
SAMPLES = "playbooks/samples"


def page_url(noun: str, ident: str) -> str:
    """Where a page stands on the site, relative to its root; `noun` is a field of `Catalogue`."""
    folder = {"checklists": "triage"}.get(noun, noun)
    return f"{folder}/{ident}/"
