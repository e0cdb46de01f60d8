"""Seat prices without a new solve against one bare solve, and thousands of them checked."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

import mentormatch as mm
from benchmarks.bare import bare_solve
from benchmarks.cases.assign import instance
from benchmarks.registry import Case, Row, race, register
from mentormatch.analysis.prices import seat_prices
from mentormatch.analysis.proof import settle
from mentormatch.analysis.regret import is_flow, residual_of
from mentormatch.matching import Status
from mentormatch.network.residual import without_lots
from mentormatch.problem import Bounds, Problem
from mentormatch.testing import random_problem


def with_seat(problem: Problem, mentor: int) -> Problem:
    """Give a mentor one more seat."""
    most = problem.capacity.most.copy()
    most[mentor] += 1
    return replace(problem, capacity=Bounds(problem.capacity.least, most))


def check(draws: int) -> int:
    """Compare seat prices of small random problems with full solves; return how many."""
    generator, checks = np.random.default_rng(5), 0
    for _ in range(draws):
        problem = without_lots(random_problem(generator))
        outcome = settle(problem, certify=False)
        # A form's own limit grows with the seat; the tests compare that as well.
        plain = problem.mentor_parts is None and outcome.engine == "flow" and is_flow(problem)
        if outcome.status is not Status.OPTIMAL or not plain:
            continue
        prices = seat_prices(residual_of(problem, outcome))
        before = problem.values(outcome.chosen)
        for mentor in range(problem.mentors):
            other = with_seat(problem, mentor)
            after = other.values(settle(other, certify=False).chosen)
            assert [new - old for old, new in zip(before, after, strict=True)] == prices[
                mentor
            ].tolist()
            checks += 1
    return checks


def measure(mentors: int, mentees: int, hardness: str, rounds: int) -> Iterator[Row]:
    """Time all seat prices; a few of them are compared with full solves."""
    scores, capacity = instance(mentors, mentees, hardness)
    answer = mm.assign(scores, capacity)
    prices = seat_prices(residual_of(answer.problem, answer.outcome))
    before = answer.problem.values(answer.outcome.chosen)
    for mentor in range(0, mentors, mentors // 5):
        other = with_seat(answer.problem, mentor)
        after = other.values(settle(other, certify=False).chosen)
        assert [new - old for old, new in zip(before, after, strict=True)] == prices[
            mentor
        ].tolist()
    if hardness == "usual" and mentors <= 200:
        assert check(6000) > 3000
    bare, priced = race(rounds, lambda: bare_solve(answer.problem), answer.seat_prices)
    yield Row("all seat prices", "bare solve", priced, bare)


register(Case("shortage", ((200, 1_000), (1_000, 5_000)), ("usual", "ties", "scarce"), measure))
