"""`faultbook run`: execute a playbook on the reader's logs and write a report."""

import argparse
import json
import sys
from pathlib import Path

from faultbook.catalogue.store import current
from faultbook.cli import FOUND, NOTHING
from faultbook.problems import Refusal


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("playbook", metavar="PLAYBOOK", help="a playbook, as in `faultbook list`")
    parser.add_argument("logs", nargs="+", metavar="LOG|FOLDER", help="logs of one incident, in any order")
    parser.add_argument("--output", type=Path, metavar="FOLDER", help="where the report goes (default: beside the log)")
    parser.add_argument("--force", action="store_true", help="overwrite an earlier report")
    parser.add_argument("--json", action="store_true", help="print the verdict as JSON")
    add_parameter_option(parser)
    parser.set_defaults(run=run)


def add_parameter_option(parser: argparse.ArgumentParser) -> None:
    """Declare `-p NAME=VALUE`."""
    parser.add_argument("-p", "--parameter", action="append", default=[], metavar="NAME=VALUE", help="a parameter")


def run(options: argparse.Namespace) -> int:
    """Execute, report, print the verdict; 0 nothing confirmed, 1 confirmed."""
    from faultbook.render.report import filled
    from faultbook.render.report import run as write_report

    notebook = filled(current(), options.playbook, options.logs, values_of(options.parameter))
    first = Path(options.logs[0]).resolve()
    folder = options.output or (first if first.is_dir() else first.parent)
    name = options.playbook.split("/")[-1] if first.is_dir() else f"{first.name}.{options.playbook.split('/')[-1]}"
    report = write_report(notebook, name, folder, options.force)
    if options.json:
        json.dump(report.verdict, sys.stdout, ensure_ascii=False, indent=1)
        print()
    else:
        _print_verdict(report.verdict)
        print(f"report: {report.page}\n        {report.notebook}\n        {report.data}")
    return FOUND if report.verdict["confirmed"] else NOTHING


def values_of(pairs: list[str]) -> dict[str, str]:
    """`NAME=VALUE` words as a mapping. Raises `Refusal` for a word without `=`."""
    wrong = [pair for pair in pairs if "=" not in pair]
    if wrong:
        raise Refusal(f"-p {wrong[0]}: is not NAME=VALUE", "Write for example -p engine_log=engine.log.")
    return dict(pair.split("=", 1) for pair in pairs)


def _print_verdict(verdict: dict[str, list[dict[str, str]]]) -> None:
    if not verdict["confirmed"]:
        print("None of the failure modes this playbook knows.")
    for confirmed in verdict["confirmed"]:
        print(f"{confirmed['title']}  [{confirmed['failure']}]\n  page: {confirmed['page']}")
    for text in verdict["says"]:
        print(text)
    for text in verdict["missing"]:
        print(f"not given: {text}")
