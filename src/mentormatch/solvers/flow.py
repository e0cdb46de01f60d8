"""Min-cost flow by OR-Tools: one exact solve for one gain per arc.

The only place that hands arrays to ``SimpleMinCostFlow``. That class truncates
floats, repeats short arrays and crashes the process on a bad node number, all
in silence, so everything is checked here first.
"""

from typing import Any

import numpy as np

from mentormatch.errors import ScoreError, SolverFault
from mentormatch.network.model import Circulation
from mentormatch.network.packing import largest
from mentormatch.problem import Int32, Int64

# OR-Tools scales costs by the number of nodes; beyond this it can overflow.
BUDGET = 1 << 62


def fits(most: int, nodes: int) -> bool:
    """Tell whether costs of this size are safe in a network of so many nodes."""
    return most * 11 * nodes * nodes < 10 * BUDGET


def largest_gain(nodes: int) -> int:
    """Return the largest gain that is safe in a network of so many nodes."""
    return (10 * BUDGET - 1) // (11 * nodes * nodes)


def best_flow(
    network: Circulation, pair_gain: Int64, side_gain: Int64
) -> tuple[Int64, Int64] | None:
    """Find a circulation of greatest total gain.

    Parameters
    ----------
    network
        Arcs and bounds.
    pair_gain, side_gain
        Gain of a unit on each pair arc and each other arc.

    Returns
    -------
    tuple or None
        The flow on pair arcs and on the others, or None when no circulation
        keeps the bounds.

    Raises
    ------
    ScoreError
        When the gains are too large for exact integers in a network of this size.
    SolverFault
        When OR-Tools ends with any other status.
    """
    for arcs in (network.pairs, network.sides):
        if (arcs.lower > arcs.upper).any():
            return None
    most = max(largest(pair_gain), largest(side_gain))
    if not fits(most, network.nodes):
        raise ScoreError.of("score.range", largest=most, limit=largest_gain(network.nodes))
    return _solve(network, pair_gain, side_gain)


def _solve(network: Circulation, pair_gain: Int64, side_gain: Int64) -> tuple[Int64, Int64] | None:
    from ortools.graph.python.min_cost_flow import SimpleMinCostFlow  # noqa: PLC0415 - slow import

    pairs, sides = network.pairs, network.sides
    # Side arcs that gain are saturated at once and may be undone: every cost that is
    # left but the pairs' is then a cost, which is how the solver is fastest.
    saturated = side_gain > 0
    base = np.where(saturated, sides.upper, sides.lower)
    supply = np.zeros(network.nodes, np.int64)
    for arcs, flow in ((pairs, pairs.lower), (sides, base)):
        moved = np.flatnonzero(flow)
        np.subtract.at(supply, arcs.tail[moved], flow[moved])
        np.add.at(supply, arcs.head[moved], flow[moved])

    solver = SimpleMinCostFlow()
    pair_arcs = _add(
        solver, network.nodes, pairs.tail, pairs.head, pairs.upper - pairs.lower, -pair_gain
    )
    side_arcs = _add(
        solver,
        network.nodes,
        np.where(saturated, sides.head, sides.tail),
        np.where(saturated, sides.tail, sides.head),
        sides.upper - sides.lower,
        np.where(saturated, side_gain, -side_gain),
    )
    solver.set_nodes_supplies(np.arange(network.nodes, dtype=np.int32), supply)
    status = solver.solve()
    if status == solver.INFEASIBLE:
        return None
    if status != solver.OPTIMAL:
        raise SolverFault.of("solver.status", status=status.name)
    moved = np.asarray(solver.flows(side_arcs), dtype=np.int64)
    pair_flow = pairs.lower + np.asarray(solver.flows(pair_arcs), dtype=np.int64)
    return pair_flow, base + np.where(saturated, -moved, moved)


def _add(solver: Any, nodes: int, *columns: Int32 | Int64) -> Any:
    """Hand over tails, heads, capacities and costs after checking what OR-Tools doesn't."""
    tail, head, capacity, cost = columns
    ends = (tail, head)
    if len({len(column) for column in columns}) != 1 or not all(
        end.min(initial=0) >= 0 and end.max(initial=0) < nodes for end in ends
    ):
        raise SolverFault.of("solver.arcs")
    return solver.add_arcs_with_capacity_and_unit_cost(
        *(np.ascontiguousarray(end, np.int32) for end in ends),
        np.ascontiguousarray(capacity, np.int64),
        np.ascontiguousarray(cost, np.int64),
    )
