"""Both scanners name every line in which RE2 finds a pattern, whatever the pattern and the line."""

import random
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.lines import NASTY, found_one_by_one, logs_below, mutations, rules_of

from faultbook.catalogue.model import Catalogue
from faultbook.matcher.dialect import faults
from faultbook.matcher.scanner import HyperscanScanner, Scanner, SetScanner, hyperscan_refusal, scanner_for
from faultbook.matcher.search import Rule, Searcher, compiled

Maker = Callable[[list[Rule]], Scanner]
SCANNERS: list[Maker] = [HyperscanScanner, SetScanner]


@pytest.fixture(scope="module")
def rules(real_catalogue: Catalogue) -> list[Rule]:
    """Every pattern of the book."""
    return rules_of(real_catalogue)


@pytest.fixture(scope="module")
def searchers(rules: list[Rule]) -> list[Searcher]:
    """The same search, once with each scanner."""
    return [Searcher(rules, scanner(rules)) for scanner in SCANNERS]


class Bytes:
    """Bytes as a stream."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def read(self, size: int, /) -> bytes:
        part, self._data = self._data[:size], self._data[size:]
        return part


def found(searcher: Searcher, data: bytes) -> set[tuple[int, int]]:
    """(line, rule) of every hit."""
    return {(hit.line, hit.rule) for hit in searcher.hits(Bytes(data))}


@pytest.fixture(scope="module")
def telling(searchers: list[Searcher], real_root: Path) -> list[bytes]:
    """The lines of all samples in which something is found."""
    lines: set[bytes] = set()
    for path in logs_below(real_root / "playbooks" / "samples"):
        data = path.read_bytes()
        split = data.split(b"\n")
        lines |= {split[number - 1] for number, _ in found(searchers[0], data)}
    return sorted(lines)


def test_both_scanners_find_the_same_in_every_sample(searchers: list[Searcher], real_root: Path) -> None:
    """Hyperscan and RE2's Set agree on every file of every sample."""
    files = logs_below(real_root / "playbooks" / "samples")
    assert len(files) > 100
    for path in files:
        one, other = (found(searcher, path.read_bytes()) for searcher in searchers)
        assert one == other, path


def test_both_scanners_find_what_a_search_line_by_line_finds(
    searchers: list[Searcher], rules: list[Rule], real_root: Path
) -> None:
    """In a random choice of the lines of all samples, no pattern of the book is lost."""
    lines = {
        line for path in logs_below(real_root / "playbooks" / "samples") for line in path.read_bytes().split(b"\n")
    }
    data = b"\n".join(random.Random(0).sample(sorted(lines), 2500))
    expected = found_one_by_one(data, rules)
    assert len(expected) > 300
    assert [expected, expected] == [found(searcher, data) for searcher in searchers]


def test_both_scanners_find_the_same_in_nasty_lines(searchers: list[Searcher], rules: list[Rule]) -> None:
    """Escape sequences, invalid UTF-8, prefixes and lone control characters change nothing, with or without CRLF."""
    for end in (b"\n", b"\r\n"):
        data = end.join(NASTY)
        expected = found_one_by_one(data, rules)
        assert len({line for line, _ in expected}) > 12
        assert [expected, expected] == [found(searcher, data) for searcher in searchers]


@pytest.mark.parametrize("seed", range(3))
def test_no_mutation_of_a_sample_line_is_lost(
    searchers: list[Searcher], rules: list[Rule], telling: list[bytes], seed: int
) -> None:
    """What RE2 finds in a changed line is found in a block of such lines."""
    data = b"\n".join(mutations(telling, 700, seed))
    expected = found_one_by_one(data, rules)
    assert len(expected) > 300
    assert [expected, expected] == [found(searcher, data) for searcher in searchers]


_ATOMS = [*"abkKsS x0_éſK.", r"\d", r"\w", r"\D", r"\W", r"\.", r"\t", "[ab]", "[^a]", r"[^a\-]", r"[\d_]", r"[^\w]"]
_ATOMS += [r"[\W]", r"[^\W]", "[a-z]", "[^a-z]", r"[^\d]", "[é-ü]", "^", "$", r"\$", "[a^]", "[-a]", r"[\]]"]
_REPEATS = ["*", "+", "?", "*?", "+?", "??", "{2}", "{0,2}", "{1,}"]
_LETTERS = "abkKsSx 0_éÉſK\t\x0b\x0c\x85\u2028.$]-^\ufffd\x00/"


def _pattern(chance: random.Random, depth: int = 0) -> str:
    """A random pattern, mostly of the dialect."""
    parts = []
    for _ in range(chance.randint(1, 4)):
        if chance.random() < 0.15 and depth < 3:
            atom = f"({chance.choice(['?:', ''])}{_pattern(chance, depth + 1)})"
        else:
            atom = chance.choice(_ATOMS)
        parts.append(atom + chance.choice(_REPEATS) * (atom not in "^$" and chance.random() < 0.3))
    branch = f"|{_pattern(chance, depth + 1)}" if chance.random() < 0.2 and depth < 3 else ""
    return "".join(parts) + branch


def _random_rules(chance: random.Random, number: int) -> list[Rule]:
    """Rules as a book may have them: in the dialect, not matching the empty line, taken by both engines."""
    rules: list[Rule] = []
    while len(rules) < number:
        rule = Rule(_pattern(chance), chance.random() < 0.4)
        usable = not faults(rule.pattern) and not compiled(rule.pattern).search("") and not hyperscan_refusal(rule)
        rules += [rule] * usable
    return rules


@pytest.mark.usefixtures("own_cache")
@pytest.mark.parametrize("seed", range(30))
def test_no_pattern_of_the_dialect_is_lost(seed: int) -> None:
    """Random patterns on random lines: each scanner names every line in which RE2 finds a pattern."""
    chance = random.Random(seed)
    rules = _random_rules(chance, 12)
    lines = ["".join(chance.choices(_LETTERS, k=chance.randint(0, 7))) for _ in range(150)]
    data = "\n".join(lines).encode()
    expected = found_one_by_one(data, rules)
    for scanner in SCANNERS:
        assert expected == found(Searcher(rules, scanner(rules)), data)


@pytest.mark.usefixtures("own_cache")
@pytest.mark.parametrize("scanner", SCANNERS)
@pytest.mark.parametrize(
    ("rules", "line"),
    [
        ([Rule(r"x\Wy", ignore_case=True)], "xéy"),
        ([Rule(r"x[^\w]y", ignore_case=True)], "xéy"),
        ([Rule(r"x\wy", ignore_case=True)], "xſy"),
        ([Rule(r"x[^\W]y", ignore_case=True)], "xſy"),
        ([Rule("É!", ignore_case=True)], "é!"),
        ([Rule(r"(?:[é-ü][^a])k|k", ignore_case=True), Rule(r"[é-ü]\.*|S")], "x" * 100 + "é"),
    ],
)
def test_what_engines_read_differently_is_found_all_the_same(scanner: Maker, rules: list[Rule], line: str) -> None:
    """Case folding beyond ASCII, negated classes of words, and a character of several bytes where the data ends."""
    data = line.encode()
    assert found_one_by_one(data, rules)
    assert found_one_by_one(data, rules) == found(Searcher(rules, scanner(rules)), data)


@pytest.mark.usefixtures("own_cache")
@pytest.mark.parametrize("scanner", SCANNERS)
def test_candidates_are_sorted_and_each_stands_once(scanner: Maker) -> None:
    """A pattern that matches many times in a line, and several patterns in one line, are one candidate each."""
    rules = [Rule("b"), Rule("a"), Rule("zz")]
    block = b"aaaa\n\nbabab\nc\nba"
    expected = [(0, 1), (6, 0), (6, 1), (14, 0), (14, 1)]
    assert expected == scanner(rules).candidates(block)


@pytest.mark.parametrize("scanner", SCANNERS)
def test_without_patterns_nothing_is_found(scanner: Maker) -> None:
    """A log without signatures is read all the same."""
    assert scanner([]).candidates(b"anything\n") == []


@pytest.mark.usefixtures("own_cache")
def test_where_hyperscan_has_no_wheel_the_set_scans(monkeypatch: pytest.MonkeyPatch) -> None:
    """The package works without its fastest part."""
    assert isinstance(scanner_for([Rule("a")]), HyperscanScanner)
    monkeypatch.setitem(sys.modules, "hyperscan", None)
    assert isinstance(scanner_for([Rule("a")]), SetScanner)
    assert hyperscan_refusal(Rule("a$b")) == ""


def test_a_pattern_hyperscan_cannot_take_is_refused_with_its_reason() -> None:
    """An anchor in the middle of a pattern is one."""
    assert "mbedded" in hyperscan_refusal(Rule("a$b"))


@pytest.mark.parametrize("damage", [b"", b"x", b"\0" * 5000])
def test_a_damaged_cache_costs_time_and_not_the_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: bytes
) -> None:
    """A compiled database that is not what was written is compiled again, and mended."""
    monkeypatch.setenv("FAULTBOOK_CACHE", str(tmp_path))
    rules = [Rule("needle")]
    assert HyperscanScanner(rules).candidates(b"a needle") == [(0, 0)]
    (kept,) = (path for path in tmp_path.rglob("*") if path.is_file())
    whole = kept.read_bytes()
    kept.write_bytes(damage)
    assert HyperscanScanner(rules).candidates(b"a needle") == [(0, 0)]
    assert whole == kept.read_bytes()


def test_a_cache_that_cannot_be_written_costs_time_and_not_the_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The cache folder may be on a read-only disk, or a file stands in its place."""
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setenv("FAULTBOOK_CACHE", str(tmp_path / "file"))
    assert HyperscanScanner([Rule("needle")]).candidates(b"a needle") == [(0, 0)]


@pytest.mark.usefixtures("own_cache")
def test_patterns_do_not_share_a_compiled_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Other patterns, and the same pattern in another case, are compiled anew."""
    monkeypatch.setenv("FAULTBOOK_CACHE", str(tmp_path))
    answers = [
        HyperscanScanner([rule]).candidates(b"NEEDLE")
        for rule in (Rule("needle"), Rule("needle", ignore_case=True), Rule("E"))
    ]
    assert answers == [[], [(0, 0)], [(0, 0)]]
