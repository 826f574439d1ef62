"""`faultbook dagger lockfile` from the command line."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from faultbook.cli import main

SAMPLES = Path(__file__).parents[2] / "playbooks" / "samples" / "dagger"
CLEAR = SAMPLES / "lock-parse-conflict-marker-v1" / "lockfile.before"
DIFFERENT = SAMPLES / "lock-corrupted-while-running" / "lockfile.after"
Captured = pytest.CaptureFixture[str]


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    """A lock file with a conflict that is clear, with permissions of its own."""
    path = tmp_path / "dagger.lock"
    path.write_bytes(CLEAR.read_bytes())
    path.chmod(0o640)
    return path


def run(*arguments: object) -> int:
    return main(["dagger", "lockfile", *map(str, arguments)])


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_clean_file_is_explained(capsys: Captured) -> None:
    """Each entry in words, and what each version makes of the file."""
    path = SAMPLES / "lock-git-lookups-v1" / "lockfile.after"
    assert run(path) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"{path}: format 2, 4 entries"
    assert lines[1] == "      2  HEAD of git://127.0.0.1/lib.git is commit 1590c700e169bc3e9b025be7cc6bba66fad09adf"
    assert lines[5:] == ['v0.21.8 refuses the file: lockfile line 1: unsupported lockfile version "2"', "v1 reads it"]


def test_a_fault_has_a_place_and_a_remedy(capsys: Captured) -> None:
    """In the form of every complaint of this program."""
    path = SAMPLES / "lock-invalid-digest" / "lockfile.before"
    assert run(path) == 1
    out = capsys.readouterr().out
    assert f"\n{path}:2: the value is no digest: invalid checksum digest length\n    Delete the line and run" in out
    assert "\nv0.21.8 reads it, and refuses the lookup of line 2\n" in out


def test_a_conflict_is_shown_entry_by_entry_and_nothing_is_written(lock: Path, capsys: Captured) -> None:
    """Without --write the file stays as it is."""
    assert run(lock) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "merge conflict: ours is HEAD, theirs is feature/tools"
    assert [line.split(": ")[0].split()[:2] for line in lines[1:3]] == [["only", "ours"], ["only", "theirs"]]
    assert lines[3] == "everything is clear: --write puts it together"
    assert lock.read_bytes() == CLEAR.read_bytes() and names(lock.parent) == ["dagger.lock"]


def test_a_clear_conflict_is_put_together(lock: Path, capsys: Captured) -> None:
    """The old file is kept beside it, with the same permissions; the new one is clean."""
    assert run(lock, "--write") == 0
    assert f"written; the file as it was is {lock}.bak\n" in capsys.readouterr().out
    assert names(lock.parent) == ["dagger.lock", "dagger.lock.bak"]
    assert (lock.parent / "dagger.lock.bak").read_bytes() == CLEAR.read_bytes()
    assert [oct(path.stat().st_mode & 0o777) for path in lock.parent.iterdir()] == ["0o640", "0o640"]
    assert run(lock) == 0
    assert "2 entries\n" in capsys.readouterr().out


def test_a_backup_is_never_written_over(lock: Path, capsys: Captured) -> None:
    """Then nothing is written at all."""
    backup = lock.with_name("dagger.lock.bak")
    backup.write_text("mine")
    assert run(lock, "--write") == 2
    assert capsys.readouterr().err.startswith(f"faultbook: {backup}: is there already; nothing was written\n    Move")
    assert backup.read_text() == "mine" and lock.read_bytes() == CLEAR.read_bytes()
    assert names(lock.parent) == ["dagger.lock", "dagger.lock.bak"]


@pytest.mark.parametrize(("side", "digest"), [("--ours", "sha256:4e1dbdc0"), ("--theirs", "sha256:ec2f856c")])
def test_different_pins_need_a_side(lock: Path, capsys: Captured, side: str, digest: str) -> None:
    """Nothing is guessed."""
    lock.write_bytes(DIFFERENT.read_bytes())
    assert run(lock, "--write") == 1
    assert "undecided: 1; --write takes one side with --ours or --theirs\n" in capsys.readouterr().out
    assert lock.read_bytes() == DIFFERENT.read_bytes() and names(lock.parent) == ["dagger.lock"]
    assert run(lock, "--write", side) == 0
    (entry,) = lock.read_text().splitlines()[1:]
    assert digest in entry


def test_what_is_in_the_way_is_told(lock: Path, capsys: Captured) -> None:
    """Sides of different formats are not mixed."""
    lock.write_text('<<<<<<< a\n[["version","1"]]\n=======\n[["version","2"]]\n>>>>>>> b\n')
    assert run(lock, "--write", "--ours") == 1
    assert "not to be put together: line 1: the sides are of different formats (1 and 2)" in capsys.readouterr().out
    assert names(lock.parent) == ["dagger.lock"]


def test_a_file_without_a_conflict_is_not_written(tmp_path: Path) -> None:
    """Not even to bring it into the engine's form."""
    path = tmp_path / "lock"
    path.write_bytes((SAMPLES / "lock-format-crlf" / "lockfile.before").read_bytes())
    assert run(path, "--write") == 0
    assert names(tmp_path) == ["lock"] and b"\r\n" in path.read_bytes()


def test_a_link_stays_a_link(lock: Path) -> None:
    """The file behind it is written."""
    link = lock.with_name("link")
    link.symlink_to(lock)
    assert run(link, "--write") == 0
    assert link.is_symlink() and b"<<<" not in lock.read_bytes() and lock.with_name("dagger.lock.bak").exists()


def test_a_file_that_changes_meanwhile_is_left_alone(
    lock: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run of dagger may end just then."""
    fsync = os.fsync

    def interfere(descriptor: int) -> None:
        fsync(descriptor)
        lock.write_bytes(b"new")

    monkeypatch.setattr(os, "fsync", interfere)
    assert run(lock, "--write") == 2
    assert "has changed while it was read; nothing was written" in capsys.readouterr().err
    assert lock.read_bytes() == b"new" and names(lock.parent) == ["dagger.lock"]


def test_json_has_everything(lock: Path, capsys: Captured) -> None:
    """Entries, faults, verdicts, and the conflict."""
    assert run(lock, "--json") == 1
    data = json.loads(capsys.readouterr().out)
    assert data["formats"] == ["2"] and data["backup"] is None
    assert [entry["line"] for entry in data["entries"]] == [3, 5]
    assert [(one["line"], one["refuses"], one["by"]) for one in data["faults"]] == [(2, "file", ["v0.21.8", "v1"])]
    assert data["faults"][0]["message"].startswith("lockfile line 2: invalid tuple JSON: invalid character '<'")
    assert [pair["standing"] for pair in data["conflict"]["pairs"]] == ["only ours", "only theirs"]
    assert data["conflict"]["undecided"] == 0 and data["conflict"]["obstacles"] == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("/nowhere/dagger.lock",), "faultbook: /nowhere/dagger.lock: no such file\n"),
        (("/nowhere/dagger.lock", "--write"), "faultbook: /nowhere/dagger.lock: cannot be read (No such file"),
        ((SAMPLES,), f"faultbook: {SAMPLES}: is a folder\n"),
        (("-", "--write"), "faultbook: standard input cannot be written\n"),
    ],
)
def test_what_cannot_be_read(arguments: tuple[object, ...], said: str, capsys: Captured) -> None:
    """Exit status 2, and why."""
    assert run(*arguments) == 2
    assert capsys.readouterr().err.startswith(said)


def test_nothing_in_a_file_is_obeyed(tmp_path: Path, capsys: Captured) -> None:
    """Escape sequences of a file do not reach the terminal."""
    path = tmp_path / "lock"
    path.write_text('[["version","\\u001b[2J"]]\n["","\\u001b[2J",["\\u001b[2J"],"x","\\u001b[31m"]\n')
    assert run(path) == 1
    assert "\x1b" not in capsys.readouterr().out


def test_many_entries_are_cut_on_a_terminal_only(tmp_path: Path, capsys: Captured) -> None:
    """JSON has all."""
    path = tmp_path / "lock"
    digest = "sha256:" + "a" * 64
    path.write_text(
        "\n".join(['[["version","2"]]', *(f'["","container.from",["a:{n:03}"],"{digest}"]' for n in range(500))])
    )
    assert run(path) == 0
    out = capsys.readouterr().out
    assert "  and 300 more: --json has all\n" in out and out.count("image a:") == 200
    assert run(path, "--json") == 0
    assert len(json.loads(capsys.readouterr().out)["entries"]) == 500


def test_the_group_names_its_commands(capsys: Captured) -> None:
    """Without a command it says what there is."""
    with pytest.raises(SystemExit) as left:
        main(["dagger", "--help"])
    assert left.value.code == 0 and "lockfile" in capsys.readouterr().out


def test_other_commands_do_not_pay_for_it() -> None:
    """The group is imported only when it is called."""
    code = "import sys\nfrom faultbook.cli import main\ntry:\n main(['list', '--help'])\nexcept SystemExit: pass\n"
    code += "print([name for name in sys.modules if 'lock' in name and name.startswith('faultbook')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
