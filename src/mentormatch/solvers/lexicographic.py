"""Goals in order: the most important first, each exact, with prices for the proof.

Goals are packed into one number per arc as long as that number fits OR-Tools'
integers; what doesn't fit is solved afterwards on the optimal face, that is on
the arcs which earlier goals leave free. Both ways give the same values, and
neither trades an earlier goal for a later one.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from mentormatch.network.model import Arcs, Circulation, circulation_of
from mentormatch.network.packing import factors, largest, packed, unpacked
from mentormatch.network.potentials import potentials
from mentormatch.network.repair import Start, repaired
from mentormatch.problem import Int64, Problem
from mentormatch.solvers.clock import Clock
from mentormatch.solvers.flow import best_flow, fits

# Told a choice of pairs, and how many goals no other choice in the whole problem exceeds.
Found = Callable[[Int64, int], None]


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """An optimal choice and the prices that prove it.

    Parameters
    ----------
    chosen
        Positions of the chosen pairs, ascending.
    labels
        Potential of every node, one column per goal; shape (nodes, goals). None
        when they were not asked for.
    solves
        How many flows it took.
    """

    chosen: Int64
    labels: Int64 | None
    solves: int


def solve(
    problem: Problem,
    *,
    prices: bool = True,
    clock: Clock | None = None,
    found: Found = lambda chosen, goals: None,
    start: Start | None = None,
) -> Solution | None:
    """Maximise the goals of a problem in order.

    Parameters
    ----------
    problem
        The question.
    prices
        Whether to compute the potentials as well.
    clock
        A time limit; once it is over, prices are left out.
    found
        Told every choice on the way, and how many goals are at their best in it.
    start
        What is known from a similar problem; saves time where little has changed.

    Returns
    -------
    Solution or None
        None when no matching keeps the limits.

    Raises
    ------
    ScoreError
        When one goal alone is too large for exact integers.
    CutOffError
        When the time is over before the choice is found.
    """
    network = circulation_of(problem)
    kept = np.arange(problem.size)
    labels: list[Int64] = []
    solves = 0
    face = network
    stacks = list(_stacks(network))
    while True:
        goals = stacks[solves]
        weights = factors(face, goals)
        pair_gain = packed(face.pairs, goals, weights)
        side_gain = packed(face.sides, goals, weights)
        flow = None
        if start is not None and start.labels.shape == (face.nodes, len(problem.objectives)):
            guess, label = start.flow(problem, kept), start.label(goals, weights)
            flow = repaired(face, guess, (pair_gain, side_gain), label)
        if flow is None:
            flow = best_flow(face, pair_gain, side_gain, clock)
        if flow is None:
            return None
        solves += 1
        last = solves == len(stacks)
        chosen = kept[np.flatnonzero(flow[0])]
        found(chosen, goals.stop)
        prices = prices and not (clock and not clock.left)
        if prices or not last:
            label = potentials(face, *flow, pair_gain, side_gain)
            labels += unpacked(label, weights)
            if not last:
                face, kept = _optimal_face(face, kept, label, pair_gain, side_gain)
        if last:
            columns = np.stack(labels, axis=1) if prices else None
            return Solution(chosen, columns, solves)


def _stacks(network: Circulation) -> Iterator[range]:
    """Split the goals into runs, each as long as its packed gains stay exact."""
    goals = len(network.pairs.gains)
    start = 0
    while start < goals:
        stop = start + 1
        while stop < goals and _fit(network, range(start, stop + 1)):
            stop += 1
        yield range(start, stop)
        start = stop


def _fit(network: Circulation, goals: range) -> bool:
    weights = factors(network, goals)
    most = sum(
        weight * max(largest(network.pairs.gains[goal]), largest(network.sides.gains[goal]))
        for goal, weight in zip(goals, weights, strict=True)
    )
    return fits(most, network.nodes)


def _optimal_face(
    network: Circulation, kept: Int64, label: Int64, pair_gain: Int64, side_gain: Int64
) -> tuple[Circulation, Int64]:
    """Fix what every optimum of the goals so far has in common.

    Arcs of positive reduced gain are full in every optimum, arcs of negative one
    are at their least (complementary slackness); pair arcs fixed at nothing go.
    """
    pairs, sides = network.pairs, network.sides
    pair_sign = np.sign(pair_gain + label[pairs.tail] - label[pairs.head])
    side_sign = np.sign(side_gain + label[sides.tail] - label[sides.head])
    open_pairs = np.flatnonzero((pair_sign >= 0) | (pairs.lower > 0))
    pairs = _narrowed(pairs, pair_sign, open_pairs)
    sides = _narrowed(sides, side_sign, np.arange(len(sides)))
    return Circulation(network.nodes, pairs, sides, network.longest), kept[open_pairs]


def _narrowed(arcs: Arcs, sign: Int64, rows: Int64) -> Arcs:
    sign = sign[rows]
    lower, upper = arcs.lower[rows], arcs.upper[rows]
    return Arcs(
        tail=arcs.tail[rows],
        head=arcs.head[rows],
        lower=np.where(sign > 0, upper, lower),
        upper=np.where(sign < 0, lower, upper),
        gains=tuple(gain[rows] for gain in arcs.gains),
    )
