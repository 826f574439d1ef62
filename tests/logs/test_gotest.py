"""The reader of `go test` output, on captured runs and on what goes wrong with files."""

import io
from pathlib import Path

import pytest

from faultbook.logs.gotest import Event, read_go_test
from faultbook.logs.gotests import GoRun, go_run_of

SAMPLES = Path(__file__).parents[2] / "playbooks" / "samples" / "dagger"
FORMS = ["go-test.log", "go-test.jsonl"]


def _run(sample: str, form: str) -> GoRun:
    return go_run_of(read_go_test(SAMPLES / sample / form))


def _events(text: str) -> list[Event]:
    return list(read_go_test(io.BytesIO(text.encode())))


@pytest.mark.parametrize("form", FORMS)
def test_the_innermost_failure_is_the_failure(form: str) -> None:
    """A parent that only repeats its subtest is not among the failed tests, in text and in JSON."""
    failed = _run("go-test-failure", form).failed()
    assert [(test.name, test.package.rsplit("/", 1)[-1]) for test in failed] == [
        ("TestPolicySurvivesRoundTrip/float", "lockfile")
    ]
    assert any("expected" in text for _, text in failed[0].lines)


@pytest.mark.parametrize("form", FORMS)
def test_a_panic_leaves_tests_without_an_end(form: str) -> None:
    """Tests that began and have no result are told apart from the one that panicked."""
    run = _run("go-test-panic", form)
    assert [test.name for test in run.failed()] == ["TestPathIndexCountsRepeats"]
    assert len(run.without_end()) == 5
    assert [event.text for event in run.panics] == ["panic: assignment to entry in nil map [recovered, repanicked]"]


@pytest.mark.parametrize("form", FORMS)
def test_a_time_out_names_the_running_test_and_its_goroutine(form: str) -> None:
    """The test that was running is found, with the stack in which it waited; no test counts as failed."""
    run = _run("go-test-timeout", form)
    assert (run.failed(), [event.status for event in run.timeouts]) == ([], ["5s"])
    (caught,) = run.without_end()
    assert caught.name == "TestConcurrentDigest"
    assert "[chan receive]" in caught.stack[0][1]
    assert len(run.goroutines) == 4


@pytest.mark.parametrize("form", FORMS)
def test_a_build_failure_has_the_compilers_words(form: str) -> None:
    """A package that does not compile ends as such, and what the compiler said is kept."""
    run = _run("go-test-build-failure", form)
    assert [package.status for package in run.packages] == ["[build failed]", "PASS"]
    assert any("undefined: WithPolicy" in event.text for event in run.builds)


@pytest.mark.parametrize("form", FORMS)
def test_a_good_run_has_nothing_wrong(form: str) -> None:
    """All packages pass, no test is failed or without an end."""
    run = _run("go-test-healthy", form)
    assert (run.failed(), run.without_end(), run.panics, run.timeouts, run.builds) == ([], [], [], [], [])
    assert [package.status for package in run.packages] == ["PASS", "PASS", "PASS"]


def test_text_and_json_tell_the_same() -> None:
    """Both forms of one scenario give the same tests with the same results."""
    for sample in ("go-test-failure", "go-test-panic", "go-test-healthy"):
        text, data = (
            {(test.package, test.name): test.status for test in _run(sample, form).tests.values()} for form in FORMS
        )
        assert text == data, sample


def test_a_ci_prefix_and_colours_are_no_obstacle() -> None:
    """Time stamps in front, colours and CR at the end do not hide a result."""
    (event,) = _events("2026-11-21T05:39:03.6184240Z \x1b[31m--- FAIL: TestX (1.50s)\x1b[0m\r\n")
    assert (event.kind, event.test, event.status, event.seconds) == ("result", "TestX", "FAIL", 1.5)


@pytest.mark.parametrize(
    "text", ['{"Action":"output","Output":"--- FA', "{not json}", '{"Action":"output","Output":7}']
)
def test_broken_json_lines_never_raise(text: str) -> None:
    """A line cut in the middle, no JSON at all, or an Output of another type is passed over or kept as output."""
    assert [event.kind for event in _events(text + "\n")] in ([], ["output"])


def test_an_empty_file_has_no_events() -> None:
    """Nothing in, nothing out."""
    assert _events("") == []
