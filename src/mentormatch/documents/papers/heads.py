"""What several documents say in the same way: the letterhead, people, forms, terms."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from mentormatch.documents.faces import Faces
from mentormatch.documents.sources import Sources
from mentormatch.messages import Language, day, text
from mentormatch.programme.templates import is_stigmatising
from mentormatch.questionnaire import Label
from mentormatch.spreadsheet import printable

# English subjects, such as "English", keep their capitals.
_CAPITAL: Final[dict[Language, re.Pattern[str]]] = {
    "ru": re.compile(r"(?:^|(?<=[(,] )|(?<=\())[^\W\d_](?=[а-яё])"),
    "en": re.compile(r"^[^\W\d_](?=[a-z])"),
}
_ISO: Final = re.compile(r"\b(\d{4})-(\d\d)-(\d\d)\b")
_PERCENT: Final = re.compile(r"(?<=\d) %")
OPEN: Final = "_" * 20
"""Where somebody writes by hand what the settings don't say."""


@dataclass(frozen=True, slots=True)
class Head:
    """What stands at the head and at the foot of every document."""

    institution: str
    city: str
    director_post: str
    director: str
    curator: str
    programme: str


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of a pair."""

    name: str
    post: str


def head_of(sources: Sources) -> dict[str, str]:
    """Return the fields of a Head."""
    letterhead, lang = sources.letterhead, sources.lang

    def said(label: Label | None, otherwise: str = "") -> str:
        return otherwise if label is None else printable(label.text(lang))

    return {
        "institution": said(letterhead.institution),
        "city": said(letterhead.city),
        "director_post": said(letterhead.director_post, text("document.order.director", lang)),
        "director": said(letterhead.director, OPEN),
        "curator": said(letterhead.curator, OPEN),
        "programme": printable(sources.title),
    }


def grounds_of(sources: Sources) -> tuple[str, ...]:
    """List what orders go by; the national act and the school's own one where not said."""
    said = tuple(printable(each.text(sources.lang)) for each in sources.letterhead.grounds)
    return said or tuple(text(f"document.grounds.{it}", sources.lang) for it in ("act", "local"))


def members(
    sources: Sources, codes: Iterable[str], then: Faces | None = None
) -> tuple[Member, ...]:
    """Show people by name and post: those they have, or had ``then``."""
    faces = [(then or sources.faces)(code) for code in codes]
    return tuple(Member(face.name, within_line(face.post, sources.lang)) for face in faces)


def within_line(words: str, lang: Language) -> str:
    """Write words as they stand within a line: without capitals, but for abbreviations."""
    return _CAPITAL[lang].sub(lambda found: found[0].lower(), words)


def unbroken(words: str) -> str:
    """Keep a number and its percent sign in one line, and a day that is written with hyphens."""
    words = _PERCENT.sub("\N{NO-BREAK SPACE}%", words)
    return _ISO.sub("\\1\N{NON-BREAKING HYPHEN}\\2\N{NON-BREAKING HYPHEN}\\3", words)


def form_name(sources: Sources, form: str, then: Faces | None = None) -> str:
    """Say what a form is called, or was ``then``, by questionnaire or policy; else its id."""
    name = (then or sources.faces).option("forms", form)
    if name == printable(form) and form in sources.form_labels:
        name = printable(sources.form_labels[form].text(sources.lang))
    return printable(form) if is_stigmatising(name) else name


def term(sources: Sources, starts: date, ends: date) -> str:
    """Say from when to when."""
    lang = sources.lang
    return text("document.order.term", lang, starts=day(starts, lang), ends=day(ends, lang))
