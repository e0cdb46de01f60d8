"""Criteria on what people have chosen from lists: requests, interests, free time."""

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from mentormatch.cohort import Cohort
from mentormatch.column import CodeColumn, SetColumn
from mentormatch.errors import Defect
from mentormatch.policy.arrays import (
    Bools,
    Ints,
    Positions,
    all_options,
    chosen,
    column_as,
    comparable_values,
    products,
    ready_to_multiply,
    strengths,
)
from mentormatch.policy.criteria.base import Criterion, Match, Scorer, share
from mentormatch.policy.fields import CODES, ORDERED, SETS, SLOTS, Sides, Use
from mentormatch.policy.numerals import PER_MILLE
from mentormatch.questionnaire import Questionnaire


@dataclass(frozen=True, slots=True, kw_only=True)
class _SetScorer(Scorer):
    """Products of rows of two arrays (n, k) over the same k options."""

    field: str
    wants: SetColumn
    offers: SetColumn
    left: NDArray[Any]
    right: NDArray[Any]

    def shared(self, rows: Positions, cols: Positions) -> Ints:
        """Sum the products of what each row and column chose: (r, c)."""
        return products(self.left[rows], self.right[cols]).astype(np.int64)

    def matched(self, row: int, col: int) -> tuple[Match, ...]:
        """List the options that both chose, with levels where there are any."""
        return self.parted(row, col)[0]

    def parted(self, row: int, col: int) -> tuple[tuple[Match, ...], tuple[Match, ...]]:
        """Part what one chose into what the other chose as well and what not."""
        wanted, offered = _levels(self.wants, row), _levels(self.offers, col)
        shared, alone = [], []
        for option, level in wanted.items():
            if option in offered:
                shared.append(Match(self.field, option, level, offered[option]))
            else:
                alone.append(Match(self.field, option, level))
        return tuple(shared), tuple(alone)


def _levels(column: SetColumn, row: int) -> dict[str, int | None]:
    cell = column.cell(row)
    return dict(cell) if isinstance(cell, dict) else dict.fromkeys(cell or ())


@dataclass(frozen=True, slots=True, kw_only=True)
class _CoverScorer(_SetScorer):
    whole: Ints

    def known(self, rows: Positions, cols: Positions) -> Ints:
        return share(self.shared(rows, cols), self.whole[rows][:, None])

    def raw(self, rows: Positions, cols: Positions) -> NDArray[np.int16]:
        raw = Scorer.raw(self, rows, cols)
        raw[self.whole[rows] == 0] = 0
        return raw

    def answered(self, rows: Positions, cols: Positions) -> Bools:
        found = Scorer.answered(self, rows, cols)
        nothing_asked: Bools = (self.whole[rows] == 0)[:, None]
        return found | nothing_asked

    def compared(self, row: int, col: int) -> tuple[tuple[Match, ...], tuple[Match, ...]]:
        return self.parted(row, col)

    def note(self, row: int) -> Literal["no-request"] | None:
        return "no-request" if self.whole[row] == 0 else None


class Covers(Criterion, Sides):
    """How far the mentor's competences meet the mentee's requests.

    The sum of importance x confidence over the requests met, out of the sum of all
    importances x the highest possible confidence. Importance and confidence are levels;
    for a ranked question the first rank counts most; without levels each counts 1.
    A mentee without any request scores 0 with everybody.
    """

    serves: ClassVar = "mentee"

    type: Literal["covers"]

    @property
    def uses(self) -> tuple[Use, ...]:
        """Sets of the same options on either side."""
        return self.uses_of(SETS)

    def bind(self, cohort: Cohort) -> Scorer:
        """Weigh requests against competences."""
        wants = column_as(cohort, self.mentee_field, SetColumn)
        offers = column_as(cohort, self.mentor_field, SetColumn)
        options = all_options(wants, offers)
        importance = strengths(wants, options)
        left, right = ready_to_multiply(importance, strengths(offers, options))
        return _CoverScorer(
            neutral=self.neutral,
            mentees=np.ones(len(cohort), dtype=np.bool_),
            mentors=offers.answered,
            private=self.is_private_in(cohort.questionnaire),
            field=self.mentee_field,
            wants=wants,
            offers=offers,
            left=left,
            right=right,
            whole=importance.sum(axis=1) * offers.top,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _OverlapScorer(_SetScorer):
    mentee_count: Ints
    mentor_count: Ints
    how: Literal["jaccard", "overlap"]

    def known(self, rows: Positions, cols: Positions) -> Ints:
        shared = self.shared(rows, cols)
        few, many = self.mentee_count[rows][:, None], self.mentor_count[cols][None, :]
        if self.how == "jaccard":
            return share(shared, few + many - shared)
        return share(shared, np.minimum(few, many))


class Overlap(Criterion, Sides):
    """How much two sets of answers have in common.

    Parameters
    ----------
    how
        "jaccard": common options out of those that either chose; "overlap": out of the
        smaller set (the overlap coefficient of Szymkiewicz and Simpson). "None" overlaps
        with nothing.
    """

    type: Literal["overlap"]
    how: Literal["jaccard", "overlap"] = "jaccard"

    @property
    def uses(self) -> tuple[Use, ...]:
        """A set on either side."""
        return self.uses_of(SETS)

    def bind(self, cohort: Cohort) -> Scorer:
        """Count common options."""
        wants = column_as(cohort, self.mentee_field, SetColumn)
        offers = column_as(cohort, self.mentor_field, SetColumn)
        options = all_options(wants, offers)
        mentee, mentor = chosen(wants, options), chosen(offers, options)
        left, right = ready_to_multiply(mentee, mentor)
        return _OverlapScorer(
            neutral=self.neutral,
            mentees=wants.answered,
            mentors=offers.answered,
            private=self.is_private_in(cohort.questionnaire),
            field=self.mentee_field,
            wants=wants,
            offers=offers,
            left=left,
            right=right,
            mentee_count=mentee.sum(axis=1),
            mentor_count=mentor.sum(axis=1),
            how=self.how,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _SlotScorer(_SetScorer):
    enough: int

    def known(self, rows: Positions, cols: Positions) -> Ints:
        return share(np.minimum(self.shared(rows, cols), self.enough), self.enough)


class CommonTime(Criterion, Sides):
    """How much free time two people have in common.

    Parameters
    ----------
    enough
        The number of common slots from which on the score is full.
    """

    type: Literal["common-slots"]
    enough: int = Field(ge=1)

    @property
    def uses(self) -> tuple[Use, ...]:
        """Slots on either side."""
        return self.uses_of(SLOTS)

    def bind(self, cohort: Cohort) -> Scorer:
        """Count common slots."""
        wants = column_as(cohort, self.mentee_field, SetColumn)
        offers = column_as(cohort, self.mentor_field, SetColumn)
        options = all_options(wants, offers)
        left, right = ready_to_multiply(chosen(wants, options), chosen(offers, options))
        return _SlotScorer(
            neutral=self.neutral,
            mentees=wants.answered,
            mentors=offers.answered,
            private=self.is_private_in(cohort.questionnaire),
            field=self.mentee_field,
            wants=wants,
            offers=offers,
            left=left,
            right=right,
            enough=self.enough,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _SameScorer(Scorer):
    field: str
    left: Ints
    right: Ints
    names: CodeColumn | None

    def known(self, rows: Positions, cols: Positions) -> Ints:
        alike = self.left[rows][:, None] == self.right[cols][None, :]
        return np.where(alike, PER_MILLE, 0)

    def matched(self, row: int, col: int) -> tuple[Match, ...]:
        if self.names is None or self.left[row] != self.right[col]:
            return ()
        return (Match(self.field, self.names.options[self.names.codes[row]]),)


class Same(Criterion, Sides):
    """1000 when both gave the same answer, else 0."""

    type: Literal["same"]

    @property
    def uses(self) -> tuple[Use, ...]:
        """One answer on either side."""
        return self.uses_of(CODES | ORDERED)

    def check(self, questionnaire: Questionnaire, at: str) -> list[Defect]:
        """Find questions that are missing or can't be compared."""
        return super().check(questionnaire, at) or self.check_comparable(questionnaire, at)

    def bind(self, cohort: Cohort) -> Scorer:
        """Compare the answers."""
        mentee, mentor = cohort.column(self.mentee_field), cohort.column(self.mentor_field)
        left, right = comparable_values(mentee, mentor)
        return _SameScorer(
            neutral=self.neutral,
            mentees=mentee.answered,
            mentors=mentor.answered,
            private=self.is_private_in(cohort.questionnaire),
            field=self.mentee_field,
            left=left,
            right=right,
            names=mentee if isinstance(mentee, CodeColumn) else None,
        )
