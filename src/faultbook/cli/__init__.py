"""The command line. Every command is a module here, imported only when it is called."""

import argparse
import importlib
import io
import os
import sys
from collections.abc import Sequence

from faultbook import __version__
from faultbook.problems import Refusal

FOUND, NOTHING, REFUSED = 1, 0, 2
"""Exit statuses: a failure mode was found; nothing known; could not read, or wrong use."""

COMMANDS = {
    "diagnose": "find known failure modes in logs",
    "run": "execute a playbook on your logs and write a report",
    "lab": "open a playbook in JupyterLab with your logs filled in",
    "list": "list the catalogue",
    "show": "show a page of the catalogue in the terminal",
    "new": "start a page, playbook or sample",
    "check": "check everything the pages claim, without executing notebooks",
    "bless": "execute playbooks and commands on pages and keep what they print",
    "dagger": "tools for files of Dagger: lockfile",
    "praxis": "tools for files of Praxis: check",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program with `arguments` (default: those of the process); the answer is its exit status."""
    given = [*(sys.argv[1:] if arguments is None else arguments)]  # `list` is a command here once it was called
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # logs and file names hold what not every terminal can show
            stream.reconfigure(errors="backslashreplace")
    try:
        options = _parse(given)
        status: int = options.run(options)
        sys.stdout.flush()
        return status
    except Refusal as refusal:
        print(f"faultbook: {refusal}", file=sys.stderr)
        return REFUSED
    except BrokenPipeError:
        # The reader of our output has gone (`| head`); Python would complain again when it closes stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return REFUSED
    except KeyboardInterrupt:
        print("faultbook: interrupted", file=sys.stderr)
        return 130


def _parse(given: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="faultbook",
        description="Failure modes of Dagger, Dagster and Praxis, each shown by a captured log.",
        epilog="Exit status: 0 nothing known was found, 1 something was found, 2 something could not be read.",
    )
    parser.add_argument("--version", action="version", version=f"faultbook {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    wanted = next((word for word in given if not word.startswith("-")), None)
    for name, help_text in COMMANDS.items():
        command = commands.add_parser(name, help=help_text, description=f"{help_text[0].upper()}{help_text[1:]}.")
        if name == wanted:
            importlib.import_module(f"faultbook.cli.{name}").add_arguments(command)
    return parser.parse_args(given)
