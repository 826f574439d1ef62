"""Commands on pages."""

import pytest

from faultbook.render.blocks import Commands, variable
from faultbook.render.draft import Draft, plain
from tests.render.conftest import place_of
from tests.small_book import SmallBook

RUN = """```bash {.run sample="toy/broken/app.log"}
rg -n 'is full' "$LOG"
```
```text {.output}
2:error: <b>disk</b> & </code>
```
"""


def _rendered(book: SmallBook, body: str) -> tuple[str, list[str]]:
    """The Markdown left over and the fragments put aside, and the warnings."""
    place, warnings = place_of(book)
    draft = Draft()
    left = Commands(place, draft).replaced(body)
    return left + "".join(draft.fragments), warnings


def test_a_checked_command_is_followed_by_what_it_prints(book: SmallBook) -> None:
    """Command, caption with a link to the sample, output as text."""
    page, warnings = _rendered(book, RUN)
    assert 'prints on the sample <a href="../../../samples/toy/broken/"><code>toy/broken</code></a>' in page
    assert "2:error: &lt;b&gt;disk&lt;/b&gt; &amp; &lt;/code&gt;" in page
    assert "```" not in page
    assert warnings == []


def test_the_reader_is_told_once_which_variable_to_set(book: SmallBook) -> None:
    """The hint stands before the first command only."""
    page, _ = _rendered(book, RUN + "\ntext\n\n" + RUN)
    assert page.count("path/to/your/app.log") == 1


def test_the_reader_is_told_again_when_the_file_is_another(book: SmallBook) -> None:
    """A command that reads a second file of the sample names the variable of that file, too."""
    book.add_sample("playbooks/samples/toy/two", {"app.log": b"app 1.0 starting\n", "b.txt": b"x\n"}, "healthy: true\n")
    second = '```bash {.run sample="toy/two/app.log"}\ncat "$LOG" "${B_TXT}"\n```\n```text {.output}\nx\n```\n'
    page, _ = _rendered(book, RUN + "\n" + second)
    assert page.count("path/to/your/app.log") == 1
    assert page.count("path/to/your/b.txt") == 1


def test_a_live_command_is_marked(book: SmallBook) -> None:
    """A command nobody ran says so."""
    page, _ = _rendered(book, "```bash {.live}\ndf -h\n```\n")
    assert "needs a live system: not checked here" in page


def test_a_command_in_a_list_keeps_its_place(book: SmallBook) -> None:
    """The mark of an indented command is indented as far."""
    place, _ = place_of(book)
    left = Commands(place, Draft()).replaced("1. Look.\n\n    ```bash {.live}\n    df -h\n    ```\n2. Next.\n")
    assert [len(line) - len(line.lstrip()) for line in left.split("\n") if "\ue0fb" in line] == [4]


def test_a_page_without_commands_is_left_as_it_is(book: SmallBook) -> None:
    """Other fences are the theme's."""
    body = "text\n\n```yaml\na: 1\n```\n"
    assert _rendered(book, body)[0] == body


def test_a_command_on_an_unknown_sample_is_reported(book: SmallBook) -> None:
    """The command is shown, its output is not, and the build fails."""
    page, warnings = _rendered(book, RUN.replace("toy/broken", "toy/nothing"))
    assert "is full" in page
    assert "2:error" not in page
    assert warnings == ["failures/toy/disk-full.md: a command is to run on the sample toy/nothing, which is not there"]


@pytest.mark.parametrize(("name", "wanted"), [("cli.log", "CLI_LOG"), ("cgroup-memory.txt", "CGROUP_MEMORY_TXT")])
def test_variables_are_file_names_in_capitals(name: str, wanted: str) -> None:
    """As the check of commands sets them."""
    assert variable(name) == wanted


def test_a_page_cannot_forge_a_mark() -> None:
    """Characters of a mark in a page or a log are replaced before anything is put aside."""
    draft = Draft()
    mark = draft.put("<b>aside</b>").strip()
    assert draft.filled(f"<p>{mark}</p>") == "<b>aside</b>"
    assert draft.filled(f"<p>{plain(mark)}</p>") == f"<p>{plain(mark)}</p>"
