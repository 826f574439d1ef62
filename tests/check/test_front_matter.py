"""Front matter and headings: every deviation is found where it is, and nothing else is reported for it."""

import pytest
from tests.small_book import CHECKLIST, FAILURE, LOG, SmallBook
from tests.spoilt import PAPERS, Case, changed, check, moved

FRONT_MATTER = [
    Case(
        "unknown key",
        changed(FAILURE, "family: disk", "family: disk\nseverity: high"),
        [(f"{FAILURE}:5", "unknown key severity in the front matter")],
    ),
    Case(
        "unknown key of a signature",
        changed(FAILURE, "    says:", "    flags: i\n    says:"),
        [(f"{FAILURE}:10", "unknown key flags in a signature")],
    ),
    Case(
        "unknown key of a noise",
        changed(LOG, "    says:", "    why: x\n    says:"),
        [(f"{LOG}:11", "unknown key why in a noise")],
    ),
    Case(
        "unknown key of a sample",
        changed(PAPERS, "edits: none", "edits: none\nauthor: me"),
        [(f"{PAPERS}:9", "unknown key author in the provenance")],
    ),
    Case(
        "bytes that are none",
        changed(LOG, "noise:", "magic: ['0a04', 'xyz']\nnoise:"),
        [(f"{LOG}:9", "magic has 'xyz', which is no bytes in hexadecimal")],
    ),
    Case(
        "missing key",
        changed(FAILURE, "family: disk\n", ""),
        [(f"{FAILURE}:2", "family is missing in the front matter")],
    ),
    Case("empty value", changed(FAILURE, "family: disk", "family:"), [(f"{FAILURE}:4", "family is missing")]),
    Case("empty text", changed(FAILURE, "family: disk", "family: ''"), [(f"{FAILURE}:4", "family is no text")]),
    Case("a list for a text", changed(FAILURE, "family: disk", "family: [a]"), [(f"{FAILURE}:4", "family is no text")]),
    Case(
        "a text for a list",
        changed(FAILURE, "leads_to: []", "leads_to: toy/x"),
        [(f"{FAILURE}:13", "leads_to is no list")],
    ),
    Case(
        "an empty list where words are needed",
        changed(FAILURE, "asked_as:\n  - disk full", "asked_as: []"),
        [(f"{FAILURE}:5", "asked_as needs at least 1")],
    ),
    Case(
        "an item that is no text",
        changed(FAILURE, "  - disk full", "  - disk full\n  - a: b"),
        [(f"{FAILURE}:7", "an item of asked_as is no text")],
    ),
    Case(
        "an item twice",
        changed(FAILURE, "  - disk full", "  - disk full\n  - disk full"),
        [(f"{FAILURE}:7", "asked_as has 'disk full' twice")],
    ),
    Case(
        "a flag that is no flag",
        changed(FAILURE, "    says: the", "    ignore_case: 'yes'\n    says: the"),
        [(f"{FAILURE}:10", "ignore_case is neither true nor false")],
    ),
    Case(
        "a word that is not one of the choices",
        changed(PAPERS, "kind: captured", "kind: dreamt"),
        [(f"{PAPERS}:1", "kind is 'dreamt'")],
    ),
    Case(
        "a signature that is no mapping",
        changed(LOG, "  - pattern: '^warning: cache is cold$'\n    says: said at every start\n", "  - just words\n"),
        [
            (f"{LOG}:10", "a noise is no mapping"),
            (f"{LOG}:10", "pattern is missing"),
            (f"{LOG}:10", "says is missing"),
            (f"{LOG}:10", "the pattern is empty"),
        ],
    ),
]


@pytest.mark.parametrize("case", FRONT_MATTER, ids=lambda case: case.name)
def test_a_key_is_held_against_the_schema(book: SmallBook, case: Case) -> None:
    """Unknown, missing and wrong values are named with their line; nothing is tolerated."""
    case.spoil(book)
    check(book, case)


UNREADABLE = [
    Case("tab", changed(FAILURE, "family: disk", "\tfamily: disk"), [(f"{FAILURE}:4", "tab")]),
    Case(
        "no closing line",
        changed(FAILURE, "seen_in: app 1.0\n---", "seen_in: app 1.0"),
        [(f"{FAILURE}:1", "no closing ---")],
    ),
    Case(
        "no front matter",
        changed(FAILURE, "---\ntitle", "\n---\ntitle"),
        [(f"{FAILURE}:1", "there is no front matter")],
    ),
    Case(
        "duplicate key",
        changed(FAILURE, "family: disk", "family: disk\nfamily: exec"),
        [(f"{FAILURE}:5", "the key family is there twice")],
    ),
    Case(
        "alias",
        changed(FAILURE, "leads_to: []", "leads_to: &none []\nplaybook: *none"),
        [(f"{FAILURE}:13", "an alias (*name) is used")],
    ),
    Case(
        "unknown alias", changed(FAILURE, "leads_to: []", "leads_to: *nothing"), [(f"{FAILURE}:13", "undefined alias")]
    ),
    Case(
        "merge key",
        changed(FAILURE, "leads_to: []", "<<: {leads_to: []}"),
        [(f"{FAILURE}:13", "tag:yaml.org,2002:merge")],
    ),
    Case("bracket", changed(FAILURE, "leads_to: []", "leads_to: ["), [(f"{FAILURE}:15", "did not find expected")]),
    Case(
        "colon",
        changed(FAILURE, "title: The disk", "title: The: disk"),
        [(f"{FAILURE}:2", "mapping values are not allowed")],
    ),
    Case("quote", changed(FAILURE, "family: disk", "family: 'disk"), [(f"{FAILURE}:9", "did not find expected")]),
    Case(
        "a key that is no word",
        changed(FAILURE, "family: disk", "family: disk\n1: x"),
        [(f"{FAILURE}:5", "the key 1 is not a word")],
    ),
    Case(
        "a key that is a list",
        changed(FAILURE, "family: disk", "family: disk\n? [a]\n: x"),
        [(f"{FAILURE}:5", "is not a word")],
    ),
    Case(
        "a day that does not exist",
        changed(FAILURE, "seen_in: app 1.0", "seen_in: 2026-02-30"),
        [(f"{FAILURE}:14", "'2026-02-30' cannot be read")],
    ),
    Case(
        "a tag",
        changed(FAILURE, "seen_in: app 1.0", "seen_in: !!python/name:os.system x"),
        [(f"{FAILURE}:14", "python/name:os.system")],
    ),
    Case(
        "control character",
        changed(FAILURE, "family: disk", "family: di\x01sk"),
        [(f"{FAILURE}:4", "control characters are not allowed")],
    ),
    Case(
        "too deep",
        changed(FAILURE, "leads_to: []", f"leads_to: {'[' * 5000}{']' * 5000}"),
        [(f"{FAILURE}:2", "nested too deeply")],
    ),
    Case("not UTF-8", lambda book: book.write(FAILURE, b"---\ntitle: caf\xe9\n---\n"), [(FAILURE, "is not UTF-8")]),
    Case("empty file", lambda book: book.write(FAILURE, ""), [(f"{FAILURE}:1", "there is no front matter")]),
]


@pytest.mark.parametrize("case", UNREADABLE, ids=lambda case: case.name)
def test_broken_front_matter_is_named_with_its_line(book: SmallBook, case: Case) -> None:
    """MkDocs prints broken front matter into the page; here it is an error, and the rest is checked all the same."""
    case.spoil(book)
    check(book, Case(case.name, case.spoil, [*case.wanted, (PAPERS, "the sample shows nothing")]), exact=False)


def test_broken_papers_are_named_with_their_line(book: SmallBook) -> None:
    """YAML that cannot be read and papers that are not UTF-8 cost the sample, not the whole check."""
    book.change(PAPERS, "program: app", "\tprogram: app")
    assert any(line.startswith(f"{PAPERS}:3: found") for line in book.complaints())
    book.write(PAPERS, b"title: caf\xe9\n")
    assert f"{PAPERS}: is not UTF-8" in book.complaints()


HEADINGS = [
    Case(
        "missing heading", changed(FAILURE, "## Fix", "### Fix"), [(f"{FAILURE}:16", "the heading '## Fix' is missing")]
    ),
    Case(
        "missing heading of a log",
        changed(LOG, "## What misleads\n\nNothing.\n\n", ""),
        [(f"{LOG}:13", "the heading '## What misleads' is missing")],
    ),
    Case(
        "missing heading of a checklist",
        changed(CHECKLIST, "## Symptom", "Symptom"),
        [(f"{CHECKLIST}:7", "the heading '## Symptom' is missing")],
    ),
    Case(
        "unknown heading",
        changed(FAILURE, "## Fix", "## Workaround\n\nX.\n\n## Fix"),
        [(f"{FAILURE}:39", "the heading '## Workaround' is not one of this kind of page")],
    ),
    Case(
        "a heading twice",
        changed(FAILURE, "Make room.", "Make room.\n\n## Fix\n"),
        [(f"{FAILURE}:43", "the heading '## Fix' is there twice")],
    ),
    Case(
        "order",
        moved(FAILURE, "## Fix\n\nMake room.\n\n", "## What it means"),
        [(f"{FAILURE}:17", "the headings are in another order")],
    ),
]


@pytest.mark.parametrize("case", HEADINGS, ids=lambda case: case.name)
def test_headings_are_those_of_the_kind_of_page(book: SmallBook, case: Case) -> None:
    """All of them, in their order, and no other; a heading inside a fence is none."""
    case.spoil(book)
    check(book, case)
