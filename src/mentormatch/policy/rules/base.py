"""What all rules have in common."""

from abc import abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Annotated, ClassVar

import numpy as np
from pydantic import BeforeValidator

from mentormatch.cohort import Cohort
from mentormatch.errors import Defect
from mentormatch.messages import Language, text
from mentormatch.policy.arrays import Bools, Positions
from mentormatch.policy.fields import Name, Use, check_uses
from mentormatch.questionnaire import Label, Questionnaire
from mentormatch.record import Part

PairCheck = Callable[[Positions, Positions], Bools]


@dataclass(frozen=True, slots=True)
class Check:
    """A rule tied to a cohort of n people; True is admissible, None has nothing to say.

    Parameters
    ----------
    mentors
        bool (n,): who may be a mentor.
    mentees
        bool (n,): who may be a mentee.
    pairs
        From positions of r mentees and c mentors in the cohort to bool (r, c).
    """

    mentors: Bools | None = None
    mentees: Bools | None = None
    pairs: PairCheck | None = None

    def holds(self, rows: Positions, cols: Positions) -> Bools:
        """Tell which pairs of r mentees and c mentors are admissible: bool (r, c)."""
        holds = np.ones((len(rows), len(cols)), np.bool_)
        if self.mentees is not None:
            holds &= self.mentees[rows][:, None]
        if self.mentors is not None:
            holds &= self.mentors[cols]
        if self.pairs is not None:
            holds &= self.pairs(rows, cols)
        return holds


def _one_or_many(written: object) -> object:
    return (written,) if isinstance(written, str) else written


class Rule(Part):
    """A condition that no number of points can outweigh.

    Parameters
    ----------
    code
        Stable name, unique in the policy.
    forms
        Ids of the forms it holds in; ``"*"`` is every form.
    reason
        The sentence shown when it forbids a pair; each type has one of its own.
    confidential
        Whether the reason shown is only "not admissible". A rule that reads a restricted
        question is confidential in any case.
    relaxable
        Whether a proposed repair may name it.
    waivable
        Whether a pin may set it aside.
    """

    type: str
    code: Name
    forms: Annotated[tuple[str, ...], BeforeValidator(_one_or_many)] = ("*",)
    reason: Label | None = None
    confidential: bool = False
    relaxable: bool = True
    waivable: bool = True

    per_form: ClassVar[bool] = False

    @property
    @abstractmethod
    def uses(self) -> tuple[Use, ...]:
        """What it reads."""

    @abstractmethod
    def bind(self, cohort: Cohort, form: str) -> Check:
        """Tie the rule to a cohort; the form matters only where ``per_form`` is set."""

    @property
    def fields(self) -> tuple[str, ...]:
        """Ids of the questions it reads."""
        return tuple(use.field for use in self.uses)

    def applies_to(self, form: str) -> bool:
        """Tell whether it holds in a form."""
        return "*" in self.forms or form in self.forms

    def check(self, questionnaire: Questionnaire, forms: Iterable[str], at: str) -> list[Defect]:
        """Find what doesn't fit the questionnaire; ``forms`` are those it applies to."""
        del forms
        return check_uses(self.uses, questionnaire, at)

    def is_confidential_in(self, questionnaire: Questionnaire) -> bool:
        """Tell whether its reason must stay unsaid."""
        return self.confidential or any(
            questionnaire.sensitivity(field) == "restricted" for field in self.fields
        )

    def reason_text(self, lang: Language = "en", *, confidential: bool = False) -> str:
        """Say in one sentence why it forbids a pair, or only that it does."""
        if confidential or self.confidential:
            return text("policy.reason.confidential", lang)
        if self.reason is not None:
            return self.reason.text(lang)
        return text(f"policy.reason.{self.type}", lang)
