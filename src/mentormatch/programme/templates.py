"""Templates of individual plans: which goals and first tasks follow from which match."""

import re
from collections.abc import Iterator
from datetime import date
from string import Formatter
from typing import Annotated, ClassVar, Final, Self

from pydantic import Field, model_validator

from mentormatch.errors import RegisterError
from mentormatch.messages import Language
from mentormatch.programme.facts import Section
from mentormatch.questionnaire import Finding, Label, refuse
from mentormatch.record import Part, Record

# Words that some guidelines call people; whoever reads a plan must not find them there.
_STIGMA: Final = re.compile(
    r"\b((не|слабо)успевающ|отстающ|неадаптированн|равнодушн|консерватор|неблагополучн"
    r"|пассивн(?!\w+ залог)|трудн\w+ (подрост|реб[её]н|учени)"
    r"|under-?achiev|low[- ]achiev|failing|indifferent|conservative|maladjusted"
    r"|passive(?! voice)|problem (child|pupil|student))",
    re.IGNORECASE,
)


def is_stigmatising(written: str) -> bool:
    """Tell whether a text calls people what nobody should be called."""
    return _STIGMA.search(written) is not None


class Variant(Part):
    """A role variant under a neutral name."""

    id: str
    label: Label


class TaskTemplate(Part):
    """A task to begin with.

    Parameters
    ----------
    title, planned_result
        What is to be done, and what shall come of it.
    section
        The section of the plan.
    due
        By when, in per cent of the plan's term.
    weight
        How much it counts.
    forms
        Ids of the forms it is for; none means all.
    """

    title: Label
    planned_result: Label
    section: Section = "development"
    due: int = Field(50, ge=0, le=100)
    weight: int = Field(1, ge=1, le=1000)
    forms: tuple[str, ...] = ()


class Otherwise(Part):
    """A goal that needs no match: its variant, its wording and its tasks."""

    variant: str
    title: Label
    tasks: tuple[TaskTemplate, ...] = Field(min_length=1)


class GoalTemplate(Otherwise):
    """A goal that follows from a match.

    Parameters
    ----------
    field
        The mentee's question.
    option
        The answer that matched; without one, any, and ``{option}`` stands for its wording.
    criterion
        Id of the criterion; without one, any.
    forms
        Ids of the forms it is for; none means all.
    """

    field: str
    option: str | None = None
    criterion: str | None = None
    forms: tuple[str, ...] = ()

    def fits(self, form: str, criterion: str, field: str, option: str) -> bool:
        """Tell whether it follows from a match."""
        return (
            self.field == field
            and self.option in (None, option)
            and self.criterion in (None, criterion)
            and (not self.forms or form in self.forms)
        )


class PlanTemplates(Record):
    """What individual plans are drafted from.

    Parameters
    ----------
    name, title
        What the templates are called, and what people read instead.
    most_goals
        At most so many goals in a plan.
    term_ends
        Month and day on which a plan ends, when nothing else is said.
    variants
        Role variants under neutral names.
    opening, closing
        Tasks of every plan, before and after those of its goals.
    goals
        Goals by match; the first that fits is taken.
    otherwise
        The goal of a plan for which none fits.

    Raises
    ------
    RegisterError
        From ``load``, ``preset`` and ``from_dict``, with every defect.
    """

    error: ClassVar = RegisterError
    preset_folder: ClassVar = "plans"

    name: str
    title: Label | None = None
    most_goals: int = Field(3, ge=1, le=20)
    term_ends: Annotated[str, Field(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$")] = "05-31"
    variants: tuple[Variant, ...]
    opening: tuple[TaskTemplate, ...] = ()
    closing: tuple[TaskTemplate, ...] = ()
    goals: tuple[GoalTemplate, ...] = ()
    otherwise: Otherwise

    @model_validator(mode="after")
    def _check(self) -> Self:
        refuse(self._findings())
        return self

    def _findings(self) -> Iterator[Finding]:
        known = {variant.id for variant in self.variants}
        try:
            self.term_end(date(2000, 1, 1))
        except ValueError:
            yield ("term_ends",), "plan.no-day", {"day": self.term_ends}
        labels: list[tuple[tuple[str | int, ...], Label, bool]] = [
            (("variants", place, "label"), variant.label, False)
            for place, variant in enumerate(self.variants)
        ]
        for name in ("opening", "closing"):
            labels += _wordings((name,), getattr(self, name), option=False)
        goals: list[tuple[tuple[str | int, ...], Otherwise, bool]] = [
            (("goals", place), goal, goal.option is None) for place, goal in enumerate(self.goals)
        ]
        goals.append((("otherwise",), self.otherwise, False))
        for at, goal, option in goals:
            if goal.variant not in known:
                yield (*at, "variant"), "plan.no-variant", {"found": goal.variant}
            labels.append(((*at, "title"), goal.title, option))
            labels += _wordings((*at, "tasks"), goal.tasks, option=option)
        for at, label, option in labels:
            for lang in ("ru", "en"):
                yield from _faults((*at, lang), getattr(label, lang), option=option)

    def term_end(self, starts: date) -> date:
        """Return the last day of a plan that starts on a day: the next such day of a year."""
        month, day = map(int, self.term_ends.split("-"))
        ends = date(starts.year, month, day)
        return ends if ends > starts else date(starts.year + 1, month, day)

    def variant_label(self, variant: str, lang: Language) -> str:
        """Return the neutral name of a role variant."""
        return next(each.label.text(lang) for each in self.variants if each.id == variant)


def _wordings(
    at: tuple[str | int, ...], tasks: tuple[TaskTemplate, ...], *, option: bool
) -> list[tuple[tuple[str | int, ...], Label, bool]]:
    return [
        ((*at, place, name), getattr(task, name), option)
        for place, task in enumerate(tasks)
        for name in ("title", "planned_result")
    ]


def _faults(at: tuple[str | int, ...], written: str, *, option: bool) -> Iterator[Finding]:
    """Object to wordings that can't be filled, or that call people names."""
    if is_stigmatising(written):
        yield at, "plan.stigma", {}
    if not written.strip():
        yield at, "plan.blank", {}
    try:
        parts = [*Formatter().parse(written)]
    except ValueError:
        yield at, "plan.braces", {}
        return
    for _, name, spec, conversion in parts:
        if name is None:
            continue
        if name != "option" or spec or conversion:
            yield at, "plan.placeholder", {"found": name}
        elif not option:
            yield at, "plan.no-option", {}


def filled(written: str, option: str) -> str:
    """Put the wording of an option into a template; braces in it stay as they are."""
    return written.format_map({"option": option})
