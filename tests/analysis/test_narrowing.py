"""Leaving out pairs by their prices."""

import numpy as np

from mentormatch.analysis.narrowing import Narrowing
from mentormatch.analysis.witness import certificate_of
from mentormatch.arrays.assignment import assign
from mentormatch.solvers.exhaustive import every_matching, keeps_limits
from mentormatch.solvers.lexicographic import solve
from mentormatch.testing import random_problem


def test_no_matching_that_is_as_good_is_ever_left_out():
    """Every matching at least as good as a known one keeps the pairs that are fixed."""
    generator = np.random.default_rng(12)
    tried = narrowed = 0
    for _ in range(1500):
        problem = random_problem(generator, rich=True, pairs=8)
        solution = solve(problem)
        if solution is None or not problem.size:
            continue
        matchings = list(every_matching(problem))
        narrowing = Narrowing.by(problem, certificate_of(problem, solution.labels))
        if not matchings or narrowing is None:
            continue
        tried += 1
        known = problem.values(matchings[generator.integers(len(matchings))])
        smaller = narrowing.worthwhile(known)
        fixed = len(smaller.banned) + len(smaller.pinned)
        narrowed += fixed > len(problem.banned) + len(problem.pinned)
        for chosen in matchings:
            values = problem.values(chosen)
            assert values <= narrowing.bounds
            assert values < known or keeps_limits(smaller, chosen)
    assert tried > 150
    assert narrowed > 40


def test_a_few_pairs_of_everybody_are_those_that_lose_least():
    """Twelve mentees and mentors have six pairs each at least, pins among them."""
    scores = np.add.outer(np.arange(12), np.arange(12)) % 12
    problem = assign(scores, pinned=[(0, 0)]).problem
    solution = solve(problem)
    narrowing = Narrowing.by(problem, certificate_of(problem, solution.labels))
    few = narrowing.promising()
    left = np.setdiff1d(np.arange(problem.size), few.banned)
    assert len(left) < problem.size
    assert set(problem.pinned) <= set(left)
    for person in (problem.mentee, problem.mentor):
        assert np.bincount(person[left], minlength=12).min() >= 6
    assert keeps_limits(few, solution.chosen)
