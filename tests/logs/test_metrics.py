"""Scrapes of the engine's metrics, alone and in series."""

import io
from pathlib import Path

import pytest

from faultbook.logs.metrics import COUNTER, STARTED, Scrape, engine_lives, read_scrape
from faultbook.problems import Refusal

SAMPLES = Path(__file__).parents[2] / "playbooks" / "samples" / "dagger"


def read(text: str) -> Scrape:
    return read_scrape(io.BytesIO(text.encode()))


def scrape(name: str, **values: float) -> Scrape:
    return Scrape(name, {{"start": STARTED, "count": COUNTER}[key]: value for key, value in values.items()})


def names(lives: list[list[Scrape]]) -> list[list[str]]:
    return [[one.name for one in life] for life in lives]


def test_a_scrape_of_each_version() -> None:
    """What the capture's README says it follows, and the gauge that only v1 has."""
    warm = read_scrape(SAMPLES / "metrics-leak" / "scrape-04.txt")
    assert (warm.name, warm.clients, warm.entries, warm.is_idle) == ("scrape-04.txt", 0, 4564, True)
    assert warm.started == 1795241502.44
    assert "dagger_dagql_cache_metadata_estimated_bytes" not in warm.values
    v1 = read_scrape(SAMPLES / "metrics-repeat-and-grow-v1" / "metrics.after.txt")
    assert (v1.clients, v1.entries, v1.started) == (0, 4865, None)
    assert v1.values["dagger_dagql_cache_metadata_estimated_bytes"] == 25653504


def test_only_what_is_named_is_kept() -> None:
    """Quantiles and counts of requests stand there several times, with labels; they are none of our business."""
    values = read_scrape(SAMPLES / "exec-stuck" / "metrics.1.txt").values
    assert not [name for name in values if name.startswith(("go_gc_", "go_info", "promhttp_"))]
    assert values["go_goroutines"] == 67 and values["process_start_time_seconds"] == 1795237190.37
    assert len([name for name in values if name.startswith("dagger_")]) == 5


def test_a_session_that_is_open_makes_it_busy() -> None:
    """Its results are in the number of entries."""
    busy = read_scrape(SAMPLES / "two-clients-at-once" / "metrics.1.txt")
    assert (busy.clients, busy.entries, busy.is_idle) == (2, 7890, False)


def test_a_missing_family_and_a_number_that_is_none() -> None:
    """They are not told; the rest is."""
    bare = read("dagger_connected_clients 0\ndagger_dagql_cache_entries NaN\n")
    assert (bare.clients, bare.entries, bare.is_idle) == (0, None, False)


def test_time_stamps_and_labels_of_a_prometheus_server() -> None:
    """`/federate` puts both on every line."""
    told = read('dagger_dagql_cache_entries{instance="a:9090",job="dagger"} 4408 1795241503000\n')
    assert told.entries == 4408


def test_windows_line_ends_and_a_cut_at_a_line() -> None:
    """Neither is a reason to refuse."""
    assert read("# TYPE dagger_connected_clients gauge\r\ndagger_connected_clients 1\r\n# HELP dagger_da").clients == 1


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("<html>\n<body>502 Bad Gateway</body></html>\n", "the scrape:1: this is an HTML page"),
        ("\n\n<!DOCTYPE html>\n", "the scrape:3: this is an HTML page"),
        ("dagger_connected_clients 0\ndagger_dagql_cache_en", "the scrape:2: this is no line of a scrape"),
        ("dagger_connected_clients many\n", "the scrape:1: this is no line of a scrape"),
        ("404 page not found\n", "the scrape:1: this is no line of a scrape"),
        ("# TYPE node_load1 gauge\nnode_load1 0.5\nprocess_start_time_seconds 1\n", "no metric of a Dagger engine"),
        ("", "no metric of a Dagger engine"),
        (
            'dagger_connected_clients{instance="a"} 0\ndagger_connected_clients{instance="b"} 1\n',
            "dagger_connected_clients stands in it more than once",
        ),
    ],
)
def test_what_is_no_scrape_of_an_engine(text: str, says: str) -> None:
    """Refused with the file, the line and what to do."""
    with pytest.raises(Refusal) as refused:
        read(text)
    assert says in refused.value.what and "curl" in refused.value.remedy


def test_order_comes_from_the_counters() -> None:
    """`after` sorts before `before`; the names of a long series may come in any order, too."""
    pair = [read_scrape(SAMPLES / "heap-before-after" / f"metrics.{name}.txt") for name in ("after", "before")]
    assert names(engine_lives(pair)) == [["metrics.before.txt", "metrics.after.txt"]]
    series = [read_scrape(SAMPLES / "metrics-leak" / f"scrape-0{number}.txt") for number in (4, 0, 6, 2, 5, 1, 3)]
    assert names(engine_lives(series)) == [[f"scrape-0{number}.txt" for number in range(7)]]


def test_a_restart_makes_two_lives() -> None:
    """Two captures are two processes, in whatever order they come."""
    mixed = [
        read_scrape(SAMPLES / sample / f"scrape-0{number}.txt")
        for number in (1, 0)
        for sample in ("metrics-leak", "metrics-leak-slow")
    ]
    lives = engine_lives(mixed)
    assert [[one.entries for one in life] for life in lives] == [[0, 4424], [0, 4523]]


def test_a_start_time_that_trembles_is_one_life() -> None:
    """It is counted from the boot time, which follows the clock."""
    assert len(engine_lives([scrape("a", start=100.0, count=1), scrape("b", start=101.5, count=2)])) == 1
    assert len(engine_lives([scrape("a", start=100.0, count=1), scrape("b", start=104.5, count=2)])) == 2


def test_without_a_start_time_the_order_given_counts() -> None:
    """Only a counter that fell begins a new life; without any there is no sign at all."""
    assert names(engine_lives([scrape("b", count=5), scrape("a", count=7), scrape("c", count=2)])) == [
        ["b", "a"],
        ["c"],
    ]
    assert names(engine_lives([scrape("b"), scrape("a")])) == [["b", "a"]]
    assert engine_lives([]) == []
