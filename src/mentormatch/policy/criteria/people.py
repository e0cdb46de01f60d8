"""The criterion on whom people have chosen."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from pydantic import Field

from mentormatch.cohort import Cohort
from mentormatch.errors import Defect, Place
from mentormatch.policy.arrays import Ints, Positions
from mentormatch.policy.criteria.base import Criterion, Match, Scorer
from mentormatch.policy.fields import PEOPLE, Sides, Use
from mentormatch.policy.links import Links
from mentormatch.policy.numerals import PER_MILLE
from mentormatch.questionnaire import Questionnaire


@dataclass(frozen=True, slots=True, kw_only=True)
class _ChoiceScorer(Scorer):
    field: str
    by_mentee: Links
    by_mentor: Links
    worth: Ints
    by_rank: bool

    def known(self, rows: Positions, cols: Positions) -> Ints:
        chosen = np.minimum(self.by_mentee.block(rows, cols), self.worth.shape[0] - 1)
        chosen_by = np.minimum(self.by_mentor.block(rows, cols), self.worth.shape[1] - 1)
        worth: Ints = self.worth[chosen, chosen_by]
        return worth

    def matched(self, row: int, col: int) -> tuple[Match, ...]:
        ranks = self.by_mentee.rank(row, col), self.by_mentor.rank(row, col)
        words = {(True, True): "mutual", (True, False): "mentee", (False, True): "mentor"}
        who = words.get((ranks[0] > 0, ranks[1] > 0))
        if who is None:
            return ()
        if not self.by_rank:
            return (Match(self.field, who),)
        return (Match(self.field, who, *(rank or None for rank in ranks)),)


class MutualChoice(Criterion, Sides):
    """Whether mentor and mentee have chosen each other. Naming nobody is an answer: 0.

    Parameters
    ----------
    mutual, mentee_only, mentor_only
        Raw scores 0..1000.
    by_rank
        Whether an earlier choice counts more: of m possible choices the r-th is worth
        (m + 1 - r) / m of the raw score; a mutual one the mean of both shares, weighed as
        ``mentee_only`` to ``mentor_only``.
    """

    type: Literal["mutual-choice"]
    mutual: int = Field(PER_MILLE, ge=0, le=PER_MILLE)
    mentee_only: int = Field(600, ge=0, le=PER_MILLE)
    mentor_only: int = Field(400, ge=0, le=PER_MILLE)
    by_rank: bool = False

    @property
    def uses(self) -> tuple[Use, ...]:
        """The people chosen on either side."""
        return self.uses_of(PEOPLE)

    def check(self, questionnaire: Questionnaire, at: str) -> list[Defect]:
        """Find missing questions, and choices whose ranks can't count."""
        defects = super().check(questionnaire, at)
        if not defects and self.by_rank:
            fields = dict.fromkeys((self.mentor_field, self.mentee_field))
            questions = [questionnaire.question(field) for field in fields]
            defects = [
                Defect("policy.no-ranks", Place(field=f"{at}.by_rank"), {"found": question.id})
                for question in questions
                if not question.ranked or question.max is None
            ]
        return defects

    def bind(self, cohort: Cohort) -> Scorer:
        """Work out what each combination of ranks is worth."""
        everybody = np.ones(len(cohort), dtype=np.bool_)
        return _ChoiceScorer(
            neutral=self.neutral,
            mentees=everybody,
            mentors=everybody,
            private=self.is_private_in(cohort.questionnaire),
            field=self.mentee_field,
            by_mentee=Links.of(cohort, (self.mentee_field,)),
            by_mentor=Links.of(cohort, (self.mentor_field,)).reversed,
            worth=self._worth(cohort.questionnaire),
            by_rank=self.by_rank,
        )

    def _worth(self, questionnaire: Questionnaire) -> Ints:
        """Tabulate raw scores by the mentee's and the mentor's rank, 0 meaning not chosen."""
        mentee_most = self._ranks(questionnaire, self.mentee_field)
        mentor_most = self._ranks(questionnaire, self.mentor_field)
        weights = (self.mentee_only, self.mentor_only)
        mentee_part, mentor_part = weights if any(weights) else (1, 1)
        worth = np.zeros((mentee_most + 1, mentor_most + 1), dtype=np.int64)
        for rank in range(1, mentee_most + 1):
            mentee_share = mentee_most + 1 - rank
            worth[rank, 0] = self.mentee_only * mentee_share // mentee_most
            for other in range(1, mentor_most + 1):
                mentor_share = mentor_most + 1 - other
                worth[0, other] = self.mentor_only * mentor_share // mentor_most
                worth[rank, other] = (
                    self.mutual
                    * (
                        mentee_part * mentee_share * mentor_most
                        + mentor_part * mentor_share * mentee_most
                    )
                    // ((mentee_part + mentor_part) * mentee_most * mentor_most)
                )
        return worth

    def _ranks(self, questionnaire: Questionnaire, field: str) -> int:
        """Count the ranks that make a difference."""
        return questionnaire.question(field).max or 1 if self.by_rank else 1
