"""Quotas and even loads, by hand: what nests is a flow, and its price is in the proof."""

from dataclasses import replace

import numpy as np
import pytest

from mentormatch.analysis.proof import settle
from mentormatch.arrays.assignment import assign
from mentormatch.matching import Status
from mentormatch.network.families import families
from mentormatch.problem import Objective, Quota


def asked(scores, *quotas, **keys):
    """Make a problem of a matrix of scores with quotas."""
    problem = assign(scores, certify=False, **keys).problem
    return replace(problem, quotas=quotas)


def pairs(problem, outcome):
    """List the chosen pairs as (mentee, mentor)."""
    chosen = outcome.chosen
    return list(zip(problem.mentee[chosen].tolist(), problem.mentor[chosen].tolist(), strict=True))


def test_a_quota_takes_mentees_away_from_better_pairs():
    """Both seats would go to mentees 0 and 1; one must go to 2 or 3, so 3 comes in for 1."""
    problem = asked([[9], [8], [1], [5]], Quota(1, 2, mentees=np.array([2, 3])), capacity=2)
    outcome = settle(problem)
    assert pairs(problem, outcome) == [(0, 0), (3, 0)]
    assert outcome.witness.quotas.tolist() == [[0, -3]]  # to draw one of them in costs 8 - 5 points
    assert outcome.verify(problem).accepted


def test_active_mentors_are_counted_once():
    """At least two mentors must be active, though the first could take both mentees."""
    scores = [[9, 1], [9, 2]]
    problem = asked(scores, Quota(2, 2, mentors=np.array([0, 1])), capacity=2)
    assert pairs(problem, settle(problem)) == [(0, 0), (1, 1)]


def test_quotas_that_nest_in_people_but_cross_in_seats_are_told_apart():
    """Two active among A, and at most three pairs at B inside A: first seats cross all seats."""
    problem = asked(
        np.ones((4, 3)),
        Quota(2, 3, mentors=np.array([0, 1, 2])),
        Quota(0, 3, mentors=np.array([0, 1]), counts="pairs"),
        capacity=4,
    )
    assert families(problem)[1].quotas == (1,)


@pytest.mark.parametrize(
    ("quota", "held"),
    [
        (Quota(1, 3, mentees=np.arange(3)), True),
        (Quota(0, 2, mentees=np.arange(3)), False),  # at most two of three people take part
        (Quota(0, 2, mentees=np.arange(3), counts="pairs"), True),
        (Quota(1, 9, mentees=np.arange(2), mentors=np.arange(2)), False),  # any role
    ],
)
def test_only_what_a_flow_can_hold_is_in_the_network(quota, held):
    """Upper bounds on people, and counts over both sides, are no flow."""
    problem = asked(np.ones((3, 2)), quota, capacity=3)
    assert any(family.quotas for family in families(problem)) == held


def test_a_quota_that_can_not_be_met_is_refuted_and_named():
    """Three of two admissible mentees is impossible, and the conflict says which quota."""
    problem = asked(
        [[1], [1], [1]],
        Quota(3, 3, mentees=np.arange(3)),
        capacity=3,
        allowed=[[True], [True], [False]],
    )
    outcome = settle(problem)
    assert outcome.status is Status.INFEASIBLE
    assert outcome.verify(problem).accepted


def test_a_wanted_count_is_a_goal_with_its_shortfall():
    """Two of mentees 1 and 2 are wanted before points; only one of them may meet anybody."""
    problem = asked(
        [[9, 9], [1, 1], [5, 5]],
        Quota(0, 9, mentees=np.array([1, 2]), wanted=2),
        allowed=[[True, True], [True, True], [False, False]],
    )
    goal = Objective("quotas", quota=np.array([1]))
    problem = replace(problem, objectives=(goal, *problem.objectives))
    outcome = settle(problem)
    assert outcome.levels[0].value == 1
    assert outcome.verify(problem).accepted


def test_even_loads_are_a_goal():
    """Four equal mentees and two mentors of three seats: two each, 8 lost instead of 10."""
    problem = asked(np.ones((4, 2)), capacity=3)
    even = Objective("even", square=np.ones(2, np.int64))
    problem = replace(problem, objectives=(*problem.objectives, even))
    outcome = settle(problem)
    assert problem.loads(outcome.chosen).tolist() == [2, 2]
    assert outcome.levels[-1].value == -8
    assert outcome.verify(problem).accepted
