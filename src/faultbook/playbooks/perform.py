"""Execute runs, several at once, and remember their outputs.

A remembered result is keyed by the notebook's code, the sample's bytes, the package's source and the catalogue:
change any of them and the run is executed again.
"""

import hashlib
import json
import multiprocessing
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from faultbook.cache import cache_folder, cached_bytes, keep
from faultbook.catalogue.index import to_data
from faultbook.catalogue.model import PLAYBOOKS, SAMPLES, Catalogue
from faultbook.playbooks import notebook as notebooks
from faultbook.playbooks.execute import execute
from faultbook.playbooks.inprocess import CAN_FORK, outputs_of_run
from faultbook.playbooks.notebook import Notebook
from faultbook.playbooks.runs import Outputs, Run, arguments, stamp
from faultbook.problems import Refusal

Performed = tuple[Run, Outputs | Refusal]


@dataclass(frozen=True)
class _Task:
    """What a run needs where it is executed: the filled notebook, the sample's files, where its outputs are kept."""

    notebook: Notebook
    files: tuple[Path, ...]
    kept: Path


def perform(root: Path, catalogue: Catalogue, runs: Iterable[Run]) -> Iterator[Performed]:
    """Execute `runs` on all cores; yields each with its outputs, or with why it failed, in the given order."""
    common = environment_digest(root, catalogue)
    # Spawned, because a worker forks again for each run, and only a process with a single thread may do so.
    with ProcessPoolExecutor(os.cpu_count() or 1, mp_context=multiprocessing.get_context("spawn")) as pool:
        waiting: list[tuple[Run, Outputs | Future[Outputs | str]]] = []
        for run in runs:
            task = _task(root, catalogue, run, common)
            known = _remembered(task)
            waiting.append((run, known if known is not None else pool.submit(_outputs, task)))
        for run, answer in waiting:
            outputs = answer.result() if isinstance(answer, Future) else answer
            yield run, outputs if isinstance(outputs, list) else _refusal(outputs)


def environment_digest(root: Path, catalogue: Catalogue) -> str:
    """A digest of the package's source and of the catalogue."""
    digest = hashlib.sha256(json.dumps(to_data(catalogue)).encode())
    for path in sorted((root / "src" / "faultbook").rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def perform_default(root: Path, playbook: str) -> Notebook:
    """The notebook of a playbook executed as it is, in its own folder and in a real kernel.

    Raises `Refusal` when a cell fails.
    """
    path = root / PLAYBOOKS / f"{playbook}.ipynb"
    return execute(notebooks.read(path), path.parent)


def outputs_in_kernel(root: Path, catalogue: Catalogue, playbook: str) -> Outputs:
    """The outputs of `perform_default`, remembered like those of a run."""
    common = environment_digest(root, catalogue)
    run = Run(playbook, catalogue.playbooks[playbook].default_sample)
    key = _key(root, notebooks.read(root / PLAYBOOKS / f"{playbook}.ipynb"), run, f"kernel{common}")
    made = cached_bytes(key, lambda: json.dumps(notebooks.outputs_of(perform_default(root, playbook))).encode())
    outputs: Outputs = json.loads(made)
    return outputs


def _task(root: Path, catalogue: Catalogue, run: Run, common: str) -> _Task:
    playbook, sample = catalogue.playbooks[run.playbook], catalogue.samples[run.sample]
    notebook = notebooks.read(root / PLAYBOOKS / f"{run.playbook}.ipynb")
    files = tuple(root / SAMPLES / sample.id / file.name for file in sample.files)
    filled = notebooks.with_parameters(notebook, dict(arguments(playbook, sample)))
    return _Task(filled, files, cache_folder() / _key(root, notebook, run, common))


def _key(root: Path, notebook: Notebook, run: Run, common: str) -> str:
    digest = hashlib.sha256(f"{common}{stamp(root, notebook, run.sample)}".encode()).hexdigest()
    return f"runs/{digest}.json"


def _remembered(task: _Task) -> Outputs | None:
    try:
        outputs: Outputs = json.loads(task.kept.read_bytes())
    except (OSError, ValueError):
        return None
    return outputs


def _outputs(task: _Task) -> Outputs | str:
    """The outputs of one run, in a folder that holds nothing but the sample's files; why it failed as two lines."""
    with tempfile.TemporaryDirectory() as place:
        for file in task.files:
            shutil.copyfile(file, Path(place) / file.name)
        try:
            outputs = _executed(task.notebook, Path(place))
        except Refusal as refusal:
            return f"{refusal.what}\n{refusal.remedy}"
    keep(task.kept, json.dumps(outputs).encode())
    return outputs


def _executed(notebook: Notebook, place: Path) -> Outputs:
    if CAN_FORK:
        return outputs_of_run(notebook, place)
    return notebooks.outputs_of(execute(notebook, place))


def _refusal(told: str) -> Refusal:
    """A refusal that came from another process as text: exceptions with several arguments do not travel well."""
    what, _, remedy = told.rpartition("\n")
    return Refusal(what, remedy)
