"""Repairs: each makes the impossible possible, and nothing less would."""

import numpy as np
import pytest

from mentormatch.analysis.conflict import conflict_of
from mentormatch.analysis.proof import settle
from mentormatch.analysis.repairs import relaxed, repairs_of
from mentormatch.arrays.assignment import assign
from mentormatch.matching import Status
from mentormatch.pipeline import match
from mentormatch.solvers.exhaustive import every_matching
from mentormatch.testing import random_problem


def has_solution(problem):
    """Try every matching."""
    return next(every_matching(problem), None) is not None


def impossible(seed, draws, *, rich):
    """Draw problems without a solution."""
    generator = np.random.default_rng(seed)
    for _ in range(draws):
        problem = random_problem(generator, rich=rich)
        if settle(problem, certify=False).status is Status.INFEASIBLE:
            yield problem


@pytest.mark.parametrize("rich", [False, True])
def test_a_repair_makes_the_problem_possible_and_a_smaller_one_does_not(rich):
    """Against brute force: each repair helps, one unit less doesn't, nor does leaving a part out.

    And a limit of the conflict that isn't proposed helps by no amount.
    """
    single = several = 0
    for problem in impossible(31, 120 if rich else 800, rich=rich):
        options = repairs_of(problem)
        assert options
        for steps in options:
            assert has_solution(relaxed(problem, steps))
            for place, (clause, amount) in enumerate(steps):
                others = [*steps[:place], *steps[place + 1 :]]
                less = [*others, (clause, amount - 1)] if amount > 1 else others
                assert not has_solution(relaxed(problem, less))
        if len(options[0]) > 1:
            several += 1
        else:
            single += len(options)
            found = {clause for ((clause, _),) in options}
            for clause in set(conflict_of(problem).clauses) - found:
                much = clause.bound if clause.kind.endswith("_least") else 50
                much = clause.bound - 1 if clause.kind == "mentor_or_none" else much
                assert not has_solution(relaxed(problem, [(clause, much)]))
    assert single > (30 if rich else 150)
    assert several > (1 if rich else 8)


def test_two_pins_for_one_seat_are_mended_by_a_seat_or_by_dropping_a_pin():
    """The seat comes first: it asks the least of people."""
    answer = assign([[5], [3]], pinned=[(0, 0), (1, 0)])
    assert [[step.kind for step in option] for option in answer.repairs().options] == [
        ["mentor_most"],
        ["pin"],
        ["pin"],
    ]
    assert "1 more seat at mentor 0" in answer.repairs().text()
    assert "ещё 1 место у наставника 0" in answer.repairs().text("ru")


def test_two_troubles_at_once_need_two_changes():
    """Two mentors with two pins each: no single change helps, two seats do."""
    allowed = [[True, False], [True, False], [False, True], [False, True]]
    answer = assign(np.ones((4, 2)), allowed=allowed, pinned=[(0, 0), (1, 0), (2, 1), (3, 1)])
    (option,) = answer.repairs().options
    assert [(step.kind, step.mentor) for step in option] == [("mentor_most", 0), ("mentor_most", 1)]
    assert "; and: " in answer.repairs().text()


def test_what_is_possible_needs_no_repair():
    """A matching that was found has none."""
    assert assign([[5]]).repairs() is None


def test_a_rule_is_never_named_as_what_to_relax(club, club_policy):
    """A pin against a veto: only the pin can go, and nobody learns whose veto it was."""
    result = match(club, club_policy.with_limits(pins=[("T-2", "S-1")]))
    assert result.status is Status.INFEASIBLE
    ((step,),) = result.repairs().options
    assert (step.kind, step.mentor, step.mentee) == ("pin", "T-2", "S-1")
    assert "drop the pin of T-2 and S-1" in result.summary()
    assert "открепить пару T-2 и S-1" in result.summary("ru")
