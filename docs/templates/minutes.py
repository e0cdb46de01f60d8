"""The minutes of a council, a meeting or the closing game."""

from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT
from page import (
    BOTH,
    CENTRE,
    LEFT,
    RIGHT,
    WIDTH,
    Words,
    begin,
    fill,
    gap,
    line,
    signature,
    tag,
    columns,
)

from mentormatch import wordfile


def minutes(lang):
    """Make minutes: what the register knows is printed, the rest is written in by hand."""
    words = Words("minutes", lang)
    document = begin(words)
    tag(document, "{%p if institution %}")
    line(document, "{{ institution }}", CENTRE, after=12)
    tag(document, "{%p endif %}")
    line(document, words("title"), CENTRE, bold=True, size=14)
    line(document, "{{ meeting }}", CENTRE, bold=True, after=10)
    table = columns(document, 1, (6, 5, 6))
    for cell, said, align in zip(
        table.rows[0].cells,
        ("{{ day }}", "{{ city }}", words("number")),
        (LEFT, CENTRE, RIGHT),
        strict=True,
    ):
        fill(cell, said, align=align, size=11)
    gap(document, 6)
    for name in ("chair", "secretary"):
        _blank(document, words(name))
    line(document, "{{ present }}", before=8, after=4)
    tag(document, "{%p if grounds %}")
    line(document, "{{ grounds }}", BOTH, after=4)
    tag(document, "{%p endif %}")
    line(document, words("agenda"), bold=True, before=8, after=4)
    tag(document, "{%p for item in agenda %}")
    line(document, "{{ item.number }}. {{ item.title }}.", BOTH, indent=0.6)
    tag(document, "{%p endfor %}")
    tag(document, "{%p for item in agenda %}")
    _item(document, words)
    tag(document, "{%p endfor %}")
    gap(document, 14)
    signature(document, words("chair"), "_" * 24, words("signed"))
    gap(document, 6)
    signature(document, words("secretary"), "_" * 24, words("signed"))
    return document


def _item(document, words):
    head = line(document, words("item"), bold=True, before=12, after=2)
    head.paragraph_format.keep_with_next = True
    tag(document, "{%p if item.known %}")
    line(document, "{{ item.known }}", BOTH, after=2).paragraph_format.keep_with_next = True
    tag(document, "{%p endif %}")
    for name, lines in (("heard", 1), ("spoke", 1), ("decided", 2)):
        _blank(document, words(name), lines)
    line(document, words("vote"), before=6)


def _blank(document, said, lines=1):
    """Write some words and a line to write on beside them, and further lines below."""
    table = columns(document, lines, (3.4, WIDTH - 3.4), together=True, padding=3)
    fill(table.rows[0].cells[0], said, size=11)
    for row in table.rows:
        wordfile.underline(row.cells[1])
        row.cells[0].vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.BOTTOM
    gap(document, 3)


MAKERS = {"minutes": minutes}
