"""A diagnosis as SARIF 2.1.0 (OASIS standard "Static Analysis Results Interchange Format")."""

import json
import os
from typing import Any
from urllib.parse import quote

from faultbook import __version__
from faultbook.catalogue.model import Failure
from faultbook.diagnose import Diagnosis, Evidence, Finding
from faultbook.report.lines import shown


def as_sarif(diagnosis: Diagnosis) -> str:
    """One run: a rule for each failure mode found, a result for each finding with its evidence as locations."""
    document = {
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "faultbook",
                        "version": __version__,
                        "rules": [_rule(finding.failure) for finding in diagnosis.findings],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "results": [_result(finding) for finding in diagnosis.findings],
            }
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _rule(failure: Failure) -> dict[str, Any]:
    return {
        "id": failure.id,
        "shortDescription": {"text": failure.title},
        "fullDescription": {"text": failure.summary},
    }


def _result(finding: Finding) -> dict[str, Any]:
    return {
        "ruleId": finding.failure.id,
        "level": "error",
        "message": {"text": finding.failure.summary},
        "locations": [_location(finding.evidence[0])],
        "relatedLocations": [_location(evidence) for evidence in finding.evidence[1:]],
    }


def _location(evidence: Evidence) -> dict[str, Any]:
    hit = evidence.hit
    region = {"startLine": hit.line, "startColumn": hit.column, "snippet": {"text": shown(hit.text)}}
    return {"physicalLocation": {"artifactLocation": {"uri": quote(os.fsencode(evidence.path))}, "region": region}}
