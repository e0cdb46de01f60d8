"""Whom to recruit: compared with matching people among whom the new mentor really is."""

import pytest

from mentormatch.cohort import Cohort
from mentormatch.errors import IntakeError, ParticipantError
from mentormatch.participant import Participant
from mentormatch.pipeline import match
from mentormatch.policy.policy import Policy


@pytest.fixture(scope="session")
def crowded(club_of):
    """Three chess players and a mathematician; one teacher of chess with one seat."""
    asks = {"S-1": "chess", "S-2": "chess", "S-3": "chess", "S-4": "maths"}
    return club_of(
        *((code, "student", "mentee", {"asks": {topic: 5}}) for code, topic in asks.items()),
        ("T-1", "teacher", "mentor", {"offers": {"chess": 10}, "capacity": 1}),
    )


def with_mentor(cohort, answers, seats):
    """Put a new teacher among the people."""
    new = Participant(
        id="T-0", kind="teacher", roles=["mentor"], answers={**answers, "capacity": seats}
    )
    return Cohort.from_participants(
        cohort.questionnaire, [*cohort.participants(), new], as_of=cohort.as_of
    )


@pytest.mark.parametrize("seats", [1, 2, 5])
@pytest.mark.parametrize("offers", [{"chess": 10}, {"maths": 3}, {"chess": 2, "maths": 9}])
def test_a_new_mentor_is_worth_what_a_match_with_them_gains(crowded, club_policy, offers, seats):
    """The same goals are reached when the mentor is really there, whatever their code."""
    before = match(crowded, club_policy)
    after = match(with_mentor(crowded, {"offers": offers}, seats), club_policy)
    found = before.worth_of({"kind": "teacher", "offers": offers}, seats=seats)
    assert found.gain.amounts == tuple(
        new.value - old.value for old, new in zip(before.levels, after.levels, strict=True)
    )


def test_the_profiles_proposed_are_what_those_left_out_ask_for(crowded, club_policy):
    """By hand: two chess players are left, then the mathematician; each brings 600 per mille."""
    found = match(crowded, club_policy).recruitment(k=5, seats=2)
    assert [dict(each.profile.answers) for each in found.recruits] == [
        {"kind": "teacher", "offers": {"chess": 10}},
        {"kind": "teacher", "offers": {"maths": 10}},
    ]
    assert [each.gain.amounts for each in found.recruits] == [(2, 1_200_000), (1, 600_000)]
    assert "1. teacher, for chess, takes 2 mentees: mentees with a mentor +2" in found.text()
    assert "points +1,200,000" in found.text()
    assert "возьмёт 2 наставляемых: охват наставляемых +2" in found.text("ru")


def test_each_recruit_counts_on_top_of_those_before(crowded, club_policy):
    """Recruiting them all brings the sum."""
    before = match(crowded, club_policy)
    found = before.recruitment(k=2, seats=1)
    cohort = crowded
    for number, each in enumerate(found.recruits):
        answers = {**each.profile.answers, "capacity": 1}
        kind = answers.pop("kind")
        new = Participant(id=f"T-0{number}", kind=kind, roles=["mentor"], answers=answers)
        cohort = Cohort.from_participants(
            crowded.questionnaire, [*cohort.participants(), new], as_of=crowded.as_of
        )
    after = match(cohort, club_policy)
    for goal, (old, new) in enumerate(zip(before.levels, after.levels, strict=True)):
        assert new.value - old.value == sum(each.gain.amounts[goal] for each in found.recruits)


def test_a_need_that_is_met_is_not_met_again(club_of, club_policy):
    """One pupil asks for two things: with a mentor for one, another mentor brings nothing."""
    pupil = ("S-1", "student", "mentee", {"asks": {"chess": 5, "maths": 5}})
    teacher = ("T-1", "teacher", "mentor", {"offers": {"chess": 1}, "capacity": 0})
    found = match(club_of(pupil, teacher), club_policy).recruitment(seats=1)
    assert [each.gain.amounts for each in found.recruits] == [(1, 300_000)]


def test_whoever_is_recruited_is_taken_to_meet_rules_on_one_person(crowded, club_policy):
    """A rule on mentors alone doesn't stop a profile; one on pairs does."""
    content = club_policy.to_dict()
    content["rules"] = [
        {"code": "R7", "type": "condition", "mentors": {"priority": 1}},
        {"code": "R8", "type": "gap", "field": "grade", "least": 1},
    ]
    alone = Policy.from_dict(content | {"rules": content["rules"][:1]})
    # A lesson takes two at most, whatever the mentor says.
    assert match(crowded, alone).worth_of({"kind": "teacher"}, seats=4).gain.amounts[0] == 2
    both = match(crowded, Policy.from_dict(content))
    assert both.worth_of({"kind": "teacher", "grade": 11}, seats=4).gain.amounts == (0, 0)
    assert both.recruitment().recruits == ()
    assert "No single new mentor" in both.recruitment().text()


def test_profiles_that_say_too_little_or_nonsense_are_refused(crowded, club_policy):
    """A kind is needed, answers must fit the questionnaire, and the result must be an optimum."""
    result = match(crowded, club_policy)
    with pytest.raises(ParticipantError, match="kind"):
        result.worth_of({"offers": {"chess": 5}})
    with pytest.raises(IntakeError):
        result.worth_of({"kind": "teacher", "offers": {"physics": 5}})
    impossible = match(crowded, club_policy.with_limits(demand={"least": 1, "most": 1}))
    for ask in (impossible.recruitment, lambda: impossible.worth_of({"kind": "teacher"})):
        with pytest.raises(ParticipantError, match="proven optimum"):
            ask()
