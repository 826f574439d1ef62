"""A hit names its place in the log as it is, in bounded memory and linear time."""

import io
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.lines import NASTY, logs_below, rules_of

from faultbook.catalogue.model import Catalogue
from faultbook.matcher import search, source
from faultbook.matcher.line import MAX_LINE, prefix_time, strip_escapes
from faultbook.matcher.search import Hit, Rule, Searcher, compiled
from faultbook.matcher.source import Extent

STAMP = b"2026-11-21T05:39:03.6184240Z "


@pytest.fixture(scope="module")
def rules(real_catalogue: Catalogue) -> list[Rule]:
    """Every pattern of the book."""
    return rules_of(real_catalogue)


@pytest.fixture(scope="module")
def searcher(rules: list[Rule]) -> Searcher:
    """A search for every pattern of the book."""
    return Searcher(rules)


def hits(searcher: Searcher, data: bytes) -> list[Hit]:
    """The hits in `data`."""
    return list(searcher.hits(io.BytesIO(data)))


def check_places(data: bytes, found: list[Hit], rules: list[Rule]) -> None:
    """At the offset of each hit stands the match, in the line and at the column it names."""
    for hit in found:
        rule = rules[hit.rule]
        match = compiled(rule.pattern, rule.ignore_case).search(hit.text)[0]
        end = data.find(b"\n", hit.offset)
        rest = data[hit.offset : end if end >= 0 else None].decode("utf-8", "replace")
        assert strip_escapes(rest).startswith(match), (hit, rest[:100])
        assert data.count(b"\n", 0, hit.offset) + 1 == hit.line
        before = data[data.rfind(b"\n", 0, hit.offset) + 1 : hit.offset]
        assert len(before.decode("utf-8", "replace")) + 1 == hit.column


def coloured(line: bytes) -> bytes:
    """A line as a terminal gets it: every word in a colour."""
    return b" ".join(b"\x1b[3%dm" % (at % 8) + word + b"\x1b[0m" for at, word in enumerate(line.split(b" ")))


WRAPS: dict[str, Callable[[bytes], bytes]] = {
    "as it is": lambda line: line,
    "CRLF": lambda line: line + b"\r",
    "raw job log of GitHub": lambda line: STAMP + line,
    "gh run view --log": lambda line: b"a job\tRun dagger\t\xef\xbb\xbf" + STAMP + line,
    "docker logs --timestamps": lambda line: b"2026-11-21T05:39:03.618424012Z " + line,
    "CRI": lambda line: b"2026-11-21T05:39:03.618424012+01:00 stderr F " + line,
    "docker compose logs": lambda line: b"dagger-engine-1  | " + line,
    "docker compose logs --timestamps": lambda line: b"dagger-engine-1  | 2026-11-21T05:39:03.618424012Z " + line,
    "kubectl logs --prefix": lambda line: b"[pod/dagger-engine-0/engine] " + line,
    "colours": coloured,
    "colours, time stamps and CRLF": lambda line: STAMP + coloured(line) + b"\r",
}


@pytest.mark.parametrize("wrap", WRAPS.values(), ids=WRAPS)
def test_every_hit_in_every_sample_stands_where_it_says(
    searcher: Searcher, rules: list[Rule], real_root: Path, wrap: Callable[[bytes], bytes]
) -> None:
    """Line, column and offset are those of the raw file; the wrapping of a log changes neither hits nor text."""
    some = 0
    for path in logs_below(real_root / "playbooks" / "samples"):
        plain = path.read_bytes()
        if prefix_time(plain.split(b"\n")[0]):
            continue  # a CI system has wrapped it already, and only one prefix is taken away
        data = b"\n".join(wrap(line) if line else b"" for line in plain.split(b"\n"))
        found = hits(searcher, data)
        check_places(data, found, rules)
        bare = [(hit.line, hit.rule, hit.text, hit.fields) for hit in hits(searcher, plain)]
        assert [(hit.line, hit.rule, hit.text, hit.fields) for hit in found] == bare, path
        some += len(bare)
    assert some > 300


def test_hits_in_nasty_lines_stand_where_they_say(searcher: Searcher, rules: list[Rule]) -> None:
    """Also behind invalid UTF-8, NUL bytes, byte order marks and escape sequences."""
    data = b"\n".join(NASTY)
    found = hits(searcher, data)
    assert len(found) > 20
    check_places(data, found, rules)


@pytest.mark.usefixtures("own_cache")
def test_a_hit_has_the_named_groups_that_took_part() -> None:
    """Groups of the other branch are left out, empty ones are kept."""
    found = hits(Searcher([Rule("(?<a>x)|(?<b>y)(?<c>z*)")]), b"_y_\n")
    assert found == [Hit(0, 1, 2, 1, "_y_", {"b": "y", "c": ""})]


@pytest.mark.usefixtures("own_cache")
def test_hits_come_in_the_order_of_lines_and_rules() -> None:
    """Each line and rule once, however often the rule matches in the line."""
    found = hits(Searcher([Rule("b"), Rule("a")]), b"aab\nx\nba\n")
    assert [(hit.line, hit.rule, hit.column) for hit in found] == [(1, 0, 3), (1, 1, 1), (3, 0, 1), (3, 1, 2)]


@pytest.mark.usefixtures("own_cache")
def test_anchors_hold_at_the_ends_of_the_cleaned_line() -> None:
    """`^` is behind a prefix, `$` before carriage returns; neither matches in the middle of a line."""
    searcher = Searcher([Rule("^a$")])
    data = b"a\nab\nba\n" + STAMP + b"a\r\n\x1b[1ma\x1b[0m\na\rb\na"
    assert [hit.line for hit in hits(searcher, data)] == [1, 4, 5, 7]


@pytest.mark.usefixtures("own_cache")
def test_no_match_crosses_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Negated classes do not eat the line feed."""
    assert hits(Searcher([Rule(r"a[^x]b"), Rule(r"a\Wb"), Rule(r"a[\D]b")]), b"a\nb\na\nb") == []


@pytest.mark.usefixtures("own_cache")
@pytest.mark.parametrize("size", [1, 2, 3, 5, 8, 13, 64])
def test_places_are_true_whatever_the_size_of_blocks(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    """Also behind a line that is longer than what is searched of one."""
    rules = [Rule("needle")]
    monkeypatch.setattr(source, "MAX_LINE", 20)
    monkeypatch.setattr(search, "MAX_LINE", 20)
    data = (
        b"a needle\n\xff needle\r\n" + b"x" * 10 + b"needle" + b"y" * 90 + b"needle\n\n" + b"\xc3\xa9" * 5 + b" needle"
    )

    class Drip(io.BytesIO):
        def read(self, wanted: int | None = -1, /) -> bytes:
            return super().read(size)

    found = list(Searcher(rules).hits(Drip(data)))
    check_places(data, found, rules)
    assert [(hit.line, hit.column) for hit in found] == [(1, 3), (2, 3), (3, 11), (5, 7)]


@pytest.mark.usefixtures("own_cache")
def test_a_line_is_searched_up_to_the_limit_and_not_behind_it() -> None:
    """The first MiB of a line is searched; the next line is found at its true place."""
    inside = b"x" * (MAX_LINE - 6) + b"needle" + b"x" * 100
    outside = b"x" * (MAX_LINE - 5) + b"needle"
    data = inside + b"\n" + outside + b"\n" + b"x" * (3 << 20) + b"needle\nneedle\n"
    found = hits(Searcher([Rule("needle")]), data)
    assert [(hit.line, hit.offset) for hit in found] == [(1, MAX_LINE - 6), (4, len(data) - 7)]


@pytest.mark.usefixtures("own_cache")
@pytest.mark.parametrize("data", [b"x\na\n\nxa\n", b"\x1b[0mx\na\n\n\xc3\xa9a\n"])
def test_the_lines_of_a_block_may_be_asked_for_in_any_order(data: bytes) -> None:
    """A suspect line knows its place also when it is looked at late."""
    searcher = Searcher([Rule("a")])
    lines = list(searcher.suspects(source.Block(data, 100, 7)))
    backwards = [line.hit(0) for line in reversed(lines)]
    places = [(hit.line, hit.offset - 100) for hit in reversed(backwards) if hit]
    assert places == [(8, data.index(b"a")), (10, data.rindex(b"a"))]
    assert [line.matches(0) for line in lines] == [True, True]


class Repeated:
    """A log of `size` bytes: `part` over and over again, without ever holding it whole."""

    def __init__(self, part: bytes, size: int) -> None:
        self._part, self._left = part, size

    def read(self, size: int, /) -> bytes:
        data = self._part[: min(size, self._left)]
        self._left -= len(data)
        return data


def test_memory_does_not_grow_with_the_log(searcher: Searcher, real_root: Path) -> None:
    """200 MB of sample lines are searched with less than 20 MB."""
    sample = (real_root / "playbooks/samples/dagger/exec-oom-killed/engine.log").read_bytes()
    quiet = b"".join(line for line in sample.splitlines(keepends=True) if not hits(searcher, line))
    part = sample + quiet * ((1 << 20) // len(quiet))
    size, extent = 200 << 20, Extent()
    tracemalloc.start()
    count = sum(1 for _ in searcher.hits(Repeated(part, size), extent))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert extent.bytes == size
    assert count > 1000
    assert peak < 20 << 20


LONG_LINES = {
    "many lines": b"error: it failed\n" * 1000,
    "one line": b"error " * 3000,
    "escape sequences": b"\x1b[31merror \x1b[0m" * 1000 + b"\n",
    "an escape sequence that never ends": b"\x1b]" + b"x;" * 8000,
    "tabs": b"\t" * 16000,
    "invalid UTF-8": b"\xff\xfe\xc3" * 5000,
    "near misses": b'msg="end lazy evaluation" field=Container.withExec ' * 300 + b"\n",
    "repetitions": b'process="' + b'\\"' * 8000,
}


@pytest.mark.parametrize("part", LONG_LINES.values(), ids=LONG_LINES)
def test_time_grows_with_the_log_and_not_with_its_square(searcher: Searcher, part: bytes) -> None:
    """Four times as much, up to a whole block, takes at most nine times as long, also in one long line."""

    def seconds(data: bytes) -> float:
        started = time.process_time()
        hits(searcher, data)
        return time.process_time() - started

    unit = part * ((240_000 if len(part.splitlines()) == 1 else 40_000) // len(part))
    small = min(seconds(unit) for _ in range(3))
    large = min(seconds(unit * 4) for _ in range(3))
    assert large < 9 * max(small, 0.002)
