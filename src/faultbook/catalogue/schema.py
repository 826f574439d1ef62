"""Read a mapping against what is expected of it; every deviation becomes a `Problem` with its line."""

import difflib
import re
from collections.abc import Iterator
from typing import Any

from faultbook.catalogue.yamldoc import Node
from faultbook.problems import Problem

_HEX = re.compile("([0-9a-f]{2})+")


class Fields:
    """One mapping being read. What was never asked for is an unknown key, reported by `finish`."""

    def __init__(self, node: Node, path: str, problems: list[Problem], what: str) -> None:
        self._path = path
        self._problems = problems
        self._what = what
        self._asked: list[str] = []
        self._line = node.line
        self._values: dict[str, Node] = node.value if isinstance(node.value, dict) else {}
        if not isinstance(node.value, dict):
            self._complain(node.line, f"{what} is no mapping", "Write `key: value` lines.")

    def text(self, key: str, optional: bool = False) -> str:
        """A non-empty string; '' where it is optional and absent, or wrong (then reported)."""
        node = self._node(key, optional)
        if node is None:
            return ""
        value = _as_text(node.value)
        if not value:
            self._complain(node.line, f"{key} is no text", f"Write `{key}: some words`.")
        return value

    def texts(self, key: str, optional: bool = False, least: int = 0) -> tuple[str, ...]:
        """A list of non-empty strings without repetition, at least `least` of them."""
        return tuple(text for text, _ in self.placed_texts(key, optional, least))

    def hexes(self, key: str) -> tuple[str, ...]:
        """An optional list of byte strings in hexadecimal; those that are none are reported and left out."""
        placed = self.placed_texts(key, optional=True)
        for text, line in placed:
            if not _HEX.fullmatch(text):
                self._complain(line, f"{key} has {text!r}, which is no bytes in hexadecimal", "Write like '0a04'.")
        return tuple(text for text, _ in placed if _HEX.fullmatch(text))

    def placed_texts(self, key: str, optional: bool = False, least: int = 0) -> list[tuple[str, int]]:
        """As `texts`, each with its line."""
        found: list[tuple[str, int]] = []
        for item in self._list(key, optional):
            value = _as_text(item.value)
            if not value:
                self._complain(
                    item.line, f"an item of {key} is no text", "Write words, in quotes if they have a colon."
                )
            elif value in (text for text, _ in found):
                self._complain(item.line, f"{key} has {value!r} twice", "Remove one.")
            else:
                found.append((value, item.line))
        if len(found) < least:
            self._complain(self.line(key), f"{key} needs at least {least}", f"Add to the list `{key}:`.")
        return found

    def flag(self, key: str) -> bool:
        """True or false; false where it is absent."""
        node = self._node(key, optional=True)
        if node is None:
            return False
        if not isinstance(node.value, bool):
            self._complain(node.line, f"{key} is neither true nor false", f"Write `{key}: true` or leave it out.")
        return node.value is True

    def one_of(self, key: str, choices: tuple[str, ...]) -> str:
        """One of a few words."""
        value = self.text(key)
        if value and value not in choices:
            self._complain(self.line(key), f"{key} is {value!r}", f"Choose one of: {', '.join(choices)}.")
        return value

    def mappings(self, key: str, what: str, optional: bool = False) -> Iterator["Fields"]:
        """The mappings in a list, each to be read and finished."""
        for item in self._list(key, optional):
            yield Fields(item, self._path, self._problems, what)

    def pairs(self, key: str) -> dict[str, str]:
        """A mapping from words to texts."""
        node = self._node(key, optional=False)
        if node is None:
            return {}
        if not isinstance(node.value, dict):
            self._complain(node.line, f"{key} is no mapping", "Write `name: value` lines.")
            return {}
        return {name: _as_text(value.value) for name, value in node.value.items()}

    def line(self, key: str = "") -> int:
        """The line of a key, or of the mapping itself."""
        node = self._values.get(key)
        return node.line if node else self._line

    def finish(self) -> None:
        """Report the keys nobody asked for."""
        for key in self._values.keys() - set(self._asked):
            near = difflib.get_close_matches(key, self._asked, 1)
            hint = f"Did you mean {near[0]}?" if near else f"Known keys: {', '.join(self._asked)}."
            self._complain(self.line(key), f"unknown key {key} in {self._what}", hint)

    def _node(self, key: str, optional: bool) -> Node | None:
        self._asked.append(key)
        node = self._values.get(key)
        if node is not None and node.value is None:
            node = None
        if node is None and not optional:
            self._complain(self.line(key), f"{key} is missing in {self._what}", f"Add `{key}:`.")
        return node

    def _list(self, key: str, optional: bool) -> list[Node]:
        node = self._node(key, optional)
        if node is None:
            return []
        if not isinstance(node.value, list):
            self._complain(node.line, f"{key} is no list", f"Write `{key}: [...]`.")
            return []
        return node.value

    def _complain(self, line: int, what: str, remedy: str) -> None:
        self._problems.append(Problem(self._path, line, what, remedy))


def _as_text(value: Any) -> str:
    """A scalar as text; YAML reads `v0.21` as text but `1.13` and `2026-11-21` as something else."""
    if isinstance(value, bool | list | dict) or value is None:
        return ""
    return str(value).strip()
