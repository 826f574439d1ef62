"""Code with colours, in the form the theme styles and gives a copy button."""

from functools import lru_cache
from typing import Any


def highlighted(source: str, language: str) -> str:
    """Source text as HTML; `language` is a name Pygments knows."""
    from pygments import highlight  # type: ignore[import-untyped,unused-ignore]

    shown: str = highlight(source, _lexer(language), _formatter())
    return shown


@lru_cache
def _lexer(language: str) -> Any:
    from pygments.lexers import get_lexer_by_name  # type: ignore[import-untyped,unused-ignore]

    return get_lexer_by_name(language)


@lru_cache
def _formatter() -> Any:
    from pygments.formatters import HtmlFormatter  # type: ignore[import-untyped,unused-ignore]

    return HtmlFormatter(cssclass="highlight", wrapcode=True)
