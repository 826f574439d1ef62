"""HTML and SVG out of notebooks."""

import pytest

from faultbook.render.safe import safe, safe_svg


@pytest.mark.parametrize(
    ("markup", "wanted"),
    [
        ("<b>x</b><script>alert(1)</script>y", "<b>x</b>y"),
        ("<style>*{display:none}</style>x", "x"),
        ('<iframe src="http://e.com">x</iframe>y', "y"),
        ('<img src=x onerror="alert(1)">', ""),
        ('<p onclick="x()" class="c">y</p>', '<p class="c">y</p>'),
        ('<a href="javascript:alert(1)">x</a>', "<a>x</a>"),
        ('<a href=" javascript:alert(1)">x</a>', "<a>x</a>"),
        ('<a href="java&#115;cript:alert(1)">x</a>', "<a>x</a>"),
        ('<a href="data:text/html,x">x</a>', "<a>x</a>"),
        ('<a href="../x.md#y">x</a>', '<a href="../x.md#y">x</a>'),
        ('<a href="sample:a/b/c.log#L1">x</a>', '<a href="sample:a/b/c.log#L1">x</a>'),
        ('<p style="background:url(http://e.com)">x</p>', "<p>x</p>"),
        ('<p style="width:50%">x</p>', '<p style="width:50%">x</p>'),
        ("<form><input><button>x</button></form>", "x"),
        ("<div><p>x", "<div><p>x</p></div>"),
        ("</div></article>x", "x"),
        ("<script>if (a < b) {}</script><b>x</b>", "<b>x</b>"),
        ("1 &lt; 2 &amp; <br>", "1 &lt; 2 &amp; <br>"),
        ("<!-- <script> --><![CDATA[x]]>y", "y"),
    ],
)
def test_only_what_can_be_looked_at_is_left(markup: str, wanted: str) -> None:
    """Nothing runs, nothing is fetched, and nothing stays open."""
    assert safe(markup) == wanted


def test_a_picture_has_a_name() -> None:
    """An SVG becomes an image called by its label, or else by its title."""
    labelled = safe_svg(
        '<?xml version="1.0"?><svg viewBox="0 0 1 1" aria-label="Long &quot;story&quot;"><title>t</title></svg>'
    )
    assert labelled.startswith('<svg role="img" aria-label="Long &quot;story&quot;" viewbox="0 0 1 1">')
    assert safe_svg("<svg><title>Steps</title></svg>").startswith('<svg role="img" aria-label="Steps">')
    assert 'aria-label="Picture of the run"' in safe_svg("<svg><rect/></svg>")


def test_a_picture_cannot_act() -> None:
    """Scripts, handlers, foreign objects and outside references are gone; its own gradients stay."""
    svg = (
        '<svg onload="x()"><script>alert(1)</script><foreignObject><b>x</b></foreignObject>'
        '<use href="http://e.com/x#y"/><rect fill="url(#g)" width="1"/><rect fill="url(http://e.com)"/></svg>'
    )
    cleaned = safe_svg(svg)
    assert cleaned.endswith('><rect fill="url(#g)" width="1"></rect><rect></rect></svg>')
    assert not any(word in cleaned for word in ("script", "onload", "foreign", "e.com"))


def test_what_is_no_picture_is_nothing() -> None:
    """Text in place of an SVG is dropped."""
    assert safe_svg("hello") == ""
