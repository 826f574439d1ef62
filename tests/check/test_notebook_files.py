"""Playbooks as files: readable, with plain parameters, and outputs that belong to their code."""

import json
from typing import Any

import pytest
from tests.small_book import SmallBook
from tests.spoilt import Case, check

NOTEBOOK = "playbooks/toy/look.ipynb"


def notebook(**changes: Any) -> str:
    """A playbook as JSON, with other values in `metadata.faultbook`."""
    about = {
        "title": "Look",
        "summary": "It looks.",
        "logs": {"log": "toy/app-log"},
        "needs": "log",
        "sample": "toy/broken",
    }
    cells = [
        {
            "cell_type": "code",
            "id": "p",
            "metadata": {"tags": ["parameters"]},
            "source": "log = 'app.log'",
            "outputs": [],
        }
    ]
    return json.dumps({"cells": cells, "metadata": {"faultbook": about | changes}, "nbformat": 4, "nbformat_minor": 5})


NOTEBOOKS = [
    Case("no JSON", lambda book: book.write(NOTEBOOK, "{\n no"), [(f"{NOTEBOOK}:2", "is no notebook")]),
    Case(
        "JSON of another kind", lambda book: book.write(NOTEBOOK, "[]"), [(NOTEBOOK, "is no notebook: it has no cells")]
    ),
    Case("not UTF-8", lambda book: book.write(NOTEBOOK, b'{"caf\xe9": 1}'), [(NOTEBOOK, "is no notebook")]),
    Case(
        "unknown key",
        lambda book: book.write(NOTEBOOK, notebook(author="me")),
        [(NOTEBOOK, "its outputs are stale"), (NOTEBOOK, "unknown key author in metadata.faultbook")],
    ),
    Case(
        "unknown log",
        lambda book: book.write(NOTEBOOK, notebook(logs={"log": "toy/nothing"})),
        [
            (NOTEBOOK, "its outputs are stale"),
            (NOTEBOOK, "metadata.faultbook.logs names toy/nothing, which is no log"),
            (NOTEBOOK, "the default sample toy/broken has no toy/nothing"),
        ],
    ),
    Case(
        "unknown sample",
        lambda book: book.write(NOTEBOOK, notebook(sample="toy/nothing")),
        [(NOTEBOOK, "the default sample toy/nothing has no toy/app-log")],
    ),
    Case(
        "unknown parameter",
        lambda book: book.write(NOTEBOOK, notebook(logs={"other": "toy/app-log"}, needs="other")),
        [
            (NOTEBOOK, "its outputs are stale"),
            (NOTEBOOK, "metadata.faultbook.logs names the parameter other, which the notebook does not have"),
        ],
    ),
    Case(
        "many without a list",
        lambda book: book.write(NOTEBOOK, notebook(many=["log"])),
        [
            (NOTEBOOK, "its outputs are stale"),
            (NOTEBOOK, "the parameter log is in metadata.faultbook.many"),
        ],
    ),
    Case(
        "list without many",
        lambda book: book.write(NOTEBOOK, notebook().replace("log = 'app.log'", "log = []")),
        [
            (NOTEBOOK, "its outputs are stale"),
            (NOTEBOOK, "the parameter log is not in metadata.faultbook.many"),
        ],
    ),
    Case(
        "no parameters",
        lambda book: book.write(NOTEBOOK, notebook().replace("parameters", "something")),
        [(NOTEBOOK, "the notebook has 0 cells tagged parameters")],
    ),
    Case(
        "parameters that are computed",
        lambda book: book.write(NOTEBOOK, notebook().replace("'app.log'", "open('x')")),
        [(NOTEBOOK, "the parameters cell is not plain")],
    ),
    Case("never executed", lambda book: book.write(NOTEBOOK, notebook()), [(NOTEBOOK, "its outputs are stale")]),
    Case(
        "kept run of no page",
        lambda book: book.write("playbooks/runs/toy/look/toy/broken.json", "{}"),
        [("playbooks/runs/toy/look/toy/broken.json", "no page shows this run")],
    ),
]


@pytest.mark.parametrize("case", NOTEBOOKS, ids=lambda case: case.name)
def test_a_playbook_is_held_against_its_metadata(book: SmallBook, case: Case) -> None:
    """A notebook is readable, has plain parameters for the logs it names, and outputs of today's code."""
    case.spoil(book)
    check(book, case)
