"""What every fact is: codes, dates, numbers and words of closed vocabularies.

What a person wrote (reasons, goals, feedback, answers) stands in fields marked as private, so
that it can be kept apart and erased: a private field is empty when nothing was written, and
``None`` when something was written and is no longer there.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, Final

from pydantic import Field, ValidationError

from mentormatch.errors import Place, RegisterError
from mentormatch.record import Part, defects_of


class _Kept:
    """Marks a field whose content a person wrote."""

    def __repr__(self) -> str:
        return "private"


PRIVATE: Final = _Kept()

Code = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
"""A person's code, or a short name of a round, a pair, a meeting, an order."""

Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
"""SHA-256 of something kept elsewhere."""

Words = Annotated[
    str | None,
    Field("", max_length=10_000, repr=False, json_schema_extra={"private": True}),
    PRIVATE,
]
"""What a person wrote; blank when nothing was, None when it has been erased."""


_kinds: Final[dict[str, type["Fact"]]] = {}
FACTS: Final[Mapping[str, type["Fact"]]] = MappingProxyType(_kinds)
"""Every kind of fact by its name."""


class Fact(Part):
    """Something that happened. Each kind has a name of its own in ``fact``.

    Raises
    ------
    RegisterError
        When a value can't be, with every defect.
    """

    fact: str

    @classmethod
    def __pydantic_init_subclass__(cls, **options: Any) -> None:
        super().__pydantic_init_subclass__(**options)
        _kinds[cls.model_fields["fact"].default] = cls

    def __init__(self, **content: Any) -> None:
        try:
            super().__init__(**content)
        except ValidationError as error:
            raise RegisterError(*defects_of(error, type(self), Place())) from None

    def split(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Write the fact as plain data, and what is private in it apart.

        Returns
        -------
        tuple
            Everything but the private content, in whose place stands None; and that content
            alone, at the same places. Both can be written as JSON. The second is empty when
            nothing private was written.
        """
        return _split(self)

    @classmethod
    def join(cls, shown: Mapping[str, Any], private: Mapping[str, Any] | None = None) -> "Fact":
        """Read a fact back from the two halves of :meth:`split`.

        Parameters
        ----------
        shown
            The first half.
        private
            The second, or None when it has been erased.

        Raises
        ------
        RegisterError
            When this is no fact, with every defect.
        """
        return fact_of(_joined(dict(shown), private or {}))

    @property
    def erased(self) -> bool:
        """Whether something private was written here and is gone."""
        return _erased(self)


def _is_private(part: Part, name: str) -> bool:
    return PRIVATE in type(part).model_fields[name].metadata


def _plain(part: Part) -> dict[str, Any]:
    return part.model_dump(mode="json")


def _split(part: Part) -> tuple[dict[str, Any], dict[str, Any]]:
    plain = _plain(part)
    shown: dict[str, Any] = {}
    private: dict[str, Any] = {}
    for name in type(part).model_fields:
        value = getattr(part, name)
        if _is_private(part, name):
            if value is None or value:
                shown[name] = None
            if value:
                private[name] = plain[name]
        elif isinstance(value, tuple) and value and isinstance(value[0], Part):
            halves = [_split(each) for each in value]
            shown[name] = [half for half, _ in halves]
            kept = {str(place): half for place, (_, half) in enumerate(halves) if half}
            if kept:
                private[name] = kept
        else:
            shown[name] = plain[name]
    return shown, private


def _joined(shown: dict[str, Any], private: Mapping[str, Any]) -> dict[str, Any]:
    whole = dict(shown)
    for name, value in private.items():
        if isinstance(shown.get(name), list):
            rows = list(shown[name])
            for place, kept in value.items():
                rows[int(place)] = _joined(rows[int(place)], kept)
            whole[name] = rows
        else:
            whole[name] = value
    return whole


def _erased(part: Part) -> bool:
    for name in type(part).model_fields:
        value = getattr(part, name)
        if _is_private(part, name):
            if value is None:
                return True
        elif isinstance(value, tuple) and any(
            isinstance(each, Part) and _erased(each) for each in value
        ):
            return True
    return False


def fact_of(content: Mapping[str, Any]) -> Fact:
    """Check plain data and make the fact of it.

    Raises
    ------
    RegisterError
        When this is no fact, with every defect.
    """
    kind = FACTS.get(str(content.get("fact")))
    if kind is None:
        raise RegisterError.of("fact.unknown", Place(field="fact"), names=", ".join(FACTS))
    return kind.model_validate(content)
