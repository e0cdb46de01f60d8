"""Individual plans: versions, tasks, and how far they have come.

Progress is counted by weight, over tasks that are not cancelled, in exact fractions.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from typing import Final, Literal, Self

from mentormatch.errors import Defect
from mentormatch.programme.facts import (
    PlanChanged,
    PlanDrafted,
    PlanGoal,
    PlansAgreed,
    PlansApproved,
    PlanTask,
    TaskCancelled,
    TaskDone,
    TaskReopened,
)
from mentormatch.programme.refusals import defect, in_order, not_after, refuse, twice, within

TaskStatus = Literal["open", "done", "cancelled"]
PlanStatus = Literal["draft", "agreed", "approved", "in_progress"]

GOAL: Final = Fraction(9, 10)
"""The share of a plan that is to be done."""


@dataclass(frozen=True, slots=True)
class TaskState:
    """What has become of a task.

    Parameters
    ----------
    status
        ``open``, ``done`` or ``cancelled``.
    on
        Since when, unless it is open.
    actual_result
        What came of it; None when that has been erased.
    mark
        The mentor's mark.
    reason
        Why it was cancelled; None when that has been erased.
    """

    status: TaskStatus = "open"
    on: date | None = None
    actual_result: str | None = field(default="", repr=False)
    mark: int | None = None
    reason: str | None = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class PlanVersion:
    """What a plan holds until it is changed.

    Parameters
    ----------
    number
        From 1 on; a change after approval makes the next.
    drafted
        When it was last written.
    starts, ends
        First and last day.
    variant
        The role variant.
    goals, tasks
        What it holds.
    agreed
        When everybody agreed, if they did.
    approved, order
        Date and number of the order that approved it, if one did.
    """

    number: int
    drafted: date
    starts: date
    ends: date
    variant: str | None
    goals: tuple[PlanGoal, ...]
    tasks: tuple[PlanTask, ...]
    agreed: date | None = None
    approved: date | None = None
    order: str | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a plan has come on a day.

    Parameters
    ----------
    weight
        Weight of everything that isn't cancelled.
    done
        Weight of what is done.
    due, done_due
        Weight of what was to be done before that day, and of what is done of it: the day by
        which something is due counts to its end.
    cancelled
        How many tasks are cancelled; they count neither as done nor as to be done.
    late
        Codes of tasks whose day has passed and that are open.
    """

    weight: int
    done: int
    due: int
    done_due: int
    cancelled: int
    late: tuple[str, ...]

    @property
    def share(self) -> Fraction | None:
        """The part that is done; None when there is nothing to do."""
        return Fraction(self.done, self.weight) if self.weight else None

    @property
    def expected(self) -> Fraction | None:
        """The part that was to be done by now; None when there is nothing to do."""
        return Fraction(self.due, self.weight) if self.weight else None

    @property
    def at_risk(self) -> bool:
        """Whether less than nine tenths of what was due is done."""
        return self.due > 0 and Fraction(self.done_due, self.due) < GOAL

    @property
    def reached(self) -> bool:
        """Whether at least nine tenths of the plan are done."""
        return self.share is not None and self.share >= GOAL


@dataclass(frozen=True, slots=True)
class Plan:
    """An individual plan with all its versions.

    Parameters
    ----------
    begun
        When it was first written.
    versions
        From the first on.
    tasks
        What has become of each task of any version, by code.
    """

    begun: date
    versions: tuple[PlanVersion, ...]
    tasks: Mapping[str, TaskState] = field(default_factory=dict)

    @property
    def newest(self) -> PlanVersion:
        """The last version, approved or not."""
        return self.versions[-1]

    @property
    def in_force(self) -> PlanVersion:
        """The last approved version; the draft when none has been approved."""
        approved = [each for each in self.versions if each.approved is not None]
        return approved[-1] if approved else self.newest

    @property
    def status(self) -> PlanStatus:
        """How far the newest version has come on its way."""
        if self.newest.approved is not None:
            started = any(self.state_of(task).status == "done" for task in self.newest.tasks)
            return "in_progress" if started else "approved"
        return "agreed" if self.newest.agreed is not None else "draft"

    @property
    def workable(self) -> bool:
        """Whether it has a goal, and a task with a day and a planned result."""
        version = self.newest
        return bool(version.goals) and any(task.planned_result != "" for task in version.tasks)

    @property
    def results_filled(self) -> bool:
        """Whether every task that is done says what came of it, and none is open."""
        states = [self.state_of(task) for task in self.in_force.tasks]
        return all(
            state.status == "cancelled" or (state.status == "done" and state.actual_result != "")
            for state in states
        )

    def state_of(self, task: PlanTask) -> TaskState:
        """Say what has become of a task."""
        return self.tasks.get(task.task, TaskState())

    def progress(self, on: date) -> Progress:
        """Say how far the version in force has come, with what was due by a day."""
        live = [
            (task, self.state_of(task))
            for task in self.in_force.tasks
            if self.state_of(task).status != "cancelled"
        ]
        done = [task for task, state in live if state.status == "done"]
        due = [task for task, _ in live if task.due < on]
        return Progress(
            weight=sum(task.weight for task, _ in live),
            done=sum(task.weight for task in done),
            due=sum(task.weight for task in due),
            done_due=sum(task.weight for task in done if task.due < on),
            cancelled=len(self.in_force.tasks) - len(live),
            late=tuple(
                task.task for task, state in live if state.status == "open" and task.due < on
            ),
        )

    @classmethod
    def drafted(cls, fact: PlanDrafted, term: tuple[date, date], latest: date) -> Self:
        """Write the first version."""
        refuse([*_content(fact, term), not_after(fact.on, latest)])
        return cls(fact.on, (_version(fact, 1),))

    def changed(self, fact: PlanChanged, term: tuple[date, date], latest: date) -> Self:
        """Write the plan anew."""
        kept = {
            task.task for version in self.versions if version.approved for task in version.tasks
        }
        gone = sorted(kept - {task.task for task in fact.tasks})
        # A draft may lose a task, but not what has been done already.
        done = {code for code, state in self.tasks.items() if state.status != "open"}
        gone += sorted(done - kept - {task.task for task in fact.tasks})
        refuse(
            [
                *_content(fact, term),
                not_after(fact.on, latest),
                *(defect("task-dropped", "tasks", task=code) for code in gone),
            ]
        )
        if self.newest.approved is None:
            return replace(self, versions=(*self.versions[:-1], _version(fact, self.newest.number)))
        return replace(self, versions=(*self.versions, _version(fact, self.newest.number + 1)))

    def agreed(self, fact: PlansAgreed, pair: str, latest: date, place: str) -> Self:
        """Note that everybody agrees to the newest version."""
        newest = self.newest
        refuse(
            [
                not_after(fact.on, latest),
                defect("agreed", place, pair=pair) if newest.agreed is not None else None,
                None if self.workable else defect("empty-plan", place, pair=pair),
            ]
        )
        return replace(self, versions=(*self.versions[:-1], replace(newest, agreed=fact.on)))

    def approved(self, fact: PlansApproved, pair: str, latest: date, place: str) -> Self:
        """Note the order that approves the newest version."""
        newest = self.newest
        refuse(
            [
                not_after(fact.on, latest),
                defect("approved", place, pair=pair) if newest.approved is not None else None,
                defect("not-agreed", place, pair=pair) if newest.agreed is None else None,
            ]
        )
        done = replace(newest, approved=fact.on, order=fact.number)
        return replace(self, versions=(*self.versions[:-1], done))

    def task_done(self, fact: TaskDone, latest: date) -> Self:
        """Note that a task is done."""
        self._expect(fact.task, ("open",))
        refuse([not_after(fact.on, latest), *self._too_early(fact.on)])
        state = TaskState("done", fact.on, fact.actual_result, fact.mark)
        return replace(self, tasks={**self.tasks, fact.task: state})

    def task_cancelled(self, fact: TaskCancelled, latest: date) -> Self:
        """Note that a task isn't to be done any more."""
        self._expect(fact.task, ("open",))
        refuse(
            [
                not_after(fact.on, latest),
                defect("no-reason", "reason") if fact.reason == "" else None,
            ]
        )
        state = TaskState("cancelled", fact.on, reason=fact.reason)
        return replace(self, tasks={**self.tasks, fact.task: state})

    def task_reopened(self, fact: TaskReopened, latest: date) -> Self:
        """Note that a task is to be done after all."""
        self._expect(fact.task, ("done", "cancelled"))
        refuse([not_after(fact.on, latest)])
        rest = {code: state for code, state in self.tasks.items() if code != fact.task}
        return replace(self, tasks=rest)

    def _expect(self, code: str, statuses: tuple[TaskStatus, ...]) -> None:
        known = {task.task for version in self.versions for task in version.tasks}
        if code not in known:
            refuse([defect("no-task", "task", task=code)])
        status = self.tasks.get(code, TaskState()).status
        if status not in statuses:
            refuse([defect(f"task-{status}", "task", task=code)])

    def _too_early(self, on: date) -> list[Defect]:
        starts = self.newest.starts
        return [defect("too-early", "on", day=on, starts=starts)] if on < starts else []


def _version(fact: PlanDrafted | PlanChanged, number: int) -> PlanVersion:
    return PlanVersion(
        number=number,
        drafted=fact.on,
        starts=fact.starts,
        ends=fact.ends,
        variant=fact.variant,
        goals=fact.goals,
        tasks=fact.tasks,
    )


def _content(fact: PlanDrafted | PlanChanged, term: tuple[date, date]) -> Iterable[Defect | None]:
    """Object to a plan that contradicts itself or its pair's term."""
    goals = [goal.goal for goal in fact.goals]
    yield in_order(fact.starts, fact.ends)
    yield within(fact.starts, *term, "starts")
    yield within(fact.ends, *term, "ends")
    yield from twice(goals, "goals")
    yield from twice([task.task for task in fact.tasks], "tasks")
    for place, task in enumerate(fact.tasks):
        if task.goal not in goals:
            yield defect("no-goal", f"tasks[{place}].goal", goal=task.goal)
        yield within(task.due, fact.starts, fact.ends, f"tasks[{place}].due")


@dataclass(frozen=True, slots=True)
class Readings:
    """Three ways to read "at least 90 % of the plans are carried out".

    Parameters
    ----------
    plans
        How many plans have anything to do.
    reached
        How many of them are done to nine tenths or more.
    total
        The sum of the parts done.
    """

    plans: int
    reached: int
    total: Fraction

    @classmethod
    def of(cls, progresses: Iterable[Progress]) -> Self:
        """Count plans; one with nothing to do is none."""
        shares = [each.share for each in progresses if each.share is not None]
        return cls(len(shares), sum(share >= GOAL for share in shares), sum(shares, Fraction(0)))

    @property
    def mean(self) -> Fraction | None:
        """The mean part done; None without plans."""
        return self.total / self.plans if self.plans else None

    @property
    def share(self) -> Fraction | None:
        """The share of plans done to nine tenths or more; None without plans."""
        return Fraction(self.reached, self.plans) if self.plans else None

    @property
    def every(self) -> bool | None:
        """Whether every plan is done to nine tenths or more."""
        return self.reached == self.plans if self.plans else None

    @property
    def on_average(self) -> bool | None:
        """Whether nine tenths are done on average."""
        return None if self.mean is None else self.mean >= GOAL

    @property
    def most(self) -> bool | None:
        """Whether nine plans of ten are done to nine tenths or more."""
        return None if self.share is None else self.share >= GOAL
