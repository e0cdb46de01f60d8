"""Random questions with known answers, for the tests of this library and of what is built on it."""

from dataclasses import replace

import numpy as np

from mentormatch.problem import Bounds, Int32, Int64, Objective, Parts, Problem, Quota


def random_problem(
    generator: np.random.Generator, *, pairs: int = 10, rich: bool = False
) -> Problem:
    """Draw a small problem that uses every kind of limit, often in conflict, with many ties.

    Parameters
    ----------
    generator
        Where randomness comes from.
    pairs
        At most so many admissible pairs, so that every matching can be tried.

    rich
        Use limits that no flow holds as well: pairs that exclude or need each other, loads of
        none or enough, quotas that cross or count people on both sides, parts of mentors'
        pairs that cross.

    Returns
    -------
    Problem
        Up to four mentees and three mentors; about a quarter have no solution.
    """
    mentees, mentors = (int(size) for size in generator.integers(0, (5, 4)))
    density = generator.choice([0.3, 0.7, 1.0])
    cells = np.argwhere(generator.random((mentees, mentors)) < density)[:pairs]
    mentee, mentor = cells[:, 0].astype(np.int32), cells[:, 1].astype(np.int32)
    size = len(cells)
    quotas = _quotas(generator, mentees, mentors)
    several = generator.random() < 0.4
    demand = generator.integers(0, 3, mentees) if several else np.ones(mentees, np.int64)
    problem = Problem(
        mentee=mentee,
        mentor=mentor,
        capacity=Bounds(
            _sometimes(generator, 0.15, mentors) * generator.integers(1, 3, mentors),
            generator.choice([0, 1, 1, 2, 2, 3], mentors),
        ),
        demand=Bounds(_sometimes(generator, 0.07, mentees), demand),
        objectives=_objectives(generator, mentees, mentors, size, quotas),
        pinned=np.flatnonzero(_sometimes(generator, generator.choice([0, 0, 0.15]), size)),
        banned=np.flatnonzero(_sometimes(generator, generator.choice([0, 0.1]), size)),
        mentor_parts=_parts(generator, mentor, mentors),
        mentee_parts=_parts(generator, mentee, mentees),
        quotas=quotas,
    )
    return _enriched(generator, problem) if rich else problem


def _sometimes(generator: np.random.Generator, chance: float, size: int) -> Int64:
    return (generator.random(size) < chance).astype(np.int64)


def _objectives(
    generator: np.random.Generator,
    mentees: int,
    mentors: int,
    pairs: int,
    quotas: tuple[Quota, ...],
) -> tuple[Objective, ...]:
    """Draw goals in order; small scores make ties, some are negative, some huge."""
    top = int(generator.choice([2, 5, 1000, 10**12]))
    least = int(generator.choice([0, 0, -top]))
    points = Objective("points", pair=generator.integers(least, top + 1, pairs))
    cover = Objective("cover", first=generator.integers(1, 4, mentees))
    fill = Objective("fill", further=np.ones(mentees, np.int64))
    goals = [(points,), (cover, points), (cover, fill, points)][generator.integers(3)]
    if quotas:
        goals = (Objective("quotas", quota=generator.integers(0, 3, len(quotas))), *goals)
        goals = goals if generator.random() < 0.5 else (*goals[1:], goals[0])
    if generator.random() < 0.2:
        goals += (Objective("even", square=generator.integers(0, 3, mentors)),)
    if generator.random() < 0.3:
        goals += (Objective("lottery", pair=generator.integers(-1000, 1000, pairs)),)
    return goals


def _quotas(generator: np.random.Generator, mentees: int, mentors: int) -> tuple[Quota, ...]:
    """Draw quotas that nest: a part of one side, sometimes a part of that, people or pairs."""
    if generator.random() < 0.5:
        return ()
    quotas = []
    for side, people in (("mentors", mentors), ("mentees", mentees)):
        who = np.arange(people)
        for counts in ("pairs", "people"):
            who = who[generator.random(len(who)) < 0.7]
            if generator.random() < 0.4:
                continue
            most = len(who) if counts == "people" else int(generator.integers(1, 9))
            least = int(generator.random() < 0.15) * int(generator.integers(0, 3))
            wanted = int(generator.integers(0, 4))
            quotas.append(Quota(least, most, counts=counts, wanted=wanted, **{side: who}))
    return tuple(quotas)


def _parts(generator: np.random.Generator, person: Int32, people: int) -> Parts | None:
    """Split some people's pairs at random into two parts with bounds of their own."""
    if people == 0 or generator.random() < 0.6:
        return None
    owners = np.repeat(np.arange(people, dtype=np.int32), 2)
    owners = owners[generator.random(len(owners)) < 0.7]
    of = np.full(len(person), -1, np.int32)
    for pair, who in enumerate(person):
        own = np.flatnonzero(owners == who)
        if len(own):
            of[pair] = generator.choice(np.append(own, -1))
    most = generator.integers(0, 3, len(owners))
    least = np.minimum(most, _sometimes(generator, 0.05, len(owners)))
    return Parts(of, owners, Bounds(least, most))


def _enriched(generator: np.random.Generator, problem: Problem) -> Problem:
    """Add limits that no flow holds."""
    quotas = list(problem.quotas)
    if generator.random() < 0.5:
        quotas.append(_any_role(generator, problem.mentors, problem.mentees))
    if generator.random() < 0.3:
        most = int(generator.integers(0, max(problem.mentors, 1)))
        quotas.append(Quota(0, most, mentors=np.arange(problem.mentors)))
    new = len(quotas) - len(problem.quotas)
    objectives = tuple(
        replace(goal, quota=np.append(goal.quota, generator.integers(0, 2, new)))
        if goal.quota is not None
        else goal
        for goal in problem.objectives
    )
    return replace(
        problem,
        quotas=tuple(quotas),
        objectives=objectives,
        exclusive=_rows(generator, problem.size, 4),
        together=_rows(generator, problem.size, 2),
        or_none=generator.integers(1, 4, problem.mentors) if generator.random() < 0.4 else None,
        crossing=_crossing(generator, problem),
    )


def _crossing(generator: np.random.Generator, problem: Problem) -> tuple[Parts, ...]:
    """Draw further parts of mentors' pairs, whose least may only bind who has any pair."""
    drawn = (_parts(generator, problem.mentor, problem.mentors) for _ in range(2))
    return tuple(
        replace(
            parts,
            bounds=Bounds(generator.integers(0, 2, len(parts.owner)), parts.bounds.most + 1),
            if_any=bool(generator.random() < 0.5),
        )
        for parts in drawn
        if parts is not None
    )


def _any_role(generator: np.random.Generator, mentors: int, mentees: int) -> Quota:
    """Draw a quota over both sides, on which the first few people are the same."""
    mine = np.flatnonzero(generator.random(mentors) < 0.8)
    theirs = np.flatnonzero(generator.random(mentees) < 0.8)
    both = np.intersect1d(mine, theirs)[generator.integers(0, 2) :]
    least = int(generator.integers(0, 3))
    most = int(generator.integers(least, len(mine) + len(theirs) + least + 1))
    wanted = int(generator.random() < 0.1) * 2
    same = np.stack([both, both], axis=1)
    return Quota(least, most, mine, theirs, same=same, wanted=wanted)


def _rows(generator: np.random.Generator, size: int, most: int) -> Int64:
    """Draw a few rows of two different pairs."""
    if size < 2:
        return np.empty((0, 2), np.int64)
    return np.array(
        [
            generator.choice(size, size=2, replace=False)
            for _ in range(int(generator.integers(0, most)))
        ],
        np.int64,
    ).reshape(-1, 2)
