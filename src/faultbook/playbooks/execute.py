"""Execute a notebook in a kernel of its own, so that the same input gives the same bytes."""

import copy
import os
import re
from pathlib import Path
from typing import Any

from faultbook.playbooks.notebook import Notebook
from faultbook.problems import Refusal

CELL_SECONDS = 120


def execute(notebook: Notebook, folder: Path) -> Notebook:
    """A copy of `notebook` with the outputs of a run in `folder`.

    Raises `Refusal` naming the cell when one fails, and when the packages that execute notebooks are missing.
    """
    try:
        import nbformat
        from nbclient import NotebookClient
        from nbclient.exceptions import CellExecutionError, CellTimeoutError
    except ModuleNotFoundError as missing:
        raise Refusal(f"{missing.name} is not installed", "pip install 'faultbook[playbooks]'") from None
    node: Any = nbformat.from_dict(copy.deepcopy(notebook))  # type: ignore[no-untyped-call]
    client = NotebookClient(
        node,
        kernel_name="python3",
        # The kernel warns at every start that loopback is not encrypted.
        extra_arguments=["--log-level=40"],
        timeout=CELL_SECONDS,
        record_timing=False,
        coalesce_streams=True,
        resources={"metadata": {"path": str(folder)}},
    )
    try:
        client.execute(env=_environment())
    except (CellExecutionError, CellTimeoutError) as error:
        last = re.sub(r"\x1b\[[0-9;]*m", "", str(error)).strip().splitlines()[-1]
        raise Refusal(
            f"the playbook failed in {_failed_cell(node)}: {last}", "Run it in JupyterLab to see more."
        ) from None
    return _plain(node)


def _environment() -> dict[str, str]:
    """The kernel's environment: the kernel of this virtual environment wins over one in the user's home."""
    return os.environ | {"JUPYTER_PREFER_ENV_PATH": "1", "PYTHONHASHSEED": "0", "NO_COLOR": "1", "TZ": "UTC"}


def _failed_cell(notebook: Any) -> str:
    for number, cell in enumerate(notebook.cells, 1):
        if any(output.output_type == "error" for output in cell.get("outputs", [])):
            return f"cell {number}"
    return "a cell that took too long"


def _plain(node: Any) -> Notebook:
    """The notebook as plain data, without what the kernel says of itself."""
    import json

    notebook: Notebook = json.loads(json.dumps(node))
    notebook["metadata"].pop("language_info", None)
    for cell in notebook["cells"]:
        cell.get("metadata", {}).pop("execution", None)
        for output in cell.get("outputs", []):
            output.get("metadata", {}).clear()
    return notebook
