"""The lookups of a run that a lock file can answer, taken from the CLI's steps, and who answered each."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from faultbook.logs.lockrecords import Entry
from faultbook.logs.lockvalues import IMAGE
from faultbook.logs.registry import Request
from faultbook.logs.run import Run, Step
from faultbook.playbooks.dagger.lock_files import LockFile, Names, compared
from faultbook.playbooks.verdict import Line

By = Literal["lock", "asked", "memory", "missing", "not shown"]

_TEXT = r'"((?:[^"\\]|\\.)*)"'
_FROM = re.compile(rf"(?:Container)?\.from\([^\n]*address: {_TEXT}|(?:Container)?\.from\(\n[^\n]*address: {_TEXT}")
_PLATFORM = re.compile(rf"container\(platform: {_TEXT}\)")
_REPOSITORY = re.compile(rf"git\(url: {_TEXT}")
_REF = re.compile(rf"GitRepository\.(branch|tag|ref)\(name: {_TEXT}|GitRepository\.(head): ")
_MISSING = re.compile(r"missing lock entry for (\S+) \[([^\]]*)\]")
_UPDATE = re.compile(r"Workspace\.(?:update|withUpdatedLock)\b")
_PREFIXES = {"branch": "refs/heads/", "tag": "refs/tags/", "ref": "", "head": ""}


@dataclass(frozen=True)
class Lookup:
    """A name that has to become a digest or a commit: an image's reference, or a repository and git's name in it.

    `platform` is None where the output does not show it. `start` and `end` are seconds on the run's clock.
    """

    operation: str
    names: Names
    platform: str | None
    line: Line
    start: float
    end: float
    error: Line | None

    @property
    def key(self) -> Names:
        """The same as for entries (`names_of`)."""
        return self.operation, *self.names

    @property
    def title(self) -> str:
        """In the engine's words; a git lookup as v1 has it."""
        return f"{self.operation} [{' '.join(self.names)}]"


@dataclass(frozen=True)
class Answer:
    """A lookup with its entry before and after the run, who answered it, and the line that shows it."""

    lookup: Lookup
    before: Entry | None
    after: Entry | None
    by: By
    line: Line | None = None

    def in_words(self) -> str:
        """Who answered, as far as the logs tell."""
        place = f" ({self.line[0]}:{self.line[1]})" if self.line else ""
        return {
            "lock": "the lock",
            "asked": "went out: the server was asked",
            "memory": "the lookup before it in this session: the lock in memory",
            "missing": "nobody: no entry, and frozen mode asks nobody",
            "not shown": "not shown" + (": the lock, if it is in use" if self.before else ""),
        }[self.by] + place


@dataclass(frozen=True)
class Asked:
    """What the engine asked of the registry during the run. `log` is the name of the file."""

    log: str
    requests: Sequence[Request]

    def line(self, request: Request) -> Line:
        """A request as evidence."""
        return self.log, request.line, request.text


def lookups_of(run: Run, log: str) -> list[Lookup]:
    """The lookups of a run, in the order of its output, the file `log`. What names a digest needs no lookup."""
    platforms = {found[1] for step in run.steps if (found := _PLATFORM.search(step.title))}
    platform = platforms.pop() if len(platforms) == 1 else None
    urls = list(dict.fromkeys(found[1] for step in run.steps if (found := _REPOSITORY.search(step.title))))
    return [lookup for step in run.steps for lookup in (*_image(step, platform, log), *_git(step, urls, log))]


def is_update(run: Run) -> bool:
    """Whether the run is an update of the lock file, which looks up every entry."""
    return any(_UPDATE.match(step.title) for step in run.steps)


def normal(reference: str) -> str:
    """A reference to an image with registry, folder and tag filled in, as the lock file has it."""
    name, colon, tag = reference.rpartition(":")
    if not colon or "/" in tag:
        name, tag = reference, "latest"
    first, slash, _ = name.partition("/")
    if not slash:
        name = f"docker.io/library/{name}"
    elif not ("." in first or ":" in first or first == "localhost"):
        name = f"docker.io/{name}"
    return f"{name}:{tag}"


def answers(
    lookups: Sequence[Lookup], before: LockFile | None, after: LockFile | None, asked: Asked | None
) -> list[Answer]:
    """Who answered each lookup; `asked` is None where there is no log of the registry."""
    refreshed = {one.after.line for one in compared(before, after) if one.kind != "same" and one.after}
    seen: Counter[Names] = Counter()
    found = []
    for lookup in lookups:
        answer = Answer(lookup, entry_for(before, lookup), entry_for(after, lookup), "not shown")
        by_error = _by_error(answer)
        if by_error:
            answer = by_error
        elif asked and lookup.operation == IMAGE:
            answer = _by_requests(answer, seen[lookup.names], asked)
        elif after and answer.after and answer.after.line in refreshed:
            answer = replace(answer, by="asked", line=after.line(answer.after))
        seen[lookup.names] += 1
        found.append(answer)
    return found


def _by_error(answer: Answer) -> Answer | None:
    """What the error of a lookup tells: no entry, or a pin in the reference that could not be had."""
    lookup = answer.lookup
    if lookup.error is None:
        return None
    if _MISSING.search(lookup.error[2]):
        return replace(answer, by="missing", line=lookup.error)
    return replace(answer, by="lock", line=lookup.error) if f'"{lookup.names[0]}@' in lookup.error[2] else None


def _by_requests(answer: Answer, nth: int, asked: Asked) -> Answer:
    """What the registry's log tells of the `nth` lookup of this image: was its tag asked for, or only its digest?"""
    _, _, path = answer.lookup.names[0].partition("/")
    repository, _, tag = path.rpartition(":")
    mine = [one for one in asked.requests if one.repository == repository and one.kind == "manifests"]
    tags = [one for one in mine if one.reference == tag]
    if nth < len(tags):
        return replace(answer, by="asked", line=asked.line(tags[nth]))
    if tags:
        return replace(answer, by="memory", line=asked.line(tags[-1]))
    pinned = [one for one in mine if answer.before and one.reference == answer.before.pin]
    if pinned:
        return replace(answer, by="lock", line=asked.line(pinned[0]))
    return replace(answer, by="lock") if answer.before else answer


def _image(step: Step, platform: str | None, log: str) -> Iterator[Lookup]:
    found = _FROM.search(step.title)
    reference = found[1] or found[2] if found else None
    if reference and "@" not in reference:
        yield _lookup(step, log, IMAGE, (normal(reference),), platform)


def _git(step: Step, urls: Sequence[str], log: str) -> Iterator[Lookup]:
    """A lookup of a git reference; which repository it is of shows only where the run has one."""
    found = _REF.match(step.title)
    if not found or len(urls) != 1:
        return
    kind = found[1] or found[3]
    name = found[2] or "HEAD"
    prefix = _PREFIXES[kind]
    yield _lookup(step, log, "git.ref", (urls[0], prefix + name.removeprefix(prefix)), None)


def _lookup(step: Step, log: str, operation: str, names: Names, platform: str | None) -> Lookup:
    error = (log, step.error_line or step.first_line, step.error) if step.error else None
    end = step.end if step.end is not None else step.start
    return Lookup(operation, names, platform, (log, step.first_line, step.title), step.start, end, error)


def entry_for(file: LockFile | None, lookup: Lookup) -> Entry | None:
    """The entry that answers a lookup; where its platform does not show, the first for any."""
    known = file.by_names.get(lookup.key, []) if file else []
    if lookup.operation != IMAGE or lookup.platform is None:
        return known[0] if known else None
    return next((one for one in known if one.inputs[1:2] in ((), (lookup.platform,))), None)
