"""The story of `praxis/tool-call` without a kernel: every sample, and incidents with less than everything given."""

import json
from pathlib import Path

import pytest

from faultbook.catalogue.load import load
from faultbook.catalogue.model import Catalogue
from faultbook.playbooks.praxis import modes, tool_call
from faultbook.playbooks.praxis.modes import found_by_logic
from faultbook.playbooks.praxis.saying import missing, says
from faultbook.playbooks.runs import arguments
from faultbook.playbooks.table import Table

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "playbooks" / "samples" / "praxis"

BY_LOGIC = {
    "args-placeholder-emptied": {modes.EMPTIED},
    "concurrent-first-calls-head": {modes.ENDED},
    "dagger-cli-killed-mid-call-head": {modes.LOST},
    "dagger-cli-terminated-mid-call-head": {modes.LOST},
    "dsl-failed-call-says-executed": {modes.CACHED},
    "engine-killed-mid-call-head": {modes.ENGINE_LOST},
    "engine-lifecycle-head": {modes.ENDED},
    "exec-long-running": {modes.NO_TIMEOUT},
    "exec-pipeline-hides-failure": {modes.EXIT_ZERO},
    "first-call-bad-spec-then-good-head": {modes.ENDED},
    "mount-output-written-head": {modes.OUTPUT_LOST},
    "overlapping-calls-die-with-first-head": {modes.ENDED},
    "p2p-deadline-head": {modes.DEADLINE},
    "p2p-second-call-head": {modes.ENDED},
    "sdk-engine-schema-mismatch-head": {modes.MISMATCH},
    "session-dead-second-call-head": {modes.ENDED},
    "session-dead-second-call-debug-head": {modes.ENDED},
    "session-port-dead-head": {modes.ENVIRONMENT},
    "spec-command-missing": {"praxis/spec-missing-command"},
    "spec-command-missing-image-without-cmd": {"praxis/spec-missing-command"},
    "spec-env-wrong-type-ignored": {"praxis/spec-env-ignored"},
    "spec-image-from-unset-variable": {modes.EMPTIED},
    "spec-limits-ignored": {"praxis/spec-limits-ignored"},
}
"""Samples (without revision: of both) and what no single line shows in them."""


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    """The catalogue of this checkout."""
    return load(ROOT)[0]


def given(catalogue: Catalogue, sample: str) -> dict[str, object]:
    """The parameters of a run on a sample, as paths."""
    folder = ROOT / "playbooks" / "samples" / sample
    files = arguments(catalogue.playbooks[tool_call.PLAYBOOK], catalogue.samples[sample])
    return {
        name: [f"{folder}/{one}" for one in value] if isinstance(value, list) else value and f"{folder}/{value}"
        for name, value in files.items()
    }


def case(sample: str, *files: str) -> tool_call.Case:
    """The story of a sample, told by some of its files."""
    folder = SAMPLES / sample
    named = {"response.json": "answers", "http.txt": "answers", "agent.yaml": "configs", "engine.log": "engine_log"}
    logs: dict[str, list[str]] = {}
    for file in files or ("agent.log",):
        logs.setdefault(named.get(file, "agent_logs"), []).append(str(folder / file))
    engine = logs.get("engine_log")
    return tool_call.read(
        logs.get("agent_logs", []), logs.get("answers", []), logs.get("configs", []), engine[0] if engine else None
    )


def changed(path: Path, *pairs: str) -> str:
    """The text of a file with words replaced: old and new in turns."""
    text = path.read_text(encoding="utf-8")
    for old, new in zip(pairs[::2], pairs[1::2], strict=True):
        assert old in text, old
        text = text.replace(old, new)
    return text


def logic_on(tmp_path: Path, text: str, config: str | None = None) -> set[str]:
    """What is found by logic in a log of this text."""
    log = tmp_path / "changed.log"
    log.write_text(text, encoding="utf-8")
    return set(found_by_logic(tool_call.read([str(log)], configs=[config] if config else []).incident))


def really(story: tool_call.Case) -> list[str]:
    return [outcome.in_words for outcome in story.outcomes]


def test_the_matrix(catalogue: Catalogue) -> None:
    """On every sample with an agent's log it confirms exactly the pages that name both."""
    wrong = {}
    for sample in catalogue.samples.values():
        if sample.file_of("praxis/agent-log"):
            verdict = tool_call.read(**given(catalogue, sample.id)).verdict()  # type: ignore[arg-type]
            found = sorted(one.failure.id for one in verdict.confirmed)
            wanted = sorted(one.id for one in catalogue.shown_by(sample.id) if one.playbook == tool_call.PLAYBOOK)
            if found != wanted:
                wrong[sample.id] = (found, wanted)
    assert wrong == {}


def test_what_no_line_shows_is_found_on_every_sample(catalogue: Catalogue) -> None:
    """And nothing else is: healthy runs, near misses and other failures have none of it."""
    for sample in catalogue.samples.values():
        if sample.file_of("praxis/agent-log"):
            slug = sample.id.removeprefix("praxis/")
            wanted = BY_LOGIC.get(slug) or BY_LOGIC.get(slug.removesuffix("-head").removesuffix("-v0-2-0"), set())
            incident = tool_call.read(**given(catalogue, sample.id)).incident  # type: ignore[arg-type]
            assert set(found_by_logic(incident)) == wanted, sample.id


def test_everything_is_shown_on_every_sample(catalogue: Catalogue) -> None:
    """Tables, picture and excerpt of any incident, without a path of this machine."""
    for sample in catalogue.samples.values():
        if sample.file_of("praxis/agent-log"):
            story = tool_call.read(**given(catalogue, sample.id))  # type: ignore[arg-type]
            tables: list[Table] = [story.overview(), story.calls(), story.reasons(), story.sessions()]
            shown = [
                *(table.as_html() + table.as_text() for table in tables),
                story.words().as_html(),
                story.timeline().as_svg(),
            ]
            assert str(ROOT) not in "".join(shown), sample.id


def test_the_first_call_works_and_every_later_one_fails() -> None:
    """Both revisions tell the same story; the newer one does not say why."""
    for sample in ("session-dead-second-call-v0-2-0", "session-dead-second-call-head"):
        story = case(sample, "agent.log", "response.json")
        assert [one.state for one in story.outcomes] == ["worked", "failed", "failed"]
        assert list(story.sessions().rows[0][3:]) == ["1, 2, 3", "1"]
    evidence = found_by_logic(case("session-dead-second-call-head").incident)[modes.ENDED]
    assert evidence[:3] == [
        ("agent.log", 47, 'time="2026-11-21T04:51:28Z" level=info msg="Initializing Dagger Engine on first use..."'),
        (
            "agent.log",
            77,
            "1   : dagger session --label dagger.io/sdk.name:go --label dagger.io/sdk.version:0.18.16 DONE [0.2s]",
        ),
        (
            "agent.log",
            98,
            'time="2026-11-21T04:51:29Z" level=error msg="Tool \'hello\' execution failed: dagger execution failed: "',
        ),
    ]


def test_under_dagger_run_nothing_is_wrong() -> None:
    """The session is older than the agent and outlives every call."""
    story = case("dagger-run-workaround-head", "agent.log", "response.json", "engine.log")
    assert really(story) == ["worked"] * 3 and story.sessions().rows[0][1] == "the environment"


@pytest.mark.parametrize(
    ("sample", "files", "wanted"),
    [
        ("exec-exit-code-head", (), "The error in line 83 says nothing; the cause stands in line 87: exit code: 3"),
        ("exec-disk-full-head", ("engine.log",), "The error in line 82 says nothing; the engine's log has the cause: "),
        ("image-bad-reference-head", (), "The error in line 53 says nothing; what the call asked for shows it: "),
        ("session-dead-second-call-head", (), "The error in line 98 says nothing; the lines around it do: "),
        ("engine-killed-mid-call-head", (), "The error in line 109 says nothing, and neither do these logs."),
    ],
)
def test_where_the_cause_of_a_blank_error_is(sample: str, files: tuple[str, ...], wanted: str) -> None:
    """In the progress, in the engine's log, in what was asked for, in the order of the calls, or nowhere."""
    story = case(sample, "agent.log", *files)
    assert any(sentence.startswith(wanted) for sentence in says(story.incident, story.outcomes))


@pytest.mark.parametrize(
    ("sample", "files", "wanted"),
    [
        ("exec-pipeline-hides-failure-head", "agent.log", ["failed: a part of its pipe failed, exit code 0"]),
        ("p2p-tool-fails-reported-success-head", "caller.log peer.log",
         ["failed at the peer: command of the tool", "failed: command of the tool"]),
        ("p2p-tool-call-head", "caller.log", ["unknown: only the peer's log tells"]),
        ("execute-only-plans-head", "agent.log http.txt", ["not run: it was only planned"]),
        ("dsl-failed-call-says-executed-head", "agent.log",
         ["failed: command of the tool", "not run: the result of call 1 again: failed"]),
        ("mount-output-written-head", "agent.log", ["worked: the files it wrote are lost"]),
        ("mount-output-written-v0-2-0", "agent.log", ["worked"]),
        ("spec-command-missing-v0-2-0", "agent.log", ["worked: the image's default command, there was no other"]),
        ("exec-long-running-head", "agent.log response.json", ["worked: the caller had left"]),
        ("exec-stderr-only-success-head", "agent.log response.json", ["worked"]),
        ("required-param-missing-v0-2-0", "agent.log", ["not run: Dagger was never asked for it"]),
        ("required-param-missing-v0-2-0", "agent.log response.json", ["failed: arguments of the call"]),
        ("exec-flaky-second-run-v0-2-0", "agent.log", ["failed: the text is what its second run printed"]),
        ("overlapping-calls-die-with-first-head", "agent.log engine.log",
         ["worked", "failed: session with Dagger has ended"]),
        ("p2p-peer-gone-head", "caller.log http.txt", ["failed: it never reached the peer"]),
        ("engine-value-without-client-head", "driver.log", ["failed: the process crashed"]),
    ],
)  # fmt: skip
def test_how_calls_really_ended(sample: str, files: str, wanted: list[str]) -> None:
    """Whatever was logged, and whatever the caller was told."""
    assert really(case(sample, *files.split())) == wanted


def test_commands_that_ran_twice_are_told() -> None:
    """The engine's log shows both starts of one call; a good command has one."""
    story = case("exec-exit-code-head", "agent.log", "engine.log")
    assert any(
        "ran its command 2 times (engine log, lines 24 and 34)" in one for one in says(story.incident, story.outcomes)
    )
    good = case("healthy-tool-call-head", "agent.log", "engine.log")
    assert [len(told.containers) for told in good.incident.calls] == [1]
    assert says(good.incident, good.outcomes) == ["1 tool call: 1 worked."]


def test_a_command_that_runs_long_is_run_again_at_its_end(tmp_path: Path) -> None:
    """The second start is that of the same call, though it comes ten seconds later."""
    agent, engine = tmp_path / "agent.log", tmp_path / "engine.log"
    folder = SAMPLES / "exec-exit-code-head"
    agent.write_text(
        changed(folder / "agent.log", 'T04:49:16Z" level=error', 'T04:49:26Z" level=error'), encoding="utf-8"
    )
    lines = (folder / "engine.log").read_text(encoding="utf-8").split("\n")
    later = [line.replace("T04:49:16Z", "T04:49:26Z").replace("T04:49:17Z", "T04:49:27Z") for line in lines[33:]]
    engine.write_text("\n".join(lines[:33] + later), encoding="utf-8")
    story = tool_call.read([str(agent)], engine_log=str(engine))
    assert [len(told.containers) for told in story.incident.calls] == [2]


def test_the_lost_parameter_is_named() -> None:
    """By the configuration and the arguments that efa5f5e logs."""
    story = case("dsl-call-arguments-head", "agent.log", "agent.yaml", "response.json")
    assert [outcome.why for outcome in story.outcomes] == ["required parameter 'username' missing"]


@pytest.mark.parametrize(
    ("sample", "files", "words"),
    [
        ("engine-killed-mid-call-head", ("agent.log",), "Dagger engine log"),
        ("required-param-missing-head", ("agent.log",), "what the caller got"),
        ("p2p-tool-call-head", ("caller.log",), "log of the peer"),
        ("healthy-tool-call-debug-head", ("agent.log",), "standard output of the agent"),
        ("args-placeholder-emptied-v0-2-0", ("agent.log",), "configuration of the agent"),
    ],
)
def test_what_is_missing_is_asked_for(sample: str, files: tuple[str, ...], words: str) -> None:
    """Only where it would tell something."""
    story = case(sample, *files)
    assert any(text.startswith(words) for text in missing(story.incident, story.outcomes))
    whole = case("healthy-tool-call-head", "agent.log", "response.json", "agent.yaml", "engine.log")
    assert missing(whole.incident, whole.outcomes) == []


def test_two_streams_are_put_together() -> None:
    """Calls are in standard error, what became of them on standard output."""
    assert really(case("healthy-tool-call-debug-head", "agent.log", "agent.stdout")) == ["worked"]
    assert really(case("healthy-tool-call-debug-head", "agent.log")) == ["unknown: standard output is missing"]


def test_a_dead_session_is_seen_in_two_streams_too(tmp_path: Path) -> None:
    """Though the lines of the two have no order."""
    lines = (SAMPLES / "session-dead-second-call-head/agent.log").read_text(encoding="utf-8").split("\n")
    is_error = [line.startswith("time=") for line in lines]
    errors, output = tmp_path / "stderr.log", tmp_path / "stdout.log"
    errors.write_text("\n".join(line for line, error in zip(lines, is_error, strict=True) if error), encoding="utf-8")
    output.write_text(
        "\n".join(line for line, error in zip(lines, is_error, strict=True) if not error), encoding="utf-8"
    )
    story = tool_call.read([str(errors), str(output)])
    assert set(found_by_logic(story.incident)) == {modes.ENDED}
    assert [one.state for one in story.outcomes] == ["worked", "failed", "failed"]


def test_a_restart_heals_the_session(tmp_path: Path) -> None:
    """The first call of the next process works, and is not taken for one of the last."""
    text = (SAMPLES / "session-dead-second-call-head/agent.log").read_text(encoding="utf-8")
    log = tmp_path / "agent.log"
    log.write_text(
        text + text.replace("T04:", "T06:").replace("CACHE_BUST=1795236688", "CACHE_BUST=1795243888"), encoding="utf-8"
    )
    assert [one.state for one in tool_call.read([str(log)]).outcomes] == ["worked", "failed", "failed"] * 2


def test_one_answer_of_many_finds_its_call(tmp_path: Path) -> None:
    """Somebody kept only the answer that failed."""
    answers = json.loads((SAMPLES / "session-dead-second-call-head/response.json").read_text(encoding="utf-8"))
    kept = tmp_path / "answer.json"
    kept.write_text(json.dumps(answers[1]["response"]), encoding="utf-8")
    story = tool_call.read([str(SAMPLES / "session-dead-second-call-head/agent.log")], [str(kept)])
    assert [told.answer is not None for told in story.incident.calls] == [False, True, False]


def test_a_log_without_a_call() -> None:
    """The agent gave up at its start: that is said, and there is nothing to draw."""
    story = case("config-broken-yaml-head")
    assert story.timeline().bars == [] and not story.calls().rows
    assert says(story.incident, story.outcomes) == ["No tool call in these logs: the agent gave up in line 8."]


def test_a_mount_without_an_output_loses_nothing() -> None:
    """A tool that only reads is no case of lost files."""
    assert found_by_logic(case("args-expected-as-argv-head").incident) == {}


def test_an_error_in_a_command_without_a_pipe_is_no_failure(tmp_path: Path) -> None:
    """The tool may have dealt with it, and ended well on purpose."""
    path = SAMPLES / "exec-pipeline-hides-failure-head" / "agent.log"
    assert logic_on(tmp_path, changed(path, "| sort | head -3", "|| true")) == set()
    careful = ("sh -c 'cat", "sh -c 'set -o pipefail; cat", "[sh -c cat", "[sh -c set -o pipefail; cat")
    assert logic_on(tmp_path, changed(path, *careful)) == set()
    assert logic_on(tmp_path, changed(path)) == {modes.EXIT_ZERO}


def test_a_good_result_may_be_served_again(tmp_path: Path) -> None:
    """The cache is no fault by itself."""
    path = SAMPLES / "dsl-failed-call-says-executed-head" / "agent.log"
    text = "\n".join(line for line in path.read_text(encoding="utf-8").split("\n") if "level=error" not in line)
    assert logic_on(tmp_path, text) == set()


def test_a_variable_that_was_set_is_not_emptied(tmp_path: Path) -> None:
    """The command that ran shows it."""
    folder = SAMPLES / "args-placeholder-emptied-head"
    text = changed(folder / "agent.log", "hello  done", "hello bob done")
    assert logic_on(tmp_path, text, str(folder / "agent.yaml")) == set()


def test_the_session_of_the_environment_does_not_end_with_a_call(tmp_path: Path) -> None:
    """A later call that fails there has another cause."""
    path = SAMPLES / "p2p-second-call-head" / "peer.log"
    lines = path.read_text(encoding="utf-8").split("\n")
    kept = [line for line in lines if not line.startswith(("Creating new", "Establishing", "2   : dagger session"))]
    assert logic_on(tmp_path, "\n".join(kept)) == set()


def test_a_call_that_was_heard_did_not_come_too_late(tmp_path: Path) -> None:
    """It has a CACHE_BUST of its own."""
    path = SAMPLES / "p2p-second-call-head" / "peer.log"
    lines = path.read_text(encoding="utf-8").split("\n")
    lines.insert(118, "16  : ┆ withEnvVariable CACHE_BUST=1795237434249608246")
    assert logic_on(tmp_path, "\n".join(lines)) == set()
