"""Tables are written so that they read back equal and nothing in them runs."""

import csv
import io
import zipfile
from datetime import date
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from mentormatch.errors import MentorMatchError
from mentormatch.spreadsheet import Cell, Sheet, write_csv, write_xlsx, xlsx_bytes

DANGEROUS = [
    "=1+1",
    "+7 900 000-00-00",
    "-2+3",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
]


def cells_of(content: bytes) -> list[list[object]]:
    """Read the first sheet back with the reader that the library itself uses."""
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()


def one_cell(cell: Cell) -> Sheet:
    """Make a sheet of a single cell under a header."""
    return Sheet("Лист", ["Ответ"], [[cell]])


@pytest.mark.parametrize("text", DANGEROUS)
def test_text_that_looks_like_a_formula_stays_text_in_a_workbook(text):
    """A cell that begins like a formula is stored as a string and holds no formula."""
    content = xlsx_bytes([one_cell(text)])
    sheet = zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet
    assert load_workbook(io.BytesIO(content)).active["A2"].data_type == "s"


@pytest.mark.parametrize("text", DANGEROUS)
def test_text_that_looks_like_a_formula_gets_an_apostrophe_in_csv(tmp_path, text):
    """CSV knows no types, so the apostrophe says that the cell is text."""
    write_csv(tmp_path / "t.csv", [text], [[text]])
    with (tmp_path / "t.csv").open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file, delimiter=";")) == [[f"'{text}"], [f"'{text}"]]


def test_negative_numbers_get_no_apostrophe_in_csv(tmp_path):
    """A number is no text: its minus sign is only a minus sign."""
    write_csv(tmp_path / "t.csv", ["n"], [[-3], [-0.5], [Decimal("-1.25")]])
    assert (tmp_path / "t.csv").read_text("utf-8-sig").split() == ["n", "-3", "-0,5", "-1,25"]


def test_csv_between_commas_keeps_the_decimal_point(tmp_path):
    """Only countries that separate cells by ; write a decimal comma."""
    write_csv(tmp_path / "t.csv", ["n", "m"], [[0.5, 1]], delimiter=",")
    assert (tmp_path / "t.csv").read_text("utf-8-sig").splitlines() == ["n,m", "0.5,1"]


def test_csv_begins_with_the_mark_that_excel_expects(tmp_path):
    """Without the mark Excel reads Russian letters as another alphabet's."""
    write_csv(tmp_path / "t.csv", ["Имя"], [])
    assert (tmp_path / "t.csv").read_bytes() == b"\xef\xbb\xbf" + "Имя\r\n".encode()


def test_numbers_dates_and_blanks_keep_their_types_in_a_workbook():
    """Numbers are numbers, days are days, nothing is nothing."""
    row = [3, 0.25, Decimal("1.5"), np.int64(7), date(2026, 10, 1), None, True]
    content = xlsx_bytes([Sheet("s", list("abcdefg"), [row])])
    assert cells_of(content)[1] == [3.0, 0.25, 1.5, 7.0, date(2026, 10, 1), "", 1.0]


def test_a_number_that_a_spreadsheet_would_round_is_written_as_text():
    """Sixteen digits don't survive in a cell, so they are kept as text."""
    assert cells_of(xlsx_bytes([one_cell(1234567890123456)]))[1] == ["1234567890123456"]
    assert cells_of(xlsx_bytes([one_cell(123456789012345)]))[1] == [123456789012345.0]


@pytest.mark.parametrize("cell", [[], object(), b"bytes"])
def test_a_cell_that_is_no_cell_is_refused(cell):
    """What has no place in a table is a mistake of the program, said at once."""
    with pytest.raises(TypeError, match=type(cell).__name__):
        xlsx_bytes([one_cell(cell)])


def test_a_row_of_the_wrong_length_is_refused():
    """A row that doesn't fit the header is a mistake of the program."""
    with pytest.raises(ValueError, match="shorter"):
        xlsx_bytes([Sheet("s", ["a", "b"], [[1]])])


def test_control_characters_are_dropped_and_line_breaks_kept(tmp_path):
    """What no eye can see is left out; a line break may stand."""
    text = "a\x00b\x07\x1bc\nd\ud800\uffff\x85"
    assert cells_of(xlsx_bytes([one_cell(text)]))[1] == ["abc\nd"]
    write_csv(tmp_path / "t.csv", ["h"], [[text]])
    assert "abc\nd" in (tmp_path / "t.csv").read_text("utf-8-sig")


def test_too_long_texts_are_all_reported_with_their_places():
    """Two cells are too long: the error names both, by sheet, row and column."""
    rows = [["x" * 32_768, "ok"], ["ok", "😀" * 16_384], ["x" * 32_767, "😀" * 16_383]]
    with pytest.raises(MentorMatchError) as error:
        xlsx_bytes([Sheet("Планы", ["Цель", "Итог"], rows)])
    places = [(d.place.sheet, d.place.row, d.place.column) for d in error.value.defects]
    assert places == [("Планы", 2, "Цель"), ("Планы", 3, "Итог")]


def test_a_table_longer_than_a_sheet_is_reported():
    """A sheet has 1,048,576 rows, its header included."""
    rows = [()] * 1_048_576
    with pytest.raises(MentorMatchError, match="1048575"):
        xlsx_bytes([Sheet("s", [], rows)])


def test_a_sheet_name_that_excel_refuses_is_mended():
    """Forbidden characters become spaces, what is too long is cut."""
    names = CalamineWorkbook.from_filelike(
        io.BytesIO(xlsx_bytes([Sheet("5/6: [А]?", ["a"], []), Sheet("я" * 40, ["a"], [])]))
    ).sheet_names
    assert names == ["5 6   А", "я" * 31]


def test_the_header_is_frozen_bold_and_filtered():
    """The header stays in sight and every column can be filtered."""
    page = load_workbook(io.BytesIO(xlsx_bytes([Sheet("s", ["a", "b"], [[1, 2]])]))).active
    assert page.freeze_panes == "A2"
    assert page["B1"].font.b
    assert page.auto_filter.ref == "A1:B2"


def test_columns_are_as_wide_as_told_or_as_their_texts():
    """A told width wins; otherwise a column fits its texts within limits."""
    sheet = Sheet("s", ["a", "b", "c"], [["x", "y" * 30, "z" * 500]], widths={"a": 21})
    page = load_workbook(io.BytesIO(xlsx_bytes([sheet]))).active
    widths = [page.column_dimensions[column].width for column in "ABC"]
    assert widths == pytest.approx([21, 32, 60], abs=1)


@pytest.mark.parametrize(("columns", "fits"), [(4, True), (5, False)])
def test_only_a_table_that_stays_legible_is_squeezed_onto_one_page(columns, fits):
    """Four columns of 60 characters can be read on paper, five can't."""
    header = [f"c{number}" for number in range(columns)]
    sheet = Sheet("s", header, [["x" * 100] * columns])
    page = load_workbook(io.BytesIO(xlsx_bytes([sheet]))).active
    assert bool(getattr(page.sheet_properties.pageSetUpPr, "fitToPage", False)) is fits


def test_a_number_format_reaches_its_column_only():
    """A share is shown as a percentage, its neighbour as it is."""
    sheet = Sheet("s", ["share", "n"], [[0.4567, 0.4567]], formats={"share": "0.0 %"})
    page = load_workbook(io.BytesIO(xlsx_bytes([sheet]))).active
    assert [page["A2"].number_format, page["B2"].number_format] == ["0.0 %", "General"]


def test_the_same_table_gives_the_same_bytes(tmp_path):
    """Neither the clock nor the place of the file leaves a trace."""
    sheets = [one_cell("да"), Sheet("Второй", ["Дата"], [[date(2026, 9, 1)]])]
    write_xlsx(tmp_path / "one.xlsx", sheets)
    write_xlsx(tmp_path / "two.xlsx", sheets)
    one, two = (tmp_path / "one.xlsx").read_bytes(), (tmp_path / "two.xlsx").read_bytes()
    assert one == two == xlsx_bytes(sheets)
    assert b"2000-01-01T00:00:00Z" in zipfile.ZipFile(io.BytesIO(one)).read("docProps/core.xml")


PRINTED = Sheet(
    "База",
    ["№", "Имя"],
    [[1, "А"], [2, None], [3, "В"]],
    titles=("База", "Школа", "Состояние на 01.10.2026"),
    notes=("Никого больше", "Куратор"),
    sections={0: "Первые", 2: "Последние"},
    fills={"Имя": {"А": "#C00000", "В": "#FFF2CC"}},
)


def test_what_stands_around_a_table_leaves_the_table_as_it_is():
    """Titles, a blank line, the header, headings among the rows, a blank line, notes."""
    assert cells_of(xlsx_bytes([PRINTED])) == [
        ["База", ""],
        ["Школа", ""],
        ["Состояние на 01.10.2026", ""],
        ["", ""],
        ["№", "Имя"],
        ["Первые", ""],
        [1.0, "А"],
        [2.0, ""],
        ["Последние", ""],
        [3.0, "В"],
        ["", ""],
        ["Никого больше", ""],
        ["Куратор", ""],
    ]


def test_the_header_of_a_printed_table_is_repeated_and_frozen_below_its_titles():
    """What is filtered is the table, not what stands around it."""
    page = load_workbook(io.BytesIO(xlsx_bytes([PRINTED]))).active
    assert page.print_title_rows == "$5:$5"
    assert page.freeze_panes == "A6"
    assert page.auto_filter.ref == "A5:B10"
    assert page["A1"].font.size > page["A2"].font.size
    assert page["B8"].border.bottom.style == "thin"  # a blank cell has its lines too


def test_every_page_has_its_number():
    """A sheet that falls out of the pile can be put back."""
    page = load_workbook(io.BytesIO(xlsx_bytes([one_cell("да")]))).active
    assert page.oddFooter.right.text == "&P / &N"


def test_a_dark_cell_has_white_letters_and_a_light_one_black():
    """Whatever colour a cell has, it can be read."""
    page = load_workbook(io.BytesIO(xlsx_bytes([PRINTED]))).active
    looks = [(page[at].fill.fgColor.rgb, page[at].font.color.rgb) for at in ("B7", "B10")]
    assert looks == [("FFC00000", "FFFFFFFF"), ("FFFFF2CC", "FF000000")]


def test_a_too_long_text_is_found_where_it_stands_below_titles_and_headings():
    """The row that the error names is the row that the spreadsheet would show."""
    sheet = Sheet("s", ["a"], [["x"], ["x" * 32_768]], titles=("t",), sections={1: "h"})
    with pytest.raises(MentorMatchError) as error:
        xlsx_bytes([sheet])
    assert [defect.place.row for defect in error.value.defects] == [6]


def test_a_formula_is_inert_wherever_it_stands():
    """Titles, notes, headings and the header are text, as the cells are."""
    evil = "=cmd|' /C calc'!A0"
    sheet = Sheet("s", [evil, "b"], [[evil, 1]], titles=[evil], notes=[evil], sections={0: evil})
    content = xlsx_bytes([sheet])
    assert b"<f>" not in zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml")
    assert [row[0] for row in cells_of(content)] == [evil, "", evil, evil, evil, "", evil]


visible = st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn"]), min_size=1)


@given(st.lists(st.tuples(visible, visible), min_size=1, max_size=5))
def test_every_text_reads_back_as_it_was_written(rows):
    """Whatever people write in a cell, the reader finds it again."""
    assert cells_of(xlsx_bytes([Sheet("s", ["a", "b"], rows)]))[1:] == [list(row) for row in rows]
