"""Individual plans: how far they have come, counted by hand."""

from datetime import date
from fractions import Fraction

from lives import PLAN, RUNNING, after
from mentormatch.programme.facts import (
    PlanChanged,
    PlansAgreed,
    PlansApproved,
    TaskCancelled,
    TaskDone,
    TaskReopened,
)
from mentormatch.programme.plans import Plan, Progress, Readings

DAY = date(2025, 11, 5)
PLANNED = (*RUNNING, PLAN)
AGREED = PlansAgreed(pairs=("P1",), on=DAY)
APPROVED = PlansApproved(pairs=("P1",), number="190/1", on=DAY)


def plan_after(*facts) -> Plan:
    """Return the plan of the first pair."""
    plan = after(*PLANNED, *facts).pairs["P1"].plan
    assert plan is not None
    return plan


def done(task, mark=None):
    """Do a task."""
    return TaskDone(pair="P1", task=task, on=DAY, actual_result="Done", mark=mark)


def cancelled(task):
    """Cancel a task."""
    return TaskCancelled(pair="P1", task=task, on=DAY, reason="No longer needed")


def test_progress_is_counted_by_weight():
    """Tasks weigh 1, 2 and 3: with the second done it is a third."""
    progress = plan_after(done("t2")).progress(DAY)
    assert progress.share == Fraction(1, 3)
    assert progress.done == 2
    assert progress.weight == 6


def test_a_cancelled_task_is_neither_done_nor_to_be_done():
    """With the third cancelled, the first is a third of the rest; it is shown apart."""
    progress = plan_after(done("t1"), cancelled("t3")).progress(DAY)
    assert progress.share == Fraction(1, 3)
    assert progress.cancelled == 1
    assert plan_after(*map(cancelled, ("t1", "t2", "t3"))).progress(DAY).share is None


def test_a_task_is_late_when_its_day_is_over():
    """On its last day it is not; due are then 0, later 1, and in December 3 of 6."""
    plan = plan_after()
    assert plan.progress(date(2025, 11, 1)).late == ()
    assert plan.progress(date(2025, 11, 2)).late == ("t1",)
    assert plan.progress(date(2025, 11, 1)).expected == 0
    assert plan.progress(date(2025, 12, 2)).expected == Fraction(1, 2)
    assert plan_after(done("t1")).progress(date(2025, 11, 2)).late == ()


def test_a_plan_is_at_risk_under_nine_tenths_of_what_was_due():
    """2 of 3 done in December is less; all of what was due isn't, whatever comes later."""
    december = date(2025, 12, 2)
    assert plan_after(done("t2")).progress(december).at_risk
    assert not plan_after(done("t1"), done("t2")).progress(december).at_risk
    assert not plan_after().progress(date(2025, 10, 2)).at_risk
    edge = Progress(weight=10, done=9, due=10, done_due=9, cancelled=0, late=())
    assert not edge.at_risk
    assert edge.reached


def test_three_readings_of_ninety_per_cent():
    """Of 1, 9/10 and 1/2 two are reached: not every one, 0.8 on average, two thirds of plans."""
    progresses = [Progress(10, n, 0, 0, 0, ()) for n in (10, 9, 5)]
    readings = Readings.of([*progresses, Progress(0, 0, 0, 0, 2, ())])
    assert (readings.plans, readings.reached) == (3, 2)
    assert readings.mean == Fraction(4, 5)
    assert readings.share == Fraction(2, 3)
    assert (readings.every, readings.on_average, readings.most) == (False, False, False)
    good = Readings.of([Progress(10, 10, 0, 0, 0, ())] * 9 + [Progress(10, 0, 0, 0, 0, ())])
    assert (good.every, good.on_average, good.most) == (False, True, True)
    none = Readings.of([])
    assert (none.every, none.on_average, none.most) == (None, None, None)


def test_a_change_after_approval_makes_a_version_that_needs_approval():
    """Until then the approved one is in force, and progress is counted by it."""
    heavier = [
        task.model_copy(update={"weight": 9 if task.task == "t1" else task.weight})
        for task in PLAN.tasks
    ]
    change = PlanChanged(**(PLAN.model_dump(exclude={"fact"}) | {"tasks": heavier}))
    plan = plan_after(AGREED, APPROVED, done("t1"), change)
    assert [version.number for version in plan.versions] == [1, 2]
    assert plan.status == "draft"
    assert plan.progress(DAY).share == Fraction(1, 6)
    plan = plan_after(AGREED, APPROVED, done("t1"), change, AGREED, APPROVED)
    assert plan.status == "in_progress"
    assert plan.progress(DAY).share == Fraction(9, 14)
    assert [version.order for version in plan.versions] == ["190/1", "190/1"]


def test_a_change_before_approval_makes_no_new_version():
    """A draft is a draft; who had agreed has to agree again."""
    change = PlanChanged(**PLAN.model_dump(exclude={"fact"}))
    later = change.model_copy(update={"on": DAY})
    plan = plan_after(AGREED, later)
    assert [version.number for version in plan.versions] == [1]
    assert (plan.begun, plan.newest.drafted) == (PLAN.on, DAY)
    assert plan.status == "draft"


def test_a_plan_goes_from_draft_to_work():
    """Draft, agreed, approved, in progress."""
    steps = (AGREED, APPROVED, done("t1"))
    statuses = [plan_after(*steps[:count]).status for count in range(4)]
    assert statuses == ["draft", "agreed", "approved", "in_progress"]


def test_a_task_that_is_reopened_is_open_again():
    """Its result and mark are gone."""
    plan = plan_after(done("t1", mark=7))
    assert plan.tasks["t1"].mark == 7
    again = TaskReopened(pair="P1", task="t1", on=DAY)
    assert plan_after(done("t1"), again).progress(DAY).done == 0
    assert plan_after(cancelled("t1"), again).progress(DAY).weight == 6


def test_results_are_filled_when_every_live_task_says_what_came_of_it():
    """A cancelled one needs no result, an open one or a blank one is missing."""
    blank = TaskDone(pair="P1", task="t2", on=DAY)
    assert plan_after(done("t1"), done("t2"), cancelled("t3")).results_filled
    assert not plan_after(done("t1"), blank, cancelled("t3")).results_filled
    assert not plan_after(done("t1"), done("t2")).results_filled
