"""The independent check of groups: it accepts what keeps the conditions, and bounds the rest."""

from dataclasses import replace

import numpy as np
import pytest

from group_examples import random_group_problem
from mentormatch.analysis import group_proof
from mentormatch.analysis.group_certificate import GroupCertificate, bound_of, refutes
from mentormatch.analysis.group_proof import settle_groups
from mentormatch.errors import SolverFault
from mentormatch.grouping import Group, GroupPrices, GroupProblem
from mentormatch.matching import Status
from mentormatch.problem import Bounds
from mentormatch.solvers.groups import engine
from mentormatch.solvers.groups.exhaustive import _groupings, best_grouping


def random_prices(generator, problem):
    """Draw prices of any size."""
    top = int(generator.choice([1, 5, 1000, 10**7]))
    floor = int(generator.integers(0, 3)) * 10 ** int(generator.integers(0, 7))
    mentees = generator.integers(0, top + 1, problem.mentees)
    return GroupPrices(int(generator.choice([1, 12])), mentees, floor)


def test_whatever_the_prices_no_bound_is_below_the_best():
    """Random prices bound every goal from above and never refute what is possible."""
    generator = np.random.default_rng(1)
    impossible = refuted = 0
    for _ in range(1000):
        problem = random_group_problem(generator)
        best = best_grouping(problem)
        prices = tuple(random_prices(generator, problem) for _ in problem.goals)
        if best is None:
            impossible += 1
            refuted += refutes(problem, prices[0])
        else:
            assert not refutes(problem, prices[0])
            verdict = GroupCertificate(prices).check(problem, best)
            assert verdict.accepted
            assert all(
                value <= bound for value, bound in zip(verdict.values, verdict.bounds, strict=True)
            )
    assert impossible > refuted > 0


def test_only_the_best_is_ever_proven():
    """With the engine's prices, no worse grouping passes for proven, and most of the best do."""
    generator = np.random.default_rng(2)
    proven = tried = 0
    for _ in range(150):
        problem = random_group_problem(generator, people=6)
        solution = engine.solve(problem)
        if solution.groups is None:
            continue
        certificate = GroupCertificate(tuple(goal.prices for goal in solution.reached))
        best = problem.values(solution.groups)
        tried += 1
        proven += certificate.check(problem, solution.groups).proven
        for groups in _groupings(problem, 0, frozenset()):
            verdict = certificate.check(problem, groups)
            assert verdict.accepted
            assert not verdict.proven or verdict.values == best
    assert proven > 0.6 * tried


def test_a_grouping_is_accepted_exactly_when_it_keeps_every_condition():
    """Groups drawn at random are judged as by trying everything."""
    generator = np.random.default_rng(3)
    kept = broken = 0
    for _ in range(300):
        problem = random_group_problem(generator, people=6)
        allowed = set(_groupings(problem, 0, frozenset()))
        certificate = GroupCertificate((None,) * len(problem.goals))
        for _ in range(6):
            place = generator.integers(-1, max(1, problem.mentors), problem.mentees)
            groups = tuple(
                Group(mentor, tuple(np.flatnonzero(place == mentor).tolist()))
                for mentor in range(problem.mentors)
                if (place == mentor).any()
            )
            if (place >= problem.mentors).any():
                continue
            accepted = certificate.check(problem, groups).accepted
            assert accepted == (groups in allowed)
            kept += accepted
            broken += not accepted
    assert min(kept, broken) > 100


def small(**conditions):
    """Two mentors and three mentees; everybody may join both, in groups of one or two."""
    cells = np.argwhere(np.ones((3, 2)))
    settings = {
        "mentee": cells[:, 0].astype(np.int32),
        "mentor": cells[:, 1].astype(np.int32),
        "points": np.arange(6),
        "size": Bounds(np.array([1, 1]), np.array([2, 2])),
        "must": np.zeros(2, np.bool_),
        "mentees": 3,
    }
    return GroupProblem(**(settings | conditions))


@pytest.mark.parametrize(
    ("conditions", "groups", "reason"),
    [
        ({}, [Group(2, (0,))], "unknown-person"),
        ({}, [Group(0, (-1,))], "unknown-person"),
        ({}, [Group(0, (0,)), Group(0, (1,))], "mentor-twice"),
        ({}, [Group(0, (0,)), Group(1, (0,))], "mentee-twice"),
        ({}, [Group(0, (1, 1))], "mentee-twice"),
        ({"must": np.array([True, False])}, [Group(1, (0,))], "mentor-left-out"),
        ({}, [Group(0, (0, 1, 2))], "group-size"),
        ({}, [Group(0, ())], "group-size"),
        (
            {"mentee": np.array([0], np.int32), "mentor": np.zeros(1, np.int32)},
            [Group(1, (0,))],
            "unknown-pair",
        ),
        ({"age": np.array([7, 9, 9]), "span": 1}, [Group(0, (0, 1))], "age-span"),
        ({"apart": np.array([[1, 0]], np.int32)}, [Group(0, (0, 1))], "kept-apart"),
        (
            {"kind": np.array([0, 0, -1]), "kind_most": np.array([1])},
            [Group(0, (0, 1))],
            "too-many-of-a-kind",
        ),
        (
            {
                "mentee_slots": np.array([[1, 0], [0, 1], [1, 1]], bool),
                "mentor_slots": np.ones((2, 2), bool),
                "common": 1,
            },
            [Group(0, (0, 1))],
            "common-slots",
        ),
    ],
)
def test_what_breaks_a_condition_is_refused_with_its_reason(conditions, groups, reason):
    """Every condition has a word, and it is said."""
    if "mentee" in conditions:
        conditions["points"] = np.ones(1, np.int64)
    verdict = GroupCertificate((None,)).check(small(**conditions), groups)
    assert (verdict.accepted, verdict.reason) == (False, reason)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"mentees": np.zeros(2, np.int64)}, "price-shape"),
        ({"mentees": np.zeros(3)}, "price-type"),
        ({"unit": 0}, "price-type"),
        ({"mentees": np.array([0, -1, 0])}, "price-sign"),  # would raise others' bounds for free
        ({"floor": -1}, "price-sign"),
        ({"mentees": np.full(3, 2**48)}, "price-size"),
    ],
)
def test_malformed_prices_are_refused(change, reason):
    """Prices that could deceive or overflow prove nothing."""
    prices = replace(GroupPrices(1, np.zeros(3, np.int64)), **change)
    verdict = GroupCertificate((prices,)).check(small(), [])
    assert (verdict.accepted, verdict.reason) == (False, reason)
    assert not refutes(small(must=np.ones(2, bool)), prices)
    assert GroupCertificate(()).check(small(), []).reason == "price-shape"


def test_a_bound_is_worked_by_hand():
    """At price 3 the mentors' best pairs gain 0 and 3, which with all prices makes 12."""
    # Points: mentor 0 has 0, 2, 4 and mentor 1 has 1, 3, 5; less 3 each: -3, -1, 1 and -2, 0, 2.
    # Two members: 1 - 1 = 0, alone 1; and 2 + 0 = 2, alone 2.  9 + 1 + 2 = 12.
    prices = GroupPrices(1, np.full(3, 3))
    assert (
        bound_of(small(size=Bounds(np.ones(2, int), np.ones(2, int))), "points", prices, ()) == 12
    )
    # The best: mentor 1 takes the last two (8), mentor 0 the first (0), or 2 + 4 + 1 = 7.
    assert small().values(best_grouping(small())) == (8,)


@pytest.mark.parametrize("seed", range(2))
def test_a_settled_problem_says_what_is_proven_of_it(seed, monkeypatch):
    """Words, values and bounds fit together, whether all was tried or columns were generated."""
    generator = np.random.default_rng(seed)
    words = set()
    for _ in range(100):
        problem = random_group_problem(generator)
        monkeypatch.setattr(group_proof, "LARGEST", int(generator.choice([0, 8])))
        outcome, best = settle_groups(problem), best_grouping(problem)
        words.add(outcome.proof)
        if best is None:
            assert outcome.status is Status.INFEASIBLE
            assert outcome.gap is None
        else:
            assert outcome.status is Status.OPTIMAL
            assert tuple(level.value for level in outcome.levels) == problem.values(best)
            assert tuple(level.bound for level in outcome.levels) == problem.values(best)
            assert outcome.gap == 0
    assert words >= {"certified", "solver_proved", "infeasible_certified"}


def test_out_of_time_is_feasible_with_a_gap_or_no_solution(monkeypatch):
    """Without time and groups to begin with nobody is in one, and there is a bound all the same."""
    monkeypatch.setattr(group_proof, "LARGEST", 0)
    monkeypatch.setattr(engine, "first_groups", lambda _: ())
    outcome = settle_groups(small(), time_limit=0.0)
    assert (outcome.status, outcome.proof, outcome.gap) == (Status.FEASIBLE, "best_found", 1.0)
    outcome = settle_groups(small(must=np.ones(2, bool)), time_limit=0.0)
    assert (outcome.status, outcome.proof, outcome.groups) == (Status.NO_SOLUTION, None, ())


@pytest.mark.parametrize(
    ("groups", "bound", "reason"),
    [
        ((Group(0, (0, 1, 2)),), 99, "group-size"),  # groups that break a condition
        ((Group(0, (0, 1)),), 1, "bound-below-value"),  # a bound that the groups exceed
    ],
)
def test_an_answer_that_fails_the_check_is_never_returned(monkeypatch, groups, bound, reason):
    """A wrong claim of the engine raises."""
    wrong = engine.GroupSolution(groups, (engine.Reached("points", bound),), ())
    monkeypatch.setattr(group_proof, "LARGEST", 0)
    monkeypatch.setattr(group_proof, "solve", lambda *_, **__: wrong)
    with pytest.raises(SolverFault, match=reason):
        settle_groups(small())
