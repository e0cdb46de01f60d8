"""Goals in order, against every matching of small problems."""

import numpy as np
import pytest

from mentormatch.analysis.proof import settle
from mentormatch.errors import ScoreError
from mentormatch.matching import Status
from mentormatch.problem import Bounds, Objective, Problem
from mentormatch.solvers import flow, lexicographic
from mentormatch.solvers.exhaustive import best_values, every_matching, keeps_limits
from mentormatch.testing import random_problem


@pytest.mark.parametrize("seed", range(10))
def test_every_random_problem_has_the_values_that_brute_force_finds(seed):
    """Over ten thousand small problems, values and impossibility agree with trying everything."""
    generator = np.random.default_rng(seed)
    feasible = 0
    for _ in range(1000):
        problem = random_problem(generator)
        outcome = settle(problem)
        best = best_values(problem)
        if best is None:
            assert outcome.status is Status.INFEASIBLE
            continue
        feasible += 1
        assert outcome.status is Status.OPTIMAL
        assert keeps_limits(problem, outcome.chosen)
        assert problem.values(outcome.chosen) == best
        assert tuple(level.value for level in outcome.levels) == best
    assert feasible > 500


def test_goals_that_do_not_fit_one_number_are_solved_one_after_the_other(monkeypatch):
    """With a budget too small for packing, each goal gets a solve of its own and values stay."""
    generator = np.random.default_rng(77)
    monkeypatch.setattr(lexicographic, "fits", lambda _largest, _nodes: False)
    several = 0
    for _ in range(600):
        problem = random_problem(generator)
        outcome = settle(problem)
        best = best_values(problem)
        if best is not None:
            several += outcome.solves > 1
            assert problem.values(outcome.chosen) == best
    assert several > 100


def test_the_same_choice_is_found_with_and_without_prices():
    """Asking for prices doesn't change which matching is chosen."""
    generator = np.random.default_rng(5)
    for _ in range(200):
        problem = random_problem(generator)
        with_prices, without = settle(problem), settle(problem, certify=False)
        assert with_prices.chosen.tolist() == without.chosen.tolist()
        assert without.proof in {"solver_proved", "infeasible_certified"}


def test_a_score_beyond_exact_integers_is_refused_with_the_limit():
    """A score that could overflow raises an error that names the largest possible one."""
    limit = flow.largest_gain(3)
    problem = _one_pair(limit)
    assert settle(problem).levels[0].value == limit
    with pytest.raises(ScoreError, match=str(limit)):
        settle(_one_pair(limit + 1))


def test_values_are_summed_without_overflow():
    """Sums beyond 64 bits come out exact."""
    size = 40
    problem = Problem(
        mentee=np.arange(size, dtype=np.int32),
        mentor=np.zeros(size, np.int32),
        capacity=_bounds([size]),
        demand=_bounds([1] * size),
        objectives=(Objective("points", pair=np.full(size, 2**60)),),
    )
    assert problem.values(np.arange(size)) == (size * 2**60,)


def test_brute_force_refuses_a_problem_it_could_not_finish():
    """Too many pairs to try every choice raise at once."""
    problem = Problem(
        mentee=np.arange(25, dtype=np.int32),
        mentor=np.zeros(25, np.int32),
        capacity=_bounds([1]),
        demand=_bounds([1] * 25),
        objectives=(Objective("points", pair=np.ones(25, np.int64)),),
    )
    with pytest.raises(ValueError, match="25 pairs"):
        next(every_matching(problem))


def _one_pair(score: int) -> Problem:
    nobody = np.zeros(1, np.int32)
    return Problem(
        mentee=nobody,
        mentor=nobody,
        capacity=_bounds([1]),
        demand=_bounds([1]),
        objectives=(Objective("points", pair=np.array([score], np.int64)),),
    )


def _bounds(most: list[int]) -> Bounds:
    return Bounds(np.zeros(len(most), np.int64), np.array(most, np.int64))
