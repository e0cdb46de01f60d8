"""Why a pair is admissible or not: every rule asked about two people."""

from dataclasses import dataclass, field

import numpy as np

from mentormatch.cohort import Cohort
from mentormatch.graph.scoring import Scoring
from mentormatch.messages import Language
from mentormatch.policy.rules import Rule


@dataclass(frozen=True, slots=True)
class Objection:
    """A rule that forbids a pair in one form.

    Parameters
    ----------
    form
        Id of the form.
    rule
        The rule, with its code and whether it may be relaxed or waived.
    confidential
        Whether only "not admissible" may be said. The rule's code would say more.
    """

    form: str
    rule: Rule = field(repr=False)
    confidential: bool

    def reason(self, lang: Language = "en") -> str:
        """Say why, as far as it may be said."""
        return self.rule.reason_text(lang, confidential=self.confidential)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a policy says about one pair.

    Parameters
    ----------
    form
        Id of the form that admits the pair, None when none does.
    joined
        Ids of the forms whose own conditions fit both people. When there is none, no form
        joins two such people, whatever the rules.
    objections
        Every rule that forbids the pair in a form that joins it; empty when it is allowed.
    """

    form: str | None
    joined: tuple[str, ...]
    objections: tuple[Objection, ...] = ()

    @property
    def allowed(self) -> bool:
        """Whether some form admits the pair."""
        return self.form is not None


def verdict_on(cohort: Cohort, scoring: Scoring, row: int, col: int) -> Verdict:
    """Ask every rule about one mentee and one mentor, given by their positions in the cohort."""
    mentee, mentor = np.array([row]), np.array([col])
    joined, admits, objections = [], [], []
    for bound in scoring.forms:
        if bound.mentees[row] and bound.mentors[col]:
            form = bound.form.id
            joined.append(form)
            against = [rule for rule, check in bound.rules if not check.holds(mentee, mentor)]
            if not against:
                admits.append(form)
            for rule in against:
                hidden = rule.is_confidential_in(cohort.questionnaire)
                objections.append(Objection(form, rule, hidden))
    if admits:
        return Verdict(admits[0], tuple(joined))
    return Verdict(None, tuple(joined), tuple(objections))
