"""The checks of a commit as GitHub and Dagger Cloud answer them."""

import gzip
import io
import json
from pathlib import Path
from typing import Any

import pytest

from faultbook.logs import github
from faultbook.logs.github import Check, read_checks
from faultbook.problems import Refusal

SAMPLE = Path(__file__).parents[2] / "playbooks" / "samples" / "dagger" / "github-checks-constructed"
MODULE = "github.com/acme/widgets@3f1c9a7be05d4826910cfe87ab3d62e4057198bc"
TRACE = "7d0e4b16a92fc358e10b6d27f94ac183"
STATUS = {"context": "ci", "state": "success"}


def read(answer: str | bytes) -> list[Check]:
    return list(read_checks(io.BytesIO(answer.encode() if isinstance(answer, str) else answer)))


def read_json(answer: Any) -> list[Check]:
    return read(json.dumps(answer))


def complaint(answer: str | bytes) -> str:
    with pytest.raises(Refusal) as refused:
        read(answer)
    assert refused.value.remedy
    return refused.value.what


def test_combined_status() -> None:
    """Each context with its state and its address; an address of a check names the organisation and what to ask for."""
    checks = list(read_checks(SAMPLE / "statuses.json"))
    assert [(check.name, check.state, check.failed) for check in checks] == [
        ("ci:lint", "success", False),
        ("ci:test", "failure", True),
        ("ci:docs", "pending", False),
        ("deploy/preview", "success", False),
    ]
    url = f"https://dagger.cloud/acme/checks/{MODULE}?check=ci:test"
    assert checks[1] == Check("status", "ci:test", "failure", "failed", url, "", "acme", MODULE)
    assert checks[2].description == ""
    assert checks[3].organisation == ""


def test_check_runs() -> None:
    """The conclusion is the state, and the status while there is none; an address of a trace has the trace's id."""
    checks = list(read_checks(str(SAMPLE / "check-runs.json")))
    assert [check.state for check in checks] == ["success", "failure", "in_progress", "failure"]
    url = f"https://dagger.cloud/acme/traces/{TRACE}"
    assert checks[3] == Check("check run", "dagger call integration", "failure", "exit code: 1", url, TRACE, "acme")
    assert [check.trace for check in checks[:3]] == ["", "", ""]


def test_checks_of_dagger_cloud() -> None:
    """A check that was run again is there twice, each time with its own trace."""
    checks = list(read_checks(SAMPLE / "cloud-checks.json"))
    assert [check.name for check in checks] == ["ci:lint", "ci:test", "ci:test", "ci:docs"]
    assert checks[2] == Check("cloud", "ci:test", "failure", trace="a85d17c2e90b4f63b1274cd80e6f9a32", module=MODULE)
    assert [check.failed for check in checks] == [False, True, True, False]


@pytest.mark.parametrize(
    ("url", "trace", "organisation", "module"),
    [
        (f"https://dagger.cloud/acme/traces/{TRACE}", TRACE, "acme", ""),
        (f"https://dagger.cloud/acme/traces/{TRACE.upper()}?span=4f7ad2c8810be693", TRACE, "acme", ""),
        (f"https://dagger.cloud/traces/{TRACE}", TRACE, "", ""),
        (f"https://dagger.cloud/acme/traces/{TRACE}0", "", "", ""),
        ("https://dagger.cloud/traces/setup", "", "", ""),
        (f"https://dagger.cloud/acme/checks/{MODULE}", "", "acme", MODULE),
        (f"https://dagger.cloud.example.com/acme/traces/{TRACE}", "", "", ""),
        (f"https://ci.example.com/?next=https://dagger.cloud/acme/traces/{TRACE}", "", "", ""),
        ("https://[", "", "", ""),
        ("", "", "", ""),
    ],
)
def test_addresses(url: str, trace: str, organisation: str, module: str) -> None:
    """Only an address on dagger.cloud tells anything, and only a whole trace id is one."""
    (check,) = read_json([STATUS | {"target_url": url}])
    assert (check.trace, check.organisation, check.module) == (trace, organisation, module)


@pytest.mark.parametrize(
    ("state", "failed"),
    [("failure", True), ("ERROR", True), ("timed_out", True), ("neutral", False), ("skipped", False), ("odd", False)],
)
def test_failed(state: str, failed: bool) -> None:
    """Upper or lower case; what is neutral, skipped or unknown has not failed."""
    (check,) = read_json([STATUS | {"state": state}])
    assert check.failed is failed


def test_several_answers() -> None:
    """`--paginate` writes one answer behind the other, `--slurp` a list of them; a list of statuses is read too."""
    page = json.dumps({"statuses": [STATUS]})
    assert len(read(page + page)) == len(read(f"{page}\n\n{page}\n")) == 2
    assert read_json([{"statuses": [STATUS]}, {"statuses": []}]) == read_json([STATUS]) == read(page)
    assert read_json({"check_runs": [], "total_count": 0}) == []


def test_ways_to_save_it() -> None:
    """A byte order mark, colours of a terminal, CRLF and gzip change nothing."""
    plain = (SAMPLE / "statuses.json").read_bytes()
    wanted = read(plain)
    coloured = plain.replace(b'"state"', b'\x1b[1;34m"state"\x1b[m')
    for variant in (b"\xef\xbb\xbf" + plain, coloured, plain.replace(b"\n", b"\r\n")):
        assert read(variant) == wanted
    assert list(read_checks(io.BufferedReader(io.BytesIO(gzip.compress(plain))))) == wanted


def test_every_cut_is_refused() -> None:
    """Wherever the download broke off, it is said; nothing is read from half an answer."""
    text = (SAMPLE / "check-runs.json").read_text(encoding="utf-8").strip()
    for end in range(1, len(text), 37):
        assert "breaks off at line" in complaint(text[:end]) or "is no JSON" in complaint(text[:end])


@pytest.mark.parametrize(
    ("answer", "what"),
    [
        ("", "is empty"),
        (" \n\n", "is empty"),
        ("<!DOCTYPE html>\n<html>", "is HTML, not JSON"),
        ("gh: Not Found (HTTP 404)", "is no JSON (Expecting value) at line 1, column 1"),
        ('{"statuses": [', "the JSON breaks off at line 1, column 15"),
        ('{"statuses": [{"context": "ci', "the JSON breaks off at line 1"),
        ('{"statuses": []} and more', "is no JSON (Expecting value) at line 1, column 18"),
        ("[" * 100_000, "is JSON that nobody meant"),
        ("1" * 5_000, "is JSON that nobody meant"),
        ("7", "the answer is a number, not an object"),
        ("null", "the answer is missing, not an object"),
        ("[[]]", "the answer is a list, not an object"),
        ("{}", "holds neither statuses nor check_runs nor moduleChecks"),
        ('{"message": "Not Found", "status": "404"}', "GitHub answered 'Not Found' instead of checks"),
        ('{"statuses": "none"}', "statuses is a text, not a list"),
        ('{"statuses": [true]}', "item 1 of statuses is true or false, not an object"),
        ('{"statuses": [{"state": "success"}]}', "a check has no context"),
        ('{"statuses": [{"context": 3, "state": "success"}]}', "context is a number, not a text"),
        ('[{"context": "ci", "state": {}}]', "state is an object, not a text"),
        ('[{"context": "ci", "state": null}]', "a check has no state"),
        ('{"check_runs": {}}', "check_runs is an object, not a list"),
        ('{"check_runs": [{"name": "x", "status": "queued", "output": 1}]}', "output is a number, not an object"),
        ('{"data": {"org": null}}', "Dagger Cloud answered: no organisation of this name"),
        ('{"errors": [{"message": "forbidden"}]}', "Dagger Cloud answered: 'forbidden'"),
        ('{"data": {"org": {}}}', "moduleChecks is missing, not a list"),
        ('{"data": {"org": {"moduleChecks": [7]}}}', "an item of moduleChecks is a number, not an object"),
    ],
)
def test_other_answers_are_refused(answer: str, what: str) -> None:
    """What is no answer about checks is refused with the reason and what to do."""
    assert what in complaint(answer)


def test_wrong_files_are_refused(tmp_path: Path) -> None:
    """The file is named."""
    with pytest.raises(Refusal, match=r"nowhere\.json: no such file"):
        read_checks(tmp_path / "nowhere.json")
    assert "is a binary file" in complaint(b"\x7fELF\x00\x00")
    assert "is no JSON" in complaint(b"\xff\xfe\xff")


def test_size_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer as long as the limit is read, one byte more is refused before it is parsed."""
    assert github.LIMIT == 50_000_000
    answer = json.dumps({"statuses": [STATUS]})
    monkeypatch.setattr(github, "LIMIT", len(answer))
    assert len(read(answer)) == 1
    assert "is longer than" in complaint(answer + " ")
