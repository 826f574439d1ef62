"""Lines that have broken log readers before, the patterns of a book, and the search everything is compared with."""

import random
from collections.abc import Iterator, Sequence
from pathlib import Path

from faultbook.catalogue.model import Catalogue
from faultbook.diagnose.rules import ANY_ERROR
from faultbook.matcher.line import clean
from faultbook.matcher.search import Rule, compiled

NASTY = [
    b"",
    b"\r",
    b"\r\r\r",
    b"\x1b",
    b"\x1b[",
    b"\x1b[31m",
    b"\x00\x00\x00",
    b"\xff\xfe\xff",
    b"\xf0\x9f\x92",
    b"\xed\xa0\x80",
    b"\xef\xbb\xbfError: exit code: 137",
    b"Error: exit code: 137\r",
    b"Error: exit code: 137\r\r",
    b"\x1b[31mError:\x1b[0m exit\x1b[1m code: 137\x1b[0m\r",
    b"\x1b]8;;https://example.com\x1b\\Error: exit code: 137\x1b]8;;\x07",
    b"2026-11-21T05:39:03.6184240Z \x1b[31mError: exit code: 137\x1b[0m",
    b"job\tstep\t\xef\xbb\xbf2026-11-21T05:39:03.6184240Z Error: exit code: 137",
    b"2026-11-21T05:39:03.618424012Z stderr F Error: exit code: 137",
    b"Error: exit code: 137 \xf0\x9f\x92\xa5",
    b"\xf0\x9f\x92\xa5 Error: exit code: 137",
    b"Error: exit code: 1\x0037",
    b"\xc3\xa9\xff\xc3\xa9 Canceled.",
    b"Canceled.",
    b"Canceled.\x85",
    b"Canceled.\xe2\x80\xa8",
    b"\x0bCanceled.\x0c",
    b"1  : \xe2\x94\x86 ! context canceled",
    b"\t" * 300 + b"! x",
    b"x" * 5000 + b'| exec: "sh": executable file not found in $PATH',
    b"error " * 2000,
]


def rules_of(catalogue: Catalogue) -> list[Rule]:
    """Every pattern lines are searched for, and that for logs of unknown origin."""
    rules = [
        Rule(signature.pattern, signature.ignore_case)
        for failure in catalogue.failures.values()
        for signature in failure.signatures
    ]
    for log in catalogue.logs.values():
        rules += [Rule(pattern) for pattern in (*log.error_like, *(noise.pattern for noise in log.noise))]
    return [*rules, Rule(ANY_ERROR, ignore_case=True)]


def logs_below(samples: Path) -> list[Path]:
    """The files of all samples, without their papers."""
    return sorted(path for path in samples.glob("*/*/*") if path.name != "provenance.yml")


def found_one_by_one(data: bytes, rules: Sequence[Rule]) -> set[tuple[int, int]]:
    """(1-based line, rule) found with RE2 alone, line by line: slow and beyond doubt."""
    lines = data.split(b"\n")
    return {
        (number, index)
        for number, raw in enumerate(lines[:-1] if not lines[-1] else lines, 1)
        for index, rule in enumerate(rules)
        if compiled(rule.pattern, rule.ignore_case).search(clean(raw))
    }


def mutations(lines: Sequence[bytes], count: int, seed: int) -> Iterator[bytes]:
    """`count` random changes of `lines`: bytes lost, added or replaced, lines joined, wrapped or coloured."""
    chance = random.Random(seed)
    extra = [b"\x1b[31m", b"\x1b[0m", b"\r", b"\t", b"\xff", b"\xc3\xa9", b"\xe2\x94\x86 ", b"\x00", b" ", b"137", b"!"]
    fronts = [b"", b"", b"", b"\xef\xbb\xbf", b"2026-11-21T05:39:03.6184240Z ", b"a job\ta step\t2026-11-21T05:39:03Z "]
    fronts += [b"2026-11-21T05:39:03+01:00 stderr F ", b"engine-1  | ", b"[pod/engine-0/engine] "]
    for _ in range(count):
        line = chance.choice(lines)[:2000]
        for _ in range(chance.randint(0, 3)):
            at = chance.randint(0, len(line))
            line = chance.choice(
                [
                    line[:at] + chance.choice(extra) + line[at:],
                    line[:at] + line[at + chance.randint(1, 4) :],
                    line[:at] + chance.choice(extra) + line[at + 1 :],
                    line[:at] + chance.choice(lines)[:500],
                    line[at:],
                ]
            )
        yield (chance.choice(fronts) + line).replace(b"\n", b"")
