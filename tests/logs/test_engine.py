"""Records of engine logs, and the containers they tell of."""

import io
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path

import pytest

from faultbook.logs.engine import Container, Record, containers, read_engine
from faultbook.problems import Refusal

SAMPLES = Path(__file__).parents[2] / "playbooks" / "samples" / "dagger"
ENGINE_LOGS = sorted(SAMPLES.glob("*/engine*.log"))


def engine(slug: str) -> list[Record]:
    return list(read_engine(SAMPLES / slug / "engine.log"))


def read(text: str | bytes) -> list[Record]:
    return list(read_engine(io.BytesIO(text.encode() if isinstance(text, str) else text)))


def containers_of(slug: str) -> list[Container]:
    return list(containers(engine(slug)))


@pytest.mark.parametrize("log", ENGINE_LOGS, ids=lambda path: path.parent.name)
def test_every_line_is_read(log: Path) -> None:
    """Both formats give level, time and fields; what has no level is a line of the kinds that have none."""
    for record in read_engine(log):
        if record.level:
            assert record.time
            assert record.time.tzinfo is UTC
            assert record.fields or record.text.endswith('"')  # nothing stands behind the message
        else:
            assert not record.text.startswith("time=")


def test_logrus_line() -> None:
    """Whole seconds, lower-case level, quoted values without their quotes."""
    record = engine("exec-exit-code")[33]
    assert (record.line, record.level, record.message) == (34, "info", "container done")
    assert record.time == datetime(2026, 11, 21, 4, 54, 15, tzinfo=UTC)
    assert record.fields["args"] == "[/.init /bin/sh -c echo out; echo err >&2; exit 3]"
    assert record.fields["id"] == "yqt2gnok1nezge2zsj6z36caj"


def test_slog_line() -> None:
    """Milliseconds; WARN is called as logrus calls it; escapes of a stack are resolved."""
    record = engine("exec-exit-code")[35]
    assert (record.level, record.message) == ("warning", "process did not complete successfully")
    assert record.time == datetime(2026, 11, 21, 4, 54, 15, 145000, tzinfo=UTC)
    assert record.fields["error"].startswith("exit code: 3\ngithub.com/dagger/dagger/")


def test_values_without_quotes() -> None:
    """Plain values, empty ones, and one with an equals sign in it."""
    (record,) = read("time=2026-11-21T04:54:15+01:00 level=DEBUG-1 msg=done err=<nil> a= b=c=d\n")
    assert record.fields == {"err": "<nil>", "a": "", "b": "c=d"}
    assert (record.level, record.message) == ("debug-1", "done")
    assert record.time == datetime(2026, 11, 21, 3, 54, 15, tzinfo=UTC)


def test_quoted_values() -> None:
    """Go's escapes, an equals sign and a key inside quotes."""
    (record,) = read(
        'time="2026-11-21T04:54:15Z" level=info msg="a \\"b\\" \\\\n" x="k=v y=\\"1\\"\\t\\u00e9\\x41" z=1\n'
    )
    assert record.message == 'a "b" \\n'
    assert record.fields == {"x": 'k=v y="1"\té\x41', "z": "1"}


def test_plain_lines() -> None:
    """A line in neither format is its own message."""
    record = read("dnsmasq exited: signal: killed\n")[0]
    assert (record.level, record.time, record.fields) == (None, None, {})
    assert record.message == "dnsmasq exited: signal: killed"


@pytest.mark.parametrize(
    "text",
    ['time="2026-11-21T04:', 'time=never level=INFO msg="x" a=1', 'time=2026-11-21T04:54:15Z level=INFO msg="cut in'],
)
def test_damaged_lines(text: str) -> None:
    """What is cut or mistyped is read as far as it goes."""
    (record,) = read(text)
    assert record.time is None or record.time.year == 2026
    assert isinstance(record.fields, dict)


def test_failed_container() -> None:
    """Start and end are joined; the error is cut before the stack."""
    assert containers_of("exec-exit-code") == [
        Container(
            id="yqt2gnok1nezge2zsj6z36caj",
            command="/bin/sh -c echo out; echo err >&2; exit 3",
            call="xxh3:eb3dd531598ddfe4",
            trace="9a9d1b6030c922b530170102f29a09ca",
            span="059ae261612aa034",
            session="b82g31mkqs9le7zcgbyii8odt",
            client="fggopz460fgd5t5udy874lle3",
            start=datetime(2026, 11, 21, 4, 54, 15, tzinfo=UTC),
            start_line=33,
            end=datetime(2026, 11, 21, 4, 54, 15, tzinfo=UTC),
            end_line=34,
            error="exit code: 3",
        )
    ]


@pytest.mark.parametrize(
    ("slug", "ends"),
    [
        ("exec-exit-code", [(3, None)]),
        ("exec-oom-killed", [(137, None)]),
        ("session-longer-than-30s", [(0, None)]),
        ("cancelled-by-user", [(137, "context canceled")]),
        ("engine-sigterm-during-call", [(137, "engine is shutting down")]),
        ("healthy-service", [(0, None), (137, None)]),
        ("healthy-cached-run", []),
    ],
)
def test_how_containers_end(slug: str, ends: list[tuple[int, str | None]]) -> None:
    """The exit code, and who ended it if the engine says so; a cached run starts none."""
    assert [(container.exit_code, container.stopped_by) for container in containers_of(slug)] == ends


def test_container_that_never_ends() -> None:
    """It comes last, with no end, no error and no exit code."""
    started = 'time="2026-11-21T04:54:15Z" level=info msg="starting container" args="[/.init sleep 9]" id=%s\n'
    done = 'time="2026-11-21T04:54:16Z" level=info msg="container done" args="[/.init sleep 9]" error="<nil>" id=%s\n'
    ended, running = containers(read(started % "lost" + started % "well" + done % "well"))
    assert (ended.id, ended.exit_code, ended.error) == ("well", 0, None)
    assert (running.id, running.end, running.end_line, running.exit_code) == ("lost", None, None, None)


def test_container_whose_start_is_cut_off() -> None:
    """A log that begins too late still tells how it ended."""
    (ended,) = containers(
        read('time="2026-11-21T04:54:16Z" level=info msg="container done" error="exit code: 2" id=x\n')
    )
    assert (ended.start, ended.start_line, ended.exit_code) == (None, None, 2)


def test_colours_carriage_returns_and_time_stamps_in_front() -> None:
    """What terminals and `docker logs --timestamps` add is taken away."""
    line = "2026-11-21T05:39:03.618Z \x1b[1mtime=2026-11-21T04:54:15Z level=INFO msg=x\x1b[0m a=1\r\n"
    (record,) = read(line)
    assert (record.level, record.message, record.fields) == ("info", "x", {"a": "1"})


def test_invalid_utf8_and_empty_log() -> None:
    """Neither raises."""
    assert read(b'time=2026-11-21T04:54:15Z level=INFO msg="\xff"\n')[0].message == "\ufffd"
    assert read("") == []
    with pytest.raises(Refusal, match=r"no-such\.log"):
        next(read_engine("no-such.log"))


def test_memory_stays_flat() -> None:
    """Of 20 MB never more than a few are held."""
    one = (SAMPLES / "exec-exit-code" / "engine.log").read_bytes()
    log = io.BytesIO(one * (20_000_000 // len(one) + 1))
    tracemalloc.start()
    try:
        assert sum(1 for _ in containers(read_engine(log))) > 1000
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()
