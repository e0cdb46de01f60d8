"""Whose consent is missing, withdrawn, at an end, or doesn't reach far enough."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from mentormatch.audience import asked_in
from mentormatch.cohort import Cohort
from mentormatch.consent import State, consent_states, consents_in
from mentormatch.errors import Defect, Place
from mentormatch.messages import Language, text
from mentormatch.policy.policy import Policy
from mentormatch.policy.rules import ConsentRule


@dataclass(frozen=True, slots=True)
class ConsentGap:
    """A consent that doesn't hold.

    Parameters
    ----------
    code
        Whose it is, or about whom.
    consent
        What the ids of its questions begin with, such as ``consent_self``.
    state
        Why it doesn't hold: ``missing``, ``future`` (given later than that day),
        ``withdrawn``, ``expired`` or ``scope``.
    scope
        What it has to reach, if that matters.
    """

    code: str
    consent: str
    state: State
    scope: str | None = None

    def text(self, lang: Language = "en") -> str:
        """Say it in words."""
        values = {"code": self.code, "consent": self.consent, "scope": self.scope or "-"}
        return text(f"privacy.consent.{self.state}", lang, **values)


def consent_gaps(
    cohort: Cohort,
    policy: Policy | None = None,
    *,
    on: date | None = None,
    scope: str | None = None,
) -> tuple[ConsentGap, ...]:
    """List the consents that don't hold on a day, by code.

    Parameters
    ----------
    cohort
        The people.
    policy
        Its consent rules say which consents matter, of whom, and how far they reach: whoever
        is listed is in no pair. Without a policy: all consents that the questionnaire keeps, of
        everybody who is asked about them.
    on
        The day; that of the cohort when not said.
    scope
        A further option that each consent must reach, such as one to publish photographs;
        of the consents whose questionnaire has such an option.

    Raises
    ------
    PolicyError
        When the policy doesn't fit the cohort's questionnaire.
    """
    if on is not None:
        cohort = replace(cohort, as_of=on)
    if policy is not None:
        policy.check(cohort.questionnaire)
    found = {
        ConsentGap(cohort.ids[row], name, state, wanted)
        for name, wanted, needed in _wanted(cohort, policy, scope)
        for row, state in _gaps(consent_states(cohort, name, wanted), needed)
    }
    return tuple(sorted(found, key=lambda gap: (gap.code, gap.consent, gap.scope or "")))


def consent_remarks(cohort: Cohort, policy: Policy, lang: Language = "en") -> tuple[Defect, ...]:
    """Say of which consents somebody wrote a date, and they don't hold all the same.

    Parameters
    ----------
    cohort, policy
        As for :func:`consent_gaps`.
    lang
        In which language columns and scopes are named.

    Returns
    -------
    tuple[Defect, ...]
        For each consent that doesn't reach far enough, or was given later than the day of the
        round: the column to look at, and how many people it is about.
    """
    form = cohort.questionnaire
    counts = Counter((it.consent, it.state, it.scope) for it in consent_gaps(cohort, policy))
    found = []
    for (name, state, scope), count in sorted(counts.items(), key=str):
        if state not in {"future", "scope"}:
            continue
        field = f"{name}_{'scope' if state == 'scope' else 'given_on'}"
        column = Place(column=form.label(field, lang))
        options = {} if scope is None else {it.id: it.label for it in form.options(f"{name}_scope")}
        said = options[scope].text(lang) if scope in options else scope
        values = {"count": count, "scope": said, "day": cohort.as_of}
        found.append(Defect(f"consent.{state}", column, values))
    return tuple(found)


def _gaps(states: NDArray[np.str_], needed: NDArray[np.bool_]) -> Iterator[tuple[int, State]]:
    for row in np.flatnonzero(needed & (states != "given")).tolist():
        yield row, states[row].item()


def _wanted(
    cohort: Cohort, policy: Policy | None, scope: str | None
) -> Iterator[tuple[str, str | None, NDArray[np.bool_]]]:
    """Go through consents with what they must reach and of whom: (n,)."""
    form = cohort.questionnaire
    needs: list[tuple[str, str | None, NDArray[np.bool_]]]
    if policy is None:
        needs = [
            (name, None, asked_in(cohort, form.question(f"{name}_given_on")))
            for name in consents_in(form)
        ]
    else:
        rules = [rule for rule in policy.rules if isinstance(rule, ConsentRule)]
        needs = [(rule.field, rule.scope, rule.needed(cohort)) for rule in rules]
    for name, own, needed in needs:
        field = f"{name}_scope"
        offers = field in form.field_ids and scope in {it.id for it in form.options(field)}
        if own is not None or not offers:
            yield name, own, needed
        if offers:
            yield name, scope, needed
