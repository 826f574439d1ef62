"""`faultbook check`: does everything the pages claim hold?"""

import argparse
from pathlib import Path

from faultbook.catalogue.store import checkout_at, is_checkout
from faultbook.cli import FOUND, NOTHING
from faultbook.problems import Refusal


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("--root", type=Path, help="the checkout (default: the one around the current folder)")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print every problem; 1 if there is one."""
    from faultbook.check import check

    problems = check(root_of(options.root))
    for problem in problems:
        print(problem)
    print(f"{len(problems)} problem(s)" if problems else "everything the pages claim holds")
    return FOUND if problems else NOTHING


def root_of(chosen: Path | None) -> Path:
    """The checkout that is meant. Raises `Refusal` where there is none."""
    if chosen is None:
        return checkout_at(Path.cwd())
    if not is_checkout(chosen):
        raise Refusal(f"{chosen}: is no checkout of a book", "Give the folder with mkdocs.yml, docs and playbooks.")
    return chosen.resolve()
