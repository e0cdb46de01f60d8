"""Soft criteria: each gives a pair a raw score 0..1000, which a form weighs."""

from typing import Annotated

from pydantic import Discriminator

from mentormatch.policy.criteria.base import Criterion, Evidence, Match, Scorer, Serves
from mentormatch.policy.criteria.custom import CustomCriterion
from mentormatch.policy.criteria.numbers import Closeness, Complement, Profile, WithinRange
from mentormatch.policy.criteria.people import MutualChoice
from mentormatch.policy.criteria.sets import CommonTime, Covers, Overlap, Same
from mentormatch.policy.fields import known_type

_Types = (
    Closeness
    | CommonTime
    | Complement
    | Covers
    | CustomCriterion
    | MutualChoice
    | Overlap
    | Profile
    | Same
    | WithinRange
)

AnyCriterion = Annotated[_Types, Discriminator("type"), known_type(_Types)]
"""A criterion of a file: its ``type`` says which."""

__all__ = [
    "AnyCriterion",
    "Closeness",
    "CommonTime",
    "Complement",
    "Covers",
    "Criterion",
    "CustomCriterion",
    "Evidence",
    "Match",
    "MutualChoice",
    "Overlap",
    "Profile",
    "Same",
    "Scorer",
    "Serves",
    "WithinRange",
]
