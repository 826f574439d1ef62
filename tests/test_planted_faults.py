"""Ten faults planted in a copy of the book: what `make test` runs catches each, and says where.

All but one are planted at once and checked in one run, so that none may hide another.
"""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from faultbook.catalogue.load import load
from faultbook.check import check
from faultbook.playbooks.verify import verify

FAILURES = "docs/failures/dagger"
SAMPLES = "playbooks/samples/dagger"
NOTEBOOK = "playbooks/dagger/failed-step.ipynb"


class Copy:
    """A copy of the book, in which faults are planted."""

    def __init__(self, root: Path, place: Path) -> None:
        self.root = place
        for folder in ("docs", "playbooks"):
            shutil.copytree(root / folder, place / folder, ignore=shutil.ignore_patterns("kernel-ipc-*", ".ipynb_*"))
        shutil.copyfile(root / "mkdocs.yml", place / "mkdocs.yml")

    def change(self, path: str, old: str, new: str) -> int:
        """Replace the first occurrence of `old`; the answer is its 1-based line."""
        text = (self.root / path).read_text(encoding="utf-8")
        at = text.index(old)
        (self.root / path).write_text(text[:at] + new + text[at + len(old) :], encoding="utf-8")
        return text.count("\n", 0, at) + 1


class Planted:
    """The faults by name with their places, `path:line` or `path`, and the complaints about the whole copy."""

    def __init__(self, copy: Copy) -> None:
        self.places = _plant(copy)
        self.complaints = [str(problem) for problem in check(copy.root)]

    def found(self, fault: str) -> list[str]:
        """The complaints, with remedies, that name the place of a fault."""
        return [text for text in self.complaints if text.startswith(f"{self.places[fault]}: ")]


def _plant(copy: Copy) -> dict[str, str]:
    def at(path: str, old: str, new: str, further: int = 0) -> str:
        return f"{path}:{copy.change(path, old, new) + further}"

    return {
        "pattern misses": at(f"{FAILURES}/command-exec-format.md", "format error$'", "format mistake$'", -1),
        "pattern too wide": at(f"{FAILURES}/cancelled-by-user.md", r"'^Canceled\.$'", "'connect$'", -1),
        "sample changed": _changed_sample(copy),
        "code changed": _changed_code(copy),
        "dead id": at(f"{FAILURES}/exec-oom-killed.md", "[dagger/exec-killed]", "[dagger/exec-kiled]"),
        "front matter": at(f"{FAILURES}/exec-unknown-user.md", "family: exec", "family: exec: 2"),
        "unknown key": at("docs/triage/dagger/exit-137.md", "asked_as:", "severity: high\nasked_as:"),
        "heading": _without_heading(copy),
        "stale output": at(f"{FAILURES}/exec-nonzero-exit.md", "{.output}\n", "{.output}\nan old line\n", 1),
        "no sample": _new_page(copy),
    }


def _changed_sample(copy: Copy) -> str:
    with (copy.root / SAMPLES / "healthy-query/cli.log").open("ab") as log:
        log.write(b"\n")
    papers = (copy.root / SAMPLES / "healthy-query/provenance.yml").read_text(encoding="utf-8")
    return f"{SAMPLES}/healthy-query/provenance.yml:{papers.split('  cli.log: ')[0].count(chr(10)) + 1}"


def _changed_code(copy: Copy) -> str:
    notebook = json.loads((copy.root / NOTEBOOK).read_bytes())
    cell = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"][-1]
    cell["source"] = "# changed\n" + "".join(cell["source"])
    (copy.root / NOTEBOOK).write_text(json.dumps(notebook), encoding="utf-8")
    return NOTEBOOK


def _without_heading(copy: Copy) -> str:
    path = "docs/logs/dagger/kernel-log.md"
    copy.change(path, "## What misleads", "### What misleads")
    matter, _, _ = (copy.root / path).read_text(encoding="utf-8").partition("\n---\n")
    return f"{path}:{matter.count(chr(10)) + 3}"


def _new_page(copy: Copy) -> str:
    text = (copy.root / f"{FAILURES}/exec-no-command.md").read_text(encoding="utf-8")
    lines = [line for line in text.split("\n") if not line.startswith(("  - dagger/", "  - praxis/", "playbook:"))]
    new = "\n".join(lines).replace("samples:", "samples: []").replace("no command has been set", "nobody saw this")
    path = f"{FAILURES}/new-one.md"
    (copy.root / path).write_text(new, encoding="utf-8")
    return f"{path}:{new.split('samples: []')[0].count(chr(10)) + 1}"


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory, real_root: Path) -> Planted:
    """Nine faults in one copy, checked as `make test` checks the book."""
    return Planted(Copy(real_root, tmp_path_factory.mktemp("planted") / "book"))


def test_a_pattern_changed_so_that_it_misses(planted: Planted) -> None:
    """The signature is named, and the sample on the page that is no longer hit."""
    (complaint,) = planted.found("pattern misses")
    assert "exec format mistake$' is hit by no sample" in complaint
    path = planted.places["pattern misses"].split(":")[0]
    missed = "no signature of the page fires on the sample dagger/command-exec-format, which it lists"
    assert any(text.startswith(path) and missed in text for text in planted.complaints)


def test_a_pattern_widened_so_that_it_hits_a_healthy_run(planted: Planted) -> None:
    """The signature is named, and the line of the healthy run it fires on."""
    line = f"{SAMPLES}/healthy-first-run/cli.log:1"
    what = f"its signature fires on the healthy sample dagger/healthy-first-run ({line}), which the page does not list"
    assert any(what in text for text in planted.found("pattern too wide"))


def test_bytes_of_a_sample_changed(planted: Planted) -> None:
    """The papers are named where they list the files, and the file."""
    path, line = planted.places["sample changed"].split(":")
    (complaint,) = [text for text in planted.complaints if text.startswith(f"{path}:")]
    assert complaint.startswith((f"{path}:{line}: ", f"{path}:{int(line) - 1}: "))
    assert "the file cli.log has other bytes than its checksum says" in complaint


def test_code_of_a_playbook_changed_and_not_its_outputs(planted: Planted) -> None:
    """The notebook and every run of it that pages show are stale; blessing is the remedy."""
    (complaint,) = planted.found("code changed")
    assert "its outputs are stale" in complaint
    assert "make bless" in complaint
    runs = "playbooks/runs/dagger/failed-step/"
    stale = [text for text in planted.complaints if text.startswith(runs) and "has changed since" in text]
    assert len(stale) > 10


def test_a_dead_id(planted: Planted) -> None:
    """The line of the id is named."""
    (complaint,) = planted.found("dead id")
    assert "there is no failure mode dagger/exec-kiled" in complaint


def test_broken_front_matter(planted: Planted) -> None:
    """The line of the fault is named."""
    (complaint,) = planted.found("front matter")
    assert "front matter: mapping values are not allowed" in complaint


def test_an_unknown_key(planted: Planted) -> None:
    """The key's line is named."""
    (complaint,) = planted.found("unknown key")
    assert "unknown key severity in the front matter" in complaint


def test_a_missing_heading(planted: Planted) -> None:
    """The heading is named, and the order it belongs in."""
    (complaint,) = planted.found("heading")
    assert "the heading '## What misleads' is missing" in complaint
    assert "Where it is, How to read it, What misleads, What it does not say" in complaint


def test_a_stale_output_of_a_command(planted: Planted) -> None:
    """The line of the output is named, with what the command prints today."""
    (complaint,) = planted.found("stale output")
    assert "the output of the command is stale: the page says 'an old line', the command prints " in complaint


def test_a_new_failure_page_without_a_sample(planted: Planted) -> None:
    """The page is named, and how to get a sample."""
    (complaint,) = planted.found("no sample")
    assert "the failure mode has no sample: nothing shows it" in complaint
    assert "faultbook new sample" in complaint


@pytest.mark.slow
def test_outputs_of_a_playbook_changed_and_not_its_code(tmp_path: Path, real_root: Path) -> None:
    """Only executing shows it: the notebook is named."""
    copy = Copy(real_root, tmp_path / "book")
    copy.change(NOTEBOOK, "exit code: 3", "exit code: 4")
    catalogue = load(copy.root)[0]
    one = {ident: playbook for ident, playbook in catalogue.playbooks.items() if ident == "dagger/failed-step"}
    found = [str(problem) for problem in verify(copy.root, replace(catalogue, samples={}, playbooks=one))]
    assert [text.split("\n")[0] for text in found] == [
        f"{NOTEBOOK}: its committed outputs are stale: it prints something else today"
    ]
