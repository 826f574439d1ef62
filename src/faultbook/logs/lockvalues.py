"""What an entry of a lock file means: which lookup it answers, with what, and whether an engine takes the answer.

The lookups are those of v0.21.8 (`container.from`, `git.head`, `git.branch`, `git.tag`, `git.ref`, `modules.resolve`)
and v1.0.0-beta.11, which knows `container.from` and `git.ref` and turns the other git entries into the latter.
"""

import re
from typing import Any

from faultbook.logs.lockjson import written
from faultbook.logs.lockrecords import ENGINES, NEW, OLD, Entry, Fault, Key

IMAGE = "container.from"
_GIT = {"git.head": 1, "git.branch": 2, "git.tag": 2, "git.ref": 2}
_PREFIXES = {"git.branch": "refs/heads/", "git.tag": "refs/tags/"}
_POLICIES = ("pin", "float")
_HEX_OF = {"sha256": 64, "sha384": 96, "sha512": 128}
_DIGEST = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}")
_SHA = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_UPDATE = "Delete the line and run the call again; it is looked up anew."


def as_git_ref(entry: Entry) -> list[str] | None:
    """The inputs of the `git.ref` lookup that v1 makes of a git entry of any format; None for other entries."""
    if entry.namespace or not _is_git(entry) or not all(isinstance(item, str) for item in entry.inputs):
        return None
    url, name = (*entry.inputs, "HEAD")[:2]
    prefix = _PREFIXES.get(entry.operation, "")
    return [url, prefix + name.removeprefix(prefix)]


def wide_key(entry: Entry) -> Key:
    """The key under which v1 keeps an entry of any format."""
    inputs = as_git_ref(entry)
    return ("", "git.ref", written(inputs)) if inputs else entry.key


def fault_of(entry: Entry, version: str | None) -> Fault | None:
    """Why an engine does not take an entry whose form is right; None when it does, or for a lookup nobody knows."""
    return _policy_fault(entry) or _empty(entry) or _object_value(entry, version) or _input_fault(entry) or _pin(entry)


def meaning(entry: Entry) -> str:
    """An entry in words."""
    if entry.namespace == "" and entry.operation == IMAGE and entry.inputs:
        on = f" for {entry.inputs[1]}" if len(entry.inputs) > 1 else ""
        return f"image {entry.inputs[0]}{on} is {entry.pin}{_when(entry)}"
    if entry.namespace == "" and _is_git(entry):
        name = entry.inputs[1] if len(entry.inputs) > 1 else "HEAD"
        return f"{name} of {entry.inputs[0]} is commit {entry.pin}{_when(entry)}"
    if entry.namespace == "" and entry.operation == "modules.resolve":
        return f"module {written(entry.inputs)} is {entry.pin}{_when(entry)}"
    return f"{entry.lookup} is {entry.pin}; no lookup of this name is known here, so it has no effect"


def _when(entry: Entry) -> str:
    """What the policy makes of it."""
    policies = {"pin": "; pinned", "float": "; floats: only --lock=frozen takes it as it is"}
    return policies.get(entry.policy or "", "")


def _is_git(entry: Entry) -> bool:
    return len(entry.inputs) == _GIT.get(entry.operation)


def _policy_fault(entry: Entry) -> Fault | None:
    if entry.policy is None or entry.policy in _POLICIES:
        return None
    what = f'the policy is "{entry.policy}"; pin or float is wanted'
    return Fault(entry.line, what, "Write pin or float.", "file", f'invalid policy "{entry.policy}"')


def _empty(entry: Entry) -> Fault | None:
    if entry.value not in (None, ""):
        return None
    return Fault(entry.line, "the entry has no value", _UPDATE, "file")


def _object_value(entry: Entry, version: str | None) -> Fault | None:
    """An object as the value, which only format 2 has."""
    if version != "1" or not isinstance(entry.value, dict):
        return None
    return Fault(entry.line, "the value is an object, which format 1 does not have", _UPDATE, "file", by=(OLD,))


def _input_fault(entry: Entry) -> Fault | None:
    """Wrong inputs of a git entry: v1 cannot turn it into `git.ref`; v0.21.8 never asks for such an entry."""
    wanted = _GIT.get(entry.operation)
    if entry.namespace or wanted is None or isinstance(entry.value, dict):
        return None
    if len(entry.inputs) == wanted and all(isinstance(item, str) and item for item in entry.inputs):
        return None
    what = f"{entry.operation} has {wanted} input{'s' * (wanted > 1)}, texts that are not empty"
    return Fault(entry.line, what, _UPDATE, "file", by=(NEW,))


def _pin(entry: Entry) -> Fault | None:
    if entry.namespace:
        return None
    if entry.operation == IMAGE:
        return _digest_fault(entry)
    return _commit_fault(entry) if entry.operation in _GIT else None


def _digest_fault(entry: Entry) -> Fault | None:
    why = digest_error(entry.pin) if isinstance(entry.value, str) else "is no text"
    if not why:
        return None
    message = f'invalid lock digest "{entry.pin}" for image "{entry.inputs[0] if entry.inputs else ""}": {why}'
    what = f"the value is no digest: {why}"
    return Fault(entry.line, what, _UPDATE, "entry", message if isinstance(entry.value, str) else "")


def digest_error(text: str) -> str:
    """Why a text is no digest, in the words of opencontainers/go-digest; "" when it is one."""
    algorithm, _, digits = text.partition(":")
    if algorithm in _HEX_OF and digits:
        if len(digits) != _HEX_OF[algorithm]:
            return "invalid checksum digest length"
        return "" if re.fullmatch("[0-9a-f]+", digits) else "invalid checksum digest format"
    return "unsupported digest algorithm" if _DIGEST.fullmatch(text) else "invalid checksum digest format"


def _commit_fault(entry: Entry) -> Fault | None:
    if _is_structured(entry) and _SHA.fullmatch(entry.pin):
        return None
    if not _is_structured(entry):
        return Fault(entry.line, 'the value is not {"ref":...,"sha":...}', _UPDATE, "entry", by=(NEW,))
    message = f'invalid locked commit SHA: "{entry.pin}"'
    return Fault(entry.line, "the commit is not forty hexadecimal digits", _UPDATE, "entry", message, ENGINES)


def _is_structured(entry: Entry) -> bool:
    """Whether the value has the form that its format wants."""
    value: Any = entry.value
    return isinstance(value, dict) if entry.policy is None else isinstance(value, str)
