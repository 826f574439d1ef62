"""A configuration is read as the agent reads it: os.ExpandEnv of Go first, then yaml.v3.

The expected values are what Go 1.26 and yaml.v3 v3.0.1 answered to the same texts.
"""

import pytest

from faultbook.praxis.config import read_config
from faultbook.praxis.document import DEEPEST, Fault, parsed
from faultbook.praxis.expand import as_written, expanded, references

EXPANDED: list[tuple[str, dict[str, str], str]] = [
    ("$A", {}, ""),
    ("${A}", {"A": "1"}, "1"),
    ("$A$B", {"A": "1", "B": "2"}, "12"),
    ("${A:-d}x", {"A": "1"}, "x"),
    ("a$", {}, "a$"),
    ("$", {}, "$"),
    ("$$x", {"x": "1"}, "x"),
    ("${}", {}, ""),
    ("${", {}, ""),
    ("${A", {"A": "1"}, "A"),
    ("$(id)", {}, "$(id)"),
    ("$1 $@ $? $#", {}, "   "),
    ("${1}", {}, ""),
    ("${*}z", {}, "z"),
    ("$ A", {"A": "1"}, "$ A"),
    ("$A_b", {"A": "1", "A_b": "2"}, "2"),
    ("$A-b", {"A": "1"}, "1-b"),
    ("${A\nB}c", {}, "c"),
    ("é$Aé", {"A": "ü"}, "éüé"),
    ("$é", {}, "$é"),
]
GO_TYPES = {
    "string": ["a", "yes", "no", "on", "off", "y", "N", "1:30", "-x", "2026-02-30", "0b12", "!!str 5", "!x y", '"1"'],
    "bool": ["true", "True"],
    "nil": ["~", "null", ""],
    "int": ["017", "0o17", "0x1F", "1_000", "+1", "0b101"],
    "uint64": ["10000000000000000000"],
    "float64": ["08", "1e3", ".5", "1.", ".inf", "-.INF", ".nan", "99999999999999999999"],
    "time.Time": ["2026-11-21", "2026-1-2T10:00:00Z"],
    "[]interface {}": ["[a]", "[]"],
    "map[string]interface {}": ["{a: b}"],
    "map[interface {}]interface {}": ["{1: b}"],
}  # fmt: skip


@pytest.mark.parametrize(("text", "environment", "wanted"), EXPANDED)
def test_names_are_replaced_as_go_does_it(text: str, environment: dict[str, str], wanted: str) -> None:
    """Braces, special names, names without an end, and what is no name at all."""
    assert expanded(text, environment).text == wanted


def test_references_know_their_lines() -> None:
    """One that swallows a line counts it."""
    found = list(references("a\n$X ${Y\nZ} $1\n\n$$"))
    assert [(one.written, one.line) for one in found] == [("$X", 2), ("${Y\nZ}", 2), ("$1", 3), ("$$", 5)]
    assert [one.is_word for one in found] == [True, False, False, False]


@pytest.mark.parametrize(("go_type", "word"), [(kind, word) for kind, words in GO_TYPES.items() for word in words])
def test_a_word_has_the_type_that_yaml_v3_gives_it(go_type: str, word: str) -> None:
    """Which is not what Python's YAML takes it for."""
    value = parsed(as_written(f"key: {word}\n")).get("key")
    assert value is not None and value.go_type == go_type


def test_lines_are_those_of_the_file_before_the_replacement() -> None:
    """Whether a value has lines of its own, or a name without an end has swallowed some."""
    text = "agent:\n  name: $LONG\n  tools: []\n# ${A\n# }\nllm: 1\n"
    root = read_config(text, {"LONG": "|\n    a\n    b"}).root
    assert root is not None
    assert [value.line for _, value in root.entries()] == [2, 6]
    agent = root.get("agent")
    assert agent is not None and [key.line for key, _ in agent.entries()] == [2, 3]
    root = read_config("a: $X\nc: 3\n", {"X": "1\nb: 2"}).root
    assert root is not None and [(key.text, key.line) for key, _ in root.entries()] == [("a", 1), ("b", 1), ("c", 2)]


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ('agent:\n  name: "a"\n  tools: [\n', 3, "did not find expected node content"),
        ("a:\n\tb: 2\n", 2, "found character that cannot start any token"),
        ("a: *nowhere\n", 1, "unknown anchor 'nowhere' referenced"),
        ("a: \x01\n", 1, "control characters are not allowed"),
        ("\n" + "[" * (DEEPEST + 1), 2, "exceeded max depth of 10000"),
        ("[" * 200_000, 1, "exceeded max depth of 10000"),
    ],
)
def test_what_cannot_be_read_has_a_line(text: str, line: int, what: str) -> None:
    """Also where PyYAML itself would crash the process."""
    with pytest.raises(Fault) as caught:
        parsed(as_written(text))
    assert (caught.value.line, caught.value.what) == (line, what)


def test_aliases_and_merges_are_followed() -> None:
    """A merge gives what is not there, and an anchor may be set anew."""
    root = parsed(as_written("a: &x {i: 1, j: 2}\nb: {<<: *x, j: 3}\nc: &x [1]\nd: *x\n"))
    merged, again = root.get("b"), root.get("d")
    assert merged is not None and {key.text: value.text for key, value in merged.entries()} == {"i": "1", "j": "3"}
    assert again is not None and again.go_type == "[]interface {}"


def test_only_the_first_document_counts() -> None:
    """As for the agent."""
    assert parsed(as_written("a: 1\n---\nb: 2\n")).get("b") is None
    assert parsed(as_written("")).is_null
