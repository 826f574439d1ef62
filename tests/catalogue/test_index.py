"""The catalogue as data: what `faultbook list --json`, the site and the wheel carry."""

import json
from pathlib import Path

from tests.small_book import SmallBook

from faultbook.catalogue.index import from_data, to_data
from faultbook.catalogue.model import Catalogue


def test_the_catalogue_survives_the_way_through_json(real_catalogue: Catalogue) -> None:
    """What the wheel carries is what the pages say."""
    assert from_data(json.loads(json.dumps(to_data(real_catalogue)))) == real_catalogue


def test_the_contract_of_an_entry(book: SmallBook) -> None:
    """Every promised key is there with its value; more may follow."""
    data = to_data(book.catalogue())
    (failure,) = data["failures"]
    promised = {
        "id": "toy/disk-full",
        "title": "The disk is full",
        "summary": "The app cannot write because its disk has no space left.",
        "page": "failures/toy/disk-full/",
        "asked_as": ["disk full"],
        "samples": ["toy/broken"],
        "playbook": None,
        "leads_to": [],
        "seen_in": "app 1.0",
    }
    assert {key: failure[key] for key in promised} == promised
    (signature,) = failure["signatures"]
    assert {key: signature[key] for key in ("log", "pattern", "ignore_case")} == {
        "log": "toy/app-log",
        "pattern": "^error: disk (?<disk>[^ ]+) is full$",
        "ignore_case": False,
    }
    (checklist,), (log,) = data["checklists"], data["logs"]
    assert (checklist["id"], checklist["page"], checklist["failures"]) == (
        "toy/app-fails",
        "triage/toy/app-fails/",
        ["toy/disk-full"],
    )
    assert (log["id"], log["page"], log["recognised_by"]) == (
        "toy/app-log",
        "logs/toy/app-log/",
        ["^app [0-9.]+ starting$"],
    )
    assert data["playbooks"] == []


def test_ids_come_from_paths_and_are_sorted(real_catalogue: Catalogue, real_root: Path) -> None:
    """No id is written anywhere in a page."""
    for noun, folder in (("failures", "docs/failures"), ("logs", "docs/logs"), ("checklists", "docs/triage")):
        ids = [
            path.relative_to(real_root / folder).with_suffix("").as_posix()
            for path in (real_root / folder).glob("*/*.md")
        ]
        assert list(getattr(real_catalogue, noun)) == sorted(ids)


def test_causes_are_the_pages_that_lead_here(real_catalogue: Catalogue) -> None:
    """`causes_of` is `leads_to` read backwards."""
    for failure in real_catalogue.failures.values():
        for effect in failure.leads_to:
            assert failure.id in real_catalogue.causes_of(effect)
    assert real_catalogue.causes_of("dagger/exec-killed") == ["dagger/exec-oom-killed", "praxis/exec-killed"]
