"""Checking saved results: with the library, and with the standard library alone."""

import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

import mentormatch as mm
from mentormatch import verify_standalone
from mentormatch.analysis.proof import settle
from mentormatch.matching import Status
from mentormatch.storage.archive import (
    UnreadableError,
    packed,
    problem_from_json,
    problem_to_json,
    unpacked,
    witness_from_json,
    witness_to_json,
)
from mentormatch.testing import random_problem

STANDALONE = Path(verify_standalone.__file__)


def written(problem, outcome):
    """Put a problem and its outcome into the layout of a result file, with made-up codes."""
    mentors = [f"T-{place}" for place in range(problem.mentors)]
    mentees = [f"S-{place}" for place in range(problem.mentees)]
    content = {
        "problem": problem_to_json(problem),
        "certificate": witness_to_json(outcome.witness),
        "mentors": mentors,
        "mentees": mentees,
        "status": str(outcome.status),
        "levels": [asdict(level) for level in outcome.levels],
    }
    return choose(json.loads(json.dumps(content)), problem, outcome.chosen)


def choose(content, problem, chosen):
    """Return the file's content with another choice of pairs."""
    pairs = [
        [content["mentors"][problem.mentor[place]], content["mentees"][problem.mentee[place]]]
        for place in chosen
    ]
    return content | {"chosen": packed(chosen), "pairs": pairs}


@pytest.mark.parametrize("seed", range(4))
def test_both_checkers_accept_every_answer_and_agree_on_every_tampered_one(seed):
    """On ten thousand problems the standalone check says what the library's check says."""
    generator = np.random.default_rng(12 + seed)
    refused = 0
    for _ in range(2500):
        problem = random_problem(generator, rich=True)
        outcome = settle(problem)
        if outcome.witness is None:
            continue
        content = written(problem, outcome)
        assert verify_standalone.check(content) == "proven"
        if outcome.status is not Status.OPTIMAL or problem.size == 0:
            continue
        taken = np.zeros(problem.size, bool)
        taken[outcome.chosen] = True
        taken[generator.integers(problem.size)] ^= True
        other = np.flatnonzero(taken)
        tampered = choose(content, problem, other)
        tampered["levels"] = [
            level | {"value": value, "bound": value}
            for level, value in zip(content["levels"], problem.values(other), strict=True)
        ]
        accepted = verify_standalone.check(tampered) == "proven"
        assert accepted == outcome.witness.check(problem, other).accepted
        refused += not accepted
    assert refused > 200


def test_problems_and_proofs_survive_their_file():
    """Whatever is written is read back equal, and proves the same."""
    generator = np.random.default_rng(13)
    for _ in range(300):
        problem = random_problem(generator, rich=True)
        outcome = settle(problem)
        if outcome.witness is None:
            continue
        content = json.loads(json.dumps(problem_to_json(problem)))
        back = problem_from_json(content)
        assert problem_to_json(back) == content
        witness = witness_from_json(json.loads(json.dumps(witness_to_json(outcome.witness))))
        if outcome.status is Status.OPTIMAL:
            assert witness.check(back, outcome.chosen).accepted
        else:
            assert witness.refute(back).accepted


@pytest.mark.parametrize("numbers", [[], [0], [-1, 2**62, -(2**62)], list(range(1000))])
def test_columns_of_integers_survive_packing(numbers):
    """Packing loses nothing."""
    assert unpacked(packed(np.array(numbers, np.int64))).tolist() == numbers


@pytest.mark.parametrize(
    "column",
    [
        {},  # nothing
        {"count": 1, "zlib": "?"},  # no base64
        {"count": 1, "zlib": "AAAA"},  # not compressed
        {"count": 2} | {"zlib": packed(np.arange(1))["zlib"]},  # shorter than it says
        {"count": 1} | {"zlib": packed(np.arange(2))["zlib"]},  # longer than it says
        {"count": 10**12, "zlib": ""},  # a bomb
        {"count": -1, "zlib": ""},
        None,
    ],
)
def test_a_damaged_column_is_refused(column):
    """A column that isn't what it says never gets through."""
    with pytest.raises(UnreadableError):
        unpacked(column)


@pytest.mark.parametrize(
    ("key", "numbers"),
    [
        ("mentee", [0, 0, 9]),  # a mentee who isn't there
        ("mentee", [0, -1, 1]),
        ("mentor", [0, 0, 0, 0]),  # another length
        ("mentee", [1, 1, 0]),  # out of order
        ("pinned", [7]),  # a pair that isn't there
    ],
)
def test_a_problem_that_does_not_hold_together_is_refused(key, numbers):
    """Places outside, unequal columns and repeated pairs are no problem to prove."""
    answer = mm.assign([[1, 2], [3, 4]], allowed=[[True, True], [True, False]])
    content = problem_to_json(answer.problem)
    problem_from_json(content)
    content[key] = packed(np.array(numbers))
    with pytest.raises(UnreadableError):
        problem_from_json(content)


@pytest.fixture
def saved(club, club_policy, tmp_path):
    """Match the club and save the result."""
    mm.match(club, club_policy).save(tmp_path / "result.json")
    return tmp_path / "result.json"


def standalone(path):
    """Run the checker as a plain script, without the package on the way."""
    return subprocess.run(
        [sys.executable, "-I", "-S", str(STANDALONE), str(path)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_a_file_is_checked_without_anything_installed(saved):
    """The script runs with no site packages and proves the result."""
    done = standalone(saved)
    assert (done.returncode, done.stdout) == (0, "proven\n")


@pytest.mark.parametrize(
    ("tamper", "word", "sentence"),
    [
        # a pair exchanged in the list that people read
        (lambda c: c["pairs"][0].__setitem__(1, "S-1"), "other-pairs", "list of pairs"),
        # a level that promises more
        (lambda c: c["levels"][1].__setitem__("value", 9_999_999), "other-levels", "levels"),
        # a pair left out everywhere
        (
            lambda c: (
                c["pairs"].pop(0),
                c["raw"].pop(0),
                c["answered"].pop(0),
                c.update(chosen=packed(unpacked(c["chosen"])[unpacked(c["chosen"]) != 3])),
            ),
            None,
            None,
        ),
        (lambda c: c.update(certificate=None), "no-certificate", "no certificate"),
        # points, form, raw scores or weights that don't agree with each other
        (lambda c: c["pairs"][0].__setitem__(3, 999_999), "other-scores", None),
        (lambda c: c["pairs"][0].__setitem__(2, "nonsense"), "other-scores", None),
        (lambda c: c["raw"][0].__setitem__(0, 999), "other-scores", None),
        (
            lambda c: c["policy"]["forms"][0]["weights"].update(need=0.5),
            "other-scores",
            None,
        ),
        # a grander word than the proof carries
        (lambda c: c.update(proof="solver_proved"), "other-proof", None),
        (lambda c: c["levels"][0].update(proof="solver_proved"), "other-proof", "solver's word"),
        (lambda c: c["levels"][1].update(proof="best_found"), "other-proof", "better ones"),
        (lambda c: c.update(status="feasible"), "other-proof", "something else"),
        # a bound, a unit or a goal that isn't what was proven
        (lambda c: c["levels"][1].update(bound=9_999_999), "other-levels", "something else"),
        (lambda c: c["levels"][1].update(unit=60), "other-levels", "something else"),
        (lambda c: c["levels"][1].update(goal="cover"), "other-levels", "levels"),
    ],
)
def test_a_tampered_file_is_not_proven_by_either_checker(saved, tamper, word, sentence):
    """Whatever is changed in the file, both checkers refuse it."""
    content = json.loads(saved.read_text("utf-8"))
    tamper(content)
    saved.write_text(json.dumps(content), "utf-8")
    found = mm.verify(saved)
    assert not found
    assert not found.accepted
    if word:
        assert found.reason == word
    if sentence:
        done = standalone(saved)
        assert done.returncode == 1
        assert sentence in done.stdout
    for lang in ("en", "ru"):
        assert found.reason in found.text(lang)


@pytest.mark.parametrize("people", ["mentors", "mentees"])
def test_a_code_that_stands_for_two_people_is_refused_by_both(saved, people):
    """Under one code the seats of two mentors would look like those of one."""
    content = json.loads(saved.read_text("utf-8"))
    spared, taken = content[people][:2]
    content[people][1] = spared
    content["pairs"] = [
        [spared if code == taken else code for code in pair[:2]] + pair[2:]
        for pair in content["pairs"]
    ]
    saved.write_text(json.dumps(content), "utf-8")
    assert mm.verify(saved).reason == "result.unreadable"
    assert standalone(saved).returncode == 2


def test_every_changed_price_is_noticed_or_harmless(saved):
    """A price that is off by one makes the check fail wherever prices are unique."""
    content = json.loads(saved.read_text("utf-8"))
    refused = 0
    for people in ("mentors", "mentees"):
        for place in range(3):
            forged = json.loads(json.dumps(content))
            column = unpacked(forged["certificate"][people][-1])
            column[place] += 10**7
            forged["certificate"][people][-1] = packed(column)
            saved.write_text(json.dumps(forged), "utf-8")
            assert bool(mm.verify(saved)) == (standalone(saved).returncode == 0)
            refused += not mm.verify(saved)
    assert refused == 6


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b'{"problem": {}}'])
def test_the_standalone_check_calls_other_files_unreadable(content, tmp_path):
    """What is no result file ends with code 2 and no traceback."""
    path = tmp_path / "x.json"
    path.write_bytes(content)
    done = standalone(path)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert standalone(tmp_path / "missing.json").returncode == 2


def test_the_standalone_check_says_how_it_is_used():
    """Without a file it explains itself."""
    assert verify_standalone.main([]) == 2


def test_an_impossible_result_is_verified_too(club, club_policy, tmp_path):
    """Both checkers confirm that nothing is possible."""
    limits = {"pins": [{"mentor": "T-1", "mentee": code} for code in ("S-1", "S-2")]}
    policy = mm.Policy.from_dict(club_policy.to_dict() | {"limits": limits})
    mm.match(club, policy).save(tmp_path / "result.json")
    found = mm.verify(tmp_path / "result.json")
    assert found.impossible
    assert "no matching keeps all limits" in found.text()
    assert standalone(tmp_path / "result.json").returncode == 0


def test_a_result_in_memory_is_verified_with_or_without_its_cohort(club, club_policy, club_of):
    """Another cohort than its own is told apart."""
    result = mm.match(club, club_policy)
    assert mm.verify(result).scores == "as-stored"
    assert mm.verify(result, club).scores == "recomputed"
    other = club_of(("S-1", "student", "mentee", {}))
    assert mm.verify(result, other).reason == "result.other-cohort"
