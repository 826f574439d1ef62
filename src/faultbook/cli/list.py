"""`faultbook list`: the catalogue."""

import argparse
import json
import sys

from faultbook.catalogue.index import to_data
from faultbook.catalogue.store import current
from faultbook.cli import NOTHING


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("--json", action="store_true", help="write everything as JSON")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the catalogue: a line for each entry, or JSON."""
    catalogue = current()
    if options.json:
        json.dump(to_data(catalogue), sys.stdout, ensure_ascii=False, indent=1)
        print()
        return NOTHING
    for noun, records in vars(catalogue).items():
        print(f"{noun} ({len(records)})")
        for record in records.values():
            print(f"  {record.id:40} {record.title}")
    return NOTHING
