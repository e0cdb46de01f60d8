"""Rules that hold a mentor's answers against a mentee's."""

from collections.abc import Iterable
from typing import Annotated, Literal, Self

import numpy as np
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from mentormatch.cohort import Cohort
from mentormatch.column import NumberColumn, SetColumn
from mentormatch.errors import Defect, Place
from mentormatch.policy.arrays import (
    Bools,
    Positions,
    all_options,
    both,
    chosen,
    column_as,
    comparable_values,
    in_thousandths,
    picks,
    products,
    ready_to_multiply,
)
from mentormatch.policy.fields import (
    CODES,
    ORDERED,
    PICKS,
    SETS,
    SLOTS,
    Sides,
    Use,
    check_options,
)
from mentormatch.policy.numerals import Milli, thousandths
from mentormatch.policy.rules.base import Check, Rule
from mentormatch.questionnaire import Questionnaire

Unanswered = Literal["forbid", "allow"]
Difference = Annotated[Milli, Field(ge=-(10**9), le=10**9)]


def _where_known(holds: Bools, known: Bools, unanswered: Unanswered) -> Bools:
    """Apply a rule where both have answered, and say what it means where they haven't."""
    return holds & known if unanswered == "forbid" else holds | ~known


class Gap(Rule, Sides):
    """The mentor's number minus the mentee's lies within bounds: grades, years of birth.

    Parameters
    ----------
    least, most
        Bounds of the difference, both inclusive; at least one of them.
    unanswered
        What happens when either number is blank: "forbid" (a pair that can't be checked
        isn't made) or "allow".
    """

    type: Literal["gap"]
    least: Difference | None = None
    most: Difference | None = None
    unanswered: Unanswered = "forbid"

    @model_validator(mode="after")
    def _bound_something(self) -> Self:
        least, most = self.least, self.most
        if least is None and most is None:
            raise PydanticCustomError("policy.no-bound", "policy.no-bound")
        if least is not None and most is not None and least > most:
            raise PydanticCustomError("policy.bounds", "policy.bounds")
        return self

    @property
    def uses(self) -> tuple[Use, ...]:
        """A number on either side."""
        return self.uses_of(ORDERED)

    def check(self, questionnaire: Questionnaire, forms: Iterable[str], at: str) -> list[Defect]:
        """Find questions that are missing or can't be subtracted."""
        defects = super().check(questionnaire, forms, at)
        return defects or self.check_comparable(questionnaire, at)

    def bind(self, cohort: Cohort, form: str) -> Check:
        """Subtract in thousandths, so that questions of different precision agree."""
        del form
        mentor = column_as(cohort, self.mentor_field, NumberColumn)
        mentee = column_as(cohort, self.mentee_field, NumberColumn)
        high, low = in_thousandths(mentor), in_thousandths(mentee)
        least = None if self.least is None else int(thousandths(self.least))
        most = None if self.most is None else int(thousandths(self.most))

        def within(rows: Positions, cols: Positions) -> Bools:
            difference = high[cols][None, :] - low[rows][:, None]
            holds = np.ones(difference.shape, dtype=np.bool_)
            if least is not None:
                holds &= difference >= least
            if most is not None:
                holds &= difference <= most
            known = both(mentee.answered, mentor.answered, rows, cols)
            return _where_known(holds, known, self.unanswered)

        return Check(pairs=within)


class CommonSlots(Rule):
    """Mentor and mentee have time in common, or both accept to meet online.

    Parameters
    ----------
    field
        The question about free time; blank is no time.
    least
        How many slots they must have in common.
    unless_online
        The question about the mode of meeting; without it online never helps.
    online
        Its options that accept online; blank accepts nothing.
    """

    type: Literal["common-slots"]
    field: str
    least: int = Field(1, ge=1)
    unless_online: str | None = None
    online: tuple[str, ...] = ("online", "both")

    @property
    def uses(self) -> tuple[Use, ...]:
        """The slots, and the mode where it matters."""
        slots = Use("field", self.field, SLOTS)
        if self.unless_online is None:
            return (slots,)
        return (slots, Use("unless_online", self.unless_online, PICKS))

    def check(self, questionnaire: Questionnaire, forms: Iterable[str], at: str) -> list[Defect]:
        """Find missing questions and unknown modes."""
        defects = super().check(questionnaire, forms, at)
        if self.unless_online is not None:
            place = Place(field=f"{at}.online")
            defects += check_options(self.online, self.unless_online, questionnaire, place)
        return defects

    def bind(self, cohort: Cohort, form: str) -> Check:
        """Count common slots as a product of 0/1 matrices."""
        del form
        column = column_as(cohort, self.field, SetColumn)
        free = chosen(column, column.options)
        left, right = ready_to_multiply(free, free)
        online = np.zeros(len(cohort), dtype=np.bool_)
        if self.unless_online is not None:
            online = picks(cohort, self.unless_online, self.online)

        def meet(rows: Positions, cols: Positions) -> Bools:
            enough: Bools = products(left[rows], right[cols]) >= self.least
            return enough | both(online, online, rows, cols)

        return Check(pairs=meet)


class Qualification(Rule, Sides):
    """The mentor is prepared for everything the mentee needs a prepared mentor for.

    A mentee with a blank answer needs no special preparation; a mentor with a blank one
    has none. Always confidential.
    """

    type: Literal["qualification"]
    confidential: Literal[True] = True
    relaxable: bool = False

    @property
    def uses(self) -> tuple[Use, ...]:
        """Sets of the same tags on either side."""
        return self.uses_of(SETS)

    def check(self, questionnaire: Questionnaire, forms: Iterable[str], at: str) -> list[Defect]:
        """Find needs that no mentor can meet, because they aren't among the mentor's options."""
        defects = super().check(questionnaire, forms, at)
        if not defects:
            needs = [option.id for option in questionnaire.options(self.mentee_field)]
            place = Place(field=f"{at}.mentor")
            defects = check_options(needs, self.mentor_field, questionnaire, place)
        return defects

    def bind(self, cohort: Cohort, form: str) -> Check:
        """Count the needs that the mentor doesn't meet."""
        del form
        needs = column_as(cohort, self.mentee_field, SetColumn)
        skills = column_as(cohort, self.mentor_field, SetColumn)
        options = all_options(needs, skills)
        left, right = ready_to_multiply(chosen(needs, options), 1 - chosen(skills, options))

        def prepared(rows: Positions, cols: Positions) -> Bools:
            found: Bools = products(left[rows], right[cols]) == 0
            return found

        return Check(pairs=prepared)


class _Compared(Rule, Sides):
    """Two answers held against each other.

    Parameters
    ----------
    unanswered
        What happens when either is blank: "forbid" (a pair that can't be checked isn't
        made) or "allow".
    """

    unanswered: Unanswered = "forbid"

    @property
    def uses(self) -> tuple[Use, ...]:
        """One answer on either side."""
        return self.uses_of(CODES | ORDERED)

    def check(self, questionnaire: Questionnaire, forms: Iterable[str], at: str) -> list[Defect]:
        """Find questions that are missing or can't be compared."""
        defects = super().check(questionnaire, forms, at)
        return defects or self.check_comparable(questionnaire, at)

    def compared(self, cohort: Cohort, *, equal: bool) -> Check:
        """Admit the pairs whose answers are equal, or those whose answers differ."""
        mentee, mentor = cohort.column(self.mentee_field), cohort.column(self.mentor_field)
        left, right = comparable_values(mentee, mentor)

        def holds(rows: Positions, cols: Positions) -> Bools:
            alike = left[rows][:, None] == right[cols][None, :]
            known = both(mentee.answered, mentor.answered, rows, cols)
            return _where_known(alike == equal, known, self.unanswered)

        return Check(pairs=holds)


class Equal(_Compared):
    """Mentor and mentee gave the same answer."""

    type: Literal["equal"]

    def bind(self, cohort: Cohort, form: str) -> Check:
        """Compare the answers."""
        del form
        return self.compared(cohort, equal=True)


class Different(_Compared):
    """Mentor and mentee gave different answers."""

    type: Literal["different"]

    def bind(self, cohort: Cohort, form: str) -> Check:
        """Compare the answers."""
        del form
        return self.compared(cohort, equal=False)
