"""`faultbook show`: a failure mode, log, checklist, playbook or sample in the terminal."""

import argparse
from collections.abc import Iterator
from typing import Any

from faultbook.catalogue.model import FOLDERS, page_url
from faultbook.catalogue.store import current, package_checkout
from faultbook.cli import NOTHING
from faultbook.problems import Refusal


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("id", metavar="ID", help="as in `faultbook list`, for example dagger/exec-nonzero-exit")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print every entry with this id; a page with its text where the checkout is at hand."""
    catalogue = current()
    entries = [(noun, records[options.id]) for noun, records in vars(catalogue).items() if options.id in records]
    if not entries:
        import difflib

        ids = [ident for records in vars(catalogue).values() for ident in records]
        near = difflib.get_close_matches(options.id, ids, 3)
        raise Refusal(f"nothing is called {options.id}", f"Near: {', '.join(near) or 'nothing; see `faultbook list`'}.")
    for noun, record in entries:
        print("\n".join(_lines(noun, record)))
    return NOTHING


def _lines(noun: str, record: Any) -> Iterator[str]:
    yield f"{record.title}  [{noun}: {record.id}]"
    for name, value in vars(record).items():
        if name not in ("id", "title") and value:
            yield from _field(name, value)
    yield f"page: {page_url(noun, record.id)}"
    root = package_checkout()
    if root and noun in FOLDERS:
        yield ""
        yield (root / FOLDERS[noun] / f"{record.id}.md").read_text(encoding="utf-8").split("\n---\n", 1)[1].strip()


def _field(name: str, value: Any) -> Iterator[str]:
    if isinstance(value, tuple):
        yield f"{name}:"
        yield from (f"  - {_short(item)}" for item in value)
    else:
        yield f"{name}: {value}"


def _short(item: Any) -> str:
    if isinstance(item, str):
        return item
    return ", ".join(f"{key}: {value}" for key, value in vars(item).items() if value)
