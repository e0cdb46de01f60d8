"""XLSX workbooks: their sheets, and the rows of one of them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from io import BytesIO
from typing import Any, Final

from mentormatch.errors import IntakeError, Place
from mentormatch.intake.guard import checked_workbook
from mentormatch.intake.meter import SheetFacts
from mentormatch.intake.source import FileLimits

LOST: Final = "\ue000lost"
"""A cell of a workbook that shows something which its file does not hold."""
MERGED: Final = "\ue000merged"
"""A cell that a merged cell covers."""

Merged = tuple[tuple[int, int], tuple[int, int]]
"""First and last (row, column) of a merged cell, counted from 0."""


@dataclass(frozen=True, slots=True)
class SheetRows:
    """One sheet of a workbook.

    Parameters
    ----------
    name, hidden
        What it is called, and whether it is hidden.
    facts
        What the guard found in it.
    rows
        Its rows from the first on, all of one width; values as the reader gives them.
    merged
        Its merged cells.
    """

    name: str
    hidden: bool
    facts: SheetFacts
    rows: Iterator[Sequence[Any]] = field(repr=False)
    merged: tuple[Merged, ...] = ()


class OpenWorkbook:
    """A workbook that is safe to read.

    Raises
    ------
    IntakeError
        When it isn't.
    """

    def __init__(self, content: bytes, place: Place, limits: FileLimits) -> None:
        from python_calamine import (  # noqa: PLC0415 - only workbooks need it
            SheetTypeEnum,
            SheetVisibleEnum,
            load_workbook,
        )

        checked = checked_workbook(content, place, limits)
        self._facts = checked.sheets
        self._place = place
        self._limits = limits
        with _Reading(place):
            self._book = load_workbook(BytesIO(checked.content))
            self.hidden = {
                entry.name: entry.visible != SheetVisibleEnum.Visible
                for entry in self._book.sheets_metadata
                if entry.typ == SheetTypeEnum.WorkSheet
            }
            """By name of each sheet, whether it is hidden."""

    def facts(self, name: str) -> SheetFacts:
        """Return what the guard found in a sheet."""
        return self._facts.get(name) or SheetFacts()

    def sheet(self, name: str) -> SheetRows:
        """Read a sheet."""
        with _Reading(self._place):
            sheet = self._book.get_sheet_by_name(name)
            merged = tuple(sheet.merged_cell_ranges or ())
            last_row, last_column = sheet.end or (-1, -1)
        facts = self.facts(name)
        marks = self._marks(facts, merged, last_column + 1, last_row + 1)
        rows = self._rows(sheet, marks, has_flags=facts.has_flags)
        return SheetRows(name, self.hidden[name], facts, rows, merged)

    def _marks(
        self, facts: SheetFacts, merged: Iterable[Merged], width: int, height: int
    ) -> dict[int, list[tuple[int, str]]]:
        """List by row, counted from 0, the columns of covered and lost cells.

        Covered are all cells of a merged one but the first; lost ones may stand outside of
        what the reader returns.
        """
        marks: defaultdict[int, list[tuple[int, str]]] = defaultdict(list)
        count = 0
        for (top, left), (bottom, right) in merged:
            rows = range(top, min(bottom + 1, height))
            columns = range(left, min(right + 1, width))
            count += len(rows) * len(columns)
            if count > self._limits.cells:
                raise self._limits.exceeded("cells", self._place)
            for row in rows:
                marks[row] += [(it, MERGED) for it in columns if (row, it) != (top, left)]
        for row, column in facts.lost:
            marks[row - 1].append((column - 1, LOST))
        return marks

    def _rows(
        self, sheet: Any, marks: dict[int, list[tuple[int, str]]], *, has_flags: bool
    ) -> Iterator[Sequence[Any]]:
        number = 0
        with _Reading(self._place):
            # The reader gives all rows from the first on, but columns from the first used one.
            left = [""] * (sheet.start or (0, 0))[1]
            for number, row in enumerate(sheet.iter_rows(), start=1):
                if left:
                    row[:0] = left
                if has_flags:  # which are equal to numbers, as keys of a dict too
                    row = [text_of(it) if isinstance(it, bool) else it for it in row]  # noqa: PLW2901
                yield _marked(row, marks[number - 1]) if number - 1 in marks else row
        for beyond in range(number, max(marks, default=-1) + 1):
            yield _marked([], marks.get(beyond, []))


def _marked(row: list[Any], marks: Sequence[tuple[int, str]]) -> list[Any]:
    width = max((column + 1 for column, _ in marks), default=0)
    row.extend([""] * (width - len(row)))
    for column, mark in marks:
        row[column] = mark
    return row


class _Reading:
    """Turns whatever the reader raises, panics too, into the error of a damaged file."""

    def __init__(self, place: Place) -> None:
        self._place = place

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        ours = (IntakeError, MemoryError, KeyboardInterrupt, SystemExit, GeneratorExit)
        if kind is not None and not issubclass(kind, ours):
            raise IntakeError.of("intake.damaged", self._place) from None


def text_of(value: object) -> str:
    """Write a value as a CSV of the same table would hold it."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else f"{Decimal(repr(value)):f}"
    if isinstance(value, datetime):
        midnight = value.time() == time()
        return value.date().isoformat() if midnight else value.isoformat(" ", "seconds")
    return value.isoformat() if isinstance(value, date | time) else str(value)
