"""What an optimal matching leaves open: its residual graph, contracted over the mentees.

A unit of flow that goes round a cycle of the residual graph turns the matching into
another one, and the best way to do so is a longest path. Mentees are by far the most
nodes, and a path passes one of them by an *exchange*: it gives up one place and takes
another. So only mentors, their parts, quotas and the hub stay as nodes - the core - and
an arc between two of them is the best exchange of any mentee (Ahuja, Magnanti and Orlin,
*Network Flows*, 1993, sections 2.4 and 5.5).

Gains are packed: one number for all goals in order, which :meth:`Residual.levels` splits.
Lots drawn among equal optima are no goal here.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from mentormatch.errors import SolverFault
from mentormatch.network.model import HUB, Circulation, Layout, circulation_of, flow_of
from mentormatch.network.packing import Packed, factors, packed, reach, unpacked
from mentormatch.network.paths import longest_from, longest_paths
from mentormatch.network.potentials import residual
from mentormatch.problem import Int32, Int64, Problem

Bools = NDArray[np.bool_]

# Path sums that stay below this fit int64 even when a few of them are added up.
_MOST: Final = 1 << 57
# Stands for "no path" there: it loses against every path, even when two such are added.
_CLOSED: Final = -(1 << 61)
# So many exchanges are looked at together.
_BLOCK: Final = 1 << 20
# Searches from single nodes are quicker than all paths for one node in so many.
_FEW: Final = 8


@dataclass(frozen=True, slots=True, eq=False)
class Moves:
    """Ways to free a mentee of a place, or to give a mentee one, by column.

    Parameters
    ----------
    mentee
        Who.
    node
        Core node of the place: the mentor, a part of the mentor's pairs - or what counts
        the mentees with a mentor, where the place is having one mentor more or fewer.
    gain
        What it gains, packed.
    pair
        Position of the pair that is given up or made, or -1.
    inner
        Node of the mentee, or of the part of their pairs this is about.
    passes
        Whether the bounds of that part allow a combination with other pairs.
    """

    mentee: Int32
    node: Int32
    gain: Packed
    pair: Int64
    inner: Int32
    passes: Bools

    def __len__(self) -> int:
        return len(self.mentee)

    def __getitem__(self, rows: Int64 | slice) -> Self:
        return type(self)(*(getattr(self, name)[rows] for name in self.__slots__))


@dataclass(frozen=True, slots=True, eq=False)
class Exchanges:
    """Ways in which a mentee gives up one place for another, by column.

    Parameters
    ----------
    source, target
        Core nodes of the two places.
    gain
        What the exchange gains, packed.
    left, taken
        Positions of the pairs that are given up and made, or -1.
    mentee
        Who; -1 for a seat that is used or freed in a count, without anybody's doing.
    """

    source: Int32
    target: Int32
    gain: Packed
    left: Int64
    taken: Int64
    mentee: Int32

    def __len__(self) -> int:
        return len(self.mentee)


@dataclass(frozen=True, slots=True, eq=False)
class Residual:
    """The residual graph of an optimal choice, contracted over the mentees.

    Parameters
    ----------
    problem, chosen
        The question without lots, and the positions of the chosen pairs.
    weights
        Factor of each goal in a packed gain.
    closed
        Stands for "no path" among packed gains; ask :meth:`is_open`.
    core
        Core node of each node of the :class:`Layout`; -1 for mentees and their parts.
    hop
        Gain of the best arc or exchange from one core node to another; shape (core,
        core), zero on the diagonal.
    label
        Potentials, ``hop[a, b] + label[a] <= label[b]``; shape (core,).
    freed, placed, counted
        How mentees can be freed of a place; how they can be placed with a mentor; how
        they can do without being counted. The last two are ordered by mentee.
    arcs
        Arcs between core nodes.
    """

    problem: Problem
    chosen: Int64
    weights: tuple[int, ...]
    closed: int
    core: Int32
    hop: Packed
    label: Packed
    freed: Moves
    placed: Moves
    counted: Moves
    arcs: Exchanges

    @classmethod
    def of(cls, problem: Problem, chosen: Int64) -> Self:
        """Build the residual graph of an optimal choice of pairs.

        Limits that no flow holds are not in it.

        Raises
        ------
        SolverFault
            When it has a cycle of positive gain: the choice is not optimal.
        """
        problem = without_lots(problem)
        network, layout = circulation_of(problem), Layout.of(problem)
        weights = factors(network, range(len(problem.objectives)))
        # No simple path or cycle gains or loses more than this.
        most = sum(weight * reach(network, goal) for goal, weight in enumerate(weights))
        wide = most >= _MOST
        closed = -16 * most if wide else _CLOSED
        flow = flow_of(problem, network, chosen)
        gain = tuple(
            packed(arcs, range(len(weights)), weights, wide=wide)
            for arcs in (network.pairs, network.sides)
        )
        core = _core(layout)
        loaded = _Loaded(problem, network, flow[0], flow[1], gain[0], gain[1], core)
        hop = np.full((core.max() + 1,) * 2, closed, gain[0].dtype)
        graph = cls(
            problem,
            chosen,
            tuple(weights),
            closed,
            core,
            hop,
            hop[0],
            freed=loaded.freed(),
            placed=loaded.placed(),
            counted=loaded.counted(),
            arcs=loaded.arcs(),
        )
        for some in graph.exchanges():
            _raise(hop, some.source, some.target, some.gain)
        hop[~graph.is_open(hop)] = closed
        if (hop.diagonal() > 0).any():
            raise SolverFault.of("solver.not-optimal")
        np.fill_diagonal(hop, 0)
        return replace(graph, label=_label(hop))

    def is_open(self, gains: Packed) -> Bools:
        """Tell where there is a path; a sum with a closed gain is closed."""
        return np.asarray(gains > self.closed // 2, np.bool_)

    def levels(self, gains: Packed) -> Int64:
        """Split packed gains into goals; shape (..., goals), without meaning where closed."""
        usable = np.where(self.is_open(gains), gains, 0)
        levels = np.empty((*gains.shape, len(self.weights)), np.int64)
        for goal, level in enumerate(unpacked(usable, self.weights)):
            levels[..., goal] = level
        return levels

    def exchanges(self, mentees: Int64 | None = None) -> Iterator[Exchanges]:
        """Yield the arcs of the core and every exchange, in blocks; of some mentees only."""
        freed = self.freed
        if mentees is None:
            yield self.arcs
        else:
            freed = freed[np.flatnonzero(np.isin(freed.mentee, mentees))]
        yield from self._combined(freed, self.placed)
        yield from self._combined(freed, self.counted)

    def between(self, source: int, target: int) -> Iterator[Exchanges]:
        """Yield the arc and the exchanges from one core node to another."""
        arcs, freed = self.arcs, self.freed
        yield _selected(arcs, (arcs.source == source) & (arcs.target == target))
        freed = freed[slice(*np.searchsorted(freed.node, [source, source + 1]))]
        for exits in (self.placed, self.counted):
            yield from self._combined(freed, exits[np.flatnonzero(exits.node == target)])

    def _combined(self, freed: Moves, exits: Moves) -> Iterator[Exchanges]:
        """Combine each way to be freed with all ways of the same mentee to be placed."""
        start = np.searchsorted(exits.mentee, freed.mentee)
        size = np.searchsorted(exits.mentee, freed.mentee, side="right") - start
        ends = np.cumsum(size)
        first = 0
        while first < len(freed):
            base = ends[first] - size[first]
            last = max(int(np.searchsorted(ends, base + _BLOCK, side="right")), first + 1)
            rows = np.repeat(np.arange(first, last), size[first:last])
            shift = start[first:last] - (ends[first:last] - size[first:last])
            columns = np.arange(base, base + len(rows)) + np.repeat(shift, size[first:last])
            if self.problem.mentee_parts is not None:
                allowed = (freed.inner[rows] == exits.inner[columns]) | (
                    freed.passes[rows] & exits.passes[columns]
                )
                rows, columns = rows[allowed], columns[allowed]
            yield Exchanges(
                freed.node[rows],
                exits.node[columns],
                freed.gain[rows] + exits.gain[columns],
                freed.pair[rows],
                exits.pair[columns],
                freed.mentee[rows],
            )
            first = last

    def longest(self, ends: Int32 | None = None) -> Packed:
        """Return the greatest gain from each core node to each; shape (core, core).

        Where only some ends are asked for, the others may be left closed.
        """
        if ends is not None and _FEW * len(ends) < len(self.hop):
            some = np.full_like(self.hop, self.closed)
            for end in ends.tolist():
                some[:, end] = self.longest_to(end)[0]
            return some
        longest = longest_paths(self._reduced(), self.closed)
        return self._restored(longest, self.label[:, None], self.label)

    def longest_from(self, source: int) -> tuple[Packed, Int64]:
        """Return the greatest gain from a core node to each, and the node before each."""
        longest, before = longest_from(self._reduced(), source, self.closed)
        return self._restored(longest, self.label[source], self.label), before

    def longest_to(self, target: int) -> tuple[Packed, Int64]:
        """Return the greatest gain from each core node to one, and the node after each."""
        longest, after = longest_from(self._reduced().T, target, self.closed)
        return self._restored(longest, self.label, self.label[target]), after

    def _reduced(self) -> Packed:
        """Reduce gains by potentials: none is positive, and closed ones stay closed."""
        reduced: Packed = self.hop + (self.label[:, None] - self.label)
        reduced[self.hop == self.closed] = self.closed
        return reduced

    def _restored(self, longest: Packed, start: Packed, end: Packed) -> Packed:
        closed = ~self.is_open(longest)
        restored: Packed = longest + (end - start)
        restored[closed] = self.closed
        return restored


def _selected(some: Exchanges, rows: Bools) -> Exchanges:
    return Exchanges(*(getattr(some, name)[rows] for name in Exchanges.__slots__))


def without_lots(problem: Problem) -> Problem:
    """Leave out the goal that only draws lots among equal optima."""
    goals = tuple(goal for goal in problem.objectives if goal.goal != "lottery")
    return replace(problem, objectives=goals)


@dataclass(frozen=True, slots=True, eq=False)
class _Loaded:
    """A circulation with its flow and packed gains, and the core node of each node."""

    problem: Problem
    network: Circulation
    pair_flow: Int64
    side_flow: Int64
    pair_gain: Packed
    side_gain: Packed
    core: Int32

    def freed(self) -> Moves:
        """List how mentees can be freed of a place, by core node."""
        pairs = np.flatnonzero(self.pair_flow > self.network.pairs.lower)
        counts = np.arange(2 * self.problem.mentees)
        counts = counts[self.side_flow[counts] < self.network.sides.upper[counts]]
        columns = zip(self._of_pairs(pairs, -1), self._of_counts(counts, 1), strict=True)
        freed = Moves(*(np.concatenate(column) for column in columns))
        return freed[np.argsort(freed.node, kind="stable")]

    def placed(self) -> Moves:
        """List how they can be placed with a mentor, by mentee."""
        return Moves(*self._of_pairs(np.flatnonzero(self.pair_flow < self.network.pairs.upper), 1))

    def counted(self) -> Moves:
        """List how they can go without being counted, by mentee."""
        counts = np.arange(2 * self.problem.mentees)
        counts = counts[self.side_flow[counts] > self.network.sides.lower[counts]]
        counted = Moves(*self._of_counts(counts, -1))
        return counted[np.argsort(counted.mentee, kind="stable")]

    def arcs(self) -> Exchanges:
        """List the arcs with room between nodes of the core."""
        tail, head, gain = residual(self.network.sides, self.side_flow, self.side_gain)
        tail, head = self.core[tail], self.core[head]
        nobody = np.full(len(tail), -1)
        arcs = Exchanges(tail, head, gain, nobody, nobody, nobody.astype(np.int32))
        return _selected(arcs, (tail >= 0) & (head >= 0))

    def _of_pairs(self, pairs: Int64, sign: int) -> tuple[NDArray[Any], ...]:
        inner, gain = self.network.pairs.tail[pairs], self.pair_gain[pairs]
        passes: Bools = np.broadcast_to(np.True_, len(pairs))
        if self.problem.mentee_parts is not None:
            passes = self._passes(sign)[inner]
        return (
            self.problem.mentee[pairs],
            self.core[self.network.pairs.head[pairs]],
            gain if sign > 0 else -gain,
            pairs,
            inner,
            passes,
        )

    def _of_counts(self, arcs: Int64, sign: int) -> tuple[NDArray[Any], ...]:
        # First and further mentors of each mentee have the first arcs of all.
        inner = self.network.sides.head[arcs]
        return (
            inner - np.int32(HUB + 1),
            self.core[self.network.sides.tail[arcs]],
            sign * self.side_gain[arcs],
            np.full(len(arcs), -1),
            inner,
            np.ones(len(arcs), np.bool_),
        )

    def _passes(self, sign: int) -> Bools:
        """Tell by node whether a part of a mentee's pairs can have one more, or one fewer."""
        passes = np.ones(self.network.nodes, np.bool_)
        start, end = Layout.of(self.problem).starts[2:4]
        sides, flow = self.network.sides, self.side_flow
        arcs = np.flatnonzero((sides.head >= start) & (sides.head < end))
        room = flow < sides.upper if sign > 0 else flow > sides.lower
        passes[sides.head[arcs]] = room[arcs]
        return passes


def _core(layout: Layout) -> Int32:
    """Give each node that stays a number, in the order of the layout."""
    _, mentor, mentee_part, mentor_part, *_, end = layout.starts
    core = np.full(end, -1, np.int32)
    stays = np.r_[HUB, mentor:mentee_part, mentor_part:end]
    core[stays] = np.arange(len(stays))
    return core


def _raise(hop: Packed, source: Int32, target: Int32, gain: Packed) -> None:
    """Raise entries of a table to some gains, where they are greater."""
    np.maximum.at(hop.reshape(-1), source.astype(np.int64) * len(hop) + target, gain)


def _label(hop: Packed) -> Packed:
    """Label every node with the length of a longest path that ends there."""
    label: Packed = hop[0] * 0
    # A longest path visits a node once, so as many rounds are enough.
    for _ in range(len(hop) + 1):
        longer = (hop + label[:, None]).max(axis=0)
        if (longer == label).all():
            return label
        label = longer
    raise SolverFault.of("solver.not-optimal")
