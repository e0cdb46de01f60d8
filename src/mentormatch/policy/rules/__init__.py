"""Hard rules: each forbids pairs and says why. A rule never has a weight."""

from typing import Annotated

from pydantic import Discriminator

from mentormatch.policy.fields import known_type
from mentormatch.policy.rules.admission import (
    ConditionRule,
    Consent,
    ConsentRule,
    FormsAccepted,
    GuardianConsent,
)
from mentormatch.policy.rules.answers import (
    CommonSlots,
    Different,
    Equal,
    Gap,
    Qualification,
)
from mentormatch.policy.rules.base import Check, PairCheck, Rule
from mentormatch.policy.rules.custom import CustomRule
from mentormatch.policy.rules.people import Related, SamePerson, Vetoes

_Types = (
    CommonSlots
    | ConditionRule
    | Consent
    | CustomRule
    | Different
    | Equal
    | FormsAccepted
    | Gap
    | GuardianConsent
    | Qualification
    | Related
    | SamePerson
    | Vetoes
)

AnyRule = Annotated[_Types, Discriminator("type"), known_type(_Types)]
"""A rule of a file: its ``type`` says which."""

__all__ = [
    "AnyRule",
    "Check",
    "CommonSlots",
    "ConditionRule",
    "Consent",
    "ConsentRule",
    "CustomRule",
    "Different",
    "Equal",
    "FormsAccepted",
    "Gap",
    "GuardianConsent",
    "PairCheck",
    "Qualification",
    "Related",
    "Rule",
    "SamePerson",
    "Vetoes",
]
