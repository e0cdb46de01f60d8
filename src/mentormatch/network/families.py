"""Which quotas a flow can hold: those that nest, counted in seats."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mentormatch.problem import Int32, Problem, Quota


@dataclass(frozen=True, slots=True, eq=False)
class Family:
    """Quotas of one side that nest or have nobody in common, as a forest.

    Parameters
    ----------
    quotas
        Their positions in the problem, outer ones first.
    parents
        For each, the place in ``quotas`` of the next outer one, or -1.
    first, further
        The place of the innermost quota that counts each person's first pair, and the
        further ones, or -1; shape (people,).
    """

    quotas: tuple[int, ...]
    parents: tuple[int, ...]
    first: Int32
    further: Int32


def families(problem: Problem) -> tuple[Family, Family]:
    """Sort the quotas of mentees and of mentors into forests; leave out what can't be in one.

    Nesting is tested on seats, not on people: a quota that counts people has the first
    seat of each, one that counts pairs has all their seats. Left out are quotas that
    cross, that count both sides or given pairs, or that bound the number of people from
    above: a flow could use a further seat and leave the first one empty.
    """
    mentees: list[int] = []
    mentors: list[int] = []
    for place, quota in enumerate(problem.quotas):
        people = max(len(quota.mentors), len(quota.mentees))
        one_sided = not (len(quota.mentors) and len(quota.mentees)) and not len(quota.pairs)
        if one_sided and (quota.counts == "pairs" or quota.most >= people):
            (mentors if len(quota.mentors) else mentees).append(place)
    return (
        _family(problem.quotas, mentees, problem.mentees),
        _family(problem.quotas, mentors, problem.mentors),
    )


def _family(quotas: Sequence[Quota], places: list[int], people: int) -> Family:
    seats = {place: _seats(quotas[place], people) for place in places}
    kept: list[int] = []
    for place in sorted(places, key=lambda place: -int(seats[place].sum())):
        if all(_nests(seats[place], seats[other]) for other in kept):
            kept.append(place)
    innermost = np.full(2 * people, -1, np.int32)
    parents = []
    for number, place in enumerate(kept):
        mine = np.flatnonzero(seats[place])
        # Outer quotas come first, so whatever holds a seat now is the next outer one.
        parents.append(int(innermost[mine[0]]) if len(mine) else -1)
        innermost[mine] = number
    return Family(tuple(kept), tuple(parents), innermost[:people], innermost[people:])


def _seats(quota: Quota, people: int) -> NDArray[np.bool_]:
    """Mark the seats a quota counts: everybody's first, then everybody's further ones."""
    seats = np.zeros(2 * people, np.bool_)
    who = quota.mentors if len(quota.mentors) else quota.mentees
    seats[who] = True
    if quota.counts == "pairs":
        seats[who + people] = True
    return seats


def _nests(inner: NDArray[np.bool_], outer: NDArray[np.bool_]) -> bool:
    common = inner & outer
    return bool((common == inner).all()) or not bool(common.any())
