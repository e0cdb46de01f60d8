"""CSV and XLSX files become the same kind of table."""

import csv
import datetime as dt
import zipfile
from contextlib import suppress
from dataclasses import replace

import numpy as np
import openpyxl
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mentormatch.errors import IntakeError, Place
from mentormatch.intake import tables
from mentormatch.intake.cells import Cells
from mentormatch.intake.source import FileLimits, TableFile
from mentormatch.intake.tables import LOST, MERGED, column_letters, read_table
from mentormatch.spreadsheet import Sheet, write_csv, write_xlsx

ROWS = [["Код", "Класс", "Интересы"], ["S-1", "5Б", "Спорт; музыка"], ["S-2", "10А", "Книги"]]
CELLS = ((2, ("S-1", "5Б", "Спорт; музыка")), (3, ("S-2", "10А", "Книги")))


def csv_file(folder, text, encoding="utf-8", name="answers.csv"):
    """Write a CSV and return its path."""
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
    return path


def xlsx_file(folder, *sheets, name="answers.xlsx"):
    """Write a workbook of the given rows, a sheet each, and return its path."""
    path = folder / name
    with xlsxwriter.Workbook(path) as book:
        date_format = book.add_format({"num_format": "dd.mm.yyyy hh:mm"})
        for rows in sheets:
            page = book.add_worksheet()
            for number, row in enumerate(rows):
                for column, cell in enumerate(row):
                    look = date_format if isinstance(cell, dt.date) else None
                    page.write(number, column, cell, look)
    return path


def defects_of(path, *, limits=None, **said):
    """Return the defects of a file that can't be read, as code, row and column."""
    with pytest.raises(IntakeError) as caught:
        read_table(TableFile(path, **said), limits)
    assert {defect.place.file for defect in caught.value.defects} == {path.name}
    return [(defect.code, defect.place.row, defect.place.column) for defect in caught.value.defects]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_csv_is_read_with_any_usual_delimiter_and_mark(tmp_path, delimiter, encoding):
    """Rows are as wide as the header under one delimiter only; a BOM is no part of a header."""
    path = tmp_path / "answers.csv"
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows(ROWS)
    table = read_table(path)
    assert (table.header_row, table.header, table.rows) == (1, tuple(ROWS[0]), CELLS)
    assert (table.encoding, table.delimiter, table.sheet) == ("UTF-8", delimiter, None)


def test_a_workbook_is_read_as_the_same_table(tmp_path):
    """Only the name of its sheet tells it from a CSV."""
    table = read_table(xlsx_file(tmp_path, ROWS))
    assert (table.header_row, table.header, table.rows) == (1, tuple(ROWS[0]), CELLS)
    assert (table.encoding, table.delimiter, table.sheet) == (None, None, "Sheet1")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (5.0, "5"),
        (5.5, "5.5"),
        (1e-7, "0.0000001"),
        (-3, "-3"),
        (10**15, "1000000000000000"),
        (True, "yes"),
        (False, "no"),
        (dt.date(2025, 9, 1), "2025-09-01"),
        (dt.datetime.fromisoformat("2025-09-01T14:03"), "2025-09-01 14:03:00"),
        ("007", "007"),
        ("  две строки\nв ячейке\u00a0 ", "две строки\nв ячейке"),
        ("a\x0bb", "ab"),
        ("'x", "'x"),
    ],
)
def test_a_cell_of_a_workbook_becomes_text(tmp_path, value, text):
    """Numbers, dates and truth values are written as a CSV would hold them."""
    table = read_table(xlsx_file(tmp_path, [["a", "b"], ["x", value]]))
    assert table.rows == ((2, ("x", text)),)


def test_separators_inside_cells_do_not_mislead_the_vote(tmp_path):
    """Semicolons in unquoted cells of a comma file, and the other way round."""
    commas = csv_file(tmp_path, "code,likes\nS-1,a; b\nS-2,c; d\nS-3,e\n")
    assert read_table(commas).rows[0] == (2, ("S-1", "a; b"))
    semicolons = csv_file(tmp_path, "code;likes\nS-1;a, b\nS-2;c, d\nS-3;e\n")
    assert read_table(semicolons).rows[0] == (2, ("S-1", "a, b"))
    header = csv_file(tmp_path, "code,likes; dislikes; more\nS-1,a\nS-2,c\n")
    assert read_table(header).rows == ((2, ("S-1", "a")), (3, ("S-2", "c")))


def test_one_column_needs_no_delimiter(tmp_path):
    """Rows of one cell are a table too."""
    assert read_table(csv_file(tmp_path, "code\nS-1\nS-2\n")).rows == ((2, ("S-1",)), (3, ("S-2",)))


def test_blank_rows_are_skipped_and_counted(tmp_path):
    """Rows keep the numbers that a spreadsheet shows, line breaks in cells notwithstanding."""
    text = '\n;;\ncode;a;b\nS-1;"1\n2";3\n\n;;\nS-2; ;6\n'
    table = read_table(csv_file(tmp_path, text))
    assert table.header_row == 3
    assert table.rows == ((4, ("S-1", "1\n2", "3")), (7, ("S-2", "", "6")))
    assert table.blank_rows == 2


def test_rows_of_another_width_are_rejected_alone(tmp_path):
    """A shifted row is a defect with its number; the others are read."""
    table = read_table(csv_file(tmp_path, "a;b\n1;2\n1;2;3\n1\n3;4\n"))
    assert [row for row, _ in table.rows] == [2, 5]
    assert [(defect.code, defect.place.row) for defect in table.rejected] == [
        ("intake.ragged", 3),
        ("intake.ragged", 4),
    ]


def test_what_protected_a_cell_from_running_is_dropped(tmp_path):
    """A CSV of our own comes back as it was; other apostrophes stay."""
    cells = ["=1+1", "+7 900", "-", "@a", "'quoted'", "O'Neill"]
    path = tmp_path / "own.csv"
    write_csv(path, list("abcdef"), [cells])
    assert read_table(path).rows == ((2, tuple(cells)),)


def test_both_kinds_of_file_we_write_are_read_alike(tmp_path):
    """A table written as CSV and as XLSX gives one and the same table."""
    header, rows = ["a", "b", "c"], [["x; y", 5, dt.date(2025, 9, 1)], ["-", None, None]]
    write_csv(tmp_path / "own.csv", header, rows)
    write_xlsx(tmp_path / "own.xlsx", [Sheet("Own", header, rows)])
    one, other = read_table(tmp_path / "own.csv"), read_table(tmp_path / "own.xlsx")
    assert (one.header, one.rows) == (other.header, other.rows)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", [("intake.empty", None, None)]),
        ("\n\n \n", [("intake.empty", None, None)]),
        ("code;name\n", [("intake.no-rows", None, None)]),
        ("code;name\n;\n", [("intake.no-rows", None, None)]),
        ('a;b\n1;2\n"1;2\n3;4\n', [("intake.quotes", 3, None)]),  # never closed
        ('a;b\n"1"2;3\n', [("intake.quotes", 2, None)]),  # text behind a closed quote
        (b"a;b\n1;\x00\n", [("intake.zero-bytes", 2, None)]),
        (b"PK\x03\x04...", [("intake.workbook-as-csv", None, None)]),
        # two headers that differ by case only, and a column without one: both are reported
        (
            "Класс;класс ;\n1;2;3\n",
            [("intake.same-header", 1, "класс"), ("intake.no-header", 1, "C")],
        ),
        ("a" * 200_000 + ";b\n1;2\n", [("intake.long-cell", 1, None)]),  # a cell beyond csv's limit
    ],
)
def test_a_csv_that_is_no_table_is_refused(tmp_path, text, found):
    """Everything that is wrong with the whole file is said at once."""
    assert defects_of(csv_file(tmp_path, text)) == found


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("answers.xls", "intake.save-as-xlsx"),
        ("answers.xlsb", "intake.save-as-xlsx"),
        ("answers.ods", "intake.save-as-xlsx"),
        ("answers.XLSM", "intake.save-as-xlsx"),
        ("answers.docx", "intake.suffix"),
        ("answers", "intake.suffix"),
        ("missing.csv", "intake.no-file"),
        ("folder.csv", "intake.not-a-file"),
    ],
)
def test_a_file_of_another_kind_is_refused(tmp_path, name, code):
    """The remedy depends on what it is."""
    if name.startswith("answers"):
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "folder.csv").mkdir()
    assert defects_of(tmp_path / name) == [(code, None, None)]


@pytest.mark.parametrize(
    ("limits", "text", "code", "row"),
    [
        (FileLimits(rows=3), "a\n1\n\n2\n3\n4\n", "intake.limit-rows", None),
        (FileLimits(cells=6), "a;b\n1;2\n3;4\n5;6\n7;8\n", "intake.limit-cells", None),
        (FileLimits(unpacked=11), "a;b\n1;2\n3;4\n", "intake.limit-unpacked", None),
        (FileLimits(line=4), "a;b\n1;234\n3;4\n", "intake.limit-line", 2),
    ],
)
def test_a_file_beyond_a_limit_is_refused(tmp_path, limits, text, code, row):
    """The limit is named; with one more row, cell, byte or character it is read."""
    path = csv_file(tmp_path, text)
    assert defects_of(path, limits=limits) == [(code, row, None)]
    name = code.rpartition("-")[2]
    more = {"line": 6, "unpacked": 12, "cells": 8, "rows": 4}[name]
    assert read_table(path, replace(limits, **{name: more})).header[0] == "a"


def test_the_first_visible_sheet_with_content_is_read(tmp_path):
    """Hidden and empty sheets are passed over; further ones are named in a notice."""
    path = tmp_path / "answers.xlsx"
    book = openpyxl.Workbook()
    book.active.title = "empty"
    for name, state in [("help", "hidden"), ("Ученики", "visible"), ("Учителя", "visible")]:
        page = book.create_sheet(name)
        page.sheet_state = state
        page.append(["code"])
        page.append([name])
    book.save(path)
    table = read_table(path)
    assert (table.sheet, table.rows) == ("Ученики", ((2, ("Ученики",)),))
    assert [(notice.code, notice.values) for notice in table.notices] == [
        ("intake.other-hidden-sheet", {"sheet": "help", "read": "Ученики"}),
        ("intake.other-sheet", {"sheet": "Учителя", "read": "Ученики"}),
    ]


def test_the_sheet_that_explains_a_form_of_ours_is_not_mentioned(tmp_path):
    """It is in every form that is handed out; a sheet of another name is still told of."""
    path = tmp_path / "answers.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for name in ("Наставники", "Как заполнять", "How to fill in", "Черновик"):
            book.add_worksheet(name).write_column("A1", ["ФИО", "Один"])
    (notice,) = read_table(path).notices
    assert notice.values["sheet"] == "Черновик"


def test_a_workbook_without_content_is_refused(tmp_path):
    """It says so, like an empty CSV."""
    assert defects_of(xlsx_file(tmp_path, [], [])) == [("intake.empty", None, None)]


def test_a_table_may_begin_anywhere(tmp_path):
    """Rows and columns before it are blank, and rows keep their numbers."""
    table = read_table(xlsx_file(tmp_path, [[], [], ["", "a", "b"], ["", 1, 2]]))
    assert (table.header_row, table.header, table.rows) == (
        3,
        ("", "a", "b"),
        ((4, ("", "1", "2")),),
    )


def test_cells_that_a_reader_would_lose_are_marked(tmp_path):
    """Errors, formulas without a value and covered cells are not taken for blank ones."""
    path = tmp_path / "answers.xlsx"
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet()
        page.write_row("A1", ["a", "b", "c"])
        page.write_row("A2", ["1", "2"])
        page.write_formula("C2", "=1/0", None, "#DIV/0!")
        page.merge_range("B3:B4", "x")
        page.write("A3", "3")
        page.write("A4", "4")
        page.write_formula("C5", "=A1", None, "")
    assert read_table(path).rows == (
        (2, ("1", "2", LOST)),
        (3, ("3", "x", "")),
        (4, ("4", MERGED, "")),
        (5, ("", "", LOST)),
    )


def test_a_table_shows_no_cells():
    """Its repr holds nothing that people wrote."""
    table = tables.Table("a.csv", 1, ("code",), np.array([2], np.int32), (Cells.of(["секрет"]),))
    assert "секрет" not in repr(table)


def test_columns_are_named_as_spreadsheets_do():
    """A is the first, AA comes after Z."""
    assert [column_letters(number) for number in (1, 26, 27, 16_384)] == ["A", "Z", "AA", "XFD"]


# Without control characters, which are dropped, and apostrophes, which may protect a cell.
TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=["C"], exclude_characters="'"), max_size=8
)


@given(
    rows=st.lists(st.tuples(TEXT, TEXT, TEXT), min_size=1, max_size=5),
    delimiter=st.sampled_from([",", ";", "\t"]),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_written_as_csv_is_read(tmp_path, rows, delimiter):
    """Whatever texts a quoted table holds, each comes back in its place, stripped."""
    path = tmp_path / "answers.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=delimiter, quoting=csv.QUOTE_ALL)
        writer.writerows([("one", "two", "three"), *rows, ("x", "y", "z")])
    table = read_table(path)
    expected = [tuple(cell.strip() for cell in row) for row in [*rows, ("x", "y", "z")]]
    disarmed = [
        tuple(cell.removeprefix("'") if cell[1:2] in "=+-@" and cell[1:2] else cell for cell in row)
        for row in expected
    ]
    assert [cells for _, cells in table.rows] == [row for row in disarmed if any(row)]


@given(data=st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_workbook_of_damaged_parts_is_read_or_refused(tmp_path, data):
    """Whatever byte of its XML is changed, nothing but an IntakeError comes out."""
    path = xlsx_file(tmp_path, [["a", "b"], ["x", dt.date(2025, 9, 1)], [1.5, True]])
    with zipfile.ZipFile(path) as archive:
        parts = {name: bytearray(archive.read(name)) for name in archive.namelist()}
    for _ in range(data.draw(st.integers(1, 5))):
        part = parts[data.draw(st.sampled_from([name for name in parts if name.startswith("xl/")]))]
        place = data.draw(st.integers(0, len(part) - 1))
        part[place : place + data.draw(st.integers(0, 3))] = data.draw(
            st.sampled_from([b"", b"9", b"-", b"Z", b"&#0;", b"<c/>", b"\xff", b'"'])
        )
    with zipfile.ZipFile(path, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, bytes(part))
    with suppress(IntakeError):
        read_table(path)


@given(content=st.binary(max_size=200), suffix=st.sampled_from([".csv", ".xlsx"]))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_read_or_refused(tmp_path, content, suffix):
    """Nothing but an IntakeError comes out of a file that is no table."""
    path = tmp_path / f"answers{suffix}"
    path.write_bytes(content)
    with suppress(IntakeError):
        read_table(path)


@given(st.lists(st.text(st.sampled_from("aя 0'=\n\t\x07\xa0\u200b"), max_size=4), max_size=4))
def test_cells_are_tidied_together_as_they_are_one_by_one(written):
    """Cells among which nothing is strange need no look at each of them."""
    making = tables._Making([], tables._tidied_text, Place("answers.csv"), FileLimits())
    assert making._tidied(written) == [tables._tidied_text(cell) for cell in written]
