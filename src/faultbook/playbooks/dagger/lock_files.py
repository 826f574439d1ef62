"""The lock files of an incident: which one is which, told by its name, and how two of them differ."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

from faultbook.logs.lockcheck import Checked, check, in_effect
from faultbook.logs.lockfile import read_lockfile
from faultbook.logs.lockjson import written
from faultbook.logs.lockrecords import ENGINES, Entry, Key
from faultbook.logs.lockvalues import as_git_ref, wide_key
from faultbook.playbooks.table import Table
from faultbook.playbooks.verdict import Line

Role = Literal["before", "edited", "after", "moved", "now"]
ROLES: dict[Role, str] = {
    "before": "before the run",
    "edited": "as somebody saved it during the run",
    "after": "after the run",
    "moved": "after the run, in the new place",
    "now": "made just now, to compare",
}
_WORDS: dict[str, Role] = {
    "before": "before",
    "old": "before",
    "orig": "before",
    "bak": "before",
    "edited": "edited",
    "now": "now",
    "fresh": "now",
    "new": "moved",
    "after": "after",
}
Names = tuple[str, ...]
Kind = Literal["same", "added", "removed", "changed"]
_SHOWN = 40


@dataclass(frozen=True)
class LockFile:
    """A lock file with what it is in the story. `entries` are those in effect, by their keys."""

    path: str
    role: Role
    checked: Checked
    entries: Mapping[Key, Entry]

    @property
    def name(self) -> str:
        """The name of the file."""
        return Path(self.path).name

    @property
    def is_read(self) -> bool:
        """Whether some engine reads it."""
        return any(self.checked.refusal(engine) is None for engine in ENGINES)

    @property
    def form(self) -> str:
        """The format, as its header says."""
        return " and ".join(dict.fromkeys(self.checked.versions)) or "not told"

    @cached_property
    def by_names(self) -> dict[Names, list[Entry]]:
        """The entries by what they answer: an image for several platforms has several."""
        found: dict[Names, list[Entry]] = {}
        for entry in self.entries.values():
            found.setdefault(names_of(entry), []).append(entry)
        return found

    def line(self, entry: Entry) -> Line:
        """An entry as evidence."""
        return self.name, entry.line, entry.text.strip()

    def in_words(self) -> str:
        """What it holds, and whether it can be read."""
        words = f"{self.name}: format {self.form}, {len(self.entries)} in effect"
        refused = [fault for fault in self.checked.faults if fault.stops == "file" and set(fault.by) == set(ENGINES)]
        return f"{words}; cannot be read: line {refused[0].line}, {refused[0].what}" if refused else words


Files = Mapping[Role, LockFile]


def names_of(entry: Entry) -> Names:
    """What an entry answers, in either format: the operation, then an image, or a repository and git's name in it."""
    inputs = as_git_ref(entry)
    if inputs:
        return "git.ref", *inputs
    return entry.operation, *(item if isinstance(item, str) else written(item) for item in entry.inputs[:1])


@dataclass(frozen=True)
class Change:
    """One lookup in two lock files."""

    kind: Kind
    before: Entry | None
    after: Entry | None

    @property
    def entry(self) -> Entry:
        """The later entry of the two."""
        found = self.after or self.before
        assert found is not None  # a change is made of entries
        return found


def role_of(path: str) -> Role:
    """What a lock file is in the story, by the first word of its name that tells; else it is taken as it is now."""
    words = re.findall("[a-z]+", Path(path).name.lower())
    return next((_WORDS[word] for word in words if word in _WORDS), "after")


def read_files(paths: Iterable[str]) -> dict[Role, LockFile]:
    """The lock files by their roles; of two with the same role the first. Raises `Refusal` as `read_lockfile` does."""
    files: dict[Role, LockFile] = {}
    for path in paths:
        role = role_of(path)
        if role not in files:
            checked = check(read_lockfile(path))
            files[role] = LockFile(path, role, checked, in_effect(checked.entries))
    return files


def result_of(files: Files) -> LockFile | None:
    """The file that the next run will read."""
    return files.get("moved") or files.get("after")


def compared(before: LockFile | None, after: LockFile | None) -> list[Change]:
    """Every lookup of two lock files, in the order in which the engine sorts them.

    Files of one format are compared entry by entry; of two formats, as v1 carries entries over.
    """
    widely = bool(before and after and before.checked.versions != after.checked.versions)
    first, second = (_by_key(file, widely) for file in (before, after))
    return [_change(first.get(key), second.get(key)) for key in sorted(first.keys() | second.keys())]


def changes_table(before: LockFile | None, after: LockFile | None) -> Table:
    """What the run made of the file, entry by entry; what is the same comes last and may be cut."""
    found = compared(before, after)
    changed = [one for one in found if one.kind != "same"]
    same = [one for one in found if one.kind == "same"]
    rows = [_row(one) for one in [*changed, *same][:_SHOWN]]
    caption = f"{len(changed)} of {len(found)} entries differ" if found else "No entry in any lock file"
    if len(found) > _SHOWN:
        caption += f"; the first {_SHOWN} are shown"
    return Table(caption, ["lookup", "before", "after", ""], rows)


def said(entry: Entry | None) -> str:
    """What an entry answers, short."""
    if entry is None:
        return "-"
    pin = re.sub(r"\b([0-9a-f]{12})[0-9a-f]{20,}\b", r"\1…", entry.pin)
    return f"{pin} ({entry.policy})" if entry.policy else pin


def _by_key(file: LockFile | None, widely: bool) -> Mapping[Key, Entry]:
    entries = file.entries if file else {}
    return {wide_key(entry): entry for entry in entries.values()} if widely else entries


def _change(before: Entry | None, after: Entry | None) -> Change:
    if before is None or after is None:
        return Change("removed" if before else "added", before, after)
    policies = {before.policy, after.policy}
    is_same = before.pin == after.pin and (len(policies) == 1 or None in policies)
    return Change("same" if is_same else "changed", before, after)


def _row(change: Change) -> list[str]:
    return [change.entry.lookup, said(change.before), said(change.after), change.kind]
