"""The diagnosis in the page: its scripts, and what they know of the catalogue."""

import json
from importlib.resources import files
from typing import Any

from faultbook.catalogue.model import Catalogue, Failure, Log, Signature, page_url
from faultbook.diagnose.rules import ANY_ERROR
from faultbook.matcher.letters import letters
from faultbook.matcher.line import ESCAPES, MAX_LINE, PREFIX
from faultbook.render.html import tag
from faultbook.render.site import Place

FOLDER = "assets/diagnose"
"""Where the scripts stand on the site."""
SCRIPTS = ("lines.js", "dagster.js", "diagnosis.js", "page.js", "worker.js")
_ON_A_PAGE = ("lines.js", "dagster.js", "diagnosis.js", "signatures.js", "page.js")
_WITHOUT = "Here would be a form that searches your log in this page. It needs JavaScript; the command below does not."


def form(place: Place) -> str:
    """The form for a page, and what it needs; without scripts it says so."""
    sources = (place.href(f"{FOLDER}/{name}") for name in _ON_A_PAGE)
    scripts = (tag("script", "", src=source, defer="") for source in sources if source)
    return tag("div", tag("p", _WITHOUT), data_fb_diagnose="") + "".join(scripts)


def script(name: str) -> str:
    """The text of a script of this package."""
    return (files(__package__) / name).read_text(encoding="utf-8")


def signatures_script(catalogue: Catalogue) -> str:
    """The catalogue as a script, because a page that was opened from a file cannot fetch data."""
    data = json.dumps(signatures_data(catalogue), ensure_ascii=False, separators=(",", ":"))
    return f"var faultbook = faultbook || {{}};\nfaultbook.data = {data};\n"


def signatures_data(catalogue: Catalogue) -> dict[str, Any]:
    """What a diagnosis needs of the catalogue, and no more: it is loaded before the first verdict."""
    return {
        "line": {"escapes": ESCAPES, "prefix": PREFIX, "max": MAX_LINE},
        "any_error": ANY_ERROR,
        "failures": [_failure(failure) for failure in catalogue.failures.values()],
        "logs": [_log(log) for log in catalogue.logs.values()],
        "playbooks": {one.id: sorted(set(one.logs.values())) for one in catalogue.playbooks.values()},
    }


def _failure(failure: Failure) -> dict[str, Any]:
    return {
        "id": failure.id,
        "title": failure.title,
        "summary": failure.summary,
        "page": page_url("failures", failure.id),
        "playbook": failure.playbook,
        "leads_to": list(failure.leads_to),
        "signatures": [_signature(signature) for signature in failure.signatures],
    }


def _signature(signature: Signature) -> dict[str, Any]:
    found = {**_pattern(signature.pattern), "log": signature.log, "says": signature.says}
    return found | ({"ignore_case": True} if signature.ignore_case else {})


def _log(log: Log) -> dict[str, Any]:
    return {
        "id": log.id,
        "recognised_by": list(log.recognised_by),
        "magic": list(log.magic),
        "error_like": [_pattern(pattern) for pattern in log.error_like],
        "noise": [_pattern(noise.pattern) for noise in log.noise],
    }


def _pattern(pattern: str) -> dict[str, Any]:
    return {"pattern": pattern, "letters": list(letters(pattern))}
