"""Seat prices: against full solves with one more seat."""

from dataclasses import replace

import numpy as np
import pytest

from mentormatch.analysis.prices import seat_prices
from mentormatch.analysis.proof import settle
from mentormatch.analysis.regret import is_flow, residual_of
from mentormatch.arrays.assignment import assign
from mentormatch.errors import MentorMatchError
from mentormatch.matching import Status
from mentormatch.network.residual import without_lots
from mentormatch.pipeline import match
from mentormatch.problem import Bounds
from mentormatch.testing import random_problem


def with_seat(problem, mentor):
    """List the problems in which a mentor has one more seat, in any form or in one of them."""
    most = problem.capacity.most.copy()
    most[mentor] += 1
    wider = replace(problem, capacity=Bounds(problem.capacity.least, most))
    yield wider
    if (parts := problem.mentor_parts) is not None:
        for part in np.flatnonzero(parts.owner == mentor):
            bound = parts.bounds.most.copy()
            bound[part] += 1
            bounds = Bounds(parts.bounds.least, bound)
            yield replace(wider, mentor_parts=replace(parts, bounds=bounds))


def solved(seed, count):
    """Draw problems that a flow holds, with their optimum."""
    generator = np.random.default_rng(seed)
    while count:
        problem = without_lots(random_problem(generator))
        outcome = settle(problem, certify=False)
        if outcome.status is Status.OPTIMAL and outcome.engine == "flow" and is_flow(problem):
            count -= 1
            yield problem, outcome


def test_a_seat_is_worth_what_a_solve_with_it_gains():
    """Every price equals the difference of two solves, goal by goal."""
    checks = worth = 0
    for problem, outcome in solved(21, 400):
        prices = seat_prices(residual_of(problem, outcome))
        before = np.array(problem.values(outcome.chosen), object)
        for mentor in range(problem.mentors):
            after = max(
                other.values(settle(other, certify=False).chosen)
                for other in with_seat(problem, mentor)
            )
            assert prices[mentor].tolist() == (np.array(after, object) - before).tolist()
            checks += 1
            worth += prices[mentor].any()
    assert checks > 500
    assert 50 < worth < checks


def test_a_seat_by_hand():
    """Two pupils and one seat: another one there covers the second, elsewhere is no use."""
    answer = assign([[5, 0], [3, 0]], capacity=[1, 1], allowed=[[True, False], [True, False]])
    assert answer.seat_prices().tolist() == [[1, 3], [0, 0]]


def test_a_result_says_where_a_seat_helps_most(club, club_policy):
    """Of the teachers T-2 has a seat for S-2, worth 120 per mille; one more at T-1 makes it 525."""
    teachers = club.where({"not": {"grade": 9}})
    table = match(teachers, club_policy).seat_prices()
    assert table.columns.tolist() == ["mentor", "mentees", "seats", "cover", "points"]
    assert table.values.tolist() == [["T-1", 1, 1, 0, 405_000], ["T-2", 2, 2, 0, 0]]


def test_seats_stand_in_the_order_of_the_columns():
    """Ids may reorder mentors inside; the caller's columns stay."""
    answer = assign([[5, 0], [3, 0]], allowed=[[True, False], [True, False]], mentor_ids=["z", "a"])
    assert answer.seat_prices().tolist() == [[1, 3], [0, 0]]


def test_no_seat_is_priced_where_the_price_could_be_wrong():
    """An impossible problem and limits that no flow holds are refused, with the way out."""
    impossible = assign([[5], [3]], pinned=[(0, 0), (1, 0)])
    with pytest.raises(MentorMatchError, match="what_if"):
        impossible.seat_prices()
    problem = replace(assign([[5], [3]]).problem, exclusive=np.array([[0, 1]]))
    with pytest.raises(MentorMatchError, match="no flow"):
        residual_of(problem, settle(problem))
