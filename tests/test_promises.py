"""What a program that lives long and answers many at once may rely on."""

import asyncio
import copy
import hashlib
import multiprocessing
import os
import pickle
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial

import pytest

import mentormatch as mm
from mentormatch.datasets import school

# Match the same people, read in another order, and save the result.
SAVED = """
import random, sys
import mentormatch as mm
from mentormatch.datasets import school
made_up = school("bench", mentors=8, mentees=24, seed=3)
people = list(made_up.participants)
random.Random(int(sys.argv[1])).shuffle(people)
cohort = mm.Cohort.from_participants(made_up.questionnaire, people, as_of=made_up.as_of)
result = mm.match(cohort, mm.Policy.preset("official"), seed=7)
result.save("result.json")
result.regrets().to_csv("regrets.csv")
result.write("pairs.xlsx")
print(result.sensitivity(), [each.text("ru") for each in result.explain_all()])
"""


@pytest.fixture(scope="module")
def cohort():
    """Make up a school in which seats are scarce."""
    return school("bench", mentors=8, mentees=24, seed=3).cohort


@pytest.fixture(scope="module")
def policy():
    """Read the usual policy."""
    return mm.Policy.preset("official")


@pytest.fixture(scope="module")
def one_by_one(cohort, policy):
    """Match with several seeds, one after the other."""
    return [mm.match(cohort, policy, seed=seed).matching for seed in range(6)]


def test_a_study_is_the_same_bytes_on_every_run(tmp_path):
    """Neither the order of rows nor Python's hashing leaves a trace in any file or sentence."""
    found = set()
    for number, hash_seed in enumerate(["0", "1", "4242"]):
        folder = tmp_path / hash_seed
        folder.mkdir()
        done = subprocess.run(
            [sys.executable, "-c", SAVED, str(number)],
            capture_output=True,
            check=True,
            cwd=folder,
            env=os.environ | {"PYTHONHASHSEED": hash_seed, "PYTHONIOENCODING": "utf-8"},
            timeout=300,
        )
        files = sorted(path.name for path in folder.iterdir())
        assert files == ["pairs.xlsx", "regrets.csv", "result.json"]
        parts = [done.stdout, *((folder / name).read_bytes() for name in files)]
        found.add(tuple(hashlib.sha256(part).hexdigest() for part in parts))
    assert len(found) == 1


def test_requests_at_once_are_answered_like_one_after_the_other(cohort, policy, one_by_one):
    """Threads, with and without a limit of time, and a loop of events share people and policy."""
    limits = (None, 60, float("inf"))
    with ThreadPoolExecutor(6) as pool:
        asked = [
            pool.submit(mm.match, cohort, policy, seed=seed, time_limit=limit)
            for limit in limits
            for seed in range(6)
        ]
        assert [each.result().matching for each in asked] == one_by_one * len(limits)

    async def view():
        calls = (asyncio.to_thread(mm.match, cohort, policy, seed=seed) for seed in range(6))
        return [result.matching for result in await asyncio.gather(*calls)]

    assert asyncio.run(view()) == one_by_one


def test_one_result_is_asked_by_many_at_once(cohort, policy):
    """Its answers are worked out anew for each, and nobody sees half of one."""
    result = mm.match(cohort, policy)
    pairs = result.matching.pairs
    asks = (
        *(partial(result.alternatives, pair.mentee) for pair in pairs),
        *(partial(result.why_not, pair.mentor, pairs[0].mentee) for pair in pairs),
        *(partial(result.why_unmatched, code) for code in result.matching.unmatched[:2]),
        result.sensitivity,
        result.explain_all,
    )
    alone = [str(ask()) for ask in asks]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda ask: str(ask()), asks * 2)) == alone * 2


def test_other_processes_match_too_and_send_whole_results_back(cohort, policy, one_by_one):
    """What comes back answers every question, and its proof still holds."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(2, mp_context=context) as pool:
        asked = [pool.submit(mm.match, cohort, policy, seed=seed) for seed in range(3)]
        results = [each.result() for each in asked]
    assert [result.matching for result in results] == one_by_one[:3]
    assert all(mm.verify(result).accepted for result in results)
    pair = results[0].matching.pairs[0]
    assert results[0].explain(pair.mentor, pair.mentee).points == pair.points


def test_everything_that_is_handed_out_can_be_copied_and_sent(cohort, policy):
    """Copies and pickles of values are equal where values can be compared."""
    result = mm.match(cohort, policy)
    pair = result.matching.pairs[0]
    handed_out = (
        *(cohort, policy, cohort.questionnaire, result, result.candidates, result.certificate),
        *(result.matching, *result.levels, mm.verify(result), mm.diagnose(cohort, policy)),
        *(result.explain_all(), result.sensitivity(), result.fairness(), result.k_best(2)),
        *(result.alternatives(pair.mentee), result.why_not(pair.mentor, pair.mentee)),
        *(result.recruitment(1), result.changes_from(result), mm.compare(result, result)),
        *(mm.assign([[1, 2]]), mm.assign([[1]], minimum=2).conflict),
    )
    for thing in handed_out:
        for again in (pickle.loads(pickle.dumps(thing)), copy.deepcopy(thing)):  # noqa: S301
            assert type(again) is type(thing)
            assert repr(again) == repr(thing)
