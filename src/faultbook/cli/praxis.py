"""`faultbook praxis ...`: tools for the files of Praxis. Each is a module, which does its imports when it runs."""

import argparse

from faultbook.cli import praxis_check


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the commands of the group."""
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    about = "check the configuration of an agent before anything runs, and tell which $NAME the agent will take out"
    praxis_check.add_arguments(commands.add_parser("check", help=about, description=f"{about.capitalize()}."))
