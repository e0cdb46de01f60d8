"""Arrays of every kind that another program may hand over: understood as meant, or refused."""

from decimal import Decimal
from fractions import Fraction
from itertools import product

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from mentormatch.arrays.assignment import assign
from mentormatch.errors import MentorMatchError, ScoreError

SCORES = [[9, 7], [8, 3], [4, 2]]
PAIRS = [[0, 1], [1, 0]]


def codes(**arguments):
    """List the codes and places of everything that is wrong with a call."""
    with pytest.raises(ScoreError) as error:
        assign(**({"scores": SCORES} | arguments))
    return [(defect.code, defect.place.field) for defect in error.value.defects]


@pytest.mark.parametrize(
    "scores",
    [
        *(np.array(SCORES, kind) for kind in ("i1", "u1", "i2", ">i4", "u8", "f2", "f4", ">f8")),
        np.array(SCORES, np.longdouble),
        np.array(SCORES, object),
        np.asfortranarray(SCORES),
        np.array(SCORES)[::-1, ::-1][::-1, ::-1],
        np.repeat(np.repeat(SCORES, 2, axis=0), 3, axis=1)[::2, ::3],
        np.ma.masked_array(SCORES),
        pd.DataFrame(SCORES, index=list("abc"), columns=["x", "y"]),
        pd.DataFrame(SCORES).astype("Int64"),
        pd.DataFrame(SCORES).astype("Float32"),
        pl.DataFrame(np.array(SCORES)),
        pa.table({"x": [9, 8, 4], "y": [7, 3, 2]}),
        [tuple(map(Decimal, row)) for row in SCORES],
        [tuple(map(Fraction, row)) for row in SCORES],
    ],
    ids=lambda scores: f"{type(scores).__name__}-{getattr(scores, 'dtype', '')}",
)
def test_the_same_scores_in_another_dress_are_the_same(scores):
    """Neither the type of numbers nor the layout in memory changes the answer."""
    answer = assign(scores)
    assert answer.pairs.tolist() == PAIRS
    assert (answer.total, answer.exact) == (15, True)


def test_an_array_that_may_not_be_written_to_is_only_read():
    """Nothing of the caller's is changed."""
    scores, allowed = np.array(SCORES, float), np.ones((3, 2), bool)
    for array in (scores, allowed):
        array.flags.writeable = False
    answer = assign(scores, allowed=allowed, banned=[(0, 0)])
    assert answer.pairs.tolist() == PAIRS
    assert allowed.all()


def test_a_masked_score_is_missing_and_never_counts():
    """What lies under a mask isn't a score; a minimum, a pin and a mask of pairs likewise."""
    masked = np.ma.masked_array(SCORES, mask=np.eye(3, 2, dtype=bool))
    assert codes(scores=masked) == [
        ("score.no-number", "scores[0, 0]"),
        ("score.no-number", "scores[1, 1]"),
    ]
    one = np.ma.masked_array([1, 1], mask=[True, False])
    assert codes(capacity=one) == [("assign.whole", "capacity")]
    allowed = np.ma.masked_array(np.ones((3, 2), bool), mask=np.eye(3, 2, dtype=bool))
    assert codes(allowed=allowed) == [("assign.allowed", "allowed")]


@pytest.mark.parametrize("missing", [None, pd.NA, "", "Anna", True, 1j])
def test_what_is_no_number_is_located_and_not_repeated(missing):
    """The place and the type are told; what stands there may be anybody's name."""
    with pytest.raises(ScoreError) as error:
        assign(np.array([[1, missing], [2, 3]], object))
    (defect,) = error.value.defects
    assert (defect.code, defect.place.field) == ("score.no-number", "scores[0, 1]")
    assert defect.values == {"found": type(missing).__name__}
    assert "Anna" not in str(error.value)


def test_numbers_of_a_database_are_exact():
    """Decimals are the decimals they are, integers of any size are compared with the limit."""
    answer = assign([[Decimal("0.1"), Decimal("0.35")], [Decimal("0.2"), 0]])
    assert (answer.total, answer.exact, answer.scale) == (0.55, True, 100)
    rounded = assign([[Fraction(1, 3), 0]])
    assert not rounded.exact
    assert rounded.total == pytest.approx(1 / 3)
    assert codes(scores=[[2**70, 1]]) == [("score.range", "scores")]
    huge = [[Fraction(10**400), 0.5]]
    assert codes(scores=huge) == [("score.not-finite", "scores[0, 0]")]
    assert codes(scores=[[Decimal("NaN"), 1]]) == [("score.not-finite", "scores[0, 0]")]
    # Beside a float an integer becomes one too, which not every large one can.
    beside = np.array([[2**53 + 1, 0.5]], object)
    assert codes(scores=beside) == [("score.range", "scores")]


@pytest.mark.parametrize("kind", ["f2", "f4"])
def test_short_floats_are_the_decimals_they_print_as(kind):
    """0.1 + 0.6 and 0.3 + 0.4 are a tie, though as float32 they differ in the last bit."""
    scores = np.array([[0.1, 0.4], [0.3, 0.6]], kind)
    answer = assign(scores, seed=1)
    assert (answer.exact, answer.scale, answer.points) == (True, 10, 7)
    assert not assign(np.array([[1 / 3, 0.1]], kind)).exact


def test_large_integers_on_a_grid_are_refused_where_floats_would_blur_them():
    """With a resolution, integers go through floats: none is taken that a float can't hold."""
    assert assign([[2**53 - 1, 1]], resolution=1).exact
    assert codes(scores=[[2**53 + 1, 1]], resolution=1) == [("score.range", "scores")]


@pytest.mark.parametrize("resolution", [0, -1, np.nan, np.inf, 1e-320, "fine"])
def test_a_resolution_that_is_none_is_refused(resolution):
    """Whatever was given instead of a positive number."""
    assert codes(resolution=resolution) == [("score.resolution", "resolution")]


def test_priorities_of_any_size_keep_their_order():
    """Ranks are compared as they are, however few people there are."""
    for first, second in product((1, 7, 100, 2**62), repeat=2):
        answer = assign([[1], [5]], priority=[first, second])
        assert answer.pairs.tolist() == [[0, 0]] if first > second else [[1, 0]]
    assert [level.goal for level in assign([[1], [5]], priority=[200, 100]).levels] == [
        *("cover:200", "cover", "points"),
    ]


@pytest.mark.parametrize(
    "ids",
    [
        ["b", "a"],
        ("b", "a"),
        np.array(["b", "a"]),
        pd.Index(["b", "a"]),
        pd.Series(["b", "a"], index=[7, 8]),
        pl.Series(["b", "a"]),
        (name for name in "ba"),
        [10, 9],
        np.array([10, 9], np.uint8),
    ],
    ids=lambda ids: type(ids).__name__,
)
def test_ids_may_come_in_any_sequence(ids):
    """Of texts or of whole numbers: of equals the first in the order of ids is taken."""
    assert assign([[1, 1]], mentor_ids=ids).pairs.tolist() == [[0, 1]]


def test_numbers_as_ids_go_by_size_and_draw_lots_like_their_texts():
    """9 comes before 10; with a seed the digits are what is hashed."""
    assert assign([[1, 1]], mentor_ids=[10, 9]).pairs.tolist() == [[0, 1]]
    assert assign([[1, 1]], mentor_ids=["10", "9"]).pairs.tolist() == [[0, 0]]
    tie = np.ones((3, 3), int)
    for seed in range(5):
        numbers, texts = (
            assign(tie, mentor_ids=ids, seed=seed).pairs.tolist()
            for ids in ([10, 9, 100], ["10", "9", "100"])
        )
        assert numbers == texts


@pytest.mark.parametrize(
    ("ids", "wrong"),
    [
        (["a"], ("assign.ids", "mentor_ids")),
        (["a", "b", "c"], ("assign.ids", "mentor_ids")),
        ("ab", ("assign.ids", "mentor_ids")),  # one text, not two ids
        ({"a", "b"}, ("assign.ids", "mentor_ids")),  # in an order that changes with every run
        ({"a": 1, "b": 2}, ("assign.ids", "mentor_ids")),
        (7, ("assign.ids", "mentor_ids")),
        ([1, "a"], ("assign.id-type", "mentor_ids")),
        (["a", None], ("assign.id-type", "mentor_ids")),
        ([1.0, 2.0], ("assign.id-type", "mentor_ids")),
        ([True, False], ("assign.id-type", "mentor_ids")),
        ([["a"], ["b"]], ("assign.id-type", "mentor_ids")),
        (["a", "a"], ("assign.id-twice", "mentor_ids[1]")),
        ([5, 5], ("assign.id-twice", "mentor_ids[1]")),
    ],
)
def test_ids_that_name_nobody_are_refused(ids, wrong):
    """With their place, and without repeating them: an id may be a name."""
    assert codes(mentor_ids=ids) == [wrong]


@pytest.mark.parametrize("seed", ["abc", 1.5, True, [1]])
def test_a_seed_that_is_no_whole_number_is_refused(seed):
    """A seed that is silently read as something else would make another answer later."""
    assert codes(seed=seed) == [("solver.seed", "seed")]


def test_numpy_numbers_are_as_good_as_pythons():
    """A seed, a limit of time, a switch and a bound may come out of an array."""
    plain = assign(SCORES, seed=3, time_limit=60, cover_first=True, capacity=2)
    arguments = {"seed": np.int64(3), "time_limit": np.int32(60), "cover_first": np.True_}
    assert assign(SCORES, capacity=np.uint8(2), **arguments).levels == plain.levels
    assert assign(SCORES, time_limit=np.float32(60)).levels == assign(SCORES).levels


def test_regrets_are_asked_by_position_or_by_mask():
    """A mask is a mask, and no position counts from the end."""
    answer = assign(SCORES)
    everything = answer.regrets()
    assert (answer.regrets([2, 0]) == everything[[2, 0]]).all()
    assert (answer.regrets(np.array([True, False, True])) == everything[[0, 2]]).all()
    assert (answer.regrets(1) == everything[1]).all()
    assert answer.regrets([]).shape == (0, 2, 2)
    for wrong in ([3], [-1], [0.5], ["a"], [True, False]):
        with pytest.raises(MentorMatchError) as error:
            answer.regrets(wrong)
        assert [defect.code for defect in error.value.defects] == ["assign.rows"]


def test_a_sample_of_odd_arrays_agrees_with_trying_everything():
    """Of any type and layout, capacity and mask: the total is the best of all matchings."""
    generator = np.random.default_rng(11)
    for _ in range(150):
        rows, columns = (int(size) for size in generator.integers(0, 4, 2))
        plain = generator.integers(-4, 9, (rows, columns))
        kind = generator.choice(["i1", "i8", "f2", "f4", "f8", "O"])
        dressed = np.asfortranarray(plain.astype(kind))[::-1][::-1]
        allowed = generator.random((rows, columns)) < 0.7
        capacity = generator.integers(0, 3, columns).astype(generator.choice(["u1", "i8"]))
        cover_first = bool(generator.random() < 0.5)
        answer = assign(dressed, capacity=capacity, allowed=allowed, cover_first=cover_first)
        best = (0, 0)
        for choice in product([None, *range(columns)], repeat=rows):
            pairs = [(row, column) for row, column in enumerate(choice) if column is not None]
            loads = np.bincount([column for _, column in pairs], minlength=columns)
            if (loads <= capacity).all() and all(allowed[pair] for pair in pairs):
                total = sum(int(plain[pair]) for pair in pairs)
                best = max(best, (len(pairs) * cover_first, total))
        assert (len(answer.pairs) * cover_first, answer.total) == best
