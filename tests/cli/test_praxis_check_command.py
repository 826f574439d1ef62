"""`faultbook praxis check`: what it prints, and its exit status."""

import json
from pathlib import Path

import pytest

from faultbook.cli import main

SAMPLES = Path(__file__).parents[2] / "playbooks" / "samples" / "praxis"
Captured = pytest.CaptureFixture[str]


def config(sample: str) -> str:
    return str(SAMPLES / sample / "agent.yaml")


@pytest.mark.parametrize(
    ("sample", "status"),
    [("healthy-tool-call-head", 0), ("mount-output-written-head", 0), ("spec-missing-image-head", 1)],
)
def test_status(capsys: Captured, sample: str, status: int) -> None:
    """0 when there is nothing but notes, 1 when there is."""
    assert main(["praxis", "check", config(sample)]) == status
    assert capsys.readouterr().err == ""


def test_findings_have_place_level_remedy_and_page(capsys: Captured) -> None:
    """A line an editor can jump to, and what to do."""
    main(["praxis", "check", config("spec-limits-ignored-head")])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(f"{config('spec-limits-ignored-head')}:14: silent: tool slow: timeout does nothing")
    assert lines[2] == "    faultbook show praxis/spec-limits-ignored"
    assert lines[-1] == "error: 0, silent: 3, note: 0"


def test_a_finding_of_one_revision_says_so(capsys: Captured) -> None:
    """And is not made for the other."""
    main(["praxis", "check", config("mount-output-written-head")])
    assert ":14: note (only efa5f5e): " in capsys.readouterr().out
    main(["praxis", "check", config("mount-output-written-head"), "--revision", "v0.2.0"])
    assert capsys.readouterr().out == "error: 0, silent: 0, note: 0\n"


def test_the_environment_decides(capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    """The present one, what is added to it, or only that; values are never printed."""
    sample = config("spec-image-from-unset-variable-head")
    monkeypatch.delenv("TOOL_IMAGE", raising=False)
    assert main(["praxis", "check", sample]) == 1
    assert main(["praxis", "check", sample, "--env", "TOOL_IMAGE=hidden=1"]) == 0
    monkeypatch.setenv("TOOL_IMAGE", "hidden")
    assert main(["praxis", "check", sample]) == 0
    assert main(["praxis", "check", sample, "--ignore-environment"]) == 1
    out = capsys.readouterr().out
    assert "hidden" not in out
    assert "${TOOL_IMAGE} set in agent.tools[0].engineSpec.image" in out
    assert "${TOOL_IMAGE} not set, it leaves nothing in agent.tools[0].engineSpec.image" in out


def test_json(capsys: Captured) -> None:
    """The same, for programs."""
    assert main(["praxis", "check", config("args-placeholder-emptied-head"), "--json", "--ignore-environment"]) == 1
    data = json.loads(capsys.readouterr().out)
    assert data["revisions"] == ["v0.2.0", "efa5f5e"]
    assert [(one["line"], one["level"], one["rule"], one["page"], one["tool"]) for one in data["findings"]] == [
        (17, "silent", "emptied", "praxis/config-variable-emptied", "greet")
    ]
    assert [(one["name"], one["set"]) for one in data["variables"]] == [("username", False)]
    reference = (SAMPLES.parents[2] / "docs/reference/json.md").read_text(encoding="utf-8")
    fields = {*data, *data["findings"][0], *data["variables"][0]}
    assert [field for field in sorted(fields) if f"`{field}`" not in reference] == []


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (["nosuch.yaml"], "nosuch.yaml: no such file"),
        ([config("healthy-tool-call-head").replace("agent.yaml", "agent.log")], "is no configuration of an agent"),
        ([config("healthy-tool-call-head"), "--env", "NAME"], "--env NAME: is not NAME=VALUE"),
    ],
)
def test_wrong_use_is_status_2(capsys: Captured, arguments: list[str], what: str) -> None:
    """On stderr, with a remedy, and nothing on stdout."""
    assert main(["praxis", "check", *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == "" and what in err and len(err.splitlines()) == 2


def test_control_characters_are_made_visible(capsys: Captured, tmp_path: Path) -> None:
    """Nothing in a file is obeyed by a terminal."""
    path = tmp_path / "agent.yaml"
    path.write_text('agent: {tools: [{name: "\\e[31m", engine: "x\\ny"}]}\nllm: {enabled: false}\n', encoding="utf-8")
    assert main(["praxis", "check", str(path)]) == 1
    out = capsys.readouterr().out
    assert "\x1b" not in out and "\\x1b[31m" in out and "'x\\x0ay'" in out
