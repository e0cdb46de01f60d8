"""A problem with every limit as an integer linear program: what any such solver can be given.

Columns are the pairs that aren't banned, then whatever else limits and goals count: who
takes part, on both sides, what a quota has of what it wants, steps of a load.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from mentormatch.problem import Int64, Objective, Parts, Problem, Quota
from mentormatch.solvers.calls import FREE


@dataclass(frozen=True, slots=True, eq=False)
class Program:
    """Integer columns within bounds, and rows of sums that keep theirs.

    Parameters
    ----------
    pairs
        Positions of the pairs that the first columns stand for; shape (pairs,).
    lower, upper
        Bounds on each column; shape (columns,).
    row, column, factor
        One entry per column in a row; shape (entries,).
    least, most
        Bounds on each row's sum; shape (rows,).
    goals
        What a unit of each column gains, an array per goal.
    """

    pairs: Int64
    lower: Int64
    upper: Int64
    row: Int64
    column: Int64
    factor: Int64
    least: Int64
    most: Int64
    goals: tuple[Int64, ...]

    @classmethod
    def of(cls, problem: Problem) -> Self:
        """Write a problem down."""
        draft = _Draft(problem)
        goals = [draft.gains(goal) for goal in problem.objectives]
        columns = len(draft.lower)
        return cls(
            pairs=draft.pairs,
            lower=np.array(draft.lower, np.int64),
            upper=np.array(draft.upper, np.int64),
            row=_flat(draft.row),
            column=_flat(draft.column),
            factor=_flat(draft.factor),
            least=_flat(draft.least),
            most=_flat(draft.most),
            goals=tuple(np.pad(gain, (0, columns - len(gain))) for gain in goals),
        )

    @property
    def clashes(self) -> bool:
        """Whether some bounds contradict each other by themselves."""
        return bool((self.lower > self.upper).any() or (self.least > self.most).any())

    def keeping(self, number: int, value: int) -> Self:
        """Add a row that holds a goal at a value."""
        used = np.flatnonzero(self.goals[number])
        return replace(
            self,
            row=np.append(self.row, np.full(len(used), len(self.least))),
            column=np.append(self.column, used),
            factor=np.append(self.factor, self.goals[number][used]),
            least=np.append(self.least, value),
            most=np.append(self.most, FREE),
        )

    def choice(self, columns: Int64) -> Int64:
        """Read the positions of the chosen pairs off values of the columns."""
        return self.pairs[columns[: len(self.pairs)] > 0]


def _asked_about(problem: Problem) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Mark the mentors, and the mentees, of whom something asks whether they take part."""
    mentors, mentees = (np.zeros(size, np.bool_) for size in (problem.mentors, problem.mentees))
    for quota in problem.quotas:
        if quota.counts == "people":
            mentors[quota.mentors] = mentees[quota.mentees] = True
    for parts in (problem.mentor_parts, problem.mentee_parts, *problem.crossing):
        if parts is not None and parts.if_any:
            (mentees if parts is problem.mentee_parts else mentors)[parts.owner] = True
    if problem.or_none is not None:
        mentors |= problem.or_none > 1
    if any(goal.first is not None or goal.further is not None for goal in problem.objectives):
        mentees[:] = True
    return mentors, mentees


def _flat(parts: Sequence[Int64]) -> Int64:
    return np.concatenate([np.empty(0, np.int64), *parts])


class _Draft:
    """Collects columns and rows; a method per sort of limit."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        open_ = np.ones(problem.size, np.bool_)
        open_[np.setdiff1d(problem.banned, problem.pinned)] = False
        self.pairs = np.flatnonzero(open_)
        self._column_of = np.where(open_, np.cumsum(open_) - 1, -1)
        self.lower = np.isin(self.pairs, problem.pinned).astype(np.int64).tolist()
        self.upper = (~np.isin(self.pairs, problem.banned)).astype(np.int64).tolist()
        self.row: list[Int64] = []
        self.column: list[Int64] = []
        self.factor: list[Int64] = []
        self.least: list[Int64] = []
        self.most: list[Int64] = []
        self._rows = 0
        self._mentor = problem.mentor[self.pairs].astype(np.int64)
        self._mentee = problem.mentee[self.pairs].astype(np.int64)
        mentors, mentees = _asked_about(problem)
        self._mentor_active = self._active(self._mentor, problem.capacity.most, mentors)
        self._mentee_active = self._active(self._mentee, problem.demand.most, mentees)
        self._counts = [self._counted(quota) for quota in problem.quotas]
        self._bound_loads()
        for parts in (problem.mentor_parts, problem.mentee_parts, *problem.crossing):
            if parts is not None:
                self._bound_parts(parts, mentors=parts is not problem.mentee_parts)
        for quota, (columns, factors) in zip(problem.quotas, self._counts, strict=True):
            self._one_row(columns, factors, quota.least, quota.most)
        self._relate_pairs()

    def _columns(self, size: int, most: Any = 1) -> Int64:
        """Add columns from nothing up to a most."""
        start = len(self.lower)
        self.lower += [0] * size
        self.upper += np.broadcast_to(most, size).tolist()
        return np.arange(start, start + size)

    def _add(
        self,
        entries: Sequence[tuple[Int64, Int64, Any]],
        least: Any,
        most: Any,
        size: int,
    ) -> None:
        """Add so many rows: entries are rows, counted from the first of these, columns, factors."""
        for row, column, factor in entries:
            there = column >= 0
            self.row.append(row[there] + self._rows)
            self.column.append(column[there])
            self.factor.append(np.broadcast_to(factor, len(row))[there].astype(np.int64))
        self.least.append(np.broadcast_to(least, size).astype(np.int64))
        self.most.append(np.broadcast_to(most, size).astype(np.int64))
        self._rows += size

    def _one_row(self, columns: Int64, factors: Int64, least: int, most: int) -> None:
        self._add([(np.zeros(len(columns), np.int64), columns, factors)], least, most, 1)

    def _active(self, person: Int64, most: Int64, asked: NDArray[np.bool_]) -> Int64:
        """Add a column per person that says, if anything asks, whether they are in any pair."""
        size = len(most)
        active = self._columns(size)
        who, mine = np.flatnonzero(asked), np.flatnonzero(asked[person])
        row = (np.cumsum(asked) - 1)[person[mine]]
        entries = [(row, mine, 1), (np.arange(len(who)), active[who], -1)]
        # Where one pair is the most, the pair itself says it.
        self._add(entries, 0, np.where(most[who] <= 1, 0, FREE), len(who))
        several = mine[most[person[mine]] > 1]
        rows = np.arange(len(several))
        self._add([(rows, several, 1), (rows, active[person[several]], -1)], -1, 0, len(several))
        return active

    def _counted(self, quota: Quota) -> tuple[Int64, Int64]:
        """Express what a quota counts: columns and factors."""
        if len(quota.pairs):
            there = self._column_of[quota.pairs]
            there = there[there >= 0]
            return there, np.ones(len(there), np.int64)
        if quota.counts == "pairs":
            mine = np.isin(self._mentor, quota.mentors).astype(np.int64)
            both = mine + np.isin(self._mentee, quota.mentees)
            counted = np.flatnonzero(both)
            return counted, both[counted]
        mine, theirs = quota.same.T
        either = self._columns(len(mine))
        rows, sides = np.arange(len(mine)), (self._mentor_active[mine], self._mentee_active[theirs])
        for side in sides:
            self._add([(rows, side, 1), (rows, either, -1)], -1, 0, len(rows))
        self._add([(rows, either, -1), *((rows, side, 1) for side in sides)], 0, 1, len(rows))
        once = (
            self._mentor_active[np.setdiff1d(quota.mentors, mine)],
            self._mentee_active[np.setdiff1d(quota.mentees, theirs)],
        )
        columns = np.concatenate([*once, either])
        return columns, np.ones(len(columns), np.int64)

    def _bound_loads(self) -> None:
        """Keep everybody's bounds; a window of loads or none is written linearly."""
        problem, every = self.problem, np.arange(len(self.pairs))
        for person, bounds in ((self._mentor, problem.capacity), (self._mentee, problem.demand)):
            self._add([(person, every, 1)], bounds.least, bounds.most, len(bounds.most))
        if problem.or_none is not None:
            who = np.arange(problem.mentors)
            # One pair is enough for whoever has any.
            least = np.where(problem.or_none > 1, problem.or_none, 0)
            enough = who, self._mentor_active, -least
            self._add([(self._mentor, every, 1), enough], 0, FREE, len(who))

    def _bound_parts(self, parts: Parts, *, mentors: bool) -> None:
        """Keep the bounds of parts of people's pairs."""
        part = parts.of[self.pairs].astype(np.int64)
        inside = np.flatnonzero(part >= 0)
        size, bounds = len(parts.owner), parts.bounds
        mine = part[inside], inside, 1
        self._add([mine], 0 if parts.if_any else bounds.least, bounds.most, size)
        if parts.if_any:
            active = (self._mentor_active if mentors else self._mentee_active)[parts.owner]
            self._add([mine, (np.arange(size), active, -bounds.least)], 0, FREE, size)

    def _relate_pairs(self) -> None:
        """Keep pairs apart that exclude each other, and together that belong together."""
        problem = self.problem
        for pairs, factor, least, most in (
            (problem.exclusive, 1, 0, 1),
            (problem.together, -1, 0, 0),
        ):
            first, second = self._column_of[pairs].T
            rows = np.arange(len(pairs))
            self._add([(rows, first, 1), (rows, second, factor)], least, most, len(rows))

    def gains(self, goal: Objective) -> Int64:
        """Express what a goal counts; adds columns where it counts what none stands for yet."""
        problem = self.problem
        gain = np.zeros(len(self.lower), np.int64)
        if goal.pair is not None:
            gain[: len(self.pairs)] += goal.pair[self.pairs]
        if goal.first is not None:
            gain[self._mentee_active] += goal.first
        if goal.further is not None:
            gain[self._mentee_active] -= goal.further
            gain[: len(self.pairs)] += goal.further[self._mentee]
        if goal.quota is not None:
            wanted = np.maximum([quota.wanted for quota in problem.quotas], 0)
            met = self._columns(len(wanted), wanted)
            for own, (columns, factors) in zip(met, self._counts, strict=True):
                self._one_row(np.append(columns, own), np.append(-factors, 1), -FREE, 0)
            gain = np.concatenate([gain, goal.quota])
        if goal.square is not None:
            gain = np.concatenate([gain, self._squares(goal.square)])
        return gain

    def _squares(self, weight: Int64) -> Int64:
        """Take every unit of a load as a step, each losing more than the one before."""
        candidates = np.bincount(self._mentor, minlength=self.problem.mentors)
        reach = np.clip(self.problem.capacity.most, 0, candidates)
        who = np.repeat(np.arange(self.problem.mentors), reach)
        number = np.arange(len(who)) - np.repeat(np.cumsum(reach) - reach, reach)
        steps = self._columns(len(who))
        pairs = np.arange(len(self.pairs))
        entries: list[tuple[NDArray[Any], Int64, Any]] = [(self._mentor, pairs, 1)]
        self._add([*entries, (who, steps, -1)], 0, 0, self.problem.mentors)
        return -weight[who] * (2 * number + 1)
