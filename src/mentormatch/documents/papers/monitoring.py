"""The monitoring report in two stages (D-MON): how good the programme is, and what has grown.

Every sentence comes from a figure: of the register, of the roadmap, of the surveys. What people
answered is kept back where fewer stand behind it than :data:`SMALLEST`; what can't be computed
is said to be so, and lines are left for what only the curator knows.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import cached_property
from typing import Final

from mentormatch.documents.papers.heads import Head, head_of
from mentormatch.documents.sources import Paper, Sources
from mentormatch.documents.templates.template import TemplateKind
from mentormatch.errors import MentorMatchError
from mentormatch.files import safe_name
from mentormatch.messages import day, has, long_day, percent, text
from mentormatch.office.surveys import Surveys
from mentormatch.participant import Role
from mentormatch.privacy.small_cells import SMALLEST, suppress
from mentormatch.programme.diagnostics import Gap, Shift, Wave, WaveComparison
from mentormatch.programme.people import Person
from mentormatch.programme.plans import GOAL
from mentormatch.programme.status import SEEN_THROUGH, ProgrammeStatus, status
from mentormatch.questionnaire import Questionnaire
from mentormatch.roadmap.deadlines import school_year_of
from mentormatch.roadmap.evidence import active
from mentormatch.roadmap.indicators import Indicator
from mentormatch.roadmap.measures import SATISFACTION, SATISFIED, window_of
from mentormatch.roadmap.standing import OccurrenceStatus
from mentormatch.spreadsheet import printable

RUNNING_OUT: Final = 60
"""So many days before its last one a consent is said to run out."""

MOST_REQUESTS: Final = 5
"""At most so many kinds of requests are named."""

_ROLES: Final[tuple[Role, ...]] = ("mentor", "mentee")
_WISHES: Final = ("continue_yes", "become_mentor_yes")
_SETTLED: Final = ("accepted", "running")


@dataclass(frozen=True, slots=True)
class Index:
    """A figure of the first stage: what it is, what it comes to, and on how many it rests."""

    name: str
    value: str
    remark: str


@dataclass(frozen=True, slots=True)
class Target:
    """An indicator of the roadmap: its id, what it measures, plan, fact, and whether it is met."""

    id: str
    title: str
    plan: str
    fact: str
    standing: str


@dataclass(frozen=True, slots=True)
class WaveRow:
    """A wave of diagnostics: how many were asked, and how many answered."""

    wave: str
    day: str
    asked: str
    answered: str
    share: str


@dataclass(frozen=True, slots=True)
class Movement:
    """How the answers of a group have moved; dashes where the group is too small.

    Parameters
    ----------
    role, indicator
        Of whom, and to what.
    count
        How many people answered both times.
    before, after, change
        Means of both times, and the mean difference.
    up, same, down
        How many people went where.
    effect
        The standardised mean difference with its 95 % interval.
    """

    role: str
    indicator: str
    count: str
    before: str
    after: str
    change: str
    up: str
    same: str
    down: str
    effect: str


@dataclass(frozen=True, slots=True)
class Monitoring(Head):
    """What the report says.

    Parameters
    ----------
    day, period
        Of which day it is, and of what time.
    strengths, weaknesses, opportunities, threats
        The four parts of the SWOT table, a sentence each.
    indices
        Satisfaction, engagement, meetings, plans.
    gaps
        What was expected in the first survey, and what the final one says of it.
    targets
        The indicators of the roadmap.
    waves, movements
        The waves of diagnostics, and what has changed from the first answer to the last.
    caution
        What the figures don't tell.
    notes
        What couldn't be said, and why.
    advice
        What follows from what is not met.
    """

    day: str
    period: str
    strengths: tuple[str, ...]
    weaknesses: tuple[str, ...]
    opportunities: tuple[str, ...]
    threats: tuple[str, ...]
    indices: tuple[Index, ...]
    gaps: tuple[Movement, ...]
    targets: tuple[Target, ...]
    waves: tuple[WaveRow, ...]
    movements: tuple[Movement, ...]
    caution: str
    notes: tuple[str, ...]
    advice: tuple[str, ...]


MONITORING: Final = TemplateKind(
    "monitoring-report",
    Monitoring,
    frozenset({"day", "period", "indices.value", "targets.fact", "caution"}),
)


def monitoring_report(sources: Sources) -> Iterator[Paper]:
    """Write the monitoring report of the day (D-MON).

    Parameters
    ----------
    sources
        What documents are made of.

    Raises
    ------
    DocumentError
        When a template of the school's own can't be used.
    """
    name = text("document.file.D-MON", sources.lang, day=sources.on.isoformat())
    template = MONITORING.of(sources.templates, sources.lang)
    content = template.render(monitoring_contents(sources))
    yield Paper("D-MON", f"{safe_name(name)}.docx", content)


def monitoring_contents(sources: Sources) -> Monitoring:
    """Say what stands in the report of a day.

    Parameters
    ----------
    sources
        What documents are made of.
    """
    return _Look(sources).report()


@dataclass(frozen=True)
class _Look:
    """A programme as it is looked at for the report."""

    sources: Sources

    def report(self) -> Monitoring:
        sources, lang = self.sources, self.sources.lang
        roadmap = sources.roadmap
        until = min(sources.on, roadmap.ends)
        return Monitoring(
            **head_of(sources),
            day=long_day(sources.on, lang),
            period=self.say("period", starts=day(roadmap.starts, lang), ends=day(until, lang)),
            strengths=tuple(self.strengths()),
            weaknesses=tuple(self.weaknesses()),
            opportunities=tuple(self.opportunities()),
            threats=tuple(self.threats()),
            indices=tuple(self.indices()),
            gaps=tuple(
                self.movement(gap.role, self.gap_label(gap.later), gap.shift)
                for gap in self.surveys.gaps
            ),
            targets=tuple(self.target(it) for it in self.indicators),
            waves=tuple(self.waves()),
            movements=tuple(self.movements()),
            caution=self.say("caution"),
            notes=tuple(self.notes()),
            advice=tuple(self.advice()),
        )

    def say(self, key: str, /, **values: object) -> str:
        return text(f"monitoring.{key}", self.sources.lang, **values)

    # --- what there is ----------------------------------------------------------------------

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
                if form is None or not _is_restricted(form, name)
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
    def surveys(self) -> "_Surveyed":
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
            return _Surveyed(Surveys(sources.state, known), tuple(notes))
        except MentorMatchError as error:
            notes += (self.say("note.unread", what=it.text(lang)) for it in error.defects)
            return _Surveyed(None, tuple(notes))

    # --- figures of both stages -----------------------------------------------------------------

    def indices(self) -> Iterator[Index]:
        lang = self.sources.lang
        for role, (mean, count) in self.satisfaction.items():
            few = count < SMALLEST
            value = "—" if few else self.say("of-ten", mean=_decimal(float(mean), lang, 1))
            remark = self.say("few", least=SMALLEST) if few else self.say("answered", count=count)
            yield Index(self.say(f"index.satisfaction.{role}"), value, remark)
        if not self.satisfaction:
            yield Index(self.say("index.satisfaction.all"), "—", self.say("no-survey"))
        for name, (part, whole) in (("engaged", self.engaged), ("meetings", self.meetings)):
            yield self.share(name, part, whole)
        readings = self.now.readings
        yield self.share("plans", readings.reached, readings.plans)
        yield Index(
            self.say("index.at-risk"),
            str(len(self.now.at_risk)),
            self.say("of-running", count=self.now.pairs["running"]),
        )

    def share(self, name: str, part: int, whole: int) -> Index:
        if not whole:
            return Index(self.say(f"index.{name}"), "—", self.say("nothing-yet"))
        value = percent(part, whole, self.sources.lang)
        return Index(self.say(f"index.{name}"), value, self.say("of", part=part, whole=whole))

    def target(self, it: Indicator) -> Target:
        lang = self.sources.lang
        least = f"{it.threshold}\N{NO-BREAK SPACE}%" if it.is_share else str(it.threshold)
        return Target(
            id=it.id,
            title=printable(it.target.title.text(lang)),
            plan="—" if it.threshold is None else self.say("least", least=least),
            fact=it.figure(lang),
            standing=self.say("early")
            if it.id in self.early
            else text(f"indicator.status.{it.status}", lang),
        )

    def waves(self) -> Iterator[WaveRow]:
        lang = self.sources.lang
        for wave in self.surveys.waves:
            asked = len(wave.expected)
            answered = asked - len(wave.missing)
            share = percent(answered, asked, lang) if asked else "—"
            yield WaveRow(wave.id, day(wave.day, lang), str(asked), str(answered), share)

    def movements(self) -> Iterator[Movement]:
        compared = self.surveys.compared
        if compared is not None:
            forms = [wave.answers.questionnaire for wave in compared.waves]
            for total in compared.totals:
                restricted = any(_is_restricted(form, total.indicator) for form in forms)
                if restricted or not total.shift.count:
                    continue
                label = printable(compared.label(total.indicator, self.sources.lang))
                yield self.movement(total.role, label, total.shift)

    def movement(self, role: Role, label: str, shift: Shift) -> Movement:
        lang = self.sources.lang
        named = text(f"diagnostics.role.{role}", lang)
        if shift.mean is None or shift.before is None or shift.after is None:
            few = self.say("fewer", least=SMALLEST) if shift.count else "0"
            return Movement(named, label, few, *("—",) * 7)
        effect = "—"
        if shift.effect is not None and shift.low is not None and shift.high is not None:
            ends = (_decimal(it, lang, 2, signed=True) for it in (shift.low, shift.high))
            spread = ";\N{NO-BREAK SPACE}".join(ends)
            effect = f"{_decimal(shift.effect, lang, 2, signed=True)} [{spread}]"
        return Movement(
            named,
            label,
            str(shift.count),
            _decimal(shift.before, lang, 2),
            _decimal(shift.after, lang, 2),
            _decimal(shift.mean, lang, 2, signed=True),
            *_shown((shift.up or 0, shift.same or 0, shift.down or 0)),
            effect,
        )

    def gap_label(self, later: str) -> str:
        final = self.surveys.surveys.final if self.surveys.surveys is not None else None
        assert final is not None
        return printable(final.questionnaire.label(later, self.sources.lang))

    # --- SWOT -----------------------------------------------------------------------------------

    def measured(self, it: Indicator) -> str:
        """Say what an indicator comes to."""
        title = printable(it.target.title.text(self.sources.lang))
        return f"{it.id}. {title}: {it.figure(self.sources.lang)}."

    def strengths(self) -> Iterator[str]:
        yield from (self.measured(it) for it in self.indicators if it.status == "met")
        yield from self.judged(good=True)
        if not self.sources.status.with_progress("overdue"):
            yield self.say("swot.nothing-overdue")

    def weaknesses(self) -> Iterator[str]:
        yield from (self.measured(it) for it in self.unmet)
        yield from self.judged(good=False)
        if self.now.at_risk:
            yield self.say("swot.at-risk", count=len(self.now.at_risk))
        early = sum(
            count for reason, count in self.now.endings.items() if reason not in SEEN_THROUGH
        )
        if early:
            yield self.say("swot.ended-early", count=early)
        overdue = self.sources.status.with_progress("overdue")
        if overdue:
            yield self.say("swot.overdue", count=len(overdue), rows=_rows(overdue))

    def judged(self, *, good: bool) -> Iterator[str]:
        """Say what was good of satisfaction, meetings and expectations, or what wasn't."""
        lang = self.sources.lang
        for role, (mean, count) in self.satisfaction.items():
            if count >= SMALLEST and (mean >= SATISFIED) is good:
                written = _decimal(float(mean), lang, 1)
                yield self.say(f"swot.satisfaction.{role}", mean=written, cut=SATISFIED)
        held, to_be = self.meetings
        if to_be and (Fraction(held, to_be) >= GOAL) is good:
            share = percent(held, to_be, lang)
            yield self.say("swot.meetings", held=held, planned=to_be, share=share)
        means = [it.shift.mean for it in self.surveys.gaps if it.shift.mean is not None]
        found = sum((mean >= 0) is good for mean in means)
        if found:
            key = "swot.expectations-met" if good else "swot.expectations-missed"
            yield self.say(key, count=found, whole=len(means))

    def opportunities(self) -> Iterator[str]:
        if self.reserve:
            yield self.say("swot.reserve", count=len(self.reserve))
        final = self.surveys.surveys.final if self.surveys.surveys is not None else None
        for wish in _WISHES:
            column = None if final is None else final.columns.get(wish)
            if final is None or column is None or _is_restricted(final.questionnaire, wish):
                continue
            told = [column.cell(row) for row in range(len(final))]
            yes, said = sum(it is True for it in told), sum(it is not None for it in told)
            if yes >= SMALLEST and (said == yes or said - yes >= SMALLEST):
                yield self.say(f"swot.{wish}", count=yes, whole=said)
        for label, asking, offering in self.requests:
            if offering >= SMALLEST and offering >= asking:
                yield self.say("swot.request-can-be-met", request=label, count=asking)

    def threats(self) -> Iterator[str]:
        if self.waiting:
            yield self.say("swot.waiting", count=len(self.waiting))
        for label, asking, offering in self.requests:
            if offering < SMALLEST:
                few = self.say("fewer", least=SMALLEST) if offering else "0"
                yield self.say("swot.request-unmet", request=label, count=asking, offering=few)
            elif offering < asking:
                yield self.say("swot.request-unmet", request=label, count=asking, offering=offering)
        blocked = self.sources.status.with_progress("blocked")
        if blocked:
            yield self.say("swot.blocked", count=len(blocked), rows=_rows(blocked))
        ended, ending = self.consents
        if ended:
            yield self.say("swot.consents-ended", count=ended)
        if ending:
            yield self.say("swot.consents-ending", count=ending, days=RUNNING_OUT)

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

    # --- what follows -----------------------------------------------------------------------------

    def notes(self) -> Iterator[str]:
        lang = self.sources.lang
        for it in self.indicators:
            if it.status == "not_computable" and it.why_not is not None:
                yield self.say("note.unknown", id=it.id, problem=it.why_not.problem(lang))
        yield from self.surveys.notes
        if self.surveys.compared is None or len(self.surveys.waves) < 2:
            yield self.say("note.one-wave")
        if not self.surveys.gaps:
            yield self.say("note.no-gaps")

    def advice(self) -> Iterator[str]:
        """Say what to do about each thing that isn't as it should be."""
        lang = self.sources.lang
        for it in self.unmet:
            key = f"advice.{it.id}"
            known = has(f"monitoring.{key}")
            title = printable(it.target.title.text(lang))
            said = self.say(key) if known else self.say("advice.other", title=title)
            yield f"{it.id}. {said}"
        blank = [it.id for it in self.indicators if it.status == "threshold_missing"]
        if blank:
            yield self.say("advice.thresholds", ids=", ".join(blank))
        for it in self.indicators:
            if it.status == "not_computable" and it.why_not is not None:
                yield self.say("advice.data", id=it.id, remedy=it.why_not.remedy(lang))
        for progress in ("overdue", "blocked"):
            rows = self.sources.status.with_progress(progress)
            if rows:
                yield self.say(f"advice.{progress}", rows=_rows(rows))
        if self.waiting:
            yield self.say("advice.waiting", waiting=len(self.waiting), reserve=len(self.reserve))
        if self.now.at_risk:
            yield self.say("advice.at-risk", count=len(self.now.at_risk))
        if any(self.consents):
            yield self.say("advice.consents")
        if any(it.shift.mean is not None and it.shift.mean < 0 for it in self.surveys.gaps):
            yield self.say("advice.expectations")


@dataclass(frozen=True, slots=True)
class _Surveyed:
    """What the waves come to; nothing where they can't be compared."""

    surveys: Surveys | None
    notes: tuple[str, ...]

    @property
    def gaps(self) -> tuple[Gap, ...]:
        final = None if self.surveys is None else self.surveys.final
        found: tuple[Gap, ...] = () if self.surveys is None else self.surveys.gaps
        if final is None:
            return ()
        return tuple(it for it in found if not _is_restricted(final.questionnaire, it.later))

    @property
    def compared(self) -> WaveComparison | None:
        return None if self.surveys is None else self.surveys.compared

    @property
    def waves(self) -> tuple[Wave, ...]:
        return () if self.compared is None else self.compared.waves


def _is_restricted(form: Questionnaire, field: str) -> bool:
    """Tell whether answers to a question, if a form has it, aren't for documents."""
    return field in form.field_ids and form.sensitivity(field) == "restricted"


def _rows(occurrences: Iterable[OccurrenceStatus]) -> str:
    """Name the rows of occurrences, each once."""
    return ", ".join(dict.fromkeys(it.activity.id for it in occurrences))


def _shown(counts: tuple[int, int, int]) -> tuple[str, str, str]:
    """Hide what is too small among three counts whose sum is known, and what would give it away."""
    import pandas as pd  # noqa: PLC0415 - heavy

    shown = suppress(pd.DataFrame([counts])).iloc[0]
    first, second, third = ("—" if pd.isna(it) else str(it) for it in shown)
    return first, second, third


def _decimal(number: float, lang: str, places: int, *, signed: bool = False) -> str:
    written = f"{number:{'+' if signed else ''}.{places}f}"
    written = written.replace("-", "\N{MINUS SIGN}")  # after a hyphen a line may break
    return written.replace(".", ",") if lang == "ru" else written
