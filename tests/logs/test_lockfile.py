"""The reader and the checker of lock files, held against what the engines said of the same files."""

import io
import re
from pathlib import Path

import pytest

from faultbook.logs.lockcheck import Checked, check, in_effect
from faultbook.logs.lockfile import entries_of, read_lockfile
from faultbook.logs.lockrecords import NEW, OLD, Blank, Entry, Fault, Header, Marker
from faultbook.logs.lockvalues import digest_error, meaning, wide_key
from faultbook.problems import Refusal

SAMPLES = Path(__file__).parents[2] / "playbooks" / "samples" / "dagger"
FILES = sorted(file for file in SAMPLES.glob("*/lockfile.*"))
NOT_READ = {"lock-corrupt-but-disabled"}
"""Runs that passed although the file cannot be read: nobody read it."""
ONE, TWO = b'[["version","1"]]\n', b'[["version","2"]]\n'
SHA = "2febef9632e34bf27ac594eaa80ca04c64519d88"
DIGEST = f"sha256:{'4e' * 32}"


def image(name: str, pin: str = DIGEST, policy: str | None = "pin") -> bytes:
    tail = f',"{policy}"' if policy else ""
    return f'["","container.from",["{name}","linux/amd64"],"{pin}"{tail}]\n'.encode()


def checked(data: bytes) -> Checked:
    return check(read_lockfile(io.BytesIO(data)))


def whats(data: bytes) -> list[tuple[int, str]]:
    return [(fault.line, fault.what) for fault in checked(data).faults]


def engine_of(sample: str) -> str:
    return NEW if sample.endswith("-v1") else OLD


def words_of(sample: str) -> str | None:
    """What the engine said of the lock file, from the closing error of the run."""
    log = (SAMPLES / sample / "cli.log").read_text(encoding="utf-8")
    found = re.search(
        r"^Error: .*?(?:lockfile: (?:parsing lock: )?|(?=invalid lock digest|invalid locked commit))(.+)$", log, re.M
    )
    return found[1] if found and "reading lock" not in found[1] else None


def refusal(data: Checked, engine: str) -> Fault | None:
    """Why a run with this engine would fail: the file, or else an entry."""
    return data.refusal(engine) or next((one for one in data.faults if one.stops == "entry" and engine in one.by), None)


def test_there_are_lock_files() -> None:
    """The tests below would pass on none."""
    assert len(FILES) > 150 and sum(words_of(file.parent.name) is not None for file in FILES) > 50


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_the_checker_agrees_with_the_engine(file: Path) -> None:
    """On every captured file: what the engine refused is refused, in its own words, and nothing else is."""
    sample = file.parent.name
    found, said = refusal(check(read_lockfile(file)), engine_of(sample)), words_of(sample)
    if said is not None:
        assert found and said.endswith(found.message) and found.message
    elif sample in NOT_READ or ("corrupted-while-running" in sample and file.name == "lockfile.after"):
        assert found
    else:
        assert found is None


@pytest.mark.parametrize("sample", ["lock-corrupted-while-running", "lock-corrupted-while-running-v1"])
def test_the_file_that_broke_meanwhile(sample: str) -> None:
    """The flush failed with the words the checker has for the file after the run."""
    found = check(read_lockfile(SAMPLES / sample / "lockfile.after")).refusal(engine_of(sample))
    assert found and f"parsing lock: {found.message}" in (SAMPLES / sample / "engine.log").read_text(encoding="utf-8")


def was_written(file: Path) -> bool:
    log = file.with_name("engine.log")
    return log.exists() and b"exporting local file" in log.read_bytes() and b"failed to flush" not in log.read_bytes()


@pytest.mark.parametrize(
    "file", sorted(filter(was_written, SAMPLES.glob("lock-*/lockfile.after"))), ids=lambda file: file.parent.name
)
def test_what_an_engine_wrote_is_canonical(file: Path) -> None:
    """The reader writes an entry as the engine does, byte for byte, and has nothing to remark."""
    data = check(read_lockfile(file))
    assert (data.faults, data.remarks) == ((), ())
    header = f'[["version","{data.versions[0]}"]]'
    assert file.read_text(encoding="utf-8") == "\n".join([header, *(entry.canonical for entry in data.entries)])


def test_the_records_of_a_file() -> None:
    """Header, entries with their lines, and nothing else."""
    header, branch, head, ref, tag = read_lockfile(SAMPLES / "lock-live-git-lookups" / "lockfile.after")
    assert header == Header(1, "1")
    assert isinstance(branch, Entry) and isinstance(head, Entry)
    assert (branch.line, branch.operation, branch.inputs) == (2, "git.branch", ("git://127.0.0.1/lib.git", "main"))
    assert (branch.pin, branch.policy) == (SHA, "float")
    assert head.lookup == "git.head [git://127.0.0.1/lib.git]"
    assert isinstance(tag, Entry) and meaning(tag) == f"v1.0 of git://127.0.0.1/lib.git is commit {SHA}; pinned"
    assert isinstance(ref, Entry) and wide_key(ref) != wide_key(branch)


def test_format_2_has_no_policy() -> None:
    """The commit is inside the value."""
    entries = list(entries_of(SAMPLES / "lock-git-lookups-v1" / "lockfile.after"))
    assert {entry.policy for entry in entries} == {None}
    assert entries[3].pin == SHA and entries[3].value == {"ref": "refs/tags/v1.0", "sha": SHA}


def test_one_key_for_both_formats() -> None:
    """What v0.21.8 called a branch is what v1 calls a reference."""
    old = {wide_key(one) for one in entries_of(SAMPLES / "lock-live-git-lookups" / "lockfile.after")}
    new = {wide_key(one) for one in entries_of(SAMPLES / "lock-git-lookups-v1" / "lockfile.after")}
    assert old == new


def test_strict_reading_stops_at_the_first_fault() -> None:
    """With the line and what to do."""
    path = SAMPLES / "lock-parse-truncated-line" / "lockfile.before"
    with pytest.raises(Refusal) as refused:
        list(entries_of(path))
    assert str(refused.value).startswith(f"{path}:3: the line is cut\n    Delete the line and run")


def test_every_fault_is_found_not_only_the_first() -> None:
    """Each with its line, in the order of the file."""
    data = ONE + b'["","x"]\n' + image("a:1") + b'["","container.from",\n' + b'[1,"a",[],"b","pin"]\n' + b"null\n"
    assert whats(data) == [
        (2, "the entry has 2 fields, format 1 has 5"),
        (4, "the line is cut"),
        (5, "the namespace is no text"),
        (6, "the entry is no list"),
    ]
    assert all(fault.problem("lock").path == "lock" and fault.remedy for fault in checked(data).faults)


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", []),
        (b"\n \r\n", []),
        (b"\0" * 400, [(1, "this is not the version header")]),
        (b"\xef\xbb\xbf" + ONE + image("a:1"), [(1, "a byte order mark stands before the header")]),
        (
            b'["version","1"]\n',
            [(1, "the version header is missing"), (1, "the entry has 2 fields, format unknown has 5 or 4")],
        ),
        (b'[["version",1]]\n', [(1, "the version header is missing")]),
        (b'[["version","1","2"]]\n', [(1, "the version header is missing")]),
        (b'[["version","10"]]\n', [(1, "nobody here reads format 10")]),
        (ONE + ONE, [(2, "the entry has 1 field, format 1 has 5")]),
        (ONE + b'["","a",["b"],"c","pin"] x\n', [(2, "the line is no JSON")]),
        (ONE + b'["","a",[NaN],"c","pin"]\n', [(2, "the line is no JSON")]),
        (ONE + b'["","a",[[1,{"k":1}]],"c","pin"]\n', [(2, "an input is an object; lists and texts only")]),
        (ONE + b'["","a",["b"],"c",1]\n', [(2, "the policy is no text")]),
        (ONE + image("a:1", policy="pinned"), [(2, 'the policy is "pinned"; pin or float is wanted')]),
        (ONE + image("a:1", pin=""), [(2, "the entry has no value")]),
        (ONE + b'["","a",["b"],{"sha":"c"},"pin"]\n', [(2, "the value is an object, which format 1 does not have")]),
        (
            ONE + b'["","git.head",["u","v"],"' + SHA.encode() + b'","pin"]\n',
            [(2, "git.head has 1 input, texts that are not empty")],
        ),
        (TWO + b'["","git.ref",["u","v"],"' + SHA.encode() + b'"]\n', [(2, 'the value is not {"ref":...,"sha":...}')]),
        (TWO + image("a:1", "latest", None), [(2, "the value is no digest: invalid checksum digest format")]),
        (TWO + b'["","container.from",["a:1"],' + b"[" * 100_000 + b"\n", [(2, "the line is no JSON")]),
    ],
)
def test_bad_input(data: bytes, what: list[tuple[int, str]]) -> None:
    """Said with line and reason, and never a trace of Python."""
    assert whats(data) == what


@pytest.mark.parametrize(
    ("digest", "why"),
    [
        (DIGEST, ""),
        (f"sha512:{'ab' * 64}", ""),
        ("sha256:4e1dbdc0d3c7", "invalid checksum digest length"),
        (f"sha256:{'4E' * 32}", "invalid checksum digest format"),
        (f"md5:{'ab' * 16}", "unsupported digest algorithm"),
        ("latest", "invalid checksum digest format"),
    ],
)
def test_what_is_a_digest(digest: str, why: str) -> None:
    """As the engine's library decides."""
    assert digest_error(digest) == why


@pytest.mark.parametrize("end", [b"\r\n", b" \t\n", b"\n\n"])
def test_odd_forms_are_harmless(end: bytes) -> None:
    """They are remarks, not faults, and both engines read the file."""
    data = checked((ONE + image("a:1") + image("b:1")).replace(b"\n", end))
    assert data.faults == () and len(data.remarks) == 1 and len(data.entries) == 2
    assert data.refusal(OLD) is None and data.refusal(NEW) is None


def test_the_last_of_two_entries_counts() -> None:
    """The first has no effect, which is a fault though nobody refuses it."""
    data = checked((SAMPLES / "lock-format-duplicate-entry" / "lockfile.before").read_bytes())
    assert [(fault.line, fault.stops) for fault in data.faults] == [(2, "nothing")]
    assert [entry.line for entry in in_effect(data.entries).values()] == [3]
    assert "line 3 answers the same lookup with sha256:4e1dbdc0d3c7" in data.faults[0].what


def test_the_same_entry_twice_is_harmless() -> None:
    """As git's union merge leaves it."""
    data = checked(ONE + image("a:1") * 3)
    assert data.faults == () and [one.what for one in data.remarks] == ["entries that stand there already (2 lines)"]


def test_a_marker_inside_a_text_is_no_conflict() -> None:
    """Git writes its markers at the start of a line, and so they are looked for there only."""
    data = TWO + image("<<<<<<< HEAD", policy=None) + image(">>>>>>> x ======= y", policy=None) + b"=======\n"
    assert not checked(data).markers
    assert whats(data) == [(4, "the line is no JSON")]


def test_the_records_of_a_conflict() -> None:
    """Each side with its own header where the conflict is above it."""
    records = list(read_lockfile(SAMPLES / "lock-parse-conflict-at-top" / "lockfile.before"))
    kinds = [type(record) for record in records]
    assert kinds == [Fault, Marker, Header, Entry, Marker, Header, Entry, Marker]
    assert [record.label for record in records if isinstance(record, Marker)] == ["HEAD", "", "feature/tools"]


def test_a_formatted_document_is_one_fault() -> None:
    """Not one for each of its lines."""
    data = (SAMPLES / "lock-parse-whole-json-document" / "lockfile.before").read_bytes()
    assert whats(data) == [(1, "the header goes on over several lines")]


def test_invalid_utf_8_and_half_surrogates_are_read() -> None:
    """As Go reads them: a sign that stands for the damage."""
    data = ONE + b'["","x",["\xff\\ud800"],"v","pin"]\n'
    (entry,) = entries_of(io.BytesIO(data))
    assert entry.inputs == ("\ufffd\ufffd",) and entry.canonical.encode()


def test_numbers_keep_their_form() -> None:
    """However long they are."""
    number = "9" * 5000
    (entry,) = entries_of(io.BytesIO(ONE + f'["","x",[1.50,{number}],"v","pin"]\n'.encode()))
    assert entry.canonical == f'["","x",[1.50,{number}],"v","pin"]'


def test_a_line_of_megabytes_is_refused() -> None:
    """It is not examined, so nothing is said of it."""
    with pytest.raises(Refusal, match=r"-:2: the line is longer than 1 MiB"):
        list(read_lockfile(io.BytesIO(ONE + b'["' + b"a" * (2 << 20) + b'"]\n')))


def test_a_hundred_thousand_entries() -> None:
    """All are read and checked; one wrong line is found among them, and one that is out of order."""
    lines = [image(f"registry.example/app:{number:06}") for number in range(100_000)]
    lines[70_000] = b"[1]\n"
    lines[90_000], lines[90_001] = lines[90_001], lines[90_000]
    data = checked(ONE + b"".join(lines))
    assert len(data.entries) == 99_999
    assert [(fault.line, fault.what) for fault in data.faults] == [(70_002, "the entry has 1 field, format 1 has 5")]
    assert [(fault.line, fault.what) for fault in data.remarks] == [(90_003, "entries out of order (1 line)")]


def test_blank_lines_are_records() -> None:
    """So that line numbers can be told."""
    records = list(read_lockfile(SAMPLES / "lock-format-blank-lines" / "lockfile.before"))
    assert [record.line for record in records if isinstance(record, Blank)] == [1, 3, 5]


def test_an_engine_reads_all_lines_before_it_looks_at_values() -> None:
    """So a cut line is what it says, though the odd policy stands above it."""
    data = checked(ONE + image("a:1", policy="pinned") + b'["","container.from"')
    found = data.refusal(OLD)
    assert [fault.line for fault in data.faults] == [2, 3]
    assert found and found.message == "lockfile line 3: invalid tuple JSON: unexpected EOF"


def test_two_commits_for_one_reference() -> None:
    """Only v1 minds; v0.21.8 keeps them apart."""
    data = check(read_lockfile(SAMPLES / "lock-format-1-conflict-v1" / "lockfile.before"))
    assert data.refusal(OLD) is None
    found = data.refusal(NEW)
    assert found and found.line == 3 and found.message.startswith("conflicting lock entries for git.ref [git://")
