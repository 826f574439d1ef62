"""`faultbook run`: a playbook on the reader's logs."""

import json
import re
import shutil
from pathlib import Path

import pytest

from faultbook.cli import main

SAMPLES = Path(__file__).parents[2] / "playbooks" / "samples" / "dagger"
PLAYBOOK = "dagger/failed-step"


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    """A reader's folder with the logs of a step that was killed for memory."""
    for name in ("cli.log", "engine.log", "kernel.log"):
        shutil.copyfile(SAMPLES / "exec-oom-killed" / name, tmp_path / name)
    return tmp_path


@pytest.mark.slow
def test_a_run_leaves_a_report_and_the_log_alone(logs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The report has the verdict, makes no request, and stands beside the log, which is untouched."""
    before = {path.name: path.read_bytes() for path in logs.iterdir()}
    names = ["kernel.log", "cli.log", "engine.log"]
    assert main(["run", PLAYBOOK, *(str(logs / name) for name in names), "--json"]) == 1
    verdict = json.loads(capsys.readouterr().out)
    assert [item["failure"] for item in verdict["confirmed"]] == ["dagger/exec-oom-killed", "dagger/exec-killed"]
    assert verdict["missing"] == []
    after = {path.name: path.read_bytes() for path in logs.iterdir()}
    report = {name for name in after if name not in before}
    assert report == {f"kernel.log.failed-step.{kind}" for kind in ("ipynb", "html", "json")}
    assert {name: after[name] for name in before} == before
    assert json.loads(after["kernel.log.failed-step.json"]) == verdict
    page = after["kernel.log.failed-step.html"].decode()
    assert "The kernel killed the step for memory" in page
    assert re.findall(r"(?:src|href|action)=\"(?:https?:)?//", page) == []


def test_an_earlier_report_is_not_overwritten(logs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A report that is there already stays, with a word on what to do."""
    earlier = logs / "cli.log.failed-step.html"
    earlier.write_text("mine")
    assert main(["run", PLAYBOOK, str(logs / "cli.log")]) == 2
    assert "cli.log.failed-step.html is there already" in capsys.readouterr().err
    assert earlier.read_text() == "mine"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["dagger/no-such", "{logs}/cli.log"], "there is no playbook dagger/no-such"),
        ([PLAYBOOK, "{logs}/missing.log"], "missing.log: no such file"),
        ([PLAYBOOK, "{logs}/cli.log", "-p", "lok=x"], "unknown parameter lok"),
        ([PLAYBOOK, "{logs}/cli.log", "-p", "lok"], "is not NAME=VALUE"),
        ([PLAYBOOK, "{logs}/cli.log", "{logs}/second.log"], "second.log: is dagger/cli-progress"),
        ([PLAYBOOK, "{logs}/engine.log"], "needs a log of the kind dagger/cli-progress"),
        ([PLAYBOOK, "{logs}/cli.log", "--output", "{logs}/nowhere"], "nowhere: is no folder"),
    ],
)
def test_what_cannot_be_run_is_refused(
    logs: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    """Bad input gets one clear message, exit status 2, and leaves no file behind."""
    shutil.copyfile(logs / "cli.log", logs / "second.log")
    before = sorted(logs.iterdir())
    assert main(["run", *(argument.format(logs=logs) for argument in arguments)]) == 2
    assert message in capsys.readouterr().err
    assert sorted(logs.iterdir()) == before
