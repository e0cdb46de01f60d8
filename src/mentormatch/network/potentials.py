"""Longest paths in the residual graph of a flow: the prices that prove it optimal.

A flow is optimal exactly when its residual graph has no cycle of positive gain;
the longest path lengths then are potentials under which no arc could gain by
changing its flow (complementary slackness). They are found by label correcting
on whole arrays. Pair arcs are by far the most, so only those of mentees whose
label has changed are looked at again.
"""

import numpy as np
from numpy.typing import NDArray

from mentormatch.errors import SolverFault
from mentormatch.network.model import Arcs, Circulation
from mentormatch.network.packing import Packed
from mentormatch.problem import Int32, Int64

Bools = NDArray[np.bool_]


def potentials(
    network: Circulation,
    pair_flow: Int64,
    side_flow: Int64,
    pair_gain: Int64,
    side_gain: Int64,
) -> Int64:
    """Label every node with the length of a longest residual path that ends there.

    Parameters
    ----------
    network
        The circulation; pair arcs grouped by tail.
    pair_flow, side_flow
        An optimal flow on its arcs.
    pair_gain, side_gain
        Gain of one unit on each arc, so small that no path sum leaves int64.

    Returns
    -------
    Int64
        Labels pi with ``gain + pi[tail] <= pi[head]`` on every arc that can take
        more and ``>=`` on every arc that can take less; shape (nodes,).

    Raises
    ------
    SolverFault
        When the residual graph has a cycle of positive gain: the flow is not optimal.
    """
    pairs = network.pairs
    rows = _Rows(pairs, pair_flow < pairs.upper, pair_gain)
    back = np.flatnonzero(pair_flow > pairs.lower)
    tail, head, gain = residual(network.sides, side_flow, side_gain)
    # Pair arcs that carry flow can be undone, from mentor to mentee.
    tail = np.concatenate([tail, pairs.head[back]])
    head = np.concatenate([head, pairs.tail[back]])
    gain = np.concatenate([gain, -pair_gain[back]])

    label = np.zeros(network.nodes, np.int64)
    changed = np.ones(network.nodes, np.bool_)
    # A longest path visits a node once, so as many rounds are enough.
    for _ in range(network.nodes + 1):
        before = label.copy()
        rows.relax(label, changed)
        np.maximum.at(label, head, label[tail] + gain)
        changed = label != before
        if not changed.any():
            return label
    raise SolverFault.of("solver.not-optimal")


def residual(arcs: Arcs, flow: Int64, gain: Packed) -> tuple[Int32, Int32, Packed]:
    """List residual arcs (tail, head, gain): all forth where there is room, then all back."""
    forth, back = flow < arcs.upper, flow > arcs.lower
    return (
        np.concatenate([arcs.tail[forth], arcs.head[back]]),
        np.concatenate([arcs.head[forth], arcs.tail[back]]),
        np.concatenate([gain[forth], -gain[back]]),
    )


class _Rows:
    """The pair arcs with room, by tail, for relaxing a few tails at a time."""

    # Low enough to lose against every path, high enough not to overflow when added to one.
    CLOSED = -(1 << 62)

    def __init__(self, pairs: Arcs, room: Bools, gain: Int64) -> None:
        self._gain = np.where(room, gain, self.CLOSED)
        self._head = pairs.head
        starts = np.flatnonzero(np.diff(pairs.tail, prepend=-1))
        self._tails = pairs.tail[starts]
        self._starts = starts
        self._sizes = np.diff(starts, append=len(pairs))

    def relax(self, label: Int64, changed: Bools) -> None:
        """Raise the labels of heads by the pair arcs whose tail has changed."""
        active = changed[self._tails]
        if not active.any():
            return
        if active.all():
            reached, head = np.repeat(label[self._tails], self._sizes), self._head
            reached += self._gain
        else:
            sizes = self._sizes[active]
            ends = np.cumsum(sizes)
            arcs = np.arange(ends[-1]) + np.repeat(self._starts[active] - (ends - sizes), sizes)
            reached = np.repeat(label[self._tails[active]], sizes)
            reached += self._gain[arcs]
            head = self._head[arcs]
        np.maximum.at(label, head, reached)
