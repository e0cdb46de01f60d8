"""Whether a matching is stable, checked pair by pair without looking at how it was found.

A *blocking pair* is two people who may pair up and would both rather have each
other than what the matching gives them (Gale and Shapley 1962; Roth 1984 for
mentors with several seats). A matching without one is stable: that is the
definition, so this file is the whole proof. It shares nothing with
:mod:`mentormatch.solvers.stable`.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from mentormatch.analysis.certificate import Verdict, fault_of
from mentormatch.problem import Bounds, Int32, Int64, Parts, Problem

Bools = NDArray[np.bool_]
BestFor = Literal["mentees", "mentors"]
_LOWEST, _HIGHEST = np.iinfo(np.int64).min, np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """One side of a market: of every pair, who it is and how much they want it.

    Parameters
    ----------
    who
        The person of every acceptable pair.
    key
        How much that person wants it; higher is more.
    seats
        How many pairs everybody takes.
    parts
        How many they take of some of their pairs; only the most counts.
    """

    who: Int32
    key: Int64
    seats: Int64
    parts: Parts | None = None

    def would(self, chosen: Int64) -> Bools:
        """Tell whether each pair's person would rather have it than what is chosen.

        That is so when there is room for it, or would be after giving up one who is wanted
        less - within the part as well, if it is in one. Equal keys give no reason to leave.
        """
        would = _rather(self.who, self.key, self.seats, chosen)
        if self.parts is not None:
            # Whoever is in no part, -1, has room in the last one.
            most = _room(self.parts, len(self.who))
            part = np.where(self.parts.of < 0, len(most) - 1, self.parts.of)
            would &= _rather(part, self.key, most, chosen)
        return would


def _rather(who: Int32, key: Int64, seats: Int64, chosen: Int64) -> Bools:
    # Without a seat nobody is wanted more than nobody.
    least = np.full(len(seats), _HIGHEST)
    np.minimum.at(least, who[chosen], key[chosen])
    free = np.bincount(who[chosen], minlength=len(seats)) < seats
    rather: Bools = free[who] | (key > least[who])
    return rather


def _room(parts: Parts, pairs: int) -> Int64:
    """Return the most of every part, and at the end plenty for pairs in none: position -1."""
    return np.append(parts.bounds.most, pairs + 1)


def _left(parts: Parts, pairs: Int64, pinned: Int64) -> Parts:
    """Take some pairs of parts, and the seats of pinned ones off."""
    used = np.bincount(parts.of[pinned] + 1, minlength=len(parts.owner) + 1)[1:]
    return Parts(parts.of[pairs], parts.owner, Bounds(parts.bounds.least, parts.bounds.most - used))


def blocking(mentees: Side, mentors: Side, chosen: Int64) -> Int64:
    """List the pairs, not chosen, that both sides would rather have; ascending positions."""
    would = mentees.would(chosen) & mentors.would(chosen)
    would[chosen] = False
    return np.flatnonzero(would)


def blocking_pairs(
    mentee: Int32,
    mentor: Int32,
    mentee_key: Int64,
    mentor_key: Int64,
    capacity: Int64,
    *,
    chosen: Int64,
) -> Int64:
    """List the pairs that would rather have each other, where a mentee has one mentor at most.

    A mentee would rather have a mentor whom they want more than their own, or any when
    they have none. A mentor would rather have a mentee when a seat is free, or when they
    want the mentee more than the one they want least among theirs. Equal keys give no
    reason to leave.

    Parameters
    ----------
    mentee, mentor
        The two people of every acceptable pair.
    mentee_key, mentor_key
        How much each of the two wants the pair; higher is more.
    capacity
        Seats of every mentor; shape (mentors,).
    chosen
        Positions of the chosen pairs, at most one per mentee.

    Returns
    -------
    Int64
        Positions of the blocking pairs, ascending; empty when the matching is stable.
    """
    one = np.ones(mentee.max(initial=-1) + 1, np.int64)
    return blocking(Side(mentee, mentee_key, one), Side(mentor, mentor_key, capacity), chosen)


def is_stable(
    mentee: Int32,
    mentor: Int32,
    mentee_key: Int64,
    mentor_key: Int64,
    capacity: Int64,
    *,
    chosen: Int64,
) -> bool:
    """Tell whether chosen pairs are a matching and no pair blocks it.

    A matching has known pairs only, none twice, one mentor per mentee at most and no
    mentor above capacity. Parameters are those of :func:`blocking_pairs`.
    """
    if len(chosen) and (chosen.min() < 0 or chosen.max() >= len(mentee)):
        return False
    mentors = np.bincount(mentor[chosen], minlength=len(capacity))
    twice = len(np.unique(mentee[chosen])) < len(chosen)
    if twice or (mentors > capacity).any():
        return False
    people = (mentee, mentor, mentee_key, mentor_key, capacity)
    return len(blocking_pairs(*people, chosen=chosen)) == 0


def has_better(mentees: Side, mentors: Side, chosen: Int64, best_for: BestFor) -> bool:
    """Tell whether another stable matching is better for one whole side than a stable one.

    There is one exactly when some people can pass partners on in a ring (Irving and
    Leather, *The complexity of counting stable marriages*, 1986, call it a rotation). For
    the mentees: a full mentor lets somebody go and takes the one they want most among
    those who would rather have this mentor than their own, whose mentor does the same.
    For the mentors: a mentee goes to the one they want most among the mentors who would
    rather have this mentee than somebody of theirs, who lets the one go whom they want
    least. A mentee has one mentor at most, and there are no parts.
    """
    mentee, mentor = mentees.who, mentors.who
    at = np.full(len(mentees.seats), -1)
    at[mentee[chosen]] = mentor[chosen]
    full = np.bincount(mentor[chosen], minlength=len(mentors.seats)) == mentors.seats
    full &= mentors.seats > 0
    other = at[mentee] != mentor
    if best_for == "mentees":
        wish = np.flatnonzero(mentees.would(chosen) & full[mentor] & other)
        first = _most_wanted(mentor[wish], mentors.key[wish], len(full))
        turn = np.where(first >= 0, at[mentee[wish[first]]] if len(wish) else -1, -1)
        return _has_ring(np.where(full[turn] & (turn >= 0), turn, -1))
    last = _most_wanted(mentor[chosen], -mentors.key[chosen], len(full))
    wish = np.flatnonzero(mentors.would(chosen) & other & (at[mentee] >= 0))
    first = _most_wanted(mentee[wish], mentees.key[wish], len(at))
    if not len(wish):
        return False
    goal = mentor[wish[first]]
    turn = np.where((first >= 0) & full[goal], mentee[chosen[last[goal]]], -1)
    return _has_ring(turn)


def _most_wanted(who: Int32, key: Int64, people: int) -> Int64:
    """Find everybody's pair with the highest key, by position; -1 where there is none."""
    found = np.full(people, -1)
    order = np.argsort(key, kind="stable")
    found[who[order]] = order
    return found


def _has_ring(turn: Int64) -> bool:
    """Tell whether going from each to the next, -1 being the end, ever comes back."""
    seen = np.zeros(len(turn), np.int64)
    for start in range(len(turn)):
        here = start
        while here >= 0 and not seen[here]:
            seen[here] = start + 1
            here = int(turn[here])
        if here >= 0 and seen[here] == start + 1:
            return True
    return False


@dataclass(frozen=True, slots=True, eq=False)
class Stability:
    """What shows that a matching is stable: how much everybody wants each pair.

    Parameters
    ----------
    mentee_key, mentor_key
        How much the mentee, and the mentor, of each pair wants it: higher is more, no two
        alike, -1 for a pair that is left out because it wasn't named; shape (pairs,).
    best_for
        Whose interest decides between several stable matchings.
    only_named
        Whether pairs that weren't named from both sides are left out.
    """

    mentee_key: Int64
    mentor_key: Int64
    best_for: BestFor
    only_named: bool

    def market(self, problem: Problem) -> tuple[Int64, Side, Side]:
        """List the pairs that are free to be made, and both sides of them.

        Pinned pairs are decided: their mentees and seats have left the market.
        """
        taken = problem.served(problem.pinned) > 0
        free = (self.mentee_key >= 0) & (self.mentor_key >= 0) & ~taken[problem.mentee]
        free &= problem.demand.most[problem.mentee] > 0
        if problem.mentee_parts is not None:
            free &= _room(problem.mentee_parts, problem.size)[problem.mentee_parts.of] > 0
        free[problem.banned] = False
        pairs = np.flatnonzero(free)
        sides = []
        for who, key, bounds, parts in (
            (problem.mentee, self.mentee_key, problem.demand, problem.mentee_parts),
            (problem.mentor, self.mentor_key, problem.capacity, problem.mentor_parts),
        ):
            seats = bounds.most - np.bincount(who[problem.pinned], minlength=len(bounds.most))
            few = None if parts is None else _left(parts, pairs, problem.pinned)
            sides.append(Side(who[pairs], key[pairs], seats, few))
        return pairs, sides[0], sides[1]

    def check(self, problem: Problem, chosen: Int64) -> Verdict:
        """Prove that the chosen pairs keep every limit and are stable, and whom they suit best.

        Whom they suit best isn't checked where limits of forms divide a mentor's seats.
        """
        fault = fault_of(problem, chosen) or self._misfit(problem)
        if fault:
            return Verdict(False, fault)
        pairs, mentees, mentors = self.market(problem)
        made = np.setdiff1d(chosen, problem.pinned)
        mine = np.searchsorted(pairs, made)
        if (np.append(pairs, -1)[mine] != made).any():
            return Verdict(False, "not-named")
        if len(blocking(mentees, mentors, mine)):
            return Verdict(False, "blocking-pair")
        if mentors.parts is None and has_better(mentees, mentors, mine, self.best_for):
            return Verdict(False, "not-best-for")
        return Verdict(True, "proven", problem.values(chosen))

    def refute(self, problem: Problem) -> Verdict:
        """Preferences never show that nothing is possible."""
        del problem
        return Verdict(False, "no-certificate")

    def is_only(self, problem: Problem, chosen: Int64) -> bool | None:
        """Tell whether a stable matching is the only one; None where it isn't settled."""
        pairs, mentees, mentors = self.market(problem)
        if mentors.parts is not None:
            return None
        mine = np.searchsorted(pairs, np.setdiff1d(chosen, problem.pinned))
        sides: tuple[BestFor, BestFor] = ("mentees", "mentors")
        return not any(has_better(mentees, mentors, mine, side) for side in sides)

    def _misfit(self, problem: Problem) -> str | None:
        keys = (self.mentee_key, self.mentor_key)
        if any(key.shape != (problem.size,) or key.dtype != np.int64 for key in keys):
            return "preference-shape"
        if not self.only_named and any((key < 0).any() for key in keys):
            return "preference-shape"
        for key, who in zip(keys, (problem.mentee, problem.mentor), strict=True):
            named = np.flatnonzero(key >= 0)
            wanted = np.stack([who[named].astype(np.int64), key[named]], axis=1)
            if len(np.unique(wanted, axis=0)) < len(wanted):
                return "preference-tie"
        return None
