"""The hooks of the site: every event goes to the package."""

from faultbook.render.build import Build

_build = Build()
on_config = _build.on_config
on_files = _build.on_files
on_nav = _build.on_nav
on_page_markdown = _build.on_page_markdown
on_page_content = _build.on_page_content
