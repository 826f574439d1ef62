"""What the analyzer shipped with the engine says about dumps, beside what stands in them."""

from collections.abc import Iterator, Sequence

from faultbook.logs.analyzer import ORPHANS, OWNED, PERSISTED, SIZES, Analysis
from faultbook.logs.retention import Retention
from faultbook.playbooks.dagger.disk_words import size
from faultbook.playbooks.dagger.snapshot_words import count, sized


def rows(analyses: Sequence[Analysis], dumps: Sequence[Retention]) -> Iterator[list[str]]:
    """Each claim with what the dump of the same name says."""
    by_name = {dump.snapshot.name: dump for dump in dumps}
    for analysis in analyses:
        dump = by_name.get(analysis.snapshot)
        if dump is None:
            yield [
                analysis.name,
                "results",
                f"{analysis.counts.get('results', 0):,}",
                f"{analysis.snapshot} is not given",
            ]
        else:
            yield from ([analysis.name, *row] for row in _of(analysis, dump))


def sentences(analyses: Sequence[Analysis], dumps: Sequence[Retention]) -> Iterator[str]:
    """What is wrong with the claims, in words; nothing where they are right."""
    by_name = {dump.snapshot.name: dump for dump in dumps}
    read = [one for one in analyses if one.snapshot in by_name]
    if cut := [f"{one.snapshot} ({one.counts['results']:,})" for one in read if _is_cut(one, by_name[one.snapshot])]:
        yield f"Cut after the shipped analyzer had read them, with so many results then: {', '.join(cut)}."
    if wrong := [one for one in read if _is_wrong(one, by_name[one.snapshot])]:
        orphans = ", ".join(f"{one.claims.get(ORPHANS, '0')} in {one.snapshot}" for one in wrong)
        yield (
            f"The analyzer shipped with the engine looks for fields the dumps do not have: no result with an owner,"
            f" none kept, 0 B, and so called orphans ({orphans}). None of that is so. Its counts and types are right."
        )


def _of(analysis: Analysis, dump: Retention) -> Iterator[list[str]]:
    results = list(dump.snapshot.results.values())
    owned = sum(result.owners > 0 for result in results)
    kept = sum(result.kept for result in results)
    known = [result for result in results if result.sizes]
    note = ": the dump was cut after the analyzer had read it" if _is_cut(analysis, dump) else ""
    claims = analysis.claims
    yield ["results", f"{analysis.counts.get('results', 0):,}", f"{len(results):,}{note}"]
    if not results:
        return
    yield ["with an owner", claims.get(OWNED, ""), f"{owned:,} of {len(results):,}"]
    yield ["kept on purpose", claims.get(PERSISTED, ""), f"{kept:,} of {len(results):,}"]
    yield ["without owner", claims.get(ORPHANS, ""), f"{dump.counts['free']:,} of {len(results):,}"]
    yield ["sizes", claims.get(SIZES, ""), f"{count(len(known), 'result')}, {size(sized(results))}"]


def _is_cut(analysis: Analysis, dump: Retention) -> bool:
    """Whether the file has not the results any more that the analyzer read."""
    return analysis.counts.get("results", 0) != len(dump.holds)


def _is_wrong(analysis: Analysis, dump: Retention) -> bool:
    """Whether it counts no owner where the dump has some."""
    return analysis.claims.get(OWNED) == "0" and any(result.owners > 0 for result in dump.snapshot.results.values())
