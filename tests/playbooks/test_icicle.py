"""The picture of nested sizes: boxes as wide as their values, and labels that fit."""

from xml.etree import ElementTree as Xml

from faultbook.playbooks.icicle import Icicle, Node, depth, fitting

SVG = "{http://www.w3.org/2000/svg}"
LEAF = Node("dagql.(*Cache).wait", "wait", 30, True)
ROOTS = (Node("main.main", "main", 60, True, (LEAF, Node("maps.clone", "clone", 10))), Node("runtime.malg", "malg", 40))


def boxes(picture: Icicle) -> list[tuple[str, float, float, float]]:
    """Tooltip, left edge, width and top of every box."""
    groups = Xml.fromstring(picture.as_svg()).findall(f".//{SVG}g/{SVG}g")
    found = []
    for group in groups:
        title, rect = group.find(f"{SVG}title"), group.find(f"{SVG}rect")
        assert title is not None and rect is not None
        found.append(
            (title.text or "", float(rect.get("x", "")), float(rect.get("width", "")), float(rect.get("y", "")))
        )
    return found


def picture(roots: tuple[Node, ...] = ROOTS) -> Icicle:
    return Icicle("t", "in words", "heading", roots, lambda value: f"{value} B")


def test_boxes_are_as_wide_as_their_values() -> None:
    """Children stand below their parent, from its left edge on; the rest of its width is its own."""
    assert boxes(picture()) == [
        ("main.main: 60 B", 0, 251, 20),
        ("dagql.(*Cache).wait: 30 B", 0, 125, 42),
        ("maps.clone: 10 B", 126, 41, 42),
        ("runtime.malg: 40 B", 252, 167, 20),
    ]


def test_depth_is_the_number_of_rows() -> None:
    """It decides the height."""
    assert depth(ROOTS) == 2 and depth(()) == 0
    assert 'viewBox="0 0 420 68"' in picture().as_svg()


def test_a_label_fits_or_is_cut_or_left_out() -> None:
    """Name and size, short name and size, short name, its begin, nothing."""
    texts = [fitting(LEAF, "30 B", room) for room in (24, 23, 9, 8, 4)]
    assert texts == ["dagql.(*Cache).wait 30 B", "wait 30 B", "wait 30 B", "wait", "wait"]
    assert [fitting(Node("x.abcdefgh", "abcdefgh", 1), "1 B", room) for room in (8, 6, 4)] == ["abcdefgh", "abcde…", ""]


def test_nothing_to_draw() -> None:
    """A heading and a text alternative remain."""
    svg = picture(()).as_svg()
    assert boxes(picture(())) == [] and "heading" in svg and 'aria-label="in words"' in svg


def test_names_are_text() -> None:
    """Whatever a profile calls its functions."""
    svg = picture((Node("<script>a&b", "<script>a&b", 1),)).as_svg()
    assert "<script>" not in svg and "&lt;script&gt;a&amp;b" in svg
