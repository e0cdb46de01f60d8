"""What all criteria have in common."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Literal

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


@dataclass(frozen=True, slots=True)
class Match:
    """One thing that really matched.

    Parameters
    ----------
    field
        The question it was answered in, the mentee's where the two sides differ.
    option
        Id of the option; for choices of people "mutual", "mentee" or "mentor": who chose.
    importance
        The level the mentee gave it, where there are levels.
    confidence
        The level the mentor gave it, where there are levels.
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
    """

    raw: int
    answered: bool
    matched: tuple[Match, ...] = ()
    note: Literal["no-request"] | None = None


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

    def evidence(self, row: int, col: int) -> Evidence:
        """Say what the raw score of one pair rests on."""
        rows, cols = np.array([row]), np.array([col])
        answered = bool(self.answered(rows, cols)[0, 0])
        shown = answered and not self.private
        return Evidence(
            int(self.raw(rows, cols)[0, 0]), answered, self.matched(row, col) if shown else ()
        )


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
    """

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
