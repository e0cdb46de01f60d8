"""Every grouping of a handful of people, tried one by one: the truth the tests compare with."""

from collections.abc import Iterator
from itertools import combinations

import numpy as np

from mentormatch.grouping import Group, GroupProblem

LARGEST = 8


def best_grouping(problem: GroupProblem) -> tuple[Group, ...] | None:
    """Find the best of all groupings, or None when none keeps the limits.

    Raises
    ------
    ValueError
        When there are more than eight people.
    """
    people = problem.mentees + problem.mentors
    if people > LARGEST:
        raise ValueError(f"{people} people are too many to try every grouping of them")
    return max(_groupings(problem, 0, frozenset()), key=problem.values, default=None)


def _groupings(
    problem: GroupProblem, mentor: int, taken: frozenset[int]
) -> Iterator[tuple[Group, ...]]:
    """Yield each choice of groups for a mentor and all later ones."""
    if mentor == problem.mentors:
        yield ()
        return
    if not problem.must[mentor]:
        yield from _groupings(problem, mentor + 1, taken)
    for group in _groups(problem, mentor, taken):
        for others in _groupings(problem, mentor + 1, taken.union(group.members)):
            yield (group, *others)


def _groups(problem: GroupProblem, mentor: int, taken: frozenset[int]) -> Iterator[Group]:
    free = [who for who in problem.mentee[problem.mentor == mentor].tolist() if who not in taken]
    for size in range(int(problem.size.least[mentor]), int(problem.size.most[mentor]) + 1):
        for members in combinations(free, size):
            if keeps_conditions(problem, mentor, members):
                yield Group(mentor, members)


def keeps_conditions(problem: GroupProblem, mentor: int, members: tuple[int, ...]) -> bool:
    """Tell whether everything that must hold inside a group holds."""
    who = list(members)
    if problem.age is not None and np.ptp(problem.age[who]) > problem.span:
        return False
    if any(first in who and second in who for first, second in problem.apart.tolist()):
        return False
    if any((first in who) != (second in who) for first, second in problem.together.tolist()):
        return False
    if problem.kind is not None and problem.kind_most is not None:
        kinds = problem.kind[who]
        count = np.bincount(kinds[kinds >= 0], minlength=len(problem.kind_most))
        if (count > problem.kind_most).any():
            return False
    if problem.mentee_slots is None or problem.mentor_slots is None:
        return True
    shared = problem.mentee_slots[who].all(axis=0) & problem.mentor_slots[mentor]
    return int(shared.sum()) >= problem.common
