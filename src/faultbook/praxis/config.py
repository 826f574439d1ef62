"""The configuration of an agent: its name and its tools, as the agent reads them, each with its line.

Source of the keys: internal/config/types.go of praxis-go-sdk v0.2.0 and efa5f5e.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

from faultbook.matcher.source import blocks, display_name, opened
from faultbook.praxis.document import Fault, Value, parsed
from faultbook.praxis.expand import Expanded, expanded
from faultbook.problems import Refusal

_LONGEST = 8 << 20
_SECTION = re.compile(r"^(?:agent|p2p|http|mcp|llm|logging|prometheus) *:", re.MULTILINE)


@dataclass(frozen=True)
class Tool:
    """An entry of `agent.tools`. `spec` is its `engineSpec`, None where it has none or a null."""

    entry: Value
    number: int

    @property
    def name(self) -> str:
        """Its name, or else its place in the list, counted from 1."""
        return _text(self.entry, "name") or f"tool {self.number}"

    @property
    def engine(self) -> str:
        """The engine that shall run it."""
        return _text(self.entry, "engine")

    @property
    def spec(self) -> Value | None:
        """What the engine is told."""
        spec = self.entry.get("engineSpec")
        return None if spec is None or spec.is_null else spec

    @property
    def required(self) -> list[str]:
        """The parameters without which a call is refused."""
        params = self.entry.get("params")
        items = params.items() if params else []
        return [_text(item, "name") for item in items if _text(item, "required") == "true"]


@dataclass(frozen=True)
class Config:
    """A configuration in an environment. `root` is None when the agent cannot read it; `fault` says why."""

    expanded: Expanded
    root: Value | None
    fault: Fault | None = None

    @property
    def agent_name(self) -> str:
        """What the agent calls itself."""
        agent = self.root.get("agent") if self.root else None
        return _text(agent, "name") if agent else ""

    @cached_property
    def tools(self) -> list[Tool]:
        """The tools, in the order of the file."""
        agent = self.root.get("agent") if self.root else None
        tools = agent.get("tools") if agent else None
        return [Tool(entry, number) for number, entry in enumerate(tools.items() if tools else [], 1)]

    def tool(self, name: str) -> Tool | None:
        """The tool with this name; of several the last, which is the one that stays registered."""
        return next((tool for tool in reversed(self.tools) if tool.name == name), None)


def read_config(text: str, environment: Mapping[str, str]) -> Config:
    """The configuration which an agent that is started in this environment reads from `text`. Never raises."""
    told = expanded(text, environment)
    try:
        return Config(told, parsed(told))
    except Fault as fault:
        return Config(told, None, fault)


def text_of(log: str | Path | BinaryIO) -> str:
    """The text of a configuration file, without a byte order mark.

    Raises `Refusal` when it cannot be read, is not UTF-8, is far too long, or has no section of a configuration.
    """
    with opened(log) as stream:
        parts = []
        for block in blocks(stream):
            parts.append(block.data)
            if block.offset > _LONGEST:
                raise Refusal(f"{display_name(log)}: is too long for a configuration", "Give the agent's YAML file.")
    data = b"".join(parts)
    try:
        text = data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        place = f"{display_name(log)}:{data.count(10, 0, error.start) + 1}"
        raise Refusal(f"{place}: is not UTF-8", "Save it as UTF-8; the agent refuses it, too.") from None
    if not _SECTION.search(text):
        remedy = "Give the YAML file an agent is started with (`-config`, else configs/agent.yaml)."
        raise Refusal(f"{display_name(log)}: is no configuration of an agent: no section `agent:` in it", remedy)
    return text


def _text(value: Value, key: str) -> str:
    """The text of a key's scalar, "" without one. The agent takes a number for text here, and a null for nothing."""
    found = value.get(key)
    return "" if found is None or found.is_null else found.text
