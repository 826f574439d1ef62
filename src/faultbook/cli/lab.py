"""`faultbook lab`: open a playbook in JupyterLab with the reader's logs filled in."""

import argparse
import os
import sys
from importlib.util import find_spec
from pathlib import Path

from faultbook.catalogue.store import current
from faultbook.cli.run import add_parameter_option, values_of
from faultbook.problems import Refusal


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("playbook", metavar="PLAYBOOK", help="a playbook, as in `faultbook list`")
    parser.add_argument("logs", nargs="+", metavar="LOG|FOLDER", help="logs of one incident, in any order")
    parser.add_argument("--output", type=Path, default=Path(), metavar="FOLDER", help="where the notebook goes")
    parser.add_argument("--no-browser", action="store_true", help="only say the address")
    add_parameter_option(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Write the filled notebook to a new file and hand over to JupyterLab."""
    if find_spec("jupyterlab") is None:
        raise Refusal("JupyterLab is not installed", "pip install 'faultbook[lab]'")
    from faultbook.playbooks.notebook import write
    from faultbook.render.report import filled

    notebook = filled(current(), options.playbook, options.logs, values_of(options.parameter))
    path = _free(options.output / f"{options.playbook.split('/')[-1]}.ipynb")
    write(notebook, path)
    print(f"opening {path}", flush=True)
    command = [sys.executable, "-m", "jupyterlab", "--ip=127.0.0.1", str(path)]
    os.execv(sys.executable, [*command, "--no-browser"] if options.no_browser else command)


def _free(path: Path) -> Path:
    """`path`, or the first of `name-2`, `name-3`, ... that is not there yet: nothing is overwritten."""
    number = 2
    free = path
    while free.exists():
        free = path.with_stem(f"{path.stem}-{number}")
        number += 1
    return free
