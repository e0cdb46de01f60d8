"""The participants of one matching round, checked and held by column."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from html import escape
from itertools import islice
from operator import gt, itemgetter
from types import MappingProxyType
from typing import Any, Self, cast

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from mentormatch.column import (
    Bools,
    CodeColumn,
    Column,
    NumberColumn,
    Rows,
    SetColumn,
    column_of,
    composite_column,
    positions,
)
from mentormatch.condition import Condition
from mentormatch.errors import IntakeError, ParticipantError, Place, PolicyError
from mentormatch.interchange import GivenRecord, PlainRecord, read_records, record_of, records_of
from mentormatch.messages import Language, text
from mentormatch.participant import Answer, Participant, tidy_all
from mentormatch.questionnaire import Questionnaire
from mentormatch.record import defects_of
from mentormatch.report import ImportReport
from mentormatch.validity import (
    answer_defects,
    code_defects,
    column_answer_defects,
    column_defects,
    identity_defects,
    misplaced_defects,
)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Cohort:
    """Participants in the order of their codes, one column per question and composite scale.

    Make one with ``read_cohort``, :meth:`from_records`, :meth:`from_frame`,
    :meth:`from_participants` or :meth:`from_columns`.

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
        given = [(person.id, _given(person)) for person in people]
        defects = [
            *code_defects([person.id for person in people]),
            *answer_defects(given, questionnaire),
            *misplaced_defects(people),
        ]
        if defects:
            raise IntakeError(*defects)
        return cls._of(questionnaire, given, as_of, headcounts, report)

    @classmethod
    def from_records(
        cls,
        questionnaire: Questionnaire,
        records: Iterable[GivenRecord],
        *,
        as_of: date | None = None,
        headcounts: Mapping[str, int] | None = None,
    ) -> Self:
        """Make a cohort of plain records, one per person.

        Parameters
        ----------
        questionnaire
            What was asked.
        records
            Mappings, dataclasses or pydantic models. Keys are ``id``, and ids, labels or synonyms
            of questions, ``kind`` and ``roles`` among them; answers may also stand together
            under ``answers``. Values are those of a :class:`Participant`, with options by id, label
            or synonym, and lists and sets for tuples. What means the same is taken as well:
            whole floats, numpy's scalars, dates as ISO text, 0 and 1 for a flag.
            Blank are None, NaN, NaT and empty text. Names and contacts are left out.
        as_of, headcounts
            As in :meth:`from_participants`.

        Raises
        ------
        IntakeError
            With every defect of every record, at ``records[number].question``, counted from 0. A
            key that means nothing is reported once.
        """
        found = read_records(questionnaire, records)
        defects = [
            *found.defects,
            *identity_defects(found),
            *code_defects(sorted(filter(None, found.codes))),
            *answer_defects(zip(found.places, found.answers, strict=True), questionnaire),
        ]
        if defects:
            raise IntakeError(*defects)
        given = sorted(zip(found.codes, found.answers, strict=True), key=itemgetter(0))
        return cls._of(questionnaire, given, as_of, headcounts)

    @classmethod
    def from_frame(
        cls,
        questionnaire: Questionnaire,
        frame: Any,
        *,
        as_of: date | None = None,
        headcounts: Mapping[str, int] | None = None,
    ) -> Self:
        """Make a cohort of a dataframe, one row per person and one column per question.

        Parameters
        ----------
        questionnaire
            What was asked.
        frame
            A dataframe of pandas, polars (lazy or not), pyarrow or another library that
            narwhals knows. Its rows are taken as records.
        as_of, headcounts
            As in :meth:`from_participants`.

        Raises
        ------
        IntakeError
            As in :meth:`from_records`; also when it is no dataframe.
        """
        rows = records_of(frame)
        return cls.from_records(questionnaire, rows, as_of=as_of, headcounts=headcounts)

    @classmethod
    def _of(
        cls,
        questionnaire: Questionnaire,
        given: Sequence[tuple[str, Mapping[str, Answer]]],
        as_of: date | None,
        headcounts: Mapping[str, int] | None,
        report: ImportReport | None = None,
    ) -> Self:
        """Hold valid answers by column, given in the order of their codes."""
        answers = [own for _, own in given]
        roles = [cast("tuple[str, ...]", own["roles"]) for own in answers]
        return cls(
            questionnaire,
            tuple(code for code, _ in given),
            _columns(questionnaire, answers),
            is_mentor=np.array(["mentor" in own for own in roles], np.bool_),
            is_mentee=np.array(["mentee" in own for own in roles], np.bool_),
            as_of=as_of or datetime.now().astimezone().date(),
            headcounts=headcounts or {},
            report=report,
        )

    @classmethod
    def from_columns(
        cls,
        questionnaire: Questionnaire,
        ids: Sequence[str],
        columns: Mapping[str, Column],
        *,
        as_of: date | None = None,
        headcounts: Mapping[str, int] | None = None,
        report: ImportReport | None = None,
    ) -> Self:
        """Check answers by column against their questionnaire and hold them.

        Parameters
        ----------
        questionnaire
            What was asked.
        ids
            Codes of n people in any order; the cohort's order is that of their codes.
        columns
            Answers of the same n people by question; blank for a question that isn't there.
        as_of, headcounts, report
            As in :meth:`from_participants`.

        Raises
        ------
        IntakeError
            With every column that doesn't belong to its question, or else every defect of
            every answer.
        """
        codes = tidy_all(ids)
        order = None
        if any(map(gt, codes, islice(codes, 1, None))):
            order = sorted(range(len(codes)), key=codes.__getitem__)
            codes = [codes[row] for row in order]
        misfits = list(column_defects(questionnaire, len(codes), columns))
        if misfits:
            raise IntakeError(*misfits)
        own: dict[str, Column] = {}
        for question in questionnaire.questions:
            column = columns.get(question.id)
            if column is None:
                blank = column_of(question, questionnaire.options(question), [None])
                column = blank.take(np.zeros(len(codes), np.intp))
            elif order is not None:
                column = column.take(np.array(order, np.intp))
            own[question.id] = column
        defects = [*code_defects(codes), *column_answer_defects(questionnaire, codes, own)]
        if defects:
            raise IntakeError(*defects)
        roles = cast("SetColumn", own["roles"])
        return cls(
            questionnaire,
            tuple(codes),
            own | _composites(questionnaire, own),
            is_mentor=roles.chosen[:, roles.options.index("mentor")].copy(),
            is_mentee=roles.chosen[:, roles.options.index("mentee")].copy(),
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

    def to_records(self, lang: Language | None = None) -> list[PlainRecord]:
        """Return everybody's answers as plain dicts that :meth:`from_records` takes back.

        They hold every answer, restricted ones too. Every record has all questions, None
        where blank.

        Parameters
        ----------
        lang
            Write questions and options by their labels in this language, not by their ids.
        """
        return [record_of(self.questionnaire, person, lang) for person in self.participants()]

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
        kinds = cast("CodeColumn", self.columns["kind"])
        heads = ("kind", "participants", "mentors", "mentees")
        rows = [[escape(text(f"cohort.head.{head}")) for head in heads]]
        for option in self.questionnaire.options("kind"):
            own = kinds.codes == kinds.options.index(option.id)
            if own.any():
                counts = own.sum(), (own & self.is_mentor).sum(), (own & self.is_mentee).sum()
                rows.append([escape(option.label.text("en")), *map(str, counts)])
        cells = ("".join(f"<td>{cell}</td>" for cell in row) for row in rows)
        return f"<table>{''.join(f'<tr>{row}</tr>' for row in cells)}</table>"


def _given(person: Participant) -> dict[str, Answer]:
    """Return a person's answers, with their kind and roles."""
    return {**person.answers, "kind": person.kind, "roles": tuple(person.roles)}


def _columns(
    questionnaire: Questionnaire, given: Sequence[Mapping[str, Answer]]
) -> dict[str, Column]:
    columns: dict[str, Column] = {}
    for question in questionnaire.questions:
        answers = [row.get(question.id) for row in given]
        columns[question.id] = column_of(question, questionnaire.options(question), answers)
    return columns | _composites(questionnaire, columns)


def _composites(questionnaire: Questionnaire, columns: Mapping[str, Column]) -> dict[str, Column]:
    return {
        scale.id: composite_column(scale, [cast("NumberColumn", columns[it]) for it in scale.items])
        for scale in questionnaire.scales
    }
