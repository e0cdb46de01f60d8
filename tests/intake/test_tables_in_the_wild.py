"""Files as schools have them: what is understood, and what is said about it."""

import csv
import os
import zipfile
from dataclasses import replace

import openpyxl
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mentormatch.errors import IntakeError
from mentormatch.intake import source
from mentormatch.intake.source import FileLimits, TableFile
from mentormatch.intake.tables import read_table

RUSSIAN = "Код;Класс;Чего хочу достичь\nS-1;5 «Б»;Сдать экзамен по алгебре\nS-2;10А;Больше читать\n"
ROWS = ((2, ("S-1", "5 «Б»", "Сдать экзамен по алгебре")), (3, ("S-2", "10А", "Больше читать")))


def written(folder, content, name="answers.csv"):
    """Write a file and return its path."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def refused(path, **said):
    """Return the only defect of a file that can't be read, as code and row."""
    with pytest.raises(IntakeError) as caught:
        read_table(TableFile(path, **said))
    (defect,) = caught.value.defects
    for lang in ("en", "ru"):
        assert defect.text(lang)
    return defect.code, defect.place.row


def noticed(table):
    """Return the notices of a table as code, row, column and values."""
    for notice in table.notices:
        assert notice.text("ru")
    return [(it.code, it.place.row, it.place.column, dict(it.values)) for it in table.notices]


# --- encodings --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8"),
        ("utf-16", "UTF-16"),
        ("cp1251", "cp1251"),
    ],
)
def test_an_encoding_is_found_out_and_named(tmp_path, encoding, name):
    """The same Russian table is read from each."""
    table = read_table(written(tmp_path, RUSSIAN.encode(encoding)))
    assert (table.rows, table.encoding, table.delimiter) == (ROWS, name, ";")


@pytest.mark.parametrize("encoding", ["cp866", "koi8-r", "mac-cyrillic", "iso8859-5"])
@pytest.mark.parametrize("text", [RUSSIAN.replace("«Б»", "Б"), "ФИО;Класс\nИванова Анна;5\n"])
def test_another_russian_encoding_is_named_and_read_when_it_is_said(tmp_path, encoding, text):
    """It is never taken for cp1251, though its bytes are letters there too."""
    path = written(tmp_path, text.encode(encoding))
    with pytest.raises(IntakeError) as caught:
        read_table(path)
    (defect,) = caught.value.defects
    assert (defect.code, defect.values) == ("intake.likely-encoding", {"likely": encoding})
    table = read_table(TableFile(path, encoding=encoding))
    assert table.encoding == encoding
    assert table.header == tuple(text.splitlines()[0].split(";"))


@pytest.mark.parametrize(
    ("content", "code", "row"),
    [
        ("имя;класс\nАнна;5\n".encode() + b"\xd0;6\n", "intake.broken-text", 3),
        ('имя;класс\n"Ан\nна";5\n'.encode() + b"\xd0;6\n", "intake.broken-text", 3),
        (b"\xef\xbb\xbfa;b\n\xff;2\n", "intake.broken-text", 2),
        ("nom;âge\nJosé;5\nFrançois;6\n".encode("cp1252"), "intake.encoding", None),
        (bytes(range(128, 256)) * 4, "intake.encoding", None),
        ("a;b\n1;2\n".encode("utf-16-le"), "intake.zero-bytes", 1),
        ("a;b\n1;\0\n".encode("utf-16"), "intake.zero-bytes", 2),
    ],
)
def test_what_is_in_no_encoding_is_refused(tmp_path, content, code, row):
    """A UTF-8 file with one broken letter isn't taken for cp1251; Western letters aren't either."""
    assert refused(written(tmp_path, content)) == (code, row)


def test_an_encoding_that_is_said_is_held_to(tmp_path):
    """It must exist and fit."""
    path = written(tmp_path, RUSSIAN.encode("cp1251"))
    assert refused(path, encoding="utf-8") == ("intake.broken-text", 1)
    assert refused(path, encoding="rot13") == ("intake.unknown-encoding", None)
    assert refused(path, encoding="no-such") == ("intake.unknown-encoding", None)


def test_a_delimiter_can_be_said(tmp_path):
    """Any one character, but no quotation mark."""
    path = written(tmp_path, "a|b\n1,5|2\n")
    assert read_table(TableFile(path, delimiter="|")).rows == ((2, ("1,5", "2")),)
    assert refused(path, delimiter="||") == ("intake.delimiter", None)


def test_a_decimal_comma_is_no_delimiter(tmp_path):
    """Not even where every row has one."""
    table = read_table(written(tmp_path, "Код;Балл\nS-1;3,5\nS-2;4,5\n"))
    assert (table.delimiter, table.rows) == (";", ((2, ("S-1", "3,5")), (3, ("S-2", "4,5"))))


# --- headers, totals, blanks ------------------------------------------------------------


@pytest.mark.parametrize("delimiters", ["", ";;"])
def test_titles_above_the_headers_are_passed_over_and_said(tmp_path, delimiters):
    """Whether or not the title's row is filled up with delimiters."""
    text = f"Отчёт за 1,5 года{delimiters}\n\nКод;Класс;Цель\nS-1;5;a\nS-2;6;b\n"
    table = read_table(written(tmp_path, text))
    assert (table.header_row, table.header) == (3, ("Код", "Класс", "Цель"))
    assert [row for row, _ in table.rows] == [4, 5]
    assert noticed(table) == [("intake.header-row", 3, None, {"count": 1})]


def test_known_headers_tell_the_row(tmp_path):
    """A wide title is no header then; without them, or with a wrong row said, it is one."""
    path = written(tmp_path, "Школа 5;2025/26;осень\nКод;Класс;Цель\nS-1;5;a\n")
    known = {"код", "класс"}
    assert read_table(path, headers=known).header_row == 2
    assert read_table(path).header == ("Школа 5", "2025/26", "осень")
    table = read_table(TableFile(path, header_row=2))
    assert (table.header_row, table.header, table.notices) == (2, ("Код", "Класс", "Цель"), ())
    assert refused(path, header_row=9) == ("intake.no-header-row", 9)
    assert refused(path, header_row=0) == ("intake.no-header-row", 0)


def test_a_header_with_gaps_is_no_title(tmp_path):
    """Columns without a header stay a defect; no row of answers becomes the header."""
    with pytest.raises(IntakeError) as caught:
        read_table(written(tmp_path, "Код;;\nS-1;5;7\nS-2;6;8\n"))
    assert {defect.code for defect in caught.value.defects} == {"intake.no-header"}


@pytest.mark.parametrize("word", ["Итого", "ИТОГО:", "Всего", "Total", "Всего учеников"])
def test_a_total_is_left_out_and_said(tmp_path, word):
    """Its texts are no answers of anybody."""
    table = read_table(written(tmp_path, f"Код;Класс;Балл\nS-1;5;4,5\n;;\n{word};;9,5\n"))
    assert table.rows == ((2, ("S-1", "5", "4,5")),)
    assert noticed(table) == [("intake.total-row", 4, None, {"found": word})]
    assert all(word not in column.texts for column in table.cells)
    assert table.blank_rows == 1


@pytest.mark.parametrize("row", ["Итогова;5;1", "Итого;пятый;1", "S-2;Итого;1"])
def test_an_answer_that_sounds_like_a_total_is_read(tmp_path, row):
    """The first cell must be the word, and the others numbers."""
    table = read_table(written(tmp_path, f"Код;Класс;Балл\nS-1;5;4\n{row}\n"))
    assert (len(table.rows), table.notices) == (2, ())


def test_blanks_behind_the_last_header_do_not_matter(tmp_path):
    """In the header, in all rows or in some; content there does."""
    for text in ("a;b;;\n1;2;;\n3;4\n", "a;b\n1;2;;; \n3;4\n", "a;b;\n1;2;\n3;4;;;\n"):
        table = read_table(written(tmp_path, text))
        assert (table.header, table.rejected) == (("a", "b"), ())
        assert table.rows == ((2, ("1", "2")), (3, ("3", "4")))
    assert refused(written(tmp_path, "a;b;;\n1;2;;5\n")) == ("intake.no-header", 1)
    (defect,) = read_table(written(tmp_path, "a;b\n1;2;;5\n3;4\n")).rejected
    assert (defect.code, defect.place.row, defect.values["count"]) == ("intake.ragged", 2, 4)


# --- workbooks --------------------------------------------------------------------------


def two_row_header(path, writer):
    """Write a table whose question is merged over its parts, with a title above."""
    if writer == "openpyxl":
        book = openpyxl.Workbook()
        for row in [["Отчёт"], ["Код", "Интересы", None, "Класс"], [None, "Спорт", "Книги"]]:
            book.active.append(row)
        book.active.append(["S-1", "+", None, "5"])
        for cells in ("A1:D1", "A2:A3", "B2:C2", "D2:D3"):
            book.active.merge_cells(cells)
        book.save(path)
        return
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet()
        page.merge_range("A1:D1", "Отчёт")
        page.merge_range("A2:A3", "Код")
        page.merge_range("B2:C2", "Интересы")
        page.merge_range("D2:D3", "Класс")
        page.write_row("B3", ["Спорт", "Книги"])
        page.write_row("A4", ["S-1", "+", "", "5"])


@pytest.mark.parametrize("writer", ["openpyxl", "xlsxwriter"])
def test_a_question_merged_over_its_parts_is_joined_with_them(tmp_path, writer):
    """As a form writes it in one row: the question, and its part in brackets."""
    path = tmp_path / "answers.xlsx"
    two_row_header(path, writer)
    for said in (TableFile(path), TableFile(path, header_row=3)):
        table = read_table(said, headers={"код", "интересы", "класс"})
        assert table.header == ("Код", "Интересы [Спорт]", "Интересы [Книги]", "Класс")
        assert (table.header_row, table.rows) == (3, ((4, ("S-1", "+", "", "5")),))
        assert ("intake.two-header-rows", 3, None, {"upper": 2}) in noticed(table)


def test_a_title_merged_over_the_table_is_no_question(tmp_path):
    """It stands over all columns, and nothing stands beside it."""
    path = tmp_path / "answers.xlsx"
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet()
        page.merge_range("A1:C1", "Отчёт")
        page.write_row("A2", ["Код", "Класс", "Цель"])
        page.write_row("A3", ["S-1", "5", "a"])
    table = read_table(path)
    assert (table.header_row, table.header) == (2, ("Код", "Класс", "Цель"))
    assert [code for code, *_ in noticed(table)] == ["intake.header-row"]


def test_what_is_hidden_or_calculated_is_said_aloud(tmp_path):
    """Rows by number, columns by letter, formulas once per column."""
    path = tmp_path / "answers.xlsx"
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet()
        page.write_row("A1", ["Код", "Класс", "Балл"])
        for row in range(2, 9):
            page.write_row(row - 1, 0, [f"S-{row}", 5])
            page.write_formula(row - 1, 2, "=1+1", None, 2)
        for row in (2, 3, 4, 7):
            page.set_row(row - 1, None, None, {"hidden": True})
        page.set_column("B:B", None, None, {"hidden": True})
    table = read_table(path)
    assert len(table.rows) == 7
    assert noticed(table) == [
        ("intake.hidden-rows", None, None, {"rows": "2-4, 7", "count": 4}),
        ("intake.hidden-columns", None, None, {"columns": "B", "count": 1}),
        ("intake.formulas", 2, "Балл", {"count": 7}),
    ]


def test_a_sheet_can_be_said(tmp_path):
    """A hidden one is read then, and said to be hidden; one that isn't there is refused."""
    path = tmp_path / "answers.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for name in ("Первый", "Второй"):
            book.add_worksheet(name).write_column("A1", ["Код", name])
        book.get_worksheet_by_name("Второй").hide()
    assert noticed(read_table(path)) == [
        ("intake.other-hidden-sheet", None, None, {"sheet": "Второй", "read": "Первый"})
    ]
    table = read_table(TableFile(path, sheet="Второй"))
    assert table.rows == ((2, ("Второй",)),)
    assert [code for code, *_ in noticed(table)] == ["intake.other-sheet", "intake.hidden-sheet"]
    assert refused(path, sheet="Третий") == ("intake.no-sheet", None)


def test_true_and_one_are_told_apart(tmp_path):
    """In one column too."""
    path = tmp_path / "answers.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet().write_column("A1", ["a", 1, True, 0, False, 1])
    assert [cells for _, cells in read_table(path).rows] == [
        ("1",), ("yes",), ("0",), ("no",), ("1",)
    ]  # fmt: skip


# --- hostile and broken files -----------------------------------------------------------


def test_what_its_name_does_not_say_is_found_by_content(tmp_path):
    """Each with its own remedy."""
    book = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(book) as made:
        made.add_worksheet().write("A1", "a")
    content = book.read_bytes()
    assert refused(written(tmp_path, content)) == ("intake.workbook-as-csv", None)
    assert refused(written(tmp_path, "a;b\n", "a.xlsx")) == ("intake.csv-as-workbook", None)
    assert refused(written(tmp_path, "", "a.xlsx")) == ("intake.empty", None)
    assert refused(written(tmp_path, " <HTML><table>", "a.csv")) == ("intake.web-page", None)
    old = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512)
    for name in ("a.csv", "a.xlsx"):
        assert refused(written(tmp_path, old, name)) == ("intake.save-as-xlsx", None)
    for inner in ("mimetype", "xl/workbook.bin", "word/document.xml"):
        with zipfile.ZipFile(tmp_path / "b.xlsx", "w") as archive:
            archive.writestr(inner, "x")
        assert refused(tmp_path / "b.xlsx") == ("intake.save-as-xlsx", None)


def test_a_workbook_with_macros_is_refused_by_its_content(tmp_path):
    """Its list of parts says so, whatever its name."""
    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    book.active.append(["a"])
    book.save(path)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    plain = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    macros = b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"
    assert plain in parts["[Content_Types].xml"]
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(plain, macros)
    with zipfile.ZipFile(path, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    assert refused(path) == ("intake.save-as-xlsx", None)


def test_names_in_an_archive_lead_nowhere(tmp_path):
    """Nothing is written, wherever a part says it belongs."""
    folder = tmp_path / "in"
    folder.mkdir()
    path = folder / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet().write_column("A1", ["a", "b"])
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("../../escaped.xml", "x")
        archive.writestr("/xl/worksheets/../../escaped.xml", "x")
    assert read_table(path).rows == ((2, ("b",)),)
    assert sorted(it.name for it in tmp_path.rglob("*")) == ["a.xlsx", "in"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_is_not_waited_for(tmp_path):
    """Neither it nor a device is a file of answers."""
    os.mkfifo(tmp_path / "a.csv")
    assert refused(tmp_path / "a.csv") == ("intake.not-a-file", None)
    (tmp_path / "b.csv").symlink_to("/dev/zero")
    assert refused(tmp_path / "b.csv") == ("intake.not-a-file", None)


def test_a_file_that_may_not_be_read_is_refused(tmp_path, monkeypatch):
    """The same for a name that no file can have."""

    def refuse(*_):
        raise PermissionError

    monkeypatch.setattr(source.os, "open", refuse)
    assert refused(written(tmp_path, "a\n1\n")) == ("intake.closed-file", None)
    monkeypatch.undo()
    assert refused(tmp_path / "a\0.csv") == ("intake.closed-file", None)


@pytest.mark.parametrize("change", ["longer", "shorter", "replaced"])
def test_a_file_that_changes_meanwhile_is_refused(tmp_path, monkeypatch, change):
    """Half of the old table and half of the new one is no table."""
    path = written(tmp_path, "a\n1\n")
    look = os.fstat
    looks = []

    def changing(opened):
        found = look(opened)
        looks.append(found)
        if len(looks) == 1 and change == "replaced":
            written(tmp_path, "a\n2\n", "other.csv").replace(path)
        elif len(looks) == 1:
            path.write_text("a\n1\n2\n" if change == "longer" else "a\n")
        return found

    monkeypatch.setattr(source.os, "fstat", changing)
    assert refused(path) == ("intake.changing", None)


def test_a_very_long_line_or_very_many_columns_are_refused(tmp_path):
    """Within a moment, and with the row."""
    assert refused(written(tmp_path, "a;b\n" + "x" * 20_000_000)) == ("intake.limit-line", 2)
    assert refused(written(tmp_path, "a;b\n1" + ";" * 2_000_000)) == ("intake.limit-line", 2)
    blank = "a;b" + ";" * 1_000_000 + "\n1;2" + ";" * 1_000_000 + "\n"
    assert read_table(written(tmp_path, blank)).rows == ((2, ("1", "2")),)


def test_many_blank_rows_take_no_room(tmp_path):
    """A table that somebody formatted down to the last row is read."""
    table = read_table(written(tmp_path, "a;b\n1;2\n" + ";\n" * 500_000), FileLimits(cells=1000))
    assert (table.rows, table.blank_rows) == (((2, ("1", "2")),), 500_000)


@given(st.lists(st.lists(st.text("аб\"; \n,'", max_size=4), min_size=3, max_size=3), max_size=8))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_a_table_is_the_same_in_every_encoding(tmp_path, rows):
    """Whatever its cells hold."""
    path = tmp_path / "answers.csv"
    tables = []
    for encoding in ("utf-8", "utf-16", "cp1251"):
        with path.open("w", encoding=encoding, newline="") as file:
            writer = csv.writer(file, delimiter=";", quoting=csv.QUOTE_ALL)
            writer.writerows([["Код", "Класс", "Цель"], *rows, ["Анна", "Пятый", "Учиться"]])
        tables.append(read_table(path))
    assert {replace(it, encoding=None).header for it in tables} == {("Код", "Класс", "Цель")}
    assert tables[0].rows == tables[1].rows == tables[2].rows
