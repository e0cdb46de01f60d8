"""Solve a problem and prove the answer; nothing unproven is called optimal."""

import math
from contextlib import nullcontext
from dataclasses import replace
from typing import Final, Literal

import numpy as np

from mentormatch.analysis.budget_proof import with_priced_changes
from mentormatch.analysis.certificate import fault_of
from mentormatch.analysis.incumbent import Incumbent, seen
from mentormatch.analysis.narrowing import Narrowing
from mentormatch.analysis.outcome import Engine, Outcome, counts_all, levels_of
from mentormatch.analysis.witness import certificate_of, witness_of
from mentormatch.errors import SolverFault
from mentormatch.matching import Status, Stopped
from mentormatch.network.repair import Start
from mentormatch.problem import Int64, Objective, Problem
from mentormatch.solvers.branching import Node, Search, search
from mentormatch.solvers.clock import Clock, CutOffError
from mentormatch.solvers.integer import MOST_PAIRS, PATIENCE, solve_integer

# With more pairs a few of everybody are tried first.
FEW_PAIRS: Final = 5_000


def settle(
    problem: Problem,
    *,
    certify: bool = True,
    clock: Clock | None = None,
    start: Start | None = None,
) -> Outcome:
    """Solve a problem exactly and check the proof of the answer.

    Limits that no flow holds are left out first; where the answer breaks one, cases are
    distinguished, and when these become too many, the pairs that prices can't rule out make an
    integer program for SCIP or CP-SAT.

    Under a clock the best so far is the answer when the time is over or somebody presses
    Ctrl-C. An optimum that is found just in time, with none left for its prices, is
    ``solver_proved``.

    Parameters
    ----------
    problem
        The question.
    certify
        Whether to compute and check prices. Without them the solver's own word
        is taken for an optimum; that nothing is feasible is always proven.
    clock
        A time limit, counting already; a first greedy choice is tried however short it is.
    start
        What is known from a similar problem: :func:`start_from` makes it. It saves time
        where little has changed; the answer is proven all the same.

    Raises
    ------
    SolverFault
        When the check refuses what the solver claims.
    """
    best = Incumbent(problem)
    if clock is None:
        return _settled(best, clock, start, certify=certify)
    try:
        best.start(clock)
        return _settled(best, clock, start, certify=certify)
    except KeyboardInterrupt:
        clock.interrupt()
    except CutOffError:
        pass
    return _open(best, "flow", 0, _stopped(clock))


def _settled(
    best: Incumbent, clock: Clock | None, start: Start | None, *, certify: bool
) -> Outcome:
    problem = best.problem
    found = search(
        problem,
        prices=certify,
        clock=clock,
        found=best.offer if clock else _ignored,
        start=start,
    )
    place = next((n for n, quota in enumerate(problem.quotas) if len(quota.pairs)), None)
    if place is not None and not found.finished and not found.root.children:
        outcome = with_priced_changes(problem, place, found)
        return outcome or _claimed(found, best, clock)
    if not found.finished or (
        found.best is not None and not counts_all(problem, _chosen(found.best))
    ):
        return _claimed(found, best, clock)
    certify = certify and _priced(found.root)
    witness = witness_of(found.root, clock, certify=certify or found.best is None)
    engine: Engine = "cases" if found.root.children else "flow"
    if found.best is None:
        nothing = np.empty(0, np.int64)
        status, proof = Status.INFEASIBLE, "infeasible_certified"
        outcome = Outcome(status, proof, nothing, (), witness, engine, found.flows)
    else:
        assert found.best.solution is not None
        chosen = found.best.solution.chosen
        proof = "certified" if certify else "solver_proved"
        levels = levels_of(problem, problem.values(chosen), proof)
        flows = found.flows + found.best.solution.solves - 1
        outcome = Outcome(Status.OPTIMAL, proof, chosen, levels, witness, engine, flows)
    if witness is not None:
        verdict = outcome.verify(problem)
        if not verdict.accepted:
            raise SolverFault.of("solver.refused", reason=verdict.reason)
    return outcome


def _ignored(chosen: Int64, goals: int) -> None:
    """Without a time limit nobody asks for what is found on the way."""


def _priced(node: Node) -> bool:
    """Tell whether there was time for the prices of every case."""
    solution = node.solution
    return all(map(_priced, node.children)) and (solution is None or solution.labels is not None)


def _stopped(clock: Clock) -> Stopped | None:
    """Say what ended a clock's time, if it is over."""
    if clock.left:
        return None
    by: Literal["time", "interrupt"] = "interrupt" if clock.interrupted else "time"
    return Stopped(by, round(clock.passed, 1) if clock.interrupted else clock.seconds)


def _chosen(node: Node) -> Int64:
    assert node.solution is not None
    return node.solution.chosen


def _claimed(found: Search, best: Incumbent, clock: Clock | None) -> Outcome:
    """Ask SCIP or CP-SAT about what the flow leaves open; both hear Ctrl-C."""
    with Clock(math.inf) if clock is None else nullcontext(clock) as running:
        return _asked(found, best, running)


def _asked(found: Search, best: Incumbent, clock: Clock) -> Outcome:
    problem, root = best.problem, found.root.solution
    hint = None if root is None else root.chosen
    if root is not None:
        best.cap(problem.values(root.chosen)[: seen(problem)])
        best.offer(root.chosen)
    question = _narrowed(found.root, best, clock)
    if problem.size - len(question.banned) > MOST_PAIRS:
        return _open(best, "mip", found.flows)
    claim = solve_integer(
        question,
        hint=hint if best.chosen is None else best.chosen,
        ceiling=() if root is None else problem.values(root.chosen)[: seen(problem)],
        seconds=PATIENCE,
        clock=clock,
    )
    if claim.chosen is not None:
        if fault_of(problem, claim.chosen):
            raise SolverFault.of("solver.refused", reason=claim.engine)
        best.offer(claim.chosen)
        best.cap(claim.bounds)
    elif claim.finished and best.chosen is None:
        nothing = np.empty(0, np.int64)
        status, proof = Status.INFEASIBLE, "infeasible_claimed"
        return Outcome(status, proof, nothing, (), None, claim.engine, found.flows)
    if not claim.finished:
        return _open(best, claim.engine, found.flows, _stopped(clock))
    if best.chosen is None or best.values != claim.bounds:
        raise SolverFault.of("solver.refused", reason=claim.engine)
    levels = levels_of(problem, best.values, "solver_proved")
    status, proof = Status.OPTIMAL, "solver_proved"
    return Outcome(status, proof, best.chosen, levels, None, claim.engine, found.flows)


def _narrowed(root: Node, best: Incumbent, clock: Clock) -> Problem:
    """Fix what the root's prices settle, with a good matching from a few pairs of everybody."""
    problem, solution = best.problem, root.solution
    if solution is None or solution.labels is None:
        return problem
    narrowing = Narrowing.by(problem, certificate_of(problem, solution.labels))
    if narrowing is None:
        return problem
    if problem.size > FEW_PAIRS:
        claim = solve_integer(
            narrowing.promising(), hint=best.chosen, seconds=PATIENCE / 3, clock=clock
        )
        if claim.chosen is not None:
            best.offer(claim.chosen)
    return problem if best.chosen is None else narrowing.worthwhile(best.values)


def _open(best: Incumbent, engine: Engine, flows: int, stopped: Stopped | None = None) -> Outcome:
    """Answer with the best so far."""
    if best.chosen is None:
        nothing = np.empty(0, np.int64)
        return Outcome(Status.NO_SOLUTION, "best_found", nothing, (), None, engine, flows, stopped)
    status, proof = Status.FEASIBLE, "best_found"
    if best.proven:
        status, proof = Status.OPTIMAL, "solver_proved"
    return Outcome(status, proof, best.chosen, best.levels(), None, engine, flows, stopped)


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
    if not found.finished or found.best is None or not counts_all(problem, _chosen(found.best)):
        return None
    assert found.best.solution is not None
    return problem.values(found.best.solution.chosen)[-1] == -len(chosen)
