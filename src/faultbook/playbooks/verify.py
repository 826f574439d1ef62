"""What only executing can show: kept outputs are those of today, and every verdict is the right one.

The verdict matrix: a playbook confirms, on every sample of the log it reads, exactly the failure modes whose pages
name both it and the sample. No second list of expectations exists.
"""

from collections.abc import Iterator
from pathlib import Path

from faultbook.catalogue.model import PLAYBOOKS, Catalogue
from faultbook.playbooks import notebook as notebooks
from faultbook.playbooks import runs
from faultbook.playbooks.perform import outputs_in_kernel, perform, perform_default
from faultbook.playbooks.runs import Outputs, Run
from faultbook.playbooks.verdict import MIME, confirmed_by
from faultbook.problems import Problem, Refusal

_BLESS = "Look why; `make bless` keeps the new output."


def verify(root: Path, catalogue: Catalogue) -> Iterator[Problem]:
    """Execute the whole matrix; yields what is wrong."""
    shown = set(runs.shown_runs(catalogue))
    for run, outputs in perform(root, catalogue, list(runs.matrix(catalogue))):
        if isinstance(outputs, Refusal):
            yield Problem(f"{PLAYBOOKS}/{run.playbook}.ipynb", 0, f"on {run.sample}: {outputs.what}", outputs.remedy)
            continue
        yield from _wrong_verdict(catalogue, run, outputs)
        if run in shown:
            yield from _stale(root, run, outputs)
    for playbook in catalogue.playbooks:
        yield from _stale_notebook(root, catalogue, playbook)


def expected(catalogue: Catalogue, run: Run) -> list[str]:
    """The failure modes a run must confirm, sorted."""
    return sorted(failure.id for failure in catalogue.shown_by(run.sample) if failure.playbook == run.playbook)


def bless(root: Path, catalogue: Catalogue) -> Iterator[str]:
    """Execute and keep what pages show: the runs, then each notebook itself; yields the files written."""
    for run, outputs in perform(root, catalogue, runs.shown_runs(catalogue)):
        if isinstance(outputs, Refusal):
            raise Refusal(f"{run.playbook} on {run.sample}: {outputs.what}", outputs.remedy)
        runs.keep(root, run, outputs)
        yield run.kept_at
    for playbook in catalogue.playbooks.values():
        notebook = perform_default(root, playbook.id)
        notebook["metadata"]["faultbook"]["stamp"] = runs.stamp(root, notebook, playbook.default_sample)
        notebooks.write(notebook, root / PLAYBOOKS / f"{playbook.id}.ipynb")
        yield f"{PLAYBOOKS}/{playbook.id}.ipynb"


def _wrong_verdict(catalogue: Catalogue, run: Run, outputs: Outputs) -> Iterator[Problem]:
    path = f"{PLAYBOOKS}/{run.playbook}.ipynb"
    verdict = notebooks.verdict_of(outputs, MIME)
    if verdict is None:
        yield Problem(path, 0, f"on {run.sample}: it reaches no verdict", "Let the last cell show a Verdict.")
        return
    wanted, confirmed = expected(catalogue, run), sorted(confirmed_by(verdict))
    if confirmed != wanted:
        says = f"confirms {', '.join(confirmed) or 'nothing'}, but the pages say {', '.join(wanted) or 'nothing'}"
        yield Problem(
            path, 0, f"on {run.sample}: it {says}", "Mend the playbook, or the `samples` and `playbook` of a page."
        )


def _stale(root: Path, run: Run, outputs: Outputs) -> Iterator[Problem]:
    try:
        kept = notebooks.outputs_of(runs.stored(root, run.playbook, run.sample))
    except runs.Stale as stale:
        yield Problem(run.kept_at, 0, str(stale).partition(": ")[2], _BLESS)
        return
    if _comparable(kept) != _comparable(outputs):
        yield Problem(run.kept_at, 0, f"the run of {run.playbook} on {run.sample} comes out differently today", _BLESS)


def _stale_notebook(root: Path, catalogue: Catalogue, playbook: str) -> Iterator[Problem]:
    path = f"{PLAYBOOKS}/{playbook}.ipynb"
    try:
        today = outputs_in_kernel(root, catalogue, playbook)
    except Refusal as refusal:
        yield Problem(path, 0, refusal.what, refusal.remedy)
        return
    if _comparable(notebooks.outputs_of(notebooks.read(root / path))) != _comparable(today):
        yield Problem(path, 0, "its committed outputs are stale: it prints something else today", _BLESS)


def _comparable(outputs: Outputs) -> Outputs:
    """Outputs without execution counts, and with texts in one piece (a notebook may hold them as lists of lines)."""
    return [[_without_count(output) for output in cell] for cell in outputs]


def _without_count(output: dict[str, object]) -> dict[str, object]:
    plain = {key: _joined(value) for key, value in output.items() if key != "execution_count"}
    data = plain.get("data")
    if isinstance(data, dict):
        plain["data"] = {mime: _joined(value) for mime, value in data.items()}
    return plain


def _joined(value: object) -> object:
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return "".join(value)
    return value
