"""Stable matchings: nobody has both a reason and a partner to walk away with.

Deferred acceptance (Gale and Shapley, *College admissions and the stability of
marriage*, 1962; Roth, *The evolution of the labor market for medical interns and
residents*, 1984, for one side with several seats). Whoever is free proposes in
the same round as all others who are, which ends in the same matching as one
proposal after another (McVitie and Wilson, 1970). No OR-Tools, no prices: what
proves the answer is that :mod:`mentormatch.analysis.stability` finds no blocking
pair in it.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from mentormatch.problem import Int32, Int64, Parts


@dataclass(frozen=True, slots=True, eq=False)
class Preferences:
    """Which pairs are acceptable, and how much each of the two people wants each of them.

    Parameters
    ----------
    pairs
        Positions of the acceptable pairs among those that were given, ascending.
    mentee_key, mentor_key
        How much the mentee, and the mentor, of each acceptable pair wants it; higher
        is more, no two alike; shape of ``pairs``.
    """

    pairs: Int64
    mentee_key: Int64
    mentor_key: Int64


def preferences(
    mentee_named: NDArray[np.integer],
    mentor_named: NDArray[np.integer],
    points: Int64,
    ticket: Int64 | None = None,
    *,
    only_named: bool = False,
) -> Preferences:
    """Read everybody's order of preference off choices and points.

    Those whom a person named come first, in the order they were named; then everybody
    else by points. Equal points are decided by the lottery, for both people of a pair
    alike, and without a lottery in favour of the pair that stands first.

    Parameters
    ----------
    mentee_named, mentor_named
        For every admissible pair, the place that the mentee gave the mentor, and the
        mentor the mentee, among those they named: 1 for the first, 0 for not named.
        Those whom a person named in no order all have place 1.
    points
        Points of every pair.
    ticket
        Lottery ticket of every pair (:func:`mentormatch.network.lottery.tickets`).
    only_named
        Leave out every pair that was not named from both sides: it takes a mentee who
        named the mentor and a mentor who named the mentee.
    """
    size = len(points)
    place = np.empty(size, np.int64)
    # Sorted backwards, so that of two alike the one that stands first is wanted more.
    columns = (points[::-1],) if ticket is None else (ticket[::-1], points[::-1])
    place[::-1][np.lexsort(columns)] = np.arange(size)
    named = (mentee_named > 0) & (mentor_named > 0)
    pairs = np.flatnonzero(named) if only_named else np.arange(size)
    return Preferences(
        pairs,
        *(_key(side.astype(np.int64), place)[pairs] for side in (mentee_named, mentor_named)),
    )


def _key(named: Int64, place: Int64) -> Int64:
    """Put the named above the others, the first named highest."""
    turn = np.where(named > 0, named.max(initial=0) + 1 - named, 0)
    return turn * len(place) + place


def stable_matching(
    mentee: Int32,
    mentor: Int32,
    mentee_key: Int64,
    mentor_key: Int64,
    capacity: Int64,
    *,
    best_for: Literal["mentees", "mentors"] = "mentees",
    parts: Parts | None = None,
) -> Int64:
    """Find the stable matching that is best for all mentees, or for all mentors, at once.

    A mentee gets at most one mentor. Every stable matching serves the same mentees and
    fills the same number of seats at each mentor (the rural hospitals theorem, Roth 1986);
    within one, the two options only differ in who is with whom. With keys that tie, the
    matching is stable in the sense that no two people would both *rather* have each other.

    The cost is one sort per side and a few passes over those who are free per round;
    the number of rounds is about the number of people in ordinary markets, and at worst
    the number of pairs.

    Parameters
    ----------
    mentee, mentor
        The two people of every acceptable pair, in ascending order, no pair twice.
    mentee_key, mentor_key
        How much the mentee, and the mentor, wants the pair: higher is more. Keys are
        compared within one person's pairs; equal ones are decided in favour of the
        pair that stands first.
    capacity
        Seats of every mentor; shape (mentors,).
    best_for
        Who proposes. Each of them gets the best partners that any stable matching gives
        them, and the other side the worst.
    parts
        Further limits on how many pairs of a part a mentor takes, such as those of one form.
        Of those on offer a mentor then takes the most wanted for whom there is room; that
        this keeps the theorem is known for limits that nest (Fleiner, *A fixed-point
        approach to stable matchings*, 2003).

    Returns
    -------
    Int64
        Positions of the chosen pairs, ascending.
    """
    mentees = _Side(mentee, mentee_key, np.ones(mentee.max(initial=-1) + 1, np.int64))
    mentors = _Side(mentor, mentor_key, capacity, parts)
    sides = (mentees, mentors) if best_for == "mentees" else (mentors, mentees)
    return _deferred(*sides) if parts is None else _deferred_by_choice(*sides)


@dataclass(frozen=True, slots=True, eq=False)
class _Side:
    """The person of every pair on one side, their keys, everybody's seats and parts of them."""

    person: Int32
    key: Int64
    seats: Int64
    parts: Parts | None = None

    def lists(self) -> Int64:
        """Sort the pairs by person, for each the most wanted first; ties stay in place."""
        order = np.argsort(~self.key)
        # NumPy sorts numbers of up to 16 bits by their digits, in one or two passes.
        narrow = self.person.astype(np.min_scalar_type(max(len(self.seats), 1) - 1))
        order = order[np.argsort(narrow[order], kind="stable")]
        # Sorting each run of equal keys by position costs less than a stable sort of keys.
        person, key = self.person[order], self.key[order]
        other = (person[1:] != person[:-1]) | (key[1:] != key[:-1])
        run: Int64 = np.concatenate(([0], np.cumsum(other))) * len(order)
        ties_in_place: Int64 = np.sort(run + order) - run
        return ties_in_place


def _deferred(proposers: _Side, receivers: _Side) -> Int64:
    """Let one side propose in order of preference and the other keep the best it is offered.

    In each round everybody with free seats proposes to as many of the next on their list.
    An offer is a place in the receivers' lists, so that sorting offers puts those to one
    receiver side by side, the best first.
    """
    sought, lists = proposers.lists(), receivers.lists()
    offer = np.empty(len(lists), np.int64)
    offer[lists] = np.arange(len(lists))
    offers = offer[sought]
    proposer, receiver = proposers.person[lists], receivers.person[lists]

    free = proposers.seats.copy()
    length = np.bincount(proposers.person, minlength=len(free))
    ends = np.cumsum(length)
    following = ends - length
    held = np.empty(0, np.int64)
    while True:
        count = np.minimum(free, ends - following)
        if not count.any():
            return np.sort(lists[held])
        made = offers[_ranges(following, count)]
        following += count
        free -= count
        asked = np.zeros(len(receivers.seats), np.bool_)
        asked[receiver[made]] = True
        again = asked[receiver[held]]
        rivals = np.sort(np.concatenate((held[again], made)))
        who = receiver[rivals]
        accepted = _places(who) < receivers.seats[who]
        np.add.at(free, proposer[rivals[~accepted]], 1)
        held = np.concatenate((held[~again], rivals[accepted]))


def _deferred_by_choice(proposers: _Side, receivers: _Side) -> Int64:
    """Do the same where how many one takes isn't a single number.

    In each round everybody proposes anew to those they would choose among all who haven't
    refused them, and is refused by whoever chooses others. A round costs two passes over
    all pairs.
    """
    sought, lists = proposers.lists(), receivers.lists()
    still = np.ones(len(sought), np.bool_)
    while True:
        made = _choice(proposers, sought[still[sought]])
        offered = np.zeros(len(sought), np.bool_)
        offered[made] = True
        kept = _choice(receivers, lists[offered[lists]])
        if len(kept) == len(made):
            return np.sort(kept)
        offered[kept] = False
        still &= ~offered


def _choice(side: _Side, listed: Int64) -> Int64:
    """Choose for everybody the most wanted of these pairs that there is room for, in order."""
    if side.parts is not None:
        part = side.parts.of[listed]
        order = np.argsort(part, kind="stable")
        before = np.empty(len(listed), np.int64)
        before[order] = _places(part[order])
        most = np.append(side.parts.bounds.most, len(listed) + 1)  # -1, in no part, is the last
        listed = listed[before < most[part]]
    who = side.person[listed]
    return listed[_places(who) < side.seats[who]]


def _places(sorted_groups: Int32) -> Int64:
    """Count for each member of a group how many of the group stand before it."""
    return np.arange(len(sorted_groups)) - np.searchsorted(sorted_groups, sorted_groups)


def _ranges(start: Int64, count: Int64) -> Int64:
    """Join the ranges that begin at ``start`` and hold ``count`` numbers each."""
    some = np.flatnonzero(count)
    start, count = start[some], count[some]
    ahead = np.cumsum(count) - count
    return np.repeat(start - ahead, count) + np.arange(count.sum())
