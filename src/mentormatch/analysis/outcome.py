"""What came of a problem, and how far it is proven."""

from dataclasses import dataclass
from typing import Literal

from mentormatch.analysis.branches import Split
from mentormatch.analysis.certificate import Certificate, Verdict, fault_of
from mentormatch.analysis.stability import Stability
from mentormatch.matching import Level, Status, Stopped
from mentormatch.network.model import Layout
from mentormatch.problem import Int64, Problem

Engine = Literal["flow", "cases", "prices", "mip", "cp-sat", "stable", "peers", "groups"]
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
            return Verdict(False, self._fault(problem) or "no-certificate")
        if self.status is Status.INFEASIBLE:
            return self.witness.refute(problem)
        return self.witness.check(problem, self.chosen)

    def _fault(self, problem: Problem) -> str | None:
        """Say what is wrong with the choice itself, as far as anything was chosen."""
        if not self.levels:
            return None
        fault = fault_of(problem, self.chosen)
        if fault is None and problem.values(self.chosen) != tuple(it.value for it in self.levels):
            fault = "other-levels"
        return fault


def levels_of(problem: Problem, bounds: tuple[int, ...], proof: str) -> tuple[Level, ...]:
    """Say of every goal that it reaches its bound, by this word."""
    return tuple(
        Level(goal.goal, bound, bound, proof)
        for goal, bound in zip(problem.objectives, bounds, strict=True)
    )


def counts_all(problem: Problem, chosen: Int64) -> bool:
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
