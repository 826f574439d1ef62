"""The check of a configuration in the page: its scripts, and the rules of `faultbook.praxis` as one of them."""

import json
from typing import Any

from faultbook.catalogue.model import Catalogue, page_url
from faultbook.praxis import rules
from faultbook.render.html import tag
from faultbook.render.site import Place

FOLDER = "assets/praxis"
"""Where the scripts stand on the site."""
SCRIPTS = {
    "yaml.js": "vendor/yaml.min.js",
    "LICENSE.txt": "vendor/LICENSE.txt",
    "praxis_yaml.js": "praxis_yaml.js",
    "praxis.js": "praxis.js",
    "praxis_page.js": "praxis_page.js",
}
"""Name on the site, and in this package; the licence goes with the library."""
_ON_A_PAGE = (
    "assets/diagnose/lines.js",
    *(f"{FOLDER}/{name}" for name in ("yaml.js", "praxis_yaml.js", "rules.js", "praxis.js", "praxis_page.js")),
)
_WITHOUT = "Here would be a form that checks a configuration in this page. It needs JavaScript; this command does not: "
_COMMAND = "faultbook praxis check configs/agent.yaml"


def form(place: Place) -> str:
    """The form for a page, and what it needs; without scripts it says so and names the command."""
    sources = (place.href(name) for name in _ON_A_PAGE)
    scripts = (tag("script", "", src=source, defer="") for source in sources if source)
    return tag("div", tag("p", _WITHOUT + tag("code", _COMMAND)), data_fb_praxis="") + "".join(scripts)


def rules_script(catalogue: Catalogue) -> str:
    """The rules as a script, because a page that was opened from a file cannot fetch data."""
    data = json.dumps(rules_data(catalogue), ensure_ascii=False, separators=(",", ":"))
    return f"var faultbook = faultbook || {{}};\nfaultbook.praxisRules = {data};\n"


def rules_data(catalogue: Catalogue) -> dict[str, Any]:
    """The rules, the revisions, and title and address of each failure mode they lead to."""
    known = [catalogue.failures[rule.page] for rule in rules.RULES.values() if rule.page in catalogue.failures]
    pages = {one.id: {"title": one.title, "address": page_url("failures", one.id)} for one in known}
    return {**rules.as_data(), "revisions": list(rules.BOTH), "pages": pages}
