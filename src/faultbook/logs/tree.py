"""The forms without indices: `report` (a tree with a head), `dots` (rows and blocks) and `logs` (blocks only).

Source of the formats: dagql/idtui of dagger v0.21.8 and v1.0.0-beta.11. Steps are numbered from 1 as they first
appear; a block and a node of the tree with the same title are the same step, as long as it has not ended yet.
"""

import re

from faultbook.logs.closing import error, single
from faultbook.logs.reading import DURATION, seconds
from faultbook.logs.records import Closing, Dots, End, ErrorText, Notice, Other, Output, Record, Start, Status

_TREE = " │├╰╴─"
_NODE = re.compile(r"([ │├╰╴─]*)([✔✘$○∅]) (.*)", re.DOTALL)
_TAIL = re.compile(rf"(.*) ({DURATION})(?: (?:CACHED|ERROR))?(?: █.*)?", re.DOTALL)
_ROW = re.compile(r"▶ ([.X]*)")
_COMMAND = re.compile(rf"(.*?) +(?:{DURATION})", re.DOTALL)
_MARKS: dict[str, Status] = {"✔": "DONE", "✘": "ERROR", "$": "CACHED"}


def begins_tree(text: str) -> bool:
    """Whether a line is the first node of a tree: connecting to the engine always is."""
    return text.startswith(("✔ connect", "✘ connect"))


class TreeLines:
    """Reads blocks and nodes; knows the steps shown so far."""

    def __init__(self) -> None:
        self._count = 0
        self._idx = 0
        self._running: dict[str, int] = {}
        self._failed: dict[str, int] = {}
        self._errors: dict[int, str] = {}
        self._title: list[str] = []
        self._depth = 0
        self._mark = ""
        self._again = False
        self._after_error = False

    def row(self, number: int, text: str) -> Dots | None:
        """A row such as `▶ ....X.XX`; it goes on where the last one stopped."""
        found = _ROW.fullmatch(text)
        return Dots(number, found[1].count("."), found[1].count("X")) if found else None

    def block(self, number: int, text: str) -> Record:
        """A line of the blocks: `▼ <step>`, then its raw output."""
        if text.startswith("▼ "):
            title = text[2:]
            self._idx = self._running[title] = self._running.get(title) or self._next()
            return Start(number, self._idx, 0, title, block=True)
        return Output(number, self._idx, None, text) if self._idx else Other(number, text)

    def node(self, number: int, text: str, after_blank: bool) -> tuple[Record, ...]:
        """A line of the tree, which is a node, a further line of one, or what a node printed."""
        found = _NODE.fullmatch(text)
        if found and self._is_node(text, after_blank):
            return self._new_node(number, len(found[1]) // 2, found[2], found[3], after_blank)
        if self._title:
            return self._more_title(number, text.lstrip(_TREE).removeprefix("┆").lstrip(" ┆"))
        return (self._text(number, text, text.lstrip(_TREE)),)

    def _is_node(self, text: str, after_blank: bool) -> bool:
        """In the second showing of a failed step its output is raw, and only another failed step ends it."""
        return not self._again or (after_blank and text in self._failed)

    def _new_node(self, number: int, depth: int, mark: str, title: str, after_blank: bool) -> tuple[Record, ...]:
        shown = f"{mark} {title}"
        self._again = depth == 0 and after_blank and shown in self._failed
        self._after_error, self._depth, self._mark, self._title = False, depth, mark, [title]
        tail = _TAIL.fullmatch(title)
        name = tail[1] if tail else title
        self._idx = self._failed[shown] if self._again else self._running.pop(name, 0) or self._next()
        if mark == "✘":
            self._failed[shown] = self._idx
        if not tail and title.endswith("("):
            return (Start(number, self._idx, depth, title),)
        return Start(number, self._idx, depth, name), *self._end(number, name, tail[2] if tail else "")

    def _more_title(self, number: int, text: str) -> tuple[Record, ...]:
        tail = _TAIL.fullmatch(text) if text.startswith(")") else None
        part = tail[1] if tail else text
        more = Start(number, self._idx, self._depth, part, more=True)
        self._title.append(part)
        return (more, *self._end(number, joined(self._title), tail[2])) if tail else (more,)

    def _end(self, number: int, name: str, duration: str) -> tuple[Record, ...]:
        self._title = []
        status = _MARKS.get(self._mark)
        return (End(number, self._idx, self._depth, name, status, seconds(duration)),) if status else ()

    def _text(self, number: int, text: str, bare: str) -> Record:
        after_error, self._after_error = self._after_error, False
        if bare.startswith("! ") and (not self._again or bare[2:] == self._errors.get(self._idx)):
            self._after_error = True
            self._errors.setdefault(self._idx, bare[2:])
            return ErrorText(number, self._idx, bare[2:])
        if self._again:
            return Output(number, self._idx, None, text)
        if bare.startswith("┃"):
            return Output(number, self._idx, None, bare[1:].removeprefix(" "))
        own = Notice(number, text) if bare.startswith("┇ ") else single(number, text)
        return own or (ErrorText(number, self._idx, text, more=True) if after_error else Other(number, text))

    def _next(self) -> int:
        self._count += 1
        return self._count


class HeadLines:
    """Reads the head of a report: verdict, command, then the errors of the run, up to an empty line."""

    def __init__(self) -> None:
        self._seen = 0

    def record(self, number: int, text: str) -> Closing:
        """What a line of the head says."""
        self._seen += 1
        if self._seen == 1:
            return Closing(number, "verdict", text.rsplit(" ", 1)[-1])
        if self._seen == 2:
            found = _COMMAND.fullmatch(text)
            return Closing(number, "command", found[1] if found else text)
        if re.fullmatch(r"! exit code \d+", text):
            return Closing(number, "exit", text[2:])
        return error(number, text.removeprefix("! "))


def joined(parts: list[str]) -> str:
    """A title of several lines as one: `from(`, `address: "x"`, `): Container!` is `from(address: "x"): Container!`."""
    title = ""
    for part in parts:
        tight = not title or title.endswith("(") or part.startswith(")")
        title += part if tight else f", {part}"
    return title
