"""The catalogue as plain data and back: `faultbook list --json`, the site's `index.json`, the file in the wheel."""

from typing import Any

from faultbook.catalogue.model import (
    Catalogue,
    Checklist,
    Failure,
    Log,
    Noise,
    Playbook,
    Sample,
    SampleFile,
    Signature,
    page_url,
)


def to_data(catalogue: Catalogue) -> dict[str, Any]:
    """The catalogue as lists of mappings; described in docs/reference/json.md and kept stable."""
    return {
        "failures": [_failure(failure) for failure in catalogue.failures.values()],
        "checklists": [_checklist(checklist) for checklist in catalogue.checklists.values()],
        "playbooks": [_playbook(playbook) for playbook in catalogue.playbooks.values()],
        "logs": [_log(log) for log in catalogue.logs.values()],
        "samples": [_sample(sample) for sample in catalogue.samples.values()],
    }


def from_data(data: dict[str, Any]) -> Catalogue:
    """The catalogue of `to_data`."""
    return Catalogue(
        logs={item["id"]: _to_log(item) for item in data["logs"]},
        failures={item["id"]: _to_failure(item) for item in data["failures"]},
        checklists={
            item["id"]: Checklist(**_without_page(item, "asked_as", "failures")) for item in data["checklists"]
        },
        playbooks={item["id"]: Playbook(**_without_page(item, "many")) for item in data["playbooks"]},
        samples={item["id"]: _to_sample(item) for item in data["samples"]},
    )


def _failure(failure: Failure) -> dict[str, Any]:
    return {
        "id": failure.id,
        "title": failure.title,
        "summary": failure.summary,
        "page": page_url("failures", failure.id),
        "family": failure.family,
        "asked_as": list(failure.asked_as),
        "signatures": [dict(vars(signature)) for signature in failure.signatures],
        "samples": list(failure.samples),
        "playbook": failure.playbook,
        "leads_to": list(failure.leads_to),
        "seen_in": failure.seen_in,
        "beyond_lines": list(failure.beyond_lines),
    }


def _to_failure(item: dict[str, Any]) -> Failure:
    return Failure(
        **_without_page(item, "asked_as", "samples", "leads_to", "signatures", "beyond_lines")
        | {"signatures": tuple(Signature(**signature) for signature in item["signatures"])}
    )


def _checklist(checklist: Checklist) -> dict[str, Any]:
    return {
        "id": checklist.id,
        "title": checklist.title,
        "summary": checklist.summary,
        "page": page_url("checklists", checklist.id),
        "asked_as": list(checklist.asked_as),
        "playbook": checklist.playbook,
        "sample": checklist.sample,
        "failures": list(checklist.failures),
    }


def _playbook(playbook: Playbook) -> dict[str, Any]:
    return {
        "id": playbook.id,
        "title": playbook.title,
        "summary": playbook.summary,
        "page": page_url("playbooks", playbook.id),
        "logs": dict(playbook.logs),
        "needs": playbook.needs,
        "default_sample": playbook.default_sample,
        "many": list(playbook.many),
    }


def _log(log: Log) -> dict[str, Any]:
    return {
        "id": log.id,
        "title": log.title,
        "summary": log.summary,
        "page": page_url("logs", log.id),
        "recognised_by": list(log.recognised_by),
        "error_like": list(log.error_like),
        "noise": [dict(vars(noise)) for noise in log.noise],
        "magic": list(log.magic),
    }


def _to_log(item: dict[str, Any]) -> Log:
    fields = _without_page(item, "recognised_by", "error_like", "magic")
    return Log(**fields | {"noise": tuple(Noise(**noise) for noise in item["noise"])})


def _sample(sample: Sample) -> dict[str, Any]:
    fields = {name: value for name, value in vars(sample).items() if name != "files"}
    return fields | {"page": page_url("samples", sample.id), "files": [dict(vars(file)) for file in sample.files]}


def _to_sample(item: dict[str, Any]) -> Sample:
    return Sample(**_without_page(item) | {"files": tuple(SampleFile(**file) for file in item["files"])})


def _without_page(item: dict[str, Any], *lists: str) -> dict[str, Any]:
    """A record's fields: without what is derived, and the named lists as tuples."""
    return {name: tuple(value) if name in lists else value for name, value in item.items() if name != "page"}
