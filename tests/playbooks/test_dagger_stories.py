"""What the notebooks about Dagger show, without a kernel: tables and pictures of captured runs."""

from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest

from faultbook.playbooks.dagger import failed_step, go_test, unreachable
from faultbook.playbooks.ladder import Attempt, Ladder
from faultbook.playbooks.picture import Bar, Timeline

SAMPLES = Path(__file__).parents[2] / "playbooks" / "samples" / "dagger"


def _sample(name: str, file: str = "cli.log") -> str:
    return str(SAMPLES / name / file)


def test_the_root_of_a_failed_run_comes_first() -> None:
    """The step that broke is told from the one that only wanted its result."""
    case = failed_step.read(_sample("exec-exit-code"))
    assert [(row[0], row[3]) for row in case.steps().rows] == [
        ("9", "root: it failed by itself"),
        ("10", "repeats the root's error"),
    ]
    assert [text for _, text in case.output().lines] == ["out", "err"]


@pytest.mark.parametrize(
    ("tests", "suffix", "first"),
    [
        ("go-test-failure", "log", "TestPolicySurvivesRoundTrip/float"),
        ("go-test-panic", "log", "TestPathIndexCountsRepeats"),
        ("go-test-timeout", "log", "TestConcurrentDigest"),
        ("go-test-build-failure", "log", "github.com/dagger/dagger/util/lockfile"),
        ("go-test-failure", "jsonl", "TestPolicySurvivesRoundTrip/float"),
    ],
)
def test_go_tests_inside_the_root_are_named(tmp_path: Path, tests: str, suffix: str, first: str) -> None:
    """A failing step whose command is `go test`: put together from two captures, since none has both."""
    step = Path(_sample("exec-exit-code")).read_text()
    printed = Path(_sample(tests, f"go-test.{suffix}")).read_text().splitlines()
    behind_prefix = "".join(f"9   : [0.1s] | {line}\n" for line in printed)
    (log := tmp_path / "cli.log").write_text(step.replace("9   : [0.1s] | out\n", behind_prefix))
    case = failed_step.read(str(log))
    line = int(case.go_tests().rows[0][1])
    assert case.go_tests().rows[0][:3] == ["9", str(line), first]
    assert log.read_text().splitlines()[line - 1].startswith("9   : [0.1s] | ")
    assert any(first in text for text in case.verdict().says)


@pytest.mark.parametrize("word", ["out", "FAIL", "FAIL: all of it"])
def test_a_step_without_go_tests_has_none(tmp_path: Path, word: str) -> None:
    """Nothing is made up from a program's own words."""
    step = Path(_sample("exec-exit-code")).read_text()
    (log := tmp_path / "cli.log").write_text(step.replace("| out\n", f"| {word}\n"))
    case = failed_step.read(str(log))
    assert case.go_tests().rows == [] and case.verdict().says == ()


def test_the_engine_names_a_command_that_failed_in_silence() -> None:
    """A failing exec that the CLI shows as DONE is in the engine's table with its code."""
    sample = "exec-exit-code-pipe"
    case = failed_step.read(_sample(sample), _sample(sample, "engine.log"))
    endings = [(row[1], "config.yml" in row[0]) for row in case.engine().rows]
    assert ("exit code: 1", True) in endings


def test_the_kernels_victim_is_joined_by_container() -> None:
    """The container the kernel's log names is the one in the engine's table."""
    sample = "exec-oom-killed"
    case = failed_step.read(_sample(sample), _sample(sample, "engine.log"), _sample(sample, "kernel.log"))
    assert [row[3] for row in case.engine().rows] == ["killed for memory: tail (28655)"]


def test_a_cut_log_asks_for_the_engine_log() -> None:
    """When the CLI's log just stops, the verdict says which log would tell why."""
    case = failed_step.read(_sample("cli-killed"))
    assert [step.role for step in case.run.steps if step.role] == ["unfinished", "unfinished"]
    assert any("engine log" in text for text in case.verdict().missing)


@pytest.mark.parametrize(
    ("sample", "stage"),
    [
        ("image-bad-reference", "address"),
        ("image-host-unknown", "name"),
        ("image-connection-refused", "route"),
        ("image-no-route", "route"),
        ("git-connection-refused", "route"),
        ("image-unauthorized", "login"),
        ("git-auth", "login"),
        ("image-not-found", "object"),
        ("git-commit-not-found", "object"),
        ("http-not-found", "object"),
    ],
)
def test_an_obstacle_has_the_stage_at_which_it_failed(sample: str, stage: str) -> None:
    """Each kind of failure is put on its rung of the ladder."""
    assert {one.stage for one in unreachable.read(_sample(sample)).obstacles} == {stage}


def test_a_good_run_has_no_obstacle() -> None:
    """What a good run prints about git probes and Dockerfiles is none."""
    for sample in ("healthy-git", "healthy-git-commit", "healthy-dockerfile", "healthy-service"):
        assert unreachable.read(_sample(sample)).obstacles == (), sample


def test_repeated_errors_are_one_obstacle() -> None:
    """A health check that fails for the same reason for a minute is shown once."""
    assert len(unreachable.read(_sample("engine-dnsmasq-dead-service")).obstacles) == 1


@pytest.mark.parametrize("form", ["go-test.log", "go-test.jsonl"])
def test_victims_of_a_panic_come_after_it(form: str) -> None:
    """The test that panicked comes first, those it took down after it."""
    rows = go_test.read(_sample("go-test-panic", form)).failures().rows
    assert [row[2].split(":")[0] for row in rows] == ["panicked, and ended its package"] + ["no result"] * 5


HOSTILE = '<script>alert("x")</script>\x1b[31m\u202e]]>&'


@pytest.mark.parametrize(
    "picture",
    [
        Timeline(HOSTILE, HOSTILE, [Bar(HOSTILE, "note", 0.0, 1.0, "root"), Bar("b", "n", 1.0, 1.0, "open")]),
        Timeline("empty", "nothing", []),
        Ladder(HOSTILE, HOSTILE, ["a", "b"], [Attempt(HOSTILE, 1)]),
    ],
)
def test_pictures_are_well_formed_whatever_the_text(picture: Timeline | Ladder) -> None:
    """Hostile text stays text, and every picture has a title and a text alternative."""
    svg = Xml.fromstring(picture.as_svg())
    names = [element.tag.rsplit("}", 1)[-1] for element in svg.iter()]
    assert "script" not in names
    assert (svg.get("role"), bool(svg.get("aria-label"))) == ("img", True)
    assert names[1:3] == ["title", "desc"]
