"""Whose consent holds on the day of a round.

A consent is kept in questions whose ids begin alike: ``<name>_given_on`` and
``<name>_withdrawn_on``, dates; ``<name>_scope``, what was agreed to; and, where consents end by
themselves, ``<name>_valid_until``, the last day on which they hold.
"""

from typing import Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from mentormatch.cohort import Cohort
from mentormatch.column import EPOCH, CodeColumn, NumberColumn, SetColumn
from mentormatch.questionnaire import Questionnaire

State = Literal["given", "missing", "future", "withdrawn", "expired", "scope"]
"""What a consent is: it holds; was never given; not by that day; is withdrawn; has ended; or
doesn't reach as far as it has to."""

_STATES: Final = get_args(State)
_GIVEN: Final = "_given_on"


def consents_in(questionnaire: Questionnaire) -> tuple[str, ...]:
    """Name the consents that a questionnaire keeps, in its order."""
    fields = set(questionnaire.field_ids)
    names = (
        question.id.removesuffix(_GIVEN)
        for question in questionnaire.questions
        if question.kind == "date" and question.id.endswith(_GIVEN)
    )
    return tuple(name for name in names if f"{name}_withdrawn_on" in fields)


def consent_states(cohort: Cohort, name: str, scope: str | None = None) -> NDArray[np.str_]:
    """Tell what everybody's consent is on the day of the round: (n,), values of ``State``.

    A withdrawal counts whatever its date: who has announced one gets no new pair.

    Parameters
    ----------
    cohort
        The people.
    name
        What the ids of the questions begin with.
    scope
        The option that ``<name>_scope`` must contain; without it the scope doesn't matter.
    """
    today = (cohort.as_of - EPOCH).days
    given = _date(cohort, f"{name}{_GIVEN}")
    withdrawn = _date(cohort, f"{name}_withdrawn_on").answered
    until = (
        _date(cohort, f"{name}_valid_until") if f"{name}_valid_until" in cohort.columns else None
    )
    # The first that applies is what people need to know.
    cases = {
        "withdrawn": withdrawn,
        "missing": ~given.answered,
        "future": given.values > today,
        "expired": np.False_ if until is None else until.answered & (until.values < today),
        "scope": np.False_ if scope is None else ~_reaches(cohort, f"{name}_scope", scope),
    }
    states = np.full(len(cohort), "given", f"<U{max(map(len, _STATES))}")
    for state, applies in reversed(cases.items()):
        states[np.broadcast_to(applies, states.shape)] = state
    return states


def _date(cohort: Cohort, field: str) -> NumberColumn:
    column = cohort.column(field)
    if not isinstance(column, NumberColumn):
        raise TypeError(f"{field} is no date")
    return column


def _reaches(cohort: Cohort, field: str, scope: str) -> NDArray[np.bool_]:
    """Tell who chose an option in a choice or multi question: (n,)."""
    column = cohort.column(field)
    if isinstance(column, SetColumn):
        return column.chosen[:, column.options.index(scope)]
    if isinstance(column, CodeColumn):
        chosen: NDArray[np.bool_] = column.codes == column.options.index(scope)
        return chosen
    raise TypeError(f"{field} has no options")
