"""Two tables of answers become a cohort, or an error that names every defect."""

import csv
import time
from contextlib import suppress
from datetime import date

import openpyxl
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mentormatch.errors import IntakeError
from mentormatch.intake import ColumnMap, read_cohort
from mentormatch.keys import KeyFile, Person
from mentormatch.questionnaire import Questionnaire

INTERESTS = [
    {"id": "sport", "ru": "Спорт", "en": "Sport"},
    {"id": "books", "ru": "Книги, журналы", "en": "Books"},
]
FORM = Questionnaire.from_dict(
    {
        "name": "small",
        "title": "Small",
        "questions": [
            {
                "id": "kind",
                "kind": "choice",
                "label": {"ru": "Категория", "en": "Category"},
                "options": [
                    {"id": "student", "ru": "Ученик", "en": "Student"},
                    {"id": "teacher", "ru": "Учитель", "en": "Teacher"},
                ],
            },
            {
                "id": "roles",
                "kind": "multi",
                "label": {"ru": "Роль", "en": "Role"},
                "options": [
                    {"id": "mentor", "ru": "Наставник", "en": "Mentor"},
                    {"id": "mentee", "ru": "Наставляемый", "en": "Mentee"},
                ],
            },
            {
                "id": "grade",
                "kind": "number",
                "label": {"ru": "Класс", "en": "Grade"},
                "low": 1,
                "high": 11,
                "required": True,
                "asked": {"kinds": ["student"]},
            },
            {
                "id": "interests",
                "kind": "multi",
                "label": {"ru": "Интересы", "en": "Interests"},
                "options": INTERESTS,
            },
            {
                "id": "choices",
                "kind": "people",
                "label": {"ru": "С кем хочу работать", "en": "Chosen partners"},
                "ranked": True,
            },
            {
                "id": "health",
                "kind": "choice",
                "label": {"ru": "Поддержка", "en": "Support"},
                "options": [{"id": "yes", "label": "нужна"}, {"id": "no", "label": "не нужна"}],
                "sensitivity": "restricted",
            },
            {"id": "goal", "kind": "text", "label": {"ru": "Цель", "en": "Goal"}},
            {"id": "met", "kind": "flag", "label": {"ru": "Знакомы", "en": "Met before"}},
            {"id": "since", "kind": "date", "label": {"ru": "С какого дня", "en": "Since"}},
        ],
    }
)
MENTORS = [
    ["Код", "Категория", "Интересы", "С кем хочу работать"],
    ["T-1", "Учитель", "Спорт; Книги, журналы", "S-2; S-1"],
    ["T-2", "Учитель", "", ""],
]
MENTEES = [
    ["Participant code", "Category", "Grade", "Interests"],
    ["S-2", "Student", "10", "Books"],
    ["S-1", "Student", "5", ""],
]


def write(path, rows):
    """Write rows as CSV or XLSX, by the name of the file, and return the path."""
    if path.suffix == ".csv":
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, delimiter=";").writerows(rows)
    else:
        with xlsxwriter.Workbook(path) as book:
            page = book.add_worksheet()
            day = book.add_format({"num_format": "dd.mm.yyyy"})
            for number, row in enumerate(rows):
                for column, cell in enumerate(row):
                    page.write(number, column, cell, day if isinstance(cell, date) else None)
    return path


@pytest.fixture
def files(tmp_path):
    """Write the two tables and return their paths."""
    return write(tmp_path / "mentors.csv", MENTORS), write(tmp_path / "mentees.csv", MENTEES)


def people(cohort):
    """Return everybody as id, kind, roles and answers."""
    return [
        (person.id, person.kind, set(person.roles), dict(person.answers))
        for person in cohort.participants()
    ]


def defects_of(*paths, **options):
    """Return file, row, column and code of every defect; both languages can say each."""
    with pytest.raises(IntakeError) as caught:
        read_cohort(FORM, *paths, **options)
    assert caught.value.text("ru")
    assert caught.value.text("en")
    return [(it.place.file, it.place.row, it.place.column, it.code) for it in caught.value.defects]


EXPECTED = [
    ("S-1", "student", {"mentee"}, {"grade": 5}),
    ("S-2", "student", {"mentee"}, {"grade": 10, "interests": ("books",)}),
    ("T-1", "teacher", {"mentor"}, {"interests": ("sport", "books"), "choices": ("S-2", "S-1")}),
    ("T-2", "teacher", {"mentor"}, {}),
]


def test_two_files_become_a_cohort(files):
    """Mentors from the first, mentees from the second, headers in either language."""
    cohort = read_cohort(FORM, *files, as_of=date(2025, 9, 1), headcounts={"students": 300})
    assert people(cohort) == EXPECTED
    assert (cohort.as_of, cohort.headcount("students")) == (date(2025, 9, 1), 300)


def test_one_file_has_a_column_of_roles(tmp_path):
    """Somebody may be both."""
    rows = [
        ["Код", "Категория", "Роль", "Класс"],
        ["T-1", "Учитель", "Наставник", ""],
        ["S-1", "Ученик", "Наставляемый; Наставник", "9"],
    ]
    cohort = read_cohort(FORM, write(tmp_path / "all.csv", rows))
    assert people(cohort) == [
        ("S-1", "student", {"mentor", "mentee"}, {"grade": 9}),
        ("T-1", "teacher", {"mentor"}, {}),
    ]


def test_a_column_of_roles_wins_over_the_file(tmp_path):
    """Where somebody leaves it blank, the file decides."""
    rows = [
        ["Код", "Категория", "Роль", "Класс"],
        ["S-1", "Ученик", "Наставник", 9],
        ["S-2", "Ученик", "", 9],
    ]
    mentors = write(tmp_path / "mentors.csv", [MENTORS[0], ["T-1", "Учитель", "", ""]])
    cohort = read_cohort(FORM, mentors, write(tmp_path / "mentees.csv", rows))
    assert [(id_, roles) for id_, _, roles, _ in people(cohort)] == [
        ("S-1", {"mentor"}),
        ("S-2", {"mentee"}),
        ("T-1", {"mentor"}),
    ]


def test_one_person_in_both_files_has_both_roles(tmp_path, files):
    """Their answers are put together where they agree or one is blank."""
    mentees = [*MENTEES, ["T-2", "Teacher", "", "Sport"]]
    cohort = read_cohort(FORM, files[0], write(tmp_path / "mentees.csv", mentees))
    person = cohort.participant("T-2")
    assert (person.roles, person.answers) == ({"mentor", "mentee"}, {"interests": ("sport",)})


def test_answers_of_one_person_that_contradict_each_other_are_reported(tmp_path, files):
    """Each row names the other one; the answers themselves are not shown."""
    mentees = write(tmp_path / "mentees.csv", [*MENTEES, ["T-1", "Student", "5", "Sport"]])
    with pytest.raises(IntakeError) as caught:
        read_cohort(FORM, files[0], mentees)
    assert [
        (it.place.file, it.place.row, it.place.column, it.code, dict(it.values))
        for it in caught.value.defects
    ] == [
        (file, row, column, "intake.contradiction", {"file": other, "row": other_row})
        for file, row, columns, other, other_row in [
            ("mentors.csv", 2, ("Категория", "Интересы"), "mentees.csv", 4),
            ("mentees.csv", 4, ("Category", "Interests"), "mentors.csv", 2),
        ]
        for column in columns
    ]


TYPED = [
    ["Код", "Категория", "Класс", "Знакомы", "С какого дня", "Цель"],
    ["S-1", "Ученик", 5, True, date(2025, 9, 1), "=1+1 цель"],
    ["S-2", "Ученик", 10.0, False, "", "две\nстроки"],
]


def test_csv_and_xlsx_of_one_table_give_one_cohort(tmp_path, files):
    """Numbers, dates and truth values mean the same in both."""
    texts = [
        ["yes" if cell is True else "no" if cell is False else cell for cell in row]
        for row in TYPED
    ]
    one = read_cohort(FORM, files[0], write(tmp_path / "a.csv", texts))
    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    for row in TYPED:
        book.active.append(row)
    book.active["F2"].data_type = "s"
    book.save(path)
    other = read_cohort(FORM, write(tmp_path / "mentors.xlsx", MENTORS), path)
    assert people(one) == people(other)
    assert one.participant("S-1").answers == {
        "grade": 5,
        "met": True,
        "since": date(2025, 9, 1),
        "goal": "=1+1 цель",
    }


def test_the_order_of_rows_and_columns_does_not_matter(tmp_path, files):
    """A shuffled table gives the same cohort."""
    columns = [2, 0, 3, 1]
    shuffled = [[row[column] for column in columns] for row in [MENTEES[0], *MENTEES[:0:-1]]]
    cohort = read_cohort(FORM, files[0], write(tmp_path / "shuffled.csv", shuffled))
    assert people(cohort) == EXPECTED


def test_the_report_says_how_each_file_was_read(tmp_path):
    """Used and unused columns by header; unknown columns and names reach no answer."""
    rows = [
        ["Баллы", "Код", "ФИО", "Категория", "Телефон"],
        ["01.09.2025", "T-1", "Анна Белова", "Учитель", "+7 900"],
        ["", "", "", "", ""],
        ["02.09.2025", "T-2", "Пётр Чехов", "Учитель", ""],
    ]
    mentors = write(tmp_path / "mentors.csv", rows)
    cohort = read_cohort(FORM, mentors, write(tmp_path / "mentees.xlsx", MENTEES))
    first, second = cohort.report.files
    assert (first.file, first.sheet, first.encoding, first.delimiter, first.header_row) == (
        "mentors.csv",
        None,
        "UTF-8",
        ";",
        1,
    )
    assert first.mapped == (
        ("Код", "code"),
        ("ФИО", "name"),
        ("Категория", "kind"),
        ("Телефон", "contact"),
    )
    assert first.unmapped == ("Баллы",)
    assert (first.rows_read, first.rows_kept, first.rows_blank, first.rejected) == (2, 2, 1, ())
    assert (second.sheet, second.encoding, second.delimiter) == ("Sheet1", None, None)
    everything = cohort.report.text("ru") + repr(people(cohort))
    assert not any(word in everything for word in ("Белова", "Чехов", "900", "01.09"))


def test_every_defect_of_every_file_is_reported_at_once(tmp_path):
    """Cells, codes, rows and roles, in the order of the rows."""
    mentors = [
        ["Код", "Категория", "Интересы", "С кем хочу работать", "Поддержка"],
        ["T-1", "Учитель", "Спрот; Шахматы", "S-1", ""],
        ["", "Учитель", "", "Никому Неизвестный", ""],
        ["T-1", "учитиль", "", "", "секрет"],
        ["Т-1", "Учитель", "", "", ""],  # a Cyrillic letter
    ]
    mentees = [
        *MENTEES,
        ["S-3", "Student", "12", ""],
        ["S-4", "", "", ""],
        ["S-5", "Student", "", ""],
    ]
    mentees_path = write(tmp_path / "mentees.csv", [*mentees, ["S-6", "Student"]])
    assert defects_of(write(tmp_path / "mentors.csv", mentors), mentees_path) == [
        ("mentors.csv", 2, "Код", "intake.same-code"),
        ("mentors.csv", 2, "Интересы", "intake.option-near"),
        ("mentors.csv", 2, "Интересы", "intake.option"),
        ("mentors.csv", 3, "Код", "intake.no-code"),
        ("mentors.csv", 3, "С кем хочу работать", "intake.unknown-person"),
        ("mentors.csv", 4, "Категория", "intake.option-near"),
        ("mentors.csv", 4, "Код", "intake.same-code"),
        ("mentors.csv", 4, "Поддержка", "intake.option"),
        ("mentors.csv", 5, "Код", "intake.similar-codes"),
        ("mentees.csv", 4, "Grade", "cohort.range"),
        ("mentees.csv", 5, "Category", "cohort.required"),
        ("mentees.csv", 6, "Grade", "cohort.required"),
        ("mentees.csv", 7, None, "intake.ragged"),
    ]


def test_an_error_shows_no_names_and_no_private_answers(tmp_path, files):
    """Names, contacts, people named, texts and restricted answers stay out of it."""
    rows = [
        ["ФИО", "Категория", "С кем хочу работать", "Поддержка", "Цель", "Телефон"],
        ["Анна Белова", "учитиль", "Пётр Чехов", "диагноз", "тайна", "+7 900"],
        ["Анна Белова", "Учитель", "Пётр Чехов", "диагноз", "тайна", "+7 900"],
    ]
    with pytest.raises(IntakeError) as caught:
        read_cohort(FORM, write(tmp_path / "m.csv", rows), files[1], keys=tmp_path / "keys.csv")
    assert len(caught.value.defects) == 7
    said = caught.value.text("ru") + caught.value.text("en") + repr(caught.value)
    assert "учитиль" in said
    assert not any(word in said for word in ("Белова", "Чехов", "диагноз", "тайна", "900"))


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([["Код", "Интересы"], ["T-1", ""]], (None, "Категория", "intake.no-column")),
        (
            [["Категория", "Интересы"], ["Учитель", ""]],
            (None, "Код участника", "intake.no-code-column"),
        ),
        ([["ФИО", "Категория"], ["А Б", "Учитель"]], (None, "Код участника", "intake.no-key-file")),
        (
            [["Code", "Category"], ["S-9", "Student"], ["S-8", "Student"]],
            (None, "Grade", "intake.no-column"),
        ),
        ([["Код", "Категория"]], (None, None, "intake.no-rows")),
        ([], (None, None, "intake.empty")),
        (
            [["Код", "Категория", "Роль"], ["T-1", "Учитель", "Наставляемый"]],
            (None, None, "intake.no-mentor"),
        ),
        ([["Код", "Категория", "Код"], ["T-1", "Учитель", ""]], (1, "Код", "intake.same-header")),
    ],
)
def test_a_table_without_what_it_needs_is_refused(tmp_path, files, rows, found):
    """The defect names the file, and the column that is missing."""
    mentors = write(tmp_path / "other.csv", rows)
    assert defects_of(mentors, files[1]) == [("other.csv", *found)]


def test_one_file_without_roles_is_refused(files):
    """The remedy is a column of roles, or two files."""
    assert defects_of(files[0]) == [("mentors.csv", None, "Роль", "intake.no-roles")]


def test_a_file_that_cannot_be_read_does_not_hide_the_defects_of_the_other(tmp_path, files):
    """People who are named may stand in the broken file, so nobody is called unknown."""
    mentees = [*MENTEES, ["S-3", "Student", "12", ""]]
    broken = tmp_path / "mentors.xlsx"
    broken.write_bytes(b"PK")
    path = write(tmp_path / "mentees.csv", mentees)
    assert defects_of(broken, path) == [
        ("mentors.xlsx", None, None, "intake.damaged"),
        ("mentees.csv", 4, "Grade", "cohort.range"),
    ]
    assert defects_of(files[0], tmp_path / "none.csv") == [
        ("none.csv", None, None, "intake.no-file")
    ]


# --- codes and names --------------------------------------------------------------------

NAMED_MENTORS = [
    ["ФИО", "Категория", "С кем хочу работать", "Контакт"],
    ["Анна Белова", "Учитель", "пётр  чехов", "a@example.org"],
]
NAMED_MENTEES = [
    ["ФИО", "Категория", "Класс", "С кем хочу работать"],
    ["Пётр Чехов", "Ученик", "5", "T-1"],
    ["Вера Дымова", "Ученик", "6", "Анна Белова"],
]


@pytest.fixture
def named(tmp_path):
    """Write two tables of named people and return their paths."""
    return (
        write(tmp_path / "mentors.csv", NAMED_MENTORS),
        write(tmp_path / "mentees.csv", NAMED_MENTEES),
    )


def test_people_without_codes_get_them_in_the_key_file(tmp_path, named):
    """Somebody known keeps the code, somebody new gets one; names in answers become codes."""
    keys = tmp_path / "keys.csv"
    KeyFile({"T-1": Person("анна белова")}).save(keys)
    cohort = read_cohort(FORM, *named, keys=keys)
    known = KeyFile.load(keys)
    (peter,), (vera,) = known.code_of("Петр Чехов"), known.code_of("Вера Дымова")
    assert set(cohort.ids) == {"T-1", peter, vera} == set(known.people)
    assert peter.startswith("S-")
    assert vera.startswith("S-")
    assert cohort.participant("T-1").answers["choices"] == (peter,)
    assert cohort.participant(peter).answers["choices"] == ("T-1",)
    assert cohort.participant(vera).answers["choices"] == ("T-1",)
    again = read_cohort(FORM, *named, keys=keys)
    assert people(again) == people(cohort)


def test_the_key_file_stays_as_it_was_when_there_are_defects(tmp_path, named):
    """Neither is it made when there was none."""
    keys = tmp_path / "keys.csv"
    broken = write(tmp_path / "mentees.csv", [*NAMED_MENTEES, ["Егор Жуков", "Ученик", "12", ""]])
    assert defects_of(named[0], broken, keys=keys) == [
        # The key file is empty, so this is nobody's code.
        ("mentees.csv", 2, "С кем хочу работать", "intake.unknown-person"),
        ("mentees.csv", 4, "Класс", "cohort.range"),
    ]
    assert not keys.exists()


def test_names_next_to_codes_are_kept_in_the_key_file(tmp_path):
    """With a key file; without one, they still tell who is named in answers."""
    mentors = [["Код", *NAMED_MENTORS[0]], ["T-1", *NAMED_MENTORS[1]]]
    mentees = [["Код", *NAMED_MENTEES[0]], ["S-1", *NAMED_MENTEES[1]], ["S-2", *NAMED_MENTEES[2]]]
    paths = write(tmp_path / "mentors.csv", mentors), write(tmp_path / "mentees.csv", mentees)
    keys = tmp_path / "keys.csv"
    cohort = read_cohort(FORM, *paths, keys=keys)
    assert dict(KeyFile.load(keys).people) == {
        "T-1": Person("Анна Белова", "a@example.org"),
        "S-1": Person("Пётр Чехов"),
        "S-2": Person("Вера Дымова"),
    }
    assert people(read_cohort(FORM, *paths)) == people(cohort)
    assert cohort.participant("T-1").answers == {"choices": ("S-1",)}


def test_a_code_of_somebody_else_is_reported(tmp_path, files):
    """A code that stands for another name in the key file is not overwritten."""
    keys = tmp_path / "keys.csv"
    KeyFile({"T-1": Person("Анна Белова")}).save(keys)
    rows = [["Код", "ФИО", "Категория"], ["T-1", "Другой Человек", "Учитель"]]
    mentors = write(tmp_path / "m.csv", rows)
    assert defects_of(mentors, files[1], keys=keys) == [("m.csv", 2, "ФИО", "intake.other-name")]


def test_namesakes_need_codes(tmp_path, named):
    """Within the files, in the key file, and in answers."""
    keys = tmp_path / "keys.csv"
    KeyFile({"S-1": Person("Вера Дымова"), "S-2": Person("вера дымова")}).save(keys)
    mentors = [
        *NAMED_MENTORS,
        ["Пётр Чехов", "Учитель", "Вера Дымова", ""],
        ["", "Учитель", "", ""],
    ]
    path = write(tmp_path / "mentors.csv", mentors)
    assert defects_of(path, named[1], keys=keys) == [
        # Who "Пётр Чехов" is, nobody can tell: two rows have this name and no code.
        ("mentors.csv", 2, "С кем хочу работать", "intake.unknown-person"),
        ("mentors.csv", 3, "ФИО", "intake.namesakes"),
        ("mentors.csv", 3, "С кем хочу работать", "cell.several-people"),
        ("mentors.csv", 4, "ФИО", "intake.no-name"),
        ("mentees.csv", 2, "ФИО", "intake.namesakes"),
        ("mentees.csv", 2, "С кем хочу работать", "intake.unknown-person"),
        ("mentees.csv", 3, "ФИО", "intake.namesakes"),
    ]


CLASSES = Questionnaire.from_dict(
    FORM.to_dict()
    | {
        "questions": [
            question | ({"rest": "letter"} if question["id"] == "grade" else {})
            for question in FORM.to_dict()["questions"]
        ]
        + [
            {
                "id": "letter",
                "kind": "choice",
                "label": {"ru": "Буква", "en": "Letter"},
                "options": [{"id": it, "label": it} for it in "АБВ"],
                "required": True,
                "asked": {"kinds": ["student"]},
            }
        ]
    }
)


def test_a_class_in_one_cell_answers_two_questions(tmp_path, files):
    """Also where the second one is required and has no column, or a blank cell in it."""
    rows = [
        ["Код", "Категория", "Класс"],
        ["S-2", "Ученик", "10 «A»"],
        ["S-1", "Ученик", "5Б класс"],
    ]
    cohort = read_cohort(CLASSES, files[0], write(tmp_path / "m.csv", rows))
    assert cohort.participant("S-1").answers == {"grade": 5, "letter": "Б"}
    assert cohort.participant("S-2").answers == {"grade": 10, "letter": "А"}
    assert [
        (it.what.place.file, it.what.place.row, it.what.place.column, it.what.code)
        for it in cohort.report.files[1].repaired
    ] == [("m.csv", 2, "Класс", "cell.look-alikes"), ("m.csv", 3, "Класс", "cell.read-as")]
    assert "5Б класс" in cohort.report.text("ru")
    rows = [[*row, letter] for row, letter in zip(rows, ("Буква", "А", ""), strict=True)]
    again = read_cohort(CLASSES, files[0], write(tmp_path / "m.csv", rows))
    assert people(again) == people(cohort)


def test_a_letter_of_another_class_is_a_contradiction(tmp_path, files):
    """The defect stands at the letter and names the other column."""
    rows = [
        ["Код", "Категория", "Класс", "Буква"],
        ["S-2", "Ученик", "10А", "В"],
        ["S-1", "Ученик", "5", "Б"],
    ]
    mentees = write(tmp_path / "m.csv", rows)
    with pytest.raises(IntakeError) as caught:
        read_cohort(CLASSES, files[0], mentees)
    (defect,) = caught.value.defects
    assert (defect.place.row, defect.place.column, defect.code) == (2, "Буква", "intake.other-cell")
    assert defect.values == {"column": "Класс"}
    assert "S-2" not in read_cohort(CLASSES, files[0], mentees, lenient=True).ids


def test_a_letter_that_cannot_be_read_is_one_defect(tmp_path, files):
    """It is not said to contradict the class too."""
    rows = [
        ["Код", "Категория", "Класс", "Буква"],
        ["S-2", "Ученик", "10А", "Ы"],
        ["S-1", "Ученик", "5Б", ""],
    ]
    with pytest.raises(IntakeError) as caught:
        read_cohort(CLASSES, files[0], write(tmp_path / "m.csv", rows))
    assert [(it.place.row, it.code) for it in caught.value.defects] == [(2, "intake.option")]


def test_a_class_that_cannot_be_read_is_one_defect(tmp_path, files):
    """The letter is required too, and not missing: it stands in the cell."""
    rows = [["Код", "Категория", "Класс"], ["S-2", "Ученик", "5Б/6А"], ["S-1", "Ученик", "5Б"]]
    with pytest.raises(IntakeError) as caught:
        read_cohort(CLASSES, files[0], write(tmp_path / "m.csv", rows))
    assert [(it.place.row, it.code) for it in caught.value.defects] == [(2, "cell.class")]


def test_classes_tell_namesakes_apart_in_answers(tmp_path):
    """People are looked for when everybody's class is known."""
    keys = tmp_path / "keys.csv"
    KeyFile({"S-1": Person("Тестов Иван Ильич"), "S-2": Person("Тестов Иван Олегович")}).save(keys)
    mentors = [["Код", "Категория", "С кем хочу работать"], ["T-1", "Учитель", "Тестов Иван (5Б)"]]
    mentees = [["Код", "Категория", "Класс"], ["S-1", "Ученик", "10А"], ["S-2", "Ученик", "V «Б»"]]
    paths = write(tmp_path / "t.csv", mentors), write(tmp_path / "s.csv", mentees)
    cohort = read_cohort(CLASSES, *paths, keys=keys)
    assert cohort.participant("T-1").answers == {"choices": ("S-2",)}
    assert "Тестов" not in cohort.report.text("ru")
    mentors[1][2] = "Тестов Иван"
    with pytest.raises(IntakeError) as caught:
        read_cohort(CLASSES, write(tmp_path / "t.csv", mentors), paths[1], keys=keys)
    assert "S-1, S-2" in caught.value.text("ru")
    assert "Тестов" not in caught.value.text("ru")


@pytest.mark.parametrize(
    ("content", "row", "code"),
    [
        (b"\xff\xfe", None, "keys.encoding"),
        (b"x;y\n", 1, "keys.header"),
        (b"code;name;contact\nT-1;;\n", 2, "keys.blank"),
        (b'code;name;contact\nT-1;"' + b"x" * 200_000 + b'";\n', None, "intake.quotes"),
    ],
)
def test_a_broken_key_file_is_refused(tmp_path, files, content, row, code):
    """Like any other file, and together with the defects of the others."""
    keys = tmp_path / "keys.csv"
    keys.write_bytes(content)
    assert defects_of(*files, keys=keys) == [("keys.csv", row, None, code)]
    assert keys.read_bytes() == content


def test_a_key_file_that_cannot_be_opened_or_written_is_an_error(tmp_path, named):
    """Not an exception of the system."""
    folder = tmp_path / "folder"
    folder.mkdir()
    assert defects_of(*named, keys=folder) == [("folder", None, None, "intake.closed-file")]
    (tmp_path / "file").write_bytes(b"")
    found = defects_of(*named, keys=tmp_path / "file" / "keys.csv")
    assert found == [("keys.csv", None, None, "intake.closed-file")]


# --- options ----------------------------------------------------------------------------


def test_a_column_map_names_the_headers_of_a_school(tmp_path, files):
    """Its mistakes are reported with those of the files."""
    rows = [["№", "Кто", "Хобби"], ["T-1", "Учитель", "Спорт"]]
    mentors = write(tmp_path / "mentors.csv", rows)
    own = ColumnMap(columns={"code": ("№",), "kind": ("Кто",), "interests": ("Хобби",)})
    cohort = read_cohort(FORM, mentors, files[1], columns=own)
    assert cohort.participant("T-1").answers == {"interests": ("sport",)}
    wrong = ColumnMap(columns={"code": ("№",), "kind": ("Кто",), "hobby": ("Хобби",)})
    assert defects_of(mentors, files[1], columns=wrong) == [(None, None, None, "intake.map-field")]


def test_a_lenient_reading_leaves_out_rows_with_defects(tmp_path, files):
    """Every row that was read is kept, or rejected with its reasons."""
    mentors = [*MENTORS, ["T-3", "Учитель", "Шахматы", "S-1"], ["T-4"], ["T-2", "Учитель", "", ""]]
    path = write(tmp_path / "mentors.csv", mentors)
    cohort = read_cohort(FORM, path, files[1], lenient=True)
    assert cohort.ids == ("S-1", "S-2", "T-1")
    first, second = cohort.report.files
    reasons = [(it.place.row, it.code) for it in first.rejected]
    assert reasons == [
        (3, "intake.same-code"),
        (4, "intake.option"),
        (5, "intake.ragged"),
        (6, "intake.same-code"),
    ]
    assert (first.rows_read, first.rows_kept) == (5, 1)
    assert first.rows_read == first.rows_kept + len({row for row, _ in reasons})
    assert (second.rows_read, second.rows_kept, second.rejected) == (2, 2, ())


def test_a_lenient_reading_leaves_no_half_of_an_answer(tmp_path):
    """Where the row with the required answer is rejected, the other row is too."""
    mentors = [
        ["Код", "Категория", "Класс", "Знакомы"],
        ["S-1", "Ученик", 9, "?"],
        ["S-2", "Ученик", 9, ""],
    ]
    mentees = [["Код", "Категория", "Класс"], ["S-1", "Ученик", ""], ["S-3", "Ученик", 5]]
    paths = write(tmp_path / "mentors.csv", mentors), write(tmp_path / "mentees.csv", mentees)
    cohort = read_cohort(FORM, *paths, lenient=True)
    assert cohort.ids == ("S-2", "S-3")
    assert [[it.code for it in file.rejected] for file in cohort.report.files] == [
        ["intake.option"],
        ["cohort.required"],
    ]


def test_a_required_answer_is_looked_for_in_both_rows_of_a_person(tmp_path):
    """One of the two is enough; where both lack it, both are named."""
    mentors = [["Код", "Категория"], ["S-1", "Ученик"], ["S-2", "Ученик"]]
    mentees = [["Код", "Категория", "Класс"], ["S-1", "Ученик", "9"], ["S-2", "Ученик", ""]]
    paths = write(tmp_path / "mentors.csv", mentors), write(tmp_path / "mentees.csv", mentees)
    assert defects_of(*paths) == [
        ("mentors.csv", 3, None, "cohort.required"),
        ("mentees.csv", 3, "Класс", "cohort.required"),
    ]
    assert read_cohort(FORM, *paths, lenient=True).ids == ("S-1",)


def test_a_lenient_reading_needs_whole_tables_and_both_roles(tmp_path, files):
    """It doesn't excuse a missing column, nor a side without anybody."""
    nobody = write(tmp_path / "m.csv", [MENTORS[0], ["T-1", "Учитель", "Шахматы", ""]])
    assert defects_of(nobody, files[1], lenient=True) == [
        ("m.csv", 2, "Интересы", "intake.option"),
        ("m.csv", None, None, "intake.no-mentor"),
    ]
    column = write(tmp_path / "m.csv", [["Код"], ["T-1"]])
    assert defects_of(column, files[1], lenient=True) == [
        ("m.csv", None, "Категория", "intake.no-column")
    ]


def test_a_lenient_reading_still_learns_names(tmp_path, named):
    """Whoever is in the cohort is in the key file."""
    keys = tmp_path / "keys.csv"
    rows = [*NAMED_MENTEES[:1], *NAMED_MENTEES[2:], ["Егор Жуков", "Ученик", "12", ""]]
    mentors = write(tmp_path / "mentors.csv", [row[:2] for row in NAMED_MENTORS])
    cohort = read_cohort(FORM, mentors, write(tmp_path / "m.csv", rows), keys=keys, lenient=True)
    assert len(cohort) == 2
    assert set(cohort.ids) <= set(KeyFile.load(keys).people)


# --- several answers of one person --------------------------------------------------------

TIMED = ["Отметка времени", "Код", "Категория", "Интересы"]


def timed(tmp_path, *rows, header=TIMED):
    """Write the answers of mentors with the time of each, and return the path."""
    return write(tmp_path / "timed.csv", [header, *rows])


@pytest.mark.parametrize(
    ("early", "late"),
    [
        ("05.10.2023 9:03:22", "05.10.2023 14:03:22"),
        ("2023/10/05 11:59:00 AM GMT+3", "2023/10/05 12:01:00 PM GMT+3"),
        ("2023-10-05T14:03:22+03:00", "2023-10-05T11:03:23.500Z"),
        ("2023-10-05 14:03", "2023-10-06"),
        ("12/31/2022 23:00:00", "1/2/2023 1:00:00"),
        ("31/12/2022 23:00:00", "02/01/2023 1:00:00"),
    ],
)
def test_the_last_answer_of_a_person_counts(tmp_path, files, early, late):
    """By the time of submission, whichever row comes first; the report names both rows."""
    first, second = [late, "T-1", "Учитель", "Спорт"], [early, "T-1", "Учитель", "нечто"]
    cohort = read_cohort(FORM, timed(tmp_path, first, second), files[1])
    assert cohort.participant("T-1").answers == {"interests": ("sport",)}
    file = cohort.report.files[0]
    assert (file.rows_read, file.rows_kept, file.replaced, file.rejected) == (2, 1, ((3, 2),), ())
    assert "строку 3 заменила строка 2" in cohort.report.text("ru")
    second[3] = "Спорт"
    swapped = read_cohort(FORM, timed(tmp_path, second, first), files[1])
    assert swapped.report.files[0].replaced == ((2, 3),)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("05.10.2023", "позавчера"),
        ("05.10.2023", ""),
        ("05/10/2023", "06/11/2023"),  # days or months first, nobody knows
        ("2023-10-05T14:03Z", "2023-10-05 14:04"),  # no zone, so perhaps earlier
    ],
)
def test_times_that_do_not_tell_which_answer_is_the_last_are_defects(
    tmp_path, files, first, second
):
    """In the rows of whoever answered twice only; no answer is taken instead."""
    path = timed(
        tmp_path,
        [first, "T-1", "Учитель", ""],
        [second, "T-1", "Учитель", "Спорт"],
        ["никогда", "T-2", "Учитель", ""],
    )
    found = [("timed.csv", row, "Отметка времени", "intake.time") for row in (2, 3)]
    assert defects_of(path, files[1]) == found
    lenient = read_cohort(FORM, path, files[1], lenient=True)
    file = lenient.report.files[0]
    assert "T-2" in lenient.ids
    assert file.rows_read == file.rows_kept + len(file.replaced) + file.rows_rejected


def test_without_times_the_lowest_row_counts_only_if_it_is_wished(tmp_path, files):
    """And with times, several answers can be refused."""
    rows = [["T-1", "Учитель", "Спорт"], ["T-1", "Учитель", ""]]
    path = timed(tmp_path, *rows, header=TIMED[1:])
    twice = [("timed.csv", row, "Код", "intake.same-code") for row in (2, 3)]
    assert defects_of(path, files[1]) == twice
    cohort = read_cohort(FORM, path, files[1], repeated="last")
    assert (cohort.report.files[0].replaced, cohort.participant("T-1").answers) == (((2, 3),), {})
    path = timed(tmp_path, ["01.09.2025", *rows[0]], ["02.09.2025", *rows[1]])
    assert defects_of(path, files[1], repeated="refuse") == twice


def test_one_code_of_two_names_is_never_taken_for_one_person(tmp_path, files):
    """However late the second answer is."""
    header = ["Отметка времени", "Код", "ФИО", "Категория"]
    rows = [
        ["01.09.2025", "T-1", "Тестов Иван", "Учитель"],
        ["02.09.2025", "T-1", "Тестова Анна", "Учитель"],
    ]
    assert defects_of(timed(tmp_path, *rows, header=header), files[1]) == [
        ("timed.csv", 2, "Код", "intake.same-code"),
        ("timed.csv", 3, "ФИО", "intake.other-name"),
        ("timed.csv", 3, "Код", "intake.same-code"),
    ]


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        (("8 (900) 123-45-67", "5А"), ("+7 900 1234567", "6А"), True),
        (("", "5А"), ("", "5 «А»"), True),
        (("x@example.org", "5А"), ("", "5А"), True),
        (("x@example.org", "5А"), ("y@example.org", "5А"), False),
        (("", "5А"), ("", "5Б"), False),
        (("", "5"), ("", "5"), False),
        (("", ""), ("", ""), False),
    ],
)
def test_two_rows_of_one_name_are_one_person_only_where_more_agrees(
    tmp_path, files, first, second, same
):
    """The contact, or the whole class; otherwise the curator decides."""
    header = ["Отметка времени", "ФИО", "Категория", "Контакт", "Класс", "Буква"]
    rows = [
        ["01.09.2025", "Тестов Иван", "Ученик", *first, ""],
        ["02.09.2025", "тестов  Иван", "Ученик", *second, ""],
    ]
    mentees = timed(tmp_path, *rows, header=header)
    options = {"keys": tmp_path / "keys.csv", "lenient": False}
    form = Questionnaire.from_dict(
        CLASSES.to_dict()
        | {"questions": [it | {"required": False} for it in CLASSES.to_dict()["questions"]]}
    )
    if same:
        cohort = read_cohort(form, files[0], mentees, **options | {"lenient": True})
        assert cohort.report.files[1].replaced == ((2, 3),)
        return
    with pytest.raises(IntakeError) as caught:
        read_cohort(form, files[0], mentees, **options)
    found = [(it.place.row, it.code) for it in caught.value.defects if it.place.file == "timed.csv"]
    assert found == [(2, "intake.namesakes"), (3, "intake.namesakes")]


# --- anything ---------------------------------------------------------------------------

CELLS = st.sampled_from(
    [
        "",
        "S-1",
        "T-1",
        "Т-1",
        "Ученик",
        "teacher",
        "5",
        "Спорт; Книги, журналы",
        "-",
        "?",
        "S-1; T-1",
    ]
) | st.text(max_size=5)
HEADERS = st.sampled_from(
    [
        "Код",
        "ФИО",
        "kind",
        "roles",
        "grade",
        "Интересы",
        "Интересы [Спорт]",
        "choices",
        "met",
        "",
        "x",
    ]
)


@given(data=st.data(), suffix=st.sampled_from([".csv", ".xlsx"]), lenient=st.booleans())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_table_is_a_cohort_or_an_error(tmp_path, data, suffix, lenient):
    """Nothing but an IntakeError comes out, whatever stands in the cells."""
    header = ["Код", "kind", *data.draw(st.lists(HEADERS, max_size=5))]
    width = len(header)
    rows = data.draw(st.lists(st.lists(CELLS, min_size=width, max_size=width), max_size=4))
    path = tmp_path / f"table{suffix}"
    if suffix == ".csv":
        with path.open("w", encoding="utf-8", errors="replace", newline="") as file:
            csv.writer(file).writerows([header, *rows])
    else:
        with xlsxwriter.Workbook(path) as book:
            page = book.add_worksheet()
            for number, row in enumerate([header, *rows]):
                for column, cell in enumerate(row):
                    page.write_string(number, column, cell.encode(errors="replace").decode())
    mentees = write(tmp_path / "mentees.csv", MENTEES)
    with suppress(IntakeError):
        cohort = read_cohort(FORM, path, mentees, lenient=lenient, keys=tmp_path / "keys.csv")
        for file in cohort.report.files:
            rejected = {defect.place.row for defect in file.rejected}
            assert file.rows_read == file.rows_kept + len(rejected)


def test_a_large_school_is_read_at_once(tmp_path):
    """Two thousand rows of sixty questions take about a second; the bound is for slow machines."""
    names = [f"o{number}" for number in range(20)]
    options = [{"id": name, "label": name} for name in names]
    kinds = [
        {"kind": "multi", "levels": {"low": 1, "high": 10}, "options": options},
        {"kind": "multi", "options": options},
        {"kind": "choice", "options": options},
        *[{"kind": "scale"}] * 3,
    ] * 10
    questions = [
        {"id": f"q{place}", "label": f"Q{place}"} | kind for place, kind in enumerate(kinds)
    ]
    form = Questionnaire.from_dict(
        {
            "name": "large",
            "title": "Large",
            "questions": [*FORM.to_dict()["questions"][:2], *questions],
        }
    )

    def cell(row, place, kind):
        chosen = [names[(row + place + step) % 20] for step in (0, 1 + row % 7, 9 + place % 7)]
        levels = [f"{name}={1 + (row + place) % 10}" for name in chosen]
        cells = {"choice": chosen[0], "multi": "; ".join(chosen), "scale": 1 + row % 10}
        return "; ".join(levels) if "levels" in kind else cells[kind["kind"]]

    header = ["Код", "Категория", "Роль", *(question["id"] for question in questions)]
    rows = [
        [f"S-{row:05}", "Ученик", ("Наставник", "Наставляемый")[row % 2]]
        + [cell(row, place, kind) for place, kind in enumerate(kinds)]
        for row in range(2000)
    ]
    path = write(tmp_path / "large.csv", [header, *rows])
    start = time.perf_counter()
    cohort = read_cohort(form, path)
    assert time.perf_counter() - start < 5
    assert len(cohort) == 2000


def test_a_map_of_columns_brings_a_schools_own_table_in(tmp_path, files):
    """Its headers, its words for options, and what it says to leave out; the report tells."""
    own = ColumnMap.from_dict(
        {
            "columns": {"interests": "Хобби"},
            "values": {"interests": {"Спортивные секции, походы": "sport"}, "met": {"ага": "yes"}},
            "ignore": ["Баллы"],
        }
    )
    rows = [
        ["Код", "Категория", "2. Класс *", "Хобби", "Знакомы", "Баллы"],
        ["S-1", "Ученик", 5, "Книги, журналы; Спортивные секции, походы", "ага", "7"],
        ["S-2", "Ученик", 6, "Спорт", "нет", "8"],
    ]
    mentees = write(tmp_path / "own.csv", rows)
    cohort = read_cohort(FORM, files[0], mentees, columns=own)
    assert cohort.questionnaire == FORM
    assert people(cohort)[:2] == [
        ("S-1", "student", {"mentee"}, {"grade": 5, "interests": ("sport", "books"), "met": True}),
        ("S-2", "student", {"mentee"}, {"grade": 6, "interests": ("sport",), "met": False}),
    ]
    report = cohort.report.files[1]
    assert (report.ignored, report.unmapped) == (("Баллы",), ())
    assert [(it.code, it.place.column) for it in report.notices] == [
        ("intake.loose-header", "2. Класс *")
    ]
    assert "2. Класс *" in cohort.report.text("ru")
    assert (mentees.name, 2, "Знакомы", "intake.option") in defects_of(files[0], mentees)
