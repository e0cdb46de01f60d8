"""What documents are made of, read once; and a document that is made."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from mentormatch.cohort import Cohort
from mentormatch.documents.faces import Faces
from mentormatch.documents.shelf import Shelf
from mentormatch.errors import IntakeError
from mentormatch.keys import KeyFile
from mentormatch.messages import Language
from mentormatch.privacy.small_cells import SMALLEST
from mentormatch.programme.facts import Entry
from mentormatch.programme.folder import Letterhead, Programme
from mentormatch.programme.state import State
from mentormatch.programme.templates import PlanTemplates
from mentormatch.questionnaire import Label, Questionnaire
from mentormatch.roadmap.roadmap import Roadmap
from mentormatch.roadmap.standing import RoadmapStatus

if TYPE_CHECKING:
    from mentormatch.result import Result

READY: Final = "target-model-2023-2025"
"""The roadmap of a programme that has none of its own."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A document.

    Parameters
    ----------
    code
        Which one it is, such as ``D-PAIR``.
    file
        What its file is called; codes and numbers only.
    content
        The bytes of the file: the same facts give the same bytes.
    """

    code: str
    file: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Then:
    """A day that a document is of for good, such as the day of an order.

    Parameters
    ----------
    on
        The day.
    faces
        People as they were then: by the answers that were kept with the newest matching of
        that time, and for who isn't in them by earlier ones. Of whom all answers are erased
        nothing but the category is known.
    known
        Whether that is so; where no answers were kept, people are as they are now.
    """

    on: date
    faces: Faces = field(repr=False)
    known: bool


@dataclass(frozen=True, repr=False)
class Sources:
    """Everything that documents say.

    Parameters
    ----------
    state
        What has happened by the day.
    on
        The day the documents are of.
    title
        What the programme is called.
    lang
        Language of the documents.
    keys
        Names and contacts; codes stand in their place where there are none.
    cohort
        Answers, where they are still there.
    roadmap
        The rows; those of the ready one when not said.
    letterhead
        What stands at the head and at the foot.
    templates
        The folder with the school's own templates, if it has one.
    plan_templates
        What plans are drafted from; they know the names of role variants.
    result_of
        Finds a stored result by its digest; None where there is none.
    answers_of
        Finds the answers that were kept with a stored result; None where none were.
    file_of
        Finds the file of a stored result by its digest; None where there is none.
    asked_in
        Finds what was asked in a wave by its code; None where that isn't known any more.
    entries
        Reads who wrote down what by the day, in order.
    name
        What the programme is called in every language.
    """

    state: State
    on: date
    title: str = ""
    lang: Language = "ru"
    keys: KeyFile | None = None
    cohort: Cohort | None = None
    roadmap: Roadmap = field(default_factory=lambda: Roadmap.preset(READY))
    letterhead: Letterhead = field(default_factory=Letterhead)
    templates: Path | None = None
    plan_templates: PlanTemplates = field(
        default_factory=lambda: PlanTemplates.preset("target-model")
    )
    result_of: "Callable[[str], Result | None]" = field(default=lambda _: None)
    answers_of: Callable[[str], Cohort | None] = field(default=lambda _: None)
    file_of: Callable[[str], bytes | None] = field(default=lambda _: None)
    asked_in: Callable[[str], Questionnaire | None] = field(default=lambda _: None)
    entries: Callable[[], Iterable[Entry]] = field(default=tuple)
    name: str = ""

    @classmethod
    def of(
        cls, programme: Programme, on: date, *, lang: Language = "ru", names: str | Path = ""
    ) -> Self:
        """Read what a programme's folder and register say about a day.

        Parameters
        ----------
        programme
            The folder.
        on
            The day, with all that was written down by its end.
        lang
            Language of the documents.
        names
            What is written with names, as the access log is to note it; codes stand in the
            place of names when not said.

        Raises
        ------
        MentorMatchError
            When a file or the register can't be used, with every defect; when there is no
            key file and names are asked for.
        """
        settings = programme.settings
        shelf = Shelf(programme, on)
        try:
            cohort: Cohort | None = programme.cohort(lenient=True)
        except IntakeError as error:
            # Before anybody has answered a roadmap goes its way all the same.
            if any(it.code != "intake.no-rows" for it in error.defects):
                raise
            cohort = None
        return cls(
            shelf.state,
            on,
            title=settings.name if settings.title is None else settings.title.text(lang),
            lang=lang,
            keys=programme.names_for(names) if names else None,
            cohort=cohort,
            roadmap=roadmap_of(programme),
            letterhead=settings.letterhead,
            templates=None if settings.templates is None else programme.folder / settings.templates,
            plan_templates=programme.plan_templates,
            result_of=shelf.result_of,
            answers_of=shelf.answers_of,
            file_of=shelf.file_of,
            asked_in=shelf.asked_in,
            entries=shelf.entries,
            name=settings.name,
        )

    @cached_property
    def faces(self) -> Faces:
        """Names, posts and answers of people."""
        return Faces(self.state, self.keys, self.cohort, self.lang)

    def then(self, on: date) -> Then:
        """Look up how people were on a day that has passed."""
        earlier: Faces | None = None
        for day, faces in self._matched:
            earlier = faces if day <= on else earlier
        if earlier is None:
            return Then(on, self.faces, known=on == self.on or self.cohort is None)
        return Then(on, earlier, known=True)

    @cached_property
    def _matched(self) -> tuple[tuple[date, Faces], ...]:
        """The days of matchings whose answers were kept, and how people were by them."""
        found: list[tuple[date, Faces]] = []
        before = Faces(self.state, self.keys, None, self.lang)
        for made in sorted(self.state.rounds.values(), key=lambda it: it.on):
            cohort = self.answers_of(made.result)
            if cohort is not None:
                before = Faces(self.state, self.keys, cohort, self.lang, before)
                found.append((made.on, before))
        return tuple(found)

    @cached_property
    def form_labels(self) -> Mapping[str, Label]:
        """What the policies of the rounds call their forms; the newest has the last word."""
        results = [self.result_of(made.result) for made in self.state.rounds.values()]
        return {form.id: form.label for it in results if it is not None for form in it.policy.forms}

    @cached_property
    def status(self) -> RoadmapStatus:
        """How the roadmap stands on the day."""
        return self.roadmap.status(self.on, self.state, cohort=self.cohort)

    @cached_property
    def told(self) -> RoadmapStatus:
        """The same as it may be published: without figures on what a few people answered."""
        found = self.status.indicators
        kept = {name: it.kept_back(SMALLEST) for name, it in found.items()}
        return replace(self.status, indicators=kept)

    def __repr__(self) -> str:
        return f"Sources({self.on.isoformat()}, {self.lang!r})"


def roadmap_of(programme: Programme) -> Roadmap:
    """Read the roadmap of a programme; the ready one where it has none of its own.

    Raises
    ------
    RoadmapError
        With every contradiction.
    OSError
        When its file can't be opened.
    """
    if programme.settings.roadmap is None:
        return Roadmap.preset(READY)
    return Roadmap.load(programme.folder / programme.settings.roadmap)
