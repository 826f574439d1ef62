"""A diagnosis as GitHub Actions annotations.

Source of the format: "Workflow commands for GitHub Actions" in GitHub's documentation.
"""

from faultbook.catalogue.model import page_url
from faultbook.diagnose import Diagnosis, Finding
from faultbook.report.lines import shown


def as_github(diagnosis: Diagnosis) -> str:
    """One `::error` for each finding, a `::notice` when there is none in what was searched."""
    if diagnosis.searched and not diagnosis.findings:
        return "::notice title=faultbook::No known failure mode.\n"
    return "".join(map(_annotation, diagnosis.findings))


def _annotation(finding: Finding) -> str:
    first = finding.evidence[0]
    title = f"{finding.failure.title} [{finding.failure.id}]"
    place = f"file={_property(first.path)},line={first.hit.line},col={first.hit.column},title={_property(title)}"
    message = f"{finding.failure.summary}\n{shown(first.hit.text)}\n{page_url('failures', finding.failure.id)}"
    return f"::error {place}::{_data(message)}\n"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
