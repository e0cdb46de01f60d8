"""How answers become arrays, and how they come back."""

import pickle
from dataclasses import fields
from datetime import date
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentormatch.column import NumberColumn, column_of, composite_column, positions
from mentormatch.questionnaire import CompositeScale, Label, Option, Question

LABEL = Label(ru="q", en="q")
OPTIONS = tuple(Option(id=name, label=LABEL) for name in ("a", "b", "c"))


def question(kind, **keys):
    """Make a question of a kind."""
    return Question.model_validate({"id": "q", "kind": kind, "label": LABEL, **keys})


def column(kind, *answers, **keys):
    """Make a column of answers to a question of a kind."""
    options = OPTIONS
    if kind == "flag":
        options = tuple(Option(id=name, label=LABEL) for name in ("no", "yes"))
    return column_of(question(kind, **keys), options, answers)


EVERY_COLUMN = [
    ("choice", ("b", None, "a"), {}),
    ("flag", (True, None, False), {}),
    ("scale", (7, None, 1), {}),
    ("number", (Decimal("1.25"), None, Decimal(-3)), {"decimals": 2}),
    ("number", (12, None, 0), {}),
    ("date", (date(2025, 9, 1), None, date(1969, 12, 31)), {}),
    ("multi", (("a", "c"), None, ()), {}),
    ("multi", ({"a": 8, "c": 1}, None, {}), {"levels": {}}),
    ("ranked", (("c", "a"), None, ()), {}),
    ("slots", (("a", "b"), None, ()), {}),
    ("people", (("T-2", "T-1"), None, ()), {"ranked": True}),
    ("text", ("Всё", None, ""), {}),
]


@pytest.mark.parametrize(("kind", "answers", "keys"), EVERY_COLUMN)
def test_every_answer_comes_back_as_it_was(kind, answers, keys):
    """A cell gives the plain value, None where the question was left blank."""
    made = column(kind, *answers, **keys)
    assert tuple(made.cell(row) for row in range(3)) == answers
    assert made.answered.tolist() == [True, False, True]


@pytest.mark.parametrize(("kind", "answers", "keys"), EVERY_COLUMN)
@pytest.mark.parametrize("rows", [np.array([2, 0]), np.array([True, False, True])])
def test_some_rows_make_a_column_of_the_same_kind(kind, answers, keys, rows):
    """Rows are taken by position in the order given, or by mask."""
    made = column(kind, *answers, **keys)
    taken = made.take(rows)
    assert type(taken) is type(made)
    assert [taken.cell(0), taken.cell(1)] == [answers[row] for row in positions(rows)]


@pytest.mark.parametrize(("kind", "answers", "keys"), EVERY_COLUMN)
def test_a_column_is_read_only_and_stays_so_in_another_process(kind, answers, keys):
    """Neither a column nor its copy from another process can be written to."""
    made = column(kind, *answers, **keys)
    copy = pickle.loads(pickle.dumps(made))  # noqa: S301 - our own bytes
    assert [copy.cell(row) for row in range(3)] == list(answers)
    for each in (made, copy, made.take(np.array([0]))):
        arrays = [getattr(each, field.name) for field in fields(each)]
        assert not any(it.flags.writeable for it in arrays if isinstance(it, np.ndarray))


@pytest.mark.parametrize("kind", ["people", "text"])
def test_columns_of_private_answers_do_not_show_them(kind):
    """People named and free text never appear in repr."""
    answer = ("T-2",) if kind == "people" else "Мне трудно"
    assert repr(column(kind, answer)).endswith("Column(1 rows)")


def test_options_become_small_codes():
    """A choice is the place of its option, -1 where blank."""
    made = column("choice", "c", None, "a")
    assert made.codes.dtype == np.int16
    assert made.codes.tolist() == [2, -1, 0]


def test_numbers_are_whole_units():
    """Two digits after the point make hundredths; limits are in units too."""
    made = column("number", Decimal("0.07"), 3, None, decimals=2, low=0, high=9)
    assert made.values.tolist() == [7, 300, 0]
    assert (made.unit, made.low, made.high) == (100, 0, 900)


def test_dates_are_days_since_1970():
    """The first of January 1970 is day 0."""
    made = column("date", date(1970, 1, 1), date(1970, 2, 1))
    assert made.values.tolist() == [0, 31]
    assert made.is_date


def test_levels_stand_next_to_what_was_chosen():
    """A level is kept per option, 0 where it was not chosen."""
    made = column("multi", {"b": 8}, None, levels={"low": 1, "high": 10})
    assert made.levels.tolist() == [[0, 8, 0], [0, 0, 0]]
    assert made.chosen.tolist() == [[False, True, False], [False, False, False]]
    assert made.top == 10


def test_ranks_count_from_one():
    """The first option has rank 1; the last possible rank is the most that may be named."""
    made = column("ranked", ("c", "a"), max=2)
    assert made.levels.tolist() == [[2, 0, 1]]
    assert (made.top, made.is_ranked) == (2, True)


def test_a_set_without_levels_has_none():
    """Where options are only chosen or not, there are no levels."""
    made = column("multi", ("a", "b"))
    assert made.levels is None
    assert made.top == 1


# --- composite scales -----------------------------------------------------------------------


def composite(*rows, reversed_items=()):
    """Compute the composite of items 1..10 named a, b, c from rows of answers."""
    names = ("a", "b", "c")[: len(rows[0])]
    items = [column_of(question("scale"), (), answers) for answers in zip(*rows, strict=True)]
    scale = CompositeScale(id="s", label=LABEL, items=names, reversed=reversed_items)
    return composite_column(scale, items)


def test_a_composite_is_the_mean_in_thousandths():
    """(7 + 8 + 8) / 3 is 7.667; its limits are those of the items."""
    made = composite((7, 8, 8))
    assert made.values.tolist() == [7667]
    assert (made.unit, made.low, made.high) == (1000, 1000, 10_000)
    assert made.cell(0) == Decimal("7.667")


def test_a_reversed_item_is_mirrored():
    """On a scale from 1 to 10 a reversed 2 counts as 9."""
    assert composite((2, 5), reversed_items=("a",)).values.tolist() == [7000]


@pytest.mark.parametrize(
    ("answers", "cell"),
    [
        ((4, 5, None), Decimal("4.5")),  # two of three
        ((4, None, None), None),  # one of three is less than half
        ((4, None), Decimal(4)),  # one of two is half
        ((None, None), None),
    ],
)
def test_a_composite_needs_half_of_its_items(answers, cell):
    """With fewer answers it is blank, never a guess."""
    assert composite(answers).cell(0) == cell


@given(st.lists(st.lists(st.integers(1, 10), min_size=3, max_size=3), min_size=1))
def test_a_composite_is_rounded_half_to_even(rows):
    """It agrees with exact decimal arithmetic."""
    expected = [int((Decimal(sum(row)) * 1000 / 3).quantize(Decimal(1))) for row in rows]
    assert composite(*rows).values.tolist() == expected


def test_half_a_thousandth_goes_to_the_even_neighbour():
    """With sixteen items a mean of 1.0625 becomes 1.062, one of 1.1875 becomes 1.188."""
    names = tuple("abcdefghijklmnop")
    scale = CompositeScale(id="s", label=LABEL, items=names)
    ones = NumberColumn(np.array([1, 1]), np.array([True, True]), low=1, high=10)
    first = NumberColumn(np.array([2, 4]), np.array([True, True]), low=1, high=10)
    made = composite_column(scale, [first] + [ones] * 15)
    assert made.values.tolist() == [1062, 1188]
