"""A diagnosis for the terminal."""

import shlex
from collections.abc import Iterator

from faultbook.catalogue.model import page_url
from faultbook.diagnose import Diagnosis, Finding, LogRead
from faultbook.report.lines import shown

EVIDENCE_SHOWN = 4


def as_text(diagnosis: Diagnosis) -> str:
    """Findings with evidence, then what is unexplained, then what was read."""
    parts = [*_findings(diagnosis), *_unexplained(diagnosis), *_logs(diagnosis)]
    return "\n".join(parts) + "\n"


def _findings(diagnosis: Diagnosis) -> Iterator[str]:
    if diagnosis.searched and not diagnosis.findings:
        yield "No known failure mode.\n"
    for finding in diagnosis.findings:
        yield f"{finding.failure.title}  [{finding.failure.id}]"
        yield f"  {finding.failure.summary}"
        if finding.caused_by:
            yield f"  caused by: {', '.join(finding.caused_by)}"
        yield from _evidence(finding)
        yield f"  page:     {page_url('failures', finding.failure.id)}  (`faultbook show {finding.failure.id}`)"
        if finding.playbook_logs:
            yield f"  playbook: faultbook run {finding.failure.playbook} {shlex.join(finding.playbook_logs)}"
        yield ""


def _evidence(finding: Finding) -> Iterator[str]:
    for evidence in finding.evidence[:EVIDENCE_SHOWN]:
        yield f"    {evidence.path}:{evidence.hit.line}: {shown(evidence.hit.text)}"
    more = finding.hits - min(len(finding.evidence), EVIDENCE_SHOWN)
    if more:
        yield f"    ... and {more} more"


def _unexplained(diagnosis: Diagnosis) -> Iterator[str]:
    if diagnosis.unexplained:
        yield "Not explained by any signature:"
        for item in diagnosis.unexplained:
            times = f" ({item.count} alike)" if item.count > 1 else ""
            yield f"    {item.path}:{item.line}: {shown(item.text)}{times}"
        yield ""


def _logs(diagnosis: Diagnosis) -> Iterator[str]:
    if diagnosis.logs:
        yield "Read:"
        yield from (f"    {_log(log)}" for log in diagnosis.logs)


def _log(log: LogRead) -> str:
    remark = f"; {log.remark}" if log.remark else ""
    return f"{log.path}: {log.kind or 'no known log'}, {log.lines:,} lines, {log.bytes:,} bytes{remark}"
