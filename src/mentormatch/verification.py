"""Checking a result again: in memory or from its file, without a solver."""

from dataclasses import dataclass, replace
from html import escape
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from mentormatch.analysis.certificate import Verdict
from mentormatch.analysis.group_answer import Grouping, named_groups
from mentormatch.analysis.group_certificate import refutes
from mentormatch.analysis.outcome import Outcome
from mentormatch.analysis.report import View
from mentormatch.analysis.stability import Stability
from mentormatch.cohort import Cohort
from mentormatch.errors import IntakeError
from mentormatch.graph.candidates import CandidateGraph
from mentormatch.matching import Group, Level, Pair, Status
from mentormatch.messages import Language, text
from mentormatch.problem import Problem
from mentormatch.questions import peers
from mentormatch.questions.market import stability_of
from mentormatch.result import Result
from mentormatch.storage.result_file import fingerprint

Scores = Literal["as-stored", "recomputed", "inputs-purged"]


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
        Whether the scores were taken as they stand or computed from answers again; a register
        says ``inputs-purged`` of scores as they stand whose answers have been erased.
    stable
        Whether what it claims is that the matching is stable.
    levels
        For groups that keep every limit: each goal with its value, counted again, and the
        bound that the prices alone prove.
    """

    accepted: bool
    impossible: bool
    reason: str
    scores: Scores
    stable: bool = False
    levels: tuple[Level, ...] = ()

    def __bool__(self) -> bool:
        return self.accepted

    def text(self, lang: Language = "en", reason: str | None = None) -> str:
        """Say it in words, with other words for the reason if they are given."""
        key = "impossible" if self.impossible else "stable" if self.stable else "proven"
        why = reason or self.reason
        said = text(f"verify.{key if self.accepted else 'refused'}", lang, reason=why)
        if self.levels and not self.accepted:
            said = f"{said} {self._kept(lang)}"
        return f"{said} {text(f'verify.scores.{self.scores}', lang)}"

    def _kept(self, lang: Language) -> str:
        """Say what holds all the same: limits, values and bounds."""
        goals = []
        for level in self.levels:
            name = text(f"goal.{level.goal}", lang)
            key = "unbounded" if level.gap is None else "bounded"
            bound = level.whole + (level.gap or 0)
            goals.append(text(f"verify.{key}", lang, name=name, value=level.whole, bound=bound))
        return text("verify.kept", lang, goals="; ".join(goals))

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
    levels: tuple[Level, ...] = ()
    if verdict.accepted and result.view.grouping is not None:
        verdict, levels = _group_verdict(result.view, result.view.grouping)
    impossible = result.status is Status.INFEASIBLE
    stable = result.proof == "stable"
    return Verification(verdict.accepted, impossible, verdict.reason, scores, stable, levels)


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
    if view.grouping is not None:
        return Verdict(True, "proven")
    groups = named_groups(view.policy, view.matching.pairs, None, view.mentees)
    if not _same_groups(view, groups):
        return Verdict(False, "other-groups")
    verdict = outcome.verify(problem)
    if verdict.accepted and verdict.values != tuple(level.value for level in outcome.levels):
        return Verdict(False, "other-levels")
    if verdict.accepted and outcome.levels and peers.counted_in(problem):
        made = [(pair.mentor, pair.mentee, pair.form) for pair in view.matching.pairs]
        return Verdict(False, "peers" if peers.fault_in(view.policy, made) else "pairing")
    status, certified = Status.OPTIMAL, "certified"
    if outcome.status is Status.INFEASIBLE:
        status, certified = Status.INFEASIBLE, "infeasible_certified"
    if isinstance(outcome.witness, Stability):
        certified = "stable"
        if not _preferences_agree(view, outcome.witness):
            return Verdict(False, "other-preferences")
    if verdict.accepted and outcome.levels != _levels(problem, verdict.values, certified):
        words = {level.proof for level in outcome.levels}
        return Verdict(False, "other-levels" if words == {certified} else "other-proof")
    if verdict.accepted and (outcome.status, outcome.proof) != (status, certified):
        return Verdict(False, "other-proof")
    return verdict


def _levels(problem: Problem, values: tuple[int, ...], proof: str) -> tuple[Level, ...]:
    """Say of every goal that it was reached as a proof of all goals says."""
    return tuple(
        Level(goal.goal, value, None if proof == "stable" else value, proof)
        for goal, value in zip(problem.objectives, values, strict=False)
    )


def _preferences_agree(view: View, stored: Stability) -> bool:
    """Tell whether everybody's preferences are those that their answers give, where known."""
    if view.graph is None:
        return True
    own = stability_of(view.graph, view.problem, only_named=stored.only_named)
    return bool(
        np.array_equal(own.mentee_key, stored.mentee_key)
        and np.array_equal(own.mentor_key, stored.mentor_key)
    )


def _group_verdict(view: View, grouping: Grouping) -> tuple[Verdict, tuple[Level, ...]]:
    """Count groups again and bound them by their prices, whatever else is said of them."""
    problem, found = grouping.problem, grouping.outcome
    status = view.outcome.status
    if status is Status.INFEASIBLE and found.refutation is not None:
        proven = refutes(problem, found.refutation)
        return Verdict(proven, "proven" if proven else "not-refuted"), ()
    if found.certificate is None:
        return Verdict(False, "no-certificate"), ()
    check = found.certificate.check(problem, found.groups)
    if not check.accepted:
        return Verdict(False, check.reason), ()
    sure = replace(
        found,
        certified=check.bounds,
        levels=tuple(
            Level(goal, value, bound, "certified" if value == bound else "best_found")
            for goal, value, bound in zip(problem.goals, check.values, check.bounds, strict=True)
        ),
    )
    truth = replace(grouping, outcome=sure)
    if status is Status.INFEASIBLE:
        proven = truth.refuted_cover
        return Verdict(proven, "proven" if proven else "not-refuted"), ()
    settled = truth.settled(view.problem)
    fault = _claim_fault(view, settled)
    groups = named_groups(view.policy, view.matching.pairs, truth, view.mentees)
    if fault is None and not (_same_groups(view, groups) and _group_points_agree(view, grouping)):
        fault = "other-groups"
    if fault is not None:
        return Verdict(False, fault), ()
    proven = settled.proof == "certified"
    return Verdict(proven, "proven" if proven else "bound-not-reached"), settled.levels


def _claim_fault(view: View, settled: Outcome) -> str | None:
    """Say what a result claims that the check of its groups doesn't bear out."""
    outcome = view.outcome
    if not np.array_equal(settled.chosen, outcome.chosen):
        return "other-pairs"
    said, counted = (
        [(level.goal, level.value, level.unit) for level in levels]
        for levels in (outcome.levels, settled.levels)
    )
    if said != counted or any(
        level.bound is not None and level.bound < level.value for level in outcome.levels
    ):
        return "other-levels"
    words = [(outcome.proof, settled.proof)]
    words += [(s.proof, c.proof) for s, c in zip(outcome.levels, settled.levels, strict=True)]
    if any((claim == "certified") != (truth == "certified") for claim, truth in words):
        return "other-proof"
    if any(level.proof == "certified" and level.bound != level.value for level in outcome.levels):
        return "other-levels"
    if outcome.proof == "certified" and outcome.status is not Status.OPTIMAL:
        return "other-proof"
    return None


def _same_groups(view: View, groups: tuple[Group, ...]) -> bool:
    """Tell whether listed groups are those that pairs make up, with co-mentors who are free."""
    listed = view.matching.groups
    beside = [group.co_mentor for group in listed if group.co_mentor is not None]
    busy = {pair.mentor for pair in view.matching.pairs}
    if len(set(beside)) < len(beside) or not busy.isdisjoint(beside):
        return False
    if not set(beside) <= set(view.mentors):
        return False
    return tuple(replace(group, co_mentor=None) for group in listed) == groups


def _group_points_agree(view: View, grouping: Grouping) -> bool:
    """Tell whether groups are counted with the points of their pairs."""
    if all(goal.type != "points" for goal in view.policy.goals):
        return True
    place = grouping.problem.mentee.astype(np.int64) * grouping.problem.mentors
    place = place + grouping.problem.mentor
    points = {(pair.mentor, pair.mentee): pair.points for pair in view.matching.pairs}
    return all(
        points[view.mentors[grouping.leaders[group.mentor]], view.mentees[who]]
        == grouping.problem.points[
            np.searchsorted(place, who * grouping.problem.mentors + group.mentor)
        ]
        for group in grouping.outcome.groups
        for who in group.members
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
