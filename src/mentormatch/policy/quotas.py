"""Quotas: how many of some people take part, as numbers or as shares of fixed headcounts."""

from fractions import Fraction
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from mentormatch.cohort import Cohort
from mentormatch.condition import Condition
from mentormatch.errors import Defect, Place
from mentormatch.policy.fields import Name
from mentormatch.questionnaire import Label, Questionnaire
from mentormatch.record import Part


def _read_share(written: object) -> object:
    """Read ``10 %`` or a whole number."""
    if isinstance(written, str):
        number = written.strip().removesuffix("%").strip().replace(",", ".")
        share = number.replace(".", "", 1)
        if not written.strip().endswith("%") or not share.isdigit() or Fraction(number) > 100:
            raise PydanticCustomError("policy.share", "policy.share")
        return f"{number} %"
    if isinstance(written, bool) or not isinstance(written, int) or written < 0:
        raise PydanticCustomError("policy.share", "policy.share")
    return written


Amount = Annotated[int | str, BeforeValidator(_read_share)]
"""A number of people, or a share of them such as ``"10 %"``."""


class QuotaLimit(Part):
    """At least, or at most, so many of some people take part.

    Parameters
    ----------
    id
        Stable name.
    label
        What people read instead.
    who
        Whom it is about.
    role
        In which role they count: as mentors, as mentees, or in any (a person in both counts
        once).
    counts
        "people" who are in at least one pair, or all their "pairs".
    least, most
        A number, or a share such as "10 %"; a least share is rounded up and a most one
        down, so that 10 % of 189 is at least 19.
    of
        What a share is of: "cohort" for the people of the round whom it is about, or
        "headcount:NAME" for a target group of the school.
    hard
        Whether it must be kept. Otherwise it is counted by the goal "quotas".
    """

    id: Name
    label: Label | None = None
    who: Condition = Condition({})
    role: Literal["any", "mentor", "mentee"] = "any"
    counts: Literal["people", "pairs"] = "people"
    least: Amount = 0
    most: Amount | None = None
    of: str = Field("cohort", pattern=r"^(cohort|headcount:.+)$")
    hard: bool = True

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if not self.hard and self.most is not None:
            raise PydanticCustomError("policy.soft-most", "policy.soft-most")
        if self.counts == "pairs" and self.role == "any":
            raise PydanticCustomError("policy.pairs-of-any", "policy.pairs-of-any")
        return self

    def bounds(self, cohort: Cohort) -> tuple[int, int | None]:
        """Return least and most as numbers of people or pairs.

        Raises
        ------
        PolicyError
            When a share is of a headcount that the cohort doesn't have.
        """
        kind, _, name = self.of.partition(":")
        whole = cohort.headcount(name) if kind == "headcount" else int(cohort.mask(self.who).sum())
        least = _amount(self.least, whole)
        most = None if self.most is None else _amount(self.most, whole, up=False)
        return least, most

    def check(self, questionnaire: Questionnaire, at: str) -> list[Defect]:
        """Find what doesn't fit the questionnaire."""
        return self.who.check(questionnaire, Place(field=f"{at}.who"))


def _amount(amount: int | str, whole: int, *, up: bool = True) -> int:
    """Turn an amount into a number, in integers."""
    if isinstance(amount, int):
        return amount
    exact = Fraction(amount.removesuffix(" %")) * whole / 100
    return -(-exact.numerator // exact.denominator) if up else int(exact)
