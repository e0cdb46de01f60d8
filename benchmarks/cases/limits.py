"""Limits that no flow holds, one by one, and heavy limits that a flow does hold."""

import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations

import numpy as np

from benchmarks.bare import bare_solve
from benchmarks.registry import Case, Row, race, register
from mentormatch.analysis.certificate import fault_of
from mentormatch.analysis.outcome import Outcome
from mentormatch.analysis.proof import settle
from mentormatch.problem import Bounds, Objective, Parts, Problem, Quota
from mentormatch.solvers.integer import solve_integer

# Goals are set for so many mentors or more; a handful is solved in less than a millisecond.
LARGE = 100


def instance(mentors: int, mentees: int, *, share: float = 1.0) -> Problem:
    """Draw a school: a good third of the pairs, points in steps of 50, seats 1.1 times mentees."""
    generator = np.random.default_rng(7)
    cells = np.argwhere(generator.random((mentees, mentors)) < 0.4 * share)
    seats = generator.multinomial(int(1.1 * mentees), np.full(mentors, 1 / mentors))
    demand = np.ones(mentees, np.int64)
    return Problem(
        mentee=cells[:, 0].astype(np.int32),
        mentor=cells[:, 1].astype(np.int32),
        capacity=Bounds(np.zeros(mentors, np.int64), seats),
        demand=Bounds(0 * demand, demand),
        objectives=(
            Objective("cover", first=demand),
            Objective("points", pair=50 * generator.integers(0, 20_001, len(cells))),
        ),
    )


def limited(problem: Problem, hardness: str) -> Problem:
    """Add one sort of limit that no flow holds, so that the flow's answer breaks it."""
    generator = np.random.default_rng(8)
    mentors, mentees = problem.mentors, problem.mentees
    chosen = settle(problem, certify=False).chosen
    load, served = problem.loads(chosen), problem.served(chosen)
    if hardness == "any-role":  # a third of the mentors are mentees as well
        both = np.arange(mentors // 3)
        people = np.arange(mentees // 3)
        quota = Quota(0, 0, both, people, same=np.stack([both, both], axis=1))
        count = quota.count(load, served)
        return replace(problem, quotas=(replace(quota, most=count - 3),))
    if hardness == "crossing":
        halves = np.arange(mentors // 2), np.arange(mentors // 4, 3 * mentors // 4)
        return replace(
            problem,
            quotas=tuple(
                Quota(0, int(load[who].sum()) - 5, mentors=who, counts="pairs") for who in halves
            ),
        )
    if hardness == "few-active":
        most = int((load > 0).sum()) * 9 // 10
        return replace(problem, quotas=(Quota(0, most, mentors=np.arange(mentors)),))
    if hardness == "or-none":
        return replace(problem, or_none=np.full(mentors, 3, np.int64))
    if hardness == "two-cycles":  # couples of good pairs, as if their people were the same
        couples = generator.permutation(chosen)[: mentees // 20 * 2].reshape(-1, 2)
        return replace(problem, exclusive=couples)
    if hardness == "apart":
        rows = [
            pair
            for mentor in np.argsort(-load, kind="stable")[:20]
            for pair in list(combinations(chosen[problem.mentor[chosen] == mentor].tolist(), 2))[:2]
        ]
        return replace(problem, exclusive=np.array(rows, np.int64))
    if hardness == "together":
        rows = []
        for first in range(0, 40, 2):
            mine, theirs = (np.flatnonzero(problem.mentee == who) for who in (first, first + 1))
            _, left, right = np.intersect1d(
                problem.mentor[mine], problem.mentor[theirs], return_indices=True
            )
            rows.append(np.stack([mine[left], theirs[right]], axis=1))
        return replace(problem, together=np.concatenate(rows))
    assert hardness == "per-mentor"
    sorts = [generator.random(mentees) < share for share in (0.5, 0.4)]
    return replace(
        problem,
        crossing=tuple(
            Parts(
                np.where(sort[problem.mentee], problem.mentor, -1).astype(np.int32),
                np.arange(mentors, dtype=np.int32),
                Bounds(np.ones(mentors, np.int64), np.full(mentors, 3, np.int64)),
                if_any=True,
            )
            for sort in sorts
        ),
    )


def _two_sorts(mentors: int, mentees: int, rounds: int) -> Iterator[Row]:
    """Demand loads in [2, most], and one mentee of each of two groups per mentor."""
    plain = instance(mentors, mentees)
    seats = np.maximum(plain.capacity.most, 3)
    group = np.random.default_rng(9).integers(0, 2, mentees)
    problem = replace(
        plain,
        capacity=Bounds(np.full(mentors, 2, np.int64), seats),
        mentor_parts=Parts(
            (2 * plain.mentor + group[plain.mentee]).astype(np.int32),
            np.repeat(np.arange(mentors, dtype=np.int32), 2),
            Bounds(np.ones(2 * mentors, np.int64), np.repeat(seats, 2)),
        ),
    )
    outcome = settle(problem)
    assert outcome.proof == "certified"
    bare, flow = race(rounds, lambda: bare_solve(plain), lambda: settle(problem))
    goal = 3.0 if mentors >= LARGE else None
    yield Row("loads in [2, most], two groups: flow", "bare solve", flow, bare, goal)
    for engine in ("mip", "cp-sat"):
        start = time.perf_counter()
        claim = solve_integer(problem, seconds=60, engines=(engine,))
        passed = time.perf_counter() - start
        assert not claim.finished or claim.bounds == problem.values(outcome.chosen)
        word = "optimal" if claim.finished else "not proven in a minute"
        yield Row(f"the same by {engine}, {word}", "flow", passed, flow)


def _ranks(mentors: int, mentees: int, _hardness: str, rounds: int) -> Iterator[Row]:
    """Three ranks of coverage, nested quotas and points against points alone."""
    plain = instance(mentors, mentees)
    rank = 1 + np.random.default_rng(9).integers(0, 3, mentees)
    halves = [
        Quota(mentors // 8, mentors, mentors=np.arange(mentors // 2)),
        Quota(mentors // 16, mentors, mentors=np.arange(mentors // 4)),
        Quota(mentees // 4, mentees, mentees=np.arange(mentees // 2), counts="pairs"),
        Quota(mentees // 16, mentees // 6, mentees=np.arange(mentees // 4), counts="pairs"),
    ]
    problem = replace(
        plain,
        objectives=(Objective("cover", first=rank), plain.objectives[-1]),
        quotas=tuple(halves),
    )
    single = replace(plain, objectives=plain.objectives[-1:])
    assert settle(problem).proof == "certified"
    bare, whole = race(rounds, lambda: bare_solve(single), lambda: settle(problem))
    goal = 2.5 if mentors >= LARGE else None
    yield Row("three ranks, nested quotas, points", "bare solve, points alone", whole, bare, goal)


def _limit(mentors: int, mentees: int, hardness: str, rounds: int) -> Iterator[Row]:
    """Compare the solve under a limit with the solve without it."""
    problem = instance(mentors, mentees)
    question = limited(problem, hardness)
    (free,) = race(min(rounds, 2), lambda: settle(problem))
    start = time.perf_counter()
    outcome = settle(question)
    passed = time.perf_counter() - start
    assert fault_of(question, outcome.chosen) is None
    yield Row(f"{outcome.engine}, {outcome.proof}, {_gap(outcome)}", "no limit", passed, free)


def _gap(outcome: Outcome) -> str:
    """Say how far the first open goal may be from the best."""
    for level in outcome.levels:
        if level.bound != level.value:
            assert level.bound is not None
            return f"{level.goal} gap {(level.bound - level.value) / level.bound:.3%}"
    return "gap 0"


def measure(mentors: int, mentees: int, hardness: str, rounds: int) -> Iterator[Row]:
    """Compare one sort of limit with the flow without it, or a flow's limits with a bare solve."""
    if hardness == "two-sorts":
        return _two_sorts(mentors // 2, mentees // 2, rounds)
    return _limit(mentors, mentees, hardness, rounds)


SORTS = ("any-role", "crossing", "few-active", "or-none", "two-cycles", "apart", "together")
SIZES = ((20, 80), (200, 1_000))
register(Case("limits", SIZES, (*SORTS, "per-mentor", "two-sorts"), measure))
register(Case("ranks", ((20, 80), (1_000, 5_000)), ("usual",), _ranks))
