"""The tree of steps: what the samples show, and which failing step is the root."""

import io
import time
from pathlib import Path

import pytest

from faultbook.logs.engine import containers, read_engine
from faultbook.logs.steps import Outcome, Role, Run, Step, read_steps, root_steps

SAMPLES = Path(__file__).parents[2] / "playbooks" / "samples" / "dagger"
CLI_LOGS = {f"{path.parent.name}": path for path in [*SAMPLES.glob("*/cli.log"), *SAMPLES.glob("*/job.log")]}


OUTCOMES: dict[Outcome, set[str]] = {
    "unknown": {"dots-healthy", "logs-healthy-v1"},
    "passed": {
        "lock-alias-auto",
        "lock-alias-strict",
        "lock-alias-update",
        "lock-corrupt-but-disabled",
        "lock-corrupted-while-running",
        "lock-corrupted-while-running-v1",
        "lock-edit-overwritten-constructed",
        "lock-edited-while-running-entry-kept",
        "lock-edited-while-running-entry-kept-v1",
        "lock-edited-while-running-overwritten",
        "lock-file-not-writable",
        "lock-file-not-writable-v1",
        "lock-format-1-float-once-v1",
        "lock-format-1-upgraded-v1",
        "lock-format-blank-lines",
        "lock-format-crlf",
        "lock-format-duplicate-entry",
        "lock-format-empty-file",
        "lock-format-header-only",
        "lock-format-spaces-in-json",
        "lock-frozen-entry-present",
        "lock-frozen-git-old-commit",
        "lock-frozen-registry-down-cached",
        "lock-git-lookups-v1",
        "lock-git-old-commit-v1",
        "lock-ignored-without-mode",
        "lock-live-file-calls",
        "lock-live-git-lookups",
        "lock-live-retagged",
        "lock-live-unchanged",
        "lock-live-writes-entry",
        "lock-old-image-after-retag-v1",
        "lock-old-place-added-v1",
        "lock-old-place-read-v1",
        "lock-outside-git",
        "lock-outside-git-not-read-v1",
        "lock-outside-git-v1",
        "lock-pinned-float-entry",
        "lock-pinned-git-branch-floats",
        "lock-pinned-missing-entry-added",
        "lock-pinned-old-image-after-retag",
        "lock-second-lookup-live",
        "lock-second-lookup-same-session",
        "lock-tag-left-out",
        "lock-two-lookups-one-session",
        "lock-two-lookups-one-session-v1",
        "lock-two-sessions-at-once",
        "lock-update-no-file",
        "lock-update-no-file-v1",
        "lock-update-nothing-to-do",
        "lock-update-nothing-to-do-v1",
        "lock-update-refreshes",
        "lock-update-refreshes-v1",
        "lock-written-by-default-v1",
        "cache-entries-and-prune-v1",
        "cache-snapshots",
        "cache-snapshots-v1",
        "disk-full-retry",
        "filesync-file-changed-single-sync",
        "goroutine-dump-during-exec",
        "image-single-platform-accepted",
        "secret-not-masked-constructed",
        "secret-printed",
        "session-longer-than-30s",
        "state-db-corrupt-dagql",
        "state-db-corrupt-head",
        "state-db-corrupt-snapshots",
        "two-clients-at-once",
    },
    "cancelled": {
        "lock-write-lost-sigint",
        "lock-write-lost-sigint-v1",
        "engine-dnsmasq-dead-service",
        "runner-is-web-server",
        "runner-socket-missing",
        "service-start-wrong-port",
        "service-wrong-port",
    },
    "cut": {
        "lock-write-lost-sigkill",
        "lock-write-lost-sigkill-v1",
        "lock-write-lost-sigterm",
        "lock-write-lost-sigterm-v1",
        "cli-killed",
        "cli-terminated",
        "client-killed-v1",
        "client-sigterm-v1",
        "engine-sigkill-during-call",
        "engine-sigterm-during-call",
        "engine-sigterm-during-call-v1",
        "exec-stuck",
        "exec-stuck-two-sessions",
    },
}
"""Outcomes that a slug does not tell; whatever is not here failed, or says healthy or cancelled in its name."""


def run(slug: str) -> Run:
    return read_steps(CLI_LOGS[slug])


def read(text: str | bytes) -> Run:
    return read_steps(io.BytesIO(text.encode() if isinstance(text, str) else text))


def step(slug: str, idx: int) -> Step:
    found = run(slug).step(idx)
    assert found
    return found


def roles(of: Run) -> dict[int, Role]:
    return {step.idx: step.role for step in of.steps if step.role}


def outcome_expected(slug: str) -> Outcome:
    """The outcome of a sample: what its provenance says was done to the run, told by name."""
    for outcome, slugs in OUTCOMES.items():
        if slug in slugs:
            return outcome
    return "cancelled" if slug.startswith("cancelled-") else "passed" if "healthy" in slug else "failed"


@pytest.mark.parametrize("slug", sorted(CLI_LOGS))
def test_outcome(slug: str) -> None:
    """How each run ended; the two forms that do not show it say so."""
    assert run(slug).outcome == outcome_expected(slug)


FAILING_EXECS = {
    "ci-exec-exit-code": "withExec /bin/sh -c 'echo FAIL: test_payment; echo assertion 3 != 4 >&2; exit 1'",
    "command-bad-interpreter": "withExec /build.sh",
    "command-exec-format": "withExec /tool",
    "command-is-directory": "withExec /etc x",
    "command-not-executable": "withExec /run.sh",
    "command-not-found": "withExec nosuchcmd",
    "command-not-found-in-shell": "withExec sh -c 'npx --yes prettier --check .'",
    "command-not-found-v1": "withExec nosuchtool --version",
    "command-path-missing": "withExec /no/such",
    "command-symlink-loop": "withExec a -h",
    "dockerfile-run-fails": "withExec /bin/sh -c 'echo preparing && test -f /etc/missing.conf'",
    "dots-exec-exit-code": "withExec /bin/sh -c 'echo compiling; echo undefined: Foo >&2; exit 2'",
    "exec-exit-code": "withExec /bin/sh -c 'echo out; echo err >&2; exit 3'",
    "exec-exit-code-default-output-v1": "withExec /bin/sh -c 'echo building; echo bad flag >&2; exit 4'",
    "exec-exit-code-query": "withExec /bin/sh -c 'echo out; echo err >&2; exit 3'",
    "exec-exit-code-v1": "withExec /bin/sh -c 'echo out; echo err >&2; exit 3'",
    "exec-killed-9": "withExec /bin/sh -c 'echo working; kill -9 $$'",
    "exec-no-command": "Container.withExec(args: []): Container!",
    "exec-oom-killed": "withExec /bin/tail /dev/zero",
    "exec-out-of-memory-exit-1": "withExec /bin/tail /dev/zero",
    "exec-segfault-139": "withExec /bin/sh -c 'echo loading plugin; kill -SEGV $$'",
    "exec-sigterm-143": "withExec /bin/sh -c 'echo draining; kill -TERM $$'",
    "exec-unknown-user": "withExec id",
    "module-function-exec-fails": "withExec sh -c 'echo lint level high; exit 4'",
    "report-exec-killed-v1": "withExec /bin/sh -c 'echo linking; kill -9 $$'",
}


@pytest.mark.parametrize("slug", sorted([*FAILING_EXECS, "logs-exec-exit-code-v1", "exec-exit-code-pipe"]))
def test_failed_exec_is_the_root(slug: str) -> None:
    """Not its consumer, not the function around it; the two samples that show no failing exec are told apart."""
    titles = [step.title for step in root_steps(run(slug))]
    if slug == "logs-exec-exit-code-v1":
        assert titles == []
    elif slug == "exec-exit-code-pipe":
        assert titles == ["Container.stdout: String!"]
    else:
        assert titles == [FAILING_EXECS[slug]]


@pytest.mark.parametrize("slug", sorted(FAILING_EXECS.keys() - {"exec-no-command", "exec-unknown-user"}))
def test_engine_log_names_the_same_command(slug: str) -> None:
    """The container that failed is the root step; two samples fail before a container starts and are left out."""
    failed = [told for told in containers(read_engine(CLI_LOGS[slug].with_name("engine.log"))) if told.error]
    (root,) = root_steps(run(slug))
    assert [f"withExec {told.command}" for told in failed] == [root.title.replace("'", "")]


@pytest.mark.parametrize("slug", sorted(slug for slug in CLI_LOGS if outcome_expected(slug) in ("passed", "unknown")))
def test_good_runs_have_no_root(slug: str) -> None:
    """A step may fail in a good run: then somebody went on without it."""
    assert {step.role for step in run(slug).steps} <= {None, "tolerated"}


def test_failing_steps_of_a_good_run_are_tolerated() -> None:
    """Every Dockerfile build looks for two files that need not be there."""
    tolerated = run("healthy-dockerfile").with_role("tolerated")
    assert [step.error for step in tolerated] == [
        "stat Dockerfile.dockerignore: no such file or directory",
        "stat .dockerignore: no such file or directory",
    ]


def test_consumer_and_outer_function_repeat() -> None:
    """One failure, three failing steps: the command is the root."""
    assert roles(run("module-function-exec-fails")) == {9: "repeats", 12: "root", 13: "repeats"}


def test_cancelled_run() -> None:
    """The exec says DONE and proves nothing; its consumer was cancelled."""
    for slug in ("cancelled-by-user", "cancelled-by-user-query", "cancelled-ctrl-c-v1"):
        assert roles(run(slug)) == {9: "doubtful", 10: "cancelled"}


def test_cut_run() -> None:
    """What had not ended when the log stopped is unfinished; an engine that stops is shown as it is."""
    assert roles(run("cli-killed")) == {9: "unfinished", 10: "unfinished"}
    assert roles(run("engine-sigterm-during-call")) == {9: "unfinished", 10: "root"}
    assert step("cli-killed", 9).end is None
    assert roles(read("1   : connect\n")) == {1: "unfinished"}


def test_lost_step_shown_as_done() -> None:
    """No exec shows the failure: the one that was made and never seen to run is doubtful."""
    assert roles(run("exec-exit-code-pipe")) == {10: "doubtful", 11: "root"}


def test_last_of_two_ends_counts() -> None:
    """A lazy exec ends well when it is made and fails when it is evaluated."""
    lazy = step("command-symlink-loop", 10)
    assert (lazy.status, lazy.ends, lazy.seconds, lazy.failed_line, lazy.end_line) == ("ERROR", 2, 0.1, 33, 33)
    assert lazy.outputs == 1
    assert lazy.last_output[0].text == 'exec: "a": executable file not found in $PATH'
    assert (lazy.first_line, lazy.last_line) == (26, 34)


def test_repeated_start_is_no_second_step() -> None:
    """`connect` is shown again while it waits for its children."""
    first = run("cancelled-by-user").steps[0]
    assert (first.title, first.ends, first.first_line) == ("connect", 1, 1)


def test_names_parents_and_titles() -> None:
    """Start and end have different names; steps stand under the step they are shown under."""
    exec_step = step("module-function-exec-fails", 12)
    assert (exec_step.started, exec_step.ended) == (
        "withExec sh -c 'echo lint level high; exit 4'",
        "Container.withExec",
    )
    assert (exec_step.parent, exec_step.depth, exec_step.is_exec) == (9, 1, True)
    assert (
        step("exec-exit-code", 8).title == "Container.withRootfs(directory: Address.directory: Directory!): Container!"
    )


def test_closing_error_and_its_origin() -> None:
    """The error without its marker, the ids of the marker, the last lines of the blocks."""
    failed = run("exec-exit-code")
    assert (failed.error, failed.error_line, failed.form) == ("exit code: 3", 36, "plain")
    assert (failed.trace, failed.span) == ("9a9d1b6030c922b530170102f29a09ca", "059ae261612aa034")
    assert (failed.stdout, failed.stderr) == (("out",), ("err",))


def test_exit_code_of_a_report() -> None:
    """The one without colon is the CLI's own."""
    assert run("report-exec-killed-v1").exit_code == 137
    assert run("exec-exit-code").exit_code is None


def test_clock() -> None:
    """Durations and stamps move it; a lazy step ends when its last output came, not when it was made."""
    long_run = run("healthy-long-run")
    loop, tar = long_run.step(11), long_run.step(12)
    assert loop and tar and loop.end and tar.end
    assert loop.start == tar.start == 0.7
    assert (loop.end, loop.seconds) == (8.8, 8.1)
    assert (tar.end, tar.seconds) == (9.0, 0.0)


def test_clock_of_a_step_that_waited() -> None:
    """At v1 such a step shows only its own time: it ends when it is shown to end."""
    waited = step("cancelled-ctrl-c-v1", 10)
    assert (waited.start, waited.end, waited.seconds) == (0.5, 2.9, 0.0)


def test_retries_name_what_was_tried() -> None:
    """A step that ran out of time says so only; the root is what it kept trying."""
    tries = "".join(f"{idx:<4}: ┆ try\n{idx:<4}: ┆ try ERROR [0.0s]\n{idx:<4}: ┆ ! no such socket\n" for idx in (2, 3))
    begun = "1   : connect\n" + tries + "1   : connect ERROR [10m0s]\n1   : ! "
    timed_out = read(begun + "context deadline exceeded\n\nError: start: context deadline exceeded\n")
    assert (timed_out.outcome, roles(timed_out)) == ("failed", {1: "repeats", 2: "root", 3: "repeats"})
    cut = read(begun + "context deadline exceeded\n")
    assert (cut.outcome, roles(cut)) == ("cut", {1: "repeats", 2: "root", 3: "repeats"})
    interrupted = read(begun + "interrupt signal received\n\n")
    assert (interrupted.outcome, roles(interrupted)) == ("cancelled", {1: "cancelled", 2: "root", 3: "repeats"})


def test_service_is_the_root_when_the_error_names_it() -> None:
    """Its client failed, too, but only because the service died."""
    error = "bound service a1 (aliased as web) exited: exit code: 42"
    died = read(
        '1   : M.dies: String!\n2   : ┆ Container.asService(args: ["x"]): Service!\n3   : ┆ withExec wget http://web/\n'
        "4   : ┆ Container.stdout: String!\n2   : ┆ Container.asService ERROR [2.4s]\n"
        "3   : ┆ Container.withExec ERROR [2.4s]\n4   : ┆ Container.stdout ERROR [2.4s]\n"
        f"4   : ┆ ! {error}\n1   : M.dies ERROR [2.7s]\n1   : ! {error}\n\nError: {error}\n"
    )
    assert roles(died) == {1: "repeats", 2: "root", 3: "repeats", 4: "repeats"}


def test_sync_has_no_consumer() -> None:
    """Only the closing error has the text; the exec is still the root."""
    assert roles(read("9   : withExec false\n9   : Container.withExec ERROR [0.1s]\n\nError: exit code: 1\n")) == {
        9: "root"
    }


def test_two_failures_side_by_side() -> None:
    """The same exit code twice: each consumer has its own command."""
    both = "".join(
        f"{idx:<4}: withExec {idx}\n{idx:<4}: Container.withExec ERROR [1s]\n{idx + 1:<4}: Container.stdout: String!\n"
        f"{idx + 1:<4}: Container.stdout ERROR [1s]\n{idx + 1:<4}: ! exit code: 1\n"
        for idx in (1, 3)
    )
    assert roles(read(both + "\nError: exit code: 1\n")) == {1: "root", 2: "repeats", 3: "root", 4: "repeats"}


def test_exit_code_1_is_not_the_end_of_exit_code_11() -> None:
    """An error is only repeated as a whole."""
    inner, outer = "1   : a\n1   : a ERROR [1s]\n1   : ! code: 1\n", "2   : b\n2   : b ERROR [1s]\n2   : ! code: 11\n"
    assert roles(read(inner + outer + "\nError: code: 11\n")) == {1: "tolerated", 2: "root"}


def test_engine_lost() -> None:
    """When the connection breaks, the last steps say DONE and were not."""
    lost = read(
        "9   : withExec sleep 48\n10  : Container.stdout: String!\n9   : Container.withExec DONE [14.0s]\n"
        '10  : Container.stdout DONE [14.0s]\n\nError: Post "http://dagger/query": unexpected EOF\n'
    )
    assert (lost.outcome, roles(lost)) == ("failed", {9: "doubtful", 10: "doubtful"})


def test_empty_log_and_text_of_other_kind() -> None:
    """Nothing is known, and nothing raises."""
    for text in ("", "\n\n", "hello\n", b"\xff\x00\xfe\n"):
        assert (read(text).outcome, read(text).steps, read(text).form) == ("unknown", (), None)


@pytest.mark.parametrize("cut", range(13, 1180, 37))
def test_log_cut_anywhere(cut: int) -> None:
    """Until the closing error the run is cut, or passed as far as one sees; its error is never half a marker."""
    whole = CLI_LOGS["exec-exit-code"].read_bytes()
    part = read(whole[:cut])
    failed = cut > whole.index(b"Error: ") + len("Error:")
    assert part.outcome in (("failed",) if failed else ("cut", "passed"))
    assert not part.error or "exit code: 3".startswith(part.error.partition("\n")[0])


def test_last_output_is_kept_and_the_rest_counted() -> None:
    """A step that prints a lot is not held."""
    printed = "".join(f"9   : [{number}.0s] | line {number}\n" for number in range(1000))
    shown = read("9   : withExec seq\n" + printed).steps[0]
    assert (shown.outputs, len(shown.last_output), shown.last_output[-1].text) == (1000, 20, "line 999")
    assert shown.first_line == 1


def test_log_whose_head_is_cut_off() -> None:
    """A step that is first seen at its end has no title of its own but that of the end."""
    (only,) = read("9   : Container.withExec DONE [0.1s]\n").steps
    assert (only.started, only.title, only.status, only.is_exec) == (None, "Container.withExec", "DONE", True)


def test_thousands_of_failures_take_no_ages() -> None:
    """The rule is not quadratic in a way that matters."""
    failures = "".join(f"{idx:<4}: a{idx}\n{idx:<4}: a{idx} ERROR [0.1s]\n{idx:<4}: ! bad\n" for idx in range(1, 5000))
    begun = time.monotonic()
    assert len(root_steps(read(failures + "\nError: bad\n"))) == 1
    assert time.monotonic() - begun < 5
