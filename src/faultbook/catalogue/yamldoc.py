"""YAML which knows its lines: a tree of nodes, each with the line it was written on."""

from dataclasses import dataclass
from typing import Any

import yaml


class YamlFault(Exception):
    """YAML that cannot be read: `what` is wrong at 1-based `line`."""

    def __init__(self, what: str, line: int) -> None:
        super().__init__(what)
        self.what = what
        self.line = line


@dataclass(frozen=True)
class Node:
    """A value and the 1-based line it begins on; lists and mappings hold nodes again."""

    value: Any
    line: int

    def plain(self) -> Any:
        """The value without line numbers."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value


def parse(text: str, first_line: int = 1) -> Node:
    """Parse a YAML document; lines are counted from `first_line`. Raises `YamlFault`.

    Aliases are refused: a page that needs them is too clever, and they are the way to YAML bombs.
    """
    loader = yaml.CSafeLoader(text)
    try:
        root = loader.get_single_node()
        if root is None:
            return Node({}, first_line)
        return _node(root, loader, first_line, set())
    except RecursionError:
        raise YamlFault("it is nested too deeply", first_line) from None
    except yaml.reader.ReaderError as error:
        raise YamlFault(error.reason, first_line + text.encode()[: error.position].count(b"\n")) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = first_line + (mark.line if mark else 0)
        raise YamlFault(str(getattr(error, "problem", None) or error), line) from None
    finally:
        loader.dispose()


def _node(node: yaml.Node, loader: Any, first: int, seen: set[int]) -> Node:
    line = first + node.start_mark.line
    if id(node) in seen:
        raise YamlFault("an alias (*name) is used", line)
    seen.add(id(node))
    if isinstance(node, yaml.SequenceNode):
        return Node([_node(item, loader, first, seen) for item in node.value], line)
    if isinstance(node, yaml.MappingNode):
        return Node(_mapping(node, loader, first, seen), line)
    return Node(_scalar(node, loader, line), line)


def _scalar(node: yaml.Node, loader: Any, line: int) -> Any:
    try:
        return loader.construct_object(node)
    except ValueError as error:  # looks like a date or number and is none, as 2026-02-30
        raise YamlFault(f"{node.value!r} cannot be read ({error}); put it in quotes if it is text", line) from None


def _mapping(node: yaml.MappingNode, loader: Any, first: int, seen: set[int]) -> dict[str, Node]:
    found: dict[str, Node] = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        line = first + key_node.start_mark.line
        if not isinstance(key, str):
            raise YamlFault(f"the key {key!r} is not a word", line)
        if key in found:
            raise YamlFault(f"the key {key} is there twice", line)
        value = _node(value_node, loader, first, seen)
        found[key] = Node(value.value, line if value_node.start_mark.line == key_node.start_mark.line else value.line)
    return found
