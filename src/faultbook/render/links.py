"""Links as authors write them: `sample:`, `playbook:`, and in notebooks paths relative to the notebook's file."""

import html
import posixpath
import re
from urllib.parse import quote, unquote, urlsplit

from faultbook.catalogue.model import PLAYBOOKS, SAMPLES
from faultbook.render.html import text
from faultbook.render.site import Place, source_of

_LINK = re.compile(r'(?P<before><a\b[^>]*?) ?\bhref="(?P<href>[^"]*)"')


def file_id(name: str) -> str:
    """The id of a file of a sample on its page: letters, digits and `._-` as they are, every other byte as `~XX`."""
    return quote(name.replace("~", "\0"), safe="").replace("%00", "%7E").replace("%", "~")


def line_id(name: str, line: int | str) -> str:
    """The id of a line (1-based) of a file of a sample on its page."""
    return f"{file_id(name)}-L{line}"


def resolved(page: str, place: Place) -> str:
    """A page's HTML with its `sample:` and `playbook:` links made real."""
    return _LINK.sub(lambda link: _replaced(link, _of_scheme(html.unescape(link["href"]), place)), page)


def resolved_in_notebook(page: str, place: Place, folder: str) -> str:
    """As `resolved`, for HTML from a notebook in `folder` (relative to the checkout), whose links are paths."""
    return _LINK.sub(lambda link: _replaced(link, _of_notebook(html.unescape(link["href"]), place, folder)), page)


def _replaced(link: re.Match[str], href: str | None) -> str:
    return link["before"] if href is None else f'{link["before"]} href="{text(href)}"'


def _of_scheme(href: str, place: Place) -> str | None:
    scheme, _, rest = href.partition(":")
    if scheme == "playbook":
        return place.to("playbooks", rest)
    return _sample(rest, place) if scheme == "sample" else href


def _sample(rest: str, place: Place) -> str | None:
    """`<system>/<slug>[/<file>[#L<line>]]`."""
    path, _, line = unquote(rest).partition("#L")
    system, slug, name = [*path.split("/", 2), "", ""][:3]
    ident = f"{system}/{slug}"
    sample = place.site.catalogue.samples.get(ident)
    if sample is None or name not in ("", *(file.name for file in sample.files)):
        place.warn(f"links to sample:{rest}, which is not there")
        return None
    fragment = line_id(name, line) if line else file_id(name)
    return place.to("samples", ident, fragment)


def _of_notebook(href: str, place: Place, folder: str) -> str | None:
    parts = urlsplit(href)
    if parts.scheme in ("sample", "playbook"):
        return _of_scheme(href, place)
    if parts.scheme or parts.netloc or not parts.path:
        return href
    target = posixpath.normpath(posixpath.join(folder, unquote(parts.path)))
    return place.href(_source_at(target), unquote(parts.fragment))


def _source_at(path: str) -> str:
    """The source of the page that shows a file of the checkout."""
    if path.startswith(f"{SAMPLES}/"):
        return source_of("samples", "/".join(path.removeprefix(f"{SAMPLES}/").split("/")[:2]))
    if path.startswith(f"{PLAYBOOKS}/"):
        return path.removesuffix(".ipynb") + ".md"
    return path.removeprefix("docs/")
