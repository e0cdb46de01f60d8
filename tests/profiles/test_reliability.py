"""Cronbach's alpha is that of the book, of pandas and of pencil and paper."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import mentormatch as mm
from mentormatch.profiles.reliability import reliability


def form_of(items, reversed_=()):
    """Ask scale questions from 1 to 5 and compose them."""
    options = [{"id": name, "label": name} for name in ("student",)]
    roles = [{"id": name, "label": name} for name in ("mentor", "mentee")]
    questions = [
        {"id": "kind", "kind": "choice", "options": options},
        {"id": "roles", "kind": "multi", "options": roles},
        *({"id": name, "kind": "scale", "low": 1, "high": 5} for name in items),
    ]
    scale = {"id": "s", "label": "S", "items": list(items), "reversed": list(reversed_)}
    return mm.Questionnaire.from_dict(
        {
            "name": "f",
            "title": "F",
            "questions": [{"label": one["id"]} | one for one in questions],
            "scales": [scale],
        }
    )


def cohort_of(form, rows):
    """Let people answer; None is a blank."""
    items = form.scale("s").items
    people = [
        mm.Participant(
            id=f"S-{number:03}",
            kind="student",
            roles=["mentee"],
            answers={name: v for name, v in zip(items, row, strict=True) if v is not None},
        )
        for number, row in enumerate(rows)
    ]
    return mm.Cohort.from_participants(form, people)


def alpha_of(rows, items="abc", reversed_=(), least=2):
    """Compute the reliability of some answers."""
    form = form_of(items, reversed_)
    return reliability(cohort_of(form, rows), form.scale("s"), least)


def test_alpha_by_hand():
    """Two items, four people: (1,2) (2,2) (3,4) (4,4).

    Variances with n - 1: 5/3 and 4/3; sums 3, 4, 7, 8 have 17/3.
    alpha = 2 (1 - 3 / (17/3)) = 16/17.
    """
    found = alpha_of([(1, 2), (2, 2), (3, 4), (4, 4)], "ab")
    assert found.alpha == pytest.approx(16 / 17, abs=1e-15)
    assert (found.used, found.partly, found.reason) == (4, 0, None)
    # The covariance is 4/3: 4/3 / sqrt(5/3 * 4/3)
    assert found.items[0].rest == pytest.approx(4 / 20**0.5)
    assert found.items[0].alpha_without is None


@given(st.lists(st.lists(st.integers(1, 5), min_size=4, max_size=4), min_size=3, max_size=30))
def test_alpha_and_correlations_are_those_of_pandas(rows):
    """Computed from covariances of floats, with one item mirrored."""
    found = alpha_of(rows, "abcd", "c")
    frame = pd.DataFrame(rows, columns=list("abcd")).astype(float)
    frame["c"] = 6 - frame["c"]
    cov = frame.cov().to_numpy()
    if frame.sum(axis=1).nunique() == 1:
        assert (found.alpha, found.reason) == (None, "no-variance")
        return
    assert found.alpha == pytest.approx(4 / 3 * (1 - np.trace(cov) / cov.sum()))
    for item in found.items:
        rest = frame.drop(columns=item.id)
        if frame[item.id].nunique() > 1 and rest.sum(axis=1).nunique() > 1:
            assert item.rest == pytest.approx(frame[item.id].corr(rest.sum(axis=1)))
        else:
            assert item.rest is None
        inner = rest.cov().to_numpy()
        if rest.sum(axis=1).nunique() > 1:
            expected = 3 / 2 * (1 - np.trace(inner) / inner.sum())
            assert item.alpha_without == pytest.approx(expected)


def test_only_those_who_answered_everything_count():
    """Of five people one left a blank and one left all blank."""
    full = [(1, 2), (2, 2), (3, 4), (4, 4)]
    found = alpha_of([*full[:3], (5, None), full[3], (None, None)], "ab")
    assert found.alpha == alpha_of(full, "ab").alpha
    assert (found.used, found.partly) == (4, 1)


@pytest.mark.parametrize(
    ("rows", "items", "least", "reason"),
    [
        ([(1,), (2,)], "a", 2, "one-item"),
        ([(1, 2), (2, 2)], "ab", 3, "few-people"),
        ([(1, 2)], "ab", 0, "few-people"),
        ([], "ab", 0, "few-people"),
        ([(1, 2), (2, 1)], "ab", 2, "no-variance"),
    ],
)
def test_what_cannot_be_said_is_none_with_a_reason(rows, items, least, reason):
    """And the reason is told in words."""
    found = alpha_of(rows, items, (), least)
    assert (found.alpha, found.reason) == (None, reason)
    assert "S" in found.text("ru", "S")


def test_an_item_that_runs_against_the_rest_is_named_until_it_is_mirrored():
    """The third item is the first one upside down."""
    rows = [(1, 2, 5, 1), (2, 2, 4, 3), (3, 4, 3, 3), (4, 4, 2, 4), (5, 5, 1, 5)]
    assert "reversed: c" in alpha_of(rows, "abcd").text()
    mended = alpha_of(rows, "abcd", "c")
    assert "reversed: c" not in mended.text()
    assert "c (mirrored)" in mended.text()
    assert mended.alpha > 0.9
