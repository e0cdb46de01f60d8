"""Solve a problem and prove the answer; nothing unproven is called optimal."""

from dataclasses import dataclass

import numpy as np

from mentormatch.analysis.certificate import Certificate, Cut
from mentormatch.errors import SolverFault
from mentormatch.matching import Int64, Level, Problem, Status
from mentormatch.network.model import HUB, Layout
from mentormatch.solvers.cuts import blocking_set
from mentormatch.solvers.lexicographic import Solution, solve


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What came of a problem.

    Parameters
    ----------
    status
        ``OPTIMAL`` or ``INFEASIBLE``.
    proof
        ``certified``, ``solver_proved`` or ``infeasible_certified``.
    chosen
        Positions of the chosen pairs, ascending.
    levels
        One entry per goal, in order; empty when infeasible.
    witness
        The certificate or the cut; None when it was not asked for.
    solves
        How many flows it took.
    """

    status: Status
    proof: str
    chosen: Int64
    levels: tuple[Level, ...]
    witness: Certificate | Cut | None
    solves: int


def settle(problem: Problem, *, certify: bool = True) -> Outcome:
    """Solve a problem exactly and check the proof of the answer.

    Parameters
    ----------
    problem
        The question.
    certify
        Whether to compute and check prices. Without them the solver's own word
        is taken for an optimum; that nothing is feasible is always proven.

    Raises
    ------
    SolverFault
        When the check refuses what the solver claims.
    """
    solution = solve(problem, prices=certify)
    if solution is None:
        return _impossible(problem)
    certificate = certificate_of(solution) if certify else None
    if certificate is not None:
        verdict = certificate.check(problem, solution.chosen)
        if not verdict.accepted:
            raise SolverFault.of("solver.refused", reason=verdict.reason)
    proof = "certified" if certify else "solver_proved"
    levels = tuple(
        Level(goal.goal, value, value, proof)
        for goal, value in zip(problem.objectives, problem.values(solution.chosen), strict=True)
    )
    return Outcome(Status.OPTIMAL, proof, solution.chosen, levels, certificate, solution.solves)


def _impossible(problem: Problem) -> Outcome:
    cut = cut_of(problem)
    if cut is None or not cut.check(problem).accepted:
        raise SolverFault.of("solver.refused", reason="cut")
    nothing = np.empty(0, np.int64)
    return Outcome(Status.INFEASIBLE, "infeasible_certified", nothing, (), cut, 1)


def certificate_of(solution: Solution) -> Certificate:
    """Read prices off the potentials of a solution that was solved with them.

    A mentor's price is the potential above the hub's; a mentee's is the potential
    below it, so that a pair's reduced gain is its gain less both prices.
    """
    assert solution.labels is not None  # noqa: S101 - the caller asked for prices
    label = solution.labels - solution.labels[HUB]
    mentees, mentors, mentee_parts, mentor_parts = _split(label, solution.layout)
    return Certificate(mentors, -mentees, mentor_parts, -mentee_parts)


def cut_of(problem: Problem) -> Cut | None:
    """Find the cut that proves a problem infeasible; None when it is feasible."""
    inside = blocking_set(problem)
    if inside is None:
        return None
    mentees, mentors, mentee_parts, mentor_parts = _split(inside, Layout.of(problem))
    return Cut(bool(inside[HUB]), mentors, mentees, mentor_parts, mentee_parts)


def _split(nodes: np.ndarray, layout: Layout) -> tuple[np.ndarray, ...]:
    """Cut an array by node into mentees, mentors, mentee parts and mentor parts."""
    mentees, mentors, mentee_parts, mentor_parts, end = layout.starts
    return (
        nodes[mentees:mentors],
        nodes[mentors:mentee_parts],
        nodes[mentee_parts:mentor_parts],
        nodes[mentor_parts:end],
    )
