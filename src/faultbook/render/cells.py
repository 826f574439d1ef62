"""The cells of a notebook as HTML, through nbconvert: text as text, code folded, of each output what tells most.

nbconvert takes the notebook apart and renders its Markdown; `templates/faultbook` says what stands where, and the
filters here say how. Importing nbconvert takes longer than building the whole site, so what it made is kept in the
cache folder, keyed by all it was made from.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from faultbook import __version__
from faultbook.cache import cached_bytes
from faultbook.matcher.line import strip_escapes
from faultbook.playbooks.notebook import INJECTED, PARAMETERS, Notebook, source, tagged
from faultbook.render.highlight import highlighted
from faultbook.render.html import tag, text
from faultbook.render.safe import safe, safe_svg
from faultbook.report.lines import shown

Cell = dict[str, Any]
KEY_TAGS = {"picture", "table", "verdict"}
"""Tags of the cells whose outputs a page shows in short."""
TEMPLATES = Path(__file__).parent / "templates"
_PRINTED_LINE = 2000


def whole(notebook: Notebook) -> str:
    """Every cell: Markdown, code in folds, parameters open, all outputs."""
    return _converted(notebook, short=False)


def short(notebook: Notebook) -> str:
    """The outputs of the key cells, then all code in one fold."""
    return _converted(notebook, short=True)


def _converted(notebook: Notebook, short: bool) -> str:
    digest = hashlib.sha256(f"{_made_with()}{short}{json.dumps(notebook, sort_keys=True)}".encode()).hexdigest()
    return cached_bytes(f"html/{digest}.html", lambda: _export(notebook, short).encode()).decode()


@lru_cache
def _made_with() -> str:
    """A digest of what a conversion depends on besides the notebook: the template and the modules of this folder."""
    parts = [*sorted(Path(__file__).parent.glob("*.py")), *sorted((TEMPLATES / "faultbook").iterdir())]
    return hashlib.sha256(__version__.encode() + b"".join(part.read_bytes() for part in parts)).hexdigest()


def _export(notebook: Notebook, short: bool) -> str:
    import nbformat

    node = nbformat.reads(json.dumps(notebook), as_version=4)  # type: ignore[no-untyped-call]
    page, _ = _exporter().from_notebook_node(node, resources={"short": short})
    return str(page)


@lru_cache
def _exporter() -> Any:
    from nbconvert.exporters import TemplateExporter
    from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

    # Not its HTMLExporter, which parses the result once more and writes the names of SVG attributes in small letters.
    exporter: Any = TemplateExporter(  # type: ignore[no-untyped-call]
        template_name="faultbook", extra_template_basedirs=[str(TEMPLATES)], file_extension=".html"
    )
    renderer = IPythonRenderer(escape=False, exclude_anchor_links=True)
    exporter.register_filter("markdown2html", MarkdownWithMath(renderer=renderer).render)
    for name, function in _filters().items():
        exporter.register_filter(name, function)
    return exporter


def _filters() -> dict[str, Callable[[Any], Any]]:
    """What the template calls."""
    return {
        "shown_cells": _shown_cells,
        "key_outputs": _key_outputs,
        "all_code": _all_code,
        "code_html": _code,
        "output_html": _output,
        "only_safe": safe,
        "fold": _fold,
    }


def _key_outputs(notebook: Notebook) -> list[dict[str, Any]]:
    return [output for cell in notebook["cells"] if _tags(cell) & KEY_TAGS for output in cell["outputs"]]


def _all_code(notebook: Notebook) -> str:
    return "\n\n".join(source(cell) for cell in notebook["cells"] if cell["cell_type"] == "code")


def _shown_cells(notebook: Notebook) -> Iterator[Cell]:
    """All cells but the default parameters where the run was given values of its own."""
    replaced = tagged(notebook, PARAMETERS) if tagged(notebook, INJECTED) else []
    return (cell for cell in notebook["cells"] if cell not in replaced)


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


_FORMS: dict[str, Callable[[str], str]] = {"image/svg+xml": _picture, "text/html": _html, "text/plain": _printed}


def _tags(cell: Cell) -> set[str]:
    return set(cell.get("metadata", {}).get("tags", []))


def _joined(value: str | Iterable[str]) -> str:
    """Text that a notebook may hold as a list of lines."""
    return value if isinstance(value, str) else "".join(value)
