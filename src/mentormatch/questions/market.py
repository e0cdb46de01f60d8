"""Matching by mutual choice: everybody's preferences, the stable matching, and what it costs."""

from dataclasses import dataclass
from html import escape

import numpy as np

from mentormatch.analysis.certificate import fault_of
from mentormatch.analysis.outcome import Outcome
from mentormatch.analysis.proof import settle
from mentormatch.analysis.stability import BestFor, Stability, blocking
from mentormatch.errors import Defect, Place, PolicyError, SolverFault
from mentormatch.graph.candidates import CandidateGraph
from mentormatch.matching import Level, Status
from mentormatch.messages import Language, text
from mentormatch.policy.criteria import MutualChoice
from mentormatch.policy.goals import Goal
from mentormatch.policy.links import Links
from mentormatch.problem import Int64, Problem
from mentormatch.questionnaire import Label
from mentormatch.questions.question import Question
from mentormatch.solvers.stable import preferences, stable_matching


def stability_of(
    graph: CandidateGraph,
    problem: Problem,
    *,
    best_for: BestFor = "mentees",
    only_named: bool = False,
) -> Stability:
    """Read everybody's preferences off the answers: the named by rank, the others by points.

    Raises
    ------
    PolicyError
        When no criterion ``mutual-choice`` says which question the names stand in, or when
        that question is restricted.
    """
    lots = next((goal.pair for goal in problem.objectives if goal.goal == "lottery"), None)
    sides = _named(graph, problem)
    wanted = preferences(*sides, _points(graph, problem), lots, only_named=only_named)
    mentee_key, mentor_key = np.full((2, problem.size), -1, np.int64)
    mentee_key[wanted.pairs], mentor_key[wanted.pairs] = wanted.mentee_key, wanted.mentor_key
    return Stability(mentee_key, mentor_key, best_for, only_named)


def _points(graph: CandidateGraph, problem: Problem) -> Int64:
    """Look up the points of every pair; 0 for one that was pinned against a waived rule."""
    there = graph.mentee.astype(np.int64) * problem.mentors + graph.mentor
    asked = problem.mentee.astype(np.int64) * problem.mentors + problem.mentor
    place = np.searchsorted(there, asked)
    found = np.append(there, -1)[place] == asked
    points: Int64 = np.where(found, np.append(graph.points(), 0)[place], 0)
    return points


def _named(graph: CandidateGraph, problem: Problem) -> tuple[Int64, Int64]:
    """Look up for every pair the place that each of the two gave the other; 0 for none."""
    criterion = graph.policy.criteria[_choice(graph)]
    assert isinstance(criterion, MutualChoice)
    row = graph.cohort.mentees[problem.mentee].astype(np.intp)
    col = graph.cohort.mentors[problem.mentor].astype(np.intp)
    sides = ((criterion.mentee_field, row, col), (criterion.mentor_field, col, row))
    places = []
    for field, who, whom in sides:
        rank = Links.of(graph.cohort, (field,)).between(who, whom)
        ranked = graph.cohort.questionnaire.question(field).ranked
        places.append(rank if ranked else np.minimum(rank, 1))
    return places[0], places[1]


def _choice(graph: CandidateGraph) -> int:
    """Find the first criterion on mutual choice, by position."""
    for place, criterion in enumerate(graph.policy.criteria):
        if isinstance(criterion, MutualChoice):
            if criterion.is_private_in(graph.cohort.questionnaire):
                raise PolicyError.of("stable.restricted", Place(field=f"criteria[{place}]"))
            return place
    raise PolicyError.of("stable.no-choice", Place(field="criteria"))


def settle_market(question: Question, stability: Stability) -> Outcome:
    """Find the stable matching of a question and check that it is one.

    Pairs that are pinned stand; their mentees and seats leave the market first.

    Raises
    ------
    PolicyError
        When the policy holds limits that no stable matching knows, with each of them.
    SolverFault
        When the check refuses the answer.
    """
    defects = _unheld(question)
    if defects:
        raise PolicyError(*defects)
    problem = question.problem
    if fault_of(problem, problem.pinned):
        return settle(problem)  # there are only upper bounds: the pins themselves clash
    pairs, mentees, mentors = stability.market(problem)
    found = stable_matching(
        *(mentees.who, mentors.who, mentees.key, mentors.key, mentors.seats),
        best_for=stability.best_for,
        parts=mentors.parts,
    )
    chosen = np.union1d(problem.pinned, pairs[found])
    verdict = stability.check(problem, chosen)
    if not verdict.accepted:
        raise SolverFault.of("solver.refused", reason=verdict.reason)
    levels = tuple(
        Level(goal.goal, value, None, "stable")
        for goal, value in zip(problem.objectives, verdict.values, strict=True)
    )
    return Outcome(Status.OPTIMAL, "stable", chosen, levels, stability, "stable", 0)


def _unheld(question: Question) -> list[Defect]:
    """List the limits of the policy that a stable matching doesn't keep."""
    limits, problem = question.graph.policy.limits, question.problem
    found: list[tuple[str, str, bool]] = []
    for place, form in enumerate(question.graph.policy.forms):
        for name, bounds in (("capacity", form.capacity), ("demand", form.demand)):
            found.append((f"forms[{place}].{name}.least", "least", bounds.least > 0))
        found.append((f"forms[{place}].peers", "peers", form.peers))
        found.append((f"forms[{place}].group", "group", form.group is not None))
    found += [
        ("limits.demand.least", "least", limits.demand.least > 0),
        ("limits.demand.most", "several", bool((problem.demand.most > 1).any())),
        ("limits.load.least", "least", limits.load.least > 0),
        *((f"limits.per_mentor[{n}]", "per-mentor", True) for n in range(len(limits.per_mentor))),
        *((f"limits.quotas[{n}]", "quota", quota.hard) for n, quota in enumerate(limits.quotas)),
        ("limits.max_changes", "changes", limits.max_changes is not None),
        ("limits.apart", "sets", bool(limits.apart)),
        ("limits.together", "sets", bool(limits.together)),
        ("limits.mutual", "mutual", len(problem.exclusive) > 0 and not limits.apart),
    ]
    return [Defect(f"stable.{why}", Place(field=field)) for field, why, there in found if there]


def blocking_of(
    graph: CandidateGraph, problem: Problem, chosen: Int64, *, only_named: bool
) -> Int64:
    """List the pairs that both people would rather have, in any matching of a problem.

    Raises
    ------
    PolicyError
        When no criterion ``mutual-choice`` says which question the names stand in, or when
        that question is restricted.
    """
    stability = stability_of(graph, problem, only_named=only_named)
    pairs, mentees, mentors = stability.market(problem)
    # Somebody with a partner they wouldn't accept would rather have anybody they would.
    found = blocking(mentees, mentors, np.flatnonzero(np.isin(pairs, chosen)))
    return pairs[found]


@dataclass(frozen=True, slots=True)
class StabilityPrice:
    """What a stable matching reaches at each goal, and what the best matching reaches.

    Parameters
    ----------
    goals
        Name of each goal, in the policy's order, without the lottery.
    labels
        What the policy calls each of them, None where it doesn't say.
    stable, best
        Values of the stable matching and of the best one, as a tuple each.
    proof
        How far the best one is proven.
    """

    goals: tuple[str, ...]
    labels: tuple[Label | None, ...]
    stable: tuple[int, ...]
    best: tuple[int, ...]
    proof: str

    @property
    def more(self) -> tuple[int, ...]:
        """How much more the best matching reaches at each goal; below zero where it gave way."""
        return tuple(best - own for own, best in zip(self.stable, self.best, strict=True))

    def text(self, lang: Language = "en") -> str:
        """Say it in words, one line per goal."""
        if not any(self.more):
            return text("stable.free", lang)
        lines = [
            text("stable.price-line", lang, name=_name(goal, label, lang), own=own, best=best)
            for goal, label, own, best in zip(
                self.goals, self.labels, self.stable, self.best, strict=True
            )
            if own != best
        ]
        return "\n".join([text("stable.price", lang), *lines])

    def __str__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        return f"<pre>{escape(self.text())}</pre>"


def _name(goal: str, label: Label | None, lang: Language) -> str:
    if label is not None:
        return label.text(lang)
    return text(f"goal.{'fairness' if goal.startswith('fairness') else goal}", lang)


def price_of(
    problem: Problem, levels: tuple[Level, ...], goals: tuple[Goal, ...]
) -> StabilityPrice | None:
    """Compare a stable matching with the best one for the same question; None if there is none."""
    best = settle(problem)
    if not best.levels:
        return None
    kept = [place for place, level in enumerate(levels) if level.goal != "lottery"]
    # Fairness takes several levels for one goal; every other goal has one.
    own = iter([goal.label for goal in goals if goal.type != "fairness"])
    labels = [
        None if levels[place].goal.startswith("fairness") else next(own, None) for place in kept
    ]
    return StabilityPrice(
        tuple(levels[place].goal for place in kept),
        tuple(labels),
        tuple(levels[place].value for place in kept),
        tuple(best.levels[place].value for place in kept),
        best.proof,
    )
