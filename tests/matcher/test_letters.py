"""Letters that every match has, for the browser."""

import re

import pytest

from faultbook.catalogue.model import SAMPLES, Catalogue
from faultbook.matcher.letters import LENGTH, letters


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("abcd", ("abcd",)),
        ("abc", ()),
        ("ab+cd", ()),
        ("ab?cdef", ("cdef",)),
        ("abcd|efgh", ("abcd", "efgh")),
        ("abcd|ef", ()),
        ("(?:abcd|efgh) x", ("abcd", "efgh")),
        ("(?:abcd|efgh)? wxyz", (" wxy",)),
        ("(?:abcd)* wxyz", (" wxy",)),
        ("(?:(?:abcd|efgh)|ijkl)", ("abcd", "efgh", "ijkl")),
        (r"a\.b\tc[d]", (".b\tc",)),
        ("┆ab┆", ()),
        ("eeee (?<x>[a-z]+) QZQZ", ("QZQZ",)),
        ("|".join(f"abc{chr(97 + number)}" for number in range(25)), ()),
    ],
)
def test_the_rarest_letters_that_are_certain(pattern: str, expected: tuple[str, ...]) -> None:
    """Nothing optional, repeated or of one alternative only is certain."""
    found = letters(pattern)
    assert set(found) == set(expected) or (expected == (" wxy",) and found in ((" wxy",), ("wxyz",)))


def test_every_line_of_evidence_has_its_letters(real_catalogue: Catalogue, real_root: object) -> None:
    """On the samples: a line that a pattern matches is never passed over for want of letters."""
    from faultbook.diagnose import diagnose

    seen = 0
    for sample in list(real_catalogue.samples)[::4]:
        for finding in diagnose([f"{real_root}/{SAMPLES}/{sample}"], real_catalogue).findings:
            for evidence in finding.evidence:
                rows = letters(evidence.signature.pattern)
                text = evidence.hit.text.lower() if evidence.signature.ignore_case else evidence.hit.text
                seen += 1
                assert not rows or any(row in text for row in rows), (evidence.signature.pattern, text)
                assert all(len(row) == LENGTH and re.fullmatch("[\\x00-\\x7f]+", row) for row in rows)
    assert seen > 50
