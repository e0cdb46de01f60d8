"""Limits: seats, mentors per mentee, and pairs that a person has decided."""

from collections.abc import Collection
from typing import Annotated

from pydantic import Field

from mentormatch.condition import Condition
from mentormatch.policy.fields import Name
from mentormatch.policy.forms import Bounds
from mentormatch.policy.quotas import QuotaLimit
from mentormatch.questionnaire import Label
from mentormatch.record import Part

CAPACITY_FIELD = "capacity"

CodePair = tuple[str, str]
"""A mentor and a mentee."""


class Pin(Part):
    """A pair that must be made.

    Parameters
    ----------
    mentor, mentee
        Their codes.
    waive
        Codes of rules that this pin sets aside; needs an author and a reason.
    author, reason
        Who decided, and why.
    """

    mentor: str
    mentee: str
    waive: tuple[str, ...] = ()
    author: str | None = Field(None, repr=False)
    reason: str | None = Field(None, repr=False)


class Ban(Part):
    """A pair that must not be made."""

    mentor: str
    mentee: str
    author: str | None = Field(None, repr=False)
    reason: str | None = Field(None, repr=False)


class Running(Part):
    """A pair that meets already."""

    mentor: str
    mentee: str


class Beside(Part):
    """A co-mentor who stays beside the mentor of a group."""

    mentor: str
    co_mentor: str


class Load(Part):
    """How many mentees every mentor takes at least, over all forms.

    Parameters
    ----------
    least
        At least so many.
    or_none
        A mentor may also stay free; only who takes anybody takes so many.
    """

    least: int = Field(0, ge=0)
    or_none: bool = False


class PerMentor(Bounds):
    """How many mentees of some sort every mentor takes, such as one of each class.

    Parameters
    ----------
    id
        Stable name.
    label
        What people read instead.
    mentees
        Which mentees count.
    mentors
        Which mentors it is about.
    least, most
        At least and at most so many of them.
    or_none
        A mentor may also stay free; only who takes anybody at all takes at least so many.
    """

    id: Name
    label: Label | None = None
    mentees: Condition
    mentors: Condition = Condition({})
    or_none: bool = False


class Limits(Part):
    """What holds over all forms together.

    Parameters
    ----------
    capacity_field
        The question in which mentors say how many mentees they take, in all forms
        together; blank is no limit of their own. A questionnaire without the question
        sets no such limit, unless the policy names it.
    demand
        Mentors per mentee, over all forms.
    min_percent
        No pair under this percentage of its form's maximum; applied at the solve.
    load
        Mentees per mentor at least, over all forms.
    per_mentor
        Mentees of some sort per mentor.
    quotas
        How many of some people take part.
    apart, together
        Sets of mentees no two of whom have the same mentor, or who all have the same ones.
    mutual
        Whether two people may mentor each other in any form; otherwise only in forms
        between equals.
    pins, bans
        Pairs decided by hand.
    seats
        Seats decided by hand, by mentor: they replace the mentor's own answer, and a form
        that allows fewer allows so many.
    running
        Pairs that meet already, for the goal "keep". Who has left, and pairs that are no
        longer admissible, don't count.
    co_mentors
        Co-mentors who stay beside the mentors of groups, and are given to no other, as long as
        the rules allow them to meet everybody in the group.
    max_changes
        At most so many of the running pairs are given up.
    """

    capacity_field: str = CAPACITY_FIELD
    demand: Bounds = Bounds(most=1)
    min_percent: int = Field(0, ge=0, le=100)
    load: Load = Load()
    per_mentor: tuple[PerMentor, ...] = ()
    quotas: tuple[QuotaLimit, ...] = ()
    apart: tuple[tuple[str, ...], ...] = ()
    together: tuple[tuple[str, ...], ...] = ()
    mutual: bool = False
    pins: tuple[Pin, ...] = ()
    bans: tuple[Ban, ...] = ()
    seats: dict[str, Annotated[int, Field(ge=0)]] = Field(default_factory=dict)
    running: tuple[Running, ...] = ()
    co_mentors: tuple[Beside, ...] = ()
    max_changes: int | None = Field(None, ge=0)


def forget(limits: Limits, gone: Collection[str]) -> Limits:
    """Leave out what the limits say of people who have gone."""
    if not gone:
        return limits

    def stays(entry: Pin | Ban | Running) -> bool:
        return entry.mentor not in gone and entry.mentee not in gone

    update: dict[str, object] = {
        "pins": tuple(filter(stays, limits.pins)),
        "bans": tuple(filter(stays, limits.bans)),
        "running": tuple(filter(stays, limits.running)),
        "co_mentors": tuple(
            entry
            for entry in limits.co_mentors
            if entry.mentor not in gone and entry.co_mentor not in gone
        ),
        "seats": {code: most for code, most in limits.seats.items() if code not in gone},
    }
    for name, sets in (("apart", limits.apart), ("together", limits.together)):
        rest = (tuple(code for code in codes if code not in gone) for codes in sets)
        update[name] = tuple(codes for codes in rest if len(codes) > 1)
    return limits.model_copy(update=update)
