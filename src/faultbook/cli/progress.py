"""A progress bar for long reading: on a terminal only."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

WORTH_SHOWING = 64 << 20


@contextmanager
def bar(total: int) -> Iterator[Callable[[int], None]]:
    """A function to call with the bytes done; shows a bar on a terminal when there is much to do."""
    if total < WORTH_SHOWING or not sys.stderr.isatty():
        yield lambda _bytes: None
        return
    from tqdm import tqdm

    with tqdm(total=total, unit="B", unit_scale=True, leave=False) as shown:
        yield lambda done: (shown.update(done), None)[1]
