"""Where in a configuration each `$NAME` stands: in which key, of which tool, or in a comment."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from faultbook.praxis.config import Config
from faultbook.praxis.document import Fault, parsed
from faultbook.praxis.expand import as_written


@dataclass(frozen=True)
class Place:
    """`path` is like `agent.tools[0].engineSpec.image`, `comment`, or "" where the YAML cannot be read.

    `tool` is the name of the tool the path leads into, "" for none.
    """

    path: str
    tool: str = ""


def places(text: str, config: Config) -> dict[int, Place]:
    """The place of each reference of the configuration, by its offset in the text."""
    try:
        spans = sorted(_scalars(parsed(as_written(text)).node))
    except Fault:
        return {one.offset: Place("", _only_tool(config)) for one in config.expanded.references}
    starts = [start for start, _, _ in spans]
    found = {}
    for reference in config.expanded.references:
        at = bisect_right(starts, reference.offset) - 1
        inside = at >= 0 and reference.offset < spans[at][1]
        found[reference.offset] = _place(spans[at][2], config) if inside else Place("comment")
    return found


def _only_tool(config: Config) -> str:
    """What the agent makes of it is all there is: with `$NAME` in it the file is no YAML."""
    return config.tools[0].name if config.tools else "?"


def _place(path: str, config: Config) -> Place:
    number = path.removeprefix("agent.tools[").partition("]")[0]
    if not path.startswith("agent.tools[") or not number.isdecimal():
        return Place(path)
    tool = config.tools[int(number)].name if int(number) < len(config.tools) else f"tool {int(number) + 1}"
    return Place(path, tool)


def _scalars(root: yaml.Node) -> Iterator[tuple[int, int, str]]:
    """Start, end (0-based offsets) and path of each scalar, keys included; what an alias repeats comes once."""
    waiting, done = [(root, "")], set()
    while waiting:
        node, path = waiting.pop()
        if id(node) in done:
            continue
        done.add(id(node))
        if isinstance(node, yaml.ScalarNode):
            yield node.start_mark.index, node.end_mark.index, path
        elif isinstance(node, yaml.SequenceNode):
            waiting += [(item, f"{path}[{number}]") for number, item in enumerate(node.value)]
        else:
            waiting += [(child, _below(path, key)) for key, value in node.value for child in (key, value)]


def _below(path: str, key: yaml.Node) -> str:
    name = key.value if isinstance(key, yaml.ScalarNode) else "?"
    return f"{path}.{name}" if path else str(name)
