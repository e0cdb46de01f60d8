"""Indicators: numbers that are computed from the register and held against thresholds.

Every comparison is one of integers: 10 % of 189 are 19 people. What a denominator needs and
nobody has given makes an indicator "not computable", never zero.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from typing import Any, Final, Literal

from mentormatch.errors import Defect, Place, RoadmapError
from mentormatch.messages import Language, percent, text
from mentormatch.policy.quotas import QuotaLimit
from mentormatch.roadmap.activities import Target
from mentormatch.roadmap.deadlines import school_year_of

IndicatorStatus = Literal["met", "not_met", "not_computable", "threshold_missing"]
Why = Literal[
    "left",
    "withdrew",
    "not_cleared",
    "joined_later",
    "closed_early",
    "no_plan",
    "no_answers",
    "no_birth_year",
    "no_experience",
    "incomplete",
    "erased",
]

YOUNG_YEARS: Final = 3
"""Up to so many years of experience a teacher is a young specialist."""

AGES: Final = {"FK1": (10, 19), "FK2": (15, 19)}
"""First and last year of age that the region's indicators count."""

ANSWERED: Final = frozenset({"FK5", "FK6"})
"""Indicators that count what people answered, and not what they did."""

KINDS: Final = {"students": "student", "teachers": "teacher"}
"""The kind of people that a headcount of target groups is about."""


@dataclass(frozen=True, slots=True, order=True)
class Excluded:
    """Somebody, or a pair, that is left out of an indicator.

    Parameters
    ----------
    code
        Who.
    why
        For what reason.
    """

    code: str
    why: Why

    def text(self, lang: Language = "en") -> str:
        """Say it."""
        return text(f"indicator.excluded.{self.why}", lang, code=self.code)


@dataclass(frozen=True, slots=True)
class Indicator:
    """What an indicator comes to on a day.

    Parameters
    ----------
    target
        What is measured, and what it has to reach.
    as_of
        The day.
    numerator, denominator
        The two figures of a share; a count has no denominator. None where they are unknown.
    part
        Which reading or group this is, where an indicator has several.
    why_not
        Why it can't be computed.
    remark
        What is to be known about the figure, or what besides the figure is missing.
    holds
        False where something besides the figure is missing.
    excluded
        Who is left out, and why.
    parts
        Other readings, or the same for single groups.
    """

    target: Target
    as_of: date
    numerator: int | None = None
    denominator: int | None = None
    part: str = ""
    why_not: Defect | None = None
    remark: str | None = None
    holds: bool = True
    excluded: tuple[Excluded, ...] = field(default=(), repr=False)
    parts: tuple["Indicator", ...] = field(default=(), repr=False)

    @property
    def id(self) -> str:
        """The indicator's id."""
        return self.target.id

    @property
    def threshold(self) -> int | None:
        """What it has to reach, in percent or as a count; None where nobody has said."""
        return self.target.threshold.at_least

    @property
    def is_share(self) -> bool:
        """Whether it is a share in percent; otherwise it is a count."""
        return self.target.threshold.unit == "percent"

    @property
    def value(self) -> Fraction | None:
        """The share, from 0 to 1, or the count; None where it can't be computed."""
        if self.why_not is not None or self.numerator is None:
            return None
        return Fraction(self.numerator, self.denominator or 1)

    @property
    def status(self) -> IndicatorStatus:
        """Whether it is met."""
        if self.threshold is None:
            return "threshold_missing"
        if self.value is None or self.numerator is None:
            return "not_computable"
        if self.is_share:
            enough = 100 * self.numerator >= self.threshold * (self.denominator or 1)
        else:
            enough = self.numerator >= self.threshold
        return "met" if enough and self.holds else "not_met"

    def kept_back(self, least: int) -> "Indicator":
        """Leave the figure out where it would tell what fewer than so many people answered."""
        if self.id not in ANSWERED or self.numerator is None or self.denominator is None:
            return self
        others = self.denominator - self.numerator
        if self.denominator >= least and not any(0 < it < least for it in (self.numerator, others)):
            return self
        why = Defect("indicator.few", Place(field=self.id), {"least": least})
        return replace(self, numerator=None, denominator=None, why_not=why, excluded=())

    def as_quota(self, *, hard: bool = True) -> tuple[QuotaLimit, ...]:
        """Turn it into quotas for a policy: ``policy.with_limits(quotas=...)``.

        A quota counts who is in a pair. K01 and FK1 to FK3 count who takes part, so a
        matching that keeps the quota meets the indicator.

        Parameters
        ----------
        hard
            Whether it must be kept. Otherwise it is counted by the goal "quotas".

        Raises
        ------
        RoadmapError
            When a matching has no say in it, or nobody has set its threshold.
        """
        if self.threshold is None:
            raise RoadmapError.of("indicator.quota-blank", Place(field=self.id))
        asked = list(self._asked())
        if not asked:
            raise RoadmapError.of("indicator.no-quota", Place(field=self.id))
        common = {"least": f"{self.threshold} %", "hard": hard}
        return tuple(QuotaLimit.model_validate(it | common) for it in asked)

    def _asked(self) -> Iterator[dict[str, Any]]:
        """Say whom its quotas are about, in which role, and of what they are shares."""
        if self.id == "K01":
            # The groups of the scope that counts come first.
            for it in self.parts[: len(KINDS)] or (self,):
                name, _, role = it.part.partition(".")
                of = f"headcount:{name}"
                yield {"id": f"K01-{name}", "who": {"kind": KINDS[name]}, "role": role, "of": of}
        elif self.id == "K02":
            who = {"role": self.part} if self.part else {}
            yield {"id": "K02", "who": who, "role": self.part or "any", "of": "cohort"}
        elif self.id in AGES:
            earliest, latest = age_range(self.as_of, *AGES[self.id])
            born = {
                "kind": "student",
                "birth_year": {"op": ">=", "value": earliest},
                "not": {"birth_year": {"op": ">", "value": latest}},
            }
            role = "mentee" if self.id == "FK1" else "mentor"
            of = "headcount:students_{}_{}".format(*AGES[self.id])
            yield {"id": self.id, "who": born, "role": role, "of": of}
        elif self.id == "FK3":
            young = {"kind": "teacher", "experience_years": {"op": "<=", "value": YOUNG_YEARS}}
            of = "headcount:young_specialists"
            yield {"id": "FK3", "who": young, "role": "mentee", "of": of}

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data for JSON; a share is a pair of whole numbers."""
        return {
            "id": self.id,
            "part": self.part,
            "as_of": self.as_of.isoformat(),
            "status": self.status,
            "numerator": self.numerator,
            "denominator": self.denominator,
            "threshold": self.threshold,
            "unit": self.target.threshold.unit,
            "why_not": None if self.why_not is None else self.why_not.code,
            "remark": self.remark,
            "excluded": [[it.code, it.why] for it in self.excluded],
            "parts": [part.to_dict() for part in self.parts],
        }

    def text(self, lang: Language = "en") -> str:
        """Say it in a line: title, figures, threshold, and whether it is met."""
        title = f"{self.id} {self.target.title.text(lang)}"
        if self.part:
            title = f"{title} ({text(f'indicator.part.{self.part}', lang)})"
        said = f"{title}: {self.figure(lang)}"
        if self.threshold is not None:
            least = f"{self.threshold} %" if self.is_share else str(self.threshold)
            said = f"{said}, {text('indicator.least', lang, least=least)}"
        said = text(
            "indicator.line", lang, said=said, status=text(f"indicator.status.{self.status}", lang)
        )
        if self.why_not is not None and self.status == "not_computable":
            said = f"{said}: {self.why_not.problem(lang)}; {self.why_not.remedy(lang)}"
        elif self.remark is not None:
            said = f"{said}; {text(f'indicator.remark.{self.remark}', lang)}"
        return said

    def figure(self, lang: Language = "en") -> str:
        """Write the figure alone, such as ``12.7 % (24 of 189)``."""
        if self.value is None or self.numerator is None:
            return text("indicator.unknown", lang)
        if not self.is_share or self.denominator is None:
            return str(self.numerator)
        share = percent(self.numerator, self.denominator, lang)
        values = {"share": share, "part": self.numerator, "whole": self.denominator}
        return text("indicator.share", lang, **values)

    def __str__(self) -> str:
        return self.text()


def age_range(on: date, first: int, last: int) -> tuple[int, int]:
    """Return the earliest and the latest year of birth of an age.

    Age is the one reached in the year in which the school year began, as headcounts are.
    """
    year = school_year_of(on).year
    return year - last, year - first
