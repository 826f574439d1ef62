"""Logs of one incident become findings, causes first, and what no signature explains."""

import gzip
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.small_book import BROKEN, BROKEN_LOG, HEALTHY, HEALTHY_LOG, LOG, SmallBook

from faultbook.catalogue.model import Catalogue
from faultbook.diagnose import Diagnosis, Unexplained, diagnose
from faultbook.diagnose.diagnosis import UNEXPLAINED_SHOWN
from faultbook.diagnose.tally import EVIDENCE_KEPT

START = b"app 1.0 starting\n"
FULL = b"error: disk /dev/sda1 is full\n"


@pytest.fixture
def logs(tmp_path: Path) -> Callable[..., list[str]]:
    """A function that writes logs (`app_log=...`) and gives their paths in that order."""
    folder = tmp_path / "incident"

    def write(**files: bytes) -> list[str]:
        folder.mkdir(exist_ok=True)
        paths = []
        for name, data in files.items():
            path = folder / name.replace("_", ".")
            path.write_bytes(data)
            paths.append(str(path))
        return paths

    return write


def found(diagnosis: Diagnosis) -> list[str]:
    """The slugs of the failure modes that were found."""
    return [finding.failure.id.removeprefix("toy/") for finding in diagnosis.findings]


def remarks(diagnosis: Diagnosis) -> list[str]:
    """What is said of each log."""
    return [log.remark for log in diagnosis.logs]


def test_a_finding_has_its_evidence(book: SmallBook) -> None:
    """File, line, column, offset, text and fields, and which signature claims the line."""
    path = str(book.root / BROKEN / "app.log")
    diagnosis = diagnose([path], book.catalogue())
    (finding,) = diagnosis.findings
    (evidence,) = finding.evidence
    hit = evidence.hit
    assert (evidence.path, hit.line, hit.column, hit.offset) == (path, 2, 1, 17)
    assert (hit.text, hit.fields) == ("error: disk /dev/sda1 is full", {"disk": "/dev/sda1"})
    assert evidence.signature == finding.failure.signatures[0]
    (log,) = diagnosis.logs
    assert (log.kind, log.bytes, log.lines, log.remark) == ("toy/app-log", len(BROKEN_LOG), 4, "")
    assert diagnosis.unexplained == (Unexplained(path, 3, "error: request 7 failed", 1),)
    assert diagnosis.refusals == ()


def test_causes_come_before_what_they_lead_to(book: SmallBook, logs: Callable[..., list[str]]) -> None:
    """Whatever the order in the log; among others the order of the log stands."""
    book.add_failure("effect", "^error: three")
    book.add_failure("middle", "^error: two", "toy/effect")
    book.add_failure("cause", "^error: one", "toy/middle")
    book.add_failure("other", "^error: other")
    catalogue = book.catalogue()
    lines = b"error: other\nerror: three\nerror: two\nerror: one\n"
    diagnosis = diagnose(logs(app_log=START + lines), catalogue)
    assert found(diagnosis) == ["other", "cause", "middle", "effect"]
    assert [finding.caused_by for finding in diagnosis.findings] == [(), (), ("toy/cause",), ("toy/middle",)]
    without_middle = diagnose(logs(app_log=START + lines.replace(b"two", b"2")), catalogue)
    assert found(without_middle) == ["other", "effect", "cause"]
    assert all(finding.caused_by == () for finding in without_middle.findings)


def test_causes_in_a_circle_do_not_hang(book: SmallBook, logs: Callable[..., list[str]]) -> None:
    """The check refuses a circle; a diagnosis gives the order of the log."""
    book.add_failure("one", "^error: one", "toy/two")
    book.add_failure("two", "^error: two", "toy/one")
    assert found(diagnose(logs(app_log=START + b"error: two\nerror: one\n"), book.catalogue())) == ["two", "one"]


def test_findings_are_joined_across_logs(book: SmallBook, logs: Callable[..., list[str]]) -> None:
    """One failure mode in two logs is one finding with evidence of both, in the order of the logs."""
    book.add_failure("cause", "^error: cause", "toy/disk-full")
    paths = logs(b_log=START + FULL, a_log=START + b"error: cause\n" + FULL + FULL)
    diagnosis = diagnose(paths, book.catalogue())
    assert found(diagnosis) == ["cause", "disk-full"]
    places = [(evidence.path, evidence.hit.line) for evidence in diagnosis.findings[1].evidence]
    assert places == [(paths[0], 2), (paths[1], 3), (paths[1], 4)]
    assert diagnosis.findings[1].hits == 3


def test_a_folder_is_an_incident(book: SmallBook, logs: Callable[..., list[str]]) -> None:
    """All known logs in it are read in the order of their names, subfolders are not entered."""
    paths = logs(b_log=START + FULL, a_log=START, c_bin=gzip.compress(START + FULL))
    (folder := Path(paths[0]).parent / "sub").mkdir()
    (folder / "app.log").write_bytes(START + FULL)
    diagnosis = diagnose([str(folder.parent)], book.catalogue())
    assert [log.path for log in diagnosis.logs] == sorted(paths)
    assert [log.kind for log in diagnosis.logs] == ["toy/app-log"] * 3
    assert diagnosis.findings[0].hits == 2


def test_an_unknown_file_in_a_folder_is_not_searched(book: SmallBook, logs: Callable[..., list[str]]) -> None:
    """Notes and sources beside the logs may quote an error; that they were left out is said."""
    paths = logs(app_log=START, notes_txt=FULL)
    diagnosis = diagnose([str(Path(paths[0]).parent)], book.catalogue())
    assert found(diagnosis) == []
    assert remarks(diagnosis) == ["", "not a known log; name it to have it searched"]
    assert [(log.bytes, log.lines) for log in diagnosis.logs] == [(len(START), 1), (0, 0)]


def test_an_unknown_file_that_is_named_is_searched_for_everything(
    book: SmallBook, logs: Callable[..., list[str]]
) -> None:
    """Every log's signatures, noise and error-like lines, and common words of errors; and this is said."""
    paths = logs(notes_txt=b"warning: cache is cold\n" + FULL + b"java.lang.NullPointerException\nfine\n")
    diagnosis = diagnose(paths, book.catalogue())
    assert found(diagnosis) == ["disk-full"]
    assert remarks(diagnosis) == ["of unknown origin, so it was searched for the signatures of every log"]
    assert [item.text for item in diagnosis.unexplained] == ["java.lang.NullPointerException"]


def test_a_signature_is_only_tried_on_the_log_it_names(book: SmallBook, logs: Callable[..., list[str]]) -> None:
    """The same line in another log is another matter."""
    text = (book.root / LOG).read_text(encoding="utf-8").replace("^app [0-9.]+ starting$", "^web [0-9.]+ starting$")
    book.write("docs/logs/toy/web-log.md", text)
    paths = logs(web_log=b"web 1.0 starting\n" + FULL)
    diagnosis = diagnose(paths, book.catalogue())
    assert [log.kind for log in diagnosis.logs] == ["toy/web-log"]
    assert found(diagnosis) == []
    assert [item.text for item in diagnosis.unexplained] == [FULL.decode().strip()]


@pytest.mark.parametrize("folder_first", [False, True])
def test_a_file_that_is_given_twice_is_read_once(
    book: SmallBook, logs: Callable[..., list[str]], folder_first: bool
) -> None:
    """Named twice, under another name, or named and in a folder: then it counts as named."""
    paths = logs(app_log=START + FULL, notes_txt=FULL)
    folder = str(Path(paths[0]).parent)
    other_name = f"{folder}/../{Path(folder).name}/app.log"
    arguments = [paths[0], other_name, paths[1], paths[0], folder]
    diagnosis = diagnose(arguments[::-1] if folder_first else arguments, book.catalogue())
    assert sorted(log.path for log in diagnosis.logs if log.bytes) == sorted(paths)
    assert len(diagnosis.logs) == 2
    assert diagnosis.findings[0].hits == 2


def test_unexplained_lines_are_grouped_and_counted(book: SmallBook, logs: Callable[..., list[str]]) -> None:
    """The most frequent first; lines that differ only in numbers are one, shown as it came first."""
    lines = b"error: rare\n" + b"".join(b"error: request %d failed\n" % number for number in range(5)) + FULL * 7
    (path,) = logs(app_log=START + lines + b"warning: odd\n" * 2)
    assert diagnose([path], book.catalogue()).unexplained == (
        Unexplained(path, 3, "error: request 0 failed", 5),
        Unexplained(path, 15, "warning: odd", 2),
        Unexplained(path, 2, "error: rare", 1),
    )


def test_noise_is_not_listed_as_unexplained(book: SmallBook, logs: Callable[..., list[str]]) -> None:
    """Nor are lines that a signature explains, nor lines that look like no error."""
    (path,) = logs(app_log=START + b"warning: cache is cold\nwarning: cache is cold, too\n" + FULL + b"all is well\n")
    unexplained = diagnose([path], book.catalogue()).unexplained
    assert [item.text for item in unexplained] == ["warning: cache is cold, too"]


def test_only_the_most_frequent_unexplained_lines_are_listed(book: SmallBook, logs: Callable[..., list[str]]) -> None:
    """Of all logs together."""
    words = [bytes([97 + number]) * 3 for number in range(26)]
    one = START + b"".join(b"error: %s\n" % word * (number + 1) for number, word in enumerate(words[:13]))
    two = START + b"".join(b"error: %s\n" % word * (number + 2) for number, word in enumerate(words[13:]))
    unexplained = diagnose(logs(a_log=one, b_log=two), book.catalogue()).unexplained
    assert len(unexplained) == UNEXPLAINED_SHOWN
    assert [item.count for item in unexplained] == [14, 13, 13, 12, 12, 11, 11, 10, 10, 9]


def test_a_flood_of_evidence_is_counted_but_not_kept(book: SmallBook, logs: Callable[..., list[str]]) -> None:
    """The first lines of each log are evidence; the number of hits is the true one, without lines that only look so."""
    paths = logs(a_log=START + FULL * 57 + b"Z " + FULL, b_log=START + FULL * 3)
    (finding,) = diagnose(paths, book.catalogue()).findings
    lines = [evidence.hit.line for evidence in finding.evidence if evidence.path == paths[0]]
    assert lines == list(range(2, 2 + EVIDENCE_KEPT))
    assert len(finding.evidence) == EVIDENCE_KEPT + 3
    assert finding.hits == 60


def test_a_healthy_log_has_no_finding(book: SmallBook) -> None:
    """Nothing known, and nothing unexplained in it."""
    diagnosis = diagnose([str(book.root / HEALTHY / "app.log")], book.catalogue())
    assert (diagnosis.findings, diagnosis.unexplained, diagnosis.refusals) == ((), (), ())
    assert diagnosis.searched


@pytest.mark.parametrize("keep", [100, 1])
def test_a_truncated_log_tells_what_stands_before_the_break(
    book: SmallBook, logs: Callable[..., list[str]], keep: int
) -> None:
    """Also when the only evidence is the last line that could be read, and that it is truncated is said."""
    tail = b"".join(b"%d %s\n" % (number, os.urandom(20).hex().encode()) for number in range(9000))
    (path,) = logs(app_log=gzip.compress(START + FULL * keep + tail)[:-100_000])
    diagnosis = diagnose([path], book.catalogue())
    assert found(diagnosis) == ["disk-full"]
    assert diagnosis.findings[0].hits == keep
    assert diagnosis.logs[0].lines > keep
    (refused,) = diagnosis.refusals
    assert refused.what == f"{path}: the compressed data ends too early; the file is truncated"


def test_what_cannot_be_read_does_not_hide_what_can(book: SmallBook, logs: Callable[..., list[str]]) -> None:
    """Every log that cannot be read is named; the others are diagnosed."""
    paths = logs(app_log=START + FULL, program=b"\x7fELF\0\0\0")
    (empty := Path(paths[0]).parent / "empty").mkdir()
    arguments = ["/nowhere/x.log", paths[1], str(empty), paths[0]]
    diagnosis = diagnose(arguments, book.catalogue())
    assert found(diagnosis) == ["disk-full"]
    assert [refused.what for refused in diagnosis.refusals] == [
        "/nowhere/x.log: no such file",
        f"{paths[1]}: is a binary file, not a log",
        f"{empty}: is an empty folder",
    ]


def test_a_binary_in_a_folder_is_passed_over(book: SmallBook, logs: Callable[..., list[str]]) -> None:
    """A core dump beside the logs does not fail their diagnosis."""
    folder = Path(logs(app_log=START + FULL, core=b"\x7fELF\0\0\0")[0]).parent
    diagnosis = diagnose([str(folder)], book.catalogue())
    assert found(diagnosis) == ["disk-full"]
    assert diagnosis.refusals == ()
    assert [(Path(log.path).name, log.remark) for log in diagnosis.logs if log.kind is None] == [
        ("core", "a binary file that is no known log")
    ]


def test_a_folder_that_cannot_be_read_is_refused(
    book: SmallBook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its permissions are the remedy; for root the system call is made to fail."""
    (folder := tmp_path / "secret").mkdir()
    folder.chmod(0)
    if os.geteuid() == 0:

        def denied(_path: Path, *_arguments: Any) -> None:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(Path, "iterdir", denied)
    (refused,) = diagnose([str(folder)], Catalogue()).refusals
    assert refused.what == f"{folder}: cannot be read (Permission denied)"
    folder.chmod(0o700)


@pytest.mark.parametrize(
    ("files", "remark"),
    [({"app_log": b""}, "is empty"), ({"app_log": gzip.compress(b"")}, "is empty"), ({"app_log": b"\n"}, "of unknown")],
)
@pytest.mark.parametrize("in_folder", [False, True])
def test_an_empty_log_is_called_empty(
    logs: Callable[..., list[str]], files: dict[str, bytes], remark: str, in_folder: bool
) -> None:
    """Named or in a folder; nothing was searched then."""
    (path,) = logs(**files)
    diagnosis = diagnose([str(Path(path).parent) if in_folder else path], Catalogue())
    if remark == "of unknown" and in_folder:
        remark = "not a known log"
    assert remarks(diagnosis)[0].startswith(remark)
    assert diagnosis.searched == (remark == "of unknown")


def test_an_empty_catalogue_finds_nothing(logs: Callable[..., list[str]]) -> None:
    """And says what looks like an error all the same."""
    diagnosis = diagnose(logs(app_log=BROKEN_LOG + HEALTHY_LOG), Catalogue())
    assert diagnosis.findings == ()
    assert [item.text for item in diagnosis.unexplained] == ["error: disk /dev/sda1 is full", "error: request 7 failed"]


def test_an_engine_log_explains_what_the_cli_log_only_shows(real_root: Path, real_catalogue: Catalogue) -> None:
    """Kernel, engine and CLI log of a step killed for memory: the cause stands first, its effect names it."""
    folder = real_root / "playbooks/samples/dagger/exec-oom-killed"
    cause, effect = diagnose([str(folder)], real_catalogue).findings
    assert (cause.failure.id, cause.caused_by) == ("dagger/exec-oom-killed", ())
    assert (effect.failure.id, effect.caused_by) == ("dagger/exec-killed", ("dagger/exec-oom-killed",))
    assert {Path(evidence.path).name for evidence in cause.evidence} == {"kernel.log"}
    assert {Path(evidence.path).name for evidence in effect.evidence} == {"cli.log", "engine.log"}
    alone = diagnose([str(folder / "cli.log")], real_catalogue)
    assert [finding.failure.id for finding in alone.findings] == ["dagger/exec-killed"]
