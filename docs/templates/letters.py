"""The letters to mentors, mentees and parents, a page each."""

from page import BOTH, CENTRE, RIGHT, Words, begin, gap, line, listing, signature, tag


def _letter(reader, one, several, beside):
    """Return what makes the letter to a reader: ``one`` of ``several`` companions in each row."""

    def make(lang):
        words = Words(f"letter-{reader}", lang)
        document = begin(words)
        tag(document, "{%p if institution %}")
        line(document, "{{ institution }}", CENTRE, after=8)
        tag(document, "{%p endif %}")
        line(document, words("place"), after=8)
        _addressee(document, words, reader)
        line(document, words("greeting"), CENTRE, bold=True, before=10, after=8)
        line(document, words("opening"), BOTH, after=6)
        _companions(document, words, one, several)
        gap(document, 6)
        if beside:
            tag(document, f"{{%p if {beside} %}}")
            line(document, words("beside"), before=2)
            tag(document, f"{{%p for other in {beside} %}}")
            line(
                document,
                "– {{ other.name }}{% if other.post %}, {{ other.post }}{% endif %}",
                indent=0.6,
            )
            tag(document, "{%p endfor %}")
            tag(document, "{%p endif %}")
        tag(document, "{%p if acquainted %}")
        line(document, words("acquainted"), BOTH, before=4, after=6)
        tag(document, "{%p else %}")
        line(document, words("meeting"), BOTH, before=4, after=6)
        tag(document, "{%p endif %}")
        line(document, words("expected"), after=2)
        for number in range(1, 5):
            line(document, f"– {words(f'expected-{number}')}", BOTH, indent=0.6)
        for name, after in (("freedom", 6), ("questions", 14)):
            last = line(document, words(name), BOTH, before=6, after=after)
            last.paragraph_format.keep_with_next = True
        signature(document, words("signs"), "{{ curator }}", words("signed"))
        return document

    return make


def _addressee(document, words, reader):
    line(document, words("address"), RIGHT, bold=True)
    if reader == "parents":
        line(document, words("child"), RIGHT)


def _companions(document, words, one, several):
    heads = [words(f"head-{name}") for name in ("who", "form", "term", "first-meeting")]
    who = [f"{{{{ {one}.name }}}}{{% if {one}.post %}}, {{{{ {one}.post }}}}{{% endif %}}"]
    if one == "mentee":
        who += [f"{{%p if {one}.requests %}}", words("requests"), "{%p endif %}"]
    cells = (
        who,
        f"{{{{ {one}.form }}}}",
        f"{{{{ {one}.term }}}}",
        f"{{{{ {one}.first_meeting }}}}",
    )
    listing(document, heads, (6.6, 3.6, 2.9, 3.9), f"{one} in {several}", cells)


MAKERS = {
    "letter-mentor": _letter("mentor", "mentee", "mentees", "co_mentors"),
    "letter-mentee": _letter("mentee", "mentor", "mentors", "others"),
    "letter-parents": _letter("parents", "mentor", "mentors", None),
}
