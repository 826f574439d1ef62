"""Execute a notebook in a kernel of its own, so that the same input gives the same bytes."""

import copy
import os
from pathlib import Path
from typing import Any

from faultbook.playbooks.notebook import Notebook
from faultbook.problems import Refusal

CELL_SECONDS = 120
MORE = "Run it in JupyterLab to see more."


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
    except CellTimeoutError:
        raise Refusal("the playbook took too long in one of its cells", MORE) from None
    except CellExecutionError as error:
        raise failure(_failed_cell(node), error.ename, error.evalue) from None
    return _plain(node)


def failure(cell: int, name: str, text: str) -> Refusal:
    """What to tell of a cell (1-based) that raised an exception with this name and text; a refusal keeps its remedy."""
    what, _, remedy = text.partition("\n")
    if name != Refusal.__name__:
        what, remedy = f"{name}: {what}", MORE
    return Refusal(f"the playbook failed in cell {cell}: {what}", remedy.strip() or MORE)


def _environment() -> dict[str, str]:
    """The kernel's environment: the kernel of this virtual environment wins over one in the user's home."""
    return os.environ | {"JUPYTER_PREFER_ENV_PATH": "1", "PYTHONHASHSEED": "0", "NO_COLOR": "1", "TZ": "UTC"}


def _failed_cell(notebook: Any) -> int:
    return next(
        number
        for number, cell in enumerate(notebook.cells, 1)
        if any(output.output_type == "error" for output in cell.get("outputs", []))
    )


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
