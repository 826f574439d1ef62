"""`faultbook run`: a playbook on the reader's logs, and the report it leaves."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from faultbook.catalogue.model import PLAYBOOKS, Catalogue, Playbook
from faultbook.catalogue.places import Given, distribute, in_order
from faultbook.catalogue.recognise import Recogniser
from faultbook.catalogue.store import PACKAGE, package_checkout
from faultbook.diagnose.incident import files_of, kind_of
from faultbook.playbooks import notebook as notebooks
from faultbook.playbooks.execute import execute
from faultbook.playbooks.notebook import Notebook
from faultbook.playbooks.verdict import MIME, known_to
from faultbook.problems import Refusal


@dataclass(frozen=True)
class Report:
    """The files of a report and the verdict in its plain form."""

    notebook: Path
    page: Path
    data: Path
    verdict: dict[str, Any]


def filled(catalogue: Catalogue, playbook: str, logs: Iterable[str], values: Mapping[str, str]) -> Notebook:
    """The notebook of `playbook` with the reader's logs (absolute paths) and further `values` as parameters.

    Each log goes to the parameter that takes logs of its kind. Raises `Refusal` for an unknown playbook or
    parameter, a log that cannot be read, and a log the playbook has no use for.
    """
    known_to(playbook, catalogue)
    about = catalogue.playbooks[playbook]
    given = _by_parameter(catalogue, about, logs)
    if not given[about.needs] and about.needs not in values:
        raise Refusal(f"{playbook} needs a log of the kind {about.reads}, and none was given", "Name it, too.")
    return notebooks.with_parameters(notebooks.read(notebook_path(playbook)), {**given, **values})


def notebook_path(playbook: str) -> Path:
    """Where the notebook of a playbook is: in the checkout, or in the wheel."""
    root = package_checkout()
    folder = root / PLAYBOOKS if root else PACKAGE / "data" / "playbooks"
    return folder / f"{playbook}.ipynb"


def run(notebook: Notebook, name: str, folder: Path, force: bool) -> Report:
    """Execute a filled notebook and write `<name>.ipynb`, `.html` and `.json` to `folder`.

    Raises `Refusal` when one of them is there already (unless `force`) or cannot be written.
    """
    report = [folder / f"{name}{suffix}" for suffix in (".ipynb", ".html", ".json")]
    there = [path.name for path in report if path.exists()]
    if there and not force:
        raise Refusal(f"{folder}: {', '.join(there)} is there already", "Move it away, or use --output or --force.")
    if not folder.is_dir():
        raise Refusal(f"{folder}: is no folder", "Make it first, or choose another with --output.")
    done = execute(notebook, folder)
    verdict = notebooks.verdict_of(notebooks.outputs_of(done), MIME)
    if verdict is None:
        raise Refusal(f"the playbook {name} reaches no verdict", "Mend the notebook: its last cell shows a Verdict.")
    _write(done, verdict, report)
    return Report(report[0], report[1], report[2], verdict)


def _write(notebook: Notebook, verdict: dict[str, Any], report: list[Path]) -> None:
    from faultbook.render.notebook import report_html

    title = notebook["metadata"]["faultbook"]["title"]
    try:
        notebooks.write(notebook, report[0])
        report[1].write_text(report_html(notebook, title), encoding="utf-8")
        report[2].write_text(json.dumps(verdict, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise Refusal(
            f"{error.filename}: cannot be written ({error.strerror})", "Choose a folder with --output."
        ) from None


def _by_parameter(catalogue: Catalogue, playbook: Playbook, logs: Iterable[str]) -> dict[str, Given]:
    """Which log goes to which parameter: by its kind.

    A named file whose kind nobody knows is taken for the log the playbook needs. Logs in a folder which the playbook
    has no use for are passed over.
    """
    recogniser = Recogniser(catalogue.logs.values())
    kinds = [(file, kind_of(file.path, recogniser)) for file in files_of(logs)]
    known = [(file, kind or (None if file.in_folder else playbook.reads)) for file, kind in kinds]
    given = distribute(playbook, [(file.path, kind) for file, kind in known])
    placed = set(in_order(playbook, given))
    unwanted = [
        f"{file.path}: is {kind or 'no known log'}, for which {playbook.id} has no (free) place"
        for file, kind in kinds
        if file.path not in placed and not file.in_folder
    ]
    if unwanted:
        raise Refusal("; ".join(unwanted), f"It takes {_places(playbook)}.")
    return {name: _absolute(value) for name, value in given.items()}


def _places(playbook: Playbook) -> str:
    """What a playbook takes, in words."""
    return ", ".join(
        f"{'any number of' if name in playbook.many else 'one'} {log}" for name, log in playbook.logs.items()
    )


def _absolute(given: Given) -> Given:
    """The same logs by absolute paths: the notebook runs in another folder."""
    if isinstance(given, list):
        return [str(Path(path).resolve()) for path in given]
    return str(Path(given).resolve()) if given else None
