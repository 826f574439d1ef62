"""Task items."""

import markdown  # type: ignore[import-untyped,unused-ignore]

from faultbook.render.tasks import named

TASKS = {"pymdownx.tasklist": {"clickable_checkbox": True}}


def test_every_box_has_a_name() -> None:
    """The bold words are the label of the box; a box without them is called by its number."""
    source = "1. [ ] **Do <this>.** Why.\n\n2. [x] Only words.\n"
    page = named(markdown.markdown(source, extensions=["pymdownx.tasklist"], extension_configs=TASKS))
    assert '<label class="fb-step"><input type="checkbox"> <strong>Do <this>.</strong></label> Why.' in page
    assert '<input type="checkbox" checked aria-label="Step 2">' in page
