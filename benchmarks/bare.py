"""What everything is compared with: the plain OR-Tools call on the same arcs."""

import numpy as np
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from mentormatch.problem import Problem


def bare_solve(problem: Problem) -> np.ndarray:
    """Solve coverage before points with one stacked cost, arcs built from the arrays included.

    One mentor per mentee, upper bounds only; no checks, no proof.
    """
    mentees, mentors = problem.mentees, problem.mentors
    sink = mentees + mentors
    points = problem.objectives[-1].pair
    ranks = [goal.first for goal in problem.objectives if goal.first is not None]
    # A mentee's place is worth more than any exchange of points along a path.
    unit = 2 * (min(mentees, mentors) + 1) * max(int(points.max(initial=1)), 1)
    penalty = np.zeros(mentees, np.int64)
    for rank in ranks[::-1]:
        penalty += unit * rank
        unit *= 2 * (min(mentees, mentors) + 1)
    flow = SimpleMinCostFlow()
    arcs = flow.add_arcs_with_capacity_and_unit_cost(
        problem.mentee, problem.mentor + np.int32(mentees), np.ones(problem.size, np.int64), -points
    )
    people = np.arange(sink, dtype=np.int32)
    flow.add_arcs_with_capacity_and_unit_cost(
        people[mentees:],
        np.full(mentors, sink, np.int32),
        problem.capacity.most,
        np.zeros(mentors, np.int64),
    )
    flow.add_arcs_with_capacity_and_unit_cost(
        people[:mentees], np.full(mentees, sink, np.int32), np.ones(mentees, np.int64), penalty
    )
    supply = np.zeros(sink + 1, np.int64)
    supply[:mentees], supply[sink] = 1, -mentees
    flow.set_nodes_supplies(np.arange(sink + 1, dtype=np.int32), supply)
    assert flow.solve() == flow.OPTIMAL
    return np.flatnonzero(flow.flows(arcs))
