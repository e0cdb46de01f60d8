"""Answers by column: one small read-only array per question.

A column holds the answers of n participants to one question, in the cohort's order.
A blank is never a number: each column says apart who answered.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import chain, repeat
from operator import is_not
from typing import Any, Final, Self, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from mentormatch.participant import Answer
from mentormatch.questionnaire import CompositeScale, Option, Question

Bools = NDArray[np.bool_]
Rows = NDArray[np.integer[Any]] | Bools

EPOCH: Final = date(1970, 1, 1)
COMPOSITE_UNIT: Final = 1000


class _ReadOnly:
    """Locks every array of a frozen dataclass, also after unpickling; never shows what it holds."""

    __slots__ = ()

    def __post_init__(self) -> None:
        for array in self._parts():
            if isinstance(array, np.ndarray):
                array.setflags(write=False)

    def __reduce__(self) -> tuple[type[Self], tuple[Any, ...]]:
        return type(self), self._parts()

    def __repr__(self) -> str:
        # The answers stay unsaid: some are restricted.
        return f"{type(self).__name__}({len(cast('Any', self).answered)} rows)"

    def _parts(self) -> tuple[Any, ...]:
        return tuple(getattr(self, entry.name) for entry in fields(cast("Any", self)))


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class CodeColumn(_ReadOnly):
    """One option per person (choice, flag).

    Parameters
    ----------
    codes
        int16 (n,), position in ``options``; -1 where blank.
    options
        Ids of the options; ``("no", "yes")`` for a flag.
    is_flag
        Whether the answers are yes and no.
    """

    codes: NDArray[np.int16]
    options: tuple[str, ...]
    is_flag: bool = False

    @property
    def answered(self) -> Bools:
        """Who answered: bool (n,)."""
        return self.codes >= 0

    def take(self, rows: Rows) -> "CodeColumn":
        """Return the column of some rows, in their order."""
        return CodeColumn(self.codes[rows], self.options, self.is_flag)

    def cell(self, row: int) -> str | bool | None:
        """Return one person's answer, None where blank."""
        code = int(self.codes[row])
        if code < 0:
            return None
        return bool(code) if self.is_flag else self.options[code]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class NumberColumn(_ReadOnly):
    """One number per person (scale, number, date, composite scale).

    Parameters
    ----------
    values
        int64 (n,), in units of 1/``unit``; 0 where blank. Dates count days since 1970-01-01.
    answered
        bool (n,).
    unit
        How many units make one: a power of ten.
    low, high
        Least and greatest possible answer in units, None where there is none.
    is_date
        Whether the values are days.
    """

    values: NDArray[np.int64]
    answered: Bools
    unit: int = 1
    low: int | None = None
    high: int | None = None
    is_date: bool = False

    def take(self, rows: Rows) -> "NumberColumn":
        """Return the column of some rows, in their order."""
        return NumberColumn(
            self.values[rows], self.answered[rows], self.unit, self.low, self.high, self.is_date
        )

    def cell(self, row: int) -> int | Decimal | date | None:
        """Return one person's answer, None where blank."""
        if not self.answered[row]:
            return None
        value = int(self.values[row])
        if self.is_date:
            return EPOCH + timedelta(days=value)
        return value if self.unit == 1 else Decimal(value) / self.unit


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class SetColumn(_ReadOnly):
    """Several of k options per person (multi, ranked, slots, roles).

    Parameters
    ----------
    chosen
        bool (n, k).
    levels
        int16 (n, k): the level, or the rank from 1 on; 0 where not chosen. None without levels.
    answered
        bool (n,). Who answered "none" has answered and chosen nothing.
    options
        Ids of the k options.
    top
        Highest possible level or last possible rank; 1 without levels.
    is_ranked
        Whether the levels are ranks, 1 being the first.
    """

    chosen: Bools
    levels: NDArray[np.int16] | None
    answered: Bools
    options: tuple[str, ...]
    top: int = 1
    is_ranked: bool = False

    def take(self, rows: Rows) -> "SetColumn":
        """Return the column of some rows, in their order."""
        at = positions(rows)
        levels = None if self.levels is None else self.levels.take(at, axis=0)
        chosen, answered = self.chosen.take(at, axis=0), self.answered[at]
        return SetColumn(chosen, levels, answered, self.options, self.top, self.is_ranked)

    def cell(self, row: int) -> tuple[str, ...] | dict[str, int] | None:
        """Return one person's answer, None where blank."""
        if not self.answered[row]:
            return None
        places = self.chosen[row].nonzero()[0].tolist()
        if self.levels is None:
            return tuple(self.options[place] for place in places)
        levels = self.levels[row]
        if self.is_ranked:
            return tuple(self.options[p] for p in sorted(places, key=levels.__getitem__))
        chosen = levels[places].tolist()
        return {self.options[place]: level for place, level in zip(places, chosen, strict=True)}


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class PeopleColumn(_ReadOnly):
    """Codes of other people per person, from the first rank on where they are ranked."""

    named: tuple[tuple[str, ...], ...]
    answered: Bools
    ranked: bool = False

    def take(self, rows: Rows) -> "PeopleColumn":
        """Return the column of some rows, in their order."""
        named = tuple(map(self.named.__getitem__, positions(rows).tolist()))
        return PeopleColumn(named, self.answered[rows], self.ranked)

    def cell(self, row: int) -> tuple[str, ...] | None:
        """Return one person's answer, None where blank."""
        return self.named[row] if self.answered[row] else None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class TextColumn(_ReadOnly):
    """Free text per person; never scored."""

    texts: tuple[str | None, ...]

    @property
    def answered(self) -> Bools:
        """Who answered: bool (n,)."""
        return _present(self.texts)

    def take(self, rows: Rows) -> "TextColumn":
        """Return the column of some rows, in their order."""
        return TextColumn(tuple(map(self.texts.__getitem__, positions(rows).tolist())))

    def cell(self, row: int) -> str | None:
        """Return one person's answer, None where blank."""
        return self.texts[row]


Column = CodeColumn | NumberColumn | SetColumn | PeopleColumn | TextColumn

AnyColumn = TypeVar("AnyColumn", bound=Column)


def positions(rows: Rows) -> NDArray[np.intp]:
    """Turn a mask into the positions where it holds; positions stay as they are."""
    found: NDArray[Any] = np.asarray(rows)
    return np.flatnonzero(found) if found.dtype == np.bool_ else found.astype(np.intp)


def stacked(columns: Sequence[AnyColumn]) -> AnyColumn:
    """Put columns of one question under each other."""
    rows: dict[str, Any] = {}
    for entry in fields(columns[0]):
        parts = [getattr(column, entry.name) for column in columns]
        if isinstance(parts[0], np.ndarray):
            rows[entry.name] = np.concatenate(parts)
        elif entry.name in {"named", "texts"}:
            rows[entry.name] = tuple(chain.from_iterable(parts))
    return replace(columns[0], **rows)


def differing(column: Column, first: Rows, second: Rows) -> Bools:
    """Tell where two rows, taken pair by pair, hold two different answers: bool (k,)."""
    one, other = column.take(first), column.take(second)
    both: Bools = one.answered & other.answered
    differs: Bools
    match one, other:
        case SetColumn(), SetColumn():
            values = one.chosen if one.levels is None else one.levels
            others = other.chosen if other.levels is None else other.levels
            differs = np.logical_or.reduce(values != others, axis=1)
        case CodeColumn(), CodeColumn():
            differs = one.codes != other.codes
        case NumberColumn(), NumberColumn():
            differs = one.values != other.values
        case _:
            cells = ((one.cell(row), other.cell(row)) for row in range(len(both)))
            differs = np.fromiter((left != right for left, right in cells), np.bool_, len(both))
    return both & differs


def column_of(
    question: Question, options: Sequence[Option], answers: Sequence[Answer | None]
) -> Column:
    """Put valid answers to one question into a column.

    Parameters
    ----------
    question
        What was asked.
    options
        Its possible answers, as :meth:`Questionnaire.options` lists them.
    answers
        One plain value per person, None where blank.
    """
    match question.kind:
        case "choice" | "flag":
            return _codes(question, options, answers)
        case "scale" | "number" | "date":
            return _numbers(question, answers)
        case "multi" | "ranked" | "slots":
            return _sets(question, options, answers)
        case "people":
            named = cast("Iterable[tuple[str, ...] | None]", answers)
            return PeopleColumn(
                tuple(entry or () for entry in named), _present(answers), question.ranked
            )
        case "text":
            return TextColumn(tuple(cast("Sequence[str | None]", answers)))


def composite_column(scale: CompositeScale, items: Sequence[NumberColumn]) -> NumberColumn:
    """Compute a composite scale from the columns of its items, in the scale's order.

    Each value is the mean of the answered items in thousandths, rounded half to even.
    """
    low, high = items[0].low or 0, items[0].high or 0
    total = np.zeros(len(items[0].values), dtype=np.int64)
    count = np.zeros_like(total)
    for name, item in zip(scale.items, items, strict=True):
        values = low + high - item.values if name in scale.reversed else item.values
        total += np.where(item.answered, values, 0)
        count += item.answered
    answered = 2 * count >= len(items)
    mean = _divide_half_even(total * COMPOSITE_UNIT, np.maximum(count, 1))
    return NumberColumn(
        np.where(answered, mean, 0),
        answered,
        COMPOSITE_UNIT,
        low * COMPOSITE_UNIT,
        high * COMPOSITE_UNIT,
    )


def _divide_half_even(dividend: NDArray[np.int64], divisor: NDArray[np.int64]) -> NDArray[np.int64]:
    quotient, rest = np.divmod(dividend, divisor)
    up = (2 * rest > divisor) | ((2 * rest == divisor) & (quotient % 2 == 1))
    return np.where(up, quotient + 1, quotient)


def _present(answers: Sequence[Answer | None]) -> Bools:
    return np.fromiter(map(is_not, answers, repeat(None)), np.bool_, len(answers))


def _codes(
    question: Question, options: Sequence[Option], answers: Sequence[Answer | None]
) -> CodeColumn:
    ids = tuple(option.id for option in options)
    places: dict[Any, int] = {name: place for place, name in enumerate(ids)}
    is_flag = question.kind == "flag"
    if is_flag:
        places = {False: 0, True: 1}
    places[None] = -1
    codes = np.array([places[answer] for answer in answers], dtype=np.int16)
    return CodeColumn(codes, ids, is_flag)


def _numbers(question: Question, answers: Sequence[Answer | None]) -> NumberColumn:
    is_date = question.kind == "date"
    unit = 10**question.decimals
    if is_date:
        days = cast("Iterable[date | None]", answers)
        values = [0 if day is None else (day - EPOCH).days for day in days]
    else:
        numbers = cast("Iterable[int | Decimal | None]", answers)
        values = [0 if number is None else int(number * unit) for number in numbers]
    return NumberColumn(
        np.array(values, dtype=np.int64),
        _present(answers),
        unit,
        None if question.low is None else question.low * unit,
        None if question.high is None else question.high * unit,
        is_date,
    )


def _sets(
    question: Question, options: Sequence[Option], answers: Sequence[Answer | None]
) -> SetColumn:
    ids = tuple(option.id for option in options)
    places = {name: place for place, name in enumerate(ids)}
    is_ranked = question.kind == "ranked"
    levels = np.zeros((len(answers), len(ids)), dtype=np.int16)
    sets = cast("Iterable[tuple[str, ...] | dict[str, int] | None]", answers)
    for row, answer in enumerate(sets):
        if isinstance(answer, dict):
            for name, level in answer.items():
                levels[row, places[name]] = level
        elif answer:
            for rank, name in enumerate(answer, start=1):
                levels[row, places[name]] = rank
    graded = is_ranked or question.levels is not None
    top = 1
    if is_ranked:
        top = question.max or len(ids)
    elif question.levels is not None:
        top = question.levels.high
    return SetColumn(levels > 0, levels if graded else None, _present(answers), ids, top, is_ranked)
