"""The diagnosis on the page, as a reader meets it."""

import gzip
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Page, Request, expect

from faultbook.catalogue.model import SAMPLES, Catalogue
from tests.browser.conftest import Open

LINE = (
    'Error: failed to resolve image "127.0.0.1:5999/x:1" (platform: "linux/amd64"): failed to do request: '
    'Head "http://127.0.0.1:5999/v2/x/manifests/1": dial tcp 127.0.0.1:5999: connect: connection refused'
)
pytestmark = pytest.mark.browser


def findings(page: Page) -> list[str]:
    """The titles of the failure modes shown, in order."""
    page.wait_for_function("/ it took /.test(document.querySelector('.fb-status').textContent)")
    return page.locator(".fb-findings section > h3 > a").all_text_contents()


@pytest.mark.parametrize("path", ["", "diagnose/"])
def test_a_pasted_line_leads_to_its_page(visit: Open, real_root: Path, real_catalogue: Catalogue, path: str) -> None:
    """From the home page and its own: the finding, its evidence with the line's number, the page behind the link."""
    page = visit(path)
    page.get_by_label("Lines of a log").fill((real_root / SAMPLES / "dagger/exec-exit-code/cli.log").read_text())
    page.get_by_role("button", name="Diagnose").click()
    failure = real_catalogue.failures["dagger/exec-nonzero-exit"]
    assert findings(page) == [failure.title]
    expect(page.locator(".fb-evidence .fb-place").first).to_have_text("pasted:33")
    page.locator(".fb-findings section h3 a").first.click()
    expect(page.locator("h1")).to_have_text(failure.title)


def test_files_are_one_incident_and_causes_come_first(visit: Open, real_root: Path) -> None:
    """Two logs, one of them compressed, give what the command line gives for the folder."""
    page = visit("diagnose/")
    folder = real_root / SAMPLES / "dagger/panic-engine-crash"
    packed = gzip.compress((folder / "engine.log").read_bytes())
    files: list[FilePayload] = [
        {"name": "cli.log", "mimeType": "text/plain", "buffer": (folder / "cli.log").read_bytes()},
        {"name": "engine.log.gz", "mimeType": "application/gzip", "buffer": packed},
    ]
    page.get_by_label("or files").set_input_files(files)
    titles = findings(page)
    assert len(titles) == 3 and "panic" in titles[0]
    commands = page.locator(".fb-findings section > p > code").all_text_contents()
    assert commands[0] == "faultbook run dagger/lost-engine cli.log engine.log.gz"
    assert commands[2] == "faultbook run dagger/engine-restart engine.log.gz"


def test_nothing_known_is_said_as_such(visit: Open) -> None:
    """An honest answer, with the lines that look like an error."""
    page = visit("diagnose/")
    page.get_by_label("Lines of a log").fill("all is well\nERROR: the teapot is empty\n")
    page.keyboard.press("Control+Enter")
    assert findings(page) == []
    expect(page.locator(".fb-findings")).to_contain_text("No known failure mode")
    expect(page.locator(".fb-findings")).to_contain_text("ERROR: the teapot is empty")


def test_no_request_leaves_the_page(visit: Open, real_root: Path, address: str) -> None:
    """While a log is diagnosed, only the site's own files are asked for, and nothing is sent with it."""
    asked: list[Request] = []
    page = visit("diagnose/")
    page.context.on("request", lambda request: asked.append(request))
    data = (real_root / SAMPLES / "dagger/exec-exit-code/engine.log").read_bytes() * 400
    assert len(data) > 1 << 20
    page.get_by_label("or files").set_input_files({"name": "x.log", "mimeType": "text/plain", "buffer": data})
    findings(page)
    assert {request.method for request in asked} <= {"GET"}
    assert [request.url for request in asked if not request.url.startswith(f"{address}assets/")] == []
    assert [request.url for request in asked if request.post_data_buffer or "?" in request.url] == []
    assert any(request.url.endswith("worker.js") for request in asked)


def test_hostile_text_is_shown_as_text(visit: Open) -> None:
    """Markup in a log is neither markup nor script, in findings, context and what is unexplained."""
    page = visit("diagnose/")
    bad = '<img src=x onerror="document.title=1"><script>document.title=2</script>'
    page.get_by_label("Lines of a log").fill(f"{LINE} {bad}\nERROR {bad}\n")
    page.keyboard.press("Control+Enter")
    findings(page)
    assert page.locator(".fb-findings img, .fb-findings script").count() == 0
    assert bad in page.locator(".fb-findings").inner_text()
    assert page.title() not in ("1", "2")


def test_a_big_file_does_not_freeze_the_page_and_can_be_cancelled(visit: Open, tmp_path: Path) -> None:
    """200 MB are read beside the page: it answers meanwhile, shows progress, and stops at once."""
    line = b'time="2026-11-21T05:00:00Z" level=debug msg="nothing of interest here at all" span=abc\n'
    with (path := tmp_path / "big.log").open("wb") as file:
        for _ in range(200):
            file.write(line * (1_000_000 // len(line)))
    page = visit("diagnose/")
    page.get_by_label("or files").set_input_files(path)
    page.wait_for_function("document.querySelector('.fb-diagnose progress').value > 0.02")
    waited = page.evaluate("""async () => { let worst = 0; for (let i = 0; i < 20; i++) {
        const t = performance.now(); await new Promise((go) => setTimeout(go, 5));
        worst = Math.max(worst, performance.now() - t); } return worst; }""")
    assert waited < 500
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator(".fb-status")).to_have_text("Cancelled.")
    page.get_by_label("Lines of a log").fill(LINE)
    page.get_by_label("or files").set_input_files([])
    page.get_by_role("button", name="Diagnose").click()
    assert findings(page)


def test_a_link_carries_only_the_ticked_lines(visit: Open) -> None:
    """Opened in another window it gives the same finding; what was not ticked is not in it."""
    page = visit("diagnose/")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_label("Lines of a log").fill(f"secret things\n{LINE}\n")
    page.keyboard.press("Control+Enter")
    titles = findings(page)
    page.get_by_role("button", name="Copy a link").click()
    link = page.evaluate("navigator.clipboard.readText()")
    assert "#log=" in link and "secret" not in link
    other = visit(link)
    assert findings(other) == titles
    assert other.get_by_label("Lines of a log").input_value() == LINE
    page.get_by_role("button", name="Copy as Markdown").click()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(f"## {titles[0]} (") and LINE in copied


def test_zstd_is_declined_with_words(visit: Open) -> None:
    """What a browser cannot read is said, with what to do."""
    page = visit("diagnose/")
    data = b"\x28\xb5\x2f\xfd\x00\x00\x00\x00"
    page.get_by_label("or files").set_input_files({"name": "x.zst", "mimeType": "application/zstd", "buffer": data})
    findings(page)
    expect(page.locator(".fb-error")).to_contain_text("zstd cannot be read in a browser. Unpack it first")


def test_it_works_from_a_file_on_disk(visit: Open, built: Path) -> None:
    """Without a server: the same finding, and the link to its page opens it."""
    page = visit((built / "diagnose" / "index.html").as_uri())
    page.get_by_label("Lines of a log").fill(LINE)
    page.keyboard.press("Control+Enter")
    title = findings(page)[0]
    page.locator(".fb-findings section h3 a").first.click()
    expect(page.locator("h1")).to_have_text(title)


def test_nothing_is_kept(visit: Open) -> None:
    """No log text gets into the browser's storage."""
    page = visit("diagnose/")
    page.get_by_label("Lines of a log").fill(LINE)
    page.keyboard.press("Control+Enter")
    findings(page)
    stored = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])")
    assert "127.0.0.1:5999" not in stored


def test_the_first_verdict_weighs_little(visit: Open, built: Path) -> None:
    """What the diagnosis adds to a page, compressed as every host of static pages does it: below 150 kB."""
    asked: list[str] = []
    page = visit("")
    page.on("request", lambda request: asked.append(request.url))
    page.reload()
    page.wait_for_load_state("networkidle")
    scripts = [built / "assets" / "diagnose" / Path(url).name for url in asked if "/assets/diagnose/" in url]
    assert len(scripts) == 5
    assert sum(len(gzip.compress(script.read_bytes())) for script in scripts) < 150_000
