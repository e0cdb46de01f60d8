"""Rules on one person at a time: consent, and any condition a programme sets."""

from abc import abstractmethod
from collections.abc import Iterable
from typing import Literal, Self

import numpy as np
from pydantic import model_validator
from pydantic_core import PydanticCustomError

from mentormatch.cohort import Cohort
from mentormatch.column import NumberColumn, SetColumn
from mentormatch.condition import Condition
from mentormatch.consent import consent_states
from mentormatch.errors import Defect, Place
from mentormatch.policy.arrays import Bools, column_as, picks
from mentormatch.policy.fields import (
    CODES,
    DATES,
    NUMBERS,
    PICKS,
    SETS,
    Name,
    Use,
    check_options,
    check_uses,
    unknown,
)
from mentormatch.policy.rules.base import Check, Rule
from mentormatch.questionnaire import Questionnaire

# Whoever turns this many years old in the year of the round may still be a minor that day.
_LAST_MINOR_YEARS = 18


class ConsentRule(Rule):
    """A consent kept in three questions: ``<field>_given_on``, ``_withdrawn_on``, ``_scope``.

    Where there is a question ``<field>_valid_until``, a consent holds up to that day.

    Parameters
    ----------
    field
        What the ids of the three questions begin with.
    scope
        The option that ``<field>_scope`` must contain; nothing is asked of the scope
        when this isn't set, and the question need not exist.
    """

    field: Name
    scope: str | None = None
    relaxable: Literal[False] = False
    waivable: Literal[False] = False

    @property
    def uses(self) -> tuple[Use, ...]:
        """The dates, and the scope where it matters."""
        dates = tuple(
            Use("field", f"{self.field}_{part}", DATES) for part in ("given_on", "withdrawn_on")
        )
        if self.scope is None:
            return dates
        return (*dates, Use("field", f"{self.field}_scope", PICKS))

    def check(self, questionnaire: Questionnaire, forms: Iterable[str], at: str) -> list[Defect]:
        """Find missing questions and an unknown scope."""
        defects = super().check(questionnaire, forms, at)
        if self.scope is not None:
            place = Place(field=f"{at}.scope")
            defects += check_options((self.scope,), f"{self.field}_scope", questionnaire, place)
        return defects

    def given(self, cohort: Cohort) -> Bools:
        """Say whose consent holds on the day of the round, (n,)."""
        found: Bools = consent_states(cohort, self.field, self.scope) == "given"
        return found

    @abstractmethod
    def needed(self, cohort: Cohort) -> Bools:
        """Say whose consent is needed, (n,)."""

    def bind(self, cohort: Cohort, form: str) -> Check:
        """Ask it of both sides."""
        del form
        fine = ~self.needed(cohort) | self.given(cohort)
        return Check(mentors=fine, mentees=fine)


class Consent(ConsentRule):
    """Both people have consented to take part."""

    type: Literal["consent"]

    def needed(self, cohort: Cohort) -> Bools:
        """Ask it of everybody."""
        return np.ones(len(cohort), np.bool_)


class GuardianConsent(ConsentRule):
    """A minor's parent or guardian has consented; mentors may be minors too.

    A person counts as an adult only when the year of the round minus the year of birth
    exceeds 18. Without a year of birth the kind decides.

    Parameters
    ----------
    birth_year
        The question with the year of birth, if there is one.
    minor_kinds
        Kinds of participants who are minors as long as no year of birth says otherwise.
    """

    type: Literal["guardian-consent"]
    birth_year: str | None = None
    minor_kinds: tuple[str, ...]

    @property
    def uses(self) -> tuple[Use, ...]:
        """The consent and what tells a minor."""
        kind = Use("minor_kinds", "kind", CODES)
        if self.birth_year is None:
            return (*super().uses, kind)
        return (*super().uses, kind, Use("birth_year", self.birth_year, NUMBERS))

    def check(self, questionnaire: Questionnaire, forms: Iterable[str], at: str) -> list[Defect]:
        """Find missing questions and unknown kinds."""
        place = Place(field=f"{at}.minor_kinds")
        return super().check(questionnaire, forms, at) + check_options(
            self.minor_kinds, "kind", questionnaire, place
        )

    def needed(self, cohort: Cohort) -> Bools:
        """Ask it of the minors on both sides."""
        minor = picks(cohort, "kind", self.minor_kinds)
        if self.birth_year is not None:
            born = column_as(cohort, self.birth_year, NumberColumn)
            years = cohort.as_of.year - born.values // born.unit
            minor = np.where(born.answered, years <= _LAST_MINOR_YEARS, minor)
        return minor


class ConditionRule(Rule):
    """Mentors, mentees or both satisfy a condition: interview, training, clearance, age."""

    type: Literal["condition"]
    mentors: Condition | None = None
    mentees: Condition | None = None

    @model_validator(mode="after")
    def _say_something(self) -> Self:
        if self.mentors is None and self.mentees is None:
            raise PydanticCustomError("policy.no-condition", "policy.no-condition")
        return self

    @property
    def uses(self) -> tuple[Use, ...]:
        """Nothing that the conditions' own check doesn't look at."""
        return ()

    @property
    def fields(self) -> tuple[str, ...]:
        """Ids of the questions that the conditions read."""
        conditions = (self.mentors, self.mentees)
        return tuple(sorted({field for one in conditions if one for field in one.fields}))

    def check(self, questionnaire: Questionnaire, forms: Iterable[str], at: str) -> list[Defect]:
        """Find what doesn't fit in either condition."""
        del forms
        sides = {"mentors": self.mentors, "mentees": self.mentees}
        return [
            defect
            for side, condition in sides.items()
            if condition is not None
            for defect in condition.check(questionnaire, Place(field=f"{at}.{side}"))
        ]

    def bind(self, cohort: Cohort, form: str) -> Check:
        """Ask each side its own condition."""
        del form
        return Check(
            mentors=None if self.mentors is None else cohort.mask(self.mentors),
            mentees=None if self.mentees is None else cohort.mask(self.mentees),
        )


class FormsAccepted(Rule):
    """Both people have accepted the form.

    Parameters
    ----------
    field
        The question whose options are the ids of the forms.
    blank_accepts
        Whether who left it blank accepts every form; by default they accept none.
    """

    type: Literal["forms-accepted"]
    field: str
    blank_accepts: bool = False

    per_form = True

    @property
    def uses(self) -> tuple[Use, ...]:
        """The question about forms."""
        return (Use("field", self.field, SETS),)

    def check(self, questionnaire: Questionnaire, forms: Iterable[str], at: str) -> list[Defect]:
        """Find forms that nobody can accept, for want of an option."""
        defects = check_uses(self.uses, questionnaire, at)
        if not defects:
            options = [option.id for option in questionnaire.options(self.field)]
            place = Place(field=f"{at}.field")
            defects = [
                unknown("option", form, options, place) for form in forms if form not in options
            ]
        return defects

    def bind(self, cohort: Cohort, form: str) -> Check:
        """Look for the form among the options of both sides."""
        column = column_as(cohort, self.field, SetColumn)
        accepted = column.chosen[:, column.options.index(form)]
        if self.blank_accepts:
            accepted = accepted | ~column.answered
        return Check(mentors=accepted, mentees=accepted)
