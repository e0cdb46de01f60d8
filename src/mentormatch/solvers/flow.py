"""Min-cost flow by OR-Tools: one exact solve for one gain per arc.

The only place that prepares arrays for ``SimpleMinCostFlow``. That class truncates
floats, repeats short arrays and crashes the process on a bad node number, all
in silence, so everything is checked here first.
"""

import numpy as np

from mentormatch.errors import ScoreError, SolverFault
from mentormatch.network.model import Circulation
from mentormatch.network.packing import largest
from mentormatch.problem import Int32, Int64
from mentormatch.solvers.clock import Clock, call

# OR-Tools scales costs by the number of nodes; beyond this it can overflow.
BUDGET = 1 << 62


def fits(most: int, nodes: int) -> bool:
    """Tell whether costs of this size are safe in a network of so many nodes."""
    return most * 11 * nodes * nodes < 10 * BUDGET


def largest_gain(nodes: int) -> int:
    """Return the largest gain that is safe in a network of so many nodes."""
    return (10 * BUDGET - 1) // (11 * nodes * nodes)


def best_flow(
    network: Circulation, pair_gain: Int64, side_gain: Int64, clock: Clock | None = None
) -> tuple[Int64, Int64] | None:
    """Find a circulation of greatest total gain.

    Parameters
    ----------
    network
        Arcs and bounds.
    pair_gain, side_gain
        Gain of a unit on each pair arc and each other arc.
    clock
        A time limit, if there is one.

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
    CutOffError
        When the time is over.
    """
    for arcs in (network.pairs, network.sides):
        if (arcs.lower > arcs.upper).any():
            return None
    most = max(largest(pair_gain), largest(side_gain))
    if not fits(most, network.nodes):
        raise ScoreError.of("score.range", largest=most, limit=largest_gain(network.nodes))
    return _solve(network, pair_gain, side_gain, clock)


def _solve(
    network: Circulation, pair_gain: Int64, side_gain: Int64, clock: Clock | None
) -> tuple[Int64, Int64] | None:
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
    pair_arcs = _checked(
        network.nodes, pairs.tail, pairs.head, pairs.upper - pairs.lower, -pair_gain
    )
    side_arcs = _checked(
        network.nodes,
        np.where(saturated, sides.head, sides.tail),
        np.where(saturated, sides.tail, sides.head),
        sides.upper - sides.lower,
        np.where(saturated, side_gain, -side_gain),
    )
    status, flows = call("least-cost", [supply, *pair_arcs, *side_arcs], clock)
    if status == "INFEASIBLE":
        return None
    if status != "OPTIMAL":
        raise SolverFault.of("solver.status", status=status)
    on_pairs, moved = flows
    return pairs.lower + on_pairs, base + np.where(saturated, -moved, moved)


def _checked(nodes: int, *columns: Int32 | Int64) -> list[Int32 | Int64]:
    """Return tails, heads, capacities and costs after checking what OR-Tools doesn't."""
    tail, head, capacity, cost = columns
    ends = (tail, head)
    if len({len(column) for column in columns}) != 1 or not all(
        end.min(initial=0) >= 0 and end.max(initial=0) < nodes for end in ends
    ):
        raise SolverFault.of("solver.arcs")
    return [
        *(np.ascontiguousarray(end, np.int32) for end in ends),
        np.ascontiguousarray(capacity, np.int64),
        np.ascontiguousarray(cost, np.int64),
    ]
