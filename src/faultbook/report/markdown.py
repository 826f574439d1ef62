"""A diagnosis as Markdown for an issue or an incident channel."""

from collections.abc import Iterator

from faultbook.catalogue.model import page_url
from faultbook.diagnose import Diagnosis, Finding
from faultbook.report.lines import shown

EVIDENCE_SHOWN = 4


def as_markdown(diagnosis: Diagnosis) -> str:
    """Findings as sections, evidence in code spans that log text cannot leave."""
    return "\n".join(_lines(diagnosis)) + "\n"


def _lines(diagnosis: Diagnosis) -> Iterator[str]:
    yield "## Diagnosis\n"
    if diagnosis.searched and not diagnosis.findings:
        yield "No known failure mode.\n"
    for finding in diagnosis.findings:
        yield from _finding(finding)
    if diagnosis.unexplained:
        yield "### Not explained by any signature\n"
        for item in diagnosis.unexplained:
            yield f"- {code(f'{item.path}:{item.line}')} ({item.count}x): {code(shown(item.text))}"
        yield ""
    for log in diagnosis.logs:
        remark = f"; {log.remark}" if log.remark else ""
        yield f"- read {code(log.path)}: {log.kind or 'no known log'}, {log.lines} lines{remark}"


def _finding(finding: Finding) -> Iterator[str]:
    failure = finding.failure
    yield f"### {failure.title}\n"
    yield f"{failure.summary} ({code(failure.id)}, page {code(page_url('failures', failure.id))})\n"
    if finding.caused_by:
        yield f"Caused by {', '.join(map(code, finding.caused_by))}.\n"
    for evidence in finding.evidence[:EVIDENCE_SHOWN]:
        yield f"- {code(f'{evidence.path}:{evidence.hit.line}')}: {code(shown(evidence.hit.text))}"
    yield ""


def code(text: str) -> str:
    """A code span around any text (CommonMark 0.31, section 6.1: more backticks outside than inside)."""
    longest = 0
    run = 0
    for char in text:
        run = run + 1 if char == "`" else 0
        longest = max(longest, run)
    marks = "`" * (longest + 1)
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{marks}{pad}{text}{pad}{marks}"
