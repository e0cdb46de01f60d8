"""Reading CSV and XLSX files as one kind of table: a header and rows of text."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from decimal import Decimal
from io import BytesIO, StringIO
from itertools import islice
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from mentormatch.errors import Defect, IntakeError, Place
from mentormatch.intake.cells import Cells
from mentormatch.intake.guard import MOST_BYTES, MOST_CELLS, checked_workbook
from mentormatch.messages import LANGUAGES, text
from mentormatch.questionnaire import normalised

MOST_ROWS: Final = 100_000
_LAST_ROW: Final = 1_048_576  # of a spreadsheet

_DELIMITERS: Final = (",", ";", "\t")
_VOTERS: Final = 50  # records that vote on the delimiter
_ENCODING: Final = "UTF-8"
_OTHER_WORKBOOKS: Final = {".xls", ".xlsb", ".xlsm", ".xltx", ".ods", ".numbers"}
_ARCHIVE: Final = b"PK\x03\x04"
_UNPRINTABLE: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
# The sheet of our own forms that explains them.
_EXPLANATIONS: Final = {text("blank.guide.sheet", lang) for lang in LANGUAGES}
# What writers of CSV put before a text that a spreadsheet would run.
_DISARMED: Final = re.compile(r"'(?=[=+\-@\t\r\n])")

LOST: Final = "\ue000lost"
"""A cell of a workbook that shows something which its file does not hold."""
MERGED: Final = "\ue000merged"
"""A cell that a merged cell covers."""

Row = tuple[int, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Table:
    """What stood in a file, as text.

    Parameters
    ----------
    file, sheet
        Name of the file, and of the sheet in a workbook.
    encoding, delimiter
        How a CSV was read; None for a workbook.
    header_row
        Row number of the header as a spreadsheet shows it.
    header
        One text per column, all different.
    numbers
        int32 (n,): row number of each row with content, as a spreadsheet shows it.
    cells
        One column of n cells per header. Cells are stripped; in a workbook one may be
        ``LOST`` or ``MERGED``.
    rejected
        What is wrong with single rows; those are not among the rows.
    notices
        What deserves a look although it was read.
    blank_rows
        Rows without content between the others.
    """

    file: str
    header_row: int
    header: tuple[str, ...]
    numbers: NDArray[np.int32] = field(repr=False)
    cells: tuple[Cells, ...] = field(repr=False)
    sheet: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    rejected: tuple[Defect, ...] = ()
    notices: tuple[Defect, ...] = ()
    blank_rows: int = 0

    @property
    def rows(self) -> tuple[Row, ...]:
        """Row number and cells of each row with content."""
        return tuple(zip(self.numbers.tolist(), zip(*self.cells, strict=True), strict=True))

    def place(self, row: int | None = None, column: str | None = None) -> Place:
        """Name a place in this table."""
        return Place(self.file, self.sheet, row, column)


def read_table(path: str | Path) -> Table:
    """Read a CSV (UTF-8) or XLSX file.

    The header is the first row with content. A CSV's delimiter (comma, semicolon or tab)
    is the one that makes the most rows as wide as the header; quoting is strict. Of a
    workbook the first visible sheet with content is read: numbers, dates and truth values
    become text that a CSV of the same table would hold.

    Raises
    ------
    IntakeError
        When the file can't be read as one table, with every defect of the whole file.
        Defects of single rows are listed in the table instead.
    """
    path = Path(path)
    place = Place(file=path.name)
    suffix = path.suffix.lower()
    if suffix in _OTHER_WORKBOOKS:
        raise IntakeError.of("intake.save-as-xlsx", place)
    if suffix not in {".csv", ".xlsx"}:
        raise IntakeError.of("intake.suffix", place)
    content = _read_bytes(path, place)
    return _read_csv(content, place) if suffix == ".csv" else _read_xlsx(content, place)


def _read_bytes(path: Path, place: Place) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise IntakeError.of("intake.no-file", place) from None
    except OSError:
        raise IntakeError.of("intake.closed-file", place) from None
    if len(content) > MOST_BYTES:
        raise IntakeError.of("intake.too-large", place)
    return content


# --- CSV --------------------------------------------------------------------------------


def _read_csv(content: bytes, place: Place) -> Table:
    if content.startswith(_ARCHIVE):
        raise IntakeError.of("intake.workbook-as-csv", place)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise IntakeError.of("intake.not-utf-8", place) from None
    if "\0" in text:
        raise IntakeError.of("intake.not-utf-8", place)
    if any(text.count(sign) > MOST_CELLS for sign in _DELIMITERS):
        raise IntakeError.of("intake.too-large", place)
    delimiter = max(_DELIMITERS, key=lambda sign: _votes(text, sign))
    records = (
        [_DISARMED.sub("", cell, count=1) for cell in record]
        for record in _records(text, delimiter, place)
    )
    return _table(records, place, encoding="UTF-8", delimiter=delimiter)


def _parse(text: str, delimiter: str) -> Iterator[list[str]]:
    return iter(csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True))


def _records(text: str, delimiter: str, place: Place) -> Iterator[list[str]]:
    number = 0
    try:
        for record in _parse(text, delimiter):
            number += 1
            yield record
    except csv.Error:
        raise IntakeError.of("intake.quotes", Place(place.file, row=number + 1)) from None


def _votes(text: str, delimiter: str) -> tuple[bool, int, int]:
    """Say how well a delimiter fits: it splits the header, rows are as wide, the width."""
    widths: list[int] = []
    with suppress(csv.Error):
        widths.extend(map(len, islice(filter(any, _parse(text, delimiter)), _VOTERS)))
    width = widths[0] if widths else 0
    return width > 1, widths.count(width), width


# --- XLSX -------------------------------------------------------------------------------

Merged = Sequence[tuple[tuple[int, int], tuple[int, int]]]


def _read_xlsx(content: bytes, place: Place) -> Table:
    book = checked_workbook(content, place)
    found: tuple[str, list[list[str]], Merged] | None = None
    notices = []
    for name, cells, merged in _sheets(book.content, place):
        lost = book.lost.get(name, ())
        if not lost and not any(map(any, cells)):
            continue
        if found is None:
            found = name, _rectangle(cells, lost), merged
        elif name not in _EXPLANATIONS:
            values = {"sheet": name, "read": found[0]}
            notices.append(Defect("intake.other-sheet", place, values))
    if found is None:
        raise IntakeError.of("intake.empty", place)
    name, cells, merged = found
    where = Place(place.file, name)
    for row, column in _covered(cells, merged, where):
        cells[row][column] = MERGED
    table = _table(cells, where)
    return replace(table, notices=(*notices, *table.notices))


def _sheets(content: bytes, place: Place) -> Iterator[tuple[str, list[list[str]], Merged]]:
    """Give name, cells and merged ranges of every visible sheet."""
    from python_calamine import (  # noqa: PLC0415 - only workbooks need it
        SheetTypeEnum,
        SheetVisibleEnum,
        load_workbook,
    )

    try:
        with load_workbook(BytesIO(content)) as book:
            for entry in book.sheets_metadata:
                if (entry.typ, entry.visible) == (
                    SheetTypeEnum.WorkSheet,
                    SheetVisibleEnum.Visible,
                ):
                    sheet = book.get_sheet_by_name(entry.name)
                    values = sheet.to_python(skip_empty_area=False)
                    cells = [[_text(value) for value in row] for row in values]
                    yield entry.name, cells, sheet.merged_cell_ranges or ()
    except (KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException:  # the reader's panics are not ordinary exceptions
        raise IntakeError.of("intake.damaged", place) from None


def _text(value: object) -> str:
    """Write a value as a CSV of the same table would hold it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else f"{Decimal(repr(value)):f}"
    if isinstance(value, datetime):
        midnight = value.time() == time()
        return value.date().isoformat() if midnight else value.isoformat(" ", "seconds")
    return value.isoformat() if isinstance(value, date | time) else str(value)


def _rectangle(cells: list[list[str]], lost: Sequence[tuple[int, int]]) -> list[list[str]]:
    """Mark the lost cells, which may stand outside what the reader returned."""
    height = max([len(cells), *(row for row, _ in lost)])
    width = max([len(cells[0]) if cells else 0, *(column for _, column in lost)])
    for line in cells:
        line.extend([""] * (width - len(line)))
    cells += [[""] * width for _ in range(height - len(cells))]
    for row, column in lost:
        cells[row - 1][column - 1] = LOST
    return cells


def _covered(cells: list[list[str]], merged: Merged, place: Place) -> Iterator[tuple[int, int]]:
    """List the cells, counted from 0, that merged cells cover: all but their first."""
    count = 0
    for (top, left), (bottom, right) in merged:
        rows = range(top, min(bottom + 1, len(cells)))
        columns = range(left, min(right + 1, len(cells[0])))
        count += len(rows) * len(columns)
        if count > MOST_CELLS:
            raise IntakeError.of("intake.too-large", place)
        yield from (
            (row, column) for row in rows for column in columns if (row, column) != (top, left)
        )


# --- both -------------------------------------------------------------------------------


def _table(
    records: Iterable[list[str]],
    place: Place,
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
) -> Table:
    """Tell header, rows and blank rows apart.

    Raises
    ------
    IntakeError
        With every defect of the table as a whole.
    """
    numbered = enumerate(map(_tidied, records), start=1)
    header_row, header = next((row for row in numbered if _has_content(row[1])), (0, ()))
    if not header_row:
        raise IntakeError.of("intake.empty", place)
    rows: list[Row] = []
    rejected: list[Defect] = []
    blank = 0
    for number, cells in numbered:
        is_blank = not _has_content(cells)
        if number > _LAST_ROW or (not is_blank and len(rows) + len(rejected) == MOST_ROWS):
            raise IntakeError.of("intake.too-many-rows", place, most=MOST_ROWS)
        if is_blank:
            blank += 1
        elif len(cells) == len(header):
            rows.append((number, cells))
        else:
            where = replace(place, row=number)
            values = {"count": len(cells), "expected": len(header)}
            rejected.append(Defect("intake.ragged", where, values))
    defects = list(_header_defects(header, rows, replace(place, row=header_row)))
    if not rows and not rejected:
        defects.append(Defect("intake.no-rows", place))
    if defects:
        raise IntakeError(*defects)
    return Table(
        str(place.file),
        header_row,
        tuple("" if cell in {LOST, MERGED} else cell for cell in header),
        np.array([number for number, _ in rows], np.int32),
        tuple(Cells.of(cells[index] for _, cells in rows) for index in range(len(header))),
        place.sheet,
        encoding,
        delimiter,
        tuple(rejected),
        blank_rows=blank,
    )


def _tidied(cells: list[str]) -> tuple[str, ...]:
    """Strip cells; drop control characters, which nobody sees and no document can hold."""
    return tuple(_UNPRINTABLE.sub("", cell).strip() for cell in cells)


def _has_content(cells: tuple[str, ...]) -> bool:
    return any(cell not in {"", MERGED} for cell in cells)


def _header_defects(header: tuple[str, ...], rows: list[Row], place: Place) -> Iterator[Defect]:
    firsts: dict[str, int] = {}
    for index, title in enumerate(header):
        where = replace(place, column=title)
        if title in {"", LOST, MERGED}:
            if any(cells[index] for _, cells in rows):
                where = replace(place, column=column_letters(index + 1))
                yield Defect("intake.no-header", where)
        elif (first := firsts.setdefault(normalised(title), index)) != index:
            values = {"first": column_letters(first + 1), "second": column_letters(index + 1)}
            yield Defect("intake.same-header", where, values)


def column_letters(number: int) -> str:
    """Name a column as a spreadsheet does: 1 is A, 27 is AA."""
    letters = ""
    while number:
        number, letter = divmod(number - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters
