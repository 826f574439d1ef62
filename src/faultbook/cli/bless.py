"""`faultbook bless`: execute playbooks and commands on pages and keep what they print."""

import argparse
from pathlib import Path

from faultbook.cli import NOTHING
from faultbook.cli.check import root_of


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("--root", type=Path, help="the checkout (default: the one around the current folder)")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Rewrite outputs and name the files that were written."""
    from faultbook.check import commands
    from faultbook.check.book import read_book
    from faultbook.playbooks import verify

    root = root_of(options.root)
    for path in commands.bless(read_book(root)):
        print(path)
    for path in verify.bless(root, read_book(root).catalogue):
        print(path)
    return NOTHING
