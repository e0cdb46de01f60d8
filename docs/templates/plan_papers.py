"""The individual plan."""

from page import (
    BOTH,
    CENTRE,
    RIGHT,
    WIDTH,
    Words,
    begin,
    fill,
    line,
    listing,
    people,
    signature,
    tag,
)

from mentormatch import wordfile


def individual_plan(lang):
    """Make the plan of a pair, or of one mentee of a group."""
    words = Words("individual-plan", lang)
    document = begin(words)
    tag(document, "{%p if institution %}")
    line(document, "{{ institution }}", CENTRE, after=10)
    tag(document, "{%p endif %}")
    tag(document, "{%p if order_number %}")
    line(document, words("approved"), RIGHT, after=8)
    tag(document, "{%p else %}")
    line(document, words("draft"), RIGHT, after=8)
    tag(document, "{%p endif %}")
    line(document, words("title"), CENTRE, bold=True, size=14)
    line(document, words("subtitle"), CENTRE, after=10)
    _who(document, words)
    line(document, words("goals"), bold=True, before=10, after=2)
    tag(document, "{%p for goal in goals %}")
    line(document, "{{ goal.number }}. {{ goal.title }}", BOTH, after=2)
    tag(document, "{%p endfor %}")
    tag(document, "{%p for section in sections %}")
    heading = line(document, "{{ section.title }}", bold=True, before=10, after=4)
    heading.paragraph_format.keep_with_next = True
    _tasks(document, words)
    tag(document, "{%p endfor %}")
    agreed = line(document, words("signatures"), bold=True, before=14, after=4)
    agreed.paragraph_format.keep_with_next = True
    for name, signs in (
        ("mentors", "{{ one.name }}"),
        ("mentees", "{{ one.name }}"),
        ("guardians", ""),
    ):
        tag(document, f"{{%p for one in {name} %}}")
        signature(document, words(f"{name}-sign"), signs, words("signed"))
        line(document, "", size=4).paragraph_format.keep_with_next = True
        tag(document, "{%p endfor %}")
    return document


def _who(document, words):
    rows = (
        ("form", ("{{ form }}",)),
        ("variant", ("{{ variant }}",)),
        ("mentee", people("mentees")),
        ("mentor", people("mentors")),
        ("term", ("{{ term }}",)),
    )
    table = wordfile.add_table(document, len(rows) + 2, (5.0, WIDTH - 5.0), lines=True)
    place = 0
    for name, said in rows:
        if name == "variant":
            fill(table.rows[place].cells[0], "{%tr if variant %}")
            place += 1
        fill(table.rows[place].cells[0], words(f"who-{name}"), bold=True, size=10.5)
        fill(table.rows[place].cells[1], *said, size=10.5)
        place += 1
        if name == "variant":
            fill(table.rows[place].cells[0], "{%tr endif %}")
            place += 1


def _tasks(document, words):
    heads = [
        words(f"head-{name}") for name in ("number", "task", "due", "planned", "actual", "mark")
    ]
    cells = (
        "{{ task.number }}",
        "{{ task.title }}",
        "{{ task.due }}",
        "{{ task.planned_result }}",
        "{{ task.actual_result }}",
        "{{ task.mark }}",
    )
    widths = (1.1, 4.6, 2.1, 3.4, 3.3, 2.5)
    return listing(document, heads, widths, "task in section.tasks", cells)


MAKERS = {"individual-plan": individual_plan}
