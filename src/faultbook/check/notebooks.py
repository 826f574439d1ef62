"""Playbooks as files: their parameters, and outputs that belong to the code and the samples.

Whether the outputs would come out the same today takes a kernel: that is `playbooks.verify`, run by `make test`.
"""

from collections.abc import Iterator

from faultbook.catalogue.model import PLAYBOOKS, Playbook
from faultbook.check.book import Book, notebook_of
from faultbook.playbooks import notebook as notebooks
from faultbook.playbooks import runs
from faultbook.playbooks.verdict import MIME
from faultbook.problems import Problem, Refusal

_BLESS = "`make bless` executes it and keeps what it prints."


def check(book: Book) -> Iterator[Problem]:
    """Problems with notebooks and with the runs that are kept."""
    for playbook in book.catalogue.playbooks.values():
        yield from _notebook(book, playbook)
    for run in runs.shown_runs(book.catalogue):
        try:
            runs.stored(book.root, run.playbook, run.sample)
        except runs.Stale as stale:
            path, _, what = str(stale).partition(": ")
            yield Problem(path, 0, what, _BLESS)
    yield from _left_over(book)


def _notebook(book: Book, playbook: Playbook) -> Iterator[Problem]:
    path = notebook_of(playbook.id)
    notebook = notebooks.read(book.root / path)
    try:
        known = notebooks.parameters(notebook)
    except Refusal as refusal:
        yield Problem(path, 0, refusal.what, refusal.remedy)
        return
    for name in playbook.logs.keys() - known.keys():
        what = f"metadata.faultbook.logs names the parameter {name}, which the notebook does not have"
        yield Problem(path, 0, what, f"Its parameters: {', '.join(known)}.")
    for name in playbook.logs.keys() & known.keys():
        if isinstance(known[name], list) != (name in playbook.many):
            what = f"the parameter {name} is {'' if name in playbook.many else 'not '}in metadata.faultbook.many"
            yield Problem(path, 0, what, "A parameter takes many logs when its default is a list, else one.")
    if playbook.default_sample not in book.catalogue.samples:
        return  # told by `structure`
    if notebook["metadata"]["faultbook"].get("stamp") != runs.stamp(book.root, notebook, playbook.default_sample):
        yield Problem(
            path, 0, "its outputs are stale: code or default sample have changed since it was executed", _BLESS
        )
    elif notebooks.verdict_of(notebooks.outputs_of(notebook), MIME) is None:
        yield Problem(path, 0, "it does not end with a verdict", "Let the last cell show a Verdict.")


def _left_over(book: Book) -> Iterator[Problem]:
    """Kept runs that no page shows any more."""
    shown = {run.kept_at for run in runs.shown_runs(book.catalogue)}
    for path in sorted((book.root / PLAYBOOKS / "runs").rglob("*.json")):
        name = path.relative_to(book.root).as_posix()
        if name not in shown:
            yield Problem(name, 0, "no page shows this run", "Remove the file.")
