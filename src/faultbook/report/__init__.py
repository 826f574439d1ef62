"""A diagnosis as text for a terminal, JSON, Markdown, GitHub annotations or SARIF."""

from collections.abc import Callable

from faultbook.diagnose import Diagnosis
from faultbook.report.github import as_github
from faultbook.report.json import as_json
from faultbook.report.markdown import as_markdown
from faultbook.report.sarif import as_sarif
from faultbook.report.text import as_text

FORMATS: dict[str, Callable[[Diagnosis], str]] = {
    "text": as_text,
    "json": as_json,
    "markdown": as_markdown,
    "github": as_github,
    "sarif": as_sarif,
}
"""Every format by the name of its option."""
