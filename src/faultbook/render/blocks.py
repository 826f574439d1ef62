"""Fenced commands on pages: checked ones with what they print on a sample, live ones with a mark."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import zip_longest

from faultbook.catalogue.markdown import Fence, fences
from faultbook.catalogue.model import Sample
from faultbook.render.draft import Draft
from faultbook.render.highlight import highlighted
from faultbook.render.html import tag, text
from faultbook.render.site import Place

_RUN = re.compile(r"^bash \{\.run sample=\"(?P<sample>[^/\"]+/[^/\"]+)(?:/(?P<file>[^\"]+))?\"\}$")
_LIVE = "bash {.live}"
_OUTPUT = "text {.output}"
_VARIABLE = re.compile(r"\$\{?([A-Z][A-Z0-9_]*)\b")


@dataclass
class Commands:
    """Puts the commands of one page aside; remembers which variables the reader has been told to set."""

    place: Place
    draft: Draft
    told: dict[str, str] = field(default_factory=dict)

    def replaced(self, body: str) -> str:
        """The page's Markdown with a place-holder for each command and its output."""
        lines = body.split("\n")
        for first, last, fragment, indent in reversed(list(self._found(list(fences(body))))):
            lines[first - 1 : last] = self.draft.put(fragment, indent).split("\n")
        return "\n".join(lines)

    def _found(self, found: list[Fence]) -> Iterator[tuple[int, int, str, int]]:
        """Each command as (first line, last line, HTML, indent)."""
        for fence, following in zip_longest(found, found[1:]):
            run = _RUN.match(fence.info)
            if fence.info == _LIVE:
                yield fence.line, fence.last, live(fence.body), fence.indent
            elif run:
                output = following if following and following.info == _OUTPUT else None
                fragment = self._run(fence.body, run["sample"], run["file"] or "", output)
                yield fence.line, (output or fence).last, fragment, fence.indent

    def _run(self, command: str, ident: str, name: str, output: Fence | None) -> str:
        sample = self.place.site.catalogue.samples.get(ident)
        if sample is None:
            self.place.warn(f"a command is to run on the sample {ident}, which is not there")
            return highlighted(command, "bash")
        printed = self._output(ident, output.body) if output else ""
        return self._hint(command, sample, name) + tag("div", highlighted(command, "bash") + printed, class_="fb-run")

    def _hint(self, command: str, sample: Sample, name: str) -> str:
        """What to set before the command, '' where the reader has been told already."""
        files = {variable(file.name): file.name for file in sample.files} | {"LOG": name or sample.files[0].name}
        used = [found for found in dict.fromkeys(_VARIABLE.findall(command)) if found in files]
        new = {found: files[found] for found in used if self.told.get(found) != files[found]}
        if not new:
            return ""
        self.told |= new
        settings = "".join(f"{found}=path/to/your/{file}\n" for found, file in new.items())
        return tag("div", tag("p", "For your own log, once before:") + highlighted(settings, "bash"), class_="fb-hint")

    def _output(self, ident: str, printed: str) -> str:
        caption = tag("figcaption", f"prints on the sample {self.place.sample_link(ident)}")
        shown = tag("pre", tag("code", text(printed)))
        return tag("figure", caption + shown, class_="fb-output no-copy")


def variable(name: str) -> str:
    """The variable that holds a file of a sample: its name in capitals."""
    return re.sub(r"[^A-Z0-9]", "_", name.upper())


def live(command: str) -> str:
    """A command that needs a live system, with the mark that says so."""
    mark = tag("p", "needs a live system: not checked here", class_="fb-mark")
    return tag("div", highlighted(command, "bash") + mark, class_="fb-live")
