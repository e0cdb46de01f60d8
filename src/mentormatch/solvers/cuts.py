"""Why there is no matching: a cut that proves it, from OR-Tools' max-flow."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mentormatch.errors import SolverFault
from mentormatch.network.model import Circulation, circulation_of
from mentormatch.problem import Problem
from mentormatch.solvers.clock import Clock, call

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Shortage:
    """What the flow that goes furthest still lacks.

    Parameters
    ----------
    lacking
        Units that can't go through.
    full
        Nodes that one more unit could reach: they must receive more than they can pass on.
    open
        Nodes from which one more unit would get through.
    """

    lacking: int
    full: Bools
    open: Bools


def blocking_set(problem: Problem, clock: Clock | None = None) -> Bools | None:
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
    CutOffError
        When a clock is given and its time is over.
    """
    network = circulation_of(problem)
    if any((arcs.lower > arcs.upper).any() for arcs in (network.pairs, network.sides)):
        return np.zeros(network.nodes, np.bool_)
    found = shortage_of(network, clock)
    return None if found is None else found.full


def shortage_of(network: Circulation, clock: Clock | None = None) -> Shortage | None:
    """Send all obligatory flow from a source to a sink; what can't go through is the proof.

    The lower-bound transform: an obligatory unit on an arc is a unit that starts
    at its head and ends at its tail. No least may exceed its most. None if all goes through.
    """
    source, sink = network.nodes, network.nodes + 1
    balance = np.zeros(network.nodes, np.int64)
    for arcs in (network.pairs, network.sides):
        np.add.at(balance, arcs.head, arcs.lower)
        np.subtract.at(balance, arcs.tail, arcs.lower)
    gets = np.flatnonzero(balance > 0).astype(np.int32)
    gives = np.flatnonzero(balance < 0).astype(np.int32)
    wanted = int(balance[gets].sum())
    if wanted == 0:
        return None
    pairs, sides = network.pairs, network.sides
    tail = [pairs.tail, sides.tail, np.full(len(gets), source, np.int32), gives]
    head = [pairs.head, sides.head, gets, np.full(len(gives), sink, np.int32)]
    room = [arcs.upper - arcs.lower for arcs in (pairs, sides)]
    capacity = [*room, balance[gets], -balance[gives]]
    arrays = [np.array([source, sink]), *map(np.concatenate, (tail, head, capacity))]
    status, found = call("least-cut", arrays, clock)
    if status != "OPTIMAL":
        raise SolverFault.of("solver.status", status=status)
    flow, *sides_of_cut = found
    lacking = wanted - int(flow[0])
    if not lacking:
        return None
    inside = np.zeros((2, network.nodes + 2), np.bool_)
    for marked, side in zip(inside, sides_of_cut, strict=True):
        marked[side] = True
    return Shortage(lacking, *inside[:, : network.nodes])
