"""Patterns that cannot be searched for, and links that lead nowhere."""

import pytest
from tests.small_book import FAILURE, LOG, SmallBook
from tests.spoilt import SIGNATURE, Case, changed, check

PATTERNS = [
    Case(
        "outside the dialect",
        changed(FAILURE, "is full$'", r"is\sfull$'"),
        [(f"{FAILURE}:8", r"is not in the dialect: the escape \s is not the same in all engines")],
    ),
    Case(
        "look-ahead",
        changed(FAILURE, "is full$'", "is (?=full)'"),
        [(f"{FAILURE}:8", "is not in the dialect: only (?:...)")],
    ),
    Case(
        "matches the empty line",
        changed(FAILURE, SIGNATURE, "'^(?:error)?'"),
        [(f"{FAILURE}:8", "it matches the empty line")],
    ),
    Case(
        "refused by RE2",
        changed(FAILURE, "is full$'", "is [z-a]full$'"),
        [(f"{FAILURE}:8", "RE2 refuses it (invalid character class range: z-a)")],
    ),
    Case(
        "refused by Hyperscan",
        changed(FAILURE, "is full$'", "is full(?:$x|y)'"),
        [(f"{FAILURE}:8", "Hyperscan refuses it")],
    ),
    Case("mark of a log", changed(LOG, "'^app [0-9.]+ starting$'", "'(?=app)'"), [(f"{LOG}:5", "only (?:...)")]),
    Case("error-like", changed(LOG, "  - '^error: '", "  - '*'"), [(f"{LOG}:7", "nothing to repeat")]),
    Case("noise", changed(LOG, "'^warning: cache is cold$'", "'('"), [(f"{LOG}:10", "a ( is not closed")]),
]


@pytest.mark.parametrize("case", PATTERNS, ids=lambda case: case.name)
def test_a_pattern_that_cannot_be_searched_for_is_named(book: SmallBook, case: Case) -> None:
    """Patterns of signatures, marks, error-like lines and noise; the check goes on where it can."""
    case.spoil(book)
    check(book, case)


LINK = "[line](sample:toy/broken/app.log#L2)"
LINKS = [
    Case(
        "sample on a page that is about no noun",
        lambda book: book.write(
            "docs/reference/more.md", "# More\n\n[a](sample:toy/broken)\n[b](sample:toy/nothing)\n"
        ),
        [("docs/reference/more.md:4", "there is no sample toy/nothing")],
    ),
    Case(
        "sample",
        changed(FAILURE, LINK, "[line](sample:toy/nothing/app.log#L2)"),
        [(f"{FAILURE}:19", "there is no sample toy/nothing")],
    ),
    Case(
        "file",
        changed(FAILURE, LINK, "[line](sample:toy/broken/other.log#L2)"),
        [(f"{FAILURE}:19", "the sample toy/broken has no file other.log")],
    ),
    Case(
        "line behind the end",
        changed(FAILURE, LINK, "[line](sample:toy/broken/app.log#L5)"),
        [(f"{FAILURE}:19", "app.log has no line 5")],
    ),
    Case(
        "line 0",
        changed(FAILURE, LINK, "[line](sample:toy/broken/app.log#L0)"),
        [(f"{FAILURE}:19", "app.log has no line 0")],
    ),
    Case(
        "line that is no number",
        changed(FAILURE, LINK, "[line](sample:toy/broken/app.log#Lx)"),
        [(f"{FAILURE}:19", "app.log has no line x")],
    ),
    Case(
        "playbook",
        changed(FAILURE, LINK, "[look](playbook:toy/nothing)"),
        [(f"{FAILURE}:19", "there is no playbook toy/nothing")],
    ),
    Case("last line", changed(FAILURE, LINK, "[line](sample:toy/broken/app.log#L4)"), []),
    Case("sample as a whole", changed(FAILURE, LINK, "[it](sample:toy/broken)"), []),
    Case("inside a fence", changed(FAILURE, LINK, "\n\n```text\n[line](sample:toy/nothing)\n```\n\n"), []),
    Case(
        "on the page of a log",
        changed(LOG, "On stderr.", "As [here](sample:toy/nothing)."),
        [(f"{LOG}:16", "there is no sample toy/nothing")],
    ),
]


@pytest.mark.parametrize("case", LINKS, ids=lambda case: case.name)
def test_a_link_to_a_sample_or_playbook_leads_somewhere(book: SmallBook, case: Case) -> None:
    """Sample, file and line exist, and so does the playbook."""
    case.spoil(book)
    check(book, case)
