"""A picture becomes part of a page without anything that could run, load or disturb it."""

import re
from collections import Counter
from datetime import date

import pytest
from drawings import HOSTILE, PRESET, empty, renamed, xml_of
from matplotlib.colors import to_hex

from mentormatch.documents.pictures.bars import indicator_bars
from mentormatch.documents.pictures.gantt import gantt
from mentormatch.documents.pictures.inline import inline
from mentormatch.roadmap.roadmap import Roadmap

ON = date(2024, 5, 1)


@pytest.fixture(scope="module")
def figure():
    """Draw the ready roadmap."""
    return gantt(empty(Roadmap.preset(PRESET), ON))


@pytest.fixture(scope="module")
def drawn(figure):
    """Make it part of a page, and read it back."""
    return xml_of(inline(figure, "one"))


def test_nothing_but_a_drawing_is_left(drawn):
    """Shapes, texts, and what they refer to; no style, no script, no metadata, no address."""
    kinds = {each.tag for each in drawn.iter()}
    assert kinds == {"svg", "g", "defs", "path", "use", "text", "rect", "clipPath"}
    names = {name for each in drawn.iter() for name in each.attrib}
    assert not {"style", "class", "onload"} & names
    values = [value for each in drawn.iter() for value in each.attrib.values()]
    assert not any("http" in value or "javascript" in value for value in values)


def test_everything_drawn_is_still_drawn(figure, drawn):
    """As many texts as the picture has, and as many bars with their looks."""
    written = [each.text for each in drawn.iter("text")]
    assert written == [each.get_text() for each in figure.axes[0].texts]
    fills = [each.get("fill", "") for each in drawn.iter("path")]
    filled = Counter(
        to_hex(each.get_facecolor()) for each in figure.axes[0].patches if each.get_fill()
    )
    assert len(filled) == 6  # bands, four of the looks, and the white of the two others
    for colour, count in filled.items():
        assert fills.count(colour) >= count


def test_places_are_the_pictures_own(figure):
    """Two pictures on a page don't refer to each other's parts; every reference leads somewhere."""
    seen = set()
    for name in ("one", "two"):
        content = inline(figure, name)
        ids = re.findall(r' id="([^"]+)"', content)
        referred = re.findall(r'(?:href="#|url\(#)([\w-]+)', content)
        assert len(ids) == len({*ids})
        assert {*referred} == {*ids}
        assert not seen & {*ids}
        seen |= {*ids}


def test_the_words_of_the_picture_are_read_out_in_its_place(figure, drawn):
    """As for every picture on a page."""
    assert drawn.get("role") == "img"
    assert drawn.get("aria-label") == figure.get_label()


@pytest.mark.parametrize("draw", [gantt, indicator_bars])
def test_hostile_words_stay_words(draw):
    """The same elements and attributes as with plain words."""
    shapes = []
    for words in ("Plain words", HOSTILE):
        root = xml_of(inline(draw(empty(renamed(words), ON)), "x"))
        shapes.append([(each.tag, sorted(each.attrib)) for each in root.iter()])
        assert any(each.text and each.text.startswith(words[:11]) for each in root.iter("text"))
    assert shapes[0] == shapes[1]
