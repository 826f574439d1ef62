"""The output of the Dagger CLI, in any of its forms: `plain`, `report`, `dots`, `logs`, also inside a CI job's log.

Read from captured logs of dagger v0.21.8 and v1.0.0-beta.11. What a reader of these records has to know:

- Pair starts and ends by `idx`: their names differ. The last end of a step counts, output may follow it.
- The error text stands on the step that consumed the failed one; an exec that fails has none of its own (`plain`).
- DONE is no proof in a run that was cancelled, cut, or lost its engine.
- A log holds one run. In a merged log a line `Error: ...` of the program itself cannot be told from the CLI's.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from faultbook.logs.closing import ClosingLines, opens, single
from faultbook.logs.plain import PlainLines
from faultbook.logs.reading import text_lines
from faultbook.logs.records import Closing, Dots, End, ErrorText, Form, Notice, Other, Output, Record, Start, Status
from faultbook.logs.tree import HeadLines, TreeLines, begins_tree

__all__ = [
    "Closing", "Dots", "End", "ErrorText", "Form", "Notice", "Other", "Output", "Record", "Start", "Status",
    "read_progress",
]  # fmt: skip


def read_progress(log: str | Path | BinaryIO) -> Iterator[Record]:
    """The records of a CLI log, in the order of its lines; empty lines between records are left out.

    Only a node of a tree gives two records for one line (start and end). Never raises on what a log contains;
    raises `Refusal` when it cannot be read at all.
    """
    reader = _Reader()
    for number, text in text_lines(log):
        yield from reader.records(number, text)


class _Reader:
    """Finds the form from the lines as they come, and hands each to the part which reads it."""

    def __init__(self) -> None:
        self._plain = PlainLines()
        self._tree = TreeLines()
        self._head = HeadLines()
        self._closing = ClosingLines()
        self._part = self._outside
        self._after_blank = True

    def records(self, number: int, text: str) -> tuple[Record, ...]:
        records = self._part(number, text)
        self._after_blank = not text
        return records

    def _outside(self, number: int, text: str) -> tuple[Record, ...]:
        """The plain form, and lines before any form has shown itself."""
        step_line = self._plain.record(number, text)
        if step_line:
            return (step_line,)
        if not text:
            return ()
        return self._begin(number, text) or (single(number, text) or Other(number, text),)

    def _begin(self, number: int, text: str) -> tuple[Record, ...]:
        """A line with which another part begins."""
        if opens(text):
            self._part, self._closing = self._in_closing, ClosingLines()
            return (self._closing.first(number, text),)
        if text.startswith("TRACE  "):
            self._part, self._head = self._in_head, HeadLines()
            return self._in_head(number, text)
        if text.startswith(("▼ ", "▶ ")):
            self._part = self._in_blocks
            return self._in_blocks(number, text)
        return ()

    def _in_closing(self, number: int, text: str) -> tuple[Record, ...]:
        record = self._closing.record(number, text)
        if self._closing.ended:
            self._part = self._outside
        return (record,)

    def _in_head(self, number: int, text: str) -> tuple[Record, ...]:
        if not text:
            self._part = self._in_tree
            return ()
        return (self._head.record(number, text),)

    def _in_blocks(self, number: int, text: str) -> tuple[Record, ...]:
        """Blocks end where a tree, its head or the closing block begins, which is after an empty line."""
        if not text:
            return ()
        if begins_tree(text) and self._after_blank:
            self._part = self._in_tree
            return self._in_tree(number, text)
        if self._after_blank and (opens(text) or text.startswith("TRACE  ")):
            return self._begin(number, text)
        row = self._tree.row(number, text)
        own = single(number, text) if text.startswith("##[") or text == "Canceled." else None
        return (row or own or self._tree.block(number, text),)

    def _in_tree(self, number: int, text: str) -> tuple[Record, ...]:
        if not text:
            return ()
        if opens(text) and self._after_blank:
            return self._begin(number, text)
        return self._tree.node(number, text, self._after_blank)
