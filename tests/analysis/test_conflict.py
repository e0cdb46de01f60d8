"""Conflicts: they conflict, and they are minimal."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from mentormatch.analysis import conflict
from mentormatch.analysis.conflict import conflict_of, only
from mentormatch.analysis.proof import settle
from mentormatch.arrays.assignment import assign
from mentormatch.matching import Status
from mentormatch.problem import Bounds, Parts, Quota
from mentormatch.solvers.cuts import blocking_set
from mentormatch.solvers.exhaustive import every_matching
from mentormatch.testing import random_problem


def _has_solution(problem, clauses):
    return next(every_matching(only(problem, clauses)), None) is not None


def test_every_conflict_is_one_and_none_of_its_limits_can_be_left_out():
    """Against brute force: the limits clash, and without any one of them the others don't."""
    generator = np.random.default_rng(11)
    conflicts = 0
    for number in range(2500):
        problem = random_problem(generator, rich=number % 2 == 1)
        if settle(problem, certify=False).status is not Status.INFEASIBLE:
            continue
        conflicts += 1
        clauses = conflict_of(problem).clauses
        assert clauses
        assert not _has_solution(problem, clauses)
        for left_out in clauses:
            assert _has_solution(problem, [clause for clause in clauses if clause != left_out])
    assert conflicts > 300


def test_what_a_whole_school_lacks_takes_a_few_flows(monkeypatch):
    """Of 200 who ask for 199 seats everybody counts, and that isn't tried one by one."""
    flows = []

    def counted(problem, clock=None):
        flows.append(problem)
        return blocking_set(problem, clock)

    monkeypatch.setattr(conflict, "blocking_set", counted)
    seats = np.array([10] * 19 + [9])
    problem = assign(np.ones((200, 20), int), capacity=seats, certify=False).problem
    asked = replace(problem, demand=Bounds(np.ones(200, np.int64), problem.demand.most))
    kinds = Counter(clause.kind for clause in conflict_of(asked).clauses)
    assert kinds == {"mentee_least": 200, "mentor_most": 20}
    assert len(flows) <= 2


def test_a_quota_that_nobody_can_meet_is_a_conflict_by_itself():
    """Relaxed on the way, the second quota would push the first out of the network."""
    problem = assign([[0, 0, 5]], allowed=[[False, False, True]], certify=False).problem
    bounds = Bounds(np.zeros(1, np.int64), np.zeros(1, np.int64))
    parts = Parts(np.zeros(1, np.int32), np.full(1, 2, np.int32), bounds)
    quotas = (
        Quota(1, 7, mentors=np.zeros(1, np.int64), counts="pairs"),
        Quota(0, 2, mentors=np.arange(3)),
    )
    clauses = conflict_of(replace(problem, mentor_parts=parts, quotas=quotas)).clauses
    assert [(clause.kind, clause.index) for clause in clauses] == [("quota_least", 0)]


def test_two_pins_for_one_seat_name_the_pins_and_the_seat():
    """Two pupils pinned to a mentor with one seat conflict with that seat."""
    answer = assign([[5], [3]], capacity=1, pinned=[(0, 0), (1, 0)])
    assert answer.status is Status.INFEASIBLE
    assert answer.proof == "infeasible_certified"
    assert answer.verify().accepted
    found = {(c.kind, c.mentee, c.mentor, c.bound) for c in answer.conflict.clauses}
    assert found == {("pin", 0, 0, 1), ("pin", 1, 0, 1), ("mentor_most", None, 0, 1)}


def test_a_pin_on_a_pair_that_may_not_meet_is_a_conflict_and_not_an_error():
    """A pin against a rule is infeasible, with both in the conflict."""
    answer = assign([[5, 1]], allowed=[[False, True]], pinned=[(0, 0)])
    assert answer.status is Status.INFEASIBLE
    assert {clause.kind for clause in answer.conflict.clauses} == {"pin", "ban"}


@pytest.mark.parametrize(
    ("lang", "words"), [("en", "may take at most 1"), ("ru", "не больше наставляемых, чем 1")]
)
def test_a_conflict_reads_in_both_languages(lang, words):
    """A conflict is said in words, with the ids that are given."""
    answer = assign([[5], [3]], pinned=[(0, 0), (1, 0)])
    said = answer.conflict.named(["S-1", "S-2"], ["T-001"]).text(lang)
    assert words in said
    assert "T-001" in said
    assert "S-2" in said


def test_asking_a_problem_with_a_solution_for_its_conflict_is_misuse():
    """There is no conflict where there is a matching."""
    with pytest.raises(ValueError, match="has a solution"):
        conflict_of(assign([[1]]).problem)
    assert assign([[1]]).conflict is None


def test_a_conflict_of_arrays_speaks_of_rows_and_columns_or_of_ids():
    """Whoever gave ids reads ids, whoever didn't reads positions."""
    scores = [[5], [3]]
    plain = assign(scores, pinned=[(0, 0), (1, 0)])
    named = assign(scores, pinned=[(0, 0), (1, 0)], mentee_ids=["b", "a"], mentor_ids=["m"])
    assert "mentor 0 and mentee 1 are pinned" in plain.conflict.text()
    assert "mentor m and mentee a are pinned" in named.conflict.text()
