"""`faultbook new`: start a page, playbook or sample in the right place."""

import argparse
import re
from pathlib import Path

from faultbook.cli import NOTHING
from faultbook.cli.check import root_of
from faultbook.problems import Refusal

NOUNS = ("failure", "log", "checklist", "playbook", "sample")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("noun", choices=NOUNS)
    parser.add_argument("id", metavar="ID", help="<system>/<slug>, for example dagger/exec-oom-killed")
    parser.add_argument(
        "capture", nargs="?", type=Path, metavar="CAPTURE", help="sample: folder with meta.json and logs"
    )
    parser.add_argument("--root", type=Path, help="the checkout (default: the one around the current folder)")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Make the file and name it."""
    if not re.fullmatch(r"[a-z0-9]+/[a-z0-9]+(?:-[a-z0-9]+)*", options.id):
        raise Refusal(f"{options.id} is no id", "Write <system>/<slug>: small letters, digits and hyphens.")
    root = root_of(options.root)
    if options.noun == "sample":
        print(_sample(root, options.id, options.capture))
    else:
        if options.capture:
            raise Refusal(f"{options.capture}: only a sample is made from a capture", "Leave it out.")
        from faultbook.catalogue.scaffold import start

        print(start(root, options.noun, options.id))
    return NOTHING


def _sample(root: Path, ident: str, capture: Path | None) -> Path:
    from faultbook.catalogue.capture import take_in
    from faultbook.catalogue.model import SAMPLES

    if capture is None:
        raise Refusal("a sample is made from a capture", "Give the folder with meta.json and the logs.")
    if not capture.is_dir():
        raise Refusal(f"{capture}: is no folder", "Give the folder with meta.json and the logs.")
    return take_in(capture, root / SAMPLES / ident)
