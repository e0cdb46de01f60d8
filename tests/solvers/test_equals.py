"""Pairing of equals, against every pairing of small groups and between both engines."""

from functools import cache

import networkx as nx
import numpy as np
import pytest

from mentormatch.errors import ScoreError, SolverFault
from mentormatch.matching import Status
from mentormatch.solvers import equals
from mentormatch.solvers.equals import pair_equals


def group(generator, largest=9):
    """Draw a group of people, its admissible pairs and their points, often tied or negative."""
    people = int(generator.integers(0, largest))
    cells = np.argwhere(np.triu(generator.random((people, people)) < generator.random(), 1))
    top = int(generator.choice([1, 3, 1000, 10**15]))
    points = generator.integers(generator.choice([0, -top]), top + 1, len(cells))
    ends = cells.astype(np.int32)
    return ends[:, 0], ends[:, 1], points, people


def best_of_all(first, second, points, people):
    """Try every pairing: the most pairs, and the most points of that many."""
    worth = {(a, b): w for a, b, w in zip(first, second, points, strict=True)}

    @cache
    def best(left):
        if not left:
            return 0, 0
        me, *rest = left
        options = [best(tuple(rest))]
        for other in rest:
            if (me, other) in worth:
                pairs, total = best(tuple(who for who in rest if who != other))
                options.append((pairs + 1, total + worth[me, other]))
        return max(options)

    return best(tuple(range(people)))


def values(pairing):
    """Read the levels, after a look at whether they say the same as the rest."""
    assert [level.goal for level in pairing.levels] == ["pairs", "points"]
    for level in pairing.levels:
        assert level.proof == "solver_proved"
        assert level.bound == level.value
    assert (pairing.status, pairing.proof) == (Status.OPTIMAL, "solver_proved")
    return tuple(level.value for level in pairing.levels)


def check(first, second, points, people):
    """Compare with trying everything, recounting what was chosen."""
    pairing = pair_equals(first, second, points, people)
    taken = pairing.chosen.tolist()
    paired = [who for pair in taken for who in (int(first[pair]), int(second[pair]))]
    assert len(set(paired)) == len(paired)
    assert taken == sorted(taken)
    counted = len(taken), sum(int(points[pair]) for pair in taken)
    lists = (column.tolist() for column in (first, second, points))
    assert values(pairing) == counted == best_of_all(*lists, people)


@pytest.mark.parametrize("seed", range(4))
def test_the_blossoms_find_the_best_of_all_pairings(seed):
    """Over three thousand groups of up to eight people, most pairs, then most points."""
    generator = np.random.default_rng(seed)
    for _ in range(800):
        check(*group(generator))


def test_cp_sat_finds_the_best_of_all_pairings(monkeypatch):
    """With nothing counted as small, the other engine agrees with trying everything too."""
    monkeypatch.setattr(equals, "SMALL", 0)
    generator = np.random.default_rng(10)
    for _ in range(300):
        check(*group(generator))


def test_both_engines_agree_on_a_group_of_some_size(monkeypatch):
    """An odd class of 41 with cliques that leave somebody over: the same values twice."""
    generator = np.random.default_rng(3)
    cells = np.argwhere(np.triu(np.ones((41, 41)), 1))
    cells = cells[(cells // 9)[:, 0] == (cells // 9)[:, 1]].astype(np.int32)
    points = generator.integers(0, 10**6, len(cells))
    small = pair_equals(cells[:, 0], cells[:, 1], points, 41)
    monkeypatch.setattr(equals, "SMALL", 0)
    large = pair_equals(cells[:, 0], cells[:, 1], points, 41)
    assert values(small) == values(large)
    assert values(small)[0] == 4 * 4 + 2  # nine, nine, nine, nine and five people


def test_more_pairs_go_before_more_points():
    """Four in a row: the two outer pairs, though the middle one is worth more than both."""
    first, second = np.array([0, 1, 2], np.int32), np.array([1, 2, 3], np.int32)
    pairing = pair_equals(first, second, np.array([1, 100, 1]), 4)
    assert pairing.chosen.tolist() == [0, 2]
    assert values(pairing) == (2, 2)


def test_an_odd_circle_leaves_one_person_over():
    """Three who may all meet make one pair, the one with the most points."""
    first, second = np.array([0, 0, 1], np.int32), np.array([1, 2, 2], np.int32)
    assert pair_equals(first, second, np.array([4, 6, 5]), 3).chosen.tolist() == [1]


@pytest.mark.parametrize("people", [0, 1, 5])
def test_without_admissible_pairs_nobody_is_paired(people):
    """No pair to form is an optimum of nothing."""
    nothing = np.empty(0, np.int32)
    pairing = pair_equals(nothing, nothing, np.empty(0, np.int64), people)
    assert pairing.chosen.tolist() == []
    assert values(pairing) == (0, 0)


@pytest.mark.parametrize("small", [equals.SMALL, 0])
def test_the_order_of_rows_decides_nothing(small, monkeypatch):
    """With many ties, shuffled rows give the same pairs of people."""
    monkeypatch.setattr(equals, "SMALL", small)
    generator = np.random.default_rng(6)
    ends = np.argwhere(np.triu(np.ones((9, 9)), 1)).astype(np.int32)
    points = generator.integers(0, 2, len(ends))
    answers = set()
    for _ in range(5):
        rows = generator.permutation(len(ends))
        shuffled = ends[rows]
        pairing = pair_equals(shuffled[:, 0], shuffled[:, 1], points[rows], 9)
        answers.add(frozenset(map(tuple, shuffled[pairing.chosen].tolist())))
    assert len(answers) == 1


def test_points_of_any_size_add_up_exactly_in_small_questions():
    """Two pairs of 2^62 points each are worth 2^63, which no 64 bits hold."""
    first, second = np.array([0, 2], np.int32), np.array([1, 3], np.int32)
    assert values(pair_equals(first, second, np.full(2, 2**62), 4)) == (2, 2**63)


def test_points_too_large_for_cp_sat_are_refused_with_the_limit(monkeypatch):
    """The largest points that are named as possible are possible, one more is not."""
    monkeypatch.setattr(equals, "SMALL", 0)
    first, second = np.array([0, 2], np.int32), np.array([1, 3], np.int32)
    limit = 2**61 - 1
    assert values(pair_equals(first, second, np.full(2, -limit), 4)) == (2, -2 * limit)
    with pytest.raises(ScoreError, match=str(limit)):
        pair_equals(first, second, np.array([0, -limit - 1]), 4)


def test_an_optimum_that_only_floats_believe_is_not_called_one(monkeypatch):
    """CP-SAT calls sums within a rounding error of its bound optimal; the integers tell."""
    generator = np.random.default_rng(0)
    ends = np.argwhere(np.triu(np.ones((40, 40)), 1)).astype(np.int32)
    limit = (2**62 - 1) // len(ends)
    arrays = (ends[:, 0], ends[:, 1], generator.integers(-limit, limit, len(ends)), 40)
    exact = values(pair_equals(*arrays))[1]
    monkeypatch.setattr(equals, "SMALL", 0)
    claimed = pair_equals(*arrays).levels[1]
    assert claimed.value <= exact <= claimed.bound
    assert (claimed.proof == "solver_proved") == (claimed.value == claimed.bound)


@pytest.mark.parametrize("seconds", [0, 0.05])
def test_out_of_time_is_a_pairing_with_a_bound(seconds, monkeypatch):
    """Stopped early, the number of pairs is still proven and points say what is left to find."""
    monkeypatch.setattr(equals, "SMALL", 0)
    generator = np.random.default_rng(1)
    ends = np.argwhere(np.triu(np.ones((101, 101)), 1)).astype(np.int32)
    points = generator.integers(0, 10**6, len(ends))
    pairing = pair_equals(ends[:, 0], ends[:, 1], points, 101, time_limit=seconds)
    pairs, worth = pairing.levels
    assert (pairing.status, pairing.proof) == (Status.FEASIBLE, "best_found")
    assert (pairs.value, pairs.bound, pairs.proof) == (50, 50, "solver_proved")
    assert worth.proof == "best_found"
    assert worth.value == points[pairing.chosen].sum() < worth.bound


def test_an_engine_that_pairs_somebody_twice_is_refused(monkeypatch):
    """What comes back is counted before anybody sees it."""
    monkeypatch.setattr(nx, "max_weight_matching", lambda *_, **__: {(0, 1), (0, 2)})
    first, second = np.array([0, 0], np.int32), np.array([1, 2], np.int32)
    with pytest.raises(SolverFault):
        pair_equals(first, second, np.array([1, 1]), 3)
