"""From a cohort and a policy to a proven result."""

import numpy as np
import pytest

import mentormatch as mm
from mentormatch.datasets import school
from mentormatch.solvers.exhaustive import best_values


def pairs_of(result):
    """List the chosen pairs as codes."""
    return [(pair.mentor, pair.mentee) for pair in result.matching.pairs]


def with_limits(policy, **limits):
    """Return the policy with other limits, checked as if read from a file."""
    return policy.with_limits(**limits)


def test_the_club_is_matched_as_worked_out_by_hand(club, club_policy):
    """All three mentees are served at 1,660 thousandths, with proof."""
    result = mm.match(club, club_policy)
    assert result.status is mm.Status.OPTIMAL
    assert result.proof == "certified"
    assert pairs_of(result) == [("S-9", "S-2"), ("T-1", "S-1"), ("T-2", "S-3")]
    assert [(level.goal, level.value) for level in result.levels] == [
        ("cover", 3),
        ("points", 1_660_000),
    ]
    assert (result.points, result.bound, result.gap) == (1_660_000, 1_660_000, 0)
    assert result.matching.unmatched == ()
    assert [pair.form for pair in result.matching.pairs] == ["peer", "lesson", "lesson"]
    assert result.unique


def test_the_values_agree_with_trying_every_matching(club, club_policy):
    """The problem that a policy becomes has the best values that brute force finds."""
    for policy in (
        club_policy,
        with_limits(club_policy, demand={"most": 2}),
        with_limits(club_policy, min_percent=30),
        with_limits(club_policy, pins=[{"mentor": "T-1", "mentee": "S-3"}]),
    ):
        result = mm.match(club, policy)
        assert best_values(result.problem) == tuple(level.value for level in result.levels)


def test_a_floor_leaves_out_pairs_just_to_reach_everybody(club, club_policy):
    """With a floor of 40 % all pairs of S-9 fall away, and S-2 is left out."""
    result = mm.match(club, with_limits(club_policy, min_percent=40))
    assert pairs_of(result) == [("T-1", "S-1"), ("T-2", "S-3")]
    assert result.matching.unmatched == ("S-2",)


def test_the_floor_is_inclusive_and_exact(club, club_policy):
    """A pair of exactly the floor stays: S-9 and S-1 have 24.0 %."""
    pins = [{"mentor": "T-1", "mentee": "S-2"}]
    at, above = (
        mm.match(club, with_limits(club_policy, min_percent=floor, pins=pins)) for floor in (24, 25)
    )
    assert ("S-9", "S-1") in pairs_of(at)
    assert ("S-9", "S-1") not in pairs_of(above)


def test_a_pin_overrides_the_floor(club, club_policy):
    """A pair decided by hand is made whatever it scores."""
    pins = [{"mentor": "S-9", "mentee": "S-3"}]
    result = mm.match(club, with_limits(club_policy, min_percent=50, pins=pins))
    assert ("S-9", "S-3") in pairs_of(result)


def test_a_banned_pair_is_not_made(club, club_policy):
    """Without T-2 and S-3 the best is another matching."""
    result = mm.match(club, with_limits(club_policy, bans=[("T-2", "S-3")]))
    assert ("T-2", "S-3") not in pairs_of(result)
    assert result.levels[0].value == 3


def test_a_pin_against_a_rule_is_infeasible_with_the_pin_in_the_conflict(club, club_policy):
    """A vetoed pair can't be forced, and the reason names the pair, not the veto."""
    pins = [{"mentor": "T-2", "mentee": "S-1"}]
    result = mm.match(club, with_limits(club_policy, pins=pins))
    assert result.status is mm.Status.INFEASIBLE
    assert result.proof == "infeasible_certified"
    assert {clause.kind for clause in result.conflict.clauses} == {"pin", "ban"}
    assert "mentor T-2 and mentee S-1 are pinned" in result.summary()
    assert "veto" not in result.summary().lower()
    assert mm.verify(result)


def test_a_pin_may_waive_a_rule_that_can_be_waived(club_of, club_policy):
    """With an author and a reason the pair is made and scored; a veto can't be waived."""
    people = [
        ("S-8", "student", "mentor", {"offers": {"maths": 10}, "grade": 5}),
        ("S-1", "student", "mentee", {"asks": {"maths": 4}, "grade": 5}),
    ]
    pin = {"mentor": "S-8", "mentee": "S-1", "author": "curator", "reason": "known each other"}
    plain = mm.match(club_of(*people), with_limits(club_policy, pins=[pin]))
    assert plain.status is mm.Status.INFEASIBLE
    waived = mm.match(club_of(*people), with_limits(club_policy, pins=[pin | {"waive": ["R1"]}]))
    assert pairs_of(waived) == [("S-8", "S-1")]
    assert waived.points == 600_000
    with pytest.raises(mm.PolicyError):
        with_limits(club_policy, pins=[pin | {"waive": ["R2"]}])


def test_two_pins_for_one_seat_are_told_with_codes(club, club_policy):
    """The conflict names both pins and the mentor's seats."""
    pins = [{"mentor": "T-1", "mentee": code} for code in ("S-1", "S-2")]
    result = mm.match(club, with_limits(club_policy, pins=pins))
    assert result.status is mm.Status.INFEASIBLE
    assert {(clause.kind, clause.mentor, clause.mentee) for clause in result.conflict.clauses} == {
        ("pin", "T-1", "S-1"),
        ("pin", "T-1", "S-2"),
        ("mentor_most", "T-1", None),
    }
    assert "T-1 нужно" not in result.summary("ru")
    assert "наставнику T-1 можно не больше" in result.summary("ru")


@pytest.mark.parametrize("name", ["pins", "bans"])
def test_decided_pairs_of_strangers_are_refused_all_at_once(club, club_policy, name):
    """Unknown and exchanged codes in pins and bans are located, with the right order."""
    wrong = [{"mentor": "X-1", "mentee": "S-1"}, {"mentor": "S-1", "mentee": "T-1"}]
    with pytest.raises(mm.PolicyError) as caught:
        mm.match(club, with_limits(club_policy, **{name: wrong}))
    first, second = caught.value.defects
    assert first.place.field == f"limits.{name}[0]"
    assert "X-1" in first.text()
    assert "write (T-1, S-1)" in second.text()


def test_capacity_over_all_forms_is_the_own_answer_capped_by_the_forms(club_of, club_policy):
    """A teacher who takes nine is capped by the form at two; one who takes one stays at one."""
    students = [(f"S-{n}", "student", "mentee", {"asks": {"maths": 1}}) for n in range(4)]
    for answer, seats in ((9, 2), (1, 1), (0, 0), (None, 2)):
        answers = {"offers": {"maths": 9}} | ({} if answer is None else {"capacity": answer})
        result = mm.match(club_of(("T-1", "teacher", "mentor", answers), *students), club_policy)
        assert len(result.matching.pairs) == seats


def test_a_mentor_in_two_forms_shares_the_own_capacity(club_of, club_policy):
    """Bounds of each form hold below the person's own total."""
    content = club_policy.to_dict()
    content["forms"][1]["mentors"] = {}
    content["forms"][0]["mentees"] = {"grade": [5]}
    content["rules"] = []
    policy = mm.Policy.from_dict(content)
    people = [
        ("T-1", "teacher", "mentor", {"offers": {"maths": 9}, "capacity": 9, "grade": 11}),
        *[
            (f"S-{n}", "student", "mentee", {"asks": {"maths": 1}, "grade": 5 + n % 2})
            for n in range(8)
        ],
    ]
    result = mm.match(club_of(*people), policy)
    forms = sorted(pair.form for pair in result.matching.pairs)
    assert forms == ["lesson", "lesson", "peer"]  # 2 and 1, though nine seats are offered
    people[0][3]["capacity"] = 2
    assert len(mm.match(club_of(*people), policy).matching.pairs) == 2


def test_a_least_load_of_a_form_is_hard(club_of, club_policy):
    """Who must take one takes one, even for fewer points; without anybody it is infeasible."""
    content = club_policy.to_dict()
    content["forms"][0]["capacity"] = {"least": 1, "most": 2}
    policy = mm.Policy.from_dict(content)
    people = [
        ("T-1", "teacher", "mentor", {"offers": {"maths": 9}}),
        ("T-2", "teacher", "mentor", {"offers": {"maths": 1}}),
        ("S-1", "student", "mentee", {"asks": {"maths": 5}}),
        ("S-2", "student", "mentee", {"asks": {"maths": 5}}),
    ]
    result = mm.match(club_of(*people), policy)
    assert {pair.mentor for pair in result.matching.pairs} == {"T-1", "T-2"}
    lonely = mm.match(club_of(*people[:3]), policy)
    assert lonely.status is mm.Status.INFEASIBLE


def test_priority_mentees_come_first(club_of, club_policy):
    """One seat goes to the pupil of first priority, however few points that brings."""
    content = club_policy.to_dict()
    content["goals"] = [
        {"type": "cover", "who": {"priority": [1]}},
        {"type": "cover"},
        {"type": "points"},
    ]
    people = [
        ("T-1", "teacher", "mentor", {"offers": {"maths": 9}, "capacity": 1}),
        ("S-1", "student", "mentee", {"asks": {"maths": 5}, "priority": 2}),
        ("S-2", "student", "mentee", {"asks": {"chess": 5}, "priority": 1}),
    ]
    result = mm.match(club_of(*people), mm.Policy.from_dict(content))
    assert pairs_of(result) == [("T-1", "S-2")]
    assert [level.value for level in result.levels] == [1, 1, 0]


def test_nobody_there_is_an_optimal_empty_result(club_of, club_policy):
    """No mentors, no mentees, nobody at all: optimal, certified, nobody matched."""
    student = ("S-1", "student", "mentee", {})
    teacher = ("T-1", "teacher", "mentor", {})
    for people in ((), (student,), (teacher,)):
        result = mm.match(club_of(*people), club_policy)
        assert (result.status, result.proof) == (mm.Status.OPTIMAL, "certified")
        assert result.matching.pairs == ()
        assert mm.verify(result)


def test_a_graph_is_used_again_for_other_weights_and_limits(club, club_policy):
    """Re-weighting a built graph gives what matching anew gives."""
    graph = mm.build_graph(club, club_policy)
    for policy in (
        club_policy.with_weights({"need": 0.1, "choice": 0.9}),
        with_limits(club_policy, min_percent=40),
    ):
        assert pairs_of(mm.match_graph(graph, policy)) == pairs_of(mm.match(club, policy))


def test_the_order_of_people_never_decides():
    """Shuffled participants give the same pairs and the same file, byte for byte."""
    some = school("bench", mentors=12, mentees=40, seed=3)
    policy = mm.Policy.preset("official")
    texts = set()
    generator = np.random.default_rng(0)
    for _ in range(4):
        order = generator.permutation(len(some.participants))
        people = [some.participants[place] for place in order]
        cohort = mm.Cohort.from_participants(
            some.questionnaire, people, as_of=some.as_of, headcounts=some.headcounts
        )
        texts.add(str(mm.match(cohort, policy, seed=5).table().to_csv()))
    assert len(texts) == 1


def test_renaming_everybody_changes_no_value():
    """Other codes, in another order, lead to the same coverage and points."""
    some = school("bench", mentors=10, mentees=30, seed=4)
    policy = mm.Policy.preset("choice-first")
    people_questions = {q.id for q in some.questionnaire.questions if q.kind == "people"}
    codes = [person.id for person in some.participants]
    shuffled = np.random.default_rng(1).permutation(len(codes))
    renamed = {code: f"X-{place:04}" for code, place in zip(codes, shuffled, strict=True)}
    others = [
        mm.Participant(
            id=renamed[person.id],
            kind=person.kind,
            roles=person.roles,
            answers={
                key: tuple(renamed.get(code, code) for code in answer)
                if key in people_questions
                else answer
                for key, answer in person.answers.items()
            },
        )
        for person in some.participants
    ]
    values = [
        [level.value for level in mm.match(cohort, policy).levels]
        for cohort in (
            some.cohort,
            mm.Cohort.from_participants(some.questionnaire, others, as_of=some.as_of),
        )
    ]
    assert values[0] == values[1]
    assert values[0][-1] > 0


def test_a_seed_draws_lots_and_is_kept(club_of, club_policy):
    """Among equals the seed decides, replayably, and costs nothing."""
    people = [(f"T-{n}", "teacher", "mentor", {"capacity": 1}) for n in range(3)]
    people += [(f"S-{n}", "student", "mentee", {}) for n in range(3)]
    cohort = club_of(*people)
    assert mm.match(cohort, club_policy).unique is False
    drawn = {seed: pairs_of(mm.match(cohort, club_policy, seed=seed)) for seed in range(12)}
    assert len({tuple(pairs) for pairs in drawn.values()}) > 1
    again = mm.match(cohort, club_policy, seed=3)
    assert pairs_of(again) == drawn[3]
    assert again.seed == 3
    assert again.levels[-1].goal == "lottery"


def test_a_seed_is_a_whole_number_of_any_type(club, club_policy, tmp_path):
    """A number of numpy can be saved like any other; what is no whole number is refused early."""
    result = mm.match(club, club_policy, seed=np.int64(7))
    result.save(tmp_path / "result.json")
    assert mm.Result.load(tmp_path / "result.json").seed == 7
    for wrong in ("7", 7.0, True):
        calls = (
            lambda wrong=wrong: mm.match(club, club_policy, seed=wrong),
            lambda wrong=wrong: mm.rematch(result, club, club_policy, seed=wrong),
        )
        for call in calls:
            with pytest.raises(mm.MentorMatchError) as error:
                call()
            assert [each.code for each in error.value.defects] == ["solver.seed"]


def test_progress_is_told_in_mentees(club, club_policy):
    """The callback hears how many mentees of how many are scored."""
    heard = []
    mm.match(club, club_policy, progress=lambda done, of: heard.append((done, of)))
    assert heard[-1] == (3, 3)
