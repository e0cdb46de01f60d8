"""Calls of another program that are nearly right: understood, or refused with a place."""

import pickle
import subprocess
import sys
from importlib.metadata import version

import numpy as np
import pytest

import mentormatch as mm
from mentormatch.datasets import school


@pytest.fixture(scope="module")
def cohort():
    """Make up a school in which seats are scarce."""
    return school("bench", mentors=8, mentees=24, seed=3).cohort


@pytest.fixture(scope="module")
def result(cohort):
    """Match it."""
    return mm.match(cohort, mm.Policy.preset("official"))


def defects(call):
    """List code and place of everything that is wrong with a call."""
    with pytest.raises(mm.MentorMatchError) as error:
        call()
    assert error.value.text("ru") != error.value.text("en")
    assert str(pickle.loads(pickle.dumps(error.value))) == str(error.value)  # noqa: S301 - ours
    return [(defect.code, defect.place.field) for defect in error.value.defects]


@pytest.mark.parametrize("k", [-1, 1.5, "2", True, None])
def test_a_number_of_answers_is_counted_from_nought(result, k):
    """A number below zero would cut off the end of a list."""
    mentee = result.matching.pairs[0].mentee
    for call in (
        lambda: result.alternatives(mentee, k),
        lambda: result.k_best(k),
        lambda: result.reserves(k),
        lambda: result.recruitment(k),
    ):
        assert defects(call) == [("call.count", "k")]
    assert len(result.alternatives(mentee, np.int64(2))) == 2
    assert result.k_best(0) == ()


def test_the_pairs_of_a_matching_are_pairs_wherever_pairs_are_asked_for(result, cohort):
    """Whoever has a result needn't take its pairs apart."""
    pairs = result.matching.pairs
    codes = [(pair.mentor, pair.mentee) for pair in pairs]
    assert mm.what_if(result, pin=pairs[:2], ban=pairs[2:3]).matching == (
        mm.what_if(result, pin=codes[:2], ban=codes[2:3]).matching
    )
    policy = result.policy
    again = mm.rematch(pairs, cohort, policy, broken=pairs[:1])
    assert again.matching == mm.rematch(result, cohort, policy, broken=codes[:1]).matching


def test_what_is_no_pair_is_refused_where_it_stands(result, cohort):
    """A single pair without its list, a text, three codes."""
    pair = result.matching.pairs[0]
    codes = (pair.mentor, pair.mentee)
    wrong = [("scenario.pair", "pin[0]"), ("scenario.pair", "pin[1]")]
    assert defects(lambda: mm.what_if(result, pin=codes)) == wrong
    assert defects(lambda: mm.what_if(result, ban=[codes, (*codes, "x")])) == [
        ("scenario.pair", "ban[1]")
    ]
    policy = result.policy
    assert defects(lambda: mm.rematch(["ab"], cohort, policy)) == [("scenario.pair", "previous[0]")]


def test_running_pairs_written_the_other_way_round_are_not_taken_for_people_who_left(
    result, cohort
):
    """Passed over in silence, every pair of the year would be free to change."""
    turned = [(pair.mentee, pair.mentor) for pair in result.matching.pairs[:2]]
    assert defects(lambda: mm.rematch(turned, cohort, result.policy)) == [
        ("graph.mentor-exchanged", "previous[0]"),
        ("graph.mentor-exchanged", "previous[1]"),
    ]
    assert mm.rematch([("gone", "gone too")], cohort, result.policy).status is mm.Status.OPTIMAL


@pytest.mark.parametrize("most", [-1, 2.5, "3"])
def test_changes_are_counted_from_nought(result, cohort, most):
    """Fewer than none are no limit that can be kept."""
    call = lambda: mm.rematch(result, cohort, result.policy, max_changes=most)  # noqa: E731
    assert defects(call) == [("call.count", "max_changes")]


def test_a_way_to_round_that_nobody_knows_is_refused(result):
    """It isn't taken for the one that hides an excess."""
    call = lambda: result.policy.with_weights({"need_cover": 1 / 3}, on_excess="floor")  # noqa: E731
    assert defects(call) == [("stable.option", "on_excess")]


def test_one_question_may_be_asked_for_without_a_list(result):
    """A text is one name, not a row of letters."""
    assert result.fairness("grade").groups == result.fairness(["grade"]).groups


@pytest.mark.parametrize("lang", ["fr", "EN", "../en"])
def test_a_language_that_is_not_spoken_is_said(result, lang):
    """And no folder is looked for by a name that may come from anywhere."""
    for call in (result.summary, result.table):
        with pytest.raises(ValueError, match=r"'en' or 'ru'"):
            call(lang)


def test_what_is_no_file_is_refused_like_a_file_that_is_not_there(tmp_path):
    """A folder raises no error of the operating system, and checking it raises none at all."""
    (tmp_path / "policy.toml").mkdir()
    for load in (mm.Policy.load, mm.Questionnaire.load, mm.Result.load):
        with pytest.raises(mm.MentorMatchError) as error:
            load(tmp_path / "policy.toml")
        (defect,) = error.value.defects
        assert (defect.code, defect.place.file) == ("record.no-access", "policy.toml")
    verdict = mm.verify(tmp_path / "policy.toml")
    assert (verdict.accepted, verdict.reason) == (False, "record.no-access")


def test_the_library_says_which_version_it_is():
    """The distribution has another name than the module, so nobody should have to know it."""
    assert mm.__version__ == version("mentormatch-toolkit")
    with pytest.raises(AttributeError, match="no attribute 'mach'"):
        _ = mm.mach


def test_the_command_line_is_a_module_too():
    """Where scripts aren't on the path, Python finds it."""
    done = subprocess.run(
        [sys.executable, "-m", "mentormatch", "--help"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert "mentormatch" in done.stdout
