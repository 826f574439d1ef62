"""`faultbook diagnose`: which known failure modes do these logs show?"""

import argparse
import sys
from pathlib import Path

from faultbook.catalogue.store import current
from faultbook.cli import FOUND, NOTHING, REFUSED
from faultbook.cli.progress import bar
from faultbook.diagnose import Diagnosis, diagnose
from faultbook.problems import Refusal
from faultbook.report import FORMATS


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("logs", nargs="*", metavar="LOG|FOLDER", help="logs of one incident; - is standard input")
    form = parser.add_mutually_exclusive_group()
    for name in FORMATS:
        if name != "text":
            form.add_argument(f"--{name}", dest="form", action="store_const", const=name, help=f"write {name}")
    parser.set_defaults(run=run, form="text")


def run(options: argparse.Namespace) -> int:
    """Diagnose and report; 0 nothing known, 1 found, 2 something could not be read."""
    logs = options.logs or ([] if sys.stdin.isatty() else ["-"])
    if not logs:
        raise Refusal("no log was named", "Name logs or a folder, or pipe one in: `... | faultbook diagnose -`.")
    with bar(sum(_size(log) for log in logs)) as progress:
        diagnosis = diagnose(logs, current(), progress)
    sys.stdout.write(FORMATS[options.form](diagnosis))
    sys.stdout.flush()
    for refusal in [*diagnosis.refusals, *_nothing_read(diagnosis)]:
        print(f"faultbook: {refusal}", file=sys.stderr)
    return _status(diagnosis)


def _status(diagnosis: Diagnosis) -> int:
    if diagnosis.refusals or _nothing_read(diagnosis):
        return REFUSED
    return FOUND if diagnosis.findings else NOTHING


def _nothing_read(diagnosis: Diagnosis) -> list[Refusal]:
    """The complaint that no log held anything: there was nothing to diagnose, which is not "nothing known"."""
    if diagnosis.refusals or diagnosis.searched:
        return []
    empty = [log.path for log in diagnosis.logs if log.remark == "is empty"]
    if empty:
        remedy = "Capture again; Dagger writes its progress to standard error (`dagger call ... 2> cli.log`)."
        return [Refusal(", ".join(empty) + ": nothing in it", remedy)]
    return [Refusal("none of the files in the folder is a known log", "Name a file to have it searched all the same.")]


def _size(log: str) -> int:
    try:
        return Path(log).stat().st_size
    except OSError:  # told when it is read
        return 0
