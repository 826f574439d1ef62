"""A page between Markdown and HTML: what Markdown must not touch stands aside and a mark holds its place."""

import re
from dataclasses import dataclass, field

_OPEN, _CLOSE = "\ue0fb", "\ue0fe"
_MARK = re.compile(f"<p>{_OPEN}(\\d+){_CLOSE}</p>")


@dataclass
class Draft:
    """The fragments of HTML that stand aside for one page."""

    fragments: list[str] = field(default_factory=list)

    def put(self, fragment: str, indent: int = 0) -> str:
        """Put a fragment aside; returns Markdown, a paragraph of its own, that holds its place."""
        self.fragments.append(fragment)
        return f"\n{' ' * indent}{_OPEN}{len(self.fragments) - 1}{_CLOSE}\n"

    def filled(self, html: str) -> str:
        """The page's HTML with every fragment in its place."""
        return _MARK.sub(lambda mark: self.fragments[int(mark[1])], html)


def plain(markdown: str) -> str:
    """Markdown without characters that could be taken for a mark."""
    return markdown.replace(_OPEN, "\ufffd").replace(_CLOSE, "\ufffd")
