"""Read a checkout into a `Catalogue`. Every problem is collected; nothing is tolerated in silence."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from faultbook.catalogue import markdown
from faultbook.catalogue.model import (
    FOLDERS,
    PLAYBOOKS,
    SAMPLES,
    Catalogue,
    Checklist,
    Failure,
    Log,
    Noise,
    Playbook,
    Signature,
)
from faultbook.catalogue.samples import read_samples
from faultbook.catalogue.schema import Fields
from faultbook.catalogue.yamldoc import Node, YamlFault
from faultbook.problems import Problem

HEADINGS = {
    "failures": ("What you see", "What it means", "Check", "Fix", "Not to be confused with"),
    "logs": ("Where it is", "How to read it", "What misleads", "What it does not say"),
    "checklists": ("Symptom", "Steps", "When nothing fits"),
}

T = TypeVar("T")


@dataclass
class Pages:
    """The pages of a checkout taken apart: by noun and id, with what was wrong on the way."""

    root: Path
    by_noun: dict[str, dict[str, markdown.Page]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def path(self, noun: str, ident: str) -> str:
        """The page's file relative to the checkout."""
        return f"{FOLDERS[noun]}/{ident}.md"


def load(root: Path) -> tuple[Catalogue, Pages]:
    """The catalogue of the checkout at `root` with its pages; `pages.problems` holds what is wrong with it."""
    pages = read_pages(root)
    logs = _records(pages, "logs", _log)
    catalogue = Catalogue(
        logs=logs,
        failures=_records(pages, "failures", _failure),
        checklists=_records(pages, "checklists", _checklist),
        playbooks=_playbooks(root, pages.problems),
        samples=read_samples(root / SAMPLES, SAMPLES, logs.values(), pages.problems),
    )
    return catalogue, pages


def read_pages(root: Path) -> Pages:
    """Take every page of the three page nouns apart."""
    pages = Pages(root)
    for noun, folder in FOLDERS.items():
        pages.by_noun[noun] = {}
        for path in sorted((root / folder).glob("*/*.md"), key=lambda path: path.with_suffix("")):
            ident = f"{path.parent.name}/{path.stem}"
            page = _page(path, pages.path(noun, ident), pages.problems)
            if page:
                pages.by_noun[noun][ident] = page
                _check_headings(page, HEADINGS[noun], pages.path(noun, ident), pages.problems)
    return pages


def _page(path: Path, name: str, problems: list[Problem]) -> markdown.Page | None:
    try:
        return markdown.split(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        problems.append(Problem(name, 0, "is not UTF-8", "Save the page as UTF-8."))
    except YamlFault as fault:
        problems.append(
            Problem(name, fault.line, f"front matter: {fault.what}", "Mend the YAML between the --- lines.")
        )
    return None


def _check_headings(page: markdown.Page, wanted: tuple[str, ...], path: str, problems: list[Problem]) -> None:
    found = markdown.headings(page.body, page.body_line)
    names = [name for name, _ in found]
    for name in wanted:
        if name not in names:
            problems.append(
                Problem(
                    path,
                    page.body_line,
                    f"the heading '## {name}' is missing",
                    "Add it, in this order: " + ", ".join(wanted) + ".",
                )
            )
    for at, (name, line) in enumerate(found):
        if name in names[:at]:
            problems.append(Problem(path, line, f"the heading '## {name}' is there twice", "Join the two."))
        if name not in wanted:
            problems.append(
                Problem(
                    path,
                    line,
                    f"the heading '## {name}' is not one of this kind of page",
                    "Use ### below one of: " + ", ".join(wanted) + ".",
                )
            )
    if sorted(names) == sorted(wanted) and names != list(wanted):
        problems.append(
            Problem(path, found[0][1], "the headings are in another order", "Order: " + ", ".join(wanted) + ".")
        )


def _records(pages: Pages, noun: str, read: Callable[[str, Fields, markdown.Page], T]) -> dict[str, T]:
    records: dict[str, T] = {}
    for ident, page in pages.by_noun[noun].items():
        fields = Fields(page.matter, pages.path(noun, ident), pages.problems, "the front matter")
        records[ident] = read(ident, fields, page)
        fields.finish()
    return records


def _log(ident: str, fields: Fields, _page: markdown.Page) -> Log:
    magic = fields.hexes("magic")
    return Log(
        id=ident,
        title=fields.text("title"),
        summary=fields.text("summary"),
        recognised_by=fields.texts("recognised_by", optional=bool(magic), least=0 if magic else 1),
        error_like=fields.texts("error_like", optional=True),
        noise=tuple(_noise(fields.mappings("noise", "a noise", optional=True))),
        magic=magic,
    )


def _noise(items: Iterable[Fields]) -> Iterator[Noise]:
    for item in items:
        yield Noise(item.text("pattern"), item.text("says"))
        item.finish()


def _failure(ident: str, fields: Fields, _page: markdown.Page) -> Failure:
    return Failure(
        id=ident,
        title=fields.text("title"),
        summary=fields.text("summary"),
        family=fields.text("family"),
        asked_as=fields.texts("asked_as", least=1),
        signatures=tuple(_signatures(fields.mappings("signatures", "a signature", optional=True))),
        samples=fields.texts("samples", optional=True),
        playbook=fields.text("playbook", optional=True) or None,
        leads_to=fields.texts("leads_to", optional=True),
        seen_in=fields.text("seen_in"),
        beyond_lines=fields.texts("beyond_lines", optional=True),
    )


def _signatures(items: Iterable[Fields]) -> Iterator[Signature]:
    for item in items:
        yield Signature(item.text("log"), item.text("pattern"), item.text("says"), item.flag("ignore_case"))
        item.finish()


def _checklist(ident: str, fields: Fields, page: markdown.Page) -> Checklist:
    targets = (target for target, _ in markdown.links(page.body))
    linked = (target.split("#")[0].removesuffix(".md").split("failures/") for target in targets)
    return Checklist(
        id=ident,
        title=fields.text("title"),
        summary=fields.text("summary"),
        asked_as=fields.texts("asked_as", least=1),
        playbook=fields.text("playbook", optional=True) or None,
        sample=fields.text("sample", optional=True) or None,
        failures=tuple(dict.fromkeys(parts[1] for parts in linked if len(parts) == 2)),
    )


def _playbooks(root: Path, problems: list[Problem]) -> dict[str, Playbook]:
    found: dict[str, Playbook] = {}
    for path in sorted((root / PLAYBOOKS).glob("*/*.ipynb")):
        ident = f"{path.parent.name}/{path.stem}"
        playbook = _playbook(ident, path, f"{PLAYBOOKS}/{ident}.ipynb", problems)
        if playbook:
            found[ident] = playbook
    return found


def _playbook(ident: str, path: Path, name: str, problems: list[Problem]) -> Playbook | None:
    try:
        notebook: Any = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        problems.append(
            Problem(name, getattr(error, "lineno", 0), f"is no notebook: {error}", "Open and save it in JupyterLab.")
        )
        return None
    if not isinstance(notebook, dict) or not isinstance(notebook.get("cells"), list):
        problems.append(Problem(name, 0, "is no notebook: it has no cells", "Open and save it in JupyterLab."))
        return None
    about = (notebook.get("metadata") or {}).get("faultbook") or {}
    fields = Fields(_as_node(about), name, problems, "metadata.faultbook")
    playbook = Playbook(
        id=ident,
        title=fields.text("title"),
        summary=fields.text("summary"),
        logs=dict(sorted(fields.pairs("logs").items())),
        needs=fields.text("needs"),
        default_sample=fields.text("sample"),
        many=fields.texts("many", optional=True),
    )
    fields.text("stamp", optional=True)  # what the outputs belong to; see playbooks.runs
    fields.finish()
    if playbook.needs in playbook.logs:
        return playbook
    problems.append(Problem(name, 0, f"needs is {playbook.needs!r}, which is no name in logs", "Name a parameter."))
    return None


def _as_node(value: Any) -> Node:
    """JSON as nodes; a notebook's metadata has no line worth naming."""
    if isinstance(value, dict):
        return Node({key: _as_node(item) for key, item in value.items()}, 0)
    if isinstance(value, list):
        return Node([_as_node(item) for item in value], 0)
    return Node(value, 0)
