"""The participants of one matching round, checked and held by column."""

import difflib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from decimal import Decimal
from html import escape
from types import MappingProxyType
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from mentormatch.column import (
    Bools,
    Column,
    NumberColumn,
    Rows,
    column_of,
    composite_column,
    positions,
)
from mentormatch.condition import Condition
from mentormatch.errors import Defect, IntakeError, ParticipantError, Place, PolicyError
from mentormatch.messages import text
from mentormatch.participant import Answer, Participant, skeleton
from mentormatch.questionnaire import Levels, Question, Questionnaire
from mentormatch.record import defects_of
from mentormatch.report import ImportReport

_LARGEST: Final = 10**15


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Cohort:
    """Participants in the order of their codes, one column per question and composite scale.

    Make one with :meth:`from_participants` or ``read_cohort``.

    Parameters
    ----------
    questionnaire
        What was asked.
    ids
        Codes, sorted; row i of every column belongs to ``ids[i]``.
    columns
        A column per question (``kind`` and ``roles`` too) and per composite scale.
    is_mentor, is_mentee
        bool (n,).
    as_of
        The day of the round: what "today" means in conditions and rules.
    headcounts
        Sizes of target groups that shares refer to, such as all students of the school.
    report
        How the files were read, if they were.
    """

    questionnaire: Questionnaire
    ids: tuple[str, ...]
    columns: Mapping[str, Column]
    is_mentor: Bools
    is_mentee: Bools
    as_of: date
    headcounts: Mapping[str, int]
    report: ImportReport | None = None
    _places: Mapping[str, int] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "columns", MappingProxyType(dict(self.columns)))
        object.__setattr__(self, "headcounts", MappingProxyType(dict(self.headcounts)))
        object.__setattr__(self, "_places", {code: row for row, code in enumerate(self.ids)})
        self.is_mentor.setflags(write=False)
        self.is_mentee.setflags(write=False)

    def __reduce__(self) -> tuple[Any, ...]:
        values = [getattr(self, entry.name) for entry in fields(self) if entry.init]
        plain = [dict(value) if isinstance(value, MappingProxyType) else value for value in values]
        return type(self), tuple(plain)

    @classmethod
    def from_participants(
        cls,
        questionnaire: Questionnaire,
        participants: Iterable[Participant],
        *,
        as_of: date | None = None,
        headcounts: Mapping[str, int] | None = None,
        report: ImportReport | None = None,
    ) -> Self:
        """Check participants against their questionnaire and hold them by column.

        Parameters
        ----------
        questionnaire
            What was asked.
        participants
            In any order; the cohort's order is that of their codes.
        as_of
            The day of the round, today when not said.
        headcounts
            Sizes of target groups by name.
        report
            How the files were read.

        Raises
        ------
        IntakeError
            With every defect of every participant.
        """
        people = sorted(participants, key=lambda person: person.id)
        defects = [*_code_defects(people), *_answer_defects(people, questionnaire)]
        if defects:
            raise IntakeError(*defects)
        return cls(
            questionnaire,
            tuple(person.id for person in people),
            _columns(questionnaire, people),
            is_mentor=np.array(["mentor" in person.roles for person in people], np.bool_),
            is_mentee=np.array(["mentee" in person.roles for person in people], np.bool_),
            as_of=as_of or datetime.now().astimezone().date(),
            headcounts=headcounts or {},
            report=report,
        )

    @property
    def mentors(self) -> NDArray[np.int32]:
        """Positions of the mentors."""
        return np.flatnonzero(self.is_mentor).astype(np.int32)

    @property
    def mentees(self) -> NDArray[np.int32]:
        """Positions of the mentees."""
        return np.flatnonzero(self.is_mentee).astype(np.int32)

    def index(self, code: str) -> int:
        """Return the position of a code.

        Raises
        ------
        ParticipantError
            When nobody has this code.
        """
        try:
            return self._places[code]
        except KeyError:
            raise ParticipantError.of("cohort.unknown-participant", found=code) from None

    def column(self, name: str) -> Column:
        """Return the column of a question or composite scale; KeyError if there is none."""
        return self.columns[name]

    def mask(self, condition: Condition | Mapping[str, Any]) -> Bools:
        """Tell who satisfies a condition: bool (n,).

        Raises
        ------
        PolicyError
            When it is no condition, or does not fit the questionnaire.
        """
        try:
            condition = Condition.model_validate(condition)
        except ValidationError as error:
            raise PolicyError(*defects_of(error, Condition, Place())) from None
        defects = condition.check(self.questionnaire, Place())
        if defects:
            raise PolicyError(*defects)
        return condition.mask(self.columns, len(self), self.as_of)

    def where(self, condition: Condition | Mapping[str, Any]) -> "Cohort":
        """Return the cohort of those who satisfy a condition; PolicyError as in :meth:`mask`."""
        return self.take(self.mask(condition))

    def take(self, rows: Rows) -> "Cohort":
        """Return the cohort of some positions, or of a mask; headcounts stay as they are."""
        kept = np.unique(positions(rows))
        return Cohort(
            self.questionnaire,
            tuple(self.ids[row] for row in kept.tolist()),
            {name: column.take(kept) for name, column in self.columns.items()},
            self.is_mentor[kept],
            self.is_mentee[kept],
            self.as_of,
            self.headcounts,
            self.report,
        )

    def participant(self, code: str) -> Participant:
        """Return one person with their plain answers; ParticipantError for an unknown code."""
        return self._participant(self.index(code))

    def participants(self) -> Iterator[Participant]:
        """Go through all people in the order of their codes."""
        return map(self._participant, range(len(self)))

    def _participant(self, row: int) -> Participant:
        answers = {
            question.id: answer
            for question in self.questionnaire.questions
            if (answer := self.columns[question.id].cell(row)) is not None
        }
        return Participant.model_validate(
            {
                "id": self.ids[row],
                "kind": answers.pop("kind"),
                "roles": answers.pop("roles"),
                "answers": answers,
            }
        )

    def headcount(self, name: str) -> int:
        """Return the size of a target group.

        Raises
        ------
        PolicyError
            When nobody has said how large the group is.
        """
        try:
            return self.headcounts[name]
        except KeyError:
            raise PolicyError.of("cohort.no-headcount", found=name) from None

    def __len__(self) -> int:
        return len(self.ids)

    def __contains__(self, code: str) -> bool:
        return code in self._places

    def __repr__(self) -> str:
        mentors, mentees = int(self.is_mentor.sum()), int(self.is_mentee.sum())
        return f"Cohort({len(self)} participants: {mentors} mentors, {mentees} mentees)"

    def _repr_html_(self) -> str:
        kinds = self.columns["kind"]
        heads = ("kind", "participants", "mentors", "mentees")
        rows = [[escape(text(f"cohort.head.{head}")) for head in heads]]
        for option in self.questionnaire.options("kind"):
            own = np.array([kinds.cell(row) == option.id for row in range(len(self))], np.bool_)
            if own.any():
                counts = own.sum(), (own & self.is_mentor).sum(), (own & self.is_mentee).sum()
                rows.append([escape(option.label.text("en")), *map(str, counts)])
        cells = ("".join(f"<td>{cell}</td>" for cell in row) for row in rows)
        return f"<table>{''.join(f'<tr>{row}</tr>' for row in cells)}</table>"


def _given(person: Participant) -> dict[str, Answer]:
    """Return a person's answers, with their kind and roles."""
    return {**person.answers, "kind": person.kind, "roles": tuple(person.roles)}


def _columns(questionnaire: Questionnaire, people: list[Participant]) -> dict[str, Column]:
    columns: dict[str, Column] = {}
    given = [_given(person) for person in people]
    for question in questionnaire.questions:
        answers = [row.get(question.id) for row in given]
        columns[question.id] = column_of(question, questionnaire.options(question), answers)
    for scale in questionnaire.scales:
        items = [columns[item] for item in scale.items]
        columns[scale.id] = composite_column(
            scale, [item for item in items if isinstance(item, NumberColumn)]
        )
    return columns


# --- checking ---------------------------------------------------------------------------

Problem = tuple[str, dict[str, object]]


def _code_defects(people: list[Participant]) -> Iterator[Defect]:
    """Find empty codes, and codes that occur twice or could be taken for each other."""
    counts = Counter(person.id for person in people)
    for code, count in counts.items():
        if not code:
            yield Defect("cohort.no-code", Place(), {"count": count})
        elif count > 1:
            yield Defect("cohort.same-code", Place(), {"code": code, "count": count})
    firsts: dict[str, str] = {}
    for code in counts:
        first = firsts.setdefault(skeleton(code), code)
        if first != code:
            yield Defect("cohort.similar-codes", Place(), {"first": first, "second": code})


def _answer_defects(people: list[Participant], form: Questionnaire) -> Iterator[Defect]:
    """Find answers that the questionnaire doesn't allow, and required ones that are missing."""
    options = {
        question.id: frozenset(option.id for option in form.options(question))
        for question in form.questions
    }
    required = [question for question in form.questions if question.required]
    for person in people:
        for name, (code, values) in _problems(person, form, options, required):
            yield Defect(code, Place(field=f"{person.id}.{name}"), values)


def _problems(
    person: Participant,
    form: Questionnaire,
    options: Mapping[str, frozenset[str]],
    required: Iterable[Question],
) -> Iterator[tuple[str, Problem]]:
    """Find what is wrong with one person's answers, by question."""
    given = _given(person)
    for name, answer in given.items():
        if name not in options:
            yield name, _unknown_question(name, options)
        elif problem := _problem(form.question(name), options[name], answer):
            yield name, problem
    for question in required:
        if question.id not in given and question.asked.includes(person.kind, person.roles):
            yield question.id, ("cohort.required", {})
    for name in ("kind", "roles"):
        if name in person.answers:
            yield name, ("cohort.not-an-answer", {})


def _unknown_question(name: str, known: Iterable[str]) -> Problem:
    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=1)
    return "cohort.unknown-question", {"names": ", ".join(near or names)}


def _problem(question: Question, ids: frozenset[str], answer: Answer) -> Problem | None:
    """Say what is wrong with an answer, None when it is valid."""
    match question.kind, answer:
        case "choice", str():
            return _option_problem(question, ids, (answer,))
        case "flag", bool():
            return None
        case (("scale" | "number"), bool()):
            return _type_problem(question)
        case "scale", int():
            return _range_problem(question, answer)
        case "number", int() | Decimal():
            return _number_problem(question, answer)
        case "date", date():
            return None
        case "text", str():
            return None
        case "people", tuple():
            return _set_problem(question, answer)
        case "multi", dict() if question.levels is not None:
            return _set_problem(question, answer) or _level_problem(question, ids, answer)
        case (("multi" | "ranked" | "slots"), tuple()) if question.levels is None:
            return _set_problem(question, answer) or _option_problem(question, ids, answer)
    return _type_problem(question)


def _type_problem(question: Question) -> Problem:
    kind = "levels" if question.levels is not None else question.kind
    return f"cohort.type.{kind}", {}


def _option_problem(
    question: Question, ids: frozenset[str], answer: Iterable[str]
) -> Problem | None:
    for name in answer:
        if name not in ids:
            found, names = question.shown(name), sorted(ids)
            # The nearest option would give away what is not shown.
            near = difflib.get_close_matches(found, names, n=1)
            return "cohort.unknown-option", {"found": found, "names": ", ".join(near or names)}
    return None


def _range_problem(question: Question, answer: int | Decimal) -> Problem | None:
    low, high = question.low, question.high
    if (low is None or answer >= low) and (high is None or answer <= high):
        return None
    low_text, high_text = ("…" if end is None else end for end in (low, high))
    return "cohort.range", {"found": question.shown(answer), "low": low_text, "high": high_text}


def _number_problem(question: Question, answer: int | Decimal) -> Problem | None:
    scaled = Decimal(answer).scaleb(question.decimals)
    if not scaled.is_finite() or abs(scaled) >= _LARGEST:
        return _type_problem(question)
    if scaled != scaled.to_integral_value():
        code = "cohort.decimals" if question.decimals else "cohort.not-whole"
        return code, {"found": question.shown(answer), "count": question.decimals}
    return _range_problem(question, answer)


def _set_problem(question: Question, answer: tuple[str, ...] | dict[str, int]) -> Problem | None:
    if not answer and not question.may_be_none:
        return "cohort.empty", {}
    if len(set(answer)) < len(answer):
        return "cohort.repeated", {}
    if question.max is not None and len(answer) > question.max:
        return "cohort.too-many", {"count": len(answer), "most": question.max}
    return None


def _level_problem(
    question: Question, ids: frozenset[str], answer: dict[str, int]
) -> Problem | None:
    levels = question.levels or Levels()
    for level in answer.values():
        if not levels.low <= level <= levels.high:
            values = {"found": question.shown(level), "low": levels.low, "high": levels.high}
            return "cohort.range", values
    return _option_problem(question, ids, answer)
