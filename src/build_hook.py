"""Hatch's build hook: put the derived catalogue index and the playbooks into the wheel."""

import json
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class IndexHook(BuildHookInterface[Any]):
    """Derives `faultbook/data/` from the checkout; nothing of it is in git."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the index and the notebooks to a wheel; an editable install reads the checkout itself."""
        if version == "editable":
            return
        root = Path(self.root)
        sys.path.insert(0, str(root / "src"))
        from faultbook.catalogue.index import to_data
        from faultbook.catalogue.load import load
        from faultbook.problems import BrokenCatalogue

        catalogue, pages = load(root)
        if pages.problems:
            raise BrokenCatalogue(pages.problems)
        index = Path(self.directory) / "index.json"
        index.parent.mkdir(parents=True, exist_ok=True)
        index.write_text(json.dumps(to_data(catalogue), ensure_ascii=False), encoding="utf-8")
        build_data["force_include"][str(index)] = "faultbook/data/index.json"
        for playbook in catalogue.playbooks:
            build_data["force_include"][str(root / f"playbooks/{playbook}.ipynb")] = (
                f"faultbook/data/playbooks/{playbook}.ipynb"
            )
