"""People who are named in answers are found if nobody else may be meant."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentormatch.errors import Defect
from mentormatch.intake.answers import cell_reader
from mentormatch.intake.directory import Directory, telling_apart
from mentormatch.intake.mending import MENDED, CellError
from mentormatch.keys import KeyFile, Person
from mentormatch.participant import skeleton
from mentormatch.questionnaire import Questionnaire

FORM = Questionnaire.preset("target-model")
PEOPLE = {
    "S-10001": "Тестов Иван Иванович",
    "S-20002": "Тестов Иван Олегович",
    "S-30003": "Тестов Илья Петрович",
    "S-40004": "Пробная Анна Сергеевна",
    "S-50005": "Пробный Пётр",
    "T-60006": "Образцова Мария Ивановна",
    "S-70007": "Двойной-Тройной Егор Ильич",
    "S-80008": "Sample Anna",
    "T-91919": "Олег Ильич Обратный",  # the surname comes last
}
ANSWERS = {
    "S-10001": {"grade": 7, "class_letter": "Б"},
    "S-20002": {"grade": 8, "class_letter": "А"},
    "S-40004": {"grade": 5},
}


def directory(people=PEOPLE, answers=ANSWERS, codes=("S-90009",), *, complete=True):
    """Make a directory of a key file, and of codes without a name."""
    keys = KeyFile({code: Person(name) for code, name in people.items()})
    return Directory(FORM, keys, codes, complete=complete, answers=answers)


def find(written, **more):
    """Return the code, and whether the report has a note of it."""
    found = directory(**more).find(written)
    assert {code for code, _ in found.repairs} <= {"cell.person"}
    assert all(values == {"code": found.answer} for _, values in found.repairs)
    return found.answer, bool(found.repairs)


def problem(written, **more):
    """Return the one problem of what is written, which shows no part of it."""
    with pytest.raises(CellError) as caught:
        directory(**more).find(written)
    ((code, values),) = caught.value.problems
    for lang in ("ru", "en"):
        sentence = Defect(code, values=values).text(lang)
        names = {word for name in PEOPLE.values() for word in name.split()}
        assert not any(word in sentence for word in names | {written or "?"})
    return code, dict(values)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("S-10001", "S-10001"),
        (" S-90009 ", "S-90009"),  # who has no name
        ("Тестов Иван Иванович", "S-10001"),
        ("тестов  иван иванович", "S-10001"),
        ("Пробный Петр", "S-50005"),
    ],
)
def test_a_code_or_a_whole_name_needs_no_note(written, code):
    """However it is spaced and capitalised, and with ё or е."""
    assert find(written) == (code, False)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("s-10001", "S-10001"),
        ("S 10001", "S-10001"),
        ("S10001", "S-10001"),
        ("Т-60006", "T-60006"),  # a Cyrillic Т
        ("1. S-10001", "S-10001"),
        ("• Тестов Иван Иванович", "S-10001"),
        ("Тестов И. И.", "S-10001"),
        ("Тестов И.И.", "S-10001"),
        ("Тестов ИИ", "S-10001"),
        ("И. И. Тестов", "S-10001"),
        ("Тестов Илья", "S-30003"),
        ("Илья Тестов", "S-30003"),
        ("Пробная А.", "S-40004"),
        ("Анна Сергеевна Пробная", "S-40004"),
        ("Прoбная Aнна", "S-40004"),  # Latin o and A
        ("Петр Пробный", "S-50005"),
        ("Пробный Пётр Ильич", "S-50005"),  # the key file has no patronymic
        ("Двойной - Тройной Егор", "S-70007"),
        ("Двойной-Тройной Е. И.", "S-70007"),
        ("Anna Sample", "S-80008"),
        ("Обратный О. И.", "T-91919"),
        ("Обратный Олег", "T-91919"),
        ("Тестов Иван (7Б)", "S-10001"),
        ("Тестов Иван (8 «А» класс)", "S-20002"),
        ("Тестов Иван 8А", "S-20002"),
        ("Тестов Иван (S-20002)", "S-20002"),
        ("Пробная Анна (5Б)", "S-40004"),  # her letter is not known
    ],
)
def test_whoever_alone_can_be_meant_is_found_with_a_note(written, code):
    """By code, surname with first name or initials, and class."""
    assert find(written) == (code, True)


@pytest.mark.parametrize(
    ("written", "codes"),
    [
        ("Тестов Иван", "S-10001, S-20002"),
        ("Тестов И.", "S-10001, S-20002, S-30003"),
        ("Тестов И. (7Б)", "S-10001, S-30003"),  # the class of one is not known
    ],
)
def test_several_who_may_be_meant_are_listed(written, codes):
    """By their codes, for the curator to choose."""
    count = codes.count(",") + 1
    assert problem(written) == ("cell.several-people", {"count": count, "codes": codes})


@pytest.mark.parametrize(
    "written",
    [
        "Неведомый Никто",
        "Тестов",  # a surname alone
        "Иван",
        "Мария Ивановна",  # no surname
        "Олег Ильич",
        "Тестов Олегович",
        "Тестов О. И.",  # the patronymic comes second
        "Тестов Иван (6А)",  # nobody of this class
        "Пробная Анна (6)",
        "Тестов Илья (сосед)",
        "Пробная Анна Петровна",  # another patronymic
        "Пробная А. П.",
        "Пробный Пётр и Тестов Илья",
        "Тестов И. И. И.",
        "",
        "S-1",
        "x" * 5000,
    ],
)
def test_nobody_is_guessed(written):
    """Who doesn't fit is not known."""
    assert problem(written) == ("intake.unknown-person", {})


@pytest.mark.parametrize(
    ("written", "codes"),
    [
        ("S-10010", "S-10001"),  # two digits changed places
        ("S-1001", "S-10001"),
        ("S-40005", "S-40004, S-50005"),
        ("Пробня Анна Сергеевна", "S-40004"),
        ("Пробняа Анна", "S-40004"),
        ("Анна Пробная-", "S-40004"),
    ],
)
def test_those_who_nearly_fit_are_suggested(written, codes):
    """One letter away, by code, and never taken for them."""
    assert problem(written) == ("cell.near-person", {"codes": codes})


def test_many_who_nearly_fit_are_no_suggestion():
    """Where codes are dense, the nearest say nothing."""
    dense = {"people": {}, "codes": [f"S-1000{number}" for number in range(1, 6)]}
    assert problem("S-10009", **dense) == ("intake.unknown-person", {})
    dense["codes"] = dense["codes"][:3]
    assert problem("S-10009", **dense)[0] == "cell.near-person"


def test_codes_that_look_the_same_are_not_told_apart():
    """Written exactly they are."""
    twins = {"people": {}, "codes": ["T-1", "Т1"]}
    assert find("T-1", **twins) == ("T-1", False)
    assert problem("t 1", **twins)[0] == "cell.several-people"


def test_numbers_with_a_space_are_two_codes():
    """Or one: who may tell."""
    assert problem("1 2", people={}, codes=["1", "2", "12"]) == ("intake.unknown-person", {})


def test_nothing_shows_a_name():
    """Neither the directory nor what it found."""
    roster = directory()
    shown = repr((roster, roster.find("Тестов Илья"), *(roster._people or {}).values()))
    assert "S-30003" in shown
    assert not any(skeleton(word) in skeleton(shown) for word in PEOPLE["S-30003"].split())


def test_long_lists_are_cut():
    """A remedy stays readable."""
    many = {f"S-{number:05}": f"Тестов Иван {number}-ич" for number in range(20)}
    _, values = problem("Тестов Иван", people=many)
    assert values["count"] == 20
    assert values["codes"].count(",") == 8


def test_everybody_is_known_where_a_table_is_not():
    """Somebody who is named may stand in a table that can't be read."""
    assert find("Неведомый Никто", complete=False) == ("Неведомый Никто", False)


def test_a_class_tells_namesakes_apart():
    """It is read from the questions that say so."""
    assert telling_apart(FORM) == {"grade", "class_letter"}
    assert problem("Тестов Иван (7Б)", answers={})[0] == "cell.several-people"


def test_private_answers_show_no_codes():
    """Whom somebody doesn't want is nobody's business, not even the report's."""
    read = cell_reader(FORM, FORM.question("vetoes"), directory().find)
    assert read("Пробная Анна").repairs == ((MENDED, {}),)
    assert read("S-40004").repairs == ()
    for written in ("Тестов Иван", "S-1001", "Никто"):
        with pytest.raises(CellError) as caught:
            read(written)
        assert caught.value.problems == (("cell.hidden-person", {}),)


def test_lists_of_people_are_read():
    """In their order, which numbers must not contradict."""
    read = cell_reader(FORM, FORM.question("choices"), directory().find)
    assert read("1. Тестов И. И.; 2. Пробная А.").answer == ("S-10001", "S-40004")
    assert read("S-40004, Тестов Илья\nS-10001").answer == ("S-40004", "S-30003", "S-10001")
    with pytest.raises(CellError) as caught:
        read("2. Тестов И. И.; 1. Пробная А.")
    assert caught.value.problems == (("cell.numbering", {}),)
    liked = cell_reader(FORM, FORM.question("comfort_choice"), directory().find)
    found = liked("Пробная Анна; S-40004")
    assert found.answer == ("S-40004",)
    assert [code for code, _ in found.repairs] == ["cell.person", "cell.twice"]


SURNAMES = ["Тестов", "Тестова", "Пробный"]
FIRSTS = ["Иван", "Илья", "Анна"]
PATRONYMICS = ["Иванович", "Петрович", "Ильич"]
FULL = st.tuples(*map(st.sampled_from, (SURNAMES, FIRSTS, PATRONYMICS)))


@given(st.lists(FULL, unique=True, min_size=1, max_size=12), st.data())
def test_somebody_is_found_if_and_only_if_alone(people, data):
    """Compared with counting the people of these words or initials."""
    surname, first, patronymic = data.draw(st.sampled_from(people))
    ways = {
        f"{surname} {first}": lambda it: it[:2] == (surname, first),
        f"{first} {surname}": lambda it: it[:2] == (surname, first),
        f"{surname} {first[0]}.": lambda it: (it[0], it[1][0]) == (surname, first[0]),
        f"{surname} {first[0]}. {patronymic[0]}.": lambda it: (
            (it[0], it[1][0], it[2][0]) == (surname, first[0], patronymic[0])
        ),
        f"{first} {patronymic} {surname}": lambda it: it == (surname, first, patronymic),
    }
    written = data.draw(st.sampled_from(sorted(ways)))
    codes = {f"S-{number}": person for number, person in enumerate(people)}
    fitting = [code for code, person in codes.items() if ways[written](person)]
    roster = directory({code: " ".join(person) for code, person in codes.items()}, {}, ())
    if len(fitting) == 1:
        assert roster.find(written).answer == fitting[0]
    else:
        with pytest.raises(CellError) as caught:
            roster.find(written)
        ((code, values),) = caught.value.problems
        assert (code, values["count"]) == ("cell.several-people", len(fitting))


@given(st.text() | st.text("ТестовИванSs-10() .", max_size=30))
def test_any_text_is_somebody_or_reported(written):
    """Nothing but a CellError comes out."""
    try:
        code, _ = find(written)
    except CellError:
        return
    assert code in {*PEOPLE, "S-90009"}
