"""Execute runs, several at once, and remember their outputs.

A remembered result is keyed by the notebook's code, the sample's bytes, the package's source and the catalogue:
change any of them and the run is executed again.
"""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from faultbook.cache import cached_bytes
from faultbook.catalogue.index import to_data
from faultbook.catalogue.model import PLAYBOOKS, SAMPLES, Catalogue
from faultbook.playbooks import notebook as notebooks
from faultbook.playbooks.execute import execute
from faultbook.playbooks.runs import Outputs, Run, arguments, stamp
from faultbook.problems import Refusal

Performed = tuple[Run, Outputs | Refusal]


def perform(root: Path, catalogue: Catalogue, runs: Iterable[Run]) -> Iterator[Performed]:
    """Execute `runs` on all cores; yields each with its outputs, or with why it failed, in the given order."""
    common = environment_digest(root, catalogue)
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        yield from pool.map(lambda run: (run, _outputs(root, catalogue, run, common)), runs)


def environment_digest(root: Path, catalogue: Catalogue) -> str:
    """A digest of the package's source and of the catalogue."""
    digest = hashlib.sha256(json.dumps(to_data(catalogue)).encode())
    for path in sorted((root / "src" / "faultbook").rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def perform_default(root: Path, playbook: str) -> dict[str, Any]:
    """The notebook of a playbook executed as it is, in its own folder. Raises `Refusal` when a cell fails."""
    path = root / PLAYBOOKS / f"{playbook}.ipynb"
    return execute(notebooks.read(path), path.parent)


def _outputs(root: Path, catalogue: Catalogue, run: Run, common: str) -> Outputs | Refusal:
    notebook = notebooks.read(root / PLAYBOOKS / f"{run.playbook}.ipynb")
    key = hashlib.sha256(f"{common}{stamp(root, notebook, run.sample)}".encode()).hexdigest()
    try:
        made: Callable[[], bytes] = lambda: json.dumps(_executed(root, catalogue, run)).encode()  # noqa: E731
        outputs: Outputs = json.loads(cached_bytes(f"runs/{key}.json", made))
    except Refusal as refusal:
        return refusal
    return outputs


def _executed(root: Path, catalogue: Catalogue, run: Run) -> Outputs:
    """The outputs of one run, in a folder that holds nothing but the sample's files."""
    playbook, sample = catalogue.playbooks[run.playbook], catalogue.samples[run.sample]
    notebook = notebooks.read(root / PLAYBOOKS / f"{run.playbook}.ipynb")
    with tempfile.TemporaryDirectory() as place:
        for file in sample.files:
            shutil.copyfile(root / SAMPLES / sample.id / file.name, Path(place) / file.name)
        filled = notebooks.with_parameters(notebook, dict(arguments(playbook, sample)))
        return _renumbered(notebooks.outputs_of(execute(filled, Path(place))))


def _renumbered(outputs: Outputs) -> Outputs:
    """Without execution counts, which depend on the injected cell."""
    return [
        [{key: value for key, value in output.items() if key != "execution_count"} for output in cell]
        for cell in outputs
    ]
