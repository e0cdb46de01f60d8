"""Quotas, sets of people, loads and fairness, from the policy to the pairs."""

from itertools import pairwise, product

import pytest

import mentormatch as mm
from mentormatch.solvers.exhaustive import best_values, every_matching


def policy_with(policy, goals=None, **limits):
    """Return the policy with other limits and goals, checked as if read from a file."""
    content = policy.to_dict() | {"limits": limits}
    return mm.Policy.from_dict(content | ({} if goals is None else {"goals": goals}))


def pairs_of(result):
    """List the chosen pairs as codes."""
    return [(pair.mentor, pair.mentee) for pair in result.matching.pairs]


def percents(result):
    """List the percentages of the chosen pairs, the lowest first."""
    return sorted(pair.points // 10_000 for pair in result.matching.pairs)


TEACHERS = [
    ("T-1", "teacher", "mentor", {"offers": {"maths": 10}}),
    ("T-2", "teacher", "mentor", {"offers": {"maths": 5}}),
    ("T-3", "teacher", "mentor", {"offers": {"maths": 1}}),
]
PUPILS = [(f"S-{n}", "student", "mentee", {"asks": {"maths": 5}, "grade": n}) for n in range(1, 5)]


@pytest.mark.parametrize(
    ("least", "of", "students"),
    [
        (2, "cohort", 2),  # a number
        ("10 %", "headcount:students", 2),  # 10 % of 11 is 1.1, so at least 2
        ("50 %", "cohort", 2),  # half of the four
        ("62,5 %", "cohort", 3),  # 2.5, so 3
    ],
)
def test_a_hard_quota_is_kept_in_whole_people(club_of, club_policy, least, of, students):
    """A share is of fixed headcounts and rounded up; without enough seats it is impossible."""
    quota = {"id": "q", "who": {"kind": "student"}, "role": "mentee", "least": least, "of": of}
    policy = policy_with(club_policy, quotas=[quota])
    seats = [("T-1", "teacher", "mentor", {"capacity": students - 1})]
    short = mm.match(club_of(*seats, *PUPILS, headcounts={"students": 11}), policy)
    assert short.status is mm.Status.INFEASIBLE
    assert "q" in short.conflict.text()
    assert mm.verify(short)
    seats = [("T-1", "teacher", "mentor", {"capacity": 2}), TEACHERS[1]]
    enough = mm.match(club_of(*seats, *PUPILS, headcounts={"students": 11}), policy)
    assert enough.status is mm.Status.OPTIMAL


def test_a_quota_on_active_mentors_spreads_the_work(club_of, club_policy):
    """Two pupils would both go to T-1; three teachers can't be active, two must."""
    quota = {"id": "q", "who": {"kind": "teacher"}, "role": "mentor", "least": 2}
    plain = mm.match(club_of(*TEACHERS, *PUPILS[:2]), club_policy)
    assert {mentor for mentor, _ in pairs_of(plain)} == {"T-1"}
    spread = mm.match(club_of(*TEACHERS, *PUPILS[:2]), policy_with(club_policy, quotas=[quota]))
    assert {mentor for mentor, _ in pairs_of(spread)} == {"T-1", "T-2"}


def test_a_quota_over_any_role_counts_each_person_once(club_of, club_policy):
    """S-8 is mentor and mentee; three people are wanted, and two pairs with S-8 make three."""
    people = [
        ("T-1", "teacher", "mentor", {"offers": {"maths": 9}, "capacity": 1}),
        ("S-8", "student", "mentor mentee", {"grade": 8, "asks": {"maths": 5}}),
        ("S-5", "student", "mentee", {"grade": 5, "asks": {"maths": 5}}),
    ]
    quota = {"id": "any", "who": {"kind": "student"}, "least": 2, "role": "any"}
    result = mm.match(club_of(*people), policy_with(club_policy, quotas=[quota]))
    assert pairs_of(result) == [("S-8", "S-5"), ("T-1", "S-8")]
    three = mm.match(club_of(*people), policy_with(club_policy, quotas=[quota | {"least": 3}]))
    assert three.status is mm.Status.INFEASIBLE


def test_a_soft_quota_is_a_goal_whose_place_matters(club_of, club_policy):
    """First or last among the goals, the quota on grade 4 decides or gives way."""
    people = [("T-1", "teacher", "mentor", {"offers": {"chess": 10}, "capacity": 1})]
    people += [
        ("S-1", "student", "mentee", {"asks": {"chess": 5}, "grade": 1}),
        ("S-4", "student", "mentee", {"asks": {"maths": 5}, "grade": 4}),
    ]
    quota = {"id": "q", "who": {"grade": [4]}, "role": "mentee", "least": 1, "hard": False}
    goals = [{"type": "quotas"}, {"type": "cover"}, {"type": "points"}]
    first = mm.match(club_of(*people), policy_with(club_policy, goals, quotas=[quota]))
    last = mm.match(
        club_of(*people), policy_with(club_policy, goals[1:] + goals[:1], quotas=[quota])
    )
    assert (pairs_of(first), pairs_of(last)) == ([("T-1", "S-4")], [("T-1", "S-1")])
    assert [level.goal for level in first.levels] == ["quotas", "cover", "points"]
    assert [level.value for level in last.levels] == [1, 600_000, 0]


def test_people_kept_apart_and_together(club_of, club_policy):
    """Two pupils have different mentors, or the same one, whatever it costs."""
    people = [*TEACHERS[:2], *PUPILS[:2]]
    apart = mm.match(club_of(*people), policy_with(club_policy, apart=[["S-1", "S-2"]]))
    assert len({mentor for mentor, _ in pairs_of(apart)}) == 2
    people = [("T-1", "teacher", "mentor", {"offers": {"maths": 10}, "capacity": 1}), TEACHERS[2]]
    together = mm.match(
        club_of(*people, *PUPILS[:2]), policy_with(club_policy, together=[["S-1", "S-2"]])
    )
    assert pairs_of(together) == [("T-3", "S-1"), ("T-3", "S-2")]
    assert mm.verify(together)


def test_sets_name_mentees_only(club, club_policy):
    """A stranger or a mentor in a set is located."""
    with pytest.raises(mm.PolicyError) as caught:
        mm.match(club, policy_with(club_policy, apart=[["S-1", "T-1"]], together=[["X", "S-1"]]))
    places = [defect.place.field for defect in caught.value.defects]
    assert places == ["limits.apart[0]", "limits.together[0]"]


def test_nobody_is_opened_for_fewer_than_enough(club_of, club_policy):
    """With at least two or none, one of three pupils stays without rather than alone with T-2."""
    people = [("T-1", "teacher", "mentor", {"capacity": 2}), ("T-2", "teacher", "mentor", {})]
    load = {"least": 2, "or_none": True}
    result = mm.match(club_of(*people, *PUPILS[:3]), policy_with(club_policy, load=load))
    assert len(pairs_of(result)) == 2
    plain = mm.match(club_of(*people, *PUPILS[:3]), policy_with(club_policy, load={"least": 1}))
    assert {mentor for mentor, _ in pairs_of(plain)} == {"T-1", "T-2"}


def test_two_people_do_not_mentor_each_other_unless_they_may(club_of, club_policy):
    """Of both directions one is made, except between equals or where the policy allows it."""
    content = club_policy.to_dict()
    content["rules"] = []
    people = [
        (code, "student", "mentor mentee", {"asks": {"maths": 5}, "offers": {"maths": 5}})
        for code in ("S-1", "S-2")
    ]
    one = mm.match(club_of(*people), mm.Policy.from_dict(content))
    assert len(pairs_of(one)) == 1
    assert mm.verify(one)
    mutual = mm.match(club_of(*people), mm.Policy.from_dict(content | {"limits": {"mutual": True}}))
    assert len(pairs_of(mutual)) == 2
    content["forms"][1]["between_equals"] = True
    assert len(pairs_of(mm.match(club_of(*people), mm.Policy.from_dict(content)))) == 2


def feasible_percents(result):
    """List the sorted percentages of every matching that covers as many."""
    problem = result.problem
    points = next(goal.pair for goal in problem.objectives if goal.goal == "points")
    best = max(len(chosen) for chosen in every_matching(problem))
    return [
        sorted((points[chosen] // 10_000).tolist())
        for chosen in every_matching(problem)
        if len(chosen) == best
    ]


@pytest.mark.parametrize(
    ("how", "key"),
    [
        ("max-min", lambda fares: (fares[0], -fares.count(fares[0]))),
        ("leximin", lambda fares: fares),
        ("alpha-1", lambda fares: sum(mm_table("ALPHA_1")[fare] for fare in fares)),
        ("alpha-2", lambda fares: sum(mm_table("ALPHA_2")[fare] for fare in fares)),
    ],
)
def test_fairness_is_the_best_of_all_matchings_that_cover_as_many(club, club_policy, how, key):
    """Against every matching: no other is fairer in the asked sense, and coverage is kept."""
    goals = [{"type": "cover"}, {"type": "fairness", "how": how}, {"type": "points"}]
    result = mm.match(club, policy_with(club_policy, goals))
    assert key(percents(result)) == max(key(fares) for fares in feasible_percents(result))
    assert mm.verify(result)
    for lang in ("en", "ru"):
        assert result.summary(lang)


def mm_table(name):
    """Return a published table of fairness."""
    from mentormatch.questions import fairness

    return getattr(fairness, name)


def test_the_tables_of_fairness_rise_and_flatten():
    """Every further percent counts, and counts no more than the one before (to rounding)."""
    for name in ("ALPHA_1", "ALPHA_2"):
        table = mm_table(name)
        steps = [after - before for before, after in pairwise(table)]
        assert (table[0], table[100], len(table)) == (0, 1000, 101)
        assert min(steps) >= 0
        assert all(later <= earlier + 1 for earlier, later in pairwise(steps))


def test_even_loads_are_the_last_wish(club_of, club_policy):
    """Among equals, four pupils are spread two and two over two teachers of equal skill."""
    people = [(f"T-{n}", "teacher", "mentor", {"offers": {"maths": 5}}) for n in (1, 2)]
    content = club_policy.to_dict()
    content["forms"][0]["capacity"] = {"most": 3}
    content["goals"] = [{"type": "cover"}, {"type": "points"}, {"type": "even"}]
    result = mm.match(club_of(*people, *PUPILS), mm.Policy.from_dict(content))
    mentors = [mentor for mentor, _ in pairs_of(result)]
    assert sorted(mentors) == ["T-1", "T-1", "T-2", "T-2"]


def test_every_combination_of_limits_agrees_with_brute_force(club, club_policy):
    """Quotas, sets and loads together have the values that trying everything finds."""
    quota = {"id": "q", "who": {"kind": "student"}, "role": "any", "least": 4}
    for quotas, apart, together, load in product(
        ([], [quota]),
        ([], [["S-1", "S-2"]]),
        ([], [["S-2", "S-3"]]),
        ({}, {"least": 2, "or_none": True}),
    ):
        policy = policy_with(club_policy, quotas=quotas, apart=apart, together=together, load=load)
        result = mm.match(club, policy)
        best = best_values(result.problem)
        if best is None:
            assert result.status is mm.Status.INFEASIBLE
        else:
            assert tuple(level.value for level in result.levels) == best


@pytest.mark.parametrize(
    ("limits", "goals", "code"),
    [
        ({"quotas": [{"id": "q", "least": "ten"}]}, None, "policy.share"),
        ({"quotas": [{"id": "q", "least": "110 %"}]}, None, "policy.share"),
        ({"quotas": [{"id": "q", "least": -1}]}, None, "policy.share"),
        ({"quotas": [{"id": "q", "most": 1, "hard": False}]}, None, "policy.soft-most"),
        ({"quotas": [{"id": "q", "counts": "pairs"}]}, None, "policy.pairs-of-any"),
        ({"quotas": [{"id": "q", "least": 1, "hard": False}]}, None, "policy.no-quota-goal"),
        ({"quotas": [{"id": "q"}, {"id": "q"}]}, None, "policy.repeated"),
        ({}, [{"type": "quotas"}], "policy.no-soft-quota"),
        ({}, [{"type": "fill"}], "policy.fill-first"),
        ({}, [{"type": "fairness"}], "policy.goal-how"),
        ({}, [{"type": "cover", "how": "leximin"}], "policy.goal-how"),
    ],
)
def test_limits_and_goals_that_contradict_themselves_are_refused(club_policy, limits, goals, code):
    """Each mistake has a code of its own, and sentences in both languages."""
    with pytest.raises(mm.PolicyError) as caught:
        policy_with(club_policy, goals, **limits)
    assert code in {defect.code for defect in caught.value.defects}
    assert caught.value.text("ru") != caught.value.text("en")


SORTS = [
    ("S-1", "student", "mentee", {"asks": {"maths": 5}, "grade": 5}),
    ("S-2", "student", "mentee", {"asks": {"maths": 5}, "grade": 5}),
    ("S-3", "student", "mentee", {"asks": {"chess": 5}, "grade": 6}),
    ("S-4", "student", "mentee", {"asks": {"chess": 5}, "grade": 6}),
]
BOTH = [
    ("T-1", "teacher", "mentor", {"offers": {"maths": 10}, "capacity": 2}),
    ("T-2", "teacher", "mentor", {"offers": {"chess": 10}, "capacity": 2}),
]


def per_mentor(name, grade, **bounds):
    """Write a limit on the mentees of one grade at every mentor."""
    return {"id": name, "mentees": {"grade": grade}, **bounds}


def grades_by_mentor(result):
    """List the grades of each mentor's mentees."""
    found = {}
    for mentor, mentee in pairs_of(result):
        found.setdefault(mentor, []).append(5 if mentee in {"S-1", "S-2"} else 6)
    return {mentor: sorted(grades) for mentor, grades in found.items()}


def test_every_mentor_takes_one_of_each_sort(club_of, club_policy):
    """By points one teacher would have both fifth-graders; one of each grade mixes them."""
    plain = mm.match(club_of(*BOTH, *SORTS), club_policy)
    assert grades_by_mentor(plain) == {"T-1": [5, 5], "T-2": [6, 6]}
    each = [per_mentor("fifth", 5, least=1), per_mentor("sixth", 6, least=1)]
    mixed = mm.match(club_of(*BOTH, *SORTS), policy_with(club_policy, per_mentor=each))
    assert grades_by_mentor(mixed) == {"T-1": [5, 6], "T-2": [5, 6]}
    assert mixed.proof == "certified"
    assert mm.verify(mixed)


def test_a_mentor_takes_at_most_so_many_of_a_sort(club_of, club_policy):
    """With one fifth-grader at most per mentor, they part."""
    most = policy_with(club_policy, per_mentor=[per_mentor("fifth", 5, most=1)])
    result = mm.match(club_of(*BOTH, *SORTS), most)
    assert grades_by_mentor(result) == {"T-1": [5, 6], "T-2": [5, 6]}


def test_one_of_a_sort_that_nobody_is_left_of_is_a_conflict_by_name(club_of, club_policy):
    """Two mentors need a sixth-grader each, but there is one."""
    limit = per_mentor("sixth", 6, least=1)
    result = mm.match(club_of(*BOTH, *SORTS[:3]), policy_with(club_policy, per_mentor=[limit]))
    assert result.status is mm.Status.INFEASIBLE
    assert result.proof == "infeasible_certified"
    assert "(sixth)" in result.conflict.text()


def test_one_of_a_sort_or_nobody(club_of, club_policy):
    """Who takes anybody takes a sixth-grader; the other mentor stays free rather."""
    limit = per_mentor("sixth", 6, least=1, or_none=True)
    result = mm.match(club_of(*BOTH, *SORTS[:3]), policy_with(club_policy, per_mentor=[limit]))
    assert result.status is mm.Status.OPTIMAL
    assert len(grades_by_mentor(result)) == 1
    assert 6 in next(iter(grades_by_mentor(result).values()))
    assert mm.verify(result) or result.proof == "solver_proved"


def test_sorts_that_overlap_are_kept_as_well(club_of, club_policy):
    """One fifth-grader, and one of grades 5 to 6: the two sorts have people in common."""
    both = {"id": "any", "mentees": {"grade": {"op": ">=", "value": 5}}, "least": 2}
    limits = [per_mentor("fifth", 5, least=1), both]
    result = mm.match(club_of(*BOTH, *SORTS), policy_with(club_policy, per_mentor=limits))
    assert grades_by_mentor(result) == {"T-1": [5, 6], "T-2": [5, 6]}
    short = mm.match(club_of(*BOTH, *SORTS[:3]), policy_with(club_policy, per_mentor=limits))
    assert short.status is mm.Status.INFEASIBLE


def test_a_sort_is_checked_against_the_questionnaire(club, club_policy):
    """An unknown question in a limit per mentor is located."""
    limit = {"id": "x", "mentees": {"shoe_size": 40}, "least": 1}
    with pytest.raises(mm.PolicyError) as caught:
        mm.match(club, policy_with(club_policy, per_mentor=[limit]))
    assert caught.value.defects[0].place.field.startswith("limits.per_mentor[0].mentees")
