"""Files of answers as one kind of table: a header and columns of text."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from mentormatch.errors import Defect, IntakeError, Place
from mentormatch.intake.bulk import Written
from mentormatch.intake.cells import BLANK, Cells, columns_of, tidied
from mentormatch.intake.delimited import open_delimited
from mentormatch.intake.guard import OLD_FORMAT
from mentormatch.intake.headers import Known, find_header
from mentormatch.intake.source import FileLimits, TableFile, read_bytes
from mentormatch.intake.workbook import LOST, MERGED, Merged, OpenWorkbook, SheetRows, text_of
from mentormatch.messages import LANGUAGES, text
from mentormatch.questionnaire import normalised

__all__ = ["LOST", "MERGED", "Row", "Table", "column_letters", "read_table"]

_LAST_ROW: Final = 1_048_576  # of a spreadsheet
_VOTERS: Final = 50  # rows that vote on which is the header
_MOST_NAMED: Final = 10  # ranges of hidden rows that are named

_OTHER_WORKBOOKS: Final = {".xls", ".xlsb", ".xlsm", ".xltx", ".ods", ".numbers"}
_ARCHIVE: Final = b"PK\x03\x04"
_PAGE: Final = re.compile(rb"\s*<(!doctype|html|\?xml|table|meta|head)", re.IGNORECASE)
_UNPRINTABLE: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
# What writers of CSV put before a text that a spreadsheet would run.
_DISARMED: Final = re.compile(r"'(?=[=+\-@\t\r\n])")
_TOTAL: Final = re.compile(
    r"((общий|общее|grand|sub)[\s-]?)?(итог|итого|всего|total|subtotal)\b.{0,40}", re.IGNORECASE
)
_ANY_TOTAL: Final = re.compile(f"^{_TOTAL.pattern}$", re.IGNORECASE | re.MULTILINE)
_AMOUNT: Final = re.compile(r"[-+−]?[\d\s.,]*\d\s*%?")

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


def read_table(
    source: str | Path | TableFile,
    limits: FileLimits | None = None,
    *,
    headers: Collection[str] = (),
) -> Table:
    """Read a CSV or XLSX file.

    What isn't said in a `TableFile` is found out, and told in the table or a notice. A CSV
    is in UTF-16 if it has that mark, or else in UTF-8, or else in cp1251 if that looks like
    Russian; its delimiter (comma, semicolon or tab) is the one that makes the most rows
    equally wide; quoting is strict. Of a workbook the first visible sheet with content is
    read: numbers, dates and truth values become text that a CSV of the same table would
    hold. The header is the first row with content, after titles.

    Parameters
    ----------
    source
        The file.
    limits
        How large it may be.
    headers
        Folded headers that are known, by which the row of headers is recognised.

    Raises
    ------
    IntakeError
        When the file can't be read as one table, with every defect of the whole file.
        Defects of single rows are listed in the table instead.
    """
    source = TableFile.of(source)
    limits = limits or FileLimits()
    path = Path(source.path)
    place = Place(file=path.name)
    suffix = path.suffix.lower()
    if suffix in _OTHER_WORKBOOKS:
        raise IntakeError.of("intake.save-as-xlsx", place)
    if suffix not in {".csv", ".xlsx"}:
        raise IntakeError.of("intake.suffix", place)
    read = _read_csv if suffix == ".csv" else _read_xlsx
    return read(_content(path, place, limits), place, source, limits, Known(headers))


def _content(path: Path, place: Place, limits: FileLimits) -> bytes:
    """Return the bytes of a file, unless they are of another kind than its name says."""
    suffix = path.suffix.lower()
    content = read_bytes(path, place, limits)
    if not content:
        raise IntakeError.of("intake.empty", place)
    if content.startswith(OLD_FORMAT):
        raise IntakeError.of("intake.save-as-xlsx", place)
    if _PAGE.match(content):
        raise IntakeError.of("intake.web-page", place)
    if suffix == ".csv" and content.startswith(_ARCHIVE):
        raise IntakeError.of("intake.workbook-as-csv", place)
    if suffix == ".xlsx" and not content.startswith(_ARCHIVE[:2]):
        raise IntakeError.of("intake.csv-as-workbook", place)
    return content


def _read_csv(
    content: bytes, place: Place, source: TableFile, limits: FileLimits, known: Known
) -> Table:
    written = open_delimited(
        content, place, limits, encoding=source.encoding, delimiter=source.delimiter
    )
    making = _Making(written.records(), _tidied_text, place, limits, at_once=written.columns)
    table = making.table(source.header_row, known)
    if table is None:
        raise IntakeError.of("intake.empty", place)
    return replace(table, encoding=written.encoding, delimiter=written.delimiter)


def _read_xlsx(
    content: bytes, place: Place, source: TableFile, limits: FileLimits, known: Known
) -> Table:
    book = OpenWorkbook(content, place, limits)
    del content  # the book has a checked copy
    names = [name for name in book.hidden if not book.hidden[name]]
    names += [name for name in book.hidden if book.hidden[name]]
    filled = [name for name in names if book.facts(name).has_values or book.facts(name).lost]
    candidates = filled
    if source.sheet is not None:
        candidates = [name for name in names if name == source.sheet]
        if not candidates:
            values = ", ".join(f"'{name}'" for name in book.hidden)
            raise IntakeError.of("intake.no-sheet", place, sheet=source.sheet, names=values)
    for name in candidates:
        sheet = book.sheet(name)
        where = replace(place, sheet=name)
        making = _Making(sheet.rows, _tidied_value, where, limits, merged=sheet.merged)
        table = making.table(source.header_row, known)
        if table is not None:
            guides = {text("blank.guide.sheet", lang) for lang in LANGUAGES}  # of our own forms
            others = [
                Defect(
                    "intake.other-hidden-sheet" if book.hidden[other] else "intake.other-sheet",
                    place,
                    {"sheet": other, "read": name},
                )
                for other in book.hidden
                if other in filled and other != name and other not in guides
            ]
            notices = (*others, *_sheet_notices(table, sheet), *table.notices)
            return replace(table, notices=notices)
    raise IntakeError.of("intake.empty", place)


def _sheet_notices(table: Table, sheet: SheetRows) -> Iterator[Defect]:
    """Say aloud what somebody who looks at the sheet doesn't see."""
    if sheet.hidden:
        yield Defect("intake.hidden-sheet", table.place())
    last = int(table.numbers[-1]) if len(table.numbers) else table.header_row
    rows = [row for row in sheet.facts.hidden_rows if table.header_row <= row <= last]
    if rows:
        values = {"rows": _ranges(rows), "count": len(rows)}
        yield Defect("intake.hidden-rows", table.place(), values)
    hidden = [
        column
        for column in range(1, len(table.header) + 1)
        if any(first <= column <= last for first, last in sheet.facts.hidden_columns)
    ]
    if hidden:
        values = {"columns": ", ".join(map(column_letters, hidden)), "count": len(hidden)}
        yield Defect("intake.hidden-columns", table.place(), values)
    for column, (row, count) in sorted(sheet.facts.formulas.items()):
        if column <= len(table.header) and count:
            header = table.header[column - 1] or column_letters(column)
            yield Defect("intake.formulas", table.place(row, header), {"count": count})


def _ranges(numbers: Sequence[int]) -> str:
    """Write numbers in ascending order, neighbours as a range: 2-4, 7."""
    ranges: list[list[int]] = []
    for number in numbers:
        if ranges and number <= ranges[-1][1] + 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    named = [f"{a}-{b}" if a < b else str(a) for a, b in ranges[:_MOST_NAMED]]
    return ", ".join(named + ["…"] * (len(ranges) > _MOST_NAMED))


def _tidied_value(value: object) -> str:
    """Strip a cell; drop control characters, which nobody sees and no document can hold."""
    return _UNPRINTABLE.sub("", text_of(value)).strip()


def _tidied_text(text: str) -> str:
    return _tidied_value(_DISARMED.sub("", text, count=1))


def _totals(texts: Sequence[str]) -> list[int]:
    """Return the positions of the texts that say that a row is a total."""
    if not _ANY_TOTAL.search("\n".join(texts)):
        return []
    return [code for code, text in enumerate(texts) if _TOTAL.fullmatch(text)]


def _is_blank(cell: str) -> bool:
    return cell in {"", MERGED}


class _Making:
    """Makes a table of the rows of a file, which it goes through once."""

    def __init__(
        self,
        rows: Iterable[Sequence[Any]],
        tidy: Callable[[Any], str],
        place: Place,
        limits: FileLimits,
        *,
        merged: Iterable[Merged] = (),
        at_once: Callable[[int, int, int], list[Written] | None] = lambda *_: None,
    ) -> None:
        self.rows = iter(rows)
        self.tidy = tidy
        self.place = place
        self.limits = limits
        self.merged = merged
        self.at_once = at_once  # reads columns, if it can
        self.read = 0  # rows so far
        self.blank = 0  # rows without content among those under the header
        self.width = 0  # of the header without the blank cells at its end
        self.full_width = 0
        self.numbers: list[int] = []
        self.rejected: list[Defect] = []
        self.nameless: set[int] = set()  # columns with content behind the header

    def table(self, header_row: int | None, known: Known) -> Table | None:
        """Tell header, rows, totals and blank rows apart; None when there is no content.

        Raises
        ------
        IntakeError
            With every defect of the table as a whole.
        """
        first, top = self._top(header_row)
        if not top:
            return None
        tidied = [tuple(map(self.tidy, row)) for row in top]
        last = None if header_row is None else header_row - first
        if last is not None and not any(not _is_blank(it) for it in tidied[last]):
            raise IntakeError.of("intake.no-header-row", replace(self.place, row=header_row))
        found = find_header(tidied, known, self.merged, first, last)
        header = tuple("" if cell in {LOST, MERGED} else cell for cell in found.header)
        header = header[: max((place for place, cell in enumerate(header, 1) if cell), default=0)]
        if not header:
            place = replace(self.place, row=first + found.last)
            raise IntakeError.of("intake.no-header", replace(place, column="A"))
        self.width, self.full_width = len(header), len(top[found.last])
        self.read = first + found.last
        cells, numbers = self._columns(top[found.last + 1 :])
        kept, totals = self._without_blanks_and_totals(cells, numbers)
        if not kept.all():
            cells, numbers = [own.take(kept) for own in cells], numbers[kept]
        if len(numbers) + len(self.rejected) > self.limits.rows:
            raise self.limits.exceeded("rows", self.place)
        place = replace(self.place, row=first + found.last)
        defects = [*self._header_defects(header, cells, place)]
        if not len(numbers) and not self.rejected:
            defects.append(Defect("intake.no-rows", self.place))
        if defects:
            raise IntakeError(*defects)
        return Table(
            str(self.place.file),
            first + found.last,
            header,
            numbers,
            tuple(cells),
            self.place.sheet,
            rejected=tuple(self.rejected),
            notices=(*found.notices(place, asked=header_row is not None), *totals),
            blank_rows=self.blank,
        )

    def _top(self, header_row: int | None) -> tuple[int, list[Sequence[Any]]]:
        """Return the rows among which the header is, and the number of the first of them."""
        if header_row is not None:
            top = list(islice(self.rows, max(header_row, 0) + 1))
            if not 0 < header_row <= len(top):
                raise IntakeError.of("intake.no-header-row", replace(self.place, row=header_row))
            return 1, top
        for number, row in enumerate(self.rows, start=1):
            if any(not _is_blank(self.tidy(cell)) for cell in row if cell != ""):
                return number, [row, *islice(self.rows, _VOTERS - 1)]
            if number > _LAST_ROW:
                break
        return 0, []

    def _columns(self, first: Sequence[Sequence[Any]]) -> tuple[list[Cells], NDArray[np.int32]]:
        """Read the columns below the header, of whose rows some have been read; number the rows."""
        if self.width == self.full_width:
            found = self.at_once(self.read, self.width, self._most_rows())
            if found is not None:
                numbers = np.arange(len(found[0].codes), dtype=np.int32) + self.read + 1
                return [tidied(*written, self._tidied) for written in found], numbers
        cells = columns_of(self._fitted(chain(first, self.rows)), self.width, self._tidied)
        return cells, np.array(self.numbers, np.int32)

    def _most_rows(self) -> int:
        return min(_LAST_ROW, self.limits.cells // max(self.width, 1))

    def _fitted(self, rows: Iterable[Sequence[Any]]) -> Iterator[Sequence[Any]]:
        """Make all rows as wide as the header, without blank rows and those that don't fit."""
        most = self._most_rows()
        for row in rows:
            self.read += 1
            fitted: Sequence[Any] | None = row
            if len(row) != self.width:
                fitted = self._fit(row)
            elif not any(row) and not any(map(self.tidy, row)):
                fitted = None
                self.blank += 1
            if fitted is not None:
                self.numbers.append(self.read)
                yield fitted
            if len(self.numbers) > most:
                raise self.limits.exceeded("cells", self.place)
            if self.read > _LAST_ROW:
                raise self.limits.exceeded("rows", self.place)

    def _fit(self, row: Sequence[Any]) -> Sequence[Any] | None:
        if not any(row) and not any(map(self.tidy, row)):
            self.blank += 1
            return None
        beyond = row[self.width :]
        content = [
            place
            for place, cell in enumerate(beyond, start=self.width)
            if cell != "" and not _is_blank(self.tidy(cell))
        ]
        if len(row) < self.width or (content and content[-1] >= self.full_width):
            if len(self.rejected) >= self.limits.rows:
                raise self.limits.exceeded("rows", self.place)
            where = replace(self.place, row=self.read)
            wide = max(len(row) if len(row) < self.width else content[-1] + 1, 0)
            values = {"count": wide, "expected": self.width}
            self.rejected.append(Defect("intake.ragged", where, values))
            return None
        self.nameless.update(content)
        return row[: self.width]

    def _tidied(self, written: Sequence[Any]) -> Sequence[str]:
        """Tidy the distinct cells of a column; only a strange one needs a closer look."""
        if {*map(type, written)} == {str}:
            joined = "".join(written)
            if joined.isprintable() and "'" not in joined:
                return [*map(str.strip, written)]
        return [
            cell.strip()
            if isinstance(cell, str) and cell.isprintable() and "'" not in cell
            else self.tidy(cell)
            for cell in written
        ]

    def _without_blanks_and_totals(
        self, columns: Sequence[Cells], numbers: NDArray[np.int32]
    ) -> tuple[NDArray[np.bool_], list[Defect]]:
        """Tell which rows have content and are no totals: bool (n,); note the totals."""
        kept = np.zeros(len(numbers), np.bool_)
        totals = []
        for place, cells in enumerate(columns):
            if kept.all():
                break
            filled = ~kept & (cells.codes != BLANK)
            if MERGED in cells.texts:
                filled &= cells.codes != cells.texts.index(MERGED)
            kept |= filled
            words = _totals(cells.texts)
            if words:
                # A total is the first cell of its row.
                for row in np.flatnonzero(np.isin(cells.codes, words) & filled).tolist():
                    beside = (own[row] for own in columns[place + 1 :])
                    if all(_is_blank(it) or _AMOUNT.fullmatch(it) for it in beside):
                        totals.append(row)
        self.blank += int(len(kept) - kept.sum())
        kept[totals] = False
        return kept, [
            Defect(
                "intake.total-row",
                replace(self.place, row=int(numbers[row])),
                {"found": next(own[row] for own in columns if not _is_blank(own[row]))},
            )
            for row in sorted(totals)
        ]

    def _header_defects(
        self, header: Sequence[str], columns: Sequence[Cells], place: Place
    ) -> Iterator[Defect]:
        firsts: dict[str, int] = {}
        for index, title in enumerate(header):
            if not title:
                if columns[index].codes.any():
                    self.nameless.add(index)
            elif (first := firsts.setdefault(normalised(title), index)) != index:
                values = {"first": column_letters(first + 1), "second": column_letters(index + 1)}
                yield Defect("intake.same-header", replace(place, column=title), values)
        for index in sorted(self.nameless):
            yield Defect("intake.no-header", replace(place, column=column_letters(index + 1)))


def column_letters(number: int) -> str:
    """Name a column as a spreadsheet does: 1 is A, 27 is AA."""
    letters = ""
    while number:
        number, letter = divmod(number - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters
