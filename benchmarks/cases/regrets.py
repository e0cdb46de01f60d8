"""All regrets against the bare call on the same arcs, and every regret against a new solve."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

import mentormatch as mm
from benchmarks.bare import bare_solve
from benchmarks.cases.assign import instance
from benchmarks.registry import Case, Row, race, register
from mentormatch.analysis.outcome import Outcome
from mentormatch.analysis.proof import settle
from mentormatch.analysis.regret import best_choices, change, regrets, residual_of
from mentormatch.matching import Status
from mentormatch.problem import Problem
from mentormatch.solvers.exhaustive import every_matching
from mentormatch.testing import random_problem

SMALLEST = (200, 1_000)
# So many regrets are checked by a solve of their own, on the full run and on a small one.
CHECKS = {SMALLEST: 600, (1_000, 5_000): 20_000}


def measure(mentors: int, mentees: int, hardness: str, rounds: int) -> Iterator[Row]:
    """Compare the regrets of all pairs, coverage before points, with one bare solve."""
    answer = mm.assign(*instance(mentors, mentees, hardness))
    bare, every, one = race(
        rounds,
        lambda: bare_solve(answer.problem),
        lambda: regrets(residual_of(answer.problem, answer.outcome)),
        lambda: change(residual_of(answer.problem, answer.outcome), 0),
    )
    goal = None if (mentors, mentees) == SMALLEST else 0.5
    yield Row("regrets of all pairs", "bare solve", every, bare, goal)
    yield Row("one regret, with those displaced", "bare solve", one, bare)
    if hardness == "usual":
        check(CHECKS[mentors, mentees])


def check(wanted: int) -> None:
    """Compare regrets on problems with every limit of a flow, and the best matchings too."""
    generator = np.random.default_rng(3)
    checks = impossible = ranked = 0
    while checks < wanted:
        problem = random_problem(generator)
        outcome = settle(problem)
        if outcome.status is Status.OPTIMAL and problem.size:
            impossible += compare(problem, outcome)
            checks += problem.size
            ranked += compare_matchings(problem, outcome)
    print(
        f"regrets: {checks} regrets agree with a solve of their own, {impossible} of them "
        f"impossible; {ranked} matchings come in the order of trying all; 0 mismatches"
    )


def compare(problem: Problem, outcome: Outcome) -> int:
    """Solve again with each pair pinned or banned; count where that is impossible."""
    graph = residual_of(problem, outcome)
    plain, found = graph.problem, regrets(graph)
    best = plain.values(outcome.chosen)
    for pair in range(problem.size):
        held = {"banned": plain.banned, "pinned": plain.pinned}
        limit = "banned" if found.chosen[pair] else "pinned"
        other = settle(replace(plain, **{limit: np.union1d(held[limit], [pair])}), certify=False)
        changed = change(graph, pair)
        assert found.possible[pair] == (other.status is Status.OPTIMAL) == (changed is not None)
        if changed is not None:
            values = plain.values(other.chosen)
            assert plain.values(changed.chosen) == values
            lost = tuple(before - after for before, after in zip(best, values, strict=True))
            assert changed.regret == tuple(found.values[pair].tolist()) == lost
    return int((~found.possible).sum())


def compare_matchings(problem: Problem, outcome: Outcome) -> int:
    """List the five best matchings, and the pairs of every and of some optimum, by trying all."""
    graph = residual_of(problem, outcome)
    plain, found = graph.problem, regrets(graph)
    every = sorted(
        ((plain.values(chosen), set(chosen.tolist())) for chosen in every_matching(plain)),
        key=lambda entry: entry[0],
        reverse=True,
    )
    ranked = [plain.values(chosen) for chosen in best_choices(problem, outcome.chosen, 5)]
    assert ranked == [values for values, _ in every[:5]]
    optima = [chosen for values, chosen in every if values == every[0][0]]
    in_every = set(np.flatnonzero(found.chosen & ~found.free).tolist())
    in_some = set(np.flatnonzero(found.chosen | found.free).tolist())
    assert in_every == set.intersection(*optima)
    assert in_some == set.union(*optima)
    return len(ranked)


register(
    Case(
        "regrets",
        sizes=(SMALLEST, (1_000, 5_000)),
        hardness=("usual", "ties", "scarce", "popular"),
        measure=measure,
    )
)
