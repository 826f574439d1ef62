"""The dialect of signatures: what is accepted, what is refused and why, and how scanners get it."""

import pytest

from faultbook.catalogue.model import Catalogue
from faultbook.matcher.dialect import faults, for_scanning, group_names
from faultbook.matcher.scanner import hyperscan_refusal
from faultbook.matcher.search import Rule, compiled

ACCEPTED = [
    "exit code: 137",
    r"^Canceled\.$",
    r"(?:^|\| |┃ )fork/exec (?<program>.+): exec format error$",
    "[a-z]+[^a-z]*[0-9]?",
    r"[\]\[\-a\\]",
    r"[-a][a-][\d.-][-\w][^-\d]",
    r"\d\w\D\W\t\/\$\^\.\*\+\?\(\)\[\]\{\}\|",
    "x{2}y{2,}z{2,9}a{1000}",
    "a*?b+?c??d{2}?",
    "(a|b)(?:c|d)",
    "é ✘ [é-ü]",
    "a=b, <c> 'd' \"e\" #f %g &h ~i",
]

REFUSED = [
    ("", "the pattern is empty"),
    ("(?=x)", "only (?:...) and (?<name>...) groups are portable (at character 1)"),
    ("a(?!x)", "only (?:...) and (?<name>...) groups are portable (at character 2)"),
    ("(?<=x)y", "only (?:...) and (?<name>...) groups"),
    ("(?<!x)y", "only (?:...) and (?<name>...) groups"),
    ("(?i)x", "only (?:...) and (?<name>...) groups"),
    ("(?P<n>x)", "only (?:...) and (?<name>...) groups"),
    ("(?>x)", "only (?:...) and (?<name>...) groups"),
    ("(?<1a>x)", "only (?:...) and (?<name>...) groups"),
    ("(?<é>x)", "only (?:...) and (?<name>...) groups"),
    ("(?<a", "only (?:...) and (?<name>...) groups"),
    (r"(a)\1", r"the escape \1 is not the same in all engines (at character 4)"),
    (r"a\sb", r"the escape \s is not the same in all engines (at character 2)"),
    (r"\bx", r"the escape \b is not the same"),
    (r"\Ax", r"the escape \A is not the same"),
    (r"\p{L}", r"the escape \p is not the same"),
    (r"\x41", r"the escape \x is not the same"),
    (r"\n", r"the escape \n is not the same"),
    (r"\v", r"the escape \v is not the same"),
    (r"\-", r"the escape \- is not the same"),
    ("a\\", "the escape \\ is not the same in all engines (at character 2)"),
    (r"[\s]", r"the escape \s is not portable (at character 1)"),
    ("[a", "the class is not closed (at character 1)"),
    ("[]a]", r"write a literal ] in a class as \]"),
    ("[^]a]", r"write a literal ] in a class as \]"),
    ("[[a]]", r"write a literal [ in a class as \["),
    (r"[\d-x]", r"write a literal - beside \d or \w as \- (at character 1)"),
    (r"[+-\w]", r"write a literal - beside \d or \w as \-"),
    (r"[\\-\w]", r"write a literal - beside \d or \w as \-"),
    ("a]", r"write a literal ] as \] (at character 2)"),
    ("a}", r"write a literal } as \} (at character 2)"),
    ("a{", r"write a literal { as \{ (at character 2)"),
    ("a{,3}", r"write a literal { as \{"),
    ("a{1,2,3}", r"write a literal { as \{"),
    ("a{²}", r"write a literal { as \{"),
    ("a{1,٣}", r"write a literal { as \{"),
    ("a{1001}", "at most 1000 repetitions (at character 2)"),
    ("a{2,1001}", "at most 1000 repetitions"),
    ("a++", "possessive repetition is not portable (at character 2)"),
    ("*a", "nothing to repeat (at character 1)"),
    ("a|+", "nothing to repeat (at character 3)"),
    ("(*a)", "nothing to repeat (at character 2)"),
    ("^*", "nothing to repeat"),
    ("$+", "nothing to repeat"),
    ("a{1}{2}", "nothing to repeat (at character 5)"),
    ("a)", "a ) too many (at character 2)"),
    ("(a", "a ( is not closed"),
    ("(?<a>x)(?<a>y)", "the group (?<a>...) is there twice"),
    ("a\nb", "a line break cannot match: a signature sees one line (at character 2)"),
]


@pytest.mark.parametrize("pattern", ACCEPTED)
def test_a_pattern_of_the_dialect_is_taken_by_every_engine(pattern: str) -> None:
    """What the dialect accepts compiles in RE2, and in Hyperscan in its scanning form."""
    assert faults(pattern) == []
    assert compiled(pattern)
    assert hyperscan_refusal(Rule(pattern)) == ""


@pytest.mark.parametrize(("pattern", "reason"), REFUSED)
def test_a_pattern_outside_the_dialect_is_refused_with_the_reason(pattern: str, reason: str) -> None:
    """The first complaint says what is wrong and, where it is one place, at which character."""
    found = faults(pattern)
    assert found and found[0].startswith(reason), found


def test_every_fault_of_a_pattern_is_named() -> None:
    """An author mends a pattern in one go."""
    assert faults(r"\s}a++") == [
        r"the escape \s is not the same in all engines (at character 1)",
        r"write a literal } as \} (at character 3)",
        "possessive repetition is not portable (at character 5)",
    ]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("^a$", "a$"),
        ("(?:^|x)a", "(?:|x)a"),
        ("(?<n>a)b", "(?:a)b"),
        ("ab+", "ab"),
        ("ab*", "a"),
        ("ab*c?d+", "ab*c?d"),
        ("ab*c?", "a"),
        ("ab+?", "ab"),
        ("a(?:b)+", "a(?:b)+"),
        ("ab{2}", "ab{2}"),
        ("ab+$", "ab+$"),
        ("a[^b]c", r"a[^b\n]c"),
        (r"\d\w", "[0-9][0-9A-Za-z_]"),
        (r"\D\W.", r"[^0-9\n][^0-9A-Za-z_\n]."),
        (r"[\d.][^\w.]x", r"[0-9.][^0-9A-Za-z_.\n]x"),
        (r"[\\d]", r"[\\d]"),
        (r"[^\Da]x", r"[^\n]x"),
        ("x*", "x*"),
    ],
)
def test_the_scanning_form_of_a_pattern(pattern: str, expected: str) -> None:
    """Anchored starts, names and a repetition at the end are left out; no class crosses the end of a line."""
    assert expected == for_scanning(pattern)


def test_names_of_groups_stand_in_their_order() -> None:
    """They become the fields of the evidence."""
    assert group_names(r"(?<b>x)\((?:y)(?<a>z)(q)") == ["b", "a"]


def test_every_pattern_of_the_book_is_in_the_dialect(real_catalogue: Catalogue) -> None:
    """The dialect is wide enough for the signatures there are."""
    patterns = {signature.pattern for failure in real_catalogue.failures.values() for signature in failure.signatures}
    assert len(patterns) > 15
    assert {pattern: found for pattern in patterns if (found := faults(pattern))} == {}
