"""Numbers, points of a scale and dates, in the ways in which people write them."""

import re
from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from mentormatch.intake.mending import CellError, Reading, note
from mentormatch.questionnaire import Levels, Question, normalised

_WHOLE: Final = re.compile(
    r"([-+]?[0-9]{1,9})(?:[.,]0+)?(?:\s*-\s*[^\s\d].*|\s*\([^\s\d)][^)]*\))?", re.DOTALL
)
_OUT_OF: Final = re.compile(
    r"([0-9]{1,4})\s*(?:(?:/|из|of|out of)\s*([0-9]{1,4}))?\s*(?:балл(?:а|ов)?|points?)?"
)
_NUMBER: Final = re.compile(
    r"([-+]?)([0-9]{1,12}|[0-9]{1,3}(?: [0-9]{3}){1,3})(?:[.,]([0-9]{1,15}))?"
)
_YEAR: Final = re.compile(r"([0-9]{4}) ?(?:г\.? ?р\.?|г\.?|года?(?: рождения)?)")
_OF_YEAR: Final = r"(?: ?(?:г\.?|года?))?"
_TIME: Final = re.compile(
    r"(.*\d)(?:,? |t)(?:[01]?[0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:[.,][0-9]+)?)?"
    r" ?(?:[ap]\.?m\.?|z|[-+][0-9]{2}:?[0-9]{2})?"
)
_YEAR_FIRST: Final = re.compile(r"([0-9]{4})([-./])([0-9]{1,2})\2([0-9]{1,2})")
_YEAR_LAST: Final = re.compile(rf"([0-9]{{1,2}})([-./])([0-9]{{1,2}})\2([0-9]{{4}}){_OF_YEAR}")
_SHORT_YEAR: Final = re.compile(rf"[0-9]{{1,2}}([-./])[0-9]{{1,2}}\1[0-9]{{2}}{_OF_YEAR}")
_MONTH: Final = r"([a-zа-я]{3,9})\.?"
_DAY_MONTH: Final = re.compile(
    rf'"?([0-9]{{1,2}})(?:st|nd|rd|th)?"? {_MONTH},? ([0-9]{{4}}){_OF_YEAR}'
)
_MONTH_DAY: Final = re.compile(rf"{_MONTH} ([0-9]{{1,2}})(?:st|nd|rd|th)?,? ([0-9]{{4}})")
_MONTHS: Final = {
    name: month
    for month, names in enumerate(
        (
            "января янв january jan",
            "февраля фев февр february feb",
            "марта мар март march mar",
            "апреля апр april apr",
            "мая май may",
            "июня июн june jun",
            "июля июл july jul",
            "августа авг august aug",
            "сентября сен сент september sep sept",
            "октября окт october oct",
            "ноября ноя нояб november nov",
            "декабря дек december dec",
        ),
        start=1,
    )
    for name in names.split()
}
_SERIAL: Final = re.compile(r"([1-7][0-9]{4})(?:[.,][0-9]+)?")
_FIRST_DAY: Final = date(1899, 12, 30)  # day 0 of spreadsheets, as they count it since 1900


def read_scale(question: Question, cell: str) -> Reading[int]:
    """Read a point of a scale: ``8``, ``8 - rather yes``, ``8 (rather yes)``, ``8 of 10``."""
    found = _points(question, cell, question.high)
    if found is None:
        values = {"found": question.shown(cell), "low": question.low, "high": question.high}
        raise CellError(("intake.scale", values))
    return found


def read_level(question: Question, levels: Levels, written: str) -> Reading[int]:
    """Read the level of an option, which is a point of a scale too."""
    found = _points(question, written, levels.high)
    values = {"low": levels.low, "high": levels.high}
    if not written.strip():
        raise CellError(("intake.no-level", {**values}))
    if found is None or not levels.low <= found.answer <= levels.high:
        raise CellError(("intake.level", {"found": question.shown(written.strip()), **values}))
    return found


def _points(question: Question, written: str, high: int | None) -> Reading[int] | None:
    plain = normalised(written)
    whole = _WHOLE.fullmatch(plain)
    if whole:
        return Reading(int(whole[1]))
    match = _OUT_OF.fullmatch(plain)
    # "4/5" is no point of a scale from 1 to 10.
    if match is None or (match[2] is not None and int(match[2]) != high):
        return None
    repair = note(question, "cell.read-as", found=written.strip(), meant=match[1])
    return Reading(int(match[1]), (repair,))


def read_number(question: Question, cell: str) -> Reading[int | Decimal]:
    """Read a number; of a whole date the year, where a year is asked for."""
    plain = normalised(cell)
    match = _NUMBER.fullmatch(plain)
    fraction = match[3] or "" if match else ""
    # "1,000" is a thousand to some and one to others.
    if match and (len(fraction) != 3 or question.decimals == 3):
        number = Decimal(f"{match[1]}{match[2].replace(' ', '')}.{fraction or 0}")
        return Reading(int(number) if number == number.to_integral_value() else number)
    if match is None and _asks_for_year(question):
        year = _YEAR.fullmatch(plain)
        if year:
            return Reading(int(year[1]))
        years = {day.year for day in _days(plain)}
        if len(years) == 1:
            return Reading(years.pop(), (("cell.year-of-date", {}),))
    raise CellError.of("intake.number", found=question.shown(cell))


def _asks_for_year(question: Question) -> bool:
    low, high = question.low, question.high
    return low is not None and high is not None and 1000 <= low <= high <= 9999


def read_date(question: Question, cell: str) -> Reading[date]:
    """Read a date that can mean one day only.

    A plain number of five digits is the count of days that spreadsheets keep.
    """
    plain = normalised(cell)
    days = _days(plain)
    serial = _SERIAL.fullmatch(plain)
    if serial:
        day = _FIRST_DAY + timedelta(days=int(serial[1]))
        repair = note(question, "cell.day-count", found=cell, meant=day.isoformat())
        return Reading(day, (repair,))
    if len(days) == 1:
        (day,) = days
        has_slashes = _YEAR_LAST.fullmatch(_without_time(plain))
        if has_slashes and has_slashes[2] != ".":
            return Reading(
                day, (note(question, "cell.read-as", found=cell, meant=day.isoformat()),)
            )
        return Reading(day)
    code = "intake.date"
    if days:
        code = "cell.two-dates"
    elif _SHORT_YEAR.fullmatch(_without_time(plain)):
        code = "cell.short-year"
    raise CellError.of(code, found=question.shown(cell))


def _without_time(plain: str) -> str:
    match = _TIME.fullmatch(plain)
    return plain if match is None else match[1]


def _days(plain: str) -> set[date]:
    """Return every day that a folded text can mean."""
    plain = _without_time(plain)
    parts: list[tuple[int, int, int]] = []
    if match := _YEAR_FIRST.fullmatch(plain):
        parts.append((int(match[1]), int(match[3]), int(match[4])))
    elif match := _YEAR_LAST.fullmatch(plain):
        first, sign, second, year = int(match[1]), match[2], int(match[3]), int(match[4])
        parts.append((year, second, first))
        if sign != ".":  # the month comes first for some
            parts.append((year, first, second))
    elif match := _DAY_MONTH.fullmatch(plain):
        parts.append((int(match[3]), _MONTHS.get(match[2], 0), int(match[1])))
    elif match := _MONTH_DAY.fullmatch(plain):
        parts.append((int(match[3]), _MONTHS.get(match[1], 0), int(match[2])))
    days = set()
    for year, month, day in parts:
        with suppress(ValueError):
            days.add(date(year, month, day))
    return days
