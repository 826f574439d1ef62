"""Where the catalogue comes from, and when it is read anew."""

import os
from pathlib import Path

import pytest
from tests.small_book import BROKEN, CHECKLIST, FAILURE, SmallBook

from faultbook.catalogue import store
from faultbook.catalogue.store import checkout_at, current, fingerprint, is_checkout, package_checkout
from faultbook.problems import BrokenCatalogue, Refusal


@pytest.fixture
def installed_here(book: SmallBook, monkeypatch: pytest.MonkeyPatch) -> SmallBook:
    """The small book as the checkout this package is part of."""
    for folder in ("src/faultbook/catalogue", "src/faultbook/matcher"):
        book.write(f"{folder}/module.py", "")
    monkeypatch.setattr(store, "PACKAGE", book.root / "src/faultbook")
    return book


def test_the_catalogue_is_that_of_the_checkout(installed_here: SmallBook) -> None:
    """And comes from the cache the second time."""
    first = current()
    assert first == installed_here.catalogue()
    assert current() == first


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        (FAILURE, "The disk is full", "The disk is really full"),
        (CHECKLIST, "The app fails", "The app fails badly"),
        (f"{BROKEN}/provenance.yml", "A run of the app.", "Another run of the app."),
    ],
)
def test_an_edit_is_seen_at_once(installed_here: SmallBook, path: str, old: str, new: str) -> None:
    """No stale catalogue is ever used, though reading is cached."""
    current()
    before = fingerprint(installed_here.root)
    installed_here.change(path, old, new)
    assert fingerprint(installed_here.root) != before
    assert current() == installed_here.catalogue()


def test_a_new_file_and_a_change_of_the_program_are_seen_too(installed_here: SmallBook) -> None:
    """Even where the size stays the same, the time of change tells."""
    seen = {fingerprint(installed_here.root)}
    installed_here.write("docs/failures/toy/new.md", "x")
    seen.add(fingerprint(installed_here.root))
    os.utime(installed_here.root / "src/faultbook/matcher/module.py", (1, 1))
    seen.add(fingerprint(installed_here.root))
    os.utime(installed_here.root / FAILURE, (1, 1))
    seen.add(fingerprint(installed_here.root))
    assert len(seen) == 4


def test_a_broken_checkout_is_refused_with_every_problem(installed_here: SmallBook) -> None:
    """Diagnosing with half a catalogue would be worse than not at all; all problems are told, sorted."""
    installed_here.change(FAILURE, "family: disk\n", "")
    installed_here.change(CHECKLIST, "## Symptom", "## Symptoms")
    with pytest.raises(BrokenCatalogue) as broken:
        current()
    assert [problem.path for problem in broken.value.problems] == [FAILURE, CHECKLIST, CHECKLIST]
    for problem in broken.value.problems:
        assert str(problem) in str(broken.value)


def test_a_damaged_cache_is_read_anew(installed_here: SmallBook, own_cache: Path) -> None:
    """A cache costs time, never the answer."""
    expected = current()
    for path in (own_cache / "index").iterdir():
        path.write_bytes(path.read_bytes()[:-10])
    assert current() == expected


def test_a_checkout_is_found_from_any_folder_inside_it(book: SmallBook) -> None:
    """`faultbook check` works below the root, too."""
    assert is_checkout(book.root)
    assert checkout_at(book.root / BROKEN) == book.root.resolve()


def test_outside_a_checkout_the_message_says_what_one_is(tmp_path: Path) -> None:
    """The remedy names the files a checkout has."""
    with pytest.raises(Refusal) as refused:
        checkout_at(tmp_path)
    assert "is not in a checkout" in refused.value.what
    assert "mkdocs.yml, docs/failures, playbooks" in refused.value.remedy


def test_a_package_without_catalogue_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a checkout nor the wheel's index: there is nothing to diagnose with."""
    monkeypatch.setattr(store, "PACKAGE", tmp_path / "lib" / "faultbook")
    assert package_checkout() is None
    with pytest.raises(Refusal, match="this installation has no catalogue"):
        current()
