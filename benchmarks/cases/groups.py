"""Groups with cohesion: how near to the bound, and how soon."""

import time
from collections.abc import Iterator

import numpy as np

from benchmarks.registry import Case, Row, register
from mentormatch.analysis.group_certificate import bound_of
from mentormatch.analysis.group_proof import settle_groups
from mentormatch.grouping import GroupProblem, affinity_table
from mentormatch.problem import Bounds

# Seconds and gap allowed.
GOALS = {(10, 40): (60, 0.01), (30, 150): (60, 0.01), (100, 600): (600, 0.03)}


def instance(mentors: int, mentees: int, hardness: str) -> GroupProblem:
    """Draw a school: 60 % of pairs admissible, groups of 3-7 within three years of age.

    ``sparse`` has 10 % of mentees suit each other, which is worth up to a quarter of a
    pair's points; ``dense`` counts the interests that any two mentees share.
    """
    generator = np.random.default_rng(7)
    cells = np.argwhere(generator.random((mentees, mentors)) < 0.6)
    first, second = np.triu_indices(mentees, 1)
    if hardness == "dense":
        chosen = generator.random((mentees, 12)) < 0.3
        likes = chosen.astype(np.int64)
        shared = likes @ likes.T
        either = likes.sum(axis=1)[:, None] + likes.sum(axis=1) - shared
        raw = (1000 * shared // np.maximum(either, 1))[first, second]
    else:
        listed = generator.random(len(first)) < 0.1
        first, second = first[listed], second[listed]
        raw = generator.integers(1, 1001, len(first))
    apart = generator.choice(mentees, (mentees // 5, 2))
    return GroupProblem(
        mentee=cells[:, 0].astype(np.int32),
        mentor=cells[:, 1].astype(np.int32),
        points=generator.integers(0, 1_000_001, len(cells)),
        size=Bounds(np.full(mentors, 3), np.full(mentors, 7)),
        must=np.zeros(mentors, np.bool_),
        mentees=mentees,
        cover=np.ones(mentees, np.int64),
        age=generator.integers(5, 12, mentees),
        span=2,
        apart=apart[apart[:, 0] != apart[:, 1]].astype(np.int32),
        affinity=affinity_table(mentees, first, second, raw.astype(np.int16)),
        cohesion=250,
    )


def measure(mentors: int, mentees: int, hardness: str, rounds: int) -> Iterator[Row]:
    """Measure one run: its time, and the gap by the search and by the checker alone."""
    del rounds  # a run takes long enough to be its own average
    seconds, gap = GOALS[mentors, mentees]
    problem = instance(mentors, mentees, hardness)
    start = time.perf_counter()
    outcome = settle_groups(problem, time_limit=seconds)
    passed = time.perf_counter() - start
    cover, points = outcome.levels
    assert outcome.certificate is not None
    prices = outcome.certificate.prices[-1]
    assert prices is not None
    certified = 1 - points.value / bound_of(problem, "points", prices, (cover.value,))
    yield Row(f"all goals ({cover.value} of {cover.bound} covered)", "limit", passed, seconds, 1.0)
    what = f"gap {outcome.gap:.2%} (certified {certified:.2%})"
    yield Row(what, f"gap of {gap:.0%}", outcome.gap or 0.0, gap, 1.0)


register(
    Case(
        "groups",
        sizes=((10, 40), (30, 150), (100, 600)),
        hardness=("sparse", "dense"),
        measure=measure,
    )
)
