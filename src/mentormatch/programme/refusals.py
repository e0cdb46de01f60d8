"""How a fact that can't be is refused: with every reason at once, and nothing done."""

from collections.abc import Iterable
from datetime import date

from mentormatch.errors import Defect, Place, RegisterError


def defect(code: str, field: str, /, **values: object) -> Defect:
    """Say what is wrong in a field of a fact."""
    return Defect(f"fact.{code}", Place(field=field), values)


def refuse(defects: Iterable[Defect | None]) -> None:
    """Raise what is wrong, if anything is.

    Raises
    ------
    RegisterError
        With every defect.
    """
    found = [each for each in defects if each is not None]
    if found:
        raise RegisterError(*found)


def not_after(day: date, latest: date, field: str = "on") -> Defect | None:
    """Object to a day that is still to come."""
    return defect("future", field, day=day) if day > latest else None


def within(day: date, starts: date | None, ends: date | None, field: str = "on") -> Defect | None:
    """Object to a day outside a term; without a bound there is nothing to object to."""
    if starts is not None and ends is not None and not starts <= day <= ends:
        return defect("outside-term", field, day=day, starts=starts, ends=ends)
    return None


def in_order(starts: date, ends: date, field: str = "ends") -> Defect | None:
    """Object to a term that ends before it starts."""
    return defect("term", field, starts=starts, ends=ends) if ends < starts else None


def twice(codes: Iterable[str], field: str) -> list[Defect]:
    """Object to codes that are named more than once."""
    seen: set[str] = set()
    found = []
    for place, code in enumerate(codes):
        if code in seen:
            found.append(defect("twice", f"{field}[{place}]", named=code))
        seen.add(code)
    return found
