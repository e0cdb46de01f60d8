"""The gate in front of OR-Tools."""

from dataclasses import replace

import numpy as np
import pytest

from mentormatch.errors import SolverFault
from mentormatch.network.model import circulation_of
from mentormatch.network.potentials import potentials
from mentormatch.solvers.flow import best_flow, fits, largest_gain
from mentormatch.testing import random_problem


def _network():
    generator = np.random.default_rng(3)
    while True:
        network = circulation_of(random_problem(generator))
        gains = [arcs.gains[-1] for arcs in (network.pairs, network.sides)]
        if len(network.pairs) > 4 and best_flow(network, *gains) is not None:
            return network, gains


@pytest.mark.parametrize(
    "tail",
    [
        np.array([-1]),  # a node before the first would crash the process
        np.array([10**6]),  # so would a node after the last
    ],
)
def test_an_unknown_node_never_reaches_the_solver(tail):
    """Node numbers outside the network raise before OR-Tools is called."""
    network, gains = _network()
    bad = network.pairs.tail.copy()
    bad[0] = tail[0]
    network = replace(network, pairs=replace(network.pairs, tail=bad))
    with pytest.raises((SolverFault, IndexError)):
        best_flow(network, *gains)


def test_arrays_of_unequal_length_never_reach_the_solver():
    """A short column raises instead of being repeated."""
    network, gains = _network()
    with pytest.raises(SolverFault):
        best_flow(network, gains[0][:1], gains[1])


def test_the_largest_gain_is_the_last_that_fits():
    """The limit that errors name is exactly the guard's."""
    for nodes in (3, 100, 6001):
        assert fits(largest_gain(nodes), nodes)
        assert not fits(largest_gain(nodes) + 1, nodes)


def test_a_flow_that_is_not_optimal_has_no_potentials():
    """A positive cycle in the residual graph raises: a better matching exists."""
    generator = np.random.default_rng(8)
    refused = 0
    for _ in range(100):
        problem = random_problem(generator)
        network = circulation_of(problem)
        gain = [arcs.gains[-1] for arcs in (network.pairs, network.sides)]
        worst = best_flow(network, *(-part for part in gain))
        best = best_flow(network, *gain)
        if best is None or _value(worst, gain) == _value(best, gain):
            continue
        refused += 1
        with pytest.raises(SolverFault):
            potentials(network, *worst, *gain)
    assert refused > 10


def _value(flow, gain):
    return sum(int((part * each).sum()) for part, each in zip(flow, gain, strict=True))
