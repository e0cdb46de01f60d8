"""Pairs among equals: one group of people, no fixed roles, everybody in one pair at most.

A maximum weight matching in a general graph (Edmonds, *Paths, trees, and flowers* and
*Maximum matching and a polyhedron with 0,1-vertices*, 1965): most pairs first, then most
points. It isn't a flow, because of odd cycles, so it has engines of its own.

networkx' blossom algorithm (Galil 1986) counts the pairs, and in small questions finds
the points as well. On Python integers, which is all it is given here, it ends by checking
its own dual solution (unless Python runs with ``-O``): feasible, and worth as much as the
pairing. In larger questions CP-SAT looks for the points and claims its optimum, which is
counted again. Neither hands its duals over to anybody else's check, so the word for
both is ``solver_proved``.
"""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import numpy as np

from mentormatch.errors import ScoreError, SolverFault
from mentormatch.matching import Level, Status
from mentormatch.problem import Int32, Int64

# People times pairs that take networkx about two seconds: 200 people who may all meet,
# or 600 with 20 candidates each.
SMALL = 4_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Pairing:
    """Who is paired with whom, and what is known about it.

    Parameters
    ----------
    status
        ``OPTIMAL``, or ``FEASIBLE`` when the bound was not reached, mostly for want of time.
    proof
        ``solver_proved`` or ``best_found``.
    chosen
        Positions of the chosen pairs, ascending.
    levels
        ``pairs``, which is always proven, then ``points``.
    """

    status: Status
    proof: str
    chosen: Int64
    levels: tuple[Level, ...]


def pair_equals(
    first: Int32, second: Int32, points: Int64, people: int, *, time_limit: float | None = None
) -> Pairing:
    """Pair as many people as possible, with as many points as possible.

    Parameters
    ----------
    first, second
        The two people of every pair that may be formed, the lower position first, no
        pair twice. The order of the pairs decides nothing: engines get them sorted.
    points
        What each pair is worth, possibly negative.
    people
        How many people there are.
    time_limit
        Seconds after which the search for points in a large question stops with the best
        found so far. Small ones take a few seconds at most and don't look at it.

    Raises
    ------
    ScoreError
        When the points of a large question might not add up within 64 bits.
    SolverFault
        When the answer of an engine isn't a pairing or isn't worth what it claims.
    """
    order = np.lexsort((second, first))
    ends = np.stack((first, second), axis=1)[order]
    points = points[order]
    if people * len(ends) <= SMALL:
        found = _by_blossoms(ends, points)
        bound = _total(points, found)
    else:
        found = _by_blossoms(ends, np.ones_like(points))
        found, bound = _by_cp_sat(ends, points, found, time_limit)
    if len(np.unique(ends[found])) < 2 * len(found):
        raise SolverFault.of("solver.refused", reason="pairing")
    pairs, reached = len(found), _total(points, found)
    done = reached == bound
    proof = "solver_proved" if done else "best_found"
    return Pairing(
        status=Status.OPTIMAL if done else Status.FEASIBLE,
        proof=proof,
        chosen=np.sort(order[found]),
        levels=(
            Level("pairs", pairs, pairs, "solver_proved"),
            Level("points", reached, bound, proof),
        ),
    )


def _by_blossoms(ends: Int32, points: Int64) -> Int64:
    """Let networkx find the best of the largest pairings; return its positions."""
    import networkx as nx  # noqa: PLC0415 - slow import

    place = {(first, second): pair for pair, (first, second) in enumerate(ends.tolist())}
    graph = nx.Graph()
    # Plain integers: with NumPy's, it neither checks its answer nor stays exact.
    weighted = zip(place, points.tolist(), strict=True)
    graph.add_weighted_edges_from((*people, worth) for people, worth in weighted)
    matched = nx.max_weight_matching(graph, maxcardinality=True)
    return np.array(sorted(place[min(pair), max(pair)] for pair in matched), np.int64)


def _by_cp_sat(
    ends: Int32, points: Int64, start: Int64, seconds: float | None
) -> tuple[Int64, int]:
    """Let CP-SAT look for more points in as many pairs as there are to start with.

    With every constraint in the linear relaxation, the number of pairs as an equation and
    no presolve, it is quickest to find the cuts that odd groups of people need.

    Returns
    -------
    tuple
        The positions of the best found, and what no pairing exceeds.
    """
    from ortools.sat.python import cp_model  # noqa: PLC0415 - slow import

    largest, limit = max(int(points.max()), -int(points.min())), ((1 << 62) - 1) // len(points)
    if largest > limit:
        raise ScoreError.of("score.range", largest=largest, limit=limit)
    model: Any = cp_model.CpModel()
    pairs = [model.new_bool_var("") for _ in range(len(ends))]
    own: defaultdict[int, list[Any]] = defaultdict(list)
    for pair, (first, second) in zip(pairs, ends.tolist(), strict=True):
        own[first].append(pair)
        own[second].append(pair)
    for rivals in own.values():
        model.add_at_most_one(rivals)
    model.add(sum(pairs) == len(start))
    model.maximize(cp_model.LinearExpr.weighted_sum(pairs, points.tolist()))
    for place, taken in enumerate(np.isin(np.arange(len(pairs)), start).tolist()):
        model.add_hint(pairs[place], taken)

    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1  # repeats exactly; more of them would race
    solver.parameters.linearization_level = 2
    solver.parameters.cp_model_presolve = False
    if seconds is not None:
        solver.parameters.max_time_in_seconds = seconds
    status = solver.solve(model)
    if status == cp_model.UNKNOWN:
        return start, len(start) * int(points.max())
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        raise SolverFault.of("solver.status", status=solver.status_name(status))
    found = np.flatnonzero([solver.boolean_value(pair) for pair in pairs])
    # Its word for the end rests on floats, which can't tell sums beyond 2^53 apart. This
    # bound is an integer, of the negative that it minimises.
    bound = -int(solver.response_proto.inner_objective_lower_bound)
    if len(found) != len(start) or _total(points, found) > bound:
        raise SolverFault.of("solver.refused", reason="cp-sat")
    return found, bound


def _total(points: Int64, found: Int64) -> int:
    """Add up in integers of any size."""
    return sum(points[found].tolist())
