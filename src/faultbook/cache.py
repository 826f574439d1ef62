"""Files which can be made again at any time, in the user's cache folder."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path


def cache_folder() -> Path:
    """Where derived files are kept: `$FAULTBOOK_CACHE`, else the platform's cache folder for faultbook."""
    chosen = os.environ.get("FAULTBOOK_CACHE")
    if chosen:
        return Path(chosen)
    from platformdirs import user_cache_path

    return user_cache_path("faultbook", appauthor=False)


def cached_bytes(key: str, make: Callable[[], bytes]) -> bytes:
    """The bytes kept under `key`, made and kept if they are not there.

    A cache which cannot be read or written costs time, never the answer.
    """
    path = cache_folder() / key
    try:
        return path.read_bytes()
    except OSError:
        data = make()
        _keep(path, data)
        return data


def _keep(path: Path, data: bytes) -> None:
    """Write all or nothing, so that a second process never reads half a file."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as part:
            part.write(data)
        Path(part.name).replace(path)
    except OSError:
        return
