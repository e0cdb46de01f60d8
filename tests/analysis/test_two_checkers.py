"""Two checkers that share no line say the same of any problem, choice and prices.

Prices are drawn, not solved for: whatever they are, what they allow must be added up alike by
numpy and by the standard library, and no matching may gain more.
"""

import json
from dataclasses import replace

import numpy as np
import pytest

from mentormatch import verify_standalone
from mentormatch.analysis import certificate
from mentormatch.analysis.certificate import Certificate, clashes, fault_of
from mentormatch.problem import Bounds, Objective, Parts, Problem, Quota
from mentormatch.solvers.exhaustive import every_matching, keeps_limits
from mentormatch.storage.archive import problem_to_json, witness_to_json
from mentormatch.testing import random_problem


def drawn(generator):
    """Draw a problem with every sort of limit, sometimes with a quota on given pairs."""
    problem = random_problem(generator, pairs=7, rich=True)
    if generator.random() < 0.4:
        pairs = np.flatnonzero(generator.random(problem.size) < 0.5)
        quota = Quota(int(generator.integers(0, 2)), 5, counts="pairs", pairs=pairs, wanted=2)
        goals = tuple(
            goal if goal.quota is None else replace(goal, quota=np.append(goal.quota, 3))
            for goal in problem.objectives
        )
        if len(pairs):
            problem = replace(problem, quotas=(*problem.quotas, quota), objectives=goals)
    return replace(problem, quotas=tuple(shuffled(quota, generator) for quota in problem.quotas))


def shuffled(quota, generator):
    """Let whoever is on both sides of a quota stand at different places of them."""
    return replace(
        quota, same=np.stack([quota.same[:, 0], generator.permutation(quota.same[:, 1])], axis=1)
    )


def choices(problem, generator):
    """Draw choices, and list some that break limits of one sort at most."""
    for _ in range(5):
        yield np.flatnonzero(generator.random(problem.size) < generator.random())
    none, rows = np.empty(0, np.int64), np.empty((0, 2), np.int64)
    for loose in (
        {"pinned": none},
        {"banned": none},
        {"exclusive": rows},
        {"together": rows},
        {"or_none": None},
        {"crossing": ()},
        {"quotas": (), "objectives": ()},
        {"mentor_parts": None},
        {"mentee_parts": None},
    ):
        matchings = list(every_matching(replace(problem, **loose)))
        order = generator.permutation(len(matchings))[:4]
        yield from (matchings[place] for place in order.tolist())


def prices_for(problem, goals, generator):
    """Draw small prices, many of them zero, and a scale."""
    counts = (
        problem.mentors,
        problem.mentees,
        0 if problem.mentor_parts is None else len(problem.mentor_parts.owner),
        0 if problem.mentee_parts is None else len(problem.mentee_parts.owner),
        len(problem.quotas),
    )
    scale = int(generator.choice([1, 1, 2, 3]))
    draw = [generator.integers(-2, 3, (count, goals)) for count in counts]
    return Certificate(*draw, scale=scale)


def standalone(problem):
    """Read the problem as the other checker does."""
    return verify_standalone.Problem(json.loads(json.dumps(problem_to_json(problem))))


@pytest.mark.parametrize("block", [certificate.BLOCK, 3])
def test_both_add_up_the_same_and_no_matching_gains_more(monkeypatch, block):
    """Pairs may come in one block or in several."""
    monkeypatch.setattr(certificate, "BLOCK", block)
    generator = np.random.default_rng(41)
    several = tight = 0
    for _ in range(600):
        problem = drawn(generator)
        if clashes(problem):  # then there is nothing to add up
            continue
        other = standalone(problem)
        prices = prices_for(problem, len(problem.objectives), generator)
        goals = tuple(goal.times(prices.scale) for goal in problem.objectives)
        bounds = prices.bounds(problem, goals)
        other.scale = prices.scale
        assert other.most_possible(witness_to_json(prices)) == bounds
        several += problem.size > 3
        for chosen in every_matching(problem):
            values = tuple(prices.scale * value for value in problem.values(chosen))
            assert values <= bounds
            tight += values == bounds
            assert prices.check(problem, chosen).accepted == (values == bounds)
    assert several > 60
    assert tight > 20


def test_both_refute_the_same():
    """Without gains the same sum refutes, and never where some choice keeps every limit."""
    generator = np.random.default_rng(42)
    refuted = clashing = 0
    for _ in range(800):
        problem = drawn(generator)
        other = standalone(problem)
        prices = prices_for(problem, 1, generator)
        accepted = prices.refute(problem).accepted
        assert other.proves(witness_to_json(prices), None) == accepted
        assert other.clashes() == clashes(problem)
        if accepted:
            assert next(every_matching(problem), None) is None
        refuted += accepted
        clashing += clashes(problem)
    assert refuted > clashing > 20


@pytest.mark.parametrize(("if_any", "expected"), [(True, False), (False, True)])
def test_a_least_above_its_most_clashes_unless_having_nobody_is_fine(if_any, expected):
    """Where the least binds only those who have any pair, having none keeps it."""
    problem = one_pair()
    bounds = Bounds(np.array([2]), np.array([1]))
    parts = Parts(np.zeros(1, np.int32), np.zeros(1, np.int32), bounds, if_any=if_any)
    problem = replace(problem, crossing=(parts,))
    assert clashes(problem) == standalone(problem).clashes() == expected
    assert (next(every_matching(problem), None) is None) == expected


def test_three_ways_of_counting_agree_on_every_choice():
    """Any choice, possible or not, keeps the limits or breaks them, and is worth the same."""
    generator = np.random.default_rng(43)
    kept = broken = 0
    words = set()
    for _ in range(200):
        problem = drawn(generator)
        other = standalone(problem)
        for chosen in choices(problem, generator):
            fault = fault_of(problem, chosen)
            expected = keeps_limits(problem, chosen)
            assert (fault is None) == expected
            assert other.keeps_limits(chosen.tolist()) == expected
            assert other.counts(chosen.tolist())[1] == problem.counts(chosen).tolist()
            assert other.values(chosen.tolist()) == problem.values(chosen)
            kept += expected
            broken += not expected
            words.add(fault)
    assert min(kept, broken) > 300
    assert words - {None} == {
        "pin-left-out", "banned-pair", "mentor-load", "mentee-demand", "part-load", "quota",
        "exclusive", "together", "or-none",
    }  # fmt: skip


def test_whoever_is_on_both_sides_counts_once_and_prices_allow_for_both():
    """By hand: three people mentor and are mentored, at other places of either side.

    Ann is mentor 0 and mentee 1, Bob mentor 1 and mentee 2, Cem mentor 2 and mentee 0. Ann must
    take part on both sides, so a count of both sides is one more than the quota's for sure; Bob
    must mentor and may have a mentor, which makes two more at most; Cem must have a mentor and
    has no seat of his own.
    """
    problem = Problem(
        mentee=np.array([0, 1, 2, 2], np.int32),
        mentor=np.array([0, 1, 0, 1], np.int32),
        capacity=Bounds(np.array([1, 1, 0]), np.array([2, 2, 0])),
        demand=Bounds(np.array([1, 1, 0]), np.array([1, 1, 1])),
        objectives=(Objective("points", pair=np.zeros(4, np.int64)),),
        quotas=(
            Quota(
                2,
                3,
                mentors=np.arange(3),
                mentees=np.arange(3),
                same=np.array([[0, 1], [1, 2], [2, 0]]),
            ),
        ),
    )
    other = standalone(problem)
    assert problem.linear_bounds(problem.quotas[0]) == (2 + 1, 3 + 2)
    assert other.linear(other.quotas[0]) == (2 + 1, 3 + 2)
    for chosen, who in (
        ([], 0),
        ([0], 2),  # Ann, and Cem as a mentee
        ([1], 2),  # Bob, and Ann as a mentee
        ([2], 2),  # Ann, and Bob as a mentee
        ([1, 2], 2),  # Bob and Ann, each on both sides
        ([0, 1], 3),
        ([3], 1),  # Bob with himself, if nothing forbade it
    ):
        assert problem.counts(np.array(chosen, np.int64)).tolist() == [who]
        assert other.counts(chosen)[1] == [who]


def test_each_case_of_a_split_is_the_same_for_both():
    """Every choice that keeps the limits keeps those of one of two cases."""
    generator = np.random.default_rng(44)
    split = 0
    for _ in range(500):
        problem = drawn(generator)
        kinds = [("exclusive", len(problem.exclusive)), ("together", len(problem.together))]
        kinds += [("mentor", problem.mentors), ("mentee", problem.mentees)]
        kinds += [("load", 0 if problem.or_none is None else problem.mentors)]
        for kind, count in kinds:
            if count == 0:
                continue
            index = int(generator.integers(count))
            cases = problem.cases(kind, index)
            others = list(standalone(problem).cases(kind, index))
            for chosen in every_matching(problem):
                inside = [keeps_limits(case, chosen) for case in cases]
                assert inside == [case.keeps_limits(chosen.tolist()) for case in others]
                assert any(inside)
                assert kind == "exclusive" or not all(inside)
                split += 1
    assert split > 500


def test_a_goal_taken_several_times_is_worth_as_many_times_as_much():
    """Every gain of a goal is multiplied, and what it doesn't count stays uncounted."""
    generator = np.random.default_rng(45)
    for _ in range(200):
        problem = drawn(generator)
        chosen = np.flatnonzero(generator.random(problem.size) < 0.5)
        tripled = replace(problem, objectives=tuple(goal.times(3) for goal in problem.objectives))
        assert tripled.values(chosen) == tuple(3 * value for value in problem.values(chosen))
    assert Objective("nothing").times(5).pair is None


def one_pair(*, quotas=0, square=False, capacity=3):
    """Make a problem of one pair whose mentor has three seats."""
    ones = np.ones(1, np.int64)
    quota = Quota(0, 1, mentors=np.zeros(1, np.int64))
    return Problem(
        mentee=np.zeros(1, np.int32),
        mentor=np.zeros(1, np.int32),
        capacity=Bounds(0 * ones, capacity * ones),
        demand=Bounds(0 * ones, ones),
        objectives=(Objective("points", pair=ones, square=ones if square else None),),
        quotas=(quota,) * quotas,
    )


def flat_prices(problem, price, scale=1):
    """Ask the same price of everybody."""
    none = np.empty((0, 1), np.int64)
    one = np.full((1, 1), price)
    quotas = np.full((len(problem.quotas), 1), price)
    return Certificate(one, one, none, none, quotas, scale)


@pytest.mark.parametrize(
    ("keys", "scale", "most"),
    [
        ({}, 1, 2**60),  # two prices and a gain, each below, stay below 2**62
        ({"quotas": 1}, 1, 2**59),
        ({"quotas": 3}, 1, 2**58),
        ({"square": True}, 1, 2**60 // 7),  # the third seat loses 5 squares, and two are to spare
        ({"square": True, "capacity": 0}, 1, 2**60),
        ({}, 4, 2**58),
        ({"quotas": 1, "square": True}, 3, 2**60 // 42),
    ],
)
def test_prices_are_refused_from_where_sums_could_overflow(keys, scale, most):
    """The greatest price that is let through adds up exactly, and one more is refused."""
    problem = one_pair(**keys)
    for price in (most - 1, 1 - most):
        prices = flat_prices(problem, price, scale)
        assert prices.misfit(problem, problem.objectives) is None
        other = standalone(problem)
        other.scale = scale
        goals = tuple(goal.times(scale) for goal in problem.objectives)
        assert other.most_possible(witness_to_json(prices)) == prices.bounds(problem, goals)
    for price in (most, -most):
        prices = flat_prices(problem, price, scale)
        assert prices.misfit(problem, problem.objectives) == "price-size"


@pytest.mark.parametrize("scale", [0, -1, 2**60])
def test_a_scale_is_a_number_above_zero(scale):
    """Gains taken no times, or less than none, would prove anything: here that nobody is best."""
    problem = one_pair()
    nobody = np.empty(0, int)
    prices = flat_prices(problem, 0, scale)
    assert prices.check(problem, nobody).reason == "price-size"
    assert not standalone(problem).proves(witness_to_json(prices), problem.values(nobody))


@pytest.mark.parametrize("kind", ["first", "further", "pair", "quota", "square"])
def test_gains_of_another_type_or_too_large_are_refused_like_prices(kind):
    """What is gained goes into the same sums."""
    problem = one_pair(quotas=1)
    for gain, reason in ((np.ones(1), "price-type"), (np.full(1, -(2**60)), "price-size")):
        goals = (Objective("points", **{kind: gain}),)
        forged = replace(problem, objectives=goals)
        assert flat_prices(problem, 0).check(forged, np.empty(0, int)).reason == reason


def test_large_numbers_are_added_up_without_overflow():
    """Half a million pairs with gains near 2**59 add up to more than an int64 holds."""
    size = 1 << 19
    gain = np.full(size, 2**59 - 1)
    problem = Problem(
        mentee=np.arange(size, dtype=np.int32),
        mentor=np.zeros(size, np.int32),
        capacity=Bounds(np.zeros(1, int), np.array([size])),
        demand=Bounds(np.zeros(size, int), np.ones(size, int)),
        objectives=(Objective("points", pair=gain), Objective("loss", pair=-gain)),
    )
    both = size * (2**59 - 1)
    none = np.empty((0, 2), np.int64)
    prices = Certificate(np.zeros((1, 2), int), np.stack([gain, -gain], axis=1), none, none, none)
    verdict = prices.check(problem, np.arange(size))
    assert (verdict.accepted, verdict.values, verdict.bounds) == (
        True, (both, -both), (both, -both)
    )  # fmt: skip
