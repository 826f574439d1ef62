"""Faults planted in a copy of the book: each is caught by what `make test` runs, with a message that says where."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from faultbook.catalogue.load import load
from faultbook.check import check
from faultbook.playbooks.verify import verify

FAILURES = "docs/failures/dagger"
SAMPLES = "playbooks/samples/dagger"
NOTEBOOK = "playbooks/dagger/failed-step.ipynb"


class Copy:
    """A copy of the book in which faults are planted, and which is mended again."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._before: dict[str, bytes | None] = {}

    def write(self, path: str, data: bytes) -> None:
        """Write a file, whatever was there."""
        place = self.root / path
        self._before.setdefault(path, place.read_bytes() if place.exists() else None)
        place.write_bytes(data)

    def change(self, path: str, old: str, new: str) -> int:
        """Replace the first occurrence of `old`; the answer is its 1-based line."""
        text = (self.root / path).read_text(encoding="utf-8")
        at = text.index(old)
        self.write(path, (text[:at] + new + text[at + len(old) :]).encode())
        return text.count("\n", 0, at) + 1

    def mend(self) -> None:
        """Take every fault out again."""
        for path, data in self._before.items():
            if data is None:
                (self.root / path).unlink()
            else:
                (self.root / path).write_bytes(data)
        self._before.clear()

    def complaints(self) -> list[str]:
        """What the content checks of `make test` find, each with its remedy on the same line."""
        return [str(problem).replace("\n   ", "") for problem in check(self.root)]


@pytest.fixture(scope="module")
def whole_copy(tmp_path_factory: pytest.TempPathFactory, real_root: Path) -> Copy:
    """The pages, playbooks and samples of this checkout in another place."""
    place = tmp_path_factory.mktemp("planted") / "book"
    for folder in ("docs", "playbooks"):
        shutil.copytree(real_root / folder, place / folder, ignore=shutil.ignore_patterns("kernel-ipc-*", ".ipynb_*"))
    shutil.copyfile(real_root / "mkdocs.yml", place / "mkdocs.yml")
    return Copy(place)


@pytest.fixture
def copy(whole_copy: Copy) -> Iterator[Copy]:
    """The copy, without a fault before and after."""
    yield whole_copy
    whole_copy.mend()


def test_a_pattern_changed_so_that_it_misses(copy: Copy) -> None:
    """The page is named at the signature and at the sample that is no longer hit."""
    path = f"{FAILURES}/command-exec-format.md"
    line = copy.change(path, "exec format error$'", "exec format mistake$'")
    complaints = copy.complaints()
    assert len(complaints) == 2
    assert complaints[0].startswith(f"{path}:{line - 1}: the signature ")
    assert "is hit by no sample" in complaints[0]
    assert "no signature of the page fires on the sample dagger/command-exec-format, which it lists" in complaints[1]


def test_a_pattern_widened_so_that_it_hits_a_healthy_run(copy: Copy) -> None:
    """The signature is named, and the line of the healthy run it fires on."""
    path = f"{FAILURES}/command-exec-format.md"
    line = copy.change(
        path, r"'(?:^|\| |┃ )fork/exec (?<program>.+): exec format error$'", "'(?:connect|exec format error)'"
    )
    found = [text for text in copy.complaints() if "the healthy sample dagger/healthy-first-run " in text]
    place = (
        f"its signature fires on the healthy sample dagger/healthy-first-run ({SAMPLES}/healthy-first-run/cli.log:1)"
    )
    assert found[0].startswith(f"{path}:{line - 1}: {place}, which the page does not list")


def test_bytes_of_a_sample_changed(copy: Copy) -> None:
    """The papers are named, and the file."""
    path = f"{SAMPLES}/healthy-first-run/cli.log"
    copy.write(path, (copy.root / path).read_bytes() + b"\n")
    (complaint, *others) = copy.complaints()
    papers = f"{SAMPLES}/healthy-first-run/provenance.yml:"
    assert complaint.startswith(papers)
    assert "the file cli.log has other bytes than its checksum says" in complaint
    assert all("dagger/healthy-first-run" in other or "healthy-first-run" in other for other in others)


def _changed_cell(notebook: dict[str, Any]) -> str:
    """Change the code of the last code cell."""
    cell = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"][-1]
    cell["source"] = "# changed\n" + "".join(cell["source"])
    return json.dumps(notebook)


def test_the_code_of_a_playbook_changed_without_its_outputs(copy: Copy) -> None:
    """The notebook and every run of it that pages show are stale; blessing is the remedy."""
    copy.write(NOTEBOOK, _changed_cell(json.loads((copy.root / NOTEBOOK).read_bytes())).encode())
    complaints = copy.complaints()
    assert any(text.startswith(f"{NOTEBOOK}: its outputs are stale: ") for text in complaints)
    stale = [text for text in complaints if text.startswith("playbooks/runs/dagger/failed-step/")]
    assert len(stale) == len(list((copy.root / "playbooks/runs").rglob("*.json")))
    assert len(complaints) == len(stale) + 1
    assert all("make bless" in text for text in complaints)


@pytest.mark.slow
def test_the_output_of_a_playbook_changed_without_its_code(copy: Copy) -> None:
    """Only executing shows it: the notebook is named."""
    text = (copy.root / NOTEBOOK).read_text(encoding="utf-8")
    assert "exit code: 3" in text
    copy.write(NOTEBOOK, text.replace("exit code: 3", "exit code: 4").encode())
    catalogue = load(copy.root)[0]
    found = [str(problem) for problem in verify(copy.root, replace(catalogue, samples={}))]
    assert [text.split("\n")[0] for text in found] == [
        f"{NOTEBOOK}: its committed outputs are stale: it prints something else today"
    ]


def test_a_dead_id(copy: Copy) -> None:
    """The line of the id is named."""
    path = f"{FAILURES}/exec-oom-killed.md"
    line = copy.change(path, "leads_to: [dagger/exec-killed]", "leads_to: [dagger/exec-kiled]")
    (complaint,) = copy.complaints()
    assert complaint.startswith(f"{path}:{line}: there is no failure mode dagger/exec-kiled")


def test_broken_front_matter(copy: Copy) -> None:
    """The line of the fault is named; what the page no longer shows is told as well."""
    path = f"{FAILURES}/exec-unknown-user.md"
    line = copy.change(path, "family: exec", "family: [exec")
    complaints = [text for text in copy.complaints() if text.startswith(path)]
    assert len(complaints) == 1
    assert complaints[0].startswith((f"{path}:{line}: front matter: ", f"{path}:{line + 1}: front matter: "))


def test_an_unknown_key(copy: Copy) -> None:
    """The key's line is named."""
    path = "docs/triage/dagger/exit-137.md"
    line = copy.change(path, "playbook: dagger/failed-step", "severity: high\nplaybook: dagger/failed-step")
    (complaint,) = copy.complaints()
    assert complaint.startswith(f"{path}:{line}: unknown key severity in the front matter")


def test_a_missing_heading(copy: Copy) -> None:
    """The heading is named, and the order it belongs in."""
    path = "docs/logs/dagger/kernel-log.md"
    copy.change(path, "## What misleads", "### What misleads")
    (complaint,) = copy.complaints()
    assert complaint.startswith(f"{path}:")
    assert "the heading '## What misleads' is missing" in complaint
    assert "Where it is, How to read it, What misleads, What it does not say" in complaint


def test_a_stale_output_of_a_command(copy: Copy) -> None:
    """The line of the output is named, with what the command prints today."""
    path = f"{FAILURES}/exec-nonzero-exit.md"
    line = copy.change(path, "{.output}\n", "{.output}\nan old line\n")
    (complaint,) = copy.complaints()
    assert complaint.startswith(f"{path}:{line + 1}: the output of the command is stale: the page says 'an old line'")


def test_a_new_failure_page_without_a_sample(copy: Copy) -> None:
    """The page is named, and how to get a sample."""
    text = (copy.root / f"{FAILURES}/exec-no-command.md").read_text(encoding="utf-8")
    head, _, body = text.partition("---\n")[2].partition("---\n")
    matter = "".join(
        line for line in head.splitlines(keepends=True) if not line.startswith(("samples:", "  - dagger/", "playbook:"))
    )
    path = f"{FAILURES}/new-one.md"
    new = matter.replace("no command has been set", "nobody ever saw this")
    copy.write(path, f"---\n{new}samples: []\n---\n{body}".encode())
    complaints = copy.complaints()
    assert all(text.startswith(path) for text in complaints)
    assert any(
        "the failure mode has no sample: nothing shows it" in text and "faultbook new sample" in text
        for text in complaints
    )
    assert sum("is hit by no sample" in text for text in complaints) == 2


def test_without_a_fault_nothing_is_found(copy: Copy) -> None:
    """What the tests above catch is the fault, not the copy."""
    assert copy.complaints() == []
