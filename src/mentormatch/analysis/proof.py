"""Solve a problem and prove the answer; nothing unproven is called optimal."""

from dataclasses import dataclass

import numpy as np

from mentormatch.analysis.certificate import Certificate, Verdict
from mentormatch.errors import SolverFault
from mentormatch.matching import Int64, Level, Problem, Status
from mentormatch.network.model import HUB, Layout
from mentormatch.solvers.cuts import blocking_set
from mentormatch.solvers.lexicographic import solve


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
        The prices that prove it; None when they were not asked for.
    solves
        How many flows it took.
    """

    status: Status
    proof: str
    chosen: Int64
    levels: tuple[Level, ...]
    witness: Certificate | None
    solves: int

    def verify(self, problem: Problem) -> Verdict:
        """Check the proof of this outcome of a problem again, without a solver."""
        if self.witness is None:
            return Verdict(False, "no-certificate")
        if self.status is Status.INFEASIBLE:
            return self.witness.refute(problem)
        return self.witness.check(problem, self.chosen)


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
    certificate = None
    if solution.labels is not None:
        certificate = certificate_of(problem, solution.labels)
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
    witness = refutation_of(problem)
    if witness is None or not witness.refute(problem).accepted:
        raise SolverFault.of("solver.refused", reason="refutation")
    nothing = np.empty(0, np.int64)
    return Outcome(Status.INFEASIBLE, "infeasible_certified", nothing, (), witness, 1)


def refutation_of(problem: Problem) -> Certificate | None:
    """Find prices that prove a problem infeasible; None when a flow keeps its limits."""
    inside = blocking_set(problem)
    if inside is None:
        return None
    return certificate_of(problem, inside.astype(np.int64)[:, None])


def certificate_of(problem: Problem, labels: Int64) -> Certificate:
    """Read prices off the potentials of a problem's nodes; shape (nodes, goals).

    A mentor's price is the potential above the hub's and a mentee's the one below it, so
    that a pair's reduced gain is its gain less both prices. A quota costs the difference
    to the next outer one.
    """
    layout = Layout.of(problem)
    mentee, mentor, mentee_part, mentor_part, mentee_quota, mentor_quota, end = layout.starts
    label = labels - labels[HUB]
    quotas = np.zeros((len(problem.quotas), labels.shape[1]), np.int64)
    for family, start, sign in (
        (layout.mentee_quotas, mentee_quota, -1),
        (layout.mentor_quotas, mentor_quota, 1),
    ):
        for number, (place, parent) in enumerate(zip(family.quotas, family.parents, strict=True)):
            outer = label[HUB if parent < 0 else start + parent]
            quotas[place] = sign * (label[start + number] - outer)
    assert end == len(labels)  # noqa: S101 - the labels are of this problem's nodes
    return Certificate(
        mentors=label[mentor:mentee_part],
        mentees=-label[mentee:mentor],
        mentor_parts=label[mentor_part:mentee_quota],
        mentee_parts=-label[mentee_part:mentor_part],
        quotas=quotas,
    )
