"""Random draws that depend on a seed and on what they are for, and on nothing else."""

from zlib import crc32

import numpy as np
from numpy.typing import ArrayLike, NDArray

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


class Dice:
    """A stream of draws of its own for every purpose.

    Only uniform numbers are taken from numpy, whose other distributions may change
    with its version: a school stays the same school.

    Parameters
    ----------
    seed
        A whole number >= 0.
    purpose
        What the draws are for; streams of two purposes have nothing in common.
    """

    def __init__(self, seed: int, purpose: str) -> None:
        self._source = np.random.Generator(np.random.PCG64([seed, crc32(purpose.encode())]))

    def uniform(self, *shape: int) -> Floats:
        """Draw numbers from [0, 1)."""
        return self._source.random(shape)

    def normal(self, *shape: int) -> Floats:
        """Draw standard normal numbers (Box and Muller 1958)."""
        radius = np.sqrt(-2 * np.log(1 - self.uniform(*shape)))
        return np.asarray(radius * np.cos(2 * np.pi * self.uniform(*shape)))

    def whole(self, low: ArrayLike, high: ArrayLike, size: int) -> Ints:
        """Draw whole numbers from low to high, both included, each as likely as the other."""
        least, most = np.asarray(low, np.int64), np.asarray(high, np.int64)
        return least + (self.uniform(size) * (most - least + 1)).astype(np.int64)

    def order(self, size: int) -> Ints:
        """Draw an order of 0..size-1."""
        return np.argsort(self.uniform(size), kind="stable")

    def shares(self, weights: ArrayLike, size: int) -> Ints:
        """Deal numbers of categories in fixed proportions, in random order.

        Parameters
        ----------
        weights
            (k,), of any sum. Category i is dealt to its share of ``size``, rounded by
            largest remainder: small groups have the right proportions too.
        size
            How many.

        Returns
        -------
        int64 (size,)
        """
        portions = np.asarray(weights, np.float64)
        portions = portions / portions.sum() * size
        counts = np.floor(portions + 1e-9).astype(np.int64)
        rest = np.argsort(counts - portions, kind="stable")[: size - counts.sum()]
        counts[rest] += 1
        return np.repeat(np.arange(len(counts)), counts)[self.order(size)]

    def share(self, portion: float, size: int) -> Bools:
        """Choose a fixed portion of ``size`` people, rounded half up."""
        chosen = np.zeros(size, np.bool_)
        chosen[self.order(size)[: int(portion * size + 0.5)]] = True
        return chosen

    def subsets(self, weights: ArrayLike, sizes: Ints) -> Bools:
        """Choose subsets, an option being the likelier the greater its weight.

        Weighted draws without replacement by exponential keys (Efraimidis and Spirakis 2006).

        Parameters
        ----------
        weights
            (k,) or (n, k), >= 0; an option of weight 0 is never chosen.
        sizes
            (n,): how many options each person chooses, as far as there are that many.

        Returns
        -------
        bool (n, k)
        """
        wanted = np.asarray(weights, np.float64)
        shape = (len(sizes), wanted.shape[-1])
        with np.errstate(divide="ignore"):
            keys = -np.log(1 - self.uniform(*shape)) / wanted
        rank = np.argsort(np.argsort(keys, axis=1, kind="stable"), axis=1, kind="stable")
        return np.asarray((rank < sizes[:, None]) & np.isfinite(keys))
