"""The residual graph of an optimal choice, against full solves and its own other ways."""

from dataclasses import replace

import numpy as np
import pytest

from mentormatch.analysis.proof import settle
from mentormatch.errors import SolverFault
from mentormatch.matching import Status
from mentormatch.network import residual
from mentormatch.network.model import circulation_of, flow_of
from mentormatch.network.residual import Residual
from mentormatch.problem import Bounds, Objective, Parts, Problem
from mentormatch.solvers.exhaustive import best_values, every_matching
from mentormatch.testing import random_problem


def solved(seed, count):
    """Draw problems that have an optimum, with the optimum."""
    generator = np.random.default_rng(seed)
    while count:
        problem = random_problem(generator)
        outcome = settle(problem)
        if outcome.status is Status.OPTIMAL and problem.size:
            count -= 1
            yield problem, outcome.chosen


def best_cycle(graph, pair):
    """Return the greatest gain of a cycle that changes one pair, packed."""
    longest = graph.longest()
    best = graph.closed
    for some in graph.exchanges():
        through = some.left == pair if pair in graph.chosen else some.taken == pair
        gains = some.gain + longest[some.target, some.source]
        best = max([best, *gains[through].tolist()])
    return best


@pytest.mark.parametrize("wide", [False, True])
def test_the_best_cycle_through_a_pair_is_what_changing_it_costs(wide, monkeypatch):
    """Forcing or leaving out each pair is compared with trying every matching."""
    if wide:
        monkeypatch.setattr(residual, "_MOST", 0)
    checks = impossible = 0
    for problem, chosen in solved(11, 150):
        graph = Residual.of(problem, chosen)
        assert (graph.hop.dtype == object) == wide
        values = np.array(graph.problem.values(chosen), object)
        every = [(set(c.tolist()), graph.problem.values(c)) for c in every_matching(graph.problem)]
        for pair in range(problem.size):
            with_it = pair not in chosen
            best = max((v for c, v in every if (pair in c) == with_it), default=None)
            found = best_cycle(graph, pair)
            checks += 1
            if best is None:
                impossible += 1
                assert not graph.is_open(np.array([found]))[0]
            else:
                lost = graph.levels(np.array([found]))[0]
                assert (values + lost).tolist() == list(best)
    assert checks > 400
    assert 0 < impossible < checks


def test_all_pairs_and_single_searches_agree():
    """Both searches find the same, and the steps of a path add up."""
    for problem, chosen in solved(12, 100):
        graph = Residual.of(problem, chosen)
        longest = graph.longest()
        for node in range(len(longest)):
            gains, before = graph.longest_from(node)
            assert (gains == longest[node]).all()
            assert (graph.longest_to(node)[0] == longest[:, node]).all()
            for end in np.flatnonzero(before >= 0):
                assert gains[end] == gains[before[end]] + graph.hop[before[end], end]


def test_exchanges_come_in_blocks_without_loss(monkeypatch):
    """Small blocks hold the same exchanges."""
    for problem, chosen in solved(13, 60):
        graph = Residual.of(problem, chosen)
        monkeypatch.setattr(residual, "_BLOCK", 1 << 20)
        whole = [gain for some in graph.exchanges() for gain in some.gain.tolist()]
        monkeypatch.setattr(residual, "_BLOCK", 2)
        assert [gain for some in graph.exchanges() for gain in some.gain.tolist()] == whole


def test_a_choice_that_is_not_optimal_is_refused():
    """A better matching is a cycle of positive gain."""
    refused = 0
    for problem, _ in solved(14, 100):
        plain = residual.without_lots(problem)
        best = best_values(plain)
        for chosen in every_matching(plain):
            if plain.values(chosen) == best:
                Residual.of(plain, chosen)
            else:
                refused += 1
                with pytest.raises(SolverFault):
                    Residual.of(plain, chosen)
    assert refused > 100


def test_the_flow_of_a_choice_goes_round_and_is_worth_its_values():
    """It keeps all bounds, what enters a node leaves it, and gains are the goals' values."""
    for problem, chosen in solved(15, 200):
        network = circulation_of(problem)
        flows = flow_of(problem, network, chosen)
        balance = np.zeros(network.nodes, np.int64)
        values = [0] * len(problem.objectives)
        for arcs, flow in zip((network.pairs, network.sides), flows, strict=True):
            assert ((flow >= arcs.lower) & (flow <= arcs.upper)).all()
            np.subtract.at(balance, arcs.tail, flow)
            np.add.at(balance, arcs.head, flow)
            for goal, gain in enumerate(arcs.gains):
                values[goal] += sum(
                    a * b for a, b in zip(gain.tolist(), flow.tolist(), strict=True)
                )
        assert not balance.any()
        assert tuple(values) == problem.values(chosen)


def test_lots_do_not_count():
    """The goal that only draws among equal optima is left out."""
    for problem, chosen in solved(16, 60):
        graph = Residual.of(problem, chosen)
        assert "lottery" not in {goal.goal for goal in graph.problem.objectives}
        assert graph.problem.objectives == replace(problem).objectives[: len(graph.weights)]


def test_a_path_may_pass_every_part_of_a_mentor():
    """Three parts of one mentor, three mentees: five pair arcs one after the other."""
    mentee = np.arange(3, dtype=np.int32)
    parts = Parts(
        mentee, np.zeros(3, np.int32), Bounds(np.zeros(3, np.int64), np.ones(3, np.int64))
    )
    problem = Problem(
        mentee,
        np.zeros(3, np.int32),
        Bounds(np.zeros(1, np.int64), np.array([3])),
        Bounds(np.zeros(3, np.int64), np.ones(3, np.int64)),
        (Objective("points", pair=np.ones(3, np.int64)),),
        mentor_parts=parts,
    )
    assert circulation_of(problem).longest[0] >= 5
