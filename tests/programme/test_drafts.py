"""Plans are drafted from what really matched, and say nothing that is restricted."""

import itertools
from datetime import date

import pytest

import mentormatch as mm
from lives import RUNNING, after
from mentormatch.datasets import school
from mentormatch.errors import RegisterError
from mentormatch.programme.drafts import draft_plans
from mentormatch.programme.templates import PlanTemplates, filled, is_stigmatising


@pytest.fixture(scope="module")
def cohort():
    """Take a made-up school."""
    return school("boarding_small").cohort


@pytest.fixture(scope="module", params=["official", "choice-first", "teacher-induction"])
def result(request, cohort):
    """Match it by several policies."""
    return mm.match(cohort, mm.Policy.preset(request.param))


def test_every_pair_gets_a_plan_it_can_begin_with(result, cohort):
    """With a goal, dated tasks and planned results, inside its term."""
    plans = draft_plans(result, cohort)
    assert [(plan.mentor, plan.mentees[0], plan.form) for plan in plans] == [
        (pair.mentor, pair.mentee, pair.form) for pair in result.matching.pairs
    ]
    for plan in plans:
        goals = [goal.goal for goal in plan.goals]
        assert 1 <= len(goals) <= 3
        assert {task.goal for task in plan.tasks} == set(goals)
        assert all(plan.starts <= task.due <= plan.ends for task in plan.tasks)
        assert all(task.title and task.planned_result for task in plan.tasks)
        assert (plan.starts, plan.ends) == (cohort.as_of, date(2027, 5, 31))


def test_a_goal_comes_from_an_answer_that_matched(cohort):
    """Whoever asked for an answer and got it has its goal, nobody else has."""
    result = mm.match(cohort, mm.Policy.preset("official"))
    templates = PlanTemplates.preset("target-model")
    titles = {
        goal.title.text("en"): goal.option for goal in templates.goals if goal.field == "requests"
    }
    for plan in draft_plans(result, cohort, lang="en"):
        asked = cohort.participant(plan.mentees[0]).answers.get("requests", {})
        offered = cohort.participant(plan.mentor).answers.get("competences", {})
        met = set(asked) & set(offered)
        options = {titles[goal.title] for goal in plan.goals if goal.title in titles}
        assert options <= met
        assert len(options) == min(len(met), 3)


def test_the_mentees_most_important_wish_comes_first(cohort):
    """Among wishes that brought the same points."""
    result = mm.match(cohort, mm.Policy.preset("official"))
    templates = PlanTemplates.preset("target-model")
    option_of = {goal.title.ru: goal.option for goal in templates.goals}
    several = 0
    for plan in draft_plans(result, cohort):
        asked = cohort.participant(plan.mentees[0]).answers.get("requests", {})
        levels = [asked[option_of[goal.title]] for goal in plan.goals if goal.title in option_of
                  and option_of[goal.title] in asked]  # fmt: skip
        several += len(set(levels)) > 1
        assert levels == sorted(levels, reverse=True)
    assert several


def small(restricted=False, people=False):
    """Match one pair on one open question; a second may be restricted."""
    sensitivity = "restricted" if restricted else "internal"
    questions = [
        {"id": "kind", "kind": "choice", "options": [{"id": "x", "ru": "х", "en": "x"}]},
        {"id": "roles", "kind": "multi", "options": [
            {"id": "mentor", "ru": "н", "en": "m"}, {"id": "mentee", "ru": "м", "en": "e"}]},
        {"id": "asks", "kind": "multi", "sensitivity": sensitivity, "options": [
            {"id": "chess", "ru": "Шахматы", "en": "Chess"},
            {"id": "odd", "ru": "Пассивный слушатель", "en": "Passive listener"}]},
        {"id": "friends", "kind": "people"},
    ]  # fmt: skip
    asked = [question | {"label": question["id"]} for question in questions]
    form = mm.Questionnaire.from_dict({"name": "small", "title": "Small", "questions": asked})
    answers = {"asks": ("chess", "odd")}
    people_of = [("T", "mentor", "S"), ("S", "mentee", "T")]
    cohort = mm.Cohort.from_participants(
        form,
        [
            mm.Participant(
                id=code, kind="x", roles={role}, answers=answers | {"friends": (friend,)}
            )
            for code, role, friend in people_of
        ],
        as_of=date(2025, 9, 1),
    )
    criteria = [
        {"id": "same", "type": "overlap", "field": "asks"},
        {"id": "choice", "type": "mutual-choice", "field": "friends"},
    ]
    weights = {"same": 1, "choice": 1}
    label = {"ru": "Успевающий – неуспевающий", "en": "Tutor to underachiever"}
    forms = [{"id": "pair", "label": label, "weights": weights}]
    policy = {"name": "small", "forms": forms, "criteria": criteria}
    return mm.match(cohort, mm.Policy.from_dict(policy)), cohort


def templates(**how):
    """Write templates with one goal for every answer to the question of the small example."""
    task = {"title": "{option}: try", "planned_result": "Done", "due": 100}
    content = {
        "name": "own",
        "variants": [{"id": "v", "label": "Together"}],
        "goals": [{"field": "asks", "variant": "v", "title": "{option}!", "tasks": [task]}],
        "otherwise": {
            "variant": "v",
            "title": "Choose a goal",
            "tasks": [{"title": "Choose", "planned_result": "A goal"}],
        },
    }
    return PlanTemplates.from_dict(content | how)


def test_a_general_goal_has_the_wording_of_the_answer():
    """And an answer whose wording calls people names leads to no goal."""
    result, cohort = small()
    (plan,) = draft_plans(result, cohort, templates(), lang="en")
    assert [goal.title for goal in plan.goals] == ["Chess!"]
    assert [task.title for task in plan.tasks] == ["Chess: try"]


def test_a_restricted_answer_never_reaches_a_plan():
    """The pair gets the goal for which nothing needs to match."""
    result, cohort = small(restricted=True)
    (plan,) = draft_plans(result, cohort, templates(), lang="en")
    assert [goal.title for goal in plan.goals] == ["Choose a goal"]
    assert "Chess" not in repr(plan) + plan.text()


def test_a_match_in_a_restricted_answer_leads_to_no_goal():
    """Even if somebody's own criterion says what matched."""
    from mentormatch.analysis.explanation import Explanation, Share
    from mentormatch.policy.criteria import Evidence, Match
    from mentormatch.programme.drafts import _wishes
    from mentormatch.questionnaire import Label

    label = Label(ru="-", en="-")
    share = Share("own", label, 1, Evidence(900, True, (Match("asks", "chess"),)))
    for restricted in (False, True):
        form = small(restricted)[1].questionnaire
        found = _wishes(
            [Explanation("T", "S", "pair", label, (share,), form)], "pair", templates(), "en"
        )
        assert len(found) == (0 if restricted else 1)


def test_who_chose_whom_never_reaches_a_plan():
    """Even if templates ask for it."""
    result, cohort = small()
    goal = {
        "field": "friends",
        "option": "mutual",
        "variant": "v",
        "title": "You chose each other",
        "tasks": [{"title": "Meet", "planned_result": "Met"}],
    }
    asked = templates(goals=[goal])
    (plan,) = draft_plans(result, cohort, asked, lang="en")
    assert [goal.title for goal in plan.goals] == ["Choose a goal"]


def test_a_form_whose_name_calls_people_names_is_named_by_its_code():
    """Whoever reads the plan doesn't read it."""
    result, cohort = small()
    for lang in ("ru", "en"):
        (plan,) = draft_plans(result, cohort, templates(), lang=lang)
        assert plan.form_label == "pair"
        assert not is_stigmatising(plan.text())


def test_no_ready_plan_calls_anybody_names(result, cohort):
    """Neither in Russian nor in English, whatever matched."""
    for lang in ("ru", "en"):
        for plan in draft_plans(result, cohort, lang=lang):
            assert not is_stigmatising(plan.text())


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("Успевающий – неуспевающий", True),
        ("лидер – пассивный", True),
        ("Равнодушный потребитель", True),
        ("новатор – консерватор", True),
        ("для неадаптированных", True),
        ("Passive pupil", True),
        ("an underachiever", True),
        ("Учебная поддержка", False),
        ("Развитие инициативы", False),
        ("Пассивный залог в английском", False),
        ("the passive voice", False),
        ("Консервация овощей", False),
    ],
)
def test_words_that_nobody_should_be_called_are_known(written, found):
    """What only resembles them is let through."""
    assert is_stigmatising(written) is found


def test_a_draft_becomes_the_plan_of_a_running_pair():
    """Fitted into the term of the order."""
    result, cohort = small()
    (plan,) = draft_plans(
        result, cohort, templates(), starts=date(2025, 9, 1), ends=date(2026, 7, 1)
    )
    pair = {"mentor": "T-1", "mentees": ("S-1",), "form": "teacher_student"}
    from dataclasses import replace

    fact = replace(plan, **pair).fact(after(*RUNNING), date(2025, 10, 1))
    assert (fact.pair, fact.starts, fact.ends) == ("P1", date(2025, 9, 10), date(2026, 5, 31))
    plan = after(*RUNNING, fact).pairs["P1"].plan
    assert plan.workable
    assert plan.newest.variant == "v"


def test_a_plan_for_people_who_are_no_pair_is_refused():
    """With their codes, in both languages."""
    result, cohort = small()
    (plan,) = draft_plans(result, cohort, templates())
    with pytest.raises(RegisterError) as caught:
        plan.fact(after(*RUNNING), date(2025, 10, 1))
    (defect,) = caught.value.defects
    assert (defect.code, defect.place.field) == ("fact.not-a-pair", "pair")
    assert "T and S are no running pair" in defect.text("en")
    assert "T и S — не действующая пара" in defect.text("ru")


def test_a_plan_cannot_end_before_it_starts():
    """Nothing is drafted then."""
    result, cohort = small()
    with pytest.raises(RegisterError):
        draft_plans(result, cohort, starts=date(2026, 1, 1), ends=date(2025, 1, 1))


def test_a_saved_result_gives_the_same_plans(cohort, tmp_path):
    """The people it was made of are given with it."""
    result = mm.match(cohort, mm.Policy.preset("official"))
    result.save(tmp_path / "result.json")
    loaded = mm.Result.load(tmp_path / "result.json")
    assert draft_plans(loaded, cohort) == draft_plans(result, cohort)


def test_what_more_mentees_of_a_group_share_comes_first():
    """Two of three want chess, one go."""
    from mentormatch.analysis.explanation import Explanation, Share
    from mentormatch.policy.criteria import Evidence, Match
    from mentormatch.programme.drafts import _wishes
    from mentormatch.questionnaire import Label

    options = [{"id": name, "ru": name, "en": name} for name in ("chess", "go")]
    form = small()[1].questionnaire
    content = form.to_dict()
    content["questions"][2]["options"] = options
    form = mm.Questionnaire.from_dict(content)

    def explained(*wanted, weight=1):
        matches = tuple(Match("asks", option) for option in wanted)
        label = Label(ru="-", en="-")
        share = Share("same", label, weight, Evidence(900, True, matches))
        return Explanation("T", "S", "pair", label, (share,), form)

    # The one who wants go brings more points than the others together.
    group = [explained("go", weight=9), *(explained("chess"),) * 3]
    wishes = _wishes(group, "pair", templates(), "en")
    assert [(wish.option, wish.mentees) for wish in wishes] == [("chess", 3), ("go", 1)]


@pytest.mark.parametrize(
    ("change", "place", "code"),
    [
        ({"title": "{option.__class__}"}, "goals[0].title.ru", "plan.placeholder"),
        ({"title": "{option[0]}"}, "goals[0].title.ru", "plan.placeholder"),
        ({"title": "{option!r}"}, "goals[0].title.ru", "plan.placeholder"),
        ({"title": "{option:>99}"}, "goals[0].title.ru", "plan.placeholder"),
        ({"title": "{name}"}, "goals[0].title.ru", "plan.placeholder"),
        ({"title": "{}"}, "goals[0].title.ru", "plan.placeholder"),
        ({"title": "{option"}, "goals[0].title.ru", "plan.braces"),
        ({"title": " "}, "goals[0].title.ru", "plan.blank"),
        ({"title": "Для неуспевающих"}, "goals[0].title.ru", "plan.stigma"),
        ({"option": "chess"}, "goals[0].title.ru", "plan.no-option"),
        ({"variant": "w"}, "goals[0].variant", "plan.no-variant"),
    ],
)
def test_a_template_that_cannot_be_used_is_refused(change, place, code):
    """Placeholders reach nothing but the wording of an answer."""
    goal = {
        "field": "asks",
        "variant": "v",
        "title": "{option}",
        "tasks": [{"title": "Try", "planned_result": "Done"}],
    }
    with pytest.raises(RegisterError) as caught:
        templates(goals=[goal | change])
    assert (place, code) in {(each.place.field, each.code) for each in caught.value.defects}
    assert all(each.text(lang) for each in caught.value.defects for lang in ("en", "ru"))


def test_a_day_that_no_month_has_is_refused():
    """February has no 31st."""
    with pytest.raises(RegisterError) as caught:
        templates(term_ends="02-31")
    assert [each.code for each in caught.value.defects] == ["plan.no-day"]


@pytest.mark.parametrize("hostile", ["{option}", "{0}", "{{", "%s", "=1+1", "<b>", "${x}"])
def test_an_answer_is_put_in_as_it_is(hostile):
    """Nothing in it is filled in or taken away."""
    assert filled("{option}: go", hostile) == f"{hostile}: go"


def test_a_plan_ends_on_the_next_such_day():
    """In the year of the start if that day is still to come, else in the next."""
    own = templates(term_ends="05-31")
    assert own.term_end(date(2025, 9, 1)) == date(2026, 5, 31)
    assert own.term_end(date(2026, 1, 10)) == date(2026, 5, 31)
    assert own.term_end(date(2026, 5, 31)) == date(2027, 5, 31)


def test_the_ready_templates_know_every_request_of_the_ready_questionnaire():
    """Whatever a pupil or a teacher can ask for has a goal, and no goal is for nothing."""
    form = mm.Questionnaire.preset("target-model")
    ready = PlanTemplates.preset("target-model")
    for field in ("requests", "subjects_need", "deficits", "career_fields", "interests"):
        for option in form.options(field):
            assert any(goal.fits("any", "any", field, option.id) for goal in ready.goals)
    for goal in ready.goals:
        options = {option.id for option in form.options(goal.field)}
        assert goal.option is None or goal.option in options
    texts = itertools.chain.from_iterable((g.title.ru, g.title.en) for g in ready.goals)
    assert len(set(texts)) == 2 * len(ready.goals)
