"""What scanners look for in place of a pattern."""

import pytest

from faultbook.matcher.needle import needle

START = "(?:^|\ufeff|Z |[0-9]:[0-9]{2} | [FP] |\\| |\\] )"


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("exit code: 137", "exit code: 137"),
        ("^Error: ", START + "Error: "),
        ("^a|^b", START + "a|b"),
        ("(?:^|x)a", "(?:|x)a"),
        ("done$", r"done\r*$"),
        (r"(?: \[|$)", r"(?: \[|\r*$)"),
        ("[0-9]+ failed for good", " failed for good"),
        ("^[0-9]+ +: .* ERROR", " ERROR"),
        ("^time=.*short", START + "time=.*short"),
        ("^time=x.*long enough", "long enough"),
        ("a longer start.*long enough", "a longer start.*long enough"),
        ("(?:a+)x+y", "y"),
        ("(?:a+b)?cdefghijk", "cdefghijk"),
        ("(?:abcdefghij)?x+long enough", "long enough"),
        ("a+bcdefghi|x", "bcdefghi|x"),
        ("x|a+bcdefghi", "x|a+bcdefghi"),
        ("a+b?c", "b?c"),
    ],
)
def test_a_weak_start_before_a_gap_is_left_out(pattern: str, expected: str) -> None:
    """The needle begins at the first strong letters, keeps `^` where it stands first, and allows for a CRLF."""
    assert needle(pattern) == expected
