"""The playbook on a hang, without a kernel: its verdict on every sample, the rule for a stuck step, its words."""

import json
from pathlib import Path
from typing import Any

import pytest

from faultbook.catalogue.load import load
from faultbook.catalogue.model import Catalogue
from faultbook.logs.engine import read_engine
from faultbook.playbooks.dagger import hung
from faultbook.playbooks.dagger.hung_dumps import read_moments
from faultbook.playbooks.runs import arguments
from faultbook.playbooks.verdict import Verdict
from faultbook.problems import Refusal

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "playbooks" / "samples" / "dagger"
IDLE = "goroutines-idle-engine/goroutines.txt"
STUCK = "exec-stuck"
DONE = (
    'time="{at}Z" level=info msg="container done" args="[/.init /bin/sh]" call_id=x error="{error}" '
    "id=wwcyforqg6pqqjkkova2cp6bb span=6c3f1b785ed8dba2\n"
)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    """The catalogue of this checkout."""
    return load(ROOT)[0]


def path(file: str) -> str:
    return str(SAMPLES / file)


def confirmed(verdict: Verdict) -> list[str]:
    return [one.failure.id for one in verdict.confirmed]


def says(case: hung.Case) -> str:
    return " ".join(case.verdict().says)


def test_the_matrix(catalogue: Catalogue) -> None:
    """On every sample with a goroutine dump it confirms exactly the pages that name both."""
    about, wrong, seen = catalogue.playbooks[hung.PLAYBOOK], {}, 0
    for sample in catalogue.samples.values():
        if not sample.file_of(about.reads):
            continue
        folder, seen = ROOT / "playbooks" / "samples" / sample.id, seen + 1
        given: dict[str, Any] = {
            name: [f"{folder}/{one}" for one in file] if isinstance(file, list) else file and f"{folder}/{file}"
            for name, file in arguments(about, sample).items()
        }
        found = sorted(confirmed(hung.read(**given).verdict()))
        wanted = sorted(one.id for one in catalogue.shown_by(sample.id) if one.playbook == hung.PLAYBOOK)
        if found != wanted:
            wrong[sample.id] = (found, wanted)
    assert wrong == {} and seen >= 5


class Hang:
    """The files of the captured hang, to be changed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.caches = [json.loads((SAMPLES / STUCK / f"cache.{number}.json").read_text()) for number in (1, 2)]
        self.log = (SAMPLES / STUCK / "engine.log").read_text()

    def read(self, caches: int = 2, log: bool = True) -> hung.Case:
        """The story of these files."""
        paths = [self._written(f"cache.{number}.json", json.dumps(self.caches[number])) for number in range(caches)]
        first, second = (*paths, None, None)[:2]
        return hung.read(
            path(f"{STUCK}/goroutines.txt"), None, first, second, self._written("engine.log", self.log) if log else None
        )

    def state(self, caches: int = 2, log: bool = True) -> str:
        """What is said of the only call; and the verdict confirms it only if it is stuck."""
        case = self.read(caches, log)
        (one,) = case.judged
        assert (confirmed(case.verdict()) == [hung.STUCK]) == (one.state == "stuck")
        return one.state

    def _written(self, name: str, text: str) -> str:
        file = self.folder / name
        file.write_text(text)
        return str(file)


@pytest.fixture
def hang(tmp_path: Path) -> Hang:
    """The captured hang: dumps at 05:00:24 and 05:00:44, the command since 05:00:18."""
    return Hang(tmp_path)


def test_a_stuck_step(hang: Hang) -> None:
    """The evidence: the call in both dumps, the start of the command and of the call."""
    case = hang.read()
    (one,) = case.verdict().confirmed
    assert [line[:2] for line in one.evidence] == [
        ("cache.0.json", 1),
        ("cache.1.json", 1),
        ("engine.log", 34),
        ("engine.log", 31),
    ]
    assert one.evidence[0][2] in (SAMPLES / STUCK / "cache.1.json").read_text()
    assert "echo waiting for lock; sleep 600, running for 26 s at the last dump" in says(case)
    assert case.verdict().missing == ()


def test_one_dump_cannot_tell(hang: Hang) -> None:
    """Nor can it without the engine log; what is missing is said."""
    assert hang.state(caches=1) == "once"
    assert any("second cache dump" in text for text in hang.read(caches=1).verdict().missing)
    assert hang.state(log=False) == "unnamed"
    assert any("engine log" in text for text in hang.read(log=False).verdict().missing)


def test_the_order_of_dumps_does_not_matter(hang: Hang) -> None:
    """They have their times in them."""
    hang.caches.reverse()
    assert hang.state() == "stuck"


@pytest.mark.parametrize(("second", "state"), [("05:00:38", "close"), ("05:00:39", "close"), ("05:00:40", "stuck")])
def test_dumps_that_are_close(hang: Hang, second: str, state: str) -> None:
    """The first is of 05:00:24.068."""
    hang.caches[1]["captured_at_time"] = f"2026-11-21T{second}.000Z"
    assert hang.state() == state


def test_dumps_of_two_lives_are_not_compared(hang: Hang) -> None:
    """The same digest after a restart is another call."""
    hang.caches[1]["boot_id"] = "boot-1"
    assert hang.state() == "once"


def test_the_same_call_of_another_session(hang: Hang) -> None:
    """It is another client's call."""
    hang.caches[0]["ongoing_calls"][0]["concurrency_key"] = "another"
    assert hang.state() == "once"


def test_a_call_that_is_completed(hang: Hang) -> None:
    """It is only waiting to be collected."""
    hang.caches[1]["ongoing_calls"][0]["completed"] = True
    assert hang.read().judged == ()


@pytest.mark.parametrize(
    ("at", "error", "state"),
    [
        ("2026-11-21T05:00:30", "<nil>", "no command"),
        ("2026-11-21T05:01:30", "<nil>", "ended"),
        ("2026-11-21T05:01:30", "exit code: 1", "ended"),
        ("2026-11-21T05:01:30", "exit code: 137: context canceled", "stuck"),
    ],
)
def test_how_the_command_ended(hang: Hang, at: str, error: str, state: str) -> None:
    """One that ends by itself after the last dump was slow; one that had to be ended was stuck until then."""
    hang.log += DONE.format(at=at, error=error)
    assert hang.state() == state


def test_the_next_command_of_the_same_call(hang: Hang) -> None:
    """A call may run one command after the other: then it goes on."""
    start = next(one.text for one in read_engine(path(f"{STUCK}/engine.log")) if one.message == "starting container")
    later = start.replace("05:00:18", "05:00:31").replace("wwcyforqg6pqqjkkova2cp6bb", "another")
    hang.log += DONE.format(at="2026-11-21T05:00:30", error="<nil>") + later + "\n"
    assert hang.state() == "moves"


def test_another_run_of_the_same_call(hang: Hang) -> None:
    """It ended and began again between the dumps."""
    call = next(line for line in hang.log.splitlines() if '"start call"' in line and "4917f44d5a7ac780" in line)
    for message, at in (("end call", "05:00:30.000"), ("start call", "05:00:31.000")):
        hang.log += call.replace("start call", message).replace("05:00:18.861", at) + "\n"
    assert hang.state() == "again"


def test_a_restart_ends_the_log_of_before(hang: Hang) -> None:
    """A new life in the log does not take the call away: it belongs to the life that was dumped."""
    hang.log += 'time="2026-11-21T05:09:00Z" level=info msg="starting dagger engine version:v0.21.8 v0.21.8 linux"\n'
    assert hang.state() == "stuck"


def test_two_sessions_wait_for_one_command() -> None:
    """One container, two calls with one digest; the second session only waits."""
    folder = path("exec-stuck-two-sessions")
    case = hung.read(
        f"{folder}/goroutines.txt",
        None,
        f"{folder}/cache.1.json",
        f"{folder}/cache.2.json",
        f"{folder}/engine.log",
        [f"{folder}/cli.log", f"{folder}/cli.2.log"],
    )
    assert [(one.state, one.running.session[:4]) for one in case.judged] == [("stuck", "hq0p"), ("stuck", "tvhv")]
    assert [(one.call.session[:4], one.call.started.line) for one in case.judged if one.call] == [
        ("hq0p", 65),
        ("tvhv", 31),
    ]
    assert {one.command.started.line for one in case.judged if one.command} == {34}
    assert [link.member.id for link in case.last.links if link.is_shared] == [70476]
    assert "2 sessions (hq0pn25r1rymcx0y10tz8137w, tvhvgx4m3gmijed06fknx45by) stands still" in says(case)
    assert [row[1] for row in case.overview().rows][-2:] == [
        "has no end; still open: withExec /bin/sleep 603, Container.stdout: String!",
        "has no end; still open: Container.stdout: String!",
    ]


def test_two_clients_with_steps_of_their_own() -> None:
    """Two digests, two commands: nobody waits for the other, and one dump proves no hang."""
    folder = path("two-clients-at-once")
    case = hung.read(path(IDLE), None, f"{folder}/cache.1.json", None, f"{folder}/engine.log")
    assert [(one.state, one.command and one.command.container.command) for one in case.judged] == [
        ("once", "/bin/sh -c sleep 9; echo second"),
        ("once", "/bin/sleep 11"),
    ]
    assert confirmed(case.verdict()) == []


def test_who_waits_for_whom() -> None:
    """From the request to the command, as the ids in the dump say."""
    rows = hung.read(path(f"{STUCK}/goroutines.txt")).waits().rows
    assert [(row[0], row[1], row[2]) for row in rows] == [
        ("48257", "waits for 48245", ""),
        ("→ 48245", "waits for 48246", "container.stdout"),
        ("→ → 48246", "waits for 48247", ""),
        ("→ → → 48247", "runs a command", ""),
    ]


@pytest.mark.parametrize(
    "file", [IDLE, "goroutines-idle-engine/goroutines.grouped.txt", "debug-endpoints-v1/goroutines.txt"]
)
def test_an_idle_engine(file: str) -> None:
    """Waiting goroutines are all its own, whatever their minutes: nothing hangs, and nothing more is asked for."""
    case = hung.read(path(file))
    assert says(case) == "No client, no call: at this moment nothing hangs in this engine."
    assert case.verdict().missing == ()


def test_slow_work_and_a_hang_look_the_same_at_one_moment() -> None:
    """A step of 14 seconds and one of 600: the same sentence, and both ask for a second look."""
    both = [hung.read(path(f"{name}/goroutines.txt")) for name in (STUCK, "goroutine-dump-during-exec")]
    assert says(both[0]) == says(both[1])
    assert "1 command running and 1 call waited for" in says(both[0])
    assert both[0].verdict().missing == both[1].verdict().missing != ()


def test_a_step_that_went_on() -> None:
    """The engine log shows the end of everything."""
    folder = path("goroutine-dump-during-exec")
    case = hung.read(f"{folder}/goroutines.txt", engine_log=f"{folder}/engine.log", cli_logs=[f"{folder}/cli.log"])
    assert "Every call and command in the engine log has an end, up to 05:00:17 UTC" in says(case)
    assert case.overview().rows[-1] == ["CLI: cli.log", "ended well"]


def test_what_has_not_moved() -> None:
    """The same goroutines in the same place, in whatever order the files are given."""
    stuck = path(f"{STUCK}/goroutines.txt")
    case = hung.read(stuck, stuck)
    assert "1 of 1 chain of waiting end in the same goroutine at the same place" in says(case)
    assert {(row[3], row[4], row[5]) for row in case.unmoved().rows} == {("1", "1", "1")}


def test_work_that_goes_on_between_two_dumps() -> None:
    """Two dumps of one engine, with one step after the other: the same places, other goroutines."""
    given = [path("goroutine-dump-during-exec/goroutines.txt"), path(f"{STUCK}/goroutines.txt")]
    for files in (given, given[::-1]):
        case = hung.read(*files)
        assert "the work goes on" in says(case)
        assert {row[5] for row in case.unmoved().rows} == {"0"}
        assert [Path(moment.path).parent.name for moment in case.moments] == ["goroutine-dump-during-exec", STUCK]


def test_dumps_of_two_engines_are_not_compared() -> None:
    """They have no goroutine in common."""
    case = hung.read(path("debug-endpoints-v1/goroutines.txt"), path(f"{STUCK}/goroutines.txt"))
    assert "different lives of the engine" in says(case)


def test_the_dump_of_another_program() -> None:
    """A hung test of Go is no hung engine."""
    case = hung.read(path("go-test-timeout/go-test.log"))
    assert "another program (its main function is in _testmain.go)" in says(case)
    assert case.verdict().missing == ("goroutine dump of the engine: this one is of another program",)


def test_a_cut_dump_is_said(tmp_path: Path) -> None:
    """What is there is read, and where it ends is told."""
    cut = tmp_path / "goroutines.txt"
    cut.write_bytes((SAMPLES / STUCK / "goroutines.txt").read_bytes()[:30_000])
    case = hung.read(str(cut))
    assert "ends in the middle of the goroutine at line 583" in says(case)
    assert case.overview().rows[0][1].startswith("43 goroutines")


def test_a_cut_dump_does_not_say_that_nothing_hangs(tmp_path: Path) -> None:
    """What is missing may be what hangs."""
    cut = tmp_path / "goroutines.txt"
    cut.write_bytes((SAMPLES / STUCK / "goroutines.txt").read_bytes()[:5_000])
    told = says(hung.read(str(cut)))
    assert "ends in the middle of the goroutine" in told and "nothing hangs" not in told


def test_waiting_for_others_is_no_lock(tmp_path: Path) -> None:
    """Older versions of Go have one word for both."""
    dump = (SAMPLES / IDLE).read_text().replace("[sync.WaitGroup.Wait]", "[semacquire]")
    (tmp_path / "goroutines.txt").write_text(dump)
    assert says(hung.read(str(tmp_path / "goroutines.txt"))).startswith("No client, no call")


@pytest.mark.parametrize(
    ("place", "state", "words"),
    [
        ("dagql.(*Cache).getOrInitCall(0x1)", "sync.Mutex.Lock", "wait for a lock"),
        ("dagql.(*Cache).usageEntriesLocked(0x1)", "semacquire", "wait for a lock"),
        ("core.(*portHealthChecker).Check(0x1)", "select", "wait until a service answers"),
        ("engine/filesync.(*changeCache).wait(0x1)", "select", "wait for another upload"),
    ],
)
def test_what_no_capture_shows(tmp_path: Path, place: str, state: str, words: str) -> None:
    """Locks, ports and uploads, by the functions of the source."""
    dump = (SAMPLES / IDLE).read_text() + "".join(
        f"\ngoroutine {number} [{state}, 3 minutes]:\ngithub.com/dagger/dagger/{place}\n\t/x/y.go:1 +0x1\n"
        "created by main.main in goroutine 1\n\t/x/y.go:2 +0x1\n"
        for number in (90001, 90002)
    )
    (tmp_path / "goroutines.txt").write_text(dump)
    told = says(hung.read(str(tmp_path / "goroutines.txt")))
    assert f"2 goroutines {words}" in told and "The longest wait for work is 3 minutes" in told


@pytest.mark.parametrize("file", ["engine.log", "cli.log"])
def test_logs_without_a_goroutine(file: str) -> None:
    """Refused with the name of the file."""
    with pytest.raises(Refusal, match=f"{file}: holds no goroutine"):
        hung.read(path(f"{STUCK}/{file}"))


def test_the_crash_output_of_an_engine() -> None:
    """An engine log with SIGQUIT in it is a dump, too: what was running when it came."""
    case = hung.read(path("engine-sigquit-during-exec/engine.log"))
    assert [row[1] for row in case.waits().rows][-1] == "runs a command"
    assert case.last.is_engine


def test_pictures_and_tables_on_every_dump() -> None:
    """Each of them can be shown, and says in words what it shows."""
    for file in [*sorted(SAMPLES.glob("*/goroutines*.txt")), SAMPLES / "engine-sigquit-during-exec" / "engine.log"]:
        case = hung.read(str(file))
        assert case.states().as_svg().startswith("<svg") and str(case.last.dump.count) in case.states().alternative
        assert case.timeline().as_svg().startswith("<svg")
        assert all(table.as_html() for table in (case.overview(), case.places(), case.waits(), case.calls()))


def test_ids_order_dumps_of_one_form_only() -> None:
    """The counted form has no ids: such dumps stay in the order in which they are given."""
    folder = path("goroutine-dump-during-exec")
    names = [moment.name for moment in read_moments(f"{folder}/goroutines.txt", f"{folder}/goroutines.grouped.txt")]
    assert names == ["goroutines.txt", "goroutines.grouped.txt"]
