"""Longest paths in a dense graph none of whose arcs gains anything.

Gains are a square table, ``gains[a, b]`` for the arc from a to b, none above zero, zero on
the diagonal; ``closed`` stands for "no arc" and is below every sum of gains.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from mentormatch.network.packing import Packed
from mentormatch.problem import Int64

# Arcs are compared with detours over so many of the best arcs of a node, so often.
_DETOURS: Final = 8
_PASSES: Final = 4


def longest_paths(gains: Packed, closed: int) -> Packed:
    """Return the greatest gain of a path from each node to each.

    Nodes that reach each other at no loss are one node. Arcs that a detour beats are left
    out; that leaves a few per node, and nodes with few neighbours are taken out one by
    one, as in sparse elimination (Carre 1971). What remains is closed by Floyd's
    algorithm (1962), and the others are put back.
    """
    gains, group = _merged(gains)
    graph = _Sparse.of(_thinned(gains, closed), closed)
    taken = graph.eliminate()
    rest = np.flatnonzero(graph.alive)
    order = np.concatenate([rest, np.array([node.number for node in taken[::-1]], np.int64)])
    place = np.argsort(order)
    size = len(rest)
    longest = np.full(gains.shape, closed, gains.dtype)
    longest[:size, :size] = graph.gains[np.ix_(rest, rest)]
    np.fill_diagonal(longest, 0)
    close(longest[:size, :size])
    for node in taken[::-1]:
        known = longest[:size, :size]
        if len(node.heads):
            longest[size, :size] = (known[place[node.heads]] + node.out[:, None]).max(axis=0)
        if len(node.tails):
            longest[:size, size] = (known[:, place[node.tails]] + node.into).max(axis=1)
        size += 1
    longest[longest < closed] = closed
    longest[longest <= closed // 2] = closed
    at = place[group]
    return longest[np.ix_(at, at)]


def close(gains: Packed, block: int = 64, rows: int = 16) -> None:
    """Replace gains by those of longest paths (Floyd 1962), in place.

    Nodes are passed in blocks, so that what is read again stays in the cache.
    """
    spare = np.empty((max(block, rows), len(gains)), gains.dtype)

    def passing(some: Packed, nodes: range) -> None:
        sums = spare[: len(some)]
        for node in nodes:
            np.add(some[:, node, None], gains[node], out=sums)
            np.maximum(some, sums, out=some)

    for first in range(0, len(gains), block):
        nodes = range(first, min(first + block, len(gains)))
        passing(gains[first : nodes.stop], nodes)
        for part in (gains[:first], gains[nodes.stop :]):
            for row in range(0, len(part), rows):
                passing(part[row : row + rows], nodes)


def longest_from(gains: Packed, source: int, closed: int) -> tuple[Packed, Int64]:
    """Find the longest paths from one node, and the node before each (Dijkstra 1959).

    Of equally long ones, one with the fewest steps is taken.
    """
    longest = np.full(len(gains), closed, gains.dtype)
    longest[source] = 0
    steps, before = np.zeros((2, len(gains)), np.int64)
    before -= 1
    waiting = longest.copy()
    for _ in range(len(gains)):
        nearest = np.flatnonzero(waiting == waiting.max())
        node = nearest[steps[nearest].argmin()]
        if waiting[node] <= closed:
            break
        reached = gains[node] + longest[node]
        fewer = (reached == longest) & (steps[node] + 1 < steps) & (reached > closed)
        better = (reached > longest) | fewer
        longest[better] = waiting[better] = reached[better]
        steps[better], before[better] = steps[node] + 1, node
        waiting[node] = 2 * closed
    return longest, before


def _merged(gains: Packed) -> tuple[Packed, Int64]:
    """Make one node of those that reach each other directly at no loss; say which each is in."""
    both = (gains == 0) & (gains.T == 0)
    group = np.arange(len(gains))
    while True:
        least = np.where(both, group, len(gains)).min(axis=1)
        if (least == group).all():
            break
        group = least
    _, group = np.unique(group, return_inverse=True)
    order = np.argsort(group, kind="stable")
    starts = np.searchsorted(group[order], np.arange(group.max() + 1))
    rows = np.maximum.reduceat(gains[order], starts, axis=0)
    merged: Packed = np.maximum.reduceat(rows[:, order], starts, axis=1)
    np.fill_diagonal(merged, 0)
    return merged, group


def _thinned(gains: Packed, closed: int) -> Packed:
    """Close arcs that a detour beats, which no longest path needs."""
    size = len(gains)
    everybody, detours = np.arange(size), min(_DETOURS, size - 1)
    best = np.argsort(-gains, axis=1, kind="stable")[:, 1 : detours + 1]
    longest = gains
    for _ in range(_PASSES):
        longer = longest.copy()
        for node in best.T:
            detour = longest[node]
            detour += gains[everybody, node][:, None]
            np.maximum(longer, detour, out=longer)
        longest = longer
    thinned = np.where(gains >= longest, gains, closed)
    np.fill_diagonal(thinned, closed)
    return thinned


@dataclass(frozen=True, slots=True, eq=False)
class _Taken:
    """A node that was taken out, with the arcs it had then."""

    number: int
    tails: Int64
    into: Packed
    heads: Int64
    out: Packed


@dataclass(frozen=True, slots=True, eq=False)
class _Sparse:
    """A graph with few arcs, from which nodes are taken out; arrays change in place."""

    gains: Packed
    closed: int
    alive: np.ndarray
    into: Int64
    out: Int64

    @classmethod
    def of(cls, gains: Packed, closed: int) -> "_Sparse":
        """Count the arcs of every node."""
        is_open = gains > closed // 2
        alive = np.ones(len(gains), np.bool_)
        return cls(gains, closed, alive, is_open.sum(axis=0), is_open.sum(axis=1))

    def eliminate(self) -> list[_Taken]:
        """Take out nodes while that makes fewer arcs than it saves, cheapest first."""
        taken = []
        for left in range(len(self.gains), 0, -1):
            cost = np.where(self.alive, self.into * self.out, left * left)
            node = int(cost.argmin())
            if 16 * int(cost[node]) > left * left:
                break
            taken.append(self._take(node))
        return taken

    def _take(self, node: int) -> _Taken:
        """Take out a node and join its neighbours, so that no path gets shorter."""
        gains = self.gains
        tails = np.flatnonzero(gains[:, node] > self.closed // 2)
        heads = np.flatnonzero(gains[node] > self.closed // 2)
        taken = _Taken(node, tails, gains[tails, node], heads, gains[node, heads])
        gains[tails, node] = gains[node, heads] = self.closed
        self.out[tails] -= 1
        self.into[heads] -= 1
        self.alive[node] = False
        through = taken.into[:, None] + taken.out
        through[tails[:, None] == heads] = self.closed
        cells = np.ix_(tails, heads)
        direct = gains[cells]
        fresh = (direct <= self.closed // 2) & (through > self.closed // 2)
        gains[cells] = np.maximum(direct, through)
        self.out[tails] += fresh.sum(axis=1)
        self.into[heads] += fresh.sum(axis=0)
        return taken
