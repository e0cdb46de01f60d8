"""From a flow that was optimal before something changed to one that is optimal now.

Prices that are known tell which arcs want to be full or empty, and which units of flow are
then out of place. Each of these goes home along a longest residual path, which keeps the
flow optimal (successive shortest paths; Ahuja, Magnanti and Orlin, *Network Flows*, 1993,
chapter 9.7). Where little has changed, that is one path or a few.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from mentormatch.network.model import Arcs, Circulation, Layout
from mentormatch.network.potentials import residual
from mentormatch.problem import Int32, Int64, Parts, Problem

# With more units out of place than this, solving anew is faster.
MOST_PATHS: Final = 12
_NOWHERE: Final = -(1 << 62)
# Something about pair arcs, and about the others.
Flow = tuple[Int64, Int64]


@dataclass(frozen=True, slots=True, eq=False)
class Start:
    """What is known of a problem before it is solved; anything here may be wrong.

    Parameters
    ----------
    chosen
        Positions of pairs that were chosen before.
    labels
        Potential of every node, one column per goal; shape (nodes, goals).
    """

    chosen: Int64
    labels: Int64

    def flow(self, problem: Problem, kept: Int64) -> Flow:
        """Return the flow of the chosen pairs, on the pairs of some positions."""
        pair_flow = np.zeros(problem.size, np.int64)
        pair_flow[self.chosen] = 1
        return pair_flow[kept], side_flow_of(problem, self.chosen)

    def label(self, goals: range, weights: Sequence[int]) -> Int64:
        """Pack the potentials of some goals into one number per node."""
        label = np.zeros(len(self.labels), np.int64)
        for goal, weight in zip(goals, weights, strict=True):
            label += weight * self.labels[:, goal]
        return label


def side_flow_of(problem: Problem, chosen: Int64) -> Int64:
    """Return the flow on the arcs that are no pairs, in the order of ``circulation_of``.

    Parameters
    ----------
    problem
        The question.
    chosen
        Positions of the chosen pairs; they may break limits.
    """
    layout = Layout.of(problem)
    served, load = problem.served(chosen), problem.loads(chosen)
    most = problem.capacity.most
    squares = any(goal.square is not None for goal in problem.objectives)
    last = np.maximum(most if squares else np.minimum(most, 2), 1)
    mentor = np.repeat(np.arange(problem.mentors), last)
    number = np.arange(len(mentor)) - np.repeat(np.cumsum(last) - last, last)
    unit = np.clip(load[mentor] - number, 0, 1)
    seats = unit if squares else np.where(number == 0, unit, np.maximum(load[mentor] - 1, 0))
    counted = problem.counts(chosen)
    quotas: list[int] = []
    for place in (*layout.mentee_quotas.quotas, *layout.mentor_quotas.quotas):
        quota = problem.quotas[place]
        wanted = min(quota.wanted, quota.most)
        met = min(int(counted[place]), wanted)
        quotas += [met, int(counted[place]) - met]
    return np.concatenate(
        [
            np.minimum(served, 1),
            np.maximum(served - 1, 0),
            seats,
            _part_loads(problem.mentee_parts, chosen),
            _part_loads(problem.mentor_parts, chosen),
            np.array(quotas, np.int64),
        ]
    )


def _part_loads(parts: Parts | None, chosen: Int64) -> Int64:
    if parts is None:
        return np.empty(0, np.int64)
    part = parts.of[chosen]
    return np.bincount(part[part >= 0], minlength=len(parts.owner)).astype(np.int64)


def repaired(network: Circulation, flow: Flow, gain: Flow, label: Int64) -> Flow | None:
    """Make a flow optimal that nearly is.

    Parameters
    ----------
    network
        The circulation as it is now.
    flow
        A flow on pair arcs and on the others; it may break bounds and conservation.
    gain
        Gain of one unit on each arc.
    label
        A guess of every node's potential; shape (nodes,).

    Returns
    -------
    tuple or None
        An optimal flow; None when too much is out of place, or when something can't go
        home, because no flow keeps the bounds.
    """
    sorts = network.pairs, network.sides
    if any((arcs.lower > arcs.upper).any() for arcs in sorts):
        return None
    pair_flow, side_flow = (
        _wanted(*columns, label) for columns in zip(sorts, flow, gain, strict=True)
    )
    excess = np.zeros(network.nodes, np.int64)
    for arcs, units in zip(sorts, (pair_flow, side_flow), strict=True):
        moved = np.flatnonzero(units)
        np.add.at(excess, arcs.head[moved], units[moved])
        np.subtract.at(excess, arcs.tail[moved], units[moved])
    if excess[excess > 0].sum() > MOST_PATHS:
        return None
    size, whole = len(network.pairs), len(network.pairs) + len(network.sides)
    while (excess > 0).any():
        rest = _Residual(network, (pair_flow, side_flow), gain)
        path = rest.longest_path(excess)
        if path is None:
            return None
        excess[rest.tail[path[0]]] -= 1
        excess[rest.head[path[-1]]] += 1
        for number in rest.number[path].tolist():
            place, unit = number % whole, 1 if number < whole else -1
            if place < size:
                pair_flow[place] += unit
            else:
                side_flow[place - size] += unit
    return pair_flow, side_flow


def _wanted(arcs: Arcs, flow: Int64, gain: Int64, label: Int64) -> Int64:
    """Fill arcs that gain at these prices, empty those that lose; keep the others' flow."""
    reduced = gain + label[arcs.tail] - label[arcs.head]
    kept = np.clip(flow, arcs.lower, arcs.upper)
    return np.where(reduced > 0, arcs.upper, np.where(reduced < 0, arcs.lower, kept))


class _Residual:
    """Residual arcs; number n means arc n forth, n + arcs means arc n back."""

    def __init__(self, network: Circulation, flow: Flow, gain: Flow) -> None:
        sorts = network.pairs, network.sides
        self.nodes = network.nodes
        whole = len(network.pairs) + len(network.sides)
        parts = [residual(*columns) for columns in zip(sorts, flow, gain, strict=True)]
        self.tail, self.head, self.gain = (
            np.concatenate([part[column] for part in parts]) for column in range(3)
        )
        numbers = []
        for start, arcs, units in zip((0, len(network.pairs)), sorts, flow, strict=True):
            numbers.append(np.flatnonzero(units < arcs.upper) + start)
            numbers.append(np.flatnonzero(units > arcs.lower) + start + whole)
        self.number = np.concatenate(numbers)

    def longest_path(self, excess: Int64) -> Int64 | None:
        """Find a longest path from a node with too much to one with too little.

        Returns positions of its arcs here, in order; None when there is no path.
        """
        label = np.where(excess > 0, 0, _NOWHERE)
        changed = excess > 0
        order = np.argsort(self.tail, kind="stable")
        starts = np.searchsorted(self.tail[order], np.arange(self.nodes + 1))
        for _ in range(self.nodes + 1):
            some = _rows(order, starts, np.flatnonzero(changed))
            before = label.copy()
            np.maximum.at(label, self.head[some], label[self.tail[some]] + self.gain[some])
            changed = label != before
            if not changed.any():
                break
        lacking = np.flatnonzero((excess < 0) & (label > _NOWHERE))
        if not len(lacking):
            return None
        target = int(lacking[label[lacking].argmax()])
        return self._back_from(target, excess, label, order, starts)

    def _back_from(
        self, target: int, excess: Int64, label: Int64, order: Int64, starts: Int64
    ) -> Int64:
        """Walk from the sources over arcs that lie on longest paths, until the target is met."""
        came_by = np.full(self.nodes, -1, np.int64)
        seen = (excess > 0) & (label == 0)
        reached = np.flatnonzero(seen)
        while not seen[target]:
            some = _rows(order, starts, reached)
            tight = label[self.tail[some]] + self.gain[some] == label[self.head[some]]
            some = some[tight & ~seen[self.head[some]]]
            came_by[self.head[some]] = some
            reached = np.unique(self.head[some])
            seen[reached] = True
        path = []
        node = target
        while came_by[node] >= 0:
            path.append(came_by[node])
            node = int(self.tail[path[-1]])
        return np.array(path[::-1], np.int64)


def _rows(order: Int64, starts: Int64, nodes: Int64 | Int32) -> Int64:
    """List the arcs that leave some nodes."""
    sizes = starts[nodes + 1] - starts[nodes]
    ends = np.cumsum(sizes)
    if not len(ends):
        return order[:0]
    rows: Int64 = order[np.arange(ends[-1]) + np.repeat(starts[nodes] - (ends - sizes), sizes)]
    return rows
