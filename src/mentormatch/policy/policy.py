"""The policy: everything a school decides about matching, in one record."""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from mentormatch.consent import consents_in
from mentormatch.errors import Defect, Place, PolicyError
from mentormatch.policy.arrays import Bools, Ints
from mentormatch.policy.criteria import AnyCriterion
from mentormatch.policy.fields import NUMBERS, Use, check_uses
from mentormatch.policy.findings import findings
from mentormatch.policy.forms import Form
from mentormatch.policy.goals import Goal
from mentormatch.policy.limits import CAPACITY_FIELD, Limits
from mentormatch.policy.numerals import PER_MILLE, Number, thousandths
from mentormatch.policy.rules import AnyRule, ConsentRule, SamePerson
from mentormatch.policy.weights import reweigh
from mentormatch.questionnaire import Label, Questionnaire
from mentormatch.record import Record


class Policy(Record):
    """Forms with weights, rules, criteria, limits and goals.

    Parameters
    ----------
    name
        Short name of the policy.
    title
        What people read.
    forms
        In order: the first form that admits a pair applies to it.
    rules
        What forbids a pair. That nobody mentors themselves holds without being said.
    criteria
        What makes a pair better, as far as a form weighs it.
    limits
        Seats, demand, pins and bans.
    goals
        What matters, in order.

    Raises
    ------
    PolicyError
        From ``load``, ``preset`` and ``from_dict``, with every contradiction.
    """

    error: ClassVar = PolicyError
    preset_folder: ClassVar = "policies"

    name: str
    title: Label | None = None
    forms: tuple[Form, ...]
    rules: tuple[AnyRule, ...] = ()
    criteria: tuple[AnyCriterion, ...] = ()
    limits: Limits = Limits()
    goals: tuple[Goal, ...] = (Goal(type="cover"), Goal(type="points"))

    @model_validator(mode="after")
    def _check_itself(self) -> Self:
        errors = [
            InitErrorDetails(type=PydanticCustomError(code, code, values), loc=loc, input=None)
            for loc, code, values in findings(
                self.forms, self.rules, self.criteria, self.limits, self.goals
            )
        ]
        if errors:
            raise ValidationError.from_exception_data("Policy", errors)
        return self

    @property
    def all_rules(self) -> tuple[AnyRule, ...]:
        """The declared rules, and that nobody mentors themselves if it isn't among them."""
        if any(isinstance(rule, SamePerson) for rule in self.rules):
            return self.rules
        return (*self.rules, SamePerson(type="same-person", code="same-person"))

    @property
    def weights(self) -> Ints:
        """Weights in thousandths: int64 (forms, criteria), 0 where a form doesn't weigh one."""
        table = [
            [int(thousandths(form.weights.get(criterion.id, 0))) for criterion in self.criteria]
            for form in self.forms
        ]
        return np.array(table, dtype=np.int64).reshape(len(self.forms), len(self.criteria))

    @property
    def weighed(self) -> Bools:
        """Which criteria each form lists, with whatever weight: bool (forms, criteria)."""
        table = [[entry.id in form.weights for entry in self.criteria] for form in self.forms]
        return np.array(table, dtype=np.bool_).reshape(len(self.forms), len(self.criteria))

    @property
    def group_maximum(self) -> Ints:
        """The most points per mentee of a group in each form, cohesion included: int64 (forms,)."""
        cohesion = [
            sum(int(thousandths(weight)) for weight in form.group.cohesion.values())
            if form.group is not None
            else 0
            for form in self.forms
        ]
        most: NDArray[np.int64] = self.form_maximum + PER_MILLE * np.array(cohesion, np.int64)
        return most

    @property
    def form_maximum(self) -> Ints:
        """The most points a pair can have in each form: int64 (forms,)."""
        most: NDArray[np.int64] = PER_MILLE * self.weights.sum(axis=1)
        return most

    def with_weights(
        self, weights: Mapping[str, Number], *, on_excess: Literal["error", "round"] = "error"
    ) -> "Policy":
        """Return the policy with other weights.

        Parameters
        ----------
        weights
            By ``criterion`` for every form that lists it, or by ``form.criterion``, which
            goes before. Weights of cohesion within groups stay as they are.
        on_excess
            What happens to a weight with more than three decimals: "error", or "round":
            the new weights of its form are rounded by the largest remainder, so that their
            sum stays what it was (to the nearest thousandth, the old sum if that is as near).

        Raises
        ------
        PolicyError
            With every unknown key and every value that can't be a weight.
        """
        ids = [criterion.id for criterion in self.criteria]
        forms = reweigh(self.forms, ids, weights, on_excess)
        return self.model_copy(update={"forms": forms})

    def with_limits(self, **limits: Any) -> "Policy":
        """Return the policy with other limits, checked as if they stood in its file.

        Parameters
        ----------
        **limits
            Keys of ``[limits]`` with what replaces them. A pin or a ban may be written
            ``(mentor, mentee)`` or ``(mentor, mentee, reason)``.

        Raises
        ------
        PolicyError
            With everything that contradicts itself.
        """
        return self._changed(limits, {})

    def with_goals(self, *goals: Any, **limits: Any) -> "Policy":
        """Return the policy with other goals, and limits if need be, checked as in its file.

        Parameters
        ----------
        *goals
            In order: types such as ``"cover"``, or ``[[goals]]`` tables as mappings.
        **limits
            As in :meth:`with_limits`: a quota that isn't hard needs a goal, and the goal it.

        Raises
        ------
        PolicyError
            With everything that contradicts itself.
        """
        tables = [{"type": goal} if isinstance(goal, str) else goal for goal in goals]
        return self._changed(limits, {"goals": tables})

    def _changed(self, limits: dict[str, Any], tables: dict[str, Any]) -> "Policy":
        for name in ("pins", "bans"):
            if name in limits:
                limits[name] = [
                    dict(zip(("mentor", "mentee", "reason"), entry, strict=False))
                    if isinstance(entry, tuple)
                    else entry
                    for entry in limits[name]
                ]
        content = self.to_dict() | tables
        return self.from_dict(content | {"limits": content.get("limits", {}) | limits})

    def check(self, questionnaire: Questionnaire) -> None:
        """Hold the policy against the questionnaire it is meant for.

        Raises
        ------
        PolicyError
            With every unknown question, option and function, and everything that doesn't fit.
        """
        defects: list[Defect] = []
        for place, form in enumerate(self.forms):
            for side, condition in (("mentors", form.mentors), ("mentees", form.mentees)):
                at = Place(field=f"forms[{place}].{side}")
                defects += condition.check(questionnaire, at)
            if form.group is not None:
                defects += form.group.check(questionnaire, f"forms[{place}].group")
        for place, rule in enumerate(self.rules):
            forms = [form.id for form in self.forms if rule.applies_to(form.id)]
            defects += rule.check(questionnaire, forms, f"rules[{place}]")
        for place, criterion in enumerate(self.criteria):
            defects += criterion.check(questionnaire, f"criteria[{place}]")
        if self.has_capacity_field(questionnaire):
            use = Use("capacity_field", self.limits.capacity_field, NUMBERS)
            defects += check_uses((use,), questionnaire, "limits")
        for place, entry in enumerate(self.limits.per_mentor):
            for side, condition in (("mentors", entry.mentors), ("mentees", entry.mentees)):
                at = Place(field=f"limits.per_mentor[{place}].{side}")
                defects += condition.check(questionnaire, at)
        for place, quota in enumerate(self.limits.quotas):
            defects += quota.check(questionnaire, f"limits.quotas[{place}]")
        for place, goal in enumerate(self.goals):
            if goal.who is not None:
                at = Place(field=f"goals[{place}].who")
                defects += goal.who.check(questionnaire, at)
        if defects:
            raise PolicyError(*defects)

    def has_capacity_field(self, questionnaire: Questionnaire) -> bool:
        """Tell whether mentors' own answers limit their seats."""
        named = self.limits.capacity_field
        return named != CAPACITY_FIELD or named in questionnaire.field_ids

    def warnings(self, questionnaire: Questionnaire) -> tuple[Defect, ...]:
        """List what is allowed but probably not meant; the policy fits the questionnaire."""
        found = []
        sums = dict(zip((form.id for form in self.forms), self.form_maximum.tolist(), strict=True))
        if len(set(sums.values()) - {0}) > 1:
            shown = ", ".join(f"{name}: {most / 10**6:g}" for name, most in sums.items())
            found.append(Defect("policy.weight-sums", Place(field="forms"), {"sums": shown}))
        for place, (name, most) in enumerate(zip(sums, self.group_maximum.tolist(), strict=True)):
            if most == 0:
                at = Place(field=f"forms[{place}].weights")
                found.append(Defect("policy.no-weights", at, {"found": name}))
        for place, criterion in enumerate(self.criteria):
            at = Place(field=f"criteria[{place}]")
            if not self.weights[:, place].any() and not self._binds_groups(criterion.id):
                found.append(Defect("policy.never-weighed", at, {"found": criterion.id}))
            if criterion.is_private_in(questionnaire):
                found.append(Defect("policy.private-criterion", at, {"found": criterion.id}))
        asked_for = {rule.field for rule in self.rules if isinstance(rule, ConsentRule)}
        found += [
            Defect("policy.consent-unread", Place(field="rules"), {"found": name})
            for name in consents_in(questionnaire)
            if name not in asked_for
        ]
        return tuple(found)

    def _binds_groups(self, criterion: str) -> bool:
        """Tell whether mentees of a group suit each other by a criterion."""
        groups = (form.group for form in self.forms if form.group is not None)
        return any(group.cohesion.get(criterion, 0) > 0 for group in groups)

    @property
    def couples(self) -> bool:
        """Whether it matters who is in a group with whom; otherwise pairs say everything."""
        return any(form.group is not None and form.group.couples for form in self.forms)

    def scores_like(self, other: "Policy") -> bool:
        """Tell whether both admit the same pairs and compute the same raw scores.

        They may differ in weights of what their forms list, groups, limits, goals and wording.
        """
        return _scoring_parts(self) == _scoring_parts(other)


def with_limits(policy: Policy, limits: Limits) -> Policy:
    """Return the policy with other limits, checked."""
    return policy.model_validate(dict(policy) | {"limits": limits})


def _scoring_parts(policy: Policy) -> tuple[object, ...]:
    forms = [(form.id, form.mentors, form.mentees) for form in policy.forms]
    return forms, policy.rules, policy.criteria
