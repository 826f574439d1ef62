"""The playbook on the lock file, without a kernel: who answered, what was written, and what only it can confirm."""

from pathlib import Path

import pytest

from faultbook.catalogue.load import load
from faultbook.catalogue.model import Catalogue
from faultbook.logs.lockfile import entries_of
from faultbook.playbooks.dagger import lock_found, lockfile
from faultbook.playbooks.dagger.lock_files import compared, read_files, role_of
from faultbook.playbooks.dagger.lock_lookups import normal
from faultbook.playbooks.runs import arguments

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "playbooks" / "samples" / "dagger"
OWN = {lock_found.NOT_USED, lock_found.STALE, lock_found.OVERWRITTEN, lock_found.LOST, lock_found.GONE}
FOUND = {
    "lock-frozen-git-commit-gone": "pinned-gone",
    "lock-frozen-git-old-commit": "stale-pin",
    "lock-old-image-after-retag-v1": "stale-pin",
    "lock-pinned-old-image-after-retag": "stale-pin",
    "lock-ignored-without-mode": "not-used",
    "lock-outside-git-not-read-v1": "not-used",
    "lock-edit-overwritten-constructed": "edit-overwritten",
    "lock-write-lost-sigkill": "write-lost",
    "lock-write-lost-sigkill-v1": "write-lost",
    "lock-write-lost-sigterm": "write-lost",
    "lock-write-lost-sigterm-v1": "write-lost",
}
"""The samples in which this playbook finds a failure mode that no line shows; in all others it finds none."""


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    """The catalogue of this checkout."""
    return load(ROOT)[0]


def case_of(sample: str, *without: str) -> lockfile.Case:
    """The playbook on all files of a sample but those `without`."""
    folder = SAMPLES / sample
    files = [path for path in sorted(folder.iterdir()) if path.name not in without and path.stat().st_size]
    optional = {name: str(folder / file) for name, file in LOGS.items() if folder / file in files}
    locks = [str(path) for path in files if path.name.startswith("lockfile.")]
    return lockfile.read(str(folder / "cli.log"), lockfiles=locks, **optional)


LOGS = {"engine_log": "engine.log", "registry_log": "registry.log", "trace": "strace.txt"}
ALL = sorted(path.parent.name for path in SAMPLES.glob("*/cli.log"))


def answered(sample: str, *without: str) -> list[tuple[str, str]]:
    return [(row[1], row[3]) for row in case_of(sample, *without).lookups().rows]


def outcomes(sample: str) -> list[str]:
    return [row[1] for row in case_of(sample).rules().rows]


def test_the_matrix(catalogue: Catalogue) -> None:
    """On every sample with the CLI's output it confirms exactly the pages that name both."""
    about, wrong = catalogue.playbooks[lockfile.PLAYBOOK], {}
    for sample in catalogue.samples.values():
        if not sample.file_of(about.reads):
            continue
        folder = ROOT / "playbooks" / "samples" / sample.id
        given = {
            name: [f"{folder}/{file}" for file in files] if isinstance(files, list) else files and f"{folder}/{files}"
            for name, files in arguments(about, sample).items()
        }
        found = sorted(one.failure.id for one in lockfile.read(**given).verdict().confirmed)  # type: ignore[arg-type]
        wanted = sorted(one.id for one in catalogue.shown_by(sample.id) if one.playbook == lockfile.PLAYBOOK)
        if found != wanted:
            wrong[sample.id] = (found, wanted)
    assert wrong == {}


@pytest.mark.parametrize("sample", ALL)
def test_what_no_line_shows(sample: str) -> None:
    """Found where it happened, and nowhere else; everything can be shown on any run."""
    case = case_of(sample)
    assert set(case.found()) == {f"dagger/lockfile-{FOUND[sample]}"} & OWN if sample in FOUND else not case.found()
    for table in (case.overview(), case.changes(), case.lookups(), case.rules(), case.calls()):
        assert table.as_html() and table.as_text()
    assert case.timeline().as_svg().startswith("<svg")


@pytest.mark.parametrize(
    ("sample", "needed"),
    [
        ("lock-pinned-old-image-after-retag", "lockfile.now"),
        ("lock-edit-overwritten-constructed", "lockfile.edited"),
        ("lock-edit-overwritten-constructed", "engine.log"),
        ("lock-ignored-without-mode", "registry.log"),
        ("lock-ignored-without-mode", "engine.log"),
        ("lock-write-lost-sigkill", "registry.log"),
        ("lock-frozen-git-commit-gone", "lockfile.before"),
    ],
)
def test_without_the_deciding_log_nothing_is_confirmed(sample: str, needed: str) -> None:
    """It is never guessed."""
    without = (needed, "lockfile.after") if needed == "lockfile.before" else (needed,)
    assert case_of(sample).found() and case_of(sample, *without).found() == {}


def ignored(tmp_path: Path, *lockfiles: Path, lines: int | None = None) -> lockfile.Case:
    """A run that did not use its lock file, with other lock files, or with the first `lines` of the engine log."""
    folder = SAMPLES / "lock-ignored-without-mode"
    engine = tmp_path / "engine.log"
    engine.write_text("\n".join((folder / "engine.log").read_text(encoding="utf-8").splitlines()[:lines]))
    return lockfile.read(str(folder / "cli.log"), str(engine), [*map(str, lockfiles)], str(folder / "registry.log"))


def test_what_is_not_said_of_a_file_that_was_not_used(tmp_path: Path) -> None:
    """A session that has not ended may still write; an entry that floats may be asked for; a corrupt file has none."""
    before = SAMPLES / "lock-ignored-without-mode" / "lockfile.before"
    assert list(ignored(tmp_path, before).found()) == [lock_found.NOT_USED]
    assert ignored(tmp_path, before, lines=20).found() == {}
    assert ignored(tmp_path, SAMPLES / "lock-pinned-float-entry" / "lockfile.before").found() == {}
    assert ignored(tmp_path, SAMPLES / "lock-corrupt-but-disabled" / "lockfile.before").found() == {}


def test_a_pin_that_still_holds_is_not_stale(tmp_path: Path) -> None:
    """The file made now has the same answer."""
    folder = SAMPLES / "lock-pinned-old-image-after-retag"
    now = tmp_path / "lock.now"
    now.write_bytes((folder / "lockfile.before").read_bytes())
    assert lockfile.read(str(folder / "cli.log"), lockfiles=[str(folder / "lockfile.before"), str(now)]).found() == {}


def test_the_evidence_is_the_lines_that_decide() -> None:
    """Of each file one, in the order of the argument."""
    (lines,) = case_of("lock-ignored-without-mode").found().values()
    assert [line[:2] for line in lines] == [("lockfile.before", 2), ("registry.log", 1), ("cli.log", 21)]
    (lines,) = case_of("lock-edit-overwritten-constructed").found().values()
    assert [line[:2] for line in lines] == [("lockfile.edited", 2), ("lockfile.after", 2), ("engine.log", 32)]
    (lines,) = case_of("lock-write-lost-sigterm").found().values()
    assert [line[0] for line in lines] == ["registry.log", "cli.log", "engine.log"]
    assert "healthcheck failed fatally" in lines[2][2]


IMAGE = "container.from [127.0.0.1:5000/demo/app:1]"


@pytest.mark.parametrize(
    ("sample", "by"),
    [
        ("lock-live-retagged", ["went out: the server was asked (registry.log:1)"]),
        ("lock-pinned-digest-gone", ["the lock (cli.log:23)"]),
        ("lock-frozen-missing-entry", ["nobody: no entry, and frozen mode asks nobody (cli.log:23)"]),
        ("lock-frozen-entry-present", ["not shown: the lock, if it is in use"]),
        (
            "lock-second-lookup-same-session",
            [
                "went out: the server was asked (registry.log:1)",
                "the lookup before it in this session: the lock in memory (registry.log:1)",
            ],
        ),
        (
            "lock-second-lookup-live",
            ["went out: the server was asked (registry.log:1)", "went out: the server was asked (registry.log:6)"],
        ),
    ],
)
def test_who_answered(sample: str, by: list[str]) -> None:
    """The registry's log decides; a push of another program in between does not count."""
    assert answered(sample) == [(IMAGE, text) for text in by]


def test_a_registry_that_was_asked_nothing_shows_the_lock(tmp_path: Path) -> None:
    """An access log without the tag, in the time of the session, is an answer; requests of other days are none."""
    log = tmp_path / "registry.log"
    request = (SAMPLES / "lock-live-retagged" / "registry.log").read_text().splitlines()[0]
    log.write_text(f"{request.replace('21/Nov', '20/Nov')}\n{request.replace('demo/app', 'demo/web')}\n")
    folder = SAMPLES / "lock-frozen-entry-present"
    case = lockfile.read(
        str(folder / "cli.log"), str(folder / "engine.log"), [str(folder / "lockfile.before")], str(log)
    )
    assert [row[3] for row in case.lookups().rows] == ["the lock"]


def test_git_lookups_that_moved_went_out() -> None:
    """The entries have changed; of the tag nothing tells, for there is no log of the git server."""
    assert [(name.split(" ")[2][:-1], by) for name, by in answered("lock-pinned-git-branch-floats")] == [
        ("refs/heads/main", "went out: the server was asked (lockfile.after:2)"),
        ("main", "went out: the server was asked (lockfile.after:4)"),
        ("refs/tags/v1.0", "not shown: the lock, if it is in use"),
        ("HEAD", "went out: the server was asked (lockfile.after:3)"),
    ]


@pytest.mark.parametrize(
    ("sample", "wanted"),
    [
        ("lock-live-file-calls", ["broken", "holds", "holds", "holds", "holds"]),
        ("lock-live-unchanged", ["not shown", "holds", "broken", "holds", "holds"]),
        ("lock-edited-while-running-entry-kept", ["not shown", "holds", "holds", "broken", "holds"]),
        ("lock-edit-overwritten-constructed", ["not shown", "holds", "holds", "holds", "holds"]),
        ("lock-format-spaces-in-json", ["not shown", "holds", "broken", "holds", "broken"]),
        ("lock-format-crlf", ["not shown", "holds", "broken", "holds", "broken"]),
        ("lock-format-1-upgraded-v1", ["not shown", "holds", "holds", "holds", "broken"]),
        ("lock-two-lookups-one-session", ["not shown", "holds", "holds", "holds", "not shown"]),
        ("lock-file-not-writable", ["not shown", "holds", "holds", "holds", "holds"]),
        ("lock-update-refreshes", ["not shown", "not shown", "holds", "holds", "holds"]),
        ("lock-old-image-after-retag-v1", ["not shown", "holds", "holds", "holds", "holds"]),
    ],
)
def test_the_promises(sample: str, wanted: list[str]) -> None:
    """Read once, written once, only if changed, nothing else, in the same form."""
    assert outcomes(sample) == wanted


def test_two_sessions_may_write_once_each() -> None:
    """The promise is one of a session."""
    rows = case_of("lock-two-sessions-at-once").rules().rows
    assert rows[1][1:] == ["holds", "written twice: engine.log:54, engine.log:63"]


def test_the_difference_entry_by_entry() -> None:
    """What is the same comes last."""
    rows = case_of("lock-pinned-git-branch-floats").changes().rows
    assert [(row[0].split(" ")[0], row[3]) for row in rows] == [
        ("git.branch", "changed"),
        ("git.head", "changed"),
        ("git.ref", "changed"),
        ("git.tag", "same"),
    ]
    assert rows[0][1:3] == ["2febef9632e3… (float)", "1590c700e169… (float)"]


def test_a_new_format_is_no_difference_of_an_entry() -> None:
    """v1 drops the policy and keeps the pin."""
    rows = case_of("lock-format-1-upgraded-v1").changes().rows
    assert [row[3] for row in rows] == ["added", "same"]
    git = read_files([str(SAMPLES / "lock-live-git-lookups" / "lockfile.after")])["after"]
    new = read_files([str(SAMPLES / "lock-git-lookups-v1" / "lockfile.after")])["after"]
    assert sorted(one.kind for one in compared(git, new)) == ["changed", "changed", "changed", "same"]


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("lockfile.before", "before"),
        ("lockfile.after", "after"),
        ("lockfile.new.after", "moved"),
        ("dagger.lock.bak", "before"),
        ("dagger-before.lock", "before"),
        ("lock.now", "now"),
        ("EDITED.lock", "edited"),
        ("dagger.lock", "after"),
        ("/before/lock", "after"),
    ],
)
def test_a_file_is_told_by_its_name(name: str, role: str) -> None:
    """Only its own name counts, not that of its folder."""
    assert role_of(name) == role


def test_one_lock_file_is_enough(tmp_path: Path) -> None:
    """As most readers have it: the file as it is now. If nothing was written, it is what the run found."""
    folder = SAMPLES / "lock-ignored-without-mode"
    path = tmp_path / "lock"
    path.write_bytes((folder / "lockfile.after").read_bytes())
    case = lockfile.read(str(folder / "cli.log"), str(folder / "engine.log"), [str(path)], str(folder / "registry.log"))
    assert list(case.found()) == [lock_found.NOT_USED]


def test_a_second_file_of_one_part_is_passed_over(tmp_path: Path) -> None:
    """And the overview says so."""
    folder = SAMPLES / "lock-live-retagged"
    paths = [str(folder / "lockfile.before"), str(SAMPLES / "lock-tag-left-out" / "lockfile.before")]
    rows = lockfile.read(str(folder / "cli.log"), lockfiles=paths).overview().rows
    assert ["lock file passed over", "lockfile.before"] in rows


@pytest.mark.parametrize(
    ("reference", "wanted"),
    [
        ("alpine", "docker.io/library/alpine:latest"),
        ("grafana/loki:3", "docker.io/grafana/loki:3"),
        ("127.0.0.1:5000/demo/web", "127.0.0.1:5000/demo/web:latest"),
        ("localhost/a:1", "localhost/a:1"),
        ("ghcr.io/a/b", "ghcr.io/a/b:latest"),
    ],
)
def test_references_are_filled_in(reference: str, wanted: str) -> None:
    """As the engine does before it looks into the lock."""
    assert normal(reference) == wanted


def test_the_tag_that_was_left_out_finds_its_entry() -> None:
    """The run asks for demo/web, the entry is for demo/web:latest."""
    (row,) = case_of("lock-tag-left-out").lookups().rows
    assert row[1] == "container.from [127.0.0.1:5000/demo/web:latest]" and row[2] == "sha256:47f6fa373770… (pin)"


def test_another_platform_is_another_entry() -> None:
    """At v1 the output shows the platform."""
    folder = SAMPLES / "lock-old-image-after-retag-v1"
    other = str(SAMPLES / "lock-frozen-other-platform" / "lockfile.before")
    (row,) = lockfile.read(str(folder / "cli.log"), lockfiles=[other]).lookups().rows
    assert next(entries_of(other)).inputs[1] == "linux/arm64" and row[2] == "-"


def test_a_run_without_anything_locked_says_what_is_missing() -> None:
    """No lookup, no file."""
    case = case_of("cli-killed")
    assert case.lookups().caption.startswith("No lookup") and case.found() == {}
    assert [text for text in case.verdict().missing if text.startswith("lock file before")]


@pytest.mark.parametrize(
    ("sample", "says"),
    [
        ("lock-live-file-calls", "Not kept: read at most once in a session (read twice: strace.txt:1, strace.txt:3)."),
        ("lock-corrupt-but-disabled", "The lock file cannot be read, and the run passed: nobody read it."),
        ("lock-pinned-missing-entry-added", "Lookups answered: 1 by the server."),
    ],
)
def test_what_the_verdict_says(sample: str, says: str) -> None:
    """Conclusions that are no failure mode."""
    assert says in case_of(sample).verdict().says


def test_what_v0_21_8_does_not_log_is_said() -> None:
    """The verdict rests on the mode, which no log has."""
    case = case_of("lock-write-lost-sigkill")
    assert any("lock mode" in text for text in case.says())
    assert not any("lock mode" in text for text in case_of("lock-write-lost-sigkill-v1").says())
