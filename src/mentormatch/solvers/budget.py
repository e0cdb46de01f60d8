"""At least so many of given pairs: a price on each of them, found so that a flow keeps the limit.

Such a limit is no flow. With a price on every pair that counts it is one, and where the best
flow at some price keeps exactly as many as it must, no matching within the limit is better
(Everett 1963). The price is found like the root of a function (Dinkelbach 1967): along the
line through the best flow that keeps too few and the best known that keeps enough.
"""

from dataclasses import dataclass, replace

import numpy as np

from mentormatch.errors import ScoreError
from mentormatch.problem import Int64, Objective, Problem
from mentormatch.solvers.lexicographic import Solution, solve

Values = tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Priced:
    """How far prices got.

    Parameters
    ----------
    chosen
        The best choice found that keeps enough; None when there is none.
    labels
        Potentials of every node at the last price; shape (nodes, goals), one column of
        zeros and ones gained when nothing keeps enough.
    price
        What keeping a pair is worth, per goal.
    scale
        Gains are counted so many times, where the price would be a fraction.
    proven
        Whether the price proves that the choice is best, or that there is none.
    flows
        How many flows it took.
    """

    chosen: Int64 | None
    labels: Int64 | None
    price: Values
    scale: int
    proven: bool
    flows: int

    def most(self, problem: Problem, place: int) -> Values:
        """Return ``scale`` times what no choice within the limit exceeds, goals in order."""
        assert self.chosen is not None
        spare = int(problem.counts(self.chosen)[place]) - problem.quotas[place].least
        return tuple(
            self.scale * value + price * spare
            for value, price in zip(problem.values(self.chosen), self.price, strict=True)
        )


def price_budget(problem: Problem, place: int, few: Int64) -> Priced:
    """Look for the price at which the best flow keeps as many pairs as it must.

    Parameters
    ----------
    problem
        The question; every other limit is one that a flow holds.
    place
        The position of the quota that counts given pairs.
    few
        The best choice without that quota; it keeps too few.
    """
    quota = problem.quotas[place]
    kept = np.zeros(problem.size, np.int64)
    kept[quota.pairs] = 1
    first = Objective("kept", pair=kept)
    goals = len(problem.objectives)
    nothing = (0,) * goals
    best = solve(replace(problem, objectives=(first, *problem.objectives)))
    if best is None or kept[best.chosen].sum() < quota.least:
        labels = None if best is None or best.labels is None else best.labels[:, :1]
        return Priced(None, labels, (1,), 1, proven=True, flows=1)
    many, flows = best.chosen, 1
    while True:
        values = problem.values(few), problem.values(many)
        scale = int(kept[many].sum() - kept[few].sum())
        price = tuple(low - high for low, high in zip(*values, strict=True))
        try:
            found = _best_at(problem, kept, price, scale)
        except ScoreError:  # the numbers of this price are too large
            return Priced(many, None, nothing, 1, proven=False, flows=flows)
        flows += 1
        count = int(kept[found.chosen].sum())
        if count == quota.least:
            return Priced(found.chosen, found.labels, price, scale, proven=True, flows=flows)
        if _worth(problem, kept, found.chosen, price, scale) == _worth(
            problem, kept, many, price, scale
        ):
            proven = int(kept[many].sum()) == quota.least
            return Priced(many, found.labels, price, scale, proven, flows)
        if count < quota.least:
            few = found.chosen
        else:
            many = found.chosen


def _best_at(problem: Problem, kept: Int64, price: Values, scale: int) -> Solution:
    objectives = []
    for goal, extra in zip(problem.objectives, price, strict=True):
        times = goal.times(scale)
        pair = extra * kept if times.pair is None else times.pair + extra * kept
        objectives.append(replace(times, pair=pair))
    found = solve(replace(problem, objectives=tuple(objectives)))
    assert found is not None
    return found


def _worth(problem: Problem, kept: Int64, chosen: Int64, price: Values, scale: int) -> Values:
    count = int(kept[chosen].sum())
    return tuple(
        scale * value + extra * count
        for value, extra in zip(problem.values(chosen), price, strict=True)
    )
