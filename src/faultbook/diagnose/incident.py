"""Which files make up the incident: what was named, and the logs in folders that were named."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from faultbook.catalogue.places import natural
from faultbook.catalogue.recognise import Recogniser
from faultbook.matcher.source import opened
from faultbook.problems import Refusal

STDIN = "-"


@dataclass(frozen=True)
class LogFile:
    """A log of the incident: its path as given (`-`: standard input). `in_folder`: found there, not named."""

    path: str
    in_folder: bool = False


def files_of(arguments: Iterable[str]) -> Iterator[LogFile]:
    """The files behind the arguments of a diagnosis, folders opened (not their subfolders), each file once.

    Raises `Refusal` for an empty folder.
    """
    seen: set[str] = set()
    for argument in arguments:
        for file in _expanded(argument):
            if file.path not in seen:
                seen.add(file.path)
                yield file


def _expanded(argument: str) -> Iterator[LogFile]:
    path = Path(argument)
    try:
        inside = _inside(path) if argument != STDIN and path.is_dir() else None
    except OSError as error:
        raise Refusal(f"{argument}: cannot be read ({error.strerror})", "Check its permissions (ls -ld).") from None
    if inside is None:
        yield LogFile(argument)
        return
    if not inside:
        raise Refusal(f"{argument}: is an empty folder", "Give a folder with logs in it, or the logs themselves.")
    for child in inside:
        yield LogFile(str(child), in_folder=True)


def _inside(folder: Path) -> list[Path]:
    """The files of a folder, numbers in their names in the order of numbers: `log.2` before `log.10`."""
    return sorted(filter(Path.is_file, folder.iterdir()), key=lambda path: natural(path.name))


def kind_of(path: str, recogniser: Recogniser) -> str | None:
    """The log a file is recognised as. Raises `Refusal` if it cannot be read."""
    with opened(path, binary_too=True) as stream:
        return recogniser.log_of_head(stream.head)
