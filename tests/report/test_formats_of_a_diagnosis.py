"""A diagnosis as text, JSON, Markdown, GitHub annotations and SARIF; log text cannot break out of any of them."""

import html
import json
import re
from typing import Any
from urllib.parse import unquote

import mistune
import pytest

from faultbook import __version__
from faultbook.catalogue.model import Failure, Signature
from faultbook.diagnose import Diagnosis, Evidence, Finding, LogRead, Unexplained
from faultbook.matcher.search import Hit
from faultbook.problems import Refusal
from faultbook.report import FORMATS
from faultbook.report.lines import SHOWN, shown
from faultbook.report.markdown import code

SIGNATURE = Signature("toy/app-log", "^error: (?<what>.*)", "the app says so")
FAILURE = Failure(
    id="toy/disk-full",
    title="The disk is full: 100 %, really",
    summary="No space left.",
    family="disk",
    asked_as=("disk full",),
    signatures=(SIGNATURE,),
    samples=("toy/broken",),
    playbook="toy/look",
    leads_to=(),
    seen_in="app 1.0",
)
HOSTILE = [
    "plain",
    "`code` ``more`` ```fence```",
    "`",
    "``` ",
    "</code></pre><script>alert(1)</script>",
    "<img src=x onerror=alert(1)> &amp; &lt;",
    "[link](javascript:alert(1)) ![x](http://example.com/x.png) @someone #1",
    "| cell | **bold** _em_ ~~x~~ \\` \\",
    "::error file=x::injected",
    "%0A::error::injected %25",
    "a\r::error::injected",
    "a\x85b\u2028::error::c\u2029",
    "\x1b[2J\x1b]0;owned\x07\x9b31m",
    "\u202eright to left\u202c \u200b\ufeff",
    "tab\there",
    "\x00\x08\x7f",
    "💥 ✘ ┆ é \ufffd",
    "# heading",
    "- item",
    "    indented",
    "---",
]


def diagnosis(text: str = "error: disk full", path: str = "app.log", lines: int = 1, **more: Any) -> Diagnosis:
    """A diagnosis with one finding in one log."""
    evidence = tuple(
        Evidence(path, Hit(0, 7 + at, 3, 100 + at, text, {"what": "disk"}), SIGNATURE) for at in range(lines)
    )
    finding = Finding(FAILURE, evidence, hits=lines, **more)
    unexplained = (Unexplained(path, 9, text, 4),)
    return Diagnosis((LogRead(path, "toy/app-log", 1000, 50),), (finding,), unexplained)


NOTHING = Diagnosis((LogRead("app.log", "toy/app-log", 1000, 50),))
UNREAD = Diagnosis(refusals=(Refusal("app.log: no such file", "Check the path."),))


def test_the_json_is_the_contract() -> None:
    """Every promised key with its type and value; keys may be added, none may go."""
    data = json.loads(FORMATS["json"](diagnosis(caused_by=("toy/cause",))))
    assert data["faultbook"] == __version__
    assert data["logs"] == [{"path": "app.log", "kind": "toy/app-log", "bytes": 1000, "lines": 50}]
    (finding,) = data["findings"]
    (evidence,) = finding.pop("evidence")
    promised = {
        "failure": "toy/disk-full",
        "title": "The disk is full: 100 %, really",
        "summary": "No space left.",
        "page": "failures/toy/disk-full/",
        "caused_by": ["toy/cause"],
    }
    assert {key: finding[key] for key in promised} == promised
    promised_evidence = {
        "path": "app.log",
        "line": 7,
        "column": 3,
        "offset": 100,
        "text": "error: disk full",
        "signature": "^error: (?<what>.*)",
        "fields": {"what": "disk"},
    }
    assert {key: evidence[key] for key in promised_evidence} == promised_evidence
    assert data["unexplained"] == [{"path": "app.log", "line": 9, "text": "error: disk full", "count": 4}]


def test_the_json_of_nothing_has_every_key() -> None:
    """Lists are empty, never missing; a log of unknown origin has the kind null; refusals are told."""
    unknown = Diagnosis((LogRead("x", None, 1, 1),))
    assert json.loads(FORMATS["json"](unknown)) == {
        "faultbook": __version__,
        "logs": [{"path": "x", "kind": None, "bytes": 1, "lines": 1}],
        "findings": [],
        "unexplained": [],
        "errors": [],
    }
    assert json.loads(FORMATS["json"](UNREAD))["errors"] == [
        {"what": "app.log: no such file", "remedy": "Check the path."}
    ]


@pytest.mark.parametrize("text", HOSTILE)
def test_the_json_keeps_the_text_of_a_line(text: str) -> None:
    """Programs get the line as it is, cut only when it is very long."""
    data = json.loads(FORMATS["json"](diagnosis(text)))
    assert data["findings"][0]["evidence"][0]["text"] == text
    assert data["unexplained"][0]["text"] == text
    long = json.loads(FORMATS["json"](diagnosis(text * 10_000)))
    assert long["findings"][0]["evidence"][0]["text"] == (text * 10_000)[:2000]
    assert long["unexplained"][0]["text"] == (text * 10_000)[:2000]


def test_the_text_has_findings_then_what_is_unexplained_then_what_was_read() -> None:
    """For a terminal: title, summary, cause, evidence with its place, page and playbook."""
    assert FORMATS["text"](diagnosis(caused_by=("toy/cause",), playbook_logs=("app.log", "a b.log"))).splitlines() == [
        "The disk is full: 100 %, really  [toy/disk-full]",
        "  No space left.",
        "  caused by: toy/cause",
        "    app.log:7: error: disk full",
        "  page:     failures/toy/disk-full/  (`faultbook show toy/disk-full`)",
        "  playbook: faultbook run toy/look app.log 'a b.log'",
        "",
        "Not explained by any signature:",
        "    app.log:9: error: disk full (4 alike)",
        "",
        "Read:",
        "    app.log: toy/app-log, 50 lines, 1,000 bytes",
    ]


def test_further_evidence_is_counted() -> None:
    """A few lines are shown, and how many more there are."""
    shown_lines = [line for line in FORMATS["text"](diagnosis(lines=9)).splitlines() if line.startswith("    ")]
    assert shown_lines[:5] == [f"    app.log:{line}: error: disk full" for line in range(7, 11)] + [
        "    ... and 5 more"
    ]
    assert "more" not in FORMATS["text"](diagnosis(lines=4)).split("Not explained")[0]


@pytest.mark.parametrize("form", ["text", "markdown", "github"])
def test_no_known_failure_mode_is_said_only_of_what_was_searched(form: str) -> None:
    """It is an honest answer about a log that was read, and none about one that was not."""
    assert "No known failure mode" in FORMATS[form](NOTHING)
    empty = Diagnosis((LogRead("app.log", None, 0, 0, "is empty"),))
    for nothing_read in (UNREAD, empty, Diagnosis()):
        assert "No known failure mode" not in FORMATS[form](nothing_read)


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("form", ["text", "markdown", "github", "sarif"])
def test_a_terminal_gets_nothing_it_would_obey(form: str, text: str) -> None:
    """Control characters and directions of writing are made visible in every format for people."""
    written = FORMATS[form](diagnosis(text))
    assert [char for char in written if not char.isprintable() and char != "\n"] == []


@pytest.mark.parametrize("text", HOSTILE)
def test_a_line_of_a_log_stays_one_line(text: str) -> None:
    """However many kinds of line ends it has."""
    for form in ("text", "markdown", "github"):
        plain = FORMATS[form](diagnosis("x"))
        assert len(FORMATS[form](diagnosis(text)).splitlines()) == len(plain.splitlines())


@pytest.mark.parametrize("text", HOSTILE)
def test_in_markdown_a_line_of_a_log_is_a_code_span(text: str) -> None:
    """A CommonMark reader shows exactly the line, and nothing of it as markup."""
    page = str(mistune.html(FORMATS["markdown"](diagnosis(text))))
    spans = [html.unescape(span) for span in re.findall(r"<code>(.*?)</code>", page, re.S)]
    assert spans == [
        "toy/disk-full",
        "failures/toy/disk-full/",
        "app.log:7",
        _as_code(shown(text)),
        "app.log:9",
        _as_code(shown(text)),
        "app.log",
    ]
    assert set(re.findall(r"<(/?\w+)", page)) <= {
        "h2",
        "/h2",
        "h3",
        "/h3",
        "p",
        "/p",
        "ul",
        "/ul",
        "li",
        "/li",
        "code",
        "/code",
    }


def _as_code(text: str) -> str:
    """What CommonMark makes of a code span's content: one blank at both ends goes."""
    padded = text.startswith(" ") and text.endswith(" ") and text.strip()
    return text[1:-1] if padded else text


@pytest.mark.parametrize("text", ["`", "``", "a`b``c", "`` ` ``", " x", "x"])
def test_a_code_span_holds_any_text(text: str) -> None:
    """With more backticks around it than in it."""
    (span,) = re.findall(r"<code>(.*?)</code>", str(mistune.html(code(text))))
    assert html.unescape(span) == text


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("path", ["app.log", "a,b:c%.log", "é 💥.log"])
def test_an_annotation_of_github_is_one_command(text: str, path: str) -> None:
    """Properties and message come back as they were; the text cannot start a command of its own."""
    written = FORMATS["github"](diagnosis(text, path))
    (command,) = written.splitlines()
    found = re.fullmatch(r"::error file=([^,:]*),line=7,col=3,title=([^,:]*)::(.*)", command)
    assert found
    assert _decoded(found[1]) == path
    assert _decoded(found[2]) == "The disk is full: 100 %, really [toy/disk-full]"
    assert _decoded(found[3]) == f"No space left.\n{shown(text)}\nfailures/toy/disk-full/"


def _decoded(text: str) -> str:
    """What GitHub makes of an escaped property or message."""
    for escaped, plain in (("%3A", ":"), ("%2C", ","), ("%0D", "\r"), ("%0A", "\n"), ("%25", "%")):
        text = text.replace(escaped, plain)
    return text


def test_sarif_has_a_rule_and_a_result_for_each_finding() -> None:
    """The parts of SARIF 2.1.0 that readers need: schema, tool, rules, places, further evidence."""
    document = json.loads(FORMATS["sarif"](diagnosis(lines=3)))
    assert (document["version"], document["$schema"].rsplit("/", 1)[1]) == ("2.1.0", "sarif-schema-2.1.0.json")
    (run,) = document["runs"]
    assert run["tool"]["driver"]["name"] == "faultbook"
    assert run["columnKind"] == "unicodeCodePoints"
    assert run["tool"]["driver"]["rules"] == [
        {
            "id": "toy/disk-full",
            "shortDescription": {"text": FAILURE.title},
            "fullDescription": {"text": FAILURE.summary},
        }
    ]
    (result,) = run["results"]
    assert (result["ruleId"], result["level"], result["message"]) == (
        "toy/disk-full",
        "error",
        {"text": "No space left."},
    )
    (first,) = result["locations"]
    assert first == {
        "physicalLocation": {
            "artifactLocation": {"uri": "app.log"},
            "region": {"startLine": 7, "startColumn": 3, "snippet": {"text": "error: disk full"}},
        }
    }
    lines = [item["physicalLocation"]["region"]["startLine"] for item in result["relatedLocations"]]
    assert lines == [8, 9]


def test_sarif_without_findings_has_an_empty_run() -> None:
    """An upload clears earlier results."""
    (run,) = json.loads(FORMATS["sarif"](NOTHING))["runs"]
    assert (run["results"], run["tool"]["driver"]["rules"]) == ([], [])


@pytest.mark.parametrize("path", ["a b#c?.log", "/tmp/é.log", "caf\udce9.log", "100%.log"])
def test_the_place_in_sarif_is_a_uri(path: str) -> None:
    """Blanks, signs of a URI and bytes that are no UTF-8 are escaped."""
    document = json.loads(FORMATS["sarif"](diagnosis(path=path)))
    uri = document["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert re.fullmatch(r"[A-Za-z0-9/._~%-]+", uri)
    assert unquote(uri, errors="surrogateescape") == path


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x" * SHOWN, "x" * SHOWN),
        ("x" * (SHOWN + 1), "x" * (SHOWN - 1) + "…"),
        ("a\tb", "a    b"),
        ("\x1b[31m", "\\x1b[31m"),
        ("\u202e", "\\u202e"),
        ("é 💥", "é 💥"),
    ],
)
def test_a_line_is_shown_short_and_harmless(text: str, expected: str) -> None:
    """Cut to a width, tabs as blanks, control characters visible."""
    assert shown(text) == expected
