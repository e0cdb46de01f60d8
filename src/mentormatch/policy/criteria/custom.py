"""Criteria that are functions of other packages."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from operator import and_
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from mentormatch.cohort import Cohort
from mentormatch.errors import Defect, PolicyError
from mentormatch.policy.arrays import Bools, Positions
from mentormatch.policy.criteria.base import Criterion, Scorer
from mentormatch.policy.extensions import Extension
from mentormatch.policy.fields import Use
from mentormatch.policy.numerals import PER_MILLE
from mentormatch.questionnaire import Questionnaire

GROUP: Final = "mentormatch.criteria"
"""The entry point group that offers functions for criteria."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _FunctionScorer(Scorer):
    name: str
    block: Callable[[Positions, Positions], NDArray[Any]]

    def known(self, rows: Positions, cols: Positions) -> NDArray[Any]:
        found = self.block(rows, cols)
        if found.size and not 0 <= found.min() <= found.max() <= PER_MILLE:
            raise PolicyError.of("policy.bad-function", found=self.name)
        return found


class CustomCriterion(Criterion, Extension):
    """A function over columns that returns raw scores 0..1000: integers (r, c).

    Where a declared question is blank the neutral score stands, whatever it returns.
    """

    type: Literal["custom"]

    @property
    def uses(self) -> tuple[Use, ...]:
        """What the function has declared."""
        return self.uses_of()

    def check(self, questionnaire: Questionnaire, at: str) -> list[Defect]:
        """Find missing questions and an unknown function."""
        return super().check(questionnaire, at) + self.check_function(GROUP, at)

    def bind(self, cohort: Cohort) -> Scorer:
        """Load the function."""
        return _FunctionScorer(
            neutral=self.neutral,
            mentees=_answered(cohort, self.mentee),
            mentors=_answered(cohort, self.mentor),
            private=self.is_private_in(cohort.questionnaire),
            name=self.function,
            block=self.bound(GROUP, cohort, np.integer),
        )


def _answered(cohort: Cohort, fields: tuple[str, ...]) -> Bools:
    everybody: Bools = np.ones(len(cohort), dtype=np.bool_)
    return reduce(and_, (cohort.column(field).answered for field in fields), everybody)
