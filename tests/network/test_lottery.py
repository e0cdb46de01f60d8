"""The lottery among equal optima."""

from itertools import permutations

import numpy as np
import pytest
from scipy.stats import chisquare

from mentormatch.arrays.assignment import assign
from mentormatch.network.lottery import tickets

NOBODY = np.zeros(1, np.int32)


@pytest.mark.parametrize("bits", [1, 8, 40])
def test_tickets_are_signed_numbers_of_so_many_bits(bits):
    """Tickets use the whole range they are given, and no more."""
    people = [str(number) for number in range(60)]
    place = np.arange(60, dtype=np.int32)
    drawn = tickets(1, people, people, place, place, bits=bits)
    assert drawn.min() >= -(1 << bits - 1)
    assert drawn.max() < 1 << bits - 1
    assert drawn.min() < 0 <= drawn.max()


def test_a_ticket_depends_on_the_seed_and_on_both_people():
    """Another seed, another mentor or another mentee draws another ticket."""
    drawn = {
        int(tickets(seed, [mentor], [mentee], NOBODY, NOBODY)[0])
        for seed in (0, 1)
        for mentor in ("T-1", "S-1")
        for mentee in ("T-1", "S-1")
    }
    assert len(drawn) == 8


def test_a_draw_is_replayable_and_blind_to_the_order_of_rows():
    """The same seed and ids choose the same pairs however rows and columns stand."""
    names = [f"S-{number}" for number in range(6)]
    chosen = {}
    for seed in range(5):
        for order in list(permutations(range(6)))[:: 720 // 8]:
            ids = [names[place] for place in order]
            answer = assign(np.zeros((6, 6)), mentor_ids=ids, mentee_ids=ids, seed=seed)
            pairs = {(ids[row], ids[column]) for row, column in answer.pairs.tolist()}
            assert chosen.setdefault(seed, pairs) == pairs
    assert len({frozenset(pairs) for pairs in chosen.values()}) > 1


def test_on_a_symmetric_square_every_optimum_is_drawn_equally_often():
    """Over 3,000 seeds on the 3x3 square of equal scores the six matchings are uniform."""
    counts = dict.fromkeys(permutations(range(3)), 0)
    for seed in range(3000):
        counts[tuple(assign(np.zeros((3, 3)), seed=seed, certify=False).pairs[:, 1])] += 1
    assert chisquare(list(counts.values())).pvalue > 0.001


def test_on_an_uneven_face_every_optimum_is_drawn():
    """Of six ways to give three mentees a mentor, unlike each other, all are seen."""
    allowed = np.array([[1, 1, 0, 0], [1, 1, 1, 0], [0, 0, 1, 1]], bool)
    ways = {
        columns
        for columns in permutations(range(4), 3)
        if all(allowed[row, column] for row, column in enumerate(columns))
    }
    assert len(ways) == 6
    answers = (assign(np.zeros((3, 4)), allowed=allowed, seed=seed) for seed in range(200))
    assert {tuple(answer.pairs[:, 1].tolist()) for answer in answers} == ways


def test_a_draw_never_costs_points():
    """The lottery is the last goal: coverage and points stay as they are."""
    generator = np.random.default_rng(4)
    for seed in range(50):
        scores = generator.integers(0, 3, (5, 4))
        plain, drawn = assign(scores, capacity=2), assign(scores, capacity=2, seed=seed)
        assert [level.value for level in plain.levels] == [
            level.value for level in drawn.levels[:-1]
        ]
        assert drawn.verify().accepted
