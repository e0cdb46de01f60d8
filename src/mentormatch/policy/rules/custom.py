"""Rules that are functions of other packages."""

from collections.abc import Iterable
from typing import Final, Literal

import numpy as np

from mentormatch.cohort import Cohort
from mentormatch.errors import Defect
from mentormatch.policy.extensions import Extension
from mentormatch.policy.fields import Use
from mentormatch.policy.rules.base import Check, Rule
from mentormatch.questionnaire import Questionnaire

GROUP: Final = "mentormatch.rules"
"""The entry point group that offers functions for rules."""


class CustomRule(Rule, Extension):
    """A function over columns that returns True where a pair is admissible: bool (r, c)."""

    type: Literal["custom"]

    @property
    def uses(self) -> tuple[Use, ...]:
        """What the function has declared."""
        return self.uses_of()

    def check(self, questionnaire: Questionnaire, forms: Iterable[str], at: str) -> list[Defect]:
        """Find missing questions and an unknown function."""
        return super().check(questionnaire, forms, at) + self.check_function(GROUP, at)

    def bind(self, cohort: Cohort, form: str) -> Check:
        """Load the function."""
        del form
        return Check(pairs=self.bound(GROUP, cohort, np.bool_))
