"""Every claim has its evidence: ids, signatures, samples and their papers."""

import pytest
from tests.small_book import BROKEN, BROKEN_LOG, CHECKLIST, FAILURE, HEALTHY, LOG, SmallBook
from tests.spoilt import PAPERS, SAYS, SIGNATURE, Case, changed, check, removed

IDS = [
    Case(
        "log",
        changed(FAILURE, "log: toy/app-log", "log: toy/nothing"),
        [
            (f"{FAILURE}:8", "is hit by no sample"),
            (f"{FAILURE}:8", "there is no log toy/nothing"),
            (f"{FAILURE}:12", "no signature of the page fires on the sample toy/broken"),
        ],
    ),
    Case(
        "sample",
        changed(FAILURE, "  - toy/broken", "  - toy/broken\n  - toy/nothing"),
        [(f"{FAILURE}:13", "there is no sample toy/nothing")],
    ),
    Case(
        "failure mode",
        changed(FAILURE, "leads_to: []", "leads_to: [toy/nothing]"),
        [(f"{FAILURE}:13", "there is no failure mode toy/nothing")],
    ),
    Case(
        "playbook",
        changed(FAILURE, "leads_to: []", "leads_to: []\nplaybook: toy/nothing"),
        [(f"{FAILURE}:14", "there is no playbook toy/nothing")],
    ),
    Case(
        "beyond lines, which is no sample of the page and has no playbook",
        changed(FAILURE, "leads_to: []", "leads_to: []\nbeyond_lines: [toy/healthy]"),
        [(f"{FAILURE}:14", "beyond_lines has toy/healthy, which nothing can find")],
    ),
    Case(
        "beyond lines, where a line shows it",
        changed(FAILURE, "leads_to: []", "leads_to: []\nplaybook: toy/nothing\nbeyond_lines: [toy/broken]"),
        [
            (f"{FAILURE}:14", "there is no playbook toy/nothing"),
            (f"{FAILURE}:15", "beyond_lines has toy/broken, but a signature of the page fires on it"),
        ],
    ),
    Case(
        "playbook of a checklist",
        changed(CHECKLIST, "  - app fails", "  - app fails\nplaybook: toy/nothing\nsample: toy/broken"),
        [(f"{CHECKLIST}:6", "there is no playbook toy/nothing")],
    ),
    Case(
        "sample of a checklist",
        changed(CHECKLIST, "  - app fails", "  - app fails\nsample: toy/nothing"),
        [(f"{CHECKLIST}:1", "playbook and sample go together"), (f"{CHECKLIST}:6", "there is no sample toy/nothing")],
    ),
    Case(
        "checklist that leads nowhere",
        changed(CHECKLIST, "../../failures/toy/disk-full.md", "../../logs/toy/app-log.md"),
        [(f"{CHECKLIST}:2", "no step leads to a failure mode")],
    ),
    Case(
        "near miss of nothing",
        changed(f"{HEALTHY}/provenance.yml", "healthy: true", "near_miss_of: toy/nothing"),
        [(f"{HEALTHY}/provenance.yml", "near_miss_of names toy/nothing, which is no failure mode")],
    ),
]


@pytest.mark.parametrize("case", IDS, ids=lambda case: case.name)
def test_a_dead_id_is_named_with_its_line(book: SmallBook, case: Case) -> None:
    """Logs, samples, failure modes and playbooks that pages name must exist."""
    case.spoil(book)
    check(book, case)


EVIDENCE = [
    Case(
        "failure mode without a sample",
        changed(FAILURE, "samples:\n  - toy/broken\n", "samples: []\n"),
        [
            (f"{FAILURE}:8", "its signature fires on the sample toy/broken"),
            (f"{FAILURE}:11", "the failure mode has no sample"),
            (PAPERS, "the sample shows nothing"),
        ],
    ),
    Case(
        "failure mode nothing finds",
        changed(
            FAILURE,
            f"signatures:\n  - log: toy/app-log\n    pattern: {SIGNATURE}\n{SAYS}\n",
            "signatures: []\n",
        ),
        [(f"{FAILURE}:7", "the failure mode has neither a signature nor a playbook")],
    ),
    Case(
        "signature without a sample",
        changed(
            FAILURE,
            SAYS,
            f"{SAYS}\n  - log: toy/app-log\n    pattern: 'never seen'\n    says: x",
        ),
        [(f"{FAILURE}:11", "the signature 'never seen' is hit by no sample")],
    ),
    Case(
        "signature twice",
        changed(
            FAILURE,
            SAYS,
            f"{SAYS}\n  - log: toy/app-log\n    pattern: {SIGNATURE}\n    says: again",
        ),
        [(f"{FAILURE}:11", "the same signature stands in toy/disk-full")],
    ),
    Case(
        "signature that misses its sample",
        changed(FAILURE, "is full$'", "is empty$'"),
        [
            (f"{FAILURE}:8", "is hit by no sample"),
            (f"{FAILURE}:12", "no signature of the page fires on the sample toy/broken, which it lists"),
        ],
    ),
    Case(
        "signature that fires on a healthy sample",
        changed(FAILURE, SIGNATURE, "'^app '"),
        [
            (
                f"{FAILURE}:8",
                f"its signature fires on the healthy sample toy/healthy ({HEALTHY}/app.log:1), which the page",
            )
        ],
    ),
    Case(
        "healthy sample that is listed",
        changed(FAILURE, "  - toy/broken", "  - toy/broken\n  - toy/healthy"),
        [
            (f"{FAILURE}:13", "no signature of the page fires on the sample toy/healthy"),
            (f"{HEALTHY}/provenance.yml", "it is healthy, but toy/disk-full lists it"),
        ],
    ),
    Case(
        "near miss that is listed",
        changed(PAPERS, "edits: none", "edits: none\nnear_miss_of: toy/disk-full"),
        [(PAPERS, "it is a near miss of toy/disk-full, whose page lists it")],
    ),
    Case(
        "sample that shows nothing",
        changed(f"{HEALTHY}/provenance.yml", "healthy: true\n", ""),
        [(f"{HEALTHY}/provenance.yml", "the sample shows nothing")],
    ),
    Case(
        "circle of one",
        changed(FAILURE, "leads_to: []", "leads_to: [toy/disk-full]"),
        [(f"{FAILURE}:13", "leads_to leads back to this failure mode")],
    ),
    Case(
        "noise without a sample",
        changed(LOG, "cache is cold$", "cache is hot$"),
        [(f"{LOG}:10", "the noise '^warning: cache is hot$' is hit by no sample")],
    ),
    Case(
        "log without a sample",
        changed(LOG, "'^app [0-9.]+ starting$'", "'^never$'"),
        [
            (f"{FAILURE}:8", "is hit by no sample"),
            (f"{FAILURE}:12", "no signature of the page fires"),
            (f"{LOG}:5", "no file of any sample is recognised as this log"),
            (f"{LOG}:10", "is hit by no sample"),
            (PAPERS, "the file app.log is not recognised as any log"),
            (f"{HEALTHY}/provenance.yml", "the file app.log is not recognised as any log"),
        ],
    ),
]


@pytest.mark.parametrize("case", EVIDENCE, ids=lambda case: case.name)
def test_every_claim_needs_its_evidence(book: SmallBook, case: Case) -> None:
    """Failure modes, signatures, noise and logs are shown by samples; samples show what lists them."""
    case.spoil(book)
    check(book, case)


def test_a_circle_of_causes_is_named_on_each_of_its_pages(book: SmallBook) -> None:
    """A cause cannot be its own effect, over any number of steps."""
    page = (book.root / FAILURE).read_text(encoding="utf-8")
    for slug, effect, word in (("one", "toy/two", "starting"), ("two", "toy/one", "failed")):
        text = page.replace("leads_to: []", f"leads_to: [{effect}]").replace("disk (?<disk>[^ ]+) is full", word)
        book.write(
            f"docs/failures/toy/{slug}.md",
            text.replace("'^error: ", "'")
            .replace('.run sample="toy/broken/app.log"', ".live")
            .replace("{.output}", ""),
        )
    circles = [line for line in book.complaints() if "leads back" in line]
    assert circles == [
        f"docs/failures/toy/{slug}.md:13: leads_to leads back to this failure mode" for slug in ("one", "two")
    ]


def test_a_signature_of_another_page_is_not_repeated(book: SmallBook) -> None:
    """One line, one failure mode: the second page is told of the first."""
    text = (book.root / FAILURE).read_text(encoding="utf-8")
    book.write("docs/failures/toy/later.md", text)
    assert book.complaints() == ["docs/failures/toy/later.md:8: the same signature stands in toy/disk-full"]


SAMPLES = [
    Case(
        "no papers",
        removed(f"{HEALTHY}/provenance.yml"),
        [(f"{HEALTHY}/provenance.yml", "the sample toy/healthy has no provenance")],
    ),
    Case(
        "wrong bytes",
        lambda book: book.write(f"{HEALTHY}/app.log", "app 1.0 starting\nx\n"),
        [(f"{HEALTHY}/provenance.yml:11", "the file app.log has other bytes than its checksum says")],
    ),
    Case(
        "missing file",
        removed(f"{HEALTHY}/app.log"),
        [(f"{HEALTHY}/provenance.yml:11", "the file app.log is not there")],
    ),
    Case(
        "file without a checksum",
        lambda book: book.write(f"{HEALTHY}/more.log", "app 1.0 starting\n"),
        [(f"{HEALTHY}/provenance.yml:11", "the file more.log has no checksum")],
    ),
    Case(
        "unknown log",
        lambda book: book.add_sample(BROKEN, {"app.log": BROKEN_LOG, "other.log": b"who knows\n"}),
        [(PAPERS, "the file other.log is not recognised as any log")],
    ),
    Case(
        "binary beside the logs",
        lambda book: book.add_sample(BROKEN, {"app.log": BROKEN_LOG, "heap.png": b"\x89PNG\r\n"}),
        [],
    ),
    Case("empty log", lambda book: book.add_sample(BROKEN, {"app.log": BROKEN_LOG, "empty.log": b""}), []),
    Case("capture script", lambda book: book.write(f"{BROKEN}/capture.sh", "app run\n"), []),
]


@pytest.mark.parametrize("case", SAMPLES, ids=lambda case: case.name)
def test_a_sample_is_held_against_its_papers(book: SmallBook, case: Case) -> None:
    """Every file has its checksum and its bytes, and a log is one that is known."""
    case.spoil(book)
    check(book, case)
