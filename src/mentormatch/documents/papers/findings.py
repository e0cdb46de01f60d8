"""What there is to report of a programme on a day: figures, and who and what is behind them."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import cached_property
from typing import Final

from mentormatch.documents.papers.heads import unbroken
from mentormatch.documents.sources import Sources
from mentormatch.errors import MentorMatchError
from mentormatch.messages import text
from mentormatch.office.surveys import Surveys
from mentormatch.participant import Role
from mentormatch.privacy.small_cells import SMALLEST
from mentormatch.programme.diagnostics import Gap, Wave, WaveComparison
from mentormatch.programme.people import Person
from mentormatch.programme.status import SEEN_THROUGH, ProgrammeStatus, status
from mentormatch.questionnaire import Questionnaire
from mentormatch.roadmap.deadlines import school_year_of
from mentormatch.roadmap.evidence import active
from mentormatch.roadmap.indicators import Indicator
from mentormatch.roadmap.measures import SATISFACTION, window_of

RUNNING_OUT: Final = 60
"""So many days before its last one a consent is said to run out."""

MOST_REQUESTS: Final = 5
"""At most so many kinds of requests are named."""

# What is wrong with waves and names nobody; of anything else the report doesn't say what it is.
_OF_WAVES: Final = frozenset(
    f"diagnostics.{name}" for name in ("same-wave", "other-range", "earlier", "no-wave")
)
_ROLES: Final[tuple[Role, ...]] = ("mentor", "mentee")
_SETTLED: Final = ("accepted", "running")


@dataclass(frozen=True)
class Findings:
    """A programme as it is looked at for a report, each figure worked out when it is asked for."""

    sources: Sources

    def say(self, key: str, /, **values: object) -> str:
        """Say something in the words of the report."""
        return unbroken(text(f"monitoring.{key}", self.sources.lang, **values))

    @cached_property
    def indicators(self) -> tuple[Indicator, ...]:
        """The school's indicators; those of the region are none of its report."""
        found = self.sources.status.indicators.values()
        return tuple(it for it in found if not it.target.region)

    @cached_property
    def early(self) -> frozenset[str]:
        """Ids of indicators that aren't met, and have time until a day that is still ahead."""
        sources, found = self.sources, set()
        for it in self.indicators:
            window = window_of(sources.roadmap, it.target, sources.state, sources.on)
            dated = window is not None and window.occurrence.dated
            if it.status == "not_met" and window is not None and dated and window.due >= sources.on:
                found.add(it.id)
        return frozenset(found)

    @cached_property
    def unmet(self) -> tuple[Indicator, ...]:
        """Indicators that aren't met although their day has come, or they have none."""
        return tuple(
            it for it in self.indicators if it.status == "not_met" and it.id not in self.early
        )

    @cached_property
    def now(self) -> ProgrammeStatus:
        """What is going on."""
        return status(self.sources.state, self.sources.on)

    @cached_property
    def people(self) -> tuple[Person, ...]:
        """Who takes part."""
        found = self.sources.state.people.values()
        return tuple(it for it in found if active(it, self.sources.on))

    @cached_property
    def settled(self) -> dict[Role, set[str]]:
        """Who has a pair or group, or had one this school year until its end, by role."""
        found: dict[Role, set[str]] = {"mentor": set(), "mentee": set()}
        first = school_year_of(self.sources.on)
        for pair in self.sources.state.pairs.values():
            ended = pair.closed is not None and pair.closed >= first
            if pair.status in _SETTLED or (ended and pair.reason in SEEN_THROUGH):
                found["mentee"].update(pair.mentees)
                found["mentor"].update(pair.members[: -len(pair.mentees)])
        return found

    @cached_property
    def waiting(self) -> list[str]:
        """Mentees without a mentor."""
        there = (it.code for it in self.people if "mentee" in it.roles)
        return sorted(set(there) - self.settled["mentee"])

    @cached_property
    def reserve(self) -> list[str]:
        """Mentors without a mentee whom no interview has turned down."""
        there = (it.code for it in self.people if "mentor" in it.roles and it.cleared is not False)
        return sorted(set(there) - self.settled["mentor"])

    @cached_property
    def meetings(self) -> tuple[int, int]:
        """How many meetings have been held, and how many were to be held by the day."""
        on = self.sources.on
        held = to_be = 0
        for pair in self.sources.state.pairs.values():
            for it in pair.meetings.values():
                if it.held is not None:
                    held, to_be = held + (it.held <= on), to_be + (it.held <= on)
                elif it.planned is not None:
                    to_be += it.planned < on
        return held, to_be

    @cached_property
    def engaged(self) -> tuple[int, int]:
        """How many of those who were ever in an ordered pair have been at a meeting."""
        members: set[str] = set()
        met: set[str] = set()
        for pair in self.sources.state.pairs.values():
            if pair.ordered is not None:
                members.update(pair.members, pair.departed)
                met.update(who for it in pair.meetings.values() for who in it.present)
        return len(members & met), len(members)

    @cached_property
    def satisfaction(self) -> dict[Role, tuple[Fraction, int]]:
        """The mean of all answers on satisfaction in the last final survey, and of how many."""
        waves = [it for it in self.sources.state.waves.values() if it.kind == "final"]
        if not waves:
            return {}
        wave = max(waves, key=lambda it: (it.opened, it.wave))
        form = self.sources.asked_in(wave.wave)
        means: dict[str, Fraction] = {}
        for who, fact in wave.answers.items():
            marks = [
                value
                for name, value in (fact.answers or {}).items()
                if name.startswith(SATISFACTION) and type(value) is int
                if form is None or not is_restricted(form, name)
            ]
            if marks:
                means[who] = Fraction(sum(marks), len(marks))
        found: dict[Role, tuple[Fraction, int]] = {}
        for role in _ROLES:
            own = [it for who, it in means.items() if role in self.sources.state.people[who].roles]
            if own:
                found[role] = sum(own, Fraction(0)) / len(own), len(own)
        return found

    @cached_property
    def compared(self) -> frozenset[str]:
        """Codes of the quarters, of the last final survey, and of the first one before it."""
        waves = sorted(self.sources.state.waves.values(), key=lambda it: (it.opened, it.wave))
        found = {it.wave for it in waves if it.kind == "quarter"}
        final = next((it for it in reversed(waves) if it.kind == "final"), None)
        if final is not None:
            begun = [it for it in waves if it.kind == "first" and it.opened <= final.opened]
            found |= {final.wave, *(it.wave for it in begun[-1:])}
        return frozenset(found)

    @cached_property
    def surveys(self) -> "Surveyed":
        """What the waves come to, with notes on those that can't be read."""
        sources, lang = self.sources, self.sources.lang
        forms = {code: sources.asked_in(code) for code in sources.state.waves}
        unknown = sorted(code for code, form in forms.items() if form is None)
        notes = [self.say("note.no-form", waves=", ".join(unknown))] if unknown else []
        compared = self.compared
        known = {
            code: form for code, form in forms.items() if form is not None and code in compared
        }
        try:
            return Surveyed(Surveys(sources.state, known), tuple(notes))
        except MentorMatchError as error:
            known_ones = [it for it in error.defects if it.code in _OF_WAVES]
            notes += (self.say("note.unread", what=it.text(lang)) for it in known_ones)
            if len(known_ones) < len(error.defects):
                notes.append(self.say("note.unreadable"))
            return Surveyed(None, tuple(notes))

    @cached_property
    def requests(self) -> list[tuple[str, int, int]]:
        """What enough waiting mentees ask for: wording, how many, and how many in reserve offer it.

        The most frequent first.
        """
        cohort, faces = self.sources.cohort, self.sources.faces
        if cohort is None:
            return []
        asked = Counter(it for who in self.waiting for it in faces.chosen(who, "requests"))
        offered = Counter(it for who in self.reserve for it in faces.chosen(who, "competences"))
        found = [
            (label, count, offered[label]) for label, count in asked.items() if count >= SMALLEST
        ]
        return sorted(found, key=lambda it: (-it[1], it[0]))[:MOST_REQUESTS]

    @cached_property
    def consents(self) -> tuple[int, int]:
        """How many people's consent has ended, and how many people's ends soon."""
        on = self.sources.on
        ended = ending = 0
        for person in self.people:
            ends = [
                consent.until
                for scope, consent in person.consents.items()
                if scope != "publication" and consent.until is not None
            ]
            last = min(ends, default=date.max)
            ended += last < on
            ending += on <= last <= on + timedelta(RUNNING_OUT)
        return ended, ending


@dataclass(frozen=True, slots=True)
class Surveyed:
    """What the waves come to; nothing where they can't be compared."""

    surveys: Surveys | None
    notes: tuple[str, ...]

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """What was expected against what was found, where that may be told."""
        final = None if self.surveys is None else self.surveys.final
        found: tuple[Gap, ...] = () if self.surveys is None else self.surveys.gaps
        if final is None:
            return ()
        return tuple(it for it in found if not is_restricted(final.questionnaire, it.later))

    @property
    def compared(self) -> WaveComparison | None:
        """The quarters side by side."""
        return None if self.surveys is None else self.surveys.compared

    @property
    def waves(self) -> tuple[Wave, ...]:
        """The quarters."""
        return () if self.compared is None else self.compared.waves


def is_restricted(form: Questionnaire, field: str) -> bool:
    """Tell whether answers to a question, if a form has it, aren't for documents."""
    return field in form.field_ids and form.sensitivity(field) == "restricted"
