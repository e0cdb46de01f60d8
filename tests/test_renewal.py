"""Matching again in mid-year."""

import numpy as np
import pytest

import mentormatch as mm
from every_choice import choices
from mentormatch.datasets import school
from mentormatch.questions.question import Question
from mentormatch.renewal import changes_in


def codes(result):
    """List the pairs of a result as (mentor, mentee)."""
    return {(pair.mentor, pair.mentee) for pair in result.matching.pairs}


def all_of(cohort, policy, running):
    """Try every matching: its changes, and what the policy's goals reach."""
    question = Question.of(mm.build_graph(cohort, policy))
    problem, graph = question.problem, question.graph
    names = [
        (graph.mentors[mentor], graph.mentees[mentee])
        for mentor, mentee in zip(problem.mentor, problem.mentee, strict=True)
    ]
    still = {place for place, name in enumerate(names) if name in running}
    for chosen in choices(problem):
        yield len(still - set(chosen.tolist())), problem.values(chosen)


@pytest.fixture(scope="module")
def term():
    """Make up small schools whose people change in mid-year: before, after, what ran."""
    found = []
    policy = mm.Policy.preset("official")
    for seed in range(6):
        people = school("bench", mentors=4, mentees=6, seed=seed).cohort
        order = np.random.default_rng(seed).permutation(len(people))
        before, after = people.take(np.sort(order[2:])), people.take(np.sort(order[:-2]))
        found.append((mm.match(before, policy), after, policy))
    return found


def test_as_few_pairs_as_possible_change_and_then_the_policy_counts(term):
    """Brute force finds no fewer changes, and nothing better with as few."""
    for previous, cohort, policy in term:
        result = mm.rematch(previous, cohort, policy)
        best = max(
            (-changes, *reached) for changes, reached in all_of(cohort, policy, codes(previous))
        )
        reached = [level.value for level in result.levels if level.goal != "keep"]
        assert (-changes_in(result), *reached) == best
        assert mm.verify(result, cohort).accepted


def test_within_a_budget_the_policy_counts_first(term):
    """For every number of changes brute force reaches the same, or nothing either."""
    for previous, cohort, policy in term:
        tried = list(all_of(cohort, policy, codes(previous)))
        for most in range(4):
            result = mm.rematch(previous, cohort, policy, max_changes=most)
            within = [(reached, -changes) for changes, reached in tried if changes <= most]
            if not within:
                assert result.status is mm.Status.INFEASIBLE
                assert "max_changes" in result.conflict.text("en")
                continue
            reached = tuple(level.value for level in result.levels if level.goal != "keep")
            assert (reached, -changes_in(result)) == max(within)
            assert result.status is mm.Status.OPTIMAL


def test_the_curve_goes_from_the_fewest_changes_to_the_freest_match(term):
    """More changes never bring less; the last point is the match without any history."""
    for previous, cohort, policy in term:
        curve = mm.trade_off(previous, cohort, policy).points
        reached = [[level.value for level in step.levels] for step in curve]
        assert reached == sorted(reached)
        assert reached[-1] == [level.value for level in mm.match(cohort, policy).levels]
        assert curve[0].changes == changes_in(mm.rematch(previous, cohort, policy))


def test_a_broken_pair_is_not_made_again_and_is_no_change(club, club_policy):
    """T-1 and S-1 part; nobody else has to, though (T-1, S-2) and (S-9, S-1) would."""
    previous = mm.match(club, club_policy)
    result = mm.rematch(previous, club, club_policy, broken=[("T-1", "S-1")])
    assert ("T-1", "S-1") not in codes(result)
    assert changes_in(result) == 0
    assert {("T-2", "S-3"), ("S-9", "S-2")} <= codes(result)


def test_running_pairs_may_come_as_plain_pairs(club, club_policy):
    """A register kept elsewhere is enough; people who have left and strangers don't count."""
    running = [("T-1", "S-2"), ("T-2", "S-3"), ("T-7", "S-1")]
    result = mm.rematch(running, club, club_policy)
    assert {("T-1", "S-2"), ("T-2", "S-3")} <= codes(result)
    assert [(level.goal, level.value) for level in result.levels] == [
        ("keep", 2),
        ("cover", 3),
        ("points", 1_645_000),
    ]


def test_a_budget_lets_the_better_pairs_be_made(club, club_policy):
    """Two changes bring 1,660 again; one alone can't, so 1,645 stay."""
    running = [("T-1", "S-2"), ("S-9", "S-1"), ("T-2", "S-3")]
    points = {
        most: mm.rematch(running, club, club_policy, max_changes=most).points
        for most in (0, 1, 2, 3)
    }
    assert points == {0: 1_645_000, 1: 1_645_000, 2: 1_660_000, 3: 1_660_000}


def test_a_pair_that_may_not_meet_any_more_is_no_change(club, club_policy):
    """S-1 has vetoed T-2; that this pair ran before binds nobody."""
    result = mm.rematch([("T-2", "S-1")], club, club_policy, max_changes=0)
    assert result.status is mm.Status.OPTIMAL
    assert ("T-2", "S-1") not in codes(result)


def test_a_goal_of_the_policy_keeps_its_place(club, club_policy):
    """Who puts points before what runs gets points first."""
    goals = [{"type": "cover"}, {"type": "points"}, {"type": "keep"}]
    policy = mm.Policy.from_dict(club_policy.to_dict() | {"goals": goals})
    result = mm.rematch([("T-1", "S-2")], club, policy)
    assert [level.goal for level in result.levels] == ["cover", "points", "keep"]
    assert result.points == 1_660_000


def test_decisions_about_people_who_left_are_forgotten(club, club_policy):
    """The policy of autumn still names them."""
    limits = {"pins": [("T-1", "S-1")], "apart": [["S-1", "S-2", "S-3"]], "seats": {"T-2": 1}}
    policy = club_policy.with_limits(**limits)
    previous = mm.match(club, policy)
    left = club.take([place for place, code in enumerate(club.ids) if code not in {"T-1", "T-2"}])
    result = mm.rematch(previous, left, policy)
    assert result.policy.limits.pins == ()
    assert result.policy.limits.seats == {}
    assert result.status is mm.Status.OPTIMAL


def test_only_pairs_that_ran_can_break(club, club_policy):
    """A slip of the pen is named."""
    previous = mm.match(club, club_policy)
    with pytest.raises(mm.ParticipantError, match="wasn't running"):
        mm.rematch(previous, club, club_policy, broken=[("T-1", "S-1"), ("T-1", "S-3")])


def test_a_renewed_result_is_kept_and_read_like_any_other(club, club_policy, tmp_path):
    """The file checks with and without its people."""
    previous = mm.match(club, club_policy)
    result = mm.rematch(previous, club, club_policy, max_changes=1, broken=[("T-1", "S-1")])
    result.save(tmp_path / "again.json")
    assert mm.verify(tmp_path / "again.json").accepted
    assert mm.verify(tmp_path / "again.json", club).accepted


def test_the_text_of_a_curve_stands_in_both_languages(club, club_policy):
    """One line per number of changes."""
    curve = mm.trade_off([("T-1", "S-2"), ("S-9", "S-1")], club, club_policy)
    assert curve.text("en").splitlines()[0] == (
        "0 changes: 3 mentees with a mentor (100.0 %), 1645000 points, proven"
    )
    assert len(curve.text("ru").splitlines()) == len(curve.points) == len(curve.table())
