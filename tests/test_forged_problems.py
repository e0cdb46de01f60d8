"""A file whose problem doesn't hold together proves nothing, to either checker."""

import json

import numpy as np
import pytest

from mentormatch import verify_standalone
from mentormatch.problem import Bounds, Objective, Parts, Problem, Quota
from mentormatch.storage.archive import UnreadableError, packed, problem_from_json, problem_to_json


def ints(*numbers):
    """Write a column."""
    return np.array(numbers, np.int64)


def content():
    """Write two mentees who may both meet two mentors, with every sort of limit."""
    mentor = np.array([0, 1, 0, 1], np.int32)
    parts = Parts(
        np.array([0, -1, -1, 1], np.int32),
        np.array([0, 1], np.int32),
        Bounds(ints(0, 0), ints(1, 1)),
    )
    problem = Problem(
        mentee=np.array([0, 0, 1, 1], np.int32),
        mentor=mentor,
        capacity=Bounds(ints(0, 0), ints(2, 2)),
        demand=Bounds(ints(0, 0), ints(1, 1)),
        objectives=(Objective("points", pair=ints(5, 6, 7, 8)),),
        pinned=ints(0),
        banned=ints(3),
        mentor_parts=parts,
        quotas=(
            Quota(0, 4, ints(0, 1), ints(0, 1), same=np.array([[0, 1]], np.int64)),
            Quota(0, 4, pairs=ints(1, 2)),
        ),
        exclusive=np.array([[0, 1]], np.int64),
        together=np.array([[0, 2]], np.int64),
        crossing=(parts,),
    )
    return json.loads(json.dumps(problem_to_json(problem)))


def put(*path, numbers):
    """Write other numbers at a place of the file."""

    def forge(forged):
        *before, last = path
        for step in before:
            forged = forged[step]
        forged[last] = numbers if isinstance(numbers, bool) else packed(ints(*numbers))

    return forge


def test_a_problem_that_holds_together_is_read_by_both():
    """Nothing is wrong with the problem that the other tests forge."""
    problem_from_json(content())
    verify_standalone.Problem(content())


@pytest.mark.parametrize(
    "forge",
    [
        # Python counts what is below zero from the end: -1 would be the last mentee again
        put("mentee", numbers=[0, 0, 1, -1]),
        put("mentor", numbers=[-1, 1, 0, 1]),
        put("mentor", numbers=[0, 2, 0, 1]),
        put("mentor", numbers=[0, 1, 0]),
        # a pair twice, or out of order
        put("mentor", numbers=[0, 0, 0, 1]),
        put("mentor", numbers=[1, 0, 0, 1]),
        put("pinned", numbers=[-1]),
        put("pinned", numbers=[4]),
        put("banned", numbers=[-1]),
        put("exclusive", numbers=[0, -3]),
        put("exclusive", numbers=[0, 4]),
        put("exclusive", numbers=[1, 1]),
        put("together", numbers=[0, -2]),
        put("together", numbers=[2, 2]),
        put("quotas", 0, "mentors", numbers=[-1, 1]),
        put("quotas", 0, "mentees", numbers=[0, 2]),
        put("quotas", 0, "same", numbers=[-2, 1]),
        put("quotas", 0, "same", numbers=[0, -1]),
        put("quotas", 1, "pairs", numbers=[-3, 2]),
        put("quotas", 1, "pairs", numbers=[1, 4]),
        # the second mentor's pair in a part of the first one's
        put("mentor_parts", "of", numbers=[0, -1, -1, 0]),
        put("mentor_parts", "of", numbers=[0, -1, -1, 2]),
        put("mentor_parts", "of", numbers=[0, -1, -1]),
        put("mentor_parts", "owner", numbers=[0]),
        put("crossing", 0, "of", numbers=[1, -1, -1, 1]),
        # a least that binds only those who have any pair is beyond prices
        put("mentor_parts", "if_any", numbers=True),
    ],
)
def test_a_problem_that_does_not_hold_together_is_refused_by_both(forge):
    """Places outside, pairs that stand twice and other people's parts are no problem to prove."""
    forged = content()
    forge(forged)
    with pytest.raises(UnreadableError):
        problem_from_json(forged)
    with pytest.raises((ValueError, IndexError)):
        verify_standalone.Problem(forged)


def test_a_column_of_another_length_than_it_says_is_refused_by_both():
    """What is cut off or put on is noticed."""
    forged = content()
    forged["pinned"]["count"] += 1
    with pytest.raises(UnreadableError):
        problem_from_json(forged)
    with pytest.raises(ValueError, match="not as long"):
        verify_standalone.Problem(forged)


@pytest.mark.parametrize("side", ["mentors", "mentees"])
def test_a_quota_that_counts_somebody_twice_is_refused(side):
    """The library charges everybody once, so it must not count anybody twice."""
    forged = content()
    put("quotas", 0, side, numbers=[1, 1])(forged)
    with pytest.raises(UnreadableError):
        problem_from_json(forged)


def test_a_pair_chosen_twice_by_two_names_is_refused():
    """The first of two pairs is chosen as 0 and as -2: it would count twice, and win."""
    problem = Problem(
        mentee=np.array([0, 1], np.int32),
        mentor=np.array([0, 0], np.int32),
        capacity=Bounds(ints(0), ints(2)),
        demand=Bounds(ints(0, 0), ints(2, 1)),
        objectives=(Objective("points", pair=ints(9, 1)),),
    )
    nothing = [packed(ints())]
    file = {
        "problem": problem_to_json(problem),
        "certificate": {
            "mentors": [packed(ints(9))],
            "mentees": [packed(ints(0, 0))],
            "mentor_parts": nothing,
            "mentee_parts": nothing,
            "quotas": nothing,
        },
        "mentors": ["T"],
        "mentees": ["A", "B"],
        "status": "optimal",
        "chosen": packed(ints(0, -2)),
        "pairs": [["T", "A"], ["T", "A"]],
        "levels": [{"goal": "points", "value": 18}],
    }
    with pytest.raises(ValueError, match="outside"):
        verify_standalone.check(file)


def test_a_case_is_never_counted_from_the_end():
    """A proof by cases names a row or a person that is there."""
    with pytest.raises(IndexError):
        list(verify_standalone.Problem(content()).cases("mentor", -1))
