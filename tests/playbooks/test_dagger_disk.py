"""The playbook on the engine's disk, without a kernel."""

import re
from pathlib import Path

import pytest

from faultbook.catalogue.model import Catalogue
from faultbook.playbooks.dagger import disk
from faultbook.playbooks.dagger.disk_words import course, ends, percent, size
from faultbook.playbooks.lanes import Lane, Lanes, Level, Moments, Share, Span
from faultbook.playbooks.runs import arguments

SAMPLES = Path(__file__).parents[2] / "playbooks" / "samples"
LOOK = 'time=2026-11-21T05:{:02}:00.000Z level=DEBUG msg="dagql prune skip policy: no reclaim target" usedBytes={}\n'
PRUNED = (
    'time=2026-11-21T05:30:00.000Z level=INFO msg="dagql pruned result" call=C{0} args="[]" measuredSizeBytes=1'
    " reclaimedBytes={0}\n"
)


def case_of(catalogue: Catalogue, sample: str) -> disk.Case:
    about = catalogue.playbooks[disk.PLAYBOOK]
    ident = sample if "/" in sample else f"dagger/{sample}"
    given = arguments(about, catalogue.samples[ident])
    folder = SAMPLES / ident

    def placed(value: str | list[str] | None) -> str | list[str] | None:
        return [f"{folder}/{name}" for name in value] if isinstance(value, list) else value and f"{folder}/{value}"

    return disk.read(**{name: placed(value) for name, value in given.items()})  # type: ignore[arg-type]


def says(case: disk.Case) -> dict[str, str]:
    return {row[0]: row[1] for row in case.overview().rows}


def test_the_matrix(real_catalogue: Catalogue) -> None:
    """On every sample with an engine log it confirms exactly the pages that name both, and shows everything."""
    about, wrong = real_catalogue.playbooks[disk.PLAYBOOK], {}
    for sample in real_catalogue.samples.values():
        if not sample.file_of(about.reads):
            continue
        case = case_of(real_catalogue, sample.id)
        for table in (case.overview(), case.full(), case.counts(), case.prunes(), case.given_up()):
            assert table.as_html() and table.as_text()
        assert case.picture().as_svg().startswith("<svg")
        found = sorted(one.failure.id for one in case.verdict().confirmed)
        wanted = sorted(one.id for one in real_catalogue.shown_by(sample.id) if one.playbook == disk.PLAYBOOK)
        if found != wanted:
            wrong[sample.id] = (found, wanted)
    assert wrong == {}


def test_a_step_fills_the_disk(real_catalogue: Catalogue) -> None:
    """262 MB written, 4 MB counted."""
    case = case_of(real_catalogue, "disk-full-exec")
    told = says(case)
    assert told["the disk"] == "279.2 MB of 284.3 MB used, 918.5 kB available (df.after.txt:2)"
    assert told["counted by the engine"] == "log 0 B; gauge 2.0 MB, then 4.0 MB"
    assert told["used, and not counted"] == "275.2 MB"
    assert [row[:2] for row in case.full().rows] == [
        ["cli.log:36", "the command of step 9: withExec /bin/dd if=/dev/zero of=/big bs=1M count=400"],
    ]


def test_scrapes_are_put_in_order_of_time(real_catalogue: Catalogue) -> None:
    """`metrics.after.txt` comes first by name and last by what is in it."""
    rows = case_of(real_catalogue, "disk-full-exec").counts().rows
    assert [(row[0], row[2]) for row in rows[1:]] == [("metrics.before.txt", "2.0 MB"), ("metrics.after.txt", "4.0 MB")]


def test_an_upload_meets_a_disk_that_was_full(real_catalogue: Catalogue) -> None:
    """The run first, then the engine's database; closing lines that repeat are left out."""
    rows = case_of(real_catalogue, "disk-full-upload").full().rows
    assert [row[:2] for row in rows] == [
        ["cli.log:25", "the upload of blob.bin into the engine"],
        ["engine.log:22", "a database of the engine: failed to flush telemetry"],
        ["engine.log:24", "a database of the engine: failed to serve request"],
    ]


def test_the_run_is_placed_on_the_engines_clock(real_catalogue: Catalogue) -> None:
    """The command ended at 05:04:11 by the engine's log."""
    (met,) = case_of(real_catalogue, "disk-full-exec").met
    assert met.time and f"{met.time:%H:%M:%S}" == "05:04:11"


def test_a_prune_gives_back_what_is_counted(real_catalogue: Catalogue) -> None:
    """4.1 MB before, none after, in the log and in the scrapes."""
    case = case_of(real_catalogue, "cache-snapshots")
    assert [row[2] for row in case.counts().rows[:3]] == ["0 B", "4.1 MB", "0 B"]
    assert case.prunes().rows == [["engine.log:77", "a call, for everything", "2", "4.1 MB"]]
    assert [row[0] for row in case.given_up().rows] == ["Container.withExec", "Query._clientFilesyncMirror"]
    assert not case.met and any("4.1 MB of the count" in text for text in case.verdict().says)


def test_a_prune_without_a_count_before_it_invents_none(real_catalogue: Catalogue) -> None:
    """The log begins after the last look: only what is told is shown."""
    case = case_of(real_catalogue, "cache-entries-and-prune-v1")
    assert says(case)["counted by the engine"] == "log 0 B; gauge 24.1 MB, then 0 B"
    assert case.given_up().caption == "8 of 20 results that were given up"


def test_a_small_step_on_a_nearly_full_disk(real_catalogue: Catalogue) -> None:
    """Nothing was met, nothing is confirmed, and df is asked for."""
    verdict = case_of(real_catalogue, "disk-full-retry").verdict()
    assert verdict.confirmed == ()
    assert any(text.startswith("df -kP") for text in verdict.missing)


def test_the_disk_comes_from_the_log_where_df_is_missing(real_catalogue: Catalogue) -> None:
    """The line of each minute; the folder of the state, not the system's."""
    case = case_of(real_catalogue, "healthy-long-run")
    assert says(case)["the disk"].endswith("(engine.log:68)")
    assert next(lane.label for lane in case.picture().lanes) == "available on the disk"


def test_the_systems_own_disk_is_not_taken_for_that_of_the_state(tmp_path: Path) -> None:
    """The engine tells both in one line."""
    told = " ".join(f"disk-{what}-{folder}={(folder == '/' and 9) or 5}" for what in ("available", "free", "size")
                    for folder in ("/", "/srv/state"))  # fmt: skip
    (tmp_path / "engine.log").write_text(f'time="2026-11-21T05:02:50Z" level=info msg="engine metrics" {told}\n')
    case = disk.read([str(tmp_path / "engine.log")])
    assert case.disk and case.disk.size == 5


def test_without_a_cli_log_it_asks_for_it(real_catalogue: Catalogue) -> None:
    """A command's own words are in no other log."""
    case = disk.read([str(SAMPLES / "dagger" / "disk-full-exec" / "engine.log")])
    assert case.met == () and any(text.startswith("CLI output") for text in case.verdict().missing)


def test_logs_are_put_in_order_of_time(tmp_path: Path) -> None:
    """Whatever their names."""
    (tmp_path / "a.log").write_text(LOOK.format(20, 7))
    (tmp_path / "b.log").write_text(LOOK.format(10, 5))
    case = disk.read([str(tmp_path / "a.log"), str(tmp_path / "b.log")])
    assert [(row[0], row[2]) for row in case.counts().rows] == [("b.log:1", "5 B"), ("a.log:1", "7 B")]


def test_the_largest_of_many_results_are_kept(tmp_path: Path) -> None:
    """A prune of thousands is held as its eight largest."""
    order = [(number * 37) % 1000 for number in range(1000)]
    (tmp_path / "engine.log").write_text("".join(PRUNED.format(number) for number in order))
    case = disk.read([str(tmp_path / "engine.log")])
    assert case.given_up().caption == "8 of 1000 results that were given up"
    assert [row[0] for row in case.given_up().rows] == [f"C{number}" for number in range(999, 991, -1)]
    assert len(case.logs[0].largest) == 8


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (24576, "24.6 kB"),
        (999_949, "999.9 kB"),
        (999_950, "1.0 MB"),
        (2**63, "9223372.0 TB"),
    ],
)
def test_sizes(amount: int, text: str) -> None:
    """Decimal units; rounding never makes 1000.0 of one."""
    assert size(amount) == text


def test_words() -> None:
    """A share that is small is not called none; a maximum in between is told; long tables keep their ends."""
    assert (percent(1, 10**6), percent(0, 5), percent(5, 10)) == ("below 0.1 %", "0.0 %", "50.0 %")
    assert course([0, 5000, 0]) == "0 B, then 0 B, at most 5.0 kB"
    assert [row[0] for row in ends([[str(number)] for number in range(10)])] == [
        "0", "1", "2", "3", "… 2 more", "6", "7", "8", "9",
    ]  # fmt: skip


HOSTILE = '<script>alert("x")</script>\x1b[31m]]>&'


def test_the_picture_stays_within_its_frame() -> None:
    """Marks at the very ends, levels of zero, hostile text."""
    lanes: list[Lane] = [
        Level(HOSTILE, HOSTILE, [(0.0, 0.0), (10.0, 5.0)]),
        Level("empty", "", []),
        Moments("m", HOSTILE, [0.0, 10.0], bad=True),
        Span(HOSTILE, "", 0.0, 10.0),
    ]
    picture = Lanes(HOSTILE, HOSTILE, 10.0, lanes, HOSTILE, [Share("a", 0.0), Share("b", 1.0)]).as_svg()
    assert "<script" not in picture and picture.count("✘") == 2
    width = 420.0
    for found in re.findall(r' x="([\d.]+)" y="[\d.]+" width="([\d.]+)"', picture):
        assert float(found[0]) + float(found[1]) <= width + 1
    points = re.findall(r'points="([^"]+)"', picture)[0].split(" ")
    assert points[0].split(",")[1] > points[-1].split(",")[1], "what is more stands higher"
    assert Lanes("t", "a", 0.0, [], "b", []).as_svg().startswith("<svg")
