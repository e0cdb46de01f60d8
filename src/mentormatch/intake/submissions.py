"""When answers were submitted, and which of several answers of one person counts."""

import re
from collections.abc import Container, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from typing import Final, Literal

from mentormatch.intake.columns import CODE, NAME, TIME
from mentormatch.intake.rows import Rows, Source

Repeated = Literal["last", "refuse"]
"""What becomes of several answers of one person in one table."""

_CLOCK: Final = (
    r"(?:[ t]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*([ap]m)?"
    r"\s*(?:gmt|utc)?\s*(z|[+-]\d{1,2}(?::?\d{2})?)?)?"
)
_YEAR_FIRST: Final = re.compile(rf"(\d{{4}})[-/.](\d{{1,2}})[-/.](\d{{1,2}}){_CLOCK}")
_DAY_FIRST: Final = re.compile(rf"(\d{{1,2}})\.(\d{{1,2}})\.(\d{{4}}){_CLOCK}")
_SLASHES: Final = re.compile(rf"(\d{{1,2}})/(\d{{1,2}})/(\d{{4}}){_CLOCK}")


def submission_times(texts: Sequence[str], wanted: Container[str]) -> dict[str, datetime]:
    """Read when answers were submitted; what can't be read for certain is left out.

    Understood are what Google, Yandex and Microsoft forms write and ISO 8601. Whether
    ``05/10/2023`` is in October or in May is told by the other texts, if there is one with
    a day after the twelfth.

    Parameters
    ----------
    texts
        Distinct texts of one column.
    wanted
        Those whose times are needed.

    Returns
    -------
    dict
        Time by text; without a zone where the text has none.
    """
    found: dict[str, datetime] = {}
    slashes: dict[str, re.Match[str]] = {}
    for text in texts:
        if "/" not in text and text not in wanted:
            continue
        plain = text.strip().lower()
        if match := _YEAR_FIRST.fullmatch(plain):
            year, month, day, *clock = match.groups()
        elif match := _DAY_FIRST.fullmatch(plain):
            day, month, year, *clock = match.groups()
        else:
            if match := _SLASHES.fullmatch(plain):
                slashes[text] = match
            continue
        with suppress(ValueError):
            found[text] = _time(int(year), int(month), int(day), clock)
    day_first = any(int(match[1]) > 12 for match in slashes.values())
    month_first = any(int(match[2]) > 12 for match in slashes.values())
    if day_first != month_first:
        for text, match in slashes.items():
            one, other, year, *clock = match.groups()
            day, month = (one, other) if day_first else (other, one)
            with suppress(ValueError):
                found[text] = _time(int(year), int(month), int(day), clock)
    return found


def _time(year: int, month: int, day: int, clock: Sequence[str | None]) -> datetime:
    hour, minute, second, half, zone = clock
    hours = int(hour or 0)
    if half is not None:
        if not 1 <= hours <= 12:
            raise ValueError(hour)
        hours = hours % 12 + (12 if half == "pm" else 0)
    when = datetime(year, month, day, hours, int(minute or 0), int(second or 0))  # noqa: DTZ001
    if zone is None:
        return when
    if zone == "z":
        return when.replace(tzinfo=UTC)
    digits = zone[1:].replace(":", "")
    away = timedelta(hours=int(digits[:2]), minutes=int(digits[2:] or 0))
    return when.replace(tzinfo=timezone(away if zone[0] == "+" else -away))


def keep_last(rows: Rows, repeated: Repeated | None) -> list[tuple[Source, list[int]]]:
    """Let the last of several answers of one person in one table count.

    The last one is the one submitted last, or the lowest row in a table that doesn't say when
    answers were submitted. Rows of one code and two names are never taken for one person's.

    Parameters
    ----------
    rows
        All rows, with codes.
    repeated
        What to do; None lets the last one count in tables that say when it was submitted.

    Returns
    -------
    list
        The rows, with their table, of which none may count instead of the others.
    """
    refused: list[tuple[Source, list[int]]] = []
    for source in rows.sources:
        has_times = TIME in source.layout.columns
        what = repeated or ("last" if has_times else "refuse")
        several: list[list[int]] = []
        for group in _same_people(rows, source):
            if what == "refuse" or not rows.unread[NAME].isdisjoint(group):
                refused.append((source, group))
            else:
                several.append(group)
        if has_times and several:
            several = list(_in_time(rows, source, several))
        for group in several:
            for row in group[:-1]:
                rows.replace(row, group[-1])
    return refused


def _same_people(rows: Rows, source: Source) -> Iterable[list[int]]:
    """List the rows of every person who stands in a table several times."""
    codes = rows.codes[source.first : source.rows.stop]
    if len({*codes}) == len(codes):
        return ()
    firsts: dict[str, int] = {}
    groups: dict[str, list[int]] = {}
    for row, code in zip(source.rows, codes, strict=True):
        if code is not None and (first := firsts.setdefault(code, row)) != row:
            groups.setdefault(code, [first]).append(row)
    return groups.values()


def _in_time(rows: Rows, source: Source, groups: Sequence[list[int]]) -> Iterator[list[int]]:
    """Put rows in the order of their submission; report those of an unknown time."""
    cells = source.table.cells[source.layout.columns[TIME][0][0]]
    wanted = {cells[row - source.first] for group in groups for row in group}
    times = submission_times(cells.texts, wanted)
    for group in groups:
        found = {row: times.get(cells[row - source.first]) for row in group}
        known = [when for when in found.values() if when is not None]
        # Of two times one of which has a zone nobody knows which is later.
        comparable = len({when.tzinfo is None for when in known}) == 1
        if comparable and len(known) == len(group):
            yield sorted(group, key=lambda row: (found[row], row))
            continue
        # None of them is taken, so that a lenient reading guesses nothing either.
        for row in group:
            rows.report(source, row, TIME, [("intake.time", {})])


def refuse(rows: Rows, source: Source, group: Sequence[int]) -> None:
    """Report all rows of a person who may have one row."""
    numbers = source.table.numbers
    for row in group:
        other = group[1] if row == group[0] else group[0]
        number = int(numbers[other - source.first])
        if CODE in source.layout.columns:
            values: dict[str, object] = {"code": rows.codes[row], "row": number}
            rows.report(source, row, CODE, [("intake.same-code", values)])
        else:
            rows.report(source, row, NAME, [("intake.answered-twice", {"row": number})])
