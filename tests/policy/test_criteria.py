"""Each criterion gives the raw score that can be worked out by hand."""

from datetime import date
from decimal import Decimal

import pytest
from pydantic import TypeAdapter, ValidationError

from mentormatch.policy.criteria import AnyCriterion, Evidence, Match

COVERS = {"type": "covers", "mentee": "asks", "mentor": "offers"}
CHOICE = {"type": "mutual-choice", "field": "friends"}


def criterion_of(**keys):
    """Make a criterion as a file does."""
    return TypeAdapter(AnyCriterion).validate_python({"id": "c"} | keys)


@pytest.mark.parametrize(
    ("asks", "offers", "raw"),
    [
        ({"a": 10}, {"a": 10}, 1000),
        ({"a": 3}, {"a": 10}, 1000),  # one request: its importance cancels out
        ({"a": 3}, {"a": 7, "d": 10}, 700),
        ({"a": 8, "b": 5}, {"a": 9}, 553),  # 8 x 9 / (13 x 10) = 0.5538...
        ({"a": 8, "b": 5}, {"b": 2, "a": 9}, 630),  # (72 + 10) / 130 = 0.6307...
        ({"a": 1, "b": 1, "c": 1}, {"c": 1}, 33),  # 1 / 30
        ({"a": 5}, {"b": 10, "c": 10}, 0),
        ({"a": 5}, None, 500),  # the mentor said nothing: neutral
        (None, {"a": 5}, 0),  # no request
        ({}, {"a": 5}, 0),
        (None, None, 0),
    ],
)
def test_requests_are_covered_by_importance_and_confidence(evidence, asks, offers, raw):
    """Importance x confidence of what is met, out of the most there could be."""
    assert evidence(COVERS, given("offers", offers), given("asks", asks)).raw == raw


def given(field, answer):
    """Answer one question, or leave it blank."""
    return {} if answer is None else {field: answer}


def test_what_was_covered_is_named_with_both_levels(evidence):
    """The explanation can say which requests met which competences."""
    found = evidence(
        COVERS, {"offers": {"b": 2, "a": 9, "d": 1}}, {"asks": {"a": 8, "b": 5, "c": 1}}
    )
    assert found.answered
    assert found.matched == (Match("asks", "a", 8, 9), Match("asks", "b", 5, 2))


def test_who_asks_for_nothing_is_marked(evidence):
    """No request isn't a bad match, and isn't hidden behind the neutral score."""
    for mentee in ({}, {"asks": {}}):
        found = evidence(COVERS, {"offers": {"a": 5}}, mentee)
        assert found == Evidence(0, answered=True, note="no-request")


@pytest.mark.parametrize(
    ("dreams", "likes", "raw"),
    [
        (("x", "y", "z"), ("x",), 500),  # ranks count 3, 2, 1: 3 / 6
        (("x", "y", "z"), ("z",), 166),  # 1 / 6
        (("y",), ("y", "x"), 1000),
        (("y", "x"), ("x",), 400),  # 2 / 5
    ],
)
def test_a_first_rank_counts_more_than_a_last_one(evidence, dreams, likes, raw):
    """Without levels of confidence each competence counts fully."""
    criterion = {"type": "covers", "mentee": "dreams", "mentor": "likes"}
    assert evidence(criterion, {"likes": likes}, {"dreams": dreams}).raw == raw


@pytest.mark.parametrize(
    ("mentor", "mentee", "raw", "who"),
    [
        (("E",), ("M",), 1000, "mutual"),
        ((), ("M",), 600, "mentee"),
        (None, ("X", "M"), 600, "mentee"),
        (("E",), (), 400, "mentor"),
        (("X",), ("X",), 0, None),
        (None, None, 0, None),  # naming nobody is an answer
    ],
)
def test_a_choice_counts_most_when_it_is_mutual(evidence, mentor, mentee, raw, who):
    """One side's choice counts less, the mentee's more than the mentor's."""
    found = evidence(CHOICE, given("friends", mentor), given("friends", mentee))
    matched = () if who is None else (Match("friends", who),)
    assert found == Evidence(raw, answered=True, matched=matched)


@pytest.mark.parametrize(
    ("mentor", "mentee", "raw"),
    [
        ((), ("M",), 600),  # the first of three
        ((), ("X", "M"), 400),  # 600 x 2/3
        ((), ("X", "Y", "M"), 200),
        (("X", "E"), (), 266),  # 400 x 2/3 = 266.6...
        (("E",), ("M",), 1000),
        (("X", "Y", "E"), ("M",), 733),  # 600 + 400 x 1/3
        (("X", "Y", "E"), ("X", "Y", "M"), 333),
    ],
)
def test_an_earlier_choice_may_count_more(evidence, mentor, mentee, raw):
    """Of three possible choices the second is worth two thirds."""
    found = evidence(CHOICE | {"by_rank": True}, {"friends": mentor}, {"friends": mentee})
    assert found.raw == raw


def test_choices_may_be_worth_something_else(evidence):
    """The policy sets the three raw scores, even so that one side alone counts nothing."""
    keys = CHOICE | {"mutual": 900, "mentee_only": 0, "mentor_only": 0}
    assert evidence(keys, {"friends": ("E",)}, {"friends": ("M",)}).raw == 900
    assert evidence(keys, {"friends": ("E",)}, {}).raw == 0
    ranked = keys | {"by_rank": True}
    assert evidence(ranked, {"friends": ("E",)}, {"friends": ("X", "M")}).raw == 750  # 5/6


@pytest.mark.parametrize(
    ("mentor", "mentee", "jaccard", "overlap"),
    [
        (("x", "y"), ("y", "z"), 333, 500),
        (("x",), ("x", "y", "z"), 333, 1000),
        (("x", "y"), ("x", "y"), 1000, 1000),
        (("x",), ("y",), 0, 0),
        ((), ("y",), 0, 0),  # "none" is an answer
        ((), (), 0, 0),
        (None, ("y",), 500, 500),
        (("y",), None, 500, 500),
    ],
)
def test_sets_overlap(evidence, mentor, mentee, jaccard, overlap):
    """In common out of all, or out of the smaller set."""
    sides = given("likes", mentor), given("likes", mentee)
    for how, raw in (("jaccard", jaccard), ("overlap", overlap)):
        assert evidence({"type": "overlap", "field": "likes", "how": how}, *sides).raw == raw


def test_what_two_people_share_is_named(evidence):
    """Nothing is named when one of them didn't answer."""
    criterion = {"type": "overlap", "field": "likes"}
    found = evidence(criterion, {"likes": ("z", "x")}, {"likes": ("x", "y", "z")})
    assert found.matched == (Match("likes", "x"), Match("likes", "z"))
    assert evidence(criterion, {}, {"likes": ("x",)}) == Evidence(500, answered=False)


@pytest.mark.parametrize(
    ("mentor", "mentee", "raw"),
    [(4, 4, 1000), (1, 10, 0), (3, 5, 777), (10, 9, 888), (None, 5, 500), (5, None, 500)],
)
def test_near_answers_score_high(evidence, mentor, mentee, raw):
    """From 1 to 10 there are nine steps; two of them leave 7/9."""
    sides = given("pace", mentor), given("pace", mentee)
    assert evidence({"type": "closeness", "field": "pace"}, *sides).raw == raw


@pytest.mark.parametrize(("difference", "raw"), [(0, 1000), (1, 666), (3, 0), (400, 0)])
def test_a_span_says_how_far_is_far(evidence, difference, raw):
    """Needed where a question has no bounds, such as a date."""
    mentor, mentee = date(2020, 1, 1), date.fromordinal(date(2020, 1, 1).toordinal() + difference)
    criterion = {"type": "closeness", "field": "joined_on", "span": 3}
    assert evidence(criterion, {"joined_on": mentor}, {"joined_on": mentee}).raw == raw


def test_numbers_of_different_precision_are_near(evidence):
    """1.8 and 1.75 are 0.05 apart: a tenth of 0.5."""
    criterion = {"type": "closeness", "mentor": "height", "mentee": "weight", "span": 0.5}
    sides = {"height": Decimal("1.8")}, {"weight": Decimal("1.75")}
    assert evidence(criterion, *sides).raw == 900


@pytest.mark.parametrize(
    ("mentor", "mentee", "raw"),
    [
        (1, 10, 1000),
        (10, 1, 1000),
        (5, 6, 1000),
        (1, 1, 0),
        (10, 10, 0),
        (4, 4, 666),
        (None, 1, 500),
    ],
)
def test_opposite_answers_complete_each_other(evidence, mentor, mentee, raw):
    """4 and 4: the mirror image of 4 is 7, three of nine steps away."""
    sides = given("pace", mentor), given("pace", mentee)
    assert evidence({"type": "complement", "field": "pace"}, *sides).raw == raw


@pytest.mark.parametrize(
    ("field", "mentor", "mentee", "raw"),
    [
        ({"field": "house"}, {"house": "red"}, {"house": "red"}, 1000),
        ({"field": "house"}, {"house": "red"}, {"house": "blue"}, 0),
        ({"field": "house"}, {}, {"house": "blue"}, 500),
        ({"field": "house"}, {}, {}, 500),  # two blanks aren't alike
        ({"field": "grade"}, {"grade": 7}, {"grade": 7}, 1000),
        ({"field": "vegan"}, {"vegan": True}, {"vegan": False}, 0),
        ({"mentor": "team", "mentee": "house"}, {"team": "blue"}, {"house": "blue"}, 1000),
    ],
)
def test_the_same_answer_scores_all(evidence, field, mentor, mentee, raw):
    """Options are compared by id, whatever their place in the list."""
    assert evidence({"type": "same"} | field, mentor, mentee).raw == raw


def test_the_answer_two_people_share_is_named(evidence):
    """An option can be named, a number isn't."""
    house = evidence({"type": "same", "field": "house"}, {"house": "red"}, {"house": "red"})
    assert house.matched == (Match("house", "red"),)
    other = evidence({"type": "same", "field": "house"}, {"house": "red"}, {"house": "blue"})
    grade = evidence({"type": "same", "field": "grade"}, {"grade": 7}, {"grade": 7})
    assert other.matched == grade.matched == ()


@pytest.mark.parametrize(
    ("mentor", "mentee", "raw"),
    [
        (("mon-am",), ("mon-am",), 333),
        (("mon-am", "tue-am"), ("mon-am", "tue-am", "tue-pm"), 666),
        (("mon-am", "mon-pm", "tue-am", "tue-pm"), ("mon-am", "mon-pm", "tue-am", "tue-pm"), 1000),
        (("mon-am",), ("mon-pm",), 0),
        ((), ("mon-pm",), 0),
        (None, ("mon-pm",), 500),
    ],
)
def test_common_time_counts_until_it_is_enough(evidence, mentor, mentee, raw):
    """Three slots are enough here; a fourth adds nothing."""
    criterion = {"type": "common-slots", "field": "time", "enough": 3}
    assert evidence(criterion, given("time", mentor), given("time", mentee)).raw == raw


RANGE = {"type": "within-range", "mentee": "grade", "mentor": "wish", "falloff": 4}


@pytest.mark.parametrize(
    ("wish", "grade", "raw"),
    [
        ((5, 7), 5, 1000),
        ((5, 7), 7, 1000),
        ((5, 7), 8, 750),
        ((5, 7), 3, 500),
        ((5, 7), 11, 0),
        ((5, 7), 1, 0),
        ((5, None), 11, 1000),  # open above
        ((None, 7), 1, 1000),  # open below
        ((None, 7), 8, 750),
        ((None, None), 8, 500),
        ((5, 7), None, 500),
    ],
)
def test_a_wish_for_a_range_fades_outside_it(evidence, wish, grade, raw):
    """A step outside costs a quarter here."""
    mentor = given("wish_from", wish[0]) | given("wish_to", wish[1])
    assert evidence(RANGE, mentor, given("grade", grade)).raw == raw


def test_a_wish_for_an_age_is_held_against_the_year_of_birth(evidence):
    """In the year 2025 whoever was born in 2012 is thirteen."""
    criterion = RANGE | {"mentee": "born", "age": True}
    mentor = {"wish_from": 10, "wish_to": 12}
    assert evidence(criterion, mentor, {"born": 2013}).raw == 1000
    assert evidence(criterion, mentor, {"born": 2012}).raw == 750


PROFILE = {"type": "profile", "items": ["pace", "calm", "noise"]}


@pytest.mark.parametrize(
    ("mentor", "mentee", "raw"),
    [
        ((1, 5, 9), (1, 5, 9), 1000),
        ((1, 1, 1), (10, 10, 10), 0),
        ((1, 5, 9), (2, 7, 9), 888),  # 3 of 27 steps apart
        ((1, 5, None), (2, 7, 9), 833),  # 3 of 18
        ((1, None, None), (2, 7, 9), 500),  # one of three is fewer than half
        ((1, 5, None), (None, 7, 9), 500),  # only one in common
    ],
)
def test_profiles_are_near_on_the_items_both_answered(evidence, mentor, mentee, raw):
    """The mean distance, in per mille of the range."""
    sides = [
        {item: value for item, value in zip(PROFILE["items"], side, strict=True) if value}
        for side in (mentor, mentee)
    ]
    found = evidence(PROFILE, *sides)
    assert (found.raw, found.answered) == (raw, raw != 500)


def test_half_of_the_items_is_enough(evidence):
    """One of two items stands for both."""
    keys = {"type": "profile", "items": ["pace", "calm"]}
    assert evidence(keys, {"pace": 4}, {"pace": 4, "calm": 1}).raw == 1000


def test_a_composite_scale_is_a_scale_like_others(evidence):
    """The mean of 5 and 8 is 6.5, that of 6 alone is 6: half a step of nine."""
    sides = {"pace": 5, "calm": 8}, {"pace": 6}
    assert evidence({"type": "closeness", "field": "manner"}, *sides).raw == 944
    assert evidence({"type": "profile", "items": ["manner", "noise"]}, *sides).raw == 944


@pytest.mark.parametrize("neutral", [0, 730, 1000])
@pytest.mark.parametrize(
    "keys",
    [
        {"type": "overlap", "field": "likes"},
        {"type": "closeness", "field": "pace"},
        {"type": "complement", "field": "pace"},
        {"type": "same", "field": "house"},
        {"type": "common-slots", "field": "time", "enough": 2},
        RANGE,
        PROFILE,
    ],
)
def test_a_blank_gives_the_neutral_score_and_says_so(evidence, keys, neutral):
    """It never counts as a bad answer, and is never left out of the sum."""
    assert evidence(keys | {"neutral": neutral}, {}, {}) == Evidence(neutral, answered=False)


def test_nothing_restricted_is_named(evidence):
    """A score may rest on it, an explanation may not."""
    mutual = evidence(
        {"type": "mutual-choice", "field": "refused"}, {"refused": ("E",)}, {"refused": ("M",)}
    )
    tags = evidence(
        {"type": "overlap", "mentor": "skills", "mentee": "needs"},
        {"skills": ("calm",)},
        {"needs": ("calm",)},
    )
    assert (mutual.raw, mutual.matched) == (1000, ())
    assert (tags.raw, tags.matched) == (1000, ())


@pytest.mark.parametrize(
    ("keys", "field", "code"),
    [
        (COVERS | {"mentee": "ask"}, "criteria[0].mentee", "policy.unknown-field-near"),
        (COVERS | {"mentor": "house"}, "criteria[0].mentor", "policy.wrong-kind"),
        # free text is never scored
        ({"type": "same", "field": "story"}, "criteria[0].field", "policy.wrong-kind"),
        # ranks that aren't there
        (CHOICE | {"field": "mates", "by_rank": True}, "criteria[0].by_rank", "policy.no-ranks"),
        # distances without a range, or with two
        ({"type": "closeness", "field": "joined_on"}, "criteria[0]", "policy.no-range"),
        (
            {"type": "closeness", "mentor": "pace", "mentee": "tone"},
            "criteria[0]",
            "policy.no-range",
        ),
        ({"type": "complement", "field": "born"}, "criteria[0]", "policy.no-range"),
        ({"type": "profile", "items": ["pace", "tone"]}, "criteria[0].items", "policy.no-range"),
        (
            {"type": "profile", "items": ["pace", "born"]},
            "criteria[0].items[1]",
            "policy.wrong-kind",
        ),
        (
            {"type": "same", "mentor": "house", "mentee": "grade"},
            "criteria[0]",
            "policy.not-comparable",
        ),
        (RANGE | {"mentor": "capacity"}, "criteria[0].mentor", "policy.unknown-field-near"),
        ({"type": "custom", "function": "none"}, "criteria[0].function", "policy.unknown-function"),
    ],
)
def test_what_does_not_fit_the_questionnaire_is_found_with_its_place(school, keys, field, code):
    """Each defect says where it stands."""
    defects = criterion_of(**keys).check(school, "criteria[0]")
    assert {(defect.place.field, defect.code) for defect in defects} == {(field, code)}


@pytest.mark.parametrize(
    "keys",
    [
        {"type": "overlap", "field": "likes", "how": "cosine"},
        {"type": "overlap", "field": "likes", "neutral": 1001},
        {"type": "overlap", "field": "likes", "neutral": -1},
        {"type": "overlap", "field": "likes", "weight": 1},  # weights stand in the forms
        {"type": "closeness", "field": "pace", "span": 0},
        {"type": "closeness", "field": "pace", "span": 1e10},
        {"type": "common-slots", "field": "time", "enough": 0},
        {"type": "profile", "items": []},
        CHOICE | {"mutual": 1200},
        {"type": "sympathy"},
    ],
)
def test_a_criterion_that_makes_no_sense_is_refused(keys):
    """Files with such criteria aren't read."""
    with pytest.raises(ValidationError):
        criterion_of(**keys)
