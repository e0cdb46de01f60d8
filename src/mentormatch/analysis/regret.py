"""What a decision on one pair would cost the whole matching, exactly and without a new solve.

The best matching with a pair changed - made, where it was not chosen, or given up, where
it was - differs from the optimum by a cycle of the residual graph, and the best such
cycle closes a longest path (see :mod:`mentormatch.network.residual`). A regret has one
number per goal: a mentee fewer is not the same as twenty points fewer.
"""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count, pairwise

import numpy as np

from mentormatch.analysis.outcome import Outcome
from mentormatch.errors import MentorMatchError
from mentormatch.matching import Status
from mentormatch.network.model import Layout
from mentormatch.network.packing import Packed
from mentormatch.network.residual import Bools, Exchanges, Residual
from mentormatch.problem import Int64, Problem, Quota


@dataclass(frozen=True, slots=True, eq=False)
class Regrets:
    """What it costs to change each candidate pair.

    Parameters
    ----------
    goals
        Names of the goals, in order.
    chosen
        Whether each pair was chosen: its regret is that of giving it up; shape (pairs,).
    possible
        Whether any matching that keeps the limits has the pair changed; shape (pairs,).
    values
        How much each goal loses, compared in order; shape (pairs, goals), 0 where
        impossible.
    """

    goals: tuple[str, ...]
    chosen: Bools
    possible: Bools
    values: Int64

    @property
    def free(self) -> Bools:
        """Which pairs can be changed at no cost at all; shape (pairs,)."""
        return np.asarray(self.possible & ~self.values.any(axis=1))


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """The best matching with one pair changed.

    Parameters
    ----------
    regret
        How much each goal loses.
    steps
        Who gives up which pair for which other, as ``(mentee, left, taken)`` positions,
        -1 for no pair; the asked pair first, then whom it displaces, and so on.
    chosen
        Positions of the pairs after it, ascending.
    """

    regret: tuple[int, ...]
    steps: tuple[tuple[int, int, int], ...]
    chosen: Int64


def residual_of(problem: Problem, outcome: Outcome) -> Residual:
    """Draw the residual graph of an outcome.

    Raises
    ------
    MentorMatchError
        When the outcome isn't a proven optimum, or when the problem has limits that no
        flow holds: what the graph says could then be wrong.
    """
    if outcome.status is not Status.OPTIMAL:
        raise MentorMatchError.of("regret.not-optimal", status=str(outcome.status))
    if outcome.engine != "flow" or not is_flow(problem):
        raise MentorMatchError.of("regret.no-flow")
    return Residual.of(problem, outcome.chosen)


def is_flow(problem: Problem) -> bool:
    """Tell whether a network holds every limit of a problem, and all that its goals count."""
    held = Layout.of(problem).held
    return not (
        len(problem.exclusive)
        or len(problem.together)
        or problem.crossing
        or (problem.or_none is not None and (problem.or_none > 1).any())
        or any(
            place not in held and not _says_nothing(problem, place, quota)
            for place, quota in enumerate(problem.quotas)
        )
    )


def _says_nothing(problem: Problem, place: int, quota: Quota) -> bool:
    """Tell whether a quota can't be broken and nothing counts it."""
    everybody = len(quota.mentors) + len(quota.mentees)
    most = everybody if quota.counts == "people" else 2 * problem.size
    counted = any(goal.quota is not None and goal.quota[place] for goal in problem.objectives)
    return quota.least <= 0 and quota.most >= most and not (counted and quota.wanted > 0)


def regrets(graph: Residual, mentees: Int64 | None = None) -> Regrets:
    """Price the change of every candidate pair, or of those of some mentees.

    Parameters
    ----------
    graph
        The residual graph of the optimum.
    mentees
        Positions of the mentees whose pairs are asked about; the others' are then said
        to be impossible.
    """
    best = _best_cycles(graph, mentees)
    chosen = np.zeros(graph.problem.size, np.bool_)
    chosen[graph.chosen] = True
    goals = tuple(goal.goal for goal in graph.problem.objectives)
    return Regrets(goals, chosen, graph.is_open(best), -graph.levels(best))


def _best_cycles(graph: Residual, mentees: Int64 | None) -> Packed:
    """Return the gain of the best cycle that changes each pair, packed."""
    ends = None
    if mentees is not None:
        ends = np.unique(graph.freed.node[np.isin(graph.freed.mentee, mentees)])
    longest = graph.longest(ends)
    best = np.full(graph.problem.size, graph.closed, longest.dtype)
    for some in graph.exchanges(mentees):
        place = some.target.astype(np.int64) * len(longest) + some.source
        gain = some.gain + longest.reshape(-1)[place]
        # A pair is either chosen, and can be left, or not, and can be taken.
        for pair in (some.left, some.taken):
            real = pair >= 0
            np.maximum.at(best, pair[real], gain[real])
    return best


def change(graph: Residual, pair: int) -> Change | None:
    """Find the best matching with a pair changed, and who is displaced by it.

    Parameters
    ----------
    graph
        The residual graph of the optimum.
    pair
        Position of the pair: made if it wasn't chosen, given up if it was.

    Returns
    -------
    Change or None
        None when no matching that keeps the limits has the pair changed.
    """
    given_up = pair in graph.chosen
    mentee = graph.problem.mentee[[pair]].astype(np.int64)
    closing = [
        step
        for some in graph.exchanges(mentee)
        for step in _rows(some)
        if (step.left if given_up else step.taken) == pair
    ]
    if not closing:
        return None
    if given_up:
        gains, towards = graph.longest_to(closing[0].source)
        best = max(closing, key=lambda step: step.gain + gains[step.target])
        gain = best.gain + gains[best.target]
        nodes = _walk(towards, best.target)
    else:
        gains, towards = graph.longest_from(closing[0].target)
        best = max(closing, key=lambda step: step.gain + gains[step.source])
        gain = best.gain + gains[best.source]
        nodes = _walk(towards, best.source)[::-1]
    packed = np.array([gain])
    if not graph.is_open(packed)[0]:
        return None
    steps = [best, *(_best_step(graph, *hop) for hop in pairwise(nodes))]
    left = [step.left for step in steps if step.left >= 0]
    taken = [step.taken for step in steps if step.taken >= 0]
    return Change(
        tuple((-graph.levels(packed)[0]).tolist()),
        tuple((step.mentee, step.left, step.taken) for step in steps if step.mentee >= 0),
        np.union1d(np.setdiff1d(graph.chosen, left), np.array(taken, np.int64)),
    )


@dataclass(frozen=True, slots=True)
class _Step:
    """One exchange."""

    source: int
    target: int
    gain: int
    left: int
    taken: int
    mentee: int


def _rows(some: Exchanges) -> Iterator[_Step]:
    columns = (getattr(some, name).tolist() for name in Exchanges.__slots__)
    return (_Step(*row) for row in zip(*columns, strict=True))


def _walk(towards: Int64, start: int) -> list[int]:
    """Follow a search's table from a node to where it began."""
    nodes = [start]
    while towards[nodes[-1]] >= 0:
        nodes.append(int(towards[nodes[-1]]))
    return nodes


def _best_step(graph: Residual, source: int, target: int) -> _Step:
    steps = [step for some in graph.between(source, target) for step in _rows(some)]
    return max(steps, key=lambda step: step.gain)


def best_choices(problem: Problem, chosen: Int64, most: int) -> Iterator[Int64]:
    """Yield whole matchings in the order of their values, beginning with an optimum.

    The best matching other than an optimum differs from it by the cheapest change of one
    pair. Splitting at that pair - with it, without it - leaves two problems whose optima
    are known, and so on (Lawler 1972; Hamacher and Queyranne 1985).

    Parameters
    ----------
    problem
        The question.
    chosen
        Positions of the pairs of an optimum.
    most
        How many to look for; fewer are yielded when there are no more.
    """
    order = count()
    waiting: list[tuple[tuple[int, ...], int, Problem, Int64, int, Int64]] = []

    def split(part: Problem, optimum: Int64) -> None:
        graph = Residual.of(part, optimum)
        best = _best_cycles(graph, None)
        if not len(best) or not graph.is_open(best).any():
            return
        pair = int(best.argmax())
        other = change(graph, pair)
        assert other is not None
        values = graph.problem.values(other.chosen)
        key = tuple(-value for value in values)
        heapq.heappush(waiting, (key, next(order), part, optimum, pair, other.chosen))

    if most > 0:
        yield chosen
        split(problem, chosen)
    for _ in range(most - 1):
        if not waiting:
            return
        _, _, part, optimum, pair, other = heapq.heappop(waiting)
        yield other
        split(_fixed(part, pair, other), other)
        split(_fixed(part, pair, optimum), optimum)


def _fixed(problem: Problem, pair: int, chosen: Int64) -> Problem:
    """Pin a pair if it is among the chosen, ban it if it isn't."""
    if pair in chosen:
        return replace(problem, pinned=np.union1d(problem.pinned, [pair]))
    return replace(problem, banned=np.union1d(problem.banned, [pair]))
