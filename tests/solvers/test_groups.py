"""Groups by column generation, against every grouping of a few people."""

import _thread
import signal

import numpy as np
import pytest

from group_examples import random_group_problem
from mentormatch.errors import ScoreError
from mentormatch.grouping import Group, GroupPrices, GroupProblem, affinity_table
from mentormatch.problem import Bounds
from mentormatch.solvers.groups import columns, engine
from mentormatch.solvers.groups.exhaustive import best_grouping
from mentormatch.solvers.groups.ground import Aim, Ground
from mentormatch.solvers.groups.pricing import Pricing
from mentormatch.solvers.groups.start import first_groups


def everybody(mentors, mentees, **conditions):
    """Let every mentee join every mentor, a point each, in groups of one to four."""
    cells = np.argwhere(np.ones((mentees, mentors)))
    settings = {
        "mentee": cells[:, 0].astype(np.int32),
        "mentor": cells[:, 1].astype(np.int32),
        "points": np.ones(len(cells), np.int64),
        "size": Bounds(np.ones(mentors, np.int64), np.full(mentors, 4)),
        "must": np.zeros(mentors, np.bool_),
        "mentees": mentees,
        "cover": np.ones(mentees, np.int64),
    }
    return GroupProblem(**(settings | conditions))


@pytest.mark.parametrize("seed", range(3))
def test_the_engine_reaches_what_trying_everything_finds(seed):
    """Values, bounds and impossibility agree over all conditions and both orders of goals."""
    generator = np.random.default_rng(seed)
    impossible = 0
    for _ in range(100):
        problem = random_group_problem(generator)
        best, solution = best_grouping(problem), engine.solve(problem)
        if best is None:
            impossible += 1
            assert solution.groups is None
            assert solution.reached[0].bound < problem.must.sum()
        else:
            values = problem.values(best)
            assert problem.values(solution.groups) == values
            assert tuple(goal.bound for goal in solution.reached) == values
    assert impossible > 0


@pytest.mark.parametrize("many", [4000, 2])
def test_a_poor_start_is_made_up_for_by_listing_or_not_called_the_best(many, monkeypatch):
    """With hardly any columns, no rounding and no polish, the listing closes every gap.

    When it may list a few groups only, bounds still hold.
    """
    monkeypatch.setattr(columns, "NEAR", 1e9)
    monkeypatch.setattr(columns, "FEW", 1)
    monkeypatch.setattr(engine, "MANY", many)
    monkeypatch.setattr(engine, "first_groups", lambda _: ())
    monkeypatch.setattr(engine._Engine, "_dive", lambda *_: None)
    monkeypatch.setattr(engine._Engine, "_polish", lambda *_: None)
    generator = np.random.default_rng(8)
    short = 0
    for _ in range(150):
        problem = random_group_problem(generator)
        best, solution = best_grouping(problem), engine.solve(problem)
        if best is None:
            assert solution.groups is None
        elif many > 2:
            assert problem.values(solution.groups) == problem.values(best)
        elif solution.groups is not None:
            short += problem.values(solution.groups) < problem.values(best)
            assert solution.reached[0].bound >= problem.values(best)[0]
            if problem.values(solution.groups)[:-1] == problem.values(best)[:-1]:
                assert solution.reached[-1].bound >= problem.values(best)[-1]
        else:
            assert solution.reached[0].bound >= problem.must.sum()
    assert (short > 0) == (many == 2)


def test_a_bound_supposing_more_coverage_is_loosened_by_what_that_was_worth():
    """At 7 units of a third each, two mentees less may free 14 thirds: 5 points more."""
    reached = engine.Reached("points", 20, GroupPrices(3, np.zeros(4, np.int64), 7), 4)
    assert reached.given(4).bound == 20
    assert reached.given(2).bound == 25


@pytest.mark.parametrize(("width", "keep"), [(10**6, 10**6), (3, 2)])
def test_the_search_finds_every_group_above_the_threshold_or_bounds_what_it_gave_up(width, keep):
    """A wide search lists all groups; a narrow one never claims a bound below the best."""
    generator = np.random.default_rng(5)
    narrow = 0
    for _ in range(300):
        problem = random_group_problem(generator)
        ground = Ground.of(problem)
        gain = generator.integers(-3, 6, problem.mentees)
        for mentor in range(problem.mentors):
            every = {
                group: int(gain[list(group.members)].sum()) + problem.cohesion_of(group.members)
                for group in groups_of(problem, mentor)
            }
            wanted = {group: value for group, value in every.items() if value > 1}
            found = Pricing(ground, mentor).search(
                Aim(ground, "points"), 1, gain, 1, width=width, keep=keep
            )
            assert all(every[group] == value for value, group in found.groups)
            assert found.bound >= max(wanted.values(), default=1)
            narrow += not found.complete
            if found.complete:
                assert {group for _, group in found.groups} == wanted.keys()
                assert len(found.groups) == len(wanted)
    assert (narrow > 0) == (width < 10)


def groups_of(problem, mentor):
    """List every group that a mentor may lead."""
    from mentormatch.solvers.groups.exhaustive import _groups

    return _groups(problem, mentor, frozenset())


def test_points_of_a_group_are_worked_by_hand():
    """Three mates with affinities 300, 600 and 0 average 450, 150 and 300 per member."""
    table = affinity_table(3, np.array([0, 0]), np.array([1, 2]), np.array([300, 600], np.int16))
    problem = everybody(1, 3, affinity=table, cohesion=2)
    assert problem.scale == 6  # mates may be 1, 2 or 3
    (value,) = [problem.values([Group(0, (0, 1, 2))])[1]]
    assert value == 6 * (3 * 1 + 2 * (450 + 150 + 300))
    assert problem.values([Group(0, (2,))]) == (1, 6)


@pytest.mark.parametrize(
    ("conditions", "sizes"),
    [
        ({}, [4]),  # nothing stands against a group of four
        ({"age": np.array([7, 8, 9, 9]), "span": 1}, [1, 3]),  # 7 with 8, or 8 with 9
        ({"age": np.array([7, 8, 9, 9]), "span": 2}, [4]),
        ({"apart": np.array([[0, 3]], np.int32)}, [1, 3]),
        ({"kind": np.array([0, 0, 0, -1], np.int32), "kind_most": np.array([2])}, [1, 3]),
        ({"kind": np.array([0, 0, 0, -1], np.int32), "kind_most": np.array([0])}, [1]),
    ],
)
def test_a_condition_inside_groups_splits_them(conditions, sizes):
    """Each condition fires where it is broken and not where it is kept."""
    points = np.array([9, 1] * 4, np.int64)  # all would rather be with the first mentor
    problem = everybody(2, 4, points=points, **conditions)
    solution = engine.solve(problem)
    assert sum(len(group.members) for group in solution.groups) == sum(sizes)
    assert sorted(len(group.members) for group in solution.groups) == sizes


def test_a_group_needs_time_slots_that_all_its_people_share():
    """Two mentees who are free at different times only can't be in one group."""
    slots = np.array([[True, False], [False, True], [True, True]])
    problem = everybody(1, 3, mentee_slots=slots, mentor_slots=np.ones((1, 2), bool), common=1)
    (group,) = engine.solve(problem).groups
    assert group.members in {(0, 2), (1, 2)}


def test_a_mentor_who_must_lead_a_group_leads_one_although_it_costs_points():
    """The second mentor's point is less than the first's nine."""
    points = np.array([9, 1] * 2, np.int64)
    for must, leaders in ((False, {0}), (True, {0, 1})):
        problem = everybody(2, 2, points=points, must=np.array([False, must]))
        assert {group.mentor for group in engine.solve(problem).groups} == leaders


def test_the_same_seed_gives_the_same_groups():
    """A middling problem, solved twice, comes out equal."""
    problem = middling()
    first, second = engine.solve(problem, seed=3), engine.solve(problem, seed=3)
    assert first.groups == second.groups
    assert [goal.bound for goal in first.reached] == [goal.bound for goal in second.reached]


def test_out_of_time_the_best_so_far_is_returned():
    """No time at all leaves what is there at once; without every leader that is no solution.

    The first mentor takes all four, and nobody is left for the second.
    """
    problem = middling()
    first = first_groups(Ground.of(problem))
    assert engine.solve(problem, time_limit=0.0).groups == tuple(sorted(first)) != ()
    both = everybody(2, 4, must=np.ones(2, bool))
    assert engine.solve(both, time_limit=0.0).groups is None
    assert len(engine.solve(both).groups) == 2


@pytest.fixture
def listening():
    """Hear Ctrl-C as Python does, also where the tests run in the background and ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("listening")
def test_an_interrupt_returns_the_best_so_far_and_leaves_the_handler_alone():
    """Ctrl-C ends the search, not the program, and its handler stays Python's."""
    calls = []

    def interrupt(*state):
        calls.append(state)
        _thread.interrupt_main()

    solution = engine.solve(middling(), progress=interrupt)
    assert calls
    assert solution.groups is not None
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def middling(**conditions):
    """Thirty mentees who suit each other more or less, and five mentors."""
    generator = np.random.default_rng(11)
    raw = generator.integers(0, 1001, 435).astype(np.int16)
    first, second = np.triu_indices(30, 1)
    return everybody(
        5,
        30,
        points=generator.integers(0, 1000, 150),
        size=Bounds(np.full(5, 3), np.full(5, 7)),
        age=generator.integers(5, 9, 30),
        span=2,
        affinity=affinity_table(30, first, second, raw),
        cohesion=1,
        **conditions,
    )


def test_points_beyond_exact_integers_are_refused_with_the_limit():
    """The largest possible score solves; one more raises an error that names it."""
    limit = 2**47 // (4 * 6) - 1
    assert engine.solve(everybody(1, 1, points=np.array([limit]))).groups
    with pytest.raises(ScoreError, match=str(limit + 1)):
        engine.solve(everybody(1, 1, points=np.array([limit + 2])))


def test_trying_everything_refuses_more_than_eight_people():
    """Nine people raise at once."""
    with pytest.raises(ValueError, match="9 people"):
        best_grouping(everybody(4, 5))


def test_the_arrays_of_a_problem_can_not_be_written_to():
    """A problem keeps what it was made of."""
    with pytest.raises(ValueError, match="read-only"):
        everybody(1, 1).points[0] = 5
