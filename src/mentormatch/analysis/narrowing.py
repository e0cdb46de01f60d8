"""Pairs that the prices of a flow rule out, or demand, once a good matching is known.

Reduced-cost fixing (Dantzig, Fulkerson and Johnson 1954) with vectors of integers: prices
bound what any matching gains, and a pair of negative reduced gain lowers that bound for every
matching with it. Where the bound falls short of what is known, no such matching is better.
The prices are those of the flow without the limits it can't hold, which only take away from
what is possible.
"""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np

from mentormatch.analysis.certificate import Bools, Certificate, sign
from mentormatch.problem import Int64, Problem

# So many pairs of each person are tried first, those with the least to lose.
FEW: Final = 6


@dataclass(frozen=True, slots=True, eq=False)
class Narrowing:
    """What prices say about the pairs of a problem.

    Parameters
    ----------
    problem
        The question.
    reduced
        Reduced gain of every pair, an array per goal.
    bounds
        No matching gains more, goals compared in order.
    """

    problem: Problem
    reduced: list[Int64]
    bounds: tuple[int, ...]

    @classmethod
    def by(cls, problem: Problem, prices: Certificate) -> Self | None:
        """Price the pairs of a problem; None where the prices don't fit it."""
        if prices.misfit(problem, problem.objectives):
            return None
        bounds = prices.bounds(problem, problem.objectives)
        return cls(problem, prices.reduced(problem, problem.objectives), bounds)

    def worthwhile(self, values: tuple[int, ...]) -> Problem:
        """Leave out what no matching has that is as good as this, and pin what all have."""
        gap = [bound - value for bound, value in zip(self.bounds, values, strict=True)]
        if any(abs(part) >= 1 << 61 for part in gap):
            return self.problem
        without = sign([part - gain for part, gain in zip(gap, self.reduced, strict=True)]) < 0
        within = sign([part + gain for part, gain in zip(gap, self.reduced, strict=True)]) < 0
        problem = self.problem
        # Pairs that are fixed anyhow have reduced gains of any size.
        within[problem.pinned] = without[problem.banned] = False
        return problem.with_pairs(np.flatnonzero(without), np.flatnonzero(within))

    def promising(self) -> Problem:
        """Leave everybody the few pairs that lose least, and what is pinned."""
        problem, few = self.problem, np.zeros(self.problem.size, np.bool_)
        order = np.lexsort([-gain for gain in reversed(self.reduced)])
        for person in (problem.mentee, problem.mentor):
            few |= _leading(person, order)
        few[problem.pinned] = True
        return problem.with_pairs(ban=np.flatnonzero(~few))


def _leading(person: np.ndarray[tuple[int], np.dtype[np.int32]], order: Int64) -> Bools:
    """Mark the first few pairs of each person in an order."""
    order = order[np.argsort(person[order], kind="stable")]
    who = person[order]
    starts = np.flatnonzero(np.diff(who, prepend=-1))
    rank = np.arange(len(who)) - np.repeat(starts, np.diff(starts, append=len(who)))
    leading = np.zeros(len(who), np.bool_)
    leading[order[rank < FEW]] = True
    return leading
