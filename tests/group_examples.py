"""Random questions about groups, small enough to try every answer."""

import numpy as np

from mentormatch.grouping import GroupProblem, affinity_table
from mentormatch.problem import Bounds


def random_group_problem(generator: np.random.Generator, *, people: int = 8) -> GroupProblem:
    """Draw a small problem that uses every kind of condition, often in conflict, with many ties."""
    mentors = int(generator.integers(0, 4))
    mentees = int(generator.integers(0, people - mentors + 1))
    density = generator.choice([0.5, 0.8, 1.0])
    cells = np.argwhere(generator.random((mentees, mentors)) < density)
    least = generator.choice([1, 1, 2, 3], mentors)
    top = int(generator.choice([2, 5, 1000, 10**6]))
    lowest = int(generator.choice([0, 0, -top]))
    extra = {}
    if generator.random() < 0.7:
        extra["cover"] = (
            generator.integers(0, 4, mentees)
            if generator.random() < 0.3
            else (np.ones(mentees, np.int64))
        )
    if generator.random() < 0.5:
        extra["age"] = generator.integers(5, 9, mentees)
        extra["span"] = int(generator.integers(0, 3))
    if generator.random() < 0.5 and mentees > 1:
        apart = [generator.choice(mentees, 2, replace=False) for _ in range(2)]
        extra["apart"] = np.array(apart, np.int32)
    if generator.random() < 0.25 and mentees > 1:
        extra["together"] = generator.choice(mentees, (1, 2), replace=False).astype(np.int32)
    if generator.random() < 0.3:
        extra["kind"] = generator.integers(-1, 2, mentees).astype(np.int32)
        extra["kind_most"] = generator.integers(0, 3, 2)
    if generator.random() < 0.3:
        extra["mentee_slots"] = generator.random((mentees, 4)) < 0.7
        extra["mentor_slots"] = generator.random((mentors, 4)) < 0.8
        extra["common"] = int(generator.integers(1, 3))
    if generator.random() < 0.7:
        first, second = np.triu_indices(mentees, 1)
        listed = generator.random(len(first)) < generator.choice([0.2, 1.0])
        raw = generator.integers(0, 1001, int(listed.sum())).astype(np.int16)
        extra["affinity"] = affinity_table(mentees, first[listed], second[listed], raw)
        extra["cohesion"] = int(generator.choice([1, 3, 250]))
    return GroupProblem(
        mentee=cells[:, 0].astype(np.int32),
        mentor=cells[:, 1].astype(np.int32),
        points=generator.integers(lowest, top + 1, len(cells)),
        size=Bounds(least, least + generator.integers(0, 4, mentors)),
        must=generator.random(mentors) < generator.choice([0.0, 0.0, 0.3]),
        mentees=mentees,
        **extra,
    )
