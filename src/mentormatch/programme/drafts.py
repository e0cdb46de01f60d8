"""Drafts of individual plans: goals and first tasks from what really matched."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from mentormatch.analysis.explanation import Explanation, explain_all
from mentormatch.cohort import Cohort
from mentormatch.errors import Place, RegisterError
from mentormatch.graph.candidates import build_graph
from mentormatch.matching import Matching
from mentormatch.messages import Language, day, text
from mentormatch.programme.facts import PlanDrafted, PlanGoal, PlanTask
from mentormatch.programme.pairs import PairLife
from mentormatch.programme.state import State
from mentormatch.programme.templates import (
    GoalTemplate,
    Otherwise,
    PlanTemplates,
    TaskTemplate,
    filled,
    is_stigmatising,
)
from mentormatch.result import Result

_LEAD_TO_GOALS: Final = ("choice", "multi", "ranked")

Team = tuple[str, str, tuple[str, ...], str | None]
"""Form, mentor, mentees and co-mentor."""


@dataclass(frozen=True, slots=True)
class PlanDraft:
    """A plan for two people or a group, to be gone through with them.

    Parameters
    ----------
    form, form_label
        The form they meet in, and what people read instead.
    variant, variant_label
        The role variant under a neutral name.
    mentor, mentees, co_mentor
        Whose plan it is.
    starts, ends
        First and last day.
    goals, tasks
        What it holds, in one language.
    lang
        That language.
    """

    form: str
    form_label: str
    variant: str
    variant_label: str
    mentor: str
    mentees: tuple[str, ...]
    co_mentor: str | None
    starts: date
    ends: date
    goals: tuple[PlanGoal, ...]
    tasks: tuple[PlanTask, ...]
    lang: Language

    def fact(self, state: State, on: date) -> PlanDrafted:
        """Make the fact that this plan was written for the pair that runs.

        A plan that begins before the pair's term, or ends after it, is fitted into the term.

        Raises
        ------
        RegisterError
            When these people aren't a running pair or group.
        """
        pair = self._pair(state)
        term = pair.expect_running("pair")
        starts = min(max(self.starts, term[0]), term[1])
        ends = max(min(self.ends, term[1]), starts)
        tasks = tuple(
            task.model_copy(update={"due": min(max(task.due, starts), ends)}) for task in self.tasks
        )
        return PlanDrafted(
            pair=pair.pair,
            on=on,
            starts=starts,
            ends=ends,
            variant=self.variant,
            goals=self.goals,
            tasks=tasks,
        )

    def _pair(self, state: State) -> PairLife:
        for pair in state.pairs.values():
            if (
                pair.status == "running"
                and (pair.form, pair.mentor) == (self.form, self.mentor)
                and set(pair.mentees) == set(self.mentees)
            ):
                return pair
        who = {"mentor": self.mentor, "mentees": ", ".join(self.mentees)}
        raise RegisterError.of("fact.not-a-pair", Place(field="pair"), **who)

    def text(self) -> str:
        """Say it in words, a line for each goal and task."""
        title = text(
            "plan.title",
            self.lang,
            form=self.form_label,
            variant=self.variant_label,
            mentor=self.mentor,
            mentees=", ".join(self.mentees),
            starts=day(self.starts, self.lang),
            ends=day(self.ends, self.lang),
        )
        lines = [title]
        for goal in self.goals:
            lines.append(text("plan.goal", self.lang, title=goal.title))
            lines += (
                text(
                    "plan.task",
                    self.lang,
                    due=day(task.due, self.lang),
                    title=task.title,
                    result=task.planned_result,
                )
                for task in self.tasks
                if task.goal == goal.goal
            )
        return "\n".join(lines)

    def __str__(self) -> str:
        return self.text()


@dataclass(frozen=True, slots=True)
class _Wish:
    """Something that matched, with the template it calls for."""

    template: GoalTemplate
    criterion: str
    option: str
    mentees: int
    points: int
    importance: int


def draft_plans(
    result: Result,
    cohort: Cohort,
    templates: PlanTemplates | None = None,
    lang: Language = "ru",
    *,
    starts: date | None = None,
    ends: date | None = None,
    pairs: Iterable[PairLife] | None = None,
) -> tuple[PlanDraft, ...]:
    """Draft a plan for each pair and group: goals and first tasks from what really matched.

    A goal is taken from the answers that brought points to the pair; those of restricted
    questions, and who chose whom, never are. What more mentees of a group share comes first,
    then what brought more points, then what the mentee finds more important.

    Parameters
    ----------
    result
        What came of the matching.
    cohort
        The people it was made of.
    templates
        Goals and tasks by match; the ready ones when not given.
    lang
        The language of the plans.
    starts, ends
        First and last day; the day of the round, and the templates' day, when not said.
    pairs
        Draft for these instead of those in the result: such as the curator has changed.

    Raises
    ------
    ParticipantError
        When somebody of the result isn't in the cohort.
    RegisterError
        When the plan would end before it starts.
    """
    templates = PlanTemplates.preset("target-model") if templates is None else templates
    starts = starts or cohort.as_of
    ends = ends or templates.term_end(starts)
    if ends < starts:
        raise RegisterError.of("fact.term", Place(field="ends"), starts=starts, ends=ends)
    teams = [*_teams(result.matching)] if pairs is None else [*map(_team, pairs)]
    explained = _explained(result, cohort, teams)
    labels = {form.id: form.label.text(lang) for form in result.policy.forms}
    drafter = _Drafter(templates, explained, labels, lang, starts, ends)
    return tuple(drafter.draft(*team) for team in teams)


def _team(pair: PairLife) -> Team:
    return pair.form, pair.mentor, pair.mentees, pair.co_mentor


def _teams(matching: Matching) -> Iterator[Team]:
    """List groups, then the pairs that are in none."""
    grouped = {(group.mentor, mentee) for group in matching.groups for mentee in group.mentees}
    for group in matching.groups:
        yield group.form, group.mentor, group.mentees, group.co_mentor
    for pair in matching.pairs:
        if (pair.mentor, pair.mentee) not in grouped:
            yield pair.form, pair.mentor, (pair.mentee,), None


def _explained(
    result: Result, cohort: Cohort, teams: Iterable[Team]
) -> dict[tuple[str, str], Explanation]:
    graph = result.view.graph
    if graph is None or graph.cohort is not cohort:
        graph = build_graph(cohort, result.policy)
    places = {form.id: place for place, form in enumerate(result.policy.forms)}
    forms = {(mentor, mentee): form for form, mentor, mentees, _ in teams for mentee in mentees}
    codes = [*forms]
    explained = explain_all(graph, codes, [places[form] for form in forms.values()])
    return dict(zip(codes, explained, strict=True))


@dataclass(frozen=True, slots=True)
class _Drafter:
    """What is the same for all plans of a matching."""

    templates: PlanTemplates
    explained: Mapping[tuple[str, str], Explanation]
    labels: Mapping[str, str]
    lang: Language
    starts: date
    ends: date

    def draft(
        self, form: str, mentor: str, mentees: tuple[str, ...], co_mentor: str | None
    ) -> PlanDraft:
        """Draft the plan of a pair or group."""
        templates, lang = self.templates, self.lang
        explanations = [self.explained[mentor, mentee] for mentee in mentees]
        wishes = _wishes(explanations, form, templates, lang)[: templates.most_goals]
        chosen: Sequence[tuple[Otherwise, str | None, str]] = [
            (wish.template, wish.criterion, wish.option) for wish in wishes
        ] or [(templates.otherwise, None, "")]
        goals: list[PlanGoal] = []
        tasks: list[tuple[str, TaskTemplate, str]] = []
        for number, (template, criterion, option) in enumerate(chosen, 1):
            code, title = f"g{number}", filled(template.title.text(lang), option)
            goals.append(PlanGoal(goal=code, title=title, criterion=criterion))
            tasks += [(code, task, option) for task in _for(template.tasks, form)]
        tasks = [
            *((goals[0].goal, task, "") for task in _for(templates.opening, form)),
            *tasks,
            *((goals[-1].goal, task, "") for task in _for(templates.closing, form)),
        ]
        variant, label = chosen[0][0].variant, self.labels[form]
        return PlanDraft(
            form=form,
            form_label=form if is_stigmatising(label) else label,
            variant=variant,
            variant_label=templates.variant_label(variant, lang),
            mentor=mentor,
            mentees=mentees,
            co_mentor=co_mentor,
            starts=self.starts,
            ends=self.ends,
            goals=tuple(goals),
            tasks=tuple(self._task(f"t{n}", *each) for n, each in enumerate(tasks, 1)),
            lang=lang,
        )

    def _task(self, code: str, goal: str, template: TaskTemplate, option: str) -> PlanTask:
        days = (self.ends - self.starts).days
        return PlanTask(
            task=code,
            goal=goal,
            section=template.section,
            due=self.starts + timedelta(days * template.due // 100),
            title=filled(template.title.text(self.lang), option),
            planned_result=filled(template.planned_result.text(self.lang), option),
            weight=template.weight,
        )


def _for(tasks: tuple[TaskTemplate, ...], form: str) -> list[TaskTemplate]:
    return [task for task in tasks if not task.forms or form in task.forms]


def _wishes(
    explanations: Sequence[Explanation], form: str, templates: PlanTemplates, lang: Language
) -> list[_Wish]:
    """List what matched and calls for a goal, the most important first, each once."""
    found: dict[tuple[int, str], list[_Wish]] = {}
    for explanation in explanations:
        for wish in _wishes_of(explanation, form, templates, lang):
            found.setdefault((templates.goals.index(wish.template), wish.option), []).append(wish)
    joined = [
        _Wish(
            each[0].template,
            each[0].criterion,
            each[0].option,
            sum(wish.mentees for wish in each),
            sum(wish.points for wish in each),
            sum(wish.importance for wish in each),
        )
        for each in found.values()
    ]
    return sorted(joined, key=lambda wish: (-wish.mentees, -wish.points, -wish.importance))


def _wishes_of(
    explanation: Explanation, form: str, templates: PlanTemplates, lang: Language
) -> Iterator[_Wish]:
    asked = explanation.questionnaire
    seen: set[tuple[int, str]] = set()
    for share in explanation.shares:
        for match in share.evidence.matched if share.points else ():
            # Who chose whom is theirs to tell, and what is restricted stays so.
            if (
                asked.kind_of(match.field) not in _LEAD_TO_GOALS
                or asked.sensitivity(match.field) == "restricted"
            ):
                continue
            labels = {option.id: option.label for option in asked.options(match.field)}
            label = labels[match.option].text(lang) if match.option in labels else ""
            for place, template in enumerate(templates.goals):
                if not template.fits(form, share.criterion, match.field, match.option):
                    continue
                general = template.option is None
                if general and (not label or is_stigmatising(label)):
                    continue
                option = label if general else ""
                if (place, option) not in seen:
                    seen.add((place, option))
                    yield _Wish(
                        template, share.criterion, option, 1, share.points, match.importance or 0
                    )
                break
