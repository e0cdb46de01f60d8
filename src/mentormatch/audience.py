"""Who of a cohort was asked a question."""

import numpy as np

from mentormatch.cohort import Cohort
from mentormatch.column import Bools, CodeColumn
from mentormatch.questionnaire import Question


def asked_in(cohort: Cohort, question: Question) -> Bools:
    """Tell who is among those a question is meant for: bool (n,)."""
    kinds = cohort.column("kind")
    assert isinstance(kinds, CodeColumn)
    audience = question.asked
    found = np.ones(len(cohort), np.bool_)
    if audience.kinds:
        places = [place for place, name in enumerate(kinds.options) if name in audience.kinds]
        found &= np.isin(kinds.codes, places)
    if audience.roles:
        sides = {"mentor": cohort.is_mentor, "mentee": cohort.is_mentee}
        found &= np.logical_or.reduce([sides[role] for role in audience.roles])
    return found
