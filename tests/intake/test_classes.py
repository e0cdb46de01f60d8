"""A cell with a number and what follows it answers two questions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentormatch.errors import Defect
from mentormatch.intake.answers import cell_reader
from mentormatch.intake.mending import MENDED, CellError, Reading
from mentormatch.questionnaire import Questionnaire

LETTERS = "АБВГМ"
ROMAN = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI"]


def form_of(letters=LETTERS, number=None, **more):
    """Ask for grade and letter; ``number`` is said of the grade, ``more`` of the letter."""
    roles = [{"id": "mentor", "label": "mentor"}, {"id": "mentee", "label": "mentee"}]
    grade = {"id": "grade", "kind": "number", "label": "Класс", "low": 1, "high": 11}
    letter = {"id": "letter", "kind": "choice", "label": "Буква"} | more
    return Questionnaire.from_dict(
        {
            "name": "small",
            "title": "Small",
            "questions": [
                {"id": "kind", "kind": "choice", "label": "kind", "options": roles},
                {"id": "roles", "kind": "multi", "label": "roles", "options": roles},
                grade | {"rest": "letter"} | (number or {}),
                letter | {"options": [{"id": it, "label": it} for it in letters]},
            ],
        }
    )


def read(cell, name="grade", form=None):
    """Read a cell; give the answer, the other answers and the codes of the repairs."""
    form = form or form_of()
    found = cell_reader(form, form.question(name), Reading)(cell)
    assert all(Defect(code, values=values).text("ru") for code, values in found.repairs)
    return found.answer, dict(found.others), [code for code, _ in found.repairs]


def problems(cell, name="grade", form=None):
    """Return the problems of a cell."""
    with pytest.raises(CellError) as caught:
        read(cell, name, form)
    assert all(Defect(code, values=values).text("ru") for code, values in caught.value.problems)
    return [(code, dict(values)) for code, values in caught.value.problems]


@pytest.mark.parametrize("cell", ["5", "5.0", "5,0"])
def test_a_number_alone_answers_one_question(cell):
    """The other stays without an answer."""
    assert read(cell) == (5, {}, [])


@pytest.mark.parametrize("cell", ["5Б", "5 Б", "5б", "5-Б", "5 «Б»", "5„Б“", "5\u00a0Б", "5 – б"])
def test_a_class_is_grade_and_letter(cell):
    """With a space, a dash or quotation marks between them, it needs no note."""
    assert read(cell) == (5, {"letter": "Б"}, [])


@pytest.mark.parametrize(
    ("cell", "grade", "letter"),
    [
        ("5Б класс", 5, "Б"),
        ("5 б класс", 5, "Б"),
        ("5 «Б» кл.", 5, "Б"),
        ("класс 5Б", 5, "Б"),
        ("5-й класс «Б»", 5, "Б"),
        ("5й Б", 5, "Б"),
        ("5 класс", 5, None),
        ("5-й класс", 5, None),
        ("5th grade", 5, None),
        ("5/Б", 5, "Б"),
        ("5 (Б)", 5, "Б"),
        ("V Б", 5, "Б"),
        ("VБ", 5, "Б"),
        ("v б", 5, "Б"),
        ("XI", 11, None),
        ("ХІ", 11, None),  # Cyrillic letters
        ("Х «А» класс", 10, "А"),
        ("Ⅸ", 9, None),  # one sign
        ("Ⅺ б", 11, "Б"),
    ],
)
def test_other_ways_to_write_a_class_are_read_with_a_note(cell, grade, letter):
    """Words, endings and Roman numerals."""
    others = {} if letter is None else {"letter": letter}
    assert read(cell) == (grade, others, ["cell.read-as"])


def test_a_letter_of_another_alphabet_is_mended():
    """Latin for Cyrillic and the other way round."""
    assert read("10A") == (10, {"letter": "А"}, ["cell.look-alikes"])
    assert read("10А", form=form_of("AB")) == (10, {"letter": "A"}, ["cell.look-alikes"])
    assert read("10А") == (10, {"letter": "А"}, [])


@pytest.mark.parametrize(
    "cell", ["5Б/6А", "5-6", "5Б, 5В", "Б", "БV", "x", "v", "IIII", "XII", "5ББ"]
)
def test_what_can_be_no_class_is_refused(cell):
    """A small x or v alone may be a mark."""
    assert problems(cell) == [("cell.class", {"found": cell, "example": "1А"})]


def test_a_letter_that_is_no_option_is_named():
    """The list shows what a class may have."""
    assert problems("5Ы") == [("intake.option", {"found": "Ы", "names": "А; Б; В; Г; М"})]
    assert problems("10b") == [("intake.option", {"found": "b", "names": "А; Б; В; Г; М"})]


def test_a_letter_is_no_ending():
    """5-М is a class where there is an М."""
    assert read("5-м") == (5, {"letter": "М"}, [])
    assert read("5-й")[:2] == (5, {})


def test_a_number_out_of_range_is_reported_as_such():
    """However it is followed."""
    assert problems("12Б") == [("cohort.range", {"found": "12", "low": 1, "high": 11})]


def test_what_can_mean_two_classes_is_refused():
    """With a class letter Х, IХ is nine, or first Х."""
    with_x = form_of("АХ")
    assert problems("IХ", form=with_x)[0][0] == "cell.class"
    assert read("I Х", form=with_x)[:2] == (1, {"letter": "Х"})
    assert read("IХ")[:2] == (9, {})


def test_the_column_of_the_letter_may_hold_the_class():
    """It answers both questions there too."""
    assert read("Б", "letter") == ("Б", {}, [])
    assert read("5Б", "letter") == ("Б", {"grade": 5}, [])
    assert problems("12Б", "letter")[0][0] == "intake.option"
    assert problems("5", "letter")[0][0] == "intake.option"


def test_a_private_letter_is_never_shown():
    """Neither in a note nor in a defect."""
    private = form_of(sensitivity="restricted")
    assert read("5Б класс", form=private) == (5, {"letter": "Б"}, [MENDED])
    assert read("5A", form=private) == (5, {"letter": "А"}, [MENDED])
    assert problems("5Б/6А", form=private) == [("cell.class", {"found": "…", "example": "1А"})]
    assert problems("5Ы", form=private)[0][1]["found"] == "…"
    number = form_of(number={"sensitivity": "restricted"})
    assert read("5A", form=number) == (5, {"letter": "А"}, [MENDED])
    assert read("5A класс", form=number) == (5, {"letter": "А"}, [MENDED])
    assert problems("5Ы", form=number) == [("cell.class", {"found": "…", "example": "1А"})]


@given(
    st.integers(1, 11),
    st.sampled_from(LETTERS),
    st.sampled_from(["", " ", "-", " - ", " «", "«", '"']),
    st.booleans(),
    st.sampled_from(["", " класс", " кл."]),
)
def test_every_class_is_read_in_every_way(grade, letter, sign, is_roman, word):
    """Noted if and only if it is more than number, sign and letter."""
    close = {"«": "»", '"': '"'}.get(sign.strip(), "")
    cell = f"{ROMAN[grade - 1] if is_roman else grade}{sign}{letter}{close}{word}"
    codes = ["cell.read-as"] if is_roman or word else []
    assert read(cell) == (grade, {"letter": letter}, codes)


@given(st.text() | st.text("5VXIxv БА-/«»класс.", max_size=12))
def test_any_text_is_a_class_or_refused(cell):
    """Nothing but a CellError comes out of a cell."""
    try:
        grade, _, _ = read(cell)
    except CellError:
        return
    assert 1 <= grade <= 11
