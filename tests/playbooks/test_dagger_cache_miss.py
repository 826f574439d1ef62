"""The playbook on cache misses, without a kernel: every run of the captured series, and logs it must not compare."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest

from faultbook.catalogue.model import Catalogue
from faultbook.playbooks.dagger import cache_miss
from faultbook.playbooks.dagger.cache_rows import align
from faultbook.playbooks.dagger.cache_runs import PipelineRun, label, pipelines, read_run
from faultbook.playbooks.grid import Grid
from faultbook.playbooks.runs import arguments

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "playbooks" / "samples" / "dagger"
MISS = ["cache-miss-series", "cache-miss-series-v1"]
TTL = ["cache-ttl-series", "cache-ttl-series-v1"]

FIRST_THAT_RAN = {
    "1-cold": "step 7 container",
    "2-same": "",
    "3-touched": "",
    "4-file-changed": "step 9 Container.withDirectory",
    "5-stray-file": "step 9 Container.withDirectory",
    "6-env-changed": "step 10 Container.withEnvVariable",
    "7-mode-changed": "step 9 Container.withDirectory",
    "8-mode-back": "",
    "9-pruned": "step 7 container",
}
FIRST_CALLED = {
    "01-kept": "step 8 m",
    "02-kept": "",
    "03-short": "step 9 M.short",
    "04-short": "",
    "05-short": "step 9 M.short",
    "06-session": "step 9 M.session",
    "07-session": "step 9 M.session",
    "08-never": "step 9 M.never",
    "09-never": "step 9 M.never",
    "10-kept-after-edit": "step 8 m",
    "11-short-after-edit": "step 9 M.short",
    "12-kept-back": "",
}


def logs(sample: str, kind: str) -> list[str]:
    return sorted(str(path) for path in (SAMPLES / sample).glob(f"{kind}*.log"))


def cli(sample: str, *names: str) -> list[str]:
    """The CLI logs of these runs of a sample."""
    return [str(SAMPLES / sample / f"cli.{name}.log") for name in names]


def series(sample: str, with_engine: bool = True) -> cache_miss.Case:
    """A sample as a reader gives it: all of its logs."""
    given = [*logs(sample, "cli"), *logs(sample, "prune")]
    return cache_miss.read(given, logs(sample, "engine") if with_engine else [])


def changed(path: Path, log: str, *edits: tuple[str, str]) -> str:
    """A copy of a log with the first of each of these texts replaced."""
    text = Path(log).read_text(encoding="utf-8")
    for old, new in edits:
        assert old in text
        text = text.replace(old, new, 1)
    path.write_text(text, encoding="utf-8")
    return str(path)


def first_that_ran(case: cache_miss.Case) -> dict[str, str]:
    """What is the first that ran, by the name of the run."""
    return {row[1].removeprefix("cli.").removesuffix(".log"): row[5] for row in case.overview().rows}


def reasons(case: cache_miss.Case) -> dict[str, str]:
    """What the logs show of the reason, by the number of the run."""
    return {row[0]: row[4] for row in case.reasons().rows}


def says(case: cache_miss.Case) -> list[str]:
    return list(case.verdict().says)


def test_the_matrix(real_catalogue: Catalogue) -> None:
    """It confirms nothing on any sample with a CLI log, and shows all of them."""
    about = real_catalogue.playbooks[cache_miss.PLAYBOOK]
    shown = 0
    for sample in real_catalogue.samples.values():
        if not sample.file_of(about.reads):
            continue
        folder = SAMPLES.parent / sample.id
        given = {name: [f"{folder}/{file}" for file in files or ()] for name, files in arguments(about, sample).items()}
        case = cache_miss.read(**given)
        verdict = case.verdict()
        assert (sample.id, verdict.confirmed) == (sample.id, ()) and verdict.says, sample.id
        for table in (case.overview(), case.steps(), case.reasons(), case.emptied(), case.digests()):
            assert table.as_html() and table.as_text()
        Xml.fromstring(case.grid().as_svg())
        shown += 1
    assert shown > 180


@pytest.mark.parametrize("with_engine", [True, False], ids=["with engine logs", "CLI logs alone"])
@pytest.mark.parametrize("sample", MISS)
def test_the_first_step_that_ran_in_each_run(sample: str, with_engine: bool) -> None:
    """As README.txt has it: a touched file and a mode that is back change nothing."""
    assert first_that_ran(series(sample, with_engine)) == FIRST_THAT_RAN


@pytest.mark.parametrize("with_engine", [True, False], ids=["with engine logs", "CLI logs alone"])
@pytest.mark.parametrize("sample", TTL)
def test_the_first_step_that_ran_in_each_call(sample: str, with_engine: bool) -> None:
    """Four functions are four pipelines; the module's constructor is the first only where the module was edited."""
    case = series(sample, with_engine)
    assert first_that_ran(case) == FIRST_CALLED
    assert [row[3] for row in case.overview().rows] == ["1", "1", *"222", *"33", *"44", "1", "2", "1"]


@pytest.mark.parametrize("sample", MISS)
def test_why_it_ran(sample: str) -> None:
    """An upload with another digest, another argument, a result that is gone."""
    told = reasons(series(sample))
    for run, old in (("4", 3), ("5", 4), ("7", 6)):
        assert told[run].startswith("same words, but it takes an upload (Address.directory): a file in it changed")
        assert told[run].endswith(f"digest unlike that of run {old}, those before it alike")
    assert told["6"] == (
        "its arguments are others: `withEnvVariable MODE=release` in run 5, `withEnvVariable MODE=debug` now"
    )
    digest = "xxh3:fc66df84adf9c5b5" if sample == "cache-miss-series" else "xxh3:fdd47f4fdaea0158"
    assert told["9"] == (
        f"the same call as in run 8 (digest {digest}), its result was gone: somebody asked for a prune"
    )


@pytest.mark.parametrize("sample", TTL)
def test_why_a_function_ran(sample: str) -> None:
    """A result that is too old, a policy, an edit in between; and what cannot be told apart stays together."""
    told = reasons(series(sample))
    assert "and is none 19 s later: a time to live that is over does that" in told["5"]
    assert told["7"].endswith(
        "CACHED in none of its 2 runs, the last 1 s before: policy PerSession or Never, or a time to live below that"
    )
    assert told["9"].split("; ")[1] == told["7"].split("; ")[1]
    assert told["10"] == "the module was loaded anew: its source or settings are others than in run 2"
    assert told["11"].endswith("run 10 loaded the module anew in between: a miss for all its functions")


@pytest.mark.parametrize("sample", MISS)
def test_whose_results_the_hits_are(sample: str) -> None:
    """The digests find the run that made them, also when others ran the same step since."""
    made = {row[0]: row[7] for row in series(sample).overview().rows}
    assert [made[run] for run in ("2", "3", "6", "8", "9")] == ["run 1", "run 1", "run 5", "run 6", ""]
    again = {row[0]: row[6] for row in series(sample).overview().rows}
    assert [again[run] for run in ("2", "3", "6", "8")] == [
        "step 7 container",
        "",
        "step 9 Container.withDirectory",
        "step 9 Container.withDirectory",
    ]


@pytest.mark.parametrize("sample", TTL)
def test_digests_of_a_module_tell_nothing(sample: str) -> None:
    """They differ in each session, hit or not, so none of the reasons leans on them."""
    case = series(sample)
    assert {row[0] for row in case.digests().rows} >= {"step 8 m", "step 9 M.kept", "step 9 M.short"}
    assert not any("digest" in reason for reason in reasons(case).values())
    assert {row[0]: row[7] for row in case.overview().rows}["12"] == "run 10 or run 1"


@pytest.mark.parametrize("sample", MISS)
def test_what_is_never_cached_is_no_miss(sample: str) -> None:
    """`Container.stdout` runs in every run, and is the first that ran in none."""
    assert "Container.stdout: in no run CACHED, also where all else is. That is no miss." in says(series(sample))


def test_a_step_behind_which_all_is_cached_is_no_miss() -> None:
    """A tag is looked up in every session."""
    case = cache_miss.read(logs("image-single-platform-accepted", "cli"))
    assert says(case)[0] == "Run 1 (cli.log): all that can be is CACHED (2 steps), made before these logs."
    assert says(case)[2].startswith("Container.from, Container.stdout: in no run CACHED")


def test_a_step_that_failed_is_not_kept() -> None:
    """The same failing run twice: its exec runs again because it failed."""
    path = logs("exec-exit-code", "cli") * 2
    assert (
        reasons(cache_miss.read(path))["2"] == "same words, and it did not end well in run 1: a failure is never kept"
    )


def test_a_run_that_had_not_ended() -> None:
    """Two sessions on one call: the second is no miss."""
    told = reasons(series("exec-stuck-two-sessions"))
    assert told["2"] == "same words, and run 1 had not ended it when this run began"


@pytest.mark.parametrize("sample", ["cache-miss-after-kill", "cache-miss-after-kill-v1"])
def test_a_cache_that_was_thrown_away(sample: str) -> None:
    """The engine log of the second run has the wipe; the playbook on restarts has the rest."""
    case = series(sample)
    assert reasons(case)["2"].endswith("the engine threw its cache away at its start (dagql_unclean_shutdown)")
    assert says(case)[-1].startswith("engine.2-after.log:17: ") and says(case)[-1].endswith(
        "playbook dagger/engine-restart tells why."
    )
    assert reasons(series(sample, with_engine=False))["2"].startswith("from the first step on: pruned, another engine")


def test_a_prune_is_no_run() -> None:
    """Neither for itself nor between others."""
    case = series("cache-snapshots")
    assert [row[1] for row in case.overview().rows] == ["cli.log"]
    assert [row[0] for row in case.emptied().rows] == ["after the start of run 1"] * 2
    assert [row[1] for row in case.emptied().rows] == ["somebody asked for a prune", "a prune dropped 2 results"]
    alone = series("cache-entries-and-prune-v1")
    assert says(alone) == ["No run of a pipeline in these logs, only a prune."]


@pytest.mark.parametrize("with_engine", [True, False], ids=["with engine logs", "CLI logs alone"])
@pytest.mark.parametrize("sample", [*MISS, *TTL])
def test_the_order_of_the_logs_does_not_matter(sample: str, with_engine: bool) -> None:
    """Given the other way round, the runs have the same numbers and reasons."""
    engine = logs(sample, "engine") if with_engine else []
    given = [*logs(sample, "cli"), *logs(sample, "prune")]
    back = cache_miss.read(given[::-1], engine[::-1])
    assert back.overview() == series(sample, with_engine).overview()
    assert back.reasons() == series(sample, with_engine).reasons()


def test_one_run_is_compared_with_nothing() -> None:
    """It says what is CACHED, and asks for another run."""
    verdict = cache_miss.read(logs("healthy-cached-run", "cli")).verdict()
    assert verdict.says[:2] == (
        "Run 1 (cli.log): all that can be is CACHED (3 steps), made before these logs.",
        "One run only: nothing to compare.",
    )
    assert verdict.missing[0].startswith("CLI log of another run of this pipeline")


def test_different_pipelines_are_not_compared() -> None:
    """Neither a Dockerfile with a container, nor a short pipeline with a long one that begins alike."""
    given = [*logs("healthy-dockerfile", "cli"), *logs("exec-exit-code", "cli"), *cli(MISS[0], "2-same")]
    case = cache_miss.read(given)
    assert [row[3] for row in case.overview().rows] == ["1", "2", "3"]
    assert "No two of these runs are of the same pipeline: they are not comparable." in says(case)
    assert {row[1] for row in case.reasons().rows} == {"none"}


def test_two_runs_without_an_engine_log() -> None:
    """Two misses in a row: there is no hit to lean on, and the place of the first that ran is the same."""
    told = cache_miss.read(cli(MISS[0], "4-file-changed", "5-stray-file")).reasons().rows
    assert [row[:3] for row in told] == [
        ["1", "none", "step 9 Container.withDirectory"],
        ["2", "run 1", "step 9 Container.withDirectory"],
    ]
    assert told[1][4] == (
        "same words, but it takes an upload (Address.directory): a file in it changed, came, went or has another mode"
    )


def test_logs_of_another_engine_give_no_digests() -> None:
    """A session of the same pipeline at another time is none of these runs."""
    engine = str(SAMPLES / MISS[0] / "engine.2-same.log")
    mine, other = (
        cache_miss.read(cli(MISS[0], name), [engine]).pipelines[0].runs[0] for name in ("2-same", "8-mode-back")
    )
    assert mine.ended and other.ended is None
    case = cache_miss.read(cli(MISS[0], "6-env-changed", "8-mode-back"), [engine])
    assert case.digests().rows == []
    assert any("engine log of these runs" in text for text in case.verdict().missing)


@pytest.mark.parametrize("lines", [0, 5, 24, 36])
def test_a_log_that_is_cut(tmp_path: Path, lines: int) -> None:
    """It is compared as far as it goes, and nothing is said of what it does not show."""
    whole = Path(cli(MISS[0], "4-file-changed")[0]).read_text(encoding="utf-8").splitlines(keepends=True)
    cut = tmp_path / "cli.cut.log"
    cut.write_text("".join(whole[:lines]), encoding="utf-8")
    case = cache_miss.read([*cli(MISS[0], "2-same"), str(cut)])
    row = next(row for row in case.overview().rows if row[1] == "cli.cut.log")
    assert (
        row[4:6]
        == {
            0: ["no call", ""],
            5: ["no call", ""],
            24: ["2 of 2", ""],
            36: ["2 of 5", "step 9 Container.withDirectory"],
        }[lines]
    )


@pytest.mark.parametrize(("field", "words"), [("withUser", "nobody"), ("withExec", "/bin/true")])
def test_a_step_that_was_inserted_is_a_row_of_its_own(tmp_path: Path, field: str, words: str) -> None:
    """The steps around it stay what they are, although their numbers change; all behind it runs again."""
    more = f"14  : {field} {words}\n14  : Container.{field} DONE [0.0s]\n\n11  : withExec"
    path = changed(
        tmp_path / "cli.more.log",
        cli(MISS[0], "4-file-changed")[0],
        ("11  : withExec", more),
        ("9   : Container.withDirectory DONE", "9   : Container.withDirectory CACHED"),
        ("10  : Container.withEnvVariable DONE", "10  : Container.withEnvVariable CACHED"),
    )
    case = cache_miss.read([*cli(MISS[0], "2-same"), path])
    assert [row[2:] for row in case.reasons().rows] == [
        [f"step 14 Container.{field}", "cli.more.log:35", "no run before it has this step"]
    ]
    assert [row[1].partition(" ")[0] for row in case.steps().rows][3:6] == ["withEnvVariable", field, "withExec"]
    assert [row[2:] for row in case.steps().rows if "sleep 1" in row[1]] == [["CACHED", "ran 1.1 s"]]


def test_digests_are_not_compared_across_a_prune(tmp_path: Path) -> None:
    """Equal folders have other digests after it, so an upload may be what it was."""
    path = changed(
        tmp_path / "cli.9-pruned.log",
        cli(MISS[0], "9-pruned")[0],
        ("7   : container DONE", "7   : container CACHED"),
    )
    engines = [str(SAMPLES / MISS[0] / f"engine.{name}.log") for name in ("8-mode-back", "9-pruned")]
    case = cache_miss.read([*cli(MISS[0], "8-mode-back"), path, *logs(MISS[0], "prune")], engines)
    assert reasons(case)["2"] == (
        "same words, but it takes an upload (Address.directory): a file in it changed, came, went or has another mode, "
        "or the kept copy is gone, too; in between somebody asked for a prune"
    )


def test_what_looks_outside_is_named() -> None:
    """A command behind a tag: the tag is looked up in every session and is not the first that ran."""
    case = cache_miss.read(logs("healthy-scary-words", "cli") * 2)
    assert says(case)[0].startswith("Run 1 (cli.log): 1 of 2 steps are CACHED, step 9 Container.withExec is the first")
    assert reasons(case)["2"] == (
        "same words, behind step 8 Container.from, which runs in every session: what that found may be another"
    )


def test_a_chain_tells_nothing_of_another() -> None:
    """A `CACHED` container behind a directory of another query does not make the directory's step harmless."""
    assert (
        "1 of 3 steps are CACHED, step 7 Directory.withNewFile is the first that ran"
        in says(series("healthy-query"))[0]
    )


def test_what_is_never_cached_needs_a_hit_beside_it() -> None:
    """In a run of uploads only nothing can be said."""
    assert says(series("filesync-file-changed-single-sync")) == [
        "Run 1 (cli.log): it shows no step that could be CACHED.",
        "One run only: nothing to compare.",
    ]


def test_two_runs_do_not_share_a_session() -> None:
    """One log given twice finds one session: neither run has it."""
    case = cache_miss.read(cli(MISS[0], "2-same") * 2, [str(SAMPLES / MISS[0] / "engine.2-same.log")])
    assert [run.ended for pipeline in case.pipelines for run in pipeline.runs] == [None, None]


def test_rows_keep_the_order_of_the_steps() -> None:
    """A run that has more steps puts them where they are in it."""
    rows = align(_numbered(cli(TTL[0], "02-kept", "01-kept")))
    assert [label(row.latest) for row in rows] == ["step 8 m", "step 9 M.kept"]
    assert [label(row.latest) for row in rows[1].below] == [
        "step 10 directory",
        "step 11 Directory.withNewFile",
        "step 12 Directory.file",
        "step 13 File.contents",
    ]


def test_pipelines_are_told_apart_by_their_calls(tmp_path: Path) -> None:
    """The same constructor is not enough, and a run that only made it belongs to none of them."""
    whole = Path(cli(TTL[0], "02-kept")[0]).read_text(encoding="utf-8").splitlines(keepends=True)
    cut = tmp_path / "cli.cut.log"
    cut.write_text("".join(whole[:21]), encoding="utf-8")
    given = [*cli(TTL[0], "01-kept", "03-short", "02-kept"), *logs("exec-exit-code", "cli"), str(cut)]
    assert pipelines([read_run(path) for path in given]) == [1, 2, 1, 3, 4]


def test_the_grid_marks_the_first_that_ran() -> None:
    """A letter in each cell, in the order of the runs."""
    grid = series(MISS[0]).grid()
    assert isinstance(grid, Grid) and list(grid.columns) == list("123456789")
    marks = {name: [*cells] for name, cells in grid.rows}
    assert marks["9 withDirectory"] == ["ran", "cached", "cached", "first", "first", "cached", "first", "cached", "ran"]
    assert marks["10 withEnvVariable"][3:7] == ["ran", "ran", "first", "ran"]
    letters = [node.text for node in Xml.fromstring(grid.as_svg()).iter("{http://www.w3.org/2000/svg}text")]
    assert letters.count("R") == 7 and "9 withDirectory" in letters


def _numbered(paths: Iterable[str]) -> list[PipelineRun]:
    return [replace(read_run(path), number=number) for number, path in enumerate(paths, 1)]
