"""A limit on changes is no flow: a price on every change settles it, or narrows it down."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from mentormatch.analysis.certificate import Certificate, fault_of, sign
from mentormatch.analysis.outcome import Outcome, counts_all, levels_of
from mentormatch.analysis.witness import certificate_of
from mentormatch.errors import SolverFault
from mentormatch.matching import Level, Status
from mentormatch.problem import Int64, Problem
from mentormatch.solvers.branching import Search
from mentormatch.solvers.budget import Priced, price_budget
from mentormatch.solvers.integer import MOST_PAIRS, PATIENCE, solve_integer


def with_priced_changes(problem: Problem, place: int, found: Search) -> Outcome | None:
    """Keep enough of given pairs by a price on each, and look between prices if need be.

    Parameters
    ----------
    problem
        The question.
    place
        Position of the quota that says how many are kept.
    found
        What a flow without the quota found.

    Returns
    -------
    Outcome or None
        None when the flows are blind to something else that is broken or counted.

    Raises
    ------
    SolverFault
        When the check refuses the answer.
    """
    assert found.root.solution is not None
    priced = price_budget(problem, place, found.root.solution.chosen)
    flows = found.flows + priced.flows
    if priced.chosen is not None and not _sees_all(problem, priced.chosen):
        return None
    nothing = np.empty(0, np.int64)
    prices = None
    if priced.labels is not None:
        prices = certificate_of(problem, priced.labels)
        prices.quotas[place] = [-price for price in priced.price]
        prices = replace(prices, scale=priced.scale)
    if priced.chosen is None:
        status, proof = Status.INFEASIBLE, "infeasible_certified"
        outcome = Outcome(status, proof, nothing, (), prices, "prices", flows)
    elif priced.proven:
        levels = levels_of(problem, problem.values(priced.chosen), "certified")
        status, proof = Status.OPTIMAL, "certified"
        outcome = Outcome(status, proof, priced.chosen, levels, prices, "prices", flows)
    else:
        return _between_prices(problem, place, priced, prices, flows)
    verdict = outcome.verify(problem)
    if not verdict.accepted:
        raise SolverFault.of("solver.refused", reason=verdict.reason)
    return outcome


def _between_prices(
    problem: Problem, place: int, priced: Priced, prices: Certificate | None, flows: int
) -> Outcome:
    """Leave out what the prices exclude and let CP-SAT choose among the rest.

    A pair that would cost more than the best known choice is short of the bound is in no
    better choice (reduced cost fixing; Wolsey, *Integer Programming*, 1998, chapter 7).
    """
    assert priced.chosen is not None
    kept = np.arange(problem.size)
    values = problem.values(priced.chosen)
    bounds: tuple[int | None, ...] = (None,) * len(values)
    if prices is not None:
        most = priced.most(problem, place)
        short = [top - priced.scale * value for top, value in zip(most, values, strict=True)]
        bounds = tuple(_bounds(most, values, priced.scale))
        goals = tuple(goal.times(priced.scale) for goal in problem.objectives)
        worth = [
            gain + np.int64(r)
            for gain, r in zip(prices.reduced(problem, goals), short, strict=True)
        ]
        kept = np.flatnonzero(sign(worth) >= 0)
        kept = np.union1d(np.union1d(kept, priced.chosen), problem.pinned)
    if len(kept) <= MOST_PAIRS:
        rest = problem.with_pairs(ban=np.setdiff1d(np.arange(problem.size), kept))
        claim = solve_integer(rest, hint=priced.chosen, seconds=PATIENCE)
        if claim.chosen is not None and fault_of(problem, claim.chosen) is None:
            found = problem.values(claim.chosen)
            if claim.finished and found == claim.bounds:
                status, proof = Status.OPTIMAL, "solver_proved"
                levels = levels_of(problem, found, proof)
                return Outcome(status, proof, claim.chosen, levels, None, claim.engine, flows)
            if found > values:
                priced = replace(priced, chosen=claim.chosen)
    assert priced.chosen is not None
    values = problem.values(priced.chosen)
    levels = tuple(
        Level(goal.goal, value, bound, "solver_proved" if value == bound else "best_found")
        for goal, value, bound in zip(problem.objectives, values, bounds, strict=True)
    )
    return Outcome(Status.FEASIBLE, "best_found", priced.chosen, levels, None, "prices", flows)


def _bounds(most: tuple[int, ...], values: tuple[int, ...], scale: int) -> Iterator[int | None]:
    """Read bounds goal by goal; one says something while the earlier goals reach theirs."""
    open_ = False
    for top, value in zip(most, values, strict=True):
        bound = None if open_ else max(top // scale, value)
        yield bound
        open_ |= bound is None or bound * scale != top or value != bound


def _sees_all(problem: Problem, chosen: Int64) -> bool:
    """Tell whether a choice keeps every limit and meets what a flow is blind to."""
    return fault_of(problem, chosen) is None and counts_all(problem, chosen)
