"""Numbers, points and dates are read in the ways in which people write them, or not at all."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentormatch.errors import Defect
from mentormatch.intake.mending import MENDED, CellError
from mentormatch.intake.values import read_date, read_level, read_number, read_scale
from mentormatch.questionnaire import Levels, Question

READERS = {"scale": read_scale, "number": read_number, "date": read_date}
YEAR = {"low": 1920, "high": 2030}
DAY = dt.date(2023, 9, 5)


def read(cell, kind, **more):
    """Read one cell; give the answer and the codes of its repairs, which can all be said."""
    question = Question.model_validate({"id": "q", "label": "Q", "kind": kind} | more)
    found = READERS[kind](question, cell)
    assert all(Defect(code, values=values).text("ru") for code, values in found.repairs)
    return found.answer, [code for code, _ in found.repairs]


def problem(cell, kind, **more):
    """Return the code of what is wrong in a cell."""
    with pytest.raises(CellError) as caught:
        read(cell, kind, **more)
    ((code, values),) = caught.value.problems
    assert Defect(code, values=values).text("ru")
    return code


@pytest.mark.parametrize(
    ("cell", "kind", "more", "answer"),
    [
        ("8", "scale", {}, 8),
        ("8 - скорее да", "scale", {}, 8),
        ("8\u00a0— скорее да", "scale", {}, 8),
        ("8 (скорее да)", "scale", {}, 8),
        ("8,00", "scale", {}, 8),
        ("-2 (скорее нет)", "scale", {"low": -3, "high": 3}, -2),
        ("1\u2009000", "number", {}, 1000),  # a thin space
        ("12,50", "number", {"decimals": 2}, Decimal("12.5")),
        ("2010 г.", "number", YEAR, 2010),
        ("2010 г.р.", "number", YEAR, 2010),
        ("2023-09-05T10:15:00.5Z", "date", {}, DAY),
        ("2023/9/5", "date", {}, DAY),
        ("5.9.2023", "date", {}, DAY),
        ("05.09.2023 г.", "date", {}, DAY),
        ("05.09.2023 10:15", "date", {}, DAY),
        ("5 сентября 2023 г.", "date", {}, DAY),
        ("«05» сентября 2023 года", "date", {}, DAY),
        ("5 сент. 2023", "date", {}, DAY),
        ("September 5, 2023", "date", {}, DAY),
        ("5th Sept 2023", "date", {}, DAY),
    ],
)
def test_what_can_mean_one_thing_only_needs_no_note(cell, kind, more, answer):
    """It is the grammar of cells."""
    found, repairs = read(cell, kind, **more)
    assert (found, type(found), repairs) == (answer, type(answer), [])


@pytest.mark.parametrize(
    ("cell", "kind", "more", "answer", "code"),
    [
        ("8 из 10", "scale", {}, 8, "cell.read-as"),
        ("8/10", "scale", {}, 8, "cell.read-as"),
        ("8 out of 10 points", "scale", {}, 8, "cell.read-as"),
        ("8 баллов", "scale", {}, 8, "cell.read-as"),
        ("45174", "date", {}, DAY, "cell.day-count"),
        ("45174.75", "date", {}, DAY, "cell.day-count"),
        ("13/09/2023", "date", {}, dt.date(2023, 9, 13), "cell.read-as"),
        ("09-13-2023", "date", {}, dt.date(2023, 9, 13), "cell.read-as"),
        ("05/05/2023", "date", {}, dt.date(2023, 5, 5), "cell.read-as"),
        ("05.09.2010", "number", YEAR, 2010, "cell.year-of-date"),
        ("05/09/2010", "number", YEAR, 2010, "cell.year-of-date"),  # two days of one year
        ("5 сентября 2010 г.", "number", YEAR, 2010, "cell.year-of-date"),
    ],
)
def test_what_was_meant_is_read_with_a_note(cell, kind, more, answer, code):
    """The report says what was read as what."""
    assert read(cell, kind, **more) == (answer, [code])


@pytest.mark.parametrize(
    ("cell", "kind", "more", "code"),
    [
        ("4/5", "scale", {}, "intake.scale"),  # of another scale
        ("8-9", "scale", {}, "intake.scale"),
        ("8 (9)", "scale", {}, "intake.scale"),
        ("8,5", "scale", {}, "intake.scale"),
        ("1.000,5", "number", {"decimals": 1}, "intake.number"),
        ("1,000.5", "number", {"decimals": 1}, "intake.number"),
        ("5 лет", "number", {}, "intake.number"),
        ("V", "number", {}, "intake.number"),  # a tick, or five?
        ("05.09.2010", "number", {"low": 0, "high": 70}, "intake.number"),  # asks for no year
        ("05.09.10", "number", YEAR, "intake.number"),
        ("05.09.23", "date", {}, "cell.short-year"),
        ("05.09.23 10:15", "date", {}, "cell.short-year"),
        ("05/09/2023", "date", {}, "cell.two-dates"),
        ("31.02.2023", "date", {}, "intake.date"),
        ("31/02/2023", "date", {}, "intake.date"),
        ("5 мартобря 2023", "date", {}, "intake.date"),
        ("сентябрь 2023", "date", {}, "intake.date"),
        ("5.9.2023 25:00", "date", {}, "intake.date"),
        ("20230905", "date", {}, "intake.date"),
        ("4517", "date", {}, "intake.date"),
    ],
)
def test_what_can_mean_several_things_is_refused(cell, kind, more, code):
    """Nothing is guessed."""
    assert problem(cell, kind, **more) == code


def test_a_level_is_a_point_of_a_scale():
    """It may be written in the same ways, and has to be within the levels."""
    question = Question.model_validate(
        {"id": "q", "label": "Q", "kind": "multi", "options": [{"id": "a", "label": "A"}]}
    )
    levels = Levels(low=1, high=5)
    assert read_level(question, levels, " 4 из 5").answer == 4
    for wrong, code in (
        ("8 из 10", "intake.level"),
        ("6", "intake.level"),
        (" ", "intake.no-level"),
    ):
        with pytest.raises(CellError) as caught:
            read_level(question, levels, wrong)
        assert [it for it, _ in caught.value.problems] == [code]


@pytest.mark.parametrize(("cell", "kind"), [("8 из 10", "scale"), ("45174", "date")])
def test_the_note_of_a_private_answer_shows_nothing(cell, kind):
    """Neither what was written nor what was read."""
    question = Question.model_validate(
        {"id": "q", "label": "Q", "kind": kind, "sensitivity": "restricted"}
    )
    assert READERS[kind](question, cell).repairs == ((MENDED, {}),)


def test_a_date_of_birth_is_not_shown():
    """Where only the year is asked for, the note has no values at all."""
    question = Question.model_validate({"id": "q", "label": "Q", "kind": "number"} | YEAR)
    assert read_number(question, "05.09.2010").repairs == (("cell.year-of-date", {}),)


@given(st.dates(dt.date(1930, 1, 1), dt.date(2100, 12, 31)), st.data())
def test_every_day_is_read_in_every_way(day, data):
    """Written by year, by day, in words or as spreadsheets count."""
    months = "января февраля марта апреля мая июня июля августа сентября октября ноября декабря"
    count = day.toordinal() - dt.date(1899, 12, 30).toordinal()
    ways = {
        day.isoformat(): [],
        f"{day:%d.%m.%Y}": [],
        f"{day.day}.{day.month}.{day.year} г.": [],
        f"«{day.day}» {months.split()[day.month - 1]} {day.year} г.": [],
        f"{day:%B} {day.day}, {day.year}": [],
        str(count): ["cell.day-count"],
    }
    cell = data.draw(st.sampled_from(sorted(ways)))
    if len(cell) == 5 and count > 79_999:
        return
    assert read(cell, "date") == (day, ways[cell])


@given(
    st.text() | st.from_regex(r"[0-9 .,/()\-]{1,12}", fullmatch=True),
    st.sampled_from(sorted(READERS)),
)
def test_any_text_is_a_value_or_refused(cell, kind):
    """Nothing but a CellError comes out."""
    try:
        answer, _ = read(cell, kind)
    except CellError:
        return
    assert answer is not None
