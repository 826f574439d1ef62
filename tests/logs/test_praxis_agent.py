"""The reader of an agent's log and the calls in it, on the captured logs and on logs as people copy them."""

import gzip
from collections import Counter
from pathlib import Path

import pytest

from faultbook.logs.praxis.agent import Access, Message, Printed, Record, Step, read_agent
from faultbook.logs.praxis.calls import Agent, Call
from faultbook.logs.praxis.streams import agents
from faultbook.logs.records import End, ErrorText, Output
from faultbook.problems import Refusal

SAMPLES = Path(__file__).parents[2] / "playbooks" / "samples" / "praxis"
LOGS = sorted(path for path in SAMPLES.glob("*/*.log") if path.name not in ("engine.log", "go-test.log"))


def agent(sample: str, *files: str) -> Agent:
    (one,) = agents([SAMPLES / sample / file for file in files or ("agent.log",)])
    return one


def copy(tmp_path: Path, text: str | bytes) -> Path:
    path = tmp_path / "copy.log"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def text_of(sample: str, file: str = "agent.log") -> str:
    return (SAMPLES / sample / file).read_text(encoding="utf-8")


def without_places(calls: tuple[Call, ...]) -> list[tuple[object, ...]]:
    """What calls are, but for where they stand in a file."""
    return [(one.tool, one.way, one.at, one.reason, one.session, one.opened, len(one.causes)) for one in calls]


@pytest.mark.parametrize("path", LOGS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_line_is_a_record(path: Path) -> None:
    """In the order of the file, none lost and none twice, but for what is glued to the dots of the SDK."""
    wanted = [number for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1) if line.strip()]
    assert list(dict.fromkeys(record.line for record in read_agent(path))) == wanted


def test_kinds_of_lines() -> None:
    """Messages, requests, progress and the rest, as counted by hand."""
    records: Counter[type[Record]] = Counter(type(one) for one in read_agent(SAMPLES / "p2p-deadline-head/caller.log"))
    assert records == {Message: 55, Access: 3, Printed: 4}
    request = [one for one in read_agent(SAMPLES / "p2p-deadline-head/caller.log") if isinstance(one, Access)][-1]
    assert (request.line, request.status, request.method, request.path) == (60, 200, "POST", "/p2p/tool")
    assert request.took == 30.002997184


def test_a_message_is_unquoted_and_keeps_its_blank() -> None:
    """The blank behind the colon is all there is to a blank error."""
    last = [one for one in read_agent(SAMPLES / "exec-exit-code-head/agent.log") if isinstance(one, Message)]
    error = next(one for one in last if one.level == "error")
    assert error.text == "Tool 'run_job' execution failed: dagger execution failed: "
    quoted = next(
        one
        for one in read_agent(SAMPLES / "image-tag-not-found-v0-2-0/agent.log")
        if getattr(one, "level", "") == "error"
    )
    assert (
        isinstance(quoted, Message) and 'image "127.0.0.1:5000/busybox:nosuch" (platform: "linux/amd64")' in quoted.text
    )


def test_progress_is_read_with_the_readers_of_dagger() -> None:
    """The error text, the tool's own words and the end of its command."""
    said = {
        one.line: one.said for one in read_agent(SAMPLES / "exec-exit-code-head/agent.log") if isinstance(one, Step)
    }
    assert said[87] == ErrorText(87, 13, "exit code: 3")
    assert said[82] == Output(82, 12, 0.1, "config file missing: /etc/app.conf")
    assert said[92] == End(92, 12, 1, "Container.withExec", "ERROR", 0.2)


def test_an_error_text_does_not_swallow_messages() -> None:
    """The line behind `! context canceled` is a message of its own."""
    records = list(read_agent(SAMPLES / "p2p-deadline-head/peer.log"))
    assert isinstance(next(one for one in records if one.line == 115), Message)


def test_an_error_text_ends_at_a_message(tmp_path: Path) -> None:
    """What stands behind that message is not the rest of the text."""
    lines = "9   : ! exit code: 3\nsecond line of it\n" + 'time="2026-11-21T04:44:19Z" level=info msg="x"\nsomething\n'
    assert [type(one) for one in read_agent(copy(tmp_path, lines))] == [Step, Step, Message, Printed]


def test_what_is_glued_to_the_dots_is_found() -> None:
    """Two records of one line: the dots, and the start of a call."""
    glued = [one for one in read_agent(SAMPLES / "concurrent-first-calls-head/agent.log") if one.line == 47]
    assert [type(one) for one in glued] == [Printed, Message]
    assert len(agent("concurrent-first-calls-head").calls) == 3


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1"])
def test_another_encoding_changes_nothing(tmp_path: Path, encoding: str) -> None:
    """Emojis and bars that were read as something else and saved again."""
    for sample in ("exec-exit-code-head", "session-dead-second-call-head", "exec-exit-code-v0-2-0"):
        lines = text_of(sample).encode().decode(encoding, "replace")
        found = agents([copy(tmp_path, lines)])[0]
        assert without_places(found.calls) == without_places(agent(sample).calls)
        assert [one.run is None for one in found.calls] == [one.run is None for one in agent(sample).calls]


def test_question_marks_for_what_the_terminal_could_not_show(tmp_path: Path) -> None:
    """The last resort of many programs."""
    text = text_of("exec-exit-code-head").encode("ascii", "replace").decode()
    assert without_places(agents([copy(tmp_path, text)])[0].calls) == without_places(agent("exec-exit-code-head").calls)


def test_wrappings(tmp_path: Path) -> None:
    """Windows line ends, colours, time stamps of a container runtime, and gzip."""
    text, wanted = text_of("exec-exit-code-head"), without_places(agent("exec-exit-code-head").calls)
    stamped = "".join(f"2026-11-21T04:49:16.1Z {line}\n" for line in text.split("\n"))
    coloured = text.replace("level=", "\x1b[31mlevel=\x1b[0m")
    for changed in (
        text.replace("\n", "\r\n").encode(),
        stamped.encode(),
        coloured.encode(),
        gzip.compress(text.encode()),
    ):
        assert without_places(agents([copy(tmp_path, changed)])[0].calls) == wanted


def test_damaged_lines_do_no_harm(tmp_path: Path) -> None:
    """A log cut at any line, and one with rubbish in it."""
    lines = text_of("exec-exit-code-head").split("\n")
    for end in range(0, len(lines), 7):
        agents([copy(tmp_path, "\n".join(lines[:end]))])
    rubbish = (
        'time="x" level=error msg="Tool \'a\' execution failed: b"\ntime="2026" level= msg=\n9 : ! \n[GIN] a - b | 1\n'
    )
    (one,) = agents([copy(tmp_path, rubbish + "\x00\x07\xff" * 3)])
    assert one.calls == ()


def test_binary_files_are_refused(tmp_path: Path) -> None:
    """With the name of the file."""
    with pytest.raises(Refusal, match=r"copy\.log"):
        agents([copy(tmp_path, b"\x7fELF" + bytes(400))])


def test_prefixes_tell_two_agents_apart(tmp_path: Path) -> None:
    """As `docker compose logs` writes them; the lines may be mixed in any way."""
    peer, caller = (text_of("p2p-second-call-head", f"{name}.log").split("\n") for name in ("peer", "caller"))
    mixed = []
    while peer or caller:
        mixed += [f"peer-1    | {line}" for line in peer[:3]] + [f"caller-1  | {line}" for line in caller[:2]]
        peer, caller = peer[3:], caller[2:]
    found = {one.source: one for one in agents([copy(tmp_path, "\n".join(mixed))])}
    assert without_places(found["peer-1"].calls) == without_places(agent("p2p-second-call-head", "peer.log").calls)
    assert without_places(found["caller-1"].calls) == without_places(agent("p2p-second-call-head", "caller.log").calls)


def test_two_agents_without_prefix_are_noticed(tmp_path: Path) -> None:
    """They cannot be told apart, but their names show that there are two."""
    text = text_of("p2p-second-call-head", "peer.log") + text_of("p2p-second-call-head", "caller.log")
    (one,) = agents([copy(tmp_path, text)])
    assert one.names == ("worker", "caller") and len(one.starts) == 2


def test_a_restart_begins_anew(tmp_path: Path) -> None:
    """Containers keep their log: the session of the process before is not that of the next."""
    text = text_of("session-dead-second-call-head")
    (one,) = agents([copy(tmp_path, text + text)])
    assert [call.session for call in one.calls] == [1, 1, 1, 2, 2, 2]
    assert [call.opened for call in one.calls] == [True, False, False] * 2
    assert [session.closed and session.closed.line for session in one.sessions] == [77, 186]


def test_a_killed_process_leaves_its_session_open(tmp_path: Path) -> None:
    """The end that stands below is that of the next one's session."""
    text = text_of("session-dead-second-call-head")
    killed = "\n".join(text.split("\n")[:75])
    (one,) = agents([copy(tmp_path, f"{killed}\n{text}")])
    assert [session.closed and session.closed.line for session in one.sessions] == [None, 152]


def test_the_first_call_makes_the_session() -> None:
    """And it is the only one that Dagger heard of."""
    one = agent("session-dead-second-call-head")
    assert [(call.start.line, call.opened, call.stamp is not None, call.is_blank) for call in one.calls] == [
        (46, True, True, False),
        (93, False, False, True),
        (99, False, False, True),
    ]
    (session,) = one.sessions
    assert session.opener == 1 and session.dots and session.closed and session.closed.line == 77


def test_a_session_of_the_environment_has_no_dots() -> None:
    """Whether it is alive, as under `dagger run`, or dead."""
    for sample in ("dagger-run-workaround-head", "session-port-dead-head"):
        (session,) = agent(sample).sessions
        assert session.dots is None and session.ready and session.closed is None


def test_a_connection_that_fails_leaves_no_session() -> None:
    """The error ends the call that had to connect."""
    one = agent("dagger-cli-missing-head")
    assert one.sessions == () and (one.calls[0].reason or "").startswith("failed to connect to dagger: exec: ")


def test_commands_go_to_the_calls_that_asked_for_them() -> None:
    """Though progress names no call, and comes in another order."""
    calls = agent("engine-lifecycle-head", "driver.log").calls
    assert [call.run and call.run.command for call in calls] == ["echo run 1", "echo run 2", "echo run 3", None]
    assert [call.command for call in agent("overlapping-calls-die-with-first-head").calls] == [
        "[sleep 3]",
        "[sleep 12]",
    ]
    three = agent("concurrent-first-calls-head").calls
    assert [call.run and call.run.seconds for call in three] == [2.1, 2.2, 1.3]


def test_kinds_and_ways_of_calls() -> None:
    """Executed, handed to a peer, from the cache, unknown, only planned; over MCP, P2P, workflow, /execute."""
    found = {
        sample: [(call.kind, call.way) for call in agent(sample, file).calls]
        for sample, file in (
            ("healthy-tool-call-v0-2-0", "agent.log"),
            ("dsl-failed-call-says-executed-head", "agent.log"),
            ("dsl-call-unknown-tool-v0-2-0", "agent.log"),
            ("execute-only-plans-head", "agent.log"),
            ("p2p-remote-dsl-v0-2-0", "caller.log"),
            ("p2p-tool-call-head", "peer.log"),
            ("engine-value-without-client-head", "driver.log"),
        )
    }
    assert list(found.values()) == [
        [("executed", "mcp")],
        [("executed", "dsl"), ("cached", "dsl")],
        [("unknown", "dsl")],
        [("task", "execute")],
        [("remote", "dsl")],
        [("executed", "p2p")],
        [("executed", "program")],
    ]


def test_streams_in_two_files_are_one_agent() -> None:
    """Calls are in the one, what Dagger did in the other; their lines have no order."""
    one = agent("healthy-tool-call-debug-head", "agent.log", "agent.stdout")
    assert not one.in_order
    (call,) = one.calls
    assert (call.command, call.run and call.run.status, call.opened) == ("[echo -n Hello Dagger]", "DONE", True)


@pytest.mark.parametrize("sample", ["first-call-bad-spec-then-good-head", "required-param-missing-head"])
def test_a_call_without_an_end_does_not_take_what_belongs_to_the_next(tmp_path: Path, sample: str) -> None:
    """A call that was refused before it ran prints nothing of its own."""
    later = "\n".join(text_of("session-dead-second-call-head").split("\n")[92:98]).replace("04:51:29", "05:51:29")
    calls = agents([copy(tmp_path, f"{text_of(sample)}\n{later}")])[0].calls
    assert calls[0].image is None and calls[-1].command == "[echo one]"
