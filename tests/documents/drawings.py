"""What tests of pictures share: reading what is drawn, and roadmaps that are hard to draw."""

import xml.etree.ElementTree as ET
from datetime import date
from itertools import combinations

from matplotlib.backends.backend_agg import FigureCanvasAgg

from mentormatch.programme.state import State
from mentormatch.roadmap.roadmap import Roadmap

PRESET = "target-model-2023-2025"
HOSTILE = (
    "<script>alert('x')</script>\"'><img src=x onerror=alert(1)>&amp;$x_1$\n\u202e\x07\u6f22]]>"
)
"""Markup, a formula, a line break, a turn of direction, a bell, a letter our font lacks."""


def texts_of(figure):
    """List the texts of a picture."""
    return [each.get_text() for each in figure.axes[0].texts]


def boxes_of(figure, prefix=""):
    """Map the names of boxes to (left, top, width, height), in inches."""
    return {
        each.get_gid(): (each.get_x(), each.get_y(), each.get_width(), each.get_height())
        for each in figure.axes[0].patches
        if (each.get_gid() or "").startswith(prefix) and each.get_gid()
    }


def lines_of(figure):
    """Map the names of lines to their points, in inches."""
    return {
        each.get_gid(): each.get_xydata().tolist()
        for each in figure.axes[0].lines
        if each.get_gid()
    }


def clashes(figure):
    """List texts that lie one over another, or not wholly on the sheet."""
    canvas = FigureCanvasAgg(figure)
    renderer = canvas.get_renderer()
    found = [(each, each.get_window_extent(renderer)) for each in figure.axes[0].texts]
    width, height = figure.bbox.width, figure.bbox.height
    outside = [
        each.get_text()
        for each, box in found
        if box.x0 < 0 or box.y0 < 0 or box.x1 > width or box.y1 > height
    ]
    return outside + [
        f"{one.get_text()} / {other.get_text()}"
        for (one, box), (other, second) in combinations(found, 2)
        if box.overlaps(second)
    ]


def roadmap_of(rows, title="Сделать", years=3, **changes):
    """Make a roadmap of so many rows, each with a long title, over so many years."""
    plain = Roadmap.preset(PRESET).to_dict()
    kinds = plain["activities"]
    activities = []
    for place in range(rows):
        like = kinds[place % len(kinds)]
        activities.append(
            like | {"id": f"{like['id']}x{place}", "title": {"ru": title, "en": title}, "needs": []}
        )
    plain |= {"activities": activities, "ends": date(2023 + years - 1, 12, 31)}
    return Roadmap.from_dict(plain | changes)


def renamed(words):
    """Put words into every title, section and role of the ready roadmap."""
    plain = Roadmap.preset(PRESET).to_dict()
    label = {"ru": words, "en": words}
    for each in (*plain["activities"], *plain["indicators"]):
        each["title"] = label
    for each in plain["activities"]:
        each["result"] = label
    plain["title"] = label
    for part in ("sections", "roles"):
        plain[part] = dict.fromkeys(plain[part], label)
    return Roadmap.from_dict(plain)


def empty(roadmap, on):
    """Say how a roadmap stands with nothing recorded."""
    return roadmap.status(on, State())


def xml_of(content):
    """Read an SVG."""
    return ET.fromstring(content)  # noqa: S314 - our own
