"""Why somebody has no mentor: minimal sets by brute force, repairs by solving again."""

from dataclasses import replace

import numpy as np
import pytest

from mentormatch.cohort import Cohort
from mentormatch.errors import ParticipantError
from mentormatch.participant import Participant
from mentormatch.pipeline import match
from mentormatch.policy.policy import Policy
from mentormatch.problem import Bounds
from mentormatch.questionnaire import Questionnaire
from mentormatch.solvers.exhaustive import every_matching


def can_all_have_one(problem, mentees):
    """Try every matching."""
    return any((problem.served(c)[mentees] > 0).all() for c in every_matching(problem))


def pupils(club_of, asks, teachers):
    """Make a cohort of pupils with their requests and of teachers with what they offer."""
    people = [
        (f"S-{n}", "student", "mentee", {"asks": dict.fromkeys(topics, 5)} if topics else {})
        for n, topics in enumerate(asks, 1)
    ]
    people += [
        (f"T-{n}", "teacher", "mentor", {"offers": dict.fromkeys(topics, 10), "capacity": seats})
        for n, (topics, seats) in enumerate(teachers, 1)
    ]
    return club_of(*people)


@pytest.fixture(scope="session")
def strict(club_policy):
    """Only teachers mentor, and only who offers what is asked for: half of the points."""
    content = club_policy.to_dict()
    content["limits"] = {"min_percent": 20}
    return Policy.from_dict(content)


def test_three_pupils_with_two_seats_are_a_shortage(club_of, strict):
    """Chess players compete for one teacher; the mathematician isn't part of it."""
    cohort = pupils(
        club_of,
        [["chess"], ["chess"], ["chess"], ["maths"]],
        [(["chess"], 2), (["maths"], 1)],
    )
    result = match(cohort, strict)
    (left_out,) = result.matching.unmatched
    why = result.why_unmatched(left_out)
    assert why.why == "shortage"
    assert why.mentees[0] == left_out
    assert set(why.mentees) == {"S-1", "S-2", "S-3"}
    assert (why.mentors, why.seats, why.limits) == (("T-1",), 2, ())
    seat = why.repairs[0]
    assert (seat.kind, seat.mentor, seat.bound) == ("mentor_most", "T-1", 3)
    # 5 x 10 of 50, so each chess player brings 600.
    assert seat.gain.amounts == (1, 300_000 * 2)
    assert "3 mentees together" in why.text()
    assert "only 1 admissible mentor (T-1) with 2 seats" in why.text()
    assert "ещё 1 место у наставника T-1" in why.text("ru")


def test_a_mentee_with_a_mentor_is_not_left_out(club, club_policy):
    """There is nothing to explain."""
    assert match(club, club_policy).why_unmatched("S-1").why == "matched"


def test_rules_that_keep_everybody_away_are_counted_and_vetoes_hidden(club_of, club_policy):
    """S-1 refuses both teachers, and S-9 is not older: only the last can be told."""
    cohort = club_of(
        ("T-1", "teacher", "mentor", {"offers": {"maths": 9}}),
        ("T-2", "teacher", "mentor", {"offers": {"maths": 9}}),
        ("S-1", "student", "mentee", {"grade": 9, "refused": ("T-1", "T-2")}),
        ("S-9", "student", "mentor", {"grade": 9}),
    )
    why = match(cohort, club_policy).why_unmatched("S-1")
    assert why.why == "nobody"
    assert [(h.rule and h.rule.code, h.mentors, h.alone) for h in why.hurdles] == [
        (None, 2, 2),
        ("R1", 1, 1),
    ]
    said = why.text() + why.text("ru") + repr(why)
    assert "R2" not in said
    assert "vetoes" not in said
    # The gap may be set aside for one pair; the vetoes may not.
    assert [(step.kind, step.mentor) for step in why.repairs] == [("rule", "S-9")]
    assert "R1" in why.repairs[0].text()


def test_a_floor_that_leaves_nobody_is_said_and_can_be_set_aside(club_of, strict):
    """A pupil who asks for nothing scores nothing; for one pair the floor may go."""
    why = match(pupils(club_of, [[]], [(["chess"], 2)]), strict).why_unmatched("S-1")
    assert why.why == "below-floor"
    assert [step.kind for step in why.repairs] == ["floor"]


def test_a_ban_can_be_lifted_and_a_pin_dropped(club_of, strict):
    """The only seat is pinned to another; the other teacher was banned by decision."""
    cohort = pupils(club_of, [["chess"], ["chess"]], [(["chess"], 1), (["chess"], 1)])
    policy = strict.with_limits(
        min_percent=20, pins=[("T-1", "S-1")], bans=[("T-2", "S-2"), ("T-2", "S-1")]
    )
    why = match(cohort, policy).why_unmatched("S-2")
    found = [(step.kind, step.mentor, step.mentee) for step in why.repairs]
    assert found[0] == ("mentor_most", "T-1", None)
    assert ("ban", "T-2", "S-2") in found
    # Dropping the pin alone would only leave S-1 out instead, which is no worse.
    assert ("pin", "T-1", "S-1") in found


def test_who_is_traded_for_points_reads_what_it_would_cost(club_of, strict):
    """With points alone as the goal nobody has to be covered at a loss of points."""
    content = strict.to_dict() | {"goals": [{"type": "even"}, {"type": "cover"}]}
    cohort = pupils(club_of, [["chess"], ["chess"]], [(["chess"], 2)])
    result = match(cohort, Policy.from_dict(content))
    assert result.matching.unmatched == ("S-1", "S-2")
    why = result.why_unmatched("S-1")
    assert why.why == "traded"
    assert why.cost.amounts == (-1, 1)
    assert "traded" in why.text()


def test_the_set_of_a_shortage_is_minimal_and_repairs_are_true(club_of, strict):
    """Random clubs: by brute force the set can't all have one, and without anyone it can.

    Seats that are proposed are tried by solving the whole question again.
    """
    generator = np.random.default_rng(41)
    topics = ["maths", "chess"]
    shortages = repairs = 0
    for _ in range(60):
        asks = [
            list(generator.choice(topics, generator.integers(1, 3), replace=False))
            for _ in range(generator.integers(2, 6))
        ]
        offers = [
            ([topics[generator.integers(2)]], int(generator.integers(0, 3))) for _ in range(3)
        ]
        result = match(pupils(club_of, asks, offers), strict)
        problem = result.problem
        for mentee in result.matching.unmatched:
            why = result.why_unmatched(mentee)
            if why.why != "shortage":
                continue
            shortages += 1
            places = [result.view.mentees.index(code) for code in why.mentees]
            assert not can_all_have_one(problem, places)
            for left_out in places:
                assert can_all_have_one(problem, [who for who in places if who != left_out])
            seats = [step for step in why.repairs if step.kind == "mentor_most"]
            assert seats
            for step in seats:
                most = problem.capacity.most.copy()
                most[result.view.mentors.index(step.mentor)] += 1
                wider = replace(problem, capacity=Bounds(problem.capacity.least, most))
                place = result.view.mentees.index(mentee)
                best = max(wider.values(c) for c in every_matching(wider) if wider.served(c)[place])
                before = problem.values(result.view.outcome.chosen)
                assert step.gain.amounts == tuple(np.subtract(best, before).tolist())
                assert step.gain.amounts >= (0, 0)
                repairs += 1
    assert shortages > 30
    assert repairs > 30


def test_questions_that_have_no_answer_are_refused(club, club_policy):
    """A mentor, somebody unknown, and a result in which nothing is possible."""
    result = match(club, club_policy)
    for code in ("T-1", "X-9"):
        with pytest.raises(ParticipantError):
            result.why_unmatched(code)
    impossible = match(club, club_policy.with_limits(pins=[("T-2", "S-1")]))
    with pytest.raises(ParticipantError, match="conflict"):
        impossible.why_unmatched("S-1")


def test_a_time_in_common_comes_before_other_rules(club_form, club_policy):
    """Two people who are never free together may find an hour; it is tried, and it helps."""
    content = club_form.to_dict()
    content["questions"].append(
        {
            "id": "slots",
            "kind": "slots",
            "label": "Free",
            "days": [{"id": "mon", "label": "Mon"}],
            "times": [{"id": "day", "label": "day"}, {"id": "eve", "label": "evening"}],
        }
    )
    policy = club_policy.to_dict()
    policy["rules"] = [{"code": "R3", "type": "common-slots", "field": "slots", "least": 1}]
    answers = {"offers": {"chess": 10}, "slots": ("mon-day",)}
    people = [
        Participant(id="T-1", kind="teacher", roles=["mentor"], answers=answers),
        Participant(
            id="S-1",
            kind="student",
            roles=["mentee"],
            answers={"asks": {"chess": 5}, "slots": ("mon-eve",)},
        ),
    ]
    cohort = Cohort.from_participants(Questionnaire.from_dict(content), people)
    why = match(cohort, Policy.from_dict(policy)).why_unmatched("S-1")
    assert [(h.rule.code, h.mentors, h.alone) for h in why.hurdles] == [("R3", 1, 1)]
    (repair,) = why.repairs
    assert (repair.kind, repair.amount, repair.gain.amounts) == ("time", 1, (1, 600_000))
    assert "T-1 and S-1 find 1 more time in common" in why.text()
    assert "T-1 и S-1 найдут ещё 1 общее окно" in why.text("ru")
