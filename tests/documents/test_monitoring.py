"""The monitoring report: each figure worked out by hand for a school of sixteen people."""

from dataclasses import astuple, replace
from datetime import date, timedelta

import pytest

import mentormatch as mm
from mentormatch.documents.papers.monitoring import RUNNING_OUT, monitoring_contents
from mentormatch.office.surveys import PRESETS
from mentormatch.programme import facts as f
from mentormatch.programme.state import State
from mentormatch.questionnaire import Questionnaire

ON = date(2024, 12, 1)
BEGUN = date(2024, 9, 5)
DAY = timedelta(1)
MENTORS = [f"M{n}" for n in range(1, 9)]
MENTEES = [f"S{n}" for n in range(1, 9)]


def told(*facts, state=None):
    """Fold facts written down one after another."""
    state = state or State()
    for fact in facts:
        state = state.apply(state.entry(fact, "curator"))
    return state


def held(pair, number, *present):
    """Let a pair meet for the first time."""
    return f.MeetingHeld(
        meeting=f"{pair}-{number}",
        pair=pair,
        stage="acquaintance",
        on=date(2024, 10, number),
        present=present,
    )


def planned(pair, on):
    """Arrange a pair's first meeting."""
    return f.MeetingPlanned(meeting=f"{pair}-first", pair=pair, stage="acquaintance", on=on)


def surveyed(kind, opened, answers):
    """Open a wave for those who answer it, and let them answer."""
    yield f.WaveOpened(wave=kind, kind=kind, on=opened, due=opened + DAY, people=tuple(answers))
    for who, said in answers.items():
        yield f.Answered(wave=kind, person=who, on=opened, answers=said)


def consent(person, until, scope="participation"):
    """Let somebody consent until a day."""
    return f.ConsentGiven(person=person, scope=scope, on=BEGUN, until=until)


def lived():
    """Make six pairs, of which one ends early; two mentees wait, one of two mentors is cleared.

    - Meetings: p1 met twice, p2 once and called one off, p3 didn't meet when it was to, p4 is
      still to meet: 3 held of 5.
    - p1 came both, of p2 only the mentor: 3 of 12 people have met.
    - Of five mentors who answered both surveys three expected less than they found, one more.
    """
    people = [f.Enrolment(person=it, kind="teacher", roles=("mentor",)) for it in MENTORS]
    people += [f.Enrolment(person=it, kind="student", roles=("mentee",)) for it in MENTEES]
    pairs = tuple(f"p{n}" for n in range(1, 7))
    proposals = [
        f.Proposal(pair=pair, form="teacher_student", mentor=mentor, mentees=(mentee,))
        for pair, mentor, mentee in zip(pairs, MENTORS, MENTEES, strict=False)
    ]
    expected = {f"M{n}": {"exp_effect": 5} for n in range(1, 6)}
    found = {
        f"M{n}": {"was_effect": effect, "sat_overall": 7, "sat_result": 8}
        for n, effect in enumerate((6, 6, 6, 4, 5), 1)
    }
    few = {f"S{n}": {"sat_overall": 2} for n in range(1, 5)}
    return told(
        f.Enrolled(on=BEGUN, people=people),
        f.RoundMade(
            round="a",
            on=BEGUN,
            inputs="0" * 64,
            policy="1" * 64,
            result="2" * 64,
            proposals=proposals,
        ),
        f.Accepted(pairs=pairs),
        f.Ordered(number="1", on=BEGUN, pairs=pairs, starts=BEGUN, ends=date(2025, 5, 31)),
        f.Interviewed(person="M8", on=BEGUN, cleared=False),
        held("p1", 1, "M1", "S1"),
        held("p1", 2, "M1"),
        planned("p2", date(2024, 10, 3)),
        f.MeetingCancelled(meeting="p2-first"),
        held("p2", 4, "M2"),
        planned("p3", ON - DAY),
        planned("p4", ON),
        f.Closed(pair="p6", on=date(2024, 10, 20), reason="moved"),
        consent("S1", ON - DAY),
        consent("S2", ON + RUNNING_OUT * DAY),
        consent("S3", ON + (RUNNING_OUT + 1) * DAY),
        consent("S4", ON - DAY, "publication"),
        *surveyed("first", date(2024, 10, 7), expected),
        *surveyed("final", date(2024, 11, 7), found | few),
    )


@pytest.fixture
def report(sources_of):
    """Write the report of the small school."""

    def write(state=None, lang="ru", **more):
        state = state or lived()

        def asked_in(wave):
            return Questionnaire.preset(PRESETS[state.waves[wave].kind])

        more.setdefault("asked_in", asked_in)
        return monitoring_contents(sources_of(state, ON, None, lang, **more))

    return write


def test_the_indices_are_counted_as_by_hand(report):
    """3 of 12 have met, 3 of 5 meetings were held; four mentees are too few to be shown."""
    found = [astuple(it) for it in report().indices]
    assert found == [
        ("Удовлетворённость наставников", "7,5 из 10", "ответили: 5"),
        ("Удовлетворённость наставляемых", "—", "не показано: ответили менее 5 человек"),
        ("Вовлечённость: были хотя бы на одной встрече", "25,0\u00a0%", "3 из 12"),
        ("Проведено встреч из намеченных к этому дню", "60,0\u00a0%", "3 из 5"),
        ("Планы, выполненные не менее чем на 90\u00a0%", "—", "считать пока не от чего"),
        (
            "Планы под угрозой (сделано меньше 90\u00a0% намеченного к этому дню)",
            "0",
            "действующих пар и групп: 5",
        ),
    ]


def test_expectations_are_held_against_experience(report):
    """Mean 5 before, 5.4 after; 3 up, 1 same, 1 down would name people, and are kept back.

    The variances are 0 and 0.8, so the standardised difference is 0.4 / root of 0.4 = 0.63.
    """
    (gap,) = report().gaps
    assert (gap.role, gap.count) == ("Наставники", "5")
    assert (gap.before, gap.after, gap.change) == ("5,00", "5,40", "+0,40")
    assert (gap.up, gap.same, gap.down) == ("—", "—", "—")
    assert gap.effect.startswith("+0,63 [")


def test_a_year_is_held_against_its_own_beginning(report):
    """Of an earlier year's first survey, in which all expected 10, nothing is left."""
    earlier = surveyed("first", BEGUN, {f"M{n}": {"exp_effect": 10} for n in range(1, 6)})
    opened, *answers = (it.model_copy(update={"wave": "earlier"}) for it in earlier)
    later = surveyed("first", ON, {f"M{n}": {"exp_effect": 1} for n in range(1, 6)})
    after, *more = (it.model_copy(update={"wave": "later"}) for it in later)
    state = told(opened, *answers, after, *more, state=lived())
    # The earlier survey was noted first.
    waves = {name: state.waves[name] for name in sorted(state.waves)}
    assert [*waves] == ["earlier", "final", "first", "later"]
    assert report(replace(state, waves=waves)).gaps == report().gaps


def test_no_restricted_answer_is_told_of(report):
    """Nothing of a question that a school has restricted, not even of all people together."""
    content = Questionnaire.preset("final-survey").to_dict()
    for question in content["questions"]:
        if question["id"] in {"was_effect", "sat_result"}:
            question["sensitivity"] = "restricted"
    forms = {
        "first": Questionnaire.preset("first-survey"),
        "final": Questionnaire.from_dict(content),
    }
    found = report(asked_in=forms.__getitem__)
    assert found.gaps == ()
    # Of 7 and 8 the 8 is restricted.
    assert found.indices[0].value == "7,0 из 10"


def test_strengths_and_weaknesses_come_from_the_figures(report):
    """Satisfied mentors and expectations that came true, against meetings that weren't held."""
    found = report()
    assert "Удовлетворённость наставников: 7,5 из 10 (порог — 7)." in found.strengths
    assert "Ожидания оправдались или превзойдены: показателей 1 из 1." in found.strengths
    assert "Проведено встреч: 3 из 5 намеченных (60,0\u00a0%)." in found.weaknesses
    assert "Завершились досрочно пары и группы: 1." in found.weaknesses
    assert not any("наставляемых" in it for it in found.strengths + found.weaknesses)


def test_who_waits_and_who_is_in_reserve(report):
    """S6 waits too since p6 ended, with S7 and S8; M6 and M7 are free, M8 isn't cleared."""
    found = report()
    assert "Ждут наставника: 3." in found.threats
    assert "Наставников в резерве: 2." in found.opportunities
    assert "Провести дополнительный подбор: ждут наставника 3, в резерве 2." in found.advice


def test_a_pair_that_came_to_its_end_leaves_nobody_waiting(report):
    """A pair that ends with the school year is over; its people don't wait for another."""
    ended = f.Closed(pair="p5", on=ON, reason="year_end")
    assert "Ждут наставника: 3." in report(told(ended, state=lived())).threats


def test_consents_are_about_taking_part_and_data(report):
    """S1's has ended, S2's ends on the last of sixty days; publication isn't looked at."""
    found = report()
    assert "Согласий, срок которых истёк: 1." in found.threats
    assert "Согласий, срок которых истекает за 60 дней: 1." in found.threats


def test_indicators_stand_with_plan_fact_and_whether_they_are_met(report):
    """17 of the school and none of the region; by 1 December the closing game isn't due."""
    found = {it.id: it for it in report().targets}
    assert len(found) == 18  # K12 is two
    assert found["K02"].fact == "66,7\u00a0% (10 из 15)"  # M8 isn't admitted
    assert (found["K02"].plan, found["K02"].standing) == (
        "не менее 100\N{NO-BREAK SPACE}%",
        "не выполнен",
    )
    assert found["K07"].standing == "срок ещё не наступил"
    assert (found["K14"].plan, found["K14"].standing) == ("—", "порог не задан")
    assert found["K01"].standing == "нельзя посчитать"


def test_what_is_not_met_and_due_gets_advice(report):
    """No advice where there is time, or where it is met; blanks and missing data are named."""
    found = report()
    ids = {it.id for it in found.targets if it.standing == "не выполнен"}
    assert {it.split(".")[0] for it in found.advice if it[:1] == "K" and ". " in it[:5]} == ids
    assert {it.split(".")[0] for it in found.weaknesses if it[:1] == "K"} == ids
    assert "K07" not in ids
    assert "Задать пороги показателей, у которых их нет: K12b, K14, K17." in found.advice
    assert any(it.startswith("K01: укажите её") for it in found.advice)


def test_an_indicator_of_the_schools_own_gets_general_advice(report):
    """Whatever a school adds is spoken of by its own title."""
    content = mm.Roadmap.preset("target-model-2023-2025").to_dict()
    content["indicators"].append(
        {
            "id": "X1",
            "title": {"ru": "Походы", "en": "Hikes"},
            "threshold": {"at_least": 3, "unit": "count"},
        }
    )
    content["activities"][0]["indicators"] = ["X1"]
    content["activities"][0]["deadline"] = {"kind": "by", "on": "2024-11-01"}
    content["activities"][0]["evidence"] = {"rule": "events", "kinds": ["contest"], "least": 1}
    found = report(roadmap=mm.Roadmap.from_dict(content))
    assert (
        "X1. Показатель «Походы» не выполнен: найти причину и назначить ответственного."
        in found.advice
    )


def test_what_cannot_be_said_is_noted(report):
    """No quarter was asked; without the forms the answers can't be read at all."""
    notes = report().notes
    assert any("нужны хотя бы две волны" in it for it in notes)
    assert not any("нужны первый и итоговый опросы" in it for it in notes)
    without = report(asked_in=lambda _: None)
    assert without.gaps == without.movements == without.waves == ()
    assert any(it.endswith("final, first.") for it in without.notes)
    assert any("нужны первый и итоговый опросы" in it for it in without.notes)


def test_waves_that_cannot_be_compared_are_noted(report):
    """A defect in them is no reason to have no report."""
    state = lived()
    strange = Questionnaire.preset("monitoring").to_dict()
    later = told(*surveyed("quarter", date(2024, 11, 20), {"M1": {"progress": 5}}), state=state)
    first = Questionnaire.from_dict(strange | {"name": "other"})
    forms = {"first": first, "final": Questionnaire.preset("final-survey"), "quarter": first}
    found = report(later, asked_in=forms.__getitem__)
    assert found.gaps == ()
    assert any(it.startswith("Часть ответов разобрать не удалось") for it in found.notes)


def test_waves_of_one_day_are_named(report):
    """That is about the waves, and nobody's answers."""
    on = date(2024, 11, 20)
    quarters = [
        f.WaveOpened(wave=name, kind="quarter", on=on, due=on + DAY, people=("M1",))
        for name in ("q1", "q2")
    ]
    found = report(told(*quarters, state=lived()))
    (note,) = [it for it in found.notes if it.startswith("Ответы сравнить нельзя")]
    assert "q1" in note
    assert "q2" in note


@pytest.mark.parametrize("lang", ["ru", "en"])
def test_answers_that_cannot_be_read_single_nobody_out(report, lang):
    """That some can't be is said; whose, and what they hold, only to the curator."""
    strange = {f"M{n}": {"progress": 99} for n in range(1, 4)}
    later = told(*surveyed("quarter", date(2024, 11, 20), strange), state=lived())
    found = report(later, lang)
    assert any("D-COMP" in it for it in found.notes)
    said = str(astuple(found))
    assert not [code for code in (*MENTORS, *MENTEES, "99") if code in said]


@pytest.mark.parametrize(
    ("offering", "threat", "opportunity"),
    [
        (0, "Запрос «Подготовка к экзаменам»: ждут 6, могут помочь из резерва: 0.", None),
        (4, "Запрос «Подготовка к экзаменам»: ждут 6, могут помочь из резерва: менее 5.", None),
        (5, "Запрос «Подготовка к экзаменам»: ждут 6, могут помочь из резерва: 5.", None),
        (6, None, "Запрос «Подготовка к экзаменам»: ждут 6, наставников в резерве хватает."),
    ],
)
def test_requests_of_those_who_wait_are_held_against_the_reserve(
    report, offering, threat, opportunity
):
    """Six ask for help with exams and one with sport: the one isn't spoken of."""
    form = Questionnaire.preset("target-model")
    mentees = [f"S{n}" for n in range(6)]
    mentors = [f"M{n}" for n in range(offering)]
    said = {"exam_prep": 8}
    people = [
        mm.Participant(
            id=who,
            kind="student",
            roles={"mentee"},
            answers={"requests": said | ({"sport": 5} if who == "S0" else {})},
        )
        for who in mentees
    ]
    people += [
        mm.Participant(id=who, kind="teacher", roles={"mentor"}, answers={"competences": said})
        for who in mentors
    ]
    state = told(
        f.Enrolled(
            on=BEGUN,
            people=[
                f.Enrolment(person=it.id, kind=it.kind, roles=tuple(it.roles)) for it in people
            ],
        )
    )
    cohort = mm.Cohort.from_participants(form, people, as_of=BEGUN)
    found = report(state, cohort=cohort)
    said = [it for it in (*found.threats, *found.opportunities) if it.startswith("Запрос")]
    assert said == [threat or opportunity]
    assert (said[0] in found.threats) is (threat is not None)


def test_a_report_says_of_the_year_what_its_waves_say(school_sources):
    """The made-up year has three quarters and both surveys; its shares are counted anew here."""
    sources = school_sources(date(2027, 6, 1), "en")
    state = sources.state
    found = monitoring_contents(sources)
    assert [it.wave for it in found.waves] == ["2026-q1", "2026-q2", "2026-q3"]
    meetings = [it for pair in state.pairs.values() for it in pair.meetings.values()]
    was, cancelled = sum(it.held is not None for it in meetings), len(meetings)
    assert any(it.remark == f"{was} of {cancelled}" for it in found.indices)
    final = state.waves["2026-final"]
    for role, plural in (("mentor", "mentors"), ("mentee", "mentees")):
        means = [
            sum(value for name, value in it.answers.items() if name.startswith("sat_")) / 3
            for who, it in final.answers.items()
            if role in state.people[who].roles
        ]
        index = next(it for it in found.indices if plural in it.name)
        assert index.value == f"{sum(means) / len(means):.1f} of 10"
        assert index.remark == f"answered: {len(means)}"
    assert "no outcome" in found.caution
    assert "{" not in str(found)


def test_a_programme_in_which_nothing_has_happened_has_a_report(report):
    """Everything is still to come, and nothing fails."""
    found = report(State())
    assert found.gaps == found.movements == ()
    assert {it.value for it in found.indices} == {"—", "0"}
    assert found.advice
