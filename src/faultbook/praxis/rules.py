"""What can be wrong with an agent's configuration, as data: `as_data` is all that a check in another language needs.

Each rule says what the agent makes of it, in which revisions, and what to do. Source of the messages: internal/dagger,
internal/agent and internal/config of praxis-go-sdk v0.2.0 and efa5f5e.
"""

from dataclasses import asdict, dataclass
from typing import Any, Literal

Level = Literal["error", "silent", "note"]
"""`error`: the agent does not start, or every call of the tool fails; `silent`: it goes on, but not as written."""

SOURCE, NEWEST = "v0.2.0", "efa5f5e"
BOTH = (SOURCE, NEWEST)


@dataclass(frozen=True)
class Rule:
    """A thing to check. `what` and `remedy` may have `{names}` of what a check found; `page` is the failure's page."""

    id: str
    level: Level
    page: str | None
    what: str
    remedy: str
    revisions: tuple[str, ...] = BOTH


@dataclass(frozen=True)
class Key:
    """A key of `engineSpec` that the engine reads. `shape`: a `string`, a `list` of strings or a `map` of strings.

    `rule` is broken by another shape. What the engine says about it begins with `complaint`; "" where it says nothing.
    """

    name: str
    shape: Literal["string", "list", "map"]
    rule: str
    complaint: str = ""


RULES = {
    rule.id: rule
    for rule in (
        Rule("yaml", "error", "praxis/config-invalid",
             "the agent ends at its start: {what}", "Mend the YAML."),
        Rule("shape", "error", "praxis/config-invalid",
             "the agent ends at its start: {key} is {got}, it must be {wanted}", "Write it as {wanted}."),
        Rule("agent-name", "error", "praxis/config-invalid",
             "the agent ends at its start: agent name cannot be empty", "Give agent.name."),
        Rule("rendezvous", "error", "praxis/config-invalid",
             "the agent ends at its start: rendezvous string cannot be empty when P2P is enabled",
             "Give p2p.rendezvous, or take the line out: the default is praxis-agents."),
        Rule("llm-provider", "error", "praxis/config-invalid",
             "the agent ends at its start: LLM provider cannot be empty when LLM is enabled",
             "Set llm.enabled to false, or give llm.provider."),
        Rule("llm-key", "error", "praxis/config-invalid",
             "the agent ends at its start: OpenAI API key cannot be empty when using OpenAI provider",
             "Set llm.enabled to false, or write api_key: \"${{OPENAI_API_KEY}}\" and set that variable: "
             "without this line the variable does not help."),
        Rule("mcp-server", "error", "praxis/config-invalid",
             "the agent ends at its start: MCP server transport must be 'stdio' or 'sse', got '{got}'",
             "Use stdio or sse."),
        Rule("endpoint-map", "error", "praxis/config-invalid",
             "the agent ends at its start: {key} has a mapping, this revision takes the address as a string",
             "Write just the address.", (SOURCE,)),
        Rule("endpoint-string", "error", "praxis/config-invalid",
             "the agent ends at its start: {key} has a string, this revision takes a mapping",
             "Write name, url and transport.", (NEWEST,)),
        Rule("no-tools", "note", "praxis/tool-not-found",
             "there is no tool in agent.tools: the agent starts, and has none of its own to offer",
             "List the tools under agent.tools, unless it only hands calls to its peers."),
        Rule("unknown-engine", "error", "praxis/unknown-engine",
             "tool {tool}: there is no engine '{got}'; it is not registered, calls answer that it was not found",
             "Use dagger."),
        Rule("remote-mcp", "error", "praxis/remote-mcp-broken",
             "tool {tool}: every call of a remote-mcp tool fails before it connects (transport not started yet)",
             "Neither revision can do it: call that server directly."),
        Rule("remote-address", "error", None,
             "tool {tool}: remote-mcp spec missing 'address' for tool '{tool}'", "Give engineSpec.address."),
        Rule("image", "error", "praxis/spec-invalid-image",
             "tool {tool}: image {got}; every call answers: dagger spec missing or invalid 'image' field",
             "Give engineSpec.image as one string; a variable in it must be set before the agent starts."),
        Rule("image-reference", "error", "praxis/image-reference-invalid",
             "tool {tool}: {got} is no image reference: {why}", "Correct the name."),
        Rule("command", "error", "praxis/spec-invalid-command",
             "tool {tool}: every call answers: {complaint}", "Write command as a list, every word in quotes."),
        Rule("no-command", "silent", "praxis/spec-missing-command",
             "tool {tool}: there is no command; the image's default runs and ends at once with an empty answer, "
             "or the call fails if the image has none",
             "Give engineSpec.command as a list."),
        Rule("mounts", "error", "praxis/spec-invalid-mounts",
             "tool {tool}: every call answers: {complaint}",
             "Write mounts as a mapping of host path to container path, both in quotes."),
        Rule("env", "silent", "praxis/spec-env-ignored",
             "tool {tool}: env is ignored as a whole, without a word ({why})",
             "Write env as a mapping, every value in quotes."),
        Rule("env-passthrough", "silent", "praxis/spec-env-ignored",
             "tool {tool}: env_passthrough is ignored as a whole, without a word ({why})",
             "Write env_passthrough as a list of names."),
        Rule("limit", "silent", "praxis/spec-limits-ignored",
             "tool {tool}: {key} does nothing: a call is limited by nothing",
             "Limit it inside the command (`timeout 60 ...`), or the engine as a whole."),
        Rule("unknown-key", "silent", None,
             "tool {tool}: {key} is read by nothing", "Correct the spelling, or take it out."),
        Rule("no-limit", "note", None,
             "{key} is read by nothing: it ends no tool call", "Limit a tool inside its command."),
        Rule("mount-output", "note", "praxis/mount-output-lost",
             "tool {tool}: files written to {got} stay in the container: this revision copies nothing back",
             "Print what the caller needs.", (NEWEST,)),
        Rule("emptied", "silent", "praxis/config-variable-emptied",
             "{written} is taken out when the file is loaded: {why}",
             "Set it before the agent starts. What a tool shall see when it runs must not stand here: put it into a "
             "script in a mount."),
        Rule("emptied-elsewhere", "note", None,
             "{written} is taken out when the file is loaded: {why}", "Set it before the agent starts."),
    )
}  # fmt: skip

KEYS = (
    Key("image", "string", "image"),
    Key("command", "list", "command", "dagger spec invalid 'command' field: "),
    Key("mounts", "map", "mounts", "dagger spec invalid 'mounts' field: "),
    Key("env", "map", "env"),
    Key("env_passthrough", "list", "env-passthrough"),
)
LIMITS = frozenset(("timeout", "memory", "mem", "cpu", "cpus", "limits", "resources", "retries", "retry"))
ENGINES = ("dagger", "remote-mcp")
NO_LIMITS = (
    "mcp.limits.request_timeout_ms",
    "mcp.limits.max_concurrent_requests",
    "llm.function_calling.tool_timeout",
)
"""Keys that sound like a limit of tool calls and are read by nothing."""

Shape = Literal["mapping", "list", "bool", "int", "word"]
_WORDS = (
    "agent.name", "agent.version", "agent.description", "agent.url", "agent.shared_dir", "p2p.rendezvous", "http.host",
    "llm.provider", "llm.api_key", "llm.model", "logging.level",
)  # fmt: skip
SHAPES: dict[str, Shape] = {
    "agent": "mapping", "p2p": "mapping", "http": "mapping", "mcp": "mapping", "llm": "mapping", "logging": "mapping",
    "agent.tools": "list", "mcp.servers": "list", "p2p.bootstrap_nodes": "list",
    "p2p.enabled": "bool", "p2p.secure": "bool", "p2p.enable_mdns": "bool", "p2p.enable_dht": "bool", "p2p.port": "int",
    "http.enabled": "bool", "http.port": "int", "mcp.enabled": "bool", "llm.enabled": "bool",
    **dict.fromkeys(_WORDS, "word"),
}  # fmt: skip
TOOL_SHAPES: dict[str, Shape] = {
    "name": "word", "description": "word", "engine": "word", "params": "list", "engineSpec": "mapping",
}  # fmt: skip
"""What the loader insists on; anything else than this, or a null, ends the agent at its start."""

TRUE = frozenset(("y", "Y", "yes", "Yes", "YES", "on", "On", "ON"))
FALSE = frozenset(("n", "N", "no", "No", "NO", "off", "Off", "OFF"))
"""Words the loader takes for a bool where it wants one, in quotes or not; elsewhere they are strings."""


def as_data() -> dict[str, Any]:
    """All of this as plain data."""
    return {
        "rules": {ident: asdict(rule) for ident, rule in RULES.items()},
        "keys": [asdict(key) for key in KEYS],
        "limits": sorted(LIMITS),
        "engines": list(ENGINES),
        "no_limits": list(NO_LIMITS),
        "shapes": SHAPES,
        "tool_shapes": TOOL_SHAPES,
        "true": sorted(TRUE),
        "false": sorted(FALSE),
    }
