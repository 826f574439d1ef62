"""Write the site down as a plain MkDocs project: `python bench/record.py FOLDER`.

The Markdown of every page is that which MkDocs gets from the hooks; theme, extensions and navigation are those of
the site; there are no hooks and no files but pages. This module is the program and, by its events, a second hook.
"""

import os
import sys
from pathlib import Path
from typing import Any

import yaml
from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.pages import Page
from mkdocs.utils.yaml import yaml_load

ROOT = Path(__file__).resolve().parents[1]
_FOLDER = "FAULTBOOK_BENCH_RECORD"
_KEPT = ("site_name", "site_url", "plugins", "markdown_extensions")


def main(folder: Path) -> None:
    """Build the site once, into `folder`/site, with this module as its last hook."""
    os.environ[_FOLDER] = str(folder)
    config_file = ROOT / "mkdocs.yml"
    hooks = [*_settings(config_file)["hooks"], __file__]
    build(load_config(str(config_file), hooks=hooks, site_dir=str(folder / "site")))


def on_config(config: MkDocsConfig) -> None:
    """Write the plain project's configuration."""
    settings = _settings(Path(config.config_file_path))
    theme = {key: value for key, value in settings["theme"].items() if key in ("name", "font", "palette", "features")}
    plain = {key: settings[key] for key in _KEPT} | {"theme": theme, "nav": config.nav}
    _folder().mkdir()
    (_folder() / "mkdocs.yml").write_text(yaml.safe_dump(plain))


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: object) -> None:
    """Write a page."""
    path = _folder() / "docs" / page.file.src_uri
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(markdown)


def _folder() -> Path:
    return Path(os.environ[_FOLDER])


def _settings(config_file: Path) -> dict[str, Any]:
    with config_file.open() as stream:
        settings: dict[str, Any] = yaml_load(stream)
    return settings


if __name__ == "__main__":
    main(Path(sys.argv[1]))
