"""The folder that a curator keeps is made, read and found at fault as a whole."""

from datetime import date
from pathlib import Path

import openpyxl
import pytest

from mentormatch.errors import IntakeError, MentorMatchError, PolicyError, QuestionnaireError
from mentormatch.keys import KeyFile
from mentormatch.policy.policy import Policy
from mentormatch.programme.folder import AnswerFiles, Programme, Settings
from mentormatch.questionnaire import Questionnaire

QUESTIONNAIRE = """
name = "small"
title = "Small"
[[questions]]
id = "kind"
kind = "choice"
label = "Kind"
options = [{ id = "teacher", ru = "Педагог", en = "Teacher" }, { id = "student", ru = "У", en = "Student" }]
[[questions]]
id = "roles"
kind = "multi"
label = "Roles"
options = [{ id = "mentor", ru = "Н", en = "Mentor" }, { id = "mentee", ru = "П", en = "Mentee" }]
[[questions]]
id = "grade"
kind = "number"
label = "Grade"
low = 1
high = 11
"""  # noqa: E501 - as files are written
POLICY = """
name = "small"
[[forms]]
id = "pairs"
label = "Pairs"
mentors = { kind = "teacher" }
mentees = { kind = "student" }
[forms.weights]
"""
SETTINGS = 'name = "small"\nanswers = { mentors = "mentors.csv", mentees = "mentees.csv" }\n'
MENTORS = "code,kind\nT-1,teacher\n"
MENTEES = "code,kind,grade\nS-1,student,5\nS-2,student,7\n"


def programme(folder: Path, settings: str = SETTINGS, **others: str) -> Programme:
    """Write a small programme, with other files of it where told so, and open it."""
    content = {
        "programme.toml": settings,
        "questionnaire.toml": QUESTIONNAIRE,
        "policy.toml": POLICY,
        "mentors.csv": MENTORS,
        "mentees.csv": MENTEES,
    } | {name.replace("_", "."): text for name, text in others.items()}
    for name, text in content.items():
        (folder / name).write_text(text, "utf-8")
    return Programme.open(folder)


def places(error: pytest.ExceptionInfo[MentorMatchError]) -> list[tuple[str, str | None]]:
    """List code and file of every defect."""
    return [(defect.code, defect.place.file) for defect in error.value.defects]


def test_a_folder_is_read_as_a_cohort_and_a_policy(tmp_path):
    """Two mentees and one mentor stand in the files."""
    cohort, policy = programme(tmp_path).read()
    assert cohort.ids == ("S-1", "S-2", "T-1")
    assert cohort.is_mentor.tolist() == [False, False, True]
    assert policy == Policy.load(tmp_path / "policy.toml")


def test_one_file_with_roles_holds_everybody(tmp_path):
    """Without a file of mentees the column of roles says who is who."""
    table = "code,kind,roles\nT-1,teacher,mentor\nS-1,student,mentee\n"
    settings = 'name = "x"\nanswers = { mentors = "mentors.csv" }\n'
    cohort = programme(tmp_path, settings, mentors_csv=table).cohort()
    assert cohort.is_mentee.tolist() == [True, False]


def test_day_headcounts_and_a_map_of_columns_are_used(tmp_path):
    """What programme.toml says besides files reaches the cohort."""
    settings = (
        f'{SETTINGS}as_of = 2025-10-01\ncolumns = "columns.toml"\nheadcounts = {{ all = 9 }}\n'
    )
    cohort = programme(
        tmp_path,
        settings,
        columns_toml='columns = { grade = "Year" }\n',
        mentees_csv=MENTEES.replace("grade", "Year"),
    ).cohort()
    assert (cohort.as_of, cohort.headcount("all")) == (date(2025, 10, 1), 9)
    assert cohort.participant("S-2").answers == {"grade": 7}


def test_names_become_codes_in_the_key_file_of_the_folder(tmp_path):
    """Reading twice gives the same codes."""
    settings = f'{SETTINGS}keys = "private/keys.csv"\n'
    kept = programme(tmp_path, settings, mentees_csv="name,kind\nAnna Example,student\n")
    first, second = kept.cohort(), kept.cohort()
    assert first.ids == second.ids
    assert KeyFile.load(tmp_path / "private" / "keys.csv").code_of("Anna Example") == first.ids[:1]


def test_a_roster_says_who_is_at_the_school(tmp_path):
    """Kinds and grades come from it, under codes that the key file keeps."""
    (tmp_path / "bundle").mkdir()
    users = "sourcedId,role,givenName,familyName,grades\n1,student,Anna,Example,7\n"
    users += "2,teacher,Vera,Sample,\n"
    manifest = "propertyName,value\noneroster.version,1.1\n"
    for name, text in {"users.csv": users, "manifest.csv": manifest}.items():
        (tmp_path / "bundle" / name).write_text(text, "utf-8")
    tables = {"mentors_csv": "name\nSample Vera\n", "mentees_csv": "name\nExample Anna\n"}
    settings = f'{SETTINGS}roster = "bundle"\n'
    with pytest.raises(IntakeError) as error:
        programme(tmp_path, settings, **tables).cohort()
    assert places(error) == [("programme.no-keys", "programme.toml")]
    cohort = programme(tmp_path, f'{settings}keys = "keys.csv"\n', **tables).cohort()
    found = [(person.kind, dict(person.answers)) for person in cohort.participants()]
    assert sorted(found, key=str) == [("student", {"grade": 7}), ("teacher", {})]
    assert cohort.headcounts == {"students": 1, "teachers": 1}


def test_lenient_reading_leaves_rows_with_defects_out(tmp_path):
    """One of two mentees has a grade that doesn't exist."""
    kept = programme(tmp_path, mentees_csv=MENTEES.replace("7", "70"))
    with pytest.raises(IntakeError):
        kept.cohort()
    assert kept.cohort(lenient=True).ids == ("S-1", "T-1")
    assert kept.read(lenient=True)[0].ids == ("S-1", "T-1")


def test_every_defect_of_every_file_is_told_at_once(tmp_path):
    """A policy that doesn't fit and a wrong cell don't hide each other, nor does a folder show."""
    kept = programme(
        tmp_path,
        policy_toml=POLICY.replace('"teacher"', '"pilot"'),
        mentees_csv=MENTEES.replace("7", "70"),
    )
    with pytest.raises(MentorMatchError) as error:
        kept.read()
    assert [file for _, file in places(error)] == ["policy.toml", "mentees.csv"]
    assert str(tmp_path) not in error.value.text("ru")


def test_a_broken_questionnaire_is_told_once_with_a_broken_policy(tmp_path):
    """Answers can't be read without it, and nobody is told three times."""
    kept = programme(tmp_path, questionnaire_toml="name = ", policy_toml='name = "x"')
    with pytest.raises(MentorMatchError) as error:
        kept.read()
    assert places(error) == [
        ("record.syntax", "questionnaire.toml"),
        ("record.missing", "policy.toml"),
    ]


def test_a_file_that_cannot_be_opened_is_named(tmp_path):
    """A folder stands where the policy should be."""
    kept = programme(tmp_path)
    (tmp_path / "policy.toml").unlink()
    (tmp_path / "policy.toml").mkdir()
    with pytest.raises(MentorMatchError) as error:
        kept.read()
    assert places(error) == [("intake.closed-file", "policy.toml")]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("questionnaire.toml", "record.no-file"),
        ("policy.toml", "record.no-file"),
        ("mentors.csv", "intake.no-file"),
    ],
)
def test_a_missing_file_is_named(tmp_path, name, code):
    """Each file of a programme may be missing."""
    kept = programme(tmp_path)
    (tmp_path / name).unlink()
    with pytest.raises(MentorMatchError) as error:
        kept.read()
    assert places(error) == [(code, name)]


def test_a_folder_without_settings_is_no_programme(tmp_path):
    """The error says which file is missing."""
    with pytest.raises(IntakeError) as error:
        Programme.open(tmp_path)
    assert places(error) == [("record.no-file", "programme.toml")]


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ('name = "x"', "answers"),  # no answers
        (f'{SETTINGS}polcy = "p.toml"', "polcy"),  # a slip of the pen
        (f"{SETTINGS}headcounts = {{ all = -1 }}", "headcounts.all"),
        (f'{SETTINGS}as_of = "October"', "as_of"),
        (f'{SETTINGS}keys = ""', "keys"),
        (f'{SETTINGS}keys = "a\\u0000b"', "keys"),  # no system has such a name
    ],
)
def test_wrong_settings_are_located(tmp_path, settings, field):
    """The place names the file and the key."""
    with pytest.raises(IntakeError) as error:
        programme(tmp_path, settings)
    (defect,) = error.value.defects
    assert (defect.place.file, defect.place.field) == ("programme.toml", field)


def test_settings_survive_saving(tmp_path):
    """What a program writes a person's file can hold."""
    settings = Settings(
        name="x",
        answers=AnswerFiles(mentors="a.csv"),
        as_of=date(2025, 9, 1),
        headcounts={"all": 3},
    )
    settings.save(tmp_path / "programme.toml")
    assert Programme.open(tmp_path).settings == settings


def test_results_go_to_a_folder_of_their_own(tmp_path):
    """The folder is named, not made."""
    assert programme(tmp_path).out == tmp_path / "out"
    assert not (tmp_path / "out").exists()


def test_a_programme_shows_its_name_only(tmp_path):
    """The folder may tell whose it is."""
    assert repr(programme(tmp_path)) == "Programme('small')"


# --- a new folder -------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_a_new_folder_holds_the_presets(tmp_path, lang):
    """Questionnaire and policy are the ready ones, with their comments; the answers are missing."""
    made = Programme.create(tmp_path / "school", lang=lang)
    assert made.questionnaire == Questionnaire.preset("target-model")
    assert made.policy == Policy.preset("official")
    assert made.settings.name == "school"
    assert (tmp_path / "school" / "policy.toml").read_text("utf-8").startswith("# ")
    with pytest.raises(MentorMatchError) as error:
        made.read()
    assert places(error) == [
        ("intake.no-rows", "mentors.xlsx"),
        ("intake.no-rows", "mentees.xlsx"),
    ]


def sheet_of(path: Path) -> openpyxl.worksheet.worksheet.Worksheet:
    """Open the sheet that people see."""
    return openpyxl.load_workbook(path).worksheets[0]


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_an_empty_form_asks_each_side_its_questions(tmp_path, lang):
    """Capacity is a question to mentors, requests are one to mentees; names instead of codes."""
    made = Programme.create(tmp_path, lang=lang)
    form = made.questionnaire
    headers = {}
    for side in ("mentors", "mentees"):
        cells = next(sheet_of(tmp_path / "answers" / f"{side}.xlsx").iter_rows(values_only=True))
        headers[side] = {str(cell).partition(" [")[0] for cell in cells}
    for field, sides in {
        "kind": {"mentors", "mentees"},
        "capacity": {"mentors"},
        "requests": {"mentees"},
        "slots": {"mentors", "mentees"},
        "roles": set(),
    }.items():
        asked = {side for side, titles in headers.items() if form.label(field, lang) in titles}
        assert asked == sides, field
    assert form.identity.name.text(lang) in headers["mentors"]
    assert form.identity.code.text(lang) not in headers["mentors"]


def test_an_empty_form_offers_the_options_of_a_choice(tmp_path):
    """The drop-down list of a column is a range of a hidden sheet with the labels."""
    made = Programme.create(tmp_path, lang="ru")
    book = openpyxl.load_workbook(tmp_path / "answers" / "mentors.xlsx")
    page = book.worksheets[0]
    column = next(cell.column_letter for cell in page[1] if cell.value == "Формат встреч")
    (rule,) = (it for it in page.data_validations.dataValidation if f"{column}2" in it.sqref)
    name, _, area = rule.formula1.removeprefix("=").partition("!")
    offered = [row[0].value for row in book[name.strip("'")][area.replace("$", "")]]
    assert offered == [option.label.ru for option in made.questionnaire.options("mode")]


def test_a_filled_form_is_read(tmp_path):
    """Grids of levels and times, drop-down lists and names are all understood."""
    made = Programme.create(tmp_path, lang="ru")
    rows = {
        "mentors": {
            "ФИО": "Иванова Анна",
            "Категория участника": "Педагог",
            "Чем могу помочь [Творчество]": 8,
            "Свободное время [Пн]": "утро; день",
            "Формат встреч": "Онлайн",
            "Собеседование пройдено": "да",
        },
        "mentees": {
            "ФИО": "Петров Пётр",
            "Категория участника": "Обучающийся",
            "Класс": 7,
            "С чем нужна помощь [Творчество]": 9,
            "С кем хочу работать": "Иванова Анна",
        },
    }
    for side, answers in rows.items():
        path = tmp_path / "answers" / f"{side}.xlsx"
        book = openpyxl.load_workbook(path)
        page = book.worksheets[0]
        titles = [cell.value for cell in page[1]]
        for title, answer in answers.items():
            page.cell(2, titles.index(title) + 1, answer)
        book.save(path)
    mentee, mentor = made.read()[0].participants()
    assert mentor.answers == {
        "competences": {"creativity": 8},
        "slots": ("mon-morning", "mon-day"),
        "mode": "online",
        "interview_ok": True,
    }
    assert mentee.answers == {"grade": 7, "requests": {"creativity": 9}, "choices": (mentor.id,)}


def test_a_new_folder_overwrites_nothing(tmp_path):
    """Somebody's policy is there already: it stays, and nothing else is written."""
    (tmp_path / "policy.toml").write_text("mine", "utf-8")
    with pytest.raises(IntakeError) as error:
        Programme.create(tmp_path)
    assert places(error) == [("programme.exists", "policy.toml")]
    assert [path.name for path in tmp_path.iterdir()] == ["policy.toml"]
    assert (tmp_path / "policy.toml").read_text("utf-8") == "mine"


@pytest.mark.parametrize(
    ("names", "kind"),
    [
        ({"preset": "none-such"}, QuestionnaireError),
        ({"policy": "none-such"}, PolicyError),
        ({"policy": "../policies/official"}, PolicyError),  # a path is no name
    ],
)
def test_a_new_folder_needs_presets_that_exist(tmp_path, names, kind):
    """The error lists those there are, and nothing is written."""
    with pytest.raises(kind) as error:
        Programme.create(tmp_path / "school", **names)
    assert [defect.code for defect in error.value.defects] == ["record.no-preset"]
    assert not (tmp_path / "school").exists()


def test_every_ready_policy_can_begin_a_programme(tmp_path):
    """Each fits the ready questionnaire."""
    for name in Policy.presets():
        assert Programme.create(tmp_path / name, policy=name).policy == Policy.preset(name)


def test_a_strange_name_of_a_folder_does_no_harm(tmp_path):
    """Quotes and backslashes in a name are text in programme.toml too."""
    made = Programme.create(tmp_path / 'Школа "№ 1" {x}')
    assert made.settings.name == 'Школа "№ 1" {x}'


@pytest.mark.parametrize("roster", [False, True])
def test_codes_are_not_kept_when_only_looking(tmp_path, roster):
    """No key file is made, and one that is there stays as it was; rosters are no exception."""
    (tmp_path / "bundle").mkdir()
    users = "sourcedId,role,givenName,familyName,grades\n1,student,Anna,Example,7\n"
    users += "2,teacher,Vera,Sample,\n"
    manifest = "propertyName,value\noneroster.version,1.1\n"
    for name, text in {"users.csv": users, "manifest.csv": manifest}.items():
        (tmp_path / "bundle" / name).write_text(text, "utf-8")
    settings = f'{SETTINGS}keys = "keys.csv"\n' + ('roster = "bundle"\n' if roster else "")
    tables = {
        "mentors_csv": "name,kind\nSample Vera,teacher\n",
        "mentees_csv": "name,kind\nExample Anna,student\n",
    }
    kept = programme(tmp_path, settings, **tables)
    keys = tmp_path / "keys.csv"
    assert len(kept.cohort(keep_codes=False)) == 2
    assert not keys.exists()
    KeyFile().with_person("teacher", "Sample Vera")[0].save(keys)
    before = keys.read_bytes()
    assert len(kept.cohort(keep_codes=False)) == 2
    assert keys.read_bytes() == before
    assert len(kept.cohort()) == 2
    assert keys.read_bytes() != before
