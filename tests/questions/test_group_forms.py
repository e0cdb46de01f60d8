"""Groups from the policy to the result, against every choice of groups tried one by one."""

import json
from datetime import date
from fractions import Fraction
from itertools import product

import numpy as np
import openpyxl
import pytest

import mentormatch as mm
from mentormatch import verify_standalone
from mentormatch.analysis import group_proof
from mentormatch.cohort import Cohort
from mentormatch.grouping import Ladder
from mentormatch.participant import Participant
from mentormatch.questionnaire import Questionnaire


def option(*names):
    """Write options whose labels are their ids."""
    return [{"id": name, "label": name} for name in names]


@pytest.fixture(scope="module")
def form():
    """Ask what groups can depend on."""
    questions = [
        {"id": "kind", "kind": "choice", "options": option("student", "teacher")},
        {"id": "roles", "kind": "multi", "options": option("mentor", "mentee")},
        {"id": "capacity", "kind": "number", "low": 0, "high": 9},
        {"id": "grade", "kind": "number", "low": 1, "high": 11},
        {"id": "gender", "kind": "choice", "options": option("girl", "boy")},
        {
            "id": "likes",
            "kind": "multi",
            "options": option("chess", "drama", "maths"),
            "may_be_none": True,
        },
        {
            "id": "time",
            "kind": "slots",
            "days": option("mon", "tue"),
            "times": option("am", "pm"),
        },
        {"id": "friends", "kind": "people"},
    ]
    questions = [question | {"label": question["id"]} for question in questions]
    return Questionnaire.from_dict({"name": "club", "title": "Club", "questions": questions})


@pytest.fixture(scope="module")
def people_of(form):
    """Make a cohort from (code, kind, roles, answers)."""

    def make(*people):
        participants = [
            Participant(id=code, kind=kind, roles=roles.split(), answers=answers)
            for code, kind, roles, answers in people
        ]
        return Cohort.from_participants(form, participants, as_of=date(2026, 9, 1))

    return make


def pupils(count, **answers):
    """Make mentees S-1, S-2, ...; a list of answers goes round."""
    return [
        (
            f"S-{number + 1}",
            "student",
            "mentee",
            {key: values[number % len(values)] for key, values in answers.items()},
        )
        for number in range(count)
    ]


def teachers(count, **answers):
    """Make mentors T-1, T-2, ... in the same way."""
    return [
        (code.replace("S", "T"), "teacher", "mentor", own)
        for code, _, _, own in pupils(count, **answers)
    ]


def policy_of(group=None, **changes):
    """Put teachers in front of groups of two or three, by common likes."""
    lesson = {
        "id": "lesson",
        "label": "Lesson",
        "mentors": {"kind": "teacher"},
        "weights": {"likes": 1},
        "group": {"size": {"least": 2, "most": 3}} | (group or {}),
    }
    content = {
        "name": "groups",
        "forms": [lesson],
        "criteria": [
            {"id": "likes", "type": "overlap", "field": "likes", "neutral": 0},
            {"id": "friends", "type": "mutual-choice", "field": "friends"},
        ],
    }
    return mm.Policy.from_dict(content | changes)


def groups_of(result):
    """List the groups as codes."""
    return [(group.mentor, *group.mentees) for group in result.matching.groups]


COHESIVE = {"cohesion": {"likes": 0.5}}


def test_mentees_meet_who_suit_each_other(people_of):
    """Two who like chess and two who like drama; nobody shares anything with a teacher.

    Worked by hand: each mentee gains 500 x 1000 points from the mate; without cohesion
    every division is as good.
    """
    people = [*teachers(2), *pupils(4, likes=[["chess"], ["drama"]])]
    result = mm.match(people_of(*people), policy_of(COHESIVE | {"size": {"least": 2, "most": 2}}))
    assert {members[1:] for members in groups_of(result)} == {("S-1", "S-3"), ("S-2", "S-4")}
    assert result.status is mm.Status.OPTIMAL
    assert result.points == 4 * 500_000
    assert [group.cohesion for group in result.matching.groups] == [1_000_000, 1_000_000]
    assert [level.goal for level in result.levels] == ["cover", "points"]
    assert "column generation" in result.summary()


@pytest.mark.parametrize("seed", [-1, 2**31, 2**70, np.int64(3)])
def test_any_whole_number_is_a_seed_for_groups_too(people_of, seed):
    """What a solver takes of it is the library's business."""
    people = people_of(*teachers(2), *pupils(4, likes=[["chess"], ["drama"]]))
    result = mm.match(people, policy_of(COHESIVE), seed=seed)
    assert (result.points, result.seed) == (4 * 500_000, int(seed))


@pytest.mark.parametrize(
    ("limit", "answers", "fires"),
    [
        ({"age_span": {"field": "grade", "most": 1}}, {"grade": [5, 7]}, True),
        ({"age_span": {"field": "grade", "most": 2}}, {"grade": [5, 7]}, False),
        ({"age_span": {"field": "grade", "most": 2}}, {}, True),  # blank
        ({"common_slots": {"field": "time"}}, {"time": [["mon-am"], ["tue-am"]]}, True),
        ({"common_slots": {"field": "time"}}, {"time": [["mon-am"], ["mon-am", "tue-am"]]}, False),
        (
            {"common_slots": {"field": "time", "least": 2}},
            {"time": [["mon-am"], ["mon-am", "tue-am"]]},
            True,
        ),
        ({"at_most": [{"who": {"gender": "boy"}, "most": 1}]}, {"gender": ["boy"]}, True),
        ({"at_most": [{"who": {"gender": "boy"}, "most": 1}]}, {"gender": ["boy", "girl"]}, False),
        ({"size": {"least": 3, "most": 3}} | COHESIVE, {}, True),
        ({"size": {"least": 2, "most": 3}} | COHESIVE, {}, False),
    ],
)
def test_a_limit_inside_a_group_fires_and_does_not_fire(people_of, limit, answers, fires):
    """One teacher and two pupils: either they are a group, or nobody meets."""
    time = {"time": [["mon-am", "tue-am"]]}
    cohort = people_of(*teachers(1, **time), *pupils(2, **answers))
    result = mm.match(cohort, policy_of(limit))
    assert result.status is mm.Status.OPTIMAL
    assert groups_of(result) == ([] if fires else [("T-1", "S-1", "S-2")])
    found = mm.verify(result)
    assert found or result.proof == "solver_proved"
    assert [level.value for level in found.levels] == [level.value for level in result.levels]


@pytest.mark.parametrize(
    ("limits", "fires"),
    [
        ({"apart": [["S-1", "S-2"]]}, True),
        ({"apart": [["S-1", "S-3"]]}, False),
        ({"bans": [{"mentor": "T-1", "mentee": "S-2"}]}, True),
        ({"bans": [{"mentor": "T-1", "mentee": "S-3"}]}, False),
        ({"pins": [{"mentor": "T-1", "mentee": "S-3"}]}, True),
        ({"pins": [{"mentor": "T-1", "mentee": "S-2"}]}, False),
        ({"together": [["S-2", "S-3"]]}, True),
        ({"together": [["S-1", "S-2"]]}, False),
    ],
)
def test_decided_pairs_and_sets_hold_inside_groups(people_of, limits, fires):
    """Two of three pupils like chess and meet, unless a limit says otherwise."""
    cohort = people_of(*teachers(1), *pupils(3, likes=[["chess"], ["chess"], ["drama"]]))
    result = mm.match(
        cohort, policy_of(COHESIVE | {"size": {"least": 2, "most": 2}}, limits=limits)
    )
    assert result.status is mm.Status.OPTIMAL
    assert (groups_of(result) != [("T-1", "S-1", "S-2")]) == fires


def common(first, second):
    """Score two sets of likes by Jaccard, in whole per mille; 0 where either is blank."""
    first, second = set(first or ()), set(second or ())
    return 1000 * len(first & second) // len(first | second) if first and second else 0


def best_by_hand(people, *, span, most_boys, cohesion, size, apart, pinned, ranks):
    """Try every mentor for every mentee, and return the best values of the goals.

    Reads nothing but answers; points are fractions. None when the pin can't be kept.
    """
    mentors = [(code, answers) for code, _, role, answers in people if role == "mentor"]
    mentees = [(code, answers) for code, _, role, answers in people if role == "mentee"]
    best = None
    for choice in product([None, *range(len(mentors))], repeat=len(mentees)):
        groups = {}
        for (code, answers), place in zip(mentees, choice, strict=True):
            if place is not None:
                groups.setdefault(place, []).append((code, answers))
        if pinned and choice[pinned[1]] != pinned[0]:
            continue
        if not all(keeps(groups[place], span, most_boys, size, apart) for place in groups):
            continue
        points = Fraction(0)
        for place, members in groups.items():
            for code, answers in members:
                points += 1000 * common(answers["likes"], mentors[place][1]["likes"])
                mates = [other["likes"] for name, other in members if name != code]
                if mates:
                    suits = sum(common(answers["likes"], likes) for likes in mates)
                    points += Fraction(cohesion * suits, len(mates))
        met = [who for members in groups.values() for who in members]
        counted = [sum(own["grade"] == grade for _, own in met) for grade in ranks]
        values = (*counted, len(met), points)
        best = values if best is None else max(best, values)
    return best


def keeps(members, span, most_boys, size, apart):
    """Tell whether a group keeps every limit."""
    grades = [answers["grade"] for _, answers in members]
    codes = {code for code, _ in members}
    boys = sum(answers["gender"] == "boy" for _, answers in members)
    together = any(set(both) <= codes for both in apart)
    fits = size[0] <= len(members) <= size[1]
    return fits and max(grades) - min(grades) <= span and boys <= most_boys and not together


@pytest.mark.parametrize("seed", range(40))
def test_groups_are_as_good_as_the_best_by_hand(people_of, seed, tmp_path, monkeypatch):
    """Four to nine people, all limits, ranks and a pin: goals, file and check agree.

    Every other case is left to column generation, however few the people.
    """
    monkeypatch.setattr(group_proof, "LARGEST", seed % 2 * group_proof.LARGEST)
    dice = np.random.default_rng(seed)
    draw = dice.integers
    likes = ["chess", "drama", "maths"]

    def some():
        return [name for name in likes if dice.random() < 0.5]

    count = int(draw(3, 7))
    people = [(f"T-{n}", "teacher", "mentor", {"likes": some()}) for n in range(draw(1, 4))]
    people += [
        (
            f"S-{n}",
            "student",
            "mentee",
            {
                "likes": some(),
                "grade": int(draw(5, 8)),
                "gender": str(dice.choice(["boy", "girl"])),
            },
        )
        for n in range(count)
    ]
    span, boys, least = int(draw(0, 3)), int(draw(1, 4)), int(draw(1, 4))
    size = (least, least + int(draw(0, 3)))
    apart = [("S-0", "S-1")] if draw(2) else []
    pin = (0, int(draw(count))) if draw(2) else None
    ranks = [5, 6][: draw(3)]
    policy = policy_of(
        {
            "size": {"least": size[0], "most": size[1]},
            "age_span": {"field": "grade", "most": span},
            "at_most": [{"who": {"gender": "boy"}, "most": boys}],
            "cohesion": {"likes": 0.25},
        },
        goals=[
            *({"type": "cover", "who": {"grade": rank}} for rank in ranks),
            {"type": "cover"},
            {"type": "points"},
        ],
        limits={
            "apart": apart,
            "pins": [{"mentor": "T-0", "mentee": f"S-{pin[1]}"}] if pin else [],
        },
    )
    wanted = best_by_hand(
        people,
        span=span,
        most_boys=boys,
        cohesion=250,
        size=size,
        apart=apart,
        pinned=pin,
        ranks=ranks,
    )
    cohort = people_of(*people)
    result = mm.match(cohort, policy)
    if wanted is None:
        assert result.status is mm.Status.INFEASIBLE
        assert result.conflict.clauses
        assert result.matching == mm.Matching()
    else:
        assert result.status is mm.Status.OPTIMAL
        assert tuple(Fraction(it.value, it.unit) for it in result.levels) == wanted
        assert all(level.bound == level.value for level in result.levels)
        assert (result.points, result.gap) == (int(wanted[-1]), 0)
        assert len(groups_of(result)) == len({pair.mentor for pair in result.matching.pairs})
        total = sum(group.points for group in result.matching.groups)
        assert 0 <= wanted[-1] - total <= len(result.matching.groups)
    found = mm.verify(result)
    assert bool(found) == result.proof.endswith("certified")
    result.save(tmp_path / "r.json")
    for again in (mm.Result.load(tmp_path / "r.json"), mm.Result.load(tmp_path / "r.json", cohort)):
        assert (again.matching, again.levels) == (result.matching, result.levels)
        assert mm.verify(again).levels == found.levels
        assert bool(mm.verify(again)) == bool(found)
        again.save(tmp_path / "again.json")
        assert (tmp_path / "again.json").read_bytes() == (tmp_path / "r.json").read_bytes()


PAIRS = {
    "id": "peer",
    "label": "Peer",
    "mentors": {"kind": "student"},
    "capacity": {"most": 2},
    "weights": {"likes": 1},
}
LESSON = policy_of(COHESIVE).to_dict()["forms"][0]


def test_some_meet_in_groups_and_others_in_pairs(people_of):
    """One teacher takes the two who like chess; an older pupil takes two others, one by one.

    What holds inside groups says nothing of pairs: their grades are far apart.
    """
    form = LESSON | {"group": LESSON["group"] | {"age_span": {"field": "grade", "most": 1}}}
    people = [
        *teachers(1, capacity=[2], likes=[["chess"]]),
        ("P-1", "student", "mentor", {"likes": ["drama"], "grade": 11}),
        *pupils(4, likes=[["chess"], ["drama"]], grade=[5, 1, 6, 9]),
    ]
    result = mm.match(people_of(*people), policy_of(forms=[form, PAIRS]))
    assert groups_of(result) == [("T-1", "S-1", "S-3")]
    assert [(pair.mentor, pair.mentee, pair.form) for pair in result.matching.pairs] == [
        ("P-1", "S-2", "peer"),
        ("P-1", "S-4", "peer"),
        ("T-1", "S-1", "lesson"),
        ("T-1", "S-3", "lesson"),
    ]
    assert result.points == 4_000_000 + 1_000_000
    assert result.table()["form"].tolist() == ["peer", "peer", "lesson", "lesson"]


def test_where_nothing_couples_mentees_groups_are_a_flow(people_of, tmp_path):
    """Sizes alone are 'none or at least so many', which the flow and its cases hold."""
    cohort = people_of(*teachers(2, likes=[["chess"]]), *pupils(5, likes=[["chess"], ["drama"]]))
    result = mm.match(cohort, policy_of())
    assert result.proof == "certified"
    assert sorted(len(members) - 1 for members in groups_of(result)) == [2, 3]
    assert "flow" in result.summary()
    assert mm.verify(result)
    result.save(tmp_path / "r.json")
    assert mm.Result.load(tmp_path / "r.json").matching == result.matching
    assert groups_of(mm.match(people_of(*teachers(1), *pupils(1)), policy_of())) == []


def test_somebody_stands_beside_the_mentor_if_the_rules_let_them(people_of):
    """T-2 is a friend of S-1, so T-2 stands beside P-1; a teacher kept from S-2 can't."""
    form = LESSON | {
        "mentors": {"kind": "student"},
        "weights": {"likes": 1, "friends": 1},
        "group": LESSON["group"] | {"co_mentor": {"who": {"kind": "teacher"}}},
    }
    people = [
        ("P-1", "student", "mentor", {"likes": ["chess"]}),
        ("T-1", "teacher", "mentor", {}),
        ("T-2", "teacher", "mentor", {"friends": ("S-1",)}),
        *pupils(2, likes=[["chess"]]),
    ]
    policy = policy_of(forms=[form])
    result = mm.match(people_of(*people), policy)
    (group,) = result.matching.groups
    assert (group.mentor, group.mentees, group.co_mentor) == ("P-1", ("S-1", "S-2"), "T-2")
    rule = {"code": "R", "type": "related", "links": ["friends"]}
    related = mm.match(people_of(*people), policy_of(forms=[form], rules=[rule]))
    assert related.matching.groups[0].co_mentor == "T-1"
    alone = mm.match(people_of(people[0], *people[3:]), policy)
    assert alone.matching.groups[0].co_mentor is None
    assert "P-1" in alone.summary()


def test_everybody_must_have_a_group_or_nothing_is_possible(people_of):
    """With a least demand three pupils need room for three; two seats don't do."""
    policy = policy_of(COHESIVE, limits={"demand": {"least": 1, "most": 1}})
    full = mm.match(people_of(*teachers(1), *pupils(3)), policy)
    assert groups_of(full) == [("T-1", "S-1", "S-2", "S-3")]
    assert [level.goal for level in full.levels] == ["cover", "points"]
    short = mm.match(people_of(*teachers(1, capacity=[2]), *pupils(3)), policy)
    assert (short.status, short.proof) == (mm.Status.INFEASIBLE, "infeasible_certified")
    assert "T-1" in short.conflict.text()
    assert mm.verify(short)


def test_every_mentor_must_lead_or_nothing_is_possible(people_of):
    """A least load makes each of two teachers lead; three pupils can't be two groups of two."""
    policy = policy_of(COHESIVE, limits={"load": {"least": 1}})
    both = mm.match(people_of(*teachers(2), *pupils(4)), policy)
    assert [len(members) for members in groups_of(both)] == [3, 3]
    short = mm.match(people_of(*teachers(2), *pupils(3)), policy)
    assert short.status is mm.Status.INFEASIBLE
    assert short.conflict.clauses
    assert bool(mm.verify(short)) == (short.proof == "infeasible_certified")


def test_seats_that_must_be_filled_but_are_not_there_make_it_impossible(people_of):
    """P-1 takes one mentee in pairs, and everybody must take two; with two seats it works."""
    for seats, status in ((1, mm.Status.INFEASIBLE), (2, mm.Status.OPTIMAL)):
        people = [*teachers(1), ("P-1", "student", "mentor", {"capacity": seats}), *pupils(4)]
        policy = policy_of(forms=[LESSON, PAIRS], limits={"load": {"least": 2}})
        result = mm.match(people_of(*people), policy)
        assert result.status is status
        assert bool(result.matching.pairs) == (seats == 2)


def test_no_pair_of_a_group_is_below_the_floor(people_of):
    """Half of what they like is common: 50 percent of the form's maximum for a pair."""
    people = [*teachers(1, likes=[["chess"]]), *pupils(2, likes=[["chess", "drama"]])]
    for floor, groups in ((50, [("T-1", "S-1", "S-2")]), (51, [])):
        policy = policy_of(COHESIVE, limits={"min_percent": floor})
        assert groups_of(mm.match(people_of(*people), policy)) == groups


def test_raw_scores_are_used_again_for_other_groups(people_of):
    """Another size or weight of cohesion needs no new graph."""
    cohort = people_of(*teachers(1), *pupils(3, likes=[["chess"]]))
    graph = mm.build_graph(cohort, policy_of())
    two = policy_of(COHESIVE | {"size": {"most": 2}})
    assert groups_of(mm.match_graph(graph, two)) == groups_of(mm.match(cohort, two))


def places_of(error):
    """List codes and fields of all defects."""
    return [(defect.code.removeprefix("policy."), defect.place.field) for defect in error.defects]


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"limits": {"demand": {"most": 2}}, "forms": [LESSON | {"demand": {"most": 2}}]},
         ("groups-demand", "limits.demand")),
        ({"limits": {"quotas": [{"id": "q"}]}}, ("groups-quotas", "limits.quotas")),
        ({"goals": [{"type": "cover"}, {"type": "even"}]}, ("groups-goal", "goals[1]")),
        ({"goals": [{"type": "points"}, {"type": "cover"}]}, ("groups-last-goal", "goals[1]")),
        ({"forms": [LESSON | {"capacity": {"most": 2}}]},
         ("group-capacity", "forms[0].capacity")),
        ({"forms": [LESSON, LESSON | {"id": "b", "group": {"size": {"most": 2}}}]},
         ("groups-differ", "forms[1].group")),
        ({"forms": [LESSON | {"group": {"size": {"most": 2}, "cohesion": {"x": 1}}}]},
         ("unknown-criterion", "forms[0].group.cohesion")),
        ({"forms": [LESSON | {"group": {"size": {"least": 3, "most": 2}}}]},
         ("bounds", "forms[0].group.size")),
    ],
)  # fmt: skip
def test_what_groups_cannot_hold_is_refused_with_its_place(changes, found):
    """The policy itself is refused, in its file, and says what to write instead."""
    with pytest.raises(mm.PolicyError) as caught:
        policy_of(COHESIVE, **changes)
    assert found in places_of(caught.value)
    assert caught.value.text("ru")


def test_what_a_cohort_makes_undecidable_is_refused_all_at_once(people_of):
    """A teacher in a group form and a pair form, two who could mentor each other, two kinds."""
    boys = {"who": {"gender": "boy"}, "most": 1}
    form = LESSON | {"group": LESSON["group"] | {"at_most": [boys, boys]}}
    pairs = PAIRS | {"mentors": {}, "mentees": {"grade": 1}}
    people = [
        *teachers(1),
        ("P-1", "student", "mentor mentee", {"grade": 1}),
        ("P-2", "student", "mentor mentee", {"grade": 1}),
        *pupils(2, gender=["boy"], grade=[1]),
    ]
    limits = {"apart": [["S-1", "S-2"]]}
    with pytest.raises(mm.PolicyError) as caught:
        mm.match(
            people_of(*people),
            policy_of(forms=[form | {"mentees": {"gender": "boy"}}, pairs], limits=limits),
        )
    assert places_of(caught.value) == [
        ("groups-both", "forms[0].mentors"),
        ("groups-mutual", "limits.mutual"),
        ("groups-set", "limits.apart[0]"),
        ("groups-kinds", "forms[0].group.at_most"),
    ]
    assert "T-1" in caught.value.text("ru")


def test_a_limit_of_time_returns_the_best_so_far_and_watching_tells_of_it(people_of):
    """Nothing is called proven that isn't, and the bound holds."""
    dice = np.random.default_rng(1)
    likes = ["chess", "drama", "maths"]
    drawn = [[name for name in likes if dice.random() < 0.6] for _ in range(40)]
    cohort = people_of(*teachers(8, likes=drawn[:8]), *pupils(30, likes=drawn[8:]))
    seen = []
    policy = policy_of(COHESIVE)
    short = mm.match(cohort, policy, time_limit=0.3)
    long = mm.match(cohort, policy, time_limit=5, watch=lambda *entry: seen.append(entry))
    assert {goal for _, goal, _, _ in seen} <= {"cover", "points"}
    assert seen[-1][2] <= long.points
    assert short.status in {mm.Status.FEASIBLE, mm.Status.OPTIMAL, mm.Status.NO_SOLUTION}
    if short.matching.pairs:
        assert short.levels[0].value <= long.levels[0].value
    assert long.gap >= 0
    assert long.bound == long.points + long.gap
    found = mm.verify(long)
    assert found.levels[-1].bound >= long.levels[-1].value
    assert found or found.reason == "bound-not-reached"
    assert str(long.points) in found.text()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda it: it["groups"][0].__setitem__(3, 1), "other-groups"),
        (lambda it: it["groups"][0].__setitem__(5, "T-1"), "other-groups"),
        (lambda it: it["groups"].pop(), "other-groups"),
        (lambda it: it["pairs"][0].__setitem__(0, "T-2"), "other-pairs"),
        (lambda it: it["levels"][1].__setitem__("value", 1), "other-levels"),
        (lambda it: it["levels"][1].__setitem__("unit", 7), "other-levels"),
        (lambda it: it["levels"][0].__setitem__("bound", 99), "other-levels"),
        (lambda it: it["levels"][0].__setitem__("goal", "points"), "other-levels"),
        (lambda it: it["levels"][0].__setitem__("proof", "best_found"), "other-proof"),
        (lambda it: it.__setitem__("status", "feasible"), "other-proof"),
        (lambda it: it["grouping"]["groups"][0][1].pop(), "group-size"),
        (lambda it: it["grouping"].__setitem__("prices", None), "no-certificate"),
        (lambda it: it.__setitem__("grouping", None), "result.unreadable"),
        (lambda it: it["grouping"]["problem"].__setitem__("span", -1), "result.unreadable"),
        (lambda it: it["grouping"]["problem"].__setitem__("mentees", 3), "result.unreadable"),
    ],
)
def test_a_file_that_was_changed_is_refused(people_of, tmp_path, change, reason):
    """Whatever disagrees with what was proven is found out."""
    people = [*teachers(2), *pupils(4, likes=[["chess"], ["drama"]], grade=[5])]
    policy = policy_of(
        COHESIVE | {"size": {"least": 2, "most": 2}, "age_span": {"field": "grade", "most": 1}}
    )
    path = tmp_path / "r.json"
    mm.match(people_of(*people), policy).save(path)
    content = json.loads(path.read_text("utf-8"))
    change(content)
    path.write_text(json.dumps(content), "utf-8")
    assert mm.verify(path).reason == reason


def test_the_file_that_stands_alone_says_that_it_leaves_groups_to_the_library(
    people_of, tmp_path, capsys
):
    """It never calls them proven."""
    path = tmp_path / "r.json"
    mm.match(people_of(*teachers(1), *pupils(2)), policy_of(COHESIVE)).save(path)
    assert verify_standalone.main([str(path)]) == 1
    assert "groups" in capsys.readouterr().out


def test_a_workbook_has_a_sheet_of_groups(people_of, tmp_path):
    """A row per group, with its mentees and how well it fits."""
    people = [*teachers(1, likes=[["chess"]]), *pupils(2, likes=[["chess"]])]
    mm.match(people_of(*people), policy_of(COHESIVE)).write(tmp_path / "r.xlsx", "ru")
    sheet = openpyxl.load_workbook(tmp_path / "r.xlsx")["Группы"]
    header, row = sheet.iter_rows(values_only=True)
    assert header[0] == "Наставник"
    assert row[0] == "T-1"
    assert row[2:4] == ("S-1, S-2", 2)
    assert row[5] == 1  # all of it: 1000 of likes and 500 of cohesion each


def test_goals_of_coverage_are_one_number_that_can_be_taken_apart():
    """Two of three, then five of six: 2 x 7 + 5 = 19; at most 21 leaves the second goal open.

    Worked by hand: 21 is 3 x 7 + 0, so three may be possible in the first goal.
    """
    first = np.array([1, 1, 1, 0, 0, 0], bool)
    counted = [first, np.ones(6, bool)]
    ladder = Ladder.of(counted)
    assert ladder.steps == (7, 1)
    assert ladder.weights(counted).tolist() == [8, 8, 8, 1, 1, 1]
    assert ladder.split(19) == (2, 5)
    assert ladder.split_bound(19, 20) == (2, 6)
    assert ladder.split_bound(19, 21) == (3, None)


def test_more_ranks_than_exact_numbers_hold_are_refused(people_of):
    """Ranks of coverage beside enormous weights don't fit; the policy is told so."""
    goals = [{"type": "cover", "who": {"grade": 5}}, {"type": "cover"}, {"type": "points"}]
    form = LESSON | {"weights": {"likes": 10**6}}
    form |= {"group": form["group"] | {"size": {"least": 2, "most": 12}}}
    cohort = people_of(*teachers(1, likes=[["chess"]]), *pupils(12, likes=[["chess"]], grade=[5]))
    with pytest.raises(mm.PolicyError) as caught:
        mm.match(cohort, policy_of(forms=[form], goals=goals))
    assert places_of(caught.value) == [("groups-ranks", "goals")]
