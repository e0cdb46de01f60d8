"""``check`` finds what is wrong with files, ``verify`` what is wrong with results."""

import csv
import json
import re
from importlib.resources import files
from pathlib import Path

import openpyxl
import pytest

from mentormatch.analysis import branches, certificate
from mentormatch.messages import has


def test_a_sound_programme_has_no_defects_and_a_diagnosis(typed, demo):
    """A column that was understood needs no mention, such as when answers were submitted."""
    done = typed("check", demo)
    assert done.exit_code == 0
    assert "demo: 0 defects" in done.stdout
    assert "was not read" not in done.stdout
    assert "admissible" in done.stdout
    data = json.loads(typed("check", demo, "--json").stdout)
    assert [(it["name"], it["defects"]) for it in data] == [("demo", [])]
    assert data[0]["diagnosis"]["mentors"] == 60


def test_a_programme_may_be_named_by_its_settings(typed, demo, monkeypatch):
    """The file, and the folder somebody stands in, mean the folder."""
    monkeypatch.chdir(demo)
    for name in ("programme.toml", "."):
        assert "demo: 0 defects" in typed("check", name).stdout


def test_defects_of_a_programme_end_with_1(typed, demo):
    """They are the answer, so they stand on standard output."""
    (demo / "questionnaire.toml").write_text('name = "x"', "utf-8")
    done = typed("check", demo)
    assert done.exit_code == 1
    assert "- questionnaire.toml, questions: this key is missing; add it" in done.stdout
    (found,) = json.loads(typed("check", demo, "--json").stdout)
    assert {it["file"] for it in found["defects"]} == {"questionnaire.toml"}


def test_warnings_are_no_defects(typed, demo):
    """A form whose weights are all zero is allowed, but hardly meant."""
    text = (demo / "policy.toml").read_text("utf-8")
    (demo / "policy.toml").write_text(text.replace("need_cover = 0.6", "need_cover = 0.5", 1))
    for words in ([demo], [demo / "policy.toml", "--questionnaire", demo / "questionnaire.toml"]):
        done = typed("check", *words)
        assert done.exit_code == 0
        assert "Look again: " in done.stdout


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('name = "x"\ntitle = "x"\nquestions = []\nscale = []', "scale: there is no key"),
        ('name = "x"\nforms = []', "forms: "),
        ('name = "x"\nanswers = {}', "answers.mentors: this key is missing"),
        ("columns = { kind = 5 }", "columns.kind: "),
        ("questions = [", "the file can't be read"),
        ("[" * 50, "the file can't be read"),
    ],
)
def test_a_file_is_checked_as_what_it_is_meant_to_be(typed, tmp_path, text, said):
    """Questionnaire, policy, settings and map of columns are told apart by their keys."""
    (tmp_path / "file.toml").write_text(text, "utf-8")
    done = typed("check", tmp_path / "file.toml")
    assert done.exit_code == 1
    assert said in done.stdout


def test_several_files_are_checked_in_one_call(typed, demo):
    """Each has its own line."""
    done = typed("check", demo / "questionnaire.toml", demo / "policy.toml")
    assert done.exit_code == 0
    assert done.stdout == "questionnaire.toml: 0 defects\npolicy.toml: 0 defects\n"


@pytest.mark.parametrize(
    ("preset", "spoil", "said"),
    [
        ("roadmaps/target-model-2023-2025", ("month = 9", "month = 13"), "month"),
        ("plans/target-model", ("schema_version = 1", "schema_version = 1\nodd = 1"), "odd"),
    ],
)
def test_a_roadmap_and_plan_templates_are_checked(typed, tmp_path, preset, spoil, said):
    """What the library ships is sound, and a mistake in it is named."""
    text = (files("mentormatch") / "presets" / f"{preset}.toml").read_text("utf-8")
    path = tmp_path / "file.toml"
    path.write_text(text, "utf-8")
    done = typed("check", path)
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("file.toml: 0 defects\n")
    assert text.count(spoil[0])
    path.write_text(text.replace(*spoil), "utf-8")
    done = typed("check", path)
    assert done.exit_code == 1
    assert said in done.output


def test_a_policy_is_held_against_its_questionnaire(typed, demo):
    """Alone it is sound, but nobody asks what it reads."""
    text = (demo / "policy.toml").read_text("utf-8").replace("head_teacher", "astronaut")
    (demo / "policy.toml").write_text(text, "utf-8")
    assert typed("check", demo / "policy.toml").exit_code == 0
    call = ("check", demo / "policy.toml", "--questionnaire", demo / "questionnaire.toml")
    assert typed(*call).exit_code == 1


def test_answers_are_checked_against_a_questionnaire(typed, demo):
    """Two tables are mentors and mentees; without a questionnaire nothing can be said."""
    tables, form = (demo / "mentors.xlsx", demo / "mentees.csv"), demo / "questionnaire.toml"
    sound = typed("check", *tables, "--questionnaire", form)
    assert sound.exit_code == 0
    assert "mentees.csv: encoding: cp1251, delimiter: ;, headers in row 1, rows: 58" in sound.stdout
    assert typed("check", *tables).exit_code == 2
    assert typed("check", *tables, tables[0], "--questionnaire", form).exit_code == 2
    (demo / "mentees.csv").write_text("code,kind\nS-1,astronaut\n", "utf-8")
    broken = typed("check", *tables, "--questionnaire", form)
    assert broken.exit_code == 1
    assert "1 place: 'astronaut' is not among the options; " in broken.stdout
    assert '    column "kind", row 2\n' in broken.stdout


SMALL = """
name = "small"
title = "Small"

[[questions]]
id = "kind"
kind = "choice"
label = "Kind"
options = [{ id = "student", label = "Student" }, { id = "teacher", label = "Teacher" }]

[[questions]]
id = "roles"
kind = "multi"
label = "Role"
options = [{ id = "mentor", label = "Mentor" }, { id = "mentee", label = "Mentee" }]

[[questions]]
id = "grade"
kind = "number"
label = "Grade"
high = 11

[[questions]]
id = "likes"
kind = "multi"
label = "Interests"
options = [{ id = "sport", label = "Sport" }, { id = "art", label = "Art" }]
"""


@pytest.fixture
def small(tmp_path):
    """Give a function that writes a questionnaire and a table, and returns a call's arguments."""

    def write(header, *rows):
        (tmp_path / "form.toml").write_text(SMALL, "utf-8")
        lines = [";".join(row) for row in (header, *rows)]
        (tmp_path / "people.csv").write_text("\n".join(lines), "utf-8")
        return (tmp_path / "people.csv", "--questionnaire", tmp_path / "form.toml")

    return write


def test_defects_are_listed_by_what_to_do(typed, small):
    """Each remedy stands once, with every place; rows that follow each other are a range."""
    sound = ("T-1", "Teacher", "Mentor", "7", "")
    people = [sound, *((f"S-{it}", "Student", "Mentee", "six", "Chess") for it in range(1, 5))]
    people += [("S-5", "Student", "Mentee", "8", "Art"), ("S-6", "Student", "Mentee", "sven", "=1")]
    call = small(("Code", "Kind", "Role", "Grade", "Interests"), *people)
    done = typed("check", *call)
    assert done.exit_code == 1
    assert done.stdout.splitlines() == [
        "people.csv: 10 defects",
        "people.csv: encoding: UTF-8, delimiter: ;, headers in row 1, rows: 7, blank rows: 0",
        "people.csv",
        "  5 places: write digits without a thousands separator, such as 1000 or 3.5",
        "    column \"Grade\", rows 3-6: 'six' is not a number",
        "    column \"Grade\", row 8: 'sven' is not a number",
        "  5 places: write one of: Sport; Art",
        "    column \"Interests\", rows 3-6: 'Chess' is not among the options",
        "    column \"Interests\", row 8: '=1' is not among the options",
    ]
    assert [it["row"] for it in json.loads(typed("check", *call, "--json").stdout)[0]["defects"]]


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_the_list_can_be_ticked_off_in_a_spreadsheet(typed, small, tmp_path, lang):
    """One row per defect, and nothing in it that a spreadsheet would run."""
    call = small(
        ("Code", "Kind", "Role", "=Grade*", "Grade"),
        ("S-1", "=1+1", "Mentee", "1", "six"),
        ("T-1", "Teacher", "Mentor", "2", "12"),
    )
    for name in ("list.xlsx", "list.csv"):
        done = typed("check", *call, "--lang", lang, "--out", tmp_path / name)
        assert done.exit_code == 1
        assert name in done.stderr
    sheet = openpyxl.load_workbook(tmp_path / "list.xlsx").active
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    assert [(row[0], row[2], row[3]) for row in rows] == [
        ("people.csv", 2, "Kind"),
        ("people.csv", 2, "Grade"),
        ("people.csv", 3, "Grade"),
    ]
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    with (tmp_path / "list.csv").open(encoding="utf-8-sig", newline="") as file:
        assert len(list(csv.reader(file, delimiter=";"))) == 4
    assert typed("check", *call, "--out", tmp_path / "list.txt").exit_code == 2


def test_people_without_codes_are_checked_without_writing_anything(typed, small, tmp_path):
    """Codes are made in memory, whether or not there is a key file; it is said so."""
    people = [("Anna Bell", "Teacher", "Mentor"), ("Ivan Field", "Student", "Mentee")]
    call = small(("Name", "Kind", "Role"), *people)
    keys = tmp_path / "keys.csv"
    keys.write_text("code;name;contact\nT-7;Anna Bell;\n", "utf-8")
    before = {file: file.read_bytes() for file in tmp_path.iterdir()}
    for words in ((), ("--keys", keys)):
        done = typed("check", *call, *words)
        assert done.exit_code == 0
        count = "1 person" if words else "2 people"
        assert f"{count} who had no code got one for this check only" in done.stdout
        assert "Bell" not in done.stdout
    assert {file: file.read_bytes() for file in tmp_path.iterdir()} == before
    assert typed("check", *call, "--keys", tmp_path / "none.csv").exit_code == 2


def test_checking_a_programme_writes_nothing(typed, demo):
    """People without codes get them for the check alone, with a key file and without."""
    table = "name,kind,roles\nAnna Bell,teacher,mentor\nIvan Field,student,mentee\n"
    (demo / "people.csv").write_text(table, "utf-8")
    settings = 'name = "demo"\nanswers.mentors = "people.csv"\nkeys = "keys.csv"\n'
    (demo / "programme.toml").write_text(settings, "utf-8")
    for _ in range(2):
        before = {file: file.read_bytes() for file in demo.rglob("*") if file.is_file()}
        done = typed("check", demo)
        assert done.exit_code == 0, done.output
        assert "2 people who had no code got one for this check only" in done.stdout
        assert "Bell" not in done.stdout
        typed("verify", demo / "out" / "result.json", "--programme", demo)
        assert before == {file: file.read_bytes() for file in demo.rglob("*") if file.is_file()}
        (demo / "keys.csv").unlink(missing_ok=True)
    typed("diagnose", demo)
    assert "had no code" not in typed("check", demo).stdout


def test_tables_are_checked_with_a_map_of_columns(typed, small, tmp_path):
    """What it names is read, what it ignores is said apart."""
    call = small(
        ("Code", "Kind", "Role", "Hobby", "Score"),
        ("S-1", "Student", "Mentee", "Running", "1"),
        ("T-1", "Teacher", "Mentor", "Art", "2"),
    )
    (tmp_path / "columns.toml").write_text(
        'ignore = "Score"\n[columns]\nlikes = "Hobby"\n[values.likes]\nRunning = "sport"\n', "utf-8"
    )
    done = typed("check", *call, "--columns", tmp_path / "columns.toml")
    assert done.exit_code == 0
    assert 'column "Score" was left out, as the map of columns says' in done.stdout
    assert "was not read" not in done.stdout
    (found,) = json.loads(typed("check", *call, "--json").stdout)
    assert found["files"][0]["unmapped"] == ["Hobby", "Score"]
    assert found["files"][0]["encoding"] == "UTF-8"


HOBBIES = ("Code", "Kind", "Role", "Hobby", "Anna Bell's remark")
PEOPLE = (("S-1", "Student", "Mentee", "Sport", "Secret"), ("T-1", "Teacher", "Mentor", "Art", "x"))


def test_a_map_of_columns_is_proposed_and_works(typed, small, tmp_path):
    """On standard output or in a file; the file is a map that reads the table."""
    call = small(HOBBIES, *PEOPLE)
    shown = typed("check", *call, "--suggest")
    assert shown.exit_code == 0
    assert 'likes = ["Hobby"]' in shown.stdout
    assert "Secret" not in shown.stdout
    file = tmp_path / "columns.toml"
    done = typed("check", *call, "--suggest", "--out", file)
    assert (done.exit_code, done.stdout) == (0, "")
    assert file.read_text("utf-8") == shown.stdout
    read = typed("check", *call, "--columns", file)
    assert read.exit_code == 0
    assert "Hobby" not in read.stdout
    data = json.loads(typed("check", *call, "--suggest", "--json").stdout)
    assert data["map"]["columns"] == {"likes": ["Hobby"]}
    assert [it["header"] for it in data["suggestions"]] == ["Hobby"]
    assert data["left"] == ["Anna Bell's remark"]


def test_a_proposal_needs_one_or_two_tables_and_a_questionnaire(typed, small, tmp_path):
    """Everything else is a wrong call."""
    table, option, form = small(HOBBIES, *PEOPLE)
    for words in (
        (table,),
        (table, table, table, option, form),
        (table, option, form, "--out", tmp_path / "columns.xlsx"),
    ):
        assert typed("check", *words, "--suggest").exit_code == 2
    (tmp_path / "twice.csv").write_text("Kind;kind\nStudent;Student\n", "utf-8")
    assert typed("check", tmp_path / "twice.csv", option, form, "--suggest").exit_code == 1


def test_a_map_is_proposed_for_a_programme(typed, demo):
    """With its own questionnaire, both tables and what its map says already."""
    answers = (demo / "mentees.csv").read_text("cp1251")
    (demo / "mentees.csv").write_text(
        answers.replace("Формат встреч", "Как встретимся", 1), "utf-8"
    )
    done = typed("check", demo, "--suggest")
    assert done.exit_code == 0
    assert 'mode = ["Как встретимся"]' in done.stdout
    (demo / "own.toml").write_text(
        'ignore = "Отметка времени"\ncolumns.mode = "Как встретимся"', "utf-8"
    )
    text = (demo / "programme.toml").read_text("utf-8")
    (demo / "programme.toml").write_text(f'columns = "own.toml"\n{text}', "utf-8")
    data = json.loads(typed("check", demo / "programme.toml", "--suggest", "--json").stdout)
    assert (data["suggestions"], data["left"]) == ([], [])


def test_endless_brackets_are_no_traceback(typed, tmp_path):
    """A file that no parser can follow is told as such."""
    (tmp_path / "deep.json").write_text("[" * 200_000)
    done = typed("check", tmp_path / "deep.json")
    assert done.exit_code == 1
    assert "nested too deeply" in done.stderr
    assert typed("verify", tmp_path / "deep.json").exit_code == 1


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_a_sound_result_is_accepted(typed, demo, lang):
    """As stored, and with all scores computed from the answers again."""
    file = demo / "out" / "result.json"
    stored = typed("verify", file, "--lang", lang)
    again = typed("verify", file, "--programme", demo, "--lang", lang)
    assert (stored.exit_code, again.exit_code) == (0, 0)
    assert stored.stdout.startswith("result.json: ")
    data = json.loads(typed("verify", file, "--programme", demo, "--json").stdout)
    assert (data["accepted"], data["scores"]) == (True, "recomputed")


def swap(content):
    """Exchange two mentees."""
    first, second = content["pairs"][:2]
    first[1], second[1] = second[1], first[1]


@pytest.mark.parametrize(
    ("tamper", "said"),
    [
        (swap, "перечислены не те пары"),
        (lambda it: it["pairs"].pop(), "не файл результата"),
        (lambda it: it.update(certificate=None), "доказательства в нём нет"),
        (lambda it: it["levels"][-1].update(value=1), "значения целей не те"),
        (lambda it: it.update(format="something else"), "не файл результата"),
        (lambda it: it["raw"][0].__setitem__(0, 10**30), "не файл результата"),
        (lambda it: it.pop("problem"), "не файл результата"),
    ],
)
def test_a_tampered_result_is_refused_in_words(typed, demo, tamper, said):
    """Whatever was changed, the reason is a sentence and the exit code 1."""
    file = demo / "out" / "result.json"
    content = json.loads(file.read_text("utf-8"))
    tamper(content)
    file.write_text(json.dumps(content), "utf-8")
    done = typed("verify", file, "--lang", "ru")
    assert done.exit_code == 1
    assert f"result.json: Не доказано: {said}" in done.stdout.replace("это ", "")


def test_every_refusal_has_a_sentence():
    """The checks of the proof answer with words such as ``mentor-load``."""
    words = {
        "no-certificate",
        "other-pairs",
        "other-levels",
        "other-scores",
        "other-proof",
        "quota",
        "exclusive",
        "together",
    }
    for module in (certificate, branches):
        text = Path(module.__file__).read_text("utf-8")
        words |= set(re.findall(r'"([a-z]+(?:-[a-z]+)+)"', text))
    assert len(words) > 15
    assert not [word for word in words if not has(f"cli.refused.{word}")]


def test_a_result_of_another_policy_is_refused(typed, demo):
    """It is proven, but not for what the folder says now."""
    text = (demo / "policy.toml").read_text("utf-8")
    (demo / "policy.toml").write_text(text.replace("need_cover = 0.6", "need_cover = 0.7"))
    file = demo / "out" / "result.json"
    assert typed("verify", file).exit_code == 0
    done = typed("verify", file, "--programme", demo)
    assert done.exit_code == 1
    assert "the policy has been changed since" in done.stdout


def test_a_result_is_checked_as_of_its_own_day(typed, demo):
    """Without a day in the settings, the answers are read as of the day of the matching."""
    settings = (demo / "programme.toml").read_text("utf-8")
    lines = [line for line in settings.splitlines() if not line.startswith("as_of")]
    (demo / "programme.toml").write_text("\n".join(lines), "utf-8")
    done = typed("verify", demo / "out" / "result.json", "--programme", demo)
    assert done.exit_code == 0
    assert "Scores recomputed from the answers" in done.stdout


def test_a_folder_is_no_result(typed, demo):
    """It can't be opened, which is told in words."""
    assert typed("verify", demo).exit_code == 2
