"""Limits that no flow can hold, against every matching of small problems."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from mentormatch.analysis import proof
from mentormatch.analysis.branches import Split
from mentormatch.analysis.certificate import fault_of
from mentormatch.analysis.proof import is_only_optimum, settle
from mentormatch.arrays.assignment import assign
from mentormatch.matching import Status
from mentormatch.solvers import branching
from mentormatch.solvers.exhaustive import best_values, every_matching, keeps_limits
from mentormatch.solvers.integer import solve_integer
from mentormatch.testing import random_problem


@pytest.mark.parametrize("seed", range(4))
def test_every_limit_is_kept_and_every_value_is_the_best(seed):
    """Over ten thousand problems with every sort of limit, brute force finds nothing better."""
    generator = np.random.default_rng(100 + seed)
    engines: Counter[tuple[str, str]] = Counter()
    for _ in range(2500):
        problem = random_problem(generator, rich=True)
        outcome = settle(problem)
        engines[outcome.engine, outcome.proof] += 1
        best = best_values(problem)
        if best is None:
            assert outcome.status is Status.INFEASIBLE
        else:
            assert outcome.status is Status.OPTIMAL
            assert keeps_limits(problem, outcome.chosen)
            assert problem.values(outcome.chosen) == best
    for engine in ("flow", "cases"):
        assert engines[engine, "certified"] > 100
        assert engines[engine, "infeasible_certified"] > 100
    assert engines["mip", "solver_proved"] > 0


@pytest.mark.parametrize("engines", [("mip", "cp-sat"), ("cp-sat",)])
def test_an_integer_program_finds_the_same_values(engines):
    """SCIP and CP-SAT agree with brute force on every sort of limit and goal."""
    generator = np.random.default_rng(6)
    asked = Counter()
    for _ in range(150):
        problem = random_problem(generator, rich=True, pairs=7)
        claim = solve_integer(problem, engines=engines)
        asked[claim.engine] += 1
        best = best_values(problem)
        assert claim.finished
        if best is None:
            assert claim.chosen is None
        else:
            assert keeps_limits(problem, claim.chosen)
            assert problem.values(claim.chosen) == claim.bounds == best
    assert asked[engines[0]] > 100
    assert set(asked) == set(engines)


def test_a_search_that_may_not_split_hands_over(monkeypatch):
    """With one flow allowed, limits that aren't met make an integer program, and values stay.

    Every other one is narrowed by a matching among a few pairs first.
    """
    monkeypatch.setattr(branching.search, "__kwdefaults__", {"prices": True, "most_flows": 1})
    generator = np.random.default_rng(7)
    handed = 0
    for number in range(200):
        monkeypatch.setattr(proof, "FEW_PAIRS", 0 if number % 2 else 5000)
        problem = random_problem(generator, rich=True, pairs=7)
        outcome = settle(problem)
        best = best_values(problem)
        handed += outcome.engine in {"mip", "cp-sat"}
        assert outcome.engine != "cases"
        if best is not None:
            assert problem.values(outcome.chosen) == best
    assert handed > 20


def test_the_checker_counts_limits_as_brute_force_does():
    """Every choice of pairs breaks a limit for one exactly when it does for the other."""
    generator = np.random.default_rng(8)
    for _ in range(150):
        problem = random_problem(generator, rich=True, pairs=6)
        allowed = {tuple(chosen) for chosen in every_matching(problem)}
        for mask in range(1 << problem.size):
            chosen = np.flatnonzero([mask >> place & 1 for place in range(problem.size)])
            assert (fault_of(problem, chosen) is None) == (tuple(chosen) in allowed)


def test_a_tampered_proof_by_cases_is_refused():
    """Cases left out, exchanged or made up prove nothing worse than the truth."""
    generator = np.random.default_rng(9)
    tried = 0
    for _ in range(1500):
        problem = random_problem(generator, rich=True)
        outcome = settle(problem)
        if outcome.engine != "cases" or outcome.status is not Status.OPTIMAL:
            continue
        tried += 1
        witness = outcome.witness
        for forged in (
            Split(witness.kind, 99, witness.left, witness.right),
            Split("nonsense", witness.index, witness.left, witness.right),
        ):
            assert forged.check(problem, outcome.chosen).reason == "no-such-case"
        taken = np.zeros(problem.size, bool)
        taken[outcome.chosen] = True
        taken[generator.integers(problem.size)] ^= True
        other = np.flatnonzero(taken)
        if witness.check(problem, other).accepted:
            assert problem.values(other) == problem.values(outcome.chosen)
    assert tried > 50


def test_an_optimum_is_called_the_only_one_exactly_when_brute_force_finds_no_other():
    """Other optima, larger and smaller ones too, are never overlooked."""
    generator = np.random.default_rng(10)
    only = several = 0
    for number in range(800):
        problem = random_problem(generator, rich=True, pairs=8)
        if number % 2:  # few scores, many ties
            scores = generator.integers(0, 3, generator.integers(1, 4, 2))
            problem = assign(scores, generator.integers(1, 3), seed=number % 3 or None).problem
        outcome = settle(problem, certify=False)
        if outcome.status is not Status.OPTIMAL:
            continue
        goals = [goal for goal in problem.objectives if goal.goal != "lottery"]
        plain = replace(problem, objectives=tuple(goals))
        best = plain.values(outcome.chosen)
        as_good = sum(plain.values(chosen) == best for chosen in every_matching(plain))
        found = is_only_optimum(problem, outcome.chosen)
        if found is not None:
            assert found == (as_good == 1)
            only += found
            several += not found
    assert min(only, several) > 100
