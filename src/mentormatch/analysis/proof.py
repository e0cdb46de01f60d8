"""Solve a problem and prove the answer; nothing unproven is called optimal."""

from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np

from mentormatch.analysis.branches import Split
from mentormatch.analysis.certificate import Certificate, Verdict, fault_of
from mentormatch.errors import SolverFault
from mentormatch.matching import Level, Status
from mentormatch.network.model import HUB, Layout
from mentormatch.problem import Int64, Objective, Problem
from mentormatch.solvers.branching import Node, Search, search
from mentormatch.solvers.cuts import blocking_set
from mentormatch.solvers.integer import solve_integer

Engine = Literal["flow", "cases", "cp-sat", "groups"]
# So many seconds CP-SAT may take for each goal; then its best so far has to do.
PATIENCE: Final = 30.0
Witness = Certificate | Split


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What came of a problem.

    Parameters
    ----------
    status
        How the solve ended.
    proof
        ``certified``, ``solver_proved``, ``best_found``, ``infeasible_certified`` or
        ``infeasible_claimed``.
    chosen
        Positions of the chosen pairs, ascending.
    levels
        One entry per goal, in order; empty when infeasible.
    witness
        The prices that prove it, by cases if need be; None where there are none.
    engine
        What solved it: one flow after another, cases of flows, CP-SAT, or groups found by
        column generation.
    solves
        How many flows it took.
    """

    status: Status
    proof: str
    chosen: Int64
    levels: tuple[Level, ...]
    witness: Witness | None
    engine: Engine
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

    Limits that no flow holds are left out first; where the answer breaks one, cases are
    distinguished, and when these become too many CP-SAT is asked.

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
    found = search(problem, prices=certify)
    if not found.finished or (found.best is not None and not _counts_all(problem, found.best)):
        return _claimed(problem, found)
    witness = _witness(found.root, certify=certify or found.best is None)
    engine: Engine = "cases" if found.root.children else "flow"
    if found.best is None:
        nothing = np.empty(0, np.int64)
        status, proof = Status.INFEASIBLE, "infeasible_certified"
        outcome = Outcome(status, proof, nothing, (), witness, engine, found.flows)
    else:
        assert found.best.solution is not None
        chosen = found.best.solution.chosen
        proof = "certified" if certify else "solver_proved"
        levels = _levels(problem, problem.values(chosen), proof)
        flows = found.flows + found.best.solution.solves - 1
        outcome = Outcome(Status.OPTIMAL, proof, chosen, levels, witness, engine, flows)
    if witness is not None:
        verdict = outcome.verify(problem)
        if not verdict.accepted:
            raise SolverFault.of("solver.refused", reason=verdict.reason)
    return outcome


def is_only_optimum(problem: Problem, chosen: Int64) -> bool | None:
    """Tell whether no other choice reaches the same values, lots apart; None if not settled.

    As a last goal, every pair of this choice loses one and every other pair gains one: any
    other optimum would do better.
    """
    other = np.ones(problem.size, np.int64)
    other[chosen] = -1
    goals = [goal for goal in problem.objectives if goal.goal != "lottery"]
    problem = replace(problem, objectives=(*goals, Objective("other", pair=other)))
    found = search(problem, prices=False)
    if not found.finished or found.best is None or not _counts_all(problem, found.best):
        return None
    assert found.best.solution is not None
    return problem.values(found.best.solution.chosen)[-1] == -len(chosen)


def _levels(problem: Problem, bounds: tuple[int, ...], proof: str) -> tuple[Level, ...]:
    return tuple(
        Level(goal.goal, bound, bound, proof)
        for goal, bound in zip(problem.objectives, bounds, strict=True)
    )


def _counts_all(problem: Problem, node: Node) -> bool:
    """Tell whether the flow could see what every goal counts, or met it anyway.

    A flow is blind to what quotas outside its network want.
    """
    assert node.solution is not None
    held = Layout.of(problem).held
    counts = problem.counts(node.solution.chosen)
    return all(
        place in held or counts[place] >= quota.wanted or not goal.quota[place]
        for goal in problem.objectives
        if goal.quota is not None
        for place, quota in enumerate(problem.quotas)
    )


def _claimed(problem: Problem, found: Search) -> Outcome:
    """Ask CP-SAT and take its word, counting its choice again."""
    root = found.root.solution
    hint = None if root is None else root.chosen
    ceiling = _ceiling(problem, found.root)
    claim = solve_integer(problem, hint=hint, ceiling=ceiling, seconds=PATIENCE)
    if claim.chosen is None:
        nothing = np.empty(0, np.int64)
        status, proof = Status.NO_SOLUTION, "best_found"
        if claim.finished:
            status, proof = Status.INFEASIBLE, "infeasible_claimed"
        return Outcome(status, proof, nothing, (), None, "cp-sat", found.flows)
    values = problem.values(claim.chosen)
    done = values == claim.bounds
    if fault_of(problem, claim.chosen) or done != claim.finished:
        raise SolverFault.of("solver.refused", reason="cp-sat")
    proof = "solver_proved" if done else "best_found"
    open_bounds = (*claim.bounds, *(None for _ in values[len(claim.bounds) :]))
    levels = tuple(
        Level(goal.goal, value, bound, "solver_proved" if value == bound else "best_found")
        for goal, value, bound in zip(problem.objectives, values, open_bounds, strict=True)
    )
    status = Status.OPTIMAL if done else Status.FEASIBLE
    return Outcome(status, proof, claim.chosen, levels, None, "cp-sat", found.flows)


def _ceiling(problem: Problem, root: Node) -> tuple[int, ...]:
    """Return the values of the first flow, as far as it could see what the goals count."""
    if root.solution is None:
        return ()
    values = problem.values(root.solution.chosen)
    held = Layout.of(problem).held
    seen = []
    for goal, value in zip(problem.objectives, values, strict=True):
        if goal.quota is not None and any(
            place not in held and goal.quota[place] and quota.wanted
            for place, quota in enumerate(problem.quotas)
        ):
            break
        seen.append(value)
    return tuple(seen)


def _witness(node: Node, *, certify: bool) -> Witness | None:
    """Turn a tree of solved cases into a proof."""
    if not certify:
        return None
    if node.kind is not None:
        left, right = (_witness(child, certify=True) for child in node.children)
        assert left is not None
        assert right is not None
        return Split(node.kind, node.index, left, right)
    if node.refuted_by is not None:
        place, price = node.refuted_by
        refutation = certificate_of(node.problem, np.zeros((Layout.of(node.problem).nodes, 1), int))
        refutation.quotas[place] = price
        return refutation
    if node.solution is None:
        return _refuted(node.problem)
    assert node.solution.labels is not None
    return certificate_of(node.problem, node.solution.labels)


def _refuted(problem: Problem) -> Certificate:
    refutation = refutation_of(problem)
    if refutation is None:
        raise SolverFault.of("solver.refused", reason="refutation")
    return refutation


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
    assert end == len(labels)
    return Certificate(
        mentors=label[mentor:mentee_part],
        mentees=-label[mentee:mentor],
        mentor_parts=label[mentor_part:mentee_quota],
        mentee_parts=-label[mentee_part:mentor_part],
        quotas=quotas,
    )
