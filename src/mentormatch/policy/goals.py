"""Goals: what matters, in order."""

from typing import Literal, Self

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from mentormatch.condition import Condition
from mentormatch.questionnaire import Label
from mentormatch.record import Part


class Goal(Part):
    """One thing to maximise once every earlier goal has its best value.

    Parameters
    ----------
    type
        "cover": how many mentees have a mentor; "fill": how many further mentors they have;
        "points": the sum of points.
    who
        Which mentees "cover" counts; everybody when not said.
    label
        What people read instead of the type.
    """

    type: Literal["cover", "fill", "points"]
    who: Condition | None = None
    label: Label | None = None

    @model_validator(mode="after")
    def _count_people_only(self) -> Self:
        if self.who is not None and self.type != "cover":
            raise PydanticCustomError("policy.goal-who", "policy.goal-who")
        return self
