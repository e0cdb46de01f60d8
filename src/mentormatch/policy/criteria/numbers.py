"""Criteria on scales and numbers: near, opposite, within what was wished."""

from dataclasses import dataclass
from typing import Annotated, ClassVar, Final, Literal

import numpy as np
from pydantic import Field

from mentormatch.cohort import Cohort
from mentormatch.column import NumberColumn
from mentormatch.errors import Defect, Place
from mentormatch.policy.arrays import (
    Bools,
    Ints,
    Positions,
    both,
    column_as,
    in_thousandths,
    products,
)
from mentormatch.policy.criteria.base import Criterion, Match, Scorer, share
from mentormatch.policy.fields import NUMBERS, ORDERED, SCALES, Name, Sides, Use
from mentormatch.policy.numerals import PER_MILLE, Milli, thousandths
from mentormatch.questionnaire import Questionnaire

_WIDEST = 10**9

# Two answers are called near each other when no more than a fifth of the way lies between.
_NEAR: Final = 800

Width = Annotated[Milli, Field(gt=0, le=_WIDEST)]
"""A distance on a scale that is worth all 1000 points; not so wide that integers overflow."""


def _range_of(questionnaire: Questionnaire, field: str) -> tuple[int, int] | None:
    """Return the ends of a scale or a bounded number; None where there are none to use."""
    is_scale = any(scale.id == field for scale in questionnaire.scales)
    question = questionnaire.question(questionnaire.scale(field).items[0] if is_scale else field)
    low, high = question.low, question.high
    if low is None or high is None or not 0 < high - low <= _WIDEST:
        return None
    return low, high


def _check_ranges(fields: tuple[str, ...], questionnaire: Questionnaire, at: str) -> list[Defect]:
    """Report questions that don't all run between the same two ends."""
    ranges = {_range_of(questionnaire, field) for field in fields}
    if len(ranges) == 1 and None not in ranges:
        return []
    return [Defect("policy.no-range", Place(field=at), {"fields": ", ".join(fields)})]


def _span(column: NumberColumn) -> int:
    """Return the width of a bounded column in thousandths."""
    return ((column.high or 0) - (column.low or 0)) * PER_MILLE // column.unit


@dataclass(frozen=True, slots=True, kw_only=True)
class _DistanceScorer(Scorer):
    field: str
    word: Literal["near", "opposite"]
    left: Ints
    right: Ints
    span: int

    def matched(self, row: int, col: int) -> tuple[Match, ...]:
        raw = self.known(np.array([row]), np.array([col]))[0, 0]
        return (Match(self.field, self.word),) if raw >= _NEAR else ()

    def known(self, rows: Positions, cols: Positions) -> Ints:
        distance = np.abs(self.left[rows][:, None] - self.right[cols][None, :])
        return share(self.span - np.minimum(distance, self.span), self.span)


class Closeness(Criterion, Sides):
    """How near two numbers are: 1000 when equal, 0 from ``span`` on, linear between.

    Parameters
    ----------
    span
        The distance that is worth nothing, in days for dates; by default the whole range
        of the question.
    """

    type: Literal["closeness"]
    span: Width | None = None

    @property
    def uses(self) -> tuple[Use, ...]:
        """A number on either side."""
        return self.uses_of(ORDERED)

    def check(self, questionnaire: Questionnaire, at: str) -> list[Defect]:
        """Find missing questions, and questions without a range where no span is set."""
        defects = super().check(questionnaire, at) or self.check_comparable(questionnaire, at)
        if not defects and self.span is None:
            defects = _check_ranges((self.mentor_field, self.mentee_field), questionnaire, at)
        return defects

    def bind(self, cohort: Cohort) -> Scorer:
        """Subtract in thousandths, so that questions of different precision agree."""
        mentee = column_as(cohort, self.mentee_field, NumberColumn)
        mentor = column_as(cohort, self.mentor_field, NumberColumn)
        return _DistanceScorer(
            neutral=self.neutral,
            mentees=mentee.answered,
            mentors=mentor.answered,
            private=self.is_private_in(cohort.questionnaire),
            field=self.mentee_field,
            word="near",
            left=in_thousandths(mentee),
            right=in_thousandths(mentor),
            span=_span(mentee) if self.span is None else int(thousandths(self.span)),
        )


class Complement(Criterion, Sides):
    """How well two answers on one scale complete each other: one low, the other high.

    The closeness of the mentee's answer to the mirror image of the mentor's.
    """

    type: Literal["complement"]

    @property
    def uses(self) -> tuple[Use, ...]:
        """A number on either side."""
        return self.uses_of(NUMBERS)

    def check(self, questionnaire: Questionnaire, at: str) -> list[Defect]:
        """Find missing questions, and questions without a common range."""
        defects = super().check(questionnaire, at)
        return defects or _check_ranges((self.mentor_field, self.mentee_field), questionnaire, at)

    def bind(self, cohort: Cohort) -> Scorer:
        """Mirror the mentor's answers."""
        mentee = column_as(cohort, self.mentee_field, NumberColumn)
        mentor = column_as(cohort, self.mentor_field, NumberColumn)
        ends = ((mentor.low or 0) + (mentor.high or 0)) * PER_MILLE // mentor.unit
        return _DistanceScorer(
            neutral=self.neutral,
            mentees=mentee.answered,
            mentors=mentor.answered,
            private=self.is_private_in(cohort.questionnaire),
            field=self.mentee_field,
            word="opposite",
            left=in_thousandths(mentee),
            right=ends - in_thousandths(mentor),
            span=_span(mentee),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _RangeScorer(Scorer):
    field: str
    values: Ints
    least: Ints
    most: Ints
    falloff: int

    def matched(self, row: int, col: int) -> tuple[Match, ...]:
        is_within = self.least[col] <= self.values[row] <= self.most[col]
        return (Match(self.field, "within"),) if is_within else ()

    def known(self, rows: Positions, cols: Positions) -> Ints:
        values = self.values[rows][:, None]
        outside = np.maximum(self.least[cols][None, :] - values, values - self.most[cols][None, :])
        return share(self.falloff - np.clip(outside, 0, self.falloff), self.falloff)


class WithinRange(Criterion):
    """Whether the mentee's number lies in the range the mentor wishes.

    1000 inside; outside it falls with the distance, linearly, to 0 at ``falloff``. A range
    with one end left blank is open there.

    Parameters
    ----------
    mentee
        The question with the mentee's number.
    mentor
        What the ids of the mentor's two questions begin with: ``<mentor>_from``, ``_to``.
    falloff
        The distance that is worth nothing.
    age
        Whether the mentee's number is a year of birth and the range one of ages; the age
        is the year of the round minus the year of birth.
    """

    serves: ClassVar = "mentor"

    type: Literal["within-range"]
    mentee: str
    mentor: Name
    falloff: Width
    age: bool = False

    @property
    def uses(self) -> tuple[Use, ...]:
        """The number and the two ends."""
        return (
            Use("mentee", self.mentee, NUMBERS),
            Use("mentor", f"{self.mentor}_from", NUMBERS),
            Use("mentor", f"{self.mentor}_to", NUMBERS),
        )

    def bind(self, cohort: Cohort) -> Scorer:
        """Put a blank end beyond every answer."""
        value = column_as(cohort, self.mentee, NumberColumn)
        least = column_as(cohort, f"{self.mentor}_from", NumberColumn)
        most = column_as(cohort, f"{self.mentor}_to", NumberColumn)
        values = in_thousandths(value)
        if self.age:
            values = PER_MILLE * cohort.as_of.year - values
        beyond = 2 * 10**18  # twice what a number may be, a quarter of what int64 holds
        return _RangeScorer(
            neutral=self.neutral,
            mentees=value.answered,
            mentors=least.answered | most.answered,
            private=self.is_private_in(cohort.questionnaire),
            field=self.mentee,
            values=values,
            least=np.where(least.answered, in_thousandths(least), -beyond),
            most=np.where(most.answered, in_thousandths(most), beyond),
            falloff=int(thousandths(self.falloff)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _ProfileScorer(Scorer):
    fields: tuple[str, ...]
    values: Ints
    items: Bools
    span: int

    def matched(self, row: int, col: int) -> tuple[Match, ...]:
        distance = np.abs(self.values[row] - self.values[col])
        near = PER_MILLE * distance <= (PER_MILLE - _NEAR) * self.span
        places = np.flatnonzero(near & self.items[row] & self.items[col])
        return tuple(Match(self.fields[place], "near") for place in places.tolist())

    def known(self, rows: Positions, cols: Positions) -> Ints:
        count = np.zeros((len(rows), len(cols)), dtype=np.int64)
        distance = np.zeros_like(count)
        for values, answered in zip(self.values.T, self.items.T, strict=True):
            counts = both(answered, answered, rows, cols)
            count += counts
            distance += np.abs(values[rows][:, None] - values[cols][None, :]) * counts
        whole = count * self.span
        raw = share(whole - distance, whole)
        raw[2 * count < self.items.shape[1]] = self.neutral
        return raw

    def answered(self, rows: Positions, cols: Positions) -> Bools:
        items = self.items.astype(np.float32)
        found: Bools = 2 * products(items[rows], items[cols]) >= items.shape[1]
        return found


class Profile(Criterion):
    """How near two people are on several scales, taken as one vector.

    1000 minus the mean distance over the items that both answered, in per mille of the
    range that all items share. Neutral when both answered fewer than half of the items.

    Parameters
    ----------
    items
        Ids of the scales.
    """

    type: Literal["profile"]
    items: tuple[str, ...] = Field(min_length=1)

    @property
    def uses(self) -> tuple[Use, ...]:
        """The items."""
        return tuple(
            Use(f"items[{place}]", field, SCALES) for place, field in enumerate(self.items)
        )

    def check(self, questionnaire: Questionnaire, at: str) -> list[Defect]:
        """Find missing items, and items of different ranges."""
        defects = super().check(questionnaire, at)
        return defects or _check_ranges(self.items, questionnaire, f"{at}.items")

    def bind(self, cohort: Cohort) -> Scorer:
        """Lay the items side by side."""
        columns = [column_as(cohort, item, NumberColumn) for item in self.items]
        everybody = np.ones(len(cohort), dtype=np.bool_)
        return _ProfileScorer(
            neutral=self.neutral,
            mentees=everybody,
            mentors=everybody,
            private=self.is_private_in(cohort.questionnaire),
            fields=self.items,
            values=np.stack([in_thousandths(column) for column in columns], axis=1),
            items=np.stack([column.answered for column in columns], axis=1),
            span=_span(columns[0]),
        )
