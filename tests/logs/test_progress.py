"""Records of CLI logs in all forms, read from samples, and from logs damaged in the ways logs are."""

import io
import tracemalloc
from collections.abc import Iterable
from pathlib import Path

import pytest

from faultbook.logs.progress import Closing, Dots, End, ErrorText, Notice, Other, Output, Record, Start, read_progress
from faultbook.logs.reading import seconds, text_lines
from faultbook.matcher.line import clean
from faultbook.matcher.source import lines
from faultbook.problems import Refusal

SAMPLES = Path(__file__).parents[2] / "playbooks" / "samples" / "dagger"
CLI_LOGS = sorted([*SAMPLES.glob("*/cli*.log"), *SAMPLES.glob("*/job.log")])


def cli(slug: str) -> list[Record]:
    return list(read_progress(SAMPLES / slug / "cli.log"))


def read(text: str | bytes) -> list[Record]:
    return list(read_progress(io.BytesIO(text.encode() if isinstance(text, str) else text)))


def on_line(records: Iterable[Record], line: int) -> list[Record]:
    return [record for record in records if record.line == line]


@pytest.mark.parametrize("log", CLI_LOGS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_line_is_read(log: Path) -> None:
    """Each line that is not empty gives a record, in order, with its own number."""
    numbers = [record.line for record in read_progress(log)]
    assert numbers == sorted(numbers)
    assert {line.number for line in lines(log) if clean(line.raw)} <= set(numbers)


def test_lines_of_no_known_kind_are_few() -> None:
    """Only text that is not the CLI's is left over: the shell's own words and a result in a merged log."""
    others = {record.text for log in CLI_LOGS for record in read_progress(log) if isinstance(record, Other)}
    assert others == {"shell: /usr/bin/bash -e {0}", "0 errors: 0 failed", "panic: none", "Terminated"}


def test_four_bodies_of_the_plain_form() -> None:
    """A start, an output line, an end, and the error that follows an end."""
    records = cli("exec-exit-code")
    assert on_line(records, 26) == [Start(26, 9, 0, "withExec /bin/sh -c 'echo out; echo err >&2; exit 3'")]
    assert on_line(records, 27) == [Output(27, 9, 0.1, "out")]
    assert on_line(records, 29) == [End(29, 9, 0, "Container.withExec", "ERROR", 0.1)]
    assert on_line(records, 33) == [ErrorText(33, 10, "exit code: 3")]
    assert on_line(records, 3) == [Start(3, 2, 1, "starting engine")]


def test_title_over_several_lines() -> None:
    """Arguments and the closing parenthesis go on with the title, however deep they are indented."""
    records = cli("dockerfile-run-fails")
    nested = [record for record in records if isinstance(record, Start) and record.idx == 16]
    assert nested[0].text == "Missing.withRootfs("
    assert all(record.more for record in nested[1:])
    assert nested[-1].text == "): Container!"
    assert not any(record.more for record in records if isinstance(record, Start) and record.idx == 17)


def test_closing_block_of_a_failed_command() -> None:
    """`Error:` gives text and origin apart; raw text follows its headings."""
    closing = [record for record in cli("exec-exit-code") if isinstance(record, Closing)]
    trace, span = "9a9d1b6030c922b530170102f29a09ca", "059ae261612aa034"
    assert closing == [
        Closing(36, "error", "exit code: 3", trace, span),
        Closing(37, "stdout", ""),
        Closing(38, "stdout", "out"),
        Closing(39, "stderr", ""),
        Closing(40, "stderr", "err"),
    ]


def test_closing_error_of_v1_has_no_origin() -> None:
    """At v1 nothing stands behind the text."""
    (error,) = [
        record for record in cli("command-not-found-v1") if isinstance(record, Closing) and record.kind == "error"
    ]
    assert (error.text, error.trace) == ("exit code: 1", None)


def test_time_waited_at_v1() -> None:
    """An end of v1 may say what the step waited on."""
    (end,) = [record for record in cli("cancelled-ctrl-c-v1") if isinstance(record, End) and record.waited_on]
    assert (end.name, end.status, end.seconds, end.waited_on) == ("Container.stdout", "ERROR", 0.0, "sleep 31")


def test_cancelled_run_closes_with_one_word() -> None:
    """`Canceled.` stands alone."""
    assert Closing(40, "cancelled", "Canceled.") in cli("cancelled-by-user")


def test_job_log_of_a_ci_system() -> None:
    """Time stamps are taken off, the CI system's own lines are notices, the call's result is text of no known kind."""
    records = list(read_progress(SAMPLES / "ci-healthy" / "job.log"))
    assert records[0] == Notice(1, "##[group]Run dagger")
    assert [record.text for record in records if isinstance(record, Other)][1:] == ["0 errors: 0 failed", "panic: none"]
    failed = list(read_progress(SAMPLES / "ci-exec-exit-code" / "job.log"))
    assert failed[-1] == Notice(56, "##[error]Process completed with exit code 1.")
    assert failed[-2] == Closing(55, "stderr", "assertion 3 != 4")


def test_report_of_a_failed_run() -> None:
    """Head first: verdict, command, the CLI's own exit code without colon, the error; then the tree."""
    records = cli("report-exec-killed-v1")
    assert [record.kind for record in records if isinstance(record, Closing)] == ["verdict", "command", "exit", "error"]
    assert on_line(records, 3) == [Closing(3, "exit", "exit code 137")]
    assert on_line(records, 4) == [Closing(4, "error", "exit code: 137")]
    assert on_line(records, 6) == [Start(6, 1, 0, "connect"), End(6, 1, 0, "connect", "DONE", 0.0)]


def test_report_shows_a_failed_step_twice() -> None:
    """The second time it is the same step, and its output is raw."""
    records = cli("exec-exit-code-default-output-v1")
    first, again = [record for record in records if isinstance(record, Start) and record.text.startswith("withExec ")]
    assert first.idx == again.idx
    assert on_line(records, 19) == [Output(19, first.idx, None, "bad flag")]
    assert on_line(records, 21) == [ErrorText(21, first.idx, "exit code: 4")]


def test_report_title_over_several_lines() -> None:
    """Mark and duration of a node stand on different lines; the end has the whole title."""
    records = cli("report-healthy-several-steps-v1")
    (end,) = [record for record in records if isinstance(record, End) and record.name.startswith(".withRootfs")]
    assert end.name == ".withRootfs(directory: Address.directory: Directory!): Container!"
    assert (end.status, end.seconds) == ("CACHED", 0.0)


def test_raw_output_in_a_report_is_no_node() -> None:
    """What a failed program printed with marks of its own stays output."""
    report = "TRACE  ✘ FAILED\nx  0.1s\n! exit code 1\n\n✘ withExec t 0.1s ERROR\n! exit code: 1\n\n"
    records = read(report + "✘ withExec t 0.1s ERROR\n✔ connect 0.0s\n$ make test 0.1s\n! not ok\n! exit code: 1\n")
    assert [record.text for record in records if isinstance(record, Output)] == [
        "✔ connect 0.0s",
        "$ make test 0.1s",
        "! not ok",
    ]


def test_dots_and_their_blocks() -> None:
    """Rows are counted; a block and a node of the tree with the same title are one step."""
    records = cli("dots-exec-exit-code")
    assert [record for record in records if isinstance(record, Dots)] == [Dots(1, 10, 0), Dots(6, 15, 3)]
    block, node = [record for record in records if isinstance(record, Start) and record.text.startswith("withExec ")]
    assert (block.idx, block.block) == (node.idx, True)
    assert on_line(records, 10) == [Output(10, block.idx, None, "undefined: Foo")]


def test_logs_form_has_blocks_and_a_closing_block() -> None:
    """No step ends; the closing block comes as in the plain form."""
    records = cli("logs-exec-exit-code-v1")
    assert not any(isinstance(record, End) for record in records)
    assert on_line(records, 8) == [Closing(8, "error", "exit code: 2")]
    assert on_line(records, 12) == [Closing(12, "stderr", "undefined: Foo")]


def test_refused_command_line() -> None:
    """Without any step, the CLI's refusal closes the run."""
    assert read('no tty available for progress "tty"\n')[0] == Closing(
        1, "usage", 'no tty available for progress "tty"'
    )
    assert read("Error: unknown flag: --lock\nRun 'dagger call --help' for usage.\n")[1].line == 2


def test_numbered_output_of_a_program_is_no_step() -> None:
    """The index is padded to four characters: `grep -n` does not look like it."""
    assert read("10: withExec\n7: x\n") == [Other(1, "10: withExec"), Other(2, "7: x")]
    assert read("1234: connect\n") == [Start(1, 1234, 0, "connect")]
    assert read("12345: connect DONE [0.1s]\n") == [End(1, 12345, 0, "connect", "DONE", 0.1)]


def test_error_text_over_several_lines() -> None:
    """Only the first line has the prefix; what follows belongs to it, up to an empty line or the CLI's own words."""
    records = read("7   : git ERROR [0.0s]\n7   : ! bad ref\nsecond line\n\nnot of it\n7   : ! again\nCanceled.\n")
    assert records[1:] == [
        ErrorText(2, 7, "bad ref"),
        ErrorText(3, 7, "second line", more=True),
        Other(5, "not of it"),
        ErrorText(6, 7, "again"),
        Closing(7, "cancelled", "Canceled."),
    ]


def test_raw_text_of_the_closing_block_is_not_read() -> None:
    """A program may print what looks like records; the CLI's own last words are still found."""
    cleanup = '05:07:39 ERR cleanup failed msg="x"'
    records = read(f"Error: exit code: 1\nStdout:\n1   : connect\nError: mine\n\nCanceled.\n{cleanup}\n")
    assert [record.text for record in records if isinstance(record, Closing) and record.kind == "stdout"] == [
        "", "1   : connect", "Error: mine", "", "Canceled.",
    ]  # fmt: skip
    assert records[-1] == Notice(7, cleanup)


def test_origin_on_the_line_after_the_error() -> None:
    """An error text that ends in a line feed has its origin on the next line."""
    records = read(f"Error: incompatible\n [traceparent:{'a' * 32}-{'b' * 16}]\n")
    assert records[1] == Closing(2, "error", "", "a" * 32, "b" * 16)


def test_span_id_of_a_debug_log() -> None:
    """With `--debug` a span id stands between index and text."""
    assert read("12  : 0123456789abcdef: ┆ connect\n") == [Start(1, 12, 1, "connect", span="0123456789abcdef")]


@pytest.mark.parametrize("cut", range(1, 40))
def test_log_cut_in_a_line(cut: int) -> None:
    """A log may stop anywhere, in a character, too: all lines before are read as ever."""
    whole = (SAMPLES / "exec-exit-code" / "cli.log").read_bytes()
    end = len(whole) - cut * 23
    records = read(whole[:end])
    last = whole[:end].count(b"\n") + 1
    assert [record for record in records if record.line < last] == [
        record for record in cli("exec-exit-code") if record.line < last
    ]


def test_colours_and_carriage_returns() -> None:
    """A coloured log with CRLF gives the same records as the plain one."""
    plain = (SAMPLES / "exec-exit-code" / "cli.log").read_bytes()
    coloured = plain.replace(b" DONE [", b" \x1b[32mDONE\x1b[0m [").replace(b"| ", b"\x1b[2m|\x1b[0m ")
    assert read(coloured.replace(b"\n", b"\r\n")) == read(plain)


def test_invalid_utf8() -> None:
    """Bytes that are no UTF-8 become U+FFFD in the text and change nothing else."""
    assert read(b"9   : [0.1s] | \xff\xfe ok\n10  : \xe2\x94\n") == [
        Output(1, 9, 0.1, "\ufffd\ufffd ok"),
        Start(2, 10, 0, "\ufffd"),
    ]


def test_empty_and_missing_log() -> None:
    """An empty log has no records; a missing one is refused with its name."""
    assert read("") == []
    assert read("\n\n") == []
    with pytest.raises(Refusal, match=r"no-such\.log"):
        next(read_progress("no-such.log"))


def test_memory_stays_flat() -> None:
    """Of 20 MB never more than a few are held."""
    line = b"9   : \xe2\x94\x86 [%d.1s] | \x1b[32mok\x1b[0m test number %d of the suite passed in good time\r\n"
    log = io.BytesIO(b"".join(line % (number, number) for number in range(230_000)))
    assert log.getbuffer().nbytes > 20_000_000
    tracemalloc.start()
    try:
        assert sum(1 for _ in read_progress(log)) == 230_000
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("text", "value"),
    [("0.2s", 0.2), ("1m2s", 62.0), ("10m0s", 600.0), ("1h2m3s", 3723.0), ("1d2h3m4s", 93784.0), ("144.1ms", 0.1441)],
)
def test_durations(text: str, value: float) -> None:
    """All spellings of a duration come out as seconds."""
    assert seconds(text) == value


@pytest.mark.parametrize("text", ["", "s", "1", "1x", "0.1s later", "-1s", "1e5s"])
def test_no_durations(text: str) -> None:
    """What is no duration is None, never a guess."""
    assert seconds(text) is None


@pytest.mark.parametrize("log", CLI_LOGS[:8], ids=lambda path: path.parent.name)
def test_readers_see_the_lines_that_signatures_see(log: Path) -> None:
    """The block-wise reading of readers and the matcher's cleaning of one line agree."""
    nasty = (
        log.read_bytes()
        + b"\xef\xbb\xbfx\r\r\n\x1b[1m2026-11-21T05:39:03Z y\x1b[0m\n\xe2\x94\na\tb\t2026-11-21T05:39:03Z z"
    )
    got = list(text_lines(io.BytesIO(nasty)))
    assert got == [(line.number, clean(line.raw)) for line in lines(io.BytesIO(nasty))]
