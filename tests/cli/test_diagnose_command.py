"""`faultbook diagnose`: what it writes where, and its exit status."""

import gzip
import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from faultbook.cli import COMMANDS, main

Captured = pytest.CaptureFixture[str]
FORMS = ["", "--json", "--markdown", "--github", "--sarif"]


@pytest.fixture
def samples(real_root: Path) -> Path:
    """The samples of the Dagger engine."""
    return real_root / "playbooks/samples/dagger"


def faultbook(*arguments: str, **options: Any) -> subprocess.CompletedProcess[bytes]:
    """The program in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "faultbook", *arguments], capture_output=True, timeout=60, check=False, **options
    )


@pytest.mark.parametrize("form", FORMS)
def test_a_known_failure_is_status_1(samples: Path, capsys: Captured, form: str) -> None:
    """In every format, with nothing on stderr."""
    assert main(["diagnose", str(samples / "exec-exit-code"), *form.split()]) == 1
    out, err = capsys.readouterr()
    assert "exec-nonzero-exit" in out
    assert err == ""


@pytest.mark.parametrize("form", FORMS)
def test_nothing_known_is_status_0(samples: Path, capsys: Captured, form: str) -> None:
    """An honest answer is no error."""
    assert main(["diagnose", str(samples / "healthy-first-run" / "cli.log"), *form.split()]) == 0
    assert capsys.readouterr().err == ""


def test_the_json_names_the_right_failure_first(samples: Path, capsys: Captured) -> None:
    """The contract, from the command line."""
    path = str(samples / "command-not-found" / "cli.log")
    assert main(["diagnose", "--json", path]) == 1
    data = json.loads(capsys.readouterr().out)
    assert list(data) == ["faultbook", "logs", "findings", "unexplained", "errors"]
    assert [finding["failure"] for finding in data["findings"]] == [
        "dagger/command-not-found",
        "dagger/exec-nonzero-exit",
    ]
    assert data["findings"][1]["caused_by"] == ["dagger/command-not-found"]
    raw = Path(path).read_bytes()
    for finding in data["findings"]:
        for evidence in finding["evidence"]:
            assert evidence["path"] == path
            assert raw.split(b"\n")[evidence["line"] - 1].decode() == evidence["text"]
            assert raw.count(b"\n", 0, evidence["offset"]) == evidence["line"] - 1


BAD = [
    ("missing", "no such file", "Check the path."),
    ("empty folder", "is an empty folder", "Give a folder with logs in it"),
    ("empty file", "nothing in it", "Capture again"),
    ("binary", "is a binary file, not a log", "Give the text log"),
    ("truncated gzip", "the compressed data ends too early; the file is truncated", "Fetch it again."),
    ("no gzip behind its mark", "", "Fetch"),
    ("unreadable", "not readable for you", "Check its permissions"),
    ("folder of unknown files", "none of the files in the folder is a known log", "Name a file"),
    ("empty folder of logs", "nothing in it", "Capture again"),
]


def _bad(kind: str, place: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A log or folder that cannot be read."""
    path = place / "bad"
    if kind in ("empty folder", "folder of unknown files", "empty folder of logs"):
        path.mkdir()
        if kind != "empty folder":
            (path / "notes.txt").write_text("nothing\n" * (kind == "folder of unknown files"), encoding="utf-8")
    elif kind != "missing":
        data = {
            "binary": b"\x7fELF\x02\x01",
            "truncated gzip": gzip.compress(os.urandom(1000).hex().encode())[:-300],
            "no gzip behind its mark": b"\x1f\x8bxxxxxxxxxxxxxxxxx",
            "unreadable": b"secret",
        }
        path.write_bytes(data.get(kind, b""))
    if kind == "unreadable":
        path.chmod(0)
        if os.geteuid() == 0:
            _deny(path, monkeypatch)
    return path


def _deny(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make opening `path` fail for root, too."""
    really = Path.open

    def denied(self: Path, *arguments: Any, **options: Any) -> Any:
        if self == path:
            raise PermissionError(13, "Permission denied")
        return really(self, *arguments, **options)

    monkeypatch.setattr(Path, "open", denied)


@pytest.mark.parametrize(("kind", "what", "remedy"), BAD, ids=[kind for kind, *_ in BAD])
@pytest.mark.parametrize("form", FORMS)
def test_what_cannot_be_read_is_status_2_and_one_message(
    tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch, kind: str, what: str, remedy: str, form: str
) -> None:
    """On stderr, with file, fault and remedy; stdout still has the format that was asked for."""
    path = _bad(kind, tmp_path, monkeypatch)
    assert main(["diagnose", str(path), *form.split()]) == 2
    out, err = capsys.readouterr()
    message, advice = err.splitlines()
    assert message.startswith("faultbook: ")
    assert str(path) in message or kind == "folder of unknown files"
    assert what in message
    assert advice.startswith(f"    {remedy}")
    assert "No known failure mode" not in out or kind == "truncated gzip"
    if form in ("--json", "--sarif"):
        assert json.loads(out)


def test_a_log_beside_one_that_cannot_be_read_is_diagnosed(samples: Path, tmp_path: Path, capsys: Captured) -> None:
    """Both are told: the finding on stdout, the trouble on stderr; the status is that of the trouble."""
    missing = str(tmp_path / "missing")
    assert main(["diagnose", missing, str(samples / "exec-exit-code" / "cli.log")]) == 2
    out, err = capsys.readouterr()
    assert "dagger/exec-nonzero-exit" in out
    assert err == f"faultbook: {missing}: no such file\n    Check the path.\n"


def test_an_empty_log_beside_a_good_one_is_no_trouble(samples: Path, tmp_path: Path, capsys: Captured) -> None:
    """The engine said nothing: that is told under what was read."""
    (empty := tmp_path / "engine.log").write_bytes(b"")
    assert main(["diagnose", str(empty), str(samples / "exec-exit-code" / "cli.log")]) == 1
    out, err = capsys.readouterr()
    assert f"{empty}: no known log, 0 lines, 0 bytes; is empty" in out
    assert err == ""


def test_a_log_of_a_kind_nobody_knows_is_searched_and_this_is_said(tmp_path: Path, capsys: Captured) -> None:
    """Status 0, with the lines that look like an error."""
    (path := tmp_path / "x.log").write_text("hello\nFATAL: the sky fell\n", encoding="utf-8")
    assert main(["diagnose", str(path)]) == 0
    out = capsys.readouterr().out
    assert f"{path}:2: FATAL: the sky fell" in out
    assert "of unknown origin, so it was searched for the signatures of every log" in out


@pytest.mark.parametrize("arguments", [["-"], []])
@pytest.mark.parametrize("wrap", [bytes, gzip.compress])
def test_a_log_is_read_from_standard_input(
    samples: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch, arguments: list[str], wrap: Any
) -> None:
    """With `-` or when something is piped in; no playbook is offered for what is gone."""
    data = io.BufferedReader(io.BytesIO(wrap((samples / "exec-exit-code" / "cli.log").read_bytes())))
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=data, isatty=lambda: False))
    assert main(["diagnose", *arguments]) == 1
    out = capsys.readouterr().out
    assert "    -:33: 10  : ! exit code: 3\n" in out
    assert "faultbook run" not in out


def test_at_a_terminal_a_log_must_be_named(capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    """The program does not wait for someone to type a log."""
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(isatty=lambda: True))
    assert main(["diagnose"]) == 2
    assert capsys.readouterr().err.startswith("faultbook: no log was named\n    Name logs or a folder")


def test_nothing_of_the_readers_is_touched(samples: Path, tmp_path: Path, capsys: Captured) -> None:
    """A diagnosis writes to stdout only."""
    shutil.copytree(samples / "exec-oom-killed", tmp_path / "incident")
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in (tmp_path / "incident").iterdir()}
    assert main(["diagnose", str(tmp_path / "incident")]) == 1
    capsys.readouterr()
    after = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in (tmp_path / "incident").iterdir()}
    assert after == before
    assert list(tmp_path.iterdir()) == [tmp_path / "incident"]


def test_the_playbook_that_is_offered_can_be_pasted(samples: Path, tmp_path: Path, capsys: Captured) -> None:
    """Names with blanks are quoted, and the logs it takes are given in one call."""
    folder = tmp_path / "my logs"
    shutil.copytree(samples / "exec-exit-code", folder)
    main(["diagnose", str(folder)])
    (line,) = {line for line in capsys.readouterr().out.splitlines() if "faultbook run" in line}
    assert line.strip() == f"playbook: faultbook run dagger/failed-step '{folder}/cli.log' '{folder}/engine.log'"


@pytest.mark.parametrize("form", FORMS)
def test_a_file_name_that_is_no_text_is_no_trouble(samples: Path, tmp_path: Path, form: str) -> None:
    """Bytes of another encoding in a name are shown somehow, in a process with a strict UTF-8 terminal."""
    shutil.copyfile(samples / "exec-exit-code" / "cli.log", os.fsencode(tmp_path) + b"/caf\xe9.log")
    environment = os.environ | {"PYTHONIOENCODING": "utf-8:strict"}
    done = faultbook("diagnose", str(tmp_path), *form.split(), env=environment)
    assert (done.returncode, done.stderr) == (1, b"")
    assert b"exec-nonzero-exit" in done.stdout


@pytest.mark.parametrize("encoding", ["ascii:strict", "latin-1:strict"])
def test_a_terminal_that_cannot_show_a_line_gets_it_escaped(samples: Path, encoding: str) -> None:
    """A log has signs that not every encoding has."""
    environment = os.environ | {"PYTHONIOENCODING": encoding}
    done = faultbook("diagnose", str(samples / "report-exec-killed-v1"), env=environment)
    assert (done.returncode, done.stderr) == (1, b"")
    assert b"\\u" in done.stdout


def test_a_reader_who_goes_away_is_no_trouble(samples: Path) -> None:
    """`faultbook ... | head -1` ends without a traceback."""
    for arguments in (["list", "--json"], ["diagnose", "--json", str(samples / "exec-oom-killed")]):
        read, write = os.pipe()
        os.close(read)
        process = subprocess.run(
            [sys.executable, "-m", "faultbook", *arguments],
            stdout=write,
            stderr=subprocess.PIPE,
            timeout=60,
            check=False,
        )
        os.close(write)
        assert (process.returncode, process.stderr) == (2, b"")


def test_an_interruption_is_told_in_one_line(monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    """Ctrl-C is no traceback."""
    from faultbook.cli import diagnose as command

    def interrupted(_options: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "run", interrupted)
    assert main(["diagnose", "x"]) == 130
    assert capsys.readouterr().err == "faultbook: interrupted\n"


def test_two_formats_at_once_are_refused(capsys: Captured) -> None:
    """The program writes one document."""
    with pytest.raises(SystemExit) as ended:
        main(["diagnose", "--json", "--sarif", "x"])
    assert ended.value.code == 2
    assert "not allowed with argument" in capsys.readouterr().err


def test_a_diagnosis_loads_no_more_than_it_needs(samples: Path) -> None:
    """Start-up is short because notebooks, YAML and the site's parts stay unloaded."""
    script = (
        "import sys; from faultbook.cli import main; main(['diagnose', sys.argv[1]]); "
        "print(*sorted({name.split('.')[0] for name in sys.modules}), file=sys.stderr)"
    )
    log = str(samples / "exec-exit-code" / "cli.log")
    command = [sys.executable, "-c", script, log]
    subprocess.run(command, capture_output=True, check=False)  # makes the catalogue's index, for which YAML is read
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    loaded = set(done.stderr.split())
    assert {"faultbook", "re2", "hyperscan"} <= loaded
    assert loaded.isdisjoint(
        {"yaml", "nbformat", "nbclient", "nbconvert", "mkdocs", "jinja2", "tqdm", "asyncio", "multiprocessing"}
    )


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_every_command_explains_itself(command: str, capsys: Captured) -> None:
    """`--help` is status 0 and names the arguments."""
    with pytest.raises(SystemExit) as ended:
        main([*command.split(), "--help"])
    assert ended.value.code == 0
    out = capsys.readouterr().out
    assert out.startswith(f"usage: faultbook {command}".strip())
    names = COMMANDS if not command else {command: COMMANDS[command]}
    assert all(text.lower() in " ".join(out.lower().split()) for text in names.values())


def test_the_exit_statuses_are_in_the_help(capsys: Captured) -> None:
    """A script's author finds them."""
    with pytest.raises(SystemExit):
        main(["--help"])
    assert "0 nothing known was found, 1 something was found, 2 something could not be read" in " ".join(
        capsys.readouterr().out.split()
    )


@pytest.mark.parametrize("arguments", [[], ["frobnicate"], ["show"], ["new", "failure"], ["diagnose", "--frobnicate"]])
def test_wrong_use_is_status_2(arguments: list[str], capsys: Captured) -> None:
    """With a usage line."""
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert capsys.readouterr().err.startswith("usage: faultbook")


def test_the_version_is_told(capsys: Captured) -> None:
    """For a report of a fault in the program itself."""
    from faultbook import __version__

    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"faultbook {__version__}\n"
