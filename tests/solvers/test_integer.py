"""Integer programs: who is asked, whose word counts, and that answers repeat."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp

from mentormatch.arrays.assignment import assign
from mentormatch.problem import Quota
from mentormatch.solvers.exhaustive import best_values
from mentormatch.solvers.integer import solve_integer


def few_active(scores, most, capacity=2):
    """Ask for at most so many mentors with anybody."""
    problem = assign(scores, capacity=capacity, certify=False).problem
    return replace(problem, quotas=(Quota(0, most, mentors=np.arange(problem.mentors)),))


def test_few_active_mentors_are_chosen_as_well_as_by_another_solver():
    """HiGHS, given a model written here, covers as many and then counts the same points."""
    generator = np.random.default_rng(3)
    scores = generator.integers(0, 1000, (10, 7))
    claim = solve_integer(few_active(scores, 3, capacity=3))
    pairs, size = scores.size, scores.size + 7
    mentee, mentor = np.divmod(np.arange(pairs), 7)
    row = np.zeros((10 + 7 + pairs + 1, size))
    row[mentee, np.arange(pairs)] = 1
    row[10 + mentor, np.arange(pairs)] = 1
    row[17 + np.arange(pairs), np.arange(pairs)] = 1
    row[17 + np.arange(pairs), pairs + mentor] = -1
    row[-1, pairs:] = 1
    most = np.concatenate([np.ones(10), np.full(7, 3), np.zeros(pairs), [3]])
    gain = np.concatenate([scores.ravel() + 10**5, np.zeros(7)])  # cover before points
    found = milp(
        -gain, constraints=LinearConstraint(row, ub=most), integrality=1, bounds=Bounds(0, 1)
    )
    cover, points = divmod(round(-found.fun), 10**5)
    assert claim.finished
    assert claim.engine == "mip"
    assert claim.bounds == (cover, points)


def test_values_that_floating_point_cannot_tell_apart_are_not_claimed_by_scip():
    """SCIP alone leaves them open, with a bound above the truth; CP-SAT settles them."""
    generator = np.random.default_rng(4)
    problem = few_active(generator.integers(0, 10**12, (4, 3)) | 1, 1)
    alone = solve_integer(problem, engines=("mip",))
    assert not alone.finished
    assert alone.bounds[-1] > best_values(problem)[-1]
    both = solve_integer(problem)
    assert both.finished
    assert both.engine == "cp-sat"
    assert both.bounds == best_values(problem)


def test_large_steps_are_told_apart_in_units_of_what_they_have_in_common():
    """Points of whole billions are as good as points of one."""
    generator = np.random.default_rng(5)
    scores = generator.integers(0, 10, (4, 3))
    small, large = (solve_integer(few_active(scores * unit, 1)) for unit in (1, 10**9))
    assert large.engine == "mip"
    assert large.bounds == (small.bounds[0], small.bounds[1] * 10**9)


@pytest.mark.parametrize("engine", ["mip", "cp-sat"])
def test_the_same_question_has_the_same_answer(engine):
    """Among many equal optima it is one and the same."""
    generator = np.random.default_rng(6)
    problem = few_active(generator.integers(0, 3, (14, 10)), 3, capacity=4)
    first, second = (solve_integer(problem, engines=(engine,)) for _ in range(2))
    assert first.finished
    assert first.chosen.tolist() == second.chosen.tolist()
