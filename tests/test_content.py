"""The book as it is: nothing on it is merely claimed."""

from pathlib import Path

from faultbook.catalogue.model import Catalogue, Sample
from faultbook.check import check
from faultbook.diagnose import Diagnosis, diagnose


def test_everything_the_pages_claim_holds(real_root: Path) -> None:
    """The checks of `faultbook check` find no problem."""
    assert [str(problem) for problem in check(real_root)] == []


def _of(sample: Sample, root: Path, catalogue: Catalogue, *names: str) -> Diagnosis:
    """The diagnosis of a sample as one incident, or of some of its files."""
    folder = root / "playbooks/samples" / sample.id
    return diagnose([str(folder / name) for name in names] or [str(folder)], catalogue)


def test_every_sample_is_diagnosed_with_its_root_cause_first(real_root: Path, real_catalogue: Catalogue) -> None:
    """Exactly the failure modes that list it are found, and none stands before one that leads to it."""
    diagnosed = 0
    for sample in real_catalogue.samples.values():
        diagnosis = _of(sample, real_root, real_catalogue)
        found = [finding.failure for finding in diagnosis.findings]
        shown = [failure for failure in real_catalogue.shown_by(sample.id) if sample.id not in failure.beyond_lines]
        listed = [failure.id for failure in shown if failure.signatures]
        assert sorted(failure.id for failure in found) == listed, sample.id
        assert diagnosis.refusals == (), sample.id
        for position, failure in enumerate(found):
            before = [earlier.id for earlier in found[:position]]
            assert [effect for effect in failure.leads_to if effect in before] == [], sample.id
        if found:
            diagnosed += 1
            assert diagnosis.findings[0].caused_by == (), sample.id
    assert diagnosed >= 20


def test_nothing_fires_on_a_healthy_run_or_a_near_miss(real_root: Path, real_catalogue: Catalogue) -> None:
    """Neither in the incident as a whole nor in any file that is named on its own (a result on stdout is no log)."""
    near_misses = healthy = 0
    for sample in real_catalogue.samples.values():
        if real_catalogue.shown_by(sample.id):
            continue
        healthy += sample.healthy
        near_misses += bool(sample.near_miss_of)
        assert _of(sample, real_root, real_catalogue).findings == (), sample.id
        for file in sample.files:
            if file.name != "cli.stdout":
                found = _of(sample, real_root, real_catalogue, file.name).findings
                assert [finding.failure.id for finding in found] == [], (sample.id, file.name)
    assert healthy >= 10
    assert near_misses >= 1


def test_a_healthy_run_has_nothing_unexplained_that_the_engine_always_says(
    real_root: Path, real_catalogue: Catalogue
) -> None:
    """The engine's error line about CA certificates in a healthy run is noise, and is not listed."""
    sample = real_catalogue.samples["dagger/healthy-cacerts-error-line"]
    log = (real_root / "playbooks/samples" / sample.id / "engine.log").read_text(encoding="utf-8")
    assert 'level=error msg="failed to create cacerts installer' in log
    diagnosis = _of(sample, real_root, real_catalogue)
    assert [item.text for item in diagnosis.unexplained if "cacerts" in item.text] == []


def test_captured_runs_are_the_rule(real_catalogue: Catalogue) -> None:
    """For each sample that was made up there are at least five from real runs; each says which program and when."""
    kinds = [sample.kind for sample in real_catalogue.samples.values()]
    assert kinds.count("captured") >= 5 * (len(kinds) - kinds.count("captured"))
    assert len(kinds) >= 40
    assert [sample.id for sample in real_catalogue.samples.values() if sample.date == "unknown"] == []
