"""Writing tables as XLSX and CSV, so that no cell can do more than be read.

A spreadsheet program takes text such as ``=1+1`` for a formula and runs it. In a
workbook every text is therefore stored as a string; in CSV, which knows no types,
such a text gets a leading apostrophe. The same table always gives the same bytes.
"""

import csv
import io
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from itertools import accumulate, chain, combinations, pairwise
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
_ROOM, _GAP = 138, 0.72  # characters side by side on A4 at full size; what each column adds
_SMALLEST, _LARGEST = 80, 90  # per cent, of letters of 10 points
_LINE_HEIGHT, _HIGHEST = 15, 409  # points
_ARIAL_HEIGHT, _LARGE = 13, 14  # points
_PADDING = 0.5  # digits
_NARROW: Final = frozenset(" fijlrtI.,:;!'()[]/|-г")
_BROAD: Final = frozenset("mwMWжшщфыюЖМШЩФЫЮ@%—…№")
_PRINTED: Final[dict[str, object]] = {"font_name": "Arial", "font_size": 10}
_MARGINS: Final = (0.4, 0.4, 0.5, 0.6)  # inches: left, right, top, bottom
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
    titles
        Lines above the header, the first in large letters. With them the table looks like one
        that is printed and signed: Arial, narrow margins, lines between its cells.
    notes
        Lines below the table.
    sections
        Headings within the table, by the number (from 0) of the row that they stand above.
    fills
        Colours such as ``"#C00000"`` of a column's cells, by its title and by their text.
    kept
        How many of the first columns say what a row is about. A table with titles that is too
        broad for one page in legible letters goes over facing pages, with these on each.
    """

    name: str
    header: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    widths: Mapping[str, float] = field(default_factory=dict)
    formats: Mapping[str, str] = field(default_factory=dict)
    choices: Mapping[str, Sequence[str]] = field(default_factory=dict)
    titles: Sequence[str] = ()
    notes: Sequence[str] = ()
    sections: Mapping[int, str] = field(default_factory=dict)
    fills: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    kept: int = 0

    @property
    def top(self) -> int:
        """In which line of the sheet the header stands, from 0 on: a blank one is above it."""
        return len(self.titles) + 1 if self.titles else 0

    @property
    def places(self) -> tuple[int, ...]:
        """In which line of the sheet each row stands, from 0 on."""
        numbers = range(len(self.rows))
        above = accumulate(int(number in self.sections) for number in numbers)
        return tuple(
            self.top + 1 + number + more for number, more in zip(numbers, above, strict=True)
        )


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

    On paper the header is repeated, and pages have numbers.

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
    options: dict[str, Any] = {"in_memory": True}
    if any(sheet.titles for sheet in sheets):
        # Widths of columns count its digits. Calibri, the usual one, isn't on every machine.
        options["default_format_properties"] = _PRINTED
    with Workbook(content, options) as book:
        title = next((sheet.titles[0] for sheet in sheets if sheet.titles), "")
        created = datetime(2000, 1, 1)  # noqa: DTZ001 - no zone in XLSX
        book.set_properties({"created": created, "title": printable(title)})
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
            Place(sheet=sheet.name, row=place + 1, column=title),
            {"found": utf_16_length(cell), "most": MOST_CHARACTERS},
        )
        for place, row in zip(sheet.places, sheet.rows, strict=True)
        for title, cell in zip(sheet.header, row, strict=True)
        if isinstance(cell, str) and utf_16_length(cell) > MOST_CHARACTERS
    ]


def utf_16_length(text: str) -> int:
    """Count the UTF-16 units of a text: what the limit of a cell is about."""
    return len(text) + sum(character > "\uffff" for character in text)


def _write_sheet(book: "Workbook", sheet: Sheet) -> None:
    page = book.add_worksheet(sheet_name(sheet.name))
    top, places = sheet.top, sheet.places
    last = places[-1] if places else top
    bold = {"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#E8EDF3", "bottom": 1}
    title_format = book.add_format(bold | (_PRINTED | {"border": 1} if sheet.titles else {}))
    lines = dict.fromkeys([top, *places], 1)
    # Calibri is often replaced by a broader font; Arial has a twin everywhere.
    line_height, broad = (_ARIAL_HEIGHT, 1.0) if sheet.titles else (_LINE_HEIGHT, 1.1)
    widths: list[float] = []
    for column, title in enumerate(sheet.header):
        page.write_string(top, column, printable(title), title_format)
        cells = [row[column] for row in sheet.rows]
        number_format, fills = sheet.formats.get(title), sheet.fills.get(title, {})
        plain = _Look.of(book, number_format, ruled=bool(sheet.titles))
        looks = {
            text: _Look.of(book, number_format, fill, ruled=bool(sheet.titles))
            for text, fill in fills.items()
        }
        for row, cell in zip(places, cells, strict=True):
            look = looks.get(cell, plain) if isinstance(cell, str) else plain
            _write_cell(page, row, column, cell, look)
        width = sheet.widths.get(title) or _width(title, cells)
        page.set_column(column, column, width)
        if title in sheet.choices and cells:
            listed = {"validate": "list", "source": [*map(printable, sheet.choices[title])]}
            page.data_validation(top + 1, column, last, column, listed)
        widths.append(width)
        for row, cell in zip([top, *places], chain([title], cells), strict=True):
            lines[row] = max(lines[row], _lines(cell, width, broad))
    for row, height in lines.items():
        if height > 1:
            page.set_row(row, min(height * line_height, _HIGHEST))
    breaks, scale = _facing_pages(widths, sheet.kept) if sheet.titles else ((), 100)
    _write_sections(book, page, sheet)
    _write_lines(book, page, sheet, last + 2, widths, breaks=breaks)
    page.freeze_panes(top + 1, 0)
    if sheet.header:
        page.autofilter(top, 0, last, len(sheet.header) - 1)
    page.set_landscape()
    page.set_paper(9)  # A4
    if breaks:
        page.set_v_pagebreaks(breaks)
        page.set_print_scale(scale)
        page.print_across()
        page.repeat_columns(0, sheet.kept - 1)
    elif sheet.titles or sum(widths) <= _LEGIBLE:
        page.fit_to_pages(1, 0)
    page.repeat_rows(top)
    if sheet.titles:
        page.set_margins(*_MARGINS)
    page.set_footer("&R&P / &N")


def _facing_pages(widths: Sequence[float], kept: int) -> tuple[tuple[int, ...], int]:
    """Find the columns before which a page begins, as few as can be, and the scale of printing.

    None where everything can be read on one page.
    """
    broad = [width + _GAP for width in widths]
    head = sum(broad[:kept])
    for count in range(len(widths) - kept if kept else 1):
        cuts = list(combinations(range(kept + 1, len(widths)), count))
        broadest = [
            max(
                sum(broad[begin:end]) + (head if begin else 0)
                for begin, end in pairwise((0, *cut, len(widths)))
            )
            for cut in cuts
        ]
        place = min(range(len(cuts)), key=broadest.__getitem__)
        scale = min(int(100 * _ROOM / broadest[place]), _LARGEST)
        if scale >= _SMALLEST:
            return cuts[place], scale
    return (), 100


def _write_sections(book: "Workbook", page: "Worksheet", sheet: Sheet) -> None:
    """Write the headings within a table; the blank cells beside them leave them their room."""
    if not sheet.sections:
        return
    look = book.add_format(
        {"bold": True, "bg_color": "#D0D7E2", "top": 1, "bottom": 1}
        | (_PRINTED if sheet.titles else {})
    )
    for number, heading in sheet.sections.items():
        row = sheet.places[number] - 1
        page.write_string(row, 0, printable(heading), look)
        for column in range(1, len(sheet.header)):
            page.write_blank(row, column, None, look)


def _write_lines(
    book: "Workbook",
    page: "Worksheet",
    sheet: Sheet,
    below: int,
    widths: Sequence[float],
    *,
    breaks: Sequence[int],
) -> None:
    """Write what stands above and below a table, over its whole breadth.

    Over facing pages nothing may be cut: titles stand above the columns that are on each page,
    and what is below the table beside these on the first one.
    """
    wrapped = {"text_wrap": True, "valign": "top", "align": "left", **_PRINTED}
    large = book.add_format(wrapped | {"bold": True, "font_size": _LARGE})
    usual = book.add_format(wrapped)
    above, beside = (0, len(widths)), (0, len(widths))
    if breaks:
        above, beside = (0, sheet.kept), (sheet.kept, breaks[0])
    for row, line in chain(enumerate(sheet.titles), enumerate(sheet.notes, below)):
        is_first = row == 0
        look, grown = (large, 1.4) if is_first else (usual, 1.0)
        begin, end = beside if row >= below else above
        if end - begin > 1:
            page.merge_range(row, begin, row, end - 1, "", look)
        page.write_string(row, begin, printable(line), look)
        height = _lines(line, sum(widths[begin:end]) / grown, 1.0) * _ARIAL_HEIGHT * grown
        page.set_row(row, min(height, _HIGHEST))


@dataclass(frozen=True, slots=True)
class _Look:
    """How the cells of one column look, by what they hold."""

    text: Any
    number: Any
    day: Any
    blank: Any

    @classmethod
    def of(
        cls, book: "Workbook", number_format: str | None, fill: str = "", *, ruled: bool = False
    ) -> "_Look":
        top: dict[str, object] = {"valign": "top"}
        if ruled:
            top |= _PRINTED | {"border": 1, "border_color": "#8C96A3"}
        if fill:
            top |= {"bg_color": fill, "font_color": "#FFFFFF" if is_dark(fill) else "#000000"}
        return cls(
            text=book.add_format(top | {"text_wrap": True}),
            number=book.add_format(
                top
                | ({"num_format": number_format} if number_format else {})
                | ({"align": "right", "indent": 1} if ruled else {})
            ),
            day=book.add_format(
                top | {"align": "left", "num_format": number_format or "dd.mm.yyyy"}
            ),
            blank=book.add_format(top) if ruled else None,
        )


def is_dark(colour: str) -> bool:
    """Tell whether white letters read better on a colour such as ``"#C00000"`` than black ones."""
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return 299 * red + 587 * green + 114 * blue < 128_000


def _write_cell(page: "Worksheet", row: int, column: int, cell: Cell, look: _Look) -> None:
    if cell is None:
        if look.blank is not None:
            page.write_blank(row, column, None, look.blank)
    elif isinstance(cell, str):
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


def _lines(cell: Cell, width: float, broad: float) -> int:
    """Count the lines of a text in a column; not every program measures rows by itself.

    Widths are given in digits, and ``broad`` says how much broader the letters may be.
    """
    if not isinstance(cell, str):
        return 1
    room = max(width / broad - _PADDING, 1)
    return max(sum(_wrapped(line, room) for line in cell.splitlines()), 1)


def _wrapped(line: str, room: float) -> int:
    """Count the lines that words take when they are put side by side as long as there is room."""
    count, used = 1, 0.0
    for word in line.split(" "):
        breadth = sum(map(_breadth, word))
        if used and used + breadth > room:
            count, used = count + 1, 0.0
        if breadth > room:  # a long word is broken
            more = math.ceil(breadth / room) - 1
            count, breadth = count + more, breadth - more * room
        used += breadth + _breadth(" ")
    return count


def _breadth(letter: str) -> float:
    """Say how broad a letter of Arial is, in digits."""
    if letter in _NARROW:
        return 0.65
    if letter in _BROAD:
        return 1.5
    return 1.25 if letter.isupper() else 1.0


def sheet_name(name: str) -> str:
    """Turn a text into one that a sheet can be called."""
    return re.sub(r"[\[\]:*?/\\]", " ", printable(name))[:31].strip("' ")
