"""The reader of ended calls, on captured engine logs."""

from io import BytesIO
from pathlib import Path

import pytest

from faultbook.logs.calls import read_ended_calls
from faultbook.problems import Refusal

SAMPLES = Path(__file__).parents[2] / "playbooks" / "samples" / "dagger"


def test_the_calls_of_a_session_at_v1_say_whether_they_were_hits() -> None:
    """The run with the same input: all of its container is kept, its stdout is not."""
    calls = list(read_ended_calls(SAMPLES / "cache-miss-series-v1" / "engine.2-same.log"))
    container = [
        (call.field, call.cached) for call in calls if call.field.startswith(("Container.", "Query.container"))
    ]
    assert container == [
        ("Query.container", True),
        ("Container.withRootfs", True),
        ("Container.withDirectory", True),
        ("Container.withEnvVariable", True),
        ("Container.withExec", True),
        ("Container.withExec", True),
        ("Container.stdout", False),
    ]
    assert {call.session for call in calls} == {"vp95pd5k926ah9e6b9lbtai8w"}


def test_v0_21_does_not_say_whether_a_call_was_a_hit() -> None:
    """Digest and line are there, `cached` is not."""
    calls = list(read_ended_calls(SAMPLES / "cache-miss-series" / "engine.2-same.log"))
    assert {call.cached for call in calls} == {None}
    last = calls[-1]
    assert (last.field, last.digest, last.line) == ("Container.stdout", "xxh3:e3c3172b7503a462", 47)


def test_other_lines_are_no_calls() -> None:
    """A start is no end, and a line without fields is passed over."""
    text = b'time=2026-11-21T06:14:16.162Z level=INFO msg="start call" field=Query.host digest=xxh3:1\nend call\n'
    assert list(read_ended_calls(BytesIO(text))) == []


def test_a_log_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """With a name and what to do."""
    with pytest.raises(Refusal):
        list(read_ended_calls(tmp_path / "none.log"))
