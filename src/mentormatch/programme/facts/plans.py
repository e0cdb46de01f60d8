"""Individual plans and their tasks."""

from datetime import date
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from mentormatch.programme.facts.base import Code, Fact, Words
from mentormatch.record import Part

Section = Literal["difficulties", "induction", "development"]


def _check_mark(mark: int) -> int:
    if not 1 <= mark <= MOST_MARK:
        raise PydanticCustomError("fact.mark", "fact.mark", {"most": MOST_MARK})
    return mark


MOST_MARK: Final = 10
Mark = Annotated[
    int,
    AfterValidator(_check_mark),
    Field(json_schema_extra={"minimum": 1, "maximum": MOST_MARK}),
]


class PlanGoal(Part):
    """A goal of a plan.

    Parameters
    ----------
    goal
        Its code within the plan.
    title
        What is to be reached.
    criterion
        Id of the criterion it comes from, if it does.
    """

    goal: Code
    title: Words = ""
    criterion: Code | None = None


class PlanTask(Part):
    """A task of a plan.

    Parameters
    ----------
    task
        Its code within the plan.
    goal
        Code of the goal it serves.
    section
        The section of the plan it stands in.
    due
        By when.
    title, planned_result
        What is to be done, and what shall come of it.
    weight
        How much it counts.
    """

    task: Code
    goal: Code
    section: Section = "development"
    due: date
    title: Words = ""
    planned_result: Words = ""
    weight: int = Field(1, ge=1, le=1000)


class PlanDrafted(Fact):
    """An individual plan of a running pair or group is written.

    Parameters
    ----------
    pair
        Whose.
    on
        When it was written.
    starts, ends
        First and last day.
    variant
        The role variant, under a neutral name.
    goals, tasks
        What it holds.
    """

    fact: Literal["plan_drafted"] = "plan_drafted"
    pair: Code
    on: date
    starts: date
    ends: date
    variant: Code | None = None
    goals: tuple[PlanGoal, ...] = ()
    tasks: tuple[PlanTask, ...] = ()


class PlanChanged(Fact):
    """A plan is written anew: an approved one gets a new version, which needs approval.

    It holds what :class:`PlanDrafted` holds. Tasks of an approved version stay; what
    isn't to be done any more is cancelled.
    """

    fact: Literal["plan_changed"] = "plan_changed"
    pair: Code
    on: date
    starts: date
    ends: date
    variant: Code | None = None
    goals: tuple[PlanGoal, ...] = ()
    tasks: tuple[PlanTask, ...] = ()
    reason: Words = ""


class PlansAgreed(Fact):
    """Everybody in these pairs agrees to the plans as they are."""

    fact: Literal["plans_agreed"] = "plans_agreed"
    pairs: tuple[Code, ...] = Field(min_length=1)
    on: date


class PlansApproved(Fact):
    """The director approves agreed plans by an order."""

    fact: Literal["plans_approved"] = "plans_approved"
    number: Code
    on: date
    pairs: tuple[Code, ...] = Field(min_length=1)


class TaskDone(Fact):
    """A task is done.

    Parameters
    ----------
    pair, task
        Which task of whose plan.
    on
        When it was done.
    actual_result
        What came of it.
    mark
        The mentor's mark, 1 to 10.
    """

    fact: Literal["task_done"] = "task_done"
    pair: Code
    task: Code
    on: date
    actual_result: Words = ""
    mark: Mark | None = None


class TaskCancelled(Fact):
    """A task isn't to be done any more; needs a reason."""

    fact: Literal["task_cancelled"] = "task_cancelled"
    pair: Code
    task: Code
    on: date
    reason: Words = ""


class TaskReopened(Fact):
    """A task that was done or cancelled is open again."""

    fact: Literal["task_reopened"] = "task_reopened"
    pair: Code
    task: Code
    on: date
    reason: Words = ""
