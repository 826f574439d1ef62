"""The JSON of a diagnosis: a contract, described in docs/reference/json.md and kept stable."""

import json
from typing import Any

from faultbook import __version__
from faultbook.catalogue.model import page_url
from faultbook.diagnose import Diagnosis, Evidence, Finding

TEXT_KEPT = 2000
"""Characters of an evidence line that are written."""


def as_json(diagnosis: Diagnosis) -> str:
    """The diagnosis as one JSON document with a line feed at its end."""
    return json.dumps(as_data(diagnosis), ensure_ascii=False, indent=1) + "\n"


def as_data(diagnosis: Diagnosis) -> dict[str, Any]:
    """The diagnosis as plain data."""
    return {
        "faultbook": __version__,
        "logs": [
            {"path": log.path, "kind": log.kind, "bytes": log.bytes, "lines": log.lines} for log in diagnosis.logs
        ],
        "findings": [_finding(finding) for finding in diagnosis.findings],
        "unexplained": [
            {"path": item.path, "line": item.line, "text": item.text[:TEXT_KEPT], "count": item.count}
            for item in diagnosis.unexplained
        ],
        "errors": [{"what": refusal.what, "remedy": refusal.remedy} for refusal in diagnosis.refusals],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    failure = finding.failure
    return {
        "failure": failure.id,
        "title": failure.title,
        "summary": failure.summary,
        "page": page_url("failures", failure.id),
        "playbook": failure.playbook,
        "caused_by": list(finding.caused_by),
        "hits": finding.hits,
        "evidence": [_evidence(evidence) for evidence in finding.evidence],
    }


def _evidence(evidence: Evidence) -> dict[str, Any]:
    hit = evidence.hit
    return {
        "path": evidence.path,
        "line": hit.line,
        "column": hit.column,
        "offset": hit.offset,
        "text": hit.text[:TEXT_KEPT],
        "signature": evidence.signature.pattern,
        "says": evidence.signature.says,
        "fields": hit.fields,
    }
