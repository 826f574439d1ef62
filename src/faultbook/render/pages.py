"""What becomes of a page: its Markdown on the way in, its HTML on the way out."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from faultbook.render import cards, runs, tasks
from faultbook.render.blocks import Commands
from faultbook.render.draft import Draft, plain
from faultbook.render.html import text
from faultbook.render.links import resolved
from faultbook.render.site import Place, Site
from faultbook.render.tables import expanded
from faultbook.render.viewer import Viewer

_SOUGHT = 2
"""How much more a failure mode or checklist weighs in search than any other page."""

Sections = list[tuple[str, str]]
"""Headings with the HTML below them."""


@dataclass
class PageMaker:
    """Makes the pages of one build; between Markdown and HTML it keeps what stands aside."""

    site: Site
    _drafts: dict[str, Draft] = field(default_factory=dict)

    def markdown(self, source: str, body: str) -> str:
        """The Markdown MkDocs is to render: commands aside, tables and generated sections in."""
        place, draft = Place(self.site, source), self._drafts.setdefault(source, Draft())
        body = expanded(Commands(place, draft).replaced(plain(body)), place, draft)
        sections = self._sections(place)
        return body + "".join(f"\n\n## {heading}\n{draft.put(fragment)}" for heading, fragment in sections if fragment)

    def html(self, source: str, page: str) -> str:
        """The finished HTML of a page: card on top, everything in its place, links resolved, boxes named."""
        place = Place(self.site, source)
        filled = self._drafts.pop(source, Draft()).filled(tasks.named(resolved(page, place)))
        return self._top(place) + filled

    def meta(self, source: str) -> dict[str, Any]:
        """The metadata of a page about a record, as the theme takes it: texts are HTML there."""
        noun, ident = Place(self.site, source).noun_and_id
        if not noun:
            return {}
        record = self.site.records(noun)[ident]
        if noun == "samples":
            return {
                "title": text(f"Sample {ident}"),
                "description": text(record.title),
                "hide": ["navigation", "toc"],
                "search": {"exclude": True},
            }
        meta: dict[str, Any] = {"title": text(record.title), "description": text(record.summary)}
        return meta | ({"search": {"boost": _SOUGHT}} if noun in ("failures", "checklists") else {})

    def _top(self, place: Place) -> str:
        noun, ident = place.noun_and_id
        if noun == "samples":
            return self._viewer.page(self.site.catalogue.samples[ident], place)
        if noun == "playbooks":
            return cards.playbook_card(self.site.catalogue.playbooks[ident], place) + runs.own_page(place)
        return _CARDS[noun](self.site.records(noun)[ident], place) if noun else ""

    def _sections(self, place: Place) -> Sections:
        """The generated sections at the end of a page."""
        noun, ident = place.noun_and_id
        if noun in ("failures", "checklists"):
            return [("Playbook", runs.shown_run(place))]
        if noun == "logs":
            log = self.site.catalogue.logs[ident]
            return [
                ("Failure modes seen in it", cards.seen_in_log(log, place)),
                ("Harmless lines", cards.noise_in_log(log)),
            ]
        return []

    @cached_property
    def _viewer(self) -> Viewer:
        return Viewer(self.site)


_CARDS: dict[str, Callable[[Any, Place], str]] = {
    "failures": cards.failure_card,
    "checklists": cards.checklist_card,
    "logs": cards.log_card,
}
