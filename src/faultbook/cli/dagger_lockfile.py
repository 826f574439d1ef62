"""`faultbook dagger lockfile`: check and explain a lock file, and put the two sides of a merge conflict together."""

import argparse
import io
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

from faultbook.cli import FOUND, NOTHING
from faultbook.problems import Refusal


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("path", metavar="PATH", help="the lock file; - is standard input")
    parser.add_argument("--json", action="store_true", help="write JSON")
    parser.add_argument(
        "--write", action="store_true", help="resolve a merge conflict; the file as it was is kept as PATH.bak"
    )
    sides = parser.add_mutually_exclusive_group()
    for side in ("ours", "theirs"):
        text = f"with --write: where the sides pin differently, take {side}"
        sides.add_argument(f"--{side}", dest="choice", action="store_const", const=side, help=text)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Report, and write if asked to; 0 clean (or made clean), 1 findings."""
    from faultbook.logs.lockcheck import check
    from faultbook.logs.lockfile import read_lockfile
    from faultbook.logs.lockmerge import merge
    from faultbook.report import lockfile as report

    before = _bytes(options.path) if options.write else None
    records = list(read_lockfile(options.path if before is None else io.BytesIO(before)))
    checked = check(records)
    merged = merge(records) if checked.markers else None
    resolved = merged.text(options.choice) if merged and before is not None else None
    backup = None
    if before is not None and resolved is not None:
        backup = _saved(Path(options.path), before, resolved)
        checked = check(read_lockfile(io.BytesIO(resolved.encode())))
    if options.json:
        json.dump(report.as_data(options.path, checked, merged, backup), sys.stdout, ensure_ascii=False, indent=1)
        print()
    else:
        sys.stdout.writelines(f"{line}\n" for line in report.as_text(options.path, checked, merged, backup))
    return FOUND if checked.faults else NOTHING


def _bytes(path: str) -> bytes:
    """The file as it is: what is written must replace what was read."""
    if path == "-":
        raise Refusal("standard input cannot be written", "Name the file, or leave --write out.")
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise Refusal(f"{path}: cannot be read ({error.strerror})", "Check the path.") from None


def _saved(path: Path, before: bytes, text: str) -> str:
    """Replace the file in one step, with its permissions; the answer is where the old one is kept.

    Raises `Refusal`, and changes nothing, when the file has changed meanwhile or a backup is there already.
    """
    place = path.resolve()  # of a link, the file behind it
    backup = place.with_name(f"{place.name}.bak")
    try:
        new = _written(place, text)
        try:
            if place.read_bytes() != before:
                raise Refusal(f"{path}: has changed while it was read; nothing was written", "Try again.")
            with backup.open("xb") as copy:
                copy.write(before)
            shutil.copymode(place, backup)
            new.replace(place)
        except BaseException:
            new.unlink(missing_ok=True)
            raise
    except FileExistsError:
        remedy = "Move it away: a backup is never written over."
        raise Refusal(f"{backup}: is there already; nothing was written", remedy) from None
    except OSError as error:
        raise Refusal(f"{path}: cannot be written ({error.strerror})", "Check the permissions of its folder.") from None
    return str(backup)


def _written(place: Path, text: str) -> Path:
    """A new file beside `place`, complete on the disk, with the same permissions."""
    with tempfile.NamedTemporaryFile(dir=place.parent, prefix=f".{place.name}.", delete=False) as new:
        new.write(text.encode())
        new.flush()
        os.fsync(new.fileno())
    shutil.copymode(place, new.name)
    return Path(new.name)
