"""A small executed notebook, as `nbformat` 4.5 writes it."""

import itertools
from typing import Any

from faultbook.playbooks.notebook import Notebook
from faultbook.playbooks.verdict import MIME

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><title>Two steps</title><rect width="3"/></svg>'
VERDICT = {
    "playbook": "toy/why",
    "confirmed": [
        {
            "failure": "toy/disk-full",
            "title": "The disk is full",
            "page": "failures/toy/disk-full/",
            "caused_by": [],
            "evidence": [{"path": "app.log", "line": 2, "text": "error: disk /dev/sda1 is full"}],
        }
    ],
    "missing": [],
}
COUNT: dict[str, Any] = {"execution_count": None}
_NUMBERS = itertools.count()
VERDICT_HTML = '<div class="fb-verdict"><code>toy/disk-full</code><code>app.log:2</code></div>'


def _next_id() -> str:
    """An id no other cell has."""
    return f"cell-{next(_NUMBERS)}"


def code(source: str, *tags: str, outputs: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    """A code cell."""
    metadata = {"tags": list(tags)} if tags else {}
    return {
        "cell_type": "code",
        "id": _next_id(),
        "metadata": metadata,
        "source": source,
        "outputs": outputs or [],
    } | COUNT


def words(source: str | list[str]) -> dict[str, Any]:
    """A Markdown cell."""
    return {"cell_type": "markdown", "id": _next_id(), "metadata": {}, "source": source}


def shown(**data: Any) -> dict[str, Any]:
    """An output; `_` in a name stands for `/` in its MIME type."""
    return {"output_type": "display_data", "metadata": {}, "data": {k.replace("_", "/"): v for k, v in data.items()}}


def executed() -> Notebook:
    """A notebook with every kind of cell and output a playbook has."""
    picture = {"output_type": "display_data", "metadata": {}, "data": {"image/svg+xml": SVG, "text/plain": "two"}}
    verdict = {
        "output_type": "execute_result",
        "metadata": {},
        "execution_count": None,
        "data": {MIME: VERDICT, "text/html": VERDICT_HTML, "text/plain": "v"},
    }
    return {
        "metadata": {
            "faultbook": {
                "title": "Why it failed",
                "summary": "Finds out.",
                "logs": {"log": "toy/app-log"},
                "needs": "log",
                "sample": "toy/broken",
            }
        },
        "nbformat": 4,
        "nbformat_minor": 5,
        "cells": [
            words(
                [
                    "# Why it failed\n",
                    "\n",
                    "We look at `app.log`; see [the disk](../../docs/failures/toy/disk-full.md).",
                ]
            ),
            code('log = "../samples/toy/broken/app.log"', "parameters"),
            words("## What there is\n\n| a | b |\n|---|---|\n| 1 | 2 |"),
            code(
                "print(1)", outputs=[{"output_type": "stream", "name": "stdout", "text": ["<b>1</b>\n", "\x1b[31m2"]}]
            ),
            code("steps()", "table", outputs=[shown(text_html="<table><tr><td>key</td></tr></table>")]),
            words("## What there is"),
            code("draw()", "picture", outputs=[picture]),
            code("conclude()", "verdict", outputs=[verdict]),
        ],
    }
