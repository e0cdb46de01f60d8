"""What a table hides can't be worked out from what it shows."""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from mentormatch.errors import MentorMatchError
from mentormatch.privacy.small_cells import suppress, suppressed

TABLES = st.integers(1, 4).flatmap(
    lambda cols: st.lists(
        st.lists(st.sampled_from([0, 0, 1, 2, 3, 4, 5, 6, 9, 30]), min_size=cols, max_size=cols),
        min_size=1,
        max_size=4,
    )
)


def with_sums(counts):
    """Add row and column sums."""
    rows = np.hstack([counts, counts.sum(axis=1, keepdims=True)])
    return np.vstack([rows, rows.sum(axis=0, keepdims=True)])


def ranges(shown):
    """Say between what each hidden count of a table with sums may lie, by integer programming.

    All a reader knows is used: what is shown, that sums add up, that counts are whole and no
    less than 0.
    """
    rows, cols = shown.shape
    place = np.arange(rows * cols).reshape(rows, cols)
    equations = [
        dict.fromkeys(line[:-1], 1) | {line[-1]: -1}
        for line in (*place.tolist(), *place.T.tolist())
    ]
    matrix = np.zeros((len(equations), rows * cols))
    for number, equation in enumerate(equations):
        for at, sign in equation.items():
            matrix[number, at] = sign
    flat = shown.to_numpy(dtype=object).ravel()
    low = [0 if pd.isna(cell) else cell for cell in flat]
    high = [10_000 if pd.isna(cell) else cell for cell in flat]
    found = {}
    for at in np.flatnonzero(pd.isna(flat)):
        ends = []
        for sign in (1, -1):
            aim = np.zeros(rows * cols)
            aim[at] = sign
            solved = milp(
                aim,
                constraints=LinearConstraint(matrix, 0, 0),
                bounds=Bounds(low, high),
                integrality=np.ones(rows * cols),
            )
            ends.append(round(solved.x[at]))
        found[divmod(int(at), cols)] = tuple(ends)
    return found


@given(TABLES)
@example([[2, 2, 6]])  # what two small counts have together is told by the sum of the row
@example([[1, 30, 1]])
@example([[1, 1, 5, 0]])
@settings(max_examples=40)
def test_whatever_is_hidden_could_be_nobody_or_enough(rows):
    """An integer program that knows all that is shown can't narrow a small count down."""
    counts = np.array(rows)
    whole = with_sums(counts)
    shown = suppress(pd.DataFrame(counts), total="all")
    hidden = shown.isna().to_numpy()
    small = (whole > 0) & (whole < 5)
    assert (hidden | ~small).all()
    assert (shown.to_numpy(dtype=object)[~hidden] == whole[~hidden]).all()
    for cell, (low, high) in ranges(shown).items():
        assert low < high
        if small[cell]:
            assert low == 0
            assert high >= 5


@pytest.mark.parametrize("seed", range(4))
def test_the_ranges_of_the_check_are_those_of_trying_everything(seed):
    """On tables of two by two every filling is tried."""
    counts = np.random.default_rng(seed).integers(0, 8, (2, 2))
    shown = suppress(pd.DataFrame(counts), total="all")
    cells = shown.to_numpy(dtype=object)
    fits = []
    for filling in itertools.product(range(13), repeat=4):
        whole = with_sums(np.array(filling).reshape(2, 2))
        if all(
            pd.isna(cell) or cell == value
            for cell, value in zip(cells.flat, whole.flat, strict=True)
        ):
            fits.append(whole)
    for cell, (low, high) in ranges(shown).items():
        values = [whole[cell] for whole in fits]
        assert min(values) == low
        assert max(values) == high or high >= 12


def test_a_row_with_one_small_count_hides_a_second_one_and_so_does_its_column():
    """By hand: of the four counts that meet in a square, 3, 20, 10 and 8 lose the fewest people."""
    table = pd.DataFrame([[3, 20, 9], [10, 8, 30], [40, 50, 60]])
    shown = suppress(table)
    assert shown.isna().to_numpy().tolist() == [
        [True, True, False],
        [True, True, False],
        [False, False, False],
    ]


def test_nothing_small_nothing_hidden():
    """Zeros are shown: nobody is in them."""
    table = pd.DataFrame([[0, 20], [10, 8]], index=["a", "b"], columns=["x", "y"])
    shown = suppress(table, total="all")
    assert not shown.isna().to_numpy().any()
    assert shown.loc["all", "all"] == 38
    assert shown.loc["a"].tolist() == [0, 20, 20]


def test_small_sums_are_hidden_like_small_counts():
    """Three people in a row can't be told from its sum."""
    shown = suppress(pd.DataFrame([[2, 1], [30, 40], [50, 60]]), total="all")
    assert pd.isna(shown.loc["all", 0]) == pd.isna(shown.loc["all", 1])
    assert pd.isna(shown.iloc[0, 2])


def test_the_bound_is_the_callers():
    """With a bound of 3, a 3 is shown."""
    table = pd.DataFrame([[3, 20], [10, 8]])
    assert not suppress(table, 3).isna().to_numpy().any()
    assert suppress(table, 4).isna().to_numpy().all()


@pytest.mark.parametrize("wrong", [[[1.5]], [["a"]], [[-1]], [[None]]])
def test_what_is_no_count_is_refused(wrong):
    """Shares, texts and blanks aren't counts."""
    with pytest.raises(MentorMatchError, match="something else than counts"):
        suppress(pd.DataFrame(wrong))


def test_a_table_with_its_sums_inside_is_refused():
    """Otherwise everybody would be counted twice."""
    table = pd.DataFrame([[8], [8]], index=["a", "all"])
    for twice in (table, table.T):
        with pytest.raises(MentorMatchError, match="'all' already"):
            suppress(twice, total="all")


def test_counts_that_add_up_to_nothing_hide_few_and_nearly_all():
    """Of 20 people: 1 to 4 are few, 16 to 19 leave few out."""
    counts = pd.Series([0, 1, 4, 5, 15, 16, 19, 20])
    assert suppressed(counts, of=20).isna().tolist() == [
        *(False, True, True, False),
        *(False, True, True, False),
    ]
