"""What is known before anything is solved: a greedy choice, and ceilings that hold."""

from dataclasses import replace

import numpy as np
import pytest

from mentormatch.problem import Bounds, Objective, Problem, Quota
from mentormatch.solvers.exhaustive import best_values, every_matching, keeps_limits
from mentormatch.solvers.opening import ceilings, greedy, merged
from mentormatch.testing import random_problem


@pytest.mark.parametrize("rich", [False, True])
def test_no_matching_has_more_of_any_goal_than_its_ceiling(rich):
    """Over every matching of a thousand problems, each goal by itself stays below."""
    generator = np.random.default_rng(31)
    for _ in range(1000):
        problem = random_problem(generator, rich=rich, pairs=8)
        most = ceilings(problem)
        for chosen in every_matching(problem):
            values = problem.values(chosen)
            assert all(value <= top for value, top in zip(values, most, strict=True))


def test_a_greedy_choice_mostly_keeps_every_limit_and_is_never_above_the_best():
    """Of the problems that have a matching, it finds one for nearly all without side limits."""
    generator = np.random.default_rng(32)
    possible = kept = 0
    for _ in range(1500):
        problem = random_problem(generator, pairs=8)
        best = best_values(problem)
        chosen = greedy(problem)
        if best is not None:
            possible += 1
            if keeps_limits(problem, chosen):
                kept += 1
                assert problem.values(chosen) <= best
    assert kept > 0.8 * possible


def test_a_greedy_choice_is_the_best_when_nobody_competes():
    """Everybody has a favourite mentor of their own with a seat."""
    scores = np.array([[9, 1, 1], [1, 8, 1], [1, 1, 7]])
    problem = _dense(scores, capacity=1)
    assert problem.mentor[greedy(problem)].tolist() == [0, 1, 2]


def test_a_pair_that_costs_more_than_it_covers_is_left_out():
    """Without coverage a pair below zero is not chosen; with it, it is."""
    problem = _dense(np.array([[-5]]), capacity=1)
    assert greedy(problem).tolist() == [0]
    assert greedy(replace(problem, objectives=problem.objectives[1:])).tolist() == []


def test_merging_covers_whom_either_choice_covers_and_keeps_the_seats():
    """On random choices for one seat each, nobody whom the second covers is left out."""
    generator = np.random.default_rng(33)
    for _ in range(300):
        problem = _dense(generator.integers(0, 9, (7, 4)), capacity=2)
        first, second = (_some(problem, generator) for _ in range(2))
        both = merged(problem, first, second)
        assert keeps_limits(problem, both)
        served = problem.served(both) > 0
        assert served[problem.mentee[second]].all()
        assert len(both) >= len(first)


def _dense(scores, capacity):
    mentees, mentors = scores.shape
    mentee, mentor = (axis.ravel().astype(np.int32) for axis in np.indices(scores.shape))
    return Problem(
        mentee=mentee,
        mentor=mentor,
        capacity=Bounds(np.zeros(mentors, np.int64), np.full(mentors, capacity)),
        demand=Bounds(np.zeros(mentees, np.int64), np.ones(mentees, np.int64)),
        objectives=(
            Objective("cover", first=np.ones(mentees, np.int64)),
            Objective("points", pair=scores.ravel().astype(np.int64)),
        ),
    )


def _some(problem, generator):
    """Draw a choice that keeps the seats."""
    chosen: list[int] = []
    for pair in generator.permutation(problem.size)[:12].tolist():
        if keeps_limits(problem, np.array(sorted([*chosen, pair]))):
            chosen.append(pair)
    return np.array(sorted(chosen), np.int64)


def test_a_quota_that_is_full_lets_nobody_else_in():
    """A most of nothing keeps everybody out from the start, one of two lets two in."""
    problem = _dense(np.ones((4, 2), np.int64), capacity=4)
    for most in (0, 2):
        for counts in ("people", "pairs"):
            quota = Quota(0, most, mentees=np.arange(3), counts=counts)
            chosen = greedy(replace(problem, quotas=(quota,)))
            assert len(chosen) == most + 1
            assert keeps_limits(replace(problem, quotas=(quota,)), chosen)
