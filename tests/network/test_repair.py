"""A flow that was optimal before a change is made optimal again."""

from dataclasses import replace

import numpy as np
import pytest

from mentormatch.analysis.certificate import Certificate
from mentormatch.analysis.proof import settle
from mentormatch.analysis.witness import start_from
from mentormatch.network import repair
from mentormatch.network.model import circulation_of
from mentormatch.problem import Bounds
from mentormatch.solvers.exhaustive import best_values, every_matching
from mentormatch.testing import random_problem


def changed(generator, problem):
    """Pin a pair, ban one, or give a mentor other seats."""
    kind = generator.integers(3)
    if problem.size and kind == 0:
        return replace(
            problem, pinned=np.union1d(problem.pinned, [generator.integers(problem.size)])
        )
    if problem.size and kind == 1:
        return replace(
            problem, banned=np.union1d(problem.banned, [generator.integers(problem.size)])
        )
    most = problem.capacity.most.copy()
    if len(most):
        most[generator.integers(len(most))] = generator.integers(4)
    return replace(problem, capacity=Bounds(problem.capacity.least, most))


@pytest.mark.parametrize("seed", range(4))
def test_after_a_change_the_repaired_answer_is_the_best_of_all(seed, monkeypatch):
    """Brute force agrees, the certificate is checked, and repair is really what answered."""
    helped = []
    original = repair.repaired

    def watched(*columns):
        helped.append(original(*columns))
        return helped[-1]

    monkeypatch.setattr("mentormatch.solvers.lexicographic.repaired", watched)
    generator = np.random.default_rng(seed)
    for _ in range(80):
        problem = random_problem(generator, pairs=8)
        known = settle(problem)
        if known.status != "optimal" or not isinstance(known.witness, Certificate):
            continue
        asked = changed(generator, problem)
        found = settle(asked, start=start_from(asked, known.chosen, known.witness))
        best = best_values(asked)
        assert (found.status == "optimal") == (best is not None)
        if best is not None:
            assert asked.values(found.chosen) == best
            assert found.proof == "certified"
    assert sum(flow is not None for flow in helped) > 30


def test_a_start_that_is_wrong_in_every_way_still_ends_in_the_best(monkeypatch):
    """Neither the pairs nor the prices that are known need to be right."""
    monkeypatch.setattr(repair, "MOST_PATHS", 100)
    generator = np.random.default_rng(5)
    for _ in range(100):
        problem = random_problem(generator, pairs=8)
        known = settle(problem)
        if known.status != "optimal" or not isinstance(known.witness, Certificate):
            continue
        start = start_from(problem, known.chosen, known.witness)
        some = np.flatnonzero(generator.random(problem.size) < 0.5)
        labels = generator.integers(-9, 9, start.labels.shape)
        found = settle(problem, start=repair.Start(some, labels))
        assert problem.values(found.chosen) == problem.values(known.chosen)


def test_the_side_flow_of_a_matching_goes_round():
    """At every node as much flows in as out, within all bounds, at the gains of its values."""
    generator = np.random.default_rng(6)
    for _ in range(60):
        problem = random_problem(generator, pairs=7)
        network = circulation_of(problem)
        for chosen in every_matching(problem):
            pair_flow = np.zeros(problem.size, np.int64)
            pair_flow[chosen] = 1
            side_flow = repair.side_flow_of(problem, chosen)
            balance = np.zeros(network.nodes, np.int64)
            for arcs, flow in ((network.pairs, pair_flow), (network.sides, side_flow)):
                np.add.at(balance, arcs.head, flow)
                np.subtract.at(balance, arcs.tail, flow)
                assert (flow >= arcs.lower).all()
                assert (flow <= arcs.upper).all()
            assert not balance.any()
