"""Each rule forbids what it should, and nothing else."""

from datetime import date
from decimal import Decimal

import pytest
from pydantic import TypeAdapter, ValidationError

from mentormatch.policy.rules import AnyRule

YESTERDAY, TODAY, TOMORROW = date(2025, 9, 9), date(2025, 9, 10), date(2025, 9, 11)

CONSENT = {"type": "consent", "field": "ok"}
SLOTS = {"type": "common-slots", "field": "time", "unless_online": "mode"}
FORMS = {"type": "forms-accepted", "field": "forms"}
RELATED = {"type": "related", "links": ["family", "cousins"]}
GIVEN = {"ok_given_on": TODAY}


def rule_of(**keys):
    """Make a rule as a file does."""
    return TypeAdapter(AnyRule).validate_python({"code": "R"} | keys)


@pytest.mark.parametrize("answers", [GIVEN, {"ok_given_on": YESTERDAY}])
def test_a_consent_given_by_today_admits(admits, answers):
    """The day of the round itself counts."""
    assert admits(CONSENT, answers, GIVEN)
    assert admits(CONSENT, GIVEN, answers)


@pytest.mark.parametrize(
    "answers",
    [
        {},  # never given
        {"ok_given_on": TOMORROW},  # not yet
        GIVEN | {"ok_withdrawn_on": YESTERDAY},  # withdrawn
        GIVEN | {"ok_withdrawn_on": TOMORROW},  # withdrawal announced
    ],
)
def test_no_consent_on_either_side_forbids(admits, answers):
    """A missing, future or withdrawn consent of one of the two is enough."""
    assert not admits(CONSENT, answers, GIVEN)
    assert not admits(CONSENT, GIVEN, answers)


def test_a_consent_must_cover_its_scope(admits):
    """Consent to something else, or to nothing in particular, is no consent to this."""
    rule = CONSENT | {"scope": "pairs"}
    fine = GIVEN | {"ok_scope": ("photos", "pairs")}
    assert admits(rule, fine, fine)
    assert not admits(rule, fine, GIVEN | {"ok_scope": ("photos",)})
    assert not admits(rule, fine, GIVEN)


@pytest.mark.parametrize(("scope", "expected"), [("pairs", True), ("photos", False), (None, False)])
def test_a_scope_may_be_a_single_choice(admits, scope, expected):
    """Then the consent reaches what was chosen, and nothing else."""
    rule = {"type": "consent", "field": "grant", "scope": "pairs"}
    fine = {"grant_given_on": TODAY, "grant_scope": "pairs"}
    answers = {key: value for key, value in (fine | {"grant_scope": scope}).items() if value}
    assert admits(rule, answers, fine) is expected
    assert admits(rule, fine, answers) is expected


GUARDIAN = {
    "type": "guardian-consent",
    "field": "ok",
    "birth_year": "born",
    "minor_kinds": ["student"],
}


@pytest.mark.parametrize(
    "person",
    [
        {"born": 2007},  # eighteen this year, perhaps not yet
        {"born": 2015},
        {"kind": "teacher", "born": 2007},  # the year of birth counts, not the kind
        {},  # a student of unknown age
    ],
)
def test_a_minor_needs_a_guardians_consent(admits, person):
    """Whoever may still be under eighteen is a minor, as a mentor too."""
    adult = {"kind": "teacher"}
    assert not admits(GUARDIAN, adult, person)
    assert not admits(GUARDIAN, person, adult)
    assert admits(GUARDIAN, adult, person | GIVEN)
    assert admits(GUARDIAN, person | GIVEN, adult)


@pytest.mark.parametrize("person", [{"born": 2006}, {"kind": "teacher"}])
def test_an_adult_needs_no_guardians_consent(admits, person):
    """Nineteen this year is adult on any day; a teacher of unknown age is."""
    assert admits(GUARDIAN, person, {"kind": "teacher"})


def test_without_a_question_about_age_the_kind_tells_a_minor(admits):
    """Then every student is one."""
    rule = {key: value for key, value in GUARDIAN.items() if key != "birth_year"}
    assert not admits(rule, {"born": 1980}, {"kind": "teacher"})
    assert admits(rule, {"kind": "teacher"}, {"kind": "teacher"})


@pytest.mark.parametrize(("born", "expected"), [("2006.9", True), ("2007.0", False)])
def test_a_year_of_birth_with_decimals_is_still_a_year(admits, born, expected):
    """A question that allows decimals counts in tenths inside."""
    rule = GUARDIAN | {"birth_year": "height"}
    assert admits(rule, {"height": Decimal(born)}, {"kind": "teacher"}) is expected


@pytest.mark.parametrize(
    ("keys", "fields"),
    [
        (CONSENT, {"ok_given_on", "ok_withdrawn_on"}),
        (CONSENT | {"scope": "pairs"}, {"ok_given_on", "ok_withdrawn_on", "ok_scope"}),
        (GUARDIAN, {"ok_given_on", "ok_withdrawn_on", "kind", "born"}),
        ({"type": "guardian-consent", "field": "ok", "minor_kinds": []},
         {"ok_given_on", "ok_withdrawn_on", "kind"}),
        ({"type": "condition", "mentors": {"grade": 9}, "mentees": {"any": [{"house": "red"}]}},
         {"grade", "house"}),
        ({"type": "condition", "mentees": {"grade": 9}}, {"grade"}),
        (SLOTS, {"time", "mode"}),
        ({"type": "common-slots", "field": "time"}, {"time"}),
        ({"type": "gap", "field": "grade", "least": 1}, {"grade"}),
        ({"type": "equal", "mentor": "team", "mentee": "house"}, {"team", "house"}),
        ({"type": "qualification", "mentor": "skills", "mentee": "needs"}, {"skills", "needs"}),
        (RELATED, {"family", "cousins"}),
        ({"type": "vetoes", "field": "refused"}, {"refused"}),
        (FORMS, {"forms"}),
        ({"type": "same-person"}, set()),
    ],
)  # fmt: skip
def test_a_rule_names_every_question_that_it_reads(keys, fields):
    """A rule that reads a restricted question is confidential, so none may be forgotten."""
    assert set(rule_of(**keys).fields) == fields


@pytest.mark.parametrize(
    ("keys", "mentor", "mentee", "expected"),
    [
        ({"mentors": {"vegan": True}}, {"vegan": True}, {}, True),
        ({"mentors": {"vegan": True}}, {"vegan": False}, {}, False),
        ({"mentors": {"vegan": True}}, {}, {"vegan": True}, False),
        ({"mentees": {"vegan": True}}, {}, {"vegan": True}, True),
        ({"mentees": {"vegan": True}}, {"vegan": True}, {}, False),
        (
            {"mentors": {"joined_on": {"op": "<=", "value": "today"}}},
            {"joined_on": TODAY},
            {},
            True,
        ),
        (
            {"mentors": {"joined_on": {"op": "<=", "value": "today"}}},
            {"joined_on": TOMORROW},
            {},
            False,
        ),
    ],
)
def test_a_condition_is_asked_of_the_side_it_names(admits, keys, mentor, mentee, expected):
    """The other side may answer as it likes."""
    assert admits({"type": "condition"} | keys, mentor, mentee) is expected


def test_two_people_are_no_same_person(admits):
    """The rule against self-mentoring leaves others alone; the graph's tests see it fire."""
    assert admits({"type": "same-person"}, {}, {})


@pytest.mark.parametrize(
    ("mentor", "mentee"),
    [
        ({"family": ("E",)}, {}),
        ({}, {"family": ("M",)}),
        ({"cousins": ("X", "E")}, {}),
        ({"family": ("E",)}, {"cousins": ("M",)}),
    ],
)
def test_relatives_are_kept_apart(admits, mentor, mentee):
    """One link is enough, whoever gave it and in whatever question."""
    assert not admits(RELATED, mentor, mentee)


def test_one_question_about_relatives_is_enough(admits):
    """A school may ask about guardians alone."""
    rule = {"type": "related", "links": ["family"]}
    assert not admits(rule, {}, {"family": ("M",)})
    assert admits(rule, {"cousins": ("E",)}, {})


@pytest.mark.parametrize("links", [{}, {"family": ("X",)}, {"mates": ("E",)}])
def test_strangers_are_not_related(admits, links):
    """Links to others, or of another sort, don't matter."""
    assert admits(RELATED, links, {})


@pytest.mark.parametrize(
    ("mentor", "mentee"), [({"refused": ("E",)}, {}), ({}, {"refused": ("X", "M")})]
)
def test_a_veto_of_either_side_forbids(admits, mentor, mentee):
    """Nobody is given to somebody they refused."""
    assert not admits({"type": "vetoes", "field": "refused"}, mentor, mentee)


def test_a_veto_against_somebody_else_forbids_nothing(admits):
    """Only the two people count."""
    assert admits({"type": "vetoes", "field": "refused"}, {"refused": ("X",)}, {"friends": ("M",)})


@pytest.mark.parametrize(
    ("keys", "mentor", "mentee", "expected"),
    [
        ({"field": "grade", "least": 2}, {"grade": 9}, {"grade": 7}, True),
        ({"field": "grade", "least": 2}, {"grade": 9}, {"grade": 8}, False),
        ({"field": "grade", "least": 1, "most": 3}, {"grade": 10}, {"grade": 7}, True),
        ({"field": "grade", "least": 1, "most": 3}, {"grade": 11}, {"grade": 7}, False),
        ({"field": "born", "most": -2}, {"born": 2000}, {"born": 2002}, True),
        ({"field": "born", "most": -2}, {"born": 2001}, {"born": 2002}, False),
        # questions of different precision: 1.7 - 1.65 = 0.05
        (
            {"mentor": "height", "mentee": "weight", "least": 0.05},
            {"height": 1.7},
            {"weight": 1.65},
            True,
        ),
        (
            {"mentor": "height", "mentee": "weight", "least": 0.051},
            {"height": 1.7},
            {"weight": 1.65},
            False,
        ),
        # dates are days apart
        ({"field": "joined_on", "most": -1}, {"joined_on": YESTERDAY}, {"joined_on": TODAY}, True),
        ({"field": "joined_on", "most": -1}, {"joined_on": TODAY}, {"joined_on": TODAY}, False),
    ],
)
def test_a_gap_is_the_mentors_number_minus_the_mentees(admits, keys, mentor, mentee, expected):
    """Both bounds are inclusive."""
    mentor, mentee = ({k: decimal(v) for k, v in side.items()} for side in (mentor, mentee))
    assert admits({"type": "gap"} | keys, mentor, mentee) is expected


def decimal(value):
    """Answers with a point are decimals, never floats."""
    return Decimal(str(value)) if isinstance(value, float) else value


@pytest.mark.parametrize(("mentor", "mentee"), [({}, {"grade": 5}), ({"grade": 9}, {}), ({}, {})])
@pytest.mark.parametrize(("keys", "expected"), [({}, False), ({"unanswered": "allow"}, True)])
def test_a_gap_that_cannot_be_seen_forbids_unless_allowed(admits, keys, expected, mentor, mentee):
    """A blank isn't zero; the safe answer is no."""
    rule = {"type": "gap", "field": "grade", "least": 1} | keys
    assert admits(rule, mentor, mentee) is expected


@pytest.mark.parametrize(
    ("mentor", "mentee", "expected"),
    [
        (("peer",), ("peer", "lesson"), True),
        (("peer",), ("lesson",), False),
        (("lesson",), ("peer",), False),
        ((), ("peer",), False),  # "none" is an answer
    ],
)
def test_a_form_must_be_accepted_by_both(admits, mentor, mentee, expected):
    """Each side has the last word on the forms it takes part in."""
    for keys in ({}, {"blank_accepts": True}):
        assert admits(FORMS | keys, {"forms": mentor}, {"forms": mentee}) is expected


@pytest.mark.parametrize("blank", [True, False])
def test_a_blank_accepts_forms_only_where_the_policy_says_so(admits, blank):
    """Without a word in the policy nobody is taken for granted."""
    for rule in [FORMS | {"blank_accepts": blank}] + ([] if blank else [FORMS]):
        assert admits(rule, {}, {"forms": ("peer",)}) is blank
        assert admits(rule, {"forms": ("peer",)}, {}) is blank


@pytest.mark.parametrize(
    ("keys", "mentor", "mentee", "expected"),
    [
        ({}, {"time": ("mon-am", "tue-am")}, {"time": ("mon-am",)}, True),
        ({}, {"time": ("mon-am",)}, {"time": ("mon-pm", "tue-am")}, False),
        ({"least": 2}, {"time": ("mon-am", "tue-am")}, {"time": ("mon-am", "tue-am")}, True),
        ({"least": 2}, {"time": ("mon-am", "tue-am")}, {"time": ("mon-am",)}, False),
        ({"least": 1}, {"time": ("mon-am", "tue-am")}, {"time": ("mon-am",)}, True),
        ({}, {}, {}, False),  # blank is no time
        ({}, {"mode": "online"}, {"mode": "both"}, True),
        ({}, {"mode": "online"}, {"mode": "in_person"}, False),
        ({}, {"mode": "online"}, {}, False),  # blank doesn't accept online
        ({"unless_online": None}, {"mode": "online"}, {"mode": "online"}, False),
        (
            {"unless_online": "modes", "online": ["online"]},
            {"modes": ("online",)},
            {"modes": ("in_person", "online")},
            True,
        ),
        (
            {"unless_online": "modes", "online": ["online"]},
            {"modes": ("online",)},
            {"modes": ("in_person",)},
            False,
        ),
    ],
)
def test_a_pair_needs_time_in_common_or_both_online(admits, keys, mentor, mentee, expected):
    """Enough common slots do, and so do two who accept online."""
    assert admits(SLOTS | keys, mentor, mentee) is expected


@pytest.mark.parametrize(
    ("mentor", "mentee", "expected"),
    [
        ({"skills": ("calm", "print")}, {"needs": ("calm", "print")}, True),
        ({"skills": ("calm",)}, {"needs": ("calm", "print")}, False),
        ({}, {"needs": ("calm",)}, False),  # no preparation stated
        ({"skills": ()}, {"needs": ("calm",)}, False),
        ({}, {}, True),  # nothing needed
    ],
)
def test_a_mentor_must_be_prepared_for_every_need(admits, mentor, mentee, expected):
    """One need that isn't met is enough to forbid; options are compared by id, not by place."""
    rule = {"type": "qualification", "mentor": "skills", "mentee": "needs"}
    assert admits(rule, mentor, mentee) is expected


@pytest.mark.parametrize(
    ("field", "mentor", "mentee", "same"),
    [
        ({"field": "house"}, {"house": "red"}, {"house": "red"}, True),
        ({"field": "house"}, {"house": "red"}, {"house": "blue"}, False),
        ({"field": "vegan"}, {"vegan": False}, {"vegan": False}, True),
        ({"field": "grade"}, {"grade": 5}, {"grade": 6}, False),
        # the same option stands at another place of the other question
        ({"mentor": "team", "mentee": "house"}, {"team": "blue"}, {"house": "blue"}, True),
        ({"mentor": "team", "mentee": "house"}, {"team": "green"}, {"house": "blue"}, False),
    ],
)
def test_answers_must_be_equal_or_different(admits, field, mentor, mentee, same):
    """One rule is the mirror of the other."""
    assert admits({"type": "equal"} | field, mentor, mentee) is same
    assert admits({"type": "different"} | field, mentor, mentee) is not same


@pytest.mark.parametrize("kind", ["equal", "different"])
@pytest.mark.parametrize(("keys", "expected"), [({}, False), ({"unanswered": "allow"}, True)])
def test_a_comparison_with_a_blank_forbids_unless_allowed(admits, kind, keys, expected):
    """Two blanks aren't the same answer."""
    rule = {"type": kind, "field": "house"} | keys
    for mentor, mentee in (({}, {"house": "red"}), ({"house": "red"}, {}), ({}, {})):
        assert admits(rule, mentor, mentee) is expected


@pytest.mark.parametrize(
    ("keys", "field", "code"),
    [
        # a question that isn't there, with and without a neighbour
        ({"type": "vetoes", "field": "refusd"}, "rules[0].field", "policy.unknown-field-near"),
        ({"type": "vetoes", "field": "q"}, "rules[0].field", "policy.unknown-field"),
        ({"type": "forms-accepted", "field": "q"}, "rules[0].field", "policy.unknown-field"),
        # a question of a kind that won't do
        ({"type": "gap", "field": "house", "least": 1}, "rules[0].field", "policy.wrong-kind"),
        ({"type": "common-slots", "field": "likes"}, "rules[0].field", "policy.wrong-kind"),
        # options that aren't there
        (
            {"type": "consent", "field": "ok", "scope": "pair"},
            "rules[0].scope",
            "policy.unknown-option-near",
        ),
        (GUARDIAN | {"minor_kinds": ["pupil"]}, "rules[0].minor_kinds", "policy.unknown-option"),
        (
            {"type": "common-slots", "field": "time", "unless_online": "modes"},
            "rules[0].online",
            "policy.unknown-option",
        ),
        # a need that no mentor could meet
        (
            {"type": "qualification", "mentor": "few_skills", "mentee": "needs"},
            "rules[0].mentor",
            "policy.unknown-option",
        ),
        # answers that can't be held against each other
        (
            {"type": "equal", "mentor": "house", "mentee": "grade"},
            "rules[0]",
            "policy.not-comparable",
        ),
        (
            {"type": "gap", "mentor": "joined_on", "mentee": "grade", "least": 1},
            "rules[0]",
            "policy.not-comparable",
        ),
        # a condition has its own words
        (
            {"type": "condition", "mentors": {"gradee": 1}},
            "rules[0].mentors.gradee",
            "condition.unknown-field-near",
        ),
        # a function nobody offers
        (
            {"type": "custom", "function": "no_such_function"},
            "rules[0].function",
            "policy.unknown-function",
        ),
    ],
)
def test_what_does_not_fit_the_questionnaire_is_found(school, keys, field, code):
    """Each defect says where it stands."""
    defects = rule_of(**keys).check(school, ["peer"], "rules[0]")
    assert [(defect.place.field, defect.code) for defect in defects] == [(field, code)]


def test_a_form_that_nobody_can_accept_is_found(school):
    """Its id must be an option of the question."""
    defects = rule_of(**FORMS).check(school, ["peer", "walk"], "rules[0]")
    assert [(defect.place.field, defect.values["found"]) for defect in defects] == [
        ("rules[0].field", "walk")
    ]


@pytest.mark.parametrize(
    "keys",
    [
        {"type": "gap", "field": "grade"},  # bounds nothing
        {"type": "gap", "field": "grade", "least": 3, "most": 2},
        {"type": "gap", "field": "grade", "mentor": "grade", "least": 1},  # both ways to name sides
        {"type": "gap", "mentor": "grade", "least": 1},  # one side only
        {"type": "gap", "field": "grade", "least": 0.0005},  # four decimals
        {"type": "gap", "field": "grade", "least": "1"},  # a text
        {"type": "condition"},  # nothing asked
        {"type": "common-slots", "field": "time", "least": 0},
        {"type": "related", "links": []},
        {"type": "consent", "field": "ok", "waivable": True},  # never waivable
        {"type": "guardian-consent", "field": "ok", "minor_kinds": [], "relaxable": True},
        {"type": "vetoes", "field": "refused", "confidential": False},
        {"type": "vetoes", "field": "refused", "waivable": True},
        {"type": "sympathy"},
        {"type": "same-person", "code": "a b"},
        {"type": "same-person", "weight": 1},  # a rule never has a weight
    ],
)
def test_a_rule_that_says_nothing_clear_is_refused(keys):
    """Files with such rules aren't read."""
    with pytest.raises(ValidationError):
        rule_of(**keys)


@pytest.mark.parametrize(
    ("keys", "relaxable", "waivable"),
    [
        (CONSENT, False, False),
        (GUARDIAN, False, False),
        ({"type": "vetoes", "field": "refused"}, False, False),
        ({"type": "same-person"}, False, False),
        ({"type": "qualification", "mentor": "skills", "mentee": "needs"}, False, True),
        (RELATED, False, True),
        ({"type": "condition", "mentors": {}}, True, True),
        ({"type": "gap", "field": "grade", "least": 1}, True, True),
        (SLOTS, True, True),
        (FORMS, True, True),
        ({"type": "equal", "field": "house"}, True, True),
        ({"type": "different", "field": "house"}, True, True),
    ],
)
def test_what_protects_people_is_neither_relaxed_nor_waived(keys, relaxable, waivable):
    """Repairs leave consent, vetoes and support alone; pins can't set consent or vetoes aside."""
    rule = rule_of(**keys)
    assert (rule.relaxable, rule.waivable) == (relaxable, waivable)


def test_every_confidential_rule_gives_the_same_reason(school):
    """Nobody can tell a veto from a missing preparation, or a restricted answer."""
    rules = [
        rule_of(type="vetoes", field="refused", reason="a veto"),
        rule_of(type="qualification", mentor="skills", mentee="needs"),
        rule_of(type="condition", mentors={"secret": True}, reason="has a secret"),
        rule_of(type="gap", field="grade", least=1, confidential=True),
        rule_of(type="gap", field="mood", least=1),
        # one restricted answer of two is enough
        rule_of(type="gap", mentor="pace", mentee="mood", least=1),
        rule_of(type="condition", mentors={"secret": True}, mentees={"vegan": True}),
    ]
    hidden = [rule.is_confidential_in(school) for rule in rules]
    assert hidden == [True] * 7
    for lang, reason in (("en", "not admissible"), ("ru", "пара недопустима")):
        told = {rule.reason_text(lang, confidential=True) for rule in rules}
        assert told == {reason}
    assert rules[0].reason_text() == "not admissible"


def test_an_open_rule_says_its_reason(school):
    """Its own words go before those of its type."""
    rule = rule_of(type="gap", field="grade", least=1)
    assert not rule.is_confidential_in(school)
    assert rule.reason_text() == "the difference in age or grade does not fit"
    own = {"ru": "слишком близко", "en": "too near"}
    assert rule_of(type="gap", field="grade", least=1, reason=own).reason_text("ru") == own["ru"]


def test_a_rule_holds_in_the_forms_it_names():
    """One form may be written without brackets; nothing means all; self-mentoring has no say."""
    always, everywhere = rule_of(type="same-person", forms="lesson"), rule_of(**SLOTS)
    assert always.applies_to("peer")
    assert everywhere.applies_to("peer")
    some = rule_of(**SLOTS, forms="peer")
    assert (some.applies_to("peer"), some.applies_to("lesson")) == (True, False)
