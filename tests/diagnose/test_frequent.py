"""The most frequent lines are counted in bounded memory, with a bound on what is lost."""

import random
from collections import Counter

import pytest

from faultbook.diagnose.frequent import Counted, Frequent, shape


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("request 7 failed", "request 12345 failed"),
        ("2026-11-21T05:39:03Z x", "2025-01-02T00:00:00Z x"),
        ("client_id=1kim1qdetewkkdx2at56rp3nv", "client_id=sb2fw2ctd7qgb79g0nu6uzd0s"),
        ("at 0x7f76745c2cf0", "at 0x1"),
        ("dial tcp 10.0.0.1:443", "dial tcp 192.168.1.20:8080"),
    ],
)
def test_lines_that_differ_in_numbers_and_ids_are_alike(one: str, other: str) -> None:
    """Times, addresses, ids and counts vary; the message does not."""
    assert shape(one) == shape(other)


@pytest.mark.parametrize(("one", "other"), [("disk full", "disk empty"), ("a 1", "b 1"), ("x", "x ")])
def test_lines_that_differ_in_words_are_not_alike(one: str, other: str) -> None:
    """Another message is another line."""
    assert shape(one) != shape(other)


def test_the_most_frequent_come_first_then_those_that_came_first() -> None:
    """Each with its first line and text, and how many are like it."""
    frequent = Frequent()
    for line, text in enumerate(["late", "a 1", "b 1", "a 2", "b 2", "c"], 1):
        frequent.add(line, text)
    assert list(frequent.most(3)) == [Counted(2, "a 1", 2), Counted(3, "b 1", 2), Counted(1, "late", 1)]
    assert frequent.lost == 0


def _words(seed: int, number: int) -> list[str]:
    """Words of which a few are frequent."""
    chance = random.Random(seed)
    return [chance.choice("abc") if chance.random() < 0.5 else _word(chance.randrange(number)) for _ in range(number)]


def _word(number: int) -> str:
    return "".join(chr(ord("d") + int(digit)) for digit in str(number))


def check_bounds(frequent: Frequent, words: list[str], capacity: int) -> None:
    """The guarantees of Misra and Gries."""
    true = Counter(words)
    kept = {counted.text: counted.count for counted in frequent.most(len(words))}
    assert len(kept) <= 2 * capacity
    assert frequent.lost <= len(words) / (capacity + 1)
    for word, count in kept.items():
        assert true[word] - frequent.lost <= count <= true[word]
    assert {word for word, count in true.items() if count > frequent.lost} <= kept.keys()


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("capacity", [1, 3, 10, 100])
def test_a_count_is_never_too_big_and_too_small_by_little(seed: int, capacity: int) -> None:
    """With a capacity of k, at most a (k+1)-th of all lines is lost, and no more is kept than twice k."""
    words = _words(seed, 1000)
    frequent = Frequent(capacity)
    for line, word in enumerate(words, 1):
        frequent.add(line, word)
    assert frequent.lost > 0
    check_bounds(frequent, words, capacity)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("capacity", [1, 3, 10, 100])
def test_counts_of_parts_add_up_within_the_same_bounds(seed: int, capacity: int) -> None:
    """A log searched in parts gives what it gives in one piece, as far as anything is promised."""
    words = _words(seed, 1000)
    whole = Frequent(capacity)
    for low in range(0, len(words), 130):
        part = Frequent(capacity)
        for line, word in enumerate(words[low : low + 130], 1):
            part.add(line, word)
        whole.merge(part, low)
    check_bounds(whole, words, capacity)


def test_parts_keep_the_line_of_the_first_occurrence() -> None:
    """Lines of a later part are counted from the start of the log; the part itself is left alone."""
    whole, part = Frequent(), Frequent()
    whole.add(5, "a 1")
    part.add(2, "a 2")
    part.add(3, "b")
    whole.merge(part, 10)
    assert list(whole.most(9)) == [Counted(5, "a 1", 2), Counted(13, "b", 1)]
    assert list(part.most(9)) == [Counted(2, "a 2", 1), Counted(3, "b", 1)]
