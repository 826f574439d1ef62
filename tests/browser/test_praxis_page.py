"""The check of a configuration in the page: it finds what the command finds, and shows it as text."""

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from faultbook.praxis.config import read_config
from faultbook.praxis.spec import check
from tests.browser.conftest import Open
from tests.praxis import test_praxis_reading as reading
from tests.praxis.test_praxis_spec import REST, SAMPLES, TOOL, with_spec

pytestmark = pytest.mark.browser

PATH = "reference/praxis/check/"
ENVIRONMENT = {"TOOL_IMAGE": "registry/tool:1", "KEY": "k", "A": "1", "TOOLS": "]", "NAME": "", "LONG": "|\n   a\n   b"}
SAME_WORDS = ("exceeded max depth", "unknown anchor", "control characters")
"""What both say of YAML that cannot be read; all else are the words of two libraries. The lines must be the same."""
_RUN = """(cases) => cases.map(([text, names]) => {
  const { findings, variables } = faultbook.praxis.check(text, new Map(Object.entries(names)));
  return {
    findings: findings.map((one) =>
      [one.line, one.rule.id, one.rule.level, one.rule.page, one.rule.revisions, one.tool, one.what, one.remedy]),
    variables: variables.map(({ reference, place, isSet }) =>
      [reference.line, reference.written, reference.name, place, isSet]),
  };
})"""


def bombs() -> list[str]:
    """A billion values behind merges and aliases, and anchors that contain themselves."""
    maps = "".join(f"b{n}: &b{n} {{<<: [*b{n - 1}, *b{n - 1}]}}\n" for n in range(1, 40))
    lists = "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 40))
    return [
        f"b0: &b0 {{image: i}}\n{maps}agent:\n  tools:\n  - {{name: t, engine: dagger, engineSpec: *b39}}\n{REST}",
        f"a0: &a0 [x]\n{lists}agent: {{tools: *a39}}\n{REST}",
        "agent: &x {tools: [*x]}\n" + REST,
    ]


SPECS = (
    "env: {MODE: fast, RETRIES: 3}", "env: {MODE: fast, ON: yes}", "env_passthrough: [HOME, 1]", "env: ~", "env: [A=1]",
    "mounts: {./a: /a, 1: /b}", "mounts: {./a: ~}", "mounts: [a]", "cmd: [a]", "limits: {memory: 64m}", "timeout: 2s",
    'env: {A: "$NAME"}', 'env: {A: "${NAME:-x}"}', "env: {A: 'costs 5$'}", "env: {A: '$(date)'}", "# $NAME",
    "x: &a\n          - !t b # $B\n        y: *a", "? |\n          $A\n        # $B\n        : !!int 5",
    "x: >-\n          é 😀 $A",
)  # fmt: skip
FILES = (
    TOOL, TOOL + "llm: {provider: ''}\n", TOOL + "llm: {enabled: on, api_key: '${KEY}'}\n",
    TOOL + REST + "p2p: {rendezvous: ''}\n", TOOL + REST + "p2p: {port: '4001'}\n",
    TOOL + REST + "mcp: {servers: [{name: a, transport: http}]}\n", TOOL + "llm: {enabled: 0}\n",
    TOOL + REST + "agent: {}\n", TOOL + "# $COMMENT\nllm: {enabled: false, api_key: '${KEY}'}\n",
    "agent: {name: '', tools: []}\n" + REST, "agent: {tools: {a: b}}\n" + REST, "agent:\n  tools:\n  - echo\n" + REST,
    "agent:\n  tools: [$TOOLS\n" + REST, "agent:\n  name: $LONG\n  tools: []\n# ${A\n# }\nllm: 1\n",
    "agent:\n  tools:\n  - {name: a, engine: dagger, engineSpec: [x]}\n" + REST,
    "agent:\n  tools:\n  - {name: a, engine: dagger, params: [{name: [x]}], engineSpec: *a}\n",
    "agent:\n  tools:\n  - {name: a, engine: remote-mcp}\n  - {name: b, engine: x, engineSpec: {image: A/B}}\n" + REST,
    "agent:\n  external_mcp_servers: ['http://a/sse', {name: a}]\nmcp:\n  limits: {request_timeout_ms: 1}\n" + REST,
    'agent:\n  name: "a"\n  tools: [\n', "a:\n\tb: 2\n", "a: *nowhere\n", "a: \x01\n", "\n" + "[" * 10_001,
    "", "a: 1\n---\nb: [",
)  # fmt: skip


def texts() -> list[str]:
    """The configurations of the samples, and broken ones."""
    samples = [path.read_text(encoding="utf-8") for path in sorted(SAMPLES.glob("*/*.yaml"))]
    words = [word for of_type in reading.GO_TYPES.values() for word in of_type]
    typed = [with_spec("env:", f"  A: {word}", "command:", f"- {word}") for word in words]
    windows = [with_spec("timeout: 2s").replace("\n", "\r\n")]
    go = [text for text, _, _ in reading.EXPANDED]
    return list(dict.fromkeys([*samples, *typed, *map(with_spec, SPECS), *FILES, *bombs(), *windows, *go]))


def ours(text: str, environment: dict[str, str]) -> dict[str, Any]:
    """What the command finds."""
    checked = check(text, environment)
    found = [
        [one.line, one.rule.id, one.rule.level, one.rule.page, list(one.rule.revisions), one.tool, one.what, one.remedy]
        for one in checked.findings
    ]
    variables = [
        [one.reference.line, one.reference.written, one.reference.name, one.place, one.is_set]
        for one in checked.variables
    ]
    return {"findings": found, "variables": variables}


def without_words(found: dict[str, Any], text: str, environment: dict[str, str]) -> dict[str, Any]:
    """The same without the words for YAML that a library could not read."""
    fault = read_config(text, environment).fault
    if fault and not fault.what.startswith(SAME_WORDS):
        found["findings"] = [one[:6] if one[1] == "yaml" else one for one in found["findings"]]
    return found


@pytest.mark.parametrize("environment", [{}, ENVIRONMENT], ids=["nothing is set", "some is set"])
def test_the_page_finds_what_the_command_finds(visit: Open, environment: dict[str, str]) -> None:
    """Every finding with line, rule, tool and text, and every variable with its place."""
    page, given = visit(PATH), texts()
    theirs = page.evaluate(_RUN, [[text, environment] for text in given])
    wrong = [
        (text[:400], their, our)
        for text, their, our in (
            (text, without_words(their, text, environment), without_words(ours(text, environment), text, environment))
            for text, their in zip(given, theirs, strict=True)
        )
        if their != our
    ]
    assert wrong == []
    assert sum(bool(their["findings"]) for their in theirs) > 80 and len(given) > 150


def checked(page: Page, text: str, names: str = "") -> list[str]:
    """Paste, check, and the findings as they are shown."""
    page.get_by_label("Configuration of an agent").fill(text)
    page.get_by_label("Variables that are set").fill(names)
    page.get_by_role("button", name="Check").click()
    return page.locator(".fb-findings section").all_inner_texts()


def sample(name: str) -> str:
    return (SAMPLES / name / "agent.yaml").read_text(encoding="utf-8")


def test_a_pasted_file_leads_to_the_page_of_its_failure(visit: Open) -> None:
    """From the finding with its line to the failure mode."""
    page = visit(PATH)
    shown = checked(page, sample("spec-command-is-string-head"))
    assert len(shown) == 1 and shown[0].startswith("line 13 error tool ")
    expect(page.get_by_role("status")).to_have_text("Checked. error: 1, silent: 0, note: 0.")
    page.locator(".fb-findings section a").click()
    page.wait_for_url("**/failures/praxis/spec-invalid-command/")


def test_variables_and_revisions(visit: Open) -> None:
    """A name that is set is no finding; a value counts; a finding of one revision says so."""
    page = visit(PATH)
    text = sample("spec-image-from-unset-variable-head")
    assert len(checked(page, text)) == 2
    assert checked(page, text, "TOOL_IMAGE") == []
    expect(page.locator(".fb-findings")).to_contain_text("line 12 ${TOOL_IMAGE} set in agent.tools[0].engineSpec.image")
    assert "tool" in checked(page, text, "TOOL_IMAGE=a/B")[0]
    both = with_spec('mounts: {"./a": "/a"}')
    assert "note (only efa5f5e)" in checked(page, both)[0]
    page.get_by_label("Revision of Praxis").select_option("v0.2.0")
    assert checked(page, both) == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("time=1 level=info\n", "no section `agent:` in it"),
        ("agent: " + "[" * 300 + "]" * 300, "nested more than 200 deep"),
    ],
)
def test_what_is_not_checked_is_said(visit: Open, text: str, says: str) -> None:
    """With the command as the way out, and no findings of an earlier text."""
    page = visit(PATH)
    assert checked(page, sample("unknown-engine-head"))
    assert checked(page, text) == []
    expect(page.get_by_role("status")).to_contain_text(says)


def test_a_very_long_text_is_refused_before_it_is_read(visit: Open) -> None:
    """One that would make the page hang."""
    text = "'agent:\\n' + '# long\\n'.repeat(200000)"
    said = visit(PATH).evaluate(
        f"() => {{ try {{ faultbook.praxisYaml.textOf({text}); }} catch (e) {{ return e.message; }} }}"
    )
    assert said == "This is too long for a check in the page. Use the command."


def test_hostile_text_is_text(visit: Open) -> None:
    """Markup in a name, in a value and in a variable is shown as it is written."""
    page = visit(PATH)
    evil = "<img src=x onerror=document.title='owned'>"
    shown = checked(page, f'agent:\n  tools:\n  - {{name: "{evil}", engine: "{evil}\\u202e"}}\n# ${{{evil}}}\n{REST}')
    assert evil in shown[0] and "\\u202e" in shown[0]
    assert page.locator(".fb-findings img").count() == 0 and page.title() != "owned"
    assert evil in page.locator(".fb-findings li").inner_text()


def test_nothing_leaves_and_nothing_is_kept(visit: Open) -> None:
    """No request while a file is checked, nothing in the address or the browser's storage."""
    page = visit(PATH)
    page.wait_for_load_state("networkidle")
    asked: list[str] = []
    page.context.on("request", lambda request: asked.append(request.url))
    assert checked(page, sample("unknown-engine-head"), "SECRET=hunter2")
    page.wait_for_timeout(200)
    kept = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie, location.href])")
    assert asked == [] and "hunter2" not in kept and "engineSpec" not in kept
    assert "?" not in json.loads(kept)[3]


def test_it_works_from_a_file_on_disk(visit: Open, built: Path) -> None:
    """Without a server, the link included."""
    page = visit((built / PATH / "index.html").as_uri())
    assert len(checked(page, sample("unknown-engine-head"))) == 1
    page.locator(".fb-findings section a").click()
    page.wait_for_url("**/failures/praxis/unknown-engine/index.html")


def test_without_scripts_the_command_is_named(built: Path) -> None:
    """What stands on the page before its scripts run."""
    html = (built / PATH / "index.html").read_text(encoding="utf-8")
    place = html.partition("data-fb-praxis")[2].partition("</div>")[0]
    assert "It needs JavaScript" in place and "<code>faultbook praxis check configs/agent.yaml</code>" in place
