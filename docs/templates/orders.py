"""The order on pairs and the order that approves plans."""

from docx.shared import Cm
from page import (
    BOTH,
    CENTRE,
    LEFT,
    ONE,
    RIGHT,
    SMALL,
    Words,
    begin,
    fill,
    line,
    listing,
    people,
    columns,
)
from page import signature, tag

from mentormatch import wordfile


def _head(document, words):
    """Write who orders what, when and where."""
    tag(document, "{%p if institution %}")
    line(document, "{{ institution }}", CENTRE, bold=True, after=14)
    tag(document, "{%p endif %}")
    line(document, words("title"), CENTRE, bold=True, size=14, after=10)
    table = columns(document, 1, (6, 5, 6))
    for cell, said, align in zip(
        table.rows[0].cells,
        (words("day"), "{{ city }}", words("number")),
        (LEFT, CENTRE, RIGHT),
        strict=True,
    ):
        fill(cell, said, align=align, size=11)
    line(
        document, words("about"), LEFT, bold=True, before=14, after=12
    ).paragraph_format.right_indent = document.sections[0].page_width // 4


def _grounds_and_signature(document, words):
    line(document, words("grounds"), before=8, after=2)
    tag(document, "{%p for ground in grounds %}")
    line(document, "– {{ ground }}", indent=-0.4).paragraph_format.left_indent = Cm(1.0)
    tag(document, "{%p endfor %}")
    line(document, "", after=10)
    signature(document, "{{ director_post }}", "{{ director }}", words("signed"))


def _annex(document, words, name):
    """Begin an annex on a new page."""
    first = line(document, words(name), RIGHT)
    first.paragraph_format.page_break_before = True
    line(document, words("annexed"), RIGHT, after=10)
    line(document, words(f"{name}-title"), CENTRE, bold=True, after=6)


def _as_of(document):
    """Say of which day classes and posts are, where those of the day of the order aren't known."""
    tag(document, "{%p if as_of %}")
    line(document, "{{ as_of }}", size=SMALL, before=4)
    tag(document, "{%p endif %}")


def _read(document, words):
    """Write the sheet on which everybody concerned signs that they have read the order."""
    heads = [words(f"head-{name}") for name in ("number", "mentor", "read-on", "read")]
    cells = ("{{ loop.index }}", ONE, "", "")
    listing(document, heads, (1.2, 8.8, 3.0, 4.0), "one in readers", cells)


def pair_order(lang):
    """Make the order on pairs and groups."""
    words = Words("pair-order", lang)
    document = begin(words)
    _head(document, words)
    line(document, words("preamble"), BOTH, indent=1.25, after=6)
    line(document, words("command"), LEFT, bold=True, after=6)
    for number in range(1, 6):
        line(document, words(f"clause-{number}"), BOTH, indent=1.25, after=4)
    _grounds_and_signature(document, words)
    _annex(document, words, "annex-1")
    heads = [
        words(f"head-{name}") for name in ("number", "form", "mentor", "mentee", "term", "grounds")
    ]
    cells = (
        "{{ pair.number }}",
        "{{ pair.form }}",
        people("pair.mentors"),
        people("pair.mentees"),
        "{{ pair.term }}",
        "{{ pair.grounds }}",
    )
    listing(document, heads, (1.1, 2.9, 4.15, 4.15, 2.4, 2.3), "pair in pairs", cells)
    _as_of(document)
    _annex(document, words, "annex-2")
    _read(document, words)
    return document


def plan_order(lang):
    """Make the order that approves individual plans."""
    words = Words("plan-order", lang)
    document = begin(words)
    _head(document, words)
    line(document, words("preamble"), BOTH, indent=1.25, after=6)
    line(document, words("command"), LEFT, bold=True, after=6)
    for number in range(1, 5):
        line(document, words(f"clause-{number}"), BOTH, indent=1.25, after=4)
    _grounds_and_signature(document, words)
    _annex(document, words, "annex-1")
    heads = [
        words(f"head-{name}") for name in ("number", "mentor", "mentee", "version", "term", "annex")
    ]
    cells = (
        "{{ plan.number }}",
        people("plan.mentors"),
        people("plan.mentees"),
        ("{{ plan.code }}", words("version")),
        "{{ plan.term }}",
        "{{ plan.annex }}",
    )
    listing(document, heads, (1.1, 3.9, 3.9, 3.1, 2.4, 2.6), "plan in plans", cells)
    _as_of(document)
    _annex(document, words, "annex-read")
    _read(document, words)
    return document


MAKERS = {"pair-order": pair_order, "plan-order": plan_order}
