"""The reference of the JSON documents names every field there is."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from faultbook.catalogue.model import Catalogue
from faultbook.diagnose import diagnose
from faultbook.playbooks.verdict import reach
from faultbook.render.files import index_data
from faultbook.report.json import as_data

FREE = {"fields", "logs"}
"""Mappings whose keys are names of groups and parameters."""


def _keys(data: Any) -> Iterator[str]:
    if isinstance(data, list):
        for item in data:
            yield from _keys(item)
    elif isinstance(data, dict):
        for key, value in data.items():
            yield key
            if key not in FREE or isinstance(value, list):
                yield from _keys(value)


def test_every_field_is_described(real_root: Path, real_catalogue: Catalogue) -> None:
    """A field that is added is described, or this fails."""
    folder = str(real_root / "playbooks/samples/dagger/exec-oom-killed")
    diagnosis = as_data(diagnose([folder, "/no/such/log"], real_catalogue))
    verdict = reach("dagger/failed-step", {"log": f"{folder}/cli.log"}).as_data()
    reference = (real_root / "docs/reference/json.md").read_text(encoding="utf-8")
    fields = set(_keys(json.loads(json.dumps([diagnosis, index_data(real_catalogue), verdict]))))
    assert sorted(field for field in fields if f"`{field}`" not in reference) == []
