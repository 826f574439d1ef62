"""`faultbook list`, `show`, `new`, `check` and `bless` from the command line."""

import json
import re
from pathlib import Path

import pytest
from tests.small_book import BROKEN_LOG, FAILURE, HEALTHY_LOG, SmallBook

from faultbook.catalogue.model import Catalogue
from faultbook.cli import main

Captured = pytest.CaptureFixture[str]


def test_the_list_as_json_is_the_contract(capsys: Captured, real_catalogue: Catalogue) -> None:
    """Every noun with every promised key and its type."""
    assert main(["list", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert list(data)[:4] == ["failures", "checklists", "playbooks", "logs"]
    assert [item["id"] for item in data["failures"]] == list(real_catalogue.failures)
    texts = {"id", "title", "summary", "page", "seen_in"}
    lists = {"asked_as", "signatures", "samples", "leads_to"}
    for item in data["failures"]:
        assert texts | lists | {"playbook"} <= item.keys()
        assert {type(item[key]) for key in texts} == {str}
        assert {type(item[key]) for key in lists} == {list}
        assert item["page"] == f"failures/{item['id']}/"
        for signature in item["signatures"]:
            assert {"log": str, "pattern": str, "ignore_case": bool}.items() <= {
                key: type(value) for key, value in signature.items()
            }.items()
    for noun in ("checklists", "playbooks", "logs"):
        assert data[noun]
        assert all({"id", "title", "summary", "page"} <= item.keys() for item in data[noun])


def test_the_list_has_a_line_for_every_entry(capsys: Captured, real_catalogue: Catalogue) -> None:
    """Id and title, by noun."""
    assert main(["list"]) == 0
    out = capsys.readouterr().out
    for records in vars(real_catalogue).values():
        for record in records.values():
            assert re.search(rf"^  {re.escape(record.id)} +{re.escape(record.title)}$", out, re.M)


def test_a_page_is_shown_with_its_text(capsys: Captured) -> None:
    """Signatures and samples first, then the page itself."""
    assert main(["show", "dagger/exec-killed"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("The step was killed with signal 9 (exit code 137)  [failures: dagger/exec-killed]\n")
    assert "  - dagger/exec-killed-9\n" in out
    assert "page: failures/dagger/exec-killed/\n" in out
    assert "\n## What you see\n" in out
    assert "\n---\n" not in out


def test_everything_of_an_id_is_shown(capsys: Captured) -> None:
    """A checklist and a playbook may have the same id."""
    assert main(["show", "dagger/failed-step"]) == 0
    out = capsys.readouterr().out
    assert "[checklists: dagger/failed-step]" in out
    assert "[playbooks: dagger/failed-step]" in out


def test_an_unknown_id_is_answered_with_those_near_it(capsys: Captured) -> None:
    """A slip of the finger is forgiven."""
    assert main(["show", "dagger/exec-oom-kiled"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("faultbook: nothing is called dagger/exec-oom-kiled\n    Near: dagger/exec-oom-killed")


@pytest.mark.parametrize(
    ("noun", "path"),
    [
        ("failure", "docs/failures/toy/fresh.md"),
        ("log", "docs/logs/toy/fresh.md"),
        ("checklist", "docs/triage/toy/fresh.md"),
        ("playbook", "playbooks/toy/fresh.ipynb"),
    ],
)
def test_a_new_page_is_started_in_its_place_and_the_check_says_what_is_missing(
    book: SmallBook, capsys: Captured, noun: str, path: str
) -> None:
    """A draft has every heading, and no draft passes unfinished."""
    assert main(["new", noun, "toy/fresh", "--root", str(book.root)]) == 0
    assert capsys.readouterr().out == f"{book.root.resolve() / path}\n"
    complaints = book.complaints()
    assert complaints
    assert all(line.startswith(path) for line in complaints)
    assert any("title is" in line for line in complaints)
    assert not any("heading" in line for line in complaints)


@pytest.mark.parametrize("noun", ["failure", "log", "checklist", "playbook", "sample"])
def test_nothing_is_overwritten(book: SmallBook, tmp_path: Path, capsys: Captured, noun: str) -> None:
    """A second draft under the same id is refused and changes nothing."""
    (capture := tmp_path / "capture").mkdir()
    (capture / "app.log").write_bytes(HEALTHY_LOG)
    words = {"program": "app", "version": "1.0", "command": "x", "title": "x", "label": "healthy"}
    (capture / "meta.json").write_text(json.dumps(words), encoding="utf-8")
    command = ["new", noun, "toy/fresh", *[str(capture)] * (noun == "sample"), "--root", str(book.root)]
    assert main(command) == 0
    made = Path(capsys.readouterr().out.strip())
    made.write_text("mine now", encoding="utf-8")
    assert main(command) == 2
    assert re.search(r"is there already|exists already", capsys.readouterr().err)
    assert made.read_text(encoding="utf-8") == "mine now"


@pytest.mark.parametrize(
    "ident", ["fresh", "toy/Fresh", "toy/a b", "toy/../x", "/toy/x", "toy/", "toy/x/y", "toy/x_y", "toy/-x", "../toy/x"]
)
def test_an_id_that_is_none_is_refused(book: SmallBook, capsys: Captured, ident: str) -> None:
    """No path can be smuggled in."""
    before = sorted(book.root.rglob("*"))
    assert main(["new", "failure", f"{ident}", "--root", str(book.root)]) == 2
    assert capsys.readouterr().err.startswith(f"faultbook: {ident} is no id\n    Write <system>/<slug>")
    assert sorted(book.root.rglob("*")) == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["sample", "toy/x"], "a sample is made from a capture"),
        (["sample", "toy/x", "/nowhere"], "/nowhere: is no folder"),
        (["failure", "toy/x", "/nowhere"], "/nowhere: only a sample is made from a capture"),
    ],
)
def test_a_capture_belongs_to_a_sample(book: SmallBook, capsys: Captured, arguments: list[str], message: str) -> None:
    """And a sample to a capture."""
    assert main(["new", *arguments, "--root", str(book.root)]) == 2
    assert capsys.readouterr().err.startswith(f"faultbook: {message}")


def test_the_check_prints_every_problem_sorted(book: SmallBook, capsys: Captured) -> None:
    """Status 1, each problem with place and remedy, and how many there are."""
    book.change(FAILURE, "family: disk\n", "")
    book.change(FAILURE, "## Fix", "## Fixes")
    assert main(["check", "--root", str(book.root)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(": ")[0] for line in lines[::2]] == [
        f"{FAILURE}:2",
        f"{FAILURE}:15",
        f"{FAILURE}:38",
        "3 problem(s)",
    ]
    assert all(line.startswith("    ") for line in lines[1::2])


def test_a_sound_book_passes_the_check(book: SmallBook, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    """Status 0, from any folder inside it."""
    monkeypatch.chdir(book.root / "docs")
    assert main(["check"]) == 0
    assert capsys.readouterr().out == "everything the pages claim holds\n"


@pytest.mark.parametrize("command", ["check", "bless", "new failure toy/x"])
def test_outside_a_checkout_the_message_says_so(
    command: str, tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Status 2, whether the folder is the current one or is named."""
    monkeypatch.chdir(tmp_path)
    assert main(command.split()) == 2
    assert "is not in a checkout" in capsys.readouterr().err
    assert main([*command.split(), "--root", str(tmp_path)]) == 2
    assert f"{tmp_path}: is no checkout" in capsys.readouterr().err


def test_blessing_names_the_pages_it_rewrites(book: SmallBook, capsys: Captured) -> None:
    """And a second time there is nothing to do."""
    book.change(FAILURE, "2:error: disk /dev/sda1 is full", "old")
    assert main(["bless", "--root", str(book.root)]) == 0
    assert capsys.readouterr().out == f"{FAILURE}\n"
    assert book.complaints() == []
    assert main(["bless", "--root", str(book.root)]) == 0
    assert capsys.readouterr().out == ""


def test_a_sample_comes_in_with_one_command(book: SmallBook, tmp_path: Path, capsys: Captured) -> None:
    """Listed on its page, the book is sound."""
    (capture := tmp_path / "capture").mkdir()
    (capture / "app.log").write_bytes(BROKEN_LOG)
    words = {"program": "app", "version": "1.0", "command": "app run", "title": "A full disk.", "label": "disk-full"}
    (capture / "meta.json").write_text(json.dumps(words), encoding="utf-8")
    assert main(["new", "sample", "toy/second", str(capture), "--root", str(book.root)]) == 0
    book.change(FAILURE, "  - toy/broken\n", "  - toy/broken\n  - toy/second\n")
    assert book.complaints() == []
