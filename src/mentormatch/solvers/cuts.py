"""Why there is no matching: a cut that proves it, from OR-Tools' max-flow."""

import numpy as np
from numpy.typing import NDArray

from mentormatch.errors import SolverFault
from mentormatch.network.model import Circulation, circulation_of
from mentormatch.problem import Problem

Bools = NDArray[np.bool_]


def blocking_set(problem: Problem) -> Bools | None:
    """Find a set of nodes that must receive more than it can pass on.

    Returns
    -------
    Bools or None
        Which nodes belong to the set, or None when the limits can be kept. An
        empty set stands for an arc whose least exceeds its most.

    Raises
    ------
    SolverFault
        When OR-Tools doesn't solve the max-flow.
    """
    network = circulation_of(problem)
    if any((arcs.lower > arcs.upper).any() for arcs in (network.pairs, network.sides)):
        return np.zeros(network.nodes, np.bool_)
    return _short_side(network)


def _short_side(network: Circulation) -> Bools | None:
    """Send all obligatory flow from a source to a sink; what can't go through is the proof.

    The lower-bound transform: an obligatory unit on an arc is a unit that starts
    at its head and ends at its tail.
    """
    from ortools.graph.python.max_flow import SimpleMaxFlow  # noqa: PLC0415 - slow import

    source, sink = network.nodes, network.nodes + 1
    balance = np.zeros(network.nodes, np.int64)
    solver = SimpleMaxFlow()
    for arcs in (network.pairs, network.sides):
        np.add.at(balance, arcs.head, arcs.lower)
        np.subtract.at(balance, arcs.tail, arcs.lower)
        room = np.ascontiguousarray(arcs.upper - arcs.lower)
        solver.add_arcs_with_capacity(arcs.tail, arcs.head, room)
    gets = np.flatnonzero(balance > 0).astype(np.int32)
    gives = np.flatnonzero(balance < 0).astype(np.int32)
    solver.add_arcs_with_capacity(np.full(len(gets), source, np.int32), gets, balance[gets])
    solver.add_arcs_with_capacity(gives, np.full(len(gives), sink, np.int32), -balance[gives])
    wanted = int(balance[gets].sum())
    if wanted == 0:
        return None
    status = solver.solve(source, sink)
    if status != solver.OPTIMAL:
        raise SolverFault.of("solver.status", status=status.name)
    if solver.optimal_flow() == wanted:
        return None
    inside = np.zeros(network.nodes + 2, np.bool_)
    inside[solver.get_source_side_min_cut()] = True
    return inside[: network.nodes]
