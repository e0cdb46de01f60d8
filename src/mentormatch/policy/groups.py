"""Groups: how large they are, and what must hold between the people of one."""

from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from mentormatch.condition import Condition
from mentormatch.errors import Defect, Place
from mentormatch.policy.fields import NUMBERS, SLOTS, Sides, Use, check_uses
from mentormatch.policy.numerals import Milli, Weight
from mentormatch.questionnaire import Questionnaire
from mentormatch.record import Part

LARGEST = 12
"""The largest group; points of a group stay exact up to that size."""


class Size(Part):
    """How many mentees a group has, both numbers inclusive."""

    least: int = Field(1, ge=1, le=LARGEST)
    most: int = Field(ge=1, le=LARGEST)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.least > self.most:
            raise PydanticCustomError("policy.bounds", "policy.bounds")
        return self


class Span(Part):
    """Numbers that differ little within a group, such as the year of school.

    Parameters
    ----------
    field
        The question; who left it blank joins no group.
    most
        By how much the answers of two mentees of a group may differ.
    """

    field: str
    most: Annotated[Milli, Field(ge=0)]


class GroupSlots(Sides):
    """Free time that everybody in a group has in common, the mentor included."""

    least: int = Field(1, ge=1)


class AtMost(Part):
    """At most so many of some mentees in one group."""

    who: Condition
    most: int = Field(ge=1)


class CoMentor(Part):
    """Who may stand beside the mentor of a group."""

    who: Condition = Condition({})


class GroupForm(Part):
    """What makes a form meet in groups.

    Parameters
    ----------
    size
        Mentees of a group.
    age_span
        How far apart two mentees of a group may be.
    common_slots
        Time that the whole group has in common.
    at_most
        Kinds of mentees of which a group takes only so many; nobody is of two of them.
    cohesion
        What makes two mentees suit each other: weight of each criterion, by its id.
    co_mentor
        Who stands beside the mentors, where that is wanted.
    """

    size: Size
    age_span: Span | None = None
    common_slots: GroupSlots | None = None
    at_most: tuple[AtMost, ...] = ()
    cohesion: dict[str, Weight] = Field(default_factory=dict)
    co_mentor: CoMentor | None = None

    @property
    def couples(self) -> bool:
        """Whether it matters who is in a group with whom."""
        cohesive = any(self.cohesion.values())
        return cohesive or bool(self.age_span or self.common_slots or self.at_most)

    @property
    def inside(self) -> tuple[object, ...]:
        """What holds and counts inside a group, whatever its size."""
        return self.age_span, self.common_slots, self.at_most, self.cohesion

    def check(self, questionnaire: Questionnaire, at: str) -> list[Defect]:
        """Find what doesn't fit the questionnaire."""
        defects = []
        if self.age_span is not None:
            use = Use("field", self.age_span.field, NUMBERS)
            defects += check_uses((use,), questionnaire, f"{at}.age_span")
        if self.common_slots is not None:
            uses = self.common_slots.uses_of(SLOTS)
            defects += check_uses(uses, questionnaire, f"{at}.common_slots")
        for place, kind in enumerate(self.at_most):
            defects += kind.who.check(questionnaire, Place(field=f"{at}.at_most[{place}].who"))
        if self.co_mentor is not None:
            who = Place(field=f"{at}.co_mentor.who")
            defects += self.co_mentor.who.check(questionnaire, who)
        return defects
