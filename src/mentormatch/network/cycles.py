"""A cycle that gains, if a graph has one: what would make a flow better."""

import numpy as np

from mentormatch.errors import ScoreError
from mentormatch.problem import Int64


def gaining_cycle(tail: Int64, head: Int64, gain: Int64, nodes: int) -> Int64 | None:
    """Find a cycle of positive gain by label correcting (Cherkassky and Goldberg 1999).

    Every node remembers the arc by which its label was last raised. A cycle of such arcs
    gains; without one, labels come to rest.

    Parameters
    ----------
    tail, head
        Ends of the arcs.
    gain
        What each arc gains.
    nodes
        Number of nodes.

    Returns
    -------
    Int64 or None
        Positions of the arcs of a cycle, or None when no cycle gains.

    Raises
    ------
    ScoreError
        When path sums could leave 64 bits.
    """
    most = max(int(gain.max(initial=0)), -int(gain.min(initial=0)))
    if most * (nodes + 1) >= 1 << 62:
        raise ScoreError.of("score.range", largest=most, limit=(1 << 62) // (nodes + 1))
    label = np.zeros(nodes, np.int64)
    came_by = np.full(nodes, -1, np.int64)
    while True:
        reached = label[tail] + gain
        raising = np.flatnonzero(reached > label[head])
        if not len(raising):
            return None
        np.maximum.at(label, head[raising], reached[raising])
        best = raising[reached[raising] == label[head[raising]]]
        came_by[head[best]] = best
        cycle = _cycle(came_by, tail)
        if cycle is not None:
            return cycle


def _cycle(came_by: Int64, tail: Int64) -> Int64 | None:
    """Find a cycle among the arcs by which nodes were reached."""
    root = len(came_by)
    before = np.append(np.where(came_by >= 0, tail[came_by], root), root)
    far = before
    for _ in range(max(root, 1).bit_length()):  # now so many steps back that only cycles are left
        far = far[far]
    inside = far[far < root]
    if not len(inside):
        return None
    start = node = int(inside[0])
    arcs = []
    while True:
        arcs.append(int(came_by[node]))
        node = int(before[node])
        if node == start:
            return np.array(arcs[::-1], np.int64)
