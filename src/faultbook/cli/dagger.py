"""`faultbook dagger ...`: tools for the files of Dagger. Each is a module, which does its imports when it runs."""

import argparse

from faultbook.cli import dagger_lockfile


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the commands of the group."""
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    about = "check and explain a workspace lock file (.dagger/lock, dagger.lock), and put merge conflicts together"
    dagger_lockfile.add_arguments(commands.add_parser("lockfile", help=about, description=f"{about.capitalize()}."))
