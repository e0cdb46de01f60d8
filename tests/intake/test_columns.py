"""Headers are found by the ids, labels and synonyms of questions."""

import time

import numpy as np
import pytest

from mentormatch.errors import IntakeError
from mentormatch.intake.cells import Cells
from mentormatch.intake.columns import (
    CODE,
    CONTACT,
    NAME,
    ColumnMap,
    check_column_map,
    find_columns,
    in_own_words,
    language_of,
)
from mentormatch.intake.tables import Table
from mentormatch.questionnaire import Questionnaire

FORM = Questionnaire.from_dict(
    {
        "name": "small",
        "title": "Small",
        "questions": [
            {
                "id": "kind",
                "kind": "choice",
                "label": {"ru": "Категория", "en": "Category"},
                "options": [{"id": "student", "ru": "Ученик", "en": "Student"}],
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
                "id": "interests",
                "kind": "multi",
                "label": {"ru": "Интересы", "en": "Interests"},
                "synonyms": ["Чем увлекаетесь?"],
                "options": [
                    {"id": "sport", "ru": "Спорт", "en": "Sport"},
                    {"id": "books", "ru": "Книги [и журналы]", "en": "Books"},
                ],
            },
            {
                "id": "goals",
                "kind": "ranked",
                "label": {"ru": "Цели", "en": "Goals"},
                "max": 2,
                "options": [{"id": "a", "label": "A"}, {"id": "b", "label": "B"}],
            },
            {
                "id": "slots",
                "kind": "slots",
                "label": {"ru": "Время", "en": "Time"},
                "days": [{"id": "mon", "ru": "Пн", "en": "Mon", "synonyms": ["понедельник"]}],
                "times": [{"id": "day", "ru": "день", "en": "day"}],
            },
            {"id": "comfort", "kind": "scale", "label": {"ru": "Уют [1-10]", "en": "Comfort"}},
        ],
    }
)


def table(*header):
    """Make a table of some headers."""
    cells = tuple(Cells.of(["x"]) for _ in header)
    return Table("a.csv", 1, header, np.array([2], np.int32), cells)


def found(*header, column_map=None):
    """Return the columns that are found."""
    return find_columns(table(*header), FORM, column_map).columns


def defects_of(*header):
    """Return code, column and values of every defect of a header."""
    with pytest.raises(IntakeError) as caught:
        find_columns(table(*header), FORM, None)
    return [(it.code, it.place.column, dict(it.values)) for it in caught.value.defects]


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("interests", "interests"),  # id
        ("ИНТЕРЕСЫ ", "interests"),  # label, in capitals
        ("Interests", "interests"),
        ("Чем  увлекаетесь?", "interests"),  # synonym, with two spaces
        ("Чем\u00a0увлекаетесь?", "interests"),
        ("уют [1–10]", "comfort"),  # brackets of the label itself, another dash
        ("Код", CODE),
        ("Participant code", CODE),
        ("ФИО", NAME),
        ("Телефон", CONTACT),
    ],
)
def test_a_header_is_known_by_every_name(header, field):
    """Id, labels and synonyms count, however they are spaced and capitalised."""
    assert found(header) == {field: ((0, None),)}


def test_columns_with_a_part_in_brackets_belong_together():
    """Options, ranks and days stand in brackets behind the question."""
    columns = found(
        "Интересы [Спорт]",
        "interests[Книги [и журналы]]",
        "Цели [2]",
        "Цели [1]",
        "Время [Понедельник]",
    )
    assert columns == {
        "interests": ((0, "sport"), (1, "books")),
        "goals": ((2, 2), (3, 1)),
        "slots": ((4, "mon"),),
    }


def test_columns_that_mean_nothing_are_listed():
    """They are not read, and the report names them; so are parts of questions without parts."""
    layout = find_columns(
        table("Код", "Почтовый индекс", "Comfort", "Comfort [a]", "ФИО [a]", ""), FORM, None
    )
    assert layout.mapped == (("Код", "code"), ("Comfort", "comfort"))
    assert layout.unmapped == ("Почтовый индекс", "Comfort [a]", "ФИО [a]")
    assert (layout.position("comfort"), layout.position("goals")) == (2, None)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        # two names of one question
        (
            ["Интересы", "x", "Interests"],
            [("intake.two-columns", "Interests", {"first": "Интересы", "letters": "A"})],
        ),
        # a whole answer next to one of several columns
        (
            ["Интересы [Спорт]", "Интересы"],
            [("intake.two-columns", "Интересы", {"first": "Интересы [Спорт]", "letters": "A"})],
        ),
        # one option in both languages
        (
            ["Интересы [Спорт]", "Interests [Sport]"],
            [
                (
                    "intake.two-columns",
                    "Interests [Sport]",
                    {"first": "Интересы [Спорт]", "letters": "A"},
                )
            ],
        ),
        (
            ["Код", "code"],
            [("intake.two-columns", "code", {"first": "Код", "letters": "A"})],
        ),
        # a misspelt option gets a suggestion in its language, a strange one the whole list
        (
            ["Интересы [Спрот]", "Interests [x]"],
            [
                ("intake.unknown-part", "Интересы [Спрот]", {"found": "Спрот", "names": "Спорт"}),
                ("intake.unknown-part", "Interests [x]", {"found": "x", "names": "Sport, Books"}),
            ],
        ),
        (
            ["Цели [3]", "Цели [a]"],
            [
                ("intake.unknown-rank", "Цели [3]", {"found": "3", "most": 2}),
                ("intake.unknown-rank", "Цели [a]", {"found": "a", "most": 2}),
            ],
        ),
    ],
)
def test_headers_that_contradict_each_other_are_reported(headers, expected):
    """Every defect of the header is named with its column."""
    assert defects_of(*headers) == expected


def test_a_column_map_names_a_schools_own_headers():
    """It wins over the questionnaire's names, where the table has its header."""
    own = ColumnMap.from_dict(
        {
            "columns": {
                "comfort": "Насколько уютно? [1]",
                "interests": ["Хобби", "Увлечения"],
                "code": "Номер",
            }
        }
    )
    columns = found(
        "Номер", "Насколько уютно? [1]", "Comfort", "Хобби [Спорт]", "Код", column_map=own
    )
    assert columns == {CODE: ((0, None),), "comfort": ((1, None),), "interests": ((3, "sport"),)}
    assert found("Код", "Интересы", column_map=own) == {
        CODE: ((0, None),),
        "interests": ((1, None),),
    }


def test_a_column_map_is_kept_in_a_file(tmp_path):
    """It comes back as it was."""
    own = ColumnMap(columns={"comfort": ("Уютно?",), "name": ("Кто",)})
    own.save(tmp_path / "columns.toml")
    assert ColumnMap.load(tmp_path / "columns.toml") == own


def test_a_wrong_column_map_is_reported_at_once():
    """Unknown fields, headers that no table has, and headers given twice."""
    own = ColumnMap(
        columns={
            "comfrt": ("Хобби",),
            "goals": ("Хобби",),
            "slots": ("Нет такого",),
            "name": ("Кто",),
        }
    )
    found = list(check_column_map(own, FORM, [table("Хобби [1]"), table("Кто")]))
    assert [(it.code, it.place.field, dict(it.values)) for it in found] == [
        ("intake.map-field", "columns.comfrt", {"names": "comfort"}),
        ("intake.map-twice", "columns.goals", {"header": "Хобби", "other": "comfrt"}),
        ("intake.map-header", "columns.slots", {"header": "Нет такого"}),
    ]


@pytest.mark.parametrize(
    ("header", "field", "key"),
    [
        ("12. Интересы", "interests", None),
        ("3) Interests *", "interests", None),
        ("Вопрос 4: Интересы", "interests", None),
        ("1.2. Интересы:", "interests", None),
        ("Интересы (обязательно)", "interests", None),
        ("Чем увлекаетесь", "interests", None),  # without its question mark
        ("Интepecы", "interests", None),  # Latin e, p, e, c
        ("Интересы\nВыберите не больше трёх", "interests", None),
        ("5. Koд *", CODE, None),  # Latin K, o
        ("Телефон:", CONTACT, None),
        ("Интересы / Спорт", "interests", "sport"),
        ("Интересы/Books", "interests", "books"),
        ("Интересы: Спорт", "interests", "sport"),
        ("7. Чем увлекаетесь? — Книги [и журналы]", "interests", "books"),
        ("Interests (Sport)", "interests", "sport"),
        ("Interests | Sport *", "interests", "sport"),
        ("12. Интересы [Спорт]", "interests", "sport"),
        ("Цели - 2", "goals", 2),
        ("Время (понедельник)", "slots", "mon"),
        ("Время: Пн\nОтметьте удобное", "slots", "mon"),
    ],
)
def test_other_form_services_are_understood_and_said_so(header, field, key):
    """Numbering, signs, letters of the other alphabet, help and other ways to name an option."""
    layout = find_columns(table(header), FORM, None)
    assert layout.columns == {field: ((0, key),)}
    assert [(it.code, it.place.column) for it in layout.notices] == [
        ("intake.loose-header", header)
    ]


@pytest.mark.parametrize(
    "header",
    [
        "Интересы / Шахматы",  # no option of this question
        "Интересы (до трёх)",
        "Цели - 3",  # beyond the last rank
        "Уют [1-10]: Спорт",  # a question without parts
        "Мои интересы",
        "12. ",
        "Код / Спорт",
        "Интересы-Спорт",  # a hyphen within a word is no dash
        "5 Интересы",  # a number that is no numbering
    ],
)
def test_a_header_is_never_misread(header):
    """What is no option, rank or day of the question leaves the column unread."""
    layout = find_columns(table(header), FORM, None)
    assert (layout.columns, layout.unmapped, layout.notices) == ({}, (header,), ())


@pytest.mark.parametrize("sign", ["[", "(", " ", "/", " - ", "12. ", "*", "(required)"])
def test_a_hostile_header_takes_no_time(sign):
    """Whatever it repeats."""
    began = time.perf_counter()
    layout = find_columns(table(sign * 200_000 + "x", sign * 200_000 + "]"), FORM, None)
    assert layout.columns == {}
    assert time.perf_counter() - began < 10


def test_a_clean_header_stands_before_a_folded_one():
    """The folded one is not read then; two folded ones are a defect."""
    layout = find_columns(table("12. Интересы", "Интересы", "Цели [1]", "3. Цели [2]"), FORM, None)
    assert layout.columns == {"interests": ((1, None),), "goals": ((2, 1), (3, 2))}
    assert layout.unmapped == ("12. Интересы",)
    assert defects_of("Интересы *", "2. Интересы") == [
        ("intake.two-columns", "2. Интересы", {"first": "Интересы *", "letters": "A"})
    ]
    assert defects_of("Интересы / Спорт", "Интересы: Спорт")[0][0] == "intake.two-columns"


def test_what_is_folded_to_two_questions_is_neither():
    """A header that would fit two questions is left to the curator."""
    questions = [
        {"id": "likes", "kind": "text", "label": "Любите спорт?"},
        {"id": "liked", "kind": "text", "label": "Любите спорт"},
    ]
    base = FORM.to_dict()
    form = Questionnaire.from_dict({**base, "questions": [*base["questions"], *questions]})
    layout = find_columns(table("4. Любите спорт *", "Любите спорт?"), form, None)
    assert layout.unmapped == ("4. Любите спорт *",)
    assert layout.columns == {"likes": ((1, None),)}


def test_a_map_knows_which_columns_mean_nothing():
    """They are listed apart and hide even a header that is a question's own."""
    own = ColumnMap.from_dict(
        {"columns": {"goals": "Мечты"}, "ignore": ["Отметка времени", "интересы *"]}
    )
    layout = find_columns(
        table("Отметка  времени", "Интересы *", "Интересы", "x", "Мечты: 1"), FORM, own
    )
    assert layout.ignored == ("Отметка  времени", "Интересы *")
    assert layout.unmapped == ("x",)
    assert layout.columns == {"interests": ((2, None),), "goals": ((4, 1),)}
    assert not list(check_column_map(own, FORM, [table(*layout.ignored, "Мечты: 1")]))


def test_a_map_knows_a_schools_own_words_for_options():
    """They are read besides the questionnaire's; days and times of slots too."""
    own = ColumnMap.from_dict(
        {
            "values": {
                "interests": {"Спортивные секции": "sport", "Чтение": "Книги [и журналы]"},
                "slots": {"понедельник после уроков": "mon", "после шестого урока": "day"},
            }
        }
    )
    form = in_own_words(FORM, own)
    spellings = {option.id: option.spellings for option in form.options("interests")}
    assert "спортивные секции" in spellings["sport"]
    assert "спорт" in spellings["sport"]
    assert "чтение" in spellings["books"]
    assert any("пн после шестого урока" in option.spellings for option in form.options("slots"))
    assert form.options("goals") == FORM.options("goals")
    assert FORM.options("interests")[0].spellings == ("sport", "спорт")
    assert in_own_words(FORM, None) is FORM
    assert not list(check_column_map(own, FORM, []))


def test_wrong_words_for_options_are_reported_at_once():
    """Unknown questions and options, questions without options, words of two options."""
    own = ColumnMap.from_dict(
        {
            "values": {
                "interest": {"a": "sport"},
                "code": {"a": "b"},
                "comfort": {"хорошо": "8"},
                "interests": {"Чтение": "book", "спорт": "books", "X": "sport", "x": "books"},
            },
            "ignore": ["Уют"],
            "columns": {"comfort": "уют"},
        }
    )
    found = [(it.code, it.place.field, dict(it.values)) for it in check_column_map(own, FORM, [])]
    everything = "kind, roles, interests, goals, slots, comfort"
    assert found == [
        ("intake.map-twice", "ignore", {"header": "Уют", "other": "comfort"}),
        ("intake.map-field", "values.interest", {"names": "interests"}),
        ("intake.map-field", "values.code", {"names": everything}),
        ("intake.map-no-options", "values.comfort", {}),
        ("intake.map-option", "values.interests", {"found": "book", "names": "books"}),
        ("intake.map-value-twice", "values.interests", {"value": "спорт", "other": "sport"}),
        ("intake.map-value-twice", "values.interests", {"value": "x", "other": "sport"}),
    ]


def test_the_language_of_a_table_shows_in_its_letters():
    """A Cyrillic letter makes it Russian."""
    assert language_of(["Code", "Класс"]) == "ru"
    assert language_of(["Code", "", "1-10"]) == "en"
