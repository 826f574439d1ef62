"""The access log of a registry."""

import io
from datetime import UTC, datetime
from pathlib import Path

from faultbook.logs.registry import read_registry

SAMPLES = Path(__file__).parents[2] / "playbooks" / "samples" / "dagger"


def test_a_pull_request_by_request() -> None:
    """The tag first, then manifest, configuration and layer by digest; a push by another tool in between."""
    requests = list(read_registry(SAMPLES / "lock-second-lookup-live" / "registry.log"))
    assert [(one.line, one.method, one.kind, one.reference[:8]) for one in requests if one.is_by_engine] == [
        (1, "HEAD", "manifests", "1"),
        (6, "HEAD", "manifests", "1"),
        (7, "GET", "manifests", "sha256:9"),
        (8, "GET", "blobs", "sha256:c"),
        (9, "HEAD", "manifests", "sha256:9"),
        (10, "GET", "blobs", "sha256:d"),
    ]
    assert requests[0].time == datetime(2026, 11, 21, 5, 0, 25, tzinfo=UTC)
    assert (requests[1].kind, requests[1].agent, requests[4].status) == ("", "skopeo/1.9.3", 201)


def test_the_answer_is_kept() -> None:
    """A digest that is gone."""
    first, second = read_registry(SAMPLES / "lock-pinned-digest-gone" / "registry.log")
    assert (first.repository, first.status, first.by_digest) == ("demo/app", 404, True)
    assert second.kind == "blobs"


def test_lines_of_another_kind_are_passed_over() -> None:
    """Other pages of the web server, cut lines, dates that are none."""
    log = b'x - - [21/Nov/2026:04:53:14 +0000] "GET /favicon.ico HTTP/1.1" 200 1 "" "a"\n'
    log += b'x - - [31/Feb/2026:04:53:14 +0000] "GET /v2/a/b/manifests/c HTTP/1.1" 200 1\n' + b"x - - [21/Nov"
    (one,) = read_registry(io.BytesIO(log))
    assert (one.line, one.time, one.repository, one.agent) == (2, None, "a/b", "")
