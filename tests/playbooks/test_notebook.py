"""Notebooks as files: parameters, outputs, digests."""

import json
from pathlib import Path
from typing import Any

import pytest

from faultbook.playbooks import notebook as notebooks
from faultbook.playbooks.notebook import Notebook
from faultbook.playbooks.runs import Outputs
from faultbook.problems import Refusal


def _notebook(*cells: dict[str, Any]) -> Notebook:
    return {"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def _code(text: str | list[str], *tags: str, outputs: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    metadata = {"tags": list(tags)} if tags else {}
    return {"cell_type": "code", "id": "x", "metadata": metadata, "source": text, "outputs": outputs or []}


PARAMETERS = _code('log = "cli.log"\nengine_log: str | None = None', "parameters")


def test_parameters_are_the_literals_of_the_tagged_cell() -> None:
    """The tagged cell's names and default values are the parameters, annotations allowed."""
    assert notebooks.parameters(_notebook(_code("x = 1"), PARAMETERS)) == {"log": "cli.log", "engine_log": None}


@pytest.mark.parametrize(
    ("cells", "what"),
    [
        ([_code("x = 1")], "0 cells tagged"),
        ([PARAMETERS, PARAMETERS], "2 cells tagged"),
        ([_code("log = open('x')", "parameters")], "not plain"),
        ([_code("print(1)", "parameters")], "line 1 is no assignment"),
        ([_code("log: str", "parameters")], "line 1 has no value"),
        ([_code("log =", "parameters")], "not plain"),
    ],
)
def test_a_parameters_cell_that_is_not_plain_is_refused(cells: list[dict[str, Any]], what: str) -> None:
    """Anything but one cell of `name = literal` lines is refused with the reason."""
    with pytest.raises(Refusal, match=what):
        notebooks.parameters(_notebook(*cells))


def test_unknown_parameters_are_refused_by_name() -> None:
    """A name the notebook does not have is refused, and the known ones are named."""
    with pytest.raises(Refusal, match=r"unknown parameter lok\n.*log, engine_log"):
        notebooks.with_parameters(_notebook(PARAMETERS), {"lok": "x"})


def test_values_are_put_behind_the_parameters_cell() -> None:
    """A run's values stand in a cell of their own behind the defaults, which stay as they are."""
    changed = notebooks.with_parameters(_notebook(PARAMETERS, _code("log")), {"log": "it's.log"})
    sources = [notebooks.source(cell) for cell in changed["cells"]]
    assert sources == [PARAMETERS["source"], 'log = "it\'s.log"', "log"]


def test_filling_twice_replaces_the_values() -> None:
    """A notebook that was filled before keeps only the new values."""
    once = notebooks.with_parameters(_notebook(PARAMETERS), {"log": "a"})
    twice = notebooks.with_parameters(once, {"log": "b"})
    assert [notebooks.source(cell) for cell in twice["cells"]] == [PARAMETERS["source"], "log = 'b'"]


def test_the_digest_depends_on_code_alone() -> None:
    """Text and outputs may change without making a run stale; code may not, in whichever form it is stored."""
    base = notebooks.code_digest(_notebook(_code("a\nb")))
    text = {"cell_type": "markdown", "metadata": {}, "source": "words"}
    assert notebooks.code_digest(_notebook(text, _code(["a\n", "b"], outputs=[{"output_type": "stream"}]))) == base
    assert notebooks.code_digest(_notebook(_code("a\nc"))) != base


def test_the_last_verdict_counts() -> None:
    """Of several outputs with a verdict the last one is the playbook's."""
    outputs: Outputs = [
        [{"data": {"v": {"n": 1}}}],
        [{"data": {"text/plain": "x"}}, {"data": {"v": {"n": 2}}}],
        [{"text": "end"}],
    ]
    assert notebooks.verdict_of(outputs, "v") == {"n": 2}
    assert notebooks.verdict_of(outputs, "w") is None


@pytest.mark.parametrize("text", ["", "{", "[]", '{"cells": 1}'])
def test_a_file_that_is_no_notebook_is_refused(tmp_path: Path, text: str) -> None:
    """Empty, broken and foreign JSON is refused with the file's name."""
    path = tmp_path / "x.ipynb"
    path.write_text(text)
    with pytest.raises(Refusal, match=r"x\.ipynb: is no notebook"):
        notebooks.read(path)


def test_a_notebook_is_written_as_jupyter_writes_it(tmp_path: Path) -> None:
    """Writing what was read changes nothing."""
    path = tmp_path / "x.ipynb"
    notebooks.write(_notebook(PARAMETERS), path)
    first = path.read_bytes()
    notebooks.write(json.loads(first), path)
    assert path.read_bytes() == first
