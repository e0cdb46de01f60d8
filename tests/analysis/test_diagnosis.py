"""What a cohort and a policy allow, before anything is solved."""

from dataclasses import replace

import numpy as np
import pytest

import mentormatch as mm
from mentormatch.analysis import diagnosis
from mentormatch.datasets import school


def test_the_club_is_diagnosed_as_counted_by_hand(club, club_policy):
    """Six lesson pairs and three peer pairs can be joined; one is vetoed."""
    found = mm.diagnose(club, club_policy)
    assert (found.joined, found.allowed) == (9, 8)
    assert dict(zip(found.mentees, found.mentors_of.tolist(), strict=True)) == {
        "S-1": 2,
        "S-2": 3,
        "S-3": 3,
    }
    assert found.mentees_of.tolist() == [3, 3, 2]
    assert found.seats == 1 + 1 + 2  # S-9 by the form, T-1 by the own answer, T-2 by the form
    assert (found.stranded, found.idle) == ((), ())
    effects = {effect.code: (effect.pairs, effect.alone) for effect in found.rules}
    assert effects == {"confidential": (1, 1), "R1": (0, 0), "same-person": (0, 0)}


def test_confidential_rules_stand_together_without_their_names(club, club_policy):
    """No sentence tells a veto from any other confidential rule."""
    for lang in ("en", "ru"):
        said = mm.diagnose(club, club_policy).text(lang)
        assert "R2" not in said
        assert "veto" not in said
    assert "R2" not in mm.diagnose(club, club_policy)._repr_html_()


def test_whoever_can_meet_nobody_is_named(club_of, club_policy):
    """Mentees without mentors and mentors without mentees are listed."""
    found = mm.diagnose(
        club_of(
            ("T-1", "teacher", "mentor", {}),
            ("S-1", "student", "mentee", {"refused": ("T-1",)}),
        ),
        club_policy,
    )
    assert (found.stranded, found.idle) == (("S-1",), ("T-1",))
    assert "S-1" in str(found)
    assert "У 1 наставляемого нет ни одного" in found.text("ru")
    assert "at least 0" not in str(found)


def test_the_choice_that_half_of_them_have_agrees_with_its_noun(club, club_policy):
    """Both languages count mentors as they count anything."""
    found = replace(mm.diagnose(club, club_policy), mentors_of=np.array([1, 1, 5]))
    assert "half of the mentees have at least 1 admissible mentor\n" in found.text("en")
    assert "Половине наставляемых подходит не меньше 1 наставника\n" in found.text("ru")
    found = replace(found, mentors_of=np.array([3, 3, 5]))
    assert "Половине наставляемых подходит не меньше 3 наставников\n" in found.text("ru")


def test_a_rule_that_stands_alone_is_told_from_rules_that_stand_together(club_of, club_policy):
    """Of two rules against one pair neither stands alone; the other pair falls to one."""
    people = [
        ("S-9", "student", "mentor", {"grade": 5}),
        ("S-1", "student", "mentee", {"grade": 5, "refused": ("S-9",)}),
        ("S-2", "student", "mentee", {"grade": 5}),
    ]
    found = mm.diagnose(club_of(*people), club_policy)
    effects = {effect.code: (effect.pairs, effect.alone) for effect in found.rules}
    assert effects["R1"] == (2, 1)
    assert effects["confidential"] == (1, 0)


@pytest.mark.parametrize("block", [1, 200, 10**6])
def test_counts_agree_with_asking_about_every_pair(block, monkeypatch):
    """Against asking pair by pair, in blocks of any size."""
    monkeypatch.setattr(diagnosis, "_BLOCK", block)
    cohort = school("boarding_small", seed=2).cohort
    few = np.concatenate([cohort.mentors[::5], cohort.mentees[::5]])
    cohort = cohort.take(few.astype(np.intp))
    policy = mm.Policy.preset("official")
    graph = mm.build_graph(cohort, policy)
    found = mm.diagnose(cohort, policy)
    joined = allowed = trained = 0
    for mentor in graph.mentors:
        for mentee in graph.mentees:
            verdict = graph.forbidden_by(mentor, mentee)
            joined += bool(verdict.joined)
            allowed += verdict.allowed
            trained += any(objection.rule.code == "HR04" for objection in verdict.objections)
    effect = next(effect for effect in found.rules if effect.code == "HR04")
    assert (found.joined, found.allowed, effect.pairs) == (joined, allowed, trained)
    assert joined > allowed > 0


def test_nobody_there_is_diagnosed_too(club_of, club_policy):
    """An empty cohort has nothing to count."""
    found = mm.diagnose(club_of(), club_policy)
    assert (found.joined, found.allowed, found.seats) == (0, 0, 0)
    assert "0 mentees" in found.text()
