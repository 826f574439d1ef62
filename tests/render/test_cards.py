"""Cards and derived tables."""

import re

import pytest

from faultbook.render import cards
from faultbook.render.draft import Draft
from faultbook.render.tables import expanded
from tests.render.conftest import HOSTILE, place_of
from tests.small_book import BROKEN, BROKEN_LOG, CHECKLIST, FAILURE, LOG, SmallBook, papers

_ACTIVE = re.compile(r"<script|\son\w+=|javascript:[^<]*\">|\u202e|<b>")


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def test_a_failure_card_tells_signs_logs_samples_and_checklists(book: SmallBook) -> None:
    """What the front matter says and what links back."""
    place, _ = place_of(book)
    card = cards.failure_card(place.site.catalogue.failures["toy/disk-full"], place)
    assert 'the app met a full disk (<a href="../../../logs/toy/app-log/">The app&#x27;s log</a>)' in card
    assert "<code>^error: disk (?&lt;disk&gt;[^ ]+) is full$</code>" in card
    assert '<a href="../../../samples/toy/broken/"><code>toy/broken</code></a>' in card
    assert '<a href="../../../triage/toy/app-fails/">The app fails</a>' in card
    assert "Not captured" not in card


@pytest.mark.parametrize("kind", ["constructed", "quoted"])
def test_a_failure_without_a_captured_sample_says_so(book: SmallBook, kind: str) -> None:
    """The notice names the kind of the samples there are."""
    papers_text = papers({"app.log": BROKEN_LOG}).replace("kind: captured", f"kind: {kind}")
    book.write(f"{BROKEN}/provenance.yml", papers_text)
    place, _ = place_of(book)
    card = cards.failure_card(place.site.catalogue.failures["toy/disk-full"], place)
    assert f"No captured log shows this failure mode: its samples are {kind}." in card


def test_front_matter_is_shown_as_text(book: SmallBook) -> None:
    """Hostile words in every field of a failure page stay words, on the card and in the tables."""
    book.change(FAILURE, "title: The disk is full", f"title: {_quoted(HOSTILE)}")
    book.change(FAILURE, "summary: The app cannot", f"summary: {_quoted(HOSTILE + '<b>')} #")
    book.change(FAILURE, "family: disk", f"family: {_quoted(HOSTILE)}")
    book.change(FAILURE, "  - disk full", f"  - {_quoted(HOSTILE)}")
    book.change(FAILURE, "says: the app met a full disk", f"says: {_quoted(HOSTILE)}")
    book.change(FAILURE, "seen_in: app 1.0", f"seen_in: {_quoted(HOSTILE)}")
    place, _ = place_of(book)
    draft = Draft()
    card = cards.failure_card(place.site.catalogue.failures["toy/disk-full"], place)
    table = expanded("<!-- faultbook: failures -->", place, draft) + "".join(draft.fragments)
    log = cards.seen_in_log(place.site.catalogue.logs["toy/app-log"], place)
    for made in (card, table, log):
        assert not _ACTIVE.search(made)
        assert "alert" in made


def test_a_log_page_lists_what_is_seen_in_it_and_what_is_harmless(book: SmallBook) -> None:
    """Failure modes by signature, noise with its reason."""
    place, _ = place_of(book, LOG)
    log = place.site.catalogue.logs["toy/app-log"]
    assert "The disk is full" in cards.seen_in_log(log, place)
    assert "said at every start" in cards.noise_in_log(log)
    assert "<code>^app [0-9.]+ starting$</code>" in cards.log_card(log, place)


def test_a_sample_tells_what_it_shows(book: SmallBook) -> None:
    """A failure mode, or that it is healthy."""
    place, _ = place_of(book)
    samples = place.site.catalogue.samples
    assert ">The disk is full</a>" in cards.sample_card(samples["toy/broken"], place)
    assert "a healthy run" in cards.sample_card(samples["toy/healthy"], place)


def test_a_checklist_tells_what_it_leads_to(book: SmallBook) -> None:
    """The failure modes its steps link to."""
    place, _ = place_of(book, CHECKLIST)
    card = cards.checklist_card(place.site.catalogue.checklists["toy/app-fails"], place)
    assert '<a href="../../../failures/toy/disk-full/">The disk is full</a>' in card


def test_a_link_to_a_missing_page_is_text_and_is_reported(book: SmallBook) -> None:
    """A failure mode that leads to nothing known: its id as text, and a warning."""
    book.change(FAILURE, "leads_to: []", "leads_to: [toy/nothing]")
    place, warnings = place_of(book)
    card = cards.failure_card(place.site.catalogue.failures["toy/disk-full"], place)
    assert "<li>toy/nothing</li>" in card
    assert warnings == ["failures/toy/disk-full.md: links to failures/toy/nothing.md, which is not there"]


@pytest.mark.parametrize("name", ["systems", "useful-checklists", "failures", "checklists", "logs", "samples"])
def test_tables_stand_where_their_marker_was(book: SmallBook, name: str) -> None:
    """Every marker becomes a table of its records."""
    place, warnings = place_of(book)
    draft = Draft()
    left = expanded(f"Before.\n\n<!-- faultbook: {name} -->\n\nAfter.", place, draft)
    assert "faultbook:" not in left
    assert draft.fragments[0].startswith('<div data-search-exclude="true"><table>')
    assert warnings == []


def test_an_unknown_marker_is_reported(book: SmallBook) -> None:
    """A misspelt marker fails the build."""
    place, warnings = place_of(book)
    expanded("<!-- faultbook: falures -->", place, Draft())
    assert "unknown marker falures" in warnings[0]


def test_a_noun_without_records_says_so(book: SmallBook) -> None:
    """No empty table."""
    place, _ = place_of(book)
    assert "None yet." in expanded("<!-- faultbook: playbooks -->", place, Draft())
