"""Commands on pages are run on the sample they name, and their output is what the page says."""

import os
from pathlib import Path

import pytest
from tests.small_book import BROKEN, BROKEN_LOG, FAILURE, SmallBook

from faultbook.check import commands
from faultbook.check.book import read_book

COMMAND = "rg -n 'is full' \"$LOG\""
OUTPUT = "2:error: disk /dev/sda1 is full"


def complaints(book: SmallBook) -> list[str]:
    """What the check of commands alone finds, without remedies."""
    return [str(problem).split("\n")[0] for problem in commands.check(read_book(book.root))]


def blessed(book: SmallBook) -> list[str]:
    """The pages which blessing rewrites."""
    return list(commands.bless(read_book(book.root)))


@pytest.mark.parametrize(
    ("says", "complaint"),
    [
        (
            "2:disk is full",
            f"32: the output of the command is stale: the page says '2:disk is full', the command prints '{OUTPUT}'",
        ),
        (
            f"{OUTPUT}\nand more",
            "33: the output of the command is stale: the page says 'and more', the command prints 'nothing'",
        ),
        (
            f"1:before\n{OUTPUT}",
            f"32: the output of the command is stale: the page says '1:before', the command prints '{OUTPUT}'",
        ),
    ],
)
def test_a_stale_output_is_named_with_its_first_wrong_line(book: SmallBook, says: str, complaint: str) -> None:
    """The message has what the page says and what the command prints."""
    book.change(FAILURE, OUTPUT, says)
    assert complaints(book) == [f"{FAILURE}:{complaint}"]


def test_a_sample_that_changed_makes_the_output_stale(book: SmallBook) -> None:
    """Page and sample cannot drift apart."""
    book.add_sample(BROKEN, {"app.log": BROKEN_LOG.replace(b"sda1", b"sdb2")})
    assert complaints(book) == [
        f"{FAILURE}:32: the output of the command is stale: the page says '{OUTPUT}', "
        "the command prints '2:error: disk /dev/sdb2 is full'"
    ]


@pytest.mark.parametrize(
    ("info", "complaint"),
    [
        ("bash", "nobody knows whether to check the command (bash)"),
        ("sh", "nobody knows whether to check the command (sh)"),
        ("console", "nobody knows whether to check the command (console)"),
        ("bash {.run}", "nobody knows whether to check the command (bash {.run})"),
        ("bash {.run sample='toy/broken'}", "nobody knows whether to check the command"),
        ("bash {.live title=x}", "nobody knows whether to check the command"),
        ('bash {.run sample="toy/nothing/app.log"}', "there is no sample toy/nothing"),
        ('bash {.run sample="toy/broken/other.log"}', "the sample toy/broken has no file other.log"),
    ],
)
def test_a_command_that_is_not_marked_as_it_should_is_named(book: SmallBook, info: str, complaint: str) -> None:
    """Every command of a shell is checked on a sample that exists, or says that it needs a live system."""
    book.change(FAILURE, '```bash {.run sample="toy/broken/app.log"}', f"```{info}")
    (found,) = complaints(book)
    assert found.startswith(f"{FAILURE}:27: {complaint}"), found


@pytest.mark.parametrize("between", ["Some words.\n\n", "\n\n\n"])
def test_a_command_without_its_output_below_it_is_named(book: SmallBook, between: str) -> None:
    """Nothing stands between a command and what it prints."""
    book.change(FAILURE, "```text {.output}", f"{between}```text {{.output}}")
    assert complaints(book) == [f"{FAILURE}:27: the command is not followed by its output"]


def test_a_fence_that_is_no_command_needs_no_mark(book: SmallBook) -> None:
    """Logs and configuration are shown as they are."""
    book.change(FAILURE, "Make room.", "```text\n$ rm -rf /\n```\n\n```yaml\na: b\n```\n\n```\nbash\n```")
    assert complaints(book) == []


@pytest.mark.parametrize(
    ("command", "complaint"),
    [
        ("rg -n 'no such line' \"$LOG\"", "the command ended with status 1: "),
        ("echo oops >&2; exit 7", "the command ended with status 7: oops"),
        ("false | cat", "the command ended with status 1: "),
        ("no-such-program", "the command ended with status 127: bash: line 1: no-such-program: command not found"),
        ("kill -9 $$", "the command ended with status -9: "),
    ],
)
def test_a_command_that_fails_is_named_with_what_it_says(book: SmallBook, command: str, complaint: str) -> None:
    """A reader who pastes it would see it fail, too; also within a pipe."""
    book.change(FAILURE, COMMAND, command)
    assert complaints(book) == [f"{FAILURE}:27: {complaint}"]


def test_a_command_that_does_not_end_is_stopped(book: SmallBook, monkeypatch: pytest.MonkeyPatch) -> None:
    """The check goes on after a while."""
    monkeypatch.setattr(commands, "SECONDS", 0.3)
    book.change(FAILURE, COMMAND, "sleep 60")
    assert complaints(book) == [f"{FAILURE}:27: the command ran longer than 0.3 s"]


@pytest.mark.parametrize(
    ("command", "prints"),
    [
        ('echo "$LOG"', "app.log"),
        ('echo "$APP_LOG $ENGINE_2_LOG"', "app.log engine-2.log"),
        ("ls", "app.log\nengine-2.log\nprovenance.yml"),
        ("cat", ""),
        ('echo "${FAULTBOOK_TEST-unset}"', "unset"),
        ('[ "$HOME" = "$PWD" ] && echo "$TZ $LC_ALL"', "UTC C.UTF-8"),
        ("echo out; echo err >&2", "out"),
        ("printf 'no line feed'", "no line feed"),
        ("printf 'a\\fb\\x1cc\\n'", "a\x0cb\x1cc"),
        ("printf '\\xff\\n'", "\ufffd"),
        ('jq -n -c "{a: 1}"', '{"a":1}'),
        ("echo; echo; echo x", "\n\nx"),
    ],
)
def test_a_command_sees_the_sample_and_nothing_of_this_machine(
    book: SmallBook, monkeypatch: pytest.MonkeyPatch, command: str, prints: str
) -> None:
    """Files and variables of the sample, a fixed environment, no input; only what it prints on stdout counts."""
    monkeypatch.setenv("FAULTBOOK_TEST", "set")
    book.add_sample(BROKEN, {"app.log": BROKEN_LOG, "engine-2.log": BROKEN_LOG})
    book.change(FAILURE, COMMAND, command)
    assert blessed(book) == [FAILURE]
    fence = f"```text {{.output}}\n{prints}\n```" if prints else "```text {.output}\n```"
    assert fence in (book.root / FAILURE).read_text(encoding="utf-8")
    assert complaints(book) == []


def test_a_command_gets_no_input(book: SmallBook) -> None:
    """What is piped into `make test` is not for commands on pages."""
    book.change(FAILURE, COMMAND, "cat")
    book.change(FAILURE, f"{OUTPUT}\n", "")
    ours, theirs = os.pipe()
    os.write(theirs, b"from outside\n")
    os.close(theirs)
    before = os.dup(0)
    try:
        os.dup2(ours, 0)
        assert complaints(book) == []
    finally:
        os.dup2(before, 0)
        os.close(before)
        os.close(ours)


def test_a_command_cannot_change_the_sample(book: SmallBook) -> None:
    """It runs on copies."""
    book.change(FAILURE, COMMAND, 'echo changed > "$LOG"; cat "$LOG"')
    book.change(FAILURE, OUTPUT, "changed")
    assert complaints(book) == []
    assert (book.root / BROKEN / "app.log").read_bytes() == BROKEN_LOG


def test_a_live_command_is_never_run(book: SmallBook, tmp_path: Path) -> None:
    """What needs a live system is shown only."""
    book.change(FAILURE, "df -h", f"touch {tmp_path / 'trace'}")
    assert complaints(book) == []
    assert blessed(book) == []
    assert not (tmp_path / "trace").exists()


def test_commands_on_every_page_are_checked(book: SmallBook) -> None:
    """Also on pages which are none of the nouns, and inside lists."""
    fence = f'```bash {{.run sample="toy/broken/app.log"}}\n    {COMMAND}\n    ```'
    text = f"1. First:\n\n    {fence}\n    ```text {{.output}}\n    old\n    ```\n"
    book.write("docs/index.md", text)
    assert [line.split(": ")[0] for line in complaints(book)] == ["docs/index.md:7"]
    assert blessed(book) == ["docs/index.md"]
    assert (book.root / "docs/index.md").read_text(encoding="utf-8") == text.replace("    old", f"    {OUTPUT}")


def test_blessing_rewrites_what_is_stale_and_nothing_else(book: SmallBook) -> None:
    """Outputs of several commands on a page grow and shrink; what fails and what is right stays as it is."""
    fence = '```bash {{.run sample="toy/broken/app.log"}}\n{}\n```\n\n```text {{.output}}\n{}\n```\n'
    pairs = [("seq 3", "old"), ("echo right", "right"), ("exit 3", "kept"), ("echo one", "1\n2\n3"), ("true", "gone")]
    book.write("docs/page.md", "\n".join(fence.format(command, output) for command, output in pairs))
    assert blessed(book) == ["docs/page.md"]
    pairs = [("seq 3", "1\n2\n3"), ("echo right", "right"), ("exit 3", "kept"), ("echo one", "one"), ("true", "gone")]
    expected = "\n".join(fence.format(command, output) for command, output in pairs).replace("gone\n", "")
    assert (book.root / "docs/page.md").read_text(encoding="utf-8") == expected
    assert complaints(book) == ["docs/page.md:19: the command ended with status 3: "]
    assert blessed(book) == []
