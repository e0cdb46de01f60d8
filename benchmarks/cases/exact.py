"""Small instances of every feature against brute force: any disagreement ends the run."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import permutations
from typing import Any

import numpy as np
from scipy.stats import chisquare

import mentormatch as mm
from benchmarks.registry import Case, Row, register
from mentormatch.analysis.conflict import conflict_of, only
from mentormatch.analysis.proof import settle
from mentormatch.problem import Int64, Problem
from mentormatch.solvers.exhaustive import best_values, every_matching, keeps_limits
from mentormatch.testing import random_problem


class Tally:
    """Counts what was seen, and times both sides."""

    def __init__(self) -> None:
        self.seen: Counter[str] = Counter()
        self.seconds, self.baseline = 0.0, 0.0

    def own(self, call: Callable[[], Any]) -> Any:
        """Time a call of the library."""
        start = time.perf_counter()
        result = call()
        self.seconds += time.perf_counter() - start
        return result

    def brute(self, call: Callable[[], Any]) -> Any:
        """Time a call of brute force."""
        start = time.perf_counter()
        result = call()
        self.baseline += time.perf_counter() - start
        return result

    def row(self, *names: str) -> Row:
        """Say what was counted."""
        what = ", ".join(f"{self.seen[name]} {name}" for name in names)
        return Row(what, "brute force", self.seconds, self.baseline)


def measure(_mentors: int, _mentees: int, hardness: str, rounds: int) -> Iterator[Row]:
    """Solve 4,000 instances a round: limits of every sort, or fairness and ranks of coverage."""
    if hardness == "lottery":
        yield _lottery(200 if rounds == 1 else 2_000 * rounds)
        return
    generator, tally = np.random.default_rng(21), Tally()
    # One round is a smoke test, five are the figure.
    for number in range(200 if rounds == 1 else 4_000 * rounds):
        if hardness == "limits":
            _limits(random_problem(generator, rich=number % 2 == 1, pairs=9), tally)
        else:
            _fairness(generator, tally)
    if hardness == "limits":
        yield tally.row("instances", "mismatches", "false infeasibles", "conflicts", "not minimal")
    else:
        yield tally.row("instances", "mismatches", "max-min", "leximin")
    assert not sum(
        tally.seen[name] for name in ("mismatches", "false infeasibles", "not minimal", "unsettled")
    )


def _limits(problem: Problem, tally: Tally) -> None:
    outcome = tally.own(lambda: settle(problem))
    best = tally.brute(lambda: best_values(problem))
    tally.seen["instances"] += 1
    if outcome.status is mm.Status.INFEASIBLE:
        tally.seen["false infeasibles"] += best is not None
        tally.seen["conflicts"] += 1
        tally.seen["not minimal"] += not tally.own(lambda: _is_minimal(problem))
        return
    right = outcome.status is mm.Status.OPTIMAL and keeps_limits(problem, outcome.chosen)
    tally.seen["mismatches"] += not (right and problem.values(outcome.chosen) == best)


def _is_minimal(problem: Problem) -> bool:
    """Tell whether the limits of a conflict clash, and any of them left out, the rest don't."""

    def possible(left_out: int | None) -> bool:
        kept = [clause for place, clause in enumerate(clauses) if place != left_out]
        return next(every_matching(only(problem, kept)), None) is not None

    clauses = conflict_of(problem).clauses
    return not possible(None) and all(map(possible, range(len(clauses))))


def _fairness(generator: np.random.Generator, tally: Tally) -> None:
    """Cover by ranks, then be fair, then count points."""
    mentees, mentors = generator.integers(2, (5, 4)).tolist()
    scores = generator.integers(0, int(generator.choice([4, 101])), (mentees, mentors))
    rank = generator.integers(1, 4, mentees)
    how = str(generator.choice(["max-min", "leximin"]))
    allowed = generator.random((mentees, mentors)) < 0.75
    answer = tally.own(
        lambda: mm.assign(
            scores,
            capacity=generator.integers(0, 3, mentors),
            allowed=allowed,
            priority=rank,
            goals=["cover", "fairness", "points"],
            fairness=how,
        )
    )
    problem = answer.problem
    points = scores[problem.mentee, problem.mentor]

    def worth(chosen: Int64) -> list[int]:
        percent = sorted((100 * points[chosen] // max(int(points.max(initial=0)), 1)).tolist())
        lowest = percent[:1] or [101]
        fair = [*percent, 101] if how == "leximin" else [*lowest, -percent.count(lowest[0])]
        covered = [int((rank[problem.mentee[chosen]] == each).sum()) for each in (3, 2, 1)]
        return [*covered, *fair, int(points[chosen].sum())]

    best = tally.brute(lambda: max(map(worth, every_matching(problem))))
    tally.seen["instances"] += 1
    tally.seen[how] += 1
    tally.seen["mismatches"] += worth(answer.outcome.chosen) != best


def _lottery(seeds: int) -> Row:
    """Draw on the square of three equal people by three, which has six optima."""
    start = time.perf_counter()
    draws = (mm.assign(np.zeros((3, 3)), seed=seed, certify=False) for seed in range(seeds))
    drawn = Counter(tuple(answer.pairs[:, 1].tolist()) for answer in draws)
    seconds = time.perf_counter() - start
    chance = chisquare([drawn[each] for each in permutations(range(3))]).pvalue
    assert chance > 0.001
    return Row(f"{seeds} draws among 6 equals: p = {chance:.3f}", "a second", seconds, 1.0)


register(Case("exact", ((0, 0),), ("limits", "fairness", "lottery"), measure))
