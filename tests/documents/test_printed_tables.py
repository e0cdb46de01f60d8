"""What all tables have in common: titles, pages, inert text, and the same bytes each time."""

import io
import os
import re
import shutil
import subprocess
import zipfile
from datetime import UTC, date, datetime
from itertools import pairwise

import openpyxl
import pytest
from openpyxl.utils import column_index_from_string, get_column_letter
from printed import only_table, tables_of
from python_calamine import CalamineWorkbook

from mentormatch.documents.cabinet import MAKERS
from mentormatch.documents.tables.bases import mentee_base, mentor_base
from mentormatch.documents.tables.comparisons import comparative_tables
from mentormatch.documents.tables.registers import (
    acts_checklist,
    personal_register,
    potential_mentors,
)
from mentormatch.documents.tables.roadmap import roadmap_table
from mentormatch.documents.tables.unmatched import unmatched_list
from mentormatch.errors import MentorMatchError
from mentormatch.programme import facts as f
from mentormatch.programme.state import State

END = date(2027, 6, 1)
TABLES = {
    "D-MENTEES": mentee_base,
    "D-MENTORS": mentor_base,
    "D-REG": personal_register,
    "D-POT": potential_mentors,
    "D-ACTS": acts_checklist,
    "D-COMP": comparative_tables,
    "D-UNM": unmatched_list,
    "D-RM": roadmap_table,
}
DANGEROUS = [
    "=cmd|' /C calc'!A0",
    "@SUM(1+1)",
    "+7 900 000-00-00",
    "-2+3",
    "\t=1+1",
    '=HYPERLINK("http://x.example";"y")',
    "{=1+1}",
    "<b>Тестов</b> & <script>",
    "_x000D_ Тестов",
    "\u202eвонаби",
    "&P &N &D",
    "Пример" * 1667,
    "Демов\nИван",
]


def people(names):
    """Let as many mentees as there are names be in pairs with one mentor."""
    state, at = State(), datetime(2026, 12, 1, 9, tzinfo=UTC)
    codes = [f"S-{place:03d}" for place in range(len(names))]
    on = date(2026, 9, 1)
    enrolled = [f.Enrolment(person=it, kind="student", roles=("mentee",)) for it in codes]
    enrolled.append(f.Enrolment(person="T-1", kind="teacher", roles=("mentor",)))
    pairs = [
        f.Proposal(pair=f"p{place}", form="x", mentor="T-1", mentees=[it])
        for place, it in enumerate(codes)
    ]
    ids = [it.pair for it in pairs]
    digest = "0" * 64
    for fact in (
        f.Enrolled(on=on, people=enrolled),
        f.RoundMade(round="r", on=on, inputs=digest, policy=digest, result=digest, proposals=pairs),
        f.Accepted(pairs=ids),
        f.Ordered(number="1", on=on, pairs=ids, starts=on, ends=date(2027, 5, 31)),
    ):
        state = state.apply(state.entry(fact, "curator", at))
    return state, dict(zip(codes, names, strict=True)) | {"T-1": "Условная Вера"}


def test_the_cabinet_knows_every_table():
    """Whoever asks for all documents gets these too."""
    assert {code: MAKERS[code] for code in TABLES} == TABLES


def assert_legible(page):
    """Hold a sheet to A4 across: no letter under 8 points, no page broader than the paper.

    A character is 7 pixels of 1/96 inch, and a column has 5 more; between the margins there
    are 10.89 inches.
    """
    count, cuts = page.max_column, [it.id for it in page.col_breaks.brk]
    columns = [page.column_dimensions[get_column_letter(n + 1)].width for n in range(count)]
    inches = [(7 * width + 5) / 96 for width in columns]
    kept = page.print_title_cols
    head = 0 if kept is None else sum(inches[: column_index_from_string(kept.split("$")[2])])
    pages = [
        sum(inches[begin:end]) + (head if begin else 0)
        for begin, end in pairwise([0, *cuts, count])
    ]
    assert bool(cuts) == bool(head)
    size = {page.cell(row, 1).font.sz for row in range(3, page.max_row + 1)}
    assert size == {10}
    if cuts:
        assert not page.sheet_properties.pageSetUpPr.fitToPage
        assert page.page_setup.pageOrder == "overThenDown"
        assert page.page_setup.scale >= 80
        assert max(pages) * page.page_setup.scale / 100 <= 10.89
    else:
        assert page.sheet_properties.pageSetUpPr.fitToPage
        assert (page.page_setup.fitToWidth, page.page_setup.fitToHeight) in {(1, 0), (None, 0)}
        assert 10.89 / pages[0] >= 0.8


@pytest.mark.parametrize("code", TABLES)
@pytest.mark.parametrize("lang", ["ru", "en"])
def test_a_table_names_the_school_and_the_day_and_fits_a_page(school_sources, code, lang):
    """Title, school, day; A4 across, the header on each page; facing pages where it is broad."""
    papers = list(TABLES[code](school_sources(END, lang)))
    assert {paper.code for paper in papers} == {code}
    assert all(re.fullmatch(rf"{code}-[\w-]+\.xlsx", paper.file) for paper in papers)
    for paper in papers:
        for table in tables_of(paper.content).values():
            page = table.page
            title, school, on = table.titles
            assert title
            assert "Вымышленск" in school or "Vymyshlensk" in school
            assert on.endswith("1 июня 2027 г." if lang == "ru" else "1 June 2027")
            assert page.page_setup.orientation == "landscape"
            assert page.page_setup.paperSize == 9
            assert_legible(page)
            assert page.oddFooter.right.text == "&P / &N"
            assert len(set(table.header)) == len(table.header)


@pytest.mark.parametrize("code", TABLES)
def test_the_same_facts_give_the_same_bytes(school_sources, code):
    """Neither the clock nor the order of sets leaves a trace."""
    first, second = (
        [(paper.file, paper.content) for paper in TABLES[code](school_sources(END))]
        for _ in range(2)
    )
    assert first == second


@pytest.mark.parametrize("code", TABLES)
def test_whatever_people_are_called_is_text(sources_of, code):
    """Nothing in a name is run; no cell of a table is a formula, a link or markup."""
    state, names = people(DANGEROUS)
    for paper in TABLES[code](sources_of(state, END, names)):
        assert all(evil not in paper.file for evil in DANGEROUS)
        with zipfile.ZipFile(io.BytesIO(paper.content)) as book:
            sheets = [book.read(it) for it in book.namelist() if "worksheets/" in it]
            assert all(b"<f>" not in sheet for sheet in sheets)
            assert all(b"<hyperlink" not in sheet for sheet in sheets)
            assert not [it for it in book.namelist() if "external" in it.lower()]
        pages = openpyxl.load_workbook(io.BytesIO(paper.content)).worksheets
        kinds = {cell.data_type for page in pages for row in page.iter_rows() for cell in row}
        assert kinds <= {"s", "n", "d"}


def test_names_read_back_as_they_were_given(sources_of):
    """Formulas, markup, other directions, ten thousand letters: each is what it was."""
    state, names = people(DANGEROUS)
    (paper,) = mentee_base(sources_of(state, END, names))
    rows = CalamineWorkbook.from_filelike(io.BytesIO(paper.content)).get_sheet_by_index(0)
    found = {str(cell) for row in rows.to_python() for cell in row}
    assert set(DANGEROUS) <= found


def test_characters_that_no_document_can_hold_are_left_out(sources_of):
    """The rest of the name stays."""
    state, names = people(["Те\x00с\x07т\x1bов\ud800 Иван\uffff"])
    table = only_table(mentee_base(sources_of(state, END, names)))
    assert table.column("ФИО") == ["Тестов Иван"]


def test_a_name_longer_than_a_cell_is_an_error_with_its_place(sources_of):
    """Cutting it without a word would be worse."""
    state, names = people(["x" * 40_000])
    with pytest.raises(MentorMatchError) as caught:
        list(mentee_base(sources_of(state, END, names)))
    (defect,) = caught.value.defects
    assert (defect.code, defect.place.row, defect.place.column) == (
        "spreadsheet.too-long",
        6,
        "ФИО",
    )


def test_two_hundred_pairs_stand_in_one_table(sources_of):
    """In the order of names, every one of them."""
    names = [f"Примерова-Тестовая-{number} Александра" for number in range(200)]
    state, known = people(names)
    table = only_table(mentee_base(sources_of(state, END, known)))
    assert table.column("ФИО") == sorted(names)
    assert table.column("№") == list(range(1, 201))
    mentors = only_table(mentor_base(sources_of(state, END, known)))
    assert len(mentors.rows) == 200
    assert set(mentors.column("№")) == {1}


def test_a_column_of_days_is_a_column_of_days(school_sources):
    """It can be sorted and counted with, and is written as the language does."""
    for lang, look in (("ru", "dd.mm.yyyy"), ("en", "yyyy-mm-dd")):
        table = only_table(mentee_base(school_sources(END, lang)))
        title = "Дата вхождения" if lang == "ru" else "Joined on"
        assert all(isinstance(cell, datetime) for cell in table.column(title))
        place = table.header.index(title) + 1
        assert table.page.cell(8, place).number_format == look


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice isn't installed")
def test_libreoffice_opens_every_table(school_sources, tmp_path):
    """Each becomes a PDF with as many pages as it should at least have."""
    files = []
    for make in TABLES.values():
        for paper in make(school_sources(END)):
            files.append(tmp_path / paper.file)
            files[-1].write_bytes(paper.content)
    profile = f"-env:UserInstallation=file://{tmp_path}/office"
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path)]
    subprocess.run(
        [*command, *map(str, files)],
        check=True,
        capture_output=True,
        timeout=300,
        env=os.environ | {"HOME": str(tmp_path)},
    )
    for file in files:
        assert file.with_suffix(".pdf").read_bytes()[:5] == b"%PDF-"
