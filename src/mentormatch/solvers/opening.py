"""A matching at once, and what none can exceed: what is known before anything is solved.

A greedy choice keeps whatever limits it can; whoever uses it counts them again.
"""

import numpy as np
from numpy.typing import NDArray

from mentormatch.problem import Int64, Objective, Problem
from mentormatch.solvers.clock import Clock

Bools = NDArray[np.bool_]


def greedy(problem: Problem, clock: Clock | None = None) -> Int64:
    """Choose pairs one after another: pins, least loads, then everybody's best in turn.

    Parameters
    ----------
    problem
        The question.
    clock
        When its time is over, nobody is given further mentors; first ones are.

    Returns
    -------
    Int64
        Positions of pairs, ascending. It keeps every most, every pin and every ban; a least
        or a limit that ties pairs together may be broken.
    """
    choice = _Choice(problem)
    for pair in problem.pinned.tolist():
        choice.take(pair)
    choice.meet_least()
    for _ in range(int(problem.demand.most.max(initial=0))):
        # Who counts most comes first, then who has the fewest mentors in question.
        candidates = np.bincount(problem.mentee, minlength=problem.mentees)
        counts = [goal.first for goal in problem.objectives if goal.first is not None]
        before = len(choice.taken)
        for mentee in np.lexsort((candidates, *(-count for count in reversed(counts)))).tolist():
            choice.serve(mentee)
        if len(choice.taken) == before or (clock and not clock.left):
            break
    return choice.finished()


def merged(problem: Problem, points: Int64, cover: Int64) -> Int64:
    """Give everybody a mentor who has one in either choice, changing the first where need be.

    Somebody who lacks a mentor takes the one of the second choice; where that seat is
    taken, somebody else there does the same in turn, or is left out. For mentees of one
    mentor each.
    """
    mentee: int | None
    now = dict(zip(problem.mentee[points].tolist(), points.tolist(), strict=True))
    then = dict(zip(problem.mentee[cover].tolist(), cover.tolist(), strict=True))
    seats = problem.capacity.most.tolist()
    mentor = problem.mentor
    guests: list[set[int]] = [set() for _ in seats]
    for mentee, pair in now.items():
        guests[mentor[pair]].add(mentee)
    for newcomer in sorted(then.keys() - now.keys()):
        mentee = newcomer
        while mentee is not None:
            pair = then[mentee]
            at = int(mentor[pair])
            now[mentee] = pair
            guests[at].add(mentee)
            # Those whom the second choice has here stay.
            moved = [who for who in guests[at] if who not in then or mentor[then[who]] != at]
            mentee = None
            if len(guests[at]) > seats[at] and moved:
                leaving = min(moved)
                guests[at].remove(leaving)
                del now[leaving]
                mentee = leaving if leaving in then else None
    return np.array(sorted(now.values()), np.int64)


def ceilings(problem: Problem) -> tuple[int, ...]:
    """Bound every goal by itself, from above: everybody's best, as far as there are seats."""
    usable = np.ones(problem.size, np.bool_)
    usable[problem.banned] = False
    usable &= (problem.capacity.most[problem.mentor] > 0) & (
        problem.demand.most[problem.mentee] > 0
    )
    candidates = np.bincount(problem.mentee[usable], minlength=problem.mentees)
    askers = np.bincount(problem.mentor[usable], minlength=problem.mentors)
    served = np.minimum(problem.demand.most, candidates)
    loads = np.minimum(problem.capacity.most, askers)
    return tuple(_ceiling(problem, goal, usable, served, loads) for goal in problem.objectives)


def _ceiling(problem: Problem, goal: Objective, usable: Bools, served: Int64, loads: Int64) -> int:
    seats = int(min(served.sum(), loads.sum()))
    total = 0
    if goal.first is not None:
        total += _best(goal.first[served > 0], seats)
    if goal.further is not None:
        total += _best(np.repeat(goal.further, np.maximum(served - 1, 0)), seats)
    if goal.pair is not None:
        sides = (problem.mentee, served), (problem.mentor, loads)
        total += min(
            _best(np.repeat(_tops(goal.pair, person, usable, len(most)), most), seats)
            for person, most in sides
        )
    if goal.quota is not None:
        wanted = [min(quota.wanted, quota.most) for quota in problem.quotas]
        total += sum(max(g, 0) * w for g, w in zip(goal.quota.tolist(), wanted, strict=True))
    return total


def _tops(gain: Int64, person: NDArray[np.int32], usable: Bools, people: int) -> Int64:
    """Find the most that one pair gains for each person, at least 0."""
    tops = np.zeros(people, np.int64)
    np.maximum.at(tops, person, np.where(usable, gain, 0))
    return tops


def _best(gains: Int64, count: int) -> int:
    """Add up the greatest so many that gain anything."""
    gains = gains[gains > 0]
    return sum(np.sort(gains)[max(len(gains) - count, 0) :].tolist())


class _Choice:
    """A choice of pairs that grows, and the room that is left."""

    def __init__(self, problem: Problem) -> None:
        self.taken: list[int] = []
        self._problem = problem
        self._load = np.zeros(problem.mentors, np.int64)
        self._served = np.zeros(problem.mentees, np.int64)
        self._open = np.ones(problem.size, np.bool_)
        self._open[problem.banned] = False
        # What needs another pair is left to the solver, unless somebody pinned it.
        self._open[problem.together.ravel()] = False
        self._start = np.searchsorted(problem.mentee, np.arange(problem.mentees + 1))
        self._room = problem.capacity.most.copy()
        self._parts = [p for p in (problem.mentor_parts, problem.mentee_parts) if p is not None]
        self._part_room = [parts.bounds.most.copy() for parts in self._parts]
        self._rivals: dict[int, list[int]] = {}
        for first, second in problem.exclusive.tolist():
            self._rivals.setdefault(first, []).append(second)
            self._rivals.setdefault(second, []).append(first)
        self._scores = self._desirability()
        self._full: set[int] = set()
        self._close_full()

    def _desirability(self) -> Int64:
        """Return by what pairs are compared: points where they count, else the last goal."""
        goals = [goal for goal in self._problem.objectives if goal.pair is not None]
        named = [goal.pair for goal in goals if goal.goal == "points"]
        listed = named + [goal.pair for goal in goals[::-1] if goal.goal != "lottery"]
        first = next(iter(listed), None)
        return np.zeros(self._problem.size, np.int64) if first is None else first

    def take(self, pair: int) -> None:
        """Choose a pair and close what it fills."""
        problem = self._problem
        mentor, mentee = int(problem.mentor[pair]), int(problem.mentee[pair])
        self.taken.append(pair)
        self._open[pair] = False
        self._open[self._rivals.get(pair, [])] = False
        self._load[mentor] += 1
        self._served[mentee] += 1
        self._room[mentor] -= 1
        for parts, room in zip(self._parts, self._part_room, strict=True):
            part = int(parts.of[pair])
            if part >= 0:
                room[part] -= 1
        self._close_full()

    def _close_full(self) -> None:
        """Let nobody else add to a quota that has its most."""
        for place, quota in enumerate(self._problem.quotas):
            if place not in self._full and quota.count(self._load, self._served) >= quota.most:
                self._full.add(place)
                new = quota.counts == "people"
                mentors, mentees = quota.mentors, quota.mentees
                self._close(
                    mentors[self._load[mentors] == 0] if new else mentors,
                    mentees[self._served[mentees] == 0] if new else mentees,
                )

    def _close(self, mentors: Int64, mentees: Int64) -> None:
        """Let some people have no further pair."""
        self._room[mentors] = 0
        for mentee in mentees.tolist():
            self._open[self._start[mentee] : self._start[mentee + 1]] = False

    def meet_least(self) -> None:
        """Fill mentors who need somebody, those with the fewest candidates first."""
        problem = self._problem
        lacking = np.flatnonzero(self._load < problem.capacity.least)
        if not len(lacking):
            return
        order = np.argsort(problem.mentor, kind="stable")
        start = np.searchsorted(problem.mentor[order], np.arange(problem.mentors + 1))
        for mentor in lacking[np.argsort(np.diff(start)[lacking], kind="stable")].tolist():
            own = order[start[mentor] : start[mentor + 1]]
            # Somebody without a mentor is served as well; then by score.
            has = self._served[problem.mentee[own]]
            for pair in own[np.lexsort((-self._scores[own], has))].tolist():
                if self._load[mentor] >= problem.capacity.least[mentor]:
                    break
                who = int(problem.mentee[pair])
                if self._served[who] < problem.demand.most[who] and self._fits(np.array([pair]))[0]:
                    self.take(pair)

    def serve(self, mentee: int) -> None:
        """Give a mentee the best mentor who is free, if that gains anything."""
        problem = self._problem
        if self._served[mentee] >= problem.demand.most[mentee]:
            return
        row = np.arange(self._start[mentee], self._start[mentee + 1])
        row = row[self._fits(row)]
        if len(row):
            pair = int(row[self._scores[row].argmax()])
            if self._gains(pair, mentee):
                self.take(pair)

    def _fits(self, pairs: Int64) -> Bools:
        """Tell which pairs have room; the mentee's own is not looked at."""
        fits = self._open[pairs] & (self._room[self._problem.mentor[pairs]] > 0)
        for parts, room in zip(self._parts, self._part_room, strict=True):
            part = parts.of[pairs]
            fits &= (part < 0) | (np.append(room, 1)[part] > 0)
        return fits

    def _gains(self, pair: int, mentee: int) -> bool:
        """Tell whether another pair makes the choice better, or a mentee needs it."""
        has = int(self._served[mentee])
        if has < self._problem.demand.least[mentee]:
            return True
        for goal in self._problem.objectives:
            person = goal.further if has else goal.first
            gain = 0 if person is None else int(person[mentee])
            gain += 0 if goal.pair is None else int(goal.pair[pair])
            if gain:
                return gain > 0
        return False

    def finished(self) -> Int64:
        """Return what was chosen, less the pairs of mentors who would have too few."""
        chosen = np.array(sorted(set(self.taken)), np.int64)
        if self._problem.or_none is not None:
            short = (self._load > 0) & (self._load < self._problem.or_none)
            held = np.isin(chosen, self._problem.pinned)
            chosen = chosen[held | ~short[self._problem.mentor[chosen]]]
        return chosen
