"""Stable matching against one flow on the same pairs, and against the package `matching`.

That package isn't a dependency: ``pip install --no-deps matching`` for its rows.
"""

import importlib.util
import sys
import time
from collections.abc import Iterator

import numpy as np

from benchmarks.bare import bare_solve
from benchmarks.registry import Case, Row, race, register
from mentormatch.analysis.stability import is_stable
from mentormatch.network.lottery import tickets
from mentormatch.problem import Bounds, Objective, Problem
from mentormatch.solvers.stable import preferences, stable_matching

SMALLEST = (40, 200)
PATIENCE = 60.0  # seconds that the other package gets


def instance(mentors: int, mentees: int, hardness: str) -> tuple[np.ndarray, ...]:
    """Draw everybody's keys: ``usual``, ``popular`` people on both sides or ``scarce`` seats."""
    generator = np.random.default_rng(7)
    top = 1_000_000
    mentee_key, mentor_key = generator.integers(0, top, (2, mentees, mentors))
    if hardness == "popular":
        mentee_key = mentee_key + 3 * generator.integers(0, top, mentors)
        mentor_key = mentor_key + 3 * generator.integers(0, top, (mentees, 1))
    seats = -(-mentees // mentors) - (hardness == "scarce")
    return (
        np.repeat(np.arange(mentees, dtype=np.int32), mentors),
        np.tile(np.arange(mentors, dtype=np.int32), mentees),
        mentee_key.ravel(),
        mentor_key.ravel(),
        np.full(mentors, seats),
    )


def measure(mentors: int, mentees: int, hardness: str, rounds: int) -> Iterator[Row]:
    """Compare both directions, and the way from choices and points, with the plain flow call."""
    arrays = instance(mentors, mentees, hardness)
    mentee, mentor, points, _, capacity = arrays
    problem = Problem(
        mentee=mentee,
        mentor=mentor,
        capacity=Bounds(np.zeros(mentors, np.int64), capacity),
        demand=Bounds(np.zeros(mentees, np.int64), np.ones(mentees, np.int64)),
        objectives=(
            Objective("cover", first=np.ones(mentees, np.int64)),
            Objective("points", pair=points),
        ),
    )
    ids = [[str(who) for who in range(people)] for people in (mentors, mentees)]
    drawn = tickets(1, *ids, mentor, mentee)
    named = np.random.default_rng(8).choice([0, 1, 2, 3], problem.size, p=[0.97, 0.01, 0.01, 0.01])

    def from_choices() -> np.ndarray:
        wanted = preferences(named, named, points, drawn)
        return stable_matching(mentee, mentor, wanted.mentee_key, wanted.mentor_key, capacity)

    for best_for in ("mentees", "mentors"):
        assert is_stable(*arrays, chosen=stable_matching(*arrays, best_for=best_for))
    bare, *times = race(
        rounds,
        lambda: bare_solve(problem),
        lambda: stable_matching(*arrays),
        lambda: stable_matching(*arrays, best_for="mentors"),
        from_choices,
    )
    goals = (2.0, 2.0, None) if (mentors, mentees) != SMALLEST else (None,) * 3
    whats = ("best for mentees", "best for mentors", "choices, points, lottery included")
    for what, seconds, goal in zip(whats, times, goals, strict=True):
        yield Row(what, "bare solve", seconds, bare, goal)
    if hardness == "usual":
        yield from against_matching((mentors, mentees), rounds)


def against_matching(size: tuple[int, int], rounds: int) -> Iterator[Row]:
    """Compare with the other package, on the full run at the largest step it has time for."""
    if importlib.util.find_spec("matching") is None:
        print("stable: the package matching isn't installed; its rows are left out")
        return
    at, taken = SMALLEST, other_package(*SMALLEST)
    growth = 1.25
    while size != SMALLEST and taken[0] * growth**3 < PATIENCE:  # that is what a step costs
        larger = int(at[0] * growth), int(at[1] * growth)
        longer = other_package(*larger)
        if longer[0] > PATIENCE:
            break
        at, taken = larger, longer
    whole, solved, theirs = taken
    arrays = instance(*at, "usual")
    assert np.array_equal(stable_matching(*arrays), theirs)
    (ours,) = race(rounds, lambda: stable_matching(*arrays))
    for what, seconds in (("matching", whole), ("matching, solve() alone", solved)):
        against = f"{what}: {seconds / ours:.0f} times as long"
        goal = None if at == SMALLEST else 1 / 50
        yield Row(f"best for mentees at {at[0]}x{at[1]}", against, ours, seconds, goal)


def other_package(mentors: int, mentees: int) -> tuple[float, float, np.ndarray]:
    """Time HospitalResident from sorted lists on, and its solve() alone; return its pairs too."""
    from matching.games import HospitalResident  # noqa: PLC0415 - may not be installed

    _, _, *keys, capacity = instance(mentors, mentees, "usual")
    mentee_key, mentor_key = (key.reshape(mentees, mentors) for key in keys)
    lists = (
        dict(enumerate(np.argsort(-mentee_key, axis=1, kind="stable").tolist())),
        dict(enumerate(np.argsort(-mentor_key.T, axis=1, kind="stable").tolist())),
        dict(enumerate(capacity.tolist())),
    )
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(10_000_000)  # it deep-copies people who point at each other
    try:
        start = time.perf_counter()
        game = HospitalResident.create_from_dictionaries(*lists)
        ready = time.perf_counter()
        matched = game.solve(optimal="resident")
        done = time.perf_counter()
    finally:
        sys.setrecursionlimit(limit)
    pairs = [who.name * mentors + at.name for at, those in matched.items() for who in those]
    return done - start, done - ready, np.sort(pairs)


register(
    Case(
        "stable",
        sizes=(SMALLEST, (400, 2_000)),
        hardness=("usual", "popular", "scarce"),
        measure=measure,
    )
)
