"""The members of a big JSON object, such as a dump of the Dagger engine's cache, in one pass and in little memory.

What is wanted is built item by item, everything else is only counted. A fault is reported with the list and the bytes
in which it lies.
"""

from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import ijson  # type: ignore[import-untyped,unused-ignore]

from faultbook.matcher.source import Stream, display_name, opened
from faultbook.problems import Refusal

REMEDY = "Take it again, into a file: curl -sS -o cache.json http://127.0.0.1:6060/debug/dagql/cache"
_CHUNK = 1 << 16
_STARTS = frozenset(("start_map", "start_array"))
_ENDS = frozenset(("end_map", "end_array"))
_FAULTS = {"trailing": "goes on after its end (two dumps in one file?)", "UTF8": "holds bytes that are no text"}

Event = tuple[str, Any]
Member = tuple[str, Any]
"""The name of a top-level member, and its value or one of its items."""


class Members:
    """The members of one object, read once.

    `counts` is filled while reading: the number of items of every list (of fields, if it is an object) at the top.
    """

    def __init__(self, bulk: str, small: Collection[str], look: Callable[[bytes], None]) -> None:
        """`bulk` is the wanted list that is long; `small` are the wanted lists that are short.

        `look` is given the first bytes of the text before anything is parsed, and may raise `Refusal`.
        """
        self.counts: dict[str, int] = {}
        self._bulk, self._small, self._look = bulk, small, look
        self._items: list[Any] = ijson.sendable_list()
        self._events: list[Event] = ijson.sendable_list()
        items = ijson.items_coro(self._items, f"{bulk}.item", use_float=True)
        self._parsers = ijson.basic_parse_coro(self._events, use_float=True), items

    def read(self, log: str | Path | BinaryIO) -> Iterator[Member]:
        """Every simple value at the top, and every item of the wanted lists.

        Raises `Refusal` for what is not JSON or is cut, and as `matcher.source.opened` does.
        """
        walk = _Walk(self._small, self.counts)
        with opened(log) as stream:
            self._look(stream.head)
            for _ in self._parsed(stream, display_name(log), walk):
                yield from walk.over(self._events)
                yield from ((self._bulk, item) for item in self._items)
                self._events.clear()
                self._items.clear()

    def _parsed(self, stream: Stream, name: str, walk: "_Walk") -> Iterator[None]:
        """Parse the stream part by part, and pause after each."""
        done = 0
        while data := stream.read(_CHUNK):
            fault = self._fault_in(data)
            yield
            if fault:
                where = f"{walk.place()}, between bytes {done:,} and {done + len(data):,}"
                raise Refusal(f"{name}: {fault}: {where}", REMEDY)
            done += len(data)
        if self._is_cut():
            raise Refusal(f"{name}: is cut: it ends {walk.place()}, after {done:,} bytes", REMEDY)

    def _fault_in(self, data: bytes) -> str:
        """Give `data` to the parsers; what is wrong with it, if anything."""
        try:
            for parser in self._parsers:
                parser.send(data)
        except ijson.JSONError as error:
            return next((words for sign, words in _FAULTS.items() if sign in str(error)), "is damaged")
        return ""

    def _is_cut(self) -> bool:
        """Tell the parsers that this was all; whether they wait for more."""
        try:
            for parser in self._parsers:
                parser.close()
        except ijson.JSONError:
            return True
        return False


class _Walk:
    """Follows the events of a parser and keeps only what is near the top."""

    def __init__(self, wanted: Collection[str], counts: dict[str, int]) -> None:
        self._wanted, self._counts = wanted, counts
        self._key = ""
        self._depth = 0
        self._builder: ijson.ObjectBuilder | None = None

    def place(self) -> str:
        """Where it stands, in words."""
        items = self._counts.get(self._key)
        return f"in {self._key or 'its beginning'}" + (f", item {items:,}" if items else "")

    def over(self, events: list[Event]) -> Iterator[Member]:
        """The members which `events` complete."""
        depth = self._depth
        for event, value in events:
            if event in _ENDS:
                depth -= 1
            elif event == "map_key":
                if depth == 1:
                    self._key = value
            else:
                if depth <= 2:
                    yield from self._begun(depth, event, value)
                depth += event in _STARTS
            if self._builder:
                yield from self._built(depth, event, value)
        self._depth = depth

    def _begun(self, depth: int, event: str, value: Any) -> Iterator[Member]:
        """A value begins at the top of the object, or in one of its lists."""
        if depth == 1 and event in _STARTS:
            self._counts.setdefault(self._key, 0)
        elif depth == 1:
            yield self._key, value
        elif depth == 2:
            self._counts[self._key] += 1
            if self._key in self._wanted:
                self._builder = ijson.ObjectBuilder()

    def _built(self, depth: int, event: str, value: Any) -> Iterator[Member]:
        """Take a part of an item that is wanted; the item, if it is the last part."""
        assert self._builder
        self._builder.event(event, value)
        if depth == 2:
            yield self._key, self._builder.value
            self._builder = None
