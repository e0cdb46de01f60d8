"""Which questions a rule or a criterion reads, and whether they are there and fit."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any, Final, Self, get_args

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from mentormatch.errors import Defect, Place
from mentormatch.questionnaire import Kind, Questionnaire
from mentormatch.record import Part

Name = Annotated[str, Field(pattern=r"^[\w-]+$")]
"""An id inside a policy: letters, digits, ``_`` and ``-``."""

CODES: Final[frozenset[Kind]] = frozenset({"choice", "flag"})
DATES: Final[frozenset[Kind]] = frozenset({"date"})
NUMBERS: Final[frozenset[Kind]] = frozenset({"scale", "number"})
ORDERED: Final[frozenset[Kind]] = NUMBERS | DATES
PEOPLE: Final[frozenset[Kind]] = frozenset({"people"})
PICKS: Final[frozenset[Kind]] = frozenset({"choice", "multi"})
SCALES: Final[frozenset[Kind]] = frozenset({"scale"})
SETS: Final[frozenset[Kind]] = frozenset({"multi", "ranked", "slots"})
SLOTS: Final[frozenset[Kind]] = frozenset({"slots"})
ANY: Final[frozenset[Kind]] = CODES | ORDERED | PEOPLE | SETS | {"text"}


@dataclass(frozen=True, slots=True)
class Use:
    """A question that is read: the key that names it, its id, the kinds that will do."""

    key: str
    field: str
    kinds: frozenset[Kind]


def check_uses(uses: Iterable[Use], questionnaire: Questionnaire, at: str) -> list[Defect]:
    """Find the uses of questions that aren't there or are of a kind that won't do."""
    defects = []
    for use in uses:
        place = Place(field=f"{at}.{use.key}")
        if use.field not in questionnaire.field_ids:
            defects.append(unknown("field", use.field, questionnaire.field_ids, place))
            continue
        kind = questionnaire.kind_of(use.field)
        if kind not in use.kinds:
            values = {"found": use.field, "kind": kind, "kinds": ", ".join(sorted(use.kinds))}
            defects.append(Defect("policy.wrong-kind", place, values))
    return defects


def check_options(
    found: Iterable[str], field: str, questionnaire: Questionnaire, place: Place
) -> list[Defect]:
    """Find the option ids that a question doesn't have; silent about unknown questions."""
    if field not in questionnaire.field_ids or questionnaire.kind_of(field) not in PICKS | SETS:
        return []
    known = [option.id for option in questionnaire.options(field)]
    return [unknown("option", name, known, place) for name in found if name not in known]


def unknown(what: str, found: str, known: Iterable[str], place: Place) -> Defect:
    """Report a name that isn't there, with the nearest one that is."""
    names = sorted(known)
    near = difflib.get_close_matches(found, names, n=1)
    if near:
        return Defect(f"policy.unknown-{what}-near", place, {"found": found, "near": near[0]})
    shown = ", ".join(names) or "-"
    return Defect(f"policy.unknown-{what}", place, {"found": found, "names": shown})


def known_type(union: Any) -> BeforeValidator:
    """Report a ``type`` that no member of a union of models has, and name those there are."""
    names = {get_args(model.model_fields["type"].annotation)[0] for model in get_args(union)}

    def check(found: Any) -> Any:
        if isinstance(found, dict) and found.get("type") not in names:
            raise PydanticCustomError(
                "policy.unknown-type", "type", {"names": ", ".join(sorted(names))}
            )
        return found

    return BeforeValidator(check)


class Sides(Part):
    """The question read on either side: ``field`` for both, or ``mentor`` and ``mentee``."""

    field: str | None = None
    mentor: str | None = None
    mentee: str | None = None

    @model_validator(mode="after")
    def _name_both_sides(self) -> Self:
        one, two = self.field is not None, (self.mentor is not None) + (self.mentee is not None)
        if (one and two) or (not one and two < 2):
            raise PydanticCustomError("policy.sides", "policy.sides")
        return self

    @property
    def mentor_field(self) -> str:
        """The question that the mentor's side reads."""
        return self.mentor or self.field or ""

    @property
    def mentee_field(self) -> str:
        """The question that the mentee's side reads."""
        return self.mentee or self.field or ""

    def uses_of(self, kinds: frozenset[Kind]) -> tuple[Use, ...]:
        """Name what both sides read."""
        if self.field is not None:
            return (Use("field", self.field, kinds),)
        return (Use("mentor", self.mentor_field, kinds), Use("mentee", self.mentee_field, kinds))

    def check_comparable(self, questionnaire: Questionnaire, at: str) -> list[Defect]:
        """Report options held against numbers; both questions exist."""
        kinds = {questionnaire.kind_of(field) for field in (self.mentor_field, self.mentee_field)}
        if kinds <= CODES or kinds <= NUMBERS or kinds <= DATES:
            return []
        values = {"mentor": self.mentor_field, "mentee": self.mentee_field}
        return [Defect("policy.not-comparable", Place(field=at), values)]
