"""The events of MkDocs: each hands over to one thing. The only module that knows MkDocs."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import get_plugin_logger
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import get_toc

from faultbook.catalogue.load import load
from faultbook.problems import BrokenCatalogue, Refusal
from faultbook.render.files import Generated, generated
from faultbook.render.nav import SAMPLES_INDEX, navigation
from faultbook.render.notebook import headings
from faultbook.render.pages import PageMaker
from faultbook.render.site import Site, source_of


class Build:
    """One site; everything is made anew in `on_config`, because hooks live on between builds under `mkdocs serve`."""

    def __init__(self) -> None:
        self._log = get_plugin_logger("faultbook")
        self._site: Site
        self._maker: PageMaker

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Load the catalogue and build the navigation. Raises `PluginError` with every problem of the catalogue."""
        root = Path(config.config_file_path or "mkdocs.yml").resolve().parent
        catalogue, pages = load(root)
        if pages.problems:
            raise PluginError(str(BrokenCatalogue(pages.problems)))
        self._site = Site(root, catalogue, pages, warn=self._log.warning)
        self._maker = PageMaker(self._site)
        config.nav = navigation(self._site, Path(config.docs_dir))
        if not config.repo_url:
            config.edit_uri = None  # without a repository there is nothing to edit, and MkDocs would warn
        return config

    def on_files(self, files: Files, *, config: MkDocsConfig) -> Files:
        """Add the generated files and note where every file will stand."""
        for item in generated(self._site):
            files.append(_file(item, config))
        self._site.urls.update((file.src_uri, file.url) for file in files)
        return files

    def on_nav(self, nav: Navigation, *, config: MkDocsConfig, files: Files) -> Navigation:
        """Samples are not in the navigation (there are too many), but below their index all the same."""
        index = files.src_uris[SAMPLES_INDEX].page
        for ident in self._site.catalogue.samples:
            page = Page(None, files.src_uris[source_of("samples", ident)], config)
            page.parent = index  # type: ignore[assignment] # a page has all that a parent is asked for
        return nav

    def on_page_markdown(self, markdown: str, *, page: Page, **_: Any) -> str:
        """Prepare a page's Markdown and its metadata."""
        page.meta.update(self._maker.meta(page.file.src_uri))
        with _refusing():
            return self._maker.markdown(page.file.src_uri, markdown)

    def on_page_content(self, html: str, *, page: Page, **_: Any) -> str:
        """Finish a page's HTML; a notebook's headings become its table of contents."""
        with _refusing():
            content = self._maker.html(page.file.src_uri, html)
        if page.file.src_uri.startswith("playbooks/") and not page.toc.items:
            page.toc = get_toc(_nested(headings(content)))
        return content


@contextmanager
def _refusing() -> Iterator[None]:
    """Let MkDocs tell a refusal as one message instead of a traceback."""
    try:
        yield
    except Refusal as refusal:
        raise PluginError(str(refusal)) from None


def _file(item: Generated, config: MkDocsConfig) -> File:
    if item.path:
        file = File.generated(config, item.source, abs_src_path=str(item.path))
    else:
        file = File.generated(config, item.source, content=item.content)
    file.edit_uri = f"../{item.edit}" if item.edit else None
    return file


def _nested(found: list[tuple[int, str, str]]) -> list[Any]:
    """Headings as MkDocs takes them: each with those of deeper levels that follow it."""
    top: list[Any] = []
    branches: list[tuple[int, list[Any]]] = [(0, top)]
    for level, ident, name in found:
        while branches[-1][0] >= level:
            branches.pop()
        deeper: list[Any] = []
        branches[-1][1].append({"level": level, "id": ident, "name": name, "children": deeper})
        branches.append((level, deeper))
    return top
