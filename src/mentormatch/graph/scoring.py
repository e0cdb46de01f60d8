"""A policy tied to a cohort: blocks of admissible pairs and their raw scores.

Everything about a pair depends on its two people alone, so blocks of any size, in any
order, agree.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from mentormatch.cohort import Cohort
from mentormatch.policy.arrays import Bools, Positions
from mentormatch.policy.criteria import Scorer
from mentormatch.policy.forms import Form
from mentormatch.policy.policy import Policy
from mentormatch.policy.rules import Check, PairCheck, Rule


@dataclass(frozen=True, slots=True)
class BoundForm:
    """A form tied to a cohort of n people.

    Parameters
    ----------
    form
        The form of the policy.
    mentors, mentees
        bool (n,): who satisfies the form's own conditions, rules apart.
    rules
        The rules that hold in it, each tied to the cohort.
    criteria
        Positions of the criteria it lists.
    admitted_mentors, admitted_mentees
        bool (n,): who is left when every rule has looked at one side alone.
    """

    form: Form
    mentors: Bools
    mentees: Bools
    rules: tuple[tuple[Rule, Check], ...]
    criteria: tuple[int, ...]
    admitted_mentors: Bools
    admitted_mentees: Bools

    @classmethod
    def of(
        cls, form: Form, cohort: Cohort, rules: tuple[tuple[Rule, Check], ...], criteria: list[str]
    ) -> Self:
        """Tie a form to a cohort, its rules being tied already."""
        mentors = cohort.is_mentor & cohort.mask(form.mentors)
        mentees = cohort.is_mentee & cohort.mask(form.mentees)
        places = tuple(place for place, name in enumerate(criteria) if name in form.weights)
        checks = [check for _, check in rules]
        return cls(
            form,
            mentors,
            mentees,
            rules,
            places,
            _all(mentors, [check.mentors for check in checks]),
            _all(mentees, [check.mentees for check in checks]),
        )

    @property
    def pair_checks(self) -> tuple[PairCheck, ...]:
        """What has to be asked pair by pair."""
        return tuple(check.pairs for _, check in self.rules if check.pairs is not None)


def _all(first: Bools, others: list[Bools | None]) -> Bools:
    for other in others:
        if other is not None:
            first = first & other
    return first


@dataclass(frozen=True, slots=True)
class Edges:
    """The k admissible pairs of a block of mentees, in ascending order of (mentee, mentor).

    Parameters
    ----------
    mentee, mentor
        int32 (k,): positions among the mentees and among the mentors.
    form
        int16 (k,): position of the form.
    raw
        int16 (criteria, k): raw scores, 0 where the form doesn't list the criterion.
    """

    mentee: NDArray[np.int32]
    mentor: NDArray[np.int32]
    form: NDArray[np.int16]
    raw: NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Scoring:
    """A policy tied to a cohort.

    Parameters
    ----------
    mentors, mentees
        Positions in the cohort of its m mentors and of its mentees.
    forms
        The policy's forms, in order.
    scorers
        One per criterion of the policy.
    """

    mentors: Positions
    mentees: Positions
    forms: tuple[BoundForm, ...]
    scorers: tuple[Scorer, ...]

    @classmethod
    def of(cls, cohort: Cohort, policy: Policy) -> Self:
        """Tie a policy to a cohort; the policy has been checked against its questionnaire."""
        criteria = [criterion.id for criterion in policy.criteria]
        shared = [
            None if rule.per_form else rule.bind(cohort, policy.forms[0].id)
            for rule in policy.all_rules
        ]
        forms = tuple(
            BoundForm.of(
                form,
                cohort,
                tuple(
                    (rule, check or rule.bind(cohort, form.id))
                    for rule, check in zip(policy.all_rules, shared, strict=True)
                    if rule.applies_to(form.id)
                ),
                criteria,
            )
            for form in policy.forms
        )
        scorers = tuple(criterion.bind(cohort) for criterion in policy.criteria)
        return cls(cohort.mentors.astype(np.intp), cohort.mentees.astype(np.intp), forms, scorers)

    def edges(self, rows: Positions) -> Edges:
        """Find and score the admissible pairs of some mentees with all mentors.

        Parameters
        ----------
        rows
            Positions among the mentees, ascending.
        """
        grid = np.zeros((len(rows), len(self.mentors)), dtype=np.int16)
        blocks = []
        for number, form in enumerate(self.forms, start=1):
            here = np.flatnonzero(form.admitted_mentees[self.mentees[rows]])
            cols = np.flatnonzero(form.admitted_mentors[self.mentors])
            if len(here) and len(cols):
                people = self.mentees[rows[here]], self.mentors[cols]
                window = np.ix_(here, cols)
                taken = grid[window]
                free = taken == 0
                for check in form.pair_checks:
                    free &= check(*people)
                grid[window] = np.where(free, np.int16(number), taken)
                blocks.append((number, form, people, np.flatnonzero(free)))
        mentee, mentor = np.nonzero(grid)
        chosen = grid[grid != 0]
        raw = np.zeros((len(self.scorers), len(mentee)), dtype=np.int16)
        for number, form, people, free in blocks:
            # Both lists of positions run by mentee, then mentor.
            mine = np.flatnonzero(chosen == number)
            for place in form.criteria if len(mine) else ():
                raw[place][mine] = self.scorers[place].raw(*people).ravel()[free]
        return Edges(
            rows[mentee].astype(np.int32),
            mentor.astype(np.int32),
            chosen - np.int16(1),
            raw,
        )
