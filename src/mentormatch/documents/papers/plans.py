"""Individual plans on paper (D-IP): one for a pair, one for each mentee of a group."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Final, get_args

from mentormatch.documents.papers.heads import (
    Head,
    Member,
    form_name,
    head_of,
    members,
    term,
)
from mentormatch.documents.sources import Paper, Sources, Then
from mentormatch.documents.templates.template import TemplateKind
from mentormatch.files import safe_name
from mentormatch.messages import day, long_day, text
from mentormatch.programme.facts import PlanTask, Section
from mentormatch.programme.pairs import PairLife
from mentormatch.programme.plans import Plan
from mentormatch.spreadsheet import printable

OF_AGE: Final = 18


@dataclass(frozen=True, slots=True)
class Goal:
    """A goal of a plan."""

    number: str
    title: str


@dataclass(frozen=True, slots=True)
class Task:
    """A row of a plan."""

    number: str
    title: str
    goal: str
    due: str
    planned_result: str
    actual_result: str
    done: str
    mark: str


@dataclass(frozen=True, slots=True)
class PlanSection:
    """A section of a plan."""

    title: str
    tasks: tuple[Task, ...]


@dataclass(frozen=True, slots=True)
class IndividualPlan(Head):
    """What a plan says to one mentee."""

    code: str
    form: str
    variant: str
    mentors: tuple[Member, ...]
    mentees: tuple[Member, ...]
    guardians: tuple[Member, ...]
    term: str
    version: str
    drafted: str
    order_number: str
    order_day: str
    goals: tuple[Goal, ...]
    sections: tuple[PlanSection, ...]


INDIVIDUAL_PLAN: Final = TemplateKind(
    "individual-plan",
    IndividualPlan,
    frozenset(
        {
            *("mentors.name", "mentees.name", "term", "goals.title", "sections.tasks.title"),
            *("sections.tasks.due", "sections.tasks.planned_result"),
        }
    ),
)


def individual_plans(sources: Sources) -> Iterator[Paper]:
    """Make the individual plans (D-IP) in their newest versions.

    A group has one plan; each of its mentees gets a paper that names nobody else of them.

    Raises
    ------
    DocumentError
        When the school's template can't be used, or somebody has no name.
    """
    planned = [(it, it.plan) for it in sources.state.pairs.values() if it.plan is not None]
    template = INDIVIDUAL_PLAN.of(sources.templates, sources.lang) if planned else None
    for pair, plan in planned:
        assert template is not None
        for mentee in pair.mentees:
            name = text("document.file.D-IP", sources.lang, pair=pair.pair)
            if len(pair.mentees) > 1:
                name = f"{name} {mentee}"
            said = _plan(sources, pair, plan, mentee)
            yield Paper("D-IP", f"{safe_name(name)}.docx", template.render(said))


def _plan(sources: Sources, pair: PairLife, plan: Plan, mentee: str) -> IndividualPlan:
    lang, version = sources.lang, plan.newest
    # An approved plan is the annex of an order.
    then = sources.then(version.approved or sources.on)
    numbers = {goal.goal: str(n) for n, goal in enumerate(version.goals, 1)}
    by_section = [
        (section, [task for task in version.tasks if task.section == section])
        for section in get_args(Section)
    ]
    places = count(1)  # tasks are numbered through all sections
    return IndividualPlan(
        **head_of(sources),
        code=printable(pair.pair),
        form=form_name(sources, pair.form, then.faces),
        variant=_variant(sources, version.variant),
        mentors=members(sources, pair.mentors, then.faces),
        mentees=members(sources, [mentee], then.faces),
        guardians=members(sources, [mentee] if _is_minor(then, mentee) else [], then.faces),
        term=term(sources, version.starts, version.ends),
        version=str(version.number),
        drafted=day(version.drafted, lang),
        order_number=printable(version.order or ""),
        order_day="" if version.approved is None else long_day(version.approved, lang),
        goals=tuple(Goal(numbers[it.goal], _said(sources, it.title)) for it in version.goals),
        sections=tuple(
            PlanSection(
                text(f"document.plan.section.{section}", lang),
                tuple(
                    _task(sources, plan, task, str(next(places)), numbers[task.goal])
                    for task in tasks
                ),
            )
            for section, tasks in by_section
            if tasks
        ),
    )


def _task(sources: Sources, plan: Plan, task: PlanTask, number: str, goal: str) -> Task:
    state, lang = plan.state_of(task), sources.lang
    result = _said(sources, state.actual_result)
    if state.status == "cancelled":
        assert state.on is not None
        key = "cancelled-why" if state.reason else "cancelled"
        reason = printable(state.reason or "")
        result = text(f"document.plan.{key}", lang, day=day(state.on, lang), reason=reason)
    return Task(
        number=number,
        title=_said(sources, task.title),
        goal=goal,
        due=day(task.due, lang),
        planned_result=_said(sources, task.planned_result),
        actual_result=result,
        done=day(state.on, lang) if state.status == "done" and state.on is not None else "",
        mark="" if state.mark is None else str(state.mark),
    )


def _said(sources: Sources, words: str | None) -> str:
    """Return what somebody wrote, or say that it has been erased."""
    return text("document.plan.erased", sources.lang) if words is None else printable(words)


def _variant(sources: Sources, variant: str | None) -> str:
    """Say what the work is about; blank where the templates of plans don't know it any more."""
    labels = {it.id: it.label.text(sources.lang) for it in sources.plan_templates.variants}
    return labels.get(variant or "", "")


def _is_minor(then: Then, code: str) -> bool:
    """Tell whether a guardian signs too: for a student who may be under age, by what is known."""
    face = then.faces(code)
    age = None if face.birth_year is None else then.on.year - face.birth_year
    return face.kind == "student" and (age is None or age <= OF_AGE)
