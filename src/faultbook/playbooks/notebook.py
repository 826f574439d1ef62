"""A playbook as a file: an ordinary notebook (nbformat 4) with one cell tagged `parameters`.

The tag is papermill's convention: each line of the cell is `name = literal`, and a run is given its own values in
a cell put behind it, tagged `injected-parameters`.
"""

import ast
import copy
import hashlib
import json
from pathlib import Path
from typing import Any

from faultbook.problems import Refusal

Notebook = dict[str, Any]
PARAMETERS = "parameters"
INJECTED = "injected-parameters"


def read(path: Path) -> Notebook:
    """The notebook at `path`. Raises `Refusal` if it is none."""
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise Refusal(f"{path}: no such notebook", "`faultbook list` names the playbooks.") from None
    except ValueError as error:
        raise Refusal(f"{path}: is no notebook ({error})", "Open and save it in JupyterLab.") from None
    if not isinstance(notebook, dict) or not isinstance(notebook.get("cells"), list):
        raise Refusal(f"{path}: is no notebook (it has no cells)", "Open and save it in JupyterLab.")
    return notebook


def write(notebook: Notebook, path: Path) -> None:
    """Write a notebook as Jupyter does: one space of indent, a line feed at the end."""
    path.write_text(json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def source(cell: dict[str, Any]) -> str:
    """The text of a cell."""
    text = cell.get("source", "")
    return text if isinstance(text, str) else "".join(text)


def tagged(notebook: Notebook, tag: str) -> list[dict[str, Any]]:
    """The cells with a tag."""
    return [cell for cell in notebook["cells"] if tag in cell.get("metadata", {}).get("tags", [])]


def parameters(notebook: Notebook) -> dict[str, Any]:
    """Names and default values of the parameters.

    Raises `Refusal` unless exactly one cell is tagged, and holds just `name = literal` lines.
    """
    cells = tagged(notebook, PARAMETERS)
    if len(cells) != 1:
        raise Refusal(f"the notebook has {len(cells)} cells tagged {PARAMETERS}", "Tag exactly one.")
    try:
        return {_name(statement): ast.literal_eval(_value(statement)) for statement in ast.parse(source(cells[0])).body}
    except (ValueError, SyntaxError) as error:
        raise Refusal(f"the {PARAMETERS} cell is not plain: {error}", "Write only `name = literal` lines.") from None


def with_parameters(notebook: Notebook, values: dict[str, Any]) -> Notebook:
    """A copy with other values for parameters. Raises `Refusal` for a name the notebook does not have."""
    known = parameters(notebook)
    unknown = sorted(values.keys() - known.keys())
    if unknown:
        raise Refusal(f"unknown parameter {', '.join(unknown)}", f"The playbook has: {', '.join(known)}.")
    changed = copy.deepcopy(notebook)
    changed["cells"] = [cell for cell in changed["cells"] if INJECTED not in cell.get("metadata", {}).get("tags", [])]
    at = changed["cells"].index(tagged(changed, PARAMETERS)[0])
    lines = [f"{name} = {values[name]!r}" for name in known if name in values]
    changed["cells"].insert(at + 1, _code_cell("\n".join(lines)))
    return changed


def code_digest(notebook: Notebook) -> str:
    """A digest of what a run depends on in the notebook itself: its code cells, in order."""
    code = [source(cell) for cell in notebook["cells"] if cell["cell_type"] == "code"]
    return hashlib.sha256(json.dumps(code).encode()).hexdigest()


def outputs_of(notebook: Notebook) -> list[list[dict[str, Any]]]:
    """The outputs of the code cells, in order, without those of the injected cell (it has none)."""
    return [
        list(cell.get("outputs", []))
        for cell in notebook["cells"]
        if cell["cell_type"] == "code" and INJECTED not in cell.get("metadata", {}).get("tags", [])
    ]


def with_outputs(notebook: Notebook, outputs: list[list[dict[str, Any]]]) -> Notebook:
    """A copy with the outputs of a run; execution counts are the order of the cells."""
    changed = copy.deepcopy(notebook)
    code = [cell for cell in changed["cells"] if cell["cell_type"] == "code"]
    for number, (cell, printed) in enumerate(zip(code, outputs, strict=True), 1):
        cell["execution_count"] = number
        cell["outputs"] = [
            output | {"execution_count": number} if output["output_type"] == "execute_result" else output
            for output in printed
        ]
    return changed


def verdict_of(outputs: list[list[dict[str, Any]]], mime: str) -> dict[str, Any] | None:
    """The last output of a run that carries `mime`, None where there is none."""
    for cell in reversed(outputs):
        for output in reversed(cell):
            if mime in output.get("data", {}):
                return dict(output["data"][mime])
    return None


def _code_cell(text: str) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "id": INJECTED,
        "metadata": {"tags": [INJECTED]},
        "source": text,
        "outputs": [],
        "execution_count": None,
    }


def _name(statement: ast.stmt) -> str:
    if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
        return statement.targets[0].id
    if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
        return statement.target.id
    raise ValueError(f"line {statement.lineno} is no assignment")


def _value(statement: ast.stmt) -> ast.expr:
    value = getattr(statement, "value", None)
    if not isinstance(value, ast.expr):
        raise ValueError(f"line {statement.lineno} has no value")
    return value
