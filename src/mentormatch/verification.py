"""Checking a result again: in memory or from its file, without a solver."""

from dataclasses import dataclass, replace
from html import escape
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from mentormatch import peers
from mentormatch.analysis.certificate import Verdict
from mentormatch.analysis.report import View
from mentormatch.analysis.stability import Stability
from mentormatch.cohort import Cohort
from mentormatch.errors import IntakeError
from mentormatch.graph.candidates import CandidateGraph
from mentormatch.market import stability_of
from mentormatch.matching import Pair, Status
from mentormatch.messages import Language, text
from mentormatch.result import Result
from mentormatch.result_file import fingerprint

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
    stable
        Whether what it claims is that the matching is stable.
    """

    accepted: bool
    impossible: bool
    reason: str
    scores: Scores
    stable: bool = False

    def __bool__(self) -> bool:
        return self.accepted

    def text(self, lang: Language = "en") -> str:
        """Say it in words."""
        key = "impossible" if self.impossible else "stable" if self.stable else "proven"
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
    elif cohort is not None and not _is_of(result.view, cohort):
        return Verification(False, False, "result.other-cohort", scores)
    verdict = _verdict(result.view)
    impossible = result.status is Status.INFEASIBLE
    stable = result.proof == "stable"
    return Verification(verdict.accepted, impossible, verdict.reason, scores, stable)


def _is_of(view: View, cohort: Cohort) -> bool:
    """Tell whether a result was made of these answers, as of whatever day."""
    if view.graph is None:
        return False
    own = view.graph.cohort
    return own is cohort or fingerprint(own) == fingerprint(replace(cohort, as_of=own.as_of))


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
    if not _scores_agree(view):
        return Verdict(False, "other-scores")
    verdict = outcome.verify(problem)
    if verdict.accepted and verdict.values != tuple(level.value for level in outcome.levels):
        return Verdict(False, "other-levels")
    if verdict.accepted and outcome.levels and peers.counted_in(problem):
        made = [(pair.mentor, pair.mentee, pair.form) for pair in view.matching.pairs]
        return Verdict(False, "peers" if peers.fault_in(view.policy, made) else "pairing")
    words = {outcome.proof, *(level.proof for level in outcome.levels)}
    certified = "infeasible_certified" if outcome.status is Status.INFEASIBLE else "certified"
    if isinstance(outcome.witness, Stability):
        certified = "stable"
        if not _preferences_agree(view, outcome.witness):
            return Verdict(False, "other-preferences")
    if verdict.accepted and words != {certified}:
        return Verdict(False, "other-proof")
    return verdict


def _preferences_agree(view: View, stored: Stability) -> bool:
    """Tell whether everybody's preferences are those that their answers give, where known."""
    if view.graph is None:
        return True
    own = stability_of(view.graph, view.problem, only_named=stored.only_named)
    return bool(
        np.array_equal(own.mentee_key, stored.mentee_key)
        and np.array_equal(own.mentor_key, stored.mentor_key)
    )


def _scores_agree(view: View) -> bool:
    """Tell whether what is said of each pair agrees with its raw scores, weights and points."""
    weights = {
        form.id: row for form, row in zip(view.policy.forms, view.policy.weights, strict=True)
    }
    counted = next((goal.pair for goal in view.problem.objectives if goal.goal == "points"), None)
    places = {
        (view.mentors[view.problem.mentor[place]], view.mentees[view.problem.mentee[place]]): place
        for place in view.outcome.chosen.tolist()
    }
    for pair, raw in zip(view.matching.pairs, view.raw, strict=True):
        if pair.form not in weights or int(weights[pair.form] @ raw) != pair.points:
            return False
        if counted is not None and counted[places[pair.mentor, pair.mentee]] != pair.points:
            return False
    return view.graph is None or all(
        _as_in_graph(view.graph, pair, raw)
        for pair, raw in zip(view.matching.pairs, view.raw, strict=True)
    )


def _as_in_graph(graph: CandidateGraph, pair: Pair, raw: NDArray[np.int16]) -> bool:
    """Tell whether a pair's form and raw scores are those that its answers give.

    A pair that was pinned against a waived rule is no candidate and has none.
    """
    edge = graph.edge(pair.mentor, pair.mentee)
    if edge is None:
        return True
    same_form = graph.policy.forms[graph.form[edge]].id == pair.form
    return same_form and bool((graph.raw[edge] == raw).all())
