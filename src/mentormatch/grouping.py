"""What is asked when a mentor leads a group: integers and positions, nothing about people.

A :class:`GroupProblem` is one question: who may join whom, how large a group is,
what must hold inside a group, and how well mentees suit each other. The solvers
and the independent checker read the same problem, and neither reads what the
other built.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from math import lcm
from typing import Self

import numpy as np
from numpy.typing import NDArray

from mentormatch.problem import Bounds, Int32, Int64

Int16 = NDArray[np.int16]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, order=True)
class Group:
    """A mentor and the mentees of the group, all by position; members ascend."""

    mentor: int
    members: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class GroupPrices:
    """What shows that no grouping reaches more of a goal: a price per mentee.

    Parameters
    ----------
    unit
        All other numbers are in this fraction of the goal's own unit.
    mentees
        Price of each mentee, not negative; shape (mentees,).
    floor
        What a unit of coverage is worth while points are counted, not negative.
    """

    unit: int
    mentees: Int64
    floor: int = 0


@dataclass(frozen=True, slots=True)
class Ladder:
    """Several goals of coverage as one number, the most important first.

    Parameters
    ----------
    steps
        What a mentee counts in each goal: more than all later goals can reach together.
    required
        How many mentees the first goal must reach, because it stands for limits; 0 where
        it is a goal like the others.
    """

    steps: tuple[int, ...] = ()
    required: int = 0

    @classmethod
    def of(cls, counted: Sequence[Bools], required: int = 0) -> Self:
        """Build a ladder for goals that count these mentees; each of shape (mentees,)."""
        steps: list[int] = []
        step = 1
        for mentees in reversed(counted):
            steps.insert(0, step)
            step *= 1 + int(mentees.sum())
        return cls(tuple(steps), required)

    def weights(self, counted: Sequence[Bools]) -> Int64:
        """Say what each mentee counts in all goals together; shape (mentees,)."""
        rows = [step * who.astype(np.int64) for step, who in zip(self.steps, counted, strict=True)]
        total: Int64 = np.stack(rows).sum(axis=0)
        return total

    def split(self, value: int) -> tuple[int, ...]:
        """Return what each goal counts, of what they count together."""
        found = []
        for step in self.steps:
            count, value = divmod(value, step)
            found.append(count)
        return tuple(found)

    def split_bound(self, value: int, bound: int) -> tuple[int | None, ...]:
        """Bound each goal while the earlier ones keep their values; None after an open one."""
        found: list[int | None] = []
        for step, count in zip(self.steps, self.split(value), strict=True):
            found.append(bound // step)
            if bound // step > count:
                break
            bound -= count * step
        return (*found, *[None] * (len(self.steps) - len(found)))


def _nobody() -> Int32:
    return np.empty((0, 2), np.int32)


@dataclass(frozen=True, slots=True, eq=False)
class GroupProblem:
    """One question about groups in integers; the arrays become read-only.

    A mentor leads one group at most, and a mentee joins one at most.

    Parameters
    ----------
    mentee, mentor
        The two people of every admissible pair, by position; shape (pairs,), in
        ascending order of (mentee, mentor), no pair twice.
    points
        What each pair is worth; shape (pairs,).
    size
        Least (1 or more) and most mentees of a group; length (mentors,).
    must
        Which mentors have to lead a group; shape (mentors,).
    cover
        What it counts that a mentee is in a group, not negative; shape
        (mentees,). Coverage then comes before points; None leaves points alone.
    age, span
        Ages in one group differ by ``span`` at most; no such limit when None.
    apart
        Mentees who can't be in one group; shape (pairs of mentees, 2).
    together
        Mentees of whom a group has both or neither; shape (pairs of mentees, 2).
    kind, kind_most
        Kind of each mentee, or -1, and how many of each kind a group may have.
    mentee_slots, mentor_slots, common
        Free time slots, shape (people, slots), of which all people of a group,
        the mentor included, share ``common`` at least.
    affinity
        How well two mentees suit each other, 0..1000; symmetric, zero on the
        diagonal; shape (mentees, mentees). None when that doesn't count.
    cohesion
        Weight of a mentee's mean affinity to the mates in the group.
    """

    mentee: Int32
    mentor: Int32
    points: Int64
    size: Bounds
    must: Bools
    mentees: int
    cover: Int64 | None = None
    age: Int64 | None = None
    span: int = 0
    apart: Int32 = field(default_factory=_nobody)
    together: Int32 = field(default_factory=_nobody)
    kind: Int32 | None = None
    kind_most: Int64 | None = None
    mentee_slots: Bools | None = None
    mentor_slots: Bools | None = None
    common: int = 0
    affinity: Int16 | None = None
    cohesion: int = 0

    def __post_init__(self) -> None:
        for entry in fields(self):
            value = getattr(self, entry.name)
            if isinstance(value, np.ndarray):
                view = value.view()
                view.setflags(write=False)
                object.__setattr__(self, entry.name, view)

    @property
    def mentors(self) -> int:
        """Number of mentors."""
        return len(self.size.most)

    @property
    def scale(self) -> int:
        """What points are multiplied by, so that the mean over 1, 2, ... mates is an integer.

        The least common multiple of every possible number of mates: 60 for groups
        of up to seven.
        """
        return lcm(*range(1, int(self.size.most.max(initial=1))))

    @property
    def goals(self) -> tuple[str, ...]:
        """What is maximised, the most important first."""
        return ("points",) if self.cover is None else ("cover", "points")

    def pair_points(self) -> tuple[Bools, Int64]:
        """Write the pairs as tables: who may join whom, and the points; (mentees, mentors)."""
        allowed = np.zeros((self.mentees, self.mentors), np.bool_)
        allowed[self.mentee, self.mentor] = True
        points = np.zeros(allowed.shape, np.int64)
        points[self.mentee, self.mentor] = self.points
        return allowed, points

    def values(self, groups: Iterable[Group]) -> tuple[int, ...]:
        """Evaluate every goal on some groups, in exact integers; points are scaled."""
        place = self.mentee.astype(np.int64) * self.mentors + self.mentor
        covered = total = 0
        for group in groups:
            who = np.array(group.members, np.int64)
            pairs = np.searchsorted(place, who * self.mentors + group.mentor)
            covered += 0 if self.cover is None else sum(self.cover[who].tolist())
            total += self.scale * sum(self.points[pairs].tolist()) + self.cohesion_of(group.members)
        return (total,) if self.cover is None else (covered, total)

    def cohesion_of(self, members: tuple[int, ...]) -> int:
        """Add up what each member gains from the mean affinity to the mates, scaled."""
        if self.affinity is None or len(members) < 2:
            return 0
        between = int(self.affinity[np.ix_(members, members)].sum(dtype=np.int64))
        return self.cohesion * (self.scale // (len(members) - 1)) * between


def affinity_table(mentees: int, first: Int32, second: Int32, raw: Int16) -> Int16:
    """Write a list of mutual affinities as a symmetric table; pairs not listed have none."""
    table = np.zeros((mentees, mentees), np.int16)
    table[first, second] = raw
    table[second, first] = raw
    return table
