"""A policy is one record that agrees with itself and with its questionnaire."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentormatch.errors import PolicyError
from mentormatch.policy.policy import Policy
from mentormatch.questionnaire import Questionnaire

WEIGHTS = {"need": 0.6, "choice": 0.4}
CONTENT = {
    "name": "test",
    "forms": [
        {
            "id": "peer",
            "label": "Peer",
            "mentors": {"kind": "student"},
            "mentees": {"kind": "student", "grade": {"op": ">=", "value": 5}},
            "capacity": {"most": 2},
            "weights": WEIGHTS,
        },
        {"id": "lesson", "label": "Lesson", "weights": {"choice": 1}},
    ],
    "rules": [
        {"code": "HR01", "type": "consent", "field": "ok"},
        {"code": "HR02", "type": "consent", "field": "grant"},
        {"code": "HR12", "type": "common-slots", "field": "time", "forms": ["peer"]},
    ],
    "criteria": [
        {"id": "need", "type": "covers", "mentee": "asks", "mentor": "offers"},
        {"id": "choice", "type": "mutual-choice", "field": "friends"},
    ],
    "limits": {
        "min_percent": 40,
        "pins": [{"mentor": "T-1", "mentee": "S-1", "reason": "continuing"}],
        "bans": [{"mentor": "T-1", "mentee": "S-2"}],
    },
    "goals": [{"type": "cover", "who": {"grade": 9}}, {"type": "cover"}, {"type": "points"}],
}


def policy_of(**changes):
    """Read the policy with some keys written otherwise."""
    return Policy.from_dict(CONTENT | changes)


def found_in(error):
    """List places and codes of defects."""
    return [(defect.place.field, defect.code) for defect in error.value.defects]


@pytest.mark.parametrize("suffix", ["toml", "json"])
def test_a_policy_survives_its_file(tmp_path, suffix):
    """What is saved is what is loaded."""
    policy = policy_of()
    policy.save(tmp_path / f"policy.{suffix}")
    assert Policy.load(tmp_path / f"policy.{suffix}") == policy


def test_weights_are_whole_thousandths():
    """One row per form, one column per criterion; the maximum is 1000 raw times their sum."""
    policy = policy_of()
    assert policy.weights.tolist() == [[600, 400], [0, 1000]]
    assert policy.weights.dtype == np.int64
    assert policy.weighed.tolist() == [[True, True], [False, True]]
    assert policy.form_maximum.tolist() == [1_000_000, 1_000_000]


def test_nobody_mentors_themselves_said_or_not():
    """The rule is added where it is missing, and not twice."""
    assert [rule.type for rule in policy_of().all_rules] == [
        "consent",
        "consent",
        "common-slots",
        "same-person",
    ]
    declared = policy_of(rules=[{"code": "HR07", "type": "same-person"}])
    assert [rule.code for rule in declared.all_rules] == ["HR07"]


def test_the_usual_goals_are_to_cover_and_then_points():
    """A policy needn't say so."""
    content = {key: value for key, value in CONTENT.items() if key != "goals"}
    assert [goal.type for goal in Policy.from_dict(content).goals] == ["cover", "points"]


FORM = {"id": "peer", "label": "Peer"}


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        # names that stand twice
        ({"forms": [FORM, FORM], "rules": []}, [("forms", "policy.repeated")]),
        ({"rules": [CONTENT["rules"][0]] * 2}, [("rules", "policy.repeated")]),
        (
            {"criteria": [*CONTENT["criteria"], CONTENT["criteria"][0]]},
            [("criteria", "policy.repeated")],
        ),
        # names that stand nowhere
        (
            {"criteria": []},
            [("forms[0].weights", "policy.unknown-criterion")] * 2
            + [("forms[1].weights", "policy.unknown-criterion")],
        ),
        (
            {"rules": [{"code": "R", "type": "same-person", "forms": "pear"}]},
            [("rules[0].forms", "policy.unknown-form")],
        ),
        # types that don't exist
        (
            {"rules": [{"code": "R", "type": "same-persons"}]},
            [("rules[0]", "policy.unknown-type")],
        ),
        ({"rules": [{"code": "R"}]}, [("rules[0]", "policy.unknown-type")]),
        (
            {"criteria": [{"id": "c", "type": "cover"}]},
            [("criteria[0]", "policy.unknown-type")],
        ),
        # weights that are none
        (
            {"forms": [FORM | {"weights": {"need": 0.1234}}]},
            [("forms[0].weights.need", "policy.decimals")],
        ),
        (
            {"forms": [FORM | {"weights": {"need": "0.5"}}]},
            [("forms[0].weights.need", "policy.number")],
        ),
        (
            {"forms": [FORM | {"weights": {"need": True}}]},
            [("forms[0].weights.need", "policy.number")],
        ),
        (
            {"forms": [FORM | {"weights": {"need": float("nan")}}]},
            [("forms[0].weights.need", "policy.number")],
        ),
        (
            {"forms": [FORM | {"weights": {"need": -0.1}}]},
            [("forms[0].weights.need", "record.value")],
        ),
        (
            {"forms": [FORM | {"weights": {"need": 1e7}}]},
            [("forms[0].weights.need", "record.value")],
        ),
        # limits that contradict themselves
        (
            {"forms": [FORM | {"capacity": {"least": 3, "most": 2}}], "rules": []},
            [("forms[0].capacity", "policy.bounds")],
        ),
        ({"goals": [{"type": "points", "who": {"grade": 9}}]}, [("goals[0]", "policy.goal-who")]),
        ({"goals": []}, [("goals", "policy.empty")]),
        ({"forms": [], "rules": []}, [("forms", "policy.empty")]),
        # a slip of the pen
        ({"critera": []}, [("critera", "record.unknown-key-near")]),
    ],
)
def test_a_policy_that_contradicts_itself_is_refused(changes, found):
    """Every contradiction is named with its place."""
    with pytest.raises(PolicyError) as error:
        policy_of(**changes)
    assert found_in(error) == found


PIN = {"mentor": "T-1", "mentee": "S-1"}
WAIVER = {"author": "curator", "reason": "grown up together"}


@pytest.mark.parametrize(
    ("limits", "found"),
    [
        (
            {"pins": [PIN, PIN]},
            [("limits.pins[0]", "policy.pinned-twice"), ("limits.pins[1]", "policy.pinned-twice")],
        ),
        ({"pins": [PIN], "bans": [PIN]}, [("limits.pins[0]", "policy.pinned-and-banned")]),
        (
            {"pins": [PIN | WAIVER | {"waive": ["HR99"]}]},
            [("limits.pins[0].waive", "policy.unknown-rule")],
        ),
        (
            {"pins": [PIN | WAIVER | {"waive": ["HR01"]}]},
            [("limits.pins[0].waive", "policy.not-waivable")],
        ),
        ({"pins": [PIN | {"waive": ["HR12"]}]}, [("limits.pins[0]", "policy.waived-by-nobody")]),
        (
            {"pins": [PIN | {"waive": ["HR12"], "author": "curator"}]},
            [("limits.pins[0]", "policy.waived-by-nobody")],
        ),
    ],
)
def test_a_pin_must_make_sense(limits, found):
    """It stands once, isn't a ban as well, and waives only what may be waived, by somebody."""
    with pytest.raises(PolicyError) as error:
        policy_of(limits=limits)
    assert found_in(error) == found


def test_a_pin_may_waive_a_rule_with_author_and_reason():
    """Who decided, and why, stay in the file, but out of what is printed."""
    policy = policy_of(limits={"pins": [PIN | WAIVER | {"waive": ["HR12"]}]})
    assert policy.limits.pins[0].waive == ("HR12",)
    assert "grown up" not in repr(policy)


def test_every_contradiction_is_told_at_once(tmp_path):
    """With the name of the file."""
    (tmp_path / "p.toml").write_text(
        'name = "x"\n[[forms]]\nid = "peer"\nlabel = "Peer"\nweights = {need = 1}\n'
        '[[rules]]\ncode = "R"\ntype = "same-person"\nforms = "pear"\n'
    )
    with pytest.raises(PolicyError) as error:
        Policy.load(tmp_path / "p.toml")
    assert str(error.value).splitlines()[1:] == [
        "p.toml, forms[0].weights: there is no criterion 'need'; choose one of: -",
        "p.toml, rules[0].forms: there is no form 'pear'; choose among: peer, *",
    ]


def test_a_policy_that_fits_its_questionnaire_passes(school):
    """Nothing is said then."""
    policy = policy_of()
    policy.check(school)
    assert policy.warnings(school) == ()


def test_everything_that_does_not_fit_is_told_at_once(school):
    """Conditions, rules, criteria, limits and goals are all looked at."""
    policy = policy_of(
        forms=[
            {"id": "peer", "label": "Peer", "mentors": {"knd": "student"}},
            {"id": "lesson", "label": "Lesson", "mentees": {"kind": "pupil"}},
        ],
        rules=[{"code": "R", "type": "vetoes", "field": "friend"}],
        criteria=[{"id": "need", "type": "covers", "field": "grade"}],
        limits={"capacity_field": "house"},
        goals=[{"type": "cover", "who": {"priority": 1}}],
    )
    with pytest.raises(PolicyError) as error:
        policy.check(school)
    assert [place for place, _ in found_in(error)] == [
        "forms[0].mentors.knd",
        "forms[1].mentees.kind",
        "rules[0].field",
        "criteria[0].field",
        "limits.capacity_field",
        "goals[0].who.priority",
    ]


def test_a_question_about_capacity_is_needed_only_where_the_policy_names_one(school):
    """A questionnaire may do without."""
    content = {"name": "bare", "title": "Bare", "questions": []}
    keep = [q for q in school.questions if q.id in {"kind", "roles"}]
    bare = Questionnaire.from_dict(
        content | {"questions": [q.model_dump(exclude_defaults=True) for q in keep]}
    )
    plain = Policy.from_dict({"name": "p", "forms": [FORM]})
    plain.check(bare)
    assert not plain.has_capacity_field(bare)
    named = Policy.from_dict({"name": "p", "forms": [FORM], "limits": {"capacity_field": "seats"}})
    with pytest.raises(PolicyError, match="seats"):
        named.check(bare)


def test_what_is_probably_not_meant_is_a_warning(school):
    """Unequal sums, forms that weigh nothing, criteria nobody weighs or nobody should see."""
    policy = policy_of(
        forms=[
            FORM | {"weights": {"need": 1}},
            {"id": "lesson", "label": "Lesson", "weights": {"need": 0.5}},
            {"id": "walk", "label": "Walk", "weights": {"need": 0}},
        ],
        criteria=[
            CONTENT["criteria"][0],
            {"id": "mood", "type": "closeness", "field": "mood"},
        ],
    )
    found = [(defect.place.field, defect.code) for defect in policy.warnings(school)]
    assert found == [
        ("forms", "policy.weight-sums"),
        ("forms[2].weights", "policy.no-weights"),
        ("criteria[1]", "policy.never-weighed"),
        ("criteria[1]", "policy.private-criterion"),
    ]
    assert "peer: 1, lesson: 0.5, walk: 0" in policy.warnings(school)[0].text()


# --- other weights --------------------------------------------------------------------------


def test_a_weight_changes_in_every_form_that_lists_it():
    """A key with a form goes before one without, wherever it stands."""
    policy = policy_of().with_weights({"peer.choice": 0.3, "choice": 0.5})
    assert policy.weights.tolist() == [[600, 300], [0, 500]]
    assert policy_of().weights.tolist() == [[600, 400], [0, 1000]]


def test_a_form_may_weigh_a_criterion_anew():
    """Then the form must be named."""
    policy = policy_of().with_weights({"lesson.need": Decimal("0.25")})
    assert policy.weights.tolist() == [[600, 400], [250, 1000]]


@pytest.mark.parametrize(
    ("weights", "found"),
    [
        ({"needs": 1}, [("weights", "policy.unknown-criterion-near")]),
        ({"walk.need": 1}, [("weights", "policy.unknown-criterion-near")]),
        ({"zzz": 1}, [("weights", "policy.unknown-criterion")]),
        ({"need": -1}, [("need", "policy.weight")]),
        ({"need": float("nan")}, [("need", "policy.weight")]),
        ({"need": float("inf")}, [("need", "policy.weight")]),
        ({"need": 10**7}, [("need", "policy.weight")]),
        ({"need": True}, [("need", "policy.weight")]),
        ({"need": "1"}, [("need", "policy.weight")]),
        ({"need": 0.12345}, [("need", "policy.excess")]),
        ({"need": 0.12345, "choice": -1}, [("need", "policy.excess"), ("choice", "policy.weight")]),
    ],
)
def test_weights_that_cannot_be_are_all_refused_at_once(weights, found):
    """Nothing is rounded, cut off or ignored in silence."""
    with pytest.raises(PolicyError) as error:
        policy_of().with_weights(weights)
    assert found_in(error) == found


def test_a_criterion_that_no_form_lists_needs_a_form():
    """Otherwise the change would change nothing."""
    policy = policy_of(forms=[FORM | {"weights": {"need": 1}}], rules=[])
    with pytest.raises(PolicyError, match="no form weighs"):
        policy.with_weights({"choice": 1})


THREE = policy_of(
    forms=[FORM | {"weights": {"a": 0.5, "b": 0.3, "c": 0.2}}],
    rules=[],
    criteria=[
        {"id": name, "type": "mutual-choice", "field": "friends"} for name in ("a", "b", "c")
    ],
)


@pytest.mark.parametrize(
    ("weights", "rounded"),
    [
        ({"a": 1 / 3, "b": 1 / 3, "c": 1 / 3}, [334, 333, 333]),  # the first among equals
        ({"a": Fraction(2, 3), "b": Fraction(1, 6), "c": Fraction(1, 6)}, [667, 167, 166]),
        ({"a": 0.49999, "b": 0.30001}, [500, 300, 200]),
        # a sum close to the old one is the old one
        ({"a": 0.5004, "b": 0.2999, "c": 0.1999}, [500, 300, 200]),
        # another sum is kept to the nearest thousandth
        ({"a": 0.1234567, "b": 0.2, "c": 0.2}, [123, 200, 200]),
        ({"a": 0.1239}, [124, 300, 200]),
    ],
)
def test_computed_weights_are_rounded_by_the_largest_remainder(weights, rounded):
    """Their sum stays what it was."""
    policy = THREE.with_weights(weights, on_excess="round")
    assert policy.weights.tolist() == [rounded]


@given(st.lists(st.floats(0, 10), min_size=3, max_size=3))
def test_rounding_moves_no_weight_by_more_than_a_thousandth(weights):
    """And the sum by less than one."""
    given_weights = dict(zip("abc", weights, strict=True))
    found = THREE.with_weights(given_weights, on_excess="round").weights[0]
    exact = [Fraction(str(weight)) * 1000 for weight in weights]
    assert all(abs(int(got) - want) <= 1 for got, want in zip(found, exact, strict=True))
    assert abs(int(found.sum()) - sum(exact)) < 1


# --- presets --------------------------------------------------------------------------------

PRESETS = ("choice-first", "official", "subject-help", "teacher-induction")


def test_four_policies_ship_with_the_library():
    """A school starts from one of them."""
    assert Policy.presets() == PRESETS


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_fits_the_target_model(name):
    """Without a defect, without a warning, weights summing to one in every form."""
    policy = Policy.preset(name)
    questionnaire = Questionnaire.preset("target-model")
    policy.check(questionnaire)
    assert policy.warnings(questionnaire) == ()
    assert policy.name == name
    assert set(policy.form_maximum.tolist()) == {1_000_000}


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_protects_children(name):
    """Consent, vetoes and kinship are in every one; what is private stays unsaid."""
    policy = Policy.preset(name)
    questionnaire = Questionnaire.preset("target-model")
    rules = {rule.code: rule for rule in policy.rules}
    assert {"HR01", "HR02", "HR06", "HR13", "HR14", "HR15"} <= rules.keys()
    hidden = {code for code, rule in rules.items() if rule.is_confidential_in(questionnaire)}
    assert hidden == {"HR13", "HR14", "HR15"}
    pupils = {form.id for form in policy.forms if form.mentees.root.get("kind") == ["student"]}
    if pupils:
        assert rules["HR05"].applies_to("teacher_student")
        assert set(rules["HR05"].forms) == pupils - {"student_student"}
        assert not rules["HR05"].waivable


def test_the_official_policy_weighs_the_recommended_criteria_only():
    """The request, and mutual choice; groups of pupils have at most four."""
    policy = Policy.preset("official")
    assert [criterion.id for criterion in policy.criteria] == ["need_cover", "mutual_choice"]
    most = {form.id: form.capacity.most for form in policy.forms}
    assert most["student_student"] == 2
    assert most["teacher_teacher"] == 3
    pupils = [name for name in most if name.endswith("_student")]
    assert max(most[name] for name in pupils) == 4


def test_every_form_of_the_official_policy_can_be_chosen():
    """The questionnaire's forms and the policy's are the same."""
    options = Questionnaire.preset("target-model").options("forms")
    forms = Policy.preset("official").forms
    assert {option.id for option in options} == {form.id for form in forms}
    assert {form.label.ru for form in forms} <= {
        name for option in options for name in (option.label.ru, *option.synonyms)
    }
