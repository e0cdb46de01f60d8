"""A problem written as a circulation: arcs with bounds and one gain per goal.

Flow runs hub -> mentee -> mentor -> hub. A mentee has one arc for the first
mentor and one for all further ones, so that the first can count more; a mentor
has one arc, whose bounds are the mentor's load. A part of a person's pairs
that has bounds of its own gets a node between the person and those pairs.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mentormatch.matching import Int32, Int64, Parts, Problem

HUB = 0


@dataclass(frozen=True, slots=True, eq=False)
class Arcs:
    """Arcs of one sort, by column; every array has one entry per arc.

    Parameters
    ----------
    tail, head
        Node numbers.
    lower, upper
        Bounds on the flow.
    gains
        One array per goal: what a unit of flow gains.
    """

    tail: Int32
    head: Int32
    lower: Int64
    upper: Int64
    gains: tuple[Int64, ...]

    def __len__(self) -> int:
        return len(self.tail)


@dataclass(frozen=True, slots=True, eq=False)
class Circulation:
    """A network in which flow goes round.

    Parameters
    ----------
    nodes
        Number of nodes: the hub, mentees, mentors, parts of mentees, parts of mentors.
    pairs
        One arc per pair, in the problem's order, grouped by mentee.
    sides
        Every other arc: first and further mentors, loads, parts.
    longest
        No simple path uses more pair arcs than this.
    """

    nodes: int
    pairs: Arcs
    sides: Arcs
    longest: int


@dataclass(frozen=True, slots=True)
class Layout:
    """Where each sort of node stands in the numbering."""

    mentees: int
    mentors: int
    mentee_parts: int
    mentor_parts: int

    @classmethod
    def of(cls, problem: Problem) -> "Layout":
        """Lay out the nodes of a problem."""
        return cls(
            problem.mentees,
            problem.mentors,
            _size(problem.mentee_parts),
            _size(problem.mentor_parts),
        )

    @property
    def starts(self) -> tuple[int, int, int, int, int]:
        """First node of mentees, mentors, mentee parts, mentor parts; then the node count."""
        mentors = 1 + self.mentees
        mentee_parts = mentors + self.mentors
        mentor_parts = mentee_parts + self.mentee_parts
        return 1, mentors, mentee_parts, mentor_parts, mentor_parts + self.mentor_parts

    @property
    def nodes(self) -> int:
        """Number of nodes."""
        return self.starts[-1]


def _size(parts: Parts | None) -> int:
    return 0 if parts is None else len(parts.owner)


def circulation_of(problem: Problem) -> Circulation:
    """Build the circulation of a problem.

    Its integral flows are the matchings that keep every limit, and a flow's gains
    are the matching's values (the standard reduction of b-matching; see Ahuja,
    Magnanti and Orlin, *Network Flows*, 1993, chapters 6 and 12).
    """
    layout = Layout.of(problem)
    mentee, mentor, mentee_part, mentor_part, nodes = layout.starts
    pairs = Arcs(
        tail=_ends(problem.mentee, mentee, problem.mentee_parts, mentee_part),
        head=_ends(problem.mentor, mentor, problem.mentor_parts, mentor_part),
        lower=_marked(problem.size, problem.pinned, 0, 1),
        upper=_marked(problem.size, problem.banned, 1, 0),
        gains=tuple(_or_zero(goal.pair, problem.size) for goal in problem.objectives),
    )
    goals = len(problem.objectives)
    sides = _joined(
        [
            _mentee_arcs(problem, mentee),
            _load_arcs(problem, mentor, goals),
            _part_arcs(problem.mentee_parts, mentee, mentee_part, goals, toward_part=True),
            _part_arcs(problem.mentor_parts, mentor, mentor_part, goals, toward_part=False),
        ]
    )
    return Circulation(nodes, pairs, sides, 2 * min(problem.mentees, problem.mentors) + 2)


def _ends(person: Int32, start: int, parts: Parts | None, parts_start: int) -> Int32:
    """Return the node at which each pair arc ends: the person's, or that of its part."""
    node = person + np.int32(start)
    if parts is not None:
        node = np.where(parts.of >= 0, parts.of + np.int32(parts_start), node)
    return node


def _marked(size: int, positions: Int64, usual: int, marked: int) -> Int64:
    """Make an array of one value with another at some positions, without memory if it can."""
    if not len(positions):
        return np.broadcast_to(np.int64(usual), size)
    values = np.full(size, usual, np.int64)
    values[positions] = marked
    return values


def _or_zero(values: Int64 | None, size: int) -> Int64:
    return np.broadcast_to(np.int64(0), size) if values is None else values


def _mentee_arcs(problem: Problem, start: int) -> Arcs:
    """First and further mentors of each mentee, hub -> mentee."""
    size = problem.mentees
    node = np.arange(start, start + size, dtype=np.int32)
    least, most = problem.demand.least, problem.demand.most
    first = np.minimum(most, 1)
    return Arcs(
        tail=np.full(2 * size, HUB, np.int32),
        head=np.concatenate([node, node]),
        lower=np.concatenate([np.minimum(least, 1), np.maximum(least - 1, 0)]),
        upper=np.concatenate([first, most - first]),
        gains=tuple(
            np.concatenate([_or_zero(goal.first, size), _or_zero(goal.further, size)])
            for goal in problem.objectives
        ),
    )


def _load_arcs(problem: Problem, start: int, goals: int) -> Arcs:
    """Load of each mentor, mentor -> hub."""
    size = problem.mentors
    return Arcs(
        tail=np.arange(start, start + size, dtype=np.int32),
        head=np.full(size, HUB, np.int32),
        lower=problem.capacity.least,
        upper=problem.capacity.most,
        gains=(np.zeros(size, np.int64),) * goals,
    )


def _part_arcs(
    parts: Parts | None, person: int, start: int, goals: int, *, toward_part: bool
) -> Arcs:
    """Bounds of each part, between the person and the part."""
    if parts is None:
        nothing = np.empty(0, np.int64)
        none = np.empty(0, np.int32)
        return Arcs(none, none, nothing, nothing, (nothing,) * goals)
    size = len(parts.owner)
    owner = parts.owner + np.int32(person)
    node = np.arange(start, start + size, dtype=np.int32)
    tail, head = (owner, node) if toward_part else (node, owner)
    gains = (np.zeros(size, np.int64),) * goals
    return Arcs(tail, head, parts.bounds.least, parts.bounds.most, gains)


def _joined(sorts: Sequence[Arcs]) -> Arcs:
    return Arcs(
        tail=np.concatenate([arcs.tail for arcs in sorts]),
        head=np.concatenate([arcs.head for arcs in sorts]),
        lower=np.concatenate([arcs.lower for arcs in sorts]),
        upper=np.concatenate([arcs.upper for arcs in sorts]),
        gains=tuple(
            np.concatenate(gains) for gains in zip(*(arcs.gains for arcs in sorts), strict=True)
        ),
    )
