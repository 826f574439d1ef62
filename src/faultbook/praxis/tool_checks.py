"""Checks of one tool: what its engine will refuse or ignore, in the engine's own words."""

import re
from collections.abc import Iterator

from faultbook.praxis import rules
from faultbook.praxis.config import Tool
from faultbook.praxis.document import Value
from faultbook.praxis.findings import Finding, called, finding, shape
from faultbook.praxis.rules import KEYS, Key

_UPPER = re.compile(r"[A-Z]")


def check_tool(tool: Tool) -> Iterator[Finding]:
    """What is wrong with one tool."""
    if not tool.entry.go_type.startswith("map["):
        yield from shape(tool.entry, f"tool {tool.number}", "mapping")
        return
    for key, wanted in rules.TOOL_SHAPES.items():
        yield from shape(tool.entry.get(key), f"{key} of tool {tool.name}", wanted)
    params = tool.entry.get("params")
    for param in params.items() if params else []:
        yield from shape(param, f"a parameter of tool {tool.name}", "mapping")
        for word, value in param.entries():
            yield from shape(value, f"{word.text} of a parameter of tool {tool.name}", "word")
    engine = tool.entry.get("engine")
    line = engine.line if engine else tool.entry.line
    if tool.engine not in rules.ENGINES:
        yield finding("unknown-engine", line, tool.name, got=tool.engine)
    elif tool.engine == "remote-mcp":
        yield finding("remote-mcp", line, tool.name)
        if not (tool.spec and tool.spec.get("address")):
            yield finding("remote-address", line, tool.name)
    elif tool.spec is None or tool.spec.go_type.startswith("map["):
        yield from _spec(tool)


def _spec(tool: Tool) -> Iterator[Finding]:
    """What is wrong with what the Dagger engine is told."""
    spec = tool.spec
    given = {key.text: value for key, value in spec.entries()} if spec else {}
    yield from _image(tool, given.get("image"))
    command = given.get("command")
    if spec and (command is None or command.is_null or (command.go_type == "[]interface {}" and not command.items())):
        yield finding("no-command", (command or spec).line, tool.name)
    for key in KEYS[1:]:
        if key.name in given:
            yield from _misshapen(tool, key, given[key.name])
    for name, value in given.items():
        if name not in {key.name for key in KEYS}:
            yield finding("limit" if name in rules.LIMITS else "unknown-key", value.line, tool.name, key=name)
    mounts = given.get("mounts")
    for _, target in mounts.entries() if mounts else []:
        if target.go_type == "string":
            yield finding("mount-output", target.line, tool.name, got=target.text)


def _image(tool: Tool, image: Value | None) -> Iterator[Finding]:
    if image is None or image.is_null:
        got = "is missing" if tool.spec else "is missing: there is no engineSpec"
        yield finding("image", (image or tool.spec or tool.entry).line, tool.name, got=got)
    elif image.go_type != "string":
        yield finding("image", image.line, tool.name, got=f"is {called(image)}")
    elif not image.text:
        yield finding("image", image.line, tool.name, got="is empty")
    elif why := why_no_reference(image.text):
        yield finding("image-reference", image.line, tool.name, got=image.text, why=why)


def why_no_reference(image: str) -> str | None:
    """Why this is no reference to an image, as far as it was seen to fail; the registry's part may have capitals."""
    first, _, rest = image.partition("/")
    is_host = rest and (any(sign in first for sign in ".:") or first == "localhost" or first != first.lower())
    repository = (rest if is_host else image).partition("@")[0].rpartition("/")
    name = f"{repository[0]}{repository[1]}{repository[2].partition(':')[0]}"
    if _UPPER.search(name):
        return f"repository name ({name}) must be lowercase"
    return "nothing stands behind the last sign" if image.endswith((":", "@")) else None


def _misshapen(tool: Tool, key: Key, value: Value) -> Iterator[Finding]:
    """A key whose value the engine cannot use, in the engine's own words."""
    for why, line in _complaints(key, value):
        yield finding(key.rule, line, tool.name, complaint=f"{key.complaint}{why}", why=why)


def _complaints(key: Key, value: Value) -> Iterator[tuple[str, int]]:
    wanted, shown = (
        ("map[string]string", "map[") if key.shape == "map" else ("[]string or []interface{}", "[]interface {}")
    )
    if value.is_null:
        return
    if not value.go_type.startswith(shown):
        yield f"expected {wanted}, got {value.go_type}", value.line
    for index, item in enumerate(value.items() if key.shape == "list" else []):
        if item.go_type != "string":
            yield f"element at index {index} is not a string", item.line
    for name, item in value.entries() if key.shape == "map" else []:
        if name.go_type != "string":
            yield f"key {name.text} is not a string", name.line
        elif item.go_type != "string":
            yield f"value for key {name.text} is not a string", item.line
