"""The files of the site which no one writes: pages of samples and playbooks, downloads, the index, styles."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from faultbook import __version__
from faultbook.catalogue.index import to_data
from faultbook.catalogue.model import PLAYBOOKS, SAMPLES, Catalogue
from faultbook.catalogue.samples import PAPERS
from faultbook.matcher.line import ESCAPES, MAX_LINE, PREFIX
from faultbook.render import web
from faultbook.render.notebook import notebook_css
from faultbook.render.site import Site, source_of
from faultbook.render.viewer import download_name
from faultbook.render.web import praxis

INDEXES = {
    "playbooks": """# Playbooks

A playbook is a notebook which reads logs and ends with a verdict. Each page shows it as executed on a sample; the
command on it runs it on your own logs.

<!-- faultbook: playbooks -->
""",
    "samples": """---
hide: [navigation]
---

# Samples

Every failure mode is shown by a sample: a log with its papers, bytes untouched. Healthy runs and near misses are
samples too; no signature may fire on them.

<!-- faultbook: samples -->
""",
}
"""The two indexes nobody writes, because nothing else of their folders stands in docs/."""


@dataclass(frozen=True)
class Generated:
    """A file of the site: at `source` as if it stood in docs/, with `content` or the bytes of the file at `path`.

    `edit` is what its edit button opens, relative to the checkout.
    """

    source: str
    content: str = ""
    path: Path | None = None
    edit: str | None = None


def generated(site: Site) -> Iterator[Generated]:
    """Every generated file."""
    yield Generated("index.json", json.dumps(index_data(site.catalogue), ensure_ascii=False))
    yield Generated("assets/notebook.css", notebook_css())
    yield Generated(f"{web.FOLDER}/signatures.js", web.signatures_script(site.catalogue))
    for name in web.SCRIPTS:
        yield Generated(f"{web.FOLDER}/{name}", web.script(name))
    yield Generated(f"{praxis.FOLDER}/rules.js", praxis.rules_script(site.catalogue))
    for name, script in praxis.SCRIPTS.items():
        yield Generated(f"{praxis.FOLDER}/{name}", web.script(script))
    for noun, page in INDEXES.items():
        yield Generated(f"{noun}/index.md", page)
    for ident in site.catalogue.playbooks:
        notebook = f"{PLAYBOOKS}/{ident}.ipynb"
        yield Generated(source_of("playbooks", ident), edit=notebook)
        yield Generated(notebook, path=site.root / notebook)
    for sample in site.catalogue.samples.values():
        folder = f"{SAMPLES}/{sample.id}"
        yield Generated(source_of("samples", sample.id), edit=f"{folder}/{PAPERS}")
        for file in sample.files:
            source = f"samples/{sample.id}/{download_name(file.name)}"
            yield Generated(source, path=site.root / folder / file.name)


def index_data(catalogue: Catalogue) -> dict[str, Any]:
    """What `index.json` holds: the catalogue and how a line is cleaned; described in docs/reference/json.md."""
    line = {"escapes": ESCAPES, "prefix": PREFIX, "max": MAX_LINE}
    return to_data(catalogue) | {"faultbook": __version__, "line": line}
