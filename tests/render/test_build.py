"""A whole site of a small, hostile book, built by MkDocs."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.render.conftest import HOSTILE
from tests.small_book import BROKEN, FAILURE, LOG, SmallBook

ROOT = Path(__file__).parents[2]
_MARKERS = {"failures": "failures", "triage": "checklists", "logs": "logs"}

pytestmark = pytest.mark.slow


def _prepare(book: SmallBook) -> None:
    """Give the book what a site needs: this checkout's configuration and the pages above the tables."""
    config = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    for path in ("hooks/faultbook_site.py", "src/faultbook/render/theme"):
        config = config.replace(path, str(ROOT / path))
    book.write("mkdocs.yml", config)
    book.write("docs/index.md", "# Home\n\n<!-- faultbook: systems -->\n")
    for folder, marker in _MARKERS.items():
        book.write(f"docs/{folder}/index.md", f"# {folder}\n\n<!-- faultbook: {marker} -->\n")
    for asset in ("logo.svg", "favicon.svg", "faultbook.css"):
        book.write(f"docs/assets/{asset}", (ROOT / "docs/assets" / asset).read_bytes())


# Not `--quiet`: it hides warnings from strict mode itself.
def _build(book: SmallBook, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mkdocs", "build", "--site-dir", str(book.root / "site"), *options]
    variables = os.environ | {"NO_MKDOCS_2_WARNING": "1", "PYTHONPATH": str(ROOT / "src")} | environment
    return subprocess.run(command, cwd=book.root, env=variables, capture_output=True, text=True, check=False)


@pytest.fixture
def hostile(book: SmallBook) -> SmallBook:
    """The small book with hostile text wherever text comes from."""
    _prepare(book)
    quoted = "'" + HOSTILE.replace("'", "''") + "'"
    for old in ("title: The disk is full", "family: disk", "says: the app met a full disk", "  - disk full"):
        book.change(FAILURE, old, old[: old.index(" ", 3) + 1].replace("disk ", "") + quoted)
    book.change(LOG, "title: The app's log", f"title: {quoted}")
    lines = ["app 1.0 starting", "error: disk <img/src=x> is full", HOSTILE, "</script></pre>"]
    book.add_sample(BROKEN, {"app.log": "\n".join(lines).encode() + b"\x00\xff\x1b[31mx\n", "<b>.md": b"# <script>x"})
    book.change(FAILURE, "2:error: disk /dev/sda1 is full", "2:error: disk <img/src=x> is full")
    return book


def test_hostile_text_is_text_on_every_page(hostile: SmallBook) -> None:
    """No page, title, menu, search index or download is fooled, and nothing is written beside the pages."""
    before = {path: path.read_bytes() for path in hostile.root.rglob("*") if path.is_file()}
    done = _build(hostile)
    assert done.returncode == 0, done.stderr
    site = hostile.root / "site"
    pages = {path: path.read_text(encoding="utf-8") for path in site.rglob("*.html")}
    assert len(pages) == 12
    for path, page in pages.items():
        active = re.findall(r"<script>alert|<script>x|<img/src|<b>\.md|href=\"javascript:|\u202e", page)
        assert active == [], path
    assert "alert(1)" in pages[site / "failures/toy/disk-full/index.html"]
    assert (site / f"samples/{BROKEN.removeprefix('playbooks/samples/')}/<b>.md.txt").read_bytes() == b"# <script>x"
    assert {path: path.read_bytes() for path in before} == before
    assert {path for path in hostile.root.rglob("*") if path.is_file() and site not in path.parents} == set(before)


def test_samples_are_not_in_the_search_index(hostile: SmallBook) -> None:
    """Site search finds pages by what people type, and no lines of samples."""
    assert _build(hostile).returncode == 0
    index = json.loads((hostile.root / "site/search/search_index.json").read_text(encoding="utf-8"))
    found = {entry["location"].split("#")[0] for entry in index["docs"]}
    assert "failures/toy/disk-full/" in found
    assert not any(location.startswith("samples/toy") for location in found)
    texts = [entry["text"] + entry["title"] for entry in index["docs"]]
    assert any("alert(1)" in text for text in texts)
    assert not any("<script" in text for text in texts)


def test_problems_of_the_catalogue_end_the_build(book: SmallBook) -> None:
    """Every problem is told with its place and remedy, and no site is left half done."""
    _prepare(book)
    book.change(FAILURE, "family: disk", "famly: disk")
    done = _build(book)
    assert done.returncode == 1
    assert f"{FAILURE}:4: unknown key famly" in done.stderr
    assert "Did you mean family?" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_broken_pattern_ends_the_build_with_one_message(book: SmallBook) -> None:
    """What an engine says of a signature is told without a traceback."""
    _prepare(book)
    book.change(FAILURE, "'^error: disk (?<disk>[^ ]+) is full$'", "'^error: (disk'")
    done = _build(book)
    assert done.returncode == 1
    assert "a signature or noise on toy/app-log is no pattern" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_warning_fails_the_build(book: SmallBook) -> None:
    """A dead `sample:` link is found without running the checks."""
    _prepare(book)
    book.change(FAILURE, "sample:toy/broken/app.log#L2", "sample:toy/broken/no.log")
    done = _build(book)
    assert done.returncode == 1
    assert "failures/toy/disk-full.md: links to sample:toy/broken/no.log, which is not there" in done.stderr


def test_edit_buttons_open_what_a_page_is_made_of(book: SmallBook) -> None:
    """With a repository: the page itself, and for a sample its papers; and no script asks the repository's host."""
    _prepare(book)
    done = _build(book, REPO_URL="https://example.com/faultbook")
    assert done.returncode == 0, done.stderr
    page = (book.root / "site/failures/toy/disk-full/index.html").read_text(encoding="utf-8")
    sample = (book.root / "site/samples/toy/broken/index.html").read_text(encoding="utf-8")
    base = "https://example.com/faultbook/edit/main"
    assert f'href="{base}/docs/failures/toy/disk-full.md"' in page
    assert f'href="{base}/playbooks/samples/toy/broken/provenance.yml"' in sample
    assert 'data-md-component="source"' not in page


def test_a_site_of_plain_files_works(book: SmallBook) -> None:
    """Without directory URLs the same links lead to `.html` files."""
    _prepare(book)
    assert _build(book, "--no-directory-urls").returncode == 0
    page = (book.root / "site/failures/toy/disk-full.html").read_text(encoding="utf-8")
    assert 'href="../../samples/toy/broken.html#app.log-L2"' in page
    sample = (book.root / "site/samples/toy/broken.html").read_text(encoding="utf-8")
    assert 'href="broken/app.log"' in sample
