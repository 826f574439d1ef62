"""Generate a log of any size from the lines of the samples: `python bench/biglog.py big.log --size 1G`.

Whole samples are written one after another, in a random order, each with ids, numbers and times of its own, as an
engine writes one session after another; so no block of the log is ever repeated. What is the same in a sample stays
the same in its copy: a trace id still ties its lines together. Lines that a signature claims are left out, and one
of them is planted for every 10,000 lines. The same arguments always give the same bytes.
"""

import argparse
import io
import itertools
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from faultbook.catalogue.model import SAMPLES, Catalogue, Log
from faultbook.catalogue.recognise import Recogniser
from faultbook.catalogue.store import current
from faultbook.diagnose.rules import RuleBook
from faultbook.matcher.source import Block, lines_of

ROOT = Path(__file__).resolve().parents[1]
LINES_PER_FAILURE = 10_000
_CHUNK = 1 << 20
_DIGITS, _HEX, _ALNUM = "0123456789", "0123456789abcdef", "0123456789abcdefghijklmnopqrstuvwxyz"
_VARIABLE = re.compile(
    r"(?P<time>(?<=T)[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?|\b[0-9]{2}:[0-9]{2}:[0-9]{2}(?= [A-Z]{3} ))"
    r"|(?P<id>\b(?=[a-z]*[0-9])[0-9a-z]{16,}\b)"
    r"|(?P<number>(?<==)[0-9]+(?:\.[0-9]+)?(?!-)\b|\b[0-9]+\.[0-9]+(?=m?s\b))"
)


@dataclass(frozen=True)
class Variant:
    """How a log is written: with CRLF line ends, with colours on every line."""

    crlf: bool = False
    ansi: bool = False

    def of(self, text: str) -> str:
        """The lines of `text` in this form."""
        if self.ansi:
            text = re.sub(r"(?m)^([^ \n]+) ([^ \n]+)", "\x1b[36m\\1\x1b[0m \x1b[1;33m\\2\x1b[0m", text)
        return text.replace("\n", "\r\n") if self.crlf else text


class Template:
    """Lines of a sample, cut into what stays and what varies."""

    def __init__(self, text: str) -> None:
        found = list(_VARIABLE.finditer(text))
        edges = [0, *(edge for match in found for edge in match.span()), len(text)]
        self._pieces = [text[low:high] for low, high in itertools.pairwise(edges)]
        kinds = {match[0]: match.lastgroup or "" for match in found}
        self._values = list(kinds.items())
        order = {value: index for index, value in enumerate(kinds)}
        self._order = [order[match[0]] for match in found]
        self.lines = text.count("\n")

    def written(self, chance: random.Random, clock: float) -> str:
        """The lines with new ids and numbers; times are `clock` seconds later than in the sample."""
        values = [_varied(value, kind, chance, clock) for value, kind in self._values]
        self._pieces[1::2] = [values[index] for index in self._order]
        return "".join(self._pieces)


@dataclass(frozen=True)
class Source:
    """What a log is made of: samples without the lines that signatures claim, and those lines."""

    samples: list[Template]
    failures: list[Template]


def source(catalogue: Catalogue, log: str, variant: Variant) -> Source:
    """Everything the samples hold of the log `log`."""
    book, recogniser = RuleBook(catalogue, log), Recogniser(catalogue.logs.values())
    plain, failures = [], []
    for path in sample_logs():
        if recogniser.log_of(path) == log:
            rest, claimed = _parted(path.read_bytes(), book)
            plain.append(Template(variant.of(rest)))
            failures += [Template(variant.of(line)) for line in claimed]
    return Source([template for template in plain if template.lines], failures)


def sample_logs() -> list[Path]:
    """The logs of all samples."""
    return sorted((ROOT / SAMPLES).glob("dagger/*/*.log"))


def write(path: Path, size: int, made_of: Source, seed: int = 1) -> int:
    """Write a log of `size` bytes, give or take one sample; the answer is the number of failures planted."""
    chance = random.Random(seed)
    lines = written = planted = 0
    with path.open("wb", buffering=_CHUNK) as file:
        while written < size:
            sample = chance.choice(made_of.samples)
            text = sample.written(chance, lines / 100)
            lines += sample.lines
            if lines // LINES_PER_FAILURE > planted:
                text += chance.choice(made_of.failures).written(chance, lines / 100)
                planted += 1
            written += file.write(text.encode("utf-8", "surrogateescape"))
    return planted


def _parted(data: bytes, book: RuleBook) -> tuple[str, list[str]]:
    """The lines of a sample no signature claims, as one text, and the others one by one."""
    hits = {hit.line for hit in book.searcher.hits(io.BytesIO(data)) if book.purposes[hit.rule].signature}
    rest: list[str] = []
    claimed: list[str] = []
    for line in lines_of(Block(data, 0, 1)):
        (claimed if line.number in hits else rest).append(line.raw.decode("utf-8", "surrogateescape") + "\n")
    return "".join(rest), claimed


def _varied(value: str, kind: str, chance: random.Random, clock: float) -> str:
    if kind == "time":
        return _later(value, clock)
    if kind == "number":
        return re.sub("(?<=.)[0-9]|[1-9]", lambda digit: chance.choice(_DIGITS[digit.start() == 0 :]), value)
    letters = _HEX if set(value) <= set(_HEX) else _ALNUM
    return "".join(chance.choices(letters, k=len(value)))


def _later(time: str, seconds: float) -> str:
    """A time of day, with as many digits as it has, some seconds later; begins anew at midnight."""
    hours, minutes, rest = time.split(":")
    total = (int(hours) * 3600 + int(minutes) * 60 + float(rest) + seconds) % 86400
    whole, digits = int(total), rest.partition(".")[2]
    fraction = f".{int(total % 1 * 10 ** len(digits)):0{len(digits)}}" if digits else ""
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}{fraction}"


def size_in_bytes(text: str) -> int:
    """Bytes named by a number with or without K, M or G behind it (powers of 1024). Raises ValueError."""
    factor = 1024 ** (" KMG".find(text[-1:].upper()) if text[-1:].isalpha() else 0)
    return int(float(text.rstrip("kmgKMG")) * factor)


def _arguments(logs: Iterator[Log]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Generate a big log from the lines of the samples.")
    parser.add_argument("path", type=Path)
    parser.add_argument("--size", type=size_in_bytes, default="1G", help="bytes; K, M and G are understood")
    parser.add_argument("--log", choices=[log.id for log in logs], default="dagger/engine-log")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--crlf", action="store_true", help="end lines as Windows does")
    parser.add_argument("--ansi", action="store_true", help="colour two words of every line")
    return parser.parse_args()


def main() -> None:
    """Write the log which the command line asks for and say how many failures are in it."""
    catalogue = current()
    options = _arguments(iter(catalogue.logs.values()))
    made_of = source(catalogue, options.log, Variant(options.crlf, options.ansi))
    planted = write(options.path, options.size, made_of, options.seed)
    print(f"{options.path}: {options.path.stat().st_size:,} bytes, {planted:,} failures planted")


if __name__ == "__main__":
    main()
