"""Writing tables as XLSX and CSV, so that no cell can do more than be read.

A spreadsheet program takes text such as ``=1+1`` for a formula and runs it. In a
workbook every text is therefore stored as a string; in CSV, which knows no types,
such a text gets a leading apostrophe. The same table always gives the same bytes.
"""

import csv
import io
import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from itertools import chain
from numbers import Real
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from mentormatch.errors import Defect, MentorMatchError, Place
from mentormatch.files import write_atomically

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

Cell = str | int | float | Decimal | date | None

MOST_CHARACTERS: Final = 32_767  # UTF-16 units in a cell of a workbook
MOST_ROWS: Final = 1_048_576  # of a sheet, its header included
EXACT_DIGITS: Final = 15  # a spreadsheet keeps no more of a number

_NARROWEST, _WIDEST = 8, 60  # characters
_LEGIBLE = 250  # characters that can be read side by side on paper
_LINE_HEIGHT, _HIGHEST = 15, 409  # points
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table of a workbook.

    Parameters
    ----------
    name
        Name of the sheet; characters that a sheet name can't hold become spaces, and
        what exceeds 31 characters is cut. Sheets of one workbook have different names.
    header
        Titles of the columns.
    rows
        Rows of cells, each as long as the header. Numbers must be finite; ``None``
        is an empty cell; a truth value is written as 1 or 0.
    widths
        Width in characters of a column, by its title; otherwise it is measured.
    formats
        Number format of a column, by its title, such as ``"0.0 %"``.
    choices
        A few short answers that a drop-down list offers in a column, by its title; 255
        characters together at most.
    """

    name: str
    header: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    widths: Mapping[str, float] = field(default_factory=dict)
    formats: Mapping[str, str] = field(default_factory=dict)
    choices: Mapping[str, Sequence[str]] = field(default_factory=dict)


def write_xlsx(path: str | Path, sheets: Sequence[Sheet]) -> None:
    """Write a workbook in one step; see :func:`xlsx_bytes`.

    Raises
    ------
    MentorMatchError
        When a text or a table is too long for a sheet, with every such place.
    OSError
        When the folder can't be written.
    """
    write_atomically(path, xlsx_bytes(sheets))


def xlsx_bytes(sheets: Sequence[Sheet]) -> bytes:
    """Make a workbook: a frozen bold header, filters, wrapped text, nothing that runs.

    The same sheets give the same bytes. A whole number of more than 15 digits, which a
    spreadsheet would round, is written as text.

    Raises
    ------
    MentorMatchError
        When a text or a table is too long for a sheet, with every such place.
    """
    from xlsxwriter import Workbook  # noqa: PLC0415 - only writers of workbooks need it

    defects = [defect for sheet in sheets for defect in _defects(sheet)]
    if defects:
        raise MentorMatchError(*defects)
    content = io.BytesIO()
    # In memory: a temporary file would leave people's answers on the disk.
    with Workbook(content, {"in_memory": True}) as book:
        book.set_properties({"created": datetime(2000, 1, 1)})  # noqa: DTZ001 - no zone in XLSX
        for sheet in sheets:
            _write_sheet(book, sheet)
    return content.getvalue()


def write_csv(
    path: str | Path,
    header: Sequence[str],
    rows: Sequence[Sequence[Cell]],
    delimiter: str = ";",
    encoding: str = "utf-8-sig",
) -> None:
    """Write a table as CSV in one step: UTF-8 with its mark, as Excel expects it, if not said.

    Text that a spreadsheet would run gets a leading apostrophe. With ``;`` between the
    cells, as in countries that write 0,5, the decimal mark is a comma too. Dates are
    ISO, truth values 1 or 0.

    Raises
    ------
    UnicodeEncodeError
        When another encoding can't write a sign.
    OSError
        When the folder can't be written.
    """
    mark = "," if delimiter == ";" else "."
    content = io.StringIO(newline="")
    writer = csv.writer(content, delimiter=delimiter)
    for row in chain([header], rows):
        writer.writerow([_plain(cell, mark) for cell in row])
    write_atomically(path, content.getvalue().encode(encoding))


def printable(text: str) -> str:
    """Drop the characters that no document can hold."""
    return _UNPRINTABLE.sub("", text)


def _plain(cell: Cell, mark: str) -> str:
    """Write a cell as the text that stands in a CSV file."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        text = printable(cell)
        return f"'{text}" if text.startswith(_DANGEROUS) else text
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, bool):
        return str(int(cell))
    return str(cell).replace(".", mark)


def _defects(sheet: Sheet) -> list[Defect]:
    """Find what a sheet can't hold; XlsxWriter would cut it without a word."""
    if len(sheet.rows) >= MOST_ROWS:
        values = {"found": len(sheet.rows), "most": MOST_ROWS - 1}
        return [Defect("spreadsheet.too-many-rows", Place(sheet=sheet.name), values)]
    return [
        Defect(
            "spreadsheet.too-long",
            Place(sheet=sheet.name, row=number, column=title),
            {"found": utf_16_length(cell), "most": MOST_CHARACTERS},
        )
        for number, row in enumerate(sheet.rows, start=2)
        for title, cell in zip(sheet.header, row, strict=True)
        if isinstance(cell, str) and utf_16_length(cell) > MOST_CHARACTERS
    ]


def utf_16_length(text: str) -> int:
    """Count the UTF-16 units of a text: what the limit of a cell is about."""
    return len(text) + sum(character > "\uffff" for character in text)


def _write_sheet(book: "Workbook", sheet: Sheet) -> None:
    page = book.add_worksheet(sheet_name(sheet.name))
    bold = {"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#E8EDF3", "bottom": 1}
    title_format = book.add_format(bold)
    lines = [1] * (len(sheet.rows) + 1)
    breadth = 0.0
    for column, title in enumerate(sheet.header):
        page.write_string(0, column, printable(title), title_format)
        cells = [row[column] for row in sheet.rows]
        look = _Look.of(book, sheet.formats.get(title))
        for row, cell in enumerate(cells, start=1):
            _write_cell(page, row, column, cell, look)
        width = sheet.widths.get(title) or _width(title, cells)
        page.set_column(column, column, width)
        if title in sheet.choices and cells:
            listed = {"validate": "list", "source": [*map(printable, sheet.choices[title])]}
            page.data_validation(1, column, len(cells), column, listed)
        breadth += width
        for row, cell in enumerate(chain([title], cells)):
            lines[row] = max(lines[row], _lines(cell, width))
    for row, height in enumerate(lines):
        if height > 1:
            page.set_row(row, min(height * _LINE_HEIGHT, _HIGHEST))
    page.freeze_panes(1, 0)
    if sheet.header:
        page.autofilter(0, 0, len(sheet.rows), len(sheet.header) - 1)
    page.set_landscape()
    page.set_paper(9)  # A4
    if breadth <= _LEGIBLE:
        page.fit_to_pages(1, 0)
    page.repeat_rows(0)


@dataclass(frozen=True, slots=True)
class _Look:
    """How the cells of one column look, by what they hold."""

    text: Any
    number: Any
    day: Any

    @classmethod
    def of(cls, book: "Workbook", number_format: str | None) -> "_Look":
        top: dict[str, object] = {"valign": "top"}
        return cls(
            text=book.add_format(top | {"text_wrap": True}),
            number=book.add_format(top | ({"num_format": number_format} if number_format else {})),
            day=book.add_format(
                top | {"align": "left", "num_format": number_format or "dd.mm.yyyy"}
            ),
        )


def _write_cell(page: "Worksheet", row: int, column: int, cell: Cell, look: _Look) -> None:
    if cell is None:
        return
    if isinstance(cell, str):
        page.write_string(row, column, printable(cell), look.text)
    elif isinstance(cell, date):
        page.write_datetime(row, column, cell, look.day)
    elif isinstance(cell, int) and abs(cell) >= 10**EXACT_DIGITS:
        page.write_string(row, column, str(cell), look.text)
    elif isinstance(cell, Real | Decimal):
        page.write_number(row, column, cell, look.number)
    else:
        raise TypeError(f"a cell can't hold {type(cell).__name__}")


def _width(title: str, cells: Sequence[Cell]) -> int:
    """Measure a column: its longest line, the header's longest word, room for the filter."""
    lines = [line for cell in cells if cell is not None for line in str(cell).splitlines()]
    longest = max(map(len, lines), default=0)
    word = max(map(len, title.split()), default=0) + 3
    # A long header may take three lines rather than widen the column.
    return min(max(longest + 2, word, len(title) // 3 + 3, _NARROWEST), _WIDEST)


def _lines(cell: Cell, width: float) -> int:
    """Count the lines of a text in a column; not every program measures rows by itself."""
    if not isinstance(cell, str) or (len(cell) < width and "\n" not in cell):
        return 1
    # Letters are about a tenth wider than the digits in which widths are given.
    room = max(int(width / 1.1), 1)
    return sum(max(len(textwrap.wrap(line, room)), 1) for line in cell.splitlines())


def sheet_name(name: str) -> str:
    """Turn a text into one that a sheet can be called."""
    return re.sub(r"[\[\]:*?/\\]", " ", printable(name))[:31].strip("' ")
