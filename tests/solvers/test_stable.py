"""Deferred acceptance, against every stable matching of small markets and another library."""

import sys
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentormatch.analysis.stability import is_stable
from mentormatch.network.lottery import tickets
from mentormatch.solvers.stable import preferences, stable_matching


def market(generator, *, ties=False):
    """Draw up to four mentees and four mentors with up to three seats.

    Now and then the two sides want the opposite, which makes several stable matchings.
    """
    mentees, mentors = (int(size) for size in generator.integers(1, (5, 5)))
    density = generator.choice([0.5, 1.0, 1.0])
    cells = np.argwhere(generator.random((mentees, mentors)) < density)
    size = len(cells)

    def keys():
        if ties:
            return generator.integers(0, 3, size)
        return generator.permutation(size).astype(np.int64) - size // 2

    mentee_key, mentor_key = keys(), keys()
    return (
        cells[:, 0].astype(np.int32),
        cells[:, 1].astype(np.int32),
        mentee_key,
        -mentee_key if generator.random() < 0.4 else mentor_key,
        generator.choice([0, 1, 1, 1, 2, 3], mentors),
    )


def every_stable_matching(mentee, mentor, mentee_key, mentor_key, capacity):
    """List all stable matchings as sets of positions, straight from the definition."""
    own = [[None] for _ in range(max(mentee, default=-1) + 1)]
    for position, who in enumerate(mentee):
        own[who].append(position)
    found = []
    for choice in product(*own):
        chosen = {position for position in choice if position is not None}
        loads = [
            sum(mentor[position] == who for position in chosen) for who in range(len(capacity))
        ]
        if any(load > seats for load, seats in zip(loads, capacity, strict=True)):
            continue
        blocked = False
        for position in range(len(mentee)):
            held = choice[mentee[position]]
            rather = held is None or mentee_key[position] > mentee_key[held]
            boss = mentor[position]
            better = loads[boss] < capacity[boss] or any(
                mentor[other] == boss and mentor_key[position] > mentor_key[other]
                for other in chosen
            )
            blocked |= rather and better
        if not blocked:
            found.append(chosen)
    return found


@pytest.mark.parametrize("seed", range(4))
def test_each_side_gets_its_best_of_all_stable_matchings(seed):
    """Over four thousand markets, nobody who proposes has a better partner in any stable matching.

    Everybody has the same number of partners in all of them: the rural hospitals theorem.
    """
    generator = np.random.default_rng(seed)
    several = 0
    for _ in range(1000):
        arrays = market(generator)
        mentee, mentor, mentee_key, mentor_key, capacity = (part.tolist() for part in arrays)
        stable = every_stable_matching(mentee, mentor, mentee_key, mentor_key, capacity)
        several += len(stable) > 1
        for best_for, person, key in (
            ("mentees", mentee, mentee_key),
            ("mentors", mentor, mentor_key),
        ):
            chosen = stable_matching(*arrays, best_for=best_for)
            assert set(chosen.tolist()) in stable
            assert chosen.tolist() == sorted(chosen.tolist())
            mine = _partners(chosen.tolist(), person, key)
            for other in stable:
                theirs = _partners(other, person, key)
                assert mine.keys() == theirs.keys()
                for who, partners in mine.items():
                    assert len(partners) == len(theirs[who])
                    # Each seat is filled at least as well, from the best down.
                    assert all(a >= b for a, b in zip(partners, theirs[who], strict=True))
    assert several > 25


def _partners(chosen, person, key):
    """Collect the keys of everybody's partners, highest first."""
    partners = {}
    for position in chosen:
        partners.setdefault(person[position], []).append(key[position])
    return {who: sorted(keys, reverse=True) for who, keys in partners.items()}


@pytest.mark.parametrize("best_for", ["mentees", "mentors"])
def test_keys_that_tie_give_a_matching_that_nobody_blocks(best_for):
    """With few different keys, the answer is among the stable matchings of the tied market."""
    generator = np.random.default_rng(9)
    for _ in range(500):
        arrays = market(generator, ties=True)
        stable = every_stable_matching(*(part.tolist() for part in arrays))
        assert set(stable_matching(*arrays, best_for=best_for).tolist()) in stable


@pytest.mark.parametrize("best_for", ["mentees", "mentors"])
def test_a_tie_goes_to_the_pair_that_stands_first(best_for):
    """Equal keys are as good as keys that fall with the position."""
    generator = np.random.default_rng(10)
    for _ in range(300):
        mentee, mentor, mentee_key, mentor_key, capacity = market(generator, ties=True)
        size, position = len(mentee), np.arange(len(mentee))
        strict = [key * size - position for key in (mentee_key, mentor_key)]
        tied = stable_matching(mentee, mentor, mentee_key, mentor_key, capacity, best_for=best_for)
        other = stable_matching(mentee, mentor, *strict, capacity, best_for=best_for)
        assert tied.tolist() == other.tolist()


def test_who_proposes_decides_between_two_stable_matchings():
    """Two mentees and two mentors whose wishes cross: each side gets its own when it proposes."""
    mentee, mentor = np.array([0, 0, 1, 1], np.int32), np.array([0, 1, 0, 1], np.int32)
    mentee_key, mentor_key = np.array([2, 1, 1, 2]), np.array([1, 2, 2, 1])
    arrays = (mentee, mentor, mentee_key, mentor_key, np.array([1, 1]))
    assert stable_matching(*arrays).tolist() == [0, 3]
    assert stable_matching(*arrays, best_for="mentors").tolist() == [1, 2]


def test_the_example_of_gale_and_shapley_comes_out_as_printed():
    """Example 2 of 1962: four by four, the one stable matching is (A,3) (B,4) (C,1) (D,2)."""
    men = [[1, 2, 3, 4], [1, 4, 3, 2], [2, 1, 3, 4], [4, 2, 3, 1]]
    women = [[3, 4, 2, 1], [3, 1, 4, 2], [2, 3, 4, 1], [3, 2, 1, 4]]
    mentee_key = -np.array(men).ravel()
    mentor_key = -np.array(women).T.ravel()
    mentee = np.repeat(np.arange(4, dtype=np.int32), 4)
    mentor = np.tile(np.arange(4, dtype=np.int32), 4)
    for best_for in ("mentees", "mentors"):
        chosen = stable_matching(
            mentee, mentor, mentee_key, mentor_key, np.ones(4, np.int64), best_for=best_for
        )
        assert mentor[chosen].tolist() == [2, 3, 0, 1]


@pytest.mark.parametrize("best_for", ["mentees", "mentors"])
@pytest.mark.parametrize(
    ("pairs", "capacity"),
    [
        ([], []),  # nobody at all
        ([], [2]),  # a mentor whom nobody may have
        ([(0, 0), (1, 0)], [0]),  # no seat
    ],
)
def test_where_nobody_can_be_matched_nobody_is(pairs, capacity, best_for):
    """No people, no acceptable pair or no seat: the empty matching, which is stable."""
    ends = np.array(pairs, np.int32).reshape(-1, 2)
    key = np.arange(len(ends))
    arrays = (ends[:, 0], ends[:, 1], key, key, np.array(capacity, np.int64))
    chosen = stable_matching(*arrays, best_for=best_for)
    assert chosen.dtype == np.int64
    assert chosen.tolist() == []
    assert is_stable(*arrays, chosen=chosen)


def test_extreme_keys_are_ordered_like_any_others():
    """The smallest and largest 64-bit numbers are keys without overflow."""
    low, high = np.iinfo(np.int64).min, np.iinfo(np.int64).max
    mentee, mentor = np.array([0, 0], np.int32), np.array([0, 1], np.int32)
    arrays = (mentee, mentor, np.array([low, high]), np.array([high, low]), np.array([1, 1]))
    assert stable_matching(*arrays).tolist() == [1]


@given(st.integers(0, 2**32 - 1), st.sampled_from(["mentees", "mentors"]))
def test_larger_markets_are_stable_too(seed, best_for):
    """Markets of some hundred pairs, with and without ties, have no blocking pair."""
    generator = np.random.default_rng(seed)
    mentees, mentors = (int(size) for size in generator.integers(1, (40, 12)))
    cells = np.argwhere(generator.random((mentees, mentors)) < generator.random())
    top = generator.choice([2, 10**9])
    mentee_key, mentor_key = generator.integers(-top, top, (2, len(cells)))
    mentee, mentor = cells[:, 0].astype(np.int32), cells[:, 1].astype(np.int32)
    capacity = generator.integers(0, 6, mentors)
    arrays = (mentee, mentor, mentee_key, mentor_key, capacity)
    assert is_stable(*arrays, chosen=stable_matching(*arrays, best_for=best_for))


@pytest.mark.parametrize(
    ("best_for", "optimal"), [("mentees", "resident"), ("mentors", "hospital")]
)
def test_the_package_matching_finds_the_same_matching(best_for, optimal, monkeypatch):
    """Sixty mentees and twelve mentors: the same pairs as HospitalResident of ``matching``."""
    games = pytest.importorskip("matching.games", reason="the package matching isn't installed")
    limit = sys.getrecursionlimit()
    generator = np.random.default_rng(4)
    mentees, mentors = 60, 12
    mentee_key, mentor_key = (
        generator.permutation(mentees * mentors).reshape(mentees, mentors) for _ in range(2)
    )
    capacity = generator.integers(1, 8, mentors)
    sys.setrecursionlimit(1_000_000)  # it copies people who point at each other
    try:
        game = games.HospitalResident.create_from_dictionaries(
            dict(enumerate(np.argsort(-mentee_key, axis=1).tolist())),
            dict(enumerate(np.argsort(-mentor_key.T, axis=1).tolist())),
            dict(enumerate(capacity.tolist())),
        )
        theirs = game.solve(optimal=optimal)
    finally:
        sys.setrecursionlimit(limit)
    chosen = stable_matching(
        np.repeat(np.arange(mentees, dtype=np.int32), mentors),
        np.tile(np.arange(mentors, dtype=np.int32), mentees),
        mentee_key.ravel(),
        mentor_key.ravel(),
        capacity,
        best_for=best_for,
    )
    ours = [divmod(position, mentors) for position in chosen.tolist()]
    assert ours == sorted(
        (mentee.name, mentor.name) for mentor, matched in theirs.items() for mentee in matched
    )


def test_the_named_come_first_in_their_order_and_the_others_by_points():
    """One mentee, five mentors: named second and first, then points, then the pair's position."""
    named = np.array([0, 2, 0, 1, 0])
    points = np.array([70, 10, 90, 5, 70])
    key = preferences(named, np.zeros(5, int), points).mentee_key
    assert np.argsort(-key).tolist() == [3, 1, 2, 0, 4]


def test_the_named_without_an_order_are_ordered_by_points():
    """Whoever named people in no particular order wants the one with more points more."""
    named = np.array([1, 1, 0])
    wanted = preferences(named, named, np.array([5, 6, 100]))
    for key in (wanted.mentee_key, wanted.mentor_key):
        assert np.argsort(-key).tolist() == [1, 0, 2]


def test_a_ticket_decides_between_equal_points_only():
    """Of two alike the higher ticket is wanted more; points outweigh any ticket."""
    nobody = np.zeros(3, int)
    wanted = preferences(nobody, nobody, np.array([7, 7, 8]), np.array([-3, 4, -900]))
    assert np.argsort(-wanted.mentee_key).tolist() == [2, 1, 0]
    assert np.argsort(-wanted.mentor_key).tolist() == [2, 1, 0]


@pytest.mark.parametrize(
    ("only_named", "kept"),
    [
        (True, [3]),  # named from both sides
        (False, [0, 1, 2, 3]),  # every admissible pair
    ],
)
def test_only_named_keeps_what_both_sides_named(only_named, kept):
    """Nobody named, the mentee alone, the mentor alone, both: only the last is left."""
    mentee_named, mentor_named = np.array([0, 1, 0, 1]), np.array([0, 0, 2, 2])
    wanted = preferences(mentee_named, mentor_named, np.arange(4), only_named=only_named)
    assert wanted.pairs.tolist() == kept
    assert len(wanted.mentee_key) == len(wanted.mentor_key) == len(kept)


def test_nobody_has_no_preferences():
    """Without pairs there is nothing to order."""
    nothing = np.empty(0, np.int64)
    wanted = preferences(nothing, nothing, nothing, nothing, only_named=True)
    assert wanted.pairs.tolist() == wanted.mentee_key.tolist() == []


@given(st.integers(0, 2**32 - 1), st.booleans())
def test_keys_order_like_tuples(seed, drawn):
    """Keys are strict and agree with comparing (place, points, ticket, position)."""
    generator = np.random.default_rng(seed)
    size = int(generator.integers(1, 30))
    named, points = generator.integers(0, 4, size), generator.integers(-2, 3, size)
    ticket = generator.integers(-2, 3, size) if drawn else np.zeros(size, np.int64)
    key = preferences(named, named, points, ticket if drawn else None).mentee_key
    order = sorted(
        range(size),
        key=lambda pair: (named[pair] or 99, -points[pair], -ticket[pair], pair),
    )
    assert np.argsort(-key).tolist() == order
    assert len(set(key.tolist())) == size


def test_row_order_decides_nothing_once_a_lottery_is_drawn():
    """Renumbering mentors and mentees leaves the named people who are matched the same."""
    generator = np.random.default_rng(11)
    mentee_ids, mentor_ids = np.array([f"S-{i}" for i in range(12)]), np.array(list("ABCD"))
    points = generator.integers(0, 3, (12, 4))
    answers = set()
    for _ in range(5):
        rows, columns = generator.permutation(12), generator.permutation(4)
        mentee = np.repeat(np.arange(12, dtype=np.int32), 4)
        mentor = np.tile(np.arange(4, dtype=np.int32), 12)
        drawn = tickets(1, mentor_ids[columns].tolist(), mentee_ids[rows].tolist(), mentor, mentee)
        nobody = np.zeros(48, int)
        wanted = preferences(nobody, nobody, points[np.ix_(rows, columns)].ravel(), drawn)
        chosen = stable_matching(
            mentee, mentor, wanted.mentee_key, wanted.mentor_key, np.full(4, 2)
        )
        people = zip(
            mentee_ids[rows][mentee[chosen]], mentor_ids[columns][mentor[chosen]], strict=True
        )
        answers.add(frozenset(people))
    assert len(answers) == 1
