"""Cycles that gain."""

import networkx as nx
import numpy as np
import pytest

from mentormatch.errors import ScoreError
from mentormatch.network.cycles import gaining_cycle


def test_a_cycle_that_gains_is_found_exactly_when_there_is_one():
    """Networkx looks for negative cycles of the opposite gains; what is found is a cycle."""
    generator = np.random.default_rng(1)
    found_any = missed_any = False
    for _ in range(300):
        nodes = int(generator.integers(2, 7))
        ends = generator.integers(0, nodes, (int(generator.integers(1, 15)), 2))
        ends = np.unique(ends[ends[:, 0] != ends[:, 1]], axis=0)
        gain = generator.integers(-9, 5, len(ends))
        graph = nx.DiGraph()
        graph.add_nodes_from(range(nodes))
        graph.add_weighted_edges_from(
            (int(a), int(b), -int(g)) for (a, b), g in zip(ends, gain, strict=True)
        )
        cycle = gaining_cycle(ends[:, 0], ends[:, 1], gain, nodes)
        assert (cycle is not None) == nx.negative_edge_cycle(graph)
        if cycle is None:
            missed_any = True
            continue
        found_any = True
        assert gain[cycle].sum() > 0
        assert (ends[cycle, 1] == np.roll(ends[cycle, 0], -1)).all()
    assert found_any
    assert missed_any


def test_gains_that_could_leave_64_bits_are_refused():
    """A sum that wrapped round would be a wrong answer."""
    ends = np.array([0, 1]), np.array([1, 0])
    with pytest.raises(ScoreError):
        gaining_cycle(*ends, np.array([1 << 61, 0]), 2)
