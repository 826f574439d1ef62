"""Long work shows how far it is, on a terminal only."""

import io
import sys

import pytest

from faultbook.cli.progress import WORTH_SHOWING, bar


class Terminal(io.StringIO):
    """A stderr that says whether someone looks at it."""

    def __init__(self, is_terminal: bool) -> None:
        super().__init__()
        self._is_terminal = is_terminal

    def isatty(self) -> bool:
        return self._is_terminal


@pytest.mark.parametrize(
    ("is_terminal", "total", "shows"),
    [(True, WORTH_SHOWING, True), (True, WORTH_SHOWING - 1, False), (False, WORTH_SHOWING, False)],
)
def test_a_bar_is_shown_for_much_work_on_a_terminal(
    monkeypatch: pytest.MonkeyPatch, is_terminal: bool, total: int, shows: bool
) -> None:
    """In a pipe, and for what is done at once, stderr stays clean."""
    stderr = Terminal(is_terminal)
    monkeypatch.setattr(sys, "stderr", stderr)
    with bar(total) as progress:
        progress(total // 2)
    assert bool(stderr.getvalue()) == shows
