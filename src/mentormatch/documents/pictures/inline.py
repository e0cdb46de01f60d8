"""A picture as part of a web page: drawn by the page itself, with words that can be found.

What matplotlib writes is read as XML and made anew of the few elements and attributes that a
drawing needs, so that nothing else can come into a page with it: no script, no style sheet, no
address but places within the picture.
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from mentormatch.canvas import content_of
from mentormatch.markup import Markup, joined, tag

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_SVG: Final = "{http://www.w3.org/2000/svg}"
_LINK: Final = "{http://www.w3.org/1999/xlink}href"
_ELEMENTS: Final = frozenset({"clipPath", "defs", "g", "path", "rect", "text", "use"})
_PLACES: Final = frozenset({"d", "height", "viewBox", "width", "x", "y"})
_LOOKS: Final = frozenset(
    {
        *("fill", "fill-opacity", "opacity", "stroke", "stroke-dasharray", "stroke-dashoffset"),
        *("stroke-linecap", "stroke-linejoin", "stroke-opacity", "stroke-width"),
        *("font-size", "font-weight", "text-anchor"),
    }
)
_PLAIN: Final = re.compile(r"[\w\s.,#%()+-]*")  # no address but "url(#...)", which comes apart
_WITHIN: Final = re.compile(r"url\(#(\w+)\)")
_FONTS: Final = "DejaVu Sans, Verdana, sans-serif"


def inline(figure: "Figure", name: str) -> Markup:
    """Make a picture part of a page.

    Parameters
    ----------
    figure
        A picture, with what it shows in words as its label.
    name
        Sets its places apart from those of other pictures on the page.
    """
    root = ET.fromstring(content_of(figure, "svg", lettered=True))  # noqa: S314 - our own
    used = frozenset(_referred(root))
    return tag(
        "svg",
        *(_element(each, name, used) for each in root),
        viewBox=root.get("viewBox"),
        role="img",
        aria_label=figure.get_label(),
        font_family=_FONTS,
        stroke_linejoin="round",
    )


def _referred(root: ET.Element) -> Iterator[str]:
    """List the places that something refers to."""
    for each in root.iter():
        for key, value in each.attrib.items():
            if key == _LINK:
                yield value.removeprefix("#")
            yield from _WITHIN.findall(value)


def _element(element: ET.Element, name: str, used: frozenset[str]) -> Markup | None:
    kind = element.tag.removeprefix(_SVG)
    if kind not in _ELEMENTS:
        return None
    inside = joined(element.text if kind == "text" else None,
                    *(_element(each, name, used) for each in element))  # fmt: skip
    attributes = dict(_attributes(element, name, used))
    if kind == "g" and not attributes:
        return inside
    return tag(kind, inside, **attributes)


def _attributes(element: ET.Element, name: str, used: frozenset[str]) -> Iterator[tuple[str, str]]:
    """List what is kept of an element, its style as attributes of their own."""
    looks = (each.partition(":") for each in element.get("style", "").split(";"))
    given = {key.strip(): value.strip() for key, _, value in looks}
    given |= element.attrib
    for key, value in given.items():
        place = _WITHIN.fullmatch(value)
        if key == "id" and value in used:
            yield key, f"{name}-{value}"
        elif key == _LINK and value.startswith("#"):
            yield "href", f"#{name}-{value[1:]}"
        elif key == "clip-path" and place is not None:
            yield key, f"url(#{name}-{place[1]})"
        elif key in _LOOKS | _PLACES and place is None and _PLAIN.fullmatch(value):
            yield key, value.replace("\n", "")
