"""Unknown columns are given to questions by their headers and by their cells."""

from itertools import permutations

import numpy as np
import pytest

from mentormatch.errors import IntakeError
from mentormatch.intake.cells import Cells
from mentormatch.intake.columns import ColumnMap, check_column_map, find_columns
from mentormatch.intake.tables import Table
from mentormatch.questionnaire import Questionnaire
from mentormatch.suggestion import _alike, _fields, _Judge, _units, suggest_columns


def options(*names):
    """List options that are named like their ids."""
    return [{"id": name.lower(), "label": name} for name in names]


def question(name, kind, ru, **keys):
    """Make a question."""
    return {"id": name, "kind": kind, "label": {"ru": ru, "en": name}, **keys}


FORM = Questionnaire.from_dict(
    {
        "name": "small",
        "title": "Small",
        "questions": [
            question("kind", "choice", "Категория участника", options=options("Ученик", "Педагог")),
            question("roles", "multi", "Роль", options=options("mentor", "mentee")),
            question("interests", "multi", "Интересы", options=options("Спорт", "Музыка", "Книги")),
            question("needs", "multi", "С чем помочь", options=options("Эссе", "Речь"), levels={}),
            question("motivation", "scale", "Насколько хочу участвовать"),
            question("comfort", "scale", "Насколько мне комфортно"),
            question("offers", "multi", "С чем помогу", options=options("Эссе", "Речь"))
            | {"asked": {"roles": ["mentor"]}},
            question("asks", "multi", "С чем помочь мне", options=options("Эссе", "Речь"))
            | {"asked": {"roles": ["mentee"]}},
            question("choices", "people", "С кем хочу работать"),
            question("goal", "text", "Чего хочу достичь"),
        ],
    }
)


def table(**columns):
    """Make a table of columns by header, ``Код`` among them unless given."""
    rows = max(map(len, columns.values()))
    columns = {"Код": [f"S-{row}" for row in range(rows)], **columns}
    cells = tuple(Cells.of([*own, *[""] * (rows - len(own))]) for own in columns.values())
    numbers = np.arange(2, rows + 2, dtype=np.int32)
    return Table("a.csv", 1, tuple(columns), numbers, cells)


def suggested(*tables, role=None, known=None):
    """Return what is proposed: header, field, and whether it is sure enough."""
    found = suggest_columns(FORM, [(it, role) for it in tables], known)
    return {it.header: (it.field, it.confidence >= 50) for it in found.made}


HOBBIES = ["Спорт; Музыка", "Книги", "Музыка", "Спорт"]


def test_cells_that_read_as_answers_are_strong_evidence():
    """Even under a header that is alike to nothing."""
    assert suggested(table(Хобби=HOBBIES)) == {"Хобби": ("interests", True)}
    assert suggested(table(Хобби=["рыбалка", "шахматы"])) == {}


def test_an_alike_header_is_evidence_where_cells_say_nothing():
    """Free text and blank columns have only their header."""
    own = {"Чего я хочу достичь за год": ["врачом", "летать"], "Ваш интерес": [""]}
    assert suggested(table(**own)) == {
        "Чего я хочу достичь за год": ("goal", True),
        "Ваш интерес": ("interests", True),
    }


def test_cells_that_are_no_answers_speak_against_an_alike_header():
    """A column of remarks is no column of options."""
    (found,) = suggest_columns(FORM, [(table(Интерес=["был", *HOBBIES]), None)], None).made
    (other,) = suggest_columns(FORM, [(table(Интерес=HOBBIES), None)], None).made
    assert (found.field, found.read, found.texts) == ("interests", 4, 5)
    assert found.confidence < other.confidence
    assert suggested(table(Интерес=["был", "не был", "нет", "не знаю"])) == {}


def test_what_fits_many_questions_says_little():
    """Small numbers may answer any scale; the header has to decide."""
    numbers = ["7", "8", "10"]
    assert suggested(table(Баллы=numbers)) == {}
    assert suggested(table(**{"Насколько Вам комфортно?": numbers})) == {
        "Насколько Вам комфортно?": ("comfort", True)
    }


def test_columns_of_one_question_are_proposed_together():
    """In any layout; options that the question lacks speak against it."""
    for pattern in ("Чем помочь [{}]", "Чем помочь / {}", "Чем помочь: {}"):
        own = {pattern.format(name): ["7", "8"] for name in ("Эссе", "Речь")}
        assert suggested(table(**own)) == {"Чем помочь": ("needs", True)}
    own = {f"Чем помочь [{name}]": ["7", "8"] for name in ("Танцы", "Пение", "Кино")}
    assert suggested(table(**own)) == {}


def test_people_are_known_by_the_codes_of_all_tables():
    """A column that names mentors by code stands in the mentees' table."""
    mentors = table(Код=["T-1", "T-2", "T-3"])
    mentees = table(Выбор=["T-1; T-2", "T-3"], Код=["S-1", "S-2"])
    found = suggest_columns(FORM, [(mentors, "mentor"), (mentees, "mentee")], None)
    assert [(it.field, it.read, it.texts) for it in found.made] == [("choices", 2, 2)]


def test_who_is_not_asked_has_hardly_answered():
    """The same column goes to the mentors' question in their table."""
    own = table(Помощь=["Эссе; Речь", "Речь"])
    assert suggested(own, role="mentor") == {"Помощь": ("offers", True)}
    assert suggested(own, role="mentee") == {"Помощь": ("asks", True)}


def test_codes_names_and_contacts_are_found_too():
    """By the look of their cells and their headers; nothing of them is shown."""
    own = table(
        Код=[""],
        Номер=["A-1", "A-2", "A-3"],
        Участник=["Анна Белова", "Иван Полев", "Ольга Речная"],
        Почта=[f"{letter}@school.invalid" for letter in "abc"],
    )
    own = Table("a.csv", 1, own.header[1:], own.numbers, own.cells[1:])
    found = suggest_columns(FORM, [(own, None)], None)
    written = found.toml("ru") + found.toml("en")
    assert {it.header: it.field for it in found.made}["Почта"] == "contact"
    assert not any(word in written for word in ("Белова", "invalid", "A-1", "Речная"))


def test_one_question_gets_one_header_so_that_the_total_is_greatest():
    """As trying every way to give three headers to questions shows."""
    own = table(**{"Хобби": HOBBIES, "Интересы детей": HOBBIES, "С чем мне помочь": ["Эссе"] * 4})
    found = suggest_columns(FORM, [(own, None)], None)
    assert len({it.field for it in found.made}) == len(found.made)
    judge = _Judge(FORM, own, None, frozenset())
    units = _units(own, [1, 2, 3])
    fields = [it for it in _fields(FORM) if it != "code column"]
    rows = [[it.confidence for it in judge._judged(unit, fields)] for unit in units]
    best = max(
        sum(row[at] for row, at in zip(rows, way, strict=True) if row[at] >= 25)
        for way in permutations(range(len(fields)), len(rows))
    )
    assert sum(it.confidence for it in found.made) == best


def test_a_header_means_the_same_in_both_tables():
    """Each table may have its own header for a question, but one header has one meaning."""
    first = table(Хобби=HOBBIES, Цель=["a"])
    second = table(Увлечения=HOBBIES, Цель=["b"])
    third = table(Хобби=["6", "7"])
    assert suggested(first, second, third) == {
        "Хобби": ("interests", True),
        "Увлечения": ("interests", True),
    }


def test_a_proposal_can_be_saved_and_used_as_it_is(tmp_path):
    """What is sure is read then; what isn't, and columns that mean nothing, are comments."""
    own = table(**{'Хобби "мои"': HOBBIES, "Баллы": ["x", "y"], "Я хочу": ["стать"], "A": ["1"]})
    known = ColumnMap.from_dict(
        {"columns": {"needs": "A"}, "values": {"kind": {"уч.": "ученик"}}, "ignore": ["Код"]}
    )
    for lang in ("ru", "en"):
        found = suggest_columns(FORM, [(own, None)], known)
        (tmp_path / "columns.toml").write_text(found.toml(lang), "utf-8")
        loaded = ColumnMap.load(tmp_path / "columns.toml")
        assert loaded == found.column_map
        assert loaded.columns == {"interests": ('Хобби "мои"',), "needs": ("A",)}
        assert (loaded.values, loaded.ignore) == (known.values, known.ignore)
        assert not list(check_column_map(loaded, FORM, [own]))
        assert find_columns(own, FORM, loaded).columns["interests"] == ((1, None),)
        assert "# goal = " in found.toml(lang)
        assert '# ignore = ["Код", "Баллы"]' in found.toml(lang)


def test_a_header_that_contradicts_itself_comes_first():
    """Two columns of one meaning are a defect before anything can be proposed."""
    with pytest.raises(IntakeError):
        suggest_columns(FORM, [(table(Интересы=HOBBIES, interests=HOBBIES), None)], None)


@pytest.mark.parametrize(
    ("first", "second", "least", "most"),
    [
        ("интересы", "интересы", 1, 1),
        ("ваши интересы", "интересы", 0.7, 0.95),
        ("интересами детей", "интересы", 0.5, 0.9),  # another ending
        ("работать с кем хочу", "с кем хочу работать", 0.9, 1),  # another order
        ("отметка времени", "свободное время", 0.2, 0.5),
        ("баллы", "цель", 0, 0.2),
        ("", "цель", 0, 0),
    ],
)
def test_likeness_looks_at_words(first, second, least, most):
    """Endings and order don't count; unrelated words are not alike."""
    assert least <= _alike(first, second) <= most
    assert _alike(first, second) == pytest.approx(_alike(second, first), abs=0.15)
