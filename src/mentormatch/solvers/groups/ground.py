"""A group problem laid out for the search: tables by mentor, and one goal in numbers."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Self

import numpy as np

from mentormatch.errors import ScoreError
from mentormatch.grouping import Bools, Group, GroupPrices, GroupProblem
from mentormatch.problem import Int64

# Prices are rounded to this fraction of a goal's unit, where that fits.
UNIT = 5040
LARGEST = 1 << 47
# How many times what a group is worth a unit of coverage may cost.
RANKED = 4
# A mentor who must lead a group counts for so many mentees.
LEADS = 8


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """What every search for groups looks up.

    Parameters
    ----------
    problem
        The question.
    unit
        Fraction of a goal's unit that prices are counted in.
    allowed, points
        Who may join whom, slots and kinds included, and scaled points; (mentees, mentors).
    mates
        Which two mentees may be in one group; shape (mentees, mentees).
    together
        Which two mentees need each other in a group; shape (mentees, mentees).
    raw
        Affinities; shape (mentees, mentees).
    largest
        Largest scaled points of a pair, whatever their sign.
    """

    problem: GroupProblem
    unit: int
    allowed: Bools
    points: Int64
    mates: Bools
    together: Bools
    raw: Int64
    largest: int

    @classmethod
    def of(cls, problem: GroupProblem) -> Self:
        """Lay a problem out.

        Raises
        ------
        ScoreError
            When a group's points are too large to add up exactly.
        """
        allowed, points = problem.pair_points()
        if problem.mentee_slots is not None and problem.mentor_slots is not None:
            slots = problem.mentee_slots.astype(np.int64) @ problem.mentor_slots.T
            allowed &= slots >= problem.common
        if problem.kind is not None and problem.kind_most is not None:
            allowed[np.append(problem.kind_most, 1)[problem.kind] == 0] = False
        mates = ~np.eye(problem.mentees, dtype=np.bool_)
        mates[problem.apart[:, 0], problem.apart[:, 1]] = False
        mates[problem.apart[:, 1], problem.apart[:, 0]] = False
        together = np.zeros(mates.shape, np.bool_)
        together[problem.together[:, 0], problem.together[:, 1]] = True
        together[problem.together[:, 1], problem.together[:, 0]] = True
        for who in np.unique(problem.together).tolist():  # whoever needs one needs all of the set
            together |= together[:, [who]] & together[who]
        np.fill_diagonal(together, False)
        raw = np.zeros(mates.shape, np.int64)
        if problem.age is not None:
            mates &= np.abs(problem.age[:, None] - problem.age) <= problem.span
        if problem.affinity is not None:
            raw += problem.affinity
        largest = int(np.abs(points).max(initial=1))
        group = int(problem.size.most.max(initial=1)) * problem.scale
        worth = group * (largest + 1000 * problem.cohesion)
        if worth >= LARGEST:
            limit = LARGEST // group - 1000 * problem.cohesion
            raise ScoreError.of("score.range", largest=largest, limit=limit)
        # A rank of coverage that counts many times another has a price as many times as large.
        rank = 1 if problem.cover is None else int(problem.cover.max(initial=1))
        unit = max(1, min(UNIT, LARGEST // (worth if rank <= 1 else RANKED * worth * rank)))
        points *= problem.scale
        return cls(problem, unit, allowed, points, mates, together, raw, problem.scale * largest)

    def cover(self) -> Int64:
        """Return what covering each mentee counts; nothing where coverage is no goal."""
        zeros = np.zeros(self.problem.mentees, np.int64)
        return zeros if self.problem.cover is None else self.problem.cover


@dataclass(frozen=True, slots=True, eq=False)
class Aim:
    """One goal as the search sees it: what a group gains beyond the prices of its members.

    Parameters
    ----------
    ground
        The problem.
    goal
        ``lead``, ``cover`` or ``points``.
    earlier
        The coverage that must be kept while points are maximised.
    """

    ground: Ground
    goal: str
    earlier: int = 0

    @property
    def bonus(self) -> Int64:
        """What counts that a mentor leads a group at all; shape (mentors,)."""
        return (self.ground.problem.must & (self.goal == "lead")).astype(np.int64)

    @property
    def cohesion(self) -> int:
        """Weight of mean affinity under this goal."""
        return self.ground.problem.cohesion if self.goal == "points" else 0

    @property
    def dearest(self) -> int:
        """A price above what two mentees can differ by."""
        if self.goal != "points":
            return 4 * int(self.ground.cover().max(initial=1))
        return 4 * (self.ground.largest + 1000 * self.cohesion * self.ground.problem.scale)

    @property
    def forced(self) -> Bools:
        """Which mentors can't stay free; while leaders are counted, everybody can."""
        return self.ground.problem.must & (self.goal != "lead")

    def gains(self, prices: GroupPrices) -> Int64:
        """Return what each member gains beyond its price; shape (mentees, mentors)."""
        gain = -np.repeat(prices.mentees[:, None], self.ground.problem.mentors, axis=1)
        if self.goal == "cover":
            gain += prices.unit * self.ground.cover()[:, None]
        if self.goal == "points":
            gain += prices.unit * self.ground.points + prices.floor * self.ground.cover()[:, None]
        return gain

    def value(self, group: Group) -> int:
        """Return what a group counts towards this goal."""
        who = list(group.members)
        if self.goal == "lead":
            return int(self.ground.problem.must[group.mentor])
        if self.goal == "cover":
            return int(self.ground.cover()[who].sum())
        value = int(self.ground.points[who, group.mentor].sum())
        if self.cohesion and len(who) > 1:
            between = int(self.ground.raw[np.ix_(who, who)].sum())
            value += self.cohesion * (self.ground.problem.scale // (len(who) - 1)) * between
        return value

    def priced(self, group: Group, prices: GroupPrices) -> int:
        """Return what a group gains beyond the prices of its members, in units of the prices."""
        who = list(group.members)
        cover = prices.floor * int(self.ground.cover()[who].sum())
        return prices.unit * self.value(group) + cover - int(prices.mentees[who].sum())

    def total(self, groups: Iterable[Group]) -> int:
        """Return what groups count towards this goal together."""
        return sum(map(self.value, groups))

    def soft(self, group: Group) -> int:
        """Return a group's value where coverage and leaders are paid for, not demanded."""
        cover = int(self.ground.cover()[list(group.members)].sum())
        lead = int(self.ground.problem.must[group.mentor])
        return self.value(group) + self.dearest * (cover + LEADS * lead)

    def worth(self, groups: Collection[Group]) -> int:
        """Return what groups count, less a fine for coverage and leaders they lack."""
        cover = sum(int(self.ground.cover()[list(group.members)].sum()) for group in groups)
        missing = int(self.forced.sum()) - sum(bool(self.forced[g.mentor]) for g in groups)
        lacking = max(0, self.earlier - cover) + LEADS * missing
        return self.total(groups) - self.dearest * lacking

    def bound(self, prices: GroupPrices, best: list[int]) -> int:
        """Bound the goal, in units of the prices, by the best priced group of every mentor."""
        total = int(prices.mentees.sum()) - prices.floor * self.earlier
        for most, forced in zip(best, self.forced.tolist(), strict=True):
            total += most if forced else max(0, most)
        return total
