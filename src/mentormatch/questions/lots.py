"""Lots among equal optima, as the last goal of a problem."""

from collections.abc import Sequence
from dataclasses import replace
from numbers import Integral

from mentormatch.errors import MentorMatchError, Place
from mentormatch.network.lottery import BITS, tickets
from mentormatch.network.model import Layout
from mentormatch.problem import Objective, Problem
from mentormatch.solvers.flow import largest_gain


def seed_of(seed: object) -> int | None:
    """Return a seed as a plain number; raise MentorMatchError if it is no whole one."""
    if seed is None:
        return None
    if isinstance(seed, bool) or not isinstance(seed, Integral):
        raise MentorMatchError.of("solver.seed", Place(field="seed"), found=type(seed).__name__)
    return int(seed)


def with_lots(
    problem: Problem, seed: int, mentors: Sequence[str], mentees: Sequence[str]
) -> Problem:
    """Draw lots, with as many bits as stay exact in a network of this size.

    Parameters
    ----------
    problem
        The question with all other goals.
    seed
        What to draw them with.
    mentors, mentees
        Everybody's id, in the order of the problem.
    """
    bits = min(BITS, largest_gain(Layout.of(problem).nodes).bit_length() - 1)
    lots = tickets(seed, mentors, mentees, problem.mentor, problem.mentee, bits=bits)
    return replace(problem, objectives=(*problem.objectives, Objective("lottery", pair=lots)))
