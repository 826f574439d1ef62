"""A table in a notebook: HTML for a page, aligned text for everything else."""

import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from faultbook.report.lines import shown

_CELL = 160


@dataclass(frozen=True)
class Table:
    """Rows under headings. All text is shown as text, cut to a readable length."""

    caption: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        """What a notebook shows."""
        return {"text/html": self.as_html(), "text/plain": self.as_text()}

    def as_html(self) -> str:
        """An HTML table with a caption and column headings."""
        head = "".join(f'<th scope="col">{html.escape(heading)}</th>' for heading in self.headings)
        body = "".join(
            "<tr>" + "".join(f"<td>{html.escape(shown(cell, _CELL))}</td>" for cell in row) + "</tr>"
            for row in self.rows
        )
        caption = f"<caption>{html.escape(self.caption)}</caption>"
        return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"

    def as_text(self) -> str:
        """Columns aligned with spaces."""
        rows = [[shown(cell, 60) for cell in row] for row in [self.headings, *self.rows]]
        widths = [max(len(row[column]) for row in rows) for column in range(len(self.headings))]
        lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
        return "\n".join([self.caption, *lines])


@dataclass(frozen=True)
class Excerpt:
    """Lines of a log in a notebook: each with its 1-based number; nothing in them is obeyed."""

    caption: str
    lines: Sequence[tuple[int, str]]

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        """What a notebook shows."""
        return {"text/html": self.as_html(), "text/plain": self.as_text()}

    def as_html(self) -> str:
        """A figure with the lines preformatted; just the caption as a paragraph where there are none."""
        if not self.lines:
            return f"<p>{html.escape(self.caption)}</p>"
        text = "\n".join(f"{number:>5}  {html.escape(shown(line))}" for number, line in self.lines)
        return f'<figure><figcaption>{html.escape(self.caption)}</figcaption><pre tabindex="0">{text}</pre></figure>'

    def as_text(self) -> str:
        """Numbered lines."""
        return "\n".join([self.caption, *(f"{number:>5}  {shown(line)}" for number, line in self.lines)])
