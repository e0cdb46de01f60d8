"""Rows are named so that nobody misses one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentormatch.cli.listing import rows_text


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([4], "row 4"),
        ([4, 4], "row 4"),
        ([9, 4], "rows 4, 9"),
        ([4, 5], "rows 4, 5"),
        ([15, 4, 12, 9, 13, 14], "rows 4, 9, 12-15"),
    ],
)
def test_rows_that_follow_each_other_are_a_range(rows, said):
    """Two are named by themselves."""
    assert rows_text(rows, "en") == said


@given(st.sets(st.integers(1, 60), min_size=1))
def test_every_row_is_named(rows):
    """Reading the text back gives the same rows."""
    found = set()
    for part in rows_text(rows, "en").removeprefix("rows ").removeprefix("row ").split(", "):
        first, _, last = part.partition("-")
        found |= set(range(int(first), int(last or first) + 1))
    assert found == rows
