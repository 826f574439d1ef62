"""Files which can be made again at any time, in the user's cache folder."""

import hashlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

_DIGEST = hashlib.sha256().digest_size


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
    data = _kept(path)
    if data is None:
        data = make()
        keep(path, data)
    return data


def _kept(path: Path) -> bytes | None:
    """What is kept at `path`, None if that is nothing or not what was written."""
    try:
        kept = path.read_bytes()
    except OSError:
        return None
    digest, data = kept[:_DIGEST], kept[_DIGEST:]
    return data if hashlib.sha256(data).digest() == digest else None


def keep(path: Path, data: bytes) -> None:
    """Write a file of the cache: all or nothing, so that a second process never reads half of it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as part:
            part.write(hashlib.sha256(data).digest() + data)
        Path(part.name).replace(path)
    except OSError:
        return
