"""Where the catalogue comes from: the checkout this package runs in, or the index inside the wheel."""

import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path

from faultbook import __version__
from faultbook.cache import cached_bytes
from faultbook.catalogue.index import from_data, to_data
from faultbook.catalogue.model import FOLDERS, PLAYBOOKS, Catalogue
from faultbook.problems import BrokenCatalogue, Refusal

PACKAGE = Path(__file__).resolve().parents[1]
WHEEL_INDEX = PACKAGE / "data" / "index.json"
_MARKS = ("mkdocs.yml", FOLDERS["failures"], PLAYBOOKS)


def current() -> Catalogue:
    """The catalogue to diagnose with. Raises `BrokenCatalogue` when the pages of the checkout do not load."""
    if WHEEL_INDEX.exists():
        return from_data(json.loads(WHEEL_INDEX.read_bytes()))
    root = package_checkout()
    if root is None:
        raise Refusal("this installation has no catalogue", "Install the wheel, or work in a checkout of faultbook.")
    data = cached_bytes(f"index/{fingerprint(root)}.json", lambda: _loaded(root))
    return from_data(json.loads(data))


def package_checkout() -> Path | None:
    """The checkout this package is part of, None for an installed wheel."""
    return PACKAGE.parents[1] if is_checkout(PACKAGE.parents[1]) else None


def is_checkout(folder: Path) -> bool:
    """Whether a folder is laid out as a checkout of a book."""
    return all((folder / mark).exists() for mark in _MARKS)


def checkout_at(start: Path) -> Path:
    """The checkout which holds `start`. Raises `Refusal` where there is none."""
    for folder in (start.resolve(), *start.resolve().parents):
        if is_checkout(folder):
            return folder
    raise Refusal(f"{start}: is not in a checkout of a book", f"Go to the folder with {', '.join(_MARKS)}.")


def fingerprint(root: Path) -> str:
    """A digest that changes when a page, notebook, sample or this program does (by size and time of change)."""
    parts = [__version__]
    for folder in ("docs", PLAYBOOKS, "src/faultbook/catalogue", "src/faultbook/matcher"):
        parts += sorted(_stamps(str(root / folder)))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


def _stamps(folder: str) -> Iterator[str]:
    for entry in os.scandir(folder):
        if entry.is_dir():
            if entry.name not in ("assets", "__pycache__"):
                yield from _stamps(entry.path)
        else:
            status = entry.stat()
            yield f"{entry.path} {status.st_size} {status.st_mtime_ns}"


def _loaded(root: Path) -> bytes:
    from faultbook.catalogue.load import load

    catalogue, pages = load(root)
    if pages.problems:
        raise BrokenCatalogue(pages.problems)
    return json.dumps(to_data(catalogue)).encode()
