"""The page of a sample: its papers and every file with numbered lines, evidence marked."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, groupby
from pathlib import Path
from urllib.parse import quote

from faultbook.catalogue.markdown import links
from faultbook.catalogue.model import SAMPLES, Sample, SampleFile
from faultbook.diagnose.rules import Purpose, RuleBooks
from faultbook.matcher.line import strip_escapes
from faultbook.matcher.search import Hit
from faultbook.matcher.source import Line, lines, opened
from faultbook.problems import Refusal
from faultbook.render.cards import sample_card
from faultbook.render.html import code, prose, tag, text
from faultbook.render.links import file_id, line_id
from faultbook.render.site import Place, Site
from faultbook.report.lines import shown

SHOWN_LINES = 3000
"""A file with more lines is shown in part: its start, its end, and what evidence and pages point at."""
SHOWN_CHARACTERS = 4000
_AROUND = 20
_START = 500
_ACTIVE = (".md", ".markdown", ".mkd", ".mkdn", ".mdown", ".html", ".htm", ".xhtml", ".svg", ".xml")


class BadPattern(Refusal):
    """A signature that cannot be searched for; unlike a file that cannot be shown, it ends the build."""


Evidence = dict[int, dict[str, str]]
"""By line (1-based): what the signatures of each failure mode say of it."""


@dataclass
class Viewer:
    """Makes the pages of samples; signatures and links are collected once."""

    site: Site

    def page(self, sample: Sample, place: Place) -> str:
        """The HTML of a sample's page."""
        files = [self._file(sample, file, place) for file in sample.files]
        contents = tag("p", " · ".join(_jump(file) for file in sample.files), class_="fb-jump")
        return sample_card(sample, place) + contents + "".join(files)

    def _file(self, sample: Sample, file: SampleFile, place: Place) -> str:
        path = self.site.root / SAMPLES / sample.id / file.name
        return (
            tag("h2", text(file.name), id=file_id(file.name))
            + tag("p", _about(file, path, place), class_="fb-about")
            + self._content(sample, file, path, place)
        )

    def _content(self, sample: Sample, file: SampleFile, path: Path, place: Place) -> str:
        try:
            evidence = self._evidence(path, file.log)
            wanted = {*evidence, *self._linked.get((sample.id, file.name), ())}
            prefix = line_id(file.name, "")
            rows = [_row(prefix, line, evidence, place) for line in _visible(list(lines(path)), wanted)]
        except BadPattern:
            raise
        except Refusal as refusal:
            return tag("p", f"Not shown: {text(refusal.what)}.")
        shown_lines = "".join(rows) or tag("p", "The file is empty.")
        return tag("div", shown_lines, class_="fb-log no-copy", role="region", aria_label=file.name, tabindex="0")

    def _evidence(self, path: Path, log: str | None) -> Evidence:
        """The lines of a log that signatures find, as a diagnosis would; nothing in a file that is no log."""
        found: Evidence = {}
        if log is None:
            return found
        for purpose, hit in self._hits(path, log):
            if purpose.failure and purpose.signature:
                found.setdefault(hit.line, {})[purpose.failure] = purpose.signature.says
        return found

    def _hits(self, path: Path, log: str) -> list[tuple[Purpose, Hit]]:
        """What is found in a file when it is searched as `log`. Raises `BadPattern`."""
        with opened(path) as stream:
            try:
                book = self._books.of(log)
                return [(book.purposes[hit.rule], hit) for hit in book.searcher.hits(stream)]
            except Refusal:
                raise
            except Exception as error:  # each engine has errors of its own
                what = f"a signature or noise on {log} is no pattern: {error}"
                raise BadPattern(what, "`faultbook check` says which.") from error

    @cached_property
    def _books(self) -> RuleBooks:
        return RuleBooks(self.site.catalogue)

    @cached_property
    def _linked(self) -> dict[tuple[str, str], set[int]]:
        """The lines that pages link to, by sample and file."""
        found: dict[tuple[str, str], set[int]] = {}
        for pages in self.site.pages.by_noun.values():
            for page in pages.values():
                for target, _ in links(page.body):
                    path, _, line = target.removeprefix("sample:").partition("#L")
                    if line.isdigit() and path.count("/") >= 2:
                        system, slug, name = path.split("/", 2)
                        found.setdefault((f"{system}/{slug}", name), set()).add(int(line))
        return found


def download_name(name: str) -> str:
    """The name a file of a sample is served under: nothing a browser or MkDocs would make a page of."""
    return f"{name}.txt" if name.lower().endswith(_ACTIVE) or name.startswith(".") else name


def _jump(file: SampleFile) -> str:
    return tag("a", code(file.name), href=f"#{file_id(file.name)}")


def _about(file: SampleFile, path: Path, place: Place) -> str:
    """The log it is, its size and checksum, and the untouched bytes."""
    kind = place.link("logs", file.log) if file.log else "not a log"
    href = place.href(f"samples/{place.noun_and_id[1]}/{download_name(file.name)}") or quote(file.name)
    download = tag("a", "Download", href=href, download=file.name)
    return f"{kind} · {path.stat().st_size:,} bytes · {download} · <small>sha256 {code(file.sha256)}</small>"


def _visible(found: list[Line], wanted: set[int]) -> Iterator[Line | int]:
    """The lines to show; a number stands for so many that are left out."""
    if len(found) <= SHOWN_LINES:
        yield from found
        return
    kept = _kept(len(found), wanted)
    for is_kept, group in groupby(found, key=lambda line: line.number in kept):
        lines_of_group = list(group)
        yield from lines_of_group if is_kept else [len(lines_of_group)]


def _kept(total: int, wanted: set[int]) -> set[int]:
    """The numbers of the lines to show of a long file: its start, its end, and around what is wanted."""
    around = (range(line - _AROUND, line + _AROUND + 1) for line in wanted)
    return {*range(1, _START + 1), *range(total - _AROUND, total + 1), *chain.from_iterable(around)}


def _row(prefix: str, line: Line | int, evidence: Evidence, place: Place) -> str:
    """A line under its number. There are many: it is put together without `tag`, from parts that need no escaping."""
    if isinstance(line, int):
        return tag("p", f"{line:,} lines are not shown here; they are in the download.", class_="fb-gap")
    ident = f"{prefix}{line.number}"
    found = evidence.get(line.number, {})
    mark = ' class="fb-hit"' if found else ""
    notes = "".join(_note(failure, says, place) for failure, says in found.items())
    number = f'<a href="#{ident}" tabindex="-1">{line.number}</a>'
    return f'<div id="{ident}"{mark}>{number}{_text_of(line.raw)}</div>{notes}'


def _text_of(raw: bytes) -> str:
    """A raw line as HTML: escape sequences gone, control characters visible, not too long."""
    plain = strip_escapes(raw.rstrip(b"\r\n").decode("utf-8", "replace"))
    if plain.isprintable() and len(plain) <= SHOWN_CHARACTERS:
        return text(plain)
    cut = len(plain) - SHOWN_CHARACTERS
    more = tag("small", f" {cut:,} more characters in the download") if cut > 0 else ""
    return text(shown(plain, SHOWN_CHARACTERS)) + more


def _note(failure: str, says: str, place: Place) -> str:
    return tag("p", f"{prose(says)}: {place.link('failures', failure)}", class_="fb-note")
