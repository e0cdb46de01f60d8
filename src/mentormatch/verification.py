"""Checking a result again: in memory or from its file, without a solver."""

from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Literal

from mentormatch.analysis.certificate import Verdict
from mentormatch.analysis.report import View
from mentormatch.cohort import Cohort
from mentormatch.errors import IntakeError
from mentormatch.matching import Status
from mentormatch.messages import Language, text
from mentormatch.result import Result

Scores = Literal["as-stored", "recomputed"]


@dataclass(frozen=True, slots=True)
class Verification:
    """What checking a result found.

    Parameters
    ----------
    accepted
        Whether the result is proven.
    impossible
        Whether what it claims is that nothing is possible.
    reason
        ``proven``, or the first thing that is wrong, as a stable word.
    scores
        Whether the scores were taken as they stand or computed from answers again.
    """

    accepted: bool
    impossible: bool
    reason: str
    scores: Scores

    def __bool__(self) -> bool:
        return self.accepted

    def text(self, lang: Language = "en") -> str:
        """Say it in words."""
        key = "impossible" if self.impossible else "proven"
        said = text(f"verify.{key if self.accepted else 'refused'}", lang, reason=self.reason)
        return f"{said} {text(f'verify.scores.{self.scores}', lang)}"

    def __str__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        return f"<pre>{escape(self.text())}</pre>"


def verify(result: Result | str | Path, cohort: Cohort | None = None) -> Verification:
    """Check that a result is proven: that its pairs keep every limit and none are better.

    Raises nothing: what is wrong is in the answer.

    Parameters
    ----------
    result
        A result, or the file of one.
    cohort
        The people, to compute the scores from their answers again instead of taking them
        as they stand in the file.
    """
    scores: Scores = "as-stored" if cohort is None else "recomputed"
    if not isinstance(result, Result):
        try:
            result = Result.load(result, cohort)
        except IntakeError as error:
            return Verification(False, False, error.defects[0].code, scores)
    elif cohort is not None and (
        result.view.graph is None or result.view.graph.cohort is not cohort
    ):
        return Verification(False, False, "result.other-cohort", scores)
    verdict = _verdict(result.view)
    impossible = result.status is Status.INFEASIBLE
    return Verification(verdict.accepted, impossible, verdict.reason, scores)


def _verdict(view: View) -> Verdict:
    problem, outcome = view.problem, view.outcome
    named = sorted((pair.mentor, pair.mentee) for pair in view.matching.pairs)
    proven = sorted(
        (view.mentors[mentor], view.mentees[mentee])
        for mentor, mentee in zip(
            problem.mentor[outcome.chosen], problem.mentee[outcome.chosen], strict=True
        )
    )
    if named != proven:
        return Verdict(False, "other-pairs")
    verdict = outcome.verify(problem)
    if verdict.accepted and verdict.values != tuple(level.value for level in outcome.levels):
        return Verdict(False, "other-levels")
    return verdict
