"""Regrets, displaced people and the best matchings, against trying every matching."""

from dataclasses import replace

import numpy as np
import pytest

from mentormatch import assign
from mentormatch.analysis.proof import settle
from mentormatch.analysis.regret import best_choices, change, is_flow, regrets, residual_of
from mentormatch.errors import MentorMatchError
from mentormatch.matching import Status
from mentormatch.network import residual
from mentormatch.problem import Bounds, Objective, Problem, Quota
from mentormatch.solvers.exhaustive import every_matching, keeps_limits
from mentormatch.testing import random_problem


def solved(seed, count, **options):
    """Draw problems that have an optimum, with their outcome."""
    generator = np.random.default_rng(seed)
    while count:
        problem = random_problem(generator, **options)
        outcome = settle(problem)
        if outcome.status is Status.OPTIMAL and problem.size:
            count -= 1
            yield problem, outcome


def tried(problem):
    """List every matching with its values."""
    return [(set(c.tolist()), problem.values(c)) for c in every_matching(problem)]


@pytest.mark.parametrize("seed", range(3))
def test_regrets_and_changes_are_what_trying_everything_finds(seed):
    """Each pair made or given up: cost, possibility, and a matching that really costs that."""
    checks = impossible = 0
    for problem, outcome in solved(seed, 150):
        graph = residual_of(problem, outcome)
        found, every = regrets(graph), tried(graph.problem)
        best = graph.problem.values(outcome.chosen)
        for pair in range(problem.size):
            chosen = pair in outcome.chosen
            other = max((v for c, v in every if (pair in c) != chosen), default=None)
            changed = change(graph, pair)
            checks += 1
            assert found.chosen[pair] == chosen
            assert found.possible[pair] == (other is not None) == (changed is not None)
            if other is None:
                impossible += 1
                continue
            lost = tuple(a - b for a, b in zip(best, other, strict=True))
            assert tuple(found.values[pair].tolist()) == changed.regret == lost
            assert keeps_limits(graph.problem, changed.chosen)
            assert graph.problem.values(changed.chosen) == other
            assert (pair in changed.chosen) != chosen
            assert {changed.steps[0][1], changed.steps[0][2]} >= {pair}
    assert checks > 400
    assert 0 < impossible < checks


def test_pairs_of_every_optimum_and_of_some_are_told_by_regret_zero():
    """What every optimum has can't be given up freely; what some optimum has comes free."""
    for problem, outcome in solved(4, 200):
        graph = residual_of(problem, outcome)
        found, every = regrets(graph), tried(graph.problem)
        best = max(values for _, values in every)
        optima = [chosen for chosen, values in every if values == best]
        pairs = np.arange(problem.size)
        in_every = set(pairs[found.chosen & ~found.free].tolist())
        in_some = set(pairs[found.chosen | found.free].tolist())
        assert in_every == set.intersection(*optima)
        assert in_some == set.union(*optima)


def test_the_best_matchings_come_in_order_without_gaps():
    """Values agree with sorting every matching, and none comes twice."""
    exhausted = 0
    for problem, outcome in solved(5, 120):
        plain = residual_of(problem, outcome).problem
        every = sorted((values for _, values in tried(plain)), reverse=True)
        found = list(best_choices(problem, outcome.chosen, 8))
        assert [plain.values(chosen) for chosen in found] == every[:8]
        assert len({tuple(chosen.tolist()) for chosen in found}) == len(found)
        assert found[0].tolist() == outcome.chosen.tolist()
        exhausted += len(every) < 8
    assert exhausted
    assert list(best_choices(problem, outcome.chosen, 0)) == []


@pytest.mark.parametrize("few", [0, 8])
def test_some_mentees_have_the_same_regrets_as_all(few, monkeypatch):
    """Asking about a few gives their rows, by single searches or by all paths."""
    monkeypatch.setattr(residual, "_FEW", few)
    for problem, outcome in solved(6, 60):
        graph = residual_of(problem, outcome)
        every, some = regrets(graph), regrets(graph, np.array([0]))
        mine = problem.mentee == 0
        assert (some.values[mine] == every.values[mine]).all()
        assert (some.possible[mine] == every.possible[mine]).all()


def test_what_no_flow_holds_is_refused_with_a_way_out():
    """Limits outside the network, and results that aren't proven, point to what_if."""
    refused = 0
    for problem, outcome in solved(7, 100, rich=True):
        if outcome.engine == "flow" and is_flow(problem):
            continue
        refused += 1
        with pytest.raises(MentorMatchError, match="what_if"):
            residual_of(problem, outcome)
    assert refused > 20
    with pytest.raises(MentorMatchError, match="infeasible"):
        assign([[1]], capacity=0, pinned=[[0, 0]]).regrets()


@pytest.mark.parametrize(
    ("quota", "flow"),
    [
        (Quota(0, 2, mentors=np.array([0]), mentees=np.array([0])), True),  # binds nobody
        (Quota(1, 2, mentors=np.array([0]), mentees=np.array([0])), False),
        (Quota(0, 1, mentors=np.array([0]), mentees=np.array([0])), False),
        (Quota(0, 2, mentors=np.array([0]), mentees=np.array([0]), wanted=1), False),
        (Quota(1, 1, mentors=np.array([0])), True),  # the network holds it
    ],
)
def test_a_quota_outside_the_network_matters_only_if_it_says_something(quota, flow):
    """One that can't be broken and isn't counted changes nothing."""
    one = Bounds(np.zeros(1, np.int64), np.ones(1, np.int64))
    goal = Objective("quotas", quota=np.ones(1, np.int64))
    pair = np.zeros(1, np.int32)
    assert is_flow(Problem(pair, pair, one, one, (goal,), quotas=(quota,))) == flow


def test_an_assignment_gives_regrets_by_row_and_column():
    """Worked by hand: two seats, three mentees; ids turn the order around.

    Scores: first 5, 1; second 4, 3; third 1, 0; one seat each. Best: first at 0 (5),
    second at 1 (3). Forcing the third in at 0 leaves 1 + max(1, 3) = 4, a loss of 4;
    at 1 it leaves 5 + 0, a loss of 3. First at 1 gives 1 + 4 = 5, a loss of 3, and
    second at 0 is the same matching. Without first at 0: 4 + 1 = 5 again; without
    second at 1 likewise, 5 + 0 = 5 being no better.
    """
    scores = [[5, 1], [4, 3], [1, 0]]
    by_hand = [[3, 3], [3, 3], [4, 3]]
    for ids in (None, ["z", "y", "x"]):
        answer = assign(scores, mentee_ids=ids)
        regrets = answer.regrets()
        assert regrets.shape == (3, 2, 2)
        assert regrets[:, :, 0].tolist() == [[0, 0]] * 3
        assert regrets[:, :, 1].tolist() == [
            [answer.scale * value for value in row] for row in by_hand
        ]
        assert answer.regret_possible.all()
        assert (answer.regrets([2, 0]) == regrets[[2, 0]]).all()


def test_a_pair_that_is_not_allowed_has_no_regret():
    """Its cell is zero, and marked as impossible."""
    answer = assign([[5, 1], [4, 3]], allowed=[[True, False], [True, True]])
    assert answer.regret_possible.tolist() == [[True, False], [True, True]]
    assert (answer.regrets()[0, 1] == 0).all()


def test_a_pinned_pair_can_not_be_given_up():
    """Nothing that keeps the pin is without the pair."""
    answer = assign([[5, 1], [4, 3]], pinned=[[0, 0]])
    assert not answer.regret_possible[0, 0]


def test_lots_are_no_level_of_a_regret():
    """With a seed there are as many goals as without."""
    drawn = assign([[1, 1], [1, 1]], seed=1)
    assert drawn.regrets().shape == (2, 2, 2)
    assert not drawn.regrets().any()


def test_unfinished_outcomes_are_refused():
    """A search that was cut off has no regrets."""
    for problem, outcome in solved(8, 1):
        open_end = replace(outcome, status=Status.FEASIBLE)
        with pytest.raises(MentorMatchError, match="what_if"):
            residual_of(problem, open_end)
