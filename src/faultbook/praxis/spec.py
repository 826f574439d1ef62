"""Checks an agent's configuration before anything runs: what the agent will refuse, ignore or take out.

`check` knows nothing of files and prints nothing. It reads as the agent does (`config`, `document`, `expand`); what can
be wrong is in `rules`.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from faultbook.praxis import rules
from faultbook.praxis.config import Config, read_config
from faultbook.praxis.document import Value, faults
from faultbook.praxis.expand import SPECIAL, Reference
from faultbook.praxis.findings import Finding, called, finding, shape
from faultbook.praxis.places import Place, places
from faultbook.praxis.rules import BOTH
from faultbook.praxis.tool_checks import check_tool


@dataclass(frozen=True)
class Variable:
    """A `$NAME` that the loader replaces. `place` is where it stands (`agent.tools[0].engineSpec.image`, `comment`)."""

    reference: Reference
    place: str
    is_set: bool


@dataclass(frozen=True)
class Checked:
    """What was found, in the order of the lines, and every variable."""

    findings: tuple[Finding, ...]
    variables: tuple[Variable, ...]

    @property
    def wrong(self) -> list[Finding]:
        """The findings that are more than notes."""
        return [finding for finding in self.findings if finding.rule.level != "note"]


def check(text: str, environment: Mapping[str, str], revisions: Iterable[str] = BOTH) -> Checked:
    """Check a configuration for an agent of one of these revisions that is started in this environment."""
    config, wanted = read_config(text, environment), set(revisions)
    where = places(text, config)
    found = [*_start(config), *_emptied(config, where, environment)]
    for tool in config.tools:
        found += check_tool(tool)
    kept = {(one.line, one.what): one for one in found if wanted.intersection(one.rule.revisions)}
    ordered = sorted(kept.values(), key=lambda one: (one.line, one.rule.level, one.what))
    return Checked(tuple(ordered), tuple(_variables(config, where, environment)))


def _start(config: Config) -> Iterator[Finding]:
    """What keeps the agent from starting, or from knowing any tool."""
    if config.root is None:
        assert config.fault
        yield finding("yaml", config.fault.line, what=config.fault.what)
        return
    yield from (finding("yaml", fault.line, what=fault.what) for fault in faults(config.root, _sections()))
    yield from _shapes(config.root)
    yield from _agent(config.root)
    yield from _llm(config.root)
    yield from _others(config.root)
    if not config.tools:
        agent = config.root.get("agent")
        yield finding("no-tools", agent.line if agent else 1)


def _sections() -> set[str]:
    return {name.partition(".")[0] for name in rules.SHAPES}


def _shapes(root: Value) -> Iterator[Finding]:
    """Values of another type than the loader wants."""
    if root.go_type not in ("map[string]interface {}", "nil"):
        yield finding("shape", root.line, key="the file", got=called(root), wanted="a mapping")
    for path, wanted in rules.SHAPES.items():
        yield from shape(_at(root, path), path, wanted)


def _agent(root: Value) -> Iterator[Finding]:
    """What the loader wants of the agent itself."""
    name, rendezvous = _at(root, "agent.name"), _at(root, "p2p.rendezvous")
    if name and not name.is_null and name.go_type == "string" and not name.text:
        yield finding("agent-name", name.line)
    if rendezvous and not rendezvous.is_null and not rendezvous.text and _is_on(root, "p2p.enabled"):
        yield finding("rendezvous", rendezvous.line)


def _llm(root: Value) -> Iterator[Finding]:
    """The LLM is on unless the file says otherwise, and then it wants a key in the file."""
    if not _is_on(root, "llm.enabled"):
        return
    section, provider, key = root.get("llm"), _at(root, "llm.provider"), _at(root, "llm.api_key")
    line = section.line if section else 1
    chosen = "openai" if provider is None or provider.is_null else provider.text
    if not chosen:
        yield finding("llm-provider", provider.line if provider else line)
    elif chosen == "openai" and not (key and key.text and not key.is_null):
        yield finding("llm-key", key.line if key else line)


def _others(root: Value) -> Iterator[Finding]:
    """Other servers, and limits that limit nothing."""
    servers = _at(root, "mcp.servers")
    for server in servers.items() if servers and _is_on(root, "mcp.enabled") else []:
        transport = server.get("transport")
        got = transport.text if transport and not transport.is_null else ""
        if got not in ("stdio", "sse"):
            yield finding("mcp-server", (transport or server).line, got=got)
    for key in ("agent.external_mcp_endpoints", "agent.external_mcp_servers"):
        listed = _at(root, key)
        for item in listed.items() if listed else []:
            rule = "endpoint-map" if item.go_type.startswith("map[") else "endpoint-string"
            yield finding(rule, item.line, key=key)
    for path in rules.NO_LIMITS:
        value = _at(root, path)
        if value:
            yield finding("no-limit", value.line, key=path)


def _emptied(config: Config, where: Mapping[int, Place], environment: Mapping[str, str]) -> Iterator[Finding]:
    """The variables that are replaced by nothing, but for those in comments."""
    for reference in config.expanded.references:
        place = where[reference.offset]
        if place.path == "comment" or _is_set(reference, environment):
            continue
        rule = "emptied" if place.tool else "emptied-elsewhere"
        yield finding(rule, reference.line, place.tool, written=reference.written, why=_why(reference, environment))


def _is_set(reference: Reference, environment: Mapping[str, str]) -> bool:
    return bool(reference.name and environment.get(reference.name))


def _why(reference: Reference, environment: Mapping[str, str]) -> str:
    if reference.is_word:
        return "it is set to nothing" if reference.name in environment else "it is not set"
    if reference.name and set(reference.name) <= SPECIAL and len(reference.name) == 1:
        return "the loader takes it for a name, too, and it is never set"
    if reference.name and ":" in reference.name:
        return "the loader knows no defaults, it takes all of this for the name"
    return "the loader takes it for a name"


def _variables(config: Config, where: Mapping[int, Place], environment: Mapping[str, str]) -> Iterator[Variable]:
    for reference in config.expanded.references:
        yield Variable(reference, where[reference.offset].path, _is_set(reference, environment))


def _at(root: Value, path: str) -> Value | None:
    value: Value | None = root
    for name in path.split("."):
        value = value.get(name) if value else None
    return value


def _is_on(root: Value, path: str) -> bool:
    """Whether a switch is on; all of them are unless the file says otherwise."""
    value = _at(root, path)
    return value is None or value.is_null or value.text not in rules.FALSE | {"false", "False", "FALSE"}
