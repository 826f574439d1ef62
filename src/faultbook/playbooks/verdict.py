"""The verdict at the end of a playbook: which failure modes are confirmed, on what evidence, and what to do next."""

import html
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from faultbook.catalogue.model import Catalogue, Failure, page_url
from faultbook.catalogue.places import Given, in_order
from faultbook.catalogue.store import current
from faultbook.diagnose import Evidence, diagnose
from faultbook.diagnose.order import causes_first
from faultbook.problems import Refusal
from faultbook.report.lines import shown

MIME = "application/vnd.faultbook.verdict+json"
_EVIDENCE_SHOWN = 3
NONE = "None of the failure modes this playbook knows."


Line = tuple[str, int, str]
"""A line of evidence: file name, 1-based line, text."""


@dataclass(frozen=True)
class Confirmed:
    """A failure mode that is confirmed, with the lines that confirm it."""

    failure: Failure
    evidence: tuple[Line, ...]
    caused_by: tuple[str, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """What a playbook concludes.

    `says` are conclusions that are no failure mode: what was compared and came out well, what to look at next.
    `missing` says which evidence was not given and what it could tell.
    """

    playbook: str
    confirmed: tuple[Confirmed, ...]
    missing: tuple[str, ...] = ()
    says: tuple[str, ...] = ()

    def as_data(self) -> dict[str, Any]:
        """The verdict as plain data; described in docs/reference/json.md."""
        return {
            "playbook": self.playbook,
            "confirmed": [_as_data(confirmed) for confirmed in self.confirmed],
            "missing": list(self.missing),
            "says": list(self.says),
        }

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        """What a notebook shows: data for the checks, HTML for a page, text for everything else."""
        return {MIME: self.as_data(), "text/html": _as_html(self), "text/plain": as_text(self)}


def reach(
    playbook: str,
    logs: Mapping[str, Given],
    missing: Iterable[str] = (),
    own: Mapping[str, Iterable[Line]] | None = None,
    says: Iterable[str] = (),
) -> Verdict:
    """The verdict of `playbook` on `logs` (parameter name: path, list of paths, None where it was not given).

    Confirmed is what the signatures find, and what the playbook finds by its `own` logic where no single line shows a
    failure mode (id: the lines which show it together). Both count only for the failure modes whose pages name this
    playbook. Causes come first. Raises `Refusal` when a log cannot be read.
    """
    catalogue = current()
    diagnosis = diagnose(list(in_order(catalogue.playbooks[playbook], logs)), catalogue)
    if diagnosis.refusals:
        raise diagnosis.refusals[0]
    found = {ident: tuple(lines) for ident, lines in (own or {}).items()}
    for finding in diagnosis.findings:
        ident = finding.failure.id
        found[ident] = (*found.get(ident, ()), *map(_place, finding.evidence))
    ordered = causes_first([_confirmed(catalogue, ident, found) for ident in found])
    confirmed = tuple(one for one in ordered if one.failure.playbook == playbook)
    return Verdict(playbook, confirmed, tuple(missing), tuple(says))


def confirmed_by(data: Mapping[str, Any]) -> list[str]:
    """The ids confirmed by a verdict in its plain form, in its order."""
    return [str(item["failure"]) for item in data["confirmed"]]


def known_to(playbook: str, catalogue: Catalogue) -> list[Failure]:
    """The failure modes whose pages name `playbook`. Raises `Refusal` for a playbook that is not there."""
    if playbook not in catalogue.playbooks:
        names = ", ".join(catalogue.playbooks) or "none"
        raise Refusal(f"there is no playbook {playbook}", f"Playbooks: {names}.")
    return [failure for failure in catalogue.failures.values() if failure.playbook == playbook]


def as_text(verdict: Verdict) -> str:
    """The verdict for a terminal."""
    lines = [] if verdict.confirmed else [NONE]
    lines += verdict.says
    for number, confirmed in enumerate(verdict.confirmed, 1):
        lines.append(f"{number}. {confirmed.failure.title} [{confirmed.failure.id}]")
        lines.append(f"   {confirmed.failure.summary}")
        if confirmed.caused_by:
            lines.append(f"   caused by {', '.join(confirmed.caused_by)}")
        lines += [f"   {name}:{line}: {shown(text)}" for name, line, text in confirmed.evidence[:_EVIDENCE_SHOWN]]
        lines.append(f"   next: {page_url('failures', confirmed.failure.id)}")
    return "\n".join([*lines, *(f"Not given: {text}" for text in verdict.missing)])


def _as_data(confirmed: Confirmed) -> dict[str, Any]:
    failure = confirmed.failure
    return {
        "failure": failure.id,
        "title": failure.title,
        "page": page_url("failures", failure.id),
        "caused_by": list(confirmed.caused_by),
        "evidence": [{"path": name, "line": line, "text": text[:500]} for name, line, text in confirmed.evidence],
    }


def _confirmed(catalogue: Catalogue, ident: str, found: Mapping[str, tuple[Line, ...]]) -> Confirmed:
    causes = tuple(cause for cause in catalogue.causes_of(ident) if cause in found)
    return Confirmed(catalogue.failures[ident], found[ident], causes)


def _place(evidence: Evidence) -> Line:
    return Path(evidence.path).name, evidence.hit.line, evidence.hit.text


def _as_html(verdict: Verdict) -> str:
    items = "".join(map(_item, verdict.confirmed))
    body = f"<ol>{items}</ol>" if items else f"<p>{NONE}</p>"
    body += "".join(f"<p>{html.escape(text)}</p>" for text in verdict.says)
    missing = "".join(f"<li>{html.escape(text)}</li>" for text in verdict.missing)
    not_given = f"<p>Not given:</p><ul>{missing}</ul>" if missing else ""
    state = "found" if items else "none"
    return f'<div class="fb-verdict fb-verdict--{state}"><p><strong>Verdict</strong></p>{body}{not_given}</div>'


def _item(confirmed: Confirmed) -> str:
    failure = confirmed.failure
    evidence = "".join(
        f"<li><code>{html.escape(name)}:{line}</code> <code>{html.escape(shown(text))}</code></li>"
        for name, line, text in confirmed.evidence[:_EVIDENCE_SHOWN]
    )
    caused = f" Caused by {html.escape(', '.join(confirmed.caused_by))}." if confirmed.caused_by else ""
    head = f"<strong>{html.escape(failure.title)}</strong> (<code>{html.escape(failure.id)}</code>)"
    return f"<li>{head}: {html.escape(failure.summary)}{html.escape(caused)}<ul>{evidence}</ul></li>"
