"""The two calls to OR-Tools' graph solvers: arrays in, arrays out.

They run here or in a process of their own (``child``), so they know nothing but arrays.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Arrays = Sequence[NDArray[Any]]
Answer = tuple[str, list[NDArray[Any]]]


def least_cost(arrays: Arrays) -> Answer:
    """Solve a min-cost flow.

    Parameters
    ----------
    arrays
        What every node supplies, int64; then four arrays for every block of arcs: tail and
        head, int32, capacity and cost, int64.

    Returns
    -------
    str
        Name of OR-Tools' status.
    list
        The flow on each block of arcs, none unless the status is OPTIMAL.
    """
    from ortools.graph.python.min_cost_flow import SimpleMinCostFlow  # noqa: PLC0415 - slow import

    supply, *blocks = arrays
    solver = SimpleMinCostFlow()
    arcs = [
        solver.add_arcs_with_capacity_and_unit_cost(*blocks[start : start + 4])
        for start in range(0, len(blocks), 4)
    ]
    solver.set_nodes_supplies(np.arange(len(supply), dtype=np.int32), supply)
    status = solver.solve()
    if status != solver.OPTIMAL:
        return status.name, []
    return "OPTIMAL", [np.asarray(solver.flows(block), np.int64) for block in arcs]


def least_cut(arrays: Arrays) -> Answer:
    """Send as much as possible from one node to another, and find what stops more.

    Parameters
    ----------
    arrays
        Source and sink, as one int64 array; then tail and head, int32, and capacity,
        int64, of all arcs.

    Returns
    -------
    str
        Name of OR-Tools' status.
    list
        The flow's value, and the nodes on the source's side of the least cut.
    """
    from ortools.graph.python.max_flow import SimpleMaxFlow  # noqa: PLC0415 - slow import

    ends, tail, head, capacity = arrays
    solver = SimpleMaxFlow()
    solver.add_arcs_with_capacity(tail, head, capacity)
    status = solver.solve(*ends.tolist())
    if status != solver.OPTIMAL:
        return status.name, []
    side = np.asarray(solver.get_source_side_min_cut(), np.int64)
    return "OPTIMAL", [np.array([solver.optimal_flow()], np.int64), side]


CALLS: Final[dict[str, Callable[[Arrays], Answer]]] = {
    "least-cost": least_cost,
    "least-cut": least_cut,
}
