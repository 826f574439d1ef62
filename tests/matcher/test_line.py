"""What a signature sees of a line, and where that stands in the line as it is."""

import pytest
from tests.lines import NASTY, mutations

from faultbook.matcher.line import clean, prefix_time, raw_place

ESC = "\x1b"
STAMP = "2026-11-21T05:39:03.6184240Z "


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("plain", "plain"),
        ("", ""),
        ("  spaces stay  ", "  spaces stay  "),
        ("tab\tstays", "tab\tstays"),
        ("a\rb", "a\rb"),
        ("line\n", "line"),
        ("line\r\n", "line"),
        ("line\r\r\n", "line"),
        (f"line{ESC}[0m\r", "line"),
        (f"line\r{ESC}[0m", "line"),
        (f"{ESC}[1;31mred{ESC}[0m", "red"),
        (f"{ESC}[38:2::255:0:0mred{ESC}[m", "red"),
        (f"{ESC}[?25l{ESC}[2K{ESC}[1Gx{ESC}[?25h", "x"),
        (f"{ESC}(B{ESC}[mtput{ESC}(B", "tput"),
        (f"{ESC}7saved{ESC}8{ESC}=", "saved"),
        (f"{ESC}]0;a title\x07x", "x"),
        (f"{ESC}]8;;https://example.com/{ESC}\\link{ESC}]8;;{ESC}\\", "link"),
        (f"{ESC}]8;;not closed", f"{ESC}]8;;not closed"),
        (f"lone {ESC}", f"lone {ESC}"),
        ("\ufeffwith a byte order mark", "with a byte order mark"),
        ("not first \ufeff", "not first \ufeff"),
        (f"{STAMP}raw job log of GitHub", "raw job log of GitHub"),
        (f"\ufeff{STAMP}its first line", "its first line"),
        (f"{STAMP}##[error]Process completed", "##[error]Process completed"),
        (f"{STAMP}", ""),
        (f"build\tRun dagger call\t{STAMP}gh run view --log", "gh run view --log"),
        (f"build\tRun dagger call\t\ufeff{STAMP}its first line", "its first line"),
        (f"{'j' * 200}\t{'s' * 200}\t{STAMP}long names", "long names"),
        (f"{'j' * 201}\ts\t{STAMP}names too long", f"{'j' * 201}\ts\t{STAMP}names too long"),
        ("2026-11-21T05:39:03.618424012Z docker logs --timestamps", "docker logs --timestamps"),
        ("2026-11-21T05:39:03Z no fraction", "no fraction"),
        ("2026-11-21T05:39:03.618424012+02:00 stdout F containerd", "containerd"),
        ("dagger-engine-1  | panic: x", "panic: x"),
        ("dagger-engine-1  | 2026-11-21T05:39:03.618Z panic: x", "panic: x"),
        ("[pod/dagger-engine-0/engine] panic: x", "panic: x"),
        ("9   : [0.1s] | task-1 | text", "9   : [0.1s] | task-1 | text"),
        ("engine | text", "engine | text"),
        ("a\tb\tc", "a\tb\tc"),
        ("2026-11-21T05:39:03.618424012Z stderr P half a line", "half a line"),
        ("2026-11-21T05:39:03.618424012Z stderr X not CRI", "stderr X not CRI"),
        (f"{STAMP}{ESC}[31mred{ESC}[0m", "red"),
        (f"{ESC}[90m{STAMP}{ESC}[0mgrey stamp", "grey stamp"),
        (f"{STAMP}{STAMP}only the first", f"{STAMP}only the first"),
        (f" {STAMP}not at the start", f" {STAMP}not at the start"),
        ("2026-11-21T05:39:03,618424+0000 kernel", "2026-11-21T05:39:03,618424+0000 kernel"),
        ("2026-11-21 05:39:03Z with a space", "2026-11-21 05:39:03Z with a space"),
        ("12  : ┆ ! multi-byte ✘", "12  : ┆ ! multi-byte ✘"),
    ],
)
def test_a_line_is_cleaned(raw: str, expected: str) -> None:
    """Line ends, escape sequences, a byte order mark and the prefix of a CI system are taken away, nothing else."""
    assert clean(raw.encode()) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"\xff", "\ufffd"),
        (b"a\xf0\x9f\x92b", "a\ufffdb"),
        (b"\xc3", "\ufffd"),
        (b"\xed\xa0\x80", "\ufffd\ufffd\ufffd"),
        (b"\x00a\x00", "\x00a\x00"),
        (b"\x1b[31\xff", "\x1b[31\ufffd"),
    ],
)
def test_invalid_utf8_is_shown_and_not_dropped(raw: bytes, expected: str) -> None:
    """Each invalid sequence becomes one U+FFFD; NUL bytes stay."""
    assert clean(raw) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (f"{STAMP}x", STAMP.strip()),
        (f"job\tstep\t\ufeff{STAMP}x", STAMP.strip()),
        (f"{ESC}[90m{STAMP}{ESC}[0mx\r\n", STAMP.strip()),
        ("2026-11-21T05:39:03+02:00 stdout F x", "2026-11-21T05:39:03+02:00"),
        (f"x {STAMP}", None),
        ("", None),
    ],
)
def test_the_time_in_front_of_a_line_is_read(raw: str, expected: str | None) -> None:
    """As the CI system wrote it, None where there is none."""
    assert prefix_time(raw.encode()) == expected


@pytest.mark.parametrize(
    ("raw", "column", "expected"),
    [
        (b"abc", 1, (1, 1)),
        ("éé!".encode(), 2, (2, 4)),
        ("💥!".encode(), 1, (1, 4)),
        (b"\xff\xfe!", 2, (2, 2)),
        (b"\xf0\x9f\x92!", 1, (1, 3)),
        (b"\x1b[31mab", 0, (5, 5)),
        (b"a\x1b[0m\xc3\xa9\x1b[1m!", 2, (10, 11)),
        (f"{STAMP}x".encode(), 0, (29, 29)),
        (f"\ufeff{STAMP}x".encode(), 0, (30, 32)),
        (b"ab\r", 2, (2, 2)),
    ],
)
def test_a_place_in_the_cleaned_line_is_found_in_the_raw_one(
    raw: bytes, column: int, expected: tuple[int, int]
) -> None:
    """As characters and as bytes before it, also behind multi-byte, invalid and removed bytes."""
    assert raw_place(raw, column) == expected


def test_every_character_of_a_cleaned_line_is_found_again() -> None:
    """In nasty lines and in random changes of them, the raw line has the character at the place that is named."""
    for raw in [*NASTY, *mutations(NASTY, 800, seed=7)]:
        text = clean(raw)
        shown = raw.rstrip(b"\r\n").decode("utf-8", "replace")
        for column in range(0, len(text), 1 + len(text) // 40):
            characters, before = raw_place(raw, column)
            assert shown[characters] == text[column], raw
            assert raw[before:].decode("utf-8", "replace")[0] == text[column], raw
