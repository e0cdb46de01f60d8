"""What a questionnaire allows: one answer, a person's record, a column of answers."""

import difflib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import Any, Final, cast

import numpy as np
from numpy.typing import NDArray

from mentormatch.column import (
    Bools,
    CodeColumn,
    Column,
    NumberColumn,
    PeopleColumn,
    SetColumn,
    column_of,
)
from mentormatch.errors import Defect, Place
from mentormatch.interchange import Records
from mentormatch.participant import Answer, Participant, skeletons_of
from mentormatch.questionnaire import Audience, Levels, Question, Questionnaire

_LARGEST: Final = 10**15

Problem = tuple[str, dict[str, object]]


def code_defects(codes: Iterable[str]) -> Iterator[Defect]:
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


def identity_defects(found: Records) -> Iterator[Defect]:
    """Find records that don't say who it is, of what kind and in which roles."""
    for place, code, given in zip(found.places, found.codes, found.answers, strict=True):
        said = {"id": bool(code), "kind": "kind" in given, "roles": "roles" in given}
        for name, is_said in said.items():
            if not is_said:
                yield Defect("cohort.required", Place(field=f"{place}.{name}"))


def answer_defects(
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


def column_defects(
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


def column_answer_defects(
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
            problem = None if answer is None else answer_problem(question, ids, answer)
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
            different = np.fromiter(map(len, map(set, column.named)), np.int64, len(column.named))
            bad = (count > most) | (count < (0 if question.may_be_none else 1))
            return column.answered & (bad | (different < count))
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
        elif problem := answer_problem(form.question(name), options[name], answer):
            yield name, problem
    kind, roles = given.get("kind"), given.get("roles")
    if isinstance(kind, str) and isinstance(roles, tuple):
        for question in required:
            name = question.id
            if name not in given and question.asked.includes(kind, roles):
                yield name, ("cohort.required", {})


def misplaced_defects(people: Iterable[Participant]) -> Iterator[Defect]:
    """Find kinds and roles among the answers."""
    for person in people:
        for name in ("kind", "roles"):
            if name in person.answers:
                yield Defect("cohort.not-an-answer", Place(field=f"{person.id}.{name}"))


def _unknown_question(name: str, known: Iterable[str]) -> Problem:
    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=1)
    return "cohort.unknown-question", {"names": ", ".join(near or names)}


def answer_problem(question: Question, ids: frozenset[str], answer: Answer) -> Problem | None:
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
