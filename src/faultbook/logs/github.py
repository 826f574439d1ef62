"""The checks of a commit, as GitHub and Dagger Cloud answer them: which check failed, and in which trace to look.

    gh api repos/OWNER/REPO/commits/SHA/status         {"state": ..., "statuses": [{"context": ..., "state": ...}]}
    gh api repos/OWNER/REPO/commits/SHA/statuses       [{"context": ..., "state": ...}]
    gh api repos/OWNER/REPO/commits/SHA/check-runs     {"check_runs": [{"name": ..., "status": ..., "conclusion": ...}]}
    POST https://api.dagger.cloud/query                {"data": {"org": {"moduleChecks": [{"checks": [...]}]}}}

Sources: GitHub's REST API, "commit statuses" and "check runs"; `internal/cloud/checks.go` of Dagger v1.0.0-beta.11.
The addresses are those which `internal/cmd/dagger/cloud_checks.go` and `cloud_rerun.go` build. An answer has kilobytes,
so it is read at once. Several in one file (`gh api --paginate`, with or without `--slurp`) are read one after another.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Literal

from faultbook.matcher.line import strip_escapes
from faultbook.matcher.source import BLOCK, display_name, opened
from faultbook.problems import Refusal

LIMIT = 50_000_000
"""Bytes of the text of an answer; a longer one is refused."""

Source = Literal["status", "check run", "cloud"]

_NOT_DONE = ["cancelled", "canceled", "timed_out", "startup_failure", "action_required"]
_FAILED = frozenset(["failure", "failed", "error", "errored", *_NOT_DONE])
_TRACE = re.compile(r"https://dagger\.cloud/(?:(?P<org>[^/?#]+)/)?traces/(?P<trace>[0-9a-fA-F]{32})(?![0-9a-zA-Z])")
_CHECKS = re.compile(r"https://dagger\.cloud/(?P<org>[^/?#]+)/checks/(?P<module>[^?#]+)")
_TRACE_ID = re.compile(r"[0-9a-fA-F]{32}")
_AGAIN = "Save the answer again, for example: gh api repos/OWNER/REPO/commits/SHA/status > statuses.json"


@dataclass(frozen=True, slots=True)
class Check:
    """One check of a commit; a text the answer does not have is "".

    `state` is as the answer says it; of a check run its conclusion, or its status while there is none. `trace` is a
    trace id of Dagger Cloud, 32 lower-case hexadecimal digits, `organisation` the one it belongs to. `module` is
    `<module>@<version>`, what Dagger Cloud has to be asked for where there is no trace.
    """

    source: Source
    name: str
    state: str
    description: str = ""
    target_url: str = ""
    trace: str = ""
    organisation: str = ""
    module: str = ""

    @property
    def failed(self) -> bool:
        """Whether the check ended, and not well; one that still runs, was skipped or is neutral has not failed."""
        return self.state.lower() in _FAILED


def read_checks(log: str | Path | BinaryIO) -> Iterator[Check]:
    """The checks of an answer, in its order.

    Raises `Refusal` when it cannot be read, is longer than LIMIT, is no JSON, or is another answer than those above.
    """
    answer = _Answer(display_name(log))
    return iter([check for value in answer.values(_text(log)) for check in answer.checks(value)])


def _text(log: str | Path | BinaryIO) -> str:
    """The whole text of the answer."""
    data = bytearray()
    with opened(log) as stream:
        while part := stream.read(BLOCK):
            data += part
            if len(data) > LIMIT:
                what = f"{display_name(log)}: is longer than {LIMIT // 1_000_000} MB"
                raise Refusal(what, "This is no answer about the checks of a commit. " + _AGAIN)
    return strip_escapes(data.decode("utf-8-sig", "replace")).strip()


@dataclass(frozen=True)
class _Answer:
    """Takes the values of a file apart; every complaint names the file."""

    name: str

    def values(self, text: str) -> Iterator[Any]:
        """The JSON values of the text, one after another."""
        if not text:
            raise self._refusal("is empty", _AGAIN)
        if text.startswith("<"):
            raise self._refusal("is HTML, not JSON", "A page of the web site was saved, or a proxy answered. " + _AGAIN)
        at = 0
        while at < len(text):
            value, at = self._value(text, at)
            yield value

    def _value(self, text: str, at: int) -> tuple[Any, int]:
        try:
            value, end = json.JSONDecoder().raw_decode(text, at)
        except json.JSONDecodeError as error:
            raise self._damaged(text, error) from None
        except (ValueError, RecursionError) as error:  # a number of thousands of digits; thousands of brackets
            raise self._refusal(f"is JSON that nobody meant ({error})", _AGAIN) from None
        while end < len(text) and text[end].isspace():
            end += 1
        return value, end

    def _damaged(self, text: str, error: json.JSONDecodeError) -> Refusal:
        ends = error.pos >= len(text) or error.msg.startswith("Unterminated string")
        what = "the JSON breaks off" if ends else f"is no JSON ({error.msg})"
        return self._refusal(f"{what} at line {error.lineno}, column {error.colno}", _AGAIN)

    def checks(self, value: Any) -> Iterator[Check]:
        """The checks in one value: an answer, a list of statuses, or a list of answers (`--slurp`)."""
        if not isinstance(value, list):
            yield from self._of_object(value)
            return
        for item in value:
            if isinstance(item, dict) and "context" in item:
                yield self._status(item)
            else:
                yield from self._of_object(item)

    def _of_object(self, value: Any) -> Iterator[Check]:
        answer = self._mapping(value, "the answer")
        if "statuses" in answer:
            yield from self._items(answer, "statuses", self._status)
        elif "check_runs" in answer:
            yield from self._items(answer, "check_runs", self._check_run)
        elif "data" in answer or "errors" in answer:
            yield from self._of_cloud(answer)
        else:
            raise self._other(answer)

    def _items(self, holder: dict[str, Any], key: str, read: Callable[[dict[str, Any]], Check]) -> Iterator[Check]:
        for number, item in enumerate(self._list(holder, key), 1):
            yield read(self._mapping(item, f"item {number} of {key}"))

    def _of_cloud(self, answer: dict[str, Any]) -> Iterator[Check]:
        data = answer.get("data")
        org = data.get("org") if isinstance(data, dict) else None
        if org is None:
            said = _first_message(answer.get("errors")) or "no organisation of this name"
            raise self._refusal(f"Dagger Cloud answered: {said}", "Check the name of the organisation, and log in.")
        for commit in self._list(self._mapping(org, "org"), "moduleChecks"):
            yield from self._items(self._mapping(commit, "an item of moduleChecks"), "checks", self._cloud_check)

    def _other(self, answer: dict[str, Any]) -> Refusal:
        said = answer.get("message")
        if isinstance(said, str):
            remedy = "Check the repository, the commit and `gh auth status`."
            return self._refusal(f"GitHub answered {said[:200]!r} instead of checks", remedy)
        return self._refusal("holds neither statuses nor check_runs nor moduleChecks", _AGAIN)

    def _status(self, item: dict[str, Any]) -> Check:
        url = self._word(item, "target_url")
        described = self._word(item, "description")
        return _linked("status", self._needed(item, "context"), self._needed(item, "state"), described, url)

    def _check_run(self, item: dict[str, Any]) -> Check:
        state = self._word(item, "conclusion") or self._needed(item, "status")
        output = item.get("output")
        title = self._word(self._mapping(output, "output"), "title") if output is not None else ""
        return _linked("check run", self._needed(item, "name"), state, title, self._word(item, "details_url"))

    def _cloud_check(self, item: dict[str, Any]) -> Check:
        trace = self._word(item, "traceId")
        module, version = self._word(item, "moduleRef"), self._word(item, "moduleVersion")
        return Check(
            source="cloud",
            name=self._needed(item, "name"),
            state=self._needed(item, "status"),
            trace=trace.lower() if _TRACE_ID.fullmatch(trace) else "",
            module=f"{module}@{version}" if module and version else module,
        )

    def _needed(self, item: dict[str, Any], key: str) -> str:
        word = self._word(item, key)
        if not word:
            raise self._refusal(f"a check has no {key}", _AGAIN)
        return word

    def _word(self, item: dict[str, Any], key: str) -> str:
        value = item.get(key)
        if value is None or isinstance(value, str):
            return value or ""
        raise self._refusal(f"{key} is {_kind(value)}, not a text", _AGAIN)

    def _list(self, holder: dict[str, Any], key: str) -> list[Any]:
        value = holder.get(key)
        if isinstance(value, list):
            return value
        raise self._refusal(f"{key} is {_kind(value)}, not a list", _AGAIN)

    def _mapping(self, value: Any, what: str) -> dict[str, Any]:
        if isinstance(value, dict):
            return value
        raise self._refusal(f"{what} is {_kind(value)}, not an object", _AGAIN)

    def _refusal(self, what: str, remedy: str) -> Refusal:
        return Refusal(f"{self.name}: {what}", remedy)


def _linked(source: Source, name: str, state: str, description: str, url: str) -> Check:
    """A check with what its address says."""
    if found := _TRACE.match(url):
        return Check(source, name, state, description, url, found["trace"].lower(), found["org"] or "")
    if found := _CHECKS.match(url):
        return Check(source, name, state, description, url, "", found["org"], found["module"])
    return Check(source, name, state, description, url)


def _first_message(errors: Any) -> str:
    """The first message of GraphQL errors."""
    first = errors[0] if isinstance(errors, list) and errors else None
    said = first.get("message") if isinstance(first, dict) else None
    return repr(said[:200]) if isinstance(said, str) else ""


def _kind(value: Any) -> str:
    """What a JSON value is, in words."""
    names = {str: "a text", bool: "true or false", list: "a list", dict: "an object", type(None): "missing"}
    return names.get(type(value), "a number")
