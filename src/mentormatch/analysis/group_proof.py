"""Find groups and say how much of the answer is proven; nothing unchecked is returned."""

from dataclasses import dataclass

import numpy as np

from mentormatch.analysis.group_certificate import GroupCertificate, refutes
from mentormatch.errors import SolverFault
from mentormatch.grouping import Group, GroupPrices, GroupProblem
from mentormatch.matching import Level, Status
from mentormatch.solvers.groups.engine import Entry, GroupSolution, Progress, Reached, solve
from mentormatch.solvers.groups.exhaustive import LARGEST, best_grouping

# From the strongest word to the weakest.
WORDS = ("certified", "solver_proved", "best_found")


@dataclass(frozen=True, slots=True, eq=False)
class GroupOutcome:
    """What came of a group problem.

    Parameters
    ----------
    status
        ``OPTIMAL``, ``FEASIBLE``, ``INFEASIBLE`` or ``NO_SOLUTION``.
    proof
        ``certified`` when the independent check alone proves every goal,
        ``solver_proved`` when the search's word is needed, ``best_found``,
        ``infeasible_certified``, ``infeasible_claimed``, or None for no solution.
    groups
        The groups, ordered by mentor.
    levels
        One entry per goal, in order; points are scaled (:attr:`GroupProblem.scale`).
    certificate
        Prices that bound every goal; None when there are no groups.
    certified
        The bound that the certificate alone gives for every goal.
    refutation
        Prices which prove that not every mentor who must lead a group can.
    log
        Every improvement on the way.
    """

    status: Status
    proof: str | None
    groups: tuple[Group, ...] = ()
    levels: tuple[Level, ...] = ()
    certificate: GroupCertificate | None = None
    certified: tuple[int | None, ...] = ()
    refutation: GroupPrices | None = None
    log: tuple[Entry, ...] = ()

    @property
    def gap(self) -> float | None:
        """How far the last goal may be from the best, as a share of its bound; None if unknown."""
        if not self.levels or self.levels[-1].bound is None:
            return None
        value, bound = self.levels[-1].value, self.levels[-1].bound
        return (bound - value) / max(1, abs(bound))


def settle_groups(
    problem: GroupProblem,
    *,
    time_limit: float | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> GroupOutcome:
    """Find the best groups, by trying everything for a handful of people.

    Parameters
    ----------
    problem
        The question.
    time_limit
        Seconds after which the best so far is returned; so does Ctrl-C.
    seed
        Seed of everything random.
    progress
        Called with every new entry of the log.

    Raises
    ------
    ScoreError
        When points are too large for exact integers.
    SolverFault
        When the check refuses what the solver claims.
    """
    if problem.mentees + problem.mentors <= LARGEST:
        return _judged(problem, _tried(problem))
    solution = solve(problem, time_limit=time_limit, seed=seed, progress=progress)
    return _judged(problem, solution)


def _tried(problem: GroupProblem) -> GroupSolution:
    """Put what trying everything found as a solution whose values are their own bounds."""
    groups = best_grouping(problem)
    if groups is None:
        return GroupSolution(None, (Reached("lead", -1),), ())
    values = zip(problem.goals, problem.values(groups), strict=True)
    return GroupSolution(groups, tuple(Reached(goal, value) for goal, value in values), ())


def _judged(problem: GroupProblem, solution: GroupSolution) -> GroupOutcome:
    """Check a solution and say how much of it is proven."""
    if solution.groups is None:
        return _without_groups(problem, solution)
    free = GroupPrices(1, np.zeros(problem.mentees, np.int64))
    certificate = GroupCertificate(tuple(goal.prices or free for goal in solution.reached))
    verdict = certificate.check(problem, solution.groups)
    if not verdict.accepted:
        raise SolverFault.of("solver.refused", reason=verdict.reason)
    levels = tuple(
        _level(goal, value, bound)
        for goal, value, bound in zip(solution.reached, verdict.values, verdict.bounds, strict=True)
    )
    proof = max((level.proof for level in levels), key=WORDS.index)
    status = Status.FEASIBLE if proof == WORDS[-1] else Status.OPTIMAL
    return GroupOutcome(
        status,
        proof,
        solution.groups,
        levels,
        certificate,
        certified=verdict.bounds,
        log=solution.log,
    )


def _level(reached: Reached, value: int, certified: int | None) -> Level:
    bounds = [bound for bound in (certified, reached.bound) if bound is not None]
    if min(bounds) < value:
        raise SolverFault.of("solver.refused", reason="bound-below-value")
    words = ("certified", certified), ("solver_proved", reached.bound)
    proof = next((word for word, bound in words if bound == value), "best_found")
    return Level(reached.goal, value, min(bounds), proof)


def _without_groups(problem: GroupProblem, solution: GroupSolution) -> GroupOutcome:
    (lead,) = solution.reached
    if lead.bound is None or lead.bound >= int(problem.must.sum()):
        return GroupOutcome(Status.NO_SOLUTION, None, log=solution.log)
    proven = lead.prices is not None and refutes(problem, lead.prices)
    proof = "infeasible_certified" if proven else "infeasible_claimed"
    return GroupOutcome(Status.INFEASIBLE, proof, refutation=lead.prices, log=solution.log)
