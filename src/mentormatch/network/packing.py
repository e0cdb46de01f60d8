"""Several goals in one number per arc, so that sums along a path unpack exactly.

Each goal gets a factor that no path of later goals outweighs. Comparing packed sums then
compares goals in order, and a packed sum splits uniquely into its goals.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mentormatch.network.model import Arcs, Circulation
from mentormatch.problem import Int64

# Of int64, or of Python's own integers where those are too small.
Packed = NDArray[Any]


def largest(gain: Int64) -> int:
    """Return the greatest absolute value in an array, 0 for none."""
    return max(int(gain.max(initial=0)), -int(gain.min(initial=0)))


def reach(network: Circulation, goal: int) -> int:
    """Bound what a simple residual path can gain or lose at one goal."""
    pair, side = network.pairs.gains[goal], network.sides.gains[goal]
    pairs, sides = network.longest
    return pairs * largest(pair) + sides * largest(side)


def factors(network: Circulation, goals: range) -> list[int]:
    """Choose a factor per goal, so that no path of later goals outweighs one unit of an earlier.

    The sum over a path then unpacks uniquely into its goals.
    """
    chosen = [1]
    below = 0
    for goal in reversed(goals[1:]):
        below += chosen[0] * reach(network, goal)
        chosen.insert(0, 2 * below + 1)
    return chosen


def packed(arcs: Arcs, goals: range, weights: Sequence[int], *, wide: bool = False) -> Packed:
    """Add up the gains of a run of goals, each by its factor.

    Parameters
    ----------
    arcs
        The arcs.
    goals
        Which of their gains.
    weights
        A factor for each.
    wide
        Use Python's integers, for sums that int64 can't hold.
    """
    gains = [arcs.gains[goal] for goal in goals]
    if wide:
        nothing = np.zeros(len(arcs), object)
        return sum((g.astype(object) * w for g, w in zip(gains, weights, strict=True)), nothing)
    terms = [
        gain if weight == 1 else gain * weight
        for gain, weight in zip(gains, weights, strict=True)
        if gain.strides != (0,)  # a zero that takes no memory
    ]
    return sum(terms[1:], start=terms[0]) if terms else gains[0]


def unpacked(sums: Packed, weights: Sequence[int]) -> Iterator[Int64]:
    """Split packed path sums into one array per goal; later goals are the small remainders."""
    for weight in weights[:-1]:
        part = (sums + weight // 2) // weight
        yield part.astype(np.int64, copy=False)
        sums = sums - part * weight
    yield sums.astype(np.int64, copy=False)
