"""How a matching ended and what it is: ids and plain numbers."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, Self

import numpy as np

from mentormatch.problem import Int64, Problem


class Status(StrEnum):
    """How a solve ended; an outcome, never an exception."""

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    INFEASIBLE = "infeasible"
    NO_SOLUTION = "no_solution"


@dataclass(frozen=True, slots=True)
class Level:
    """One goal of the policy and how far it was reached.

    Parameters
    ----------
    goal
        Name of the goal, such as ``cover`` or ``points``.
    value
        What the matching reaches, an exact integer.
    bound
        No matching that keeps the earlier goals reaches more than this; None while an
        earlier goal is open.
    proof
        ``certified``, ``solver_proved`` or ``best_found``.
    unit
        Value and bound are counted in this fraction of a point or person; 1 unless
        mentees of a group suit each other by so much on average.
    """

    goal: str
    value: int
    bound: int | None
    proof: str
    unit: int = 1

    @property
    def whole(self) -> int:
        """The value in whole points or people, rounded down."""
        return self.value // self.unit

    @property
    def whole_bound(self) -> int | None:
        """The bound in whole points or people, rounded up."""
        return None if self.bound is None else -(-self.bound // self.unit)

    @property
    def gap(self) -> int | None:
        """How much is missing from the bound, rounded up: 0 only where nothing is."""
        return None if self.bound is None else -((self.value - self.bound) // self.unit)


@dataclass(frozen=True, slots=True)
class Stopped:
    """What ended a search before it was done.

    Parameters
    ----------
    by
        The time limit, or somebody's Ctrl-C.
    seconds
        The limit, or how long it had taken by then.
    """

    by: Literal["time", "interrupt"]
    seconds: float


@dataclass(frozen=True, slots=True)
class Pair:
    """A mentor and a mentee, the form they meet in and their points."""

    mentor: str
    mentee: str
    form: str
    points: int


@dataclass(frozen=True, slots=True)
class Group:
    """A mentor with the mentees of a group.

    Parameters
    ----------
    mentor
        Who leads it.
    mentees
        Who is in it, in the order of codes.
    form
        The form they meet in.
    points
        Points of all its pairs, and cohesion.
    cohesion
        What the mentees' suiting each other adds, rounded down to a whole point.
    co_mentor
        Who stands beside the mentor, if anybody does.
    """

    mentor: str
    mentees: tuple[str, ...]
    form: str
    points: int
    cohesion: int = 0
    co_mentor: str | None = None


@dataclass(frozen=True, slots=True)
class Matching:
    """The chosen pairs, ids only.

    Parameters
    ----------
    pairs
        Every chosen pair, ordered by mentor and mentee.
    unmatched
        Mentees with no mentor.
    underserved
        ``(mentee, has, wants)`` for mentees with a mentor but fewer than they may have.
    groups
        The groups that pairs of some forms make up, ordered by mentor.
    """

    pairs: tuple[Pair, ...] = ()
    unmatched: tuple[str, ...] = ()
    underserved: tuple[tuple[str, int, int], ...] = ()
    groups: tuple[Group, ...] = ()

    @classmethod
    def of(
        cls,
        problem: Problem,
        chosen: Int64,
        pairs: tuple[Pair, ...],
        mentees: tuple[str, ...],
    ) -> Self:
        """Put named pairs together with those who got no mentor, or fewer than they may have."""
        has, wants = problem.served(chosen), problem.demand.most
        short = np.flatnonzero((has > 0) & (has < wants)).tolist()
        return cls(
            pairs=pairs,
            unmatched=tuple(mentees[who] for who in np.flatnonzero(has == 0).tolist()),
            underserved=tuple((mentees[who], int(has[who]), int(wants[who])) for who in short),
        )
