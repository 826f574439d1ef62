"""`faultbook praxis check`: what a Praxis agent will refuse, ignore or take out of its configuration."""

import argparse
import json
import os
import sys

from faultbook.cli import FOUND, NOTHING
from faultbook.problems import Refusal


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("config", metavar="CONFIG", help="the YAML file an agent is started with; - is standard input")
    parser.add_argument(
        "--env", action="append", default=[], metavar="NAME=VALUE", help="a variable that the agent will have"
    )
    parser.add_argument(
        "--ignore-environment", action="store_true", help="take only what --env names, not the present environment"
    )
    parser.add_argument("--revision", choices=("v0.2.0", "efa5f5e"), help="check for one revision only, not for both")
    parser.add_argument("--json", action="store_true", help="write JSON")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Report; 0 nothing but notes, 1 findings. Values of variables are never printed."""
    from faultbook.praxis.config import text_of
    from faultbook.praxis.rules import BOTH
    from faultbook.praxis.spec import check
    from faultbook.report import agent_config as report

    revisions = (options.revision,) if options.revision else BOTH
    checked = check(text_of(options.config), _environment(options), revisions)
    if options.json:
        json.dump(report.as_data(options.config, checked, revisions), sys.stdout, ensure_ascii=False, indent=1)
        print()
    else:
        sys.stdout.writelines(f"{line}\n" for line in report.as_text(options.config, checked))
    return FOUND if checked.wrong else NOTHING


def _environment(options: argparse.Namespace) -> dict[str, str]:
    wrong = [pair for pair in options.env if "=" not in pair]
    if wrong:
        raise Refusal(f"--env {wrong[0]}: is not NAME=VALUE", "Write for example --env TOOL_IMAGE=busybox:1.36.")
    named = dict(pair.split("=", 1) for pair in options.env)
    return named if options.ignore_environment else {**os.environ, **named}
