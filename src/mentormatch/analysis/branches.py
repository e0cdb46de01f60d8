"""Proof by cases: limits that no flow can hold, split until a flow can.

Each case is a problem of its own with prices of its own, and together the cases hold
every matching. What is best in all of them is best.
"""

from dataclasses import dataclass

from mentormatch.analysis.certificate import Certificate, Verdict, fault_of
from mentormatch.problem import CASES, Case, Int64, Problem


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """A distinction of two cases; see ``Problem.cases``.

    Parameters
    ----------
    kind, index
        What is distinguished.
    left, right
        The proofs of both cases.
    """

    kind: Case
    index: int
    left: "Certificate | Split"
    right: "Certificate | Split"

    def check(self, problem: Problem, chosen: Int64) -> Verdict:
        """Prove that the chosen pairs are optimal: no case allows more."""
        fault = fault_of(problem, chosen)
        if fault:
            return Verdict(False, fault)
        values = problem.values(chosen)
        return self._weighed(problem, values)

    def refute(self, problem: Problem) -> Verdict:
        """Prove that no matching keeps the limits: none does in any case."""
        return self._weighed(problem, None)

    def _weighed(self, problem: Problem, values: tuple[int, ...] | None) -> Verdict:
        """Check that every case is impossible or, given values, allows no more than these."""
        if self.kind not in CASES or not 0 <= self.index < _rows(problem, self.kind):
            return Verdict(False, "no-such-case")
        proofs = self.left, self.right
        for case, proof in zip(problem.cases(self.kind, self.index), proofs, strict=True):
            if isinstance(proof, Split):
                verdict = proof._weighed(case, values)  # noqa: SLF001 - its own kind
                if not verdict.accepted:
                    return verdict
            elif not proof.refute(case).accepted and not _allows_no_more(proof, case, values):
                return Verdict(False, "bound-not-reached", values or ())
        return Verdict(True, "proven", values or (), values or ())


def _rows(problem: Problem, kind: Case) -> int:
    """Count what a sort of case can be made of."""
    match kind:
        case "exclusive":
            return len(problem.exclusive)
        case "together":
            return len(problem.together)
        case "load":
            return 0 if problem.or_none is None else problem.mentors
        case "mentor":
            return problem.mentors
        case "mentee":
            return problem.mentees


def _allows_no_more(proof: Certificate, problem: Problem, values: tuple[int, ...] | None) -> bool:
    goals = problem.objectives
    return (
        values is not None
        and proof.scale == 1
        and proof.misfit(problem, goals) is None
        and proof.bounds(problem, goals) <= values
    )
