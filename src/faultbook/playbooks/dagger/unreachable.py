"""The story of `dagger/unreachable`: what could not be fetched, from which host, and at which stage it failed."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from faultbook.diagnose.frequent import shape
from faultbook.logs.engine import Record, read_engine
from faultbook.logs.steps import Run, Step, read_steps, root_steps
from faultbook.playbooks.ladder import Attempt, Ladder
from faultbook.playbooks.table import Excerpt, Table
from faultbook.playbooks.verdict import Verdict, reach

PLAYBOOK = "dagger/unreachable"
STAGES = ("address", "name", "route", "TLS", "login", "object")
_LINES = 20

_RULES = (
    ("address", r"invalid reference format|invalid commit SHA|SSH URLs are not supported"),
    ("name", r"lookup \S+(?: on \S+)?: |can't find \S+: |nslookup: write to|Could not resolve host"),
    ("route", r"network is unreachable|no route to host|[Cc]onnection refused|i/o timeout|connection timed out"),
    ("TLS", r"TLS handshake timeout|tls: |x509: |server gave HTTP response to HTTPS client"),
    (
        "login",
        r"401 Unauthorized|403 Forbidden|pull access denied|insufficient_scope|failed to fetch anonymous token|"
        r"authentication failed|Failed to retrieve git credentials",
    ),
    (
        "object",
        r"not found|does not contain ref|not our ref|unsupported by remote|did not materialize|"
        r"access denied or repository not exported|no manifest matches|invalid response status|checksum mismatch|"
        r"unexpected commit digest|could not fetch content|429 Too Many Requests|: 5[0-9][0-9] [A-Z]",
    ),
)
_RULE_OF = [(stage, re.compile(pattern)) for stage, pattern in _RULES]
_WANTED = (
    re.compile(r"(?:resolve|pull|parse) image (?:address )?\"?([^\" ]+)"),
    re.compile(r"Get \"([^\"]+)\""),
    re.compile(r"fatal: unable to (?:connect to|access) '?([^'\s]+?)'?:?(?:\s|$)"),
    re.compile(r"lookup (\S+?)(?: on \S+)?:"),
    re.compile(r"can't find ([^:\s]+):"),
)
_DIALLED = re.compile(r"dial (?:tcp|udp) ([^ :]+:\d+)|lookup \S+ on (\S+:53)|\[\d+: (\S+)\]: errno")


@dataclass(frozen=True)
class Obstacle:
    """An error line about something outside: its 1-based line, what was wanted, who was asked, and the stage."""

    line: int
    wanted: str
    asked: str
    stage: str
    text: str


@dataclass(frozen=True)
class Case:
    """One run of the CLI and, if given, what the engine says of the same."""

    paths: dict[str, str | None]
    run: Run
    obstacles: tuple[Obstacle, ...]
    engine: tuple[Record, ...]

    def table(self) -> Table:
        """Each different obstacle once, taken apart."""
        rows = [[str(one.line), one.wanted, one.asked, one.stage, one.text] for one in self.obstacles]
        headings = ["line", "wanted", "asked", "failed at", "text"]
        return Table("What could not be had" if rows else "Nothing outside was missed in this log", headings, rows)

    def ladder(self) -> Ladder:
        """How far each attempt came."""
        attempts = [Attempt(one.wanted or one.asked or one.text, STAGES.index(one.stage)) for one in self.obstacles]
        words = "; ".join(
            f"{one.wanted or one.asked or 'an attempt'} failed at the stage {one.stage}" for one in self.obstacles
        )
        return Ladder("How far it came", words or "No attempt failed.", STAGES, attempts)

    def output(self) -> Excerpt:
        """What the step printed: git says the reason there, above the error."""
        step = next(iter(self._suspects()), None)
        lines = [(output.line, output.text) for output in step.last_output[-_LINES:]] if step else []
        if not lines or step is None:
            return Excerpt("The failing step printed nothing more.", [])
        return Excerpt(f"Step {step.idx}, {step.title}: the last it printed", lines)

    def engine_lines(self) -> Table:
        """What the engine tried: it keeps failures, and drops most of what went well."""
        rows = [[str(record.line), record.message, record.fields.get("error", "")[:200]] for record in self.engine]
        return Table(
            "Failures the engine logged" if rows else "No engine log, or no failure in it",
            ["line", "message", "error"],
            rows[-12:],
        )

    def verdict(self) -> Verdict:
        """What is confirmed, and which log would tell more."""
        return reach(PLAYBOOK, self.paths, self._missing())

    def _suspects(self) -> Iterator[Step]:
        yield from (step for step in root_steps(self.run) if step.last_output)
        yield from (step for step in self.run.steps if step.role and step.last_output)

    def _missing(self) -> Iterator[str]:
        if not self.paths["engine_log"] and self.obstacles:
            yield "engine log: it has the answer of the server itself (`fetch failed after status`)"


def read(log: str, engine_log: str | None = None) -> Case:
    """Read an incident: `log` is what the CLI printed. Raises `Refusal` when a log cannot be read."""
    run = read_steps(log)
    records = tuple(_failures(read_engine(engine_log))) if engine_log else ()
    return Case({"log": log, "engine_log": engine_log}, run, tuple(_obstacles(run)), records)


def stage_of(text: str) -> str | None:
    """The stage at which an attempt with this error failed; None when the text is not about reaching something.

    The order of the stages decides where several fit: a name that does not resolve is no missing object.
    """
    return next((stage for stage, rule in _RULE_OF if rule.search(text)), None)


def _obstacles(run: Run) -> Iterator[Obstacle]:
    """Each error about reaching something, once: outer steps and the end of the log repeat the inner ones."""
    told: list[str] = []
    for line, text, title in _texts(run):
        stage = stage_of(text)
        alike = shape(text)
        if stage and not any(alike.endswith(known) or known.endswith(alike) for known in told):
            told.append(alike)
            yield Obstacle(line, _first(_WANTED, text) or title, _asked(text), stage, text)


def _texts(run: Run) -> Iterator[tuple[int, str, str]]:
    """Error texts as (line, text, title of the step): what programs in failing steps said, the steps', the run's."""
    for step in run.steps:
        if step.role and step.role != "tolerated":
            yield from ((output.line, output.text, step.title) for output in step.last_output if _is_told(output.text))
            if step.error:
                yield step.error_line or step.first_line, step.error, step.title
    if run.error:
        yield run.error_line or run.lines, run.error, "the call"


def _is_told(text: str) -> bool:
    """Whether a line of a program's output tells why something could not be reached."""
    return "fatal: " in text or "errno=" in text or stage_of(text) == "name"


def _failures(records: Iterable[Record]) -> Iterator[Record]:
    for record in records:
        if record.message.startswith("fetch failed") or record.message == "Failed to retrieve git credentials":
            yield record


def _first(patterns: Iterable[re.Pattern[str]], text: str) -> str:
    return next((found[1] for pattern in patterns if (found := pattern.search(text))), "")


def _asked(text: str) -> str:
    found = _DIALLED.search(text)
    return next((group for group in found.groups() if group), "") if found else ""
