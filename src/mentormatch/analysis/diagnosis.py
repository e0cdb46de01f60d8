"""What a cohort and a policy allow, before anything is solved."""

from dataclasses import dataclass
from html import escape
from typing import Final

import numpy as np
from numpy.typing import NDArray

from mentormatch.cohort import Cohort
from mentormatch.graph.candidates import CandidateGraph, build_graph
from mentormatch.graph.scoring import Scoring
from mentormatch.messages import Language, text
from mentormatch.policy.arrays import Positions
from mentormatch.policy.policy import Policy
from mentormatch.policy.rules import Rule
from mentormatch.problem import Int64

Bools = NDArray[np.bool_]

CONFIDENTIAL: Final = "confidential"
_BLOCK: Final = 1 << 16


@dataclass(frozen=True, slots=True)
class RuleEffect:
    """How many pairs a rule forbids.

    Parameters
    ----------
    code
        The rule's code; all confidential rules stand together under ``confidential``.
    rule
        The rule; None for the confidential ones.
    pairs
        Forbidden pairs to which it objects.
    alone
        Forbidden pairs that would be allowed if only this rule were not there.
    """

    code: str
    rule: Rule | None
    pairs: int
    alone: int

    def text(self, lang: Language = "en") -> str:
        """Say it in words."""
        reason = (
            text("policy.reason.confidential", lang)
            if self.rule is None
            else self.rule.reason_text(lang)
        )
        return text(
            "diagnosis.rule",
            lang,
            code=self.code if self.rule else text("diagnosis.confidential", lang),
            reason=reason,
            pairs=self.pairs,
            alone=self.alone,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Diagnosis:
    """What a cohort and a policy allow.

    Parameters
    ----------
    mentors, mentees
        Codes.
    mentors_of
        Admissible mentors of each mentee; shape (mentees,).
    mentees_of
        Admissible mentees of each mentor; shape (mentors,).
    joined
        Pairs that some form could join, rules apart.
    allowed
        Pairs that are admissible.
    rules
        What each rule forbids, the most first.
    seats
        How many mentees all mentors take together, as far as they said.
    """

    mentors: tuple[str, ...]
    mentees: tuple[str, ...]
    mentors_of: Int64
    mentees_of: Int64
    joined: int
    allowed: int
    rules: tuple[RuleEffect, ...]
    seats: int

    @property
    def stranded(self) -> tuple[str, ...]:
        """Mentees without a single admissible mentor."""
        return tuple(self.mentees[place] for place in np.flatnonzero(self.mentors_of == 0))

    @property
    def idle(self) -> tuple[str, ...]:
        """Mentors without a single admissible mentee."""
        return tuple(self.mentors[place] for place in np.flatnonzero(self.mentees_of == 0))

    def text(self, lang: Language = "en") -> str:
        """Say it in words."""
        lines = [
            text(
                "diagnosis.people",
                lang,
                mentors=len(self.mentors),
                mentees=len(self.mentees),
                seats=self.seats,
            ),
            text("diagnosis.pairs", lang, joined=self.joined, allowed=self.allowed),
        ]
        if len(self.mentees):
            middle = int(np.median(self.mentors_of))
            if middle:  # of none it goes without saying
                lines.append(text("diagnosis.choice", lang, middle=middle))
        for name, people in (("stranded", self.stranded), ("idle", self.idle)):
            if people:
                lines.append(
                    text(f"diagnosis.{name}", lang, count=len(people), who=", ".join(people))
                )
        lines += [f"- {effect.text(lang)}" for effect in self.rules if effect.pairs]
        return "\n".join(lines)

    def __str__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        return f"<pre>{escape(self.text())}</pre>"


def diagnose(cohort: Cohort, policy: Policy) -> Diagnosis:
    """Count, before any solve, who could meet whom and what stands in the way.

    Parameters
    ----------
    cohort
        The people.
    policy
        Forms and rules; weights and goals don't matter here.

    Raises
    ------
    PolicyError
        When the policy doesn't fit the cohort's questionnaire.
    """
    graph = build_graph(cohort, policy)
    scoring = Scoring.of(cohort, policy)
    names = _names(policy, cohort)
    tally = _Tally(dict.fromkeys(names.values(), 0), dict.fromkeys(names.values(), 0))
    step = max(1, _BLOCK // max(1, len(scoring.mentors)))
    for start in range(0, len(scoring.mentees), step):
        tally.add(scoring, scoring.mentees[start : start + step], names)
    shown = {names[rule.code]: rule for rule in policy.all_rules}
    effects = [
        RuleEffect(
            name, None if name == CONFIDENTIAL else rule, tally.pairs[name], tally.alone[name]
        )
        for name, rule in shown.items()
    ]
    effects.sort(key=lambda effect: (-effect.alone, -effect.pairs, effect.code))
    return Diagnosis(
        mentors=graph.mentors,
        mentees=graph.mentees,
        mentors_of=np.bincount(graph.mentee, minlength=len(graph.mentees)),
        mentees_of=np.bincount(graph.mentor, minlength=len(graph.mentors)),
        joined=tally.joined,
        allowed=len(graph),
        rules=tuple(effects),
        seats=_seats(graph, scoring),
    )


def _names(policy: Policy, cohort: Cohort) -> dict[str, str]:
    """Name each rule, all confidential ones alike."""
    return {
        rule.code: CONFIDENTIAL if rule.is_confidential_in(cohort.questionnaire) else rule.code
        for rule in policy.all_rules
    }


def _seats(graph: CandidateGraph, scoring: Scoring) -> int:
    """Add up how many mentees each mentor takes: the own answer, capped by the forms."""
    fits = np.stack([form.mentors[scoring.mentors] for form in scoring.forms])
    in_forms = np.where(fits, graph.form_capacity[:, [1]], 0).sum(axis=0)
    return int(np.minimum(graph.own_capacity, in_forms).sum())


@dataclass(slots=True)
class _Tally:
    """Counts over blocks of mentees."""

    pairs: dict[str, int]
    alone: dict[str, int]
    joined: int = 0

    def add(self, scoring: Scoring, rows: Positions, names: dict[str, str]) -> None:
        """Count the pairs of some mentees, given by their positions in the cohort."""
        shape = len(rows), len(scoring.mentors)
        joined, allowed = np.zeros(shape, np.bool_), np.zeros(shape, np.bool_)
        objecting = {name: np.zeros(shape, np.bool_) for name in self.pairs}
        freed = {name: np.zeros(shape, np.bool_) for name in self.pairs}
        for form in scoring.forms:
            fits = np.outer(form.mentees[rows], form.mentors[scoring.mentors])
            against = {name: np.zeros(shape, np.bool_) for name in self.pairs}
            for rule, check in form.rules:
                against[names[rule.code]] |= fits & ~check.holds(rows, scoring.mentors)
            objections = sum(mask.astype(np.int16) for mask in against.values())
            joined |= fits
            allowed |= fits & (objections == 0)
            for name, mask in against.items():
                objecting[name] |= mask
                freed[name] |= mask & (objections == 1)
        self.joined += int(joined.sum())
        for name in self.pairs:
            self.pairs[name] += int((objecting[name] & ~allowed).sum())
            self.alone[name] += int((freed[name] & ~allowed).sum())
