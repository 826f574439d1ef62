"""The cells of a notebook as HTML: text as text, code folded, of each output the form that tells most.

nbconvert is not used: importing it takes longer than building the whole site, and of what it does only the
rendering of Markdown would remain, for which it uses mistune, too.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

from faultbook.matcher.line import strip_escapes
from faultbook.playbooks.notebook import INJECTED, PARAMETERS, Notebook, source, tagged
from faultbook.render.highlight import highlighted
from faultbook.render.html import tag, text
from faultbook.render.safe import safe, safe_svg
from faultbook.report.lines import shown

Cell = dict[str, Any]
KEY_TAGS = {"picture", "table", "verdict"}
"""Tags of the cells whose outputs a page shows in short."""
_PRINTED_LINE = 2000


def whole(notebook: Notebook) -> str:
    """Every cell: Markdown, code in folds, parameters open, all outputs."""
    return "".join(map(_cell, _shown_cells(notebook)))


def short(notebook: Notebook) -> str:
    """The outputs of the key cells, then all code in one fold."""
    outputs = (_output(output) for cell in notebook["cells"] if _tags(cell) & KEY_TAGS for output in cell["outputs"])
    code = (source(cell) for cell in notebook["cells"] if cell["cell_type"] == "code")
    return "".join(outputs) + _fold("\n\n".join(code))


def markdown(words: str) -> str:
    """Markdown as safe HTML."""
    return safe(_renderer()(words))


def _shown_cells(notebook: Notebook) -> Iterator[Cell]:
    """All cells but the default parameters where the run was given values of its own."""
    replaced = tagged(notebook, PARAMETERS) if tagged(notebook, INJECTED) else []
    return (cell for cell in notebook["cells"] if cell not in replaced)


def _cell(cell: Cell) -> str:
    if cell["cell_type"] == "markdown":
        return markdown(source(cell))
    if cell["cell_type"] != "code":
        return ""
    return _code(cell) + "".join(map(_output, cell.get("outputs", [])))


def _code(cell: Cell) -> str:
    if not _tags(cell) & {PARAMETERS, INJECTED}:
        return _fold(source(cell))
    return tag("div", tag("p", "Parameters") + highlighted(source(cell), "python"), class_="fb-parameters")


def _fold(code: str) -> str:
    if not code.strip():
        return ""
    return tag("details", tag("summary", "Code") + highlighted(code, "python"), class_="fb-code")


def _output(output: dict[str, Any]) -> str:
    """An output: a picture rather than HTML, HTML rather than text. Formats as in nbformat 4.5."""
    kind = output["output_type"]
    if kind == "stream":
        return _printed(_joined(output["text"]))
    if kind == "error":
        return _printed("\n".join(output["traceback"]), "fb-printed fb-error")
    data = {mime: _joined(value) for mime, value in output["data"].items() if mime in _FORMS}
    return next((form(data[mime]) for mime, form in _FORMS.items() if mime in data), "")


def _picture(markup: str) -> str:
    return tag("div", safe_svg(markup), class_="fb-picture")


def _html(markup: str) -> str:
    """Safe HTML in a box that scrolls; the class of its tables keeps the theme from boxing them once more."""
    inner = safe(markup).replace("<table>", '<table class="fb-table">')
    return tag("div", inner, class_="fb-shown", tabindex="0", role="group", aria_label="Output")


def _printed(words: str, name: str = "fb-printed") -> str:
    lines = (shown(strip_escapes(line), _PRINTED_LINE) for line in words.split("\n"))
    return tag("pre", text("\n".join(lines)), class_=name, tabindex="0")


_FORMS = {"image/svg+xml": _picture, "text/html": _html, "text/markdown": markdown, "text/plain": _printed}


def _tags(cell: Cell) -> set[str]:
    return set(cell.get("metadata", {}).get("tags", []))


def _joined(value: str | Iterable[str]) -> str:
    """Text that a notebook may hold as a list of lines."""
    return value if isinstance(value, str) else "".join(value)


@lru_cache
def _renderer() -> Any:
    import mistune

    return mistune.create_markdown(escape=False, plugins=["table", "strikethrough"])
