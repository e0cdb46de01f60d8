"""Headers are found by the ids, labels and synonyms of questions."""

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


def test_the_language_of_a_table_shows_in_its_letters():
    """A Cyrillic letter makes it Russian."""
    assert language_of(["Code", "Класс"]) == "ru"
    assert language_of(["Code", "", "1-10"]) == "en"
