"""A problem written as a circulation: arcs with bounds and one gain per goal.

Flow runs hub -> mentee -> mentor -> hub. On both sides a person's first pair has an
arc of its own, so that it can count more, or count for a quota. A part of a person's
pairs that has bounds of its own gets a node between the person and those pairs, and
a quota gets one between the hub and the people it counts.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from mentormatch.network.families import Family, families
from mentormatch.problem import Int32, Int64, Parts, Problem

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
class Layout:
    """Where each sort of node stands in the numbering, and the quotas the network holds."""

    mentees: int
    mentors: int
    mentee_parts: int
    mentor_parts: int
    mentee_quotas: Family
    mentor_quotas: Family

    @classmethod
    def of(cls, problem: Problem) -> "Layout":
        """Lay out the nodes of a problem."""
        return cls(
            problem.mentees,
            problem.mentors,
            _size(problem.mentee_parts),
            _size(problem.mentor_parts),
            *families(problem),
        )

    @property
    def starts(self) -> tuple[int, ...]:
        """First node of each sort - in the order of the fields - and then the node count."""
        sizes = (
            self.mentees,
            self.mentors,
            self.mentee_parts,
            self.mentor_parts,
            len(self.mentee_quotas.quotas),
            len(self.mentor_quotas.quotas),
        )
        starts = [HUB + 1]
        for size in sizes:
            starts.append(starts[-1] + size)
        return tuple(starts)

    @property
    def held(self) -> frozenset[int]:
        """Positions of the quotas that the network holds."""
        return frozenset((*self.mentee_quotas.quotas, *self.mentor_quotas.quotas))

    @property
    def nodes(self) -> int:
        """Number of nodes."""
        return self.starts[-1]


@dataclass(frozen=True, slots=True, eq=False)
class Circulation:
    """A network in which flow goes round.

    Parameters
    ----------
    nodes
        Number of nodes.
    pairs
        One arc per pair, in the problem's order, grouped by tail.
    sides
        Every other arc.
    longest
        No simple path uses more pair arcs, or more other arcs that gain, than these.
    """

    nodes: int
    pairs: Arcs
    sides: Arcs
    longest: tuple[int, int]


def _size(parts: Parts | None) -> int:
    return 0 if parts is None else len(parts.owner)


def circulation_of(problem: Problem) -> Circulation:
    """Build the circulation of a problem, without the quotas that no flow can hold.

    Its integral flows are the matchings that keep every other limit, and a flow's gains
    are the matching's values (the standard reduction of b-matching; see Ahuja, Magnanti
    and Orlin, *Network Flows*, 1993, chapters 6 and 12).
    """
    layout = Layout.of(problem)
    mentee, mentor, mentee_part, mentor_part, mentee_quota, mentor_quota, nodes = layout.starts
    pairs = Arcs(
        tail=_ends(problem.mentee, mentee, problem.mentee_parts, mentee_part),
        head=_ends(problem.mentor, mentor, problem.mentor_parts, mentor_part),
        lower=_marked(problem.size, problem.pinned, 0, 1),
        upper=_marked(problem.size, problem.banned, 1, 0),
        gains=tuple(_or_zero(goal.pair, problem.size) for goal in problem.objectives),
    )
    goals = len(problem.objectives)
    sides = [
        _mentee_arcs(problem, mentee, layout.mentee_quotas, mentee_quota),
        _load_arcs(problem, mentor, layout.mentor_quotas, mentor_quota),
        _part_arcs(problem.mentee_parts, mentee, mentee_part, goals, toward_part=True),
        _part_arcs(problem.mentor_parts, mentor, mentor_part, goals, toward_part=False),
        *_quota_arcs(problem, layout.mentee_quotas, mentee_quota, from_hub=True),
        *_quota_arcs(problem, layout.mentor_quotas, mentor_quota, from_hub=False),
    ]
    # A simple path alternates between the sides, each person's parts being ends of their
    # own, and passes the hub and each quota once.
    quotas = nodes - mentee_quota
    ends = (
        layout.mentees + layout.mentee_parts,
        layout.mentors + layout.mentor_parts,
    )
    longest = 2 * min(ends) + 2, 2 * (1 + quotas)
    return Circulation(nodes, pairs, _joined(sides), longest)


def flow_of(problem: Problem, network: Circulation, chosen: Int64) -> tuple[Int64, Int64]:
    """Return the flow of a choice that keeps every limit, on pair arcs and on the others.

    Arcs between the same two nodes fill in their order, which is how a choice is valued.

    Parameters
    ----------
    problem
        The question.
    network
        Its circulation.
    chosen
        Positions of the chosen pairs.
    """
    pair_flow = np.zeros(problem.size, np.int64)
    pair_flow[chosen] = 1
    layout, load = Layout.of(problem), problem.loads(chosen)
    served, counts = problem.served(chosen), problem.counts(chosen)
    mentor = layout.starts[1]
    # Of parallel arcs each takes what those before it leave over.
    amounts = [np.minimum(served, 1), np.maximum(served - 1, 0)]
    loads = _load_arcs(problem, mentor, layout.mentor_quotas, 0)
    who = loads.tail - mentor
    number = np.arange(len(who)) - np.searchsorted(who, who)
    amounts.append(np.clip(load[who] - number, 0, loads.upper))
    for parts in (problem.mentee_parts, problem.mentor_parts):
        if parts is not None:
            of = parts.of[chosen]
            amounts.append(np.bincount(of[of >= 0], minlength=len(parts.owner)))
    for family in (layout.mentee_quotas, layout.mentor_quotas):
        for place in family.quotas:
            wanted = min(problem.quotas[place].wanted, problem.quotas[place].most)
            below = min(int(counts[place]), wanted)
            amounts.append(np.array([below, counts[place] - below]))
    side_flow = np.concatenate(amounts).astype(np.int64)
    assert len(side_flow) == len(network.sides)
    return pair_flow, side_flow


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


def _mentee_arcs(problem: Problem, start: int, family: Family, quotas: int) -> Arcs:
    """First and further mentors of each mentee, from the hub or a quota to the mentee."""
    size = problem.mentees
    node = np.arange(start, start + size, dtype=np.int32)
    least, most = problem.demand.least, problem.demand.most
    first = np.minimum(most, 1)
    return Arcs(
        tail=np.concatenate([_outer(family.first, quotas), _outer(family.further, quotas)]),
        head=np.concatenate([node, node]),
        lower=np.concatenate([np.minimum(least, 1), np.maximum(least - 1, 0)]),
        upper=np.concatenate([first, most - first]),
        gains=tuple(
            np.concatenate([_or_zero(goal.first, size), _or_zero(goal.further, size)])
            for goal in problem.objectives
        ),
    )


def _outer(innermost: Int32, quotas: int) -> Int32:
    """Return the node outside each person's seat: its innermost quota, or the hub."""
    return np.where(innermost >= 0, innermost + np.int32(quotas), np.int32(HUB))


def _load_arcs(problem: Problem, start: int, family: Family, quotas: int) -> Arcs:
    """Load of each mentor, from the mentor to a quota or the hub.

    One arc for the first mentee and one for all others; where squares of loads count,
    one for every mentee, each losing more than the one before.
    """
    least, most = problem.capacity.least, problem.capacity.most
    squares = any(goal.square is not None for goal in problem.objectives)
    last = np.maximum(most if squares else np.minimum(most, 2), 1)
    mentor = np.repeat(np.arange(problem.mentors), last)
    number = np.arange(len(mentor)) - np.repeat(np.cumsum(last) - last, last)
    first = number == 0
    upper = np.where(first | squares, np.minimum(most[mentor], 1), most[mentor] - 1)
    # A least above the most stands on the first arc, for all to see.
    clash = first & (least > most)[mentor]
    lower = np.where(clash, least[mentor], np.clip(least[mentor] - number, 0, upper))
    outer = np.where(first, family.first[mentor], family.further[mentor])
    return Arcs(
        tail=(mentor + start).astype(np.int32),
        head=_outer(outer.astype(np.int32), quotas),
        lower=lower,
        upper=upper,
        gains=tuple(
            -_or_zero(goal.square, problem.mentors)[mentor] * (2 * number + 1)
            for goal in problem.objectives
        ),
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


def _quota_arcs(problem: Problem, family: Family, start: int, *, from_hub: bool) -> Iterator[Arcs]:
    """Bounds of each quota, between it and the next outer one: what it wants, and the rest."""
    for number, (place, parent) in enumerate(zip(family.quotas, family.parents, strict=True)):
        quota = problem.quotas[place]
        wanted = min(quota.wanted, quota.most)
        node, outer = start + number, HUB if parent < 0 else start + parent
        tail, head = (outer, node) if from_hub else (node, outer)
        nothing = np.zeros(1, np.int64)
        yield Arcs(
            tail=np.full(2, tail, np.int32),
            head=np.full(2, head, np.int32),
            lower=np.array([min(quota.least, wanted), max(quota.least - wanted, 0)]),
            upper=np.array([wanted, quota.most - wanted]),
            gains=tuple(
                np.concatenate([_or_zero(goal.quota, len(problem.quotas))[[place]], nothing])
                for goal in problem.objectives
            ),
        )


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
