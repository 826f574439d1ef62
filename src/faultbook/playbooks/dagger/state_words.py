"""What `dagger/state` says of each outcome of a start, and what to do without losing more."""

from faultbook.logs.state import CACHE, SNAPSHOTS, STORE
from faultbook.playbooks.dagger.state_starts import Outcome, Start

OUTCOMES: dict[Outcome, str] = {
    "kept": "kept",
    "new": "an empty directory: nothing to keep, nothing thrown away",
    "unclean": "thrown away: the life before had no clean end",
    "format": "thrown away: the saved cache has another format",
    "damaged": "thrown away: a file is damaged",
    "page": "nothing thrown away, and no start: a file has a damaged page",
    "locked": "untouched: another engine uses it",
    "still invalid": "thrown away, and still not usable",
    "refused": "no start; the state is not the reason",
    "crashed": "no start; the engine crashed",
    "no end": "not shown: the log ends before the engine serves",
}

_NEXT: dict[Outcome, tuple[str, str, str]] = {
    "new": (
        "look for the old volume or folder; the engine's is another one now",
        "nothing",
        "do not prune volumes before you have found it",
    ),
    "unclean": (
        "find what ended the life before: playbook dagger/engine-restart, with its log",
        "already lost: cache and cache volumes",
        "do not restart again to see whether it helps",
    ),
    "format": (
        "nothing, if it was an upgrade; one version for all who share the engine",
        "already lost: cache and cache volumes",
        "do not go back to the old version: it throws away again",
    ),
    "damaged": (
        "look at the disk (kernel log, df), then let the first runs fill the cache",
        "already lost: cache and cache volumes",
        "do not put an old database back: it belongs to the folder that is gone",
    ),
    "page": (
        f"stop the restart policy, move worker and {CACHE} aside together, start, then delete them",
        "not yet lost; moving them costs cache and cache volumes",
        "do not restart in the hope that it heals, do not remove the volume first",
    ),
    "locked": (
        "find the process that holds the lock, and let one of the two go",
        "nothing",
        "do not delete the lock file: the lock belongs to the process",
    ),
    "still invalid": (
        "look at the disk of the state: full, read-only, rights",
        "already lost: cache and cache volumes",
        "do not repeat the start before the disk is well",
    ),
    "refused": ("read its last word: it is an option, the network or rights", "nothing", "do not touch the state"),
    "crashed": ("read the crash; an empty --root tells whether the state is to blame", "nothing", "do not delete yet"),
}

_DAMAGE = {
    CACHE: "the index of the cache",
    SNAPSHOTS: "the index of the snapshots",
    STORE: "the index of the image store",
}


def outcome(start: Start) -> str:
    """What became of the state at a start, in a few words."""
    if start.outcome == "kept" and start.part.life.cache_bytes is not None:
        return f"kept: {start.part.life.cache_bytes:,} bytes at the first look"
    return OUTCOMES[start.outcome]


def damage(start: Start) -> str:
    """Which file, as far as the error tells."""
    if start.outcome == "page":
        return f"{STORE} or {SNAPSHOTS}: the panic does not say which"
    if start.outcome not in ("damaged", "still invalid"):
        return "none"
    return f"{start.file}, {_DAMAGE[start.file]}" if start.file else "not told"


def advice(start: Start) -> list[str] | None:
    """What to do, what is lost, what not to do; None where nothing is to be done."""
    told = _NEXT.get(start.outcome)
    return [f"start {start.number}", *told] if told else None


def sentence(start: Start) -> str:
    """A start as a sentence."""
    about = f"Start {start.number} ({start.place}): {outcome(start)}"
    error = start.error if start.outcome not in ("kept", "new", "unclean", "format") else None
    return f"{about} ({error})." if error else f"{about}."
