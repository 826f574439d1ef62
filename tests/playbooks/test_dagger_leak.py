"""The playbook on leaks, without a kernel."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from faultbook.catalogue.load import load
from faultbook.catalogue.places import Given
from faultbook.logs.engine import Record
from faultbook.logs.metrics import Scrape
from faultbook.logs.releases import Release
from faultbook.playbooks.dagger import leak, leak_words
from faultbook.playbooks.dagger.leak_rule import REPEATS, Trend, stretches, trend
from faultbook.playbooks.dagger.leak_scrapes import ScrapedLife, sentences
from faultbook.playbooks.runs import arguments
from faultbook.problems import Refusal

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "playbooks" / "samples" / "dagger"


def case(sample: str, *, log: bool = True, scrapes: str = "*scrape-*") -> leak.Case:
    folder = SAMPLES / sample
    logs = sorted(map(str, folder.glob("engine.log*"))) if log else []
    return leak.read(sorted(map(str, folder.glob(scrapes))), logs[0] if logs else None)


def releases(*numbers: tuple[int, int], stretch: int = 0) -> list[Release]:
    """Ends of sessions with these entries and retained calls."""
    return [
        Release(Record(line, "", "debug", ""), str(line), entries, retained, True, stretch)
        for line, (entries, retained) in enumerate(numbers, 1)
    ]


def rising(count: int, every: int = 1) -> Sequence[tuple[int, int]]:
    """Repeats of which every n-th leaves an entry behind."""
    return [(100 + number // every, 10) for number in range(count)]


def test_the_matrix() -> None:
    """On every sample with a scrape it confirms exactly the pages that name both."""
    catalogue = load(ROOT)[0]
    about, wrong, seen = catalogue.playbooks[leak.PLAYBOOK], {}, 0
    for sample in catalogue.samples.values():
        if not sample.file_of(about.reads):
            continue
        folder, seen = ROOT / "playbooks" / "samples" / sample.id, seen + 1
        given = {name: _placed(folder, value) for name, value in arguments(about, sample).items()}
        found = sorted(one.failure.id for one in leak.read(**given).verdict().confirmed)  # type: ignore[arg-type]
        wanted = sorted(one.id for one in catalogue.shown_by(sample.id) if one.playbook == leak.PLAYBOOK)
        if found != wanted:
            wrong[sample.id] = (found, wanted)
    assert wrong == {} and seen >= 20


def _placed(folder: Path, value: Given) -> Given:
    if isinstance(value, list):
        return [f"{folder}/{name}" for name in value]
    return value and f"{folder}/{value}"


@pytest.mark.parametrize(
    ("sample", "kind", "repeats", "risen", "leaked", "new"),
    [
        ("metrics-identical-sessions", "flat", 26, 0, 0, (0, 0)),
        ("metrics-different-sessions", "growth", 0, 0, 0, (560, 560)),
        ("metrics-repeat-and-grow-v1", "growth", 21, 0, 0, (1000, 1000)),
        ("healthy-many-sessions", "growth", 14, 0, 0, (149, 121)),
        ("metrics-leak", "leak", 30, 24, 52, (0, 0)),
        ("metrics-leak-slow", "leak", 26, 22, 23, (0, 0)),
        ("two-clients-at-once", "nothing", 0, 0, 0, (0, 0)),
        ("cache-snapshots", "nothing", 0, 0, 0, (0, 0)),
        ("exec-stuck", "nothing", 0, 0, 0, (0, 0)),
    ],
)
def test_the_trend_of_each_series(
    sample: str, kind: str, repeats: int, risen: int, leaked: int, new: tuple[int, int]
) -> None:
    """By the ends of sessions in the log."""
    told = case(sample).trend
    assert (told.kind, len(told.repeats), len(told.risen), told.leaked) == (kind, repeats, risen, leaked)
    assert (told.new_entries, told.new_retained) == new


def test_a_leak_that_slows_down_says_so() -> None:
    """Results that were left behind are found again; the slow leak of about one each does not slow down."""
    assert "It slows down: 42 in the first half of the repeats, 10 in the second." in case("metrics-leak")._says()
    assert not any("slows" in text for text in case("metrics-leak-slow")._says())


def test_the_evidence_of_a_leak() -> None:
    """The warm-up, a repeat in the middle, the last that rose: with their lines in the engine log."""
    lines = [(name, line) for name, line, _ in case("metrics-leak-slow")._evidence()]
    assert lines == [("engine.log", 8), ("engine.log", 125), ("engine.log", 242)]


def test_without_the_log_a_leak_is_only_a_rise() -> None:
    """Nothing is confirmed, and the log is asked for."""
    alone = case("metrics-leak", log=False)
    assert alone.trend.kind == "nothing"
    assert list(alone._says()) == [
        "Scrapes: rising, 4,523 to 4,575 entries in 6 scrapes of the idle engine.",
        "Left out, the engine had served nobody yet: scrape-00.txt.",
    ]
    assert list(alone._missing()) == [leak_words.NO_LOG]


def test_without_scrapes_the_log_decides() -> None:
    """They are asked for all the same: they show restarts, and the time between sessions."""
    alone = case("metrics-leak", scrapes="none")
    assert alone.trend.kind == "leak" and list(alone._missing()) == [leak_words.NO_SCRAPES]
    assert alone.table().rows == [] and "+52" in alone.chart().alternative


@pytest.mark.parametrize(
    ("sample", "scrapes", "missing"),
    [
        ("metrics-identical-sessions", "scrape-*", []),
        ("metrics-different-sessions", "scrape-*", []),
        ("metrics-leak-slow", "scrape-*", []),
        ("healthy-many-sessions", "metrics*", []),
        ("cli-killed", "metrics*", [leak_words.NO_REPEATS]),
        ("exec-stuck", "metrics*", [leak_words.NO_LINES, leak_words.FEW_SCRAPES]),
        ("heap-before-after", "metrics*", [leak_words.NO_LOG, leak_words.FEW_SCRAPES]),
        ("goroutines-idle-engine", "metrics*", [leak_words.NO_LOG, leak_words.FEW_SCRAPES]),
    ],
)
def test_what_is_asked_for(sample: str, scrapes: str, missing: list[str]) -> None:
    """Nothing where the series decides; else what would."""
    assert list(case(sample, scrapes=scrapes)._missing()) == missing


@pytest.mark.parametrize(
    ("sample", "scrapes", "says"),
    [
        ("metrics-identical-sessions", "scrape-*", "flat, 4,408 entries in 5 scrapes of the idle engine."),
        ("exec-stuck", "metrics*", "no scrape of an idle engine that has served a session: nothing can be compared."),
        ("heap-before-after", "metrics*", "rising, 4,408 to 10,048 entries in 2 scrapes of the idle engine."),
        ("goroutines-idle-engine", "metrics*", "one scrape of the idle engine, 4,331 entries: that is no trend."),
        ("healthy-first-run", "metrics*", "one scrape of the idle engine, 4,331 entries: that is no trend."),
        (
            "cache-snapshots",
            "dagger-metrics*",
            "4,332 to 4,325 entries in 2 scrapes of the idle engine, and they fell in between: a prune does that.",
        ),
        (
            "cache-entries-and-prune-v1",
            "metrics*",
            "4,866 to 3,791 entries in 2 scrapes of the idle engine, and they fell in between: a prune does that.",
        ),
    ],
)
def test_what_scrapes_show_alone(sample: str, scrapes: str, says: str) -> None:
    """One or two readings of healthy engines are never more than that."""
    assert [life.in_words() for life in case(sample, scrapes=scrapes).lives] == [says]


def test_scrapes_that_do_not_count_are_named() -> None:
    """A busy one, a cold one, and one without its numbers."""
    told = list(sentences(case("cache-snapshots", scrapes="dagger-metrics*").lives))
    assert told[1:] == [
        "Left out, the engine had served nobody yet: dagger-metrics.1-before.txt.",
        "Left out, a session was connected and its results are in the number: dagger-metrics.2-during.txt.",
    ]
    bare = ScrapedLife([Scrape("bare.txt", {"dagger_connected_clients": 0.0})])
    assert list(sentences([bare]))[1] == "Left out, number of entries or of clients is missing: bare.txt."


def test_a_restart_between_scrapes_is_said() -> None:
    """Numbers of two lives are in one table and never compared."""
    paths = [str(SAMPLES / name / "scrape-01.txt") for name in ("metrics-leak", "metrics-leak-slow")]
    told = leak.read(paths)
    assert next(told._says()) == (
        "The scrapes are of 2 lives of an engine. Numbers of different lives are not compared."
    )
    assert [(row[0], row[1], row[4]) for row in told.table().rows] == [
        ("1", "scrape-01.txt", ""),
        ("2", "scrape-01.txt", ""),
    ]


def test_where_the_log_has_the_number_of_a_scrape() -> None:
    """As the README of the captures says which scrape follows what; a flat series fits anywhere."""
    told = [(row[3], row[4], row[5]) for row in case("metrics-leak").table().rows]
    assert told[:4] == [("0", "", ""), ("4,523", "", "1"), ("4,534", "+11", "3"), ("4,549", "+15", "7")]
    assert case("metrics-identical-sessions").table().rows[2][5] == "1 to 27"


def test_a_number_that_holds_other_sessions_is_no_match() -> None:
    """A session that ended while another was open says nothing of the idle engine."""
    assert case("two-clients-at-once", scrapes="metrics*")._seen() == {4333: "2"}


def test_the_log_of_another_engine_is_noticed() -> None:
    """None of the scrapes' numbers is in it."""
    paths = [str(SAMPLES / "metrics-leak" / f"scrape-0{number}.txt") for number in range(7)]
    told = list(leak.read(paths, str(SAMPLES / "metrics-leak-slow" / "engine.log"))._says())
    assert told[-1].startswith("No number of the scrapes is in the engine log")
    assert not any("another engine" in text for text in case("metrics-leak")._says())


def test_sessions_at_n_1_5_and_20() -> None:
    """After the warm-up and the last one; read off the log by eye."""
    rows = case("metrics-leak-slow").sessions().rows
    assert [(row[0], *row[2:]) for row in rows] == [
        ("0 sessions", "4,424", "243", "4,181", "+0"),
        ("1 session", "4,425", "243", "4,182", "+1"),
        ("5 sessions", "4,430", "243", "4,187", "+6"),
        ("20 sessions", "4,443", "243", "4,200", "+19"),
        ("26 sessions", "4,447", "243", "4,204", "+23"),
    ]


@pytest.mark.parametrize(
    ("numbers", "kind"),
    [
        ([], "nothing"),
        ([(100, 10)], "nothing"),
        (rising(REPEATS), "doubt"),
        (rising(REPEATS + 1), "leak"),
        (rising(31, every=3), "leak"),
        (rising(33, every=4), "doubt"),
        ([(100, 10)] * 30, "flat"),
        ([(100 + 2 * number, 10 + number) for number in range(30)], "growth"),
        ([(100, 10), (150, 10), (100, 10)] * 10, "flat"),
        ([*[(100, 10), (150, 10)] * 10, (100, 10)], "flat"),
        ([(100, 10), *[(150, 10)] * 30], "doubt"),
        ([(100, 10), (90, 5)], "flat"),
    ],
)
def test_the_edges_of_the_rule(numbers: Sequence[tuple[int, int]], kind: str) -> None:
    """Too few, too seldom, taken back, and a single jump after the first session: none of them is a leak."""
    assert trend(releases(*numbers)).kind == kind


def test_a_doubt_wants_more_repeats_however_many_there_were() -> None:
    """A flat series of the same length does not."""
    assert not trend(releases(*rising(33, every=4))).is_decided
    assert trend(releases(*[(100, 10)] * 33)).is_decided


def test_numbers_across_a_break_are_not_compared() -> None:
    """A stretch after a prune begins with a warm-up of its own."""
    before, after = releases(*[(200, 10)] * 4), releases(*[(300, 10)] * 4, stretch=1)
    told = trend([*before, *after])
    assert (len(told.repeats), told.kind, len(stretches([*before, *after]))) == (6, "flat", 2)


def test_sessions_that_overlap_are_left_out() -> None:
    """Their numbers hold the results of others."""
    series = releases(*rising(31))
    assert trend([replace(one, alone=False) for one in series]).kind == "nothing"


def in_words(*numbers: tuple[int, int]) -> list[str]:
    return list(leak_words.sentences(trend(releases(*numbers))))


def test_a_leak_beside_new_work_says_both() -> None:
    """The part that came with new work is not counted as leaked, and not acquitted either."""
    mixed = [*rising(10), (200, 60)]
    assert in_words(*mixed) == [
        "Leak: 9 of 9 repeats left entries behind, 9 in all, and no retained call for them.",
        "Growth by new work: 1 session left 91 entries more, 50 of them retained calls.",
        "Whether the other 41 leaked cannot be told.",
    ]


def test_growth_with_and_without_repeats() -> None:
    """What comes with new work and is no retained call is acquitted by repeats in between only."""
    work = [(100 + 3 * number, 10 + 2 * number) for number in range(3)]
    assert in_words(*work) == [
        "Growth by new work: 2 sessions left 6 entries more, 4 of them retained calls.",
        "Whether the other 2 leaked cannot be told.",
    ]
    assert in_words(*work, work[-1])[1:] == [
        "The 1 repeat between them left nothing behind.",
        "The other 2 came with new work only; what retained calls are made of looks like that.",
    ]
    assert in_words((100, 10), (120, 30))[-1] == "Every new entry is a retained call: nothing leaked there."


def test_few_repeats_exclude_nothing() -> None:
    """Flat over four repeats is said with its limit, over five without."""
    assert in_words(*[(100, 10)] * 5) == ["Flat: 100 entries over 4 repeats. That is too few to exclude a leak."]
    assert in_words(*[(100, 10)] * 6) == ["Flat: 100 entries over 5 repeats."]


def test_every_outcome_has_words() -> None:
    """The overview names each of them."""
    kinds = {trend(releases(*numbers)).kind for numbers in ([], rising(3), rising(9), [(1, 1), (2, 2)], [(1, 1)] * 9)}
    assert kinds == set(leak_words.KINDS) and Trend((), ()).kind == "nothing"


def test_the_picture_has_a_text_alternative() -> None:
    """And it is the same at every run."""
    chart = case("metrics-repeat-and-grow-v1").chart()
    assert chart.alternative == "Over 24 ends of sessions entries changed by +1,000 and retained calls by +1,000."
    assert f'aria-label="{chart.alternative}"' in chart.as_svg() and chart.as_svg() == chart.as_svg()
    assert case("metrics-leak", log=False).chart().across == "scrapes of the idle engine"
    assert leak.read([]).chart().as_svg().count("<polyline") == 0


def test_a_stretch_of_one_line_is_a_dot() -> None:
    """Two stretches of one end of a session each, and two curves: there is no line to draw."""
    drawn = case("cache-snapshots").chart().as_svg()
    assert (drawn.count("<circle"), drawn.count("<polyline")) == (4, 0)


def test_too_few_repeats_confirm_nothing(tmp_path: Path) -> None:
    """The leaking engine's log, cut after its first five sessions."""
    lines = (SAMPLES / "metrics-leak" / "engine.log").read_text().splitlines(keepends=True)
    log = tmp_path / "engine.log"
    log.write_text("".join(lines[:45]))
    told = leak.read([], str(log))
    assert told.trend.kind == "doubt" and told.verdict().confirmed == ()
    assert told.verdict().says[0] == (
        "Not decided: 4 of 4 repeats left 19 entries behind. The rule wants at least 5 repeats and a third of them."
    )
    assert leak_words.NO_REPEATS in told.verdict().missing


def test_a_page_that_is_no_scrape_is_refused(tmp_path: Path) -> None:
    """With its name; a scrape of another program, too."""
    page = tmp_path / "scrape-07.txt"
    page.write_text("<html>503</html>")
    with pytest.raises(Refusal, match=r"scrape-07\.txt:1: this is an HTML page"):
        leak.read([str(SAMPLES / "metrics-leak" / "scrape-01.txt"), str(page)])
