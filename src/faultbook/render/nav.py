"""The navigation: a tab for each noun, in it the systems, in those the pages."""

from pathlib import Path
from typing import Any

from faultbook.catalogue.model import Failure
from faultbook.render.html import text
from faultbook.render.site import Site, by_system, source_of, system_title
from faultbook.render.tables import families

SAMPLES_INDEX = "samples/index.md"
Entry = dict[str, Any] | str
_OTHERS = ("Reference", "Contributing")


def navigation(site: Site, docs: Path) -> list[Entry]:
    """What MkDocs takes as `nav`. Titles are HTML there, so they are escaped; samples stand on their index only."""
    return [
        {"Home": "index.md"},
        *({"Diagnose": page} for page in ("diagnose.md",) if (docs / page).is_file()),
        {"Triage": _listed(site, "triage", "checklists")},
        {"Failure modes": _failures(site)},
        {"Logs": _listed(site, "logs", "logs")},
        {"Playbooks": _listed(site, "playbooks", "playbooks")},
        {"Samples": SAMPLES_INDEX},
        *({name: pages} for name in _OTHERS if (pages := _written(docs, name.lower()))),
    ]


def _listed(site: Site, folder: str, noun: str) -> list[Entry]:
    systems = by_system(site.records(noun)).items()
    listed = ({text(system_title(system)): _entries(noun, records)} for system, records in systems)
    return [f"{folder}/index.md", *listed]


def _failures(site: Site) -> list[Entry]:
    systems = by_system(site.catalogue.failures).items()
    return ["failures/index.md", *({text(system_title(system)): _families(records)} for system, records in systems)]


def _families(failures: list[Failure]) -> list[Entry]:
    return [{text(family): _entries("failures", members)} for family, members in families(failures)]


def _entries(noun: str, records: list[Any]) -> list[Entry]:
    return [{text(record.title): source_of(noun, record.id)} for record in records]


def _written(docs: Path, folder: str) -> list[Entry]:
    """The pages of a folder without nouns: its index first, then by name; below them those of each system."""
    pages = sorted((docs / folder).glob("*.md"), key=lambda path: (path.name != "index.md", path.name))
    systems = sorted(path for path in (docs / folder).iterdir() if path.is_dir()) if pages else []
    below = ({text(system_title(system.name)): _written(docs, f"{folder}/{system.name}")} for system in systems)
    return [*(f"{folder}/{path.name}" for path in pages), *below]
