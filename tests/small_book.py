"""A book of one log, one failure mode and two samples, in milliseconds, to break on purpose."""

import hashlib
from pathlib import Path

from faultbook.catalogue.load import load
from faultbook.catalogue.model import Catalogue
from faultbook.check import check
from faultbook.problems import Problem

FAILURE = "docs/failures/toy/disk-full.md"
LOG = "docs/logs/toy/app-log.md"
CHECKLIST = "docs/triage/toy/app-fails.md"
BROKEN = "playbooks/samples/toy/broken"
HEALTHY = "playbooks/samples/toy/healthy"

BROKEN_LOG = b"app 1.0 starting\nerror: disk /dev/sda1 is full\nerror: request 7 failed\nwarning: cache is cold\n"
HEALTHY_LOG = b"app 1.0 starting\nwarning: cache is cold\nrequest 7 took 12 ms\n"

_FAILURE_PAGE = """---
title: The disk is full
summary: The app cannot write because its disk has no space left.
family: disk
asked_as:
  - disk full
signatures:
  - log: toy/app-log
    pattern: '^error: disk (?<disk>[^ ]+) is full$'
    says: the app met a full disk
samples:
  - toy/broken
leads_to: []
seen_in: app 1.0
---

## What you see

The [line](sample:toy/broken/app.log#L2) about the disk.

## What it means

There is no space left.

## Check

```bash {.run sample="toy/broken/app.log"}
rg -n 'is full' "$LOG"
```

```text {.output}
2:error: disk /dev/sda1 is full
```

```bash {.live}
df -h
```

## Fix

Make room.

## Not to be confused with

Nothing.
"""

_LOG_PAGE = """---
title: The app's log
summary: What the app writes on stderr.
recognised_by:
  - '^app [0-9.]+ starting$'
error_like:
  - '^error: '
  - '^warning: '
noise:
  - pattern: '^warning: cache is cold$'
    says: said at every start
---

## Where it is

On stderr.

## How to read it

From top to bottom.

## What misleads

Nothing.

## What it does not say

Much.
"""

_CHECKLIST_PAGE = """---
title: The app fails
summary: From a failed request to the reason.
asked_as:
  - app fails
---

## Symptom

A request failed.

## Steps

1. [ ] **Look for a full disk.** It is [the disk](../../failures/toy/disk-full.md).

## When nothing fits

Ask.
"""


def papers(files: dict[str, bytes], more: str = "") -> str:
    """The text of a `provenance.yml` for `files`, with further lines."""
    sums = "".join(f"  {name}: {hashlib.sha256(data).hexdigest()}\n" for name, data in files.items())
    return (
        "kind: captured\ntitle: A run of the app.\nprogram: app\nversion: '1.0'\ndate: '2026-01-02'\n"
        f"command: app run\nprovoked_by: Running it.\nedits: none\n{more}files:\n{sums}"
    )


class SmallBook:
    """The book at `root`; every method that changes it names files relative to `root`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.write("mkdocs.yml", "site_name: toy\n")
        self.write(FAILURE, _FAILURE_PAGE)
        self.write(LOG, _LOG_PAGE)
        self.write(CHECKLIST, _CHECKLIST_PAGE)
        self.add_sample(BROKEN, {"app.log": BROKEN_LOG})
        self.add_sample(HEALTHY, {"app.log": HEALTHY_LOG}, "healthy: true\n")

    def write(self, path: str, content: str | bytes) -> Path:
        """Write a file of the book, whatever was there."""
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content.encode() if isinstance(content, str) else content)
        return place

    def change(self, path: str, old: str, new: str) -> None:
        """Replace the only occurrence of `old`."""
        text = (self.root / path).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {path}"
        self.write(path, text.replace(old, new))

    def add_sample(self, path: str, files: dict[str, bytes], more: str = "") -> None:
        """Add a sample with its papers."""
        for name, data in files.items():
            self.write(f"{path}/{name}", data)
        self.write(f"{path}/provenance.yml", papers(files, more))

    def add_failure(self, slug: str, pattern: str, leads_to: str = "", log: str = "toy/app-log") -> None:
        """Add a page of a failure mode, without a thought of its evidence."""
        text = _FAILURE_PAGE.replace("'^error: disk (?<disk>[^ ]+) is full$'", f"'{pattern}'").replace(
            "toy/app-log", log
        )
        self.write(f"docs/failures/toy/{slug}.md", text.replace("leads_to: []", f"leads_to: [{leads_to}]"))

    def catalogue(self) -> Catalogue:
        """The catalogue of the book as it is now."""
        return load(self.root)[0]

    def problems(self) -> list[Problem]:
        """What `faultbook check` finds."""
        return check(self.root)

    def complaints(self) -> list[str]:
        """The problems as `path:line: what`, without remedies."""
        return [str(problem).split("\n")[0] for problem in self.problems()]
