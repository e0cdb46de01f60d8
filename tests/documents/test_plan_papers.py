"""Individual plans on paper: what is in the register, for one mentee's eyes."""

import io
from dataclasses import replace
from datetime import date

import pytest
from docx import Document

from lives import PLAN, RUNNING, after
from mentormatch.documents.faces import Faces
from mentormatch.documents.papers.plans import individual_plans
from mentormatch.programme.facts import (
    Accepted,
    Enrolled,
    Enrolment,
    Ordered,
    PlanDrafted,
    PlanGoal,
    PlansAgreed,
    PlansApproved,
    PlanTask,
    Proposal,
    RoundMade,
    TaskCancelled,
    TaskDone,
)
from mentormatch.programme.templates import PlanTemplates

YEAR_END = date(2027, 6, 1)
NAMES = {
    "T-1": "Образцова Ольга Олеговна",
    "T-2": "Демова Дарья Демьяновна",
    "S-1": "Тестов Тимофей",
    "S-2": "Примерова Полина Павловна",
    "S-3": "Макетов Марк Маркович",
}
TERM = {"starts": date(2025, 10, 1), "ends": date(2026, 5, 31)}
GROUP_PLAN = PlanDrafted(
    pair="G1",
    on=date(2025, 10, 1),
    **TERM,
    goals=(PlanGoal(goal="g1", title="Проект"), PlanGoal(goal="g2", title="Выступление")),
    tasks=(
        PlanTask(task="t1", goal="g2", section="development", due=date(2026, 3, 1), title="Речь",
                 planned_result="Текст"),
        PlanTask(task="t2", goal="g1", section="difficulties", due=date(2025, 12, 1), title="Тема",
                 planned_result="Выбор"),
        PlanTask(task="t3", goal="g1", section="difficulties", due=date(2026, 1, 1), title="Макет",
                 planned_result="Модель"),
    ),
)  # fmt: skip


def read(paper):
    """Open a document with the bare library."""
    return Document(io.BytesIO(paper.content))


def cells_of(document) -> list[list[list[str]]]:
    """Return the cells of all tables."""
    return [[[cell.text for cell in row.cells] for row in table.rows] for table in document.tables]


def words_of(document) -> str:
    """Return all words of a document."""
    return "\n".join(it.text or "" for it in document.element.iter() if it.tag.endswith("}t"))


def signing(document) -> list[list[str]]:
    """Return who signs: as what, and by which name."""
    tables = [table for table in cells_of(document) if "(" in table[-1][1]]
    return [[table[0][0], table[0][2]] for table in tables]


@pytest.mark.parametrize("lang", ["ru", "en"])
def test_every_plan_of_a_year_is_the_one_in_the_register(school_sources, lang):
    """Who, until when, what is to be done, and what came of it, by the newest version."""
    sources = school_sources(YEAR_END, lang)
    name_of = sources.faces._keys.name_of
    plans = [it for it in sources.state.pairs.values() if it.plan is not None]
    papers = list(individual_plans(sources))
    assert len(papers) == sum(len(pair.mentees) for pair in plans)
    assert len({paper.file for paper in papers}) == len(papers)
    for pair, paper in zip(plans, papers, strict=True):
        document = read(paper)
        version = pair.plan.newest
        who, *tables = cells_of(document)
        assert [row[1] for row in who][2].startswith(name_of(pair.mentees[0]))
        assert [row[1] for row in who][3].startswith(name_of(pair.mentor))
        rows = [row for table in tables for row in table[1:] if len(row) == 6]
        assert [row[0] for row in rows] == [str(n) for n in range(1, len(rows) + 1)]
        assert sorted((row[1], row[3]) for row in rows) == sorted(
            (task.title, task.planned_result) for task in version.tasks
        )
        done = [pair.plan.state_of(task) for task in version.tasks]
        marks = sorted(str(it.mark) for it in done if it.mark is not None)
        assert sorted(row[5] for row in rows if row[5]) == marks
        results = sorted(it.actual_result for it in done if it.status == "done")
        dropped = "снято" if lang == "ru" else "dropped"
        said = [row[4] for row in rows if row[4]]
        assert sorted(it for it in said if not it.startswith(dropped)) == results
        assert len(said) == len(results) + sum(it.status == "cancelled" for it in done)


def test_a_plan_names_nobody_but_its_people(school_sources):
    """Of all names in the key file, only those of the pair are anywhere in its paper."""
    sources = school_sources(YEAR_END)
    keys = sources.faces._keys
    names = {code: keys.name_of(code) for code in sources.state.people}
    plans = [it for it in sources.state.pairs.values() if it.plan is not None]
    for pair, paper in zip(plans, individual_plans(sources), strict=True):
        words = words_of(read(paper))
        own = {names[code] for code in pair.members}
        assert {name for name in names.values() if name in words} == own


def test_each_mentee_of_a_group_gets_a_paper_of_their_own(sources_of):
    """The group's plan, without the names of the others."""
    sources = sources_of(after(*RUNNING, GROUP_PLAN), date(2025, 10, 2), NAMES)
    papers = list(individual_plans(sources))
    assert [paper.file for paper in papers] == [
        "Индивидуальный-план-G1-S-2.docx",
        "Индивидуальный-план-G1-S-3.docx",
    ]
    for paper, own, other in zip(papers, ("S-2", "S-3"), ("S-3", "S-2"), strict=True):
        words = words_of(read(paper))
        assert NAMES[own] in words
        assert NAMES[other] not in words
        assert other not in words


def test_a_plan_has_its_sections_and_numbers_its_tasks_through(sources_of):
    """Difficulties come before development, whatever the order in the register."""
    sources = sources_of(after(*RUNNING, GROUP_PLAN), date(2025, 10, 2), NAMES)
    document = read(next(individual_plans(sources)))
    assert cells_of(document)[:3] == [
        [
            ["Форма наставничества", "project"],
            ["Наставляемый", "Примерова Полина Павловна, обучающийся"],
            ["Наставник", "Демова Дарья Демьяновна, педагог"],
            ["Срок", "01.10.2025\u00a0– 31.05.2026"],
        ],
        [
            ["№", "Что сделать", "Срок", "Планируемый результат", "Фактический результат",
             "Оценка наставника"],
            ["1", "Тема", "01.12.2025", "Выбор", "", ""],
            ["2", "Макет", "01.01.2026", "Модель", "", ""],
        ],
        [
            ["№", "Что сделать", "Срок", "Планируемый результат", "Фактический результат",
             "Оценка наставника"],
            ["3", "Речь", "01.03.2026", "Текст", "", ""],
        ],
    ]  # fmt: skip
    said = [it.text for it in document.paragraphs]
    assert "1. Проект" in said
    assert "2. Выступление" in said


def test_results_marks_and_what_was_dropped_stand_in_the_plan(sources_of):
    """What somebody wrote stays as it was written; what was erased says so."""
    state = after(
        *RUNNING,
        GROUP_PLAN,
        PlansAgreed(pairs=("G1",), on=date(2025, 10, 3)),
        TaskDone(
            pair="G1", task="t2", on=date(2025, 11, 1), actual_result="<b>{{ x }}</b>\nда", mark=10
        ),
        TaskCancelled(pair="G1", task="t3", on=date(2025, 11, 2), reason="= не нужно"),
        TaskDone(pair="G1", task="t1", on=date(2025, 11, 3), actual_result=None),
    )
    document = read(next(individual_plans(sources_of(state, date(2026, 1, 1), NAMES))))
    rows = [row for table in cells_of(document)[1:3] for row in table[1:]]
    assert [row[4:] for row in rows] == [
        ["<b>{{ x }}</b>\nда", "10"],
        ["снято 02.11.2025: = не нужно", ""],
        ["(сведения удалены)", ""],
    ]


def test_a_plan_says_whether_an_order_has_approved_it(sources_of):
    """Until then it is a draft."""
    on = date(2025, 10, 5)
    facts = (*RUNNING, PLAN, PlansAgreed(pairs=("P1",), on=on))
    approved = (*facts, PlansApproved(number="200-од", on=on, pairs=("P1",)))
    said = [
        [
            it.text
            for it in read(next(individual_plans(sources_of(after(*each), on, NAMES)))).paragraphs
        ]
        for each in (facts, approved)
    ]
    assert "Проект: вступает в силу после утверждения приказом" in said[0]
    assert "Утверждён приказом от 5 октября 2025 г. № 200-од" in said[1]
    assert not any(line.startswith("Утверждён") for line in said[0])
    assert not any(line.startswith("Проект") for line in said[1])


def test_a_guardian_signs_for_a_student_and_for_nobody_else(sources_of):
    """A young teacher signs alone."""
    state = after(*RUNNING, PLAN)
    document = read(next(individual_plans(sources_of(state, date(2026, 1, 1), NAMES))))
    assert signing(document) == [
        ["Наставник", NAMES["T-1"]],
        ["Наставляемый", NAMES["S-1"]],
        ["Родитель (законный представитель)", ""],
    ]
    round_made = {**RUNNING[1].model_dump(exclude={"fact"}), "round": "R2"}
    round_made["proposals"] = (
        Proposal(pair="P9", form="teacher_teacher", mentor="T-1", mentees=("T-3",)),
    )
    young = [Enrolment(person="T-3", kind="teacher", roles=("mentee",))]
    state = after(
        *RUNNING,
        Enrolled(on=date(2025, 9, 11), people=young),
        RoundMade(**round_made),
        Accepted(pairs=("P9",)),
        Ordered(number="2", on=date(2025, 9, 12), pairs=("P9",), starts=date(2025, 9, 12),
                ends=date(2026, 5, 31)),
        PlanDrafted(**{**GROUP_PLAN.model_dump(exclude={"fact"}), "pair": "P9"}),
    )  # fmt: skip
    sources = sources_of(state, date(2026, 1, 1), {**NAMES, "T-3": "Молодой Максим"})
    assert signing(read(next(individual_plans(sources)))) == [
        ["Наставник", NAMES["T-1"]],
        ["Наставляемый", "Молодой Максим"],
    ]


@pytest.mark.parametrize(
    ("birth_year", "signs"), [(2010, True), (2009, True), (2008, False), (None, True)]
)
def test_a_guardian_signs_as_long_as_somebody_may_be_under_age(sources_of, birth_year, signs):
    """In 2027 whoever was born in 2009 may not yet have turned 18."""
    sources = sources_of(after(*RUNNING, PLAN), date(2027, 1, 1), NAMES)
    shown = Faces.__call__
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            Faces, "__call__", lambda self, code: replace(shown(self, code), birth_year=birth_year)
        )
        document = read(next(individual_plans(sources)))
    assert (len(signing(document)) == 3) is signs


def test_a_role_variant_is_shown_by_its_neutral_name(sources_of):
    """The school's own name for it; none where its templates don't know it any more."""
    ready = PlanTemplates.preset("target-model").to_dict()
    ready["variants"][0]["label"]["ru"] = "Помощь в учёбе"
    own = PlanTemplates.from_dict(ready)
    for variant, templates, said in (
        (own.variants[0].id, own, "Помощь в учёбе"),
        ("another", own, None),
    ):
        plan = PlanDrafted(**{**PLAN.model_dump(exclude={"fact"}), "variant": variant})
        sources = sources_of(
            after(*RUNNING, plan), date(2026, 1, 1), NAMES, plan_templates=templates
        )
        table = cells_of(read(next(individual_plans(sources))))[0]
        assert dict(table).get("Чему посвящена работа") == said
