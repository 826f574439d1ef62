"""Links between pages, to lines of samples, and out of notebooks."""

import pytest

from faultbook.render.links import file_id, line_id, resolved, resolved_in_notebook
from faultbook.render.site import Place, relative
from tests.render.conftest import place_of
from tests.small_book import SmallBook


@pytest.mark.parametrize(
    ("url", "start", "wanted"),
    [
        ("failures/toy/disk-full/", "triage/toy/app-fails/", "../../../failures/toy/disk-full/"),
        ("failures/toy/disk-full/", "", "failures/toy/disk-full/"),
        ("failures/toy/b.html", "failures/toy/a.html", "b.html"),
        ("samples/toy/x/app.log", "samples/toy/x/", "app.log"),
        ("samples/toy/x/a%20b.log", "samples/toy/x/", "a%20b.log"),
        ("samples/toy/x/a:b.log", "samples/toy/x/", "a%3Ab.log"),
    ],
)
def test_urls_are_relative_to_the_page(url: str, start: str, wanted: str) -> None:
    """A link works wherever the site is put; a colon in a file's name does not make a scheme of it."""
    assert relative(url, start) == wanted


@pytest.mark.parametrize(
    ("name", "wanted"), [("cli.log", "cli.log"), ("a b~.log", "a~20b~7E.log"), ("é/x", "~C3~A9~2Fx"), ("~20", "~7E20")]
)
def test_ids_of_files_are_fit_for_a_url(name: str, wanted: str) -> None:
    """Two files never share an id, and an id needs no quoting."""
    assert file_id(name) == wanted


def test_a_link_to_a_line_leads_to_the_viewer(place: Place) -> None:
    """`sample:` with a line becomes the page of the sample with the id of the line."""
    page = resolved('<p><a href="sample:toy/broken/app.log#L2">line 2</a></p>', place)
    assert page == f'<p><a href="../../../samples/toy/broken/#{line_id("app.log", 2)}">line 2</a></p>'


def test_a_link_to_nothing_loses_its_target_and_is_reported(book: SmallBook) -> None:
    """A sample, file or playbook that is not there: no dead link, but a warning each."""
    place, warnings = place_of(book)
    page = '<a href="sample:toy/broken/no.log">x</a><a href="sample:toy/no">x</a><a href="playbook:toy/no">x</a>'
    assert resolved(page, place) == "<a>x</a>" * 3
    assert [warning.split(": ")[0] for warning in warnings] == ["failures/toy/disk-full.md"] * 3


def test_text_that_looks_like_a_link_is_left_alone(place: Place) -> None:
    """Only the attribute of a link is resolved, not code that speaks of one."""
    page = '<code>href="sample:toy/no"</code> <a href="https://example.com/">x</a>'
    assert resolved(page, place) == page


@pytest.mark.parametrize(
    ("href", "wanted"),
    [
        ("../../docs/failures/toy/disk-full.md#fix", "#fix"),
        ("../samples/toy/broken/app.log", "../../../samples/toy/broken/"),
        ("sample:toy/broken", 'href="../../../samples/toy/broken/"'),
        ("#verdict", "#verdict"),
        ("https://example.com/", "https://example.com/"),
    ],
)
def test_links_of_a_notebook_are_paths_in_the_checkout(place: Place, href: str, wanted: str) -> None:
    """A link that works on the notebook's file works on its page, too."""
    page = resolved_in_notebook(f'<a href="{href}">x</a>', place, "playbooks/toy")
    assert wanted in page
