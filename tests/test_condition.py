"""Who satisfies a condition, and which conditions are refused."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from mentormatch.cohort import Cohort
from mentormatch.condition import Condition
from mentormatch.errors import Place
from mentormatch.participant import Participant
from mentormatch.questionnaire import Questionnaire
from mentormatch.record import defects_of

TODAY = date(2025, 9, 1)


def options(*names):
    """List options that are named like their ids."""
    return [{"id": name, "label": name} for name in names]


FORM = Questionnaire.from_dict(
    {
        "name": "small",
        "title": "Small",
        "questions": [
            {
                "id": "kind",
                "kind": "choice",
                "label": "kind",
                "options": options("student", "teacher"),
            },
            {
                "id": "roles",
                "kind": "multi",
                "label": "roles",
                "options": options("mentor", "mentee"),
            },
            {"id": "grade", "kind": "number", "label": "grade", "decimals": 1},
            {"id": "calm", "kind": "scale", "label": "calm"},
            {"id": "until", "kind": "date", "label": "until"},
            {"id": "ready", "kind": "flag", "label": "ready"},
            {
                "id": "needs",
                "kind": "multi",
                "label": "needs",
                "options": options("maths", "sport", "art"),
                "may_be_none": True,
            },
            {"id": "choices", "kind": "people", "label": "choices", "may_be_none": True},
            {"id": "note", "kind": "text", "label": "note"},
        ],
        "scales": [{"id": "style", "label": "style", "items": ["calm"]}],
    }
)

# Four people: A and B answered everything, C said "none" where possible, D answered nothing.
PEOPLE = [
    Participant(
        id="A",
        kind="student",
        roles={"mentee"},
        answers={
            "grade": 8,
            "calm": 3,
            "until": date(2025, 8, 31),
            "ready": True,
            "needs": ("maths", "art"),
            "choices": ("B", "C"),
            "note": "x",
        },
    ),
    Participant(
        id="B",
        kind="teacher",
        roles={"mentor", "mentee"},
        answers={
            "grade": 5,
            "calm": 9,
            "until": date(2025, 9, 1),
            "ready": False,
            "needs": ("sport",),
            "choices": ("A",),
            "note": "y",
        },
    ),
    Participant(id="C", kind="student", roles={"mentor"}, answers={"needs": (), "choices": ()}),
    Participant(id="D", kind="student", roles={"mentor"}),
]
COHORT = Cohort.from_participants(FORM, PEOPLE, as_of=TODAY)


def who(condition):
    """Name those who satisfy a condition."""
    mask = Condition.model_validate(condition).mask(COHORT.columns, len(COHORT), COHORT.as_of)
    return "".join(code for code, holds in zip(COHORT.ids, mask, strict=True) if holds)


@pytest.mark.parametrize(
    ("condition", "people"),
    [
        ({}, "ABCD"),  # nothing asked, everybody
        ({"kind": "student"}, "ACD"),
        ({"kind": ["student", "teacher"]}, "ABCD"),
        ({"kind": {"op": "!=", "value": "student"}}, "B"),
        ({"kind": {"op": "in", "value": ["teacher"]}}, "B"),
        ({"roles": "mentor"}, "BCD"),
        ({"role": "mentee"}, "AB"),  # another name of roles
        ({"ready": True}, "A"),
        ({"ready": False}, "B"),  # a blank is not a no
        ({"ready": "no"}, "B"),
        ({"grade": 8}, "A"),
        ({"grade": [5, 8]}, "AB"),
        ({"grade": {"op": ">=", "value": 5}}, "AB"),
        ({"grade": {"op": ">", "value": 5}}, "A"),
        ({"grade": {"op": "<", "value": 8}}, "B"),
        ({"grade": {"op": "<=", "value": 8}}, "AB"),
        ({"grade": {"op": ">", "value": 7.95}}, "A"),  # between two units
        ({"grade": {"op": "<", "value": 5.05}}, "B"),
        ({"grade": 5.05}, ""),
        ({"grade": {"op": "!=", "value": 8}}, "B"),  # a blank is not different either
        ({"grade": 10**30}, ""),
        ({"style": {"op": ">=", "value": 3}}, "AB"),  # a composite scale
        ({"until": date(2025, 9, 1)}, "B"),
        ({"until": {"op": ">=", "value": "2025-08-31"}}, "AB"),
        ({"until": {"op": ">=", "value": "today"}}, "B"),
        ({"until": {"op": "<", "value": "today"}}, "A"),
        ({"needs": "maths"}, "A"),
        ({"needs": ["art", "sport"]}, "AB"),  # any of them
        ({"needs": {"op": "has", "value": "sport"}}, "B"),
        ({"needs": {"op": "!=", "value": "sport"}}, "AC"),  # who answered and doesn't name it
        ({"choices": "A"}, "B"),
        ({"choices": {"op": "has", "value": ["A", "C"]}}, "AB"),
        ({"needs": {"op": "answered", "value": True}}, "ABC"),  # "none" is an answer
        ({"needs": {"op": "answered", "value": False}}, "D"),
        ({"note": {"op": "answered", "value": True}}, "AB"),
        ({"kind": "student", "roles": "mentor"}, "CD"),  # both
        ({"any": [{"kind": "teacher"}, {"grade": 8}]}, "AB"),  # either
        ({"kind": "student", "any": [{"grade": 5}, {"calm": 3}]}, "A"),
        ({"not": {"grade": 8}}, "BCD"),  # a blank does not satisfy the inner condition
        ({"not": {"any": [{"kind": "teacher"}, {"needs": "maths"}]}}, "CD"),
    ],
)
def test_a_condition_picks_those_it_describes(condition, people):
    """Each form of the grammar picks exactly the people meant."""
    assert who(condition) == people


CONDITIONS = st.recursive(
    st.sampled_from(
        [{}, {"kind": "student"}, {"grade": {"op": ">", "value": 5}}, {"needs": ["maths", "sport"]}]
    ),
    lambda inner: (
        st.fixed_dictionaries({"not": inner})
        | st.fixed_dictionaries({"any": st.lists(inner, min_size=1, max_size=3)})
    ),
    max_leaves=6,
)


@given(CONDITIONS)
def test_a_condition_and_its_negation_share_everybody(condition):
    """Nobody satisfies both, everybody one of the two."""
    assert sorted(who(condition) + who({"not": condition})) == ["A", "B", "C", "D"]


@given(CONDITIONS, CONDITIONS)
def test_alternatives_are_a_union(first, second):
    """``any`` holds for whom one of its conditions holds."""
    assert set(who({"any": [first, second]})) == set(who(first)) | set(who(second))


@given(CONDITIONS)
def test_a_condition_survives_its_file(condition):
    """Its plain data makes an equal condition."""
    made = Condition.model_validate(condition)
    assert Condition.model_validate(made.model_dump(mode="json")) == made


def test_dates_are_kept_as_text():
    """A date of a TOML file and its ISO text make the same condition."""
    assert Condition({"until": TODAY}) == Condition({"until": "2025-09-01"})


def test_a_condition_names_the_fields_it_reads():
    """Fields inside any and not count, under their own names."""
    condition = Condition({"role": "mentor", "any": [{"grade": 8}], "not": {"calm": 1}})
    assert condition.fields == {"roles", "grade", "calm"}


@pytest.mark.parametrize(
    ("condition", "code", "place"),
    [
        ("student", "no-table", "who"),
        ({"any": []}, "no-alternatives", "who.any"),
        ({"any": {"kind": "student"}}, "no-alternatives", "who.any"),
        ({"any": [{"kind": "student"}, 5]}, "no-table", "who.any[1]"),
        ({"not": "student"}, "no-table", "who.not"),
        ({"grade": {"op": ">="}}, "no-operator", "who.grade"),
        ({"grade": {"op": ">=", "value": 8, "unit": 1}}, "no-operator", "who.grade"),
        ({"grade": {"op": "=>", "value": 8}}, "unknown-operator", "who.grade"),
        ({"grade": float("nan")}, "value", "who.grade"),
        ({"grade": None}, "value", "who.grade"),
        ({"kind": []}, "value", "who.kind"),  # nobody could satisfy it
        ({"until": datetime(2025, 9, 1)}, "value", "who.until"),  # noqa: DTZ001 - a wrong value
        ({"role": "mentor", "roles": "mentee"}, "same-field", "who.role"),
    ],
)
def test_a_malformed_condition_is_refused(condition, code, place):
    """What breaks the grammar is named with its place."""
    with pytest.raises(ValidationError) as caught:
        Condition.model_validate(condition)
    (defect,) = defects_of(caught.value, Condition, Place())
    found = "who" if defect.place.field is None else f"who.{defect.place.field}"
    assert (defect.code, found) == (f"condition.{code}", place)
    assert defect.text("ru") != defect.text("en")


@pytest.mark.parametrize(
    ("condition", "code", "place"),
    [
        ({"grad": 8}, "unknown-field-near", "who.grad"),
        ({"xyz": 8}, "unknown-field", "who.xyz"),
        ({"kind": "studnt"}, "unknown-option", "who.kind"),
        ({"ready": "maybe"}, "unknown-option", "who.ready"),
        ({"needs": ["maths", "music"]}, "unknown-option", "who.needs"),
        ({"kind": {"op": ">", "value": "student"}}, "operator", "who.kind"),
        ({"grade": {"op": "has", "value": 8}}, "operator", "who.grade"),
        ({"note": "x"}, "operator", "who.note"),  # free text is never compared
        ({"grade": {"op": "<", "value": [1, 2]}}, "one-value", "who.grade"),
        ({"grade": {"op": "answered", "value": 1}}, "answered", "who.grade"),
        ({"grade": "8"}, "no-number", "who.grade"),
        ({"calm": True}, "no-number", "who.calm"),
        ({"style": "high"}, "no-number", "who.style"),
        ({"until": "tomorrow"}, "no-date", "who.until"),
        ({"until": 2025}, "no-date", "who.until"),
        ({"choices": 5}, "no-code", "who.choices"),
        ({"any": [{"kind": "student"}, {"xyz": 1}]}, "unknown-field", "who.any[1].xyz"),
        ({"not": {"xyz": 1}}, "unknown-field", "who.not.xyz"),
    ],
)
def test_a_condition_that_does_not_fit_the_questionnaire_is_reported(condition, code, place):
    """Unknown fields and options, unfit operators and values are named with their place."""
    (defect,) = Condition.model_validate(condition).check(FORM, Place(field="who"))
    assert (defect.code, defect.place.field) == (f"condition.{code}", place)
    assert defect.text("ru") != defect.text("en")


def test_all_misfits_are_reported_at_once():
    """Each entry is checked, also after a wrong one."""
    condition = Condition({"grad": 8, "kind": "nobody", "not": {"calm": "x"}})
    codes = [defect.code for defect in condition.check(FORM, Place())]
    assert codes == [
        "condition.unknown-field-near",
        "condition.unknown-option",
        "condition.no-number",
    ]


def test_every_fitting_condition_passes_the_check():
    """What picks people above is accepted here."""
    condition = Condition({"kind": "student", "until": "today", "ready": True, "role": "mentor"})
    assert condition.check(FORM, Place()) == []
