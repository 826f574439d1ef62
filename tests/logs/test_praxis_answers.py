"""What callers got: the captured answers, and the forms in which people save them."""

import json
from pathlib import Path

import pytest

from faultbook.logs.praxis.answers import Answer, read_answers
from faultbook.problems import Refusal

SAMPLES = Path(__file__).parents[2] / "playbooks" / "samples" / "praxis"
GOOD = {"jsonrpc": "2.0", "id": 1, "result": {"content": [{"type": "text", "text": "hi\n"}]}}
BAD = {
    "jsonrpc": "2.0",
    "id": 2,
    "result": {"content": [{"type": "text", "text": "dagger execution failed: "}], "isError": True},
}


def answers(tmp_path: Path, text: str) -> list[Answer]:
    path = tmp_path / "answer.txt"
    path.write_text(text, encoding="utf-8")
    return list(read_answers(path))


def of(sample: str, file: str = "response.json") -> list[Answer]:
    return list(read_answers(SAMPLES / sample / file))


def test_all_answers_of_the_samples() -> None:
    """None is lost: as many as there are answers in the files."""
    recorded = [len(json.loads(path.read_text())) for path in SAMPLES.glob("*/response.json")]
    assert sum(len(list(read_answers(path))) for path in SAMPLES.glob("*/response.json")) == sum(recorded)
    exchanges = [path.read_text().count("HTTP/1.1 ") for path in SAMPLES.glob("*/http.txt")]
    assert sum(len(list(read_answers(path))) for path in SAMPLES.glob("*/http.txt")) == sum(exchanges)


def test_a_recorded_call() -> None:
    """With the line of its text, when it was asked for, and how long it took."""
    first, second, _third = of("session-dead-second-call-head")
    assert (first.tool, first.kind, first.text, first.says_success) == ("hello", "result", "one\n", True)
    assert (second.line, second.text_line, second.started, second.seconds) == (22, 36, 0.513, 0.002)
    assert second.is_error and not second.says_success


@pytest.mark.parametrize(
    ("sample", "file", "kind", "tool", "is_error", "text"),
    [
        ("exec-long-running-head", "response.json", "nothing", "train", False, "no answer within 5 s"),
        (
            "unknown-engine-head",
            "response.json",
            "error",
            "write_file",
            True,
            "tool 'write_file' not found: tool not found",
        ),
        ("p2p-deadline-head", "http.txt", "result", "train", False, "Tool train executed successfully"),
        ("p2p-peer-gone-head", "http.txt", "refused", "hello", True, "failed to open tool stream: failed to dial"),
        ("execute-only-plans-head", "http.txt", "task", None, False, "working"),
        ("execute-legacy-dsl-rejected-head", "http.txt", "error", None, True, "Invalid message format: "),
    ],
)
def test_kinds(sample: str, file: str, kind: str, tool: str | None, is_error: bool, text: str) -> None:
    """The first answer of a sample of each kind."""
    answer = of(sample, file)[0]
    assert (answer.kind, answer.tool, answer.is_error) == (kind, tool, is_error) and answer.text.startswith(text)


def test_a_task_has_its_last_word() -> None:
    """Completed is called a success; failed is none."""
    assert of("execute-only-plans-v0-2-0", "http.txt")[-1].text == "completed: Task completed successfully"
    failed = of("execute-legacy-dsl-rejected-v0-2-0", "http.txt")[-1]
    assert (failed.text, failed.is_error) == ("failed: Failed to analyze request: failed to tokenize DSL", True)


def test_forms_of_messages(tmp_path: Path) -> None:
    """One message, one for each line, an array, spread over lines, and an event stream."""
    forms = {
        json.dumps(GOOD): [1],
        f"{json.dumps(GOOD)}\n{json.dumps(BAD)}\n": [1, 2],
        json.dumps([GOOD, BAD]): [1, 1],
        json.dumps([GOOD, BAD], indent=1): [2, 14],
        f"event: endpoint\ndata: /message?sessionId=1\n\nevent: message\ndata: {json.dumps(BAD)}\n\n": [5],
        f": ping\r\n\r\nevent: message\r\ndata:{json.dumps(GOOD)}\r\n": [4],
        json.dumps(GOOD["result"]): [1],
    }
    for text, lines in forms.items():
        assert [answer.line for answer in answers(tmp_path, text)] == lines, text


def test_forms_of_http(tmp_path: Path) -> None:
    """Headers without a request, a body over several lines, and a caller that gave up."""
    body = json.dumps({"result": {"id": "1", "result": GOOD["result"]}}, indent=1)
    (answer,) = answers(tmp_path, f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{body}\n")
    assert (answer.line, answer.text_line, answer.status, answer.text) == (4, 11, 200, "hi\n")
    (answer,) = answers(tmp_path, "curl: (28) Operation timed out after 5001 milliseconds with 0 bytes received\n")
    assert (answer.kind, answer.seconds) == ("nothing", 5.001)
    (answer,) = answers(tmp_path, 'HTTP/1.1 503 Service Unavailable\n\n{"error":"MCP server not initialized"}\n')
    assert (answer.kind, answer.is_error, answer.text) == ("refused", True, "MCP server not initialized")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ('[\n{"jsonrpc": "2.0",\n', ":2: is not JSON"),
        ('POST /execute x\nHTTP/1.1 200 OK\n\n{"result": {\n', ":4: is not JSON"),
        ("", "holds no answer"),
        ("<html>502 Bad Gateway</html>", "holds no answer"),
        ('{"servers": []}', "holds no answer"),
        ('{"a":' * 200_000, "nested too deeply"),
    ],
)
def test_what_is_no_answer_is_refused(tmp_path: Path, text: str, what: str) -> None:
    """With the file, the line and what to do."""
    with pytest.raises(Refusal) as caught:
        answers(tmp_path, text)
    assert what in caught.value.what and "answer.txt" in caught.value.what and caught.value.remedy


def test_values_of_other_types_do_no_harm(tmp_path: Path) -> None:
    """JSON that has the names and not the types."""
    for value in (
        {"jsonrpc": "2.0", "result": {"content": [1, {"text": 2}, None]}},
        {"request": [], "response": {"result": {"content": []}}, "seconds": "x", "started_s": True},
        {"result": {"status": {"state": "working", "message": {"parts": 7}}}},
        {"error": ["a"]},
    ):
        assert len(answers(tmp_path, json.dumps(value))) == 1
