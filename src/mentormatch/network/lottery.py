"""A seeded lottery among equal optima: a keyed hash per pair, blind to the order of rows.

Each person draws a keyed hash of their id; a pair's ticket mixes the two. Every
optimum has a positive chance of winning, not an equal one.
"""

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from mentormatch.problem import Int32, Int64

UInt64 = NDArray[np.uint64]
BITS = 40


def tickets(
    seed: int,
    mentor_ids: Sequence[str],
    mentee_ids: Sequence[str],
    mentor: Int32,
    mentee: Int32,
    *,
    bits: int = BITS,
) -> Int64:
    """Draw a signed ticket for every pair.

    Parameters
    ----------
    seed
        Any integer; the same seed and ids give the same tickets everywhere.
    mentor_ids, mentee_ids
        Everybody's id.
    mentor, mentee
        The pairs, by position.
    bits
        Tickets lie in [-2^(bits-1), 2^(bits-1)).
    """
    mentor_draw = _draws(seed, "mentor", mentor_ids)
    mentee_draw = _draws(seed, "mentee", mentee_ids)
    mixed = _mixed(mentor_draw[mentor] ^ _mixed(mentee_draw)[mentee])
    return (mixed >> np.uint64(64 - bits)).astype(np.int64) - (1 << (bits - 1))


def _draws(seed: int, side: str, ids: Sequence[str]) -> UInt64:
    key = f"{side} {seed}".encode()[:64]
    draws = [hashlib.blake2b(name.encode(), key=key, digest_size=8).digest() for name in ids]
    return np.frombuffer(b"".join(draws), dtype="<u8").astype(np.uint64)


def _mixed(numbers: UInt64) -> UInt64:
    """Scatter every bit over the whole number (the finaliser of SplitMix64, Steele et al. 2014)."""
    numbers = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return numbers ^ (numbers >> np.uint64(31))
