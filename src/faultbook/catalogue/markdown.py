"""What the catalogue needs to know of a Markdown page: front matter, headings, fences and links."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from faultbook.catalogue.yamldoc import Node, YamlFault, parse

_FENCE = re.compile(r"^(?P<indent> *)(?P<mark>`{3,}|~{3,})(?P<info>.*)$")
_LINK = re.compile(r"\]\((?P<target>[^)\s]+)(?: \"[^\"]*\")?\)")


@dataclass(frozen=True)
class Fence:
    """A fenced block: it opens at `line` and closes at `last` (1-based); `info` stands behind the opening mark.

    `body` is its text without the indent of the fence, ending in a line feed unless empty.
    """

    info: str
    body: str
    line: int
    last: int
    indent: int


@dataclass(frozen=True)
class Page:
    """A page taken apart: `matter` is its front matter, `body` the text below, from line `body_line` (1-based) on."""

    matter: Node
    body: str
    body_line: int


def split(text: str) -> Page:
    """Cut a page into front matter and body. Raises `YamlFault` where there is no readable front matter."""
    lines = text.split("\n")
    if lines[0].rstrip() != "---":
        raise YamlFault("there is no front matter: the first line is not ---", 1)
    end = next((at for at, line in enumerate(lines[1:], 1) if line.rstrip() == "---"), 0)
    if not end:
        raise YamlFault("the front matter has no closing ---", 1)
    matter = parse("\n".join(lines[1:end]), first_line=2)
    return Page(matter, "\n".join(lines[end + 1 :]), end + 2)


def fences(body: str, first_line: int = 1) -> Iterator[Fence]:
    """The fenced blocks of a body whose first line has the number `first_line`."""
    lines = body.split("\n")
    at = 0
    while at < len(lines):
        opening = _FENCE.match(lines[at])
        if opening:
            end = _closing(lines, at, opening["mark"])
            indent = len(opening["indent"])
            inner = "".join(f"{_dedented(line, indent)}\n" for line in lines[at + 1 : end])
            yield Fence(opening["info"].strip(), inner, first_line + at, first_line + end, indent)
            at = end
        at += 1


def headings(body: str, first_line: int = 1) -> list[tuple[str, int]]:
    """Second-level headings outside fences, each with its line."""
    return [(line[3:].strip(), number) for line, number in _prose(body, first_line) if line.startswith("## ")]


def links(body: str, first_line: int = 1) -> list[tuple[str, int]]:
    """Targets of links outside fences, each with its line."""
    return [(link["target"], number) for line, number in _prose(body, first_line) for link in _LINK.finditer(line)]


def _prose(body: str, first_line: int) -> Iterator[tuple[str, int]]:
    inside = {number for fence in fences(body, first_line) for number in range(fence.line, fence.last + 1)}
    for number, line in enumerate(body.split("\n"), first_line):
        if number not in inside:
            yield line, number


def _closing(lines: list[str], at: int, mark: str) -> int:
    """Index of the line that closes the fence opened at `at`; the last line where none does."""
    for end in range(at + 1, len(lines)):
        text = lines[end].strip()
        if text.startswith(mark) and not text.strip(mark[0]):
            return end
    return len(lines) - 1


def _dedented(line: str, indent: int) -> str:
    return line[indent:] if not line[:indent].strip() else line.lstrip()
