"""Reading by column finds what reading row by row finds: the same people, the same defects."""

import csv
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from slow_reading import slow_cohort

from mentormatch.errors import IntakeError
from mentormatch.intake import read_cohort
from mentormatch.keys import KeyFile, Person
from mentormatch.questionnaire import Questionnaire

TODAY = date(2026, 9, 1)
KINDS = [{"id": "student", "label": "Ученик"}, {"id": "teacher", "label": "Учитель"}]
ROLES = [{"id": "mentor", "label": "Наставник"}, {"id": "mentee", "label": "Наставляемый"}]
OPTIONS = [
    {"id": "sport", "label": "Спорт"},
    {"id": "books", "label": "Книги, журналы"},
    {"id": "magazines", "label": "Журналы"},
    {"id": "novels", "label": "Книги"},
    {"id": "other", "label": "Другое", "other": True},
]
PLAIN = [{"id": it, "label": it} for it in ("Чтение", "Танцы", "Шахматы")]
DAYS = [{"id": "mon", "label": "Пн"}, {"id": "tue", "label": "Вт"}]
TIMES = [{"id": "am", "label": "утро"}, {"id": "pm", "label": "вечер"}]
FORM = Questionnaire.from_dict(
    {
        "name": "every-kind",
        "title": "Every kind",
        "questions": [
            {"label": question["id"]} | question
            for question in [
                {"id": "kind", "kind": "choice", "options": KINDS},
                {"id": "roles", "kind": "multi", "options": ROLES},
                {"id": "grade", "kind": "number", "low": 1, "high": 11, "rest": "letter"},
                {
                    "id": "letter",
                    "kind": "choice",
                    "options": [{"id": it, "label": it} for it in "АБВ"],
                    "required": True,
                    "asked": {"kinds": ["student"], "roles": ["mentee"]},
                },
                {"id": "likes", "kind": "multi", "options": OPTIONS, "max": 2},
                {"id": "hobbies", "kind": "multi", "options": PLAIN, "may_be_none": True},
                {"id": "needs", "kind": "multi", "options": PLAIN, "levels": {"high": 5}},
                {"id": "best", "kind": "ranked", "options": PLAIN, "max": 2},
                {"id": "slots", "kind": "slots", "days": DAYS, "times": TIMES},
                {"id": "friends", "kind": "people", "max": 2, "may_be_none": True},
                {"id": "wanted", "kind": "people", "ranked": True},
                {"id": "pace", "kind": "scale", "required": True},
                {"id": "hours", "kind": "number", "decimals": 1},
                {"id": "since", "kind": "date"},
                {"id": "goal", "kind": "text"},
                {"id": "met", "kind": "flag"},
            ]
        ],
    }
)
# By header: what may stand below it, right and wrong.
CELLS = {
    "kind": ["Ученик", "Ученик", "teacher", "", "учинек"],
    "roles": ["", "mentor", "Наставник; mentee", "?"],
    "roles [mentor]": ["+", "", "нет"],
    "grade": ["5", "5Б", "11 «В»", "", "12", "5Г", "V"],
    "letter": ["А", "Б", "", "Б", "Q"],
    "likes": [
        "Спорт",
        "спорт; Книги, журналы",
        "Журналы,Спорт",
        "Другое: Спорт, Журналы",
        "-",
        "?",
    ],
    "hobbies": ["-", "", "Чтение;Танцы", "Танцы, Чтение", "Танцы; Танцы", "Чтение\nТанцы; ", "; -"],
    "hobbies [Чтение]": ["+", "да", "", "-", "нет", "???"],
    "hobbies [Танцы]": ["+", "", "Танцы"],
    "needs": ["Чтение=3", "Чтение=3; Танцы=5", "Чтение=9", "Танцы", "Чтение=1; Чтение=2", ""],
    "needs [Чтение]": ["1", "5", "", "6", "-"],
    "needs [Шахматы]": ["2", "", "x"],
    "best": [
        "Танцы; Чтение",
        "Чтение",
        "Танцы;Танцы",
        "Чтение, Танцы, Шахматы",
        "1. Чтение; 2. Танцы",
    ],
    "best [1]": ["Чтение", "Танцы", "", "?"],
    "best [2]": ["Шахматы", "Чтение", ""],
    "slots": ["Пн утро", "вт вечер; Пн утро", "Пн", "", "Пн утро, Пн утро"],
    "slots [Пн]": ["утро", "утро; вечер", "", "утро; утро", "ночь"],
    "slots [Вт]": ["вечер", "", "-"],
    "friends": ["S-1", "S-2; T-1", "Тестов Иван", "S-1, S-1", "-", "S-1;S-2;T-1", "никто", "S-2;"],
    "wanted": ["T-1; S-1", "S-1;T-1", "", "Тестова Анна; T-1", "T-1;;S-2"],
    "pace": ["1", "8 - скорее да", "10", "", "11"],
    "hours": ["1,5", "2", "", "1,55", "много"],
    "since": ["01.09.2025", "2025-09-01", "", "31.02.2025"],
    "goal": ["любая", "", "й́"],
    "met": ["да", "0", "", "может быть"],
}
CODES = ["S-1", "S-2", "S-3", "T-1", "T-2", "Т-2", "", "S-1"]
NAMES = ["Тестов Иван", "Тестова Анна", "Пробный Олег", ""]
KEYS = KeyFile(
    {
        "S-1": Person("Тестов Иван"),
        "S-2": Person("Тестова Анна"),
        "S-8": Person("Пробный Олег"),
        "S-9": Person("Пробный Олег"),
    }
)


@st.composite
def tables(draw):
    """Draw a table: mostly right cells under some headers, codes or names."""
    who = draw(st.sampled_from(["Код", "Код", "ФИО"]))
    fields = draw(st.lists(st.sampled_from([*CELLS][1:]), unique=True, max_size=8))
    whole = {name for name in fields if "[" not in name}
    fields = [name for name in fields if "[" not in name or name.split(" [")[0] not in whole]
    if who == "ФИО":  # a class would tell namesakes apart, and one person's rows together
        fields = [name for name in fields if name not in {"grade", "letter"}]
    header = draw(st.permutations([who, "kind", *fields]))
    own = {who: CODES if who == "Код" else NAMES}
    rows = st.tuples(*(st.sampled_from(own.get(name) or CELLS[name]) for name in header))
    return [header, *draw(st.lists(rows, min_size=1, max_size=6))]


def write(path, rows):
    """Write a CSV and return its path."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";").writerows(rows)
    return path


def outcome(read, *paths, **options):
    """Return the cohort, or the defects in a form that can be compared."""
    try:
        found = read(FORM, *paths, **options)
    except IntakeError as error:
        return [(it.code, it.place, dict(it.values)) for it in error.defects]
    return found


def same_people(cohort, other):
    """Tell whether two cohorts hold the same people."""
    rows = [
        [(it.id, it.kind, it.roles, it.answers) for it in each.participants()]
        for each in (cohort, other)
    ]
    return rows[0] == rows[1]


@given(mentors=tables(), mentees=tables(), lenient=st.booleans(), two=st.booleans())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_reading_by_column_is_reading_row_by_row(tmp_path, mentors, mentees, lenient, two):
    """The same cohort and the same repairs, or the same defects in the same order."""
    keys = tmp_path / "keys.csv"
    KEYS.save(keys)
    paths = [write(tmp_path / "mentors.csv", mentors)]
    if two:
        paths.append(write(tmp_path / "mentees.csv", mentees))
    options = {"keys": keys, "lenient": lenient, "as_of": TODAY}
    slow, fast = (outcome(read, *paths, **options) for read in (slow_cohort, read_cohort))
    if isinstance(slow, list):
        assert fast == slow
        return
    expected, lines = slow
    assert same_people(fast, expected)
    for file in fast.report.files:
        own = [line for line in lines if line.table.file == file.file]
        repairs = [repair for line in own for repair in line.repairs]
        assert file.rows_kept == len(own)
        assert file.rows_read == file.rows_kept + len(file.replaced) + file.rows_rejected
        assert sum(repair.count for repair in file.repaired) == len(repairs)
        assert {(it.what.code, it.what.place.column) for it in file.repaired} == {
            (it.code, it.place.column) for it in repairs
        }
        assert {it.what.place.row for it in file.repaired} <= {it.place.row for it in repairs}


CHOICES = ["likes", "hobbies", "needs", "best", "slots", "friends", "wanted"]


@pytest.mark.parametrize("name", CHOICES)
@given(data=st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_a_cell_of_pieces_is_read_as_a_whole_cell(tmp_path, name, data):
    """Whatever pieces stand in it, between whatever separators."""
    pieces = [piece for cell in CELLS[name] for piece in (cell, *cell.split(";"))]
    part = st.tuples(st.sampled_from([*pieces, " ", '"']), st.sampled_from([";", ", ", "\n", "; "]))
    cell = st.lists(part, min_size=1, max_size=4).map(lambda it: "".join(map("".join, it))[:-1])
    rows = [[code, "teacher", "3", data.draw(cell)] for code in ("T-1", "T-2", "S-1", "S-2", "S-3")]
    table = [["Код", "kind", "pace", name], *rows]
    paths = [write(tmp_path / "a.csv", table), write(tmp_path / "b.csv", table[:1] + rows[:1])]
    for lenient in (False, True):
        slow, fast = (
            outcome(read, *paths, lenient=lenient, as_of=TODAY)
            for read in (slow_cohort, read_cohort)
        )
        if isinstance(slow, list):
            assert fast == slow
        else:
            assert same_people(fast, slow[0])
            found = sum(it.count for file in fast.report.files for it in file.repaired)
            assert found == sum(len(line.repairs) for line in slow[1])
