"""What the caller of a tool got back: MCP results, JSON-RPC errors, HTTP answers.

Read are
- JSON-RPC messages, one or many, on one line or over several, also in an array, also as `data:` lines of a stream;
- the same with what was asked, `{"request": {"tool": ...}, "seconds": 0.2, "response": ...}`, as the samples have it;
- a transcript of HTTP: `POST /p2p/tool {...}`, `HTTP/1.1 200 OK`, headers, the body, and `(30.0 s)`;
- `curl: (28) Operation timed out after 5000 milliseconds`: the caller gave up.

Source of the forms: MCP's CallToolResult as mcp-go v0.30.0 writes it; gin's answers in internal/agent of praxis-go-sdk.
What misleads: `isError` is absent in a good result, and is `false` in every answer that came over P2P.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO, Literal

from faultbook.matcher.line import clean
from faultbook.matcher.source import display_name, lines
from faultbook.problems import Refusal

Kind = Literal["result", "error", "refused", "task", "nothing"]
_LONGEST = 64 << 20
_REQUEST = re.compile(r"(?:GET|POST|DELETE) (/\S*) ?(.*)", re.DOTALL)
_STATUS = re.compile(r"HTTP/[\d.]+ (\d{3})")
_TOOK = re.compile(r"\((\d+(?:\.\d+)?) s\)")
_GAVE_UP = re.compile(r"curl: \(28\) .*?after (\d+) milliseconds")
_SPACE = re.compile(r"[\s,\[\]]*")


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer. `line` is where it begins.

    `kind`: `result`, a tool's result; `error`, a JSON-RPC error; `refused`, an HTTP status of 400 and more; `task`, the
    state of a task; `nothing`, the caller gave up. `is_error` is the result's own word. `text` is the joined text of
    the content, the message of the error, or the last word about the task; `text_line` is the line it stands on.
    `tool` and `arguments` are what was asked, None where the file does not say. `started` and `seconds` are in
    seconds, counted from the first call of the file; None where it does not say. `status` is the HTTP status.
    """

    line: int
    kind: Kind
    text: str
    text_line: int
    is_error: bool = False
    tool: str | None = None
    arguments: dict[str, Any] | None = None
    started: float | None = None
    seconds: float | None = None
    status: int | None = None
    path: str | None = None

    @property
    def says_success(self) -> bool:
        """Whether a caller who looks at nothing else takes it for a success."""
        return self.kind in ("task", "result") and not self.is_error


def read_answers(log: str | Path | BinaryIO) -> Iterator[Answer]:
    """The answers in a file, in their order.

    Raises `Refusal` when it cannot be read, when its JSON is broken, and when it holds no answer at all.
    """
    text = _text(log)
    found = False
    try:
        for answer in _transcript(text) if _is_transcript(text) else _messages(text):
            found = True
            yield answer
    except json.JSONDecodeError as error:
        what = f"{display_name(log)}:{error.lineno}: is not JSON ({error.msg})"
        raise Refusal(what, "Save the whole answer, as the server sent it.") from None
    except RecursionError:
        raise Refusal(f"{display_name(log)}: is nested too deeply", "That is no answer of a tool call.") from None
    if not found:
        remedy = "Save what the server sent: `curl -i ... > http.txt`, or the result of tools/call as JSON."
        raise Refusal(f"{display_name(log)}: holds no answer of a tool call", remedy)


def _text(log: str | Path | BinaryIO) -> str:
    size, parts = 0, []
    for line in lines(log):
        size += len(line.raw)
        if size > _LONGEST:
            raise Refusal(f"{display_name(log)}: is too long for an answer", "Give one answer, or a few.")
        parts.append(clean(line.raw))
    return "\n".join(parts)


def _messages(text: str) -> Iterator[Answer]:
    """The answers in JSON, or in the `data:` lines of an event stream, with the lines they begin on."""
    if not text.lstrip().startswith(("[", "{")):
        text = "\n".join(map(_data, text.split("\n")))
    decoder, at, line = json.JSONDecoder(), 0, 1
    while (start := _SPACE.match(text, at).end()) < len(text):  # type: ignore[union-attr]
        line += text.count("\n", at, start)
        value, at = decoder.raw_decode(text, start)
        answer = _answer(value, text[start:at], line)
        if answer:
            yield answer
        line += text.count("\n", start, at)


def _data(line: str) -> str:
    """The JSON in a `data:` line of an event stream, "" for other lines and other data, such as the address to ask."""
    data = line[5:].strip() if line.startswith("data:") else ""
    return data if data.startswith(("[", "{")) else ""


def _is_transcript(text: str) -> bool:
    return any(_REQUEST.match(line) or _STATUS.match(line) or _GAVE_UP.search(line) for line in text.split("\n")[:50])


def _transcript(text: str) -> Iterator[Answer]:
    """The answers in a transcript of HTTP, one for each exchange."""
    exchange: list[tuple[int, str]] = []
    for number, line in enumerate(text.split("\n"), 1):
        if exchange and (_REQUEST.match(line) or (_STATUS.match(line) and any(map(_is_status, exchange)))):
            yield from _exchanged(exchange)
            exchange = []
        exchange.append((number, line))
    yield from _exchanged(exchange)


def _is_status(line: tuple[int, str]) -> bool:
    return _STATUS.match(line[1]) is not None


def _exchanged(exchange: list[tuple[int, str]]) -> Iterator[Answer]:
    """The answer of one exchange: its body, or that the caller gave up."""
    told: dict[str, Any] = {}
    answer: Answer | None = None
    for at, (number, line) in enumerate(exchange):
        if found := _REQUEST.match(line):
            told |= {"path": found[1], **_asked_for(found[2])}
        elif found := _STATUS.match(line):
            told["status"] = int(found[1])
        elif answer is None and line.removeprefix("data:").lstrip().startswith("{"):
            answer = _body("\n".join(text for _, text in exchange[at:]), number)
        elif found := _TOOK.fullmatch(line):
            told["seconds"] = float(found[1])
        elif found := _GAVE_UP.search(line):
            answer, told["seconds"] = Answer(number, "nothing", line, number), int(found[1]) / 1000
    if answer and told.get("status", 200) >= 400:
        told |= {"kind": "refused", "is_error": True}
    if answer:
        yield replace(answer, **told)


def _body(text: str, line: int) -> Answer | None:
    """The answer that begins `text`. Raises `JSONDecodeError` with the line of the file."""
    start = text.index("{")
    try:
        value, end = json.JSONDecoder().raw_decode(text, start)
    except json.JSONDecodeError as error:
        before = "\n" * (line - 1)
        raise json.JSONDecodeError(error.msg, before + text, len(before) + error.pos) from None
    return _answer(value, text[start:end], line)


def _asked_for(body: str) -> dict[str, Any]:
    """Tool and arguments in the body of a request to /p2p/tool; other requests name none."""
    try:
        asked = json.loads(body)
    except ValueError:
        return {}
    if not isinstance(asked, dict) or not isinstance(asked.get("tool_name"), str):
        return {}
    return {"tool": asked["tool_name"], "arguments": _mapping(asked.get("args"))}


def _answer(value: Any, text: str, line: int) -> Answer | None:
    """The answer in a JSON value, None when it is none; `text` is how it is written, from `line` on."""
    if not isinstance(value, dict):
        return None
    if "request" not in value or "response" not in value:
        return _message(value, text, line)
    response = value["response"]
    told = _message(response, text, line) if isinstance(response, dict) else _unanswered(str(response), text, line)
    return _recorded(told, value) if told else None


def _recorded(answer: Answer, value: dict[str, Any]) -> Answer:
    """The answer of a recorded call, with what was asked, when, and how long it took."""
    request = _mapping(value["request"])
    return replace(
        answer,
        tool=_word(request.get("tool")),
        arguments=_mapping(request.get("arguments")),
        started=_number(value.get("started_s")),
        seconds=_number(value.get("seconds")),
    )


def _unanswered(words: str, text: str, line: int) -> Answer:
    """A recorded call without an answer; `words` say so."""
    return Answer(line, "nothing", words, _line_of(text, '"response":', line))


def _message(value: dict[str, Any], text: str, line: int) -> Answer | None:
    """The answer in a JSON-RPC message, in an answer of the agent's HTTP server, or in a bare result."""
    error = value.get("error")
    if error is not None:
        words = error.get("message") if isinstance(error, dict) else error
        return Answer(line, "error", str(words), _line_of(text, '"message":', line), True)
    result = _mapping(value.get("result", value))
    result = _mapping(result.get("result", result))  # over P2P there is one more wrapping
    content, state = result.get("content"), _mapping(result.get("status")).get("state")
    if isinstance(content, list):
        words = "\n".join(str(_mapping(part).get("text", "")) for part in content)
        return Answer(line, "result", words, _line_of(text, '"text":', line), result.get("isError") is True)
    return Answer(line, "task", _said(result, str(state)), line, state == "failed") if state else None


def _said(task: dict[str, Any], state: str) -> str:
    """The last word about a task, or else its state."""
    parts = _mapping(_mapping(task.get("status")).get("message")).get("parts")
    words = [str(_mapping(part).get("text", "")) for part in parts] if isinstance(parts, list) else []
    return f"{state}: {' '.join(words)}" if words else state


def _line_of(text: str, key: str, line: int) -> int:
    """The line on which `key` stands, or else the first one."""
    at = text.find(key)
    return line + text.count("\n", 0, at) if at >= 0 else line


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _word(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
