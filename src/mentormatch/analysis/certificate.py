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
With gains of zero the same sum says that nothing is possible when it is below zero: a
matching would gain less than nothing (Hoffman's circulation theorem, 1960, is the case
of prices 0 and 1).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from operator import mul
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mentormatch.problem import Int32, Int64, Objective, Parts, Problem

Bools = NDArray[np.bool_]
Counts = NDArray[np.signedinteger[Any]]
_Reduced = tuple[list[Int64], Counts, Counts]

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
    """Integer prices, one column per goal, that prove a matching optimal or impossible.

    Parameters
    ----------
    mentors
        What a seat at each mentor is worth; shape (mentors, goals).
    mentees
        What each mentee has left after paying for the best seat; shape (mentees, goals).
    mentor_parts, mentee_parts
        The same for parts of their pairs that have bounds; shape (parts, goals).
    quotas
        What everybody pays whom a quota counts - above zero where its most keeps people
        out, below zero where its least draws them in; shape (quotas, goals).
    scale
        The prices are for gains times this, where they would be fractions otherwise.
    """

    mentors: Int64
    mentees: Int64
    mentor_parts: Int64
    mentee_parts: Int64
    quotas: Int64
    scale: int = 1

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
            ``accepted`` only when the matching keeps every limit and gains as much as
            the prices allow any matching to gain.
        """
        fault = fault_of(problem, chosen) or self.misfit(problem, problem.objectives)
        if fault:
            return Verdict(False, fault)
        values = problem.values(chosen)
        goals = problem.objectives
        if self.scale != 1:
            goals = tuple(goal.times(self.scale) for goal in goals)
        bounds = self.bounds(problem, goals)
        proven = tuple(self.scale * value for value in values) == bounds
        bounds = tuple(bound // self.scale for bound in bounds)
        return Verdict(proven, "proven" if proven else "bound-not-reached", values, bounds)

    def refute(self, problem: Problem) -> Verdict:
        """Prove that no matching keeps the limits: with prices of one column and no gains."""
        nothing = (Objective("nothing"),)
        fault = self.misfit(problem, nothing)
        if fault:
            return Verdict(False, fault)
        if clashes(problem):
            return Verdict(True, "proven")
        bounds = self.bounds(problem, nothing)
        proven = bounds < (0,)
        return Verdict(proven, "proven" if proven else "not-refuted", (), bounds)

    def misfit(self, problem: Problem, goals: tuple[Objective, ...]) -> str | None:
        """Say what is wrong with the shape or size of the prices."""
        shapes = (
            (self.mentors, problem.mentors),
            (self.mentees, problem.mentees),
            (self.mentor_parts, _count(problem.mentor_parts)),
            (self.mentee_parts, _count(problem.mentee_parts)),
            (self.quotas, len(problem.quotas)),
        )
        if any(prices.shape != (count, len(goals)) for prices, count in shapes):
            return "price-shape"
        if not 0 < self.scale < LARGEST:
            return "price-size"
        gains = [
            gain
            for goal in goals
            for gain in (goal.first, goal.further, goal.pair, goal.quota, goal.square)
            if gain is not None
        ]
        numbers = [prices for prices, _ in shapes] + gains
        if any(number.dtype != np.int64 for number in numbers):
            return "price-type"
        # A reduced gain adds a gain, two people's prices and those of their quotas; what
        # squares of loads lose grows with every unit.
        squares = any(goal.square is not None for goal in goals)
        units = 1 + 2 * int(problem.capacity.most.max(initial=0)) if squares else 1
        most = LARGEST // ((1 + len(problem.quotas)) * units * self.scale)
        return "price-size" if any(_outside(number, most) for number in numbers) else None

    def bounds(self, problem: Problem, goals: tuple[Objective, ...]) -> tuple[int, ...]:
        """Add up what any matching can gain at most, goal by goal, if the prices fit."""
        totals = [0] * len(goals)
        for arcs in self._arcs(problem, goals).values():
            for reduced, least, most in arcs:
                flow = np.where(sign(reduced) > 0, most, least)
                for goal, gain in enumerate(reduced):
                    totals[goal] += _exact_sum(gain, flow)
        return tuple(totals)

    def reduced(self, problem: Problem, goals: tuple[Objective, ...]) -> list[Int64]:
        """Return the reduced gain of every pair, an array per goal."""
        nothing = [np.empty(0, np.int64)] * len(goals)
        blocks = [reduced for reduced, _, _ in self._pairs(problem, goals)]
        return [np.concatenate(parts) for parts in zip(nothing, *blocks, strict=True)]

    def burdens(self, problem: Problem) -> Iterator[tuple[str, Bools, Bools]]:
        """Say which limits a refutation rests on: those whose reduced gain isn't zero.

        Yields
        ------
        tuple
            The sort of limit, and for each of that sort whether its least and whether
            its most counts in the sum.
        """
        for name, arcs in self._arcs(problem, (Objective("nothing"),)).items():
            signs = [np.sign(reduced[0]) for reduced, _, _ in arcs]
            if name == "pairs":  # in blocks, one after the other
                signs = [np.concatenate([np.empty(0, np.int64), *signs])]
            yield (
                name,
                np.logical_or.reduce([sign < 0 for sign in signs]),
                np.logical_or.reduce([sign > 0 for sign in signs]),
            )

    def _arcs(
        self, problem: Problem, goals: tuple[Objective, ...]
    ) -> dict[str, Iterator[_Reduced]]:
        """List reduced gains (an array per goal), least and most flow of every arc, by sort."""
        arcs = {
            "mentees": self._mentees(problem, goals),
            "mentors": self._mentors(problem, goals),
            "quotas": self._quotas(problem, goals),
            "pairs": self._pairs(problem, goals),
        }
        if (parts := problem.mentor_parts) is not None:
            arcs["mentor_parts"] = self._parts(parts, self.mentor_parts, self.mentors)
        if (parts := problem.mentee_parts) is not None:
            arcs["mentee_parts"] = self._parts(parts, self.mentee_parts, self.mentees)
        return arcs

    def _mentees(self, problem: Problem, goals: tuple[Objective, ...]) -> Iterator[_Reduced]:
        """First and further mentors of each mentee."""
        least, most = problem.demand.least, problem.demand.most
        start = np.minimum(most, 1)
        first, further = self._counted(problem, "mentees")
        gains = [_gain(goal.first, most) for goal in goals]
        yield _plus(gains, self.mentees - first), np.minimum(least, 1), start
        gains = [_gain(goal.further, most) for goal in goals]
        yield _plus(gains, self.mentees - further), np.maximum(least - 1, 0), most - start

    def _mentors(self, problem: Problem, goals: tuple[Objective, ...]) -> Iterator[_Reduced]:
        """First and further mentees of each mentor; one by one where squares of loads count."""
        least, most = problem.capacity.least, problem.capacity.most
        first, further = self._counted(problem, "mentors")
        for seat, counted in ((0, first), (1, further)):
            reach = np.minimum(most, 1) if seat == 0 else most - np.minimum(most, 1)
            below = np.minimum(least, 1) if seat == 0 else np.maximum(least - 1, 0)
            if not any(goal.square is not None for goal in goals):
                yield list((self.mentors - counted).T), below, reach
                continue
            who = np.repeat(np.arange(problem.mentors), reach)
            number = seat + np.arange(len(who)) - np.repeat(np.cumsum(reach) - reach, reach)
            gains = [-_gain(goal.square, most)[who] * (2 * number + 1) for goal in goals]
            held = (number < least[who]).astype(np.int64)
            yield _plus(gains, (self.mentors - counted)[who]), held, np.ones_like(held)

    def _parts(self, parts: Parts, prices: Int64, owners: Int64) -> Iterator[_Reduced]:
        """Parts of people's pairs."""
        yield list((prices - owners[parts.owner]).T), parts.bounds.least, parts.bounds.most

    def _quotas(self, problem: Problem, goals: tuple[Objective, ...]) -> Iterator[_Reduced]:
        """Count of each quota: up to what is wanted, and beyond."""
        quotas = problem.quotas
        bounds = np.array([problem.linear_bounds(quota) for quota in quotas], np.int64)
        least, most = bounds.reshape(-1, 2).T
        wanted = np.minimum(most, np.array([quota.wanted for quota in quotas], np.int64))
        gains = [_gain(goal.quota, most) for goal in goals]
        yield _plus(gains, self.quotas), np.minimum(least, wanted), wanted
        yield list(self.quotas.T), np.maximum(least - wanted, 0), most - wanted

    def _counted(self, problem: Problem, side: str) -> tuple[Int64, Int64]:
        """Add up what quotas cost each person's first and further pairs; (people, goals) each."""
        first = np.zeros_like(getattr(self, side))
        further = np.zeros_like(first)
        for quota, price in zip(problem.quotas, self.quotas, strict=True):
            if price.any():
                people = getattr(quota, side)
                first[people] += price
                if quota.counts == "pairs":
                    further[people] += price
        return first, further

    def _pairs(self, problem: Problem, goals: tuple[Objective, ...]) -> Iterator[_Reduced]:
        """Pairs, in blocks."""
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
            for goal, seat_price, wish_price in zip(goals, seats, wishes, strict=True):
                prices = seat_price[seat] + wish_price[wish]
                reduced.append(-prices if goal.pair is None else goal.pair[rows] - prices)
            for quota, price in zip(problem.quotas, self.quotas, strict=True):
                here = quota.pairs[(quota.pairs >= start) & (quota.pairs < start + BLOCK)] - start
                for gain, toll in zip(reduced, price, strict=True):
                    gain[here] -= toll
            yield reduced, least[rows], most[rows]


def clashes(problem: Problem) -> bool:
    """Tell whether some least exceeds its most, which proves by itself that nothing is possible."""
    bounds = [problem.capacity, problem.demand]
    parts = (problem.mentor_parts, problem.mentee_parts, *problem.crossing)
    bounds += [each.bounds for each in parts if each is not None and not each.if_any]
    return (
        any((each.least > each.most).any() for each in bounds)
        or any(quota.least > quota.most for quota in problem.quotas)
        or len(np.intersect1d(problem.pinned, problem.banned)) > 0
    )


def fault_of(problem: Problem, chosen: Int64) -> str | None:
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
    load = np.bincount(problem.mentor[chosen], minlength=problem.mentors)
    served = np.bincount(problem.mentee[chosen], minlength=problem.mentees)
    for counted, bounds, word in (
        (load, problem.capacity, "mentor-load"),
        (served, problem.demand, "mentee-demand"),
    ):
        if ((counted < bounds.least) | (counted > bounds.most)).any():
            return word
    if not _keeps_parts(problem, chosen, load, served):
        return "part-load"
    for quota, counted in zip(problem.quotas, problem.counts(chosen), strict=True):
        if not quota.least <= counted <= quota.most:
            return "quota"
    if (taken[problem.exclusive].sum(axis=1) > 1).any():
        return "exclusive"
    if (taken[problem.together].sum(axis=1) == 1).any():
        return "together"
    if problem.or_none is not None and ((load > 0) & (load < problem.or_none)).any():
        return "or-none"
    return None


def _keeps_parts(problem: Problem, chosen: Int64, load: Int64, served: Int64) -> bool:
    every = (
        (problem.mentor_parts, load),
        (problem.mentee_parts, served),
        *((parts, load) for parts in problem.crossing),
    )
    return all(
        parts is None or bool(parts.kept(parts.count(chosen), total).all())
        for parts, total in every
    )


def _count(parts: Parts | None) -> int:
    return 0 if parts is None else len(parts.owner)


def _plus(gains: list[Int64], prices: Int64) -> list[Int64]:
    return [gain + price for gain, price in zip(gains, prices.T, strict=True)]


def _end(person: Int32, parts: Parts | None, rows: slice, people: int) -> Int32:
    """Return where the price of a pair's end stands: its part's, if it has one."""
    if parts is None:
        return person
    return np.where(parts.of[rows] >= 0, parts.of[rows] + people, person)


def _gain(gain: Int64 | None, like: Int64) -> Int64:
    return np.zeros_like(like) if gain is None else gain


def _outside(numbers: Int64, most: int) -> bool:
    return bool(numbers.max(initial=0) >= most or numbers.min(initial=0) <= -most)


def sign(reduced: list[Int64]) -> NDArray[np.int8]:
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
