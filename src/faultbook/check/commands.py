"""Commands on pages print what the page says: one function runs, two modes use it (check and bless).

A checked command is a fence with `bash {.run sample="<system>/<slug>/<file>"}`, followed by a fence with
`text {.output}`. It runs in a folder with copies of the sample's files; `$LOG` is the named file, and every file
is in a variable by its name in capitals (`cli.log`: `$CLI_LOG`). Only its standard output counts.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from faultbook.catalogue import markdown
from faultbook.catalogue.markdown import Fence
from faultbook.catalogue.model import SAMPLES
from faultbook.check.book import Book
from faultbook.problems import Problem, Refusal

SECONDS = 60
_RUN = re.compile(r"^bash \{\.run sample=\"(?P<sample>[^/\"]+/[^/\"]+)(?:/(?P<file>[^\"]+))?\"\}$")
_SHELL = re.compile(r"^(?:bash|sh|shell|console)\b")
OUTPUT = "text {.output}"
LIVE = "bash {.live}"


@dataclass(frozen=True)
class Command:
    """A checked command on a page: `path` relative to the checkout, the fence with it and the one with its output."""

    path: str
    fence: Fence
    output: Fence
    sample: str
    file: str


def check(book: Book) -> Iterator[Problem]:
    """Run every command on every page and compare."""
    commands: list[Command] = []
    for path in _markdown_files(book.root):
        for found in commands_on(book.root, path):
            if isinstance(found, Problem):
                yield found
            else:
                commands.append(found)
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        for command, printed in zip(commands, pool.map(lambda one: _printed(book, one), commands), strict=True):
            yield from _compared(command, printed)


def bless(book: Book) -> Iterator[str]:
    """Rewrite the outputs that differ; the paths of the pages rewritten."""
    for path in _markdown_files(book.root):
        commands = [found for found in commands_on(book.root, path) if isinstance(found, Command)]
        if not commands:
            continue
        text = (book.root / path).read_text(encoding="utf-8")
        lines = text.split("\n")
        for command in reversed(commands):
            printed = _printed(book, command)
            if not isinstance(printed, Problem):
                indent = " " * command.output.indent
                lines[command.output.line : command.output.last - 1] = [
                    indent + line if line else "" for line in printed.split("\n")[:-1]
                ]
        if "\n".join(lines) != text:
            (book.root / path).write_text("\n".join(lines), encoding="utf-8")
            yield path


def commands_on(root: Path, path: str) -> Iterator[Command | Problem]:
    """The checked commands on a page, and what is wrong with how they are written."""
    try:
        fences = list(markdown.fences((root / path).read_text(encoding="utf-8")))
    except UnicodeDecodeError:
        yield Problem(path, 0, "is not UTF-8", "Save the page as UTF-8.")
        return
    for fence, following in zip(fences, [*fences[1:], None], strict=False):
        found = _RUN.match(fence.info)
        if found and following and following.info == OUTPUT and following.line <= fence.last + 2:
            yield Command(path, fence, following, found["sample"], found["file"] or "")
        elif found:
            remedy = f"Put ```{OUTPUT} right below it; `make bless` fills it."
            yield Problem(path, fence.line, "the command is not followed by its output", remedy)
        elif _SHELL.match(fence.info) and fence.info != LIVE:
            remedy = f'Write ```bash {{.run sample="..."}} if it reads a log, ```{LIVE} if it needs a live system.'
            yield Problem(path, fence.line, f"nobody knows whether to check the command ({fence.info})", remedy)


def _markdown_files(root: Path) -> Iterator[str]:
    for path in sorted((root / "docs").rglob("*.md")):
        yield path.relative_to(root).as_posix()


def _compared(command: Command, printed: str | Problem) -> Iterator[Problem]:
    if isinstance(printed, Problem):
        yield printed
    elif printed != command.output.body:
        wanted, got = command.output.body.splitlines(), printed.splitlines()
        at = next(
            (n for n, pair in enumerate(zip(wanted, got, strict=False)) if pair[0] != pair[1]),
            min(len(wanted), len(got)),
        )
        says, prints = ("".join(lines[at : at + 1]) or "nothing" for lines in (wanted, got))
        what = f"the output of the command is stale: the page says {says!r}, the command prints {prints!r}"
        yield Problem(command.path, command.output.line + 1 + at, what, "Look why; `make bless` takes the new output.")


def _printed(book: Book, command: Command) -> str | Problem:
    """What the command prints on its sample, or why it cannot be said."""
    try:
        folder = _sample_folder(book, command)
        with tempfile.TemporaryDirectory() as place:
            for file in filter(Path.is_file, folder.iterdir()):
                shutil.copyfile(file, Path(place) / file.name)
            done = _run(command.fence.body, Path(place), command.file)
    except Refusal as refusal:
        return Problem(command.path, command.fence.line, refusal.what, refusal.remedy)
    except subprocess.TimeoutExpired:
        return Problem(command.path, command.fence.line, f"the command ran longer than {SECONDS} s", "Make it end.")
    if done.returncode != 0:
        what = f"the command ended with status {done.returncode}: {done.stderr.decode(errors='replace').strip()[:200]}"
        return Problem(command.path, command.fence.line, what, "Mend it; a search without a hit needs `|| echo ...`.")
    printed = done.stdout.decode("utf-8", "replace")
    return printed if printed.endswith("\n") or not printed else printed + "\n"  # a fence ends its last line


def _run(script: str, place: Path, log: str) -> subprocess.CompletedProcess[bytes]:
    variables = {re.sub(r"[^A-Z0-9]", "_", file.name.upper()): file.name for file in place.iterdir()}
    environment = {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "HOME": str(place),
        **variables,
        "LOG": log,
    }
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", script],
        cwd=place,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=SECONDS,
        check=False,
    )


def _sample_folder(book: Book, command: Command) -> Path:
    """The folder of the command's sample. Raises `Refusal` when sample or file is not there."""
    sample = book.catalogue.samples.get(command.sample)
    if sample is None:
        raise Refusal(f"there is no sample {command.sample}", "Check the spelling.")
    if command.file and command.file not in [file.name for file in sample.files]:
        raise Refusal(f"the sample {command.sample} has no file {command.file}", "Check the spelling.")
    return book.root / SAMPLES / command.sample
