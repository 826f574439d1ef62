"""Catalogues with as many signatures as wanted, and installations of faultbook that carry them."""

import compileall
import itertools
import json
import random
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from biglog import ROOT, sample_logs
from faultbook.catalogue.index import to_data
from faultbook.catalogue.model import Catalogue, Failure, Signature
from faultbook.catalogue.store import PACKAGE, WHEEL_INDEX
from faultbook.matcher.dialect import Token, tokens
from faultbook.matcher.search import compiled

_WORD = re.compile(r"\b[A-Za-z]{4,}\b")


def with_signatures(catalogue: Catalogue, log: str, number: int) -> Catalogue:
    """The catalogue with `number` signatures for `log`: its own ones first, then more that match no line of a sample.

    Those are signatures of the catalogue with some words of their literal text changed for words from the pages.
    Each is a failure mode of its own.
    """
    own = signatures_of(catalogue, log)[:number]
    made = _variants(_signatures(catalogue), random.Random(number))
    like = next(iter(catalogue.failures.values()))
    more = [_failure(like, f"bench/{index}", replace(next(made), log=log)) for index in range(number - len(own))]
    kept = [_with_only(failure, log, own) for failure in catalogue.failures.values()]
    return replace(catalogue, failures={failure.id: failure for failure in [*kept, *more]})


def signatures_of(catalogue: Catalogue, log: str) -> list[Signature]:
    """The signatures for `log`."""
    return [signature for signature in _signatures(catalogue) if signature.log == log]


def install(folder: Path, catalogue: Catalogue) -> None:
    """Put the package with this catalogue into `folder`, as a wheel would; to be used as PYTHONPATH."""
    package = folder / PACKAGE.name
    shutil.copytree(PACKAGE, package, ignore=shutil.ignore_patterns("data", "__pycache__"))
    index = package / WHEEL_INDEX.relative_to(PACKAGE)
    index.parent.mkdir()
    index.write_text(json.dumps(to_data(catalogue)))
    compileall.compile_dir(package, quiet=2)


def for_rg(catalogue: Catalogue, log: str, signatures_only: bool = False) -> str:
    """What a diagnosis of `log` searches for, one pattern per line, as `rg -f` takes them.

    The only change: groups lose their names, because rg makes one expression of all and refuses a name used twice.
    """
    known = catalogue.logs[log]
    patterns = [
        f"(?i:{signature.pattern})" if signature.ignore_case else signature.pattern
        for signature in signatures_of(catalogue, log)
    ]
    if not signatures_only:
        patterns += [noise.pattern for noise in known.noise] + list(known.error_like)
    return "".join(re.sub(r"\(\?<\w+>", "(?:", pattern) + "\n" for pattern in patterns)


def _signatures(catalogue: Catalogue) -> list[Signature]:
    return [signature for failure in catalogue.failures.values() for signature in failure.signatures]


def _with_only(failure: Failure, log: str, kept: list[Signature]) -> Failure:
    """The failure mode without signatures for `log` other than `kept`."""
    signatures = tuple(signature for signature in failure.signatures if signature.log != log or signature in kept)
    return replace(failure, signatures=signatures)


def _failure(like: Failure, ident: str, signature: Signature) -> Failure:
    return replace(like, id=ident, signatures=(signature,), samples=(), leads_to=())


def _variants(own: list[Signature], chance: random.Random) -> Iterator[Signature]:
    """Signatures like those given, without end: each pattern once, and none that matches a line of a sample."""
    text = "".join(path.read_text(errors="replace") for path in sample_logs())
    words = sorted({word for page in (ROOT / "docs").rglob("*.md") for word in _WORD.findall(page.read_text())})
    seen = {signature.pattern for signature in own}
    while True:
        like = chance.choice(own)
        pattern = _changed(like.pattern, words, chance)
        if pattern not in seen and not compiled(f"(?m){pattern}", like.ignore_case).search(text):
            seen.add(pattern)
            yield replace(like, pattern=pattern)


def _changed(pattern: str, words: list[str], chance: random.Random) -> str:
    """The pattern with about half of the words of its literal text changed for others."""
    runs = [(kept, "".join(part.text for part in run)) for kept, run in itertools.groupby(tokens(pattern), _is_letter)]
    return "".join(
        chance.choice(words) if is_word and _WORD.fullmatch(text) and chance.random() < 0.5 else text
        for is_word, text in runs
    )


def _is_letter(token: Token) -> bool:
    return token.kind == "literal" and token.text.isalpha()
