"""Forms of mentoring: who mentors whom, how many, and what counts how much."""

from typing import Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from mentormatch.condition import Condition
from mentormatch.policy.fields import Name
from mentormatch.policy.groups import GroupForm
from mentormatch.policy.numerals import Weight
from mentormatch.questionnaire import Label
from mentormatch.record import Part


class Bounds(Part):
    """Least and most, both inclusive; ``most`` left out means no bound."""

    least: int = Field(0, ge=0)
    most: int | None = Field(None, ge=0)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.most is not None and self.least > self.most:
            raise PydanticCustomError("policy.bounds", "policy.bounds")
        return self


class Form(Part):
    """One form of mentoring, such as teacher and student.

    Parameters
    ----------
    id
        Stable name; also the option under which people accept the form.
    label
        What people read.
    mentors, mentees
        Who can take either side, apart from the rules.
    capacity
        Mentees per mentor in this form.
    demand
        Mentors per mentee in this form.
    weights
        Weight of each criterion, by its id; those not listed don't count.
    between_equals
        Whether two people may be each other's mentors in this form.
    peers
        Whether it has no fixed roles: two people are each other's mentors or aren't paired,
        nobody in more than one pair, and these pairs are made before all others.
    group
        How mentees meet in groups, in this form; otherwise they meet in pairs.
    """

    id: Name
    label: Label
    mentors: Condition = Condition({})
    mentees: Condition = Condition({})
    capacity: Bounds = Bounds()
    demand: Bounds = Bounds(most=1)
    weights: dict[str, Weight] = Field(default_factory=dict)
    between_equals: bool = False
    peers: bool = False
    group: GroupForm | None = None

    @property
    def seats(self) -> Bounds:
        """Mentees per mentor in this form: of a group, or of the pairs."""
        return self.capacity if self.group is None else Bounds(most=self.group.size.most)
