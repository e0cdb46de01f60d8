"""The independent check: it accepts what is optimal and nothing else."""

from dataclasses import replace

import numpy as np
import pytest

from mentormatch.analysis.certificate import Certificate
from mentormatch.analysis.proof import settle
from mentormatch.errors import SolverFault
from mentormatch.matching import Status
from mentormatch.solvers.exhaustive import best_values, keeps_limits
from mentormatch.testing import random_problem


def _settled(seed: int, count: int):
    generator = np.random.default_rng(seed)
    for _ in range(count):
        problem = random_problem(generator)
        yield generator, problem, settle(problem)


def test_a_tampered_matching_is_never_accepted_unless_it_is_just_as_good():
    """Dropping, adding or swapping pairs is refused whenever values or limits suffer."""
    tried = 0
    for generator, problem, outcome in _settled(1, 1500):
        if outcome.status is not Status.OPTIMAL or problem.size == 0:
            continue
        best = problem.values(outcome.chosen)
        taken = np.zeros(problem.size, bool)
        taken[outcome.chosen] = True
        flips = generator.choice(problem.size, size=min(problem.size, 2), replace=False)
        taken[flips] ^= True
        other = np.flatnonzero(taken)
        verdict = outcome.witness.check(problem, other)
        as_good = keeps_limits(problem, other) and problem.values(other) == best
        assert verdict.accepted == as_good
        tried += 1
    assert tried > 500


@pytest.mark.parametrize(
    ("chosen", "reason"),
    [
        ([0, 0], "pair-twice"),  # one pair counted twice
        ([99], "unknown-pair"),  # a pair that is not there
        ([-1], "unknown-pair"),  # a position from the end
    ],
)
def test_a_choice_that_is_no_choice_is_refused_with_its_reason(chosen, reason):
    """Positions that repeat or don't exist are named."""
    for _, problem, outcome in _settled(2, 100):
        if outcome.status is Status.OPTIMAL and problem.size:
            verdict = outcome.witness.check(problem, np.array(chosen))
            assert (verdict.accepted, verdict.reason) == (False, reason)


def test_tampered_prices_can_only_make_the_check_fail():
    """No change of a price makes a worse matching pass, and most make the right one fail."""
    refused = tried = 0
    for generator, problem, outcome in _settled(3, 1500):
        if outcome.status is not Status.OPTIMAL or problem.mentees * problem.mentors == 0:
            continue
        best = best_values(problem)
        mentors = outcome.witness.mentors.copy()
        mentors[generator.integers(len(mentors)), -1] += int(generator.choice([-(10**13), 10**13]))
        forged = replace(outcome.witness, mentors=mentors)
        taken = np.zeros(problem.size, bool)
        taken[outcome.chosen] = True
        if problem.size:
            taken[generator.integers(problem.size)] ^= True
        worse = np.flatnonzero(taken)
        if forged.check(problem, worse).accepted:
            assert problem.values(worse) == best
        tried += 1
        refused += not forged.check(problem, outcome.chosen).accepted
    assert refused > 0.5 * tried


def test_prices_of_the_wrong_shape_type_or_size_are_refused():
    """Malformed prices are refused, never broadcast or overflowed."""
    for _, problem, outcome in _settled(4, 200):
        if outcome.status is not Status.OPTIMAL or problem.mentors == 0:
            continue
        witness = outcome.witness
        for forged, reason in (
            (replace(witness, mentors=witness.mentors[:-1]), "price-shape"),
            (replace(witness, mentors=witness.mentors.astype(float)), "price-type"),
            (replace(witness, mentors=witness.mentors + 2**61), "price-size"),
        ):
            verdict = forged.check(problem, outcome.chosen)
            assert (verdict.accepted, verdict.reason) == (False, reason)


def test_prices_refute_only_what_is_impossible():
    """Random prices of 0 and 1 refute no problem that has a solution; the right ones do theirs."""
    impossible = possible = 0
    for generator, problem, outcome in _settled(5, 1500):
        if outcome.status is Status.INFEASIBLE:
            impossible += 1
            assert outcome.witness.refute(problem).accepted
            continue
        possible += 1
        guess = Certificate(
            *(
                generator.integers(-1, 2, (len(prices), 1))
                for prices in (
                    outcome.witness.mentors,
                    outcome.witness.mentees,
                    outcome.witness.mentor_parts,
                    outcome.witness.mentee_parts,
                    outcome.witness.quotas,
                )
            )
        )
        assert not guess.refute(problem).accepted
    assert min(impossible, possible) > 300


def test_a_refutation_of_the_wrong_shape_is_refused():
    """Prices for other people prove nothing."""
    for _, problem, outcome in _settled(6, 200):
        if outcome.status is Status.INFEASIBLE:
            forged = replace(outcome.witness, mentors=np.ones((problem.mentors + 1, 1), np.int64))
            assert forged.refute(problem).reason == "price-shape"


def test_an_answer_that_fails_the_check_is_never_returned(monkeypatch):
    """When prices are wrong, settling raises instead of calling the answer optimal."""
    generator = np.random.default_rng(9)
    wrong = Certificate(*(np.zeros((0, 0), np.int64) for _ in range(5)))
    monkeypatch.setattr(
        "mentormatch.analysis.witness.certificate_of", lambda _problem, _labels: wrong
    )
    problem = next(
        problem
        for problem in iter(lambda: random_problem(generator), None)
        if best_values(problem) is not None and problem.mentors
    )
    with pytest.raises(SolverFault, match="price-shape"):
        settle(problem)
