"""Pairs begin to run by an order, gain and lose people, and end."""

from datetime import date
from typing import Literal

from pydantic import Field

from mentormatch.programme.facts.base import Code, Fact, Words

Reason = Literal[
    "goal_reached",
    "year_end",
    "moved",
    "workload",
    "no_fit",
    "refused",
    "consent_withdrawn",
    "rematched",
    "other",
]
"""Why a pair ends; nobody is blamed, and nobody has to say more."""


class Ordered(Fact):
    """The director orders accepted pairs: from now on they run.

    Parameters
    ----------
    number, on
        Number and date of the order.
    pairs
        Which pairs.
    starts, ends
        First and last day of their term.
    """

    fact: Literal["ordered"] = "ordered"
    number: Code
    on: date
    pairs: tuple[Code, ...] = Field(min_length=1)
    starts: date
    ends: date


class Closed(Fact):
    """A pair ends, at whatever point it has reached.

    Parameters
    ----------
    pair
        Which.
    on
        Its last day.
    reason
        A word that blames nobody.
    note
        More, if somebody wants to say more.
    """

    fact: Literal["closed"] = "closed"
    pair: Code
    on: date
    reason: Reason
    note: Words = ""


class MenteeJoined(Fact):
    """One more mentee comes into an accepted or running group."""

    fact: Literal["mentee_joined"] = "mentee_joined"
    pair: Code
    mentee: Code
    on: date


class CoMentorChanged(Fact):
    """Somebody else stands beside the mentor of an accepted or running group, or nobody does.

    Parameters
    ----------
    pair
        The group.
    co_mentor
        Who stands there from now on; None for nobody.
    on
        Since when.
    reason
        Why whoever stood there does so no longer.
    """

    fact: Literal["co_mentor_changed"] = "co_mentor_changed"
    pair: Code
    co_mentor: Code | None = None
    on: date
    reason: Reason = "other"


class MenteeLeft(Fact):
    """One mentee leaves a group that goes on."""

    fact: Literal["mentee_left"] = "mentee_left"
    pair: Code
    mentee: Code
    on: date
    reason: Reason
