"""Waves of the same questions show who answered, what changed and how much."""

import json
import math
from datetime import date
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lives import ENROLLED, after
from mentormatch.cohort import Cohort
from mentormatch.datasets import school
from mentormatch.errors import IntakeError, RegisterError
from mentormatch.participant import Participant
from mentormatch.programme import facts
from mentormatch.programme.diagnostics import (
    Wave,
    answer_facts,
    compare_waves,
    effect_size,
    survey_gaps,
    wave_answers,
)
from mentormatch.programme.facts import Fact
from mentormatch.questionnaire import Questionnaire

MONITORING = Questionnaire.preset("monitoring")


def person(code, role="mentee", **answers):
    """Make a participant."""
    return Participant(id=code, kind="student", roles={role}, answers=answers)


def wave(name, day, *people, asked=None):
    """Make a wave of answers."""
    return Wave(name, day, Cohort.from_participants(MONITORING, people, as_of=day), asked)


FIRST = wave(
    "2023-Q4",
    date(2023, 12, 1),
    person("S-1", progress=4),
    person("S-2", progress=5, comfort_now=9),
    person("T-1", "mentor", progress=6, mentor_feedback=7),
    asked=("S-1", "S-2", "S-3", "T-1"),
)
SECOND = wave("2024-Q1", date(2024, 3, 1), person("S-1", progress=7), person("S-3", progress=8))
THIRD = wave(
    "2024-Q2", date(2024, 6, 1), person("S-1", progress=6), person("S-2", progress=5, comfort_now=3)
)


def test_each_person_is_compared_with_themselves():
    """First to last, last to previous, direction and completeness, worked by hand."""
    compared = compare_waves([THIRD, FIRST, SECOND])
    assert [it.id for it in compared.waves] == ["2023-Q4", "2024-Q1", "2024-Q2"]
    changes = {(it.person, it.indicator): it for it in compared.changes}
    of_s1 = changes["S-1", "progress"]
    assert of_s1.values == (Decimal(4), Decimal(7), Decimal(6))
    assert (of_s1.since_first, of_s1.since_previous, of_s1.direction) == (2, -1, "up")
    of_s2 = changes["S-2", "progress"]
    assert of_s2.values == (Decimal(5), None, Decimal(5))
    assert (of_s2.since_first, of_s2.since_previous, of_s2.direction) == (0, 0, "same")
    assert changes["S-2", "comfort_now"].direction == "down"
    assert changes["S-3", "progress"].since_first is None
    assert changes["S-3", "progress"].direction is None
    assert ("T-1", "mentor_feedback") in changes
    assert ("S-1", "mentor_feedback") not in changes


def test_whoever_has_not_answered_is_named_by_code():
    """The list goes to those who have to remind them."""
    assert FIRST.missing == ("S-3",)
    assert SECOND.missing == ()
    lines = compare_waves([FIRST, SECOND]).text("ru").splitlines()
    assert lines[:2] == ["2023-Q4: ответили 3 из 4", "ещё не ответили: S-3"]


def group(values):
    """Make two waves of a group from pairs of answers."""
    people = [f"S-{place}" for place in range(len(values))]
    return [
        wave(
            name,
            day,
            *(person(code, progress=pair[at]) for code, pair in zip(people, values, strict=True)),
        )
        for at, (name, day) in enumerate((("a", date(2024, 1, 1)), ("b", date(2024, 4, 1))))
    ]


PAIRS = [(3, 5), (4, 6), (5, 5), (6, 9), (7, 6)]


def total_of(compared, indicator="progress"):
    """Return the total of an indicator."""
    return next(it.shift for it in compared.totals if it.indicator == indicator)


def test_a_group_is_summed_up():
    """Means 5 and 6.2, differences 2 2 0 3 -1, worked by hand."""
    shift = total_of(compare_waves(group(PAIRS)))
    assert (shift.count, shift.before, shift.after) == (5, 5.0, 6.2)
    assert shift.mean == pytest.approx(1.2)
    assert (shift.middle, shift.up, shift.same, shift.down) == (2.0, 3, 1, 1)


def test_few_people_are_not_shown_as_a_group():
    """Four are kept back in every figure and in the sentence, five are not."""
    compared = compare_waves(group(PAIRS[:4]))
    shift = total_of(compared)
    assert shift.count == 4
    assert {shift.before, shift.after, shift.mean, shift.middle, shift.up, shift.effect} == {None}
    assert compared.totals_table()["Mean difference"].isna().all()
    assert "not shown" in compared.text()
    assert "not shown" not in compare_waves(group(PAIRS)).text()


def test_the_effect_is_worked_by_hand():
    """Variances 2.5 and 2.7, covariance 1.25: difference 1.2 over the root of 2.6."""
    effect, low, high = effect_size([(Decimal(a), Decimal(b)) for a, b in PAIRS])
    assert effect == pytest.approx(1.2 / math.sqrt(2.6))
    spread = effect**2 * (2.5**2 + 2.7**2 + 2 * 1.25**2) / (8 * 4 * 2.6**2)
    spread += (2.5 + 2.7 - 2.5) / (4 * 2.6)
    assert (low, high) == pytest.approx(
        (effect - 1.959964 * math.sqrt(spread), effect + 1.959964 * math.sqrt(spread)), abs=1e-5
    )


def test_the_interval_covers_what_it_says():
    """Of 2,000 samples with a known difference, about 95 in 100 intervals hold it."""
    dice = np.random.default_rng(20240901)
    held = 0
    for _ in range(2000):
        before = dice.normal(0, 1, 40)
        after = 0.5 * before + dice.normal(0.4, math.sqrt(0.75), 40)
        _, low, high = effect_size([*zip(before, after, strict=True)])
        held += low <= 0.4 <= high
    assert 0.93 <= held / 2000 <= 0.97


def test_what_never_varies_has_no_effect_size():
    """Everybody the same twice is no ground for a standardised difference."""
    assert effect_size([(Decimal(5), Decimal(6))] * 6) == (None, None, None)
    assert effect_size([(Decimal(5), Decimal(6))] * 2) == (None, None, None)


@given(st.lists(st.tuples(st.integers(1, 10), st.integers(1, 10)), min_size=5, max_size=12))
def test_a_groups_figures_agree_with_its_people(pairs):
    """Counts add up, and the mean difference is the difference of the means."""
    shift = total_of(compare_waves(group(pairs)))
    differences = [b - a for a, b in pairs]
    assert shift.count == len(pairs) == shift.up + shift.same + shift.down
    assert shift.up == sum(d > 0 for d in differences)
    assert shift.mean == pytest.approx(np.mean(differences))
    assert shift.middle == pytest.approx(np.median(differences))
    assert shift.after - shift.before == pytest.approx(shift.mean)


def test_tables_have_a_row_each():
    """One row per person and indicator, per group and indicator, and per wave."""
    compared = compare_waves([FIRST, SECOND, THIRD])
    table = compared.table("ru")
    row = table[(table["Код"] == "S-1") & (table["Показатель"] == "Вижу, что дело движется")]
    assert row[["2023-Q4", "2024-Q1", "2024-Q2"]].to_numpy().tolist() == [[4, 7, 6]]
    assert row["Направление"].tolist() == ["рост"]
    assert len(table) == len(compared.changes)
    assert len(compared.totals_table()) == len(compared.totals)
    assert compared.completeness_table()["No answer"].tolist() == [1, 0, 0]


def test_waves_that_cannot_be_compared_are_refused_at_once():
    """Every reason is named, with its place."""
    with pytest.raises(IntakeError) as caught:
        compare_waves([])
    assert [it.code for it in caught.value.defects] == ["diagnostics.no-wave"]
    stranger = wave("2023-Q4", date(2023, 12, 2), person("S-9", progress=1), asked=("S-1",))
    with pytest.raises(IntakeError) as caught:
        compare_waves([FIRST, stranger])
    assert [it.code for it in caught.value.defects] == [
        "diagnostics.same-wave",
        "diagnostics.not-asked",
    ]
    narrow = MONITORING.to_dict() | {"scales": []}
    for question in narrow["questions"]:
        if question["id"] == "progress":
            question["high"] = 5
    other = Wave(
        "new", date(2025, 1, 1), Cohort.from_participants(Questionnaire.from_dict(narrow), [])
    )
    with pytest.raises(IntakeError) as caught:
        compare_waves([FIRST, other])
    places = {(it.code, it.place.field) for it in caught.value.defects}
    assert ("diagnostics.other-range", "new.progress") in places


# --- first and final survey ---------------------------------------------------------------

BEFORE = Questionnaire.preset("first-survey")
AFTER = Questionnaire.preset("final-survey")


def survey(form, field, values):
    """Make a survey in which people answer one question."""
    people = [person(f"S-{n}", **{field: value}) for n, value in enumerate(values)]
    return Cohort.from_participants(form, people)


def test_expectations_are_held_against_experience():
    """Only who answered both counts: five of six, 8 expected and 6 found on average."""
    first = survey(BEFORE, "exp_support", [8, 9, 7, 8, 8, 10])
    final = survey(AFTER, "was_support", [6, 6, 6, 5, 7])
    (gap,) = survey_gaps(first, final)
    assert (gap.role, gap.earlier, gap.later) == ("mentee", "exp_support", "was_support")
    assert (gap.shift.count, gap.shift.before, gap.shift.after) == (5, 8.0, 6.0)
    assert gap.shift.down == 5


def test_a_final_survey_that_looks_back_on_nothing_is_refused():
    """Every question with a wrong 'earlier' is named."""
    with pytest.raises(IntakeError) as caught:
        survey_gaps(survey(MONITORING, "progress", [1]), survey(AFTER, "was_support", [1]))
    assert {it.code for it in caught.value.defects} == {"diagnostics.earlier"}
    assert len(caught.value.defects) == 6


@pytest.mark.parametrize("name", ["monitoring", "first-survey", "final-survey"])
def test_a_ready_survey_is_worded_in_two_languages(name):
    """Russian questions have Cyrillic letters, English ones have none."""
    for question in Questionnaire.preset(name).questions:
        assert any("а" <= letter <= "я" for letter in question.label.ru.lower())
        assert question.label.en.isascii()


ASKED = ("T-1", "S-1", "S-2", "S-3")
OPENED = facts.WaveOpened(
    wave="q1", kind="quarter", on=date(2025, 12, 1), due=date(2025, 12, 14), people=ASKED
)


def answered(who, **answers):
    """Answer the quarterly form."""
    return facts.Answered(wave="q1", person=who, on=date(2025, 12, 2), answers=answers)


def test_a_wave_of_the_programme_is_a_wave_to_compare():
    """Everybody comes with kind and roles from the register; the silent one is missing."""
    state = after(
        ENROLLED,
        OPENED,
        answered("T-1", progress=6, mentor_feedback=7),
        answered("S-1", progress=4, support_needed=True),
        answered("S-1", progress=5),
        answered("S-3", progress=8),
    )
    found = wave_answers(state, "q1", MONITORING)
    assert (found.id, found.day, found.answers.as_of) == ("q1", OPENED.on, OPENED.on)
    assert (found.answers.ids, found.missing) == (("S-1", "S-3", "T-1"), ("S-2",))
    told = {person.id: person for person in found.answers.participants()}
    assert (told["T-1"].kind, told["T-1"].roles) == ("teacher", {"mentor"})
    assert told["S-1"].answers == {"progress": 5}


def test_who_took_a_consent_back_or_was_erased_is_not_counted():
    """Neither as somebody who answered nor as somebody to remind."""
    erased = answered("S-1", progress=4)
    state = after(
        ENROLLED,
        OPENED,
        Fact.join(erased.split()[0]),
        answered("S-3", progress=8),
        facts.ConsentWithdrawn(person="S-2", scope="data", on=date(2025, 12, 3)),
        facts.ConsentWithdrawn(person="S-3", scope="participation", on=date(2025, 12, 3)),
        facts.ConsentWithdrawn(person="T-1", scope="publication", on=date(2025, 12, 3)),
    )
    found = wave_answers(state, "q1", MONITORING)
    assert (found.answers.ids, found.expected, found.missing) == ((), ("T-1",), ("T-1",))


def test_there_is_no_wave_of_another_name():
    """A slip in the code is told, in both languages."""
    with pytest.raises(RegisterError) as told:
        wave_answers(after(ENROLLED, OPENED), "q2", MONITORING)
    assert "q2" in told.value.text("en")
    assert "q2" in told.value.text("ru")


def test_an_answer_that_the_questionnaire_does_not_know_is_told():
    """Another form was asked."""
    state = after(ENROLLED, OPENED, answered("S-1", sat_overall=5))
    with pytest.raises(IntakeError, match=r"S-1\.sat_overall"):
        wave_answers(state, "q1", MONITORING)


def test_answers_of_every_kind_go_into_facts_and_come_back():
    """Through JSON as well: a whole school's, with dates, levels, ranks, flags and numbers."""
    cohort = school("boarding_small").cohort
    given = answer_facts(cohort, "q1", date(2025, 12, 2))
    through = [facts.fact_of(json.loads(fact.model_dump_json())) for fact in given]
    people = tuple(
        facts.Enrolment(person=person.id, kind=person.kind, roles=tuple(person.roles))
        for person in cohort.participants()
    )
    opened = OPENED.model_copy(update={"people": cohort.ids})
    state = after(facts.Enrolled(on=OPENED.on, people=people), opened, *through)
    found = wave_answers(state, "q1", cohort.questionnaire).answers
    assert [*found.participants()] == [*cohort.participants()]
    kinds = {question.kind for question in cohort.questionnaire.questions}
    assert {"choice", "multi", "scale", "number", "date", "slots", "people", "flag"} <= kinds
    assert answer_facts(cohort, "q1")[0].on == cohort.as_of


def test_a_number_with_decimals_comes_back_exact():
    """Facts hold no decimals, so they travel in words; what is no number is told."""
    content = MONITORING.model_dump(mode="json", exclude_none=True)
    hours = {"id": "hours", "kind": "number", "decimals": 2, "label": {"ru": "Часы", "en": "Hours"}}
    form = Questionnaire.model_validate({**content, "questions": [*content["questions"], hours]})
    cohort = Cohort.from_participants(form, [person("S-1", hours=Decimal("2.50"))])
    state = after(ENROLLED, OPENED, *answer_facts(cohort, "q1", OPENED.on))
    assert state.waves["q1"].answers["S-1"].answers == {"hours": "2.5"}
    back = next(wave_answers(state, "q1", form).answers.participants())
    assert back.answers == {"hours": Decimal("2.5")}
    state = after(ENROLLED, OPENED, answered("S-1", hours="many"))
    with pytest.raises(IntakeError, match=r"S-1\.hours"):
        wave_answers(state, "q1", form)
