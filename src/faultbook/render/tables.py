"""Tables derived from the catalogue, put where a page has a marker `<!-- faultbook: name -->`."""

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import Any

from faultbook.catalogue.model import Checklist, Failure, Log, Playbook, Sample
from faultbook.render import web
from faultbook.render.draft import Draft
from faultbook.render.html import as_markdown, prose, slug, table, tag, text
from faultbook.render.site import NOUNS, Place, by_system, system_title
from faultbook.render.web import praxis

_MARKER = re.compile(r"^<!-- faultbook: (?P<name>[a-z-]+) -->$", re.M)
_USEFUL = 5
_NAMES = {"triage": "Checklists", "failures": "Failure modes"}

Maker = Callable[[Place, Draft], str]


def expanded(markdown: str, place: Place, draft: Draft) -> str:
    """A page's Markdown with each marker replaced by headings and the tables put aside."""

    def replaced(marker: re.Match[str]) -> str:
        maker = _MAKERS.get(marker["name"])
        if maker is None:
            place.warn(f"has the unknown marker {marker['name']}; known are {', '.join(_MAKERS)}")
            return ""
        return maker(place, draft) or "\nNone yet.\n"

    return _MARKER.sub(replaced, markdown)


def families(failures: Iterable[Failure]) -> Iterator[tuple[str, list[Failure]]]:
    """Failure modes of one system by family, both sorted."""
    ordered = sorted(failures, key=lambda failure: (failure.family, failure.id))
    for family, members in groupby(ordered, key=lambda failure: failure.family):
        yield family, list(members)


def _failures(place: Place, draft: Draft) -> str:
    parts: list[str] = []
    for system, failures in by_system(place.site.catalogue.failures).items():
        parts.append(_heading(2, system_title(system), slug(system)))
        for family, members in families(failures):
            parts.append(_heading(3, family, f"{slug(system)}-{slug(family)}"))
            parts.append(_aside(draft, _failure_table(members, place)))
    return "".join(parts)


def _grouped(noun: str, made: Callable[[list[Any], Place], str]) -> Maker:
    """A maker of one table for each system."""

    def maker(place: Place, draft: Draft) -> str:
        return "".join(
            _heading(2, system_title(system), slug(system)) + _aside(draft, made(records, place))
            for system, records in by_system(place.site.records(noun)).items()
        )

    return maker


def _form(place: Place, draft: Draft) -> str:
    return draft.put(web.form(place))


def _praxis_form(place: Place, draft: Draft) -> str:
    return draft.put(praxis.form(place))


def _aside(draft: Draft, made: str) -> str:
    """Put a table aside; search passes it over, for it says nothing that the pages it links do not say."""
    return draft.put(tag("div", made, data_search_exclude="true"))


def _heading(level: int, words: str, ident: str) -> str:
    return f"\n{'#' * level} {as_markdown(words)} {{#{ident}}}\n"


def _failure_table(failures: Iterable[Failure], place: Place) -> str:
    rows = [(place.link("failures", failure.id), prose(failure.summary)) for failure in failures]
    return table(("Failure mode", "In short"), rows)


def _checklist_table(checklists: Iterable[Checklist], place: Place) -> str:
    rows = [(place.link("checklists", checklist.id), prose(checklist.summary)) for checklist in checklists]
    return table(("Checklist", "In short"), rows)


def _log_table(logs: Iterable[Log], place: Place) -> str:
    return table(("Log", "In short"), [(place.link("logs", log.id), prose(log.summary)) for log in logs])


def _playbook_table(playbooks: Iterable[Playbook], place: Place) -> str:
    return table(("Playbook", "Reads"), [(_playbook(one, place), _reads(one, place)) for one in playbooks])


def _playbook(playbook: Playbook, place: Place) -> str:
    return f"{place.link('playbooks', playbook.id)}<br>{prose(playbook.summary)}"


def _reads(playbook: Playbook, place: Place) -> str:
    return "<br>".join(place.link("logs", log) for log in playbook.logs.values())


def _sample_table(samples: Iterable[Sample], place: Place) -> str:
    return table(("Sample", "Shows"), [(_sample(sample, place), _shows(sample, place)) for sample in samples])


def _sample(sample: Sample, place: Place) -> str:
    """A sample under its id, with what was run, and of what kind it is if it was not captured."""
    kind = "" if sample.kind == "captured" else f" ({text(sample.kind)})"
    version = tag("small", text(f"{sample.program} {sample.version}"))
    return f"{place.sample_link(sample.id)}{kind} {version}<br>{prose(sample.title)}"


def _shows(sample: Sample, place: Place) -> str:
    if sample.healthy:
        return "healthy"
    shown = [place.link("failures", failure.id) for failure in place.site.catalogue.shown_by(sample.id)]
    return "<br>".join(shown) or "near miss"


def _systems(place: Place, draft: Draft) -> str:
    """What there is of each system, with links to the indexes."""
    grouped = {folder: by_system(place.site.records(noun)) for folder, noun in NOUNS.items()}
    systems = sorted({system for records in grouped.values() for system in records})
    rows = [
        [
            tag("strong", text(_NAMES.get(folder, folder.title()))),
            *(_count(place, f"{folder}/index.md", system, len(records.get(system, []))) for system in systems),
        ]
        for folder, records in grouped.items()
    ]
    return _aside(draft, table(("What", *map(system_title, systems)), rows)) if systems else ""


def _count(place: Place, source: str, system: str, number: int) -> str:
    href = place.href(source, slug(system)) if number else None
    return tag("a", str(number), href=href) if href else "0"


def _useful(place: Place, draft: Draft) -> str:
    """The checklists that tell most failure modes apart."""
    checklists = place.site.catalogue.checklists.values()
    ranked = sorted(checklists, key=lambda checklist: (-len(checklist.failures), checklist.id))
    return _aside(draft, _checklist_table(ranked[:_USEFUL], place)) if ranked else ""


_MAKERS: dict[str, Maker] = {
    "diagnose": _form,
    "praxis-check": _praxis_form,
    "systems": _systems,
    "useful-checklists": _useful,
    "failures": _failures,
    "checklists": _grouped("checklists", _checklist_table),
    "logs": _grouped("logs", _log_table),
    "playbooks": _grouped("playbooks", _playbook_table),
    "samples": _grouped("samples", _sample_table),
}
