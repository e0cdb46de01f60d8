"""The participants of one matching round, checked and held by column."""

import difflib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from decimal import Decimal
from html import escape
from itertools import islice
from operator import gt, itemgetter
from types import MappingProxyType
from typing import Any, Final, Self, cast

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from mentormatch.column import (
    Bools,
    CodeColumn,
    Column,
    NumberColumn,
    PeopleColumn,
    Rows,
    SetColumn,
    column_of,
    composite_column,
    positions,
)
from mentormatch.condition import Condition
from mentormatch.errors import Defect, IntakeError, ParticipantError, Place, PolicyError
from mentormatch.interchange import (
    GivenRecord,
    PlainRecord,
    Records,
    read_records,
    record_of,
    records_of,
)
from mentormatch.messages import Language, text
from mentormatch.participant import Answer, Participant, skeletons_of, tidy_all
from mentormatch.questionnaire import Audience, Levels, Question, Questionnaire
from mentormatch.record import defects_of
from mentormatch.report import ImportReport

_LARGEST: Final = 10**15


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
            *_code_defects([person.id for person in people]),
            *_answer_defects(given, questionnaire),
            *_misplaced(people),
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
            *_identity_defects(found),
            *_code_defects(sorted(filter(None, found.codes))),
            *_answer_defects(zip(found.places, found.answers, strict=True), questionnaire),
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
        misfits = list(_column_defects(questionnaire, len(codes), columns))
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
        defects = [*_code_defects(codes), *_column_answer_defects(questionnaire, codes, own)]
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


# --- checking ---------------------------------------------------------------------------

Problem = tuple[str, dict[str, object]]


def _code_defects(codes: Iterable[str]) -> Iterator[Defect]:
    """Find empty codes, and codes that occur twice or could be taken for each other."""
    counts = Counter(codes)
    skeletons = skeletons_of(list(counts))
    if len(counts) == len(set(skeletons)) == counts.total() and "" not in counts:
        return
    for code, count in counts.items():
        if not code:
            yield Defect("cohort.no-code", Place(), {"count": count})
        elif count > 1:
            yield Defect("cohort.same-code", Place(), {"code": code, "count": count})
    firsts: dict[str, str] = {}
    for code, skeleton in zip(counts, skeletons, strict=True):
        first = firsts.setdefault(skeleton, code)
        if first != code:
            yield Defect("cohort.similar-codes", Place(), {"first": first, "second": code})


def _identity_defects(found: Records) -> Iterator[Defect]:
    """Find records that don't say who it is, of what kind and in which roles."""
    for place, code, given in zip(found.places, found.codes, found.answers, strict=True):
        said = {"id": bool(code), "kind": "kind" in given, "roles": "roles" in given}
        for name, is_said in said.items():
            if not is_said:
                yield Defect("cohort.required", Place(field=f"{place}.{name}"))


def _answer_defects(
    people: Iterable[tuple[str, Mapping[str, Any]]], form: Questionnaire
) -> Iterator[Defect]:
    """Find answers that the questionnaire doesn't allow, and required ones that are missing."""
    options = {
        question.id: frozenset(option.id for option in form.options(question))
        for question in form.questions
    }
    required = [question for question in form.questions if question.required]
    for place, given in people:
        for name, (code, values) in _problems(given, form, options, required):
            yield Defect(code, Place(field=f"{place}.{name}"), values)


def _column_defects(
    form: Questionnaire, size: int, columns: Mapping[str, Column]
) -> Iterator[Defect]:
    """Find columns that no answers to their questions can stand in."""
    known = [question.id for question in form.questions]
    for name, column in columns.items():
        place = Place(field=name)
        if name not in known:
            code, values = _unknown_question(name, known)
            yield Defect(code, place, values)
            continue
        question = form.question(name)
        likeness = column_of(question, form.options(question), [])
        rows = {len(getattr(column, it.name)) for it in fields(column) if _by_row(column, it.name)}
        if not _alike(column, likeness) or rows != {size} or not _is_consistent(column):
            yield Defect("cohort.column", place, {"count": size})


def _alike(column: Column, likeness: Column) -> bool:
    """Tell whether two columns differ in their rows only."""
    if type(column) is not type(likeness):
        return False
    for entry in fields(column):
        one, other = getattr(column, entry.name), getattr(likeness, entry.name)
        if isinstance(other, np.ndarray):
            if one is None or (one.dtype, one.shape[1:]) != (other.dtype, other.shape[1:]):
                return False
        elif not _by_row(likeness, entry.name) and one != other:
            return False
    return True


def _by_row(column: Column, name: str) -> bool:
    return name in {"named", "texts"} or isinstance(getattr(column, name), np.ndarray)


def _is_consistent(column: Column) -> bool:
    """Tell whether the arrays of a column can belong to each other."""
    match column:
        case CodeColumn():
            return bool(((column.codes >= -1) & (column.codes < len(column.options))).all())
        case SetColumn() if column.levels is not None:
            count = np.count_nonzero(column.chosen, axis=1)
            return bool(
                ((column.levels > 0) == column.chosen).all()
                and not count[~column.answered].any()
                and (not column.is_ranked or _are_ranks(column.levels, count))
            )
        case SetColumn():
            return not column.chosen[~column.answered].any()
    return True


def _are_ranks(levels: NDArray[np.int16], count: NDArray[np.int64]) -> bool:
    """Tell whether the levels of each row are 1, 2 and so on, once each."""
    wanted = count * (count + 1) // 2
    squares = wanted * (2 * count + 1) // 3
    wide = levels.astype(np.int64)
    return bool(((wide.sum(axis=1) == wanted) & ((wide**2).sum(axis=1) == squares)).all())


def _column_answer_defects(
    form: Questionnaire, codes: Sequence[str], columns: Mapping[str, Column]
) -> Iterator[Defect]:
    """Find answers that the questionnaire doesn't allow, and required ones that are missing."""
    kinds, roles = cast("CodeColumn", columns["kind"]), cast("SetColumn", columns["roles"])
    found: list[tuple[int, Defect]] = []
    for question in form.questions:
        column = columns[question.id]
        ids = frozenset(option.id for option in form.options(question))
        for row in np.flatnonzero(_doubtful(question, column)).tolist():
            answer = column.cell(row)
            problem = None if answer is None else _problem(question, ids, answer)
            if problem is not None:
                place = Place(field=f"{codes[row]}.{question.id}")
                found.append((row, Defect(problem[0], place, problem[1])))
        is_there = column.answered
        if question.id == "roles":
            is_there = is_there & roles.chosen.any(axis=1)
        elif question.id != "kind":
            if not question.required:
                continue
            is_there = is_there | ~_includes(question.asked, kinds, roles)
        for row in np.flatnonzero(~is_there).tolist():
            place = Place(field=f"{codes[row]}.{question.id}")
            found.append((row, Defect("cohort.required", place)))
    return (defect for _, defect in sorted(found, key=lambda entry: entry[0]))


def _includes(asked: Audience, kinds: CodeColumn, roles: SetColumn) -> Bools:
    """Tell who is asked: bool (n,)."""
    found: Bools = kinds.codes >= 0
    if asked.kinds:
        found &= np.isin(kinds.codes, [kinds.options.index(name) for name in asked.kinds])
    if asked.roles:
        columns = [roles.chosen[:, roles.options.index(role)] for role in asked.roles]
        found &= np.logical_or.reduce(columns)
    return found


def _doubtful(question: Question, column: Column) -> Bools:
    """Tell which answers of a column may be none: bool (n,). What is false for sure is fine."""
    match column:
        case NumberColumn():
            low = -_LARGEST if column.low is None else column.low
            high = _LARGEST if column.high is None else column.high
            return column.answered & ((column.values < low) | (column.values > high))
        case SetColumn():
            count = np.count_nonzero(column.chosen, axis=1)
            most = question.max or len(column.options)
            bad: Bools = (count > most) | (count < (0 if question.may_be_none else 1))
            if column.levels is not None:
                low = 1 if question.levels is None else question.levels.low
                wrong = column.chosen & (column.levels < low)
                wrong |= column.levels > column.top
                if wrong.any():
                    bad |= wrong.any(axis=1)
            return column.answered & bad
        case PeopleColumn():
            most = question.max or len(column.named)
            count = np.fromiter(map(len, column.named), np.int64, len(column.named))
            bad = (count > most) | (count < (0 if question.may_be_none else 1))
            for row in np.flatnonzero(count > 1).tolist():
                bad[row] |= len(set(column.named[row])) < count[row]
            return column.answered & bad
    return np.zeros(len(column.answered), np.bool_)


def _problems(
    given: Mapping[str, Any],
    form: Questionnaire,
    options: Mapping[str, frozenset[str]],
    required: Iterable[Question],
) -> Iterator[tuple[str, Problem]]:
    """Find what is wrong with one person's answers, by question."""
    for name, answer in given.items():
        if name not in options:
            yield name, _unknown_question(name, options)
        elif problem := _problem(form.question(name), options[name], answer):
            yield name, problem
    kind, roles = given.get("kind"), given.get("roles")
    if isinstance(kind, str) and isinstance(roles, tuple):
        for question in required:
            name = question.id
            if name not in given and question.asked.includes(kind, roles):
                yield name, ("cohort.required", {})


def _misplaced(people: Iterable[Participant]) -> Iterator[Defect]:
    """Find kinds and roles among the answers."""
    for person in people:
        for name in ("kind", "roles"):
            if name in person.answers:
                yield Defect("cohort.not-an-answer", Place(field=f"{person.id}.{name}"))


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
