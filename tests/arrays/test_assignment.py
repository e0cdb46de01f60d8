"""`assign`: arrays in, a proven answer out."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from mentormatch.arrays.assignment import assign
from mentormatch.errors import ScoreError
from mentormatch.matching import Status


def test_a_small_example_by_hand():
    """Three mentees, two mentors with two and one seats: the best total is 9 + 8 + 4."""
    answer = assign([[9, 1], [8, 7], [4, 4]], capacity=[2, 1])
    assert answer.status is Status.OPTIMAL
    assert answer.proof == "certified"
    assert answer.pairs.tolist() == [[0, 0], [1, 0], [2, 1]]
    assert (answer.points, answer.total) == (21, 21)
    assert answer.unmatched.tolist() == []
    assert answer.served.tolist() == [1, 1, 1]
    assert answer.verify().accepted
    assert repr(answer) == "Assignment(optimal, 3 pairs, certified)"


def test_coverage_comes_before_points_and_can_be_switched_off():
    """A pair worth 9 is given up to serve two mentees, unless points alone count."""
    scores = [[9, 1], [1, 0]]
    allowed = [[True, True], [True, False]]
    covering = assign(scores, allowed=allowed)
    assert covering.pairs.tolist() == [[0, 1], [1, 0]]
    richest = assign(scores, allowed=allowed, cover_first=False)
    assert richest.pairs.tolist() == [[0, 0]]
    assert richest.unmatched.tolist() == [1]


def test_a_negative_score_is_taken_for_coverage_and_left_out_without_it():
    """A pair below zero is chosen only where coverage or a minimum asks for it."""
    assert assign([[-5]]).points == -5
    assert assign([[-5]], cover_first=False).pairs.shape == (0, 2)
    assert assign([[-5]], cover_first=False, minimum=1).points == -5


def test_first_mentors_come_before_further_ones():
    """With two mentors wanted, everybody gets a first before anybody gets a second."""
    answer = assign([[9, 9], [1, 1]], demand=2)
    assert answer.served.tolist() == [1, 1]
    assert [(level.goal, level.value) for level in answer.levels] == [
        ("cover", 2),
        ("fill", 0),
        ("points", 10),
    ]


@given(
    scores=st.integers(0, 3).flatmap(
        lambda n: st.lists(
            st.lists(st.integers(-9, 30), min_size=3, max_size=3), min_size=n, max_size=n
        )
    ),
    capacity=st.lists(st.integers(0, 3), min_size=3, max_size=3),
)
@settings(deadline=None)
def test_totals_agree_with_another_solver_on_cloned_seats(scores, capacity):
    """SciPy's assignment over one column per seat finds the same coverage and total."""
    matrix = np.array(scores, np.int64).reshape(-1, 3)
    seats = np.repeat(matrix, capacity, axis=1)
    answer = assign(matrix, capacity=capacity)
    rows, columns = linear_sum_assignment(seats, maximize=True)
    assert len(answer.pairs) == len(rows)
    assert answer.points == seats[rows, columns].sum()


@given(st.permutations(range(5)), st.permutations(range(4)), st.integers(0, 2**32 - 1))
@settings(deadline=None, max_examples=40)
def test_the_order_of_rows_and_columns_never_decides(row_order, column_order, seed):
    """With ids, the same people are paired however the matrix is ordered, ties or not."""
    scores = np.random.default_rng(seed).integers(0, 3, (5, 4))
    mentees, mentors = list("abcde"), list("vwxy")
    plain = assign(scores, capacity=2, mentor_ids=mentors, mentee_ids=mentees)
    row_ids = [mentees[row] for row in row_order]
    column_ids = [mentors[column] for column in column_order]
    shuffled = assign(
        scores[np.ix_(row_order, column_order)],
        capacity=2,
        mentor_ids=column_ids,
        mentee_ids=row_ids,
    )
    assert _named(shuffled, row_ids, column_ids) == _named(plain, mentees, mentors)
    assert shuffled.prices["mentors"][:, -1].tolist() == [
        plain.prices["mentors"][mentors.index(name), -1] for name in column_ids
    ]


def _named(answer, rows, columns):
    return {(rows[row], columns[column]) for row, column in answer.pairs.tolist()}


def test_pins_hold_in_every_order_of_people():
    """Pinned and banned pairs keep their meaning when ids reorder the matrix."""
    generator = np.random.default_rng(0)
    for _ in range(50):
        scores = generator.integers(0, 9, (4, 4))
        ids = [str(number) for number in generator.permutation(4)]
        pin, ban = (int(number) for number in generator.permutation(4)[:2])
        answer = assign(
            scores, pinned=[(pin, ban)], banned=[(ban, pin)], mentee_ids=ids, mentor_ids=ids
        )
        pairs = answer.pairs.tolist()
        assert [pin, ban] in pairs
        assert [ban, pin] not in pairs
        assert answer.points == sum(scores[row, column] for row, column in pairs)


def test_masks_and_positions_say_the_same():
    """Pins and bans may come as positions or as a bool matrix, bans also through allowed."""
    scores = np.arange(9).reshape(3, 3)
    ban = np.zeros((3, 3), bool)
    ban[2, 2] = True
    pin = np.zeros((3, 3), bool)
    pin[0, 1] = True
    answers = [
        assign(scores, banned=[(2, 2)], pinned=[(0, 1)]),
        assign(scores, banned=ban, pinned=pin),
        assign(scores, allowed=~ban, pinned=[(0, 1), (0, 1)]),
    ]
    assert len({str(answer.pairs.tolist()) for answer in answers}) == 1


def test_prices_prove_every_pair():
    """Goals in order, no pair is worth more than its prices, and chosen ones at least as much."""
    scores = np.random.default_rng(2).integers(0, 100, (6, 3))
    answer = assign(scores, capacity=2)
    prices = answer.prices
    assert prices["mentors"].shape == (3, 2)
    assert prices["mentees"].shape == (6, 2)
    worth = np.stack([np.zeros_like(scores), scores], axis=2)  # coverage is the mentee's
    slack = worth - prices["mentors"][None, :] - prices["mentees"][:, None]
    chosen = set(map(tuple, answer.pairs.tolist()))
    for row, column in np.ndindex(6, 3):
        over = tuple(slack[row, column].tolist())
        assert over >= (0, 0) if (row, column) in chosen else over <= (0, 0)


@pytest.mark.parametrize(
    ("scores", "served"),
    [
        (np.zeros((0, 0)), []),  # nobody at all
        (np.zeros((0, 3)), []),  # no mentees
        (np.zeros((2, 0)), [0, 0]),  # no mentors
    ],
)
def test_nobody_there_is_an_optimal_empty_answer(scores, served):
    """An empty side is an answer with a certificate, not an error."""
    answer = assign(scores)
    assert (answer.status, answer.proof) == (Status.OPTIMAL, "certified")
    assert answer.pairs.shape == (0, 2)
    assert answer.pairs.dtype == np.int64
    assert answer.served.tolist() == served


def test_no_seats_and_no_admissible_pairs_leave_everybody_unmatched():
    """Capacity 0, or nothing allowed, is optimal with nobody matched."""
    for answer in (assign([[5, 5]], capacity=0), assign([[5]], allowed=[[False]])):
        assert answer.status is Status.OPTIMAL
        assert answer.unmatched.tolist() == [0]


def test_a_minimum_that_can_not_be_met_is_infeasible_with_its_reason():
    """Two mentors who need two mentees each can't share three."""
    answer = assign(np.ones((3, 2)), capacity=3, minimum=2)
    assert answer.status is Status.INFEASIBLE
    assert answer.proof == "infeasible_certified"
    assert answer.verify().accepted
    assert (answer.points, answer.total, answer.levels, answer.prices) == (None, None, (), None)
    assert answer.pairs.shape == (0, 2)
    kinds = [clause.kind for clause in answer.conflict.clauses]
    assert kinds.count("mentor_least") == 2


def test_floats_are_exact_decimals_or_rounded_with_a_bound():
    """Tenths are exact; thirds are not, and the answer says how much that can cost."""
    exact = assign([[0.1, 0.7], [0.3, 0.8]])
    assert (exact.exact, exact.rounding, exact.total) == (True, 0, 1.0)
    rounded = assign([[1 / 3, 2 / 3]])
    assert not rounded.exact
    assert 0 < rounded.rounding < 1e-9
    assert rounded.total == pytest.approx(2 / 3)


def test_an_answer_without_prices_says_so():
    """Without a certificate the solver's word is all there is."""
    answer = assign([[1]], certify=False)
    assert (answer.proof, answer.prices) == ("solver_proved", None)
    assert answer.verify().reason == "no-certificate"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"capacity": 1.5}, "assign.whole"),  # half a seat
        ({"capacity": [1, 1, 1]}, "assign.shape"),  # a seat too many
        ({"capacity": -1}, "assign.negative"),
        ({"minimum": [0, -2]}, "assign.negative"),
        ({"demand": [[1]]}, "assign.shape"),  # a matrix
        ({"demand": [[1], [1, 2]]}, "assign.whole"),  # ragged
        ({"demand": True}, "assign.whole"),  # a flag is no number
        ({"allowed": [[1, 1], [1, 1]]}, "assign.allowed"),  # numbers, not True or False
        ({"allowed": [[True, True]]}, "assign.allowed"),  # a row short
        ({"pinned": [(0, 0, 0)]}, "assign.pairs"),
        ({"pinned": [0.5, 1]}, "assign.pairs"),
        ({"banned": [(0, 2)]}, "assign.no-pair"),
        ({"banned": [(-1, 0)]}, "assign.no-pair"),  # counting from the end is a mistake
        ({"pinned": [(0, 1)], "banned": [(0, 1)]}, "assign.pinned-and-banned"),
        ({"mentee_ids": ["a"]}, "assign.ids"),
    ],
)
def test_misuse_is_named_and_located(arguments, code):
    """Each malformed argument raises with its name, in both languages."""
    with pytest.raises(ScoreError) as caught:
        assign([[1, 2], [3, 4]], **arguments)
    defect = caught.value.defects[0]
    assert defect.code == code
    assert defect.place.field == next(iter(arguments))
    assert defect.text("ru") != defect.text("en")


def test_all_misuse_is_told_at_once():
    """Several defects come in one error."""
    with pytest.raises(ScoreError) as caught:
        assign([[1]], capacity=-1, demand=0.5, pinned=[(5, 5)], banned=[(0, 7)])
    assert len(caught.value.defects) == 4


def test_huge_capacities_are_as_good_as_everybody():
    """A capacity near the end of int64 means no limit and overflows nothing."""
    answer = assign([[1], [2]], capacity=2**62, demand=np.array([2**40, 1]))
    assert answer.points == 3
    assert answer.verify().accepted
