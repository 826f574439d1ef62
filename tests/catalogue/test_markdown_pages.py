"""Front matter, headings, fences and links are taken from a page with their true lines."""

import pytest

from faultbook.catalogue.markdown import Fence, fences, headings, links, split
from faultbook.catalogue.yamldoc import YamlFault, parse


def test_a_page_is_cut_into_front_matter_and_body() -> None:
    """Lines are those of the file; a rule in the body ends nothing."""
    page = split("---\na: b\n---\n\n## X\n\n---\n\nend\n")
    assert page.matter.plain() == {"a": "b"}
    assert (page.body, page.body_line) == ("\n## X\n\n---\n\nend\n", 4)


@pytest.mark.parametrize("text", ["", "\n---\na: b\n---\n", "## X\n", "\ufeff---\na: b\n---\n", "----\na: b\n----\n"])
def test_a_page_without_front_matter_is_a_fault(text: str) -> None:
    """MkDocs would take it for an ordinary page."""
    with pytest.raises(YamlFault, match="there is no front matter"):
        split(text)


def test_every_node_knows_its_line() -> None:
    """A key's line where its value begins on it, else the value's; lists and mappings item by item."""
    node = parse("a: 1\nb:\n  - x\n  - {y: z}\nc: >\n  folded\n  text\n", first_line=10)
    values = node.value
    assert [values["a"].line, values["b"].line, values["c"].line] == [10, 12, 14]
    assert [item.line for item in values["b"].value] == [12, 13]
    assert node.plain() == {"a": 1, "b": ["x", {"y": "z"}], "c": "folded text\n"}


def test_empty_yaml_is_an_empty_mapping() -> None:
    """What is missing is told by the schema."""
    assert parse("# nothing\n", first_line=2).plain() == {}


BODY = """intro
```text
## no heading, [no](link.md)
```
## One

1. [ ] step

    ```bash {.live}
    df -h

      indented more
    ```

~~~~ {.x}
```
~~~
~~~~
## Two
[a](b.md) and ![c](d.png "title") [e](sample:x/y/z.log#L3)
```text
never closed
"""


def test_fences_are_found_with_their_lines_and_without_their_indent() -> None:
    """Also in lists, with tildes around backticks, and one that is never closed."""
    assert list(fences(BODY, 11)) == [
        Fence("text", "## no heading, [no](link.md)\n", 12, 14, 0),
        Fence("bash {.live}", "df -h\n\n  indented more\n", 19, 23, 4),
        Fence("{.x}", "```\n~~~\n", 25, 28, 0),
        Fence("text", "never closed\n", 31, 33, 0),
    ]


def test_headings_and_links_inside_fences_are_none() -> None:
    """What is shown as an example is not said."""
    assert headings(BODY, 11) == [("One", 15), ("Two", 29)]
    assert links(BODY, 11) == [("b.md", 30), ("d.png", 30), ("sample:x/y/z.log#L3", 30)]
