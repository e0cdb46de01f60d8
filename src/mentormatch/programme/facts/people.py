"""Who takes part, who leaves, and what they consent to."""

from datetime import date
from typing import Literal

from pydantic import Field

from mentormatch.participant import Role
from mentormatch.programme.facts.base import Code, Fact, Words
from mentormatch.programme.facts.pairs import Reason
from mentormatch.record import Part

Interviewer = Literal["psychologist", "curator", "director", "specialist"]
"""Whose interview it can be."""

Scope = Literal["participation", "data", "publication"]
"""What a consent is about; without the first two nobody can take part."""


class Enrolment(Part):
    """One person of the programme: their code, kind and roles."""

    person: Code
    kind: Code
    roles: tuple[Role, ...] = Field(min_length=1)


class Enrolled(Fact):
    """People take part from a day on; whoever is enrolled already gets the new roles.

    Parameters
    ----------
    on
        From when.
    people
        Who, with kind and roles.
    """

    fact: Literal["enrolled"] = "enrolled"
    on: date
    people: tuple[Enrolment, ...] = Field(min_length=1)


class Left(Fact):
    """Somebody leaves the programme; their pairs end for the same reason."""

    fact: Literal["left"] = "left"
    person: Code
    on: date
    reason: Reason = "moved"


class ConsentGiven(Fact):
    """Somebody, or a guardian for them, consents.

    Parameters
    ----------
    person
        Whose consent it is.
    scope
        To taking part, to the use of personal data, or to publication of name and picture.
    on, until
        From when, and the last day if one was named.
    guardian
        Whether the guardian gave it.
    """

    fact: Literal["consent_given"] = "consent_given"
    person: Code
    scope: Scope = "participation"
    on: date
    until: date | None = None
    guardian: bool = False


class ConsentWithdrawn(Fact):
    """A consent is taken back. Unless it was about publication, the person's pairs end."""

    fact: Literal["consent_withdrawn"] = "consent_withdrawn"
    person: Code
    scope: Scope = "participation"
    on: date


class Purged(Fact):
    """What people wrote and answered has been erased.

    Parameters
    ----------
    people
        Whose.
    before
        Or everybody's that was recorded before this day.
    on
        When.
    """

    fact: Literal["purged"] = "purged"
    people: tuple[Code, ...] = ()
    before: date | None = None
    on: date


class Interviewed(Fact):
    """Somebody was interviewed.

    Parameters
    ----------
    person
        Who.
    on
        When.
    cleared
        Whether they may take part.
    by
        Whose interview it was.
    notes
        What was noted; stays with whoever noted it.
    """

    fact: Literal["interviewed"] = "interviewed"
    person: Code
    on: date
    cleared: bool
    by: Interviewer = "curator"
    notes: Words = ""
