"""The monitoring report in two stages."""

from page import (
    BOTH,
    CENTRE,
    WIDTH,
    Words,
    begin,
    fill,
    gap,
    line,
    listing,
    signature,
    tag,
    columns,
)

from mentormatch import wordfile

TINY = 8.5  # points, in a table of ten columns


def monitoring_report(lang):
    """Make the report: quality of the programme, growth of its people, what follows."""
    words = Words("monitoring-report", lang)
    document = begin(words)
    tag(document, "{%p if institution %}")
    line(document, "{{ institution }}", CENTRE, after=12)
    tag(document, "{%p endif %}")
    line(document, words("title"), CENTRE, bold=True, size=14)
    line(document, words("about"), CENTRE, after=2)
    line(document, words("of"), CENTRE, after=6)
    _quality(document, words)
    _growth(document, words)
    tag(document, "{%p if notes %}")
    _section(document, words("notes"))
    tag(document, "{%p for note in notes %}")
    line(document, "– {{ note }}", BOTH, indent=0.6)
    tag(document, "{%p endfor %}")
    tag(document, "{%p endif %}")
    _section(document, words("advice"))
    tag(document, "{%p for one in advice %}")
    line(document, "{{ loop.index }}) {{ one }}", BOTH, indent=0.6, after=1)
    tag(document, "{%p endfor %}")
    # What the curator adds stands on one page with the signatures.
    own = line(document, words("own"), before=6)
    table = columns(document, 2, (WIDTH,), padding=4, together=True)
    rows = [row.cells[0] for row in table.rows]
    for cell in rows:
        wordfile.underline(cell)
    for paragraph in (own, *(cell.paragraphs[0] for cell in rows), gap(document, 14)):
        paragraph.paragraph_format.keep_with_next = True
    signature(document, words("curator"), "{{ curator }}", words("signed"))
    gap(document, 6)
    signature(document, "{{ director_post }}", "{{ director }}", words("signed"))
    return document


def _section(document, said, *, size=12, before=14):
    head = line(document, said, bold=True, size=size, before=before, after=4)
    head.paragraph_format.keep_with_next = True


def _part(document, said):
    _section(document, said, size=11, before=8)


def _quality(document, words):
    _section(document, words("stage-1"))
    _part(document, words("indices"))
    heads = [words(f"head-{name}") for name in ("index", "value", "remark")]
    cells = ("{{ index.name }}", "{{ index.value }}", "{{ index.remark }}")
    listing(document, heads, (8.6, 3.0, 5.4), "index in indices", cells)
    _part(document, words("swot"))
    _swot(document, words)
    _part(document, words("targets"))
    heads = [words(f"head-{name}") for name in ("id", "target", "plan", "fact", "standing")]
    cells = tuple(f"{{{{ target.{it} }}}}" for it in ("id", "title", "plan", "fact", "standing"))
    listing(document, heads, (1.3, 6.7, 2.6, 3.4, 3.0), "target in targets", cells)
    tag(document, "{%p if gaps %}")
    _part(document, words("gaps"))
    _movements(document, words, "gaps")
    tag(document, "{%p endif %}")


def _swot(document, words):
    """Write four parts, each with lines for what only the curator knows."""
    table = wordfile.add_table(document, 4, (WIDTH / 2, WIDTH / 2), lines=True)
    parts = (("strengths", "weaknesses"), ("opportunities", "threats"))
    for place, names in enumerate(parts):
        for column, name in enumerate(names):
            fill(table.rows[2 * place].cells[column], words(name), align=CENTRE, bold=True)
            head = table.rows[2 * place].cells[column].paragraphs[0]
            head.paragraph_format.keep_with_next = True
            fill(
                table.rows[2 * place + 1].cells[column],
                f"{{%p for one in {name} %}}",
                "– {{ one }}",
                "{%p endfor %}",
                words("write"),
                words("write"),
            )


def _growth(document, words):
    _section(document, words("stage-2"))
    tag(document, "{%p if waves %}")
    _part(document, words("waves"))
    heads = [words(f"head-{name}") for name in ("wave", "day", "asked", "answered", "share")]
    cells = tuple(f"{{{{ wave.{it} }}}}" for it in ("wave", "day", "asked", "answered", "share"))
    listing(document, heads, (5.0, 3.0, 3.0, 3.0, 3.0), "wave in waves", cells)
    tag(document, "{%p endif %}")
    tag(document, "{%p if movements %}")
    _part(document, words("movements"))
    _movements(document, words, "movements")
    tag(document, "{%p endif %}")
    line(document, "{{ caution }}", BOTH, before=6)


def _movements(document, words, several):
    names = ("role", "indicator", "count", "before", "after", "change", "up", "same", "down",
             "effect")  # fmt: skip
    heads = [words(f"head-{name}") for name in names]
    cells = tuple(f"{{{{ one.{name} }}}}" for name in names)
    widths = (2.5, 3.4, 1.4, 1.5, 1.4, 1.6, 0.9, 0.9, 0.9, 2.5)
    listing(document, heads, widths, f"one in {several}", cells, size=TINY)


MAKERS = {"monitoring-report": monitoring_report}
