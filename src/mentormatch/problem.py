"""One matching question in integers: nothing about people, nothing about solvers.

Who may meet whom, how many seats there are, what is to be maximised in which order. Both
the solvers and the independent checker read the same problem, and neither reads what the
other built.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Bounds:
    """Least and most, elementwise; both int64 of one length."""

    least: Int64
    most: Int64


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """Bounds on some of a person's pairs, such as those of one form.

    Parameters
    ----------
    of
        The part that each pair belongs to, or -1; shape (pairs,).
    owner
        The person that each part belongs to; shape (parts,).
    bounds
        How many pairs of each part may be chosen; length (parts,).
    limit
        Which limit each part comes from, counted by whoever asks; shape (parts,).
    if_any
        The least only binds an owner who has any pair at all.
    """

    of: Int32
    owner: Int32
    bounds: Bounds
    limit: Int32 | None = None
    if_any: bool = False

    def count(self, chosen: Int64) -> Int64:
        """Count the pairs of each part in a choice of pair positions; shape (parts,)."""
        part = self.of[chosen]
        return np.bincount(part[part >= 0], minlength=len(self.owner)).astype(np.int64)

    def kept(self, counted: Int64, load: Int64) -> NDArray[np.bool_]:
        """Tell which parts' bounds hold, given everybody's number of pairs; shape (parts,)."""
        enough = counted >= self.bounds.least
        if self.if_any:
            enough |= load[self.owner] == 0
        return enough & (counted <= self.bounds.most)


def _nobody() -> Int64:
    return np.empty(0, np.int64)


def _no_two() -> Int64:
    return np.empty((0, 2), np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Quota:
    """A bound on how many of some people take part, or on how many pairs they are in.

    Parameters
    ----------
    least, most
        Bounds on the count, both inclusive.
    mentors, mentees
        Whom it counts on either side, by position, ascending.
    counts
        ``people``: whoever is in at least one pair; ``pairs``: every pair of theirs.
    same
        (mentor, mentee) positions of people who are counted on both sides, but once;
        shape (k, 2).
    wanted
        An objective may count up to so many.
    pairs
        Pairs that it counts, by position, ascending; then it counts nothing else.
    """

    least: int
    most: int
    mentors: Int64 = field(default_factory=_nobody)
    mentees: Int64 = field(default_factory=_nobody)
    counts: Literal["people", "pairs"] = "people"
    same: Int64 = field(default_factory=_no_two)
    wanted: int = 0
    pairs: Int64 = field(default_factory=_nobody)

    def count(self, load: Int64, served: Int64) -> int:
        """Count in a matching that gives mentors this load and mentees so many mentors."""
        mine, theirs = load[self.mentors], served[self.mentees]
        if self.counts == "pairs":
            return int(mine.sum() + theirs.sum())
        twice = (load[self.same[:, 0]] > 0) & (served[self.same[:, 1]] > 0)
        return int((mine > 0).sum() + (theirs > 0).sum() - twice.sum())


@dataclass(frozen=True, slots=True, eq=False)
class Objective:
    """What one goal counts; None stands for zero everywhere.

    Parameters
    ----------
    goal
        Name of the goal.
    first
        Gained when a mentee gets a first mentor; shape (mentees,).
    further
        Gained for every further mentor of a mentee; shape (mentees,).
    pair
        Gained when a pair is chosen; shape (pairs,).
    quota
        Gained per person or pair that a quota counts, up to what it wants; shape (quotas,).
    square
        Lost per square of a mentor's load, so that even loads are better; shape (mentors,).
    """

    goal: str
    first: Int64 | None = None
    further: Int64 | None = None
    pair: Int64 | None = None
    quota: Int64 | None = None
    square: Int64 | None = None

    def times(self, factor: int) -> "Objective":
        """Return the same goal with every gain so many times as large."""
        gains = {
            entry.name: gain if gain is None else gain * factor
            for entry in fields(self)
            if entry.name != "goal"
            for gain in [getattr(self, entry.name)]
        }
        return Objective(self.goal, **gains)


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """One matching question in integers.

    Parameters
    ----------
    mentee, mentor
        The two people of every admissible pair, by position; shape (pairs,), in
        ascending order of (mentee, mentor), no pair twice.
    capacity
        How many mentees each mentor takes; length (mentors,).
    demand
        How many mentors each mentee gets; length (mentees,).
    objectives
        What is maximised, the most important first. A first mentor never counts
        less than a further one, over all objectives taken in order.
    pinned, banned
        Positions of pairs that must, or must not, be chosen.
    mentor_parts, mentee_parts
        Bounds on parts of a person's pairs.
    quotas
        Bounds on groups of people.
    exclusive
        Pairs of pair positions of which at most one may be chosen; shape (k, 2).
    together
        Pairs of pair positions of which both or neither is chosen; shape (k, 2).
    or_none
        A mentor with any mentee has at least so many; shape (mentors,), None for 1.
    crossing
        Bounds on parts of mentors' pairs that cross ``mentor_parts``, or each other.
    """

    mentee: Int32
    mentor: Int32
    capacity: Bounds
    demand: Bounds
    objectives: tuple[Objective, ...]
    pinned: Int64 = field(default_factory=_nobody)
    banned: Int64 = field(default_factory=_nobody)
    mentor_parts: Parts | None = None
    mentee_parts: Parts | None = None
    quotas: tuple[Quota, ...] = ()
    exclusive: Int64 = field(default_factory=_no_two)
    together: Int64 = field(default_factory=_no_two)
    or_none: Int64 | None = None
    crossing: tuple[Parts, ...] = ()

    @property
    def mentees(self) -> int:
        """Number of mentees."""
        return len(self.demand.most)

    @property
    def mentors(self) -> int:
        """Number of mentors."""
        return len(self.capacity.most)

    @property
    def size(self) -> int:
        """Number of admissible pairs."""
        return len(self.mentee)

    def served(self, chosen: Int64) -> Int64:
        """Count the mentors of each mentee in a choice of pair positions; shape (mentees,)."""
        return np.bincount(self.mentee[chosen], minlength=self.mentees).astype(np.int64)

    def pairs_of(self, mentee: int) -> tuple[int, int]:
        """Find the pairs of a mentee: the first position, and the one after the last."""
        # Asked for by numbers of another type, numpy would copy all pairs each time.
        keys = np.array([mentee, mentee + 1], self.mentee.dtype)
        start, stop = np.searchsorted(self.mentee, keys).tolist()
        return start, stop

    def loads(self, chosen: Int64) -> Int64:
        """Count the mentees of each mentor in a choice of pair positions; shape (mentors,)."""
        return np.bincount(self.mentor[chosen], minlength=self.mentors).astype(np.int64)

    def counts(self, chosen: Int64) -> Int64:
        """Count what each quota counts in a choice of pair positions; shape (quotas,)."""
        load, served = self.loads(chosen), self.served(chosen)
        return np.array(
            [
                np.isin(chosen, quota.pairs).sum()
                if len(quota.pairs)
                else quota.count(load, served)
                for quota in self.quotas
            ],
            np.int64,
        )

    def linear_bounds(self, quota: Quota) -> tuple[int, int]:
        """Bound a quota's count when people on both sides are counted on each.

        Somebody who surely takes part on both sides is one more than the quota counts,
        and somebody who possibly does may be.
        """
        mentor, mentee = quota.same[:, 0], quota.same[:, 1]
        surely = (self.capacity.least[mentor] > 0) & (self.demand.least[mentee] > 0)
        possibly = (self.capacity.most[mentor] > 0) & (self.demand.most[mentee] > 0)
        return quota.least + int(surely.sum()), quota.most + int(possibly.sum())

    def values(self, chosen: Int64) -> tuple[int, ...]:
        """Evaluate every objective on a choice of pair positions, in exact integers."""
        load, served = self.loads(chosen), self.served(chosen)
        wanted = np.array([quota.wanted for quota in self.quotas], np.int64)
        values = []
        for objective in self.objectives:
            value = 0
            if objective.first is not None:
                value += _total(objective.first[served > 0])
            if objective.further is not None:
                value += _total(objective.further * np.maximum(served - 1, 0))
            if objective.pair is not None:
                value += _total(objective.pair[chosen])
            if objective.quota is not None:
                value += _total(objective.quota * np.minimum(self.counts(chosen), wanted))
            if objective.square is not None:
                value -= _total(objective.square * load**2)
            values.append(value)
        return tuple(values)

    def cases(self, kind: "Case", index: int) -> tuple["Problem", "Problem"]:
        """Split the problem in two, so that each of its matchings keeps the limits of one.

        Parameters
        ----------
        kind
            ``exclusive``: without the first pair of a row, or without the second;
            ``together``: without both pairs of a row, or with both;
            ``load``: with nobody for a mentor, or with as many as ``or_none`` says;
            ``mentor``, ``mentee``: without any pair of somebody, or with at least one.
        index
            The row or the person.
        """
        if kind == "exclusive":
            first, second = self.exclusive[index]
            return self.with_pairs(ban=[first]), self.with_pairs(ban=[second])
        if kind == "together":
            both = self.together[index]
            return self.with_pairs(ban=both), self.with_pairs(pin=both)
        if kind == "mentee":
            return (
                replace(self, demand=_narrowed(self.demand, index, most=0)),
                replace(self, demand=_narrowed(self.demand, index, least=1)),
            )
        least = 1 if kind == "mentor" or self.or_none is None else int(self.or_none[index])
        return (
            replace(self, capacity=_narrowed(self.capacity, index, most=0)),
            replace(self, capacity=_narrowed(self.capacity, index, least=least)),
        )

    def with_pairs(
        self, pin: Sequence[int] | Int64 = (), ban: Sequence[int] | Int64 = ()
    ) -> "Problem":
        """Pin and ban further pairs, by position."""
        pinned = np.union1d(self.pinned, np.asarray(pin, np.int64))
        banned = np.union1d(self.banned, np.asarray(ban, np.int64))
        return replace(self, pinned=pinned, banned=banned)


Case = Literal["exclusive", "together", "load", "mentor", "mentee"]
CASES: tuple[Case, ...] = get_args(Case)


def _narrowed(bounds: Bounds, index: int, *, least: int = 0, most: int | None = None) -> Bounds:
    """Raise one least, or lower one most."""
    lower, upper = bounds.least.copy(), bounds.most.copy()
    lower[index] = max(int(lower[index]), least)
    upper[index] = upper[index] if most is None else min(int(upper[index]), most)
    return Bounds(lower, upper)


def _total(values: Int64) -> int:
    """Sum without overflow: halves of 32 bits are summed apart."""
    return (int((values >> 32).sum()) << 32) + int((values & 0xFFFFFFFF).sum())
