"""Execute a notebook's cells in a process forked for it: no kernel to start, and nothing left behind.

The process that forks has imported everything and executed nothing, so each run begins from the same clean state and
ends with its process. The cells are run by the shell that a kernel uses, too; that both print the same is tested by
executing every notebook once in a real kernel.
"""

import contextlib
import functools
import io
import json
import os
import traceback
from pathlib import Path
from typing import Any

from faultbook.playbooks.execute import MORE, failure
from faultbook.playbooks.notebook import Notebook, source
from faultbook.playbooks.runs import Outputs
from faultbook.problems import Refusal

CAN_FORK = hasattr(os, "fork")


def outputs_of_run(notebook: Notebook, folder: Path) -> Outputs:
    """The outputs of the code cells of `notebook`, executed in `folder`; call it where only one thread runs.

    Raises `Refusal` naming the cell when one fails.
    """
    _shell()  # made before the fork, so that it is made once
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        _run_and_leave(notebook, folder, writing)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        answer = pipe.read()
    os.waitpid(child, 0)
    if not answer:
        raise Refusal("the playbook ended its process", MORE)
    told: dict[str, Any] = json.loads(answer)
    if "failed" in told:
        raise failure(told["cell"], told["name"], told["failed"])
    outputs: Outputs = told["outputs"]
    return outputs


@functools.cache
def _shell() -> Any:
    """The shell, with what notebooks import already in memory."""
    from IPython.core.interactiveshell import InteractiveShell

    import faultbook.playbooks.dagger.failed_step
    import faultbook.playbooks.verdict  # noqa: F401

    shell: Any = InteractiveShell.instance()
    shell.history_manager.enabled = False
    return shell


def _run_and_leave(notebook: Notebook, folder: Path, writing: int) -> None:
    """In the child: run, write the answer, and end without the parent's clean-up."""
    try:
        os.chdir(folder)
        answer = json.dumps(_run(notebook)).encode()
    except BaseException:
        answer = json.dumps({"failed": traceback.format_exc(limit=0).strip(), "name": "", "cell": 0}).encode()
    with os.fdopen(writing, "wb") as pipe:
        pipe.write(answer)
    os._exit(0)


def _run(notebook: Notebook) -> dict[str, Any]:
    outputs: Outputs = []
    for number, cell in enumerate(notebook["cells"], 1):
        if cell["cell_type"] == "code":
            printed, fault = _run_cell(source(cell))
            if fault:
                return {"failed": str(fault), "name": type(fault).__name__, "cell": number}
            if "injected-parameters" not in cell.get("metadata", {}).get("tags", []):
                outputs.append(printed)
    return {"outputs": outputs}


def _run_cell(text: str) -> tuple[list[dict[str, Any]], BaseException | None]:
    """What a cell prints, as nbformat's outputs, and why it failed."""
    from IPython.core.displayhook import CapturingDisplayHook
    from IPython.core.displaypub import CapturingDisplayPublisher

    shell, said = _shell(), io.StringIO()
    result: list[dict[str, Any]] = []
    shell.display_pub = CapturingDisplayPublisher()  # type: ignore[no-untyped-call]
    shell.display_trap.hook = CapturingDisplayHook(shell=shell, outputs=result)  # type: ignore[no-untyped-call]
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        done = shell.run_cell(text, store_history=False)
    fault = done.error_before_exec or done.error_in_exec
    if fault:
        return [], fault
    printed = [{"output_type": "stream", "name": "stdout", "text": said.getvalue()}] if said.getvalue() else []
    shown = [_output("display_data", rich) for rich in shell.display_pub.outputs]
    return [*printed, *shown, *(_output("execute_result", rich) for rich in result)], None


def _output(kind: str, rich: dict[str, Any]) -> dict[str, Any]:
    return {"output_type": kind, "data": rich["data"], "metadata": {}}
