"""A curator's year in a small school: two mentors, three mentees, every count worked by hand."""

from datetime import date
from pathlib import Path

import openpyxl
import pytest

import mentormatch as mm
from mentormatch.errors import IntakeError, RegisterError
from mentormatch.office.traces import traces_of
from mentormatch.programme.facts import Changed

QUESTIONNAIRE = """
name = "small"
title = "Small"
[[questions]]
id = "kind"
kind = "choice"
label = "Kind"
options = [
  { id = "teacher", ru = "Педагог", en = "Teacher" },
  { id = "alumnus", ru = "Выпускник", en = "Alumnus" },
  { id = "student", ru = "Ученик", en = "Student" },
]
[[questions]]
id = "roles"
kind = "multi"
label = "Roles"
options = [{ id = "mentor", ru = "Н", en = "Mentor" }, { id = "mentee", ru = "П", en = "Mentee" }]
[[questions]]
id = "joy"
kind = "scale"
label = "Joy"
"""
POLICY = """
name = "small"
[[forms]]
id = "teacher_student"
label = "Teacher and student"
mentors = { kind = "teacher" }
mentees = { kind = "student" }
capacity = { most = 1 }
[forms.weights]
[[forms]]
id = "alumnus_student"
label = "Alumnus and student"
mentors = { kind = "alumnus" }
mentees = { kind = "student" }
capacity = { most = 1 }
[forms.weights]
"""
FILES = {
    "programme.toml": 'name = "small"\nas_of = 2026-10-01\n'
    'answers = { mentors = "mentors.csv", mentees = "mentees.csv" }\n',
    "questionnaire.toml": QUESTIONNAIRE,
    "policy.toml": POLICY,
    "mentors.csv": "code,kind\nT-1,teacher\nA-1,alumnus\nT-2,teacher\n",
    "mentees.csv": "code,kind\nS-1,student\nS-2,student\n",
}

KINDS = {"T-1": "teacher", "A-1": "alumnus", "T-2": "teacher"}


@pytest.fixture
def office(tmp_path):
    """Open the office of the small school, on the first of October."""
    for name, content in FILES.items():
        (tmp_path / name).write_text(content, "utf-8")
    with mm.Office.open(tmp_path, today=date(2026, 10, 1)) as office:
        yield office


@pytest.fixture
def running(office):
    """Let both mentees have a running pair."""
    office.match()
    office.decide()
    office.order("1", ends=date(2027, 5, 31))
    return office


def fill(path: Path, title: str, *values: object) -> Path:
    """Fill in a column of a sheet, from its second row on."""
    book = openpyxl.load_workbook(path)
    page = book.worksheets[0]
    (column,) = (cell.column for cell in page[1] if cell.value == title)
    for row, value in enumerate(values, 2):
        page.cell(row, column).value = value
    book.save(path)
    return path


def test_a_round_is_recorded_with_its_result(office):
    """Both mentees are proposed a pair; the stored result is the one that was found."""
    made = office.match()
    pairs = office.state.pairs
    assert sorted(pairs) == ["2026-10-001", "2026-10-002"]
    (fact,) = office.state.rounds.values()
    assert office.register.result(fact.result).matching.pairs == made.result.matching.pairs
    assert office.register.verify(fact.result)


def test_what_nobody_decided_on_is_proposed_anew_and_what_runs_stays(running):
    """A second matching keeps both pairs and proposes nothing; its name is another one."""
    made = running.match()
    assert (made.values["round"], made.values["kept"], made.values["count"]) == ("2026-10b", 2, 0)
    assert len(running.state.running()) == 2


def test_a_change_comes_into_a_form_that_is_for_the_people_in_it(office):
    """A teacher instead of the alumnus makes it the teachers' form; the other pair stays."""
    office.match()
    alumni = next(pair for pair in office.state.pairs.values() if pair.form == "alumnus_student")
    free = {"T-1", "T-2"} - {pair.mentor for pair in office.state.pairs.values()}
    (sheet,) = office.write_decisions(lang="en").files
    row = [*office.state.pairs].index(alumni.pair)
    blank = [None] * row
    fill(sheet, "Decision", *blank, "change")
    fill(sheet, "New mentor", *blank, free.pop())
    (entry,) = office.decide(sheet).entries
    assert isinstance(entry.fact, Changed)
    assert entry.fact.form == "teacher_student"
    assert office.state.pairs[alumni.pair].form == "teacher_student"


def changed_to(office, mentor, *, waive=None, comment=None):
    """Let the curator give the mentee of the first proposal to another mentor."""
    (sheet,) = office.write_decisions(lang="en").files
    fill(sheet, "Decision", "change")
    fill(sheet, "New mentor", mentor)
    fill(sheet, "Rules set aside", waive)
    fill(sheet, "Comment", comment)
    return sheet


def refusal(office, *asked, **more):
    """Return what is said of a change that can't be, with its row and column."""
    with pytest.raises(IntakeError) as caught:
        office.decide(changed_to(office, *asked, **more))
    assert not any(pair.status == "accepted" for pair in office.state.pairs.values())
    return [(it.code, it.place.row, it.place.column) for it in caught.value.defects]


def test_nobody_is_given_to_a_mentor_without_a_seat(office):
    """Every form has one seat; that of the second proposal's mentor is taken until it is forbidden.

    Were it taken twice, the next matching would drop a pair that runs.
    """
    office.match()
    first, second = office.state.pairs.values()
    assert refusal(office, second.mentor) == [("decisions.no-seat", 2, "New mentor")]
    sheet = changed_to(office, second.mentor)
    fill(sheet, "Decision", "change", "forbid")
    office.decide(sheet)
    assert office.state.pairs[first.pair].mentor == second.mentor


def test_a_mentor_s_own_number_of_seats_counts_over_all_forms(office, tmp_path):
    """Whoever takes nobody is given nobody."""
    asked = '[[questions]]\nid = "capacity"\nkind = "number"\nlabel = "Capacity"\n'
    (tmp_path / "questionnaire.toml").write_text(QUESTIONNAIRE + asked, "utf-8")
    office.match()
    used = {pair.mentor for pair in office.state.pairs.values()}
    (free,) = {"T-1", "A-1", "T-2"} - used
    rows = (f"{code},{kind},{0 if code == free else 1}" for code, kind in KINDS.items())
    table = "\n".join(["code,kind,capacity", *rows])
    (tmp_path / "mentors.csv").write_text(f"{table}\n", "utf-8")
    assert refusal(office, free) == [("decisions.no-seat", 2, "New mentor")]


def test_nobody_is_given_to_a_mentor_whom_a_rule_forbids(office, tmp_path):
    """A rule that can be set aside is named; others can't be, nor one that isn't there."""
    office.match()
    used = {pair.mentor for pair in office.state.pairs.values()}
    (free,) = {"T-1", "A-1", "T-2"} - used
    (tmp_path / "mentors.csv").write_text(
        "code,kind,joy\n" + "".join(f"{code},{kind},1\n" for code, kind in KINDS.items()), "utf-8"
    )

    def ruled(extra=""):
        rule = (
            '[[rules]]\ncode = "R1"\ntype = "condition"\nmentors.joy = { op = ">=", value = 5 }\n'
        )
        (tmp_path / "policy.toml").write_text(f"{POLICY}{rule}{extra}", "utf-8")

    ruled("waivable = false\n")
    assert refusal(office, free) == [("decisions.not-admissible", 2, "New mentor")]
    asked = {"waive": "R1", "comment": "the parents wish it"}
    assert ("decisions.waiver", 2, "Rules set aside") in refusal(office, free, **asked)
    ruled()
    assert refusal(office, free) == [("decisions.against-rules", 2, "New mentor")]
    found = refusal(office, free, waive="R9", comment="the parents wish it")
    assert ("decisions.waiver", 2, "Rules set aside") in found
    office.decide(changed_to(office, free, **asked))
    assert next(iter(office.state.pairs.values())).mentor == free


def test_a_rematch_keeps_accepted_pairs_and_does_not_repeat_a_broken_one(running):
    """One of two pairs breaks; its mentee gets the mentor who was free."""
    broken = next(iter(running.state.pairs.values()))
    running.end([broken.pair], "no_fit")
    made = running.rematch()
    assert (made.values["kept"], made.values["count"]) == (1, 1)
    new = running.state.pairs["2026-10b-001"]
    assert new.mentees == broken.mentees
    assert new.mentor != broken.mentor
    running.decide()
    again = running.rematch()
    assert (again.values["kept"], again.values["count"]) == (2, 0)


def test_nobody_who_has_left_is_matched_though_their_answers_are_there(running):
    """The mentee's pair ends, and the next round is without them."""
    running.withdraw("S-1")
    made = running.rematch()
    assert made.cohort is not None
    assert "S-1" not in made.cohort.ids
    assert running.status().left == 1


def test_a_withdrawal_names_the_files_in_which_the_code_stands(running):
    """By row; other codes that begin alike don't count, and nothing in the files is changed."""
    folder = running.programme.folder
    (folder / "notes.csv").write_text("code\nS-10\nS-1\nXS-1\n", "utf-8")
    (folder / "export.csv").write_bytes("шифр;класс\nS-1;7\n".encode("cp1251"))
    (folder / "scan.bin").write_bytes(b"\0\1")
    running.write_meetings()
    before = (folder / "mentees.csv").read_bytes()
    done = running.withdraw("S-1")
    said = done.text()
    assert "The code still stands in mentees.csv, rows 2." in said
    assert "The code still stands in notes.csv, rows 3." in said
    assert "The code still stands in export.csv, rows 2." in said
    assert "out/meetings.xlsx" in said
    assert "scan.bin can't be searched" in said
    assert "register" not in {trace.file.split("/")[0] for trace in traces_of(folder, "S-1")}
    assert (folder / "mentees.csv").read_bytes() == before


def test_a_withdrawal_names_the_files_in_which_the_name_stands_instead_of_the_code(running):
    """Answers are given by name, so that is what has to be taken out; no other name counts."""
    folder = running.programme.folder
    settings = folder / "programme.toml"
    settings.write_text(settings.read_text("utf-8") + 'keys = "keys.csv"\n', "utf-8")
    (folder / "keys.csv").write_text(
        "code;name;contact\nS-1;Ёлкина  Анна;\nS-2;Ёлкина Анна-Мария;\n"
    )
    (folder / "list.csv").write_text("ФИО\nЁлкина Аннабель\nелкина анна\nАнна\n", "utf-8")
    book = openpyxl.Workbook()
    book.active.append(["ФИО"])
    book.active.append(["Ёлкина Анна"])
    book.save(folder / "form.xlsx")
    with mm.Office.open(folder, today=running.day) as office:
        done = office.withdraw("S-1")
    said = done.text("en")
    assert "The name still stands in list.csv, rows 3." in said
    assert "The name still stands in form.xlsx, rows 2." in said
    assert "The code still stands in mentees.csv, rows 2." in said
    assert "The code still stands in keys.csv, rows 2." in said
    assert "Анна" not in said


def test_two_waves_are_not_opened_on_one_day(running):
    """They couldn't be compared, and neither could any other; a later day is fine."""
    running.open_wave("2026-Q4")
    with pytest.raises(RegisterError) as caught:
        running.open_wave("again")
    assert [it.code for it in caught.value.defects] == ["office.wave-day"]
    assert not (running.programme.out / "again.xlsx").exists()
    running.today = date(2026, 10, 2)
    running.open_wave("again")
    assert sorted(running.state.waves) == ["2026-Q4", "again"]


def test_a_consent_to_publication_is_noted_and_nothing_is_erased(running):
    """The pair goes on; what is to be taken down shows in the status."""
    done = running.withdraw("S-1", "publication")
    assert len(running.state.running()) == 2
    assert running.status().to_purge == ("S-1",)
    assert "take down" in done.text()


def test_a_wave_asks_everybody_in_running_pairs_and_takes_their_answers_once(running):
    """Four people are asked, one answers; the same form read again brings nothing new."""
    form, sheet = running.open_wave("q", questionnaire=_joy(running), lang="en").files
    people = sorted({who for pair in running.state.pairs.values() for who in pair.members})
    assert running.state.waves["q"].people == tuple(people)
    fill(sheet, "Joy", 7)
    assert running.read_answers("q", sheet).values["count"] == 1
    assert running.read_answers("q", sheet).entries == ()
    fill(sheet, "Joy", 8, 9)
    assert running.read_answers("q", sheet).values["count"] == 2
    assert running.state.waves["q"].silent == tuple(people[2:])
    assert form.is_file()


def test_a_wave_whose_questions_were_changed_takes_no_answers(running):
    """What was asked is known by its digest."""
    form, sheet = running.open_wave("q", questionnaire=_joy(running)).files
    form.write_text(form.read_text("utf-8").replace("Joy", "Grief"), "utf-8")
    with pytest.raises(RegisterError, match="changed since"):
        running.read_answers("q", sheet)
    form.unlink()
    with pytest.raises(RegisterError, match="no longer there"):
        running.read_answers("q", sheet)


def test_mentees_alone_may_answer_and_nobody_has_to(running):
    """A question that matching requires may stay blank in a wave."""
    form = running.programme.folder / "must.toml"
    required = QUESTIONNAIRE.replace('label = "Joy"', 'label = "Joy"\nrequired = true')
    form.write_text(required, "utf-8")
    _, sheet = running.open_wave("q", questionnaire=form, lang="en").files
    book = openpyxl.load_workbook(sheet)
    page = book.worksheets[0]
    for row in range(page.max_row, 1, -1):
        if not page.cell(row, 1).value.startswith("S-"):
            page.delete_rows(row)
    book.save(sheet)
    fill(sheet, "Joy", 7)
    assert running.read_answers("q", sheet).values["count"] == 1
    assert running.state.waves["q"].answers["S-1"].answers == {"joy": 7}


def test_answers_of_somebody_who_was_not_asked_are_refused(running):
    """With the name of the file and the code; nothing is recorded."""
    running.open_wave("q", questionnaire=_joy(running))
    sheet = running.programme.folder / "other.csv"
    sheet.write_text("code,kind,roles,joy\nX-9,student,mentee,5\n", "utf-8")
    with pytest.raises(IntakeError, match=r"other\.csv.*X-9"):
        running.read_answers("q", sheet)
    assert running.state.waves["q"].answers == {}


@pytest.mark.parametrize("change", [{"wave": "../q"}, {"due": date(2026, 9, 1)}])
def test_a_wave_that_can_not_be_leaves_no_file(running, change):
    """Neither what is asked nor the form is written."""
    with pytest.raises(RegisterError):
        running.open_wave(**{"wave": "q", "questionnaire": _joy(running)} | change)
    assert not (running.programme.folder / "waves").exists()
    assert not (running.programme.out / "q.xlsx").exists()


def test_plans_are_drafted_once_for_whoever_has_none(running):
    """Pairs that are named, then the rest; then nothing is left to do."""
    first, second = running.state.pairs
    assert running.draft_plans(pairs=[first]).values["count"] == 1
    assert running.draft_plans().values["count"] == 1
    with pytest.raises(RegisterError, match="lacks a plan"):
        running.draft_plans()
    running.agree_plans(pairs=[second])
    assert running.approve_plans("2").values["count"] == 1
    assert running.status().unapproved == (first,)


def test_the_year_ends_for_every_running_pair(running):
    """No stage was gone through, so that it ends with the year; a second end is refused."""
    done = running.end_year()
    assert (done.values["count"], done.values["reached"]) == (2, 0)
    assert {pair.reason for pair in running.state.pairs.values()} == {"year_end"}
    with pytest.raises(RegisterError, match="no pair runs"):
        running.end_year()


def test_without_a_made_up_day_it_is_today(office):
    """The clock decides, and the register says when something was written down."""
    office.today = None
    office.match()
    assert office.register.entries()[-1].fact.on == office.day


def _joy(office: mm.Office) -> Path:
    """Ask what the small school asks."""
    return office.programme.folder / "questionnaire.toml"
