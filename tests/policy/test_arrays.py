"""Products and links are exact, whatever the block."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentormatch.cohort import Cohort
from mentormatch.participant import Participant
from mentormatch.policy.arrays import products, ready_to_multiply
from mentormatch.policy.links import Links


@pytest.mark.parametrize("shape", [(1, 1, 1), (16, 17, 3), (40, 900, 25), (3, 0, 2), (0, 3, 2)])
@pytest.mark.parametrize("largest", [1, 1000, 10**6])
def test_products_are_those_of_whole_numbers(shape, largest):
    """Tiles join without a seam, and no digit is lost."""
    rows, cols, options = shape
    generator = np.random.default_rng(1)
    left = generator.integers(0, largest + 1, (rows, options))
    right = generator.integers(0, largest + 1, (cols, options))
    found = products(*ready_to_multiply(left, right))
    assert (found.astype(np.int64) == left @ right.T).all()


def test_what_no_float_holds_is_refused():
    """Rather an error than a rounded score."""
    huge = np.full((1, 1), 10**8)
    with pytest.raises(OverflowError):
        ready_to_multiply(huge, huge)


CODES = ("A", "B", "C", "D")


@given(
    st.lists(
        st.lists(st.sampled_from([*CODES, "X"]), unique=True, max_size=3), min_size=4, max_size=4
    ),
    st.lists(st.integers(0, 3), unique=True),
    st.lists(st.integers(0, 3), unique=True),
)
def test_a_block_of_links_holds_the_rank_of_each_name(school, named, rows, cols):
    """Seen from who named, and from who was named; strangers are left out."""
    people = [
        Participant(
            id=code,
            kind="student",
            roles={"mentor"},
            answers={"friends": tuple(names)} if names else {},
        )
        for code, names in zip(CODES, named, strict=True)
    ]
    links = Links.of(Cohort.from_participants(school, people), ["friends"])
    rows, cols = np.array(rows, np.intp), np.array(cols, np.intp)
    expected = [
        [named[row].index(CODES[col]) + 1 if CODES[col] in named[row] else 0 for col in cols]
        for row in rows
    ]
    shape = len(rows), len(cols)
    assert (links.block(rows, cols) == np.array(expected).reshape(shape)).all()
    assert (links.reversed.block(cols, rows) == np.array(expected).reshape(shape).T).all()
    assert (links.either_way(rows, cols) == links.either_way(cols, rows).T).all()
