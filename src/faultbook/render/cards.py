"""The card on top of a page: what its front matter says and what links back to it."""

from collections.abc import Iterable

from faultbook.catalogue.model import Checklist, Failure, Log, Playbook, Sample, Signature
from faultbook.render.html import code, items, prose, table, tag, text
from faultbook.render.site import Place

Row = tuple[str, str]
"""A row of a card: what it is called, and HTML."""


def failure_card(failure: Failure, place: Place) -> str:
    """Summary, notice where nothing was captured, and the card of a failure mode."""
    rows = [
        ("Signs", items(_sign(signature, place) for signature in failure.signatures)),
        ("Caused by", _links("failures", place.site.catalogue.causes_of(failure.id), place)),
        ("Leads to", _links("failures", failure.leads_to, place)),
    ]
    more = [
        ("Checklists", _links("checklists", _checklists_to(failure.id, place), place)),
        ("Playbook", _playbook(failure.playbook, place)),
        ("Logs", _links("logs", dict.fromkeys(signature.log for signature in failure.signatures), place)),
        ("Samples", _samples(failure.samples, place)),
        ("Where seen", text(failure.seen_in)),
        ("Signatures", items(code(signature.pattern) for signature in failure.signatures)),
        ("Asked as", _asked(failure.asked_as)),
    ]
    card = _card(rows, "Checklists, playbook, samples, signatures", more)
    return _lead(failure.summary) + _constructed(failure, place) + card


def checklist_card(checklist: Checklist, place: Place) -> str:
    """Summary and card of a checklist."""
    more = [
        ("Leads to", _links("failures", checklist.failures, place)),
        ("Playbook", _playbook(checklist.playbook, place)),
        ("Asked as", _asked(checklist.asked_as)),
    ]
    return _lead(checklist.summary) + _card([], f"The {len(checklist.failures)} failure modes it tells apart", more)


def log_card(log: Log, place: Place) -> str:
    """Summary and card of a log."""
    known = place.site.catalogue
    samples = [sample.id for sample in known.samples.values() if sample.file_of(log.id)]
    playbooks = [playbook.id for playbook in known.playbooks.values() if log.id in playbook.logs.values()]
    more = [
        ("Playbooks", _links("playbooks", playbooks, place)),
        ("Recognised by", items(map(code, log.recognised_by))),
        ("Samples", _samples(samples, place)),
    ]
    return _lead(log.summary) + _card([], "How it is recognised, playbooks, samples", more)


def playbook_card(playbook: Playbook, place: Place) -> str:
    """Summary and card of a playbook."""
    known = place.site.catalogue
    failures = [failure.id for failure in known.failures.values() if failure.playbook == playbook.id]
    checklists = [checklist.id for checklist in known.checklists.values() if checklist.playbook == playbook.id]
    rows = [
        ("Reads", items(_read(name, playbook, place) for name in sorted(playbook.logs, key=playbook.needs.__ne__))),
        ("Shown on", place.sample_link(playbook.default_sample)),
    ]
    more = [
        ("Confirms", _links("failures", failures, place)),
        ("Checklists", _links("checklists", checklists, place)),
    ]
    return _lead(playbook.summary) + _card(rows, f"The {len(failures)} failure modes it can confirm", more)


def sample_card(sample: Sample, place: Place) -> str:
    """The papers of a sample: where it comes from and what it shows."""
    rows = [
        ("Shows", _shows(sample, place)),
        ("Kind", text(sample.kind)),
        ("Program", text(f"{sample.program} {sample.version}")),
        ("Date", text(sample.date)),
        ("Command", code(sample.command)),
        ("Provoked by", prose(sample.provoked_by)),
        ("Edits", prose(sample.edits)),
        ("Notes", prose(sample.notes)),
    ]
    return _lead(sample.title) + _card(rows)


def seen_in_log(log: Log, place: Place) -> str:
    """The table of failure modes with a signature on a log, '' without any."""
    rows = [
        (place.link("failures", failure.id), code(signature.pattern), prose(signature.says))
        for failure in place.site.catalogue.failures.values()
        for signature in failure.signatures
        if signature.log == log.id
    ]
    return table(("Failure mode", "Signature", "Says"), rows) if rows else ""


def noise_in_log(log: Log) -> str:
    """The table of harmless lines of a log, '' without any."""
    rows = [(code(noise.pattern), prose(noise.says)) for noise in log.noise]
    return table(("Line", "Harmless because"), rows) if rows else ""


def _lead(summary: str) -> str:
    return tag("p", prose(summary), class_="fb-lead")


def _card(rows: Iterable[Row], label: str = "", more: Iterable[Row] = ()) -> str:
    """Rows that are not empty as a definition list; `more` of them are folded away under a label."""
    folded = _definitions(more)
    if folded:
        folded = tag("details", tag("summary", text(label)) + folded, class_="fb-more")
    inner = _definitions(rows) + folded
    return tag("div", inner, class_="fb-card") if inner else ""


def _definitions(rows: Iterable[Row]) -> str:
    inner = "".join(tag("div", tag("dt", text(name)) + tag("dd", value)) for name, value in rows if value)
    return tag("dl", inner) if inner else ""


def _sign(signature: Signature, place: Place) -> str:
    return f"{prose(signature.says)} ({place.link('logs', signature.log)})"


def _read(name: str, playbook: Playbook, place: Place) -> str:
    several = ", any number" if name in playbook.many else ""
    optional = "" if name == playbook.needs else ", optional"
    return f"{place.link('logs', playbook.logs[name])} ({code(name)}{several}{optional})"


def _links(noun: str, idents: Iterable[str], place: Place) -> str:
    return items(place.link(noun, ident) for ident in idents)


def _playbook(playbook: str | None, place: Place) -> str:
    return place.link("playbooks", playbook) if playbook else ""


def _samples(samples: Iterable[str], place: Place) -> str:
    return items(place.sample_link(ident) + _kind(ident, place) for ident in samples)


def _kind(ident: str, place: Place) -> str:
    sample = place.site.catalogue.samples.get(ident)
    return "" if sample is None or sample.kind == "captured" else f" ({text(sample.kind)})"


def _asked(asked_as: Iterable[str]) -> str:
    return items(map(text, asked_as))


def _checklists_to(failure: str, place: Place) -> list[str]:
    checklists = place.site.catalogue.checklists.values()
    return [checklist.id for checklist in checklists if failure in checklist.failures]


def _shows(sample: Sample, place: Place) -> str:
    if sample.healthy:
        return "a healthy run: no signature may fire on it"
    shown = _links("failures", (failure.id for failure in place.site.catalogue.shown_by(sample.id)), place)
    near = sample.near_miss_of
    return shown + (f"a near miss of {place.link('failures', near)}" if near else "")


def _constructed(failure: Failure, place: Place) -> str:
    """The notice that no sample of this page was captured."""
    samples = [place.site.catalogue.samples.get(ident) for ident in failure.samples]
    kinds = sorted({sample.kind for sample in samples if sample})
    if not kinds or "captured" in kinds:
        return ""
    words = f"No captured log shows this failure mode: its samples are {' and '.join(kinds)}."
    return tag(
        "div", tag("p", "Not captured", class_="admonition-title") + tag("p", words), class_="admonition warning"
    )
