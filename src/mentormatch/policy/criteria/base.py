"""What all criteria have in common."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Final, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from mentormatch.cohort import Cohort
from mentormatch.errors import Defect
from mentormatch.policy.arrays import Bools, Ints, Positions, both
from mentormatch.policy.fields import Name, Use, check_uses
from mentormatch.policy.numerals import PER_MILLE
from mentormatch.questionnaire import Label, Questionnaire
from mentormatch.record import Part

# Scorers answer for blocks of different people, of which few pairs are wanted.
_BLOCK: Final = 128

Serves = Literal["mentee", "mentor", "both"]
"""Whose wish a criterion is about."""


@dataclass(frozen=True, slots=True)
class Match:
    """One thing that really matched.

    Parameters
    ----------
    field
        The question it was answered in, the mentee's where the two sides differ.
    option
        Id of the option; for choices of people "mutual", "mentee" or "mentor": who chose;
        for numbers "near", "opposite" or "within": how they stand to each other.
    importance
        The level the mentee gave it, where there are levels; for choices of people the
        rank the mentee gave, where ranks count.
    confidence
        The level, or the rank, that the mentor gave it.
    """

    field: str
    option: str
    importance: int | None = None
    confidence: int | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a raw score rests on.

    Parameters
    ----------
    raw
        0..1000.
    answered
        False where the criterion's neutral score stood in for a blank answer.
    matched
        What matched; always empty when the criterion reads a restricted question.
    note
        "no-request" when the mentee asked for nothing.
    unmet
        What the mentee asked for and this mentor doesn't offer; empty like ``matched``.
    """

    raw: int
    answered: bool
    matched: tuple[Match, ...] = ()
    note: Literal["no-request"] | None = None
    unmet: tuple[Match, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scorer(ABC):
    """A criterion tied to a cohort of n people.

    A raw score depends on the two people alone. Fractions are rounded down, once.

    Parameters
    ----------
    neutral
        The raw score where either side left its question blank.
    mentees, mentors
        bool (n,): who has answered what is asked on that side.
    private
        Whether what matched must stay unsaid.
    """

    neutral: int
    mentees: Bools
    mentors: Bools
    private: bool

    @abstractmethod
    def known(self, rows: Positions, cols: Positions) -> NDArray[np.integer]:
        """Compute raw scores as if both sides had answered: integers (r, c)."""

    def raw(self, rows: Positions, cols: Positions) -> NDArray[np.int16]:
        """Compute raw scores of r mentees with c mentors: (r, c), 0..1000."""
        raw = self.known(rows, cols).astype(np.int16)
        raw[~self.mentees[rows]] = self.neutral
        raw[:, ~self.mentors[cols]] = self.neutral
        return raw

    def answered(self, rows: Positions, cols: Positions) -> Bools:
        """Say where raw scores rest on answers: (r, c), False where neutral was used."""
        return both(self.mentees, self.mentors, rows, cols)

    def matched(self, row: int, col: int) -> tuple[Match, ...]:
        """List what matched between two people who have both answered."""
        del row, col
        return ()

    def compared(self, row: int, col: int) -> tuple[tuple[Match, ...], tuple[Match, ...]]:
        """List what matched, and what the mentee asked for in vain; both have answered."""
        return self.matched(row, col), ()

    def note(self, row: int) -> Literal["no-request"] | None:
        """Say what is to be known about a mentee's answer."""
        del row
        return None

    def evidence(self, row: int, col: int) -> Evidence:
        """Say what the raw score of one pair rests on."""
        return next(self.evidences(np.array([row]), np.array([col])))

    def evidences(self, rows: Positions, cols: Positions) -> Iterator[Evidence]:
        """Say what the raw scores of some pairs rest on, one after another.

        Parameters
        ----------
        rows, cols
            The mentee and the mentor of each pair; both of one length.
        """
        for start in range(0, len(rows), _BLOCK):
            some, others = rows[start : start + _BLOCK], cols[start : start + _BLOCK]
            mentees, row_of = np.unique(some, return_inverse=True)
            mentors, col_of = np.unique(others, return_inverse=True)
            raws = self.raw(mentees, mentors)[row_of, col_of].tolist()
            answers = self.answered(mentees, mentors)[row_of, col_of].tolist()
            pairs = zip(some.tolist(), others.tolist(), raws, answers, strict=True)
            for row, col, raw, answered in pairs:
                note = self.note(row)
                if not answered or self.private or note:
                    yield Evidence(raw, answered, note=note)
                else:
                    matched, unmet = self.compared(row, col)
                    yield Evidence(raw, answered, matched, unmet=unmet)


class Criterion(Part):
    """A reason to prefer one pair to another: a raw score 0..1000 that a form may weigh.

    Parameters
    ----------
    id
        Name under which forms weigh it.
    label
        What people read instead of the id.
    neutral
        The raw score of a pair that left the question blank on either side.

    Attributes
    ----------
    serves
        Whose wish it is about.
    """

    serves: ClassVar[Serves] = "both"

    type: str
    id: Name
    label: Label | None = None
    neutral: int = Field(PER_MILLE // 2, ge=0, le=PER_MILLE)

    @property
    @abstractmethod
    def uses(self) -> tuple[Use, ...]:
        """What it reads."""

    @abstractmethod
    def bind(self, cohort: Cohort) -> Scorer:
        """Tie the criterion to a cohort."""

    @property
    def fields(self) -> tuple[str, ...]:
        """Ids of the questions it reads."""
        return tuple(use.field for use in self.uses)

    def check(self, questionnaire: Questionnaire, at: str) -> list[Defect]:
        """Find what doesn't fit the questionnaire."""
        return check_uses(self.uses, questionnaire, at)

    def is_private_in(self, questionnaire: Questionnaire) -> bool:
        """Tell whether it reads a restricted question."""
        return any(questionnaire.sensitivity(field) == "restricted" for field in self.fields)


def share(part: Ints, whole: Ints | int) -> Ints:
    """Return part of whole in per mille, rounded down; 0 of 0 is 0. Neither is negative."""
    return PER_MILLE * part // np.maximum(whole, 1)
