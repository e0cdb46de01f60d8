"""Options are found under everything they may be called, and never guessed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentormatch.errors import Defect
from mentormatch.intake.mending import MENDED, CellError
from mentormatch.intake.options import Names
from mentormatch.questionnaire import Levels, Question, Questionnaire

OPTIONS = [
    {"id": "sport", "ru": "Спорт", "en": "Sport"},
    {"id": "art", "ru": "Музыка, театр", "en": "Music, theatre", "synonyms": ["искусство"]},
    {"id": "music", "ru": "Музыка", "en": "Music"},
    {"id": "books", "ru": "Чтение", "en": "Books"},
]
OTHER = {"id": "other", "ru": "Другое", "en": "Other", "other": True}
AGREE = [
    {"id": "1", "ru": "Нет", "en": "No"},
    {"id": "2", "ru": "Скорее нет", "en": "Rather no"},
    {"id": "3", "ru": "Скорее да", "en": "Rather yes"},
]
LEVELS = Levels(low=1, high=10)
# Latin letters that look like Russian ones.
TWINS = dict(zip("АВЕКМНОРСТХаеорсух", "ABEKMHOPCTXaeopcyx", strict=True))


def names(options=OPTIONS, kind="multi", **more):
    """Make the names of a question."""
    question = Question.model_validate(
        {"id": "q", "label": "Q", "kind": kind, "options": options} | more
    )
    return Names(question, question.options)


def said(reading):
    """Give the answer and the codes of the repairs, which can all be said."""
    assert all(Defect(code, values=values).text("ru") for code, values in reading.repairs)
    return reading.answer, [code for code, _ in reading.repairs]


def problems(read, cell):
    """Return the codes of what is wrong."""
    with pytest.raises(CellError) as caught:
        read(cell)
    assert all(Defect(code, values=values).text("ru") for code, values in caught.value.problems)
    return [code for code, _ in caught.value.problems]


@pytest.mark.parametrize(
    "cell",
    ["sport", "СПОРТ", " Спорт ", "Спо\u00adрт", "Спорт\u200b", "\u202aСпорт\u202c", "спорт\ufe0f"],
)
def test_case_spaces_and_invisible_marks_make_no_difference(cell):
    """They need no note: nobody sees them."""
    assert said(names().one(cell)) == ("sport", [])


@pytest.mark.parametrize(
    ("cell", "option", "code"),
    [
        ("Cпорт", "sport", "cell.look-alikes"),  # a Latin C
        ("1. Mузыкa", "music", "cell.look-alikes"),
        ("1. Спорт", "sport", "cell.read-as"),
        ("2) Музыка, театр", "art", "cell.read-as"),
        ("б) Спорт", "sport", "cell.read-as"),
        ("• Спорт", "sport", "cell.read-as"),
        ("- Спорт", "sport", "cell.read-as"),
        ("«Спорт»", "sport", "cell.read-as"),
        ("(Спорт).", "sport", "cell.read-as"),
    ],
)
def test_what_stands_around_a_name_is_left_out_with_a_note(cell, option, code):
    """Numbers, bullets, quotation marks, and letters of another alphabet."""
    assert said(names().one(cell)) == (option, [code])


@pytest.mark.parametrize("cell", ["e-sport", "Спорт 1", "не спорт", "Спорт (иногда)", "Sрqrt"])
def test_what_is_no_name_is_refused(cell):
    """More than decoration makes another answer."""
    assert problems(names().one, cell)[0].startswith("intake.option")


@pytest.mark.parametrize(
    ("cell", "answer"),
    [("3. Скорее да", "3"), ("3 - скорее да", "3"), ("3 (скорее да)", "3"), ("3", "3")],
)
def test_a_number_may_stand_before_its_own_text(cell, answer):
    """Forms export both."""
    assert names(AGREE, "choice").one(cell).answer == answer


@pytest.mark.parametrize("cell", ["2. Скорее да", "2 - Скорее да", "2 (скорее да)", "2. Скорее дa"])
def test_a_number_that_is_another_option_is_a_contradiction(cell):
    """Which of the two was meant, nobody knows."""
    assert problems(names(AGREE, "choice").one, cell)[0].startswith("intake.option")


def test_options_that_look_the_same_are_not_told_apart():
    """Exactly written they are; with a letter of another alphabet it could be either."""
    twins = [{"id": "AО", "label": "AО"}, {"id": "АO", "label": "АO"}]
    both = names(twins, "choice")
    assert said(both.one("AО")) == ("AО", [])
    assert said(both.one("АO")) == ("АO", [])
    assert problems(both.one, "AO")[0].startswith("intake.option")  # both Latin
    assert said(names(twins[:1], "choice").one("AO")) == ("AО", ["cell.look-alikes"])


def test_small_letters_of_two_shapes_are_not_mixed_up():
    """A small Latin b is no В, a capital one is."""
    letters = names([{"id": "Б", "label": "Б"}, {"id": "В", "label": "В"}], "choice")
    assert said(letters.one("B")) == ("В", ["cell.look-alikes"])
    assert problems(letters.one, "b") == ["intake.option"]
    assert said(letters.one("в")) == ("В", [])


@pytest.mark.parametrize(
    ("cell", "answer", "codes"),
    [
        ("Спорт; Музыка", ("sport", "music"), []),
        ("Спорт;; \n;", ("sport",), []),
        ("- Спорт\n- Музыка", ("sport", "music"), ["cell.read-as"] * 2),
        ("1. Музыка, театр, 2. Спорт", ("sport", "art"), ["cell.read-as"] * 2),
        ("Спорт; sport", ("sport",), ["cell.twice"]),
        ("Cпорт; Спорт", ("sport",), ["cell.look-alikes", "cell.twice"]),
        ("Другое", ("other",), []),
        ("Другое: шахматы", ("other",), ["cell.other-text"]),
        ("other (chess)", ("other",), ["cell.other-text"]),
        ("Спорт, Другое: шахматы, плавание", ("sport", "other"), ["cell.other-text"]),
        ("Другое: шахматы, Музыка, театр", ("art", "other"), ["cell.other-text"]),
    ],
)
def test_several_options_are_a_set(cell, answer, codes):
    """What stands there twice counts once; the text beside "Other" is left out."""
    assert said(names([*OPTIONS, OTHER]).set_of(cell)) == (answer, codes)


@pytest.mark.parametrize(
    ("cell", "codes"),
    [
        ("Другое: шахматы; плавание", ["intake.option"]),  # is no part of "Other" any more
        ("Другое: шахматы, Спрот", ["intake.option-near"]),  # may be an option, misspelt
        ("Другое шахматы", ["intake.option-near"]),
        ("Иное: шахматы", ["intake.option"]),  # the list says how to write it
        ("Другое: " + "x, " * 40, ["intake.option"] * 20),
    ],
)
def test_what_may_be_an_answer_is_no_text_of_other(cell, codes):
    """No answer vanishes in it."""
    assert problems(names([*OPTIONS, OTHER]).set_of, cell) == codes


def test_without_an_option_for_it_other_is_reported():
    """With its text, unless the answer is private."""
    for more, found in (({}, "Другое: шахматы"), ({"sensitivity": "restricted"}, "…")):
        with pytest.raises(CellError) as caught:
            names(**more).set_of("Другое: шахматы")
        ((code, values),) = caught.value.problems
        assert (code, values["found"]) == ("cell.no-other", found)
        assert ("шахматы" in Defect(code, values=values).text("ru")) == (not more)


def test_a_choice_may_be_other_too():
    """There all of the cell is its text."""
    either = names([*OPTIONS, OTHER], "choice")
    assert said(either.one("Другое: шахматы, плавание")) == ("other", ["cell.other-text"])


@pytest.mark.parametrize(
    ("cell", "codes"), [("Cпорт", [MENDED]), ("Другое: тайна, ещё тайна", [MENDED])]
)
def test_notes_of_private_answers_show_nothing(cell, codes):
    """Not even which option it was."""
    private = names([*OPTIONS, OTHER], sensitivity="restricted").set_of(cell)
    assert [code for code, _ in private.repairs] == codes
    assert not any(values for _, values in private.repairs)


@pytest.mark.parametrize(
    ("cell", "answer", "codes"),
    [
        ("Спорт=8; Музыка=5", {"sport": 8, "music": 5}, []),
        ("Спорт - 8; Музыка: 5", {"sport": 8, "music": 5}, ["cell.read-as"] * 2),
        ("Спорт (8), Музыка, театр (3)", {"sport": 8, "art": 3}, ["cell.read-as"] * 2),
        ("Спорт=8 из 10", {"sport": 8}, ["cell.read-as"]),
        ("Спорт=8; sport=8", {"sport": 8}, ["cell.twice"]),
        ("Другое: шахматы=4", {"other": 4}, ["cell.other-text"]),
    ],
)
def test_levels_may_follow_other_signs(cell, answer, codes):
    """With a note, as for everything that the grammar doesn't have."""
    graded = names([*OPTIONS, OTHER], levels=LEVELS.model_dump())
    assert said(graded.each_with_level(cell, LEVELS)) == (answer, codes)


def test_one_option_has_one_level():
    """Two different ones are a contradiction."""
    graded = names(levels=LEVELS.model_dump())
    assert problems(lambda it: graded.each_with_level(it, LEVELS), "Спорт=8; sport=7") == [
        "cohort.repeated"
    ]


def test_numbers_must_not_contradict_the_order():
    """Where the order is the answer; numbers that are part of a name say nothing."""
    ranked = names(kind="ranked")
    assert ranked.ranking("1. Спорт; 2. Музыка").answer == ("sport", "music")
    assert problems(ranked.ranking, "2. Спорт; 1. Музыка") == ["cell.numbering"]
    assert problems(ranked.ranking, "1. Спорт; 1. Музыка") == ["cell.numbering"]
    own = names([{"id": "a", "label": "1. Первое"}, {"id": "b", "label": "2. Второе"}], "ranked")
    assert said(own.ranking("2. Второе; 1. Первое")) == (("b", "a"), [])


@given(st.sampled_from(OPTIONS), st.data())
def test_every_mix_of_alphabets_is_understood(option, data):
    """Any letters may be typed as their twins: noted if and only if some are."""
    typed = "".join(
        data.draw(st.sampled_from([letter, TWINS.get(letter, letter)])) for letter in option["ru"]
    )
    codes = [] if typed == option["ru"] else ["cell.look-alikes"]
    assert said(names().one(typed)) == (option["id"], codes)


def test_nothing_is_repaired_in_a_clean_cell():
    """Every spelling of every option of the preset is read as itself, without a note."""
    form = Questionnaire.preset("target-model")
    count = 0
    for question in form.questions:
        every = Names(question, form.options(question))
        for option in form.options(question):
            spellings = [option.id, option.label.ru, option.label.en, *option.synonyms]
            for spelling in spellings:
                assert every.find(spelling).answer == option.id
                assert every.find(spelling).repairs == ()
                count += 1
    assert count > 1000
