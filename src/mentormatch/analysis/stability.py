"""Whether a matching is stable, checked pair by pair without looking at how it was found.

A *blocking pair* is two people who may pair up and would both rather have each
other than what the matching gives them (Gale and Shapley 1962; Roth 1984 for
mentors with several seats). A matching without one is stable: that is the
definition, so this file is the whole proof. It shares nothing with
:mod:`mentormatch.solvers.stable`.
"""

import numpy as np

from mentormatch.problem import Int32, Int64

_LOWEST, _HIGHEST = np.iinfo(np.int64).min, np.iinfo(np.int64).max


def blocking_pairs(
    mentee: Int32,
    mentor: Int32,
    mentee_key: Int64,
    mentor_key: Int64,
    capacity: Int64,
    *,
    chosen: Int64,
) -> Int64:
    """List the pairs that would rather have each other.

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
    has = np.zeros(mentee.max(initial=-1) + 1, np.bool_)
    now = np.full(len(has), _LOWEST)
    has[mentee[chosen]] = True
    now[mentee[chosen]] = mentee_key[chosen]
    mentee_would = ~has[mentee] | (mentee_key > now[mentee])

    # Without a seat nobody is wanted more than nobody.
    least = np.full(len(capacity), _HIGHEST)
    np.minimum.at(least, mentor[chosen], mentor_key[chosen])
    seat = np.bincount(mentor[chosen], minlength=len(capacity)) < capacity
    mentor_would = seat[mentor] | (mentor_key > least[mentor])

    return np.flatnonzero(mentee_would & mentor_would)


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
