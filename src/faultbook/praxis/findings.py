"""What a check of a configuration finds, and how values are told apart by their shape."""

from collections.abc import Iterator
from dataclasses import dataclass

from faultbook.praxis import rules
from faultbook.praxis.document import Value
from faultbook.praxis.rules import RULES, Rule


@dataclass(frozen=True)
class Finding:
    """Something that is wrong on a 1-based line; `tool` is the tool it is about, "" for the agent as a whole."""

    line: int
    rule: Rule
    tool: str
    what: str
    remedy: str


def finding(rule: str, line: int, tool: str = "", **words: str) -> Finding:
    """The finding of a rule, by its id; `words` are what its texts have places for."""
    known = RULES[rule]
    words["tool"] = tool
    return Finding(line, known, tool, known.what.format(**words), known.remedy.format(**words))


def shape(value: Value | None, key: str, wanted: rules.Shape) -> Iterator[Finding]:
    """The finding that a value is not what the loader wants; a null and no value are."""
    if value is not None and not value.is_null and not _has_shape(value, wanted):
        yield finding("shape", value.line, key=key, got=called(value), wanted=_WANTED[wanted])


_WANTED: dict[rules.Shape, str] = {
    "mapping": "a mapping",
    "list": "a list",
    "bool": "true or false",
    "int": "a number",
    "word": "a word",
}


def _has_shape(value: Value, wanted: rules.Shape) -> bool:
    if wanted == "bool":
        return value.go_type == "bool" or value.text in rules.TRUE | rules.FALSE
    if wanted == "int":
        return value.go_type == "int" or (value.go_type == "float64" and value.text[-3:].lower() not in ("inf", "nan"))
    is_list, is_map = value.go_type == "[]interface {}", value.go_type.startswith("map[")
    return {"list": is_list, "mapping": is_map}.get(wanted, not is_list and not is_map)


def called(value: Value) -> str:
    """A value's type in plain words."""
    names = {
        "[]interface {}": "a list",
        "nil": "empty",
        "float64": "a number",
        "int": "a number",
        "bool": "true or false",
    }
    return "a mapping" if value.go_type.startswith("map[") else names.get(value.go_type, f"a {value.go_type}")
