"""Samples: their papers (`provenance.yml`), their files, and the log each file is recognised as."""

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import cast, get_args

from faultbook.catalogue.model import Log, Sample, SampleFile, SampleKind
from faultbook.catalogue.recognise import Recogniser
from faultbook.catalogue.schema import Fields
from faultbook.catalogue.yamldoc import YamlFault, parse
from faultbook.problems import Problem, Refusal

PAPERS = "provenance.yml"
_SCRIPTS = (".sh", ".py")


def read_samples(folder: Path, name: str, logs: Iterable[Log], problems: list[Problem]) -> dict[str, Sample]:
    """Every sample below `folder` (`<system>/<slug>/`); `name` is how the folder is called in problems."""
    recogniser = Recogniser(logs)
    samples: dict[str, Sample] = {}
    for place in sorted(folder.glob("*/*/")):
        ident = f"{place.parent.name}/{place.name}"
        sample = _sample(ident, place, f"{name}/{ident}", recogniser, problems)
        if sample:
            samples[ident] = sample
    return samples


def _sample(ident: str, place: Path, name: str, recogniser: Recogniser, problems: list[Problem]) -> Sample | None:
    papers = f"{name}/{PAPERS}"
    try:
        node = parse((place / PAPERS).read_text(encoding="utf-8"))
    except FileNotFoundError:
        remedy = "Say where it comes from; `faultbook new sample` writes the papers."
        problems.append(Problem(papers, 0, f"the sample {ident} has no provenance", remedy))
        return None
    except UnicodeDecodeError:
        problems.append(Problem(papers, 0, "is not UTF-8", "Save it as UTF-8."))
        return None
    except YamlFault as fault:
        problems.append(Problem(papers, fault.line, fault.what, "Mend the YAML."))
        return None
    fields = Fields(node, papers, problems, "the provenance")
    sample = _from_fields(ident, fields, _files(place, fields, papers, recogniser, problems))
    fields.finish()
    return sample


def _from_fields(ident: str, fields: Fields, files: tuple[SampleFile, ...]) -> Sample:
    return Sample(
        id=ident,
        kind=cast(SampleKind, fields.one_of("kind", get_args(SampleKind))),
        title=fields.text("title"),
        program=fields.text("program"),
        version=fields.text("version"),
        date=fields.text("date"),
        command=fields.text("command"),
        provoked_by=fields.text("provoked_by"),
        edits=fields.text("edits"),
        notes=fields.text("notes", optional=True),
        healthy=fields.flag("healthy"),
        near_miss_of=fields.text("near_miss_of", optional=True) or None,
        files=files,
    )


def _files(
    place: Path, fields: Fields, papers: str, recogniser: Recogniser, problems: list[Problem]
) -> tuple[SampleFile, ...]:
    """The files that are there, held against the checksums in the papers."""
    promised = fields.pairs("files")
    there = {
        path.name: path
        for path in sorted(place.iterdir())
        if path.name != PAPERS and path.suffix not in _SCRIPTS and path.is_file()
    }
    line = fields.line("files")
    for missing in promised.keys() - there.keys():
        problems.append(
            Problem(papers, line, f"the file {missing} is not there", "Put it back, or take it off the list.")
        )
    found = []
    for name, path in there.items():
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        if promised.get(name) != digest:
            what = "has no checksum" if name not in promised else "has other bytes than its checksum says"
            remedy = f"Restore the bytes as captured, or write `{name}: {digest}` and say under `edits` what changed."
            problems.append(Problem(papers, line, f"the file {name} {what}", remedy))
        found.append(SampleFile(name, digest, _log_of(path, recogniser)))
    return tuple(found)


def _log_of(path: Path, recogniser: Recogniser) -> str | None:
    """The log a file is; a profile or picture beside the logs is none."""
    try:
        return recogniser.log_of(path)
    except Refusal:
        return None
