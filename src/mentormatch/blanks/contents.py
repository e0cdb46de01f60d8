"""What a form asks, of whom and in which order, and the columns it takes in a table."""

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final, Literal, get_args

from mentormatch.errors import Defect, MentorMatchError, Place
from mentormatch.messages import LANGUAGES, Language, text
from mentormatch.participant import Role
from mentormatch.questionnaire import Header, Option, Question, Questionnaire, normalised

Key = str | int | None
"""What one column of several holds: an option, a rank or a day; None for a whole answer."""

NONE: Final = "-"
"""What stands in a cell when there is nothing to name."""

SectionName = Literal["everybody", "mentor", "mentee", "school"]

_MOST_COMBINED: Final = 3  # answers whose combinations are listed


@dataclass(frozen=True, slots=True)
class Section:
    """Questions that the same people answer.

    Parameters
    ----------
    name
        Who they are.
    questions
        In the order of the questionnaire.
    """

    name: SectionName
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a form.

    Parameters
    ----------
    title
        Its header, by which it is found again when the form is read.
    section
        Who fills it in.
    question, key
        What it holds; no question where it says who answers.
    """

    title: str
    section: SectionName
    question: Question | None = None
    key: Key = None


@dataclass(frozen=True, slots=True)
class Contents:
    """A form before it is written.

    Parameters
    ----------
    form
        The questionnaire.
    role
        The role of everybody who gets the form; None when they say it themselves.
    kinds
        The kinds of people who get it; all when empty.
    lang
        Its language.
    identity
        The headers of what says who answers.
    sections
        The questions, by who answers them.
    """

    form: Questionnaire
    role: Role | None
    kinds: tuple[str, ...]
    lang: Language
    identity: tuple[Header, ...]
    sections: tuple[Section, ...]

    @classmethod
    def of(
        cls,
        form: Questionnaire,
        *,
        role: Role | None,
        kinds: Sequence[str],
        lang: Language,
        identity: tuple[Header, ...],
        school: bool,
    ) -> "Contents":
        """Choose what a form asks.

        Parameters
        ----------
        form, role, kinds, lang, identity
            See the class.
        school
            Whether it has the questions that the school answers.

        Raises
        ------
        MentorMatchError
            When there is no such role, kind or language, with each of them.
        """
        defects = list(_misuse(form, role, kinds, lang))
        if defects:
            raise MentorMatchError(*defects)
        names = get_args(SectionName)
        sections: dict[SectionName, list[Question]] = {name: [] for name in names}
        for question in form.questions:
            asked = question.asked
            # A form for one side says who is in which role.
            is_said = question.id == "roles" and role is not None
            for_others = (role is not None and asked.roles and role not in asked.roles) or (
                kinds and asked.kinds and not set(kinds) & set(asked.kinds)
            )
            if not (is_said or for_others):
                name = _section(question, role)
                if name != "school" or school:
                    sections[name].append(question)
        return cls(
            form,
            role,
            tuple(kinds),
            lang,
            identity,
            tuple(Section(name, tuple(found)) for name, found in sections.items() if found),
        )

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns of the form, from left to right."""
        identity = [Column(header.text(self.lang), "everybody") for header in self.identity]
        return (
            *identity,
            *(
                Column(title, section.name, question, key)
                for section in self.sections
                for question in section.questions
                for title, key in self._titles(question)
            ),
        )

    def options(self, question: Question) -> tuple[Option, ...]:
        """List the options of a question that the people who get the form may choose."""
        options = self.form.options(question)
        if question.id == "kind" and self.kinds:
            return tuple(option for option in options if option.id in self.kinds)
        # People expect "yes" before "no".
        return options[::-1] if question.kind == "flag" else options

    def name(self, option: Option, *, is_alone: bool = False) -> str:
        """Word an option so that a cell, with others or alone, is read as nothing else."""
        label = option.label.text(self.lang)
        is_safe = normalised(label) != NONE if is_alone else not has_separator(label)
        return label if is_safe else option.id

    def labels(self, options: Sequence[Option]) -> tuple[str, ...]:
        """Word some options."""
        return tuple(option.label.text(self.lang) for option in options)

    def listed(self, question: Question) -> tuple[str, ...]:
        """List what may stand in a cell, for a question with options.

        Where several may and they are few, all their combinations are listed.
        """
        if question.kind == "ranked":
            return tuple(self.name(option, is_alone=True) for option in self.options(question))
        options = question.times if question.kind == "slots" else self.options(question)
        if not self.has_combinations(question):
            return self.labels(options)
        most = question.max or len(options)
        return tuple(
            "; ".join(map(self.name, some))
            for count in range(1, min(most, len(options)) + 1)
            for some in combinations(options, count)
        )

    def has_combinations(self, question: Question) -> bool:
        """Tell whether a cell takes several answers, of so few that all ways are listed."""
        if question.kind == "slots":
            return len(question.times) <= _MOST_COMBINED
        is_whole = question.kind == "multi" and question.levels is None
        return is_whole and len(self.options(question)) <= _MOST_COMBINED

    def audience(self, question: Question) -> str:
        """Name the kinds of people who answer a question, empty when all do who get the form."""
        everybody = self.form.options("kind")
        kinds = self.kinds or tuple(option.id for option in everybody)
        if not question.asked.kinds or set(kinds) <= set(question.asked.kinds):
            return ""
        named = [option for option in everybody if option.id in question.asked.kinds]
        return ", ".join(self.labels([option for option in named if option.id in kinds]))

    def audience_note(self, question: Question) -> str:
        """Say who answers a question, empty when all do who get the form."""
        kinds = self.audience(question)
        return text("blank.who", self.lang, kinds=kinds) if kinds else ""

    def _titles(self, question: Question) -> Iterator[tuple[str, Key]]:
        title = question.label.text(self.lang)
        options = self.form.options(question)
        if question.kind == "slots":
            yield from ((f"{title} [{day.label.text(self.lang)}]", day.id) for day in question.days)
        elif question.levels is not None:
            yield from ((f"{title} [{it.label.text(self.lang)}]", it.id) for it in options)
        elif question.kind == "ranked":
            ranks = range(1, (question.max or len(options)) + 1)
            yield from ((f"{title} [{rank}]", rank) for rank in ranks)
        else:
            yield title, None


def has_separator(label: str) -> bool:
    """Tell whether a label can't stand among others in one cell."""
    return any(sign in label for sign in ";,=\n") or normalised(label) == NONE


def _section(question: Question, role: Role | None) -> SectionName:
    if question.answered_by == "school":
        return "school"
    if role is None and len(set(question.asked.roles)) == 1:
        return question.asked.roles[0]
    return "everybody"


def _misuse(
    form: Questionnaire, role: str | None, kinds: Sequence[str], lang: str
) -> Iterator[Defect]:
    known = [option.id for option in form.options("kind")]
    for field, found, names in (
        *(("kinds", kind, known) for kind in kinds),
        *(("role", name, list(get_args(Role))) for name in [role] if name is not None),
        ("lang", lang, list(LANGUAGES)),
    ):
        if found not in names:
            near = difflib.get_close_matches(str(found), names, n=1)
            values = {"found": found, "names": ", ".join(near or names)}
            yield Defect("blank.unknown", Place(field=field), values)
