"""Runs shown on pages, and the navigation."""

import json
import re
from pathlib import Path

import pytest

from faultbook.playbooks import runs as kept
from faultbook.playbooks.notebook import outputs_of
from faultbook.playbooks.runs import Run
from faultbook.render import runs
from faultbook.render.nav import navigation
from tests.render.conftest import place_of, site_of
from tests.render.notebooks import executed
from tests.small_book import FAILURE, SmallBook

NOTEBOOK = "playbooks/toy/why.ipynb"


@pytest.fixture
def played(book: SmallBook) -> SmallBook:
    """The small book with a playbook, its notebook executed and its run on the page's sample kept."""
    notebook = executed()
    book.write(NOTEBOOK, json.dumps(notebook))
    notebook["metadata"]["faultbook"]["stamp"] = kept.stamp(book.root, notebook, "toy/broken")
    book.write(NOTEBOOK, json.dumps(notebook))
    book.change(FAILURE, "leads_to: []", "playbook: toy/why\nleads_to: []")
    kept.keep(book.root, Run("toy/why", "toy/broken"), outputs_of(notebook))
    return book


def test_a_failure_page_shows_its_run(played: SmallBook) -> None:
    """Playbook and sample by name, the verdict with links, and the command for the reader's log."""
    place, warnings = place_of(played)
    page = runs.shown_run(place)
    assert '<a href="../../../playbooks/toy/why/">Why it failed</a>, run on the sample' in page
    assert '<a href="../../../samples/toy/broken/#app.log-L2"><code>app.log:2</code></a>' in page
    assert "<code>toy/disk-full</code></a>" not in page, "a page does not link to itself"
    assert "faultbook run toy/why app.log" in re.sub("<[^>]*>", "", page)
    assert warnings == []


def test_a_stale_run_is_not_shown(played: SmallBook) -> None:
    """After a change of the notebook's code: a place-holder, and the build fails."""
    played.change(NOTEBOOK, "conclude()", "conclude(2)")
    place, warnings = place_of(played)
    page = runs.shown_run(place)
    assert page.endswith(f"<p>{runs.NOT_SHOWN}</p>")
    assert "fb-verdict" not in page
    assert "make bless" in warnings[0]


def test_a_stale_notebook_is_not_shown(played: SmallBook) -> None:
    """The playbook's own page does not show outputs of other code, either."""
    played.change(NOTEBOOK, "conclude()", "conclude(2)")
    place, warnings = place_of(played, "playbooks/toy/why.md")
    assert "fb-verdict" not in runs.own_page(place)
    assert "make bless" in warnings[0]


def test_a_playbook_page_shows_the_notebook_with_working_links(played: SmallBook) -> None:
    """Its words, and links as they would work on the notebook's file."""
    place, warnings = place_of(played, "playbooks/toy/why.md")
    page = runs.own_page(place)
    assert '<a href="../../../failures/toy/disk-full/">the disk</a>' in page
    assert warnings == []


def test_a_page_without_a_playbook_has_no_run(book: SmallBook) -> None:
    """Nothing is shown, nothing is complained about."""
    place, warnings = place_of(book)
    assert (runs.shown_run(place), warnings) == ("", [])


def test_the_navigation_goes_by_noun_and_system(played: SmallBook, tmp_path: Path) -> None:
    """A tab for each noun; failure modes by family; samples only by their index; titles escaped."""
    played.change(FAILURE, "title: The disk is full", "title: The <disk> is full")
    site, _ = site_of(played)
    docs = tmp_path / "docs"
    (docs / "reference").mkdir(parents=True)
    (docs / "reference" / "json.md").touch()
    page = {"The &lt;disk&gt; is full": "failures/toy/disk-full.md"}
    assert navigation(site, docs) == [
        {"Home": "index.md"},
        {"Triage": ["triage/index.md", {"Toy": [{"The app fails": "triage/toy/app-fails.md"}]}]},
        {"Failure modes": ["failures/index.md", {"Toy": [{"disk": [page]}]}]},
        {"Logs": ["logs/index.md", {"Toy": [{"The app&#x27;s log": "logs/toy/app-log.md"}]}]},
        {"Playbooks": ["playbooks/index.md", {"Toy": [{"Why it failed": "playbooks/toy/why.md"}]}]},
        {"Samples": "samples/index.md"},
        {"Reference": ["reference/json.md"]},
    ]
