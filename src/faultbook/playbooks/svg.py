"""What all pictures share: an SVG element with its text alternative, text in the colour of the page, short numbers."""

from xml.etree import ElementTree as Xml

from faultbook.report.lines import shown

_ALTERNATIVE = 1000
"""Characters of a text alternative that are kept; a screen reader reads all of them."""


def svg_root(title: str, alternative: str, width: int, height: int) -> tuple[Xml.Element, Xml.Element]:
    """An SVG element of `width` x `height` units, and the group to draw in; it scales with the page."""
    title, alternative = shown(title, _ALTERNATIVE), shown(alternative, _ALTERNATIVE)
    attributes = {"xmlns": "http://www.w3.org/2000/svg", "viewBox": f"0 0 {width} {height}", "role": "img"}
    svg = Xml.Element(
        "svg", attributes | {"aria-label": alternative, "style": "max-width:46rem;width:100%;height:auto"}
    )
    Xml.SubElement(svg, "title").text = title
    Xml.SubElement(svg, "desc").text = alternative
    drawing = {"font-family": "sans-serif", "font-size": "11", "fill": "currentColor"}
    return svg, Xml.SubElement(svg, "g", drawing)


def add_text(parent: Xml.Element, text: str, **attributes: str) -> None:
    """Write `text`; whatever it holds is shown as text."""
    Xml.SubElement(parent, "text", attributes).text = shown(text)


def number(value: float) -> str:
    """A coordinate with at most one digit behind the point."""
    return f"{value:.1f}".rstrip("0").rstrip(".")
