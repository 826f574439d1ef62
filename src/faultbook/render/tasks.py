"""Task items whose boxes have a name: the label holds the bold words that begin the item."""

import re
from itertools import count

_BOX = re.compile(r'(?P<box><input type="checkbox"[^>]*?)/?>\s*(?P<words><strong>.*?</strong>)?', re.S)


def named(page: str) -> str:
    """A page's HTML with each box and its words in one label; a box without words is called by its number."""
    numbers = count(1)
    return _BOX.sub(lambda found: _labelled(found["box"], found["words"], next(numbers)), page)


def _labelled(box: str, words: str | None, number: int) -> str:
    if words:
        return f'<label class="fb-step">{box}> {words}</label>'
    return f'{box} aria-label="Step {number}">'
