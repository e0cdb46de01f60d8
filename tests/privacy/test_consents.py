"""Whose consent doesn't hold is told, and agrees with the rules that keep people out."""

from datetime import date

import pytest

import mentormatch as mm
from mentormatch.consent import consents_in
from mentormatch.datasets import school
from mentormatch.policy.rules import ConsentRule
from mentormatch.privacy.consents import consent_remarks

DAY = date(2026, 9, 1)


@pytest.fixture(scope="module")
def form():
    """Ask for consent with an end and a scope; of students also that of a guardian."""
    dates = [
        {"id": f"{name}_{part}", "kind": "date"} | asked
        for name, asked in (("self", {}), ("guardian", {"asked": {"kinds": ["student"]}}))
        for part in ("given_on", "withdrawn_on", "valid_until")
    ]
    scopes = [{"id": name, "label": name} for name in ("data", "photo")]
    questions = [
        {"id": "kind", "kind": "choice", "options": [
            {"id": name, "label": name} for name in ("student", "teacher")]},
        {"id": "roles", "kind": "multi", "options": [
            {"id": name, "label": name} for name in ("mentor", "mentee")]},
        *dates,
        {"id": "self_scope", "kind": "multi", "options": scopes},
    ]  # fmt: skip
    return mm.Questionnaire.from_dict(
        {
            "name": "c",
            "title": "C",
            "questions": [{"label": one["id"]} | one for one in questions],
        }
    )


def cohort_of(form, **answers):
    """Make a cohort of students with these answers by code."""
    people = [
        mm.Participant(id=code, kind="student", roles=["mentee"], answers=given)
        for code, given in answers.items()
    ]
    return mm.Cohort.from_participants(form, people, as_of=DAY)


def test_a_consent_is_two_dates_whose_names_belong_together(form):
    """A text of that name, a day on its own or one of another name is no consent."""
    named = form.to_dict() | {
        "questions": [
            *form.to_dict()["questions"],
            {"id": "word_given_on", "kind": "text", "label": "a word"},
            {"id": "word_withdrawn_on", "kind": "date", "label": "taken back"},
            {"id": "gift_given_on", "kind": "date", "label": "a gift"},
            {"id": "badge_on", "kind": "date", "label": "a badge"},
            {"id": "badge_on_withdrawn_on", "kind": "date", "label": "taken away"},
        ]
    }
    assert consents_in(mm.Questionnaire.from_dict(named)) == ("self", "guardian")


GIVEN = {"self_given_on": date(2026, 8, 1), "guardian_given_on": date(2026, 8, 1)}


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({}, None),
        ({"self_given_on": DAY}, None),
        ({"self_valid_until": DAY}, None),
        ({"self_given_on": None}, "missing"),
        ({"self_given_on": date(2026, 9, 2)}, "future"),
        ({"self_withdrawn_on": date(2026, 8, 2)}, "withdrawn"),
        ({"self_withdrawn_on": date(2026, 12, 2)}, "withdrawn"),
        ({"self_given_on": None, "self_withdrawn_on": DAY}, "withdrawn"),
        ({"self_valid_until": date(2026, 8, 31)}, "expired"),
    ],
)
def test_a_consent_that_does_not_hold_is_told_with_its_reason(form, changes, state):
    """The last day on which it holds still counts; a withdrawal always does."""
    answers = {name: day for name, day in (GIVEN | changes).items() if day is not None}
    found = mm.consent_gaps(cohort_of(form, S1=answers))
    assert found == (() if state is None else (mm.ConsentGap("S1", "self", state),))
    for gap in found:
        assert "S1" in gap.text("ru")


def test_a_scope_is_asked_for_where_the_questionnaire_has_it(form):
    """The guardian's consent has no scope, so it isn't asked of it."""
    cohort = cohort_of(
        form, S1=GIVEN | {"self_scope": ("data",)}, S2=GIVEN | {"self_scope": ("data", "photo")}
    )
    assert mm.consent_gaps(cohort) == ()
    assert mm.consent_gaps(cohort, scope="photo") == (
        mm.ConsentGap("S1", "self", "scope", "photo"),
    )


def test_another_day_is_another_answer(form):
    """On the day before it was given it is missing."""
    cohort = cohort_of(form, S1=GIVEN)
    found = mm.consent_gaps(cohort, on=date(2026, 7, 31))
    assert [(gap.consent, gap.state) for gap in found] == [
        ("guardian", "future"),
        ("self", "future"),
    ]


@pytest.mark.parametrize("preset", mm.Policy.presets())
def test_with_a_policy_it_is_exactly_whom_its_consent_rules_keep_out(preset):
    """Whoever is listed is in no pair of the graph, in every preset."""
    cohort = school("boarding_small").cohort
    policy = mm.Policy.preset(preset)
    rules = [rule for rule in policy.rules if isinstance(rule, ConsentRule)]
    assert {rule.type for rule in rules} == {"consent", "guardian-consent"}
    refused = {
        code
        for rule in rules
        for code, fine in zip(cohort.ids, rule.bind(cohort, "").mentees, strict=True)
        if not fine
    }
    listed = {gap.code for gap in mm.consent_gaps(cohort, policy)}
    assert listed == refused
    assert listed
    graph = mm.build_graph(cohort, policy)
    in_pairs = {graph.mentors[place] for place in graph.mentor} | {
        graph.mentees[place] for place in graph.mentee
    }
    assert not listed & in_pairs


@pytest.mark.parametrize("preset", mm.Policy.presets())
def test_whoever_withdraws_is_in_no_pair(preset):
    """Everybody of a matching withdraws in turn and is never in the graph again."""
    made_up = school("boarding_small")
    policy = mm.Policy.preset(preset)
    everybody = {one.id: one for one in made_up.participants}
    gone = [code for code in made_up.cohort.ids if code[0] in "ST"][::12]
    for code in gone:
        person = everybody[code]
        everybody[code] = person.model_copy(
            update={"answers": person.answers | {"consent_self_withdrawn_on": made_up.as_of}}
        )
    cohort = mm.Cohort.from_participants(
        made_up.questionnaire, everybody.values(), as_of=made_up.as_of
    )
    graph = mm.build_graph(cohort, policy)
    in_pairs = {graph.mentors[place] for place in graph.mentor} | {
        graph.mentees[place] for place in graph.mentee
    }
    assert not in_pairs & set(gone)
    assert len(in_pairs) > 10
    states = {gap.code: gap.state for gap in mm.consent_gaps(cohort, policy)
              if gap.consent == "consent_self"}  # fmt: skip
    assert {states[code] for code in gone} == {"withdrawn"}


def test_a_policy_that_reads_no_consent_is_warned_about():
    """The questionnaire keeps two consents; the presets read both, an empty policy none."""
    form = mm.Questionnaire.preset("target-model")
    policy = mm.Policy.preset("official")
    assert not [one for one in policy.warnings(form) if one.code == "policy.consent-unread"]
    bare = policy.model_copy(update={"rules": ()})
    found = [one for one in bare.warnings(form) if one.code == "policy.consent-unread"]
    assert [one.values["found"] for one in found] == ["consent_self", "consent_guardian"]
    assert "consent_self" in found[0].text("ru")


def test_consents_with_a_date_that_hold_nobody_in_are_remarked_on():
    """No scope, or a later day: a curator who wrote the date would look for it in vain.

    Nothing is said of consents that hold, that were never given or that were taken back.
    """
    form = mm.Questionnaire.preset("target-model")
    given = {"consent_self_given_on": date(2026, 8, 1), "consent_self_scope": ("participation",)}
    blank = {"consent_self_scope": ("participation",)}
    answers = [
        given,
        {"consent_self_given_on": date(2026, 8, 1)},
        given | {"consent_self_scope": ("data",)},
        given | {"consent_self_given_on": date(2026, 9, 2)},
        blank,
        given | {"consent_self_withdrawn_on": date(2026, 8, 2)},
    ]
    people = [
        mm.Participant(id=f"T-{number}", kind="teacher", roles=["mentor"], answers=each)
        for number, each in enumerate(answers)
    ]
    cohort = mm.Cohort.from_participants(form, people, as_of=DAY)
    future, scope = consent_remarks(cohort, mm.Policy.preset("official"), "ru")
    assert future.text("ru") == (
        "столбец «Согласие участника: дата»: у 1 человека день согласия позже дня подбора "
        "(01.09.2026), и согласие ещё не действует; проверьте эти дни и as_of в programme.toml"
    )
    assert (scope.code, scope.values["count"]) == ("consent.scope", 2)
    assert "«Участие в программе»" in scope.text("ru")
