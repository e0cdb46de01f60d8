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
        "quotas": how far quotas that are not hard are met; "fairness": how well those fare
        who fare worst; "points": the sum of points; "even": how evenly mentees are spread
        over mentors; "keep": how many of the running pairs stay.
    who
        Which mentees "cover" counts; everybody when not said.
    how
        Which "fairness": "max-min" raises the lowest percentage of any pair and then leaves
        as few as possible at it; "leximin" goes on with the next lowest, and so on;
        "alpha-1" and "alpha-2" maximise a sum in which every further percent of a pair
        counts less (proportional fairness, and a stronger one).
    label
        What people read instead of the type.
    """

    type: Literal["cover", "fill", "quotas", "fairness", "points", "even", "keep"]
    who: Condition | None = None
    how: Literal["max-min", "leximin", "alpha-1", "alpha-2"] | None = None
    label: Label | None = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.who is not None and self.type != "cover":
            raise PydanticCustomError("policy.goal-who", "policy.goal-who")
        if (self.how is not None) != (self.type == "fairness"):
            raise PydanticCustomError("policy.goal-how", "policy.goal-how")
        return self
