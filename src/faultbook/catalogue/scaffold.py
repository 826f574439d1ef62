"""First drafts of pages and playbooks; each says what is still to be written, and `faultbook check` insists."""

import json
from pathlib import Path

from faultbook.catalogue.load import HEADINGS
from faultbook.catalogue.model import FOLDERS, PLAYBOOKS
from faultbook.problems import Refusal

_MATTER = {
    "failure": """title:      # as a tired person would say it
summary:    # one sentence
family:     # the heading it stands under in the index
asked_as:   # what people type into a search box
  -
signatures:
  - log: {system}/
    pattern: ''
    says:
samples:    # the one that shows it best comes first
  -
playbook: {system}/
leads_to: []
seen_in:    # the version whose run is the sample
""",
    "log": """title:
summary:
recognised_by:
  - ''
error_like:
  - ''
noise: []
""",
    "checklist": """title:
summary:
asked_as:
  -
playbook: {system}/
sample: {system}/
""",
}
_NOUNS = {"failure": "failures", "log": "logs", "checklist": "checklists"}


def start(root: Path, noun: str, ident: str) -> Path:
    """Write the first draft of a page (`failure`, `log`, `checklist`) or playbook; returns its path.

    Raises `Refusal` when the file is there already.
    """
    path = _place(root, noun, ident)
    if path.exists():
        raise Refusal(f"{path}: is there already", "Edit it, or choose another slug.")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_playbook(ident) if noun == "playbook" else _page(noun, ident), encoding="utf-8")
    return path


def _place(root: Path, noun: str, ident: str) -> Path:
    if noun == "playbook":
        return root / PLAYBOOKS / f"{ident}.ipynb"
    return root / FOLDERS[_NOUNS[noun]] / f"{ident}.md"


def _page(noun: str, ident: str) -> str:
    matter = _MATTER[noun].format(system=ident.split("/")[0])
    body = "\n".join(f"## {heading}\n" for heading in HEADINGS[_NOUNS[noun]])
    return f"---\n{matter}---\n\n{body}"


def _playbook(ident: str) -> str:
    system = ident.split("/")[0]
    cells = [
        _cell("markdown", "What we look at, and why.", "story"),
        _cell("code", f'log = "../samples/{system}/SLUG/cli.log"', "parameters", tags=["parameters"]),
        _cell("code", f'from faultbook.playbooks.verdict import reach\n\nreach("{ident}", {{"log": log}})', "verdict"),
    ]
    about = {"title": "", "summary": "", "logs": {"log": f"{system}/"}, "needs": "log", "sample": f"{system}/"}
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    notebook = {
        "cells": cells,
        "metadata": {"faultbook": about, "kernelspec": kernel},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _cell(kind: str, source: str, ident: str, tags: list[str] | None = None) -> dict[str, object]:
    cell: dict[str, object] = {
        "cell_type": kind,
        "id": ident,
        "metadata": {"tags": tags} if tags else {},
        "source": source,
    }
    return cell | {"execution_count": None, "outputs": []} if kind == "code" else cell
