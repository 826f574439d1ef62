"""Runs of playbooks on samples: which ones there are, which are kept in git, and that none is stale.

Kept are the runs that pages show: each failure mode's and checklist's playbook on that page's own sample. A kept
run holds the outputs only, with a stamp of the notebook's code and the sample's bytes; whether it would come out
the same today is tested by executing it.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from faultbook.catalogue.model import PLAYBOOKS, Catalogue, Checklist, Failure, Playbook, Sample
from faultbook.catalogue.places import Given, distribute, natural
from faultbook.playbooks import notebook as notebooks
from faultbook.playbooks.notebook import Notebook

Outputs = list[list[dict[str, Any]]]
KEPT = f"{PLAYBOOKS}/runs"


class Stale(Exception):
    """A kept run that is missing or belongs to another notebook or other bytes; never shown."""


@dataclass(frozen=True, order=True)
class Run:
    """A playbook on a sample, by their ids."""

    playbook: str
    sample: str

    @property
    def kept_at(self) -> str:
        """Where the run is kept, relative to the checkout."""
        return f"{KEPT}/{self.playbook}/{self.sample}.json"


def shown_runs(catalogue: Catalogue) -> list[Run]:
    """The runs that pages show, each once, sorted."""
    entries: list[Failure | Checklist] = [*catalogue.failures.values(), *catalogue.checklists.values()]
    return sorted({run for entry in entries if (run := shown_on(catalogue, entry))})


def shown_on(catalogue: Catalogue, entry: Failure | Checklist) -> Run | None:
    """The run shown on the page of `entry`: on the first of its samples that its playbook can read."""
    playbook = catalogue.playbooks.get(entry.playbook or "")
    if playbook is None:
        return None
    for ident in entry.samples if isinstance(entry, Failure) else (entry.sample,):
        sample = catalogue.samples.get(ident or "")
        if sample and sample.file_of(playbook.reads):
            return Run(playbook.id, sample.id)
    return None


def matrix(catalogue: Catalogue) -> Iterator[Run]:
    """Every playbook on every sample that has the log it reads."""
    for playbook in catalogue.playbooks.values():
        for sample in catalogue.samples.values():
            if sample.file_of(playbook.reads):
                yield Run(playbook.id, sample.id)


def arguments(playbook: Playbook, sample: Sample) -> dict[str, Given]:
    """The parameters of a run on a sample: its files by name, None where it has none (any more)."""
    files = sorted(sample.files, key=lambda file: natural(file.name))
    return distribute(playbook, [(file.name, file.log) for file in files])


def stored(root: Path, playbook: str, sample: str) -> Notebook:
    """The notebook of `playbook` with the kept outputs of its run on `sample`. Raises `Stale`."""
    notebook = notebooks.read(root / PLAYBOOKS / f"{playbook}.ipynb")
    run = Run(playbook, sample)
    try:
        kept = json.loads((root / run.kept_at).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise Stale(
            f"{run.kept_at}: the run of {playbook} on {sample} is not there; `make bless` executes it"
        ) from None
    if kept.get("stamp") != stamp(root, notebook, sample):
        raise Stale(f"{run.kept_at}: the notebook or the sample has changed since; `make bless` executes it again")
    outputs: Outputs = kept["outputs"]
    return notebooks.with_outputs(notebook, outputs)


def keep(root: Path, run: Run, outputs: Outputs) -> None:
    """Write the outputs of a run to where it is kept."""
    notebook = notebooks.read(root / PLAYBOOKS / f"{run.playbook}.ipynb")
    path = root / run.kept_at
    path.parent.mkdir(parents=True, exist_ok=True)
    data = {"stamp": stamp(root, notebook, run.sample), "outputs": outputs}
    path.write_text(json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def stamp(root: Path, notebook: Notebook, sample: str) -> str:
    """What a kept run belongs to: the notebook's code and the sample's bytes."""
    return hashlib.sha256(f"{notebooks.code_digest(notebook)}{sample_digest(root, sample)}".encode()).hexdigest()


def sample_digest(root: Path, sample: str) -> str:
    """A digest of every file of a sample."""
    from faultbook.catalogue.model import SAMPLES

    folder = root / SAMPLES / sample
    parts = [f"{path.name}:{hashlib.sha256(path.read_bytes()).hexdigest()}" for path in sorted(folder.iterdir())]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
