"""What takes a kernel: the verdict matrix of the real book, and that stale or wrong playbooks are caught."""

import json
from pathlib import Path

import pytest

from faultbook.catalogue.load import load
from faultbook.catalogue.model import Catalogue
from faultbook.playbooks import notebook as notebooks
from faultbook.playbooks import runs
from faultbook.playbooks import verify as verifying
from faultbook.playbooks.execute import execute
from faultbook.playbooks.inprocess import outputs_of_run
from faultbook.playbooks.perform import Performed, outputs_in_kernel
from faultbook.playbooks.runs import Outputs, Run
from faultbook.playbooks.verdict import MIME
from faultbook.problems import Refusal

ROOT = Path(__file__).parents[2]
SAMPLE = "dagger/exec-exit-code"
RUN = Run("dagger/failed-step", SAMPLE)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    """The catalogue of this checkout."""
    return load(ROOT)[0]


@pytest.mark.slow
def test_every_playbook_reaches_the_right_verdict_on_every_sample(catalogue: Catalogue) -> None:
    """Executed today, all playbooks confirm what the pages say, and all kept outputs come out the same."""
    assert [str(problem) for problem in verifying.verify(ROOT, catalogue)] == []


def test_the_matrix_has_every_sample_a_playbook_can_read(catalogue: Catalogue) -> None:
    """No sample with the log a playbook reads is left out, healthy ones included."""
    reads = catalogue.playbooks[RUN.playbook].reads
    readable = {sample.id for sample in catalogue.samples.values() if sample.file_of(reads)}
    assert {run.sample for run in runs.matrix(catalogue) if run.playbook == RUN.playbook} == readable
    assert any(catalogue.samples[ident].healthy for ident in readable)


def test_every_page_with_a_playbook_shows_it_on_a_sample_of_its_own(catalogue: Catalogue) -> None:
    """The run on a failure page is on a sample that page lists."""
    for failure in catalogue.failures.values():
        if failure.playbook:
            run = runs.shown_on(catalogue, failure)
            assert run is not None and run.sample in failure.samples, failure.id


def _verdict(*failures: str) -> Outputs:
    return [
        [{"output_type": "display_data", "data": {MIME: {"confirmed": [{"failure": ident} for ident in failures]}}}]
    ]


@pytest.mark.parametrize(
    ("outputs", "what"),
    [
        (_verdict("dagger/exec-nonzero-exit"), None),
        (_verdict(), "confirms nothing, but the pages say dagger/exec-nonzero-exit"),
        (
            _verdict("dagger/exec-nonzero-exit", "dagger/exec-killed"),
            "confirms dagger/exec-killed, dagger/exec-nonzero",
        ),
        ([[]], "it reaches no verdict"),
        (Refusal("the playbook failed in cell 3: NameError", "x"), "the playbook failed in cell 3"),
    ],
)
def test_a_wrong_verdict_is_reported_with_playbook_and_sample(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch, outputs: Outputs | Refusal, what: str | None
) -> None:
    """Too much, too little, no verdict and a failing cell are each a problem that names the sample."""

    def performed(_root: Path, _catalogue: Catalogue, _runs: object) -> list[Performed]:
        return [(RUN, outputs)]

    monkeypatch.setattr(verifying, "perform", performed)
    monkeypatch.setattr(runs, "shown_runs", lambda _catalogue: [])
    monkeypatch.setattr(verifying, "_stale_notebook", lambda _root, _catalogue, _playbook: [])
    found = [str(problem) for problem in verifying.verify(ROOT, catalogue)]
    assert (what is None) == (found == [])
    assert all(what in text and SAMPLE in text for text in found if what)


def test_a_kept_run_of_other_code_is_stale(tmp_path: Path) -> None:
    """A run kept for another version of the notebook or the sample is never handed out."""
    for part in ("playbooks/dagger/failed-step.ipynb", RUN.kept_at):
        (tmp_path / part).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / part).write_bytes((ROOT / part).read_bytes())
    sample = tmp_path / "playbooks/samples" / SAMPLE
    sample.mkdir(parents=True)
    for file in (ROOT / "playbooks/samples" / SAMPLE).iterdir():
        (sample / file.name).write_bytes(file.read_bytes())
    assert runs.stored(tmp_path, RUN.playbook, RUN.sample)["cells"]

    (sample / "cli.log").write_bytes(b"other bytes\n")
    with pytest.raises(runs.Stale, match="has changed since"):
        runs.stored(tmp_path, RUN.playbook, RUN.sample)


def test_a_run_that_was_never_kept_is_stale(tmp_path: Path) -> None:
    """Without a kept run there is nothing to show, and the message says how to get one."""
    notebook = tmp_path / "playbooks/dagger/failed-step.ipynb"
    notebook.parent.mkdir(parents=True)
    notebook.write_bytes((ROOT / "playbooks/dagger/failed-step.ipynb").read_bytes())
    with pytest.raises(runs.Stale, match="make bless"):
        runs.stored(tmp_path, RUN.playbook, RUN.sample)


def test_changed_outputs_of_a_kept_run_are_reported(tmp_path: Path, catalogue: Catalogue) -> None:
    """A kept run whose outputs differ from today's is a problem, whatever its stamp says."""
    kept = json.loads((ROOT / RUN.kept_at).read_text())
    today: Outputs = kept["outputs"]
    changed = json.loads(json.dumps(today).replace("exit code: 3", "exit code: 4"))
    assert [str(problem) for problem in verifying._stale(ROOT, RUN, today)] == []
    assert ["comes out differently" in problem.what for problem in verifying._stale(ROOT, RUN, changed)] == [True]


def test_both_ways_of_executing_print_the_same(catalogue: Catalogue) -> None:
    """A forked process and a real kernel give the same outputs for every playbook as it is."""
    for playbook in catalogue.playbooks.values():
        path = ROOT / f"playbooks/{playbook.id}.ipynb"
        forked = outputs_of_run(notebooks.read(path), path.parent)
        kernel = outputs_in_kernel(ROOT, catalogue, playbook.id)
        assert verifying._comparable(forked) == verifying._comparable(kernel), playbook.id


def test_a_run_leaves_nothing_behind(tmp_path: Path) -> None:
    """What one run sets, imports or changes is unknown to the next."""
    cell = {"cell_type": "code", "metadata": {}, "source": "import os\nx = globals().get('x', 0) + 1\nos.chdir('/')\nx"}
    notebook = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    first, second = (outputs_of_run(notebook, tmp_path) for _ in range(2))
    assert first == second == [[{"output_type": "execute_result", "data": {"text/plain": "1"}, "metadata": {}}]]


def test_a_cell_that_fails_is_named(tmp_path: Path) -> None:
    """An exception in a cell is a refusal with the cell's number and the error."""
    cells: list[dict[str, object]] = [{"cell_type": "code", "metadata": {}, "source": text} for text in ("1", "1 / 0")]
    with pytest.raises(Refusal, match=r"cell 2: ZeroDivisionError"):
        outputs_of_run({"cells": cells, "metadata": {}}, tmp_path)


def test_a_process_that_ends_itself_is_reported(tmp_path: Path) -> None:
    """A notebook that kills its process is a refusal, not a hang."""
    cell = {"cell_type": "code", "metadata": {}, "source": "import os\nos._exit(3)"}
    with pytest.raises(Refusal, match="ended its process"):
        outputs_of_run({"cells": [cell], "metadata": {}}, tmp_path)


@pytest.mark.parametrize("way", ["kernel", "forked"])
def test_a_refusal_in_a_cell_keeps_its_words(tmp_path: Path, way: str) -> None:
    """What cannot be read is told as everywhere: what is wrong, and what to do about it."""
    source = "from faultbook.problems import Refusal\nraise Refusal('x.gz: is no profile', 'Fetch it again.')"
    cell: dict[str, object] = {
        "cell_type": "code",
        "id": "a",
        "metadata": {},
        "source": source,
        "outputs": [],
        "execution_count": None,
    }
    notebook = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    with pytest.raises(Refusal) as refused:
        outputs_of_run(notebook, tmp_path) if way == "forked" else execute(notebook, tmp_path)
    assert refused.value.what == "the playbook failed in cell 1: x.gz: is no profile"
    assert refused.value.remedy == "Fetch it again."
