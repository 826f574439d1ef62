"""The wheel carries the catalogue: diagnosing needs no checkout and no network."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "playbooks/samples/dagger/exec-exit-code/cli.log"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout, unpacked where no checkout is."""
    place = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(place)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = place.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(place / "lib")
    return place / "lib"


def _faultbook(installed: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": str(installed), "FAULTBOOK_CACHE": str(installed.parent / "cache")}
    return subprocess.run(
        [sys.executable, "-m", "faultbook", *arguments],
        cwd=installed.parent,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_an_installed_wheel_diagnoses_with_its_own_catalogue(installed: Path) -> None:
    """The right failure mode is found with nothing but the wheel."""
    done = _faultbook(installed, "diagnose", "--json", str(SAMPLE))
    assert done.returncode == 1, done.stderr
    assert json.loads(done.stdout)["findings"][0]["failure"] == "dagger/exec-nonzero-exit"


def test_the_catalogue_in_the_wheel_is_that_of_the_checkout(installed: Path) -> None:
    """`list --json` is the same from the wheel and from the checkout."""
    here = subprocess.run(
        [sys.executable, "-m", "faultbook", "list", "--json"], capture_output=True, text=True, check=True
    )
    assert _faultbook(installed, "list", "--json").stdout == here.stdout


def test_the_wheel_has_no_checkout_to_check(installed: Path) -> None:
    """`check` outside a checkout says what it needs."""
    done = _faultbook(installed, "check")
    assert (done.returncode, "is not in a checkout" in done.stderr) == (2, True)
