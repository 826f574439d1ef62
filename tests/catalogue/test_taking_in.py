"""`faultbook new sample`: a capture becomes a sample with papers, its bytes untouched."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.small_book import BROKEN_LOG, HEALTHY_LOG, SmallBook

from faultbook.catalogue.capture import take_in
from faultbook.problems import Refusal

META = {
    "program": "app",
    "version": "v1.0 at http://10.0.0.1",
    "command": "app run",
    "title": "A run.",
    "label": "healthy",
}


def capture(folder: Path, meta: Any = META, **files: bytes) -> Path:
    """A capture folder with a `meta.json` and logs."""
    folder.mkdir()
    if meta is not None:
        (folder / "meta.json").write_text(meta if isinstance(meta, str) else json.dumps(meta), encoding="utf-8")
    for name, data in files.items():
        (folder / name.replace("_", ".")).write_bytes(data)
    return folder


def taken(book: SmallBook, place: Path, **changes: Any) -> str:
    """The papers of a healthy capture with other words in its `meta.json`."""
    folder = capture(
        place / "capture",
        {key: value for key, value in (META | changes).items() if value is not None},
        app_log=HEALTHY_LOG,
    )
    return take_in(folder, book.root / "playbooks/samples/toy/new").read_text(encoding="utf-8")


def test_a_healthy_capture_becomes_a_sample_without_a_problem(book: SmallBook, tmp_path: Path) -> None:
    """Its bytes and their checksums are right at once."""
    papers = taken(book, tmp_path)
    assert "healthy: true\n" in papers
    assert 'version: "v1.0"\n' in papers
    assert 'edits: "none"\n' in papers
    assert (book.root / "playbooks/samples/toy/new/app.log").read_bytes() == HEALTHY_LOG
    assert not (book.root / "playbooks/samples/toy/new/meta.json").exists()
    assert book.complaints() == []


def test_a_near_miss_names_what_it_is_not(book: SmallBook, tmp_path: Path) -> None:
    """The label and `near` of the capture decide."""
    papers = taken(book, tmp_path, label="near-miss", near="disk-full")
    assert "near_miss_of: toy/disk-full\n" in papers
    assert "healthy" not in papers
    assert book.complaints() == []


def test_the_page_that_is_to_list_a_sample_is_asked_for(book: SmallBook, tmp_path: Path) -> None:
    """A failure is not guessed from a label: the page says which samples show it."""
    folder = capture(tmp_path / "capture", META | {"label": "disk-full"}, app_log=BROKEN_LOG)
    take_in(folder, book.root / "playbooks/samples/toy/new")
    assert any(
        line.startswith("playbooks/samples/toy/new/provenance.yml: the sample shows nothing")
        for line in book.complaints()
    )


@pytest.mark.parametrize(
    ("notes", "edits", "rest"),
    [
        ("", "none", None),
        ("The app was cold.", "none", "The app was cold."),
        ("The app was cold. The log is cut at 10 lines.", "The log is cut at 10 lines.", "The app was cold."),
        ("The host name was removed from it.", "The host name was removed from it.", None),
    ],
)
def test_what_was_edited_is_told_apart_from_other_notes(
    book: SmallBook, tmp_path: Path, notes: str, edits: str, rest: str | None
) -> None:
    """Provenance says what was cut and why."""
    papers = taken(book, tmp_path, notes=notes)
    assert f"edits: {json.dumps(edits)}\n" in papers
    assert (f"notes: {json.dumps(rest)}\n" in papers) == (rest is not None)


def test_words_that_yaml_would_misread_stay_words(book: SmallBook, tmp_path: Path) -> None:
    """Colons, quotes, umlauts, dates and line breaks in a capture's words are harmless."""
    title = 'yes: "no" # é\n- 2026-01-02: [x]'
    taken(book, tmp_path, title=title, command="2026-02-30", version="1.13", provoked_by="null")
    sample = book.catalogue().samples["toy/new"]
    assert (sample.title, sample.command, sample.version, sample.provoked_by) == (
        'yes: "no" # é - 2026-01-02: [x]',
        "2026-02-30",
        "1.13",
        "null",
    )
    assert book.complaints() == []


@pytest.mark.parametrize(
    ("started", "log", "date"),
    [
        ("2026-11-21T05:00:00Z", b"app 1.0 starting\n", "2026-11-21"),
        ("", b"app 1.0 starting\n2025-01-02 x\n", "2025-01-02"),
        ("at noon", b"app 1.0 starting\n", "unknown"),
    ],
)
def test_the_day_of_the_run_is_that_of_the_capture(
    book: SmallBook, tmp_path: Path, started: str, log: bytes, date: str
) -> None:
    """As the capture says, else the first date in its logs."""
    folder = capture(tmp_path / "capture", META | {"started": started}, app_log=log)
    assert f'date: "{date}"\n' in take_in(folder, book.root / "playbooks/samples/toy/new").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("meta", "files", "message"),
    [
        (None, {"app_log": b"x"}, "meta.json: no such file"),
        ("{", {"app_log": b"x"}, "meta.json: is no JSON"),
        ("[]", {"app_log": b"x"}, "meta.json: is no mapping"),
        ({"program": "app", "title": ""}, {"app_log": b"x"}, "meta.json: version, command, title missing"),
        (META, {}, "holds no log"),
    ],
)
def test_a_capture_that_lacks_something_is_refused(
    book: SmallBook, tmp_path: Path, meta: Any, files: dict[str, bytes], message: str
) -> None:
    """The message names the folder and what is missing; nothing is left behind."""
    folder = capture(tmp_path / "capture", meta, **files)
    sample = book.root / "playbooks/samples/toy/new"
    with pytest.raises(Refusal) as refused:
        take_in(folder, sample)
    assert refused.value.what.startswith(str(folder))
    assert message in refused.value.what
    assert not sample.exists()


def test_a_sample_is_not_overwritten(book: SmallBook, tmp_path: Path) -> None:
    """The slug is taken."""
    folder = capture(tmp_path / "capture", app_log=b"other")
    with pytest.raises(Refusal, match="exists already"):
        take_in(folder, book.root / "playbooks/samples/toy/broken")
    assert book.complaints() == []
