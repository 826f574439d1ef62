"""Fixtures shared by the tests; nothing here touches the reader's cache or this checkout."""

from pathlib import Path

import pytest

from faultbook.catalogue.load import load
from faultbook.catalogue.model import Catalogue
from tests.small_book import SmallBook


@pytest.fixture(scope="session")
def _session_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def own_cache(_session_cache: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder of this test session: patterns made up by tests do not fill the one of the user."""
    monkeypatch.setenv("FAULTBOOK_CACHE", str(_session_cache))
    return _session_cache


@pytest.fixture
def book(own_cache: Path, tmp_path: Path) -> SmallBook:
    """A small book without a problem."""
    return SmallBook(tmp_path / "book")


@pytest.fixture(scope="session")
def real_root() -> Path:
    """This checkout."""
    return Path(__file__).parents[1]


@pytest.fixture(scope="session")
def real_catalogue(real_root: Path) -> Catalogue:
    """The catalogue of this checkout."""
    return load(real_root)[0]
