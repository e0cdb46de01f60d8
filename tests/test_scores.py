"""Scores as exact integers."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentormatch.errors import ScoreError
from mentormatch.scores import exact_scores

LIMIT = 10**12


@given(st.integers(0, 6), st.lists(st.integers(-(10**8), 10**8), min_size=1, max_size=20))
def test_decimal_numbers_are_exact(decimals, numbers):
    """Floats that print with up to six decimals become integers without loss."""
    row = [number / 10**decimals for number in numbers]
    found = exact_scores([row], limit=10**15)
    assert found.exact
    for point, number in zip(found.points[0].tolist(), numbers, strict=True):
        assert Fraction(point, int(found.scale)) == Fraction(number, 10**decimals)


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=20))
def test_other_floats_are_rounded_and_the_loss_is_bounded(numbers):
    """No float differs from its points by more than the error that is told."""
    found = exact_scores([numbers], limit=LIMIT)
    assert np.abs(found.points).max() <= LIMIT
    for point, number in zip(found.points[0].tolist(), numbers, strict=True):
        assert abs(point / found.scale - number) <= found.error


@pytest.mark.parametrize("number", [0.1 + 0.2, 1 / 3, 1e-12, 3e30])
def test_a_float_that_is_no_short_decimal_is_told_to_be_inexact(number):
    """Thirds, rounding noise, tiny and huge floats are rounded, and refused with exact=True."""
    found = exact_scores([[number]], limit=LIMIT)
    assert not found.exact
    assert found.points[0, 0] > 0 or number < 1e-9
    with pytest.raises(ScoreError, match="exact"):
        exact_scores([[number]], limit=LIMIT, exact=True)


def test_the_grid_is_the_finest_power_of_ten_that_fits():
    """Rounding uses all the room there is."""
    found = exact_scores([[1 / 3, 2.0]], limit=10**12)
    assert found.scale == 1e11
    assert found.points.tolist() == [[33333333333, 200000000000]]


def test_a_resolution_rounds_half_to_even():
    """An explicit grid is used as it is given."""
    found = exact_scores([[0.5, 1.5, 2.0]], limit=LIMIT, resolution=1.0)
    assert found.points.tolist() == [[0, 2, 2]]
    assert found.error == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("scores", "code"),
    [
        ([1, 2], "score.shape"),  # a row instead of a matrix
        ([["a"]], "score.type"),  # text
        ([[True]], "score.type"),  # yes or no
        ([[None]], "score.no-number"),  # missing
        ([[10**30]], "score.range"),  # beyond any integer type
        ([[float("nan")]], "score.not-finite"),  # not a number
        ([[float("inf")]], "score.not-finite"),  # a big bonus standing for "must"
        ([[LIMIT + 1]], "score.range"),  # an integer that can't be added up exactly
        (np.array([[2**63]], np.uint64), "score.range"),  # beyond int64
    ],
)
def test_what_is_no_score_is_refused_by_name(scores, code):
    """Everything but a matrix of finite numbers in range raises with a stable code."""
    with pytest.raises(ScoreError) as caught:
        exact_scores(scores, limit=LIMIT)
    assert caught.value.defects[0].code == code


def test_every_bad_entry_is_located_and_the_rest_is_counted():
    """Entries that are not finite are listed with their place; after twenty they are counted."""
    scores = np.zeros((5, 6))
    scores[:, 1:] = np.nan
    with pytest.raises(ScoreError) as caught:
        exact_scores(scores, limit=LIMIT)
    places = [defect.place.field for defect in caught.value.defects]
    assert places[:2] == ["scores[0, 1]", "scores[0, 2]"]
    assert len(places) == 21
    assert "5 more" in str(caught.value)
    assert "25" not in caught.value.defects[-1].text("ru")


@pytest.mark.parametrize("resolution", [0, -1, float("nan"), float("inf")])
def test_a_resolution_must_be_a_positive_number(resolution):
    """A grid of no width is refused."""
    with pytest.raises(ScoreError, match="positive"):
        exact_scores([[0.5]], limit=LIMIT, resolution=resolution)
