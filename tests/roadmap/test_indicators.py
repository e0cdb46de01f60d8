"""Indicators are computed from the register, compared in integers, and never guessed."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_school import small_school
from three_years import FACTS, FIRST, day, enrolled, entries, event, shown, wave

import mentormatch as mm
from lives import after
from lives import entries as written
from mentormatch.datasets import school as made_up
from mentormatch.errors import RoadmapError
from mentormatch.programme.facts import (
    Accepted,
    Answered,
    Closed,
    ConsentGiven,
    ConsentWithdrawn,
    Left,
    Ordered,
)
from mentormatch.programme.rounds import round_facts
from mentormatch.programme.state import State
from mentormatch.roadmap.activities import Target, Threshold
from mentormatch.roadmap.indicators import AGES, Excluded, Indicator, age_range
from mentormatch.roadmap.measures import Known, measure
from mentormatch.roadmap.roadmap import Roadmap

ROADMAP = Roadmap.preset("target-model-2023-2025")
SCHOOL = small_school()
LAST = date(2025, 5, 31)


def target(least=10, unit="percent", name="K01"):
    """Make an indicator's target."""
    threshold = Threshold(at_least=least, unit=unit)
    return Target(id=name, title={"ru": "Доля", "en": "Share"}, threshold=threshold)


def status_of(numerator, denominator, least=10):
    """Hold a share against a threshold."""
    return Indicator(target(least), LAST, numerator, denominator).status


def known(*facts, on="2023-10-20", roadmap=ROADMAP, **more):
    """Compute the indicators after some facts."""
    return measure(roadmap, after(*facts), day(on), Known(**more))


# The hand-worked figures of the page: numerator, denominator, status, and who is left out.
BY_HAND = {
    "K01": (10, 28, "met", "S-19 S-20"),
    "K02": (13, 16, "not_met", "S-18 S-19 S-20"),
    "K03": (4, 6, "not_met", "P5"),
    "K04": (4, 5, "not_met", "P5 P6"),
    "K05": (3, 5, "not_met", "P5 P6 P7"),
    "K06": (13, 17, "not_met", "S-19 S-20"),
    "K07": (16, 17, "met", "S-19 S-20"),
    "K08": (15, 16, "not_met", "S-17 S-19 S-20"),
    "K09": (2, None, "met", ""),
    "K10": (4, None, "not_met", ""),
    "K11": (7, 8, "not_met", ""),
    "K12a": (2, None, "met", ""),
    "K12b": (21, None, "threshold_missing", ""),
    "K13": (26, 28, "met", ""),
    "K14": (2, None, "threshold_missing", ""),
    "K15": (12, 13, "not_met", ""),
    "K16": (8, 13, "not_met", ""),
    "K17": (5, None, "threshold_missing", ""),
    "FK1": (6, 24, "not_met", "S-17 S-19 S-20"),
    "FK2": (1, 10, "met", ""),
    "FK3": (1, 2, "not_met", ""),
    "FK4": (2, 5, "met", ""),
    "FK5": (5, 6, "not_met", "S-15 S-17 S-18"),
    "FK6": (5, 5, "met", "A-1 B-2 S-02"),
}


@pytest.fixture(scope="module")
def school():
    """Return the status of the hand-worked school."""
    return SCHOOL.roadmap.status(
        on=LAST,
        facts=SCHOOL.entries,
        headcounts=SCHOOL.headcounts,
        cohort=SCHOOL.cohort,
        enterprises=SCHOOL.enterprises,
    )


def test_every_indicator_of_the_roadmap_is_worked_by_hand(school):
    """None is left out of the page."""
    assert list(BY_HAND) == [it.id for it in SCHOOL.roadmap.indicators]
    assert list(school.indicators) == list(BY_HAND)


@pytest.mark.parametrize("name", BY_HAND)
def test_an_indicator_is_what_was_worked_out_by_hand(name, school):
    """Figures, status, and who is left out, as the page derives them from its facts."""
    found = school.indicators[name]
    excluded = " ".join(it.code for it in found.excluded)
    assert (found.numerator, found.denominator, found.status, excluded) == BY_HAND[name]


def test_ten_percent_of_189_are_19():
    """18 people are 9.5 %, and no rounding lifts them."""
    assert status_of(19, 189) == "met"
    assert status_of(18, 189) == "not_met"


@given(st.integers(0, 10**6), st.integers(1, 10**6), st.integers(0, 100))
def test_a_share_is_met_when_no_smaller_number_would_do(part, whole, least):
    """The least number that meets a share is the share rounded up."""
    wanted = -(-least * whole // 100)
    assert (status_of(part, whole, least) == "met") is (part >= wanted)


def test_a_blank_threshold_is_no_zero():
    """Nothing is met or missed; the figure is shown all the same."""
    found = Indicator(target(None, "count", "K14"), LAST, 0)
    assert found.status == "threshold_missing"
    assert Indicator(target(0, "count", "K14"), LAST, 0).status == "met"
    assert found.figure() == "0"


@pytest.mark.parametrize(("kind", "of_b2"), [("choice", "plant"), ("text", " ООО  «ЗАВОД» ")])
def test_the_enterprises_of_mentors_can_be_asked_for(kind, of_b2):
    """As a question of the school's own; spelled a little differently it is the same one."""
    asked = {"id": "enterprise", "kind": kind, "label": {"en": "Enterprise", "ru": "Предприятие"}}
    if kind == "choice":
        asked["options"] = [{"id": it, "en": it, "ru": it} for it in ("plant", "bank")]
    form = mm.Questionnaire.preset("target-model").to_dict()
    form = mm.Questionnaire.from_dict(form | {"questions": [*form["questions"], asked]})
    said = {"B-1": "plant" if kind == "choice" else "ООО «Завод»", "B-2": of_b2, "B-3": None}
    records = [
        {"id": who, "kind": "partner", "roles": ["mentor"], "enterprise": said.get(who)}
        for who in ("B-1", "B-2", "B-3")
    ]
    cohort = mm.Cohort.from_records(form, records)
    people = enrolled("2023-09-04", *((who, "mentor") for who in said))
    found = known(people, cohort=cohort, headcounts={"enterprises": 4})["FK4"]
    assert (found.numerator, found.denominator) == (1, 4)
    homes = {"B-1": "x", "B-3": "y"}
    told = known(people, cohort=cohort, headcounts={"enterprises": 4}, enterprises=homes)["FK4"]
    assert told.numerator == 2


@pytest.mark.parametrize(
    ("part", "whole", "is_told"),
    [(5, 10, True), (5, 5, True), (0, 5, True), (4, 10, False), (6, 10, False), (4, 4, False)],
)
def test_what_a_few_people_answered_is_kept_back(part, whole, is_told):
    """Satisfied or not: under five either way. What people did is told of any number."""
    targets = {it.id: it for it in mm.Roadmap.preset("target-model-2023-2025").indicators}
    found = Indicator(
        targets["FK5"], date(2024, 5, 31), part, whole, excluded=(Excluded("S-1", "erased"),)
    )
    kept = found.kept_back(5)
    assert (kept == found) is is_told
    if not is_told:
        assert (kept.status, kept.value, kept.excluded) == ("not_computable", None, ())
        assert all(kept.why_not.text(lang) for lang in ("ru", "en"))
    others = replace(found, target=targets["FK3"])
    assert others.kept_back(5) == others


# --- what nobody has said --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("K01", "indicator.no-headcount"),
        ("K02", "indicator.nobody"),
        ("K03", "indicator.nobody"),
        ("K05", "indicator.nobody"),
        ("K11", "indicator.no-headcount"),
        ("K13", "indicator.no-headcount"),
        ("FK1", "indicator.no-answers"),
        ("FK3", "indicator.no-answers"),
        ("FK4", "indicator.no-enterprises"),
        ("FK5", "indicator.no-survey"),
    ],
)
def test_what_nobody_has_said_makes_an_indicator_not_computable(name, code):
    """With the reason, and never a zero."""
    found = known()[name]
    assert (found.status, found.value) == ("not_computable", None)
    assert found.why_not.code == code
    assert all(found.text(lang) for lang in ("ru", "en"))


def test_more_people_than_there_are_is_not_computable():
    """A headcount that is too small is no reason to report 150 %."""
    three = ((f"S-{n}", "mentee") for n in range(3))
    people = enrolled("2023-09-04", *three, ("T-1", "mentor"))
    found = known(people, headcounts={"students": 2, "teachers": 1})["K01"]
    assert found.why_not.code == "indicator.more-than-all"
    assert found.status == "not_computable"


def test_a_group_that_misses_it_decides_even_when_nothing_is_known_of_the_other():
    """One group below its tenth is enough for 'not met'; one above isn't enough for 'met'."""
    people = enrolled("2023-09-04", ("S-1", "mentee"))
    assert known(people, headcounts={"students": 100})["K01"].status == "not_met"
    assert known(people, headcounts={"students": 10})["K01"].status == "not_computable"
    both = {"students": 10, "teachers": 5}
    assert known(people, headcounts=both)["K01"].status == "not_met"


def test_of_two_groups_that_meet_it_the_lower_share_is_shown():
    """Nine students of ten, and one teacher of five."""
    nine = ((f"S-{n}", "mentee") for n in range(9))
    people = enrolled("2023-09-04", *nine, ("T-1", "mentor"))
    found = known(people, headcounts={"students": 10, "teachers": 5})["K01"]
    assert (found.numerator, found.denominator, found.status) == (1, 5, "met")


def test_the_scope_of_k01_is_a_choice():
    """Two mentors among ten students are enough in any role, none as mentees."""
    mentors = (("S-1", "mentor"), ("S-2", "mentor"), ("T-1", "mentor"))
    people = [enrolled("2023-09-04", *mentors)]
    counts = {"students": 10, "teachers": 5}
    assert known(*people, headcounts=counts)["K01"].status == "met"
    assert known(*people, headcounts=counts, scope="mentor")["K01"].status == "met"
    assert known(*people, headcounts=counts, scope="mentee")["K01"].status == "not_met"


# --- one by one, in pairs --------------------------------------------------------------------


def test_columns_need_a_plan_of_what_to_publish():
    """Two columns without a plan are two columns, and the indicator isn't met."""
    rubrics = [shown("2023-10-01", "rubric"), shown("2023-10-02", "rubric")]
    without = known(*rubrics)["K09"]
    assert (without.numerator, without.status, without.remark) == (2, "not_met", "no_content_plan")
    assert known(*rubrics, shown("2023-10-03", "content_plan"))["K09"].status == "met"
    assert known(rubrics[0], shown("2023-10-03", "content_plan"))["K09"].status == "not_met"


def test_the_best_attended_council_counts():
    """Two halves are no whole; those who were to come stand for the staff when it isn't given."""
    halves = [event("2023-10-03", "council", others=2), event("2023-10-10", "council", others=2)]
    assert known(*halves, headcounts={"teachers": 4})["K11"].numerator == 2
    invited = halves[0].model_copy(update={"invited": 2})
    assert known(invited)["K11"].status == "met"
    assert known(invited, headcounts={"teachers": 4})["K11"].status == "not_met"


def test_a_student_at_two_class_hours_counts_once():
    """By code; people without codes can't be told apart, and the figure says so."""
    hours = [event("2023-10-03", "class_hour", "S-1"), event("2023-10-04", "class_hour", "S-1")]
    found = known(*hours, headcounts={"students": 10})["K13"]
    assert (found.numerator, found.remark) == (1, None)
    more = [
        event("2023-10-05", "class_hour", others=2),
        event("2023-10-06", "class_hour", others=3),
    ]
    found = known(*hours, *more, headcounts={"students": 10})["K13"]
    assert (found.numerator, found.remark) == (6, "counted_per_event")


def test_class_hours_of_another_school_year_do_not_count():
    """Each year has its own share."""
    hours = [event("2024-02-03", "class_hour", others=9), event("2024-09-20", "class_hour")]
    counts = {"students": 10}
    assert known(*hours, on="2024-06-15", headcounts=counts)["K13"].numerator == 9
    assert known(*hours, on="2024-10-15", headcounts=counts)["K13"].numerator == 0


def test_an_answer_after_the_quarter_is_no_diagnosis_of_it():
    """The wave is answered in the end; the quarter's share stays."""
    people = enrolled("2023-09-04", ("S-1", "mentee"), ("S-2", "mentee"))
    asked = wave("Q", "2023-12-04", "2023-12-20", ("S-1", "2023-12-10"), ("S-2", "2024-01-10"))
    last = known(people, *asked, on="2023-12-31")["K08"]
    assert (last.numerator, last.denominator) == (1, 2)
    later = known(people, *asked, on="2024-01-15")["K08"]  # the next quarter's
    assert (later.numerator, later.denominator) == (0, 2)


def test_who_has_left_is_shown_apart():
    """Neither in the share nor in what it is of."""
    people = enrolled("2023-09-04", ("S-1", "mentee"), ("S-2", "mentee"))
    found = known(people, Left(person="S-2", on=day("2023-10-01")))["K02"]
    assert (found.denominator, found.excluded) == (1, (Excluded("S-2", "left"),))
    before = known(people, Left(person="S-2", on=day("2023-10-21")))["K02"]
    assert (before.denominator, before.excluded) == (2, ())


def test_erased_answers_are_neither_content_nor_discontent():
    """They are left out, and named as erased."""
    people = enrolled("2023-09-04", ("S-1", "mentee"), ("S-2", "mentee"))
    final = wave("F", "2023-10-02", "2023-10-12", ("S-1", "2023-10-05"), ("S-2", "2023-10-05"))
    final[0] = final[0].model_copy(update={"kind": "final"})
    final[1] = final[1].model_copy(update={"answers": {"sat_overall": 7}})
    final[2] = final[2].model_copy(update={"answers": None})
    found = known(people, *final)["FK5"]
    assert (found.numerator, found.denominator) == (1, 1)
    assert found.excluded == (Excluded("S-2", "erased"),)
    final[1] = final[1].model_copy(update={"answers": {"sat_overall": 6, "sat_fun": True}})
    assert known(people, *final)["FK5"].numerator == 0


def test_a_survey_can_be_given_as_a_cohort():
    """The same people, the same cut of seven of ten."""
    form = mm.Questionnaire.preset("final-survey")
    people = [
        mm.Participant(id=who, kind="student", roles={"mentee"}, answers=answers)
        for who, answers in {
            "S-1": {"sat_overall": 7, "sat_joint_work": 7, "sat_result": 7},
            "S-2": {"sat_overall": 7, "sat_joint_work": 7, "sat_result": 6},
            "S-3": {"sat_overall": 10},  # one of three
        }.items()
    ]
    found = known(
        enrolled("2023-09-04", *((f"S-{n}", "mentee") for n in (1, 2, 3))),
        survey=mm.Cohort.from_participants(form, people),
    )["FK5"]
    assert (found.numerator, found.denominator) == (1, 2)
    assert found.excluded == (Excluded("S-3", "incomplete"),)


def test_an_age_is_that_of_the_school_years_first_year():
    """In May somebody is as old as in the autumn before, when heads were counted."""
    assert age_range(date(2024, 10, 1), 10, 19) == (2005, 2014)
    assert age_range(date(2025, 5, 31), 10, 19) == (2005, 2014)
    assert age_range(date(2025, 9, 1), 10, 19) == (2006, 2015)


def test_a_school_counts_events_of_its_own_rows():
    """A count that the library has never heard of is the number of the row's events."""
    content = ROADMAP.to_dict()
    unit = {"unit": "count", "at_least": 2}
    content["indicators"].append({"id": "X1", "title": "Trainings", "threshold": unit})
    share = {"unit": "percent", "at_least": 2}
    content["indicators"].append({"id": "X2", "title": "A share", "threshold": share})
    content["indicators"].append({"id": "X3", "title": "Alone", "threshold": unit})
    content["activities"].append(
        {
            "id": "F1",
            "section": "D",
            "title": "Train mentors",
            "result": "Trained",
            "deadline": {"kind": "period"},
            "responsible": ["curator"],
            "indicators": ["X1", "X2"],
            "evidence": {"rule": "events", "kinds": ["training"], "indicators": True},
        }
    )
    ours = Roadmap.from_dict(content)
    found = known(event("2023-10-03", "training"), event("2023-10-04", "training"), roadmap=ours)
    assert found["X1"].status == "met"
    assert found["X2"].why_not.code == "indicator.unheard-of"
    assert found["X3"].why_not.code == "indicator.no-row"


def test_a_person_who_takes_a_consent_back_is_named_as_such():
    """They left; the reason is theirs to give, and this one is what the register knows."""
    people = enrolled("2023-09-04", ("S-1", "mentee"), ("S-2", "mentee"))
    found = known(
        people,
        ConsentGiven(person="S-2", on=day("2023-09-04")),
        ConsentWithdrawn(person="S-2", on=day("2023-10-01")),
    )["K02"]
    assert found.excluded == (Excluded("S-2", "withdrew"),)


@pytest.mark.parametrize("lang", ["ru", "en"])
def test_every_indicator_and_everybody_left_out_can_be_said(lang, school):
    """In both languages, with its parts."""
    for indicator in school.indicators.values():
        for part in (indicator, *indicator.parts):
            assert part.id in part.text(lang)
            assert all(it.code in it.text(lang) for it in part.excluded)


def test_a_repr_names_nobody(school):
    """Who is left out is asked for, not logged."""
    assert "S-19" not in repr(school.indicators["K01"])
    assert "S-19" not in repr(school)


def test_meetings_of_this_school_year_count():
    """Somebody who met last year, and nobody since, hasn't met this year."""
    state = State.of(entries(FACTS))
    found = {
        on: measure(ROADMAP, state, day(on), Known())["K06"]
        for on in ("2024-08-31", "2024-09-20", "2024-10-15")
    }
    # S-3 came on 28 August; S-2 left on 2 September; T-1 and S-1 met on 20 September.
    assert (found["2024-08-31"].numerator, found["2024-08-31"].denominator) == (4, 5)
    assert (found["2024-09-20"].numerator, found["2024-09-20"].denominator) == (2, 4)
    assert (found["2024-10-15"].numerator, found["2024-10-15"].denominator) == (4, 4)


def test_plans_that_were_seen_through_count_and_others_do_not():
    """Pairs that ended with the year stay in; one that didn't work out goes."""
    ended = {"year_end": 2, "goal_reached": 2, "no_fit": 1}
    for reason, plans in ended.items():
        facts = [
            it.model_copy(update={"reason": reason}) if getattr(it, "pair", "") == "Y1P2"
            and isinstance(it, Closed) else it
            for it in FIRST
        ]  # fmt: skip
        found = measure(ROADMAP, State.of(entries(facts)), day("2024-06-15"), Known())["K05"]
        assert (found.numerator, found.denominator) == (plans, plans)


def test_a_task_that_was_done_later_is_not_done_yet():
    """Both plans were carried out on 10 May 2024, not a day before."""
    state = State.of(entries(FACTS))
    assert measure(ROADMAP, state, day("2024-05-09"), Known())["K05"].numerator == 0
    assert measure(ROADMAP, state, day("2024-05-10"), Known())["K05"].numerator == 2


# --- back into matching ----------------------------------------------------------------------


def test_an_indicator_becomes_a_quota(school):
    """K01 is one quota for each group; the shares are of the school's headcounts."""
    students, teachers = school.indicators["K01"].as_quota()
    assert (students.id, students.role, students.least) == ("K01-students", "any", "10 %")
    assert (students.of, students.who.root) == ("headcount:students", {"kind": "student"})
    assert (teachers.of, teachers.hard) == ("headcount:teachers", True)
    mentors = school.indicators["K01"].parts[2].as_quota(hard=False)
    assert [(it.id, it.role, it.hard) for it in mentors] == [("K01-students", "mentor", False)]
    (everybody,) = school.indicators["K02"].as_quota()
    assert (everybody.of, everybody.least) == ("cohort", "100 %")
    (mentees,) = school.indicators["FK1"].as_quota()
    assert (mentees.role, mentees.of) == ("mentee", "headcount:students_10_19")


def test_the_scope_of_k01_goes_into_its_quotas():
    """A school that counts mentors asks the matching for mentors."""
    people = enrolled("2023-09-04", ("S-1", "mentee"))
    found = known(people, headcounts={"students": 9, "teachers": 9}, scope="mentor")["K01"]
    assert {it.role for it in found.as_quota()} == {"mentor"}


@pytest.mark.parametrize("name", ["K05", "K11", "K15", "FK4", "FK5"])
def test_what_a_matching_has_no_say_in_is_no_quota(name, school):
    """With a sentence."""
    with pytest.raises(RoadmapError, match="no say"):
        school.indicators[name].as_quota()


def test_a_blank_threshold_is_no_quota(school):
    """There is nothing to ask for."""
    blank = replace(school.indicators["K01"], target=target(None))
    with pytest.raises(RoadmapError, match="threshold"):
        blank.as_quota()


@pytest.mark.parametrize("name", ["FK1", "FK2"])
def test_a_quota_on_ages_is_about_the_same_people_as_the_indicator(name):
    """The condition holds for whoever is of the age on the day, and for nobody else."""
    cohort = made_up("boarding_small").cohort
    on = cohort.as_of
    first, last = AGES[name]
    threshold = Threshold(at_least=70, unit="percent")
    found = Indicator(Target(id=name, title="Age", threshold=threshold), on, 1, 2)
    (quota,) = found.as_quota()
    expected = [
        person.kind == "student"
        and person.answers.get("birth_year") is not None
        and first <= 2026 - int(person.answers["birth_year"]) <= last
        for person in cohort.participants()
    ]
    assert cohort.mask(quota.who).tolist() == expected
    policy = mm.Policy.preset("official").with_limits(quotas=[quota])
    policy.check(cohort.questionnaire)


def test_a_forecast_says_what_a_proposal_would_meet():
    """It is what the register says after the proposal has been ordered as it stands."""
    everything = made_up("boarding_small")
    cohort = everything.cohort
    result = mm.match(cohort, mm.Policy.preset("official"))
    roadmap = ROADMAP.roll(to=2026)
    found = roadmap.forecast(result)
    assert set(found) == {"K01", "K02", "FK1", "FK2", "FK3"}
    facts = list(round_facts(result, cohort, State(), "R1"))
    pairs = [it.pair for it in facts[-1].proposals]
    day_of = cohort.as_of
    facts += [
        Accepted(pairs=pairs),
        Ordered(number="1", on=day_of, pairs=pairs, starts=day_of, ends=date(2027, 5, 31)),
    ]
    state = State.of(written(facts, at=datetime(2026, 12, 1, tzinfo=UTC)))
    then = roadmap.status(on=day_of, facts=state, cohort=cohort)
    assert {name: it.to_dict() for name, it in found.items()} == {
        name: then.indicators[name].to_dict() for name in found
    }
    placed = {who for pair in result.matching.pairs for who in (pair.mentor, pair.mentee)}
    assert found["K02"].numerator == len(placed)
    assert found["K02"].denominator == len(cohort)
    assert state.rounds  # the state itself has not changed by asking
    again = roadmap.forecast(result, state=state)
    assert again["K02"].numerator == len(placed)


def test_a_forecast_ends_the_pairs_that_a_proposal_gives_up():
    """Two pairs run; the next proposal may not repeat one of them, and nobody else is free."""
    cohort = made_up("boarding_small").cohort
    policy = mm.Policy.preset("official")
    first = mm.match(cohort, policy)
    pair = first.matching.pairs[0]
    few = cohort.take([cohort.index(pair.mentor), cohort.index(pair.mentee)])
    alone = mm.match(few, policy)
    state = after(*round_facts(alone, few, State(), "R1", day("2026-05-01")))
    accepted = Accepted(pairs=("R1-001",))
    state = after(accepted, state=state)
    roadmap = ROADMAP.roll(to=2026)
    banned = mm.match(few, policy.with_limits(bans=[(pair.mentor, pair.mentee)]))
    kept = mm.match(few, policy)
    # An accepted pair that is kept is ordered with the rest.
    assert roadmap.forecast(kept, state=state)["K02"].numerator == 2
    order = Ordered(
        number="1",
        on=day("2026-05-02"),
        pairs=("R1-001",),
        starts=day("2026-05-02"),
        ends=day("2027-05-31"),
    )
    running = after(order, state=state)
    assert roadmap.forecast(kept, state=running)["K02"].numerator == 2
    assert roadmap.forecast(banned, state=running)["K02"].numerator == 0


def test_a_forecast_of_an_impossible_matching_places_nobody():
    """It is an answer, not an error."""
    cohort = made_up("boarding_small").cohort
    quota = {"id": "q", "who": {"kind": "student"}, "least": "90 %", "of": "headcount:students"}
    result = mm.match(cohort, mm.Policy.preset("official").with_limits(quotas=[quota]))
    assert not result.matching.pairs
    found = ROADMAP.roll(to=2026).forecast(result)
    assert found["K02"].numerator == 0
    assert found["K02"].status == "not_met"


def test_who_answered_twice_is_counted_once():
    """The last answer of a person stands."""
    people = enrolled("2023-09-04", ("S-1", "mentee"))
    asked = wave("Q", "2023-10-04", "2023-10-20", ("S-1", "2023-10-10"))
    again = Answered(wave="Q", person="S-1", on=day("2023-10-15"), answers={"q": 2})
    assert known(people, *asked, again)["K08"].numerator == 1
