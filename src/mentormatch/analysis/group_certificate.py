"""How good a grouping is at least, checked without a solver.

This file shares nothing with the solvers. It reads the problem and the claimed
groups, counts again whether every condition holds, and adds up integers. Prices
may come from anywhere: wrong ones can only weaken the bound.

Give every mentee a price of zero or more, and charge a group the prices of its
members. Then no grouping gains more than all prices together plus, for every
mentor, what the best charged group gains (nothing, if the mentor may stay free):
Lagrangian relaxation of "one group each" (Held and Karp 1970; for columns
Luebbecke and Desrosiers, *Selected topics in column generation*, 2005). The best
charged group is not searched for but bounded: in each window of ages and for each
size s, a member counts for its own points and half of its s - 1 best affinities,
and the s best members are taken.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from mentormatch.grouping import Bools, Group, GroupPrices, GroupProblem
from mentormatch.problem import Int64

# The goal of letting every mentor lead who has to; it comes before all others.
LEAD = "lead"
# Bounds of groups of at most MOST members add up inside int64 below LARGEST.
LARGEST = 1 << 48
MOST = 32
# How much of its own points a member brings itself; the rest is shared out among its mates.
SHARES = (4, 2, 0)
WHOLE = 4


@dataclass(frozen=True, slots=True)
class GroupVerdict:
    """What the check of a grouping found.

    Parameters
    ----------
    accepted
        Whether the groups keep every condition and the prices are well formed.
    reason
        ``kept``, or the first thing that is wrong, as a stable word.
    values, bounds
        What the groups gain per goal, and what any that keep the earlier goals
        can gain at most; None where there are no prices. Where the two are equal
        the goal is proven.
    """

    accepted: bool
    reason: str
    values: tuple[int, ...] = ()
    bounds: tuple[int | None, ...] = ()

    @property
    def proven(self) -> bool:
        """Whether every goal reaches its bound: nothing better exists."""
        return self.accepted and self.values == self.bounds


@dataclass(frozen=True, slots=True, eq=False)
class GroupCertificate:
    """Prices that bound what any grouping can reach.

    Parameters
    ----------
    prices
        For each goal, in order, the prices that bound it; None where there are none.
    """

    prices: tuple[GroupPrices | None, ...]

    def check(self, problem: GroupProblem, groups: Iterable[Group]) -> GroupVerdict:
        """Count again whether groups keep the conditions, and bound every goal."""
        groups = tuple(groups)
        fault = _fault(problem, groups)
        if len(self.prices) != len(problem.goals):
            fault = fault or "price-shape"
        for prices in self.prices:
            if prices is not None:
                fault = fault or _misfit(problem, prices)
        if fault:
            return GroupVerdict(False, fault)
        values = problem.values(groups)
        bounds = tuple(
            None if prices is None else bound_of(problem, goal, prices, values[:place])
            for place, (goal, prices) in enumerate(zip(problem.goals, self.prices, strict=True))
        )
        return GroupVerdict(True, "kept", values, bounds)


def refutes(problem: GroupProblem, prices: GroupPrices) -> bool:
    """Tell whether prices prove that not every mentor who must lead a group can.

    Parameters
    ----------
    problem
        The question.
    prices
        Prices for the goal of as many such mentors as possible.
    """
    if _misfit(problem, prices):
        return False
    return bound_of(problem, LEAD, prices, ()) < int(problem.must.sum())


def bound_of(
    problem: GroupProblem, goal: str, prices: GroupPrices, earlier: tuple[int, ...]
) -> int:
    """Bound what a grouping that keeps the earlier goals' values can reach of a goal.

    Parameters
    ----------
    problem
        The question.
    goal
        ``lead``, ``cover`` or ``points``.
    prices
        Any well-formed prices.
    earlier
        The values of the earlier goals; coverage, when points are bounded after it.
    """
    allowed, points = problem.pair_points()
    gain = np.broadcast_to(-prices.mentees[:, None], points.shape)
    if goal == "cover" and problem.cover is not None:
        gain = gain + prices.unit * problem.cover[:, None]
    if goal == "points":
        gain = gain + prices.unit * problem.scale * points
        if problem.cover is not None:
            gain = gain + prices.floor * problem.cover[:, None]
    total: int = sum(prices.mentees.tolist()) - sum(prices.floor * value for value in earlier)
    for mentor in range(problem.mentors):
        best = _best_group(
            problem, mentor, gain[:, mentor], allowed[:, mentor], goal=goal, unit=prices.unit
        )
        if goal == LEAD and best is not None and problem.must[mentor]:
            best += prices.unit
        if goal != LEAD and problem.must[mentor]:
            # No group at all can't happen in a grouping that keeps the limits.
            total += 0 if best is None else best
        else:
            total += max(0, best or 0)
    return total // prices.unit


def _best_group(
    problem: GroupProblem, mentor: int, gain: Int64, allowed: Bools, *, goal: str, unit: int
) -> int | None:
    """Bound what a mentor's best group gains; None when the mentor can't have one."""
    sizes = range(int(problem.size.least[mentor]), int(problem.size.most[mentor]) + 1)
    best = None
    for window in _windows(problem, np.flatnonzero(allowed & _shares_slots(problem, mentor))):
        strangers = _strangers(problem, window)
        for size in sizes:
            half = np.zeros(strangers.shape, np.int64)
            if goal == "points" and problem.affinity is not None and size > 1:
                factor = unit * problem.cohesion * (problem.scale // (size - 1))
                half = factor * problem.affinity[np.ix_(window, window)].astype(np.int64)
            half[strangers] = -LARGEST
            bounds = [
                _size_bound(problem, window, gain[window], half, size=size, share=share)
                for share in SHARES
            ]
            least = min((bound for bound in bounds if bound is not None), default=None)
            if least is not None:
                best = least if best is None else max(best, least)
    return best


def _shares_slots(problem: GroupProblem, mentor: int) -> Bools:
    """Tell which mentees have enough time slots in common with a mentor."""
    if problem.mentee_slots is None or problem.mentor_slots is None:
        return np.ones(problem.mentees, np.bool_)
    shared = (problem.mentee_slots & problem.mentor_slots[mentor]).sum(axis=1)
    return np.asarray(shared >= problem.common)


def _windows(problem: GroupProblem, who: Int64) -> Iterator[Int64]:
    """Split mentees by youngest age; a group lies within the window of its youngest."""
    if problem.age is None:
        yield who
        return
    age = problem.age[who]
    for youngest in np.unique(age):
        yield who[(age >= youngest) & (age <= youngest + problem.span)]


def _strangers(problem: GroupProblem, window: Int64) -> Bools:
    """Tell which two mentees of a window can't be mates; nobody is one's own mate."""
    strangers = np.eye(problem.mentees, dtype=np.bool_)
    strangers[problem.apart[:, 0], problem.apart[:, 1]] = True
    strangers[problem.apart[:, 1], problem.apart[:, 0]] = True
    return strangers[np.ix_(window, window)]


def _size_bound(
    problem: GroupProblem, window: Int64, gain: Int64, half: Int64, *, size: int, share: int
) -> int | None:
    """Bound a group of one size within one window; None when there is none.

    A member keeps ``share / WHOLE`` of its own gain; each mate brings it half of
    their affinity and an equal part of what the mate gives away.
    """
    mates = size - 1
    if len(window) < size:
        return None
    if mates == 0:
        return int(gain.max())
    brought = WHOLE * mates * half + (WHOLE - share) * gain
    rows = share * mates * gain + np.sort(brought, axis=1)[:, -mates:].sum(axis=1)
    possible = np.flatnonzero(np.sort(half, axis=1)[:, -mates] > -LARGEST)
    order = possible[np.argsort(-rows[possible], kind="stable")]
    order = order[_within_kinds(problem, window[order])]
    return int(rows[order[:size]].sum()) // (WHOLE * mates) if len(order) >= size else None


def _within_kinds(problem: GroupProblem, who: Int64) -> Bools:
    """Keep, of mentees in order, the first of each kind, as many as a group may have."""
    kept = np.ones(len(who), np.bool_)
    if problem.kind is not None and problem.kind_most is not None:
        for kind, most in enumerate(problem.kind_most.tolist()):
            kept[np.flatnonzero(problem.kind[who] == kind)[most:]] = False
    return kept


def _misfit(problem: GroupProblem, prices: GroupPrices) -> str | None:
    """Say what is wrong with the form or size of prices."""
    if prices.mentees.shape != (problem.mentees,):
        return "price-shape"
    if prices.mentees.dtype != np.int64 or prices.unit < 1:
        return "price-type"
    if prices.floor < 0 or (prices.mentees < 0).any():
        return "price-sign"
    cover = 0 if problem.cover is None else int(problem.cover.max(initial=0))
    worth = problem.scale * (_largest(problem.points) + 1000 * problem.cohesion) + cover + 1
    most = int(problem.size.most.max(initial=1))
    member = prices.unit * worth + prices.floor * cover + int(prices.mentees.max(initial=0))
    return "price-size" if most > MOST or most * member >= LARGEST else None


def _largest(numbers: Int64) -> int:
    return max(int(numbers.max(initial=0)), -int(numbers.min(initial=0)))


def _fault(problem: GroupProblem, groups: tuple[Group, ...]) -> str | None:
    """Count again whether groups keep every condition; name the first that breaks."""
    leads = [group.mentor for group in groups]
    members = [who for group in groups for who in group.members]
    if not _known(leads, problem.mentors) or not _known(members, problem.mentees):
        return "unknown-person"
    if len(set(leads)) < len(leads):
        return "mentor-twice"
    if len(set(members)) < len(members):
        return "mentee-twice"
    if not set(np.flatnonzero(problem.must).tolist()) <= set(leads):
        return "mentor-left-out"
    allowed, _ = problem.pair_points()
    faults = (_group_fault(problem, group, allowed) for group in groups)
    return next((fault for fault in faults if fault), None)


def _known(people: list[int], count: int) -> bool:
    return all(0 <= who < count for who in people)


def _group_fault(problem: GroupProblem, group: Group, allowed: Bools) -> str | None:
    who = np.array(group.members, np.int64)
    if not problem.size.least[group.mentor] <= len(who) <= problem.size.most[group.mentor]:
        return "group-size"
    if not allowed[who, group.mentor].all():
        return "unknown-pair"
    if problem.age is not None and problem.age[who].max() - problem.age[who].min() > problem.span:
        return "age-span"
    if np.isin(problem.apart, who).all(axis=1).any():
        return "kept-apart"
    if (np.isin(problem.together, who).sum(axis=1) == 1).any():
        return "kept-together"
    if not _within_kinds(problem, who).all():
        return "too-many-of-a-kind"
    if problem.mentee_slots is not None and problem.mentor_slots is not None:
        free = np.vstack([problem.mentee_slots[who], problem.mentor_slots[group.mentor]])
        if free.all(axis=0).sum() < problem.common:
            return "common-slots"
    return None
