"""No section of the debugging notes that this book replaces is lost: `docs/reference/coverage.md` has each."""

from pathlib import Path

import pytest

from faultbook.catalogue import markdown

PAGE = Path(__file__).parents[1] / "docs" / "reference" / "coverage.md"
SECTIONS = {
    "The engine debugging notes": (
        "Engine Debugging",
        "Core Loop",
        "Repro First",
        "CI Trace Replay",
        "Finding Trace IDs From GitHub PR Checks",
        "Performance Debugging With Persistent Dev Engine",
        "Start Persistent Dev Engine",
        "Run Commands Against Persistent Engine",
        "Docker-Level Debugging",
        "pprof and Debug Endpoints",
        "Metrics-First Leak Triage",
        "Internal Docs",
        "Cache Snapshot Analyzer",
    ),
    "The cache debugging notes": (
        "Debugging Cache Issues",
        "Core Loop",
        "Repro First",
        "Performance Debugging With Persistent Dev Engine",
        "Start Persistent Dev Engine",
        "Run Commands Against Persistent Engine",
        "Docker-Level Debugging",
        "pprof and Debug Endpoints",
        "Metrics-First Leak Triage",
        "Where to Log (Most Useful)",
        "ID + cache key construction",
        "Base cache lookup/store",
        "Session wrapper behavior",
        "TTL persistence path",
        "Filesync-specific cache behavior",
        "Fast Triage Checklists",
        "Unexpected miss",
        "Unexpected hit",
        "Session-specific oddities",
        "TTL confusion",
        "Common Failure Modes",
        "Minimal Logging Principle",
    ),
    "The lockfile proposal": (
        "Lockfile Session-State Proposal",
        "What This Proposal Does Not Do",
        "Core Invariant",
        "Concrete Implementation",
        "Access Pattern",
        "Hot-Path Changes",
        "Final Flush",
        "Why This Addresses the Concerns",
        "Scope of This Proposal",
        "Short Version",
    ),
    "The Praxis page on its engine": (
        "Introduction",
        "Project Structure",
        "Core Components",
        "Architecture Overview",
        "Detailed Component Analysis",
        "DaggerEngine Implementation",
        "Class Diagram",
        "Tool Execution Lifecycle",
        "Sequence Diagram",
        "Configuration Parameters",
        "Flowchart",
        "Dependency Analysis",
        "Performance Considerations",
        "Troubleshooting Guide",
        "Common Issues and Solutions",
        "Image Pull Failures",
        "Resource Exhaustion",
        "Timeout Handling",
        "Conclusion",
    ),
}
EACH = [(notes, section) for notes, sections in SECTIONS.items() for section in sections]


def rows(notes: str) -> dict[str, tuple[str, str]]:
    """The table below the heading `notes`: by section, in its order, the cells `page` and `what changed`."""
    _, _, below = PAGE.read_text(encoding="utf-8").partition(f"\n## {notes}\n")
    lines = [line for line in below.partition("\n## ")[0].splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[1:]]
    names = [section for section, _, _ in cells]
    assert len(names) == len(set(names)), f"a section of {notes} stands there twice"
    return {section: (page, changed) for section, page, changed in cells}


@pytest.mark.parametrize("notes", SECTIONS)
def test_the_table_has_every_section_of_the_notes_and_no_other(notes: str) -> None:
    """They stand in the order of the notes, so that a reader finds his place."""
    assert list(rows(notes)) == list(SECTIONS[notes])


@pytest.mark.parametrize(("notes", "section"), EACH)
def test_a_section_has_a_page(notes: str, section: str) -> None:
    """Nothing is left out, and each row says what changed."""
    page, changed = rows(notes)[section]
    assert markdown.links(page), page
    assert changed.endswith("."), changed


def test_every_link_of_the_page_leads_to_a_page() -> None:
    """A page that is renamed takes its rows along."""
    text = PAGE.read_text(encoding="utf-8")
    targets = [target.partition("#")[0] for target, _ in markdown.links(text) if not target.startswith("sample:")]
    assert [target for target in targets if not (PAGE.parent / target).is_file()] == []
