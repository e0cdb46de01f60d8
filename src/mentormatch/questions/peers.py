"""Equals are paired first: whom a form ``peers`` joins, and what that leaves for the others."""

from dataclasses import dataclass, replace
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from mentormatch.analysis.outcome import Outcome
from mentormatch.graph.candidates import CandidateGraph
from mentormatch.matching import Status
from mentormatch.policy.policy import Policy
from mentormatch.problem import Int64, Objective, Problem
from mentormatch.solvers.equals import pair_equals
from mentormatch.solvers.integer import PATIENCE

Bools = NDArray[np.bool_]
PAIRS: Final = "peers"
POINTS: Final = "peer points"
_WORDS: Final = ("certified", "solver_proved", "best_found")  # the strongest first


@dataclass(frozen=True, slots=True, eq=False)
class Peers:
    """Pairs of equals that were made before everything else.

    Two equals are each other's mentor and mentee: two pairs of the problem, both or neither.

    Parameters
    ----------
    problem
        The problem with their pairs pinned and all others between equals banned; its first
        two goals count what the pairing reaches.
    bounds
        What no pairing exceeds: pairs, and points of so many pairs. None for a pairing that
        was given.
    proofs
        How far each of the two is proven.
    """

    problem: Problem
    bounds: tuple[int | None, int | None]
    proofs: tuple[str, str]

    @classmethod
    def of(
        cls,
        graph: CandidateGraph,
        problem: Problem,
        form: NDArray[np.int16],
        points: Int64,
        given: Int64 | None = None,
    ) -> Self:
        """Pair as many equals as possible, then with as many points as possible.

        Points of two equals are the sum of both directions. Pins decide first; nobody is
        paired without a seat and a wish left by them, or twice.

        Parameters
        ----------
        graph
            The candidates.
        problem
            Everything but goals; forms of peers are ordinary ones in it.
        form, points
            Form and points of each pair; shape (pairs,).
        given
            Chosen pairs to take the equals from instead of looking for them.
        """
        couples, peers = _couples(graph, problem, form)
        decided = np.asarray(np.isin(couples, problem.pinned).any(axis=1))
        pinned = np.union1d(problem.pinned, couples[decided])
        bounds: tuple[int | None, int | None] = (None, None)
        proofs = ("solver_proved", "solver_proved")
        if given is None:
            free = _free(problem, couples, decided, pinned)
            people, ends = np.unique(
                graph.cohort.mentees[problem.mentee[couples[free]]], return_inverse=True
            )
            first, second = np.sort(ends.reshape(-1, 2), axis=1).T.astype(np.int32)
            worth = points[couples[free]].sum(axis=1)
            found = pair_equals(first, second, worth, len(people), time_limit=PATIENCE)
            made = couples[free][found.chosen]
            pairs, total = found.levels
            assert pairs.bound is not None
            assert total.bound is not None
            fixed = int(points[couples[decided]].sum())
            bounds = (pairs.bound + int(decided.sum()), total.bound + fixed)
            proofs = (pairs.proof, total.proof)
        else:
            made = couples[np.isin(couples, given).all(axis=1)]
        pinned = np.union1d(pinned, made)
        count, worth = np.zeros((2, problem.size), np.int64)
        count[couples[:, 0]] = 1
        worth[couples] = points[couples]
        problem = replace(
            problem,
            pinned=pinned,
            banned=np.union1d(problem.banned, np.setdiff1d(peers, pinned)),
            objectives=(Objective(PAIRS, pair=count), Objective(POINTS, pair=worth)),
        )
        return cls(problem, bounds, proofs)

    def joined_to(self, outcome: Outcome) -> Outcome:
        """Say in an outcome what is known of the pairing; the weakest word counts for the whole."""
        levels = [
            replace(level, bound=bound, proof=proof)
            for level, bound, proof in zip(
                outcome.levels[:2], self.bounds, self.proofs, strict=True
            )
        ]
        words = (outcome.proof, *self.proofs)
        proof = max(words, key=_WORDS.index)
        status = Status.FEASIBLE if proof == "best_found" else outcome.status
        kept = (*levels, *outcome.levels[2:])
        return replace(outcome, levels=kept, proof=proof, status=status)


def _couples(
    graph: CandidateGraph, problem: Problem, form: NDArray[np.int16]
) -> tuple[Int64, Int64]:
    """Find the two pairs of every two equals, shape (k, 2), and all pairs of their forms."""
    flags = np.array([each.peers for each in graph.policy.forms])
    peers = np.flatnonzero(flags[form])
    row = graph.cohort.mentees[problem.mentee[peers]].astype(np.int64)
    col = graph.cohort.mentors[problem.mentor[peers]].astype(np.int64)
    size = len(graph.cohort)
    there, back = row * size + col, col * size + row
    order = np.argsort(there)
    place = np.append(order, -1)[np.searchsorted(there, back, sorter=order)]
    twin = np.append(peers, -1)[place]
    same = (np.append(there, -1)[place] == back) & (form[peers] == form[twin]) & (row < col)
    return np.stack([peers[same], twin[same]], axis=1), peers


def _free(problem: Problem, couples: Int64, decided: Bools, pinned: Int64) -> Int64:
    """List the couples that may still be made."""
    taken = np.zeros(problem.mentees, np.bool_)
    taken[problem.mentee[couples[decided]]] = True
    seats = problem.capacity.most > problem.loads(pinned)
    wishes = problem.demand.most > problem.served(pinned)
    allowed = seats[problem.mentor] & wishes[problem.mentee] & ~taken[problem.mentee]
    allowed[problem.banned] = False
    free: Int64 = np.flatnonzero(allowed[couples].all(axis=1) & ~decided)
    return free


def fault_in(policy: Policy, pairs: list[tuple[str, str, str]]) -> bool:
    """Tell whether (mentor, mentee, form) triples aren't a pairing where forms are of peers.

    A pair that was pinned need not be mutual.
    """
    peers = {form.id for form in policy.forms if form.peers}
    pinned = {(pin.mentor, pin.mentee) for pin in policy.limits.pins}
    made = [(mentor, mentee) for mentor, mentee, form in pairs if form in peers]
    made = [pair for pair in made if pair not in pinned and pair[::-1] not in pinned]
    once = len({mentor for mentor, _ in made}) == len(made)
    return not once or any(pair[::-1] not in made for pair in made)


def counted_in(problem: Problem) -> bool:
    """Tell whether pairs of equals were made before a problem was put."""
    return any(goal.goal == PAIRS for goal in problem.objectives)
