"""YAML as gopkg.in/yaml.v3 reads it, with the lines of the text before `$NAME` was replaced.

Two things differ from Python's YAML: which plain words are strings (`yes`, `on` and `1:30` are, `017`, `1e3` and a date
are not), and a key that is there twice is an error. Source: resolve.go and decode.go of yaml.v3 v3.0.1.

Safe on anything: tags make no objects, aliases are followed but never copied, and deep nesting is refused.
"""

import re
from collections import deque
from collections.abc import Container, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import yaml

from faultbook.praxis.expand import Expanded

DEEPEST = 10_000
UNTAGGED = "untagged"
_NULLS = frozenset(("", "~", "null", "Null", "NULL"))
_BOOLS = frozenset(("true", "True", "TRUE", "false", "False", "FALSE"))
_FLOATS = re.compile(
    r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
)
_INTS = re.compile(r"[-+]?(?:0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|[1-9][0-9]*|0)")
_DATE = re.compile(r"\d{4}-(\d{1,2})-(\d{1,2})(?:[Tt ]\d{1,2}:\d{1,2}:\d{1,2}(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?)?")
_TAGS = {"int": "int", "float": "float64", "bool": "bool", "null": "nil", "timestamp": "time.Time"}


class Fault(Exception):
    """A configuration the agent cannot read: `what` is wrong at 1-based `line`."""

    def __init__(self, what: str, line: int) -> None:
        super().__init__(what)
        self.what = what
        self.line = line


@dataclass(frozen=True)
class Value:
    """A value of the document. Cheap: it looks into the document when it is asked."""

    node: yaml.Node
    expanded: Expanded

    @property
    def line(self) -> int:
        """The 1-based line of the configuration on which it begins."""
        return self.expanded.line_of(self.node.start_mark.index)

    @property
    def go_type(self) -> str:
        """What Go calls its type when it is read into an `interface{}`; `nil` for a null."""
        if isinstance(self.node, yaml.SequenceNode):
            return "[]interface {}"
        if isinstance(self.node, yaml.MappingNode):
            # Only a scalar can be a string; asking a key that is its own mapping for its type would never end.
            words = all(isinstance(key.node, yaml.ScalarNode) and key.go_type == "string" for key, _ in self.entries())
            return "map[string]interface {}" if words else "map[interface {}]interface {}"
        assert isinstance(self.node, yaml.ScalarNode)
        return _go_type(self.node)

    @property
    def is_null(self) -> bool:
        """Whether it is a null."""
        return self.go_type == "nil"

    @property
    def text(self) -> str:
        """The text of a scalar, "" for anything else."""
        return str(self.node.value) if isinstance(self.node, yaml.ScalarNode) else ""

    def items(self) -> list["Value"]:
        """The items of a list; nothing for anything else."""
        nodes = self.node.value if isinstance(self.node, yaml.SequenceNode) else []
        return [Value(node, self.expanded) for node in nodes]

    def entries(self) -> list[tuple["Value", "Value"]]:
        """Keys and values of a mapping, those it takes over with `<<` last; nothing for anything else."""
        found: dict[str, tuple[Value, Value]] = {}
        for key, value in _entries(self.node):
            found.setdefault(str(key.value), (Value(key, self.expanded), Value(value, self.expanded)))
        return list(found.values())

    def get(self, name: str) -> "Value | None":
        """The value of a key of a mapping."""
        return next((value for key, value in self.entries() if key.text == name), None)


def parsed(expanded: Expanded) -> Value:
    """The first document of a configuration, an empty one is null. Raises `Fault` where yaml.v3 would stumble, too."""
    try:
        return Value(_composed(expanded) or _nothing(), expanded)
    except yaml.reader.ReaderError as error:
        before = expanded.text.encode()[: error.position].decode("utf-8", "replace")
        raise Fault(error.reason, expanded.line_of(len(before))) from None
    except yaml.MarkedYAMLError as error:
        mark: Any = error.problem_mark or error.context_mark
        last = max(len(expanded.text.rstrip()) - 1, 0)  # the end of the text is on no line
        raise Fault(str(error.problem), expanded.line_of(min(mark.index if mark else 0, last))) from None


def _nothing() -> yaml.Node:
    start = yaml.Mark("", 0, 0, 0, "", 0)
    return yaml.ScalarNode("tag:yaml.org,2002:null", "", start, start)


def _composed(expanded: Expanded) -> yaml.Node | None:
    """The first document as nodes, an alias being the very node it names; None when there is none.

    PyYAML's own composer calls itself for each level, which a few bytes can make crash, and refuses an anchor that is
    set anew.
    """
    composer = _Composer(expanded)
    for event in yaml.parse(expanded.text, yaml.CSafeLoader):
        if isinstance(event, yaml.DocumentEndEvent):
            break
        composer.take(event)
    return composer.root


class _Composer:
    """Makes nodes of events."""

    def __init__(self, expanded: Expanded) -> None:
        self.root: yaml.Node | None = None
        self._expanded = expanded
        self._open: list[yaml.CollectionNode] = []
        self._keys: list[yaml.Node | None] = []
        self._anchors: dict[str, yaml.Node] = {}

    def take(self, event: Any) -> None:
        """Take an event."""
        if isinstance(event, yaml.CollectionEndEvent):
            self._open.pop()
            self._keys.pop()
        elif isinstance(event, yaml.NodeEvent):
            node = self._node(event)
            self._attach(node)
            if isinstance(event, yaml.CollectionStartEvent):
                self._open.append(cast(yaml.CollectionNode, node))
                self._keys.append(None)
                self._refuse_depth(event)

    def _node(self, event: Any) -> yaml.Node:
        if isinstance(event, yaml.AliasEvent):
            if event.anchor not in self._anchors:
                raise Fault(f"unknown anchor '{event.anchor}' referenced", self._line(event))
            return self._anchors[event.anchor]
        tag, marks = event.tag or UNTAGGED, (event.start_mark, event.end_mark)
        node: yaml.Node
        if isinstance(event, yaml.ScalarEvent):
            node = yaml.ScalarNode(tag, event.value, *marks, style=event.style)
        else:
            kind = yaml.SequenceNode if isinstance(event, yaml.SequenceStartEvent) else yaml.MappingNode
            node = kind(tag, [], *marks)
        if event.anchor:
            self._anchors[event.anchor] = node
        return node

    def _attach(self, node: yaml.Node) -> None:
        if not self._open:
            self.root = node
        elif isinstance(self._open[-1], yaml.SequenceNode):
            self._open[-1].value.append(node)
        elif self._keys[-1] is None:
            self._keys[-1] = node
        else:
            self._open[-1].value.append((self._keys[-1], node))
            self._keys[-1] = None

    def _refuse_depth(self, event: Any) -> None:
        if len(self._open) > DEEPEST:
            raise Fault(f"exceeded max depth of {DEEPEST}", self._line(event))

    def _line(self, event: Any) -> int:
        return self._expanded.line_of(event.start_mark.index)


def faults(root: Value, sections: Container[str]) -> Iterator[Fault]:
    """Keys that are there twice or are no words, anchors that hold themselves: yaml.v3 refuses them in what it reads.

    `sections` are the keys of the document that are read.
    """
    yield from _bad_keys(root)
    done: set[int] = set()
    waiting = [(value, frozenset[int]()) for key, value in root.entries() if key.text in sections]
    while waiting:
        one, above = waiting.pop()
        if id(one.node) in above:
            yield Fault("an anchor contains itself", one.line)
        if id(one.node) in done or id(one.node) in above:
            continue
        done.add(id(one.node))
        yield from _bad_keys(one)
        inside = above | {id(one.node)} if isinstance(one.node, yaml.CollectionNode) else above
        waiting += [(child, inside) for child in _children(one)]


def _children(value: Value) -> list[Value]:
    if isinstance(value.node, yaml.MappingNode):
        return [Value(node, value.expanded) for _, node in value.node.value]
    return value.items()


def _bad_keys(value: Value) -> Iterator[Fault]:
    """The keys of a mapping that are none, and those that stand in it twice, `1` and `"1"` being the same."""
    seen: dict[str, int] = {}
    for key, node in value.node.value if isinstance(value.node, yaml.MappingNode) else []:
        line = value.expanded.line_of(key.start_mark.index)
        if not isinstance(key, yaml.ScalarNode):
            yield Fault("invalid map key", line)
        elif _is_merge(key) and not all(isinstance(one, yaml.MappingNode) for one in _merged(node)):
            yield Fault("map merge requires map or sequence of maps as the value", line)
        elif key.value in seen:
            yield Fault(f'mapping key "{key.value}" already defined at line {seen[key.value]}', line)
        seen.setdefault(str(key.value), line)


def _is_merge(key: yaml.Node) -> bool:
    return isinstance(key, yaml.ScalarNode) and key.value == "<<" and not key.style


def _merged(node: yaml.Node) -> list[yaml.Node]:
    """The mappings that `<<` takes over."""
    return list(node.value) if isinstance(node, yaml.SequenceNode) else [node]


def _entries(root: yaml.Node) -> Iterator[tuple[yaml.Node, yaml.Node]]:
    """The entries of a mapping, then those of the mappings it merges, each of those once."""
    waiting, seen = deque([root]), set[int]()
    while waiting:
        node = waiting.popleft()
        if not isinstance(node, yaml.MappingNode) or id(node) in seen:
            continue
        seen.add(id(node))
        yield from ((key, value) for key, value in node.value if not _is_merge(key))
        waiting.extend(one for key, value in node.value if _is_merge(key) for one in _merged(value))


def _go_type(node: yaml.ScalarNode) -> str:
    tag = node.tag.removeprefix("tag:yaml.org,2002:")
    if tag in _TAGS:
        return _TAGS[tag]
    return _of_plain(node.value) if not node.style and tag == UNTAGGED else "string"


def _of_plain(word: str) -> str:
    """What a word without quotes is."""
    if word in _NULLS:
        return "nil"
    if word in _BOOLS:
        return "bool"
    if _is_date(word):
        return "time.Time"
    plain = word.replace("_", "")
    if _INTS.fullmatch(plain) and word[:1] in "+-0123456789":
        return _of_digits(plain)
    return "float64" if _FLOATS.fullmatch(plain) and word[:1] in "+-.0123456789" else "string"


def _of_digits(plain: str) -> str:
    """What a whole number is: Go has no type for a very long one."""
    size = abs(int(plain)) if len(plain) > 18 and plain.lstrip("+-").isdecimal() else 0
    return "int" if size < 1 << 63 else "uint64" if size < 1 << 64 else "float64"


def _is_date(word: str) -> bool:
    found = _DATE.fullmatch(word)
    if not found:
        return False
    try:
        datetime(int(word[:4]) or 1, int(found[1]), int(found[2]))
    except ValueError:
        return False
    return True
