"""At least so many of given pairs, by a price on each of them."""

import json
from collections import Counter
from dataclasses import asdict, replace

import numpy as np
import pytest

from mentormatch.analysis import budget_proof
from mentormatch.analysis.proof import settle
from mentormatch.problem import Bounds, Objective, Problem, Quota
from mentormatch.solvers.exhaustive import best_values
from mentormatch.testing import random_problem


def budgeted(generator, *, rich=False):
    """Draw a problem in which at least so many of some pairs must stay."""
    while True:
        problem = random_problem(generator, pairs=9, rich=rich)
        running = np.flatnonzero(generator.random(problem.size) < 0.5)
        if len(running):
            break
    least = int(generator.integers(0, len(running) + 1))
    quota = Quota(least, len(running), counts="pairs", pairs=running)
    goals = tuple(
        replace(goal, quota=np.append(goal.quota, 0)) if goal.quota is not None else goal
        for goal in problem.objectives
    )
    return replace(problem, quotas=(*problem.quotas, quota), objectives=goals)


@pytest.mark.parametrize("rich", [False, True])
def test_what_prices_settle_is_what_brute_force_finds(rich):
    """Also beside limits that no flow holds, and when nothing is possible."""
    generator = np.random.default_rng(7)
    words = Counter()
    for _ in range(40 if rich else 250):
        problem = budgeted(generator, rich=rich)
        found, best = settle(problem), best_values(problem)
        words[found.proof, found.engine] += 1
        assert (found.status == "infeasible") == (best is None)
        assert best is None or problem.values(found.chosen) == best
    if not rich:
        assert words["certified", "prices"] > 5
        assert words["infeasible_certified", "prices"] > 5


def half_price():
    """Two changes bring one more mentee: S-0 and S-1 move on so that S-2 gets the only seat.

    Running are (S-0, M-0) and (S-1, M-1); S-2 can go to M-0 alone, S-0 else to M-1 alone,
    S-1 else to M-2 alone. Each mentor has one seat.
    """
    return Problem(
        mentee=np.array([0, 0, 1, 1, 2], np.int32),
        mentor=np.array([0, 1, 1, 2, 0], np.int32),
        capacity=Bounds(np.zeros(3, np.int64), np.ones(3, np.int64)),
        demand=Bounds(np.zeros(3, np.int64), np.ones(3, np.int64)),
        objectives=(Objective("cover", first=np.ones(3, np.int64)),),
        quotas=(Quota(0, 2, counts="pairs", pairs=np.array([0, 2])),),
    )


@pytest.mark.parametrize(("least", "covered"), [(0, 3), (1, 2), (2, 2)])
def test_where_half_a_mentee_is_the_price_of_a_change(least, covered):
    """Worked by hand: one change alone brings nobody, two bring one more."""
    problem = half_price()
    problem = replace(problem, quotas=(replace(problem.quotas[0], least=least),))
    found = settle(problem)
    assert problem.values(found.chosen) == (covered,) == best_values(problem)
    if least == 2:
        assert found.witness.scale == 2
        assert found.proof == "certified"
        assert found.witness.quotas[0].tolist() == [-1]


def test_what_prices_leave_open_is_found_by_cp_sat():
    """Between two vertices a price proves only a bound; the word says whose the rest is."""
    problem = half_price()
    found = settle(replace(problem, quotas=(replace(problem.quotas[0], least=1),)))
    assert found.status == "optimal"
    assert found.proof in {"certified", "solver_proved"}


def test_too_many_open_pairs_leave_the_best_known_with_its_bound(monkeypatch):
    """Nothing is claimed that isn't proven."""
    monkeypatch.setattr(budget_proof, "MOST_PAIRS", 0)
    generator = np.random.default_rng(8)
    seen = Counter()
    for _ in range(300):
        problem = budgeted(generator)
        found = settle(problem)
        seen[found.status] += 1
        if found.status == "feasible":
            best = best_values(problem)
            assert problem.values(found.chosen) <= best
            first = found.levels[0]
            assert first.bound is None or first.bound >= best[0]
    assert seen["optimal"]


def test_a_price_that_was_tampered_with_proves_nothing():
    """Both checks refuse it."""
    problem = half_price()
    problem = replace(problem, quotas=(replace(problem.quotas[0], least=2),))
    found = settle(problem)
    assert found.verify(problem).accepted
    for scale in (3, 0, -1):
        cheated = replace(found, witness=replace(found.witness, scale=scale))
        assert not cheated.verify(problem).accepted


def test_the_standalone_check_agrees_on_prices(tmp_path):
    """What the library calls proven, the file of standard library alone does too."""
    from mentormatch import verify_standalone
    from mentormatch.storage.archive import packed, problem_to_json, witness_to_json

    generator = np.random.default_rng(9)
    checked = 0
    for _ in range(150):
        problem = budgeted(generator)
        found = settle(problem)
        if found.engine != "prices" or found.witness is None:
            continue
        checked += 1
        codes = [str(n) for n in range(5)]
        content = {
            "problem": problem_to_json(problem),
            "chosen": packed(found.chosen),
            "certificate": witness_to_json(found.witness),
            "mentors": codes[: problem.mentors],
            "mentees": codes[: problem.mentees],
            "status": str(found.status),
            "levels": [asdict(level) for level in found.levels],
            "pairs": [
                [codes[problem.mentor[place]], codes[problem.mentee[place]]]
                for place in found.chosen
            ],
        }
        content = json.loads(json.dumps(content))
        assert verify_standalone.check(content) == "proven"
        if found.status == "optimal" and len(found.chosen):
            fewer = {**content, "chosen": packed(found.chosen[1:]), "pairs": content["pairs"][1:]}
            assert verify_standalone.check(fewer) != "proven"
    assert checked > 10
