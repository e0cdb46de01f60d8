"""The check of stability, against the definition and on matchings that were tampered with."""

import numpy as np
import pytest

from mentormatch.analysis.stability import blocking_pairs, is_stable
from mentormatch.solvers.stable import stable_matching


def grid(mentee_key, mentor_key, capacity):
    """Make the arrays of a market where everybody may meet everybody."""
    mentees, mentors = np.shape(mentee_key)
    return (
        np.repeat(np.arange(mentees, dtype=np.int32), mentors),
        np.tile(np.arange(mentors, dtype=np.int32), mentees),
        np.ravel(mentee_key).astype(np.int64),
        np.ravel(mentor_key).astype(np.int64),
        np.array(capacity, np.int64),
    )


@pytest.mark.parametrize(
    ("chosen", "blocking"),
    [
        ([0, 3], []),  # everybody has their first choice
        ([1, 2], [0, 3]),  # crossed: both would rather go back
        ([0], [3]),  # mentee 1 and a free seat
        ([2], [0, 1, 3]),  # a free seat that both would like, and mentor 0 wants mentee 0 more
        ([], [0, 1, 2, 3]),  # nobody matched: every pair would
    ],
)
def test_blocking_pairs_are_those_who_would_both_rather(chosen, blocking):
    """Two by two, positions worked out by hand."""
    arrays = grid([[2, 1], [1, 2]], [[2, 1], [1, 2]], [1, 1])
    assert blocking_pairs(*arrays, chosen=np.array(chosen, np.int64)).tolist() == blocking
    assert is_stable(*arrays, chosen=np.array(chosen, np.int64)) == (not blocking)


def test_a_wish_from_one_side_blocks_nothing():
    """A mentee who would rather have another's mentor stays when that mentor would not."""
    arrays = grid([[2, 1], [2, 1]], [[2, 1], [1, 2]], [1, 1])
    assert is_stable(*arrays, chosen=np.array([0, 3]))


def test_a_mentor_gives_up_the_one_they_want_least():
    """With two seats taken it is enough to be wanted more than the less wanted of the two."""
    arrays = grid([[1], [1], [1]], [[3], [1], [2]], [2])
    assert blocking_pairs(*arrays, chosen=np.array([0, 1])).tolist() == [2]
    assert blocking_pairs(*arrays, chosen=np.array([0, 2])).tolist() == []


def test_equal_keys_are_no_reason_to_leave():
    """Who is indifferent doesn't block."""
    arrays = grid([[1, 1], [1, 1]], [[1, 1], [1, 1]], [1, 1])
    assert is_stable(*arrays, chosen=np.array([1, 2]))


def test_the_lowest_key_is_still_better_than_nobody():
    """Whoever has nobody would rather have anybody, whatever number says how much."""
    lowest = np.iinfo(np.int64).min
    arrays = grid([[lowest]], [[lowest]], [1])
    assert blocking_pairs(*arrays, chosen=np.empty(0, np.int64)).tolist() == [0]


def test_a_mentor_without_a_seat_blocks_nothing():
    """Capacity 0 is no free seat, and there is nobody to give up."""
    arrays = grid([[1]], [[1]], [0])
    assert is_stable(*arrays, chosen=np.empty(0, np.int64))


@pytest.mark.parametrize(
    "chosen",
    [
        [0, 1],  # one mentee with two mentors
        [0, 0],  # a pair twice
        [0, 2],  # two mentees in one seat
        [4],  # no such pair
        [-1],  # no such pair, and numpy would count from the end
    ],
)
def test_what_is_no_matching_is_not_stable(chosen):
    """Broken limits are refused before anybody's wishes are looked at."""
    arrays = grid([[2, 1], [1, 2]], [[2, 1], [1, 2]], [1, 1])
    assert not is_stable(*arrays, chosen=np.array(chosen))


def test_nobody_is_stable():
    """No people and no pairs: nothing blocks."""
    arrays = grid(np.empty((0, 0)), np.empty((0, 0)), [])
    assert is_stable(*arrays, chosen=np.empty(0, np.int64))


def test_tampering_with_a_stable_matching_is_noticed():
    """Swapping two mentees, sending one away or moving one: whatever the definition refuses.

    The definition is written out for one pair at a time.
    """
    generator = np.random.default_rng(2)
    noticed = 0
    for _ in range(300):
        mentees, mentors = (int(size) for size in generator.integers(2, (9, 5)))
        keys = [generator.permutation(mentees * mentors) for _ in range(2)]
        shaped = [key.reshape(mentees, mentors) for key in keys]
        arrays = grid(*shaped, generator.integers(0, 4, mentors))
        chosen = stable_matching(*arrays)
        assert is_stable(*arrays, chosen=chosen)
        if len(chosen) < 2:
            continue
        tampered = _tampered(generator, chosen, mentors)
        expected = _blocking(*arrays, chosen=tampered)
        assert blocking_pairs(*arrays, chosen=tampered).tolist() == expected
        noticed += bool(expected)
    assert noticed > 100


def _tampered(generator, chosen, mentors):
    """Swap the mentors of two mentees, leave a pair out, or move a mentee to the next mentor."""
    first, second = generator.choice(len(chosen), 2, replace=False)
    mentee, mentor = np.divmod(chosen, mentors)
    match generator.integers(3):
        case 0:
            mentor[[first, second]] = mentor[[second, first]]
        case 1:
            mentee, mentor = np.delete(mentee, first), np.delete(mentor, first)
        case _:
            mentor[first] = (mentor[first] + 1) % mentors
    return mentee * mentors + mentor


def _blocking(mentee, mentor, mentee_key, mentor_key, capacity, *, chosen):
    taken = chosen.tolist()
    blocking = []
    for pair in range(len(mentee)):
        own = [mentee_key[other] for other in taken if mentee[other] == mentee[pair]]
        held = [mentor_key[other] for other in taken if mentor[other] == mentor[pair]]
        mentee_would = not own or mentee_key[pair] > own[0]
        mentor_would = len(held) < capacity[mentor[pair]] or any(
            mentor_key[pair] > key for key in held
        )
        if pair not in taken and mentee_would and mentor_would:
            blocking.append(pair)
    return blocking
