"""Workbooks are checked before a reader sees them."""

import datetime as dt
import zipfile
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime
from io import BytesIO

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import load_workbook

from mentormatch.errors import IntakeError, Place
from mentormatch.intake.guard import checked_workbook
from mentormatch.intake.meter import Meter, column_number
from mentormatch.intake.source import FileLimits
from mentormatch.intake.tables import read_table

PLACE = Place(file="answers.xlsx")
SHEET = "xl/worksheets/sheet1.xml"
TEXTS = "xl/sharedStrings.xml"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def workbook(*rows, sheets=("Answers",)):
    """Make the bytes of a workbook whose sheets all hold the same rows."""
    content = BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        book.set_properties({"created": datetime(2000, 1, 1, tzinfo=UTC)})  # always the same bytes
        for name in sheets:
            page = book.add_worksheet(name)
            for number, row in enumerate(rows):
                page.write_row(number, 0, row)
    return content.getvalue()


def with_parts(content, **changed):
    """Copy a workbook with some parts replaced, added, or removed by None."""
    parts = {}
    with zipfile.ZipFile(BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts |= changed
    copy = BytesIO()
    with zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            if part is not None:
                archive.writestr(name, part)
    return copy.getvalue()


def sheet(data):
    """Make the part of a sheet from the XML of its rows."""
    return f'<worksheet xmlns="{MAIN}"><sheetData>{data}</sheetData></worksheet>'


def texts(*items):
    """Make the part of the shared texts."""
    return f'<sst xmlns="{MAIN}">{"".join(items)}</sst>'


def code_of(content, limits=None):
    """Return the code of the one defect that the guard finds."""
    with pytest.raises(IntakeError) as caught:
        checked_workbook(content, PLACE, limits)
    (defect,) = caught.value.defects
    assert defect.place == PLACE
    return defect.code


def test_an_ordinary_workbook_reads_the_same_after_the_check():
    """The copy holds the same sheets and cells."""
    content = workbook(["Код", "Балл"], ["T-1", 5.5], ["T-2", True])
    copy = checked_workbook(content, PLACE).content
    with load_workbook(BytesIO(content)) as before, load_workbook(BytesIO(copy)) as after:
        assert after.sheet_names == before.sheet_names == ["Answers"]
        rows = after.get_sheet_by_name("Answers").to_python()
        assert rows == before.get_sheet_by_name("Answers").to_python()
        assert rows == [["Код", "Балл"], ["T-1", 5.5], ["T-2", True]]


def test_parts_that_no_reader_needs_are_left_out():
    """Macros, pictures and links to other files don't reach the reader."""
    extra = {
        "xl/vbaProject.bin": b"x",
        "xl/media/image1.png": b"x",
        "xl/externalLinks/externalLink1.xml": b"<!DOCTYPE a><a/>",
        "customXml/item1.xml": "<a/>".encode("utf-16"),
    }
    copy = checked_workbook(with_parts(workbook(["a"]), **extra), PLACE).content
    with zipfile.ZipFile(BytesIO(copy)) as archive:
        assert extra.keys().isdisjoint(archive.namelist())
        assert SHEET in archive.namelist()


FAR_CELL = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
WIDE_ROWS = "".join(f'<row r="{n}"><c r="XFD{n}"/></row>' for n in range(1, 200))


@pytest.mark.parametrize(
    "part",
    [
        FAR_CELL,  # 4.6 KB that would take 116 GB
        FAR_CELL.replace('"', "'"),
        FAR_CELL.replace("<c ", "<x:c xmlns:x='y' "),
        '<row r="1048576"><c r="A1"/><c r="D1"><v>1</v></c><c><v>2</v></c></row>',
        '<row r="1000000"><c/><c/><c/><c><v>1</v></c></row>',  # cells without a reference
        '<row r="1000000"></row><row><c r="A1"/><c r="D1"/><c><v>1</v></c></row>',
        '<row><c r="XFD1048576"><c r="A1"><v>1</v></c></c></row>',  # a cell within a cell
        WIDE_ROWS,
    ],
)
def test_a_far_cell_is_refused(part):
    """However its place is written, a sheet that would fill the memory is not read."""
    bomb = with_parts(workbook(["a"]), **{SHEET: sheet(part)})
    assert code_of(bomb, FileLimits(cells=3_000_000)) == "intake.limit-cells"


def test_a_sheet_within_the_bounds_is_read():
    """The mirror image: a cell not so far away is fine."""
    content = workbook(["a"])
    near = with_parts(
        content, **{SHEET: sheet('<row r="100000"><c r="AD100000"><v>1</v></c></row>')}
    )
    with load_workbook(BytesIO(checked_workbook(near, PLACE).content)) as book:
        assert book.get_sheet_by_name("Answers").end == (99_999, 29)


def test_sheets_are_measured_together():
    """Many sheets just within the bounds are too much."""
    content = workbook(["a"], sheets=("a", "b"))
    half = sheet('<row r="4000000"><c r="A1"/><c/><v>1</v></row>')
    one = with_parts(content, **{SHEET: half})
    both = with_parts(one, **{"xl/worksheets/sheet2.xml": half})
    with pytest.raises(IntakeError):
        checked_workbook(both, PLACE)


def test_a_long_text_shared_by_many_cells_is_refused():
    """A megabyte that five hundred cells share would become five hundred megabytes."""
    row = '<row r="1">' + '<c t="s"><v> 1 </v></c>' * 500 + "</row>"
    long = texts("<si/>", f"<si><r><t>{'x' * 2**19}</t></r><r><t>{'y' * 2**19}</t></r></si>")
    content = workbook(["a"])
    bomb = with_parts(content, **{SHEET: sheet(row), TEXTS: long})
    assert code_of(padded(bomb)) == "intake.limit-unpacked"
    few = sheet('<row r="1">' + '<c t="s"><v>1</v></c>' * 10 + "</row>")
    checked_workbook(padded(with_parts(content, **{SHEET: few, TEXTS: long})), PLACE)


@pytest.mark.parametrize("number", ["2147483648", "9" * 20, "9" * 5000, " 99999999999 ", "-1"])
def test_a_number_of_a_text_that_is_out_of_reach_is_no_crash(number, tmp_path):
    """A cell may name any text it likes; where there is none, the table has no such cell."""
    content = workbook(["a"])
    with zipfile.ZipFile(BytesIO(content)) as archive:
        rows = archive.read(SHEET).replace(b"<v>0</v>", f"<v>{number}</v>".encode())
    path = tmp_path / "answers.xlsx"
    path.write_bytes(with_parts(content, **{SHEET: rows}))
    with pytest.raises(IntakeError):
        read_table(path)


def padded(content):
    """Add a part that is not compressed, so that the ratio is not what is refused."""
    copy = BytesIO(content)
    with zipfile.ZipFile(copy, "a") as archive:
        archive.writestr("xl/media/noise.bin", bytes(2**20))
    return copy.getvalue()


@pytest.mark.parametrize(
    "part",
    [
        # a nested text shifts the numbers of those behind it
        texts("<si><si><t>a</t></si></si>", "<si><t>b</t></si>"),
        '<!DOCTYPE sst [<!ENTITY a "b">]>' + texts("<si><t>&a;</t></si>"),
        "<!DOCTYPE sst SYSTEM 'file:///etc/passwd'>" + texts(),
        "<sst>",
        texts("<si><t>a</t></si>").encode("utf-16"),
        '<?xml version="1.0" encoding="cp037"?>'.encode("cp037"),
    ],
)
def test_unusual_xml_is_refused(part):
    """Entities, broken XML, other encodings and tricks with texts are not read."""
    assert code_of(with_parts(workbook(["a"]), **{TEXTS: part})) == "intake.damaged"


@pytest.mark.parametrize(
    "part",
    [
        '<row r="1"><c r="A0"><v>1</v></c></row>',
        '<row r="1"><c r="A99999999999999"><v>1</v></c></row>',
        '<row r="A"><c><v>1</v></c></row>',
        '<row r="99999999999"><c><v>1</v></c></row>',
        '<row r="1"><c t="s"><v>0</v><v>1</v></c></row>',  # two values
        '<row r="1"><c t="s"><v>0<x/></v></c></row>',
        '<row r="1"><c t="s"><x/><v>0</v></c></row>',
    ],
)
def test_a_cell_that_could_be_read_in_two_ways_is_refused(part):
    """What the schema of workbooks doesn't allow is not left to the reader."""
    assert code_of(with_parts(workbook(["a"]), **{SHEET: sheet(part)})) == "intake.damaged"


def test_a_zip_bomb_is_refused():
    """Neither much more than the limit nor 200 times its own size is unpacked."""
    zeros = with_parts(workbook(["a"]), **{TEXTS: texts("<si>", " " * 2**23, "</si>")})
    assert len(zeros) < 2**20
    assert code_of(zeros) == "intake.limit-ratio"
    assert code_of(zeros, FileLimits(unpacked=2**20)) == "intake.limit-unpacked"
    checked_workbook(zeros, PLACE, FileLimits(ratio=2000))


def test_a_workbook_of_many_parts_is_refused():
    """More than 500 parts are too many."""
    parts = {f"xl/media/{number}.png": b"" for number in range(501)}
    assert code_of(with_parts(workbook(["a"]), **parts)) == "intake.limit-parts"


def test_one_part_as_several_sheets_is_refused():
    """A reader would read it again and again."""
    content = workbook(["a"], sheets=("a", "b"))
    rels = "xl/_rels/workbook.xml.rels"
    with zipfile.ZipFile(BytesIO(content)) as archive:
        part = archive.read(rels).replace(b"sheet2.xml", b"sheet1.xml")
    assert code_of(with_parts(content, **{rels: part})) == "intake.damaged"


def test_one_part_twice_in_the_archive_is_refused():
    """Which of the two a reader takes is anybody's guess."""
    copy = BytesIO(workbook(["a"]))
    with zipfile.ZipFile(copy, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr(SHEET, sheet(""))
    assert code_of(copy.getvalue()) == "intake.damaged"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "intake.save-as-xlsx"),  # .xls
        (with_parts(workbook(["a"]), **{"xl/workbook.xml": None}), "intake.save-as-xlsx"),  # .ods
        (workbook(["a"])[:-200], "intake.damaged"),
        (b"PK\x03\x04", "intake.damaged"),
        (b"", "intake.damaged"),
        (b"code,name\n", "intake.damaged"),
    ],
)
def test_what_is_no_workbook_is_refused(content, code):
    """Older and other formats, and broken files, are named as such."""
    assert code_of(content) == code


def test_cells_that_readers_lose_are_found():
    """An error and a formula without a value look empty to a reader, but are not."""
    content = BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        book.add_worksheet("first").write_row(0, 0, ["a", "b"])
        page = book.add_worksheet("second")
        page.write_formula("B2", "=1/0", None, "#DIV/0!")
        page.write_formula("C3", "=1+1", None, "")
        page.write_formula("D4", "=1+1", None, 2)
        page.write_formula("E5", '="a"', None, "a")
    sheets = checked_workbook(content.getvalue(), PLACE).sheets
    assert {name: facts.lost for name, facts in sheets.items()} == {
        "first": [],
        "second": [(2, 2), (3, 3)],
    }
    assert sheets["second"].formulas == {4: (4, 1), 5: (5, 1)}


def test_formulas_outside_of_cells_are_no_lost_cells():
    """Drop-down lists and small charts hold formulas too, behind the rows."""
    part = sheet('<row r="1"><c r="A1"><v>5</v></c></row>').replace(
        "</worksheet>", "<extLst><ext><xm:f xmlns:xm='y'>A1</xm:f></ext></extLst></worksheet>"
    )
    book = checked_workbook(with_parts(workbook(["a"]), **{SHEET: part}), PLACE)
    assert (book.sheets["Answers"].lost, book.sheets["Answers"].formulas) == ([], {})


def test_columns_are_counted_as_spreadsheets_do():
    """A is the first, XFD the last."""
    assert [column_number(name) for name in ("A", "Z", "AA", "XFD")] == [1, 26, 27, 16_384]


@given(st.data())
def test_a_damaged_workbook_is_read_or_refused(data):
    """Whatever byte is changed, nothing but an IntakeError comes out."""
    content = bytearray(workbook(["Код", "Балл"], ["T-1", 5]))
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(content)))
    for damaged in (bytes(content), bytes(content[:cut])):
        with suppress(IntakeError):
            checked_workbook(damaged, PLACE)


# --- by the grammar and by the parser ------------------------------------------------------

WORDS = st.sampled_from(
    ["", "x", "да; нет", " ", "a&amp;b", "&lt;", "]]>", "\uffff", "1", "-2.5"]
    + [f"&#{number};" for number in (9, 133, 160, 1050, 55296)]
)
STYLE = st.sampled_from(["", ' s="1"', ' s="12"'])
FORMULA = st.sampled_from(
    ["", "<f/>", "<f>A1</f>", '<f aca="false">A1</f>', '<f si="1" si="1"/>', '<f t="a" si="0"/>']
)
VALUE = st.one_of(st.just(""), st.just("<v/>"), WORDS.map("<v>{}</v>".format))


@st.composite
def cells(draw, row):
    """Write a cell as one program or another does."""
    letters = draw(st.sampled_from(["A", "B", "C", "Z", "AB", "XFD"]))
    kind = draw(
        st.sampled_from(
            ["", *(f' t="{it}"' for it in ["n", "s", "b", "e", "str", "inlineStr", "d"])]
        )
    )
    number = draw(st.sampled_from([row, row, row, row, row + 1]))
    body = draw(FORMULA) + draw(VALUE)
    if "s" in kind and draw(st.booleans()):
        body = f"<v>{draw(st.integers(0, 3))}</v>"
    if "inline" in kind:
        body = f"<is><t>{draw(WORDS)}</t></is>"
    reference = f' r="{letters}{number}"' if draw(st.integers(0, 9)) else ""
    return f"<c{reference}{draw(STYLE)}{kind}>{body}</c>" if body else f"<c{reference}{kind}/>"


@st.composite
def sheets(draw):
    """Write a sheet of a few rows, and sometimes damage it."""
    written = []
    row = 0
    for _ in range(draw(st.integers(0, 5))):
        row += draw(st.sampled_from([1, 1, 1, 3, 900, 0]))
        inside = "".join(draw(st.lists(cells(row), max_size=4)))
        more = draw(st.sampled_from(["", ' spans="1:3"', ' hidden="1"', ' hidden="1" hidden="1"']))
        written.append(f'<row r="{row}"{more}>{inside}</row>')
    columns = draw(st.sampled_from(["", '<cols><col min="2" max="3" hidden="1"/></cols>']))
    comment = draw(st.sampled_from(["", "", "", "<!-- <sheetData> -->"]))
    begin, end = "<sheetData>", draw(st.sampled_from(["</sheetData>", "</sheetData>", ""]))
    if comment:
        begin = draw(st.sampled_from([begin, "<sheetData >"]))
    part = f'<worksheet xmlns="{MAIN}">{columns}{comment}{begin}{"".join(written)}{end}</worksheet>'
    content = bytearray(part.encode())
    for _ in range(draw(st.sampled_from([0, 0, 0, 1, 2]))):
        place = draw(st.integers(0, len(content) - 1))
        signs = [b"", b"<", b">", b'"', b"\xff", b"\x01", b"9", b"<c/>", b"<!--", b"</row>", b" "]
        content[place : place + draw(st.integers(0, 2))] = draw(st.sampled_from(signs))
    return bytes(content)


TWO_TEXTS = texts("<si><t>abc</t></si>", "<si><t>d&amp;e</t></si>")


def verdict(part, limits, *, by_grammar):
    """Return what the guard finds in a sheet, or why it refuses it."""
    meter = Meter(PLACE, limits, by_grammar=by_grammar)
    try:
        meter.begin("xl/sharedStrings.xml")
        meter.feed(TWO_TEXTS.encode())
        meter.end()
        meter.begin(SHEET)
        for start in range(0, len(part), 150):
            meter.feed(part[start : start + 150])
        meter.end()
        meter.check_texts()
    except IntakeError as error:
        return [defect.code for defect in error.defects]
    facts = meter.facts[SHEET]
    facts.lost.sort()
    return facts, meter.cells, Counter(meter.text_uses)


@given(sheets(), st.sampled_from([FileLimits(), FileLimits(cells=2_000), FileLimits(unpacked=9)]))
@settings(max_examples=400)
def test_the_grammar_and_the_parser_find_the_same(part, limits):
    """Whatever a sheet holds, it makes no difference which of the two has measured it."""
    found = verdict(part, limits, by_grammar=True)
    assert found == verdict(part, limits, by_grammar=False)


@st.composite
def shared(draw):
    """Write some shared texts, and sometimes damage them."""
    begin = draw(
        st.sampled_from(["<sst>", f'<sst xmlns="{MAIN}" count="2">', "<!-- <sst> --><sst>"])
    )
    inside = ["<t>{}</t>", '<t xml:space="preserve">{}</t>', "<r><t>{}</t></r>", "<t/>"]
    found = [
        f"<si>{draw(st.sampled_from(inside)).format(draw(WORDS) + draw(WORDS))}</si>"
        for _ in range(draw(st.integers(0, 5)))
    ]
    gap = draw(st.sampled_from(["", "", "\r\n", "<!-- <si> -->"]))
    content = bytearray(f"{begin}{gap.join(found)}</sst>".encode())
    for _ in range(draw(st.sampled_from([0, 0, 0, 1, 2]))):
        place = draw(st.integers(0, len(content) - 1))
        signs = [b"", b"<", b">", b"\xff", b"\x01", b"\r\n", b"\r", b"<si>", b"</sst>", b"]]>"]
        content[place : place + draw(st.integers(0, 2))] = draw(st.sampled_from(signs))
    return bytes(content)


def lengths(part, *, by_grammar):
    """Return how long the guard finds the shared texts, or None when it refuses them."""
    meter = Meter(PLACE, FileLimits(), by_grammar=by_grammar)
    try:
        meter.begin("xl/sharedStrings.xml")
        for start in range(0, len(part), 60):
            meter.feed(part[start : start + 60])
        meter.end()
    except IntakeError:
        return None
    return meter.text_lengths


@given(shared())
@settings(max_examples=400)
def test_the_grammar_and_the_parser_measure_texts_alike(part):
    """Whatever the shared texts are, it makes no difference which of the two measures them."""
    assert lengths(part, by_grammar=True) == lengths(part, by_grammar=False)


@pytest.mark.parametrize("writer", ["xlsxwriter", "openpyxl"])
def test_ordinary_programs_keep_to_the_grammar(writer, monkeypatch):
    """The parser sees none of their rows, so a large sheet takes little time."""
    rows = [["Код", 5, 2.5, True, "", "a&b <c>"], ["T-1", None, dt.date(2025, 9, 1), "x", "y", "="]]
    if writer == "xlsxwriter":
        content = workbook(*[[it for it in row if not isinstance(it, dt.date)] for row in rows])
    else:
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        book.active["A3"] = "=1+1"
        stream = BytesIO()
        book.save(stream)
        content = stream.getvalue()

    def refuse(*_):
        raise AssertionError("the parser met a row")

    monkeypatch.setattr(Meter, "_start_row", refuse)
    monkeypatch.setattr(Meter, "_read_text", refuse)
    checked_workbook(content, PLACE)
