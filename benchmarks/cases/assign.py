"""`assign` on integer arrays against the bare call on the same arcs."""

from collections.abc import Iterator

import numpy as np

import mentormatch as mm
from benchmarks.bare import bare_solve
from benchmarks.registry import Case, Row, race, register


def instance(mentors: int, mentees: int, hardness: str) -> tuple[np.ndarray, np.ndarray]:
    """Draw scores and capacities: ``usual``, ``ties``, ``scarce`` seats or ``popular`` mentors."""
    generator = np.random.default_rng(7)
    top = 10 if hardness == "ties" else 1_000_000
    scores = generator.integers(0, top + 1, (mentees, mentors))
    if hardness == "popular":
        scores = (scores + 3 * generator.integers(0, top + 1, mentors)) // 4
    share = 0.8 if hardness == "scarce" else 1.1
    capacity = generator.multinomial(int(share * mentees), np.full(mentors, 1 / mentors))
    return scores, capacity


def measure(mentors: int, mentees: int, hardness: str, rounds: int) -> Iterator[Row]:
    """Compare `assign`, with and without its certificate."""
    scores, capacity = instance(mentors, mentees, hardness)
    proven = mm.assign(scores, capacity)
    chosen = bare_solve(proven.problem)
    assert proven.problem.values(chosen) == proven.problem.values(proven.outcome.chosen)
    assert proven.verify().accepted
    bare, plain, certified = race(
        rounds,
        lambda: bare_solve(proven.problem),
        lambda: mm.assign(scores, capacity, certify=False),
        lambda: mm.assign(scores, capacity),
    )
    yield Row("assign without certificate", "bare solve", plain, bare, 1.5)
    yield Row("assign with certificate", "bare solve", certified, bare, 2.0)


register(
    Case(
        "assign",
        sizes=((200, 1_000), (1_000, 5_000)),
        hardness=("usual", "ties", "scarce", "popular"),
        measure=measure,
    )
)
