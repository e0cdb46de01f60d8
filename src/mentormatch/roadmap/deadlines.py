"""Deadlines as a roadmap writes them, and the occurrences that come of them.

Every deadline is inclusive: what is done on the day itself is in time. Days are calendar
days of the school; nothing here knows hours or time zones.
"""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final, Literal, Self

from pydantic import Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from mentormatch.record import Part

Kind = Literal[
    "by",
    "dates",
    "annual_by",
    "month",
    "annual_month",
    "period",
    "school_year",
    "quarterly",
    "unset",
]

REMINDERS: Final = (14, 7, 1)
"""How many days before a deadline people are reminded."""

HALF_A_YEAR: Final = 183
"""Days before a single day that count for it."""

_NEEDED: Final[dict[str, tuple[str, ...]]] = {
    "by": ("on",),
    "dates": ("days",),
    "annual_by": ("month", "day"),
    "month": ("year", "month"),
    "annual_month": ("month",),
}
_SCHOOL_YEAR: Final = ((9, 1), (5, 31))
_NEW_YEAR_FROM: Final = 8  # the month from which on deadlines are those of the next school year


@dataclass(frozen=True, slots=True, order=True)
class Occurrence:
    """One time that something is to be done.

    Parameters
    ----------
    due
        The last day on which it is in time.
    opens
        The first day that counts for it: that of the quarter, month, school year or programme;
        of a single day, half a year before; of one from August on, no earlier than June, when
        the last school year is over. Never before the programme, nor before the day after the
        occurrence before.
    name
        What it is called among the occurrences of its activity, such as ``2024-Q1``.
    dated
        Whether the day is the roadmap's own; otherwise it is the end of the programme.
    """

    due: date
    opens: date
    name: str
    dated: bool = True

    def reminders(self) -> tuple[date, ...]:
        """List the days on which people are reminded; none without a day of its own."""
        if not self.dated:
            return ()
        return tuple(self.due - timedelta(days=days) for days in REMINDERS)


class Deadline(Part):
    """When something is to be done.

    Parameters
    ----------
    kind
        ``by`` a day; on several ``dates``; ``annual_by`` a day of each year; in a ``month``
        or each year in one (``annual_month``); over the whole ``period`` of the programme; in
        each ``school_year`` (1 September to 31 May); ``quarterly``, by the calendar's
        quarters; or ``unset``.
    on, days, year, month, day
        The day, the days, or their parts, as the kind needs them.
    inferred
        Which of these were not written in the roadmap, but concluded.

    Raises
    ------
    ValidationError
        When the kind lacks something, or has something that it doesn't need.
    """

    kind: Kind
    on: date | None = None
    days: tuple[date, ...] = ()
    year: int | None = Field(None, ge=1, le=9999)
    month: int | None = Field(None, ge=1, le=12)
    day: int | None = Field(None, ge=1, le=31)
    inferred: tuple[Literal["year", "years", "month", "day"], ...] = ()

    @field_validator("days")
    @classmethod
    def _sorted(cls, days: tuple[date, ...]) -> tuple[date, ...]:
        return tuple(sorted(set(days)))

    @model_validator(mode="after")
    def _check(self) -> Self:
        needed = _NEEDED.get(self.kind, ())
        for name in ("on", "days", "year", "month", "day"):
            given = getattr(self, name) not in {None, ()}
            if given != (name in needed):
                code = "deadline.superfluous" if given else "deadline.missing"
                raise PydanticCustomError(code, code, {"key": name, "kind": self.kind})
        if self.month and self.day and self.day > monthrange(2024, self.month)[1]:
            raise PydanticCustomError("deadline.no-day", "deadline.no-day", {})
        return self

    def occurrences(self, starts: date, ends: date) -> tuple[Occurrence, ...]:
        """List when it is due within a programme, by day.

        A day outside the programme is left out, except of ``by`` and ``dates``: those the
        roadmap names itself. A quarter counts when the programme has begun before it and
        lasts to its end; a school year when it ends within the programme. The 29th of
        February is the 28th where there is none.

        Parameters
        ----------
        starts, ends
            First and last day of the programme.
        """
        found: list[Occurrence] = []
        for each in sorted(self._all(starts, ends)):
            # A day counts once: what is due soon after something else opens after it.
            after = found[-1].due + timedelta(days=1) if found else each.opens
            found.append(replace(each, opens=max(each.opens, after)))
        return tuple(found)

    def _all(self, starts: date, ends: date) -> Iterator[Occurrence]:
        years = range(starts.year, ends.year + 1)
        match self.kind:
            case "by" | "dates":
                for on in self.days or (self.on or ends,):
                    yield Occurrence(on, min(_opening(on, starts), on), on.isoformat())
            case "annual_by":
                found = (_by(year, self.month or 1, self.day or 1, starts) for year in years)
                yield from (it for it in found if starts <= it.due <= ends)
            case "month":
                yield _month(self.year or 1, self.month or 1)
            case "annual_month":
                found = (_month(year, self.month or 1) for year in years)
                yield from (it for it in found if starts <= it.due <= ends)
            case "school_year":
                yield from _school_years(starts, ends)
            case "quarterly":
                yield from _quarters(starts, ends)
            case "period" | "unset":
                yield Occurrence(ends, starts, self.kind, dated=False)


def _day(year: int, month: int, day: int) -> date:
    """Return a day of a year, or the month's last one where it has fewer days."""
    return date(year, month, min(day, monthrange(year, month)[1]))


def _by(year: int, month: int, day: int, starts: date) -> Occurrence:
    on = _day(year, month, day)
    return Occurrence(on, _opening(on, starts), str(year))


def _opening(on: date, starts: date) -> date:
    """Return the first day that counts for a single one.

    What is due in autumn is part of a new school year: a pair that is made in April is one of
    the old year.
    """
    first = on - timedelta(days=HALF_A_YEAR)
    if on.month >= _NEW_YEAR_FROM:
        first = max(first, date(on.year, *_SCHOOL_YEAR[1]) + timedelta(days=1))
    return max(starts, first)


def _quarters(starts: date, ends: date) -> Iterator[Occurrence]:
    for year in range(starts.year, ends.year + 1):
        for quarter in range(1, 5):
            first = date(year, 3 * quarter - 2, 1)
            last = _month(year, 3 * quarter).due
            if starts <= first and last <= ends:
                yield Occurrence(last, first, f"{year}-Q{quarter}")


def _month(year: int, month: int) -> Occurrence:
    first = date(year, month, 1)
    return Occurrence(_day(year, month, 31), first, f"{year}-{month:02d}")


def _school_years(starts: date, ends: date) -> Iterator[Occurrence]:
    (first_month, first_day), (last_month, last_day) = _SCHOOL_YEAR
    for year in range(starts.year - 1, ends.year + 1):
        first, last = date(year, first_month, first_day), date(year + 1, last_month, last_day)
        if starts <= last <= ends:
            yield Occurrence(last, max(starts, first), f"{year}/{year + 1}")


def school_year_of(day: date) -> date:
    """Return the first day of the school year in which a day lies, the summer after it included."""
    first = date(day.year, *_SCHOOL_YEAR[0])
    return first if day >= first else date(day.year - 1, *_SCHOOL_YEAR[0])


def quarter_of(day: date) -> str:
    """Name the calendar's quarter of a day, as occurrences do."""
    return f"{day.year}-Q{(day.month - 1) // 3 + 1}"


def moved(deadline: Deadline, years: int) -> Deadline:
    """Move a deadline by whole years; what has no year of its own stays."""
    return deadline.model_copy(
        update={
            "on": None if deadline.on is None else later(deadline.on, years),
            "days": tuple(later(day, years) for day in deadline.days),
            "year": None if deadline.year is None else deadline.year + years,
        }
    )


def later(day: date, years: int) -> date:
    """Move a day by whole years; the 29th of February is the 28th where there is none."""
    return _day(day.year + years, day.month, day.day)
