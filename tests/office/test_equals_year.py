"""Two equals, and pupils with two mentors, from the matching to the last day, counted by hand."""

import io
import zipfile
from datetime import date

import openpyxl
import pytest

import circles
import mentormatch as mm
from mentormatch.documents.cabinet import make_documents
from mentormatch.documents.sources import Sources
from mentormatch.roadmap.registers import mentee_base, mentor_base, personal_register

POLICY = """
name = "equals"
[[forms]]
id = "visits"
label = { ru = "Посещения", en = "Visits" }
peers = true
mentors = { kind = "teacher" }
mentees = { kind = "teacher" }
[forms.weights]
[[forms]]
id = "career"
label = { ru = "Профессия", en = "Career" }
mentors = { kind = "alumnus" }
mentees = { kind = "student" }
capacity = { most = 2 }
demand = { most = 2 }
[forms.weights]
[limits]
demand = { most = 2 }
[[goals]]
type = "cover"
[[goals]]
type = "fill"
[[goals]]
type = "points"
"""
OCTOBER, WINTER = date(2026, 10, 1), date(2027, 1, 12)


@pytest.fixture
def office(tmp_path):
    """Let two teachers visit each other, and two pupils have two alumni each."""
    folder = circles.write(tmp_path, {"S-1": 5, "S-2": 6}, POLICY)
    people = "T-1,teacher,mentor; mentee\nT-2,teacher,mentor; mentee\n"
    people += "A-1,alumnus,mentor\nA-2,alumnus,mentor\n"
    (folder / "mentors.csv").write_text(f"code,kind,roles\n{people}", "utf-8")
    with mm.Office.open(folder, today=OCTOBER) as office:
        office.match()
        office.decide()
        office.order("1", ends=date(2027, 5, 31))
        yield office


def visits(office):
    """Find the pairs of equals."""
    return [pair for pair in office.state.pairs.values() if pair.form == "visits"]


def test_two_equals_are_one_pair_with_one_plan_and_one_log(office):
    """Five pairs run, one of them the teachers'; both are in it in both roles."""
    assert len(office.state.pairs) == 5
    (two,) = visits(office)
    assert (two.members, two.equals) == (("T-1", "T-2"), True)
    assert {("T-1", "T-2"), ("T-2", "T-1")} < set(office.state.running())
    assert len(office.state.running()) == 6
    assert office.draft_plans().values["count"] == 5
    assert office.meeting(two.pair, "acquaintance", going_on=["all"]).values["confirmed"] == 2
    (log,) = office.write_meetings().files
    assert len([*openpyxl.load_workbook(log).worksheets[0].values]) == 1 + 5


def test_two_equals_go_on_and_end_together(office):
    """A second matching keeps the pair; once it has broken it is not made again in either way."""
    (two,) = visits(office)
    office.today = WINTER
    assert (office.match().values["kept"], office.rematch().values["kept"]) == (5, 5)
    office.end([two.pair], "no_fit")
    assert set(office.state.broken()) == {("T-1", "T-2"), ("T-2", "T-1")}
    for made in (office.rematch(), office.match()):
        assert (made.values["kept"], made.values["count"]) == (4, 0)
        assert set(made.result.matching.unmatched) == {"T-1", "T-2"}
    past = [(it.mentor, it.mentee, it.until) for it in office.state.history() if it.broken]
    assert past == [("T-2", "T-1", WINTER), ("T-1", "T-2", WINTER)]


def test_a_proposal_of_two_equals_is_forbidden_for_both(office):
    """A ban on one direction is one on the pair."""
    (two,) = visits(office)
    office.end([two.pair], "other")
    office.match()
    (again,) = (pair for pair in visits(office) if pair.open)
    (sheet,) = office.write_decisions(lang="en").files
    book = openpyxl.load_workbook(sheet)
    page = book.worksheets[0]
    heads = [cell.value for cell in page[1]]
    assert [row[0].value for row in page.iter_rows(min_row=2)] == [again.pair]
    page.cell(2, heads.index("Decision") + 1).value = "forbid"
    book.save(sheet)
    office.decide(sheet)
    assert not office.state.pairs[again.pair].open
    assert office.rematch().values["count"] == 0


def test_lists_and_letters_know_both_of_two_equals_in_both_roles(office):
    """Each is in both bases, once in the register, and has a letter as mentor and as mentee."""
    (two,) = visits(office)
    for base in (mentor_base, mentee_base):
        rows = [row for row in base(office.state, WINTER).rows if row[5] == two.pair]
        assert sorted((row[0], row[7]) for row in rows) == [("T-1", ("T-2",)), ("T-2", ("T-1",))]
    rows = [row for row in personal_register(office.state, WINTER).rows if row[4] == two.pair]
    assert [(row[0], row[2]) for row in rows] == [
        ("T-1", ("mentee", "mentor")),
        ("T-2", ("mentee", "mentor")),
    ]
    sources = Sources.of(office.programme, WINTER, lang="en", names="letters")
    letters = {}
    for paper in make_documents(sources, ["D-LET"]):
        with zipfile.ZipFile(io.BytesIO(paper.content)) as archive:
            letters[paper.file] = archive.read("word/document.xml").decode()
    for own, other in (("T-1", "T-2"), ("T-2", "T-1")):
        for reader in ("mentor", "mentee"):
            assert f"Name {other}" in letters[f"Letter-to-{reader}-{own}.docx"]
    assert "Visits" in letters["Letter-to-mentor-T-1.docx"]
    assert "Name A-1" in letters["Letter-to-mentee-S-1.docx"]
    assert "Name A-2" in letters["Letter-to-mentee-S-1.docx"]
    (paper,) = make_documents(sources, ["D-UNM"])
    cells = openpyxl.load_workbook(io.BytesIO(paper.content)).worksheets[0].values
    assert not {"T-1", "T-2", "S-1"} & {cell for row in cells for cell in row}
    calendars = {paper.file for paper in make_documents(sources, ["D-CAL"])}
    assert calendars >= {"calendar-T-1.ics", "calendar-T-2.ics"}
