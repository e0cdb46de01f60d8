"""Solve a problem and prove the answer; nothing unproven is called optimal."""

import math
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np

from mentormatch.analysis.branches import Split
from mentormatch.analysis.certificate import Certificate, Verdict, fault_of, sign
from mentormatch.analysis.incumbent import Incumbent, seen
from mentormatch.analysis.narrowing import Narrowing
from mentormatch.analysis.stability import Stability
from mentormatch.errors import SolverFault
from mentormatch.matching import Level, Status, Stopped
from mentormatch.network.model import HUB, Layout
from mentormatch.network.repair import Start
from mentormatch.problem import Int64, Objective, Problem
from mentormatch.solvers.branching import Node, Search, search
from mentormatch.solvers.budget import Priced, price_budget
from mentormatch.solvers.clock import Clock, CutOffError
from mentormatch.solvers.cuts import blocking_set
from mentormatch.solvers.integer import solve_integer

Engine = Literal["flow", "cases", "prices", "mip", "cp-sat", "stable", "peers", "groups"]
# So many seconds each goal may take as an integer program; then the best so far has to do.
PATIENCE: Final = 30.0
# More pairs, and a few of everybody are tried first; still more left, and that is the answer.
FEW_PAIRS: Final = 5_000
MOST_PAIRS: Final = 2_000_000
Witness = Certificate | Split


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What came of a problem.

    Parameters
    ----------
    status
        How the solve ended.
    proof
        ``certified``, ``solver_proved``, ``best_found``, ``stable``,
        ``infeasible_certified`` or ``infeasible_claimed``.
    chosen
        Positions of the chosen pairs, ascending.
    levels
        One entry per goal, in order; empty when infeasible.
    witness
        The prices that prove it, by cases if need be, or the preferences that show it to be
        stable; None where there are none.
    engine
        What solved it: one flow after another, cases of flows, flows with a price on
        changes, SCIP (``mip``), CP-SAT, proposals, or groups found by column generation;
        ``peers`` where pairs of equals left nothing to solve.
    solves
        How many flows it took.
    stopped
        What ended the search early, if anything did.
    """

    status: Status
    proof: str
    chosen: Int64
    levels: tuple[Level, ...]
    witness: Witness | Stability | None
    engine: Engine
    solves: int
    stopped: Stopped | None = None

    def verify(self, problem: Problem) -> Verdict:
        """Check the proof of this outcome of a problem again, without a solver."""
        if self.witness is None:
            fault = fault_of(problem, self.chosen) if self.levels else None
            if not fault and problem.values(self.chosen) != tuple(it.value for it in self.levels):
                fault = "other-levels" if self.levels else None
            return Verdict(False, fault or "no-certificate")
        if self.status is Status.INFEASIBLE:
            return self.witness.refute(problem)
        return self.witness.check(problem, self.chosen)


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
        return _with_priced_changes(best, place, found, clock)
    if not found.finished or (
        found.best is not None and not _counts_all(problem, _chosen(found.best))
    ):
        return _claimed(found, best, clock)
    certify = certify and _priced(found.root)
    witness = _witness(found.root, clock, certify=certify or found.best is None)
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


def _with_priced_changes(
    best: Incumbent, place: int, found: Search, clock: Clock | None
) -> Outcome:
    """Keep enough of given pairs by a price on each; ask CP-SAT for what that leaves open."""
    problem = best.problem
    assert found.root.solution is not None
    priced = price_budget(problem, place, found.root.solution.chosen)
    flows = found.flows + priced.flows
    if priced.chosen is not None and not _sees_all(problem, priced.chosen):
        return _claimed(found, best, clock)
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
        levels = _levels(problem, problem.values(priced.chosen), "certified")
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
                levels = _levels(problem, found, proof)
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
    if not found.finished or found.best is None or not _counts_all(problem, _chosen(found.best)):
        return None
    assert found.best.solution is not None
    return problem.values(found.best.solution.chosen)[-1] == -len(chosen)


def _levels(problem: Problem, bounds: tuple[int, ...], proof: str) -> tuple[Level, ...]:
    return tuple(
        Level(goal.goal, bound, bound, proof)
        for goal, bound in zip(problem.objectives, bounds, strict=True)
    )


def _chosen(node: Node) -> Int64:
    assert node.solution is not None
    return node.solution.chosen


def _sees_all(problem: Problem, chosen: Int64) -> bool:
    """Tell whether a choice keeps every limit and meets what a flow is blind to."""
    return fault_of(problem, chosen) is None and _counts_all(problem, chosen)


def _counts_all(problem: Problem, chosen: Int64) -> bool:
    """Tell whether the flow could see what every goal counts, or met it anyway.

    A flow is blind to what quotas outside its network want.
    """
    held = Layout.of(problem).held
    counts = problem.counts(chosen)
    return all(
        place in held or counts[place] >= quota.wanted or not goal.quota[place]
        for goal in problem.objectives
        if goal.quota is not None
        for place, quota in enumerate(problem.quotas)
    )


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
    levels = _levels(problem, best.values, "solver_proved")
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


def _witness(node: Node, clock: Clock | None, *, certify: bool) -> Witness | None:
    """Turn a tree of solved cases into a proof."""
    if not certify:
        return None
    if node.kind is not None:
        left, right = (_witness(child, clock, certify=True) for child in node.children)
        assert left is not None
        assert right is not None
        return Split(node.kind, node.index, left, right)
    if node.refuted_by is not None:
        place, price = node.refuted_by
        refutation = certificate_of(node.problem, np.zeros((Layout.of(node.problem).nodes, 1), int))
        refutation.quotas[place] = price
        return refutation
    if node.solution is None:
        return _refuted(node.problem, clock)
    assert node.solution.labels is not None
    return certificate_of(node.problem, node.solution.labels)


def _refuted(problem: Problem, clock: Clock | None) -> Certificate:
    refutation = refutation_of(problem, clock)
    if refutation is None:
        raise SolverFault.of("solver.refused", reason="refutation")
    return refutation


def refutation_of(problem: Problem, clock: Clock | None = None) -> Certificate | None:
    """Find prices that prove a problem infeasible; None when a flow keeps its limits."""
    inside = blocking_set(problem, clock)
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
    for family, start, way in (
        (layout.mentee_quotas, mentee_quota, -1),
        (layout.mentor_quotas, mentor_quota, 1),
    ):
        for number, (place, parent) in enumerate(zip(family.quotas, family.parents, strict=True)):
            outer = label[HUB if parent < 0 else start + parent]
            quotas[place] = way * (label[start + number] - outer)
    assert end == len(labels)
    return Certificate(
        mentors=label[mentor:mentee_part],
        mentees=-label[mentee:mentor],
        mentor_parts=label[mentor_part:mentee_quota],
        mentee_parts=-label[mentee_part:mentor_part],
        quotas=quotas,
    )


def start_from(problem: Problem, chosen: Int64, prices: Certificate) -> Start:
    """Turn known prices back into potentials: the reverse of :func:`certificate_of`.

    Parameters
    ----------
    problem
        The question now.
    chosen
        Positions of the pairs chosen before, as far as they still exist.
    prices
        Guesses of the shape that a certificate of the problem has.
    """
    layout = Layout.of(problem)
    mentee, mentor, mentee_part, mentor_part, mentee_quota, mentor_quota, end = layout.starts
    labels = np.zeros((end, prices.mentors.shape[1]), np.int64)
    labels[mentee:mentor] = -prices.mentees
    labels[mentor:mentee_part] = prices.mentors
    labels[mentee_part:mentor_part] = -prices.mentee_parts
    labels[mentor_part:mentee_quota] = prices.mentor_parts
    for family, start, way in (
        (layout.mentee_quotas, mentee_quota, -1),
        (layout.mentor_quotas, mentor_quota, 1),
    ):
        for number, (place, parent) in enumerate(zip(family.quotas, family.parents, strict=True)):
            outer = labels[HUB if parent < 0 else start + parent]
            labels[start + number] = outer + way * prices.quotas[place]
    return Start(chosen, labels)
