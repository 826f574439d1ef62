"""How a check of an agent's configuration is told: as text, and as JSON (described in docs/reference/json.md)."""

from collections.abc import Iterator, Sequence
from typing import Any

from faultbook.praxis.findings import Finding
from faultbook.praxis.rules import BOTH
from faultbook.praxis.spec import Checked, Variable
from faultbook.report.lines import shown

_LEVELS = {"error": "error", "silent": "silent", "note": "note"}


def as_text(path: str, checked: Checked) -> Iterator[str]:
    """Findings in the order of the lines, then every variable, then a count."""
    for finding in checked.findings:
        yield from _finding(path, finding)
    if checked.variables:
        yield "Variables which the agent replaces when it loads the file:"
    for variable in checked.variables:
        yield f"  {path}:{variable.reference.line}: {_variable(variable)}"
    counts = {level: sum(one.rule.level == level for one in checked.findings) for level in _LEVELS}
    yield ", ".join(f"{_LEVELS[level]}: {count}" for level, count in counts.items())


def _finding(path: str, finding: Finding) -> Iterator[str]:
    rule = finding.rule
    only = f" (only {rule.revisions[0]})" if rule.revisions != BOTH else ""
    yield shown(f"{path}:{finding.line}: {_LEVELS[rule.level]}{only}: {finding.what}", 400)
    yield f"    {shown(finding.remedy, 400)}"
    if rule.page:
        yield f"    faultbook show {rule.page}"


def _variable(variable: Variable) -> str:
    state = "set" if variable.is_set else "not set, it leaves nothing"
    place = f" in {variable.place}" if variable.place else ""
    return shown(f"{variable.reference.written} {state}{place}")


def as_data(path: str, checked: Checked, revisions: Sequence[str]) -> dict[str, Any]:
    """All of it as plain data; the values of variables are not in it."""
    return {
        "path": path,
        "revisions": list(revisions),
        "findings": [
            {
                "line": finding.line,
                "level": finding.rule.level,
                "rule": finding.rule.id,
                "page": finding.rule.page,
                "tool": finding.tool or None,
                "what": finding.what,
                "remedy": finding.remedy,
                "revisions": list(finding.rule.revisions),
            }
            for finding in checked.findings
        ],
        "variables": [
            {
                "line": variable.reference.line,
                "written": variable.reference.written,
                "name": variable.reference.name,
                "set": variable.is_set,
                "place": variable.place,
            }
            for variable in checked.variables
        ],
    }
