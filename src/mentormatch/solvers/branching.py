"""Limits that no flow can hold: solve the flow without them, and split where one is broken.

Best first (Land and Doig 1960): the case with the greatest values is looked at next, so
the first that breaks nothing is optimal. Most problems need no split at all.
"""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Literal

import numpy as np

from mentormatch.network.model import Layout
from mentormatch.network.repair import Start
from mentormatch.problem import Bounds, Case, Int64, Problem, Quota
from mentormatch.solvers.clock import Clock
from mentormatch.solvers.lexicographic import Found, Solution, solve

Broken = tuple[Case, int] | Literal["stuck"] | None
# More flows than this, and another engine is asked.
MOST_FLOWS = 64


@dataclass(slots=True, eq=False)
class Node:
    """One case and what came of it.

    Parameters
    ----------
    problem
        The problem of this case.
    solution
        Its best flow, None when there is none.
    refuted_by
        The quota that can't be met any more, if that is why there is none, and whether
        too many count (1) or too few (-1).
    kind, index, children
        How it was split, if it was.
    """

    problem: Problem
    solution: Solution | None
    refuted_by: tuple[int, int] | None = None
    kind: Case | None = None
    index: int = -1
    children: "list[Node]" = field(default_factory=list)


@dataclass(frozen=True, slots=True, eq=False)
class Search:
    """How far a search got.

    Parameters
    ----------
    root
        The tree of cases.
    best
        The optimal case; None when nothing is feasible, or when the search was given up.
    finished
        Whether every case that could be better was settled.
    flows
        How many flows were solved.
    """

    root: Node
    best: Node | None
    finished: bool
    flows: int


def search(
    problem: Problem,
    *,
    prices: bool = True,
    most_flows: int = MOST_FLOWS,
    clock: Clock | None = None,
    found: Found = lambda chosen, goals: None,
    start: Start | None = None,
) -> Search:
    """Maximise the goals under all limits, by as few flows as it takes.

    Parameters
    ----------
    problem
        The question.
    prices
        Whether to compute potentials for the proof.
    most_flows
        Give up after so many flows.
    clock
        A time limit, if there is one.
    found
        Told every choice on the way, whatever limits it may break, and how many goals no
        choice exceeds.
    start
        What is known from a similar problem.

    Raises
    ------
    CutOffError
        When the time is over.
    """
    flows, root = count(1), _node(problem, prices, clock, found, start)
    solved, order = next(flows), count()
    queue: list[tuple[tuple[int, ...], int, Node]] = []
    for node in [root]:
        _enqueue(queue, order, node)
    while queue:
        _, _, node = heapq.heappop(queue)
        broken = _broken(node)
        if broken is None:
            return Search(root, node, finished=True, flows=solved)
        if broken == "stuck" or solved + 2 > most_flows:
            return Search(root, None, finished=False, flows=solved)
        node.kind, node.index = broken
        for case in node.problem.cases(*broken):
            # What is best in a case need not be so in the whole problem.
            child = _node(case, prices, clock, lambda chosen, _: found(chosen, 0))
            solved = next(flows)
            node.children.append(child)
            _enqueue(queue, order, child)
    return Search(root, None, finished=True, flows=solved)


def _node(
    problem: Problem,
    prices: bool,
    clock: Clock | None,
    found: Found,
    start: Start | None = None,
) -> Node:
    hopeless = _hopeless_quota(problem)
    if hopeless is not None:
        return Node(problem, None, hopeless)
    return Node(problem, solve(problem, prices=prices, clock=clock, found=found, start=start))


def _enqueue(
    queue: list[tuple[tuple[int, ...], int, Node]], order: Iterator[int], node: Node
) -> None:
    if node.solution is not None:
        values = node.problem.values(node.solution.chosen)
        heapq.heappush(queue, (tuple(-value for value in values), next(order), node))


def _hopeless_quota(problem: Problem) -> tuple[int, int] | None:
    """Find a quota on people whose bound is out of reach, whoever else takes part."""
    held = Layout.of(problem).held
    for place, quota in enumerate(problem.quotas):
        if place not in held and quota.counts == "people":
            least, most = problem.linear_bounds(quota)
            surely, possibly = _reach(problem, quota)
            if surely > most or possibly < least:
                return place, 1 if surely > most else -1
    return None


def _reach(problem: Problem, quota: Quota) -> tuple[int, int]:
    """Count who surely and who possibly takes part, a person on both sides twice."""
    sides = ((problem.capacity, quota.mentors), (problem.demand, quota.mentees))
    surely = sum(int((bounds.least[who] > 0).sum()) for bounds, who in sides)
    possibly = sum(int((bounds.most[who] > 0).sum()) for bounds, who in sides)
    return surely, possibly


def _broken(node: Node) -> Broken:
    """Name a limit that the case's best flow breaks, as a split that helps; None if none."""
    problem = node.problem
    assert node.solution is not None
    chosen = node.solution.chosen
    taken = np.zeros(problem.size, np.bool_)
    taken[chosen] = True
    both = taken[problem.exclusive].all(axis=1)
    if both.any():
        return "exclusive", int(both.argmax())
    odd = taken[problem.together].sum(axis=1) == 1
    if odd.any():
        return "together", int(odd.argmax())
    load = problem.loads(chosen)
    if problem.or_none is not None:
        short = (load > 0) & (load < problem.or_none)
        if short.any():
            return "load", int(short.argmax())
    for parts in problem.crossing:
        if not parts.kept(parts.count(chosen), load).all():
            return "stuck"
    return _broken_quota(problem, chosen)


def _broken_quota(problem: Problem, chosen: Int64) -> Broken:
    load, served = problem.loads(chosen), problem.served(chosen)
    for quota, counted in zip(problem.quotas, problem.counts(chosen).tolist(), strict=True):
        if quota.least <= counted <= quota.most:
            continue
        return _undecided(problem, quota, load, served, active=counted > quota.most)
    return None


def _undecided(
    problem: Problem, quota: Quota, load: Int64, served: Int64, *, active: bool
) -> Broken:
    """Pick somebody whose part in a broken quota is open: of fewest pairs, or none so far.

    Where people are counted there is such a person, or the quota would have been out of
    reach; a count of pairs may leave nothing to decide this way.
    """
    sides: tuple[tuple[Case, Int64, Bounds, Int64], ...] = (
        ("mentor", quota.mentors, problem.capacity, load),
        ("mentee", quota.mentees, problem.demand, served),
    )
    for kind, who, bounds, has in sides:
        open_ = (bounds.least[who] == 0) & (bounds.most[who] > 0) & ((has[who] > 0) == active)
        if open_.any():
            people = who[open_]
            return kind, int(people[has[people].argmin()])
    return "stuck"
