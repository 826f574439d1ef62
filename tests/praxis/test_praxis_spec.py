"""The check of an agent's configuration: the samples, broken variants of them, and what is meant to break it."""

from pathlib import Path

import pytest

from faultbook.praxis import rules
from faultbook.praxis.config import text_of
from faultbook.praxis.spec import Checked, check
from faultbook.problems import Refusal

SAMPLES = Path(__file__).parents[2] / "playbooks" / "samples" / "praxis"
WRONG = {
    "args-placeholder-emptied": {(17, "emptied")},
    "config-broken-yaml": {(3, "yaml")},
    "config-llm-key-missing": {(12, "no-command"), (35, "llm-key")},
    "first-call-bad-spec-then-good": {(12, "image")},
    "image-bad-reference": {(12, "image-reference")},
    "remote-mcp-transport-not-started": {(10, "remote-mcp")},
    "spec-command-element-not-string": {(13, "command")},
    "spec-command-is-string": {(13, "command")},
    "spec-command-missing": {(12, "no-command")},
    "spec-command-missing-image-without-cmd": {(12, "no-command")},
    "spec-env-wrong-type-ignored": {(14, "env"), (15, "env-passthrough")},
    "spec-image-from-unset-variable": {(12, "image"), (12, "emptied")},
    "spec-image-not-a-string": {(12, "image")},
    "spec-limits-ignored": {(14, "limit"), (15, "limit"), (16, "limit")},
    "spec-missing-engine-spec": {(8, "image")},
    "spec-missing-image": {(12, "image")},
    "spec-mounts-is-list": {(14, "mounts")},
    "spec-mounts-value-not-string": {(14, "mounts")},
    "unknown-engine": {(10, "unknown-engine")},
}
"""Scenario, as both revisions have it: line and rule of everything that is more than a note."""

TOOL = """agent:
  tools:
    - name: t
      engine: dagger
      engineSpec:
        image: busybox
        command: ["true"]
"""
REST = "llm: {enabled: false}\n"


def found(checked: Checked) -> set[tuple[int, str]]:
    return {(one.line, one.rule.id) for one in checked.wrong}


def with_spec(*lines: str) -> str:
    """A configuration whose tool has more lines in its engineSpec, from line 8 on."""
    return TOOL + "".join(f"        {line}\n" for line in lines) + REST


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*/*.yaml")), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_configuration_of_the_samples(path: Path) -> None:
    """What is found is what its scenario was made for, and nothing in the others."""
    scenario = path.parent.name.removesuffix("-head").removesuffix("-v0-2-0")
    assert found(check(text_of(path), {})) == WRONG.get(scenario, set())


def test_the_messages_are_the_agents_own() -> None:
    """What the check announces is what the agent logs."""
    for scenario in ("spec-command-is-string", "spec-mounts-is-list", "spec-command-element-not-string"):
        folder = SAMPLES / f"{scenario}-head"
        announced = check(text_of(folder / "agent.yaml"), {}).wrong[0].what.partition("answers: ")[2]
        assert announced and announced in (folder / "agent.log").read_text(encoding="utf-8")


def test_a_set_variable_is_listed_and_not_found() -> None:
    """The same file in another environment; values are not shown."""
    text = text_of(SAMPLES / "spec-image-from-unset-variable-head" / "agent.yaml")
    checked = check(text, {"TOOL_IMAGE": "registry/secret:1"})
    assert checked.findings == ()
    assert [(one.reference.name, one.is_set, one.place) for one in checked.variables] == [
        ("TOOL_IMAGE", True, "agent.tools[0].engineSpec.image")
    ]
    assert "secret" not in repr(checked)


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("env: {MODE: fast, RETRIES: 3}", "env"),
        ("env: {MODE: fast, ON: yes}", None),
        ("env_passthrough: [HOME, 1]", "env-passthrough"),
        ("env: ~", None),
        ("mounts: {./a: /a, 1: /b}", "mounts"),
        ("mounts: {./a: ~}", "mounts"),
        ("cmd: [a]", "unknown-key"),
        ("limits: {memory: 64m}", "limit"),
        ('env: {A: "$NAME"}', "emptied"),
        ('env: {A: "${NAME:-x}"}', "emptied"),
        ("env: {A: 'costs 5$'}", None),
        ("env: {A: '$(date)'}", None),
        ("# $NAME", None),
    ],
)
def test_lines_of_a_spec(line: str, rule: str | None) -> None:
    """Each breaks one rule, or none."""
    assert found(check(with_spec(line), {})) == ({(8, rule)} if rule else set())


@pytest.mark.parametrize(
    ("text", "line", "rule"),
    [
        (TOOL, 1, "llm-key"),
        (TOOL + "llm: {provider: ''}\n", 8, "llm-provider"),
        (TOOL + "llm: {enabled: on, api_key: '${KEY}'}\n", 8, "llm-key"),
        (TOOL + REST + "p2p: {rendezvous: ''}\n", 9, "rendezvous"),
        (TOOL + REST + "p2p: {port: '4001'}\n", 9, "shape"),
        (TOOL + REST + "mcp: {servers: [{name: a, transport: http}]}\n", 9, "mcp-server"),
        (TOOL + "llm: {enabled: 0}\n", 8, "shape"),
        (TOOL + REST + "agent: {}\n", 9, "yaml"),
        ("agent: {name: '', tools: []}\n" + REST, 1, "agent-name"),
        ("agent: {tools: {a: b}}\n" + REST, 1, "shape"),
        ("agent:\n  tools:\n  - echo\n" + REST, 3, "shape"),
        ("agent:\n  tools:\n  - {name: a, engine: dagger, engineSpec: [x]}\n" + REST, 3, "shape"),
        ("agent:\n  tools:\n  - {name: a, engine: dagger, params: [{name: [x]}], engineSpec: *a}\n", 3, "yaml"),
    ],
)
def test_what_ends_the_agent_at_its_start(text: str, line: int, rule: str) -> None:
    """With the line to look at."""
    checked = check(text, {})
    assert (line, rule) in found(checked)
    assert {one.rule.page for one in checked.wrong if one.rule.id == rule} == {"praxis/config-invalid"}


def test_elsewhere_and_in_comments() -> None:
    """A variable that no tool sees is a note; in a comment it is only listed."""
    checked = check(TOOL + "# $COMMENT\nllm: {enabled: false, api_key: '${KEY}'}\n", {})
    assert [(one.line, one.rule.id) for one in checked.findings] == [(9, "emptied-elsewhere")]
    assert [one.place for one in checked.variables] == ["comment", "llm.api_key"]


def test_revisions_differ() -> None:
    """In the form of external servers, and in what becomes of files in a mount."""
    text = with_spec('mounts: {"./a": "/a"}') + "p2p:\n"
    text = text.replace("agent:\n", "agent:\n  external_mcp_servers: ['http://a/sse']\n")
    old, new = (check(text, {}, [revision]).findings for revision in rules.BOTH)
    assert [one.rule.id for one in old] == []
    assert [one.rule.id for one in new] == ["endpoint-string", "mount-output"]


def test_bombs_take_no_time_and_no_memory() -> None:
    """A billion values behind aliases and merges are never made."""
    maps = "".join(f"b{n}: &b{n} {{<<: [*b{n - 1}, *b{n - 1}]}}\n" for n in range(1, 40))
    tool = "agent:\n  tools:\n  - {name: t, engine: dagger, engineSpec: *b39}\n"
    assert found(check(f"b0: &b0 {{image: i}}\n{maps}{tool}{REST}", {})) == {(40, "no-command")}
    lists = "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 40))
    checked = check(f"a0: &a0 [x]\n{lists}agent: {{tools: *a39}}\n{REST}", {})
    assert {one.rule.id for one in checked.wrong} == {"shape"}


def test_an_anchor_that_contains_itself_is_told() -> None:
    """And does not make the check run for ever."""
    checked = check("agent: &x {tools: [*x]}\n" + REST, {})
    assert "an anchor contains itself" in " ".join(one.what for one in checked.wrong)


def test_files_as_people_save_them(tmp_path: Path) -> None:
    """A byte order mark and Windows line ends change nothing."""
    plain, windows = tmp_path / "a.yaml", tmp_path / "b.yaml"
    plain.write_text(with_spec("timeout: 2s"))
    windows.write_bytes(b"\xef\xbb\xbf" + with_spec("timeout: 2s").replace("\n", "\r\n").encode())
    assert check(text_of(windows), {}) == check(text_of(plain), {})
    assert found(check(text_of(windows), {})) == {(8, "limit")}


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"agent:\n  name: \xff\xfe\n", ":2: is not UTF-8"),
        (b"time=1 level=info\n", "no section `agent:` in it"),
        (b"", "no section `agent:` in it"),
        (b"\x7fELF" + bytes(300), "is a binary file"),
    ],
)
def test_what_is_no_configuration_is_refused(tmp_path: Path, data: bytes, what: str) -> None:
    """With what to do about it."""
    path = tmp_path / "agent.yaml"
    path.write_bytes(data)
    with pytest.raises(Refusal) as caught:
        text_of(path)
    assert what in caught.value.what and caught.value.remedy


def test_with_a_variable_in_its_structure_a_file_may_be_no_yaml() -> None:
    """Then the place of the variable is unknown, and it is reported all the same."""
    checked = check("agent:\n  tools: [$TOOLS\n" + REST, {"TOOLS": "]"})
    assert "yaml" not in {one.rule.id for one in checked.findings}
    assert [(one.reference.name, one.place) for one in checked.variables] == [("TOOLS", "")]


def test_rules_can_be_exported() -> None:
    """As plain data, every text with places for words that the check fills, and pages of this system only."""
    data = rules.as_data()
    assert set(data["shapes"].values()) | set(data["tool_shapes"].values()) <= {
        "mapping",
        "list",
        "bool",
        "int",
        "word",
    }
    assert {key["rule"] for key in data["keys"]} <= set(data["rules"])
    for rule in data["rules"].values():
        assert rule["page"] is None or rule["page"].startswith("praxis/")
        assert rule["what"] and rule["remedy"].endswith(".")
