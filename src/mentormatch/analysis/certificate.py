"""The proof that a matching is optimal, or that there is none, checked without a solver.

This file shares nothing with the solvers. It reads the problem and the claimed
answer, lists the arcs of the circulation by itself and adds up integers. Prices
may come from anywhere: wrong ones can only make the check fail.

The optimality test is weak duality for circulations with vector gains compared
lexicographically. With a price vector per person, let an arc's *reduced gain* be
its gain less the prices of its ends. Any matching gains at most the sum over
arcs of the larger of (least flow x reduced gain) and (most flow x reduced gain);
a matching that gains exactly this much is optimal (McConnell, Mehlhorn, Naher
and Schweitzer, *Certifying algorithms*, 2011, for the idea of a witness).
Infeasibility is Hoffman's circulation theorem (1960): some set of nodes must
receive more than it can pass on.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from operator import mul
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mentormatch.matching import Int32, Int64, Parts, Problem

Bools = NDArray[np.bool_]
Counts = NDArray[np.signedinteger[Any]]

# Pair arcs are checked in blocks of this many, which stay in the processor's cache.
BLOCK = 1 << 17
# Three numbers below this add up inside int64.
LARGEST = 1 << 60


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the check of a certificate found.

    Parameters
    ----------
    accepted
        Whether the claim is proven.
    reason
        ``proven``, or the first thing that is wrong, as a stable word.
    values, bounds
        What the matching gains per goal, and what the prices allow at most.
    """

    accepted: bool
    reason: str
    values: tuple[int, ...] = ()
    bounds: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Certificate:
    """Integer prices, one column per goal, that prove a matching optimal.

    Parameters
    ----------
    mentors
        What a seat at each mentor is worth; shape (mentors, goals).
    mentees
        What each mentee has left after paying for the best seat; shape (mentees, goals).
    mentor_parts, mentee_parts
        The same for parts of their pairs that have bounds; shape (parts, goals).
    """

    mentors: Int64
    mentees: Int64
    mentor_parts: Int64
    mentee_parts: Int64

    def check(self, problem: Problem, chosen: Int64) -> Verdict:
        """Prove that the chosen pairs are optimal, in exact integers.

        Parameters
        ----------
        problem
            The question.
        chosen
            Positions of the chosen pairs.

        Returns
        -------
        Verdict
            ``accepted`` only when the matching keeps every limit and gains as
            much as the prices allow any matching to gain.
        """
        fault = _fault(problem, chosen) or self._misfit(problem)
        if fault:
            return Verdict(False, fault)
        values = problem.values(chosen)
        bounds = self._bounds(problem)
        proven = values == bounds
        return Verdict(proven, "proven" if proven else "bound-not-reached", values, bounds)

    def _misfit(self, problem: Problem) -> str | None:
        """Say what is wrong with the shape or size of the prices."""
        goals = len(problem.objectives)
        shapes = (
            (self.mentors, problem.mentors),
            (self.mentees, problem.mentees),
            (self.mentor_parts, _count(problem.mentor_parts)),
            (self.mentee_parts, _count(problem.mentee_parts)),
        )
        if any(prices.shape != (count, goals) for prices, count in shapes):
            return "price-shape"
        gains = [
            gain
            for goal in problem.objectives
            for gain in (goal.first, goal.further, goal.pair)
            if gain is not None
        ]
        numbers = [prices for prices, _ in shapes] + gains
        if any(number.dtype != np.int64 for number in numbers):
            return "price-type"
        if any(_outside(number) for number in numbers):
            return "price-size"
        return None

    def _bounds(self, problem: Problem) -> tuple[int, ...]:
        """Add up what any matching can gain at most, goal by goal."""
        totals = [0] * len(problem.objectives)
        for reduced, least, most in self._reduced(problem):
            sign = _sign(reduced)
            flow = np.where(sign > 0, most, least)
            for goal, gain in enumerate(reduced):
                totals[goal] += _exact_sum(gain, flow)
        return tuple(totals)

    def _reduced(self, problem: Problem) -> Iterator[tuple[list[Int64], Counts, Counts]]:
        """Yield reduced gains (an array per goal) with least and most flow, for every arc."""
        goals = problem.objectives
        mentors, mentees = self.mentors.T, self.mentees.T
        least, most = problem.demand.least, problem.demand.most
        first = np.minimum(most, 1)
        yield (
            [_gain(goal.first, left) + left for goal, left in zip(goals, mentees, strict=True)],
            np.minimum(least, 1),
            first,
        )
        yield (
            [_gain(goal.further, left) + left for goal, left in zip(goals, mentees, strict=True)],
            np.maximum(least - 1, 0),
            most - first,
        )
        yield list(mentors), problem.capacity.least, problem.capacity.most
        for parts, prices, owners in (
            (problem.mentor_parts, self.mentor_parts.T, mentors),
            (problem.mentee_parts, self.mentee_parts.T, mentees),
        ):
            if parts is not None:
                yield (
                    [part - owner[parts.owner] for part, owner in zip(prices, owners, strict=True)],
                    parts.bounds.least,
                    parts.bounds.most,
                )
        yield from self._reduced_pairs(problem)

    def _reduced_pairs(self, problem: Problem) -> Iterator[tuple[list[Int64], Counts, Counts]]:
        seats = np.concatenate([self.mentors, self.mentor_parts]).T
        wishes = np.concatenate([self.mentees, self.mentee_parts]).T
        least = np.zeros(problem.size, np.int8)
        least[problem.pinned] = 1
        most = np.ones(problem.size, np.int8)
        most[problem.banned] = 0
        for start in range(0, problem.size, BLOCK):
            rows = slice(start, start + BLOCK)
            seat = _end(problem.mentor[rows], problem.mentor_parts, rows, problem.mentors)
            wish = _end(problem.mentee[rows], problem.mentee_parts, rows, problem.mentees)
            reduced = []
            for goal, seat_price, wish_price in zip(problem.objectives, seats, wishes, strict=True):
                prices = seat_price[seat] + wish_price[wish]
                reduced.append(-prices if goal.pair is None else goal.pair[rows] - prices)
            yield reduced, least[rows], most[rows]


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """A set of nodes that must receive more than it can pass on: no matching exists.

    Parameters
    ----------
    hub
        Whether the hub, through which everybody's seats are counted, belongs to the set.
    mentors, mentees, mentor_parts, mentee_parts
        Who belongs to it.
    """

    hub: bool
    mentors: Bools
    mentees: Bools
    mentor_parts: Bools
    mentee_parts: Bools

    def check(self, problem: Problem) -> Verdict:
        """Prove that no matching keeps the limits, by two sums of integers."""
        if any(
            side.shape != (count,)
            for side, count in (
                (self.mentors, problem.mentors),
                (self.mentees, problem.mentees),
                (self.mentor_parts, _count(problem.mentor_parts)),
                (self.mentee_parts, _count(problem.mentee_parts)),
            )
        ):
            return Verdict(False, "cut-shape")
        must_enter = may_leave = 0
        for tail, head, least, most in self._arcs(problem):
            if (least > most).any():
                return Verdict(True, "proven")
            must_enter += int(least[head & ~tail].sum())
            may_leave += int(most[tail & ~head].sum())
        proven = must_enter > may_leave
        return Verdict(proven, "proven" if proven else "cut-holds", (must_enter,), (may_leave,))

    def _arcs(self, problem: Problem) -> Iterator[tuple[Bools, Bools, Int64, Int64]]:
        """Yield, for every arc, whether its tail and its head are in the set, and its bounds."""
        demand, capacity = problem.demand, problem.capacity
        hub = np.full(problem.mentees, self.hub)
        yield hub, self.mentees, demand.least, demand.most
        yield self.mentors, np.full(problem.mentors, self.hub), capacity.least, capacity.most
        for parts, inside, owners, leaves in (
            (problem.mentor_parts, self.mentor_parts, self.mentors, True),
            (problem.mentee_parts, self.mentee_parts, self.mentees, False),
        ):
            if parts is not None:
                owner = owners[parts.owner]
                tail, head = (inside, owner) if leaves else (owner, inside)
                yield tail, head, parts.bounds.least, parts.bounds.most
        everything = slice(None)
        seat = _end(problem.mentor, problem.mentor_parts, everything, problem.mentors)
        wish = _end(problem.mentee, problem.mentee_parts, everything, problem.mentees)
        least = np.zeros(problem.size, np.int64)
        least[problem.pinned] = 1
        most = np.ones(problem.size, np.int64)
        most[problem.banned] = 0
        tail = np.concatenate([self.mentees, self.mentee_parts])[wish]
        head = np.concatenate([self.mentors, self.mentor_parts])[seat]
        yield tail, head, least, most


def _fault(problem: Problem, chosen: Int64) -> str | None:
    """Count again whether a choice of pairs keeps every limit; name the first that breaks."""
    if len(chosen) and (chosen.min() < 0 or chosen.max() >= problem.size):
        return "unknown-pair"
    taken = np.bincount(chosen, minlength=problem.size)
    if taken.max(initial=0) > 1:
        return "pair-twice"
    if (taken[problem.pinned] == 0).any():
        return "pin-left-out"
    if (taken[problem.banned] == 1).any():
        return "banned-pair"
    checks: list[tuple[Callable[[], Int64], Int64, Int64, str]] = [
        (
            lambda: np.bincount(problem.mentor[chosen], minlength=problem.mentors),
            problem.capacity.least,
            problem.capacity.most,
            "mentor-load",
        ),
        (
            lambda: np.bincount(problem.mentee[chosen], minlength=problem.mentees),
            problem.demand.least,
            problem.demand.most,
            "mentee-demand",
        ),
    ]
    for load, least, most, word in checks:
        if ((load() < least) | (load() > most)).any():
            return word
    for parts in (problem.mentor_parts, problem.mentee_parts):
        if parts is not None:
            part = parts.of[chosen]
            count = np.bincount(part[part >= 0], minlength=_count(parts))
            if ((count < parts.bounds.least) | (count > parts.bounds.most)).any():
                return "part-load"
    return None


def _count(parts: Parts | None) -> int:
    return 0 if parts is None else len(parts.owner)


def _end(person: Int32, parts: Parts | None, rows: slice, people: int) -> Int32:
    """Return where the price of a pair's end stands: its part's, if it has one."""
    if parts is None:
        return person
    return np.where(parts.of[rows] >= 0, parts.of[rows] + people, person)


def _gain(gain: Int64 | None, like: Int64) -> Int64:
    return np.zeros_like(like) if gain is None else gain


def _outside(numbers: Int64) -> bool:
    return bool(numbers.max(initial=0) >= LARGEST or numbers.min(initial=0) <= -LARGEST)


def _sign(reduced: list[Int64]) -> NDArray[np.int8]:
    """Compare vectors with zero lexicographically: the first goal that isn't zero decides."""
    sign = np.sign(reduced[0]).astype(np.int8)
    for gain in reduced[1:]:
        tied = sign == 0
        if not tied.any():
            break
        sign = np.where(tied, np.sign(gain).astype(np.int8), sign)
    return sign


def _exact_sum(gain: Int64, flow: Counts) -> int:
    """Sum gain x flow without overflow; most arcs carry nothing, the others mostly one unit."""
    used = np.flatnonzero(flow)
    gain, flow = gain[used], flow[used]
    if flow.max(initial=0) > 1:
        return sum(map(mul, gain.tolist(), flow.tolist()))
    return (int((gain >> 32).sum()) << 32) + int((gain & 0xFFFFFFFF).sum())
