"""The story of `dagger/secret-in-output`: does a log hold a secret in a form that masking does not recognise?

The value never leaves this module: no table, picture, verdict or message holds it, nor a line in which it was found.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from faultbook.logs.reading import text_lines
from faultbook.logs.run import Run, Step
from faultbook.logs.steps import read_steps
from faultbook.playbooks.dagger.secret_forms import Form, forms, read_secret
from faultbook.playbooks.picture import Bar, Timeline
from faultbook.playbooks.table import Table
from faultbook.playbooks.verdict import Line, Verdict, reach

PLAYBOOK = "dagger/secret-in-output"
FAILURE = "dagger/secret-not-masked"
BESIDE = "secret.txt"
"""The file that is taken when none is named: it lies beside the log."""

_MASK = "***"
_ROWS = 20
_BARS = 14


@dataclass(frozen=True)
class Found:
    """A line that holds the secret in some form; `log` is a name, `number` 1-based. The line itself is not kept."""

    log: str
    number: int
    form: str


@dataclass(frozen=True)
class Case:
    """What was found in which logs, and how often a mask stands in each; the run holds output, so it is not shown."""

    paths: dict[str, str | None]
    run: Run = field(repr=False)
    tried: int
    found: tuple[Found, ...]
    masks: dict[str, int]

    def overview(self) -> Table:
        """What was searched, in how many forms, and with what result."""
        rows = [[name, Path(path).name if path else "not given"] for name, path in self.paths.items()]
        rows.append(["looked for", f"{self.tried} texts" if self.tried else "nothing: the secret was not given"])
        rows.append(["found in", _lines(len(self.found)) if self.tried else "not searched"])
        rows += [[f"lines with {_MASK} in {name}", str(count)] for name, count in self.masks.items()]
        return Table("Is the secret in these logs?", ["", "says"], rows)

    def places(self) -> Table:
        """Where it was found, in which form, and what printed it; never the line itself."""
        rows = [[f"{one.log}:{one.number}", one.form, self._printed_by(one)] for one in self.found[:_ROWS]]
        caption = (
            f"Lines that hold the secret: {len(self.found)}" if self.tried else "Not searched: no secret was given"
        )
        return Table(caption, ["where", "form", "printed by"], rows)

    def picture(self) -> Timeline:
        """The steps that printed something; those that printed the secret stand out."""
        leaks = Counter(step.idx for one in self.found if (step := self._step(one)))
        printed = [step for step in self.run.steps if step.outputs]
        ranked = sorted(printed, key=lambda step: (step.idx not in leaks, step.idx))[:_BARS]
        bars = [_bar(step, leaks[step.idx]) for step in sorted(ranked, key=lambda step: step.idx)]
        return Timeline("Steps that printed something", self._in_words(leaks), bars)

    def verdict(self) -> Verdict:
        """What is confirmed, and what to do about it."""
        own = {FAILURE: [self._line(one) for one in self.found]} if self.found else {}
        logs = {name: path for name, path in self.paths.items() if name != "secret_file"}
        return reach(PLAYBOOK, logs, self._missing(), own, self._says())

    def _line(self, one: Found) -> Line:
        return one.log, one.number, f"[the secret, {one.form}; the line is not shown]"

    def _step(self, one: Found) -> Step | None:
        """The step whose last lines have it."""
        if one.log != self._log:
            return None
        return next((step for step in self.run.steps if any(out.line == one.number for out in step.last_output)), None)

    @property
    def _log(self) -> str:
        return Path(self.paths["log"] or "").name

    def _printed_by(self, one: Found) -> str:
        step = self._step(one)
        if step:
            return f"step {step.idx}" + (", a command in a container" if step.is_exec else "")
        return "the engine" if one.log != self._log else "the run"

    def _in_words(self, leaks: Counter[int]) -> str:
        """What the picture shows, for those who do not see it."""
        told = [f"Step {idx} printed the secret in {_lines(count)}." for idx, count in sorted(leaks.items())]
        return " ".join(told) or "No step is known to have printed the secret."

    def _says(self) -> Iterator[str]:
        if self.found:
            yield "Change this secret now: whoever can read the log has it. Deleting the log does not take it back."
        elif self.tried:
            yield f"None of {self.tried} texts made from the secret is there. Encrypted, it would not be found."
        masks = sum(self.masks.values())
        if masks:
            yield f"{_MASK} stands in {_lines(masks)}: there a program printed some secret in plain, and it was masked."

    def _missing(self) -> Iterator[str]:
        """What was not given and would decide something here."""
        if not self.tried:
            yield f"secret_file: a file with the secret's value, named so or {BESIDE} beside the log; it is never shown"


def read(log: str, engine_log: str | None = None, secret_file: str | None = None) -> Case:
    """Search a CLI log and an engine log for the value in `secret_file`, or in `secret.txt` beside the log.

    Raises `Refusal` when a log cannot be read, and as `read_secret` does.
    """
    beside = Path(log).with_name(BESIDE)
    secret = secret_file or (str(beside) if beside.is_file() else None)
    needles = forms(read_secret(secret)) if secret else []
    masks: Counter[str] = Counter()
    found = [one for path in (log, engine_log) if path for one in _search(path, needles, masks)]
    paths = {"log": log, "engine_log": engine_log, "secret_file": secret}
    return Case(paths, read_steps(log), len(needles), tuple(found), dict(masks))


def _search(path: str, needles: Sequence[Form], masks: Counter[str]) -> Iterator[Found]:
    """The lines which hold one of the needles, the first that fits; masks are counted by the way."""
    name = Path(path).name
    for number, text in text_lines(path):
        masks[name] += _MASK in text
        for form in needles:
            if form.needle in text:
                yield Found(name, number, form.name)
                break


def _bar(step: Step, leaks: int) -> Bar:
    """A step by its number and the name of the call: what stands behind the name may be the secret."""
    name = f"{step.idx} {step.ended or 'a step without an end'}"
    end = step.start if step.end is None else step.end
    if leaks:
        return Bar(name, f"the secret, in {_lines(leaks)}", step.start, end, "root")
    return Bar(name, "nothing found", step.start, end, "good")


def _lines(count: int) -> str:
    return "1 line" if count == 1 else f"{count} lines"
